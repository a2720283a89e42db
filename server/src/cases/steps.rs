//! Where a case stands in its life, as steps.

use domain::case::State as CaseState;
use serde::Serialize;

/// One step of the life of a case.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Words.
    pub label: &'static str,
    /// `done`, `current` or `ahead`.
    pub standing: &'static str,
}

/// The life as people count it; conditional approval and refusal stand in the place of the approval.
#[must_use]
pub fn of(state: CaseState) -> Vec<Step> {
    use CaseState as S;
    let middle = if matches!(state, S::ConditionallyApproved | S::Rejected) { state } else { S::Approved };
    let way = [
        S::Draft,
        S::Issued,
        S::Answering,
        S::Submitted,
        S::Evaluated,
        S::Applied,
        middle,
        S::ClausesFixed,
        S::Registered,
    ];
    let here = way.iter().position(|step| *step == state).unwrap_or_default();
    way.iter()
        .enumerate()
        .map(|(index, step)| Step {
            label: step.label(),
            standing: match index.cmp(&here) {
                std::cmp::Ordering::Less => "done",
                std::cmp::Ordering::Equal => "current",
                std::cmp::Ordering::Greater => "ahead",
            },
        })
        .collect()
}
