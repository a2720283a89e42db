//! Two hundred vendors who save at once, on SQLite, against the program as a process of its own; nothing that was
//! acknowledged is lost, not even when the process is killed (`./tests/run load`). `TOKKI_TEST_LOAD_SECONDS` says for how
//! long, `TOKKI_TEST_LOAD_PROGRAM` which program where it is not the one built for the tests.
//!
//! Each vendor saves on a schedule of its own, whatever became of the save before; a latency counts from the moment when
//! the save was due, so that a stall shows in every save that waited for it.
#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use domain::ids::AssessmentId;
use questionnaires::answer::Answer;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ORIGIN};
use store::vendors::{self, Vendor};
use store::{Db, accounts, answers, assessments, outbox};
use tokio::time::{Instant, sleep, sleep_until};

use crate::support::{Browser, Database, Folder, Program, between, empty_folder, fields, town};

const VENDORS: u32 = 200;
const EVERY: Duration = Duration::from_secs(2);
/// How long a vendor's browser waits before it tries again.
const AGAIN: Duration = Duration::from_millis(250);
const QUESTIONS: [&str; 6] = ["NDA-01", "NDA-02", "INC-01", "SUB-01", "LOC-01", "TEC-12"];
/// Far above what a machine of two cores needs in an unoptimised build while others use it.
const LONGEST: Duration = Duration::from_secs(20);
/// The load is the load of one run at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// How long to save; `None` where nobody asked for load.
fn duration() -> Option<Duration> {
    let seconds = std::env::var("TOKKI_TEST_LOAD_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().expect("TOKKI_TEST_LOAD_SECONDS is a number")))
}

/// One case with its vendors, in a data folder that nobody has open, and the link of each invitation.
async fn prepared(name: &str) -> (Folder, Vec<(AssessmentId, String)>) {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    let app = program.app.clone();
    let invited: Vec<String> = app
        .clone()
        .db
        .write(move |conn| {
            let organization = accounts::organizations(conn)?.remove(0).id;
            let mut invited = Vec::new();
            for number in 0..VENDORS {
                let id = domain::ids::VendorId::new(app.uuid());
                let row = Vendor {
                    id: id.clone(),
                    organization_id: organization.clone(),
                    corporate_number: None,
                    no_number_reason: "見本".into(),
                    name: format!("株式会社サンプル{number}"),
                    kana: "かぶしきがいしゃさんぷる".into(),
                    search_key: format!("サンプル{number}"),
                    address: "見本県見本市".into(),
                    representative: "例示　進".into(),
                    contact_name: format!("例示　{number}"),
                    contact_mail: format!("a{number}@vendor.example.jp"),
                    contact_phone: "000-444-4444".into(),
                    created_at: app.now().into(),
                    version: 1,
                    language: domain::language::Language::Japanese,
                };
                vendors::insert_vendor(conn, &row)?;
                invited.push(id.to_string());
            }
            Ok::<_, store::Error>(invited)
        })
        .await
        .unwrap();
    let tanto = program.signed_in("tanto").await;
    let case = tanto
        .post("/cases/new", &fields(crate::support::CASE, &[("department", department.as_str())]))
        .await
        .sent_to();
    let case = between(&case, "/cases/", "?").to_owned();
    let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
    let mut issue: Vec<(&str, &str)> = invited.iter().map(|id| ("vendor", id.as_str())).collect();
    issue.push(("due", &due));
    tanto.post(&format!("/cases/{case}/issue"), &issue).await.sent_to();
    // The links are in the mails alone.
    let app = program.app.clone();
    let links = app
        .clone()
        .db
        .write(move |conn| {
            let mut links = Vec::new();
            let lease = app.now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
            while let Some(mail) = outbox::claim(conn, app.now(), lease)? {
                let token = between(&mail.body, "/i/", "\n").trim().to_owned();
                let invitation = assessments::invitation_by_token(conn, &tokki::app::token_hash(&token))?;
                links.push((invitation.unwrap().assessment_id, format!("/i/{token}")));
            }
            Ok::<_, store::Error>(links)
        })
        .await
        .unwrap();
    assert_eq!(links.len(), VENDORS as usize);
    // A copy that no process of the test holds open: what is killed later was the only one to write it.
    let folder = empty_folder(name);
    for end in ["", "-wal"] {
        let file = format!("tokki.sqlite{end}");
        std::fs::copy(program.folder.join(&file), folder.join(&file)).unwrap();
    }
    (folder, links)
}

/// The program as it runs in earnest.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    async fn start(folder: &Path, port: u16) -> Self {
        let program = std::env::var("TOKKI_TEST_LOAD_PROGRAM");
        let child = Command::new(program.as_deref().unwrap_or(env!("CARGO_BIN_EXE_tokki")))
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
            .arg(folder)
            .args(["--public-url", "http://127.0.0.1"])
            .env_remove("DATABASE_URL")
            .env("TOKKI_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        let began = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(began.elapsed() < LONGEST, "the program does not start");
            sleep(Duration::from_millis(20)).await;
        }
        server
    }

    /// The signal that no process sees coming.
    fn kill(mut self) -> u16 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.port
    }

    /// Most memory that it has had, as the kernel tells.
    fn memory(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("?").trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A save that the program has acknowledged.
struct Acknowledged {
    question: &'static str,
    version: i64,
    content: String,
}

/// What one vendor saw.
#[derive(Default)]
struct History {
    acknowledged: Vec<Acknowledged>,
    /// Of saves that went through at the first attempt.
    latencies: Vec<Duration>,
    /// Attempts that were not answered, or answered with 5xx.
    unanswered: usize,
    /// Longest wait of a save that had to be tried again.
    longest_again: Duration,
}

/// What became of an attempt.
enum Outcome {
    Saved(i64),
    /// The save before it had gone through unanswered: the version in the way is our own.
    Stale(i64, String),
    Unknown,
}

async fn attempt(browser: &Browser, question: &str, version: i64, content: &str) -> Outcome {
    let form = [
        (format!("{question}/version"), version.to_string()),
        (format!("{question}/note"), content.to_owned()),
    ];
    let request = browser
        .client
        .post(format!("{}/v/q/{question}", browser.base))
        .header(ORIGIN, &browser.base)
        .header(ACCEPT, "application/json")
        .form(&form);
    let Ok(answer) = request.send().await else { return Outcome::Unknown };
    let status = answer.status();
    let Ok(told) = answer.json::<serde_json::Value>().await else { return Outcome::Unknown };
    match status {
        StatusCode::OK => Outcome::Saved(told["version"].as_i64().unwrap()),
        StatusCode::CONFLICT => {
            let theirs = &told["conflict"];
            Outcome::Stale(theirs["version"].as_i64().unwrap(), theirs["answer"].to_string())
        }
        status if status.is_server_error() => Outcome::Unknown,
        status => panic!("{status}: {told}"),
    }
}

/// Saves on schedule until the end.
async fn answer(browser: Browser, number: u32, begin: Instant, end: Instant) -> History {
    let mut history = History::default();
    let mut versions: BTreeMap<&str, i64> = BTreeMap::new();
    for turn in 0_u32.. {
        let due = begin + EVERY * number / VENDORS + EVERY * turn;
        if due >= end {
            break;
        }
        sleep_until(due).await;
        let question = QUESTIONS[(number + turn) as usize % QUESTIONS.len()];
        let filler = "回答の続き。".repeat((number * 7 + turn * 13) as usize % 300);
        let content = format!("{number}社の{turn}回目。{filler}");
        let expected = versions.get(question).copied().unwrap_or(0);
        let mut tried_before = false;
        let version = loop {
            match attempt(&browser, question, expected, &content).await {
                Outcome::Saved(version) => break version,
                Outcome::Stale(version, text) => {
                    assert!(
                        tried_before && text.contains(&content),
                        "{question} {expected} {version}: {text}"
                    );
                    break version;
                }
                Outcome::Unknown => {
                    assert!(due.elapsed() < LONGEST * 3, "{question} of {number} is never saved");
                    tried_before = true;
                    history.unanswered += 1;
                    sleep(AGAIN).await;
                }
            }
        };
        assert_eq!(version, expected + 1, "{question} of {number}");
        versions.insert(question, version);
        history.acknowledged.push(Acknowledged { question, version, content });
        if tried_before {
            history.longest_again = history.longest_again.max(due.elapsed());
        } else {
            history.latencies.push(due.elapsed());
        }
    }
    history
}

/// Compares what was acknowledged with what is there.
async fn lost(folder: &Path, assessment: AssessmentId, history: &History) -> usize {
    let db = Db::open(&format!("sqlite:{}", folder.join("tokki.sqlite").display())).unwrap();
    let (current, revisions) = db
        .read(move |conn| {
            Ok::<_, store::Error>((
                answers::answers_of(conn, &assessment)?,
                answers::versions_of(conn, &assessment)?,
            ))
        })
        .await
        .unwrap();
    let says = |answer: &Answer, content: &str| answer.note.as_deref() == Some(content);
    // Every version from the first to the current one is there once.
    for answer in &current {
        let versions = revisions.iter().filter(|row| row.question == answer.question).map(|row| row.version);
        assert!(versions.eq(1..=answer.version), "{}", answer.question);
    }
    let kept = |save: &&Acknowledged| {
        let same = |row: &&answers::Version| row.question == save.question && row.version == save.version;
        let now = current.iter().find(|row| row.question == save.question);
        revisions.iter().find(same).is_some_and(|row| says(&row.answer, &save.content))
            && now.is_some_and(|row| {
                row.version > save.version || row.version == save.version && says(&row.answer, &save.content)
            })
    };
    history.acknowledged.iter().filter(|save| !kept(save)).count()
}

/// The whole run; `kills` spread over it.
async fn run(name: &str, length: Duration, kills: u32) {
    let _alone = ALONE.lock().await;
    let (folder, links) = prepared(name).await;
    // A port that is free now and that a restart can take again.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Server::start(&folder, port).await;
    let client = || {
        let builder = reqwest::Client::builder().cookie_store(true).timeout(Duration::from_secs(30));
        builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
    };
    let base = format!("http://127.0.0.1:{port}");
    let mut browsers = Vec::new();
    for (_, link) in &links {
        let browser = Browser { client: client(), base: base.clone() };
        assert_eq!(browser.post(link, &[]).await.sent_to(), "/v");
        browsers.push(browser);
    }
    let seen =
        browsers.iter().take(3).map(|browser| Browser { client: browser.client.clone(), base: base.clone() });
    let seen: Vec<Browser> = seen.collect();
    let begin = Instant::now();
    let end = begin + length;
    let tasks: Vec<_> = (0..)
        .zip(browsers)
        .map(|(number, browser)| tokio::spawn(answer(browser, number, begin, end)))
        .collect();
    for kill in 1..=kills {
        sleep_until(begin + length * kill / (kills + 1)).await;
        let port = server.kill();
        server = Server::start(&folder, port).await;
    }
    let mut histories = Vec::new();
    for task in tasks {
        histories.push(task.await.unwrap());
    }
    // On the page as in the database.
    for (browser, history) in seen.iter().zip(&histories) {
        let last = history.acknowledged.last().unwrap();
        assert!(browser.get("/v/review").await.page().contains(&last.content));
    }
    let memory = server.memory();
    server.kill();
    let mut gone = 0;
    for ((assessment, _), history) in links.into_iter().zip(&histories) {
        gone += lost(&folder, assessment, history).await;
    }
    let verified = Command::new(env!("CARGO_BIN_EXE_tokki"))
        .args(["trail", "verify", "--data-dir"])
        .arg(&*folder)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let mut latencies: Vec<Duration> =
        histories.iter().flat_map(|history| history.latencies.clone()).collect();
    latencies.sort();
    let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let saves: usize = histories.iter().map(|history| history.acknowledged.len()).sum();
    println!(
        "{name}: {VENDORS} vendors, {} s, {kills} kills: {saves} saves acknowledged, {gone} lost; \
         p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, most {:.1} ms; {} attempts unanswered, \
         longest until saved again {:.1} s; memory {memory}",
        length.as_secs(),
        milliseconds(at(50)),
        milliseconds(at(95)),
        milliseconds(at(99)),
        milliseconds(at(100)),
        histories.iter().map(|history| history.unanswered).sum::<usize>(),
        histories.iter().map(|history| history.longest_again).max().unwrap_or_default().as_secs_f64(),
    );
    assert_eq!(gone, 0);
    assert!(at(99) < LONGEST, "{:?}", at(99));
    // Every save that was due was acknowledged.
    let due = (length.as_millis().div_ceil(EVERY.as_millis()) as usize).saturating_sub(1) * VENDORS as usize;
    assert!(saves >= due, "{saves} of {due}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_vendors_save_and_nothing_is_lost() {
    let Some(length) = duration() else { return };
    run("load", length, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let Some(length) = duration() else { return };
    let kills = u32::try_from(length.as_secs() / 60).unwrap().max(1);
    run("load_killed", length, kills).await;
}
