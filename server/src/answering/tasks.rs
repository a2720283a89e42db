//! The vendor's home: what is left, section by section.

use axum::extract::State;
use domain::case::AssessmentState;
use questionnaires::question::Progress;
use serde::Serialize;

use super::sheet::{self, Own};
use crate::access::Respondent;
use crate::app::App;
use crate::error::Result;
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
    /// Sections.
    pub sections: Vec<SectionShown>,
    /// Whether anything is answered yet.
    pub begun: bool,
    /// Whether questions have English texts.
    pub english: bool,
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
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let progress = own.questionnaire.progress(&own.sheet);
    let frame = Frame::vendor(&own.organization, responder.name(), "回答状況").with_done(&query);
    page::render(&app, "answering/tasks.html", &frame, &shown(&own, &progress, own.is_open(app.now())))
}

fn shown(own: &Own, progress: &Progress, open: bool) -> Page {
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment(own.assessment.due_at.get()),
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
                let words =
                    format!("{id}　{}（{}）", asked.question.title, page::moment(latest.created_at.get()));
                Some((format!("/v/q/{id}"), words))
            })
            .collect(),
        return_reason: own.assessment.return_reason.clone().unwrap_or_default(),
        answered: progress.complete,
        total: progress.visible,
        left: progress.visible - progress.complete,
        begun: !own.saved.is_empty(),
        english: own.questionnaire.sections.iter().any(|section| section.english.is_some()),
        sections: progress
            .sections
            .iter()
            .map(|section| {
                let latest = own
                    .questionnaire
                    .sections
                    .iter()
                    .find(|s| s.topic == section.topic)
                    .into_iter()
                    .flat_map(|s| &s.questions)
                    .filter_map(|asked| own.saved(&asked.question.id))
                    .max_by(|a, b| a.saved_at.cmp(&b.saved_at));
                let (status, status_id) = match section.complete {
                    done if done == section.visible => ("完了".to_owned(), "done"),
                    0 if section.answered == 0 => ("未着手".to_owned(), "open"),
                    done => (format!("入力中（{done}／{}問）", section.visible), "begun"),
                };
                SectionShown {
                    id: section.topic.clone(),
                    name: section.name.clone(),
                    english: own
                        .questionnaire
                        .sections
                        .iter()
                        .find(|s| s.topic == section.topic)
                        .and_then(|s| s.english.clone())
                        .unwrap_or_default(),
                    status,
                    status_id,
                    saved: latest.map_or(String::new(), |saved| {
                        format!("{}　{}", saved.saved_by, page::moment(saved.saved_at.get()))
                    }),
                }
            })
            .collect(),
    }
}
