//! The vendor's home: what is left, section by section.

use axum::extract::State;
use domain::case::AssessmentState;
use domain::language::Language;
use domain::respondent::Role;
use questionnaires::question::Progress;
use serde::Serialize;

use super::english;
use super::library::{self, Lapsing};
use super::sheet::Own;
use super::{previous, requests};
use crate::access::Respondent;
use crate::app::App;
use crate::error::{Error, Result};
use crate::page::{self, Frame, Query};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Due in words.
    pub due: String,
    /// Whether answers can still be changed.
    pub open: bool,
    /// Receipt number; empty before submission.
    pub receipt: String,
    /// Whether the vendor has said that it does not answer.
    pub declined: bool,
    /// Questions that came back alone; 0 where all of it did.
    pub returned: usize,
    /// Questions with comments: address and words.
    pub comments: Vec<(String, String)>,
    /// Why it came back after a submission; empty otherwise.
    pub return_reason: String,
    /// Progress over all.
    pub answered: usize,
    /// Questions asked.
    pub total: usize,
    /// Required questions that are left.
    pub left: usize,
    /// Answers taken over from before that wait to be confirmed.
    pub to_confirm: usize,
    /// Questions without an answer that have a previous one.
    pub previous: usize,
    /// Evidence in the answers that does not hold long enough.
    pub lapsing: Vec<Lapsing>,
    /// Whether the page of the company is open.
    pub company: bool,
    /// Sections.
    pub sections: Vec<SectionShown>,
    /// Whether anything is answered yet.
    pub begun: bool,
    /// Role of the person in words; empty for managers, who may do everything here.
    pub role: &'static str,
    /// Other requests that the session may open.
    pub others: usize,
}

/// A row of the task list.
#[derive(Debug, Clone, Serialize)]
pub struct SectionShown {
    /// Topic id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Name in English; empty where the bank has none.
    pub english: String,
    /// Status in words.
    pub status: String,
    /// `done`, `begun` or `open`.
    pub status_id: &'static str,
    /// Who saved last, and when.
    pub saved: String,
    /// Whether it is one of those that the person is limited to.
    pub own: bool,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let (own, before) = previous::load(&app, &responder).await?;
    let (inner, asked) = (app.clone(), responder.clone());
    let company = app
        .db
        .read(move |conn| Ok::<_, Error>(!previous::of_company(conn, &inner, &asked)?.is_empty()))
        .await?;
    let visible = own.questionnaire.visible(&own.sheet);
    let unanswered =
        |id: &&String| visible.has(id) && !own.saved(id).is_some_and(|saved| saved.answer.is_begun());
    let (open, language) = (own.is_open(app.now()), responder.language());
    let mut shown = Page {
        previous: before.keys().filter(unanswered).count(),
        lapsing: if open { library::lapsing(&own, app.today()) } else { Vec::new() },
        company,
        ..shown(&own, &own.questionnaire.progress(&own.sheet), open, language)
    };
    let frame =
        Frame::vendor(&own.organization, &responder, responder.language().pick("回答状況", "Progress"))
            .with_done(&query);
    if responder.role() != Role::Manager {
        shown.role = responder.role().label_in(language);
        let limits = responder.sections().unwrap_or_default();
        shown.sections.iter_mut().for_each(|section| section.own = limits.contains(&section.id));
    }
    shown.others = app.db.read(move |conn| requests::others(conn, &responder)).await?;
    page::render(&app, "answering/tasks.html", &frame, &shown)
}

fn shown(own: &Own, progress: &Progress, open: bool, language: Language) -> Page {
    let to_confirm = own.to_confirm();
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        open,
        receipt: own.assessment.receipt_number.clone().unwrap_or_default(),
        declined: own.assessment.state == AssessmentState::Declined,
        returned: own.returned.len(),
        comments: own
            .questionnaire
            .questions()
            .filter_map(|asked| {
                let id = &asked.question.id;
                let latest = own.comments.iter().rfind(|comment| comment.question == *id)?;
                let title = &english::question(asked, language).title;
                let at = page::moment_in(language, latest.created_at.get());
                let words = language.pick(format!("{id}　{title}（{at}）"), format!("{id} {title} ({at})"));
                Some((format!("/v/q/{id}"), words))
            })
            .collect(),
        return_reason: own.assessment.return_reason.clone().unwrap_or_default(),
        answered: progress.complete,
        total: progress.visible,
        left: progress.visible - progress.complete,
        begun: !own.saved.is_empty(),
        to_confirm: to_confirm.len(),
        previous: 0,
        lapsing: Vec::new(),
        company: false,
        role: "",
        others: 0,
        sections: progress
            .sections
            .iter()
            .map(|section| {
                let of_section = own.questionnaire.sections.iter().find(|s| s.topic == section.topic);
                let marked = of_section
                    .into_iter()
                    .flat_map(|s| &s.questions)
                    .filter(|asked| to_confirm.contains(&asked.question.id.as_str()))
                    .count();
                let latest = of_section
                    .into_iter()
                    .flat_map(|s| &s.questions)
                    .filter_map(|asked| own.saved(&asked.question.id))
                    .max_by(|a, b| a.saved_at.cmp(&b.saved_at));
                let all = section.visible;
                let (japanese, english, status_id) = match section.complete {
                    done if done == all => ("完了".to_owned(), "Complete".to_owned(), "done"),
                    done if marked > 0 => (
                        format!("要確認{marked}問（完了{done}／{all}問）"),
                        format!("{marked} to confirm ({done} of {all} complete)"),
                        "begun",
                    ),
                    0 if section.answered == 0 => ("未着手".to_owned(), "Not started".to_owned(), "open"),
                    done => (
                        format!("入力中（{done}／{all}問）"),
                        format!("In progress ({done} of {all})"),
                        "begun",
                    ),
                };
                SectionShown {
                    id: section.topic.clone(),
                    name: section.name.clone(),
                    english: of_section.and_then(|s| s.english.clone()).unwrap_or_default(),
                    status: language.pick(japanese, english),
                    status_id,
                    own: false,
                    saved: latest.map_or(String::new(), |saved| {
                        format!("{}　{}", saved.saved_by, page::moment_in(language, saved.saved_at.get()))
                    }),
                }
            })
            .collect(),
    }
}
