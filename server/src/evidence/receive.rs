//! Taking files in: streamed to the disk while they are counted and hashed, looked at, then one transaction.

use std::time::{Duration, Instant};

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use domain::evidence::{FileKind, NAME_CHARS, Scan, file_name};
use domain::ids::{EvidenceId, EvidenceVersionId};
use domain::respondent::may_hand_in;
use questionnaires::japanese::date::parse_date;
use questionnaires::japanese::text::{char_count, clean_text};
use serde_json::json;
use store::assessments::Responder;
use store::evidence::{self, Evidence, EvidenceVersion, Held};

use super::{change, inspect, library};
use crate::access::{Respondent, responder_actor};
use crate::answering::sheet;
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::files::Arrived;
use crate::form::{Form, Problems};
use crate::page;
use crate::recording::Recorder;

/// Most bytes of one request; several files may come together.
pub const BODY_LIMIT: usize = 100 * 1024 * 1024;
/// How long one request may take.
pub const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// Files of one request at the most.
const FILES: usize = 10;
/// Most bytes of a typed field.
const FIELD_BYTES: usize = 16 * 1024;
/// After this time a file has to have come at [`SLOWEST`] or faster.
const GRACE: Duration = Duration::from_secs(30);
/// Bytes a second.
const SLOWEST: u64 = 1024;

/// What came of one file.
struct Taken {
    file_name: String,
    outcome: std::result::Result<(Arrived, FileKind), String>,
}

/// What a request held.
struct Received {
    form: Form,
    files: Vec<Taken>,
}

/// POST: adds files, each as a piece of evidence of its own.
pub async fn add(
    State(app): State<App>,
    Respondent(responder): Respondent,
    headers: HeaderMap,
    upload: Multipart,
) -> Result {
    let own = sheet::load(&app, &responder).await?;
    own.refuse_closed(app.now())?;
    may_hand_in(responder.role())?;
    let received = receive(&app, &headers, upload).await?;
    let (given, mut problems) = describe(&received.form);
    let single = received.files.len() == 1;
    let mut rows = Vec::new();
    let mut refused = Vec::new();
    for taken in received.files {
        match taken.outcome {
            Err(message) => refused.push((taken.file_name, message)),
            Ok((arrived, kind)) => {
                let stem = taken.file_name.rsplit_once('.').map_or("", |(stem, _)| stem);
                let name =
                    Some(given.name.as_str()).filter(|name| single && !name.is_empty()).unwrap_or(stem);
                rows.push((name.to_owned(), taken.file_name.clone(), kind, arrived));
            }
        }
    }
    if rows.is_empty() && refused.is_empty() {
        problems.add("file", "ファイルを選んでください");
    }
    let accepted: Vec<String> = rows.iter().map(|(_, file_name, ..)| file_name.clone()).collect();
    let arrived = rows.iter().map(|(_, _, _, arrived)| arrived.bytes).sum::<u64>();
    if let Some(message) = no_room(&app, &responder, arrived).await? {
        refused.extend(rows.drain(..).map(|(_, file_name, ..)| (file_name, message.clone())));
    }
    if !rows.is_empty() {
        store_all(&app, &responder, rows, &given).await?;
    }
    for (name, message) in &refused {
        problems.add("file", format!("「{name}」：{message}"));
    }
    if page::wants_json(&headers) {
        let messages: Vec<&str> = problems.all().iter().map(|problem| problem.message.as_str()).collect();
        let status = if messages.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let error = messages.join("\n");
        return Ok(page::json(status, &json!({ "accepted": accepted, "error": error })));
    }
    if problems.is_empty() {
        return Ok(page::redirect("/v/files?done=uploaded"));
    }
    library::refused(&app, &responder, &received.form, problems).await
}

/// POST: a new version of a file; the old one stays.
pub async fn replace(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
    headers: HeaderMap,
    upload: Multipart,
) -> Result {
    let id: EvidenceId = page::id(&id)?;
    let (asker, asked, now) = (responder.clone(), id.clone(), app.now());
    let (_, held) = app.db.read(move |conn| change::changeable(conn, &asker, &asked, now)).await?;
    let mut received = receive(&app, &headers, upload).await?;
    let field = format!("file-{id}");
    let mut problems = Problems::default();
    match received.files.pop() {
        None => problems.add(field, "差し替えるファイルを選んでください"),
        Some(Taken { file_name, outcome: Err(message) }) => {
            problems.add(field, format!("「{file_name}」：{message}"));
        }
        Some(Taken { file_name, outcome: Ok((arrived, kind)) }) => {
            if let Some(message) = no_room(&app, &responder, arrived.bytes).await? {
                problems.add(field, format!("「{file_name}」：{message}"));
            } else {
                let number = held.current().map_or(0, |version| version.number) + 1;
                let version = version(&app, &responder, &id, number, file_name, kind, &arrived);
                keep_version(&app, &responder, version, arrived).await?;
            }
        }
    }
    if problems.is_empty() {
        return Ok(page::redirect("/v/files?done=replaced"));
    }
    library::refused(&app, &responder, &received.form, problems).await
}

/// Evidence of the responder's own assessment.
pub(super) async fn held(app: &App, responder: &Responder, id: EvidenceId) -> Result<Held> {
    let responder = responder.clone();
    app.db.read(move |conn| Ok::<_, Error>(evidence::own(conn, &responder, &id)?)).await
}

/// Reads the parts of a request in their order.
async fn receive(app: &App, headers: &HeaderMap, mut upload: Multipart) -> Result<Received> {
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|bytes| bytes > BODY_LIMIT) {
        return Err(Error::TooLarge);
    }
    let mut typed: Vec<(String, String)> = Vec::new();
    let mut files = Vec::new();
    while let Some(field) = upload.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(file_name) {
            None => typed.push((name, text(field).await?)),
            Some(file_name) => {
                let chosen = field.file_name().is_some_and(|given| !given.is_empty());
                let outcome = file(app, field, &file_name).await?;
                // A form without a chosen file sends an empty one without a name.
                if !chosen {
                    continue;
                }
                let outcome = if files.len() < FILES {
                    outcome
                } else {
                    Err(format!("一度に送信できるファイルは{FILES}個までです。分けて送信してください"))
                };
                files.push(Taken { file_name, outcome });
            }
        }
    }
    let form = Form::from_pairs(typed.iter().map(|(name, value)| (name.as_str(), value.clone())));
    Ok(Received { form, files })
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooLarge
    } else {
        Error::BadRequest("the upload did not arrive whole")
    }
}

async fn text(mut field: Field<'_>) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
        if bytes.len() + piece.len() > FIELD_BYTES {
            return Err(Error::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map(|text| clean_text(&text)).map_err(|_| Error::BadRequest("text was expected"))
}

/// One file. Too much of it is read to its end and thrown away, so that the browser gets to see the answer.
async fn file(
    app: &App,
    mut field: Field<'_>,
    name: &str,
) -> Result<std::result::Result<(Arrived, FileKind), String>> {
    let disk = |error: crate::files::FileError| Error::internal("file store", error);
    let most = app.config.evidence.file_megabytes;
    let began = Instant::now();
    let mut incoming = Some(app.files.begin().await.map_err(disk)?);
    let mut seen = 0_u64;
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
        seen += piece.len() as u64;
        let took = began.elapsed();
        if took > GRACE && seen < took.as_secs() * SLOWEST {
            return Err(Error::BadRequest("the upload is too slow"));
        }
        if seen > most * 1024 * 1024 {
            incoming = None;
        }
        if let Some(incoming) = &mut incoming {
            incoming.write(&piece).await.map_err(disk)?;
        }
    }
    let Some(incoming) = incoming else {
        return Ok(Err(format!(
            "大きさが{most}メガバイトを超えています。画像を縮小するか、ファイルを分けてください"
        )));
    };
    let arrived = incoming.finish().await.map_err(disk)?;
    let (path, name) = (arrived.path().to_owned(), name.to_owned());
    let found = off_thread("evidence", move || inspect::kind(&path, &name)).await?;
    Ok(found.map(|kind| (arrived, kind)).map_err(|refused| refused.to_string()))
}

/// What was typed about a file.
pub(super) struct Described {
    pub(super) name: String,
    pub(super) issued_on: Option<store::Day>,
    pub(super) valid_until: Option<store::Day>,
    pub(super) personal: bool,
}

/// Reads name, dates and the mark of personal data.
pub(super) fn describe(form: &Form) -> (Described, Problems) {
    let mut problems = Problems::default();
    let name = form.text("name");
    if char_count(name) > NAME_CHARS || name.contains('\n') {
        problems.add("name", format!("資料の名称は、改行を入れずに{NAME_CHARS}文字以内で入力してください"));
    }
    let mut day = |field: &str, label: &str| match form.text(field) {
        "" => None,
        typed => match parse_date(typed) {
            Ok(day) => Some(store::Day::from(day)),
            Err(problem) => {
                problems.add(field, format!("{label}：{problem}"));
                None
            }
        },
    };
    let (issued_on, valid_until) = (day("issued_on", "発行日"), day("valid_until", "有効期限"));
    if issued_on.is_some() && valid_until.is_some() && issued_on > valid_until {
        problems.add("valid_until", "有効期限は、発行日以後の日を入力してください");
    }
    let name = if problems.has("name") { String::new() } else { name.to_owned() };
    (Described { name, issued_on, valid_until, personal: form.text("personal") == "yes" }, problems)
}

/// Why there is no room for more; none while there is.
async fn no_room(app: &App, responder: &Responder, more: u64) -> Result<Option<String>> {
    let assessment = responder.assessment().clone();
    let (used, all) = app
        .db
        .read(move |conn| {
            Ok::<_, Error>((evidence::bytes_of(conn, &assessment)?, evidence::bytes_in_all(conn)?))
        })
        .await?;
    let limits = &app.config.evidence;
    let over = |used: i64, megabytes: u64| u64::try_from(used).unwrap_or(0) + more > megabytes * 1024 * 1024;
    if over(used, limits.assessment_megabytes) {
        return Ok(Some(format!(
            "この調査票の資料が合わせて{}メガバイトを超えます。使わない資料を取り下げてから、送信してください",
            limits.assessment_megabytes
        )));
    }
    if over(all, limits.total_megabytes) {
        tracing::error!(bytes = all, "no room for evidence");
        return Ok(Some("保管できる容量が足りません。お手数ですが、下の連絡先へお知らせください".to_owned()));
    }
    Ok(None)
}

async fn store_all(
    app: &App,
    responder: &Responder,
    rows: Vec<(String, String, FileKind, Arrived)>,
    given: &Described,
) -> Result<()> {
    for (name, file_name, kind, arrived) in rows {
        let row = Evidence {
            id: EvidenceId::new(app.uuid()),
            organization_id: responder.organization().clone(),
            assessment_id: responder.assessment().clone(),
            name: name.chars().take(NAME_CHARS).collect(),
            issued_on: given.issued_on.clone(),
            valid_until: given.valid_until.clone(),
            personal: given.personal,
            added_by: responder.invitation().clone(),
            created_at: app.now().into(),
            withdrawn_at: None,
            version: 1,
        };
        let version = version(app, responder, &row.id, 1, file_name, kind, &arrived);
        // The file is kept before the row is written: a row never points to nothing.
        app.files.keep(arrived).await.map_err(|error| Error::internal("file store", error))?;
        insert(app, responder, Some(row), version).await?;
    }
    Ok(())
}

fn version(
    app: &App,
    responder: &Responder,
    evidence: &EvidenceId,
    number: i64,
    file_name: String,
    kind: FileKind,
    arrived: &Arrived,
) -> EvidenceVersion {
    EvidenceVersion {
        id: EvidenceVersionId::new(app.uuid()),
        evidence_id: evidence.clone(),
        number,
        file_name,
        kind,
        bytes: i64::try_from(arrived.bytes).unwrap_or(i64::MAX),
        sha256: arrived.sha256.clone(),
        scan: Scan::Unscanned,
        scan_note: String::new(),
        scanned_at: None,
        uploaded_by: responder.name().to_owned(),
        uploaded_at: app.now().into(),
    }
}

async fn keep_version(
    app: &App,
    responder: &Responder,
    version: EvidenceVersion,
    arrived: Arrived,
) -> Result<()> {
    app.files.keep(arrived).await.map_err(|error| Error::internal("file store", error))?;
    insert(app, responder, None, version).await
}

/// Writes evidence and version with the trail, if answers can still be changed.
pub(super) async fn insert(
    app: &App,
    responder: &Responder,
    row: Option<Evidence>,
    version: EvidenceVersion,
) -> Result<()> {
    let recorder = Recorder::new(app, responder.organization(), responder_actor(responder));
    let responder = responder.clone();
    app.db
        .write(move |conn| {
            let own = sheet::load_in(conn, &responder)?;
            own.refuse_closed(recorder.at)?;
            may_hand_in(responder.role())?;
            if let Some(row) = &row {
                evidence::insert(conn, row)?;
            }
            evidence::insert_version(conn, &version)?;
            let object = ("evidence", version.evidence_id.as_str());
            let detail =
                json!({ "version": version.number, "bytes": version.bytes, "sha256": version.sha256 });
            recorder.record(conn, "evidence.received", object, Some(&own.assessment.case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await
}
