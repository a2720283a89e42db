//! Questions that went back: for the vendor the page of exactly these, for staff the act of sending them back.

use axum::extract::{Path, State};
use serde::Serialize;
use store::answers;

use crate::access::{Person, Respondent};
use crate::answering::{english, sheet};
use crate::app::App;
use crate::assessments::send_back;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::review::score;

/// Most characters of the reason of one question.
const REASON_CHARS: usize = 500;

/// The vendor's page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Due in words.
    pub due: String,
    /// Why all of it came back.
    pub reason: String,
    /// Questions that came back.
    pub questions: Vec<QuestionShown>,
}

/// A question that came back.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionShown {
    /// Id.
    pub id: String,
    /// Topic id of its section.
    pub section: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Whether an English page has the text in Japanese for want of a twin.
    pub only_japanese: bool,
    /// Why it came back.
    pub reason: String,
    /// The answer that came back, in words.
    pub before: Vec<(String, String)>,
    /// The answer as it is now, in words; empty while it is the same.
    pub now: Vec<(String, String)>,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let inner = responder.clone();
    let (own, before) = app
        .db
        .read(move |conn| {
            let own = sheet::load_in(conn, &inner)?;
            let mut before = Vec::new();
            for back in &own.returned {
                before.push(answers::revision(
                    conn,
                    &own.assessment.id,
                    &back.question,
                    back.answer_version,
                )?);
            }
            Ok::<_, Error>((own, before))
        })
        .await?;
    if own.returned.is_empty() {
        return Ok(page::redirect("/v"));
    }
    let language = responder.language();
    let mut questions = Vec::new();
    for (back, before) in own.returned.iter().zip(before) {
        let asked = own.questionnaire.find(&back.question);
        let section = own.questionnaire.section_of(&back.question);
        let (Some(asked), Some(section)) = (asked, section) else { continue };
        let words = |given: Option<&questionnaires::answer::Answer>| {
            given.map(|given| english::describe(asked, given, language)).unwrap_or_default()
        };
        let (before, now) = (words(before.as_ref()), words(own.sheet.get(&back.question)));
        questions.push(QuestionShown {
            id: back.question.clone(),
            section: section.topic.clone(),
            title: english::question(asked, language).title.clone(),
            text: english::question(asked, language).text.clone(),
            only_japanese: english::answered_in(asked, language) != language,
            reason: back.reason.clone(),
            now: if now == before { Vec::new() } else { now },
            before,
        });
    }
    let shown = Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        reason: own.assessment.return_reason.clone().unwrap_or_default(),
        questions,
    };
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("差し戻された設問", "Returned questions"),
    );
    page::render(&app, "conversation/returned.html", &frame, &shown)
}

/// POST: staff send single questions back, each with its reason.
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = score::load(&app, &person, &case, &assessment).await?;
    let mut problems = Problems::default();
    let mut questions = Vec::new();
    for id in form.all("question") {
        let asked = loaded.questionnaire.find(id).ok_or(Error::NotFound)?;
        let label = format!("「{}」を差し戻す理由", asked.question.title);
        let reason = form.required(&format!("return-{id}"), &label, REASON_CHARS, &mut problems);
        questions.push((id.clone(), reason));
    }
    if questions.is_empty() {
        problems.add("return", "差し戻す設問にチェックを入れ、理由を入力してください");
    }
    if !problems.is_empty() {
        return score::refused(&app, &person, &loaded, &form, problems);
    }
    let reason = format!("{}問の回答について、修正又は確認をお願いします。", questions.len());
    send_back::back(&app, &person, &loaded.case.id, &loaded.assessment.id, reason, questions).await?;
    Ok(page::redirect(&format!("/cases/{case}?done=returned")))
}
