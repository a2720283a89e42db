//! Answers as values: what a vendor has said, part by part.

mod describe;
mod read;

pub use describe::{describe, value_words};
pub use read::{NOTE_MAX_CHARS, Problem, RawAnswer, Reading, complete, read};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// All answers of one vendor, by question id. A question without an entry is unanswered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswerSheet(pub BTreeMap<String, Answer>);

/// The answer to one question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Values by part id; an absent part is unanswered.
    pub parts: BTreeMap<String, Value>,
    /// Free note, kept as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What backs the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Plain, 該当なし or 条件付き.
    #[serde(default)]
    pub standing: Standing,
}

/// How the answer is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Standing {
    /// As it stands.
    #[default]
    Plain,
    /// 該当なし, with a reason; out of both sides of the score once staff accept it.
    NotApplicable {
        /// Required.
        reason: String,
        /// Whether staff have accepted it; until then it counts as unanswered.
        #[serde(default)]
        accepted: bool,
    },
    /// 条件付き: true only with the named option or plan.
    Conditional {
        /// Required.
        option: String,
        /// Whether the option is part of what is being procured; until staff say so, no points.
        #[serde(default)]
        included: bool,
    },
}

/// A typed value of one part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Choice id of a `single` part.
    Choice(String),
    /// Choice ids of a `multi` part.
    Choices(BTreeSet<String>),
    /// はい is true.
    Flag(bool),
    /// Text as typed (CRLF→LF, control characters removed).
    Text(String),
    /// `number`, `percent` (in percent) or `duration` (in hours).
    Number(Decimal),
    /// `date`.
    Date(Date),
    /// ISO 3166-1 alpha-2 codes; `ZZ` is 不明・非開示.
    Countries(BTreeSet<String>),
    /// Rows; a cell by its column id, an empty cell is absent.
    Table(Vec<BTreeMap<String, Value>>),
    /// Names of evidence.
    Files(Vec<String>),
}

/// Something that backs an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which kind of the question's `evidence` it is.
    pub kind: String,
    /// File name, title or address.
    pub title: String,
    /// Id of the uploaded file, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Date of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<Date>,
    /// Last day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Whether staff have seen it and it bears the answer out; until then the answer is self-declared.
    #[serde(default)]
    pub confirmed: bool,
}

impl AnswerSheet {
    /// The answer to a question, if there is one.
    #[must_use]
    pub fn get(&self, question: &str) -> Option<&Answer> {
        self.0.get(question)
    }
}
