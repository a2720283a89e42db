//! What every vendor page loads: the responder's own assessment, the frozen questions, the answers.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::ids::QuestionnaireId;
use jiff::Timestamp;
use questionnaires::answer::AnswerSheet;
use questionnaires::question::Questionnaire;
use store::accounts::{self, Organization};
use store::answers::{self, Saved};
use store::assessments::{self, Assessment, Responder};
use store::vendors::Vendor;
use store::{Conn, cases};

use crate::app::App;
use crate::error::{Error, Result};

/// The responder's own sheet.
pub struct Own {
    /// Who asks.
    pub organization: Organization,
    /// 件名 of the case; nothing else of it is the vendor's business.
    pub title: String,
    /// The assessment.
    pub assessment: Assessment,
    /// The vendor.
    pub vendor: Vendor,
    /// The frozen questionnaire.
    pub questionnaire: Arc<Questionnaire>,
    /// Saved answers.
    pub saved: Vec<Saved>,
    /// The same as conditions and scores read them.
    pub sheet: AnswerSheet,
}

impl Own {
    /// The saved answer of a question.
    #[must_use]
    pub fn saved(&self, question: &str) -> Option<&Saved> {
        self.saved.iter().find(|saved| saved.question == question)
    }

    /// Whether answers can still be changed.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.assessment.submitted_at.is_none() && now <= self.assessment.due_at.get()
    }
}

/// Loads the responder's own sheet.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub async fn load(app: &App, responder: &Responder) -> Result<Own> {
    let responder = responder.clone();
    app.db.read(move |conn| load_in(conn, &responder)).await
}

/// The same within a transaction.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub fn load_in(conn: &mut Conn, responder: &Responder) -> Result<Own> {
    let (assessment, vendor) = assessments::own_assessment(conn, responder)?;
    let organization = accounts::organization(conn, responder.organization())?;
    let title = cases::title_of(conn, &assessment.case_id)?;
    let questionnaire = questionnaire(conn, &assessment)?;
    let saved = answers::own_answers(conn, responder)?;
    let sheet = answers::sheet(&saved);
    Ok(Own { organization, title, assessment, vendor, questionnaire, saved, sheet })
}

/// How many questionnaires are kept at hand; the oldest goes first.
const AT_HAND: usize = 32;
/// What is frozen never changes under its id, and reading it takes longer than all the rest of a save.
static READ_BEFORE: RwLock<BTreeMap<QuestionnaireId, Arc<Questionnaire>>> = RwLock::new(BTreeMap::new());

/// The frozen questionnaire of an assessment.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub fn questionnaire(conn: &mut Conn, assessment: &Assessment) -> Result<Arc<Questionnaire>> {
    let known = READ_BEFORE.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(questionnaire) = known.get(&assessment.questionnaire_id) {
        return Ok(Arc::clone(questionnaire));
    }
    drop(known);
    let row = assessments::questionnaire_of(conn, assessment)?;
    let questionnaire: Questionnaire = serde_json::from_str(&row.snapshot)
        .map_err(|error| Error::internal("questionnaire snapshot", error))?;
    let questionnaire = Arc::new(questionnaire);
    let mut known = READ_BEFORE.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(row.id, Arc::clone(&questionnaire));
    if known.len() > AT_HAND {
        known.pop_first();
    }
    Ok(questionnaire)
}
