//! Words that must not occur, except within longer words that are right.

use aho_corasick::AhoCorasick;

use super::{Line, Part, Setting};

/// All words of all rules, looked for in one pass.
pub(super) struct Finder {
    automaton: Option<AhoCorasick>,
    /// The rule of each word, by its place in the list of rules.
    rules: Vec<usize>,
}

impl Finder {
    /// A finder of the words of rules, each given with its place.
    pub(super) fn new<'r>(words: impl Iterator<Item = (usize, &'r String)>) -> Self {
        let (rules, words): (Vec<usize>, Vec<&String>) = words.unzip();
        Self { automaton: AhoCorasick::new(words).ok(), rules }
    }

    /// The rules of which a text holds a word, perhaps only within a longer one that is right.
    pub(super) fn touched(&self, text: &str) -> Vec<usize> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let found =
            automaton.find_overlapping_iter(text).filter_map(|hit| self.rules.get(hit.pattern().as_usize()));
        let mut rules: Vec<usize> = found.copied().collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// The words of one rule that a text contains outside of longer words that are right.
pub(super) fn found<'w>(text: &str, words: &'w [String], except: &[String]) -> Vec<&'w str> {
    let masked = except.iter().fold(text.to_owned(), |text, right| text.replace(right, ""));
    words.iter().map(String::as_str).filter(|word| masked.contains(word)).collect()
}

/// Words of another kind of municipality: in a 町, 本市 and 市長. 町's own words are right in a 町, and names of places
/// (熊本市, 本町二丁目) are not meant.
pub(super) fn of_other_kinds(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    // An assembly of a 町 (町議会) uses the words of a 町.
    let kind = setting.municipality_kind.as_str();
    let own = kind.chars().find(|c| "市町村区".contains(*c));
    if kind.is_empty() || line.part == Part::Cell {
        return Vec::new();
    }
    OF_OTHER_KINDS
        .iter()
        .filter(|word| own.is_none_or(|own| !word.contains(own)))
        .filter(|word| {
            line.text.match_indices(**word).any(|(at, _)| {
                let (before, after) = (line.text.get(..at), line.text.get(at + word.len()..));
                let named = before.and_then(|text| text.chars().last()).is_some_and(is_kanji);
                let address =
                    after.is_some_and(|text| text.starts_with(|c| "一二三四五六七八九十".contains(c)));
                !(word.starts_with('本') && (named || address))
            })
        })
        .map(|word| (*word).to_owned())
        .collect()
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '々')
}

const OF_OTHER_KINDS: &[&str] = &[
    "本市",
    "市長",
    "市民",
    "市議会",
    "市役所",
    "本町",
    "町長",
    "町民",
    "町議会",
    "町役場",
    "本村",
    "村長",
    "村民",
    "村議会",
    "村役場",
    "本区",
    "区長",
    "区民",
    "区議会",
    "区役所",
];
