//! Laws that clauses and documents cite: one table of names and numbers (`laws.toml`).

use serde::Deserialize;

/// A law.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// snake_case.
    pub id: String,
    /// Name.
    pub name: String,
    /// Usual short name.
    #[serde(default)]
    pub short: Option<String>,
    /// 平成15年法律第57号
    pub number: String,
    /// First day; absent where it is still to be confirmed.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// Articles that are cited.
    #[serde(default)]
    pub articles: Vec<LawArticle>,
    /// What is to be confirmed.
    #[serde(default)]
    pub note: Option<String>,
}

/// An article of a law.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawArticle {
    /// 第66条第1項
    pub article: String,
    /// What it says.
    pub about: String,
}
