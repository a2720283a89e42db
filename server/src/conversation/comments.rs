//! Comments on the answer to a question: internal ones for staff, shared ones for both sides.

use axum::extract::{Path, State};
use domain::conversation::Audience;
use domain::ids::{AssessmentId, CaseId, CommentId};
use domain::language::Language;
use domain::trail::ActorKind;
use serde::Serialize;
use serde_json::json;
use store::conversation::{self, Comment};
use store::{outbox, vendors};

use crate::access::{Person, Respondent, responder_actor};
use crate::answering::english;
use crate::answering::sheet::{self, Own};
use crate::app::App;
use crate::assessments::mail;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::recording::Recorder;
use crate::review::score;

/// Most characters of a comment.
const COMMENT_CHARS: usize = 1_000;
const TITLE: &str = "設問についての連絡";

/// The vendor's page of one question.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Question id.
    pub question: String,
    /// Its title.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Whether an English page has the text in Japanese for want of a twin.
    pub only_japanese: bool,
    /// Topic id of its section.
    pub section: String,
    /// Comments that both sides see, oldest first.
    pub comments: Vec<CommentShown>,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// A comment.
#[derive(Debug, Clone, Serialize)]
pub struct CommentShown {
    /// Who wrote it, and when.
    pub by: String,
    /// Whether the vendor wrote it.
    pub from_vendor: bool,
    /// What it says.
    pub text: String,
    /// Who sees it.
    pub audience: &'static str,
    /// `internal` or `shared`.
    pub audience_id: &'static str,
}

impl CommentShown {
    /// A comment as pages show it.
    #[must_use]
    pub fn of(comment: &Comment, language: Language) -> Self {
        Self {
            by: format!("{}　{}", comment.author_name, page::moment_in(language, comment.created_at.get())),
            from_vendor: comment.author_kind == ActorKind::Vendor,
            text: comment.text.clone(),
            audience: comment.audience.label(),
            audience_id: comment.audience.as_str(),
        }
    }
}

/// GET
pub async fn page(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(question): Path<String>,
    query: Query,
) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let shown = shown(&own, responder.language(), &question, &Form::default(), Problems::default())?;
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick(TITLE, "Messages about a question"),
    )
    .with_done(&query);
    page::render(&app, "conversation/comments.html", &frame, &shown)
}

fn shown(own: &Own, language: Language, question: &str, form: &Form, problems: Problems) -> Result<Page> {
    let section = own.questionnaire.section_of(question).ok_or(Error::NotFound)?;
    let found = own.questionnaire.find(question).ok_or(Error::NotFound)?;
    let asked = english::question(found, language);
    let about = |comment: &&Comment| comment.question == question;
    Ok(Page {
        title: own.title.clone(),
        question: asked.id.clone(),
        name: asked.title.clone(),
        text: asked.text.clone(),
        only_japanese: english::answered_in(found, language) != language,
        section: section.topic.clone(),
        comments: own
            .comments
            .iter()
            .filter(about)
            .map(|comment| CommentShown::of(comment, language))
            .collect(),
        values: page::values(form),
        problems,
    })
}

/// POST: a vendor writes; staff see it beside the answer.
pub async fn submit(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(question): Path<String>,
    form: Form,
) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let mut problems = Problems::reading(responder.language());
    let text = form.required(
        "text",
        responder.language().pick("連絡の内容", "Message"),
        COMMENT_CHARS,
        &mut problems,
    );
    if !problems.is_empty() {
        let frame = Frame::vendor(
            &own.organization,
            &responder,
            responder.language().pick(TITLE, "Messages about a question"),
        )
        .with_problems(&problems);
        let shown = shown(&own, responder.language(), &question, &form, problems)?;
        return page::render_problems(&app, "conversation/comments.html", &frame, &shown);
    }
    own.questionnaire.find(&question).ok_or(Error::NotFound)?;
    let to = format!("/v/q/{question}?done=commented");
    let comment = Comment {
        id: CommentId::new(app.uuid()),
        organization_id: responder.organization().clone(),
        assessment_id: own.assessment.id.clone(),
        question,
        audience: Audience::Shared,
        text,
        author_kind: ActorKind::Vendor,
        author_name: responder.name().to_owned(),
        created_at: app.now().into(),
    };
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    app.db
        .write(move |conn| {
            conversation::insert_comment(conn, &comment)?;
            record(conn, &recorder, &comment, &own.assessment.case_id)
        })
        .await?;
    Ok(page::redirect(&to))
}

/// POST: staff write, for themselves or for the vendor too; the vendor is told once a day that something is there.
pub async fn staff(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = score::load(&app, &person, &case, &assessment).await?;
    let question = form.text("question").to_owned();
    loaded.questionnaire.find(&question).ok_or(Error::NotFound)?;
    let audience: Audience =
        form.text("audience").parse().map_err(|_| Error::BadRequest("no such audience"))?;
    let field = format!("{}-{question}", audience.as_str());
    let mut problems = Problems::default();
    let text = form.required(&field, "コメント", COMMENT_CHARS, &mut problems);
    if audience == Audience::Shared && form.text("sure") != "yes" {
        problems.add(field, "事業者に見えることを確かめ、チェックを入れてください");
    }
    if !problems.is_empty() {
        return score::refused(&app, &person, &loaded, &form, problems);
    }
    let comment = Comment {
        id: CommentId::new(app.uuid()),
        organization_id: person.organization.id.clone(),
        assessment_id: page::id::<AssessmentId>(&assessment)?,
        question: question.clone(),
        audience,
        text,
        author_kind: ActorKind::Staff,
        author_name: person.staff.name.clone(),
        created_at: app.now().into(),
    };
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let inner = app.clone();
    app.db
        .write(move |conn| {
            conversation::insert_comment(conn, &comment)?;
            let (case, assessment) = (&loaded.case, &loaded.assessment);
            if comment.audience == Audience::Shared {
                let vendor = vendors::vendor(conn, &person.organization.id, &assessment.vendor_id)?;
                let vendor = mail::to_whom(conn, assessment, vendor)?;
                let said = mail::Notice { template: "comment", reason: "" };
                let from = (&person.organization, person.staff.name.as_str());
                let mut message = mail::notice(&inner, from, case, assessment, &vendor, &said, recorder.at)?;
                let day = crate::app::day_in_japan(recorder.at);
                message.id = mail::id_of(&format!("{} comment {day}", assessment.id));
                outbox::enqueue_once(conn, &message)?;
            }
            record(conn, &recorder, &comment, &case.id)
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{case}/assessments/{assessment}?done=commented#{question}")))
}

fn record(conn: &mut store::Conn, recorder: &Recorder, comment: &Comment, case: &CaseId) -> Result<()> {
    let object = ("assessment", comment.assessment_id.as_str());
    let detail = json!({ "question": comment.question, "audience": comment.audience.as_str() });
    recorder.record(conn, "comment.written", object, Some(case), detail)?;
    Ok(())
}
