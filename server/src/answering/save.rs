//! Saving one answer: at once, versioned, never rejected for being unfinished.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use domain::case::{self, AssessmentState, Command, Event};
use domain::ids::RevisionId;
use domain::language::Language;
use domain::respondent::may_save;
use jiff::Timestamp;
use questionnaires::answer::{self, Problem};
use serde_json::json;
use store::answers::{self, Save};
use store::assessments::{self, Assessment, Responder};
use store::{Conn, cases, colleagues, conversation};

use super::{english, input, sheet};
use crate::access::{Respondent, responder_actor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::evidence::cite;
use crate::form::Form;
use crate::page;
use crate::recording::Recorder;

/// What a save did.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The new version.
    pub version: i64,
    /// Problems that the answer has.
    pub problems: Vec<Problem>,
    /// Whether it is an answer of before that nobody has confirmed yet.
    pub to_confirm: bool,
    /// When.
    pub at: Timestamp,
}

/// Saves the answer to one question.
///
/// # Errors
/// [`Error::Stale`] when somebody else has saved since `expected` was read, a refusal after submission or the due
/// time, [`Error::Denied`] where the role or the sections of the responder do not allow it, [`Error::NotFound`] for a question that was not asked, or the database.
pub async fn save(
    app: &App,
    responder: &Responder,
    question: &str,
    expected: i64,
    form: &Form,
) -> Result<Saved> {
    let (inner, responder, question, form) =
        (app.clone(), responder.clone(), question.to_owned(), form.clone());
    app.db
        .write(move |conn| {
            let shown = responder.language();
            save_in(conn, &inner, &responder, (&question, shown), expected, &form)
        })
        .await
}

/// The same within a transaction, so that a page of several questions is saved whole, with the language of what the
/// person had in front of them.
///
/// # Errors
/// As [`save`].
pub fn save_in(
    conn: &mut Conn,
    app: &App,
    responder: &Responder,
    (question, shown): (&str, Language),
    expected: i64,
    form: &Form,
) -> Result<Saved> {
    // Whoever submits or confirms holds the assessment as well: nothing is saved behind their back.
    colleagues::hold(conn, responder.assessment())?;
    let (assessment, _) = assessments::own_assessment(conn, responder)?;
    let now = app.now();
    sheet::refuse_closed(&assessment, now)?;
    let questionnaire = sheet::questionnaire(conn, &assessment)?;
    let asked = questionnaire.find(question).ok_or(Error::NotFound)?;
    let section = questionnaire.section_of(question).map_or("", |section| section.topic.as_str());
    may_save(responder.role(), responder.sections(), section)?;
    if !conversation::returned_of(conn, &assessment.id)?.is_empty() {
        sheet::load_in(conn, responder)?.refuse_locked(&asked.question)?;
    }
    let raw = input::raw_of(form, question);
    let mut reading = answer::read(&asked.question, &raw);
    let current = answers::own_answer(conn, responder, question)?;
    cite::complete(conn, &assessment, current.as_ref().map(|current| &current.answer), &raw, &mut reading)?;
    begin(conn, app, responder, &assessment, now)?;
    let marked = current.and_then(|current| Some((current.reused_from?, current.answer)));
    // An answer of before stays to be confirmed until somebody says so or gives another.
    let still =
        marked.as_ref().filter(|(_, same)| *same == reading.answer && !input::confirms(form, question));
    let save = Save {
        revision: RevisionId::new(app.uuid()),
        question,
        expected,
        answer: &reading.answer,
        problems: reading.problems.len(),
        saved_by: responder.name(),
        saved_at: now.into(),
        reused_from: still.map(|(from, _)| from),
        language: english::answered_in(asked, shown),
    };
    let version = answers::save(conn, responder, save)?;
    if let (Some((from, before)), None) = (&marked, still) {
        let recorder = Recorder::new(app, responder.organization(), responder_actor(responder));
        let object = ("assessment", assessment.id.as_str());
        let detail = json!({ "question": question, "from": from, "same": *before == reading.answer });
        recorder.record(conn, "answer.confirmed", object, Some(&assessment.case_id), detail)?;
    }
    Ok(Saved { version, problems: reading.problems, to_confirm: still.is_some(), at: now })
}

/// The first save begins the answer, of the assessment and of the case.
///
/// # Errors
/// The database.
pub(super) fn begin(
    conn: &mut Conn,
    app: &App,
    responder: &Responder,
    assessment: &Assessment,
    now: Timestamp,
) -> Result<()> {
    if assessment.state != AssessmentState::Issued {
        return Ok(());
    }
    let recorder = Recorder::new(app, responder.organization(), responder_actor(responder));
    let mut begun = assessment.clone();
    begun.state = AssessmentState::Answering;
    begun.started_at = Some(now.into());
    assessments::update_assessment(conn, &begun)?;
    let (state, version) = cases::standing_of(conn, &assessment.case_id)?;
    if let Ok(Event::Moved(next)) = case::decide(state, &Command::Start) {
        cases::move_case(conn, &assessment.case_id, version, next, now)?;
    }
    let object = ("assessment", assessment.id.as_str());
    recorder.record(conn, "assessment.started", object, Some(&assessment.case_id), json!({}))?;
    Ok(())
}

/// POST: one answer, from our module or from a browser without it.
pub async fn submit(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(question): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result {
    let expected =
        form.text(&format!("{question}/version")).parse().map_err(|_| Error::BadRequest("no version"))?;
    let outcome = save(&app, &responder, &question, expected, &form).await;
    if !page::wants_json(&headers) {
        outcome?;
        return Ok(page::redirect("/v?done=saved"));
    }
    match outcome {
        Ok(saved) => {
            let (questionnaire, answers) = sheet::answered(&app, &responder).await?;
            let visible = questionnaire.visible(&answers);
            let progress = questionnaire.progress(&answers);
            let problems: Vec<_> = saved
                .problems
                .iter()
                .map(|p| json!({ "field": format!("{question}/{}", p.field), "message": p.message }))
                .collect();
            Ok(page::json(
                StatusCode::OK,
                &json!({
                    "saved_at": page::clock(saved.at),
                    "version": saved.version,
                    "problems": problems,
                    "to_confirm": saved.to_confirm,
                    "visible": visible.names(),
                    "progress": {
                        "answered": progress.complete,
                        "total": progress.visible,
                        "left": progress.visible - progress.complete,
                    },
                }),
            ))
        }
        Err(Error::Stale) => {
            let own = sheet::load(&app, &responder).await?;
            let theirs = own.saved(&question).ok_or(Error::NotFound)?;
            let asked = own.questionnaire.find(&question).ok_or(Error::NotFound)?;
            let (who, at) = (&theirs.saved_by, page::clock(theirs.saved_at.get()));
            let lines: Vec<_> = english::describe(asked, &theirs.answer, responder.language())
                .into_iter()
                .map(|(label, text)| json!({ "label": label, "text": text }))
                .collect();
            Ok(page::json(
                StatusCode::CONFLICT,
                &json!({
                    "error": responder.language().pick(format!("保存できませんでした。{who}が{at}に同じ問を更新しています。"), format!("Not saved: {who} changed the same question at {at} (Japan time).")),
                    "conflict": { "version": theirs.version, "saved_by": theirs.saved_by, "answer": lines },
                }),
            ))
        }
        Err(other) => Err(other),
    }
}
