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
    for command in ["serve", "demo", "migrate", "check", "user", "doctor"] {
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
    assert!(tokki(&folder, &["doctor"]).status.success());
    let bad = tokki(&folder, &["migrate", "--database-url", "tokki.db"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("sqlite:"));
    let open = tokki(&folder, &["serve", "--public-url", "http://tokki.example.jp"]);
    assert!(String::from_utf8_lossy(&open.stderr).contains("https://"));
    std::fs::remove_dir_all(folder).unwrap();
}
