//! Answering by workbook: out, filled in, mangled on the way, and back.

use reqwest::StatusCode;
use rust_xlsxwriter::Workbook;

use crate::main_job::answer_everything;
use crate::support::{Browser, Database, Program, between, databases, issued};

pub type Rows = Vec<Vec<String>>;

/// The rows of the sheet of answers.
pub fn rows(book: &[u8]) -> Rows {
    use calamine::{Data, Reader, Xlsx};
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book.to_vec())).unwrap();
    let range = book.worksheet_range("回答").unwrap();
    let cell = |cell: &Data| match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => other.to_string(),
    };
    range.rows().map(|row| row.iter().map(cell).collect()).collect()
}

/// A workbook of plain cells: what is left once a gateway has taken styles, lists and the cover away.
pub fn plain(rows: &Rows) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (number, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            if !cell.is_empty() {
                sheet.write_string(number, column, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

pub fn fill(rows: &mut Rows, question: &str, field: &str, answer: &str) {
    let row = rows.iter_mut().find(|row| row.len() > 6 && row[0] == question && row[1] == field);
    let row = row.unwrap_or_else(|| panic!("no row for {question} {field}"));
    row[6] = answer.to_owned();
}

pub async fn vendor(program: &Program, link: &str) -> Browser {
    let vendor = program.browser();
    vendor.post(link, &[]).await.sent_to();
    vendor
}

/// The fields of the form that a preview offers.
fn fields(page: &str) -> Vec<(String, String)> {
    let unescape = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&#x27;", "'").replace("&#39;", "'").replace("&#x2F;", "/").replace("&amp;", "&")
    };
    let attribute = |tag: &str, name: &str| {
        let begin = tag.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
        unescape(&tag[begin..begin + tag[begin..].find('"').unwrap()])
    };
    let form = page.split("/v/import/apply").nth(1).unwrap_or_default();
    form.split("<input")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|tag| tag.contains("type=\"hidden\"") || tag.contains(" checked"))
        .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
        .collect()
}

pub async fn apply(vendor: &Browser, page: &str) -> crate::support::Answer {
    let fields = fields(page);
    let pairs: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    vendor.post("/v/import/apply", &pairs).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_goes_out_and_its_answers_come_back() {
    for database in databases() {
        let program = Program::start(database).await;
        let (_, link) = issued(&program).await;
        let vendor = vendor(&program, &link).await;
        let home = vendor.get("/v").await.page();
        assert!(home.contains("/v/questions.xlsx") && home.contains("Excelで回答する"));
        let sent = vendor.get("/v/questions.xlsx").await;
        assert_eq!(sent.status, StatusCode::OK);
        let mut sheet = rows(&sent.bytes);
        assert!(sheet.len() > 100, "{}", sheet.len());
        // Unchanged it changes nothing.
        let same = vendor.upload("/v/import", "file", "a.xlsx", sent.bytes.to_vec()).await.page();
        assert!(same.contains("変わる設問は0問"), "{same}");
        fill(&mut sheet, "SUB-01", "value", "再委託しない");
        let choices =
            sheet.iter().find(|row| row.len() > 6 && row[0] == "SUB-01" && row[1] == "value").unwrap()[5]
                .clone();
        let none = choices.split('／').next().unwrap().to_owned();
        fill(&mut sheet, "SUB-01", "value", &none);
        fill(&mut sheet, "INC-01", "defined", "はい");
        fill(&mut sheet, "INC-01", "value", "４時間");
        fill(&mut sheet, "LOC-01", "data", "日本");
        fill(&mut sheet, "TEC-12", "list.0.facility", "見本センター");
        fill(&mut sheet, "TEC-12", "list.1.facility", "予備のセンター");
        fill(&mut sheet, "NDA-01", "note", "= 1 + 1 はそのまま {{ x }} <b>");
        // Columns turned round, plain cells, the cover gone.
        let turned: Rows = sheet.iter().map(|row| row.iter().rev().cloned().collect()).collect();
        let code = &sheet[0][1];
        let mut turned = turned;
        turned[0] = vec!["調査票の符号".into(), code.clone()];
        let page = vendor.upload("/v/import", "file", "返送.xlsx", plain(&turned)).await.page();
        assert!(page.contains("まだ保存していません") && page.contains("新しい回答"), "{page}");
        assert!(page.contains("見本センター") && !page.contains("<b>"));
        assert_eq!(
            vendor.get("/v/review").await.page().matches("見本センター").count(),
            0,
            "nothing is saved yet"
        );
        assert_eq!(apply(&vendor, &page).await.sent_to(), "/v?done=imported");
        let review = vendor.get("/v/review").await.page();
        assert!(
            review.contains("見本センター") && review.contains("予備のセンター") && review.contains("4時間"),
            "{review}"
        );
        assert!(review.contains("= 1 + 1 はそのまま {{ x }} &lt;b&gt;"));
        // What came back goes out again, and is the same.
        let again = vendor.get("/v/questions.xlsx").await;
        assert!(crate::support::strings_of(&again.bytes).contains("予備のセンター"));
        let same = vendor.upload("/v/import", "file", "a.xlsx", again.bytes.to_vec()).await.page();
        assert!(same.contains("変わる設問は0問"), "{same}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_mistakes_and_foreign_files_are_told() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let vendor = vendor(&program, &link).await;
    let sent = vendor.get("/v/questions.xlsx").await.bytes.to_vec();
    // A colleague saves on the web meanwhile.
    let saved = [("NDA-01/version", "0"), ("NDA-01/value", "terms")];
    let (status, _) = vendor.post_json("/v/q/NDA-01", &saved).await;
    assert_eq!(status, StatusCode::OK);
    let mut sheet = rows(&sent);
    let contract =
        sheet.iter().find(|row| row.len() > 6 && row[0] == "NDA-01" && row[1] == "value").unwrap()[5].clone();
    fill(&mut sheet, "NDA-01", "value", contract.split('／').next().unwrap());
    fill(&mut sheet, "INC-01", "value", "すぐ");
    fill(&mut sheet, "SUB-01", "value", "たぶん");
    sheet.push(vec![
        "XXX-99".into(),
        "value".into(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        "x".into(),
    ]);
    let page = vendor.upload("/v/import", "file", "a.xlsx", plain(&sheet)).await.page();
    assert!(page.contains("ほかの更新あり"), "{page}");
    assert!(page.contains("「XXX-99」という設問はありません"));
    assert!(page.matches("app-problem").count() >= 2, "each row that cannot be read says so");
    // The one in conflict is not ticked; the others are saved as drafts with their problems.
    let fields = fields(&page);
    assert!(!fields.contains(&("question".into(), "NDA-01".into())), "{fields:?}");
    apply(&vendor, &page).await.sent_to();
    // Saved meanwhile by another: all or nothing.
    let stale = apply(&vendor, &page).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    // Files that are none of ours.
    let mut other = rows(&sent);
    other[0][1] = "000000000000".into();
    for (bytes, message) in [
        (Vec::new(), "ファイルを選んでください"),
        (b"PK not a book".to_vec(), "Excelブック（.xlsx）として読み取れません"),
        (b"\x00\x01".to_vec(), "CSVとしても読み取れません"),
        (b"not,a,table".to_vec(), "見出しがある行が見つかりません"),
        (plain(&vec![vec!["見出しのない表".to_owned()]]), "見出しがある行が見つかりません"),
        (plain(&other), "ほかの調査票のブックです"),
    ] {
        let refused = vendor.upload("/v/import", "file", "a.xlsx", bytes).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
        assert!(refused.text().contains(message), "{message}: {}", refused.text());
    }
    // Another vendor's session reads only its own questionnaire, and after the due time nothing is taken in.
    program.pass(60 * 60 * 24 * 40);
    assert_ne!(apply(&vendor, &page).await.status, StatusCode::SEE_OTHER);
}

pub fn csv_rows(text: &str) -> Rows {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn csv_text(rows: &Rows) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_goes_out_and_comes_back_in_either_encoding() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let vendor = vendor(&program, &link).await;
    let sent = vendor.get("/v/questions.csv").await;
    assert_eq!(sent.status, StatusCode::OK);
    let text = String::from_utf8(sent.bytes.to_vec()).unwrap();
    let mut rows = csv_rows(text.strip_prefix('\u{FEFF}').expect("Excel needs the mark"));
    // Nothing in the code can be read as a number.
    assert!(rows[0][1].split('-').map(str::len).eq([4, 4, 4]), "{}", rows[0][1]);
    fill(&mut rows, "INC-01", "defined", "はい");
    fill(&mut rows, "INC-01", "value", "4時間");
    fill(&mut rows, "NDA-01", "note", "'=1+1、\"髙﨑\"①\n二行目");
    // As an older Excel saves it.
    let known = |c: &char| !encoding_rs::SHIFT_JIS.encode(&c.to_string()).2;
    let text: String = csv_text(&rows).chars().map(|c| if known(&c) { c } else { '?' }).collect();
    let cp932 = encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
    let page = vendor.upload("/v/import", "file", "返送.csv", cp932).await.page();
    assert!(page.contains("変わる設問は2問"), "{page}");
    assert_eq!(apply(&vendor, &page).await.sent_to(), "/v?done=imported");
    let review = vendor.get("/v/review").await.page();
    assert!(review.contains("4時間") && review.contains("=1+1、") && review.contains("髙﨑"), "{review}");
    // A character that CP932 does not have is never replaced by another in an answer.
    let saved = [("NDA-02/version", "0"), ("NDA-02/note", "担当：𠮷野 😀")];
    assert_eq!(vendor.post_json("/v/q/NDA-02", &saved).await.0, StatusCode::OK);
    for path in ["/v/questions.csv", "/v/questions-cp932.csv"] {
        let sent = vendor.get(path).await.bytes.to_vec();
        let (text, _, broken) = match path.contains("cp932") {
            true => encoding_rs::SHIFT_JIS.decode(&sent),
            false => encoding_rs::UTF_8.decode(&sent),
        };
        assert!(!broken, "{path}");
        let rows = csv_rows(&text);
        let left_out = rows[1].iter().any(|cell| cell.contains("1件の欄は載せていません"));
        assert_eq!(left_out, path.contains("cp932"), "{:?}", rows[1]);
        assert_eq!(rows.iter().any(|row| row[0] == "NDA-02" && row[1] == "note"), !left_out);
        let same = vendor.upload("/v/import", "file", "a.csv", sent).await.page();
        assert!(same.contains("変わる設問は0問"), "{path}: {same}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_enter_what_came_on_paper_under_both_names() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let vendor = vendor(&program, &link).await;
        answer_everything(&vendor).await;
        let tanto = program.signed_in("tanto").await;
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let own = format!("/cases/{case}/assessments/{}", between(&hub, "/assessments/", "/invitation"));
        assert!(tanto.get(&format!("{own}/invitation")).await.page().contains("代わって入力する"));
        let path = format!("{own}/on-behalf");
        let refused = tanto.post(&path, &[("respondent", "例示　花子"), ("received", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("受けた方法を入力してください"), "{}", refused.text());
        assert!(refused.text().contains("例示　花子"), "what was typed stays");
        assert_eq!(program.signed_in("kansa").await.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
        let whose = [("respondent", "例示　花子"), ("received", "紙の調査票")];
        assert_eq!(tanto.post(&path, &whose).await.sent_to(), "/v");
        // The file that came by mail goes in by the same door.
        let mut sheet = rows(&tanto.get("/v/questions.xlsx").await.bytes);
        fill(&mut sheet, "INC-01", "value", "7時間");
        let page = tanto.upload("/v/import", "file", "返送.xlsx", plain(&sheet)).await.page();
        assert_eq!(apply(&tanto, &page).await.sent_to(), "/v?done=imported");
        let sent = tanto.get(&format!("{own}/invitation")).await.page();
        assert!(sent.contains("例示　花子（紙の調査票）の回答を、職員が代わって入力"), "{sent}");
        assert!(sent.contains("代理入力：") && sent.contains("（回答者　例示　花子）"));
        assert!(
            program.signed_in("kansa").await.get("/trail").await.page().contains("事業者に代わる入力の開始")
        );
        // The vendor's own door stays open, and sees the answer.
        assert!(vendor.get("/v/review").await.page().contains("7時間"));
        // Who evaluates is told.
        vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
        let score = tanto.get(&own).await.page();
        assert!(
            score.contains("例示　花子（紙の調査票）") && score.contains("元の資料と照らし合わせてください"),
            "{score}"
        );
        // Nothing is entered late, or once it is submitted.
        assert_eq!(tanto.post(&path, &whose).await.status, StatusCode::CONFLICT);
        program.pass(60 * 60 * 24 * 40);
        let tanto = program.signed_in("tanto").await;
        assert_eq!(tanto.post(&path, &whose).await.status, StatusCode::CONFLICT);
        assert!(!tanto.get(&format!("{own}/invitation")).await.page().contains("代わって入力する"));
    }
}
