//! The Word files in the hands of another program: LibreOffice opens them and makes a PDF.

use std::process::Command;

use crate::support::{Program, databases};

#[tokio::test(flavor = "multi_thread")]
async fn libreoffice_turns_the_special_specifications_into_pdf() {
    let Ok(office) = std::env::var("TOKKI_TEST_OFFICE") else {
        // `tests/run` sets it in the full run; `quick` leaves LibreOffice out and says so.
        return;
    };
    let _ = databases();
    let program = Program::start(crate::support::Database::Sqlite).await;
    let folder = &program.folder;
    let demo = Command::new(env!("CARGO_BIN_EXE_tokki"))
        .args(["demo", "--no-serve", "--folder"])
        .arg(folder.join("demo"))
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    for entry in std::fs::read_dir(folder.join("demo/documents")).unwrap() {
        let document = entry.unwrap().path();
        let converted = Command::new(&office)
            .args(["--headless", "--convert-to", "pdf", "--outdir"])
            .arg(folder)
            .arg(&document)
            .env("HOME", folder)
            .output()
            .unwrap();
        let pdf = folder.join(document.with_extension("pdf").file_name().unwrap());
        assert!(pdf.exists(), "{}", String::from_utf8_lossy(&converted.stderr));
        let text = Command::new("pdftotext").args(["-layout"]).arg(&pdf).arg("-").output().unwrap();
        let text = String::from_utf8_lossy(&text.stdout).replace([' ', '\u{3000}', '\n'], "");
        for mark in ["情報セキュリティに関する特記仕様書", "（再委託の制限）", "第1条", "別表1", "様式第1号"]
        {
            assert!(text.contains(mark), "{mark} in {}", document.display());
        }
        // Every page says which it is, out of how many.
        let pages = text.matches('\u{c}').count();
        assert!(pages > 10 && text.contains(&format!("－{pages}/{pages}－")), "{pages} pages");
    }
}
