//! Selection criteria: pass lines, evidence factors, minimum levels. Data of the municipality, versioned.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::question::Severity;

/// One file of `criteria/*.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Kebab-case identifier, equal to the file name without its ending.
    pub id: String,
    /// Name shown on score pages.
    pub name: String,
    /// Edition, `2026-04`.
    pub edition: String,
    /// Profiles that use them.
    pub profiles: Vec<String>,
    /// Evidence factors in thousandths.
    pub evidence_factor: EvidenceFactor,
    /// Pass lines, in order: the first whose condition holds applies; the last has none.
    #[serde(rename = "pass_line")]
    pub pass_lines: Vec<PassLine>,
    /// Minimum levels per class: disqualifications that no single question owns.
    #[serde(rename = "minimum_level", default)]
    pub minimum_levels: Vec<MinimumLevel>,
}

/// Evidence factors in thousandths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFactor {
    /// Confirmed evidence.
    pub confirmed: u32,
    /// Self-declared only.
    pub declared: u32,
    /// Evidence that has expired or is too old.
    pub expired: u32,
}

/// What must be reached. Percentages are whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PassLine {
    /// Facts under which it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Total for 適.
    pub pass: u32,
    /// Every section for 適.
    pub section: u32,
    /// Total for 条件付適.
    pub conditional: u32,
}

/// A minimum level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MinimumLevel {
    /// `MIN-01`.
    pub id: String,
    /// KO or KO*.
    pub severity: Severity,
    /// When it is missed.
    pub when: Condition,
    /// である体.
    pub reason: String,
    /// R-…
    pub requirement: String,
}
