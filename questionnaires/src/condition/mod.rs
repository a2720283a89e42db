//! The condition language: one small language for visibility, knock-outs, points, minimum levels and clauses.
//!
//! `class >= 3B and LOC-01 includes overseas` — grammar and meaning in `docs/condition-language.md`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::AnswerSheet;
use crate::policy::Facts;

/// A parsed condition; prints as it was parsed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Condition {
    source: String,
}

/// What a condition is evaluated against.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Types and labels of every name.
    pub vocabulary: &'a Vocabulary,
    /// Facts of the case.
    pub facts: &'a Facts,
    /// Answers of the vendor; pass only visible ones.
    pub answers: &'a AnswerSheet,
}

/// The result of an evaluation: Kleene's three values. Whatever grants something asks for `True`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// A fact or an answer that it needs is missing.
    Unknown,
}

/// Types and labels of all facts, questions, parts and choices that conditions may name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vocabulary {}
