//! 公用文チェック: what a careful reader would mark, found in the numbered document.
//!
//! [`rules()`] lists every rule with its source, an example that it finds and one that it leaves alone. A rule looks at a
//! line (`words`, `patterns`), or at the document as a whole (`structure`).

mod patterns;
mod rules;
mod structure;
mod words;

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::document::Tone;
use crate::laws::Law;
use crate::model::{Block, Document, Item, Layout, Run, plain};

pub use rules::{Rule, rules};
pub(crate) use rules::{Test, problem};

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Rule id.
    pub rule: &'static str,
    /// Where: `第17条第2項`, `別表1`.
    pub place: String,
    /// The words that were found.
    pub excerpt: String,
    /// What to write instead.
    pub advice: &'static str,
}

/// What the checks need to know of the document and the municipality.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// How the document speaks.
    pub tone: Tone,
    /// 町, 市, 村, 組合: the others must not occur as 本市, 市長 and so on. Empty: not checked.
    pub municipality_kind: String,
    /// What the parties are called: 甲 and 乙, or 発注者 and 受注者. Empty: not checked.
    pub parties: (String, String),
    /// What the names of classes begin with: 自治体機密性. Empty: not checked.
    pub class_prefix: String,
    /// Whether the contract is concluded electronically.
    pub electronic: bool,
    /// The laws whose names and numbers are known.
    pub laws: &'a [Law],
}

impl<'a> Setting<'a> {
    /// The setting of a policy.
    #[must_use]
    pub fn of(profile: &questionnaires::policy::Profile, tone: Tone, laws: &'a [Law]) -> Self {
        let term = |name: &str| profile.terms.get(name).cloned().unwrap_or_default();
        Self {
            tone,
            municipality_kind: term("municipality_kind"),
            parties: (term("party_a"), term("party_b")),
            class_prefix: term("class_prefix"),
            electronic: false,
            laws,
        }
    }
}

/// What part of a document a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// 標題, 見出し, 宛先, 日付 and the like.
    Heading,
    /// A sentence of running text or a 項.
    Sentence,
    /// A 号 or its subdivision.
    Point,
    /// A cell of a table.
    Cell,
}

/// A line with its place.
#[derive(Debug)]
pub(crate) struct Line {
    place: String,
    part: Part,
    text: String,
    /// The text without resolved references.
    typed: String,
}

/// Checks a numbered document.
#[must_use]
pub fn check(document: &Document, setting: &Setting<'_>) -> Vec<Finding> {
    let lines = lines(document);
    let mut findings = Vec::new();
    let mut tell = |rule: &'static Rule, place: &str, excerpt: String| {
        let (id, advice) = (rule.id.as_str(), rule.advice.as_str());
        findings.push(Finding { rule: id, place: place.to_owned(), excerpt, advice });
    };
    let (patterns, places) = rules::patterns();
    for line in &lines {
        let by_pattern = patterns.matches(&line.text).into_iter().filter_map(|hit| places.get(hit).copied());
        let touched = rules::finder().touched(&line.text).into_iter().chain(by_pattern);
        for rule in touched.filter_map(|place| rules().get(place)) {
            match &rule.test {
                Test::Words { words, except } => {
                    for word in words::found(&line.text, words, except) {
                        tell(rule, &line.place, word.to_owned());
                    }
                }
                Test::Pattern(pattern) => {
                    for word in pattern.find_iter(&line.text) {
                        tell(rule, &line.place, word.as_str().to_owned());
                    }
                }
                Test::Line(_) | Test::Document(_) => {}
            }
        }
    }
    for rule in rules() {
        match &rule.test {
            Test::Words { .. } | Test::Pattern(_) => {}
            Test::Line(check) => {
                for line in &lines {
                    for word in check(line, setting) {
                        tell(rule, &line.place, word);
                    }
                }
            }
            Test::Document(check) => {
                for (place, excerpt) in check(document, setting) {
                    tell(rule, &place, excerpt);
                }
            }
        }
    }
    findings
}

/// Checks a text that stands alone: a term of a profile, an edited article before it is numbered.
#[must_use]
pub fn check_text(place: &str, text: &str, setting: &Setting<'_>) -> Vec<Finding> {
    let block = Block::Paragraph { layout: Layout::Body, text: vec![Run::text(text)] };
    let document = Document { title: place.to_owned(), blocks: vec![block], ..Document::default() };
    check(&document, setting)
}

/// Checks what a policy writes into documents: its terms, classes, roles and contract items.
#[must_use]
pub fn check_profile(profile: &questionnaires::policy::Profile, laws: &[Law]) -> Vec<Finding> {
    let setting = Setting::of(profile, Tone::Form, laws);
    let terms = profile.terms.iter().map(|(id, text)| (format!("terms.{id}"), text));
    let classes = profile.classes.iter().flat_map(|class| {
        let place = format!("class.{}", class.id);
        let handling = class.handling.iter().map(|text| (format!("class.{}.handling", class.id), text));
        [(place, &class.description)].into_iter().chain(handling).collect::<Vec<_>>()
    });
    let roles = profile.roles.iter().map(|role| (format!("role.{}", role.id), &role.name));
    let items =
        profile.contract_items.iter().map(|item| (format!("contract_item.{}", item.number), &item.summary));
    terms
        .chain(classes)
        .chain(roles)
        .chain(items)
        .flat_map(|(place, text)| check_text(&place, &profile.in_own_words(text), &setting))
        .collect()
}

fn lines(document: &Document) -> Vec<Line> {
    let mut collector = Collector { place: document.title.clone(), lines: Vec::new() };
    document.blocks.iter().for_each(|block| collector.block(block));
    collector.lines
}

struct Collector {
    place: String,
    lines: Vec<Line>,
}

impl Collector {
    fn push(&mut self, place: &str, part: Part, runs: &[Run]) {
        let typed = runs.iter().map(|run| if let Run::Text { text } = run { text.as_str() } else { "" });
        let line = Line { place: place.to_owned(), part, text: plain(runs), typed: typed.collect() };
        self.lines.push(line);
    }

    fn here(&mut self, part: Part, runs: &[Run]) {
        let place = self.place.clone();
        self.push(&place, part, runs);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Title { text } | Block::Subtitle { text } | Block::Heading { text } => {
                self.here(Part::Heading, text);
            }
            Block::Paragraph { layout, text } => {
                let part = if *layout == Layout::Body { Part::Sentence } else { Part::Heading };
                self.here(part, text);
            }
            Block::Attachment { label, text, .. } | Block::Chapter { label, text, .. } => {
                self.place.clone_from(label);
                self.here(Part::Heading, text);
            }
            Block::Article(article) => {
                self.push(&article.label, Part::Heading, &[Run::text(article.heading.clone())]);
                for item in &article.items {
                    let own = if item.label.is_empty() {
                        article.label.clone()
                    } else {
                        format!("{}第{}項", article.label, item.label)
                    };
                    self.item(item, &own, Part::Sentence);
                }
            }
            Block::List { items } => {
                let place = self.place.clone();
                items.iter().for_each(|item| self.item(item, &format!("{place}{}", item.label), Part::Point));
            }
            Block::Table(table) => {
                for cell in table.header.iter().chain(table.rows.iter().flatten()) {
                    self.here(Part::Cell, cell);
                }
            }
            Block::Signature { blocks } => blocks.iter().for_each(|block| self.block(block)),
            Block::Turn { .. } => {}
        }
    }

    fn item(&mut self, item: &Item, place: &str, part: Part) {
        self.push(place, part, &item.text);
        for child in &item.children {
            self.item(child, &format!("{place}{}", child.label), Part::Point);
        }
    }
}
