//! The Word files in the hands of other programs: LibreOffice opens them and makes PDF; the validator of the Open XML SDK
//! finds nothing against the schema.

use std::path::{Path, PathBuf};
use std::process::Command;

use contract_templates::docx;

use crate::support::{Database, Program, issued};

/// Writes the sample of every document into a folder.
pub fn samples(folder: &Path) -> Vec<PathBuf> {
    let folder = folder.join("samples");
    std::fs::create_dir_all(&folder).unwrap();
    let tokki = || Command::new(env!("CARGO_BIN_EXE_tokki"));
    let list = tokki().args(["--json", "document", "list"]).output().unwrap();
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let ids: Vec<String> =
        list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    let mut files = Vec::new();
    for id in ids {
        let file = folder.join(format!("{id}.docx"));
        let done =
            tokki().args(["document", "render", &id, "--sample", "--output"]).arg(&file).output().unwrap();
        assert!(done.status.success(), "{id}: {}", String::from_utf8_lossy(&done.stderr));
        files.push(file);
    }
    files.sort();
    files
}

/// The files of the demonstration, of the samples and of the corpus.
fn all(folder: &Path) -> Vec<PathBuf> {
    let demo = Command::new(env!("CARGO_BIN_EXE_tokki"))
        .args(["demo", "--no-serve", "--folder"])
        .arg(folder.join("demo"))
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let made = std::fs::read_dir(folder.join("demo/documents")).unwrap().map(|entry| entry.unwrap().path());
    let corpus = crate::corpus::write_all(&folder.join("corpus")).into_iter().map(|(_, file, _)| file);
    made.chain(samples(folder)).chain(corpus).collect()
}

#[test]
fn libreoffice_turns_every_document_into_pdf() {
    let Ok(office) = std::env::var("TOKKI_TEST_OFFICE") else {
        // `tests/run` sets it in the full run; `quick` leaves LibreOffice out and says so.
        return;
    };
    let folder = crate::support::empty_folder("office");
    let files = all(&folder);
    assert!(files.len() >= 65, "{}", files.len());
    let converted = Command::new(&office)
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .arg(&*folder)
        .args(&files)
        .env("HOME", &*folder)
        .output()
        .unwrap();
    for file in &files {
        let pdf = folder.join(file.with_extension("pdf").file_name().unwrap());
        assert!(pdf.exists(), "{}: {}", file.display(), String::from_utf8_lossy(&converted.stderr));
        let text = Command::new("pdftotext").args(["-layout"]).arg(&pdf).arg("-").output().unwrap();
        let text = String::from_utf8_lossy(&text.stdout).replace([' ', '\u{3000}', '\n'], "");
        let read = docx::read(&std::fs::read(file).unwrap()).unwrap();
        let title: String = read.title.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains(&title), "{title} in {}", file.display());
        // Every page says which it is, out of how many, and says something.
        let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.is_empty()).collect();
        for (index, page) in pages.iter().enumerate() {
            assert!(
                page.contains(&format!("－{}/{}－", index + 1, pages.len())),
                "{}: {page}",
                file.display()
            );
            assert!(page.chars().count() > title.chars().count() + 20, "an empty page in {}", file.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_handed_out_as_pdf_where_libreoffice_is_installed() {
    if std::env::var_os("TOKKI_TEST_OFFICE").is_none() {
        return;
    }
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    crate::contracts::approve(&program, &case, &link).await;
    let tanto = program.signed_in("tanto").await;
    tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
    let version = crate::contracts::versions(&tanto, &case).await.remove(0);
    assert!(tanto.get(&format!("/cases/{case}/documents")).await.page().contains(&format!("{version}/pdf")));
    let pdf = tanto.get(&format!("{version}/pdf")).await;
    assert_eq!(pdf.status, reqwest::StatusCode::OK, "{}", pdf.text());
    assert!(pdf.bytes.starts_with(b"%PDF-"));
}

#[test]
fn the_schema_of_open_xml_is_kept() {
    let Ok(validator) = std::env::var("TOKKI_TEST_OOXML") else {
        return;
    };
    let folder = crate::support::empty_folder("schema");
    // The corpus is made of the same parts: every fifth file of it stands for the rest.
    let mut files = samples(&folder);
    files.extend(
        crate::corpus::write_all(&folder.join("corpus")).into_iter().step_by(5).map(|(_, file, _)| file),
    );
    for file in files {
        let checked = Command::new(&validator).arg(&file).output().unwrap();
        let told = String::from_utf8_lossy(&checked.stdout);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}"));
        assert_eq!(told["ok"], true, "{}: {:#}", file.display(), told["errors"]);
    }
}

#[test]
fn nothing_that_a_disarming_gateway_removes_is_inside() {
    let folder = crate::support::empty_folder("disarm");
    for file in samples(&folder) {
        let bytes = std::fs::read(&file).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
            let place = format!("{} {name}", file.display());
            for mark in [
                "vbaProject",
                "oleObject",
                "TargetMode=\"External\"",
                "w:hyperlink",
                "Calibri",
                "docx-rs",
                "w:drawing",
            ] {
                assert!(!text.contains(mark) && !name.contains(mark), "{mark} in {place}");
            }
            // The page numbers of the footer are the only fields.
            let fields = text.matches("w:instrText").count() + text.matches("w:fldSimple").count();
            assert!(fields == 0 || name.starts_with("word/footer"), "{fields} fields in {place}");
        }
    }
}
