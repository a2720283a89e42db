//! Rules, questions and criteria: coverage, editing as drafts, trying, publishing by somebody else, the workbook.

use reqwest::StatusCode;

use crate::main_job::answer_everything;
use crate::support::{Browser, Database, Program, between, databases, issued, town};

const SLA: &[(&str, &str)] = &[("what", "questions/sla.toml")];
const NDA: &[(&str, &str)] = &[("what", "questions/nda.toml")];

/// The page of an edit as it is posted back: every field with the value that it shows.
pub async fn typed(browser: &Browser, path: &str) -> Vec<(String, String)> {
    let page = browser.get(path).await.page();
    let mut fields = Vec::new();
    for tag in page.split('<').skip(1) {
        let name = |tag: &str| {
            tag.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
        };
        let unescaped = |text: &str| {
            text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#x27;", "'")
                .replace("&#39;", "'")
                .replace("&amp;", "&")
        };
        if tag.starts_with("input") {
            let value =
                tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            let checkbox = tag.contains("type=\"checkbox\"");
            if (!checkbox || tag.contains("checked"))
                && let Some(name) = name(tag)
            {
                fields.push((name, unescaped(value)));
            }
        } else if tag.starts_with("textarea")
            && let Some(name) = name(tag)
        {
            let text = tag.split_once('>').map_or("", |(_, text)| text);
            fields.push((name, unescaped(text)));
        } else if tag.starts_with("select")
            && let Some(name) = name(tag)
        {
            fields.push((name, String::new()));
        } else if tag.starts_with("option")
            && tag.contains("selected")
            && let Some(last) = fields.last_mut()
        {
            let value =
                tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            last.1 = unescaped(value);
        }
    }
    fields
}

pub async fn post_typed(
    browser: &Browser,
    path: &str,
    fields: &[(String, String)],
    over: &[(&str, &str)],
) -> crate::support::Answer {
    let mut all: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.retain(|(name, _)| !over.iter().any(|(changed, _)| changed == name));
    all.extend_from_slice(over);
    browser.post(path, &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_is_shown_searched_and_received() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    let page = tanto.get("/policy/coverage").await.page();
    assert!(page.contains("R-077") && page.contains("10.3(3)オ"));
    let found = tanto.get("/policy/coverage?q=R-077").await.page();
    assert!(found.contains("LOC-01") && found.contains("CL-16") && !found.contains("R-001"));
    let none = tanto.get("/policy/coverage?q=%E5%AD%98%E5%9C%A8%E3%81%97%E3%81%AA%E3%81%84").await.page();
    assert!(none.contains("当てはまる要求はありません"));
    let sheet = tanto.get("/policy/coverage.xlsx").await;
    assert_eq!(sheet.status, StatusCode::OK);
    let strings = crate::support::strings_of(&sheet.bytes);
    assert!(strings.contains("R-077") && strings.contains("LOC-01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_edits_another_publishes_and_nothing_sent_changes() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        answer_everything(&vendor).await;
        vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
        let (kacho, somu) = (program.signed_in("kacho").await, program.signed_in("somu").await);
        let score = {
            let page = kacho.get(&format!("/cases/{case}")).await.page();
            let at = page.find("/assessments/").unwrap();
            let path: String = page[at..].chars().take_while(|c| *c != '"').collect();
            format!("/cases/{case}{path}")
        };
        let before = kacho.get(&score).await.page();
        let topic = kacho.get("/policy/topics/nda").await.page();
        assert!(topic.contains("NDA-01"));

        // A draft, one question, a new weight and a new choice.
        let draft = kacho.post("/policy/drafts", NDA).await.sent_to();
        assert_eq!(kacho.post("/policy/drafts", NDA).await.sent_to(), draft, "one draft a file");
        let edit = format!("{draft}/edit/NDA-01");
        let fields = typed(&kacho, &edit).await;
        let saved = post_typed(&kacho, &edit, &fields, &[("weight", "９"), ("title", "新しい見出し")]).await;
        saved.sent_to();
        let shown = kacho.get(&draft).await.page();
        assert!(shown.contains("設問　NDA-01　見出し") && shown.contains("設問　NDA-01　重み"), "{shown}");
        assert!(!shown.contains("公開の前に直すところ"), "{shown}");
        // Somebody who read the page before cannot overwrite it.
        let late = post_typed(&kacho, &edit, &fields, &[("weight", "1")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);

        // Tried on what was submitted.
        let trial = between(between(&shown, "name=\"case\"", "</select>"), "value=\"", "\"").to_owned();
        let tried = somu.get(&format!("{draft}?case={trial}")).await.page();
        assert!(tried.contains("点の変わる設問") && tried.contains("×重み9"), "{tried}");

        // The editor does not publish; somebody else does, with a reason.
        let version = between(&shown, "name=\"version\" value=\"", "\"").to_owned();
        let publish = format!("{draft}/publish");
        let reason = [("version", version.as_str()), ("reason", "重要度を見直したため、配点を改める。")];
        assert_eq!(kacho.post(&publish, &reason).await.status, StatusCode::FORBIDDEN);
        let short = somu.post(&publish, &[("version", version.as_str()), ("reason", "短い")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        somu.post(&publish, &reason).await.sent_to();
        assert!(kacho.get("/policy/topics/nda").await.page().contains("新しい見出し"));
        assert_eq!(kacho.get(&score).await.page(), before, "nothing sent changes");
        let again = somu.post(&publish, &reason).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
        assert!(somu.get("/policy").await.page().contains("重要度を見直したため"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_with_the_right_to_publish_still_needs_another_person() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let somu = program.signed_in("somu").await;
    let draft = somu.post("/policy/drafts", SLA).await.sent_to();
    let page = somu.get(&draft).await.page();
    assert!(page.contains("草案を編集した者は、公開できません") && !page.contains(">公開する</button>"));
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let form = [("version", version.as_str()), ("reason", "見直した結果をすぐに使うため。")];
    let answer = somu.post(&format!("{draft}/publish"), &form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("草案を編集した者は、公開できません"));
    somu.post(&format!("{draft}/withdraw"), &form).await.sent_to();
    assert!(somu.get("/policy").await.page().contains("見直した結果をすぐに使うため"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_edits_are_told_and_kept() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let kacho = program.signed_in("kacho").await;
    let draft = kacho.post("/policy/drafts", SLA).await.sent_to();
    let edit = format!("{draft}/edit/SLA-01");
    let fields = typed(&kacho, &edit).await;
    for (field, value, message) in [
        ("title", "", "見出しを入力してください"),
        ("weight", "重い", "重み（0は採点しない）は0以上の整数で入力してください"),
        ("when", "class >=", "尋ねる条件を条件の式として読めません"),
    ] {
        let answer = post_typed(&kacho, &edit, &fields, &[(field, value)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer.text().contains(message), "{}", answer.text());
    }
    // What only the whole can tell is told on the draft, which cannot be published until it is mended.
    post_typed(&kacho, &edit, &fields, &[("when", "no_such_fact")]).await.sent_to();
    let page = kacho.get(&draft).await.page();
    assert!(page.contains("公開の前に直すところ") && page.contains("no_such_fact"), "{page}");
    let somu = program.signed_in("somu").await;
    assert!(!somu.get(&draft).await.page().contains(">公開する</button>"));
    // A question more, and one less.
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let copy = [("version", version.as_str()), ("question", "SLA-02"), ("id", "SLA-99"), ("act", "copy")];
    kacho.post(&format!("{draft}/questions"), &copy).await.sent_to();
    let page = kacho.get(&draft).await.page();
    assert!(page.contains("/edit/SLA-99"));
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let taken = [("version", version.as_str()), ("question", "SLA-02"), ("id", "LOC-01"), ("act", "copy")];
    assert_eq!(kacho.post(&format!("{draft}/questions"), &taken).await.status, StatusCode::CONFLICT);
    let less = [("version", version.as_str()), ("question", "SLA-99"), ("act", "leave-out")];
    kacho.post(&format!("{draft}/questions"), &less).await.sent_to();
    assert!(!kacho.get(&draft).await.page().contains("/edit/SLA-99"));
    // Nobody else's draft, no draft at all.
    for path in ["/policy/drafts/x", "/policy/drafts/018f0000-0000-7000-8000-000000000000"] {
        assert_eq!(kacho.get(path).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(kacho.post("/policy/drafts", &[("what", "facts.toml")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_edition_governs_what_begins_later() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let (kacho, somu) = (program.signed_in("kacho").await, program.signed_in("somu").await);
    for (edition, from, message) in [
        ("", "令和9年4月1日", "版を入力してください"),
        ("来年", "令和9年4月1日", "版は、2027-04 のように"),
        ("2026-04", "令和9年4月1日", "この版は既にあります"),
        ("2027-04", "いつか", "施行日は、令和9年4月1日"),
        ("2027-04", "令和2年4月1日", "より後の日にしてください"),
    ] {
        let form = [("what", "edition"), ("edition", edition), ("effective_from", from)];
        let answer = kacho.post("/policy/drafts", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{edition} {from}");
        assert!(answer.text().contains(message), "{message}\n{}", answer.text());
    }
    let form = [("what", "edition"), ("edition", "2027-04"), ("effective_from", "令和9年4月1日")];
    let draft = kacho.post("/policy/drafts", &form).await.sent_to();
    let edit = format!("{draft}/edit/all");
    let fields = typed(&kacho, &edit).await;
    post_typed(&kacho, &edit, &fields, &[("terms.head", "首長")]).await.sent_to();
    let page = kacho.get(&draft).await.page();
    assert!(page.contains("用語　head") && !page.contains("公開の前に直すところ"), "{page}");
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let form = [("version", version.as_str()), ("reason", "令和9年4月の改定に合わせるため。")];
    somu.post(&format!("{draft}/publish"), &form).await.sent_to();
    let page = kacho.get("/policy").await.page();
    assert!(page.contains("2027-04") && page.contains("2026-04"));
    let chip = between(&page, "2026-04</th>", "</tr>");
    assert!(chip.contains("施行中"), "the old edition is in force until the new one begins");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workbook_goes_out_and_comes_back() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let kacho = program.signed_in("kacho").await;
    let sheet = kacho.get("/policy/questions.xlsx").await;
    assert_eq!(sheet.status, StatusCode::OK);
    let same = kacho.upload("/policy/bank", "file", "questions.xlsx", sheet.bytes.clone()).await;
    assert!(same.page().contains("今の内容と同じです"));
    for (bytes, message) in [
        (Vec::new(), "ファイルを選んでください"),
        (b"PK\x03\x04 not a workbook".to_vec(), "Excelブック（.xlsx）として読み取れません"),
        (sheet.bytes[..sheet.bytes.len() / 2].to_vec(), "Excelブック（.xlsx）として読み取れません"),
    ] {
        let answer = kacho.upload("/policy/bank", "file", "a.xlsx", bytes).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(message), "{}", answer.text());
    }
    let large = kacho.upload("/policy/bank", "file", "a.xlsx", vec![b'x'; 3 * 1024 * 1024]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_sheet_of_another_shape_becomes_a_topic() {
    use rust_xlsxwriter::Workbook;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [
        ["No", "区分", "確認事項", "回答"],
        ["1", "体制", "責任者を定めていますか。", "□はい\n□いいえ"],
        ["2", "体制", "<script>規程</script>はありますか。", "ある、一部ある、ない"],
        ["", "", "", ""],
        ["3", "教育", "教育の内容を書いてください。", "自由記述"],
    ]
    .iter()
    .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *cell).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let kacho = program.signed_in("kacho").await;
    for wrong in [Vec::new(), b"PK not a workbook".to_vec()] {
        let answer = kacho.upload("/policy/mapped", "file", "a.xlsx", wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = kacho.upload("/policy/mapped", "file", "check.xlsx", bytes).await.page();
    assert!(page.contains("確認事項") && !page.contains("<script>規程"));
    let rows = between(&page, "name=\"rows\" value=\"", "\"")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#x2F;", "/")
        .replace("&amp;", "&");
    let good = [
        ("rows", rows.as_str()),
        ("name", "これまでの確認"),
        ("topic", "own-checks"),
        ("prefix", "OWN"),
        ("requirement", "R-005"),
        ("path", "P1"),
        ("first", "2"),
        ("text", "Ｃ"),
        ("choices", "D"),
        ("why", ""),
    ];
    for (field, value, message) in [
        ("name", "", "分野の名称を入力してください"),
        ("topic", "sla", "この id の分野は既にあります"),
        ("topic", "Own Checks", "半角の小文字、数字"),
        ("prefix", "LOC", "この文字で始まる設問が既にあります"),
        ("prefix", "確認", "半角の大文字3字"),
        ("requirement", "R-999", "という要求はありません"),
        ("path", "", "尋ねる経路を1つ以上選んでください"),
        ("first", "900", "始まりの行は"),
        ("text", "", "設問文の列を入力してください"),
        ("text", "AA", "列の文字1つで"),
        ("text", "Z", "設問文が1つもありません"),
    ] {
        let form: Vec<(&str, &str)> =
            good.iter().map(|(name, own)| (*name, if *name == field { value } else { *own })).collect();
        let answer = kacho.post("/policy/mapped/create", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        assert!(answer.text().contains(message), "{message}\n{}", answer.text());
    }
    let draft = kacho.post("/policy/mapped/create", &good).await.sent_to();
    let page = kacho.get(&draft).await.page();
    assert!(page.contains("OWN-03") && !page.contains("OWN-04"));
    assert!(!page.contains("公開の前に直すところ"), "{page}");
    let draft = draft.split('?').next().unwrap();
    let second = kacho.get(&format!("{draft}/edit/OWN-02")).await.page();
    assert!(second.contains("一部ある") && second.contains("&lt;script&gt;"));
}
