//! What the documents of a case are made from, loaded once for preview and generation. Before a vendor is chosen there
//! are facts alone: what is written then is the same for everybody who bids.

use std::sync::Arc;

use contract_templates::edit::Edit;
use contract_templates::lint::Finding;
use contract_templates::select::{Setting, Switch};
use contract_templates::{Draft, Request, WriteError, Written};
use questionnaires::answer::AnswerSheet;
use questionnaires::condition::Subject;
use questionnaires::question::{Questionnaire, form};
use serde_json::{Value, json};
use store::accounts::{self, Staff};
use store::answers;
use store::approvals::{self, Application, Decision, Evaluation};
use store::assessments::{self, Assessment};
use store::cases::{self, Case};
use store::contracts::{self, AcceptedFinding, ClauseEdit, ClauseSwitch, Document};
use store::vendors::{self, Vendor};

use super::known;
use super::values::{self, Handled, Material};
use crate::access::Person;
use crate::answering::sheet;
use crate::app::App;
use crate::cases::registration;
use crate::error::Result;
use crate::policy::held as policy;

/// The 特記仕様書.
pub const SPECIAL_SPECIFICATIONS: &str = "D-10";

/// The vendor that was chosen.
pub struct Chosen {
    /// Its assessment.
    pub assessment: Assessment,
    /// The vendor.
    pub vendor: Vendor,
    /// Name of the service; empty for none.
    pub service: String,
    /// The fixed evaluation.
    pub evaluation: Evaluation,
}

/// Everything behind the documents of a case.
pub struct Inputs {
    /// Case.
    pub case: Case,
    /// Its department.
    pub department: String,
    /// The chosen vendor; nobody before the choice.
    pub chosen: Option<Chosen>,
    /// Applications with decisions, latest first.
    pub applications: Vec<(Application, Vec<Decision>)>,
    /// People of the organisation.
    pub staff: Vec<Staff>,
    /// Questions and facts, frozen once a vendor is chosen.
    pub questionnaire: Arc<Questionnaire>,
    /// Visible answers of the chosen vendor.
    pub answers: AnswerSheet,
    /// Information of the case.
    pub information: Vec<Handled>,
    /// Switches, oldest first.
    pub switches: Vec<ClauseSwitch>,
    /// Edits, oldest first.
    pub edits: Vec<ClauseEdit>,
    /// Accepted findings, oldest first.
    pub accepted: Vec<AcceptedFinding>,
    /// Documents so far, latest first.
    pub documents: Vec<Document>,
}

/// Loads the inputs of a case within the person's scope.
///
/// # Errors
/// [`crate::error::Error::NotFound`], or the database.
pub async fn load(app: &App, person: &Person, case: &str) -> Result<Inputs> {
    let (scope, case) = (person.scope(), crate::page::id(case)?);
    let shared = app.clone();
    app.db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let evaluated = match &case.chosen_assessment_id {
                Some(id) => {
                    approvals::latest_evaluation(conn, id)?.map(|evaluation| (id.clone(), evaluation))
                }
                None => None,
            };
            let chosen = match evaluated {
                Some((id, evaluation)) => {
                    let assessment = assessments::assessment_of_case(conn, &case.id, &id)?;
                    let service = match &assessment.service_id {
                        Some(id) => vendors::service(conn, &scope.organization, id)?.name,
                        None => String::new(),
                    };
                    let vendor = vendors::vendor(conn, &scope.organization, &assessment.vendor_id)?;
                    Some(Chosen { assessment, vendor, service, evaluation })
                }
                None => None,
            };
            let (questionnaire, answers) = match &chosen {
                Some(chosen) => {
                    let questionnaire = sheet::questionnaire(conn, &chosen.assessment)?;
                    let all = answers::sheet(&answers::answers_of(conn, &chosen.assessment.id)?);
                    let answers = questionnaire.visible(&all).answers().clone();
                    (questionnaire, answers)
                }
                None => {
                    let held = policy::profile_of_case(&shared, &case)?;
                    let facts = registration::facts_from_text(&shared, &cases::facts(conn, &case.id)?);
                    let questionnaire = form(&held.content, &held, held.criteria()?, &facts);
                    (Arc::new(questionnaire), AnswerSheet::default())
                }
            };
            let information = cases::information(conn, &case.id)?.into_iter().map(|row| Handled {
                name: row.name,
                contents: row.contents,
                amount: row.amount,
                class: row.class,
            });
            let departments = accounts::departments(conn, &scope.organization)?;
            let department = departments.into_iter().find(|own| own.id == case.department_id);
            Ok(Inputs {
                information: information.collect(),
                department: department.map_or(String::new(), |own| own.name),
                applications: approvals::applications_of(conn, &case.id)?,
                staff: accounts::staff_of(conn, &scope.organization)?,
                switches: contracts::switches_of(conn, &case.id)?,
                edits: contracts::edits_of(conn, &case.id)?,
                accepted: contracts::accepted_of(conn, &case.id)?,
                documents: contracts::documents_of(conn, &case.id)?,
                chosen,
                questionnaire,
                answers,
                case,
            })
        })
        .await
}

/// What the officer gives with a document: its number and its day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// 文書番号
    pub number: String,
    /// Day, ISO.
    pub date: String,
}

impl Inputs {
    /// What the answers and facts say, for conditions.
    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            vocabulary: &self.questionnaire.vocabulary,
            facts: &self.questionnaire.facts,
            answers: &self.answers,
        }
    }

    /// Name of a person of the organisation with the position.
    #[must_use]
    pub fn name(&self, id: &domain::ids::StaffId) -> String {
        self.staff
            .iter()
            .find(|s| s.id == *id)
            .map_or(String::new(), |s| format!("{}　{}", s.position, s.name))
    }

    /// Values for placeholders.
    ///
    /// # Errors
    /// A profile that is gone.
    pub fn values(&self, app: &App, person: &Person, given: &Given) -> Result<Value> {
        let profile = &policy::profile_of_case(app, &self.case)?;
        let mut known = known::known(profile, &person.organization, self);
        known["document"] = json!({ "number": given.number, "date": given.date });
        let material = Material {
            profile,
            questionnaire: &self.questionnaire,
            answers: &self.answers,
            information: &self.information,
            known: &known,
        };
        Ok(values::values(&material))
    }

    /// Writes a document as things stand now.
    ///
    /// # Errors
    /// [`WriteError`], as a refusal that says what is missing.
    pub fn write(
        &self,
        app: &App,
        person: &Person,
        document: &str,
        given: &Given,
    ) -> Result<std::result::Result<Written, WriteError>> {
        self.with_request(app, person, document, given, |request| {
            contract_templates::write(&app.library, request)
        })
    }

    /// The same without the Word file.
    ///
    /// # Errors
    /// As [`Inputs::write`].
    pub fn draft(
        &self,
        app: &App,
        person: &Person,
        document: &str,
    ) -> Result<std::result::Result<Draft, WriteError>> {
        self.with_request(app, person, document, &Given::default(), |request| {
            contract_templates::draft(&app.library, request)
        })
    }

    fn with_request<T>(
        &self,
        app: &App,
        person: &Person,
        document: &str,
        given: &Given,
        use_it: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T> {
        let profile = &policy::profile_of_case(app, &self.case)?;
        let switches = self.switches();
        let edits = self.edits();
        let values = self.values(app, person, given)?;
        // A contract is no secret of the case's class: it carries the class of internal papers.
        let internal = policy::class_name(profile, "2");
        let shown = app.library.document(document).is_some_and(|own| own.classification_in_header);
        Ok(use_it(&Request {
            document,
            subject: self.subject(),
            switches: &switches,
            edits: &edits,
            values: &values,
            profile,
            classification: if shown { internal } else { "" },
            author: &person.organization.name,
            created: self.changed_at(),
        }))
    }

    fn switches(&self) -> Vec<Switch> {
        let switch = |row: &ClauseSwitch| Switch {
            clause: row.clause.clone(),
            setting: match row.setting.as_str() {
                "on" => Setting::On,
                "off" => Setting::Off,
                _ => Setting::Automatic,
            },
            variant: row.variant.clone(),
            reason: row.reason.clone(),
            by: self.staff.iter().find(|s| s.id == row.staff_id).map_or(String::new(), |s| s.name.clone()),
        };
        self.switches.iter().map(switch).collect()
    }

    fn edits(&self) -> Vec<Edit> {
        let edit = |row: &ClauseEdit| Edit {
            clause: row.clause.clone(),
            heading: row.heading.clone(),
            text: row.text.clone(),
            after: row.placed_after.clone(),
        };
        self.edits.iter().map(edit).collect()
    }

    /// The reason with which a finding of a document was accepted.
    #[must_use]
    pub fn accepted(&self, kind: &str, finding: &Finding) -> Option<&AcceptedFinding> {
        let same = |row: &&AcceptedFinding| {
            row.kind == kind && row.rule == finding.rule && row.excerpt == finding.excerpt
        };
        self.accepted.iter().rev().find(same)
    }

    /// Findings of a document that nobody has accepted.
    #[must_use]
    pub fn open_findings(&self, kind: &str, findings: &[Finding]) -> usize {
        findings.iter().filter(|finding| self.accepted(kind, finding).is_none()).count()
    }

    /// When the inputs last changed; equal inputs give an equal file.
    fn changed_at(&self) -> jiff::Timestamp {
        let switched = self.switches.iter().map(|row| row.created_at.get());
        let edited = self.edits.iter().map(|row| row.created_at.get());
        let evaluated = self.chosen.iter().map(|chosen| chosen.evaluation.fixed_at.get());
        switched.chain(edited).chain(evaluated).max().unwrap_or_else(|| self.case.updated_at.get())
    }
}
