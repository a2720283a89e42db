//! Handing evidence out: only as an attachment, checked against its hash, never what a check has found to be harmful.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::evidence::Scan;
use domain::ids::{AssessmentId, CaseId, EvidenceId};
use domain::permission::Permission;
use serde_json::json;
use store::evidence::{self, EvidenceVersion, Held};
use store::{assessments, cases};

use super::{library, receive};
use crate::access::{Person, Respondent};
use crate::app::App;
use crate::contracts::download::handed_out;
use crate::error::{Error, Result};
use crate::page;
use crate::recording::Recorder;

/// GET: for the vendor.
pub async fn own(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path((id, number)): Path<(String, String)>,
) -> Result {
    let held = receive::held(&app, &responder, page::id(&id)?).await?;
    if !library::is_open_to(&held, &responder) {
        return Err(Error::NotFound);
    }
    hand_out(&app, version(&held, &number)?).await
}

/// GET: for staff, once it is submitted. Personal data opens only for those who evaluate, and each time is recorded.
pub async fn staff(
    State(app): State<App>,
    person: Person,
    Path((case, assessment, id, number)): Path<(String, String, String, String)>,
) -> Result {
    let (case, assessment): (CaseId, AssessmentId) = (page::id(&case)?, page::id(&assessment)?);
    let (scope, id) = (person.scope(), page::id::<EvidenceId>(&id)?);
    let (case, held) = app
        .db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let assessment = assessments::assessment_of_case(conn, &case.id, &assessment)?;
            // Answers and what backs them stay closed until they are submitted.
            if assessment.submitted_at.is_none() {
                return Err(Error::NotFound);
            }
            Ok((case, evidence::one(conn, &assessment.id, &id)?))
        })
        .await?;
    let version = version(&held, &number)?;
    if held.evidence.personal {
        if !person.may(Permission::Evaluate) {
            return Err(Error::Forbidden);
        }
        let recorder = Recorder::new(&app, &person.organization.id, person.actor());
        let (id, detail) = (held.evidence.id.clone(), json!({ "version": version.number }));
        app.db
            .write(move |conn| {
                recorder.record(conn, "evidence.read", ("evidence", id.as_str()), Some(&case.id), detail)?;
                Ok::<_, Error>(())
            })
            .await?;
    }
    hand_out(&app, version).await
}

fn version<'a>(held: &'a Held, number: &str) -> Result<&'a EvidenceVersion> {
    held.versions.iter().find(|version| version.number.to_string() == number).ok_or(Error::NotFound)
}

async fn hand_out(app: &App, version: &EvidenceVersion) -> Result<Response> {
    if version.scan == Scan::Infected {
        return Err(Error::Refused {
            message: "このファイルからウイルスが検出されたため、開けません。事業者に差替えを求めてください。"
                .into(),
            clause: None,
        });
    }
    let bytes = app.files.get(&version.sha256).await.map_err(|error| Error::internal("file store", error))?;
    // The browser is told nothing that it could open by itself.
    let plain = format!("evidence.{}", version.kind.as_str());
    handed_out("application/octet-stream", &plain, &version.file_name, bytes)
}
