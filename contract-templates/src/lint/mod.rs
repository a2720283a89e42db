//! 公用文チェック: what a careful reader would mark, found in the numbered document.

mod rules;

use serde::Serialize;

use crate::model::{Block, Document, Item, plain};

pub use rules::{RULES, Rule};

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

/// What the checks need to know of the municipality.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// 町, 市, 村, 組合: the others must not occur as 本市, 市長 and so on.
    pub municipality_kind: String,
}

/// A sentence with its place.
pub(crate) struct Line {
    place: String,
    text: String,
}

/// Checks a numbered document.
#[must_use]
pub fn check(document: &Document, setting: &Setting) -> Vec<Finding> {
    let lines = lines(document);
    let mut findings: Vec<Finding> = lines.iter().flat_map(|line| rules::check_line(line, setting)).collect();
    findings.extend(rules::check_structure(document));
    findings
}

fn lines(document: &Document) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut place = document.title.clone();
    for block in &document.blocks {
        collect(block, &mut place, &mut lines);
    }
    lines
}

fn collect(block: &Block, place: &mut String, lines: &mut Vec<Line>) {
    let mut push = |place: &str, text: String| lines.push(Line { place: place.to_owned(), text });
    match block {
        Block::Title { text }
        | Block::Subtitle { text }
        | Block::Paragraph { text }
        | Block::Heading { text } => {
            push(place, plain(text));
        }
        Block::Attachment { label, text, .. } => {
            place.clone_from(label);
            push(place, plain(text));
        }
        Block::Article(article) => {
            push(&article.label, article.heading.clone());
            for item in &article.items {
                let own = if item.label.is_empty() {
                    article.label.clone()
                } else {
                    format!("{}第{}項", article.label, item.label)
                };
                collect_item(item, &own, lines);
            }
        }
        Block::List { items } => items.iter().for_each(|item| collect_item(item, place, lines)),
        Block::Table(table) => {
            for cell in table.header.iter().chain(table.rows.iter().flatten()) {
                push(place, plain(cell));
            }
        }
        Block::Signature { blocks } => blocks.iter().for_each(|block| collect(block, place, lines)),
    }
}

fn collect_item(item: &Item, place: &str, lines: &mut Vec<Line>) {
    lines.push(Line { place: place.to_owned(), text: plain(&item.text) });
    for child in &item.children {
        collect_item(child, &format!("{place}{}", child.label), lines);
    }
}
