//! English for providers abroad: pages, mails and what the record keeps of it.

use domain::language::Language;

use crate::main_job::answer_everything;
use crate::support::*;

/// A vendor abroad.
const ABROAD: &[(&str, &str)] = &[("language", "en")];

/// Registers a vendor abroad, sends the questionnaire and returns the case and the vendor's link.
async fn issued_abroad(program: &Program) -> (String, String) {
    let department = town::found(program).await;
    let tanto = program.signed_in("tanto").await;
    let page = tanto.get("/vendors/new").await.page();
    assert!(page.contains("国外の提供者に、英語の画面と案内を示します"), "{page}");
    let vendor = tanto.post("/vendors/new", &fields(VENDOR, ABROAD)).await.sent_to();
    let vendor = between(&vendor, "/vendors/", "?").to_owned();
    assert!(tanto.get(&format!("/vendors/{vendor}")).await.page().contains("英語（English）"));
    let edit = tanto.get(&format!("/vendors/{vendor}/edit")).await.page();
    assert!(edit.contains(r#"value="en" checked"#), "{edit}");
    let case =
        tanto.post("/cases/new", &fields(CASE, &[("department", department.as_str())])).await.sent_to();
    let case = between(&case, "/cases/", "?").to_owned();
    let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
    tanto.post(&format!("/cases/{case}/issue"), &[("vendor", &vendor), ("due", &due)]).await.sent_to();
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let invitation =
        format!("/cases/{case}/assessments/{}/invitation", between(&hub, "/assessments/", "/invitation"));
    let mail = match program.app.config.mail {
        Some(_) => letters(program).await.pop().unwrap().body,
        None => tanto.get(&invitation).await.page(),
    };
    assert!(mail.contains("asks you to answer a questionnaire on information"), "{mail}");
    let link = format!("/i/{}", between(&mail, "/i/", "\n").trim());
    (case, link)
}

/// A text without what stands between two marks, which go as well.
fn cut(text: &str, from: &str, to: &str) -> String {
    let mut kept = String::new();
    let mut left = text;
    while let Some((before, inside)) = left.split_once(from) {
        kept.push_str(before);
        left = inside.split_once(to).unwrap().1;
    }
    kept + left
}

/// Checks what a page says outside the texts that it marks as Japanese and outside what people have entered.
#[track_caller]
fn assert_english(page: &str) {
    assert!(page.contains(r#"<html lang="en">"#), "{page}");
    let main = between(page, "<main", "</main>");
    let mut rest = String::new();
    let mut left = main;
    while let Some((before, inside)) = left.split_once(r#"lang="ja""#) {
        rest.push_str(before);
        let tag: String =
            before.rsplit_once('<').unwrap().1.chars().take_while(char::is_ascii_alphanumeric).collect();
        left = inside.split_once(&format!("</{tag}>")).unwrap().1;
    }
    rest.push_str(left);
    for (from, to) in
        [("<textarea", "</textarea>"), (r#"<p class="app-typed""#, "</p>"), (r#" value=""#, "\"")]
    {
        rest = cut(&rest, from, to);
    }
    let kana = |c: char| ('\u{3041}'..='\u{30ff}').contains(&c) && c != '・' && c != 'ー';
    let found: Vec<&str> = rest.lines().filter(|line| line.contains(kana)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// What people have entered in Japanese is no text of ours.
fn without_names(page: &str) -> String {
    ["株式会社サンプル印刷", "住民健康診査の案内の印刷及び封入封緘業務"]
        .iter()
        .fold(page.to_owned(), |page, name| page.replace(name, ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_abroad_is_invited_in_english() {
    for database in databases() {
        let program = Program::start(database).await;
        let (_, link) = issued_abroad(&program).await;
        let vendor = program.browser();
        let page = vendor.get(&link).await.page();
        assert_english(&without_names(&page));
        assert!(page.contains("Invitation to a questionnaire") && page.contains("(Japan time)"), "{page}");
        let japanese = vendor.get(&format!("{link}?lang=ja")).await.page();
        assert!(japanese.contains("調査票のご案内") && japanese.contains(r#"<html lang="ja">"#));
        // Looking at it in Japanese has chosen nothing.
        assert_english(&without_names(&vendor.get(&link).await.page()));
        assert_eq!(vendor.post(&link, &[]).await.sent_to(), "/v");
        assert!(vendor.get("/v").await.page().contains(r#"<html lang="en">"#));
        let other = program.browser();
        assert_eq!(other.post(&link, &[("lang", "ja")]).await.sent_to(), "/v");
        assert!(other.get("/v").await.page().contains("調査票の回答状況"));
    }
}

/// Kinds and texts of letters that went out.
async fn assert_letters_english(program: &Program) {
    let letters = letters(program).await;
    assert!(!letters.is_empty());
    for letter in letters {
        let body = without_names(&letter.body);
        let kana = |c: char| ('\u{3041}'..='\u{30ff}').contains(&c);
        assert!(!body.contains(kana), "{body}");
        assert!(letter.subject.starts_with("[見本町] "), "{}", letter.subject);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_to_a_vendor_abroad_are_english() {
    for database in databases() {
        let program = Program::start_with_mail(database).await;
        let (case, link) = issued_abroad(&program).await;
        let tanto = program.signed_in("tanto").await;
        let until = program.app.today().checked_add(jiff::Span::new().days(30)).unwrap().to_string();
        let more = [("due", until.as_str()), ("reason", "Answers to questions took time")];
        tanto.post(&format!("/cases/{case}/due"), &more).await.sent_to();
        assert_letters_english(&program).await;
        program.browser().post(&link, &[]).await.sent_to();
        // The second time the link alone does not open.
        let again = program.browser();
        let page = again.post(&link, &[]).await.page();
        assert_english(&page);
        assert!(page.contains("Enter the code"), "{page}");
        let code = letters(&program).await.pop().unwrap();
        assert!(code.body.contains("Enter it in the field"), "{}", code.body);
        assert_eq!(code.subject, "[見本町] Your verification code");
        let digits: String = code.body.split("Code      ").nth(1).unwrap().chars().take(6).collect();
        let wrong = if digits == "000000" { "000001" } else { "000000" };
        let refused = again.post(&format!("{link}/code"), &[("code", wrong)]).await.text();
        assert!(refused.contains("The code is wrong"), "{refused}");
        assert_english(&refused);
        assert_eq!(again.post(&format!("{link}/code"), &[("code", &digits)]).await.sent_to(), "/v");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_path_is_english_and_the_record_says_so() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued_abroad(&program).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        answer_everything(&vendor).await;
        let paths = [
            "/v",
            "/v/overview",
            "/v/questions",
            "/v/people",
            "/v/requests",
            "/v/s/nda",
            "/v/s/subcontracting",
            "/v/review",
            "/v/submit",
            "/v/import",
            "/v/result",
            "/v/ask",
            "/v/inquiries",
            "/v/files",
            "/v/q/NDA-01",
        ];
        for path in paths {
            assert_english(&without_names(&vendor.get(path).await.page()));
        }
        let section = vendor.get("/v/s/nda").await.page();
        assert!(section.contains("日本語の設問（正文）"), "{section}");
        // In Japanese the same answers are there; the one saved now was given on the Japanese text.
        assert_eq!(
            vendor.post("/v/language", &[("language", "ja"), ("next", "/v/s/nda")]).await.sent_to(),
            "/v/s/nda"
        );
        let japanese = vendor.get("/v/s/nda").await.page();
        assert!(japanese.contains(r#"<html lang="ja">"#) && japanese.contains("確認して次の区分へ"));
        assert_eq!(section.matches(" checked").count(), japanese.matches(" checked").count());
        let version = between(&japanese, r#"name="NDA-01/version" value=""#, "\"").to_owned();
        let saved = [("NDA-01/version", version.as_str()), ("NDA-01/value", "terms")];
        vendor.post_json("/v/q/NDA-01", &saved).await;
        vendor.post("/v/language", &[("language", "en"), ("next", "//evil.example")]).await.sent_to();
        let submitted = vendor.post("/v/submit", &[("submitted_by", "Sample Person")]).await;
        assert!(submitted.text().contains("Confirm that the answers are true"), "{}", submitted.text());
        assert_english(&without_names(&submitted.text()));
        let fields = [("submitted_by", "Sample Person"), ("declared", "yes")];
        assert_eq!(vendor.post("/v/submit", &fields).await.sent_to(), "/v/done");
        assert_english(&without_names(&vendor.get("/v/done").await.page()));
        let tanto = program.signed_in("tanto").await;
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let assessment = between(&hub, "/assessments/", "\"").split('/').next().unwrap().to_owned();
        let score = tanto.get(&format!("/cases/{case}/assessments/{assessment}")).await.page();
        let of = |id: &str| between(&score, &format!(r#"id="{id}""#), "</article>").to_owned();
        assert!(!of("NDA-01").contains("英語の設問に回答"), "{}", of("NDA-01"));
        assert!(of("NDA-02").contains("英語の設問に回答"), "{}", of("NDA-02"));
        let id: domain::ids::AssessmentId = assessment.parse().unwrap();
        let versions = program.app.db.read(move |conn| store::answers::versions_of(conn, &id)).await.unwrap();
        let languages: Vec<_> =
            versions.iter().filter(|row| row.question == "NDA-01").map(|row| row.language).collect();
        assert_eq!(languages.last(), Some(&Language::Japanese));
        assert_eq!(languages.first(), Some(&Language::English));
    }
}
