//! The questions of one topic as they are in force.

use axum::extract::{Path, State};
use domain::permission::Permission;
use questionnaires::question::Severity;
use serde::Serialize;

use super::held;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::page::{self, Frame};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Path of the file.
    pub path: String,
    /// Name.
    pub name: String,
    /// Questions.
    pub questions: Vec<Row>,
    /// Whether the person may edit.
    pub may_edit: bool,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// When it is asked, in words; empty for always.
    pub when: String,
    /// Question sets.
    pub paths: String,
    /// Weight.
    pub weight: u32,
    /// `KO`, `KO*` or nothing.
    pub knockout: &'static str,
    /// Places of its requirements.
    pub clauses: Vec<String>,
    /// English text; empty without one.
    pub english: String,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(topic): Path<String>) -> Result {
    let held = held::profile_of(&app, &person.organization)?;
    let topic = held.content.topics.iter().find(|known| known.topic == topic).ok_or(Error::NotFound)?;
    let vocabulary = held.vocabulary();
    let row = |question: &questionnaires::question::Question| {
        let question = held.with_own_words(question);
        let absolute = question.knockouts.iter().any(|knockout| knockout.severity == Severity::Absolute);
        Row {
            when: question.when.as_ref().map_or_else(String::new, |when| when.describe(&vocabulary)),
            paths: question.paths.join("、"),
            weight: question.weight,
            knockout: match (absolute, question.knockouts.is_empty()) {
                (true, _) => "KO",
                (false, false) => "KO*",
                (false, true) => "",
            },
            clauses: question
                .requirements
                .iter()
                .filter_map(|id| held::clause_number(&app, &held, id))
                .collect(),
            english: held.content.english(&question.id).map_or_else(String::new, |twin| twin.text.clone()),
            id: question.id,
            title: question.title,
            text: question.text,
        }
    };
    let shown = Page {
        path: format!("questions/{}.toml", topic.topic),
        name: topic.name.clone(),
        questions: topic.questions.iter().map(row).collect(),
        may_edit: person.may(Permission::EditPolicy),
    };
    let frame = Frame::staff(&person, format!("設問：{}", shown.name), "/policy");
    page::render(&app, "policy/topic.html", &frame, &shown)
}
