//! 対照表: which article meets which requirement and contract item.

use questionnaires::policy::Profile;
use serde::Serialize;

use crate::model::Document;
use crate::select::Selection;

/// A row: one contract item of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparisonRow {
    /// Number of the item.
    pub number: u32,
    /// The item in words.
    pub summary: String,
    /// Its requirement.
    pub requirement: String,
    /// Articles that meet it: `第17条（再委託の制限）`.
    pub articles: Vec<String>,
    /// Why clauses that would meet it are out, if staff took them out.
    pub dropped: Vec<String>,
}

/// The table of a numbered document.
#[must_use]
pub fn comparison(profile: &Profile, selection: &Selection, document: &Document) -> Vec<ComparisonRow> {
    profile
        .contract_items
        .iter()
        .map(|item| {
            let meets = |clause: &str| item.clauses.iter().any(|own| own == clause);
            ComparisonRow {
                number: item.number,
                summary: item.summary.clone(),
                requirement: item.requirement.clone(),
                articles: document
                    .articles()
                    .filter(|article| meets(&article.clause))
                    .map(|article| format!("{}（{}）", article.label, article.heading))
                    .collect(),
                dropped: selection
                    .entries
                    .iter()
                    .filter(|entry| !entry.included && meets(&entry.clause))
                    .map(|entry| match &entry.switched {
                        Some((reason, by)) => format!("{}：{reason}（{by}）", entry.heading),
                        None => format!("{}：{}", entry.heading, entry.reason),
                    })
                    .collect(),
            }
        })
        .collect()
}
