//! The condition language: one small language for visibility, knock-outs, points, minimum levels and clauses.
//!
//! `class >= 3B and LOC-01.* includes overseas` — grammar and meaning in `docs/condition-language.md`.
//! [`Condition::parse`] reads a text, [`Condition::check`] holds it against the [`Vocabulary`],
//! [`Condition::evaluate`] decides it for one case, and [`Condition::explain`] says why in Japanese.

mod check;
mod evaluate;
mod explain;
mod parse;
mod settle;
mod syntax;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub(crate) use check::suggestion;
pub use check::{CheckError, CheckProblem, Scope};
pub use parse::{Found, ParseError, ParseProblem};
pub use syntax::{
    Comparison, Expression, KEYWORDS, Literal, MAX_CHARS, MAX_DEPTH, PartReference, Quantifier,
    RESERVED_VALUES, Reference, Test, is_question_id, is_snake_case,
};
pub use vocabulary::{Label, Read, Vocabulary};

use crate::answer::AnswerSheet;
use crate::policy::Facts;

/// A parsed condition. Prints in canonical form: single spaces, no needless parentheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    expression: Expression,
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

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// The first position at which the text cannot be a condition, with what was expected there.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        let condition = Self { expression: parse::parse(source)? };
        // The canonical form is what is frozen and read again: it must stay within the limit as well.
        if condition.to_string().len() > MAX_CHARS {
            return Err(ParseError { column: source.chars().count(), problem: ParseProblem::TooLong });
        }
        Ok(condition)
    }

    /// The tree.
    #[must_use]
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Every name that it refers to, in the order of reading; a name may come twice.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let mut references = Vec::new();
        self.expression.walk(&mut |reference| references.push(reference));
        references.into_iter()
    }

    /// Everything that is wrong with it: unknown names and choices, tests that its values cannot answer,
    /// answers where only facts may be named. Empty when it can be used.
    #[must_use]
    pub fn check(&self, vocabulary: &Vocabulary, scope: Scope) -> Vec<CheckError> {
        check::check(&self.expression, vocabulary, scope)
    }

    /// Decides it. Total: whatever is missing or does not fit is `Unknown`.
    #[must_use]
    pub fn evaluate(&self, subject: &Subject<'_>) -> Outcome {
        evaluate::evaluate(&self.expression, subject)
    }

    /// Whether it is known to hold.
    #[must_use]
    pub fn holds(&self, subject: &Subject<'_>) -> bool {
        self.evaluate(subject) == Outcome::True
    }

    /// Whether facts alone decide that it cannot hold, whatever is answered.
    #[must_use]
    pub fn is_ruled_out(&self, vocabulary: &Vocabulary, facts: &Facts) -> bool {
        let answers = AnswerSheet::default();
        let outcome = self.evaluate(&Subject { vocabulary, facts, answers: &answers });
        let on_facts_alone = self.references().all(|reference| matches!(reference, Reference::Fact(_)));
        // Without answers `answered X` is false, which says nothing about later.
        on_facts_alone && outcome != Outcome::True
            || outcome == Outcome::False && !self.expression.asks_whether_answered()
    }

    /// What the facts leave open: the condition less everything that they decide. The outcome instead, when they decide
    /// all of it.
    ///
    /// # Errors
    /// The outcome.
    pub fn left_open(&self, vocabulary: &Vocabulary, facts: &Facts) -> Result<Self, Outcome> {
        let answers = AnswerSheet::default();
        let subject = Subject { vocabulary, facts, answers: &answers };
        match settle::settle(&self.expression, evaluate::Evaluation { subject: &subject, indirection: 0 }) {
            settle::Settled::Known(outcome) => Err(outcome),
            settle::Settled::Open(expression) => Ok(Self { expression }),
        }
    }

    /// Why it holds, does not hold or cannot be decided: a true Japanese sentence (である体, no full stop)
    /// with labels and actual values, naming only what decides.
    #[must_use]
    pub fn explain(&self, subject: &Subject<'_>) -> String {
        explain::explain(&self.expression, subject)
    }

    /// What it asks, in Japanese (である体, no full stop), without values.
    #[must_use]
    pub fn describe(&self, vocabulary: &Vocabulary) -> String {
        explain::describe(&self.expression, vocabulary)
    }
}

/// A number as conditions and content write it.
pub(crate) fn number_of(text: &str) -> Option<rust_decimal::Decimal> {
    evaluate::number_of(text)
}

impl Outcome {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// At least one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }
}

impl std::ops::Not for Outcome {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Outcome {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}

impl FromStr for Condition {
    type Err = ParseError;

    fn from_str(source: &str) -> Result<Self, ParseError> {
        Self::parse(source)
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&source).map_err(de::Error::custom)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "condition",
            "description": "A condition: `class >= 3B and LOC-01.* includes overseas`. See docs/condition-language.md.",
            "minLength": 1,
            "maxLength": MAX_CHARS,
        })
    }
}
