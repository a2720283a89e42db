//! The vendor's home: what is left, section by section.

use axum::extract::State;
use domain::respondent::Role;
use questionnaires::question::Progress;
use serde::Serialize;

use super::requests;
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
    /// Whether questions have English texts.
    pub english: bool,
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
    let own = sheet::load(&app, &responder).await?;
    let progress = own.questionnaire.progress(&own.sheet);
    let frame = Frame::vendor(&own.organization, responder.name(), "回答状況").with_done(&query);
    let mut shown = shown(&own, &progress, own.is_open(app.now()));
    if responder.role() != Role::Manager {
        shown.role = responder.role().label();
        let limits = responder.sections().unwrap_or_default();
        shown.sections.iter_mut().for_each(|section| section.own = limits.contains(&section.id));
    }
    shown.others = app.db.read(move |conn| requests::others(conn, &responder)).await?;
    page::render(&app, "answering/tasks.html", &frame, &shown)
}

fn shown(own: &Own, progress: &Progress, open: bool) -> Page {
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment(own.assessment.due_at.get()),
        open,
        receipt: own.assessment.receipt_number.clone().unwrap_or_default(),
        return_reason: own.assessment.return_reason.clone().unwrap_or_default(),
        answered: progress.complete,
        total: progress.visible,
        left: progress.visible - progress.complete,
        role: "",
        others: 0,
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
                    own: false,
                    saved: latest.map_or(String::new(), |saved| {
                        format!("{}　{}", saved.saved_by, page::moment(saved.saved_at.get()))
                    }),
                }
            })
            .collect(),
    }
}
