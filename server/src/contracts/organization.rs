//! Documents that a municipality has once: 規程 and 緊急連絡網, from its policy.

use axum::extract::{Path, State};
use contract_templates::document::Stage;
use contract_templates::{Request, WriteError};
use questionnaires::answer::AnswerSheet;
use questionnaires::condition::Subject;
use questionnaires::policy::{FactValue, Facts};
use questionnaires::question::form;
use serde_json::Value;

use super::download::{DOCX, handed_out};
use super::known;
use super::values::{self, Material};
use crate::access::Person;
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::policy::held as policy;

/// GET
pub async fn file(State(app): State<App>, person: Person, Path(kind): Path<String>) -> Result {
    let template = app.library.document(&kind).filter(|own| own.stage == Stage::Organization);
    let title = template.ok_or(Error::NotFound)?.title.clone();
    let held = policy::profile_of(&app, &person.organization)?;
    let name = format!("{}_{}.docx", person.organization.name, held.in_own_words(&title));
    let (shared, organization) = (app.clone(), person.organization.clone());
    let written =
        off_thread("organisation document", move || -> Result<std::result::Result<Vec<u8>, WriteError>> {
            // The criteria of a whole policy are those of its widest path.
            let widest = held
                .paths
                .iter()
                .max_by_key(|path| path.asks.len() + path.id.len())
                .map(|path| path.id.clone());
            let path = widest.map(|id| ("path".to_owned(), FactValue::Choice(id)));
            let facts = Facts(path.into_iter().collect());
            let questionnaire = form(&held.content, &held, held.criteria()?, &facts);
            let known: Value = known::organization_values(&organization);
            let answers = AnswerSheet::default();
            let material = Material {
                profile: &held,
                questionnaire: &questionnaire,
                answers: &answers,
                information: &[],
                known: &known,
            };
            let values = values::values(&material);
            let request = Request {
                document: &kind,
                subject: Subject { vocabulary: &questionnaire.vocabulary, facts: &facts, answers: &answers },
                switches: &[],
                edits: &[],
                values: &values,
                profile: &held,
                classification: policy::class_name(&held, "2"),
                author: &organization.name,
                created: organization.created_at.get(),
            };
            Ok(contract_templates::write(&shared.library, &request).map(|written| written.docx))
        })
        .await??;
    let bytes = written
        .map_err(|error| Error::Refused {
            message: format!("文書を作れません。{error}"), clause: None
        })?;
    handed_out(DOCX, "document.docx", &name, bytes)
}
