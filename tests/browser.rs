//! Real Chromium: a vendor answers by mouse and keyboard, with JavaScript and without; axe looks at every page.
//!
//! `tests/run` sets `TOKKI_TEST_BROWSER`; without it these tests have nothing to drive. Screenshots are kept in
//! `target/screenshots`.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thirtyfour::prelude::*;

use crate::main_job::answer_everything;
use crate::support::{Database, PASSWORD, Program, issued, town};
use crate::{contracts, reuse};

/// A driver with its process.
struct Chrome {
    driver: WebDriver,
    _process: Process,
}

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts Chromium; `None` when this run leaves the browser out.
async fn chrome(javascript: bool) -> Option<Chrome> {
    let binary = std::env::var("TOKKI_TEST_BROWSER").ok()?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let process = Command::new("chromedriver")
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let process = Process(process.expect("chromedriver"));
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,1600",
    ] {
        capabilities.add_arg(argument).unwrap();
    }
    capabilities.set_binary(&which(&binary)).unwrap();
    if !javascript {
        let off = serde_json::json!({ "profile.managed_default_content_settings.javascript": 2 });
        capabilities.add_experimental_option("prefs", off).unwrap();
    }
    for _ in 0..100 {
        if let Ok(driver) = WebDriver::new(&format!("http://127.0.0.1:{port}"), capabilities.clone()).await {
            driver.set_implicit_wait_timeout(Duration::from_secs(5)).await.unwrap();
            return Some(Chrome { driver, _process: process });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("chromedriver does not answer");
}

fn which(name: &str) -> String {
    let output = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

async fn keep(driver: &WebDriver, name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    driver.screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
}

/// No serious finding of axe. The page's own policy forbids inline scripts; the driver's injection is not the page's.
async fn axe(driver: &WebDriver, place: &str) {
    let Ok(source) = std::env::var("TOKKI_TEST_AXE") else { return };
    driver.execute(std::fs::read_to_string(source).unwrap(), Vec::new()).await.unwrap();
    let script = "const done = arguments[arguments.length - 1]; axe.run({ resultTypes: ['violations'] }).then(r => \
                  done(r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))));";
    let found = driver.execute_async(script, Vec::new()).await.unwrap();
    let found: Vec<String> = found.convert().unwrap();
    assert!(found.is_empty(), "{place}: {found:#?}");
}

/// Presses what leads to another page, and waits until that page has replaced this one.
///
/// The driver's click returns before the answer is there: without the wait the next look may fall on the old page.
async fn press(driver: &WebDriver, selector: &str) {
    let before = driver.find(By::Tag("html")).await.unwrap();
    driver.find(By::Css(selector)).await.unwrap().click().await.unwrap();
    leave(&before).await;
}

/// Waits until the page of this root element is gone.
async fn leave(before: &WebElement) {
    for _ in 0..300 {
        if before.tag_name().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the page stays");
}

async fn saved_text(driver: &WebDriver, question: &str, wanted: &str) -> String {
    let mut text = String::new();
    for _ in 0..60 {
        text = driver.find(By::Css(format!("#{question} [data-saved]"))).await.unwrap().text().await.unwrap();
        if text.contains(wanted) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_answers_with_mouse_and_keyboard() {
    let Some(chrome) = chrome(true).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    driver.goto(format!("{}{link}", program.base)).await.unwrap();
    axe(driver, "invitation").await;
    press(driver, "button.app-button--primary").await;
    keep(driver, "vendor-tasks").await;
    axe(driver, "tasks").await;

    // By mouse: a choice is saved at once, without a button.
    driver.goto(format!("{}/v/s/subcontracting", program.base)).await.unwrap();
    let hidden = driver.find(By::Id("SUB-02")).await.unwrap();
    assert!(!hidden.is_displayed().await.unwrap(), "asked only when there is a subcontractor");
    driver.find(By::Css("input[name='SUB-01/value'][value='some']")).await.unwrap().click().await.unwrap();
    assert!(saved_text(driver, "SUB-01", "下書きを保存しました").await.contains("下書きを保存しました"));
    assert!(hidden.is_displayed().await.unwrap(), "the answer opened the question");
    let told =
        driver.find(By::Id("announce")).await.unwrap().prop("textContent").await.unwrap().unwrap_or_default();
    assert!(told.contains("問増えました"), "{told}");
    keep(driver, "vendor-section").await;
    axe(driver, "section").await;

    // By keyboard: text is saved after a pause.
    let cell = driver.find(By::Css("[name='SUB-02/list.0.name']")).await.unwrap();
    cell.send_keys("株式会社例示").await.unwrap();
    assert!(saved_text(driver, "SUB-02", "下書きを保存しました").await.contains("下書きを保存しました"));
    let radio = driver.find(By::Css("input[name='SUB-03/value'][value='contract']")).await.unwrap();
    radio.focus().await.unwrap();
    radio.send_keys(" ").await.unwrap();
    assert!(saved_text(driver, "SUB-03", "下書きを保存しました").await.contains("下書きを保存しました"));
    driver.refresh().await.unwrap();
    let kept = driver.find(By::Css("[name='SUB-02/list.0.name']")).await.unwrap();
    assert_eq!(kept.value().await.unwrap().as_deref(), Some("株式会社例示"));

    // The first stop of the tab key leads past the header; what has the focus can be seen.
    driver.find(By::Tag("body")).await.unwrap().send_keys("" + Key::Tab).await.unwrap();
    let active = driver.active_element().await.unwrap();
    assert_eq!(active.text().await.unwrap(), "本文へ移動");

    // A colleague is faster: both answers are shown, and the choice is saved.
    let colleague = program.browser();
    colleague.post(&link, &[]).await.sent_to();
    let faster = [("SUB-03/version", "1"), ("SUB-03/value", "rules")];
    let (status, told) = colleague.post_json("/v/q/SUB-03", &faster).await;
    assert_eq!(status, 200, "{told}");
    let note = driver.find(By::Css("#SUB-03 details:last-of-type summary")).await.unwrap();
    note.click().await.unwrap();
    driver.find(By::Name("SUB-03/note")).await.unwrap().send_keys("私の補足").await.unwrap();
    let mine = driver.find(By::Css("#SUB-03 [data-conflict] button")).await.unwrap();
    let shown = driver.find(By::Css("#SUB-03 [data-conflict]")).await.unwrap().text().await.unwrap();
    assert!(shown.contains("保存されています") && shown.contains("あなたの入力は"), "{shown}");
    keep(driver, "vendor-conflict").await;
    mine.click().await.unwrap();
    assert!(saved_text(driver, "SUB-03", "下書きを保存しました").await.contains("下書きを保存しました"));
    driver.goto(format!("{}/v/review", program.base)).await.unwrap();
    keep(driver, "vendor-review").await;
    axe(driver, "review").await;
    driver.goto(format!("{}/v/import", program.base)).await.unwrap();
    keep(driver, "vendor-import").await;
    axe(driver, "import").await;
    for (path, name) in [("/v/people", "people"), ("/v/requests", "requests"), ("/v/sign-in", "sign-in")] {
        driver.goto(format!("{}{path}", program.base)).await.unwrap();
        keep(driver, &format!("vendor-{name}")).await;
        axe(driver, path).await;
    }
    driver.delete_all_cookies().await.unwrap();
    driver.goto(format!("{}/v", program.base)).await.unwrap();
    keep(driver, "vendor-signed-out").await;
    axe(driver, "signed out").await;
    let mailing = Program::start_with_mail(Database::Sqlite).await;
    driver.goto(format!("{}/v/sign-in", mailing.base)).await.unwrap();
    axe(driver, "sign-in with mail").await;
    driver.find(By::Id("mail")).await.unwrap().send_keys("aoi@vendor.example.jp").await.unwrap();
    press(driver, "button.app-button--primary").await;
    axe(driver, "code").await;
    driver.find(By::Id("code")).await.unwrap().send_keys("12345").await.unwrap();
    press(driver, "button.app-button--primary").await;
    keep(driver, "vendor-code").await;
    axe(driver, "wrong code").await;
    assert!(driver.title().await.unwrap().starts_with("エラー："));
    chrome.driver.clone().quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_answers_without_javascript() {
    let Some(chrome) = chrome(false).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    driver.goto(format!("{}{link}", program.base)).await.unwrap();
    press(driver, "button.app-button--primary").await;
    driver.goto(format!("{}/v/s/subcontracting", program.base)).await.unwrap();
    driver.find(By::Css("input[name='SUB-01/value'][value='some']")).await.unwrap().click().await.unwrap();
    press(driver, "button[name='go'][value='next']").await;
    // The page comes back with what the answer has opened, and says what is missing.
    assert!(driver.title().await.unwrap().starts_with("エラー："));
    assert!(driver.find(By::Id("SUB-02")).await.unwrap().is_displayed().await.unwrap());
    let chosen = driver.find(By::Css("input[name='SUB-01/value'][value='some']")).await.unwrap();
    assert!(chosen.is_selected().await.unwrap());
    driver
        .find(By::Css("[name='SUB-02/list.0.name']"))
        .await
        .unwrap()
        .send_keys("株式会社例示")
        .await
        .unwrap();
    press(driver, "button[name='go'][value='list']").await;
    let tasks = driver.find(By::Tag("main")).await.unwrap().text().await.unwrap();
    assert!(tasks.contains("入力中"), "{tasks}");
    keep(driver, "vendor-tasks-without-javascript").await;
    // The rest over the wire, then the submission by hand.
    let other = program.browser();
    other.post(&link, &[]).await.sent_to();
    let saved = [("SUB-01/version", "1"), ("SUB-01/value", "none"), ("SUB-02/version", "1"), ("go", "list")];
    other.post("/v/s/subcontracting", &saved).await;
    chrome.driver.clone().quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_pages_are_accessible() {
    let Some(chrome) = chrome(true).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    answer_everything(&vendor).await;
    vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
    driver.goto(format!("{}/style-guide", program.base)).await.unwrap();
    axe(driver, "style guide").await;
    driver.goto(format!("{}/sign-in", program.base)).await.unwrap();
    axe(driver, "sign-in").await;
    driver.find(By::Id("name")).await.unwrap().send_keys("kacho").await.unwrap();
    driver.find(By::Id("password")).await.unwrap().send_keys(PASSWORD).await.unwrap();
    let before = driver.find(By::Tag("html")).await.unwrap();
    driver.find(By::Id("password")).await.unwrap().send_keys("" + Key::Enter).await.unwrap();
    leave(&before).await;
    for (path, name) in [
        ("/".to_owned(), "home"),
        ("/cases".to_owned(), "cases"),
        ("/cases/new".to_owned(), "register"),
        ("/vendors".to_owned(), "vendors"),
        ("/vendors/new".to_owned(), "vendor"),
        (format!("/cases/{case}"), "case"),
        (format!("/cases/{case}/questions"), "questions"),
        (format!("/cases/{case}/documents"), "documents"),
        (format!("/cases/{case}/drafts/D-05"), "document"),
        (format!("/cases/{case}/drafts/D-19"), "document-wide"),
        (format!("/cases/{case}/clauses"), "clauses"),
        (format!("/cases/{case}/clauses/CL-38/text"), "article"),
        (format!("/cases/{case}/clauses/new/text"), "article-new"),
        ("/ledger".to_owned(), "ledger"),
        ("/policy".to_owned(), "policy"),
        ("/policy/coverage?q=R-07".to_owned(), "coverage"),
        ("/policy/topics/sla".to_owned(), "topic"),
        ("/policy/bank".to_owned(), "bank"),
        ("/policy/mapped".to_owned(), "mapped"),
    ] {
        driver.goto(format!("{}{path}", program.base)).await.unwrap();
        keep(driver, &format!("staff-{name}")).await;
        axe(driver, &path).await;
    }
    driver.goto(format!("{}/cases/{case}", program.base)).await.unwrap();
    press(driver, "tbody th a").await;
    keep(driver, "staff-score").await;
    axe(driver, "score").await;
    // A draft is begun and a question edited with the keyboard.
    driver.goto(format!("{}/policy/topics/sla", program.base)).await.unwrap();
    press(driver, "button.app-button--primary").await;
    keep(driver, "staff-draft").await;
    axe(driver, "draft").await;
    press(driver, "main ul.app-links a").await;
    keep(driver, "staff-edit").await;
    axe(driver, "edit").await;
    let title = driver.find(By::Id("title")).await.unwrap();
    title.send_keys("（改）" + Key::Enter).await.unwrap();
    let changes = driver.find(By::Css("table caption")).await.unwrap().text().await.unwrap();
    assert_eq!(changes, "1か所");
    chrome.driver.clone().quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_made_without_javascript() {
    let Some(chrome) = chrome(false).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    crate::contracts::approve(&program, &case, &link).await;
    driver.goto(format!("{}/sign-in", program.base)).await.unwrap();
    driver.find(By::Id("name")).await.unwrap().send_keys("tanto").await.unwrap();
    driver.find(By::Id("password")).await.unwrap().send_keys(PASSWORD).await.unwrap();
    press(driver, "button.app-button--primary").await;
    // An article rewritten by keyboard: the text, the reason, Enter on the button.
    driver.goto(format!("{}/cases/{case}/clauses/CL-38/text", program.base)).await.unwrap();
    let text = driver.find(By::Id("text")).await.unwrap();
    text.clear().await.unwrap();
    text.send_keys("甲及び乙は、業者の団体の意見を聴いて協議する。").await.unwrap();
    driver.find(By::Id("reason")).await.unwrap().send_keys("協議の方法を定めるため").await.unwrap();
    press(driver, "button[value='save']").await;
    keep(driver, "clauses-with-finding").await;
    let findings = driver.find(By::Css(".app-card--bad")).await.unwrap().text().await.unwrap();
    assert!(findings.contains("業者") && findings.contains("事業者"), "{findings}");
    // Sent back to the library's text, then everything is fixed.
    driver.goto(format!("{}/cases/{case}/clauses/CL-38/text", program.base)).await.unwrap();
    keep(driver, "article-edited").await;
    driver.find(By::Id("reason")).await.unwrap().send_keys("標準に戻す").await.unwrap();
    press(driver, "button[value='restore']").await;
    press(driver, "form[action$='/documents'] button").await;
    driver.goto(format!("{}/cases/{case}/documents#D-25", program.base)).await.unwrap();
    driver.find(By::Css("#D-25 summary")).await.unwrap().click().await.unwrap();
    driver.find(By::Id("number-D-25")).await.unwrap().send_keys("見総第1号").await.unwrap();
    driver.find(By::Id("date-D-25")).await.unwrap().send_keys("令和9年4月1日").await.unwrap();
    press(driver, "#D-25 form button").await;
    let made = driver.find(By::Css("#D-25 ul")).await.unwrap().text().await.unwrap();
    assert!(made.contains("第1版") && made.contains("見総第1号"), "{made}");
    keep(driver, "documents-made").await;
    driver.find(By::Css("#D-10 a[href$='difference']")).await.unwrap().click().await.unwrap();
    keep(driver, "difference").await;
    assert!(driver.title().await.unwrap().contains("文書の比較"));
    chrome.driver.clone().quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_before_and_results_are_accessible() {
    let Some(chrome) = chrome(true).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    let company = reuse::register(&tanto, &[]).await;
    let (first, asked) = reuse::ask(&program, department.as_str(), "前回の案件", &[&company]).await;
    contracts::approve(&program, &first, &asked[0].1).await;
    tanto.post(&format!("/cases/{first}/documents"), &[]).await.sent_to();
    let (_, second) = reuse::ask(&program, department.as_str(), "今回の案件", &[&company]).await;

    driver.goto(format!("{}{}", program.base, second[0].1)).await.unwrap();
    press(driver, "main button").await;
    for (width, size) in [(1280, "wide"), (320, "narrow")] {
        driver.set_window_rect(0, 0, width, 1600).await.unwrap();
        for (path, name) in [("/v/previous", "previous"), ("/v/company", "company"), ("/v/result", "waiting")]
        {
            driver.goto(format!("{}{path}", program.base)).await.unwrap();
            keep(driver, &format!("vendor-{name}-{size}")).await;
            axe(driver, path).await;
        }
    }
    driver.set_window_rect(0, 0, 1280, 1600).await.unwrap();
    // Taken over from the section by keyboard, confirmed by the tick alone.
    driver.goto(format!("{}/v/s/nda", program.base)).await.unwrap();
    let summary =
        driver.find(By::XPath("//section[@id='NDA-01']//summary[contains(., '前回')]")).await.unwrap();
    summary.send_keys("" + Key::Enter).await.unwrap();
    press(driver, "button[value='use:NDA-01']").await;
    keep(driver, "vendor-reused").await;
    axe(driver, "reused").await;
    let tick = driver.find(By::Id("NDA-01/confirmed")).await.unwrap();
    tick.send_keys(" ").await.unwrap();
    let told = saved_text(driver, "NDA-01", "下書きを保存しました").await;
    assert!(told.contains("下書きを保存しました"), "{told}");
    let notice = driver.find(By::Css("#NDA-01 [data-reused]")).await.unwrap();
    assert!(!notice.is_displayed().await.unwrap(), "nothing is left to confirm");
    driver.goto(format!("{}/v", program.base)).await.unwrap();
    keep(driver, "vendor-tasks-previous").await;
    axe(driver, "tasks").await;

    // The result as staff tell it, and as the company reads it.
    driver.goto(format!("{}/sign-in", program.base)).await.unwrap();
    driver.find(By::Id("name")).await.unwrap().send_keys("tanto").await.unwrap();
    let before = driver.find(By::Tag("html")).await.unwrap();
    let password = driver.find(By::Id("password")).await.unwrap();
    password.send_keys(PASSWORD + Key::Enter).await.unwrap();
    leave(&before).await;
    let result = format!("{}/cases/{first}/assessments/{}/result", program.base, asked[0].0);
    driver.goto(&result).await.unwrap();
    press(driver, "main form button").await;
    keep(driver, "staff-result-problems").await;
    axe(driver, "result with problems").await;
    for selector in ["#document input", "#checked"] {
        driver.find(By::Css(selector)).await.unwrap().send_keys(" ").await.unwrap();
    }
    keep(driver, "staff-result").await;
    press(driver, "main form button").await;
    axe(driver, "told").await;
    driver.goto(format!("{}/vendors/{company}", program.base)).await.unwrap();
    axe(driver, "vendor").await;
    driver.goto(format!("{}{}", program.base, asked[0].1)).await.unwrap();
    press(driver, "main button").await;
    driver.goto(format!("{}/v/result", program.base)).await.unwrap();
    axe(driver, "result").await;
    press(driver, "main form button").await;
    keep(driver, "vendor-result").await;
    let text = driver.find(By::Tag("main")).await.unwrap().text().await.unwrap();
    assert!(text.contains("選定しました") && text.contains("受領確認済み"), "{text}");
    chrome.driver.clone().quit().await.unwrap();
}
