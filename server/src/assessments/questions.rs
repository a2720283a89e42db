//! The questions of a case as the vendor will see them, before anything is sent.

use axum::extract::{Path, State};
use serde::Serialize;

use super::issue::prepare;
use crate::access::Person;
use crate::app::App;
use crate::error::Result;
use crate::page::{self, Frame};
use crate::policy::held as policy;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// Number of questions.
    pub count: usize,
    /// Sections.
    pub sections: Vec<SectionShown>,
}

/// A section.
#[derive(Debug, Clone, Serialize)]
pub struct SectionShown {
    /// Name.
    pub name: String,
    /// Questions.
    pub questions: Vec<QuestionShown>,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionShown {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Why it is asked of this case.
    pub reason: String,
    /// Weight.
    pub weight: u32,
    /// KO words.
    pub knockouts: Vec<String>,
    /// Clause numbers behind it.
    pub clauses: Vec<String>,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>) -> Result {
    let prepared = prepare(&app, person.scope(), page::id(&id)?).await?;
    let profile = &policy::profile_of_case(&app, &prepared.case)?;
    let shown = Page {
        case: prepared.case.id.to_string(),
        title: prepared.case.title.clone(),
        count: prepared.questionnaire.questions().count(),
        sections: prepared
            .questionnaire
            .sections
            .iter()
            .map(|section| SectionShown {
                name: section.name.clone(),
                questions: section
                    .questions
                    .iter()
                    .map(|asked| QuestionShown {
                        id: asked.question.id.clone(),
                        title: asked.question.title.clone(),
                        text: asked.question.text.clone(),
                        reason: asked.reason.clone(),
                        weight: asked.question.weight,
                        knockouts: asked.question.knockouts.iter().map(|k| k.reason.clone()).collect(),
                        clauses: asked
                            .question
                            .requirements
                            .iter()
                            .filter_map(|id| policy::clause_number(&app, profile, id))
                            .collect(),
                    })
                    .collect(),
            })
            .collect(),
    };
    page::render(&app, "assessments/questions.html", &Frame::staff(&person, "設問の確認", "/cases"), &shown)
}
