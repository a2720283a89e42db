//! What is known of a kind of document before it is written: tone, numbering, its place in the life of a case.

use questionnaires::condition::Condition;
use serde::{Deserialize, Serialize};

use crate::model::Numbering;

/// The skeleton of a document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentTemplate {
    /// `D-10`
    pub id: String,
    /// Title; terms of the policy as 〔cloud_service〕.
    pub title: String,
    /// How it speaks.
    pub tone: Tone,
    /// How its articles are counted.
    pub numbering: Numbering,
    /// When in the life of a case it is written.
    pub stage: Stage,
    /// Who writes it, in a word.
    pub by: String,
    /// To whom, in a word.
    pub to: String,
    /// Whether the vendor is a party to it, so that it may be handed over.
    #[serde(default)]
    pub for_vendor: bool,
    /// Whether the classification stands in the header.
    #[serde(default)]
    pub classification_in_header: bool,
    /// Whether its tables are also given out as a workbook.
    #[serde(default)]
    pub workbook: bool,
    /// Offered for a case only while this holds.
    #[serde(default)]
    pub when: Option<Condition>,
    /// The text in Markdown with placeholders.
    #[serde(skip)]
    pub body: String,
}

impl DocumentTemplate {
    /// Whether the selected clauses are its articles.
    #[must_use]
    pub fn holds_clauses(&self) -> bool {
        self.body.contains(ARTICLES)
    }
}

/// Where a skeleton takes the selected clauses.
const ARTICLES: &str = "<!-- articles -->";

/// How a document speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// である体: contracts and rules.
    Contract,
    /// ます体: letters, applications.
    Letter,
    /// Forms, records, sheets.
    Form,
}

/// When a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Once for the municipality.
    Organization,
    /// Before anybody is asked.
    Preparation,
    /// While vendors are judged.
    Assessment,
    /// For the decision.
    Approval,
    /// With the contract.
    Contract,
    /// While the work goes on.
    Performance,
    /// When something has happened.
    Incident,
    /// At the end.
    End,
}

impl Stage {
    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Organization => "規程・体制",
            Self::Preparation => "検討・調達",
            Self::Assessment => "調査・評価",
            Self::Approval => "申請・審査",
            Self::Contract => "契約",
            Self::Performance => "履行の確認",
            Self::Incident => "事故・例外",
            Self::End => "完了・終了",
        }
    }
}
