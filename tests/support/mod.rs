//! A running program with its own database, and browsers without a browser.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use reqwest::header::{HeaderMap, LOCATION, ORIGIN};
use reqwest::{Client, StatusCode, redirect};
use tokio::net::TcpListener;
use tokki::app::{App, Clock};
use tokki::config::{Config, Overrides};
use tokki::{cli, http, routes};

/// Password of everybody in a test.
pub const PASSWORD: &str = "seven quiet rivers cross";

/// A database to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgresql,
}

/// The databases that are at hand.
pub fn databases() -> Vec<Database> {
    let mut all = vec![Database::Sqlite];
    if std::env::var("TOKKI_TEST_POSTGRESQL_URL").is_ok() {
        all.push(Database::Postgresql);
    }
    all
}

/// A running program.
pub struct Program {
    pub app: App,
    pub base: String,
    pub folder: PathBuf,
    shift: Arc<AtomicI64>,
    server: tokio::task::JoinHandle<()>,
}

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A URL of a fresh database within a folder.
fn database_url(database: Database, folder: &std::path::Path, name: &str) -> String {
    match database {
        Database::Sqlite => format!("sqlite:{}", folder.join("tokki.sqlite").display()),
        Database::Postgresql => {
            let server = std::env::var("TOKKI_TEST_POSTGRESQL_URL").unwrap();
            // A schema of its own: cheaper than a database, and dropped with the cluster.
            create_schema(&server, name);
            let joint = if server.contains('?') { '&' } else { '?' };
            format!("{server}{joint}options=-csearch_path%3D{name}")
        }
    }
}

fn create_schema(server: &str, name: &str) {
    let output = std::process::Command::new("psql")
        .args([server, "-q", "-v", "ON_ERROR_STOP=1", "-c", &format!("CREATE SCHEMA {name}")])
        .output()
        .expect("psql");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

impl Program {
    /// Starts a program on an empty, migrated database.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// The same with a mail server that nobody asks: no worker runs, tests read the outbox (see [`letters`]).
    pub async fn start_with_mail(database: Database) -> Self {
        Self::start_with(database, |over| {
            over.smtp_url = Some("smtp://127.0.0.1:9".into());
            over.mail_from = Some("joho@town.example.jp".into());
        })
        .await
    }

    /// The same with a configuration of the test's.
    pub async fn start_with(database: Database, set: impl FnOnce(&mut Overrides)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tokki_{}_{number}", std::process::id());
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut over = Overrides {
            data_dir: Some(folder.clone()),
            database_url: Some(database_url(database, &folder, &name)),
            listen: Some(address),
            ..Overrides::default()
        };
        set(&mut over);
        let config = Config::load(None, over).unwrap();
        let shift = Arc::new(AtomicI64::new(0));
        let app = cli::open_with(config, Clock::Shifted(Arc::clone(&shift))).unwrap();
        app.db.migrate().unwrap();
        let (_, router) = routes::all(&app).finish();
        let server = tokio::spawn(http::serve(listener, http::service(&app, router), std::future::pending()));
        Self { app, base: format!("http://{address}"), folder, shift, server }
    }

    /// Moves the program's clock by some seconds from now on.
    pub fn pass(&self, seconds: i64) {
        self.shift.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A browser that nobody has used.
    pub fn browser(&self) -> Browser {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(60))
            .build()
            .unwrap();
        Browser { client, base: self.base.clone() }
    }

    /// A browser in which a person is signed in.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        browser
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.server.abort();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Somebody's browser: keeps cookies, follows nothing by itself.
pub struct Browser {
    pub client: Client,
    pub base: String,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    pub fn location(&self) -> String {
        self.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }
    /// The answer, which has to redirect.
    #[track_caller]
    pub fn sent_to(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.location()
    }
    /// The page, which has to be there.
    #[track_caller]
    pub fn page(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.text()
    }
}

impl Browser {
    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.base))).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.client.post(format!("{}{path}", self.base)).header(ORIGIN, &self.base).form(fields))
            .await
    }

    /// As our own module posts.
    pub async fn post_json(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, serde_json::Value) {
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(ORIGIN, &self.base)
            .header("accept", "application/json")
            .form(fields);
        let answer = self.send(request).await;
        (answer.status, serde_json::from_slice(&answer.bytes).unwrap_or_default())
    }

    /// Posts one file as a browser does.
    pub async fn upload(&self, path: &str, field: &str, name: &str, content: Vec<u8>) -> Answer {
        const BOUNDARY: &str = "----tokki-test-boundary";
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend(content);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.post_raw(path, &[("origin", &self.base), ("content-type", &kind)], body).await
    }

    pub async fn post_raw(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = self.client.post(format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }
}

/// The part of a text between two marks.
#[track_caller]
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let found = text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(part, _)| part);
    found.unwrap_or_else(|| panic!("nothing between {before:?} and {after:?} in\n{text}"))
}

/// A town with people, made through the program's own use cases.
pub mod town {
    use super::*;
    use domain::ids::{DepartmentId, OrganizationId};
    use store::accounts::{self, AppointmentRow, Department, Organization, Staff};

    /// Sign-in names with their roles.
    pub const STAFF: &[(&str, &[&str])] = &[
        ("tanto", &["staff", "system_staff"]),
        ("kacho", &["security_manager", "system_manager"]),
        ("bucho", &["security_officer"]),
        ("somu", &["supervisor"]),
        ("fuku", &["ciso", "approver"]),
        ("kansa", &["auditor"]),
        ("kanri", &["administrator"]),
        ("yakunashi", &[]),
    ];

    /// Founds 見本町 with one department and everybody in it.
    pub async fn found(program: &Program) -> DepartmentId {
        found_under(program, "anan", "町").await
    }

    /// The same for a town, a city or a village under a policy. One hash serves all: hashing is tested elsewhere.
    pub async fn found_under(program: &Program, profile: &'static str, kind: &'static str) -> DepartmentId {
        found_as(program, profile, kind, "").await
    }

    /// The same beside another: sign-in names begin with `prefix`.
    pub async fn found_as(
        program: &Program,
        profile: &'static str,
        kind: &'static str,
        prefix: &'static str,
    ) -> DepartmentId {
        use argon2::password_hash::PasswordHasher;
        let hash = argon2::Argon2::default().hash_password(PASSWORD.as_bytes()).unwrap().to_string();
        let app = program.app.clone();
        let (organization, department) = (OrganizationId::new(app.uuid()), DepartmentId::new(app.uuid()));
        let made = department.clone();
        app.clone()
            .db
            .write(move |conn| {
                let now = app.now();
                accounts::insert_organization(
                    conn,
                    &Organization {
                        id: organization.clone(),
                        code: Some("011002".into()).filter(|_| prefix.is_empty()),
                        name: format!("見本{kind}"),
                        kind: kind.into(),
                        head_title: format!("見本{kind}長"),
                        office: format!("見本{kind}総務課"),
                        phone: "000-000-0000".into(),
                        profile: profile.into(),
                        created_at: now.into(),
                        content_version: 0,
                    },
                )?;
                accounts::insert_department(
                    conn,
                    &Department {
                        id: department.clone(),
                        organization_id: organization.clone(),
                        name: "健康福祉課".into(),
                        phone: String::new(),
                        position: 0,
                    },
                )?;
                for (name, roles) in STAFF {
                    let id = domain::ids::StaffId::new(app.uuid());
                    accounts::insert_staff(
                        conn,
                        &Staff {
                            id: id.clone(),
                            organization_id: organization.clone(),
                            department_id: department.clone(),
                            sign_in_name: format!("{prefix}{name}"),
                            name: format!("見本 {name}"),
                            position: "主査".into(),
                            mail: format!("{name}@example.jp"),
                            password_hash: hash.clone(),
                            password_temporary: false,
                            password_set_at: now.into(),
                            disabled_at: None,
                            failures: 0,
                            last_failure_at: None,
                            last_sign_in_at: None,
                            created_at: now.into(),
                            version: 1,
                        },
                    )?;
                    for role in *roles {
                        accounts::insert_appointment(
                            conn,
                            &AppointmentRow {
                                id: domain::ids::AppointmentId::new(app.uuid()),
                                organization_id: organization.clone(),
                                staff_id: id.clone(),
                                role: (*role).into(),
                                starts_on: app.today().into(),
                                ends_on: None,
                                basis: "試験".into(),
                                created_at: now.into(),
                            },
                        )?;
                    }
                }
                Ok::<_, store::Error>(())
            })
            .await
            .unwrap();
        made
    }
}

/// Fields of a form from a fixed part and overrides.
pub fn fields<'a>(base: &[(&'a str, &'a str)], over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut map: BTreeMap<&str, &str> = base.iter().copied().collect();
    map.extend(over.iter().copied());
    map.into_iter().collect()
}

/// A vendor that can be registered.
pub const VENDOR: &[(&str, &str)] = &[
    ("corporate_number", "Ｔ７－１２３４－５６７８－９０１２"),
    ("no_number_reason", ""),
    ("name", "株式会社サンプル印刷"),
    ("kana", "かぶしきがいしゃさんぷるいんさつ"),
    ("address", "見本県見本市本町二丁目2番2号"),
    ("representative", "代表取締役　例示　進"),
    ("contact_name", "見本　葵"),
    ("contact_mail", "print@vendor.example.jp"),
    ("contact_phone", "000-444-4444"),
];

/// A case that can be registered; the department is added by the caller.
pub const CASE: &[(&str, &str)] = &[
    ("title", "住民健康診査の案内の印刷及び封入封緘業務"),
    ("fact.service_kind", "business_outsourcing"),
    ("fact.business_kind", "printing"),
    ("fact.specific_personal_info", "no"),
    ("fact.integrity", "level_2"),
    ("fact.availability", "level_1"),
    ("fact.electronic_data", "yes"),
    ("fact.provides_information", "yes"),
    ("fact.important_information", "yes"),
    ("fact.network", "none"),
    ("fact.onsite", "no"),
    ("fact.contract_form", "contract"),
    ("fact.starts_on", "Ｒ９．４．１"),
    ("fact.ends_on", "令和9年9月30日"),
    ("information.0.name", "健康診査の対象者の一覧"),
    ("information.0.contents", "氏名、住所、生年月日"),
    ("information.0.amount", "３，０００"),
    ("information.0.class", "3B"),
    ("information.0.personal", "yes"),
];

/// Registers a vendor and a case and sends the questionnaire; returns case id and the vendor's link.
pub async fn issued(program: &Program) -> (String, String) {
    let department = town::found(program).await;
    issued_with(program, &[("department", department.as_str())]).await
}

/// The same with fields of the case changed, the department among them.
pub async fn issued_with(program: &Program, over: &[(&str, &str)]) -> (String, String) {
    let tanto = program.signed_in("tanto").await;
    let (case, invitation) = issued_by(program, &tanto, over).await;
    let mail = tanto.get(&invitation).await.page();
    let link = format!("/i/{}", between(&mail, "/i/", "\n").trim());
    (case, link)
}

/// The same by somebody; returns case id and the page of the invitation.
pub async fn issued_by(program: &Program, tanto: &Browser, over: &[(&str, &str)]) -> (String, String) {
    let vendor = tanto.post("/vendors/new", VENDOR).await.sent_to();
    let vendor = between(&vendor, "/vendors/", "?").to_owned();
    let case = fields(CASE, over);
    let case = tanto.post("/cases/new", &case).await.sent_to();
    let case = between(&case, "/cases/", "?").to_owned();
    let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
    let sent = tanto.post(&format!("/cases/{case}/issue"), &[("vendor", &vendor), ("due", &due)]).await;
    assert_eq!(sent.sent_to(), format!("/cases/{case}?done=issued"));
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let invitation =
        format!("/cases/{case}/assessments/{}/invitation", between(&hub, "/assessments/", "/invitation"));
    (case, invitation)
}

/// Takes every message that waits out of the outbox, as the worker does that delivers it.
pub async fn letters(program: &Program) -> Vec<store::outbox::Message> {
    let mut taken = Vec::new();
    loop {
        let now = program.app.now();
        let lease = now.checked_add(jiff::SignedDuration::from_mins(2)).unwrap();
        let next = program
            .app
            .db
            .write(move |conn| {
                let Some(message) = store::outbox::claim(conn, now, lease)? else { return Ok(None) };
                store::outbox::settle(conn, &message.id, store::outbox::SENT, now)?;
                Ok::<_, store::Error>(Some(message))
            })
            .await
            .unwrap();
        match next {
            Some(message) => taken.push(message),
            None => return taken,
        }
    }
}

/// All texts of a workbook.
pub fn strings_of(book: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut strings = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/sharedStrings.xml").unwrap(), &mut strings)
        .unwrap();
    strings
}

/// Everything that the parts of an archive say, a workbook or a Word file among them.
pub fn strings_of_archive(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for index in 0..archive.len() {
        let mut part = Vec::new();
        let mut file = archive.by_index(index).unwrap();
        all.push_str(&file.name().unwrap());
        std::io::Read::read_to_end(&mut file, &mut part).unwrap();
        all.push_str(&String::from_utf8_lossy(&part));
    }
    all
}

/// A folder of a test's own; it goes when the test ends.
pub struct Folder(PathBuf);

impl std::ops::Deref for Folder {
    type Target = std::path::Path;
    fn deref(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An empty folder.
pub fn empty_folder(name: &str) -> Folder {
    let folder = std::env::temp_dir().join(format!("tokki_{name}_{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    Folder(folder)
}
