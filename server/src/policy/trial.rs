//! 「この版なら点はこう変わる」: a draft tried on an assessment that was submitted.

use std::collections::BTreeSet;

use questionnaires::content::Content;
use questionnaires::question::form as question_form;
use questionnaires::scoring::{self, Score};
use serde::Serialize;
use store::answers;
use store::assessments::Assessment;

use crate::answering::sheet;
use crate::app::App;
use crate::cases::show::Figures;
use crate::error::{Error, Result};
use crate::review::figures;

/// What comes out.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {
    /// The figures as they are.
    pub before: Figures,
    /// The figures with the draft.
    pub after: Figures,
    /// Questions whose points or weight differ.
    pub questions: Vec<Difference>,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Points and weight as they are.
    pub before: String,
    /// With the draft.
    pub after: String,
}

/// Scores the answers of an assessment as it was sent, and again with the questions and criteria of a draft.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub async fn run(app: &App, assessment: Assessment, content: Content) -> Result<Trial> {
    let today = app.today();
    let (questionnaire, answers) = app
        .db
        .read(move |conn| {
            let questionnaire = sheet::questionnaire(conn, &assessment)?;
            let answers = answers::sheet(&answers::answers_of(conn, &assessment.id)?);
            Ok::<_, Error>((questionnaire, answers))
        })
        .await?;
    let gone = || Error::Refused {
        message: "この案件の方針又は選定基準がないため、試すことができません。".into(),
        clause: None,
    };
    let profile = content.edition(&questionnaire.profile, &questionnaire.profile_edition).ok_or_else(gone)?;
    let criteria = content.criteria_for(&profile.id).next().ok_or_else(gone)?;
    let changed = question_form(&content, profile, criteria, &questionnaire.facts);
    let none = BTreeSet::new();
    let before = scoring::score(&questionnaire, &answers, &none, today);
    let after = scoring::score(&changed, &answers, &none, today);
    let ids: BTreeSet<&str> =
        before.questions.iter().chain(&after.questions).map(|question| question.question.as_str()).collect();
    let title = |id: &str| {
        let asked = changed.find(id).or_else(|| questionnaire.find(id));
        asked.map_or_else(String::new, |asked| asked.question.title.clone())
    };
    let questions = ids
        .into_iter()
        .map(|id| Difference {
            id: id.to_owned(),
            title: title(id),
            before: words(&before, id),
            after: words(&after, id),
        })
        .filter(|difference| difference.before != difference.after)
        .collect();
    Ok(Trial { before: figures(&before), after: figures(&after), questions })
}

fn words(score: &Score, id: &str) -> String {
    let Some(found) = score.questions.iter().find(|question| question.question == id) else {
        return "尋ねない".to_owned();
    };
    let points = found.points.map_or_else(|| "対象外".to_owned(), |points| format!("{points}点"));
    format!("{points}×重み{}", found.weight)
}
