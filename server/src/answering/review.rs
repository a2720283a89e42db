//! The check page: every question with its answer, printable, with links to change.

use axum::extract::State;
use questionnaires::answer;
use serde::Serialize;

use super::sheet::{self, Own};
use crate::access::Respondent;
use crate::app::App;
use crate::error::Result;
use crate::page::{self, Frame};

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
    /// Questions that are not complete.
    pub missing: usize,
    /// Sections.
    pub sections: Vec<SectionShown>,
}

/// A section.
#[derive(Debug, Clone, Serialize)]
pub struct SectionShown {
    /// Topic id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Questions.
    pub questions: Vec<AnswerShown>,
}

/// A question with its answer.
#[derive(Debug, Clone, Serialize)]
pub struct AnswerShown {
    /// Id.
    pub id: String,
    /// Number on the form.
    pub number: usize,
    /// Text.
    pub text: String,
    /// Answer in words; empty when unanswered.
    pub answer: Vec<(String, String)>,
    /// What is missing.
    pub problems: Vec<String>,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let shown = shown(&app, &own);
    let frame = Frame::vendor(&own.organization, responder.name(), "回答内容の確認");
    page::render(&app, "answering/review.html", &frame, &shown)
}

/// The page of a sheet.
#[must_use]
pub fn shown(app: &App, own: &Own) -> Page {
    let visible = own.questionnaire.visible(&own.sheet);
    let problems = own.submission_problems(app);
    let mut number = 0;
    let sections: Vec<SectionShown> = own
        .questionnaire
        .sections
        .iter()
        .map(|section| {
            let questions = section
                .questions
                .iter()
                .filter_map(|asked| {
                    number += 1;
                    let question = &asked.question;
                    visible.has(&question.id).then(|| AnswerShown {
                        id: question.id.clone(),
                        number,
                        text: question.text.clone(),
                        answer: own
                            .sheet
                            .get(&question.id)
                            .map(|given| answer::describe(question, given))
                            .unwrap_or_default(),
                        problems: problems
                            .iter()
                            .filter(|(id, _)| *id == question.id)
                            .map(|(_, problem)| problem.message.clone())
                            .collect(),
                    })
                })
                .collect();
            SectionShown { id: section.topic.clone(), name: section.name.clone(), questions }
        })
        .collect();
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment(own.assessment.due_at.get()),
        open: own.is_open(app.now()),
        receipt: own.assessment.receipt_number.clone().unwrap_or_default(),
        missing: sections.iter().flat_map(|s| &s.questions).filter(|q| !q.problems.is_empty()).count(),
        sections,
    }
}
