//! How somebody of a vendor comes in: by link once, by a code that was mailed afterwards, to everything that the
//! address was asked and to nothing else; and what each colleague may do there.

use reqwest::StatusCode;
use store::outbox::Message;

use crate::support::{
    Browser, CASE, Database, Program, VENDOR, between, databases, fields, issued, issued_by, letters, town,
};

const MAIL: &str = "print@vendor.example.jp";

/// The link in a letter.
#[track_caller]
fn link_in(letter: &Message) -> String {
    format!("/i/{}", between(&letter.body, "/i/", "\n").trim())
}

/// The six digits in a letter.
#[track_caller]
fn code_in(letter: &Message) -> String {
    assert_eq!(letter.kind, "sign_in_code");
    between(&letter.body, "確認コード　", "\n").to_owned()
}

/// A program with mail that has sent one questionnaire: case id, page of the invitation, link.
async fn sent_by_mail(database: Database) -> (Program, String, String, String) {
    let program = Program::start_with_mail(database).await;
    let department = town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    let (case, invitation) = issued_by(&program, &tanto, &[("department", department.as_str())]).await;
    let letters = letters(&program).await;
    assert_eq!(letters.len(), 1);
    let link = link_in(&letters[0]);
    (program, case, invitation, link)
}

/// Another six digits.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Signs in by address; the browser then has a session.
async fn signed_in_by_mail(program: &Program, mail: &str) -> (Browser, String) {
    let browser = program.browser();
    browser.post("/v/sign-in", &[("mail", mail)]).await.page();
    let code = code_in(letters(program).await.last().unwrap());
    let to = browser.post("/v/sign-in/code", &[("mail", mail), ("code", &code)]).await.sent_to();
    (browser, to)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_once_and_then_with_a_code() {
    for database in databases() {
        let (program, case, staff_page, link) = sent_by_mail(database).await;
        let token = link.trim_start_matches("/i/").to_owned();
        let vendor = program.browser();
        // Looking changes nothing, however often it is done.
        for _ in 0..3 {
            let page = vendor.get(&link).await.page();
            assert!(page.contains("回答を始める") && page.contains("株式会社サンプル印刷"));
            assert!(page.contains("見本　葵 様") && page.contains("000-000-0000") && page.contains("最大"));
            assert!(!page.contains("住民健康診査"), "the case is told after redemption only");
        }
        assert_eq!(vendor.post(&link, &[]).await.sent_to(), "/v");
        vendor.get("/v").await.page();
        assert_eq!(letters(&program).await.len(), 0, "the first time needs no code");
        // A forwarded link alone is useless afterwards.
        let other = program.browser();
        assert!(other.get(&link).await.page().contains("確認コードを送る"));
        let page = other.post(&link, &[]).await.page();
        assert!(page.contains("確認コードの入力") && page.contains("届かないとき"), "{page}");
        assert_eq!(other.get("/v").await.status, StatusCode::UNAUTHORIZED);
        let letter = letters(&program).await.remove(0);
        assert_eq!(letter.recipient_mail, MAIL);
        assert!(!letter.body.contains(&token) && !letter.body.contains("住民健康診査"), "{}", letter.body);
        assert!(!letter.subject.contains("住民健康診査") && !letter.subject.contains(&code_in(&letter)));
        let code = code_in(&letter);
        // Pressing the button again sends none; asking for another one within a minute neither.
        other.post(&link, &[]).await.page();
        let again = other.post(&link, &[("again", "yes")]).await;
        assert_eq!(again.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(again.text().contains("送ったばかり"));
        assert_eq!(letters(&program).await.len(), 0);
        let refused = other.post(&format!("{link}/code"), &[("code", &wrong(&code))]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Typed as people type: wide digits and a space.
        let wide: String = code.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        let typed = format!(" {} {} ", &wide[..9], &wide[9..]);
        assert_eq!(other.post(&format!("{link}/code"), &[("code", &typed)]).await.sent_to(), "/v");
        other.get("/v").await.page();
        // Used once.
        let third = program.browser();
        let used = third.post(&format!("{link}/code"), &[("code", &code)]).await;
        assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Neither staff nor the trail see code or token.
        let tanto = program.signed_in("tanto").await;
        let page = tanto.get(&staff_page).await.page();
        assert!(!page.contains(&code) && !page.contains(&token), "{page}");
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains("確認コードを送信") && hub.contains("確認コードの誤り"));
        let trail = trail_of(&program, &case).await;
        assert!(!trail.contains(&code) && !trail.contains(&token), "{trail}");
    }
}

/// All rows of the trail about a case, as text.
async fn trail_of(program: &Program, case: &str) -> String {
    let case: domain::ids::CaseId = case.parse().unwrap();
    let rows = program.app.db.read(move |conn| store::trail::of_case(conn, &case, 100)).await.unwrap();
    // Not the hashes: they hold every row of digits now and then.
    rows.into_iter().map(|row| format!("{} {} {}\n", row.actor_name, row.action, row.detail)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_end_by_tries_by_time_and_by_a_newer_one() {
    for database in databases() {
        let (program, _, _, link) = sent_by_mail(database).await;
        program.browser().post(&link, &[]).await.sent_to();
        let vendor = program.browser();
        let path = format!("{link}/code");
        let ask = [("again", "yes")];
        vendor.post(&link, &ask).await.page();
        let first = code_in(&letters(&program).await[0]);
        for _ in 0..5 {
            let answer = vendor.post(&path, &[("code", &wrong(&first))]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let right = vendor.post(&path, &[("code", &first)]).await;
        assert_eq!(right.status, StatusCode::UNPROCESSABLE_ENTITY, "five tries are all");
        assert!(right.text().contains("新しいコードを送る"));
        // A newer one works, the one before does not; on the same page.
        program.pass(61);
        vendor.post(&link, &ask).await.page();
        let second = code_in(&letters(&program).await[0]);
        program.pass(61);
        vendor.post(&link, &ask).await.page();
        let third = code_in(&letters(&program).await[0]);
        if second != third {
            let old = vendor.post(&path, &[("code", &second)]).await;
            assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        program.pass(10 * 60);
        let over = vendor.post(&path, &[("code", &third)]).await;
        assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY, "ten minutes are over");
        vendor.post(&link, &ask).await.page();
        let fourth = code_in(&letters(&program).await[0]);
        program.pass(9 * 60);
        assert_eq!(vendor.post(&path, &[("code", &fourth)]).await.sent_to(), "/v");
        // Twenty a day are enough.
        for _ in 0..16 {
            program.pass(61);
            vendor.post(&link, &ask).await.page();
        }
        program.pass(61);
        let many = vendor.post(&link, &ask).await;
        assert_eq!(many.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(many.text().contains("今日は新しいコードを送れません"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_open_a_link_at_once_one_needs_the_code() {
    for database in databases() {
        let (program, _, _, link) = sent_by_mail(database).await;
        let (a, b, c) = (program.browser(), program.browser(), program.browser());
        let answers = tokio::join!(a.post(&link, &[]), b.post(&link, &[]), c.post(&link, &[]));
        let answers = [answers.0, answers.1, answers.2];
        let opened = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(opened, 1, "the link alone opens once");
        assert!(letters(&program).await.len() <= 1, "one code a minute");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_fits_a_line_and_ends_in_time() {
    let (program, case, _, link) = sent_by_mail(Database::Sqlite).await;
    // A host name of the length that towns have, and a line that no mailer breaks.
    let line = format!("https://tokki.town.sample-cho.lg.jp{link}");
    assert!(line.len() <= 76, "{line}");
    assert!(link.ends_with(|c: char| c.is_ascii_alphanumeric()), "no mailer cuts the end off");
    let tanto = program.signed_in("tanto").await;
    // However far the due time is moved, no link lives longer than ninety days.
    let until = program.app.today().checked_add(jiff::Span::new().days(300)).unwrap().to_string();
    let due = [("due", until.as_str()), ("reason", "質問への回答に時間を要したため")];
    tanto.post(&format!("/cases/{case}/due"), &due).await.sent_to();
    program.pass(89 * 86_400);
    program.browser().get(&link).await.page();
    program.pass(2 * 86_400);
    assert_eq!(program.browser().get(&link).await.status, StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_open_nothing_look_the_same() {
    let (program, _, staff_page, link) = sent_by_mail(Database::Sqlite).await;
    let tanto = program.signed_in("tanto").await;
    tanto.post(&staff_page, &[]).await.sent_to();
    let fresh = link_in(&letters(&program).await[0]);
    program.pass(100 * 86_400);
    let zeros = format!("/i/{}", "0".repeat(64));
    let mut seen = std::collections::BTreeSet::new();
    for (state, link) in [
        ("revoked", link.as_str()),
        ("expired", fresh.as_str()),
        ("unknown", zeros.as_str()),
        ("short", "/i/0000"),
        ("malformed", "/i/%E3%81%82%00"),
        ("cut", &fresh[..20]),
    ] {
        for answer in [
            program.browser().get(link).await,
            program.browser().post(link, &[]).await,
            program.browser().post(&format!("{link}/code"), &[("code", "000000")]).await,
        ] {
            assert_eq!(answer.status, StatusCode::GONE, "{state}");
            let page = answer.text();
            let number = between(&page, "問い合わせ番号</dt><dd><span class=\"app-code\">", "<");
            assert!(page.contains("再送を依頼してください") && !page.contains("住民健康診査"));
            seen.insert(page.replace(number, ""));
        }
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_by_mail_tells_nothing_and_lists_everything() {
    for database in databases() {
        let (program, _, _, link) = sent_by_mail(database).await;
        let stranger = program.browser();
        stranger.get("/v/sign-in").await.page();
        let bad = stranger.post("/v/sign-in", &[("mail", "no address")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.text().contains("no address"), "what was typed stays");
        // Known and unknown addresses are answered alike, at every step.
        let mut steps = Vec::new();
        for mail in [MAIL, "nobody@vendor.example.jp"] {
            let mut answers = Vec::new();
            let again = [("mail", mail), ("again", "yes")];
            answers.push(stranger.post("/v/sign-in", &[("mail", mail)]).await);
            answers.push(stranger.post("/v/sign-in", &again).await);
            let letters = letters(&program).await;
            assert_eq!(letters.len(), usize::from(mail == MAIL));
            let code = letters.first().map_or("000000".to_owned(), |letter| wrong(&code_in(letter)));
            for _ in 0..6 {
                let typed = [("mail", mail), ("code", code.as_str())];
                answers.push(stranger.post("/v/sign-in/code", &typed).await);
            }
            // Seconds to wait differ by the time that the test itself takes.
            let told = |text: String| match text.split_once("あと") {
                Some((head, tail)) => {
                    format!("{head}{}", tail.trim_start_matches(|c: char| c.is_ascii_digit()))
                }
                None => text,
            };
            steps.push(
                answers
                    .into_iter()
                    .map(|answer| (answer.status, told(answer.text().replace(mail, "")).replace("あと", "")))
                    .collect::<Vec<_>>(),
            );
        }
        for (step, (known, unknown)) in steps[0].iter().zip(&steps[1]).enumerate() {
            assert_eq!(known.0, unknown.0, "step {step}");
            assert_eq!(without_seconds(&known.1), without_seconds(&unknown.1), "step {step}");
        }
        program.pass(61);
        // Written otherwise it is the same address; one request opens at once.
        let (vendor, to) = signed_in_by_mail(&program, "Print@Vendor.EXAMPLE.jp").await;
        assert_eq!(to, "/v");
        assert!(!vendor.get("/v").await.page().contains("/v/requests"), "there is only one");
        // Another municipality asks as well; so does another case of the first.
        let department = town::found_as(&program, "anan", "市", "shi_").await;
        let shi = program.signed_in("shi_tanto").await;
        let over = [("department", department.as_str()), ("title", "市の封入業務")];
        issued_by(&program, &shi, &over).await;
        let home = vendor.get("/v").await.page();
        assert!(home.contains("ほかの依頼を見る（1件）"), "{home}");
        let list = vendor.get("/v/requests").await.page();
        assert!(list.contains("見本市") && list.contains("見本町") && list.contains("市の封入業務"));
        assert!(list.contains("開庁日）") && list.contains("回答を始めてください"));
        assert!(!list.contains("app-chip--fail"), "red only when overdue");
        // Whoever came by the link alone sees their own and is offered the code.
        letters(&program).await;
        let by_link = program.browser();
        by_link.post(&link, &[]).await;
        let _ = letters(&program).await;
        let switch = format!("/v/requests/{}", between(&list, "/v/requests/", "\""));
        assert_eq!(vendor.post(&switch, &[]).await.sent_to(), "/v?done=switched-request");
        assert!(vendor.get("/v").await.page().contains("市の封入業務"));
        let nowhere = "/v/requests/00000000-0000-7000-8000-000000000000";
        assert_eq!(vendor.post(nowhere, &[]).await.status, StatusCode::NOT_FOUND);
        // With several the person chooses first.
        program.pass(61);
        let (several, to) = signed_in_by_mail(&program, MAIL).await;
        assert_eq!(to, "/v/requests");
        assert!(several.get("/v/requests").await.page().contains("市の封入業務"));
        // Overdue is red, and closed when the invitation is over.
        program.pass(21 * 86_400);
        let (late, _) = signed_in_by_mail(&program, MAIL).await;
        assert!(late.get("/v/requests").await.page().contains("app-chip--fail"));
    }
}

fn without_seconds(page: &str) -> String {
    page.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_by_link_alone_lists_its_own() {
    let (program, _, _, link) = sent_by_mail(Database::Sqlite).await;
    let department = town::found_as(&program, "anan", "市", "shi_").await;
    let shi = program.signed_in("shi_tanto").await;
    let over = [("department", department.as_str()), ("title", "市の封入業務")];
    issued_by(&program, &shi, &over).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    assert!(!vendor.get("/v").await.page().contains("ほかの依頼"));
    let list = vendor.get("/v/requests").await.page();
    assert!(list.contains("住民健康診査") && !list.contains("市の封入業務"));
    assert!(list.contains("/v/sign-in?next=/v/requests"), "the code is offered");
    let (proved, _) = signed_in_by_mail(&program, MAIL).await;
    let list = proved.get("/v/requests").await.page();
    for id in list.split("/v/requests/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let answer = vendor.post(&format!("/v/requests/{id}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_who_enter_are_found_by_no_address() {
    let (program, _, staff_page, _) = sent_by_mail(Database::Sqlite).await;
    let tanto = program.signed_in("tanto").await;
    let entered = [("respondent", "見本　薫"), ("received", "紙の調査票（12月3日に受領）")];
    let entry = staff_page.replace("/invitation", "/on-behalf");
    assert_eq!(tanto.post(&entry, &entered).await.sent_to(), "/v");
    tanto.get("/v").await.page();
    let stranger = program.browser();
    stranger.post("/v/sign-in", &[("mail", "tanto@example.jp")]).await.page();
    assert_eq!(letters(&program).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_cannot_be_delivered_in_time_is_dropped() {
    let (program, _, _, link) = sent_by_mail(Database::Sqlite).await;
    program.browser().post(&link, &[]).await.sent_to();
    program.browser().post(&link, &[]).await.page();
    program.pass(11 * 60);
    let worker = tokki::jobs::mail::start(&program.app).unwrap().unwrap();
    let mut left = Vec::new();
    for _ in 0..100 {
        left = codes_in_outbox(&program).await;
        if left.iter().all(|(state, _)| state != "waiting" && state != "sending") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    worker.abort();
    assert_eq!(left, [("dropped".to_owned(), String::new())]);
}

/// State and text of every code in the outbox.
async fn codes_in_outbox(program: &Program) -> Vec<(String, String)> {
    program
        .app
        .db
        .read(|conn| {
            let organization = store::accounts::organizations(conn)?.remove(0).id;
            let ids: Vec<String> = store::colleagues::invited_at(conn, MAIL)?
                .into_iter()
                .map(|invitation| invitation.id.to_string())
                .collect();
            let all = store::outbox::messages_about(conn, &organization, &ids)?;
            let codes = all.into_iter().filter(|message| message.kind == store::outbox::CODE);
            Ok::<_, store::Error>(codes.map(|message| (message.state, message.body)).collect())
        })
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_mail_the_link_alone_keeps_opening() {
    for database in databases() {
        let program = Program::start(database).await;
        let (_, link) = issued(&program).await;
        for _ in 0..20 {
            let vendor = program.browser();
            assert_eq!(vendor.post(&link, &[]).await.sent_to(), "/v");
        }
        let many = program.browser().post(&link, &[]).await;
        assert_eq!(many.status, StatusCode::TOO_MANY_REQUESTS, "no person opens it that often");
        program.pass(60 * 60 + 1);
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        let list = vendor.get("/v/requests").await.page();
        assert!(!list.contains("/v/sign-in"), "no code can be sent");
        assert!(vendor.get("/v/sign-in").await.page().contains("メールによるログインは使えません"));
        let refused = vendor.post("/v/sign-in", &[("mail", MAIL)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_survives_the_end_of_a_session() {
    let (program, _, _, link) = sent_by_mail(Database::Sqlite).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    let home = vendor.get("/v").await.page();
    let section = section_of(&vendor, &home, "NDA-01").await;
    program.pass(61 * 60);
    // A page: both ways back, and where to go afterwards.
    let ended = vendor.get(&section).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    let page = ended.text();
    assert!(page.contains("保存した内容は残っています") && page.contains("案内のメール"));
    assert!(page.contains(&format!("/v/sign-in?next={section}")), "{page}");
    assert!(!page.contains("/sign-in?done") && !page.contains("href=\"/sign-in"), "not the door of staff");
    // A form: what was typed comes back as text, whatever it is.
    let hostile = "一行目\n\"><script>alert(1)</script>&amp;";
    let typed =
        [("NDA-01/version", "0"), ("NDA-01/value", "terms"), ("NDA-01/note", hostile), ("go", "list")];
    let parked = vendor.post(&section, &typed).await;
    assert_eq!(parked.status, StatusCode::UNAUTHORIZED);
    let page = parked.text();
    assert!(page.contains("もう一度送る") && page.contains(&format!("action=\"{section}\"")), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
    let carried = hidden_fields(&page);
    let carried: Vec<(&str, &str)> = carried.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(carried.len(), 4);
    assert!(carried.contains(&("NDA-01/note", hostile)), "{carried:?}");
    // Our own module is told in JSON and keeps the text itself.
    let (status, told) = vendor.post_json("/v/q/NDA-01", &typed).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(told["error"].as_str().unwrap().contains("ログアウト"));
    // Signed in again in the same browser: back to the page, and the form goes through.
    vendor.post("/v/sign-in", &[("mail", MAIL), ("next", &section)]).await.page();
    let code = code_in(letters(&program).await.last().unwrap());
    let sign_in = [("mail", MAIL), ("code", code.as_str()), ("next", section.as_str())];
    assert_eq!(vendor.post("/v/sign-in/code", &sign_in).await.sent_to(), section);
    assert_eq!(vendor.post(&section, &carried).await.sent_to(), "/v?done=saved");
    let saved = vendor.get("/v/review").await.page();
    assert!(saved.contains("一行目"), "{saved}");
    // Files and what is larger than any page of ours are not carried; the page says so.
    let stranger = program.browser();
    let huge = "あ".repeat(200_000);
    let lost = stranger.post(&section, &[("NDA-01/note", &huge)]).await.text();
    assert!(lost.contains("まだ保存していません") && !lost.contains("もう一度送る</button>"));
    let lost = stranger.upload("/v/import", "file", "a.xlsx", b"PK".to_vec()).await;
    assert_eq!(lost.status, StatusCode::UNAUTHORIZED);
    assert!(lost.text().contains("まだ保存していません"));
}

/// The page on which a question is asked.
async fn section_of(vendor: &Browser, home: &str, question: &str) -> String {
    for rest in home.split("href=\"/v/s/").skip(1) {
        let path = format!("/v/s/{}", rest.split('"').next().unwrap());
        if vendor.get(&path).await.page().contains(&format!("id=\"{question}\"")) {
            return path;
        }
    }
    panic!("{question} is asked nowhere");
}

/// Names and values of the hidden fields of a page, as a browser reads them.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&#39;", "'")
            .replace("&#x2F;", "/")
            .replace("&amp;", "&")
    };
    page.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (plain(name), plain(rest.split_once('"').unwrap().0))
        })
        .collect()
}

/// A manager's browser on a questionnaire that came without mail, with the page of the staff and their case.
async fn manager(database: Database) -> (Program, String, String, Browser) {
    let program = Program::start(database).await;
    let department = town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    let (case, invitation) = issued_by(&program, &tanto, &[("department", department.as_str())]).await;
    let letter = tanto.get(&invitation).await.page();
    let vendor = program.browser();
    let link = format!("/i/{}", between(&letter, "/i/", "\n").trim());
    vendor.post(&link, &[]).await.sent_to();
    (program, case, invitation, vendor)
}

/// Adds a colleague and opens the link that the manager is shown.
async fn colleague(program: &Program, manager: &Browser, name: &str, more: &[(&str, &str)]) -> Browser {
    let mail = format!("{name}@vendor.example.jp");
    let shown = format!("見本　{name}");
    let mut fields = vec![("name", shown.as_str()), ("mail", mail.as_str())];
    fields.extend(more);
    let page = manager.post("/v/people", &fields).await.page();
    let browser = program.browser();
    let link = format!("/i/{}", between(&page, "/i/", "\n").trim());
    browser.post(&link, &[]).await.sent_to();
    browser
}

/// Id of the invitation of somebody, from the page of a manager.
async fn id_of(manager: &Browser, name: &str) -> String {
    let page = manager.get("/v/people").await.page();
    let card = page.split("<section class=\"app-card\" id=\"person-").skip(1);
    let found = card.map(|card| (card.split('"').next().unwrap().to_owned(), card.to_owned()));
    found.into_iter().find(|(_, card)| between(card, "<h3", "</h3>").contains(name)).unwrap().0
}

const ANSWER: &[(&str, &str)] = &[("NDA-01/version", "0"), ("NDA-01/value", "terms")];

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_do_what_their_role_lets_them() {
    for database in databases() {
        let (program, case, staff_page, vendor) = manager(database).await;
        let home = vendor.get("/v").await.page();
        let section = section_of(&vendor, &home, "NDA-01").await;
        let topic = section.trim_start_matches("/v/s/").to_owned();
        let other = home
            .split("href=\"/v/s/")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .find(|found| *found != topic)
            .unwrap();
        // What is missing is told beside its field, and what was typed stays.
        let bad = [("name", "見本　薫"), ("mail", "薫"), ("role", "author"), ("scope", "some")];
        let refused = vendor.post("/v/people", &bad).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.text();
        assert!(page.contains("担当する区分を一つ以上") && page.contains("name@example.jp の形"));
        assert!(page.contains("value=\"見本　薫\"") && page.contains("value=\"some\" checked"), "{page}");
        let again = [("name", "別"), ("mail", MAIL), ("role", "author")];
        assert!(
            vendor
                .post("/v/people", &again)
                .await
                .text()
                .contains("このメールアドレスの担当者は、もういます")
        );
        let limits = [("role", "author"), ("scope", "some"), ("section", other.as_str())];
        let author = colleague(&program, &vendor, "kaoru", &limits).await;
        let checker = colleague(&program, &vendor, "akira", &[("role", "checker")]).await;
        let viewer = colleague(&program, &vendor, "nozomi", &[("role", "viewer")]).await;
        // The list says whose is what, and offers submission to managers alone.
        let theirs = author.get("/v").await.page();
        assert_eq!(theirs.matches("あなたの担当").count(), 1, "{theirs}");
        assert!(theirs.contains("あなたの役割は「回答者」") && !theirs.contains("href=\"/v/submit\""));
        let managers = vendor.get("/v").await.page();
        assert!(!managers.contains("あなたの役割") && managers.contains("href=\"/v/submit\""));
        // Everybody reads; nobody but the author saves, and the author not here.
        for (who, message) in [
            (&author, "あなたの担当ではない"),
            (&checker, "あなたの役割では、回答を保存できません"),
            (&viewer, "あなたの役割では、回答を保存できません"),
        ] {
            let page = who.get(&section).await.page();
            assert!(page.contains(message) && page.contains("disabled"), "{page}");
            let (status, told) = who.post_json("/v/q/NDA-01", ANSWER).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            assert!(told["error"].as_str().unwrap().contains(message), "{told}");
            let by_form = who.post(&section, ANSWER).await;
            assert_eq!(by_form.status, StatusCode::FORBIDDEN);
            assert!(by_form.text().contains(message));
            let import: Vec<_> = ANSWER.iter().copied().chain([("question", "NDA-01")]).collect();
            let imported = who.post("/v/import/apply", &import).await;
            assert_eq!(imported.status, StatusCode::FORBIDDEN);
            assert!(imported.text().contains(message));
            // Submission and people are the manager's.
            assert!(who.get("/v/people").await.page().contains("見本　kaoru"));
            assert!(!who.get("/v/people").await.page().contains("担当者を追加する"));
            let submit = [("submitted_by", "例示"), ("declared", "yes")];
            let submitted = who.post("/v/submit", &submit).await;
            assert_eq!(submitted.status, StatusCode::FORBIDDEN);
            assert!(submitted.text().contains("提出は、管理者だけ"));
            for path in ["/v/people", "/v/people/hand-over", "/v/people/check"] {
                assert_eq!(who.post(path, &limits).await.status, StatusCode::FORBIDDEN, "{path}");
            }
            let own = id_of(&vendor, "見本　葵").await;
            for path in [format!("/v/people/{own}"), format!("/v/people/{own}/stop")] {
                assert_eq!(who.post(&path, &limits).await.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
        assert!(!vendor.get("/v/review").await.page().contains("見本　kaoruが"));
        let mine = author.get(&format!("/v/s/{other}")).await.page();
        assert!(
            !mine.contains("あなたの担当ではない") && !mine.contains("fieldset class=\"app-plain\" disabled")
        );
        // With another section the same person may; the change counts at once.
        let id = id_of(&vendor, "見本　kaoru").await;
        let none = [("role", "author"), ("scope", "some")];
        let refused = vendor.post(&format!("/v/people/{id}"), &none).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("担当する区分を一つ以上"));
        let change = [("role", "author"), ("scope", "some"), ("section", topic.as_str())];
        let to = vendor.post(&format!("/v/people/{id}"), &change).await.sent_to();
        assert_eq!(to, "/v/people?done=person-changed");
        assert_eq!(author.post_json("/v/q/NDA-01", ANSWER).await.0, StatusCode::OK);
        let people = vendor.get("/v/people").await.page();
        assert!(people.contains("担当　1問"), "{people}");
        // Stopped: session and link end.
        let to = vendor.post(&format!("/v/people/{id}/stop"), &[]).await.sent_to();
        assert_eq!(to, "/v/people?done=person-stopped");
        assert_eq!(author.get("/v").await.status, StatusCode::UNAUTHORIZED);
        let gone = vendor.post(&format!("/v/people/{id}/stop"), &[]).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        // The municipality may end one as well.
        let tanto = program.signed_in("tanto").await;
        let id = id_of(&vendor, "見本　nozomi").await;
        let revoke = staff_page.replace("/invitation", &format!("/invitations/{id}/revoke"));
        assert!(tanto.post(&revoke, &[]).await.sent_to().ends_with("?done=revoked"));
        assert_eq!(viewer.get("/v").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(tanto.post(&revoke, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(vendor.get("/v").await.status, StatusCode::OK);
        // Staff see who was added by whom; so does the trail, and nobody sees a link.
        let page = tanto.get(&staff_page).await.page();
        assert!(page.contains("見本　kaoru") && page.contains("見本　葵さんが追加"), "{page}");
        assert!(page.contains("社内確認者") && page.contains("閲覧") && page.contains("取り消しました"));
        let trail = trail_of(&program, &case).await;
        for action in ["invitation.handed_on", "invitation.role_changed", "invitation.stopped"] {
            assert!(trail.contains(action), "{trail}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_always_manages() {
    for database in databases() {
        let (program, case, staff_page, vendor) = manager(database).await;
        let own = id_of(&vendor, "見本　葵").await;
        for (path, fields) in [
            (format!("/v/people/{own}/stop"), &[][..]),
            (format!("/v/people/{own}"), &[("role", "viewer")][..]),
        ] {
            let refused = vendor.post(&path, fields).await;
            assert_eq!(refused.status, StatusCode::CONFLICT);
            assert!(refused.text().contains("管理者が一人もいなくなる"));
        }
        // People of another questionnaire do not exist here.
        let nobody = "/v/people/00000000-0000-7000-8000-000000000000";
        assert_eq!(vendor.post(nobody, &[("role", "viewer")]).await.status, StatusCode::NOT_FOUND);
        // Handed over with leaving: the colleague manages, the person is out.
        let fields = [("to_name", "見本　薫"), ("to_mail", "kaoru@vendor.example.jp"), ("leave", "yes")];
        let missing = vendor.post("/v/people/hand-over", &fields[2..]).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = vendor.post("/v/people/hand-over", &fields).await.page();
        assert!(page.contains("もう表示できません") && page.contains("あなたの案内は取り消した"));
        let link = format!("/i/{}", between(&page, "/i/", "\n").trim());
        assert_eq!(vendor.get("/v").await.status, StatusCode::UNAUTHORIZED);
        let next = program.browser();
        next.post(&link, &[]).await.sent_to();
        assert!(next.get("/v/people").await.page().contains("担当者を追加する"));
        // The link was shown once: neither the vendor's page nor that of the staff has it.
        let token = link.trim_start_matches("/i/");
        assert!(!next.get("/v/people").await.page().contains(token));
        let tanto = program.signed_in("tanto").await;
        assert!(!tanto.get(&staff_page).await.page().contains(token));
        // What the municipality tells afterwards goes to who manages now.
        let until = program.app.today().checked_add(jiff::Span::new().days(30)).unwrap().to_string();
        let due = [("due", until.as_str()), ("reason", "質問への回答に時間を要したため")];
        letters(&program).await;
        tanto.post(&format!("/cases/{case}/due"), &due).await.sent_to();
        assert_eq!(letters(&program).await[0].recipient_mail, "kaoru@vendor.example.jp");
        // Two managers: one may go.
        let second = colleague(&program, &next, "akira", &[("role", "manager")]).await;
        let own = id_of(&next, "見本　薫").await;
        assert!(
            next.post(&format!("/v/people/{own}/stop"), &[]).await.page().contains("画面を閉じてください")
        );
        assert_eq!(next.get("/v").await.status, StatusCode::UNAUTHORIZED);
        let own = id_of(&second, "見本　akira").await;
        let last = second.post(&format!("/v/people/{own}/stop"), &[]).await;
        assert_eq!(last.status, StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_submitted_before_somebody_else_has_checked() {
    for database in databases() {
        let (program, case, _, vendor) = manager(database).await;
        let checker = colleague(&program, &vendor, "akira", &[("role", "checker")]).await;
        let author = colleague(&program, &vendor, "kaoru", &[("role", "author")]).await;
        let to = vendor.post("/v/people/check", &[("required", "yes")]).await.sent_to();
        assert_eq!(to, "/v/people?done=check-set");
        crate::main_job::answer_everything(&vendor).await;
        let submit = [("submitted_by", "例示"), ("declared", "yes")];
        assert!(vendor.get("/v/submit").await.page().contains("社内確認が済んでいない"));
        let refused = vendor.post("/v/submit", &submit).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains("社内確認が済んでいない"));
        // Neither the manager nor an author confirms.
        for who in [&vendor, &author] {
            let refused = who.post("/v/check", &[]).await;
            assert_eq!(refused.status, StatusCode::CONFLICT);
            assert!(refused.text().contains("社内確認者だけ"));
        }
        assert!(checker.get("/v/review").await.page().contains("社内確認を済ませる"));
        assert!(!vendor.get("/v/review").await.page().contains("社内確認を済ませる"));
        assert_eq!(checker.post("/v/check", &[]).await.sent_to(), "/v/review?done=checked");
        assert!(vendor.get("/v/people").await.page().contains("見本　akiraが"));
        // A change afterwards needs another confirmation.
        let changed = [("NDA-01/version", "1"), ("NDA-01/value", "terms"), ("NDA-01/note", "直しました")];
        assert_eq!(author.post_json("/v/q/NDA-01", &changed).await.0, StatusCode::OK);
        assert!(vendor.get("/v/people").await.page().contains("もう一度確認が必要です"));
        assert_eq!(vendor.post("/v/submit", &submit).await.status, StatusCode::CONFLICT);
        // Who has written an answer that stands cannot confirm, whatever they are called now.
        let id = id_of(&vendor, "見本　kaoru").await;
        vendor.post(&format!("/v/people/{id}"), &[("role", "checker")]).await.sent_to();
        let refused = author.post("/v/check", &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains("保存した人は、社内確認ができません"));
        checker.post("/v/check", &[]).await.sent_to();
        assert_eq!(vendor.post("/v/submit", &submit).await.sent_to(), "/v/done");
        let trail = trail_of(&program, &case).await;
        assert!(trail.contains("assessment.check_set") && trail.contains("assessment.checked"), "{trail}");
        // Nothing is confirmed after submission.
        assert_eq!(checker.post("/v/check", &[]).await.status, StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_is_invited_by_mail_and_sees_nothing_else() {
    let (program, _, staff_page, link) = sent_by_mail(Database::Sqlite).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    let fields = [("name", "見本　薫"), ("mail", "Kaoru@vendor.example.jp"), ("role", "viewer")];
    assert_eq!(vendor.post("/v/people", &fields).await.sent_to(), "/v/people?done=invited");
    let letters_sent = letters(&program).await;
    assert_eq!(letters_sent.len(), 1, "one recipient, one message");
    assert_eq!(letters_sent[0].recipient_mail, "Kaoru@vendor.example.jp");
    let theirs = link_in(&letters_sent[0]);
    assert!(letters_sent[0].body.lines().any(|line| line.ends_with(&theirs) && !line.contains(' ')));
    assert!(!letters_sent[0].subject.contains("/i/"));
    let colleague = program.browser();
    colleague.post(&theirs, &[]).await.sent_to();
    assert!(colleague.get("/v").await.page().contains("調査票の回答状況"));
    // Their own address opens their own role, and the manager's link asks for the manager's mailbox.
    program.pass(61);
    let (by_mail, to) = signed_in_by_mail(&program, "kaoru@vendor.example.jp").await;
    assert_eq!(to, "/v");
    assert_eq!(by_mail.post("/v/people", &fields).await.status, StatusCode::FORBIDDEN);
    colleague.post(&link, &[]).await.page();
    assert_eq!(letters(&program).await[0].recipient_mail, MAIL);
    // Staff who enter on behalf decide nothing about the vendor's people.
    let tanto = program.signed_in("tanto").await;
    let entered = [("respondent", "見本　薫"), ("received", "電話")];
    tanto.post(&staff_page.replace("/invitation", "/on-behalf"), &entered).await.sent_to();
    let page = tanto.get("/v/people").await.page();
    assert!(page.contains("見本　薫") && !page.contains("担当者を追加する"));
    assert_eq!(tanto.post("/v/people", &fields).await.status, StatusCode::FORBIDDEN);
    // A new invitation by the municipality ends all others.
    tanto.post(&staff_page, &[]).await.sent_to();
    assert_eq!(colleague.get("/v").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_without_a_mail_address_gets_its_invitation_by_hand() {
    for database in databases() {
        let program = Program::start_with_mail(database).await;
        let department = town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let vendor = fields(VENDOR, &[("contact_mail", "")]);
        let vendor = tanto.post("/vendors/new", &vendor).await.sent_to();
        let vendor = between(&vendor, "/vendors/", "?").to_owned();
        let case =
            tanto.post("/cases/new", &fields(CASE, &[("department", department.as_str())])).await.sent_to();
        let case = between(&case, "/cases/", "?").to_owned();
        let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
        tanto.post(&format!("/cases/{case}/issue"), &[("vendor", &vendor), ("due", &due)]).await.sent_to();
        // The worker leaves it alone, staff see the text and record that they have passed it on.
        let (now, later) = (program.app.now(), program.app.now());
        let claimed = program.app.db.write(move |conn| store::outbox::claim(conn, now, later)).await.unwrap();
        assert!(claimed.is_none());
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let path = format!("/cases/{case}/assessments/{}", between(&hub, "/assessments/", "/invitation"));
        let page = tanto.get(&format!("{path}/invitation")).await.page();
        assert!(page.contains("職員が渡すのを待っています") && !page.contains("（）"), "{page}");
        let link = format!("/i/{}", between(&page, "/i/", "\n").trim());
        tanto.post(&format!("{path}/handed-over"), &[]).await.sent_to();
        assert!(tanto.get(&format!("{path}/invitation")).await.page().contains("職員が渡しました"));
        // No code can be sent to nobody: the link alone keeps opening.
        for _ in 0..2 {
            assert_eq!(program.browser().post(&link, &[]).await.sent_to(), "/v");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_acknowledged_by_mail_with_its_number() {
    for database in databases() {
        let (program, _, _, link) = sent_by_mail(database).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        crate::main_job::answer_everything(&vendor).await;
        letters(&program).await;
        vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
        let receipt = vendor.get("/v/done").await.page();
        let receipt = between(&receipt, "app-done__number\">", "<").to_owned();
        let sent = letters(&program).await;
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].body.contains(&receipt) && sent[0].subject.contains("受け付けました"));
        assert!(!sent[0].body.contains("/i/"), "no link that opens anything");
        // A second click is no second mail.
        vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
        assert!(letters(&program).await.is_empty());
    }
}
