//! Documents over HTTP: before and after the choice of a vendor, edited, checked, numbered, compared.

use contract_templates::docx;
use reqwest::StatusCode;

use crate::main_job::answer_everything;
use crate::support::{Browser, Database, Program, between, databases, issued};

/// Answers, submits and evaluates; the application stands then.
async fn apply(program: &Program, case: &str, link: &str) {
    let vendor = program.browser();
    vendor.post(link, &[]).await.sent_to();
    answer_everything(&vendor).await;
    vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
    let kacho = program.signed_in("kacho").await;
    let hub = kacho.get(&format!("/cases/{case}")).await.page();
    let assessment = between(&hub, "/assessments/", "\"").to_owned();
    let judgement = "必須の条件に全て適合し、資料で確認したため、選定することが適当である。";
    let evaluate = format!("/cases/{case}/assessments/{assessment}/evaluate");
    kacho.post(&evaluate, &[("judgement", judgement)]).await.sent_to();
    kacho.post(&format!("/cases/{case}/application"), &[("purpose", "健康診査の案内の印刷")]).await.sent_to();
}

/// The same, approved.
pub async fn approve(program: &Program, case: &str, link: &str) {
    apply(program, case, link).await;
    let bucho = program.signed_in("bucho").await;
    bucho.post(&format!("/cases/{case}/decision"), &[("outcome", "approve")]).await.sent_to();
}

/// The paths of all versions that the page of documents names.
pub async fn versions(staff: &Browser, case: &str) -> Vec<String> {
    let page = staff.get(&format!("/cases/{case}/documents")).await.page();
    let begin = format!("/cases/{case}/documents/");
    let paths = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    paths
        .filter(|path| path.starts_with(&begin) && !path.ends_with("difference") && !path.ends_with("pdf"))
        .map(str::to_owned)
        .collect()
}

async fn text_of(staff: &Browser, path: &str) -> String {
    let answer = staff.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    let read = docx::read(&answer.bytes).unwrap();
    read.paragraphs.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_bids_is_shown_the_same_and_the_choice_changes_it() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let tanto = program.signed_in("tanto").await;
        let page = tanto.get(&format!("/cases/{case}/clauses")).await.page();
        assert!(page.contains("当てはまる規則") && page.contains("RL-21"));
        assert!(page.contains("相手方を選ぶ前の条項です") && page.contains("調達時の特記仕様書を生成する"));
        tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
        let tender = versions(&tanto, &case).await;
        assert_eq!(tender.len(), 1);
        let text = text_of(&tanto, &tender[0]).await;
        assert!(!text.contains("株式会社サンプル印刷"), "nobody is chosen");
        assert!(text.contains("健康診査の対象者の一覧"), "the facts are there");
        apply(&program, &case, &link).await;
        // Between the choice and the approval nothing is generated.
        let early = tanto.post(&format!("/cases/{case}/documents"), &[]).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        let bucho = program.signed_in("bucho").await;
        bucho.post(&format!("/cases/{case}/decision"), &[("outcome", "approve")]).await.sent_to();
        tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
        let both = versions(&tanto, &case).await;
        assert_eq!(both.len(), 2, "a new version; the old one stays");
        assert_eq!(text_of(&tanto, &tender[0]).await, text, "and is unchanged");
        let list = tanto.get(&format!("/cases/{case}/documents")).await.page();
        assert!(list.contains("調達時") && list.contains("最新") && list.contains("旧版"));
        let difference = tanto.get(&format!("{}/difference", both[0])).await.page();
        assert!(difference.contains("（第1版）との違い"));
        assert!(difference.contains("<ins>株式会社サンプル印刷</ins>"), "{difference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_are_rewritten_added_and_moved_with_a_reason() {
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    approve(&program, &case, &link).await;
    let tanto = program.signed_in("tanto").await;
    let edit = |clause: &str| format!("/cases/{case}/clauses/{clause}/text");
    let shown = tanto.get(&edit("CL-38")).await.page();
    assert!(shown.contains("条文の編集（協議）"));
    let before = between(&shown, "<textarea class=\"app-input\" id=\"text\"", "</textarea>").to_owned();
    assert!(before.contains("協議"), "the text as it stands is there to edit");
    // A reason, a text, references that lead somewhere.
    let without = tanto.post(&edit("CL-38"), &[("text", "甲及び乙は、協議する。")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text().contains("甲及び乙は、協議する。"), "what was typed stays");
    let dangling = [("text", "[[CL-99]]による。"), ("reason", "試み")];
    let dangling = tanto.post(&edit("CL-38"), &dangling).await;
    assert_eq!(dangling.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(dangling.text().contains("CL-99"));
    assert_eq!(tanto.get(&edit("CL-99")).await.status, StatusCode::NOT_FOUND);
    let changed = [
        ("text", "甲及び乙は、誠意をもって協議し、その結果を書面に記録する。"),
        ("reason", "協議の経過を残すため"),
    ];
    let to = tanto.post(&edit("CL-38"), &changed).await.sent_to();
    assert_eq!(to, format!("/cases/{case}/clauses?done=edited#CL-38"));
    let again = tanto.get(&edit("CL-38")).await.page();
    assert!(again.contains("<del>") && again.contains("<ins>"), "the difference to the library is kept");
    assert!(again.contains("協議の経過を残すため"));
    // An article of one's own, in its place, numbered like the others.
    let own = [
        ("heading", "地域経済への配慮"),
        ("text", "乙は、物品の調達に当たり、町内の事業者の活用を検討する。"),
        ("after", "CL-01"),
        ("reason", "町の方針による"),
    ];
    let no_heading = tanto.post(&edit("new"), &own[1..]).await;
    assert_eq!(no_heading.status, StatusCode::UNPROCESSABLE_ENTITY);
    tanto.post(&edit("new"), &own).await.sent_to();
    // Template code is text, and the check finds it.
    let code = [("text", "乙は、{{ vendor.name }}として記録する。"), ("reason", "試み")];
    tanto.post(&edit("CL-24"), &code).await.sent_to();
    let page = tanto.get(&format!("/cases/{case}/clauses")).await.page();
    assert!(page.contains("職員が加えた条") && page.contains("（K-08）"));
    let refused = tanto.post(&format!("/cases/{case}/documents"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("公用文チェックの指摘が"));
    // Back to the library.
    tanto.post(&edit("CL-24"), &[("action", "restore"), ("reason", "元に戻す")]).await.sent_to();
    tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
    let text = text_of(&tanto, &versions(&tanto, &case).await[0]).await;
    assert!(text.contains("（地域経済への配慮）\n第2条　乙は、物品の調達に当たり"), "{text}");
    assert!(text.contains("その結果を書面に記録する。"));
    assert_eq!(tanto.post(&edit("CL-38"), &changed).await.status, StatusCode::CONFLICT, "fixed is fixed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_stands_only_with_a_reason() {
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    approve(&program, &case, &link).await;
    let tanto = program.signed_in("tanto").await;
    let edit = format!("/cases/{case}/clauses/CL-38/text");
    let text = [("text", "甲及び乙は、業者の団体の意見を聴いて協議する。"), ("reason", "相手方の名称による")];
    tanto.post(&edit, &text).await.sent_to();
    let accept = format!("/cases/{case}/drafts/D-10");
    let finding = [("rule", "K-01"), ("excerpt", "業者")];
    let without = tanto.post(&accept, &finding).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text().contains("了承する理由を入力してください"));
    let unknown = [("rule", "K-02"), ("excerpt", "および"), ("reason", "なし")];
    assert_eq!(tanto.post(&accept, &unknown).await.status, StatusCode::NOT_FOUND);
    let with = [("rule", "K-01"), ("excerpt", "業者"), ("reason", "固有の名称の一部である")];
    assert_eq!(tanto.post(&accept, &with).await.sent_to(), format!("/cases/{case}/clauses?done=accepted"));
    assert!(tanto.get(&format!("/cases/{case}/clauses")).await.page().contains("固有の名称の一部である"));
    tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
    let trail = program.signed_in("kansa").await.get("/trail").await.page();
    assert!(trail.contains("公用文チェックの指摘を了承"), "{trail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_document_is_made_numbered_and_handed_out() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        approve(&program, &case, &link).await;
        let tanto = program.signed_in("tanto").await;
        let page = tanto.get(&format!("/cases/{case}/documents")).await.page();
        let begin = format!("/cases/{case}/drafts/");
        let kinds: Vec<String> = page
            .split(&begin)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|kind| !kind.contains('/'))
            .map(str::to_owned)
            .collect();
        assert!(kinds.len() >= 22, "{kinds:?}");
        for kind in &kinds {
            let draft = tanto.get(&format!("{begin}{kind}")).await.page();
            assert!(!draft.contains("文書を作れません"), "{kind}: {draft}");
            assert!(draft.contains("公用文チェックの指摘は0件です"), "{kind}");
            let number = format!("見総第{}号", kind.trim_start_matches("D-"));
            let (number_field, date_field) = (format!("number-{kind}"), format!("date-{kind}"));
            let form = [("kind", kind.as_str()), (&number_field, &number), (&date_field, "令和9年3月1日")];
            let to = tanto.post(&format!("/cases/{case}/documents"), &form).await.sent_to();
            assert_eq!(to, format!("/cases/{case}/documents?done=generated#{kind}"));
        }
        let made = versions(&tanto, &case).await;
        assert_eq!(made.len(), kinds.len());
        for path in &made {
            let read = docx::read(&tanto.get(path).await.bytes).unwrap();
            let text: String = read.paragraphs.iter().map(|(_, text)| text.as_str()).collect();
            assert!(!read.title.is_empty() && read.author == "見本町");
            assert!(
                !["{{", "{%", "[[", "〔"].iter().any(|mark| text.contains(mark)),
                "{}: {text}",
                read.title
            );
        }
        // A number is given once; what was typed stays.
        let form = [("kind", "D-25"), ("number-D-25", "見総第25号"), ("date-D-25", "きのう")];
        let refused = tanto.post(&format!("/cases/{case}/documents"), &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        assert!(
            text.contains("ほかの文書に使われています")
                && text.contains("見総第25号")
                && text.contains("きのう")
        );
        assert_eq!(versions(&tanto, &case).await.len(), kinds.len(), "nothing half-written");
        // What the case does not ask for is refused.
        let cloud = tanto.post(&format!("/cases/{case}/documents"), &[("kind", "D-27")]).await;
        assert_eq!(cloud.status, StatusCode::CONFLICT);
        let unknown = tanto.post(&format!("/cases/{case}/documents"), &[("kind", "D-99")]).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        // The lists as a workbook.
        let book = tanto.get(&format!("/cases/{case}/drafts/D-19/workbook")).await;
        assert!(crate::support::strings_of(&book.bytes).contains("授受の日時"));
        assert_eq!(
            tanto.get(&format!("/cases/{case}/drafts/D-13/workbook")).await.status,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_returned_file_is_compared_and_a_broken_one_explained() {
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    approve(&program, &case, &link).await;
    let tanto = program.signed_in("tanto").await;
    tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
    let path = versions(&tanto, &case).await.remove(0);
    let sent = tanto.get(&path).await.bytes.to_vec();
    let compare = format!("{path}/difference");
    tanto.post(&format!("/cases/{case}/ledger"), &[]).await.sent_to();
    let ledger = crate::support::strings_of(&tanto.get("/ledger.xlsx").await.bytes);
    assert!(ledger.contains("株式会社サンプル印刷") && ledger.contains("次回の見直し"));
    let comparison = tanto.get(&format!("/cases/{case}/comparison")).await;
    let strings = crate::support::strings_of(&comparison.bytes);
    assert!(strings.contains("再委託の制限") && strings.contains("決め手となった事実及び回答"));
    let same = tanto.upload(&compare, "file", "返送.docx", sent.clone()).await;
    assert!(same.page().contains("条文は同じです"));
    // The other party strikes an article and softens another.
    let returned = edited(&sent, |xml| xml.replace("しなければならない", "するよう努める"));
    let page = tanto.upload(&compare, "file", "返送.docx", returned).await.page();
    assert!(page.contains("返送されたファイルとの違い") && page.contains("努める</ins>"), "{page}");
    for broken in [b"no archive".to_vec(), Vec::new(), sent[..sent.len() / 2].to_vec()] {
        let refused = tanto.upload(&compare, "file", "返送.docx", broken).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("file-problem"));
    }
}

/// A Word file with its text changed, packed anew.
fn edited(file: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if name == "word/document.xml" {
            bytes = change(&String::from_utf8(bytes).unwrap()).into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_the_municipality_come_from_its_policy() {
    let program = Program::start(Database::Sqlite).await;
    crate::support::town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    for (kind, mark) in
        [("D-01", "業務委託"), ("D-02", "クラウドサービス"), ("D-33", "統括情報セキュリティ責任者")]
    {
        let text = text_of(&tanto, &format!("/policy/documents/{kind}")).await;
        assert!(text.contains(mark), "{kind}");
        assert!(tanto.get("/policy").await.page().contains(&format!("/policy/documents/{kind}")));
    }
    let rules = text_of(&tanto, "/policy/documents/D-01").await;
    assert!(rules.contains("自治体機密性3A") && rules.contains("80％以上"), "{rules}");
    assert_eq!(tanto.get("/policy/documents/D-10").await.status, StatusCode::NOT_FOUND);
}
