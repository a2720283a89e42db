//! Mappings of our questions to control lists of others.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One file of `mappings/*.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Kebab-case, equal to the file name without its ending.
    pub id: String,
    /// Name of the other list.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// Where it is published.
    pub url: String,
    /// Its controls in its order.
    #[serde(rename = "control")]
    pub controls: Vec<MappedControl>,
}

/// One control of another list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappedControl {
    /// As the list numbers it.
    pub id: String,
    /// As the list calls it.
    pub title: String,
    /// Questions of ours that ask for it; empty where none does.
    pub questions: Vec<String>,
    /// How our questions relate to it; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// What differs, or why there is none.
    pub remark: String,
}

/// Relation of our questions to the control, in the words of OSCAL's mapping model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The same.
    EqualTo,
    /// Other words for the same.
    EquivalentTo,
    /// Ours ask for less.
    SubsetOf,
    /// Ours ask for more.
    SupersetOf,
    /// Both ask for something that the other does not.
    IntersectsWith,
}
