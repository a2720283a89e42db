//! A TOML file as a tree in which every value knows its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{LoadProblem, toml_message};

/// A file that could be read as TOML.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub file: &'t str,
    pub text: &'t str,
    pub root: Spanned<DeValue<'t>>,
    /// Where each line begins: a file may have thousands of problems.
    lines: Vec<usize>,
}

/// One step down the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// A place in a document; need not exist, then its nearest ancestor is shown.
#[derive(Debug, Clone)]
pub(super) struct Spot<'d> {
    document: &'d Document<'d>,
    steps: Vec<Step>,
}

impl<'t> Document<'t> {
    /// Reads a file as TOML.
    pub fn parse(file: &'t str, text: &'t str) -> Result<Self, Vec<LoadProblem>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let lines: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect();
        if errors.is_empty() {
            let root = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
            return Ok(Self { file, text, root, lines });
        }
        let problems = errors.iter().map(|error| {
            let (line, column) = error.span().map_or((0, 0), |span| position(text, &lines, span.start));
            let message = toml_message(error.message());
            LoadProblem { file: file.to_owned(), line, column, field: String::new(), message }
        });
        Err(problems.collect())
    }

    /// The top of the file.
    pub fn spot(&self) -> Spot<'_> {
        Spot { document: self, steps: Vec::new() }
    }

    /// A problem at a byte of the text.
    pub fn problem(&self, steps: &[Step], at: usize, message: impl Into<String>) -> LoadProblem {
        let (line, column) = position(self.text, &self.lines, at);
        let field = field_name(&self.root, steps);
        LoadProblem { file: self.file.to_owned(), line, column, field, message: message.into() }
    }
}

impl<'d> Spot<'d> {
    /// A named value below.
    pub fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    /// A member of a list below.
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// A member of a named list below.
    pub fn item(&self, key: &str, index: usize) -> Self {
        self.key(key).index(index)
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { document: self.document, steps }
    }

    /// A problem at the start of the value.
    pub fn problem(&self, message: impl Into<String>) -> LoadProblem {
        self.document.problem(&self.steps, self.span().start, message)
    }

    /// A problem at a word within the value, for texts that hold several.
    pub fn problem_at_word(&self, word: &str, message: impl Into<String>) -> LoadProblem {
        let span = self.span();
        let source = self.document.text.get(span.clone()).unwrap_or_default();
        let within =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '*' | '-');
        let offset = source.match_indices(word).map(|(offset, _)| offset).find(|offset| {
            let before = source.get(..*offset).and_then(|text| text.chars().next_back());
            let after = source.get(offset + word.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(within) && !after.is_some_and(within)
        });
        // A part or a column stands behind a full stop.
        let offset = offset.or_else(|| source.find(word)).unwrap_or(0);
        self.document.problem(&self.steps, span.start + offset, message)
    }

    /// Where the value stands, or its nearest ancestor.
    fn span(&self) -> Range<usize> {
        let mut node = &self.document.root;
        for step in &self.steps {
            match child(node.get_ref(), step) {
                Some(next) => node = next,
                None => break,
            }
        }
        node.span()
    }
}

fn child<'n, 't>(node: &'n DeValue<'t>, step: &Step) -> Option<&'n Spanned<DeValue<'t>>> {
    match step {
        Step::Key(key) => node.as_table()?.get(key.as_str()),
        Step::Index(index) => node.as_array()?.get(*index),
    }
}

/// `question.LOC-01.part.backup.when`: items by what identifies them, else by number from 1.
fn field_name(root: &Spanned<DeValue<'_>>, steps: &[Step]) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut node = Some(root);
    for step in steps {
        node = node.and_then(|node| child(node.get_ref(), step));
        names.push(match step {
            Step::Key(key) => key.clone(),
            Step::Index(index) => node
                .and_then(|node| child(node.get_ref(), &Step::Key("id".to_owned())))
                .and_then(|id| id.get_ref().as_str())
                .filter(|id| !id.is_empty())
                .map_or_else(|| (index + 1).to_string(), str::to_owned),
        });
    }
    names.join(".")
}

/// Line and column, both from 1, the column in characters.
fn position(text: &str, lines: &[usize], at: usize) -> (usize, usize) {
    let at = at.min(text.len());
    let line = lines.partition_point(|start| *start <= at);
    let start = line.checked_sub(1).and_then(|index| lines.get(index)).copied().unwrap_or_default();
    let column = text.get(start..at).map_or(1, |before| before.chars().count() + 1);
    (line.max(1), column)
}
