//! The rules themselves: data (`checks.toml`), with the checks that need a program named there and found here.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::{Line, Setting, patterns, structure, words};
use crate::model::Document;

const CHECKS: &str = include_str!("../../checks.toml");

static READ: LazyLock<Result<Vec<Rule>, String>> = LazyLock::new(|| read(CHECKS));

/// A rule with what it finds, what it leaves alone, and how to mend it.
#[derive(Debug)]
pub struct Rule {
    /// `K-01`: words and forms of a line; `F-01`: form of the document.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// What to write instead.
    pub advice: String,
    /// Where the rule comes from.
    pub source: String,
    /// Text (as the skeleton of a document) that it finds; empty where only a test can build one.
    pub wrong: String,
    /// The same, mended.
    pub right: String,
    pub(crate) test: Test,
}

/// How a rule looks.
#[derive(Debug)]
pub(crate) enum Test {
    /// Words, except within longer words that are right.
    Words { words: Vec<String>, except: Vec<String> },
    /// A pattern within a line.
    Pattern(Regex),
    /// A look at a line.
    Line(LineCheck),
    /// A look at the document.
    Document(DocumentCheck),
}

type LineCheck = fn(&Line, &Setting<'_>) -> Vec<String>;
type DocumentCheck = fn(&Document, &Setting<'_>) -> Vec<(String, String)>;

/// Every rule, by id.
#[must_use]
pub fn rules() -> &'static [Rule] {
    READ.as_deref().unwrap_or_default()
}

/// The words of all rules, by the place of the rule in [`rules()`].
pub(super) fn finder() -> &'static words::Finder {
    static FINDER: LazyLock<words::Finder> = LazyLock::new(|| {
        let words = rules().iter().enumerate().flat_map(|(place, rule)| match &rule.test {
            Test::Words { words, .. } => words.iter().map(|word| (place, word)).collect::<Vec<_>>(),
            _ => Vec::new(),
        });
        words::Finder::new(words)
    });
    &FINDER
}

/// The patterns of all rules in one automaton, with the places of their rules: most lines hold none of them.
pub(super) fn patterns() -> &'static (RegexSet, Vec<usize>) {
    static PATTERNS: LazyLock<(RegexSet, Vec<usize>)> = LazyLock::new(|| {
        let patterns = rules().iter().enumerate().filter_map(|(place, rule)| match &rule.test {
            Test::Pattern(pattern) => Some((place, pattern.as_str())),
            _ => None,
        });
        let (places, patterns): (Vec<usize>, Vec<&str>) = patterns.unzip();
        (RegexSet::new(patterns).unwrap_or_else(|_| RegexSet::empty()), places)
    });
    &PATTERNS
}

/// Why the rules cannot be read; nothing in what is shipped.
#[must_use]
pub(crate) fn problem() -> Option<&'static str> {
    READ.as_ref().err().map(String::as_str)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    title: String,
    advice: String,
    source: String,
    #[serde(default)]
    wrong: String,
    #[serde(default)]
    right: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    pattern: Option<String>,
    check: Option<String>,
}

fn read(text: &str) -> Result<Vec<Rule>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.rule
        .into_iter()
        .map(|written| {
            let test = test(&written).map_err(|error| format!("{}：{error}", written.id))?;
            let Written { id, title, advice, source, wrong, right, .. } = written;
            Ok(Rule { id, title, advice, source, wrong, right, test })
        })
        .collect()
}

fn test(written: &Written) -> Result<Test, String> {
    match (&written.words[..], &written.pattern, &written.check) {
        ([_, ..], None, None) => {
            Ok(Test::Words { words: written.words.clone(), except: written.except.clone() })
        }
        ([], Some(pattern), None) => {
            Regex::new(pattern).map(Test::Pattern).map_err(|error| error.to_string())
        }
        ([], None, Some(name)) => of_line(name)
            .map(Test::Line)
            .or_else(|| of_document(name).map(Test::Document))
            .ok_or_else(|| format!("検査「{name}」がありません")),
        _ => Err("words、pattern 及び check のうち一つを書いてください".to_owned()),
    }
}

fn of_line(name: &str) -> Option<LineCheck> {
    Some(match name {
        "of_other_kinds" => words::of_other_kinds,
        "bare_class" => patterns::bare_class,
        "impossible_day" => patterns::impossible_day,
        "lone_conjunction" => patterns::lone_conjunction,
        "long_sentence" => patterns::long_sentence,
        "many_and_so_on" => patterns::many_and_so_on,
        "office_as_party" => patterns::office_as_party,
        "other_parties" => patterns::other_parties,
        "plain_in_letter" => patterns::plain_in_letter,
        "point_without_stop" => patterns::point_without_stop,
        "polite_in_contract" => patterns::polite_in_contract,
        "seal_in_electronic" => patterns::seal_in_electronic,
        "slow_first_report" => patterns::slow_first_report,
        "stray_space" => patterns::stray_space,
        "typed_reference" => patterns::typed_reference,
        "unbalanced" => patterns::unbalanced,
        "wrong_law_number" => patterns::wrong_law_number,
        _ => return None,
    })
}

fn of_document(name: &str) -> Option<DocumentCheck> {
    Some(match name {
        "all_costs_on_one" => structure::all_costs_on_one,
        "before_the_first" => structure::before_the_first,
        "broken_off" => structure::broken_off,
        "empty_article" => structure::empty_article,
        "empty_attachment" => structure::empty_attachment,
        "empty_table" => structure::empty_table,
        "gaps" => structure::gaps,
        "heading_form" => structure::heading_form,
        "no_title" => structure::no_title,
        "numbered_first" => structure::numbered_first,
        "open_end" => structure::open_end,
        "points_announced" => structure::points_announced,
        "ragged_table" => structure::ragged_table,
        "same_heading" => structure::same_heading,
        "undefined_party" => structure::undefined_party,
        "unmentioned_attachment" => structure::unmentioned_attachment,
        _ => return None,
    })
}
