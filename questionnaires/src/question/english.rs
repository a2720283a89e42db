//! English texts beside the Japanese ones: foreign cloud providers answer too.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Input, Question, Term};

/// One file of `english/*.toml`: the twin of a topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnglishTopic {
    /// Topic, equal to the file name without its ending.
    pub topic: String,
    /// Heading.
    pub name: String,
    /// Its questions.
    #[serde(rename = "question")]
    pub questions: Vec<EnglishQuestion>,
}

/// One question in English. Keys are the ids of the Japanese question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnglishQuestion {
    /// `LOC-01`
    pub id: String,
    /// Short heading.
    pub title: String,
    /// The question.
    pub text: String,
    /// Why the municipality asks.
    pub why: String,
    /// Labels of parts (`data`) and of table columns (`list.name`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub label: BTreeMap<String, String>,
    /// Support texts of parts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hint: BTreeMap<String, String>,
    /// Units of numbers, by part or column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unit: BTreeMap<String, String>,
    /// Choices: `value.fixed`, `list.kind.new`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choice: BTreeMap<String, String>,
    /// Kinds of evidence.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// Words explained, in the order of the Japanese ones.
    #[serde(rename = "term", default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
}

/// Every text that an English twin of a question has to give: table and key.
#[must_use]
pub fn wanted(question: &Question) -> Vec<(&'static str, String)> {
    let mut wanted = Vec::new();
    for part in &question.parts {
        if !part.label.is_empty() {
            wanted.push(("label", part.id.clone()));
        }
        if part.hint.is_some() {
            wanted.push(("hint", part.id.clone()));
        }
        of_input(&mut wanted, &part.id, &part.input);
        if let Input::Table { columns, .. } = &part.input {
            for column in columns {
                let id = format!("{}.{}", part.id, column.id);
                wanted.push(("label", id.clone()));
                of_input(&mut wanted, &id, &column.input);
            }
        }
    }
    wanted.extend(question.evidence.iter().map(|evidence| ("evidence", evidence.id.clone())));
    wanted
}

fn of_input(wanted: &mut Vec<(&'static str, String)>, id: &str, input: &Input) {
    match input {
        Input::Single { choices } | Input::Multi { choices } => {
            wanted.extend(choices.iter().map(|choice| ("choice", format!("{id}.{}", choice.id))));
        }
        Input::Number { .. } => wanted.push(("unit", id.to_owned())),
        _ => {}
    }
}

impl EnglishQuestion {
    /// Whether every text of the question has its twin here, and nothing else is here.
    #[must_use]
    pub fn fits(&self, question: &Question) -> bool {
        let wanted = wanted(question);
        let all = wanted.iter().all(|(table, key)| self.text_of(table, key).is_some());
        let count: usize = self.tables().iter().map(|(_, texts)| texts.len()).sum();
        all && count == wanted.len() && self.terms.len() == question.terms.len()
    }

    /// The tables by name.
    #[must_use]
    pub fn tables(&self) -> [(&'static str, &BTreeMap<String, String>); 5] {
        [
            ("label", &self.label),
            ("hint", &self.hint),
            ("unit", &self.unit),
            ("choice", &self.choice),
            ("evidence", &self.evidence),
        ]
    }

    /// A text of a table.
    #[must_use]
    pub fn text_of(&self, table: &str, key: &str) -> Option<&str> {
        let (_, texts) = self.tables().into_iter().find(|(name, _)| *name == table)?;
        texts.get(key).map(String::as_str)
    }
}
