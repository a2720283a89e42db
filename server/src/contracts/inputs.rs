//! What a document is made from, loaded once for preview and generation.

use contract_templates::select::{Setting, Switch};
use contract_templates::{Request, WriteError, Written};
use questionnaires::answer::AnswerSheet;
use questionnaires::condition::Subject;
use questionnaires::policy::{FactValue, Facts};
use questionnaires::question::Questionnaire;
use serde_json::Value;
use store::answers;
use store::cases::{self, Information};
use store::contracts::{self, ClauseSwitch, Document};

use super::values;
use crate::access::Person;
use crate::answering::sheet;
use crate::app::App;
use crate::approvals::apply::{self, Loaded};
use crate::error::{Error, Result};
use crate::policy::held as policy;

/// The document that this part writes.
pub const SPECIAL_SPECIFICATIONS: &str = "D-10";

/// Everything behind the document of a case.
pub struct Inputs {
    /// Case, chosen vendor, evaluation, applications.
    pub loaded: Loaded,
    /// Frozen questions and facts.
    pub questionnaire: Questionnaire,
    /// Visible answers of the chosen vendor.
    pub answers: AnswerSheet,
    /// Information of the case.
    pub information: Vec<Information>,
    /// Switches, oldest first.
    pub switches: Vec<ClauseSwitch>,
    /// Documents so far, latest first.
    pub documents: Vec<Document>,
}

/// Loads the inputs of a case within the person's scope.
///
/// # Errors
/// [`Error::NotFound`] before a vendor is chosen, or the database.
pub async fn load(app: &App, person: &Person, case: &str) -> Result<Inputs> {
    let (scope, case) = (person.scope(), crate::page::id(case)?);
    app.db
        .read(move |conn| {
            let loaded = apply::load_in(conn, &scope, &case)?;
            let questionnaire = sheet::questionnaire(conn, &loaded.assessment)?;
            let all = answers::sheet(&answers::answers_of(conn, &loaded.assessment.id)?);
            let answers = questionnaire.visible(&all).answers().clone();
            Ok::<_, Error>(Inputs {
                information: cases::information(conn, &case)?,
                switches: contracts::switches_of(conn, &case)?,
                documents: contracts::documents_of(conn, &case)?,
                questionnaire,
                answers,
                loaded,
            })
        })
        .await
}

impl Inputs {
    /// Facts as they were frozen.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.questionnaire.facts
    }

    /// Whether a fact is the named choice.
    #[must_use]
    pub fn fact_is(&self, fact: &str, choice: &str) -> bool {
        matches!(self.facts().0.get(fact), Some(FactValue::Choice(id)) if id == choice)
    }

    /// Values for placeholders.
    ///
    /// # Errors
    /// A profile that is gone.
    pub fn values(&self, app: &App, person: &Person) -> Result<Value> {
        let profile = &policy::profile_of_case(app, &self.loaded.case)?;
        Ok(values::values(profile, &person.organization, self))
    }

    /// Writes the document as things stand now.
    ///
    /// # Errors
    /// [`WriteError`], as a refusal that says what is missing.
    pub fn write(&self, app: &App, person: &Person) -> Result<std::result::Result<Written, WriteError>> {
        let profile = &policy::profile_of_case(app, &self.loaded.case)?;
        let names = |id: &domain::ids::StaffId| {
            self.loaded.staff.iter().find(|s| s.id == *id).map_or(String::new(), |s| s.name.clone())
        };
        let switches: Vec<Switch> = self
            .switches
            .iter()
            .map(|row| Switch {
                clause: row.clause.clone(),
                setting: match row.setting.as_str() {
                    "on" => Setting::On,
                    "off" => Setting::Off,
                    _ => Setting::Automatic,
                },
                variant: row.variant.clone(),
                reason: row.reason.clone(),
                by: names(&row.staff_id),
            })
            .collect();
        let values = self.values(app, person)?;
        let subject = Subject {
            vocabulary: &self.questionnaire.vocabulary,
            facts: self.facts(),
            answers: &self.answers,
        };
        // A contract is no secret of the case's class: it carries the class of internal papers.
        let classification = policy::class_name(profile, "2").to_owned();
        Ok(contract_templates::write(
            &app.library,
            &Request {
                document: SPECIAL_SPECIFICATIONS,
                subject,
                switches: &switches,
                edits: &[],
                values: &values,
                profile,
                classification: &classification,
                author: &person.organization.name,
                created: self.changed_at(),
            },
        ))
    }

    /// When the inputs last changed; equal inputs give an equal file.
    fn changed_at(&self) -> jiff::Timestamp {
        let switched = self.switches.iter().map(|row| row.created_at.get());
        switched.chain([self.loaded.evaluation.fixed_at.get()]).max().unwrap_or_default()
    }
}
