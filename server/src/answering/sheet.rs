//! What every vendor page loads: the responder's own assessment, the frozen questions, the answers.

use domain::respondent::{Denial, may_save};
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
    pub questionnaire: Questionnaire,
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

    /// Why a responder may not save answers of a section; `None` if they may.
    #[must_use]
    pub fn denied(&self, responder: &Responder, section: &str) -> Option<Denial> {
        may_save(responder.role(), responder.sections(), section).err()
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

/// The frozen questionnaire of an assessment.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub fn questionnaire(conn: &mut Conn, assessment: &Assessment) -> Result<Questionnaire> {
    let row = assessments::questionnaire_of(conn, assessment)?;
    serde_json::from_str(&row.snapshot).map_err(|error| Error::internal("questionnaire snapshot", error))
}
