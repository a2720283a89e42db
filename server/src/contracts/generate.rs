//! Generating a Word file: stored by its hash, bound to its inputs; a new version supersedes the one before.

use axum::extract::{Path, State};
use contract_templates::Written;
use domain::case::{self, Command, Event};
use domain::ids::DocumentId;
use domain::trail::sha256_hex;
use questionnaires::japanese::date::parse_date;
use serde_json::json;
use store::cases;
use store::contracts::{self, Document};

use super::inputs::{self, Given, Inputs, SPECIAL_SPECIFICATIONS};
use super::list;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page;
use crate::policy::held as policy;
use crate::recording::Recorder;

/// Most characters of a 文書番号.
const NUMBER_CHARS: usize = 40;

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(case): Path<String>, form: Form) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    let kind = Some(form.text("kind")).filter(|kind| !kind.is_empty()).unwrap_or(SPECIAL_SPECIFICATIONS);
    let mut problems = Problems::default();
    let given = given(&form, kind, &mut problems);
    if !given.number.is_empty() {
        let (organization, number) = (person.organization.id.clone(), given.number.clone());
        if app.db.read(move |conn| contracts::number_taken(conn, &organization, &number)).await? {
            problems.add(format!("number-{kind}"), "この文書番号は、ほかの文書に使われています");
        }
    }
    if !problems.is_empty() {
        return list::refused(&app, &person, &inputs, kind, &form, problems);
    }
    generate(&app, &person, &inputs, kind, &given).await?;
    Ok(page::redirect(&if kind == SPECIAL_SPECIFICATIONS {
        format!("/cases/{case}?done=generated")
    } else {
        format!("/cases/{case}/documents?done=generated#{kind}")
    }))
}

/// The fields of a form that belong to one document.
fn given(form: &Form, kind: &str, problems: &mut Problems) -> Given {
    let field = format!("date-{kind}");
    let number = form.optional(&format!("number-{kind}"), "文書番号", NUMBER_CHARS, problems);
    let typed = form.text(&field);
    let date = match parse_date(typed) {
        _ if typed.is_empty() => String::new(),
        Ok(day) => day.to_string(),
        Err(problem) => {
            problems.add(field, problem.to_string());
            String::new()
        }
    };
    Given { number, date }
}

/// Writes a document and stores its file. The 特記仕様書 fixes the clauses of an approved case; before a vendor is chosen
/// it is the one that all who bid are shown.
///
/// # Errors
/// A refusal with findings, missing values or in the wrong state; [`Error::Stale`]; the disk or the database.
pub async fn generate(
    app: &App,
    person: &Person,
    inputs: &Inputs,
    kind: &str,
    given: &Given,
) -> Result<(DocumentId, Vec<u8>)> {
    let case = inputs.case.clone();
    let profile = &policy::profile_of_case(app, &case)?;
    let template = app.library.document(kind).ok_or(Error::NotFound)?;
    if !list::applies(inputs, template) {
        return Err(Error::Refused {
            message: "この案件では作らない文書です。".into(), clause: None
        });
    }
    let written = inputs
        .write(app, person, kind, given)?
        .map_err(|error| Error::Refused {
            message: format!("文書を作れません。{error}"), clause: None
        })?;
    let findings = inputs.open_findings(kind, &written.findings);
    let tender = kind == SPECIAL_SPECIFICATIONS && inputs.chosen.is_none();
    let event = if kind == SPECIAL_SPECIFICATIONS && !tender {
        let command = Command::FixClauses { findings };
        Some(case::decide(case.state, &command).map_err(|refusal| policy::refusal(app, profile, &refusal))?)
    } else if findings > 0 {
        return Err(Error::Refused {
            message: format!(
                "公用文チェックの指摘が{findings}件残っています。直すか、理由を付けて了承してください。"
            ),
            clause: None,
        });
    } else {
        None
    };
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let sha256 =
        app.files.put(written.docx.clone()).await.map_err(|error| Error::internal("file store", error))?;
    let row = Document {
        occasion: match (kind == SPECIAL_SPECIFICATIONS, tender) {
            (true, true) => "tender",
            (true, false) => "contract",
            _ => "record",
        }
        .into(),
        number: Some(given.number.clone()).filter(|number| !number.is_empty()),
        created_by: person.staff.id.clone(),
        created_at: recorder.at.into(),
        ..row(app, person, inputs, kind, given, &written, sha256)?
    };
    let id = row.id.clone();
    app.db
        .write(move |conn| {
            contracts::insert_document(conn, &row)?;
            let detail = json!({
                "kind": row.kind, "version": row.version, "sha256": row.sha256, "inputs": row.inputs_hash,
                "number": row.number,
            });
            recorder.record(
                conn,
                "document.generated",
                ("document", row.id.as_str()),
                Some(&case.id),
                detail,
            )?;
            if let Some(Event::Moved(next)) = event {
                cases::move_case(conn, &case.id, case.version, next, recorder.at)?;
                let object = ("case", case.id.as_str());
                recorder.record(
                    conn,
                    "case.clauses_fixed",
                    object,
                    Some(&case.id),
                    json!({ "document": row.id }),
                )?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok((id, written.docx))
}

fn row(
    app: &App,
    person: &Person,
    inputs: &Inputs,
    kind: &str,
    given: &Given,
    written: &Written,
    sha256: String,
) -> Result<Document> {
    let case = &inputs.case;
    let profile = policy::profile_of_case(app, case)?;
    let version = inputs.documents.iter().filter(|d| d.kind == kind).count() + 1;
    Ok(Document {
        id: DocumentId::new(app.uuid()),
        organization_id: case.organization_id.clone(),
        case_id: case.id.clone(),
        kind: kind.to_owned(),
        version: i64::try_from(version).unwrap_or(i64::MAX),
        title: written.document.title.clone(),
        file_name: format!("{}_{}_第{version}版.docx", case.number, written.document.title),
        bytes: i64::try_from(written.docx.len()).unwrap_or(i64::MAX),
        sha256,
        inputs_hash: inputs_hash(app, person, inputs, given)?,
        findings: i64::try_from(written.findings.len()).unwrap_or(i64::MAX),
        classification: policy::class_name(&profile, "2").to_owned(),
        created_by: person.staff.id.clone(),
        created_at: app.now().into(),
        occasion: String::new(),
        number: None,
    })
}

/// Hash of everything that a document was made from.
fn inputs_hash(app: &App, person: &Person, inputs: &Inputs, given: &Given) -> Result<String> {
    let switches: Vec<_> = inputs.switches.iter().map(|s| (&s.clause, &s.setting, &s.variant)).collect();
    let edits: Vec<_> =
        inputs.edits.iter().map(|e| (&e.clause, &e.heading, &e.text, &e.placed_after)).collect();
    let all = json!({
        "evaluation": inputs.chosen.as_ref().map(|chosen| &chosen.evaluation.content_hash),
        "values": inputs.values(app, person, given)?,
        "switches": switches,
        "edits": edits,
        "program": env!("CARGO_PKG_VERSION"),
    });
    Ok(sha256_hex(domain::trail::canonical(&all).as_bytes()))
}
