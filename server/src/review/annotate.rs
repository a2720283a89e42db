//! What staff note on an answer: evidence confirmed, 該当なし accepted, a condition included.

use axum::extract::{Path, State};
use domain::case::State as CaseState;
use domain::ids::RevisionId;
use questionnaires::answer::Standing;
use serde_json::json;
use store::answers::{self, Save};

use super::score;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::page;
use crate::recording::Recorder;

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((case, assessment, question)): Path<(String, String, String)>,
    form: Form,
) -> Result {
    let loaded = score::load(&app, &person, &case, &assessment).await?;
    if loaded.case.state != CaseState::Submitted || loaded.assessment.submitted_at.is_none() {
        return Err(Error::Refused {
            message: "評価の段階にある案件だけ、証跡や該当なしの扱いを記録できます。".into(),
            clause: None,
        });
    }
    let expected = form.text("version").parse().map_err(|_| Error::BadRequest("no version"))?;
    let confirmed: Vec<usize> = form.all("confirmed").iter().filter_map(|index| index.parse().ok()).collect();
    let saved = loaded.saved.iter().find(|saved| saved.question == question).ok_or(Error::NotFound)?;
    let mut answer = saved.answer.clone();
    for (index, evidence) in answer.evidence.iter_mut().enumerate() {
        evidence.confirmed = confirmed.contains(&index);
    }
    match &mut answer.standing {
        Standing::NotApplicable { accepted, .. } => *accepted = form.text("accepted") == "yes",
        Standing::Conditional { included, .. } => *included = form.text("included") == "yes",
        Standing::Plain => {}
    }
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let to = format!("/cases/{case}/assessments/{assessment}?done=saved#{question}");
    let language = saved.language;
    let (revision, problems) = (RevisionId::new(app.uuid()), usize::try_from(saved.problems).unwrap_or(0));
    app.db
        .write(move |conn| {
            let save = Save {
                revision,
                question: &question,
                expected,
                answer: &answer,
                problems,
                saved_by: &person.staff.name,
                saved_at: recorder.at.into(),
                reused_from: None,
                language,
            };
            answers::annotate(conn, &loaded.assessment.id, save)?;
            let object = ("assessment", loaded.assessment.id.as_str());
            let detail = json!({ "question": question, "confirmed": confirmed });
            recorder.record(conn, "answer.annotated", object, Some(&loaded.case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&to))
}
