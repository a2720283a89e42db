//! The check page: every question with its answer, printable, with links to change.

use axum::extract::State;
use domain::language::Language;
use domain::respondent::Role;
use serde::Serialize;

use super::english;
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
    /// Whether the person is to confirm what others have written.
    pub may_check: bool,
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
    /// Whether an English page has the name in Japanese for want of a twin.
    pub only_japanese: bool,
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
    /// Whether an English page has the text in Japanese for want of a twin.
    pub only_japanese: bool,
    /// Answer in words; empty when unanswered.
    pub answer: Vec<(String, String)>,
    /// What is missing.
    pub problems: Vec<String>,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let may_check = own.is_open(app.now()) && responder.role() == Role::Checker;
    let shown = Page { may_check, ..shown(&app, &own, responder.language()) };
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("回答内容の確認", "Review of your answers"),
    )
    .with_done(&query);
    page::render(&app, "answering/review.html", &frame, &shown)
}

/// The page of a sheet.
#[must_use]
pub fn shown(app: &App, own: &Own, language: Language) -> Page {
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
                        text: english::question(asked, language).text.clone(),
                        only_japanese: english::answered_in(asked, language) != language,
                        answer: own
                            .sheet
                            .get(&question.id)
                            .map(|given| english::describe(asked, given, language))
                            .unwrap_or_default(),
                        problems: problems
                            .iter()
                            .filter(|(id, _)| *id == question.id)
                            .map(|(_, problem)| problem.message.clone())
                            .collect(),
                    })
                })
                .collect();
            SectionShown {
                id: section.topic.clone(),
                name: english::section(section, language),
                only_japanese: language == Language::English && section.english.is_none(),
                questions,
            }
        })
        .collect();
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        open: own.is_open(app.now()),
        receipt: own.assessment.receipt_number.clone().unwrap_or_default(),
        may_check: false,
        missing: sections.iter().flat_map(|s| &s.questions).filter(|q| !q.problems.is_empty()).count(),
        sections,
    }
}
