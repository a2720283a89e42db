//! 採点・評価: the score of one vendor, what staff note on answers, fixing the evaluation.

pub mod annotate;
mod certification;
pub mod evaluate;
mod files;
pub mod score;

use std::collections::BTreeSet;

use jiff::civil::Date;
use questionnaires::scoring::{self, Score, Verdict};
use store::Conn;
use store::answers;
use store::approvals;
use store::assessments::Assessment;

use crate::answering::sheet;
use crate::cases::show::Figures;
use crate::error::{Error, Result};

/// The score of an assessment: the fixed one, else computed from what was submitted; none before submission.
///
/// # Errors
/// The database, or a stored value that cannot be read.
pub fn score_of(conn: &mut Conn, assessment: &Assessment, on: Date) -> Result<Option<Score>> {
    if assessment.submitted_at.is_none() {
        return Ok(None);
    }
    if let Some(evaluation) = approvals::latest_evaluation(conn, &assessment.id)? {
        let score = serde_json::from_str(&evaluation.score)
            .map_err(|error| Error::internal("stored score", error))?;
        return Ok(Some(score));
    }
    computed_score(conn, assessment, on).map(Some)
}

/// The score from the answers as they are now.
///
/// # Errors
/// The database, or a stored value that cannot be read.
pub fn computed_score(conn: &mut Conn, assessment: &Assessment, on: Date) -> Result<Score> {
    let questionnaire = sheet::questionnaire(conn, assessment)?;
    let sheet = answers::sheet(&answers::answers_of(conn, &assessment.id)?);
    Ok(scoring::score(&questionnaire, &sheet, &BTreeSet::new(), on))
}

/// The three figures in words.
#[must_use]
pub fn figures(score: &Score) -> Figures {
    let (verdict, verdict_id) = verdict_words(score.verdict);
    Figures {
        knockouts: score.knockouts.len(),
        conformity: score
            .conformity
            .map_or_else(|| "算定できません".to_owned(), |ratio| format!("{ratio}％")),
        open: score.open.len(),
        verdict,
        verdict_id,
    }
}

/// A verdict in words, and as the id of its chip.
#[must_use]
pub fn verdict_words(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Pass => ("適", "pass"),
        Verdict::Conditional => ("条件付適", "conditional"),
        Verdict::Fail => ("不適", "fail"),
        Verdict::Undetermined => ("判定保留", "undetermined"),
    }
}
