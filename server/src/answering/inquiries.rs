//! 質問と回答: what this vendor has asked, what is published to all, and a new question.

use axum::extract::State;
use domain::ids::InquiryId;
use domain::inquiry::{self, Audience};
use domain::language::Language;
use questionnaires::question::Questionnaire;
use serde::Serialize;
use serde_json::json;
use store::assessments::Responder;
use store::cases;
use store::inquiries::{self, Inquiry, Published};

use super::english;
use super::sheet::{self, Own};
use crate::access::{Respondent, responder_actor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::recording::Recorder;

/// Most characters of a question.
const TEXT_CHARS: usize = 2_000;
/// Most questions of one vendor.
const MOST: usize = 200;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Until when questions are taken, in words.
    pub due: String,
    /// Why no question is taken any more; empty while one is.
    pub closed: String,
    /// Office of the municipality.
    pub office: String,
    /// Its telephone number.
    pub phone: String,
    /// Own questions, oldest first.
    pub own: Vec<OwnShown>,
    /// What is published to all vendors, latest first.
    pub published: Vec<PublishedShown>,
    /// Questions of the form to choose from: id and words.
    pub questions: Vec<(String, String)>,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// An own question.
#[derive(Debug, Clone, Serialize)]
pub struct OwnShown {
    /// The question of the form that it is about, in words; empty for none.
    pub about: String,
    /// As it was asked.
    pub text: String,
    /// Who asked, and when.
    pub asked: String,
    /// The answer; empty while it waits.
    pub answer: String,
    /// When it was answered.
    pub answered: String,
    /// What all vendors read in place of the question; empty when the answer went to this vendor alone.
    pub published: String,
}

/// A question of another vendor or a notice, as published.
#[derive(Debug, Clone, Serialize)]
pub struct PublishedShown {
    /// The question of the form that it is about, in words; empty for none.
    pub about: String,
    /// What is asked.
    pub text: String,
    /// The answer.
    pub answer: String,
    /// When it was answered.
    pub answered: String,
}

struct Loaded {
    own: Own,
    asked: Vec<Inquiry>,
    published: Vec<Published>,
    closed: String,
}

async fn load(app: &App, responder: &Responder) -> Result<Loaded> {
    let (responder, now) = (responder.clone(), app.now());
    app.db
        .read(move |conn| {
            let own = sheet::load_in(conn, &responder)?;
            let (state, _) = cases::standing_of(conn, &own.assessment.case_id)?;
            let refusal = inquiry::ask(state, own.assessment.due_at.get(), now).err();
            Ok::<_, Error>(Loaded {
                asked: inquiries::own_inquiries(conn, &responder)?,
                published: inquiries::published_to(conn, &responder)?,
                closed: refusal.map_or(String::new(), |refusal| refusal.missing),
                own,
            })
        })
        .await
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let loaded = load(&app, &responder).await?;
    // A link beside a question chooses it.
    let form = Form::from_pairs([("question", query.get("question").unwrap_or_default().to_owned())]);
    let frame = frame(&loaded, &responder).with_done(&query);
    page::render(
        &app,
        "answering/inquiries.html",
        &frame,
        &shown(loaded, responder.language(), &form, Problems::default()),
    )
}

fn frame(loaded: &Loaded, responder: &Responder) -> Frame {
    Frame::vendor(
        &loaded.own.organization,
        responder,
        responder.language().pick("質問と回答", "Questions and answers"),
    )
}

fn shown(loaded: Loaded, language: Language, form: &Form, problems: Problems) -> Page {
    let Loaded { own, asked, published, closed } = loaded;
    let about = |question: Option<&String>| {
        question.map_or(String::new(), |id| words_of(&own.questionnaire, id, language).unwrap_or_default())
    };
    Page {
        title: own.title.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        closed,
        office: own.organization.office.clone(),
        phone: own.organization.phone.clone(),
        own: asked
            .into_iter()
            .map(|row| OwnShown {
                about: about(row.question.as_ref()),
                asked: format!("{}　{}", row.asked_by, page::moment_in(language, row.asked_at.get())),
                text: row.text,
                answer: row.answer.unwrap_or_default(),
                answered: row.answered_at.map_or(String::new(), |at| page::moment_in(language, at.get())),
                published: row
                    .published_text
                    .filter(|_| row.audience == Some(Audience::All))
                    .unwrap_or_default(),
            })
            .collect(),
        published: published
            .into_iter()
            .map(|row| PublishedShown {
                about: about(row.question.as_ref()),
                text: row.text,
                answer: row.answer,
                answered: page::moment_in(language, row.answered_at.get()),
            })
            .collect(),
        questions: own
            .questionnaire
            .questions()
            .filter_map(|asked| {
                let id = &asked.question.id;
                Some((id.clone(), words_of(&own.questionnaire, id, language)?))
            })
            .collect(),
        values: page::values(form),
        problems,
    }
}

/// A question of the form in words, as vendors see it: `問21　再委託先の一覧`.
#[must_use]
pub fn words_of(questionnaire: &Questionnaire, id: &str, language: Language) -> Option<String> {
    let (number, asked) = (1..).zip(questionnaire.questions()).find(|(_, asked)| asked.question.id == id)?;
    let title = &english::question(asked, language).title;
    Some(language.pick(format!("問{number}　{title}"), format!("Q{number} {title}")))
}

/// POST
pub async fn submit(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    let loaded = load(&app, &responder).await?;
    let language = responder.language();
    let mut problems = Problems::reading(language);
    let text = form.required("text", language.pick("質問", "Question"), TEXT_CHARS, &mut problems);
    let question = Some(form.text("question").to_owned()).filter(|id| !id.is_empty());
    if question.as_ref().is_some_and(|id| loaded.own.questionnaire.find(id).is_none()) {
        problems.add(
            "question",
            language.pick(
                "どの設問についての質問かを、一覧から選び直してください",
                "Choose the question from the list again",
            ),
        );
    }
    if loaded.asked.len() >= MOST {
        problems.add("text", format!("画面からの質問は{MOST}件までです。電話でお問い合わせください"));
    }
    if !loaded.closed.is_empty() {
        problems.add("text", loaded.closed.trim_end_matches('。'));
    }
    if !problems.is_empty() {
        let frame = frame(&loaded, &responder).with_problems(&problems);
        let shown = shown(loaded, responder.language(), &form, problems);
        return page::render_problems(&app, "answering/inquiries.html", &frame, &shown);
    }
    ask(&app, &responder, question, text).await?;
    Ok(page::redirect("/v/inquiries?done=asked"))
}

async fn ask(app: &App, responder: &Responder, question: Option<String>, text: String) -> Result<()> {
    let recorder = Recorder::new(app, responder.organization(), responder_actor(responder));
    let (id, responder) = (InquiryId::new(app.uuid()), responder.clone());
    app.db
        .write(move |conn| {
            let (assessment, _) = store::assessments::own_assessment(conn, &responder)?;
            let (state, _) = cases::standing_of(conn, &assessment.case_id)?;
            inquiry::ask(state, assessment.due_at.get(), recorder.at)
                .map_err(|refusal| Error::refused(&refusal, None))?;
            let same = |row: &Inquiry| row.answer.is_none() && row.question == question && row.text == text;
            if inquiries::own_inquiries(conn, &responder)?.iter().any(same) {
                // A second click is not a second question.
                return Ok(());
            }
            let detail = json!({
                "question": question,
                "text": domain::trail::sha256_hex(text.as_bytes()),
            });
            let row = Inquiry {
                id,
                organization_id: assessment.organization_id,
                case_id: assessment.case_id,
                assessment_id: Some(assessment.id),
                question,
                text,
                asked_by: responder.name().to_owned(),
                asked_at: recorder.at.into(),
                published_text: None,
                answer: None,
                audience: None,
                answered_by: None,
                answered_at: None,
                version: 1,
            };
            inquiries::insert_inquiry(conn, &row)?;
            let object = ("inquiry", row.id.as_str());
            recorder.record(conn, "inquiry.asked", object, Some(&row.case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await
}
