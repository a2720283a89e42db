//! Generating the Word file: stored by its hash, bound to its inputs, the clauses fixed.

use axum::extract::{Path, State};
use domain::case::{self, Command, Event};
use domain::ids::DocumentId;
use domain::trail::sha256_hex;
use serde_json::json;
use store::cases;
use store::contracts::{self, Document};

use super::inputs::{self, Inputs, SPECIAL_SPECIFICATIONS};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::page;
use crate::policy::held as policy;
use crate::recording::Recorder;

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(case): Path<String>) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    generate(&app, &person, &inputs).await?;
    Ok(page::redirect(&format!("/cases/{case}?done=generated")))
}

/// Writes the document, stores the file and fixes the clauses.
///
/// # Errors
/// A refusal before approval, with findings or with missing values; [`Error::Stale`]; the disk or the database.
pub async fn generate(app: &App, person: &Person, inputs: &Inputs) -> Result<(DocumentId, Vec<u8>)> {
    let case = inputs.loaded.case.clone();
    let profile = &policy::profile_of_case(app, &case)?;
    let written = inputs
        .write(app, person)?
        .map_err(|error| Error::Refused {
            message: format!("文書を作れません。{error}"), clause: None
        })?;
    let command = Command::FixClauses { findings: written.findings.len() };
    let event =
        case::decide(case.state, &command).map_err(|refusal| policy::refusal(app, profile, &refusal))?;
    let version = inputs.documents.iter().filter(|d| d.kind == SPECIAL_SPECIFICATIONS).count() + 1;
    let sha256 =
        app.files.put(written.docx.clone()).await.map_err(|error| Error::internal("file store", error))?;
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let row = Document {
        id: DocumentId::new(app.uuid()),
        organization_id: case.organization_id.clone(),
        case_id: case.id.clone(),
        kind: SPECIAL_SPECIFICATIONS.into(),
        version: i64::try_from(version).unwrap_or(i64::MAX),
        title: written.document.title.clone(),
        file_name: format!("{}_{}_第{version}版.docx", case.number, written.document.title),
        bytes: i64::try_from(written.docx.len()).unwrap_or(i64::MAX),
        sha256,
        inputs_hash: inputs_hash(app, person, inputs)?,
        findings: i64::try_from(written.findings.len()).unwrap_or(i64::MAX),
        classification: policy::class_name(profile, "2").to_owned(),
        created_by: person.staff.id.clone(),
        created_at: recorder.at.into(),
    };
    let id = row.id.clone();
    app.db
        .write(move |conn| {
            contracts::insert_document(conn, &row)?;
            let detail = json!({ "kind": row.kind, "version": row.version, "sha256": row.sha256, "inputs": row.inputs_hash });
            recorder.record(conn, "document.generated", ("document", row.id.as_str()), Some(&case.id), detail)?;
            if let Event::Moved(next) = event {
                cases::move_case(conn, &case.id, case.version, next, recorder.at)?;
                let object = ("case", case.id.as_str());
                recorder.record(conn, "case.clauses_fixed", object, Some(&case.id), json!({ "document": row.id }))?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok((id, written.docx))
}

/// Hash of everything that the document was made from.
fn inputs_hash(app: &App, person: &Person, inputs: &Inputs) -> Result<String> {
    let switches: Vec<_> = inputs.switches.iter().map(|s| (&s.clause, &s.setting, &s.variant)).collect();
    let all = json!({
        "evaluation": inputs.loaded.evaluation.content_hash,
        "values": inputs.values(app, person)?,
        "switches": switches,
        "program": env!("CARGO_PKG_VERSION"),
    });
    Ok(sha256_hex(domain::trail::canonical(&all).as_bytes()))
}
