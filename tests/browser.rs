//! Real Chromium: a vendor answers by mouse and keyboard, with JavaScript and without; axe looks at every page.
//!
//! `tests/run` sets `TOKKI_TEST_BROWSER`; without it these tests have nothing to drive. Screenshots are kept in
//! `target/screenshots`.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};

use crate::evidence::{PDF, hand_in};
use crate::main_job::{answer_everything, sound_answers};
use crate::support::{Browser, Database, PASSWORD, Program, between, empty_folder, issued, town};
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
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
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

/// What the browser has said since the last time about the policy of the page.
async fn violations(driver: &WebDriver) -> Vec<String> {
    let log = driver.handle().browser_log().await.unwrap();
    log.into_iter()
        .map(|entry| entry.message)
        .filter(|said| said.contains("Content Security Policy"))
        .collect()
}

/// Opens a page, and looks at it as axe and the browser's own policy do.
async fn look(driver: &WebDriver, program: &Program, path: &str, name: &str) {
    driver.goto(format!("{}{path}", program.base)).await.unwrap();
    let against = violations(driver).await;
    assert!(against.is_empty(), "{path}: {against:?}");
    keep(driver, name).await;
    axe(driver, path).await;
    // What axe does by itself is not the page's.
    violations(driver).await;
}

/// Commands of the browser's own protocol.
async fn command(driver: &WebDriver, name: &str, parameters: serde_json::Value) {
    driver.cdp().send_raw(name, parameters).await.unwrap();
}

/// Presses a key where the focus is.
async fn key(driver: &WebDriver, keys: impl Into<TypingData>) {
    driver.action_chain().send_keys(keys).perform().await.unwrap();
}

/// Presses the tab key until something has the focus; at every stop on the way the focus can be seen.
async fn tab_to(driver: &WebDriver, selector: &str) {
    let script = "const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect(); \
                  const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'; \
                  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0; \
                  return [it === document.body || (ring && inside), it.matches(arguments[0]), it.outerHTML.slice(0, 200)];";
    for _ in 0..400 {
        key(driver, Key::Tab).await;
        let found = driver.execute(script, vec![selector.into()]).await.unwrap();
        let (seen, here, what): (bool, bool, String) = found.convert().unwrap();
        assert!(seen, "the focus cannot be seen: {what}");
        if here {
            return;
        }
    }
    panic!("the tab key does not lead to {selector}");
}

/// The same, then Enter, which leads to another page.
async fn enter(driver: &WebDriver, selector: &str) {
    tab_to(driver, selector).await;
    let before = driver.find(By::Tag("html")).await.unwrap();
    key(driver, Key::Enter).await;
    leave(&before).await;
}

/// The path of the page that is shown.
async fn place(driver: &WebDriver) -> String {
    driver.current_url().await.unwrap().path().to_owned()
}

async fn text(driver: &WebDriver) -> String {
    driver.find(By::Tag("main")).await.unwrap().text().await.unwrap()
}

/// Answers everything but the questions named.
async fn answer_but(vendor: &Browser, left: &[&str]) {
    for (question, pairs) in sound_answers() {
        if left.contains(&question.as_str()) {
            continue;
        }
        let version = format!("{question}/version");
        let mut fields: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        fields.push((&version, "0"));
        vendor.post_json(&format!("/v/q/{question}"), &fields).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_of_a_vendor_by_keyboard_alone() {
    let Some(chrome) = chrome(true).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let folder = empty_folder("keyboard");
    let file = folder.join("登録証の写し.pdf");
    std::fs::write(&file, PDF).unwrap();
    let other = reuse::opened(&program, &link).await;
    answer_but(&other, &["SUB-01"]).await;

    driver.goto(format!("{}{link}", program.base)).await.unwrap();
    enter(driver, "main button").await;
    enter(driver, "main a[href='/v/overview']").await;
    enter(driver, "main a.app-button--primary[href='/v']").await;
    // A section: the first choice by the space bar, saved at once.
    enter(driver, "a[href='/v/s/subcontracting']").await;
    tab_to(driver, "input[name='SUB-01/value']").await;
    keep(driver, "keyboard-radio").await;
    key(driver, " ").await;
    let told = saved_text(driver, "SUB-01", "下書きを保存しました").await;
    assert!(told.contains("下書きを保存しました"), "{told}");
    enter(driver, "button[name='go'][value='list']").await;
    assert_eq!(place(driver).await, "/v");

    // A file: the browser's own dialog aside, everything by keyboard.
    enter(driver, "main a[href='/v/files']").await;
    tab_to(driver, "#file").await;
    keep(driver, "keyboard-file").await;
    driver.active_element().await.unwrap().send_keys(file.to_str().unwrap()).await.unwrap();
    enter(driver, "form[action='/v/files'] button").await;
    assert!(text(driver).await.contains("登録証の写し.pdf"));
    keep(driver, "keyboard-uploaded").await;
    enter(driver, "a.app-back").await;
    // Cited where the answer stands.
    enter(driver, "a[href='/v/s/nda']").await;
    let details = "#NDA-02 details:has(select[name$='.file']) > summary";
    tab_to(driver, details).await;
    key(driver, Key::Enter).await;
    tab_to(driver, "#NDA-02 select[name$='.file']").await;
    key(driver, Key::Down).await;
    let told = saved_text(driver, "NDA-02", "下書きを保存しました").await;
    assert!(told.contains("下書きを保存しました"), "{told}");
    keep(driver, "keyboard-cited").await;
    enter(driver, "button[name='go'][value='list']").await;

    // Read through, declared, submitted.
    enter(driver, "main a[href='/v/review']").await;
    assert!(text(driver).await.contains("登録証の写し"), "the file stands in the answer");
    enter(driver, "main a[href='/v/submit']").await;
    tab_to(driver, "#submitted_by").await;
    key(driver, "取締役　例示　進").await;
    tab_to(driver, "#declared").await;
    key(driver, " ").await;
    keep(driver, "keyboard-submit").await;
    enter(driver, "main form button").await;
    assert_eq!(place(driver).await, "/v/done");
    keep(driver, "keyboard-done").await;
    assert!(text(driver).await.contains("受付番号"));
    chrome.driver.clone().quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_requests_and_what_went_back_without_javascript() {
    let Some(chrome) = chrome(false).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    let folder = empty_folder("without-javascript");
    let file = folder.join("認証.pdf");
    std::fs::write(&file, PDF).unwrap();
    answer_everything(&reuse::opened(&program, &link).await).await;
    let field = |id: &'static str| async move { driver.find(By::Id(id)).await.unwrap() };
    let goto = |path: String| driver.goto(format!("{}{path}", program.base));

    goto(link).await.unwrap();
    press(driver, "main button").await;
    goto("/v/files".into()).await.unwrap();
    // Without a file the page says what is missing, and keeps the name.
    field("name").await.send_keys("認証の写し").await.unwrap();
    press(driver, "form[action='/v/files'] button").await;
    assert!(driver.title().await.unwrap().starts_with("エラー："));
    assert_eq!(field("name").await.value().await.unwrap().as_deref(), Some("認証の写し"));
    field("file").await.send_keys(file.to_str().unwrap()).await.unwrap();
    press(driver, "form[action='/v/files'] button").await;
    let page = text(driver).await;
    assert!(page.contains("認証の写し") && page.contains("まだどの設問にも付けていません"), "{page}");
    goto("/v/s/nda".into()).await.unwrap();
    let details = "#NDA-02 details:has(select[name$='.file']) > summary";
    driver.find(By::Css(details)).await.unwrap().click().await.unwrap();
    let choice = driver.find(By::Css("#NDA-02 select[name$='.file'] option:not([value=''])")).await.unwrap();
    choice.click().await.unwrap();
    press(driver, "button[name='go'][value='list']").await;
    goto("/v/files".into()).await.unwrap();
    assert!(text(driver).await.contains("付けた設問"));
    keep(driver, "files-without-javascript").await;

    goto("/v/ask".into()).await.unwrap();
    field("extension-day").await.send_keys("令和30年1月10日").await.unwrap();
    press(driver, "form[action='/v/ask/extension'] button").await;
    assert!(driver.title().await.unwrap().starts_with("エラー："));
    let kept = field("extension-day").await.value().await.unwrap();
    assert_eq!(kept.as_deref(), Some("令和30年1月10日"));
    field("extension-reason").await.send_keys("社内の確認に時間を要するため").await.unwrap();
    press(driver, "form[action='/v/ask/extension'] button").await;
    assert!(text(driver).await.contains("社内の確認に時間を要するため"));
    keep(driver, "ask-without-javascript").await;

    goto("/v/submit".into()).await.unwrap();
    field("submitted_by").await.send_keys("取締役　例示　進").await.unwrap();
    field("declared").await.click().await.unwrap();
    press(driver, "main form button").await;
    assert_eq!(place(driver).await, "/v/done");
    // One question comes back, is changed, and everything is submitted again.
    let tanto = program.signed_in("tanto").await;
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let to = format!("/cases/{case}/assessments/{}/return-questions", between(&hub, "/assessments/", "\""));
    let back = [("question", "NDA-01"), ("return-NDA-01", "根拠を補足に書いてください。")];
    tanto.post(&to, &back).await.sent_to();
    goto("/v".into()).await.unwrap();
    press(driver, "a[href='/v/returned']").await;
    assert!(text(driver).await.contains("根拠を補足に書いてください。"));
    keep(driver, "returned-without-javascript").await;
    press(driver, "a[href='/v/s/nda#NDA-01']").await;
    let details = "#NDA-01 details:has([name='NDA-01/note']) > summary";
    driver.find(By::Css(details)).await.unwrap().click().await.unwrap();
    field("NDA-01/note").await.send_keys("規程の第3条による").await.unwrap();
    press(driver, "button[name='go'][value='list']").await;
    goto("/v/returned".into()).await.unwrap();
    assert!(text(driver).await.contains("規程の第3条による"));
    press(driver, "a[href='/v/review']").await;
    press(driver, "a[href='/v/submit']").await;
    field("submitted_by").await.send_keys("取締役　例示　進").await.unwrap();
    field("declared").await.click().await.unwrap();
    press(driver, "main form button").await;
    assert_eq!(place(driver).await, "/v/done");
    chrome.driver.clone().quit().await.unwrap();
}

/// A company with a result of before, and a questionnaire in which everything has happened that shows on a page;
/// returns the links of both, and the address by which staff send a question back.
async fn eventful(program: &Program) -> (String, String, String) {
    let department = town::found(program).await;
    let tanto = program.signed_in("tanto").await;
    let company = reuse::register(&tanto, &[]).await;
    let (first, asked) = reuse::ask(program, department.as_str(), "前回の案件", &[&company]).await;
    contracts::approve(program, &first, &asked[0].1).await;
    tanto.post(&format!("/cases/{first}/documents"), &[]).await.sent_to();
    let path = format!("/cases/{first}/assessments/{}/result", asked[0].0);
    let page = tanto.get(&path).await.page();
    let document = between(between(&page, "id=\"document\"", "</fieldset>"), "value=\"", "\"");
    tanto.post(&path, &[("checked", "yes"), ("document", document)]).await.sent_to();
    let (case, second) = reuse::ask(program, department.as_str(), "今回の案件", &[&company]).await;
    let vendor = reuse::opened(program, &second[0].1).await;
    // Half of it: the rest is offered from before.
    answer_but(&vendor, &["NDA-01", "NDA-02", "SUB-01"]).await;
    let long =
        format!("{}{}.pdf", "情報セキュリティ基本方針".repeat(4), "certificate_of_registration".repeat(3));
    hand_in(&vendor, "/v/files", &[], &[(&long, PDF)]).await.sent_to();
    vendor.post("/v/q/NDA-01/comments", &[("text", "添付のとおりです。")]).await.sent_to();
    vendor
        .post("/v/inquiries", &[("question", "NDA-01"), ("text", "様式に指定はありますか。")])
        .await
        .sent_to();
    let notice = [("heading", "様式の訂正"), ("notice", "様式第3号を差し替えました。")];
    tanto.post(&format!("/cases/{case}/inquiries"), &notice).await.sent_to();
    let day = program.app.today().checked_add(jiff::Span::new().days(40)).unwrap().to_string();
    let more = [("extension-day", day.as_str()), ("extension-reason", "社内の確認に時間を要するため")];
    vendor.post("/v/ask/extension", &more).await.sent_to();
    let colleague = [("name", "見本　薫"), ("mail", "kaoru@vendor.example.jp"), ("role", "viewer")];
    vendor.post("/v/people", &colleague).await.page();
    let back = format!("/cases/{case}/assessments/{}/return-questions", second[0].0);
    (asked[0].1.clone(), second[0].1.clone(), back)
}

/// Every page of a vendor with a questionnaire at hand; those that need another state are looked at apart.
const PAGES: &[(&str, &str)] = &[
    ("/v", "tasks"),
    ("/v/requests", "requests"),
    ("/v/overview", "overview"),
    ("/v/questions", "questions"),
    ("/v/questions?english=yes", "questions-english"),
    ("/v/inquiries", "inquiries"),
    ("/v/people", "people"),
    ("/v/s/nda", "section"),
    ("/v/s/subcontracting", "section-table"),
    ("/v/previous", "previous"),
    ("/v/import", "import"),
    ("/v/q/NDA-01", "comments"),
    ("/v/ask", "ask"),
    ("/v/files", "files"),
    ("/v/review", "review"),
    ("/v/submit", "submit"),
    ("/v/company", "company"),
    ("/v/result", "result-waiting"),
    ("/v/sign-in", "sign-in"),
    ("/help", "help"),
    ("/accessibility", "accessibility"),
    ("/privacy", "privacy"),
    ("/v/nothing", "not-found"),
];

/// Sends the rest, and has one question come back.
async fn back_again(program: &Program, link: &str, back: &str) {
    let vendor = reuse::opened(program, link).await;
    for (question, pairs) in sound_answers() {
        if ["NDA-01", "NDA-02", "SUB-01"].contains(&question.as_str()) {
            let version = format!("{question}/version");
            let mut fields: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            fields.push((&version, "0"));
            vendor.post_json(&format!("/v/q/{question}"), &fields).await;
        }
    }
    reuse::hand_in(&vendor).await;
    let reason = [("question", "NDA-01"), ("return-NDA-01", "根拠を補足に書いてください。")];
    program.signed_in("tanto").await.post(back, &reason).await.sent_to();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vendor_page_is_accessible_and_keeps_its_policy() {
    let Some(chrome) = chrome(true).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (told, link, back) = eventful(&program).await;
    look(driver, &program, &link, "page-invitation").await;
    press(driver, "main button").await;
    for (path, name) in PAGES {
        look(driver, &program, path, &format!("page-{name}")).await;
    }
    // Refused forms are pages as well.
    driver.goto(format!("{}/v/inquiries", program.base)).await.unwrap();
    press(driver, "form[action='/v/inquiries'] button").await;
    assert!(violations(driver).await.is_empty());
    axe(driver, "inquiries refused").await;
    back_again(&program, &link, &back).await;
    for (path, name) in
        [("/v/returned", "returned"), ("/v/s/nda", "section-returned"), ("/v", "tasks-returned")]
    {
        look(driver, &program, path, &format!("page-{name}")).await;
    }
    reuse::hand_in(&reuse::opened(&program, &link).await).await;
    for (path, name) in [("/v/done", "done"), ("/v/review", "review-submitted"), ("/v/ask", "ask-submitted")]
    {
        look(driver, &program, path, &format!("page-{name}")).await;
    }
    driver.goto(format!("{}{told}", program.base)).await.unwrap();
    press(driver, "main button").await;
    look(driver, &program, "/v/result", "page-result").await;

    // The browser would have told.
    let script = "document.body.setAttribute('style', 'color: red');";
    driver.execute(script, Vec::new()).await.unwrap();
    assert!(!violations(driver).await.is_empty(), "an inline style breaks the policy");
    chrome.driver.clone().quit().await.unwrap();
}

/// Nothing stands beyond the right edge, and what is wider scrolls in a region that the keyboard reaches.
async fn fits(driver: &WebDriver, program: &Program, path: &str) {
    driver.goto(format!("{}{path}", program.base)).await.unwrap();
    let script = "for (const it of document.querySelectorAll('details')) it.open = true; \
        const root = document.documentElement, wide = []; \
        for (const it of document.querySelectorAll('main *, header *, footer *')) { \
          if (it.closest('.app-visually-hidden, [hidden]') || it.getBoundingClientRect().right <= root.clientWidth + 1) continue; \
          const region = it.closest('.app-scroll'); \
          if (region && region !== it && region.tabIndex === 0 && region.getAttribute('aria-label') && region.getBoundingClientRect().right <= root.clientWidth) continue; \
          wide.push(it.outerHTML.slice(0, 160)); \
        } \
        return [root.clientWidth, root.scrollWidth, wide.slice(0, 5)];";
    let found = driver.execute(script, Vec::new()).await.unwrap();
    let (width, needed, wide): (u32, u32, Vec<String>) = found.convert().unwrap();
    assert!((300..=320).contains(&width), "{path} is looked at with {width} pixels");
    assert!(needed <= width && wide.is_empty(), "{path} needs {needed} of {width}: {wide:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vendor_page_fits_a_telephone_and_a_screen_at_four_hundred_per_cent() {
    let Some(chrome) = chrome(true).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (told, link, back) = eventful(&program).await;
    // A telephone, and 1280 by 1024 pixels of which each of the page takes four by four.
    let screens = [("narrow", 320, 640, 1), ("zoomed", 320, 256, 4)];
    let screen = |(_, width, height, factor): (&str, u32, u32, u32)| serde_json::json!({ "width": width, "height": height, "deviceScaleFactor": factor, "mobile": false });
    command(driver, "Emulation.setDeviceMetricsOverride", screen(screens[0])).await;
    fits(driver, &program, &link).await;
    press(driver, "main button").await;
    for size in screens {
        command(driver, "Emulation.setDeviceMetricsOverride", screen(size)).await;
        for (path, name) in PAGES {
            fits(driver, &program, path).await;
            keep(driver, &format!("{}-{name}", size.0)).await;
        }
    }
    back_again(&program, &link, &back).await;
    for size in screens {
        command(driver, "Emulation.setDeviceMetricsOverride", screen(size)).await;
        for path in ["/v/returned", "/v/s/nda", "/v", "/v/q/NDA-01"] {
            fits(driver, &program, path).await;
        }
    }
    reuse::hand_in(&reuse::opened(&program, &link).await).await;
    fits(driver, &program, "/v/done").await;
    keep(driver, "zoomed-done").await;
    driver.goto(format!("{}{told}", program.base)).await.unwrap();
    press(driver, "main button").await;
    fits(driver, &program, "/v/result").await;
    keep(driver, "zoomed-result").await;
    chrome.driver.clone().quit().await.unwrap();
}

/// The connection from now on: cut, or so many milliseconds slow.
async fn connection(driver: &WebDriver, cut: bool, slow: u32) {
    let network = serde_json::json!({
        "offline": cut, "latency": slow, "downloadThroughput": -1, "uploadThroughput": -1
    });
    command(driver, "Network.emulateNetworkConditions", network).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_typed_is_lost_on_a_cut_or_slow_connection() {
    let Some(chrome) = chrome(true).await else { return };
    let driver = &chrome.driver;
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    driver.goto(format!("{}{link}", program.base)).await.unwrap();
    press(driver, "main button").await;
    driver.goto(format!("{}/v/s/subcontracting", program.base)).await.unwrap();
    driver.find(By::Css("input[name='SUB-01/value'][value='some']")).await.unwrap().click().await.unwrap();
    assert!(saved_text(driver, "SUB-01", "下書きを保存しました").await.contains("下書きを保存しました"));
    command(driver, "Network.enable", serde_json::json!({})).await;

    // Cut: what is typed stays, and the line says that it is not saved.
    connection(driver, true, 0).await;
    let cell = driver.find(By::Css("[name='SUB-02/list.0.name']")).await.unwrap();
    cell.send_keys("株式会社例示").await.unwrap();
    let told = saved_text(driver, "SUB-02", "保存できていません").await;
    assert!(told.contains("保存できていません"), "{told}");
    assert_eq!(cell.value().await.unwrap().as_deref(), Some("株式会社例示"));
    keep(driver, "connection-cut").await;
    axe(driver, "not saved").await;
    // Back again: saved without anybody's doing.
    connection(driver, false, 0).await;
    let told = saved_text(driver, "SUB-02", "下書きを保存しました（").await;
    assert!(told.contains("下書きを保存しました（"), "{told}");

    // Slow: the line says that it is being saved, then when it was.
    connection(driver, false, 3_000).await;
    cell.send_keys("データ").await.unwrap();
    let told = saved_text(driver, "SUB-02", "保存しています").await;
    assert_eq!(told, "保存しています…");
    keep(driver, "connection-slow").await;
    // Typed meanwhile: saved as well, after the first.
    cell.send_keys("センター").await.unwrap();
    connection(driver, false, 0).await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let other = reuse::opened(&program, &link).await;
        if other.get("/v/s/subcontracting").await.text().contains("株式会社例示データセンター") {
            break;
        }
    }
    let told = saved_text(driver, "SUB-02", "下書きを保存しました（").await;
    assert!(told.contains("下書きを保存しました（"), "{told}");
    driver.refresh().await.unwrap();
    let kept = driver.find(By::Css("[name='SUB-02/list.0.name']")).await.unwrap();
    assert_eq!(kept.value().await.unwrap().as_deref(), Some("株式会社例示データセンター"));
    chrome.driver.clone().quit().await.unwrap();
}
