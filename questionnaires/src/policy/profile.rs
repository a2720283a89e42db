//! One municipality's policy: terms, classes, paths, roles, approval routes, contract items, limits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// One file of `profiles/*.toml`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Kebab-case identifier, equal to the file name without its ending.
    pub id: String,
    /// Name of the policy.
    pub name: String,
    /// Edition, `2026-04`.
    pub edition: String,
    /// First day on which the edition is in force.
    pub effective_from: jiff::civil::Date,
    /// Which key of a requirement's `sources` this profile quotes.
    pub clause_numbers: String,
    /// Wording switches by name (`municipality_kind` = 町, `head` = 町長, `party_a` = 甲, …).
    pub terms: BTreeMap<String, String>,
    /// Confidentiality classes, lowest first: the order is the order of comparison.
    #[serde(rename = "class")]
    pub classes: Vec<Class>,
    /// Assessment paths, in the order in which `when` is tried.
    #[serde(rename = "path")]
    pub paths: Vec<Path>,
    /// Roles and who fills them.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
    /// Items that a contract must hold, in the policy's order.
    #[serde(rename = "contract_item")]
    pub contract_items: Vec<ContractItem>,
    /// How documents write numbers.
    pub style: Style,
    /// Days and hours that the workflow counts with.
    pub limits: BTreeMap<String, u32>,
}

/// A confidentiality class.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Short id as used in conditions: `1`, `2`, `3C`, `3B`, `3A`.
    pub id: String,
    /// As the policy names it.
    pub name: String,
    /// When information belongs to it, in our own words.
    pub description: String,
    /// Restrictions on handling, in our own words.
    #[serde(default)]
    pub handling: Vec<String>,
}

/// An assessment path.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// `P1`, `P2a`, …
    pub id: String,
    /// As the policy names it.
    pub name: String,
    /// Facts (never answers or `path`) under which a case takes this path; the first that holds wins.
    pub when: Condition,
    /// The requirement that sends the case here.
    pub requirement: String,
    /// Who decides on the application for use, in order; empty where the policy knows none
    /// (then the contract decision stands in its place).
    #[serde(default)]
    pub approval: Vec<ApprovalStep>,
    /// Role ids that may apply.
    #[serde(default)]
    pub applicants: Vec<String>,
    /// Role ids that fix the evaluation.
    #[serde(default)]
    pub evaluators: Vec<String>,
    /// Whether the approval has to name a manager of the service.
    #[serde(default)]
    pub names_manager: bool,
}

/// One step of an approval route.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalStep {
    /// What the step is called.
    pub name: String,
    /// Any one of these roles may act.
    pub roles: Vec<String>,
    /// The requirement that asks for it.
    pub requirement: String,
}

/// A role of the policy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// snake_case, the identifier of docs/glossary.md.
    pub id: String,
    /// As the policy names it.
    pub name: String,
    /// Short form for tables.
    pub short: String,
    /// Office that usually fills it; absent where the policy leaves it open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usually: Option<String>,
}

/// An item that the policy demands of the contract.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractItem {
    /// Number within the list, from 1.
    pub number: u32,
    /// The item in our own words.
    pub summary: String,
    /// Its requirement.
    pub requirement: String,
    /// Clauses that meet it.
    pub clauses: Vec<String>,
}

/// How documents are written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Width of digits in article numbers and dates.
    pub digits: Digits,
}

/// Width of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Digits {
    /// 第１条, 第１０条
    Full,
    /// 第1条, 第10条
    Half,
    /// One digit full, more digits half: 第１条, 第10条
    SingleFull,
}
