//! Words that must not occur, except within longer words that are right.

use super::{Line, Part, Setting};

/// The words that a text contains.
pub(super) fn found<'w>(text: &str, words: &'w [String], except: &[String]) -> Vec<&'w str> {
    let contained = || words.iter().map(String::as_str).filter(|word| text.contains(word));
    if contained().next().is_none() {
        return Vec::new();
    }
    let masked = except.iter().fold(text.to_owned(), |text, right| text.replace(right, ""));
    contained().filter(|word| masked.contains(word)).collect()
}

/// Words of another kind of municipality: in a 町, 本市 and 市長. 町's own words are right in a 町, and names of places
/// (熊本市, 本町二丁目) are not meant.
pub(super) fn of_other_kinds(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    let own = setting.municipality_kind.as_str();
    if own.is_empty() || line.part == Part::Cell {
        return Vec::new();
    }
    OF_OTHER_KINDS
        .iter()
        .filter(|word| !word.contains(own))
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
