//! The program as an operator calls it.

use std::path::Path;
use std::process::{Command, Output};

fn tokki(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokki"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("tokki_cli_{}_{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_demonstration_makes_its_files_and_overwrites_nothing() {
    let folder = folder("demo");
    let first = tokki(&folder, &["demo", "--no-serve"]);
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let told = said(&first);
    assert!(
        told.contains("判定 適") && told.contains("判定 条件付適") && told.contains("判定 不適"),
        "{told}"
    );
    let documents: Vec<_> =
        std::fs::read_dir(folder.join("tokki-demo/documents")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(documents.len(), 2);
    for document in &documents {
        let back = contract_templates::docx::read(&std::fs::read(document).unwrap()).unwrap();
        assert!(back.paragraphs.len() > 200, "{}", document.display());
    }
    let verified = tokki(&folder, &["trail", "verify", "--data-dir", "tokki-demo"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    assert!(
        said(&verified).contains("良　見本町") && said(&verified).contains("最後の照合値"),
        "{}",
        said(&verified)
    );
    let before = std::fs::metadata(folder.join("tokki-demo/tokki.sqlite")).unwrap().modified().unwrap();
    let second = tokki(&folder, &["demo", "--no-serve"]);
    assert!(second.status.success() && said(&second).contains("作り直さずに使います"));
    assert_eq!(
        std::fs::metadata(folder.join("tokki-demo/tokki.sqlite")).unwrap().modified().unwrap(),
        before
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn commands_explain_themselves_and_exit_as_promised() {
    let folder = folder("help");
    let help = tokki(&folder, &["--help"]);
    assert!(help.status.success() && said(&help).contains("例："));
    for command in [
        "serve", "demo", "migrate", "check", "profile", "bank", "export", "document", "trail", "user",
        "doctor",
    ] {
        assert!(said(&help).contains(command), "{command}");
        assert!(tokki(&folder, &[command, "--help"]).status.success());
    }
    assert_eq!(tokki(&folder, &["nonsense"]).status.code(), Some(2));
    let check = tokki(&folder, &["check", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    assert!(told["questions"].as_u64().unwrap() >= 45 && told["clauses"].as_u64().unwrap() >= 24);
    // Without tables the server does not start, the doctor says why, and migrating mends it.
    let serve = tokki(&folder, &["serve"]);
    assert_eq!(serve.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&serve.stderr).contains("tokki migrate"));
    assert_eq!(tokki(&folder, &["doctor"]).status.code(), Some(1));
    assert!(tokki(&folder, &["migrate"]).status.success());
    let doctor = tokki(&folder, &["doctor"]);
    assert!(doctor.status.success() && said(&doctor).contains("案内のアドレスだけで何度でも開けます"));
    let bad = tokki(&folder, &["migrate", "--database-url", "tokki.db"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("sqlite:"));
    let open = tokki(&folder, &["serve", "--public-url", "http://tokki.example.jp"]);
    assert!(String::from_utf8_lossy(&open.stderr).contains("https://"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_policy_of_ones_own_begins_from_the_starter() {
    let folder = folder("starter");
    let made = tokki(&folder, &["profile", "new", "reiji", "--name", "例示村情報セキュリティポリシー"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let checked = tokki(&folder, &["check", "--profile", "reiji.toml"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert!(said(&checked).contains("例示村情報セキュリティポリシー"));
    let text = std::fs::read_to_string(folder.join("reiji.toml")).unwrap();
    assert!(text.lines().filter(|line| line.starts_with("# ")).count() > 30, "every key is explained");
    // Nothing is overwritten, and nothing is made of a wrong name.
    let again = tokki(&folder, &["profile", "new", "reiji", "--name", "別"]);
    assert!(!again.status.success());
    assert_eq!(std::fs::read_to_string(folder.join("reiji.toml")).unwrap(), text);
    for (id, name) in [("Reiji", "名称"), ("reiji2", ""), ("reiji2", "引用\"符"), ("例示", "名称")] {
        let wrong = tokki(&folder, &["profile", "new", id, "--name", name]);
        assert_eq!(wrong.status.code(), Some(1), "{id} {name}");
        assert!(!folder.join(format!("{id}.toml")).exists());
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_guide_ends_with_a_policy_that_loads() {
    let folder = folder("guide");
    let guide = include_str!("../docs/profile-guide.md");
    let example = guide.rsplit("```toml\n").next().and_then(|rest| rest.split("```").next()).unwrap();
    std::fs::write(folder.join("reiji.toml"), example).unwrap();
    let checked = tokki(&folder, &["check", "--profile", "reiji.toml", "--coverage"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let told = said(&checked);
    assert!(
        told.contains("例示村情報セキュリティポリシー（2027-04版）：要求 9件") && told.contains("不足 0件"),
        "{told}"
    );
    assert!(told.contains("第7章3(2)"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_that_is_no_policy_is_refused_with_its_place() {
    let folder = folder("wrong");
    let good = include_str!("../docs/profile-guide.md").rsplit("```toml\n").next().unwrap();
    let good = good.split("```").next().unwrap();
    let (shift_jis, large) = (b"id = \"\x97\xe1\x8e\xa6\"".to_vec(), vec![b'#'; 5 * 1024 * 1024]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (shift_jis, "文字コードが UTF-8 ではありません"),
        (large, "必須の項目「id」がありません"),
        (Vec::new(), "必須の項目「id」がありません"),
        (
            good.replace("applicants = [\"security_manager\"]", "applicants = [\"security_maneger\"]")
                .into_bytes(),
            "「security_maneger」という役割はありません。「security_manager」ではありませんか。",
        ),
        (good.replace("level = \"3B\"", "level = \"4\"").into_bytes(), "「4」という水準はありません"),
        (good.replace("\"R-003\" =", "\"R-903\" =").into_bytes(), "「R-903」という要求事項はありません"),
        (good.replace("class >= 2\"", "class >= 9\"").into_bytes(), "[path.P3.when]"),
        (good.replace("number = 2\n", "number = 5\n").into_bytes(), "番号は1から順に付けてください"),
        (
            good.replace("asks = [\"P1\", \"P2a\", \"P2b\"]", "asks = [\"P7\"]").into_bytes(),
            "経路「P1」で尋ねる設問が1つもありません",
        ),
    ];
    for (bytes, message) in cases {
        std::fs::write(folder.join("reiji.toml"), bytes).unwrap();
        let checked = tokki(&folder, &["check", "--profile", "reiji.toml"]);
        let told = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert_eq!(checked.status.code(), Some(1), "{message}");
        assert!(told.contains(message), "{message}\n{told:.600}");
    }
    let marked = format!("\u{feff}{}", good.replace('\n', "\r\n"));
    std::fs::write(folder.join("reiji.toml"), marked).unwrap();
    assert!(
        tokki(&folder, &["check", "--profile", "reiji.toml"]).status.success(),
        "a mark and CRLF are no fault"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn editions_are_compared_and_the_division_of_classes_is_told() {
    let folder = folder("diff");
    let compared = tokki(&folder, &["--json", "profile", "diff", "anan@2024-04", "anan@2026-04"]);
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stderr));
    let told: serde_json::Value = serde_json::from_slice(&compared.stdout).unwrap();
    let three = told["classes"].as_array().unwrap().iter().find(|class| class["from"] == "3").unwrap();
    let to: Vec<&str> = three["to"].as_array().unwrap().iter().map(|to| to["id"].as_str().unwrap()).collect();
    assert_eq!(to, ["3C", "3B", "3A"]);
    assert!(three["to"].as_array().unwrap().iter().all(|to| to["choose_when"].is_string()));
    assert!(!tokki(&folder, &["profile", "diff", "anan@1999-04", "anan"]).status.success());
    // Open cases are looked up where there is a database.
    assert!(tokki(&folder, &["demo", "--no-serve"]).status.success());
    let url = format!("sqlite:{}", folder.join("tokki-demo/tokki.sqlite").display());
    let compared = tokki(&folder, &["--database-url", &url, "profile", "diff", "anan@2026-04", "hokuto"]);
    assert!(said(&compared).contains("進行中の案件："), "{}", said(&compared));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_bank_goes_out_and_comes_back_by_command() {
    let folder = folder("bank");
    let out = tokki(&folder, &["bank", "export", "questions.xlsx"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(
        !tokki(&folder, &["bank", "export", "questions.xlsx"]).status.success(),
        "nothing is overwritten"
    );
    let back = tokki(&folder, &["--json", "bank", "import", "questions.xlsx", "--into", "changed"]);
    assert!(back.status.success(), "{}", String::from_utf8_lossy(&back.stderr));
    let told: serde_json::Value = serde_json::from_slice(&back.stdout).unwrap();
    assert_eq!((told["questions"].as_u64(), told["changed"].as_array().map(Vec::len)), (Some(90), Some(0)));
    std::fs::write(folder.join("wrong.xlsx"), b"PK").unwrap();
    let wrong = tokki(&folder, &["bank", "import", "wrong.xlsx", "--into", "changed2"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(!folder.join("changed2").exists());
    for kind in ["questions", "criteria", "coverage", "oscal-catalog", "oscal-mapping"] {
        let exported = tokki(&folder, &["export", kind]);
        let value: serde_json::Value = serde_json::from_slice(&exported.stdout).unwrap();
        assert!(value.to_string().len() > 500, "{kind}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
