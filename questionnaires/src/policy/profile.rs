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
    /// Places of requirements in this policy, by requirement; they go before those of the catalogue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clauses: BTreeMap<String, String>,
    /// Who may allow what the policy otherwise forbids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception_route: Option<ExceptionRoute>,
    /// Whether contractors have to be audited or may be.
    #[serde(default)]
    pub vendor_audit: VendorAudit,
    /// Parts of the policy that must not be handed out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed_documents: Vec<String>,
}

impl Profile {
    /// `anan@2026-04`: how an edition is named on the command line and in messages.
    #[must_use]
    pub fn name_with_edition(&self) -> String {
        format!("{}@{}", self.id, self.edition)
    }
}

/// Who may allow an exception, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRoute {
    /// Any one of these roles.
    pub roles: Vec<String>,
    /// Permission or consultation.
    pub mode: ExceptionMode,
    /// The requirement that says so.
    pub requirement: String,
}

/// How an exception comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionMode {
    /// 許可を得る
    Permission,
    /// 協議する
    Consultation,
}

/// Whether contractors have to be audited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VendorAudit {
    /// 行わなければならない
    #[default]
    Required,
    /// 行うことができる
    Optional,
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
    /// Level on the scale of `facts.toml` with which conditions compare it; absent where the scale knows the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Classes of the edition before whose information may come into this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
    /// When information of those classes comes here rather than elsewhere; needed where they are divided up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose_when: Option<String>,
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
    /// Whose questions are asked: names of question sets, as in `paths` of a question. Empty means its own id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
    /// Who answers.
    #[serde(default)]
    pub answered_by: AnsweredBy,
}

impl Path {
    /// Whether the questions of a set are asked on this path.
    #[must_use]
    pub fn asks(&self, set: &str) -> bool {
        if self.asks.is_empty() { self.id == set } else { self.asks.iter().any(|own| own == set) }
    }
}

/// Who fills a questionnaire in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// The vendor, by invitation.
    #[default]
    Vendor,
    /// Staff, from what the provider publishes.
    Staff,
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
