//! From answers to three figures: 必須不適合, 適合率, 未回答・未確認.

mod criteria;
mod score;

pub use criteria::*;
pub use score::{contributions, score};

use serde::{Deserialize, Serialize};

use crate::question::Severity;

/// An exact fraction. `whole` is never 0: nothing scorable is `None`, not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// Points earned, in thousandths of point × weight.
    pub earned: u64,
    /// Points possible, in the same unit.
    pub whole: u64,
}

/// The result of one assessment, with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// `criteria id@edition`: the rule that was applied.
    pub criteria: String,
    /// Figure 1: what disqualifies, absolute ones first.
    pub knockouts: Vec<KnockoutFound>,
    /// Figure 2: weighted conformity, self-declared answers discounted; `None` when nothing can be scored.
    pub conformity: Option<Ratio>,
    /// The same if every answer were evidenced; the gap is what evidence would still bring.
    pub declared: Option<Ratio>,
    /// The part of `conformity` that rests on confirmed evidence alone.
    pub evidenced: Option<Ratio>,
    /// Figure 3: required visible questions that are unanswered, incomplete or not yet verified.
    pub open: Vec<OpenQuestion>,
    /// Per topic.
    pub sections: Vec<SectionScore>,
    /// Per question, in order; hidden questions are absent.
    pub questions: Vec<QuestionScore>,
    /// What follows from figures and criteria.
    pub verdict: Verdict,
}

/// A disqualification that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnockoutFound {
    /// Question id, or the criterion id for a minimum level of the criteria.
    pub question: String,
    /// KO or KO*.
    pub severity: Severity,
    /// である体.
    pub reason: String,
    /// R-…
    pub requirement: String,
    /// The condition in Japanese, with the values that made it true.
    pub because: String,
}

/// A question that figure 3 counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQuestion {
    /// Question id.
    pub question: String,
    /// Why it is open.
    pub why: OpenReason,
}

/// Why a question is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenReason {
    /// No answer.
    Unanswered,
    /// A required part is missing.
    Incomplete,
    /// 該当なし not yet accepted by staff.
    NotApplicablePending,
    /// 条件付き: the option is not known to be part of the procurement.
    ConditionPending,
}

/// One topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionScore {
    /// Topic id.
    pub topic: String,
    /// Topic name.
    pub name: String,
    /// Weighted conformity; `None` when nothing can be scored.
    pub conformity: Option<Ratio>,
    /// As `Score::declared`.
    pub declared: Option<Ratio>,
    /// As `Score::evidenced`.
    pub evidenced: Option<Ratio>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionScore {
    /// Question id.
    pub question: String,
    /// Topic id.
    pub topic: String,
    /// 0–100 before evidence; `None` when it is out of both sides (not scored, 該当なし accepted).
    pub points: Option<u32>,
    /// Why these points: label of the choice or of the point row, or the reason for 0.
    pub basis: String,
    /// Weight.
    pub weight: u32,
    /// Evidence factor in thousandths (1000, 800, 0).
    pub factor: u32,
    /// What it adds to the total: points × weight × factor.
    pub earned: u64,
    /// What it could add: 100 × weight × 1000.
    pub possible: u64,
    /// Whether confirmed evidence backs it.
    pub evidenced: bool,
    /// Requirements from which it comes.
    pub requirements: Vec<String>,
}

/// The verdict that the criteria give; people decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 適
    Pass,
    /// 条件付適
    Conditional,
    /// 不適
    Fail,
    /// Cannot be judged yet: questions are open or nothing can be scored.
    Undetermined,
}
