//! What changed between two versions of a document, article by article; also against a Word file that came back from
//! the other party, of which only the visible text is relied on.

use std::collections::BTreeSet;

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::docx::ReadBack;
use crate::model::{Document, Item, plain};

/// Below this share of common characters a text counts as written anew.
const LEAST_ALIKE: f32 = 0.6;

/// An article as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleText {
    /// `第17条`; empty for what stands outside of articles.
    pub label: String,
    /// Heading; outside of articles the 別表, 様式 or `前文`.
    pub heading: String,
    /// Lines.
    pub lines: Vec<String>,
}

/// What happened to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only in the new version.
    Added,
    /// Only in the old version.
    Removed,
    /// In both, with other words.
    Changed,
    /// Only its number is another.
    Renumbered,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// Number in the old version.
    pub old_label: String,
    /// Number in the new version.
    pub new_label: String,
    /// Heading.
    pub heading: String,
    /// The text in pieces: what stayed, went and came.
    pub pieces: Vec<Piece>,
}

/// A piece of a changed text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// `same`, `removed` or `added`.
    pub kind: &'static str,
    /// The words.
    pub text: String,
}

/// The articles of a numbered document.
#[must_use]
pub fn articles_of(document: &Document) -> Vec<ArticleText> {
    let mut articles = Vec::new();
    for article in document.articles() {
        let mut lines = Vec::new();
        for (index, item) in article.items.iter().enumerate() {
            collect(if index == 0 { "" } else { &item.label }, item, &mut lines);
        }
        articles.push(ArticleText { label: article.label.clone(), heading: article.heading.clone(), lines });
    }
    articles
}

fn collect(label: &str, item: &Item, lines: &mut Vec<String>) {
    let text = plain(&item.text);
    lines.push(if label.is_empty() { text } else { format!("{label}　{text}") });
    item.children.iter().for_each(|child| collect(&child.label, child, lines));
}

/// The articles of a Word file, told by what a reader sees: a heading in brackets above `第n条`. Text before the first
/// article is its 前文; 別表 and 様式 count by their titles.
#[must_use]
pub fn articles_in(file: &ReadBack) -> Vec<ArticleText> {
    let mut articles =
        vec![ArticleText { label: String::new(), heading: "前文".into(), lines: Vec::new() }];
    let mut heading: Option<String> = None;
    for (_, text) in &file.paragraphs {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if let Some((label, rest)) = article_label(text) {
            articles.push(ArticleText {
                label: label.to_owned(),
                heading: heading.take().unwrap_or_default(),
                lines: vec![rest.to_owned()],
            });
            continue;
        }
        if let Some((_, title)) = attachment_label(text) {
            // An attachment is found again by its title, whatever its number.
            articles.push(ArticleText { label: String::new(), heading: title.to_owned(), lines: Vec::new() });
            continue;
        }
        // A heading waits for its article; one that none follows was text.
        let bracketed = text.strip_prefix('（').and_then(|rest| rest.strip_suffix('）'));
        let held = heading.take();
        if let Some(article) = articles.last_mut() {
            article.lines.extend(held.map(|held| format!("（{held}）")));
            match bracketed.filter(|inner| !inner.contains(['（', '。'])) {
                Some(inner) => heading = Some(inner.to_owned()),
                None => article.lines.push(text.to_owned()),
            }
        }
    }
    articles.retain(|article| !article.lines.is_empty());
    articles
}

/// `第17条　乙は…` into its number and text. Running text that begins with a reference (第17条の規定) is no article.
fn article_label(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_once(['　', ' '])?;
    let inner = label.strip_prefix('第')?;
    let digits = inner.strip_suffix('条').unwrap_or(inner);
    let numeric =
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
    numeric.then_some((label, rest.trim_start()))
}

fn attachment_label(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_once('　')?;
    (label.starts_with("別表") || label.starts_with("様式第")).then_some((label, rest))
}

/// Compares articles. An article is the same one when its heading is; without one, or with an unknown one, when its
/// number is.
#[must_use]
pub fn difference(old: &[ArticleText], new: &[ArticleText]) -> Vec<Difference> {
    let mut used = BTreeSet::new();
    let mut found = Vec::new();
    for article in new {
        let mut free = old.iter().enumerate().filter(|(index, _)| !used.contains(index));
        let same = free
            .clone()
            .find(|(_, other)| !article.heading.is_empty() && other.heading == article.heading)
            .or_else(|| {
                free.find(|(_, other)| {
                    !article.label.is_empty()
                        && other.label == article.label
                        && !new.iter().any(|own| own.heading == other.heading)
                })
            });
        let Some((index, before)) = same else {
            found.push(told(Change::Added, None, Some(article)));
            continue;
        };
        used.insert(index);
        if before.lines != article.lines {
            found.push(told(Change::Changed, Some(before), Some(article)));
        } else if before.label != article.label {
            found.push(told(Change::Renumbered, Some(before), Some(article)));
        }
    }
    let gone = old.iter().enumerate().filter(|(index, _)| !used.contains(index));
    found.extend(gone.map(|(_, article)| told(Change::Removed, Some(article), None)));
    found
}

fn told(change: Change, old: Option<&ArticleText>, new: Option<&ArticleText>) -> Difference {
    let text =
        |article: Option<&ArticleText>| article.map_or_else(String::new, |article| article.lines.join("\n"));
    let label =
        |article: Option<&ArticleText>| article.map_or_else(String::new, |article| article.label.clone());
    let pieces = if change == Change::Renumbered { Vec::new() } else { pieces(&text(old), &text(new)) };
    Difference {
        change,
        old_label: label(old),
        new_label: label(new),
        heading: new.or(old).map_or_else(String::new, |article| article.heading.clone()),
        pieces,
    }
}

/// Two texts in pieces of what stayed, went and came, by characters: Japanese has no words to split at.
#[must_use]
pub fn pieces(old: &str, new: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let compared = TextDiff::from_chars(old, new);
    // Texts that share only single characters are two texts.
    if compared.ratio() < LEAST_ALIKE {
        let piece = |kind, text: &str| Piece { kind, text: text.to_owned() };
        return [piece("removed", old), piece("added", new)]
            .into_iter()
            .filter(|own| !own.text.is_empty())
            .collect();
    }
    for change in compared.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => "same",
            ChangeTag::Delete => "removed",
            ChangeTag::Insert => "added",
        };
        match pieces.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            _ => pieces.push(Piece { kind, text: change.value().to_owned() }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(label: &str, heading: &str, line: &str) -> ArticleText {
        ArticleText { label: label.into(), heading: heading.into(), lines: vec![line.into()] }
    }

    #[test]
    fn added_removed_changed_and_renumbered_are_told_apart() {
        let old = [
            article("第1条", "目的", "定める。"),
            article("第2条", "教育", "乙は、教育を行う。"),
            article("第3条", "報告", "乙は、毎月報告する。"),
            article("第4条", "協議", "協議する。"),
        ];
        let new = [
            article("第1条", "目的", "定める。"),
            article("第2条", "報告", "乙は、毎年報告する。"),
            article("第3条", "協議", "協議する。"),
            article("第4条", "管轄", "裁判所とする。"),
        ];
        let found = difference(&old, &new);
        let shown: Vec<_> = found.iter().map(|d| (d.change, d.heading.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Change::Changed, "報告"),
                (Change::Renumbered, "協議"),
                (Change::Added, "管轄"),
                (Change::Removed, "教育"),
            ]
        );
        let of = |kind: &str| {
            found[0].pieces.iter().find(|piece| piece.kind == kind).map(|piece| piece.text.as_str())
        };
        assert_eq!((of("removed"), of("added")), (Some("月"), Some("年")));
        assert_eq!(difference(&old, &old), []);
    }

    #[test]
    fn a_renamed_article_is_found_by_its_number() {
        let old = [article("第1条", "目的", "定める。"), article("第2条", "報告", "報告する。")];
        let new =
            [article("第1条", "目的", "定める。"), article("第2条", "報告等", "報告する。速やかに行う。")];
        let found = difference(&old, &new);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].change, found[0].heading.as_str()), (Change::Changed, "報告等"));
    }

    #[test]
    fn a_file_is_read_by_what_a_reader_sees() {
        let line = |text: &str| ("X".to_owned(), text.to_owned());
        let file = ReadBack {
            paragraphs: vec![
                line("特記仕様書"),
                line("（見本業務）"),
                line("（目的）"),
                line("第１条　この仕様書は、定める。"),
                line("２　第3条の規定を準用する。"),
                line("（報告）"),
                line("第２条　乙は、報告する。"),
                line("別表1　情報の範囲"),
                line("氏名"),
            ],
            ..ReadBack::default()
        };
        let read = articles_in(&file);
        let shown: Vec<_> =
            read.iter().map(|a| (a.label.as_str(), a.heading.as_str(), a.lines.len())).collect();
        assert_eq!(
            shown,
            [("", "前文", 2), ("第１条", "目的", 2), ("第２条", "報告", 1), ("", "情報の範囲", 1)]
        );
    }
}
