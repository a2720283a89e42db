//! Workbooks and CSV through other programs: saved by LibreOffice Calc, padded to thousands of rows, made to do harm.

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use reqwest::StatusCode;
use rust_xlsxwriter::Workbook;

use crate::support::{Browser, Database, Program, empty_folder, issued};
use crate::workbook::{apply, fill, plain, rows, vendor};

/// The code that the files in `tests/fixtures` hold.
const CODE: &str = "6047-43BF-1FAB";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(name)).unwrap()
}

/// The same bytes about another questionnaire.
fn about(bytes: &[u8], code: &str) -> Vec<u8> {
    let at = |bytes: &[u8]| bytes.windows(CODE.len()).position(|window| window == CODE.as_bytes());
    let mut bytes = bytes.to_vec();
    while let Some(at) = at(&bytes) {
        bytes.splice(at..at + CODE.len(), code.bytes());
    }
    bytes
}

/// The same workbook about another questionnaire: every other byte of its parts stays.
fn book_about(book: &[u8], code: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        changed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        changed.write_all(&about(&content, code)).unwrap();
    }
    changed.finish().unwrap().into_inner()
}

/// A vendor before an empty questionnaire, and the code of it.
async fn invited(program: &Program) -> (Browser, String) {
    let (_, link) = issued(program).await;
    let vendor = vendor(program, &link).await;
    let code = rows(&vendor.get("/v/questions.xlsx").await.bytes)[0][1].clone();
    (vendor, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_that_calc_has_saved_is_taken_in() {
    let program = Program::start(Database::Sqlite).await;
    let (vendor, code) = invited(&program).await;
    let untouched = vendor.upload("/v/import", "file", "返送.xlsx", fixture("calc.xlsx")).await;
    assert_eq!(untouched.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(untouched.text().contains("ほかの調査票のブックです"));
    let book = book_about(&fixture("calc.xlsx"), &code);
    let page = vendor.upload("/v/import", "file", "返送.xlsx", book).await.page();
    assert!(page.contains("変わる設問は7問"), "{page}");
    // Every row was understood, and none has a problem.
    assert!(!page.contains("app-banner--warning") && !page.contains("app-problem"), "{page}");
    assert_eq!(apply(&vendor, &page).await.sent_to(), "/v?done=imported");
    let review = vendor.get("/v/review").await.page();
    for said in [
        "見本センター",
        "予備の𠮷センター",
        "4時間",
        "日本、ボスニア・ヘルツェゴビナ",
        "=1+1 はそのまま、",
        "\n　二行目は字下げ",
        "-10 ＋＠ ㈱①髙﨑",
        "見本の証明書（発行日 令和8年4月1日）",
        "見本プランのとき",
        "予定はない",
    ] {
        assert!(review.contains(said), "{said}: {review}");
    }
    // OpenDocument is refused in words that say what to do.
    let refused = vendor.upload("/v/import", "file", "返送.ods", fixture("calc.ods")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("「Excelブック」として保存し直してください"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_that_calc_has_saved_is_taken_in_but_for_what_it_lost() {
    for name in ["calc-utf8.csv", "calc-cp932.csv"] {
        let program = Program::start(Database::Sqlite).await;
        let (vendor, code) = invited(&program).await;
        let page = vendor.upload("/v/import", "file", name, about(&fixture(name), &code)).await.page();
        // A CSV knows no merged cells: what was hidden has no number any more, and says so with the row as Calc counts.
        for row in ["286行目：番号が空のため", "290行目：番号が空のため"] {
            assert!(page.contains(row), "{row}: {page}");
        }
        assert!(page.contains("変わる設問は6問") && !page.contains("app-problem"), "{page}");
        assert_eq!(apply(&vendor, &page).await.sent_to(), "/v?done=imported");
        let review = vendor.get("/v/review").await.page();
        for said in ["4時間", "=1+1 はそのまま、", "㈱①髙﨑", "令和8年4月1日", "予定はない"]
        {
            assert!(review.contains(said), "{name} {said}: {review}");
        }
        assert!(!review.contains("見本センター"), "{name}");
    }
}

/// Saves a file in another format with LibreOffice.
fn converted(office: &str, folder: &Path, file: &Path, format: &str, ending: &str) -> Vec<u8> {
    let out = folder.join("out");
    let done = Command::new(office)
        .args(["--headless", "--convert-to", format, "--outdir"])
        .arg(&out)
        .arg(file)
        .env("HOME", folder)
        .output()
        .unwrap();
    let made = out.join(file.file_name().unwrap()).with_extension(ending);
    std::fs::read(&made).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr)))
}

#[tokio::test(flavor = "multi_thread")]
async fn calc_saves_our_workbook_without_changing_an_answer() {
    let Ok(office) = std::env::var("TOKKI_TEST_OFFICE") else {
        return;
    };
    const NOTE: &str = "=1+1、＋＠「引用」\"x\" 'y' 𠮷😀㈱①\n　二行目は字下げ";
    let program = Program::start(Database::Sqlite).await;
    let (vendor, _) = invited(&program).await;
    let folder = empty_folder("calc");
    // What is answered comes back from Calc unchanged.
    let saved = [("NDA-01/version", "0"), ("NDA-01/note", NOTE), ("NDA-01/value", "terms")];
    assert_eq!(vendor.post_json("/v/q/NDA-01", &saved).await.0, StatusCode::OK);
    let sent = vendor.get("/v/questions.xlsx").await.bytes;
    let file = folder.join("own.xlsx");
    std::fs::write(&file, &sent).unwrap();
    let back = converted(&office, &folder, &file, "xlsx:Calc MS Excel 2007 XML", "xlsx");
    let same = vendor.upload("/v/import", "file", "a.xlsx", back).await.page();
    assert!(same.contains("変わる設問は0問") && !same.contains("app-banner--warning"), "{same}");
    // What is filled in arrives, whatever Calc saves it as.
    let mut sheet = rows(&sent);
    fill(&mut sheet, "NDA-02", "note", NOTE);
    fill(&mut sheet, "INC-01", "value", "4時間");
    let file = folder.join("filled.xlsx");
    std::fs::write(&file, plain(&sheet)).unwrap();
    for (format, ending) in [
        ("xlsx:Calc MS Excel 2007 XML", "xlsx"),
        ("csv:Text - txt - csv (StarCalc):44,34,76", "csv"),
        ("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true", "csv"),
    ] {
        let back = converted(&office, &folder, &file, format, ending);
        let page = vendor.upload("/v/import", "file", "返送", back).await.page();
        assert!(page.contains("変わる設問は2問") && !page.contains("app-problem"), "{format}: {page}");
        assert!(page.contains("𠮷😀㈱①\n　二行目は字下げ"), "{format}: {page}");
    }
    let file = folder.join("own.xlsx");
    let ods = converted(&office, &folder, &file, "ods", "ods");
    let refused = vendor.upload("/v/import", "file", "a.ods", ods).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_of_others_are_read_past() {
    let program = Program::start(Database::Sqlite).await;
    let (vendor, _) = invited(&program).await;
    let mut sheet = rows(&vendor.get("/v/questions.xlsx").await.bytes);
    fill(&mut sheet, "INC-01", "value", "4時間");
    let own = sheet.len();
    let note = |number: usize| vec![String::new(), String::new(), format!("覚え書き {number}")];
    // Half of them before the last row, so that it stands at the end of all.
    let last = sheet.pop().unwrap();
    sheet.extend((own..10_000).map(note));
    sheet.push(last);
    assert_eq!(sheet.len(), 10_000);
    let csv: String = sheet
        .iter()
        .map(|row| {
            format!(
                "{}\n",
                row.iter()
                    .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
                    .collect::<Vec<_>>()
                    .join(",")
            )
        })
        .collect();
    for bytes in [plain(&sheet), csv.into_bytes()] {
        let page = vendor.upload("/v/import", "file", "a", bytes).await.page();
        assert!(page.contains("変わる設問は1問") && !page.contains("app-banner--warning"), "{page}");
    }
    sheet.extend((10_000..20_001).map(note));
    let refused = vendor.upload("/v/import", "file", "a", plain(&sheet)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("20,000行まで"), "{}", refused.text());
}

fn packed(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_are_refused_and_the_server_lives_on() {
    let program = Program::start(Database::Sqlite).await;
    let (vendor, _) = invited(&program).await;
    let corner = |row: u32, column: u16| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "番号").unwrap().write(row, column, "終").unwrap();
        book.save_to_buffer().unwrap()
    };
    let many = "<si><t>a</t></si>".repeat(4_000_000);
    for (bytes, message) in [
        (corner(1_048_575, 16_383), "20,000行まで"),
        (corner(19_999, 16_383), "200列まで"),
        (packed("xl/sharedStrings.xml", &vec![b' '; 200 << 20]), "展開後60メガバイトまで"),
        (packed("xl/sharedStrings.xml", many.as_bytes()), "展開後60メガバイトまで"),
        (packed("xl/vbaProject.bin", b"x"), "マクロを含むファイルは受け付けません"),
        (packed("../evil.xml", b"x"), "読み取れません"),
        (b",".repeat(1_000_000), "見出しがある行が見つかりません"),
        (b"\"".repeat(1_000_001), "1セル32,767文字まで"),
    ] {
        assert!(bytes.len() < 2 * 1024 * 1024, "{}", bytes.len());
        let refused = vendor.upload("/v/import", "file", "a.xlsx", bytes).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
        assert!(refused.text().contains(message), "{message}: {}", refused.text());
        assert_eq!(vendor.get("/v").await.status, StatusCode::OK, "{message}");
    }
    // More bytes than any upload may have.
    let refused = vendor.upload("/v/import", "file", "a.xlsx", vec![b'P'; 3 << 20]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(vendor.get("/v").await.status, StatusCode::OK);
}
