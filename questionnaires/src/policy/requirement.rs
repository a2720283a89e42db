//! Obligations (R-…) with their places in each policy.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One file of `requirements/*.toml`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementFile {
    /// The obligations.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
}

/// One obligation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `R-077`.
    pub id: String,
    /// The obligation in our own short words, である体.
    pub summary: String,
    /// Role id of who must act.
    pub addressee: String,
    /// Further roles, where the policy names several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_addressed: Vec<String>,
    /// What can meet it.
    pub met_by: Vec<MetBy>,
    /// Means of `means.toml` that do; for each kind of `met_by` that `means.toml` knows at least one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Place in each policy, by the policy's id; a policy that lacks the obligation is absent.
    pub sources: BTreeMap<String, ClauseNumber>,
}

/// A clause number as printed and as it ought to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseNumber {
    /// As the policy prints it, misprints included; this is what documents quote.
    pub printed: String,
    /// Corrected, where the policy misprints; absent when equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalised: Option<String>,
    /// What is odd about the printed place or wording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl ClauseNumber {
    /// A place without anything odd.
    #[must_use]
    pub fn plain(printed: impl Into<String>) -> Self {
        Self { printed: printed.into(), normalised: None, note: None }
    }
}

/// `means.toml`: what meets obligations beside questions and clauses.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeansFile {
    /// In the order shown.
    pub means: Vec<Means>,
}

/// A document, step, ledger field, checklist, control or criterion of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Means {
    /// `D-10`, `S-register`.
    pub id: String,
    /// What kind it is; never `question` or `clause`, which are linked from their own files.
    pub kind: MetBy,
    /// What it is called.
    pub name: String,
    /// Whether the program has it.
    pub state: MeansState,
    /// Where people find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// Whether a means exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeansState {
    /// It works.
    Present,
    /// A later version brings it; coverage lists and counts it.
    Planned,
}

/// The means by which an obligation is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetBy {
    /// 設問
    Question,
    /// 採点基準
    Criterion,
    /// 契約条項
    Clause,
    /// ワークフロー段階
    Step,
    /// 台帳項目
    LedgerField,
    /// チェックリスト
    Checklist,
    /// 文書
    Document,
    /// 検証・権限
    Control,
}
