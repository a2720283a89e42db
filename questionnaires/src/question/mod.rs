//! The question bank: topics, questions, parts, choices, points, knock-outs.

mod before;
mod english;
mod form;

pub use before::{Asking, Outlook, Paper, seconds};
pub use english::{EnglishQuestion, EnglishTopic, wanted as wanted_in_english};
pub use form::{Asked, Progress, Questionnaire, Section, SectionProgress, Visible, form};

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// One file of `questions/*.toml`: the questions of one topic, in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Kebab-case identifier, equal to the file name without its ending.
    pub topic: String,
    /// Heading that the vendor reads.
    pub name: String,
    /// Position among the topics; smaller comes first.
    pub order: u32,
    /// The questions.
    #[serde(rename = "question", default)]
    pub questions: Vec<Question>,
}

/// One question: what is asked, of whom, why, and what an answer is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// `LOC-01`: three capital letters, a hyphen, two digits. Never reused for another question.
    pub id: String,
    /// Short heading for lists and score pages.
    pub title: String,
    /// The question itself, polite form.
    pub text: String,
    /// Why the municipality asks; shown to the vendor on demand.
    pub why: String,
    /// Paths on which it is asked (`P1`, `P2a`, …).
    pub paths: Vec<String>,
    /// Asked only while this holds; absent means always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Requirements (`R-…`) that the answer serves.
    pub requirements: Vec<String>,
    /// Clauses (`CL-…`) that the answer shapes.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// Weight within its topic and the total; 0 is never scored.
    pub weight: u32,
    /// What the vendor fills in; at least one part.
    #[serde(rename = "part")]
    pub parts: Vec<Part>,
    /// How the points of a question without fixed choice points are found: the first row that holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointRow>,
    /// How the choice points of a `multi` part become the points of the question.
    #[serde(default)]
    pub combine: Combine,
    /// Answers that disqualify.
    #[serde(rename = "knockout", default, skip_serializing_if = "Vec::is_empty")]
    pub knockouts: Vec<Knockout>,
    /// Evidence that raises a self-declared answer to an evidenced one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceKind>,
    /// Whether 「該当なし」 (with a reason) may be answered.
    #[serde(default)]
    pub may_be_not_applicable: bool,
    /// Words explained beside the question.
    #[serde(rename = "term", default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// Date from which the question belongs to the bank (ISO date).
    pub asked_since: jiff::civil::Date,
}

/// One input of a question. A question with one part calls it `value`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// snake_case, unique within the question.
    pub id: String,
    /// Label; may be absent where the question has one part.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Support text under the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether the answer is incomplete without it.
    #[serde(default = "yes")]
    pub required: bool,
    /// Shown (and required) only while this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What can be typed.
    pub input: Input,
}

fn yes() -> bool {
    true
}

/// The kind of an input with its limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Input {
    /// Exactly one of the choices.
    Single {
        /// In the order shown.
        choices: Vec<Choice>,
    },
    /// Any number of the choices.
    Multi {
        /// In the order shown.
        choices: Vec<Choice>,
    },
    /// はい／いいえ; read in conditions as a flag.
    YesNo {
        /// Points of はい, 0–100; absent where the points come from `points`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        yes: Option<u32>,
        /// Points of いいえ.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no: Option<u32>,
    },
    /// Free text, kept as typed.
    Text {
        /// Most characters (Unicode scalar values after CRLF→LF).
        max_chars: u32,
        /// Height of the box; 1 is a single line.
        #[serde(default = "one")]
        rows: u32,
    },
    /// A number with its unit.
    Number {
        /// Written after the box: 時間, 開庁日, 日, か月, 円.
        unit: String,
        /// Least value allowed.
        min: Decimal,
        /// Greatest value allowed.
        max: Decimal,
        /// Digits after the decimal point.
        #[serde(default)]
        decimals: u32,
    },
    /// A percentage between 0 and 100.
    Percent {
        /// Digits after the decimal point.
        #[serde(default)]
        decimals: u32,
    },
    /// A length of time; stored in hours, typed as a number and one of the units.
    Duration {
        /// Greatest value, in hours.
        max_hours: u32,
    },
    /// A calendar date, Western or Japanese era.
    Date,
    /// Countries and regions by ISO 3166-1 alpha-2 code; `ZZ` stands for 不明・非開示.
    Countries {
        /// Whether 不明・非開示 is offered.
        #[serde(default)]
        undisclosed: bool,
    },
    /// Rows of typed columns.
    Table {
        /// The columns; a cell cannot be a table or a file.
        columns: Vec<Column>,
        /// Rows needed for a complete answer.
        #[serde(default)]
        min_rows: u32,
        /// Rows accepted.
        max_rows: u32,
    },
    /// Evidence files only; holds names of evidence, not bytes.
    File {
        /// Files accepted.
        max_files: u32,
    },
}

fn one() -> u32 {
    1
}

/// A column of a table part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// snake_case, unique within the table.
    pub id: String,
    /// Column heading.
    pub label: String,
    /// Whether a filled row is incomplete without it.
    #[serde(default = "yes")]
    pub required: bool,
    /// Kind of the cell: any but `table` and `file`.
    pub input: Input,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// snake_case, unique within the part.
    pub id: String,
    /// What the vendor reads.
    pub label: String,
    /// Points 0–100; absent where the points come from `points`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// Offered only from this date on (a scheme that has not begun cannot be held).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_from: Option<jiff::civil::Date>,
}

/// How several chosen points become one figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The best one counts; each further one adds 5 points, 10 at the most, never above 100.
    #[default]
    Highest,
    /// The worst one counts.
    Lowest,
    /// They add up, never above 100.
    Sum,
}

/// One row of an ordered list: the first whose condition holds gives the points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointRow {
    /// Absent on the last row: everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// 0–100.
    pub points: u32,
    /// The case in words, for score page and 控え.
    pub label: String,
}

/// A disqualifying condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Knockout {
    /// Whether an exception can be granted.
    pub severity: Severity,
    /// The condition; facts of the case and answers.
    pub when: Condition,
    /// Why it disqualifies, である体, for the 評価調書.
    pub reason: String,
    /// The requirement that it rests on.
    pub requirement: String,
}

/// KO or KO*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// KO: never acceptable.
    Absolute,
    /// KO*: acceptable only under a recorded exception of the policy.
    Excusable,
}

/// A kind of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceKind {
    /// snake_case.
    pub id: String,
    /// What the vendor reads.
    pub label: String,
    /// Older evidence earns nothing; counted in months from its date of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_months: Option<u32>,
}

/// A word of the question, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The word as it stands in the question.
    pub word: String,
    /// One or two sentences.
    pub meaning: String,
}
