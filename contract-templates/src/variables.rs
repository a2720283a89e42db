//! Values that clauses and documents may write (`variables.toml`, `records.toml`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value that clauses may write.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Dotted path; `[]` marks a column of the rows of a list.
    pub name: String,
    /// What it is.
    pub meaning: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: VariableKind,
    /// Where it comes from.
    pub source: String,
    /// A value of that type.
    pub example: Value,
    /// Whether a ruled blank may stand in its place.
    #[serde(default)]
    pub fallback_blank: bool,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariableKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// The id of a choice.
    Choice,
    /// Texts.
    List,
    /// Rows of a table; absent means none.
    Rows,
    /// A day: `2026-04-01` is written 令和8年4月1日; other text stays.
    Date,
    /// An amount of yen: 1234567 is written 1,234,567円; text stays.
    Money,
}
