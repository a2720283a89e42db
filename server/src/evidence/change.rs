//! What a vendor changes about its files: name and dates, withdrawing one, taking one over from an earlier request.

use axum::extract::{Path, State};
use domain::evidence::Scan;
use domain::ids::{EvidenceId, EvidenceVersionId};
use domain::respondent::may_hand_in;
use jiff::Timestamp;
use serde_json::json;
use store::Conn;
use store::assessments::Responder;
use store::evidence::{self, Evidence, EvidenceVersion, Held};

use super::{cite, library, receive};
use crate::access::{Respondent, responder_actor};
use crate::answering::sheet::{self, Own};
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::page;
use crate::recording::Recorder;

/// Evidence that a person may change now, with the sheet that it belongs to.
///
/// # Errors
/// A refusal once answers are closed, a denial to who only reads, [`Error::NotFound`] for what is not theirs, or the
/// database.
pub(super) fn changeable(
    conn: &mut Conn,
    responder: &Responder,
    id: &EvidenceId,
    now: Timestamp,
) -> Result<(Own, Held)> {
    let own = sheet::load_in(conn, responder)?;
    own.refuse_closed(now)?;
    may_hand_in(responder.role())?;
    let held = evidence::own(conn, responder, id)?;
    if library::is_open_to(&held, responder) { Ok((own, held)) } else { Err(Error::NotFound) }
}

/// POST: name, dates and the mark of personal data.
pub async fn describe(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
    form: Form,
) -> Result {
    let id: EvidenceId = page::id(&id)?;
    let (given, mut problems) = receive::describe(&form);
    if given.name.is_empty() && !problems.has("name") {
        problems.add("name", "資料の名称を入力してください");
    }
    if !problems.is_empty() {
        return library::refused(&app, &responder, &form, problems).await;
    }
    let expected: i64 = form.text("version").parse().map_err(|_| Error::BadRequest("no version"))?;
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    app.db
        .write(move |conn| {
            let (own, held) = changeable(conn, &responder, &id, recorder.at)?;
            let row = Evidence {
                name: given.name,
                issued_on: given.issued_on,
                valid_until: given.valid_until,
                personal: given.personal,
                version: expected,
                ..held.evidence
            };
            evidence::update(conn, &row)?;
            let object = ("evidence", row.id.as_str());
            let detail = json!({ "personal": row.personal });
            recorder.record(conn, "evidence.described", object, Some(&own.assessment.case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect("/v/files?done=saved"))
}

/// POST: withdraws a file that no answer cites. What was never submitted goes from the disk as well.
pub async fn withdraw(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
    form: Form,
) -> Result {
    let id: EvidenceId = page::id(&id)?;
    let expected: i64 = form.text("version").parse().map_err(|_| Error::BadRequest("no version"))?;
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    let unneeded = app
        .db
        .write(move |conn| {
            let (own, held) = changeable(conn, &responder, &id, recorder.at)?;
            let cited = cite::cited_in(&own.saved, id.as_str());
            if !cited.is_empty() {
                return Err(Error::Refused {
                    message: format!(
                        "この資料は、{}の回答で使われています。先にその回答から外してください。",
                        cited.join("、")
                    ),
                    clause: None,
                });
            }
            let row = Evidence { withdrawn_at: Some(recorder.at.into()), version: expected, ..held.evidence };
            evidence::update(conn, &row)?;
            let object = ("evidence", row.id.as_str());
            recorder.record(conn, "evidence.withdrawn", object, Some(&own.assessment.case_id), json!({}))?;
            let mut unneeded = Vec::new();
            // What was submitted once belongs to the record of that submission.
            if own.assessment.return_reason.is_none() {
                for version in held.versions {
                    if !evidence::is_needed(conn, &version.sha256)? {
                        unneeded.push(version.sha256);
                    }
                }
            }
            Ok::<_, Error>(unneeded)
        })
        .await?;
    for hash in unneeded {
        app.files.remove(&hash).await.map_err(|error| Error::internal("file store", error))?;
    }
    Ok(page::redirect("/v/files?done=removed"))
}

/// POST: takes a file over that the same company handed in for an earlier request.
pub async fn take(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
) -> Result {
    let id: EvidenceId = page::id(&id)?;
    let (asked, own) = (id.clone(), sheet::load(&app, &responder).await?.assessment);
    let earlier = app
        .db
        .read(move |conn| {
            Ok::<_, Error>(evidence::of_vendor_before(conn, &own.organization_id, &own.vendor_id, &own.id)?)
        })
        .await?;
    let held = earlier.into_iter().find(|held| held.evidence.id == asked && !held.evidence.personal);
    let held = held.ok_or(Error::NotFound)?;
    let current = held.current().cloned().ok_or(Error::NotFound)?;
    if current.scan == Scan::Infected {
        return Err(Error::NotFound);
    }
    let row = Evidence {
        id: EvidenceId::new(app.uuid()),
        assessment_id: responder.assessment().clone(),
        added_by: responder.invitation().clone(),
        created_at: app.now().into(),
        version: 1,
        ..held.evidence
    };
    let version = EvidenceVersion {
        id: EvidenceVersionId::new(app.uuid()),
        evidence_id: row.id.clone(),
        number: 1,
        uploaded_by: responder.name().to_owned(),
        uploaded_at: app.now().into(),
        ..current
    };
    receive::insert(&app, &responder, Some(row), version).await?;
    Ok(page::redirect("/v/files?done=taken"))
}
