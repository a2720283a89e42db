//! What every vendor page loads: the responder's own assessment, the frozen questions, the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use domain::case::AssessmentState;
use domain::conversation::is_unlocked;
use domain::evidence::Scan;
use domain::ids::QuestionnaireId;
use domain::respondent::{Denial, may_save};
use jiff::Timestamp;
use questionnaires::answer::{AnswerSheet, Problem};
use questionnaires::condition::Reference;
use questionnaires::question::{Question, Questionnaire};
use store::accounts::{self, Organization};
use store::answers::{self, Saved};
use store::assessments::{self, Assessment, Responder};
use store::conversation::{self, Comment, ReturnedQuestion};
use store::evidence::{self, Held};
use store::vendors::Vendor;
use store::{Conn, cases};

use crate::app::App;
use crate::error::{Error, Result};
use crate::evidence::cite;

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
    /// Files that were handed in.
    pub evidence: Vec<Held>,
    /// Questions that came back; none where all of it is open.
    pub returned: Vec<ReturnedQuestion>,
    /// Comments that both sides see.
    pub comments: Vec<Comment>,
}

impl Own {
    /// The saved answer of a question.
    #[must_use]
    pub fn saved(&self, question: &str) -> Option<&Saved> {
        self.saved.iter().find(|saved| saved.question == question)
    }

    /// What stands in the way of a submission, by question.
    #[must_use]
    pub fn submission_problems(&self, app: &App) -> Vec<(String, Problem)> {
        let mut found = self.questionnaire.submission_problems(&self.sheet);
        let checking = app.config.evidence.clamd.is_some();
        found.extend(cite::in_the_way(&self.questionnaire, &self.saved, &self.evidence, checking));
        found
    }

    /// Files that answers can cite: id and name.
    #[must_use]
    pub fn files(&self) -> Vec<(String, String)> {
        let harmless = |held: &&Held| held.current().is_some_and(|version| version.scan != Scan::Infected);
        let named = |held: &Held| (held.evidence.id.to_string(), held.evidence.name.clone());
        self.evidence.iter().filter(harmless).map(named).collect()
    }

    /// Questions asked at present whose answer was taken over from before and waits to be confirmed.
    #[must_use]
    pub fn to_confirm(&self) -> Vec<&str> {
        let visible = self.questionnaire.visible(&self.sheet);
        let marked = self.saved.iter().filter(|saved| saved.reused_from.is_some());
        marked.map(|saved| saved.question.as_str()).filter(|question| visible.has(question)).collect()
    }

    /// Why a responder may not save answers of a section; `None` if they may.
    #[must_use]
    pub fn denied(&self, responder: &Responder, section: &str) -> Option<Denial> {
        may_save(responder.role(), responder.sections(), section).err()
    }

    /// Whether answers can still be changed.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        refuse_closed(&self.assessment, now).is_ok()
    }

    /// Questions that can be changed, as long as the assessment is open at all.
    #[must_use]
    pub fn unlocked(&self) -> BTreeSet<&str> {
        let returned: BTreeSet<String> = self.returned.iter().map(|back| back.question.clone()).collect();
        // Judging the whole sheet is dear, and only needed while single questions are back.
        let problems = match returned.is_empty() {
            true => Vec::new(),
            false => self.questionnaire.submission_problems(&self.sheet),
        };
        let reads = |reference: &Reference| matches!(reference, Reference::Answer { question, .. } if returned.contains(question));
        // An answer that changes may open another question, or leave one without its answer.
        let follows = |question: &Question| {
            question.when.as_ref().is_some_and(|when| when.references().any(reads))
                || problems.iter().any(|(id, _)| *id == question.id)
        };
        self.questionnaire
            .questions()
            .map(|asked| &asked.question)
            .filter(|question| is_unlocked(&question.id, &returned, follows(question)))
            .map(|question| question.id.as_str())
            .collect()
    }

    /// Refuses a change of a question that did not come back while others did.
    ///
    /// # Errors
    /// [`Error::Refused`] with the way out.
    pub fn refuse_locked(&self, question: &Question) -> Result<()> {
        if self.unlocked().contains(question.id.as_str()) {
            return Ok(());
        }
        Err(Error::Refused {
            message: format!(
                "{}「{}」は差し戻されていないため、変更できません。修正が必要な場合は、担当者に申し出てください。",
                question.id, question.title
            ),
            clause: None,
        })
    }

    /// Refuses a change once answers cannot be changed any more.
    ///
    /// # Errors
    /// [`Error::Refused`] with the way out.
    pub fn refuse_closed(&self, now: Timestamp) -> Result<()> {
        refuse_closed(&self.assessment, now)
    }
}

/// Refuses a change of an assessment that was submitted or whose time has passed.
///
/// # Errors
/// [`Error::Refused`] with the way out.
pub fn refuse_closed(assessment: &Assessment, now: Timestamp) -> Result<()> {
    let message = if assessment.state == AssessmentState::Declined {
        "回答を辞退されているため、変更できません。回答を再開する場合は、担当者に申し出てください。"
    } else if assessment.submitted_at.is_some() {
        "回答は提出済みのため、変更できません。修正が必要な場合は、担当者に申し出てください。"
    } else if now > assessment.due_at.get() {
        "回答期限を過ぎているため、保存できません。期限の延長を担当者に申し出てください。"
    } else {
        return Ok(());
    };
    Err(Error::Refused { message: message.into(), clause: None })
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
    let evidence = evidence::of_assessment(conn, &assessment.id)?;
    let returned = conversation::returned_of(conn, &assessment.id)?;
    let comments = conversation::shared_comments_of(conn, &assessment.id)?;
    Ok(Own {
        organization,
        title,
        assessment,
        vendor,
        questionnaire,
        saved,
        sheet,
        evidence,
        returned,
        comments,
    })
}

/// The questions and the answers alone: all that a save needs to say what is asked now.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub async fn answered(app: &App, responder: &Responder) -> Result<(Arc<Questionnaire>, AnswerSheet)> {
    let responder = responder.clone();
    app.db
        .read(move |conn| {
            let (assessment, _) = assessments::own_assessment(conn, &responder)?;
            let saved = answers::own_answers(conn, &responder)?;
            Ok((questionnaire(conn, &assessment)?, answers::sheet(&saved)))
        })
        .await
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
