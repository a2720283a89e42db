//! Taking earlier answers over: each as a new version that waits to be confirmed, nothing that is there overwritten
//! unless its version is named.

use axum::extract::{Path, State};
use domain::ids::RevisionId;
use serde_json::json;
use store::answers::{self, Save};
use store::assessments::Responder;
use store::colleagues;

use super::{english, previous, save, section, sheet};
use crate::access::{Respondent, responder_actor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::page;
use crate::recording::Recorder;

/// Takes the previous answers to some questions over, each with the version that the person had in front of them; all
/// or none.
///
/// # Errors
/// [`Error::NotFound`] where there is no previous answer, [`Error::Stale`], a refusal where it does not fit or nothing
/// can be saved any more, or the database.
pub async fn take(app: &App, responder: &Responder, wanted: Vec<(String, i64)>) -> Result<()> {
    let (inner, responder) = (app.clone(), responder.clone());
    app.db
        .write(move |conn| {
            colleagues::hold(conn, responder.assessment())?;
            let own = sheet::load_in(conn, &responder)?;
            let recorder = Recorder::new(&inner, responder.organization(), responder_actor(&responder));
            own.refuse_closed(recorder.at)?;
            let before = previous::load_in(conn, &inner, &responder, &own)?;
            let mut taken = Vec::new();
            if !wanted.is_empty() {
                save::begin(conn, &inner, &responder, &own.assessment, recorder.at)?;
            }
            for (question, expected) in &wanted {
                let (asked, given) =
                    own.questionnaire.find(question).zip(before.get(question)).ok_or(Error::NotFound)?;
                own.refuse_locked(&asked.question)?;
                let topic = own.questionnaire.section_of(question).map_or("", |section| &section.topic);
                if let Some(denial) = own.denied(&responder, topic) {
                    return Err(denial.into());
                }
                let carried = previous::carried(&own, asked, given).map_err(|reason| Error::Refused {
                    message: format!(
                        "「{}」は設問が変わったため、前回の回答をそのままは使えません（{}）。回答を入力してください。",
                        asked.question.title,
                        reason.words()
                    ),
                    clause: None,
                })?;
                let save = Save {
                    revision: RevisionId::new(inner.uuid()),
                    question,
                    expected: *expected,
                    answer: &carried.answer,
                    problems: 0,
                    saved_by: responder.name(),
                    saved_at: recorder.at.into(),
                    reused_from: Some(&given.from),
                    language: english::answered_in(asked, responder.language()),
                };
                let version = answers::save(conn, &responder, save)?;
                taken.push(json!({ "question": question, "from": given.from, "version": version, "left_out": carried.left_out.len() }));
            }
            if !taken.is_empty() {
                let object = ("assessment", own.assessment.id.as_str());
                let detail = json!({ "answers": taken });
                recorder.record(conn, "answer.reused", object, Some(&own.assessment.case_id), detail)?;
            }
            Ok::<_, Error>(())
        })
        .await
}

/// POST: one question.
pub async fn question(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(question): Path<String>,
    form: Form,
) -> Result {
    let (own, before) = previous::load(&app, &responder).await?;
    own.refuse_closed(app.now())?;
    // A question that the company never answered is not there, whatever the form says.
    if !before.contains_key(&question) {
        return Err(Error::NotFound);
    }
    take(&app, &responder, vec![(question.clone(), section::version_of(&form, &question)?)]).await?;
    Ok(page::redirect(&format!("/v/previous?done=reused#{question}")))
}

/// POST: every question of a section that has no answer yet and whose previous one fits.
pub async fn section(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(section): Path<String>,
    form: Form,
) -> Result {
    let (own, before) = previous::load(&app, &responder).await?;
    own.refuse_closed(app.now())?;
    let asked = own.questionnaire.sections.iter().find(|own| own.topic == section).ok_or(Error::NotFound)?;
    let mut wanted = Vec::new();
    for asked in &asked.questions {
        let id = &asked.question.id;
        let fits = before.get(id).is_some_and(|given| previous::carried(&own, asked, given).is_ok());
        if !fits || !form.has(&format!("{id}/version")) {
            continue;
        }
        let expected = section::version_of(&form, id)?;
        let answered =
            own.saved(id).is_some_and(|saved| saved.version == expected && saved.answer.is_begun());
        if !answered {
            wanted.push((id.clone(), expected));
        }
    }
    take(&app, &responder, wanted).await?;
    Ok(page::redirect(&format!("/v/previous?done=reused#{section}")))
}
