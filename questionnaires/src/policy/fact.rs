//! Facts of a case: what staff register before anything is sent, and what conditions may ask about.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// `facts.toml`: the registration sheet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactFile {
    /// In the order in which they are asked.
    #[serde(rename = "fact")]
    pub facts: Vec<FactDefinition>,
}

/// One fact.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactDefinition {
    /// snake_case; the name in conditions.
    pub id: String,
    /// What staff read; also the noun in explanations.
    pub label: String,
    /// Support text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Its type.
    pub kind: FactKind,
    /// Asked only while this holds (facts only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Whether a case cannot be classified without it.
    #[serde(default)]
    pub required: bool,
}

/// The type of a fact.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FactKind {
    /// Yes or no.
    Flag,
    /// One of fixed choices.
    Choice {
        /// In the order shown.
        choices: Vec<FactChoice>,
    },
    /// A confidentiality class of the profile (ordered).
    Class {
        /// Levels that conditions may name under every profile, lowest first. A profile's class stands on the level
        /// of its own id, or on the one that it names. Empty: conditions name the profile's classes only.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scale: Vec<String>,
    },
    /// A path of the profile; derived, never typed.
    Path,
    /// A whole number with a unit.
    Number {
        /// Written after the box.
        unit: String,
    },
    /// A date.
    Date,
    /// Free text; conditions can only ask whether it is answered.
    Text {
        /// Most characters.
        max_chars: u32,
    },
}

/// One choice of a fact.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactChoice {
    /// snake_case.
    pub id: String,
    /// What staff read.
    pub label: String,
}

/// Facts by id; an absent one is unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts(pub BTreeMap<String, FactValue>);

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum FactValue {
    /// `flag`
    Flag(bool),
    /// `choice`, `class` or `path`
    Choice(String),
    /// `number`
    Number(Decimal),
    /// `date`
    Date(Date),
    /// `text`
    Text(String),
}
