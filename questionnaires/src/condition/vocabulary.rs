//! The names that conditions may use, with their types and Japanese labels.
//!
//! A vocabulary is frozen together with an issued questionnaire, so that an old assessment is still
//! evaluated and explained with the words of its day.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Condition;
use super::syntax::{PartReference, Reference};
use crate::policy::{Class, FactDefinition, FactKind, Path};
use crate::question::{Choice, Column, Input, Part, Question};

/// Types and labels of all facts, questions, parts and choices that conditions may name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vocabulary {
    facts: BTreeMap<String, FactEntry>,
    /// Classes of the policy, lowest first, then the levels of the scale that it has no class of the same name for.
    classes: Vec<Label>,
    /// Level of each of `classes`.
    levels: Vec<usize>,
    /// How many of `classes` are the policy's own.
    own_classes: usize,
    /// Paths of the policy, then the question sets that are no path of it.
    paths: Vec<Label>,
    /// Question sets of each of the policy's own paths.
    sets: Vec<Vec<String>>,
    questions: BTreeMap<String, QuestionEntry>,
}

/// An identifier with what people read in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// As written in conditions.
    pub id: String,
    /// As shown to people.
    pub label: String,
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FactEntry {
    pub label: String,
    pub kind: Kind,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct QuestionEntry {
    pub title: String,
    pub parts: Vec<PartEntry>,
}

/// A part of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PartEntry {
    pub id: String,
    pub label: String,
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    pub kind: Kind,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ColumnEntry {
    pub id: String,
    pub label: String,
    pub required: bool,
    pub kind: Kind,
}

/// What a name stands for, as far as tests of it are concerned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Kind {
    /// Yes or no.
    Flag,
    /// One of fixed choices.
    Choice { choices: Vec<Label> },
    /// Any number of fixed choices.
    Choices { choices: Vec<Label> },
    /// A confidentiality class; the choices and their order are the vocabulary's.
    Class,
    /// An assessment path.
    Path,
    /// A number.
    Number { unit: String },
    /// A date.
    Date,
    /// Country codes.
    Countries,
    /// Text: nothing can be asked but whether it is there.
    Text,
    /// Names of files.
    Files,
    /// Rows.
    Table { columns: Vec<ColumnEntry> },
}

/// What a reference turned out to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target<'a> {
    /// A fact.
    Fact(&'a FactEntry),
    /// One part.
    Part(&'a QuestionEntry, &'a PartEntry),
    /// A question of several parts, by its id alone.
    Question(&'a QuestionEntry),
    /// `.*`
    Parts(&'a QuestionEntry),
    /// A column of a table.
    Column(&'a QuestionEntry, &'a PartEntry, &'a ColumnEntry),
}

/// Why a reference is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Fact,
    Question,
    Part,
    Column,
    NotATable,
}

impl Vocabulary {
    /// Collects the words of a registration sheet, a policy and the questions that may be named.
    pub fn new<'a>(
        facts: &[FactDefinition],
        classes: &[Class],
        paths: &[Path],
        questions: impl Iterator<Item = &'a Question> + Clone,
    ) -> Self {
        let (classes_and_levels, levels) = class_words(facts, classes);
        Self {
            facts: facts
                .iter()
                .map(|fact| {
                    (
                        fact.id.clone(),
                        FactEntry { label: fact.label.clone(), kind: Kind::of_fact(&fact.kind) },
                    )
                })
                .collect(),
            classes: classes_and_levels,
            levels,
            own_classes: classes.len(),
            paths: path_words(paths, questions.clone()),
            sets: paths.iter().map(sets_of).collect(),
            questions: questions
                .map(|question| {
                    let parts = question.parts.iter().map(PartEntry::of).collect();
                    (question.id.clone(), QuestionEntry { title: question.title.clone(), parts })
                })
                .collect(),
        }
    }

    /// Label of a fact.
    #[must_use]
    pub fn fact_label(&self, id: &str) -> Option<&str> {
        self.facts.get(id).map(|fact| fact.label.as_str())
    }

    /// Title of a question.
    #[must_use]
    pub fn question_title(&self, id: &str) -> Option<&str> {
        self.questions.get(id).map(|question| question.title.as_str())
    }

    /// Classes with the policy's names, lowest first.
    #[must_use]
    pub fn classes(&self) -> &[Label] {
        self.classes.get(..self.own_classes).unwrap_or(&self.classes)
    }

    /// Paths with the policy's names.
    #[must_use]
    pub fn paths(&self) -> &[Label] {
        self.paths.get(..self.sets.len()).unwrap_or(&self.paths)
    }

    /// Position of a class or of a level in the order of comparison, 0 for the lowest.
    #[must_use]
    pub fn class_rank(&self, id: &str) -> Option<usize> {
        let index = self.classes.iter().position(|class| class.id == id)?;
        self.levels.get(index).copied()
    }

    /// Whether a value of a kind is what a condition names: a class of the same level, a path that asks the set.
    pub(super) fn same(&self, kind: &Kind, value: &str, named: &str) -> bool {
        match kind {
            Kind::Class => self.class_rank(value) == self.class_rank(named),
            Kind::Path if value != named => {
                let path = self.paths.iter().position(|path| path.id == value);
                let sets = path.and_then(|index| self.sets.get(index));
                sets.is_some_and(|sets| sets.iter().any(|set| set == named))
            }
            _ => value == named,
        }
    }

    /// What a reference reads: the fact, or every part that takes part in its value. Unknown names give nothing.
    #[must_use]
    pub fn reads(&self, reference: &Reference) -> Vec<Read<'_>> {
        let question = match reference {
            Reference::Fact(name) => {
                return self.facts.get_key_value(name).map(|(id, _)| Read::Fact(id)).into_iter().collect();
            }
            Reference::Answer { question, .. } => self.questions.get_key_value(question),
        };
        let (Some((question, _)), Ok(target)) = (question, self.target(reference)) else { return Vec::new() };
        match target {
            Target::Fact(_) => Vec::new(),
            Target::Part(_, part) | Target::Column(_, part, _) => vec![Read::Part(question, &part.id)],
            Target::Question(entry) | Target::Parts(entry) => {
                entry.parts.iter().map(|part| Read::Part(question, &part.id)).collect()
            }
        }
    }

    pub(super) fn facts(&self) -> &BTreeMap<String, FactEntry> {
        &self.facts
    }

    pub(super) fn questions(&self) -> &BTreeMap<String, QuestionEntry> {
        &self.questions
    }

    /// The choices that a value of this kind is one of; empty where it has none.
    pub(super) fn choices<'a>(&'a self, kind: &'a Kind) -> &'a [Label] {
        match kind {
            Kind::Choice { choices } | Kind::Choices { choices } => choices,
            Kind::Class => &self.classes,
            Kind::Path => &self.paths,
            Kind::Flag
            | Kind::Number { .. }
            | Kind::Date
            | Kind::Countries
            | Kind::Text
            | Kind::Files
            | Kind::Table { .. } => &[],
        }
    }

    /// Finds what a reference stands for.
    pub(super) fn target(&self, reference: &Reference) -> Result<Target<'_>, Missing> {
        let (question, part) = match reference {
            Reference::Fact(name) => return self.facts.get(name).map(Target::Fact).ok_or(Missing::Fact),
            Reference::Answer { question, part } => (question, part),
        };
        let question = self.questions.get(question).ok_or(Missing::Question)?;
        let find = |id: &str| question.parts.iter().find(|part| part.id == id).ok_or(Missing::Part);
        match part {
            PartReference::All => Ok(Target::Parts(question)),
            PartReference::Only => Ok(match (question.parts.as_slice(), find("value")) {
                ([only], _) | (_, Ok(only)) => Target::Part(question, only),
                _ => Target::Question(question),
            }),
            PartReference::Named(part) => Ok(Target::Part(question, find(part)?)),
            PartReference::Column(part, column) => {
                let part = find(part)?;
                let Kind::Table { columns } = &part.kind else { return Err(Missing::NotATable) };
                let column = columns.iter().find(|entry| entry.id == *column).ok_or(Missing::Column)?;
                Ok(Target::Column(question, part, column))
            }
        }
    }
}

/// The policy's classes and the other levels of the scale, with the level of each.
fn class_words(facts: &[FactDefinition], classes: &[Class]) -> (Vec<Label>, Vec<usize>) {
    let scale = facts.iter().find_map(|fact| match &fact.kind {
        FactKind::Class { scale } if !scale.is_empty() => Some(scale.as_slice()),
        _ => None,
    });
    let mut words: Vec<Label> = classes.iter().map(|class| label(&class.id, &class.name)).collect();
    let Some(scale) = scale else {
        let levels = (0..words.len()).collect();
        return (words, levels);
    };
    let level_of = |name: &str| scale.iter().position(|level| level == name);
    let mut levels: Vec<usize> = classes
        .iter()
        .map(|class| level_of(class.level.as_deref().unwrap_or(&class.id)).unwrap_or_default())
        .collect();
    for (level, name) in scale.iter().enumerate() {
        if classes.iter().any(|class| class.id == *name) {
            continue;
        }
        // What people read: the lowest class of the policy that reaches the level.
        let reached = levels.iter().zip(classes).find(|(own, _)| **own >= level);
        let text = reached.map(|(_, class)| class.name.clone());
        let beyond =
            || classes.last().map_or_else(|| name.clone(), |top| format!("{}を超える区分", top.name));
        words.push(label(name, &text.unwrap_or_else(beyond)));
        levels.push(level);
    }
    (words, levels)
}

/// The policy's paths and the question sets that are no path of it.
fn path_words<'a>(paths: &[Path], questions: impl Iterator<Item = &'a Question>) -> Vec<Label> {
    let mut words: Vec<Label> = paths.iter().map(|path| label(&path.id, &path.name)).collect();
    let sets: BTreeSet<&str> = questions.flat_map(|question| &question.paths).map(String::as_str).collect();
    for set in sets {
        if paths.iter().any(|path| path.id == set) {
            continue;
        }
        let asking: Vec<&str> =
            paths.iter().filter(|path| path.asks(set)).map(|path| path.name.as_str()).collect();
        let text =
            if asking.is_empty() { "この方針にない経路".to_owned() } else { asking.join("又は") };
        words.push(label(set, &text));
    }
    words
}

fn sets_of(path: &Path) -> Vec<String> {
    if path.asks.is_empty() { vec![path.id.clone()] } else { path.asks.clone() }
}

/// Something that a condition reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read<'a> {
    /// A fact by its id.
    Fact(&'a str),
    /// A part by question id and part id.
    Part(&'a str, &'a str),
}

fn label(id: &str, label: &str) -> Label {
    Label { id: id.to_owned(), label: label.to_owned() }
}

fn choice_labels(choices: &[Choice]) -> Vec<Label> {
    choices.iter().map(|choice| label(&choice.id, &choice.label)).collect()
}

impl PartEntry {
    fn of(part: &Part) -> Self {
        Self {
            id: part.id.clone(),
            label: part.label.clone(),
            required: part.required,
            when: part.when.clone(),
            kind: Kind::of_input(&part.input),
        }
    }
}

impl ColumnEntry {
    fn of(column: &Column) -> Self {
        Self {
            id: column.id.clone(),
            label: column.label.clone(),
            required: column.required,
            kind: Kind::of_input(&column.input),
        }
    }
}

impl Kind {
    fn of_fact(kind: &FactKind) -> Self {
        match kind {
            FactKind::Flag => Self::Flag,
            FactKind::Choice { choices } => Self::Choice {
                choices: choices.iter().map(|choice| label(&choice.id, &choice.label)).collect(),
            },
            FactKind::Class { .. } => Self::Class,
            FactKind::Path => Self::Path,
            FactKind::Number { unit } => Self::Number { unit: unit.clone() },
            FactKind::Date => Self::Date,
            FactKind::Text { .. } => Self::Text,
        }
    }

    fn of_input(input: &Input) -> Self {
        match input {
            Input::Single { choices } => Self::Choice { choices: choice_labels(choices) },
            Input::Multi { choices } => Self::Choices { choices: choice_labels(choices) },
            Input::YesNo { .. } => Self::Flag,
            Input::Text { .. } => Self::Text,
            Input::Number { unit, .. } => Self::Number { unit: unit.clone() },
            Input::Percent { .. } => Self::Number { unit: "％".to_owned() },
            Input::Duration { .. } => Self::Number { unit: "時間".to_owned() },
            Input::Date => Self::Date,
            Input::Countries { .. } => Self::Countries,
            Input::Table { columns, .. } => {
                Self::Table { columns: columns.iter().map(ColumnEntry::of).collect() }
            }
            Input::File { .. } => Self::Files,
        }
    }
}

/// The kinds of question that a condition can put to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// A bare name.
    Flag,
    /// `is`, `is not`, `in`, `not in`
    Equal,
    /// `>=` and the like.
    Order,
    /// `includes …`
    Includes,
    /// `count …`
    Count,
}

impl Kind {
    /// Whether this can be asked of a single value of the kind.
    pub(super) fn suits(&self, ask: Ask) -> bool {
        match ask {
            Ask::Flag => matches!(self, Self::Flag),
            Ask::Equal => matches!(
                self,
                Self::Choice { .. }
                    | Self::Class
                    | Self::Path
                    | Self::Number { .. }
                    | Self::Date
                    | Self::Countries
            ),
            Ask::Order => matches!(self, Self::Class | Self::Number { .. } | Self::Date),
            Ask::Includes => matches!(self, Self::Choices { .. } | Self::Countries),
            Ask::Count => {
                matches!(self, Self::Choices { .. } | Self::Countries | Self::Files | Self::Table { .. })
            }
        }
    }

    /// Whether this can be asked of several values of the kind: together, single choices include something.
    pub(super) fn suits_many(&self, ask: Ask) -> bool {
        self.suits(ask) || (ask == Ask::Includes && matches!(self, Self::Choice { .. }))
    }
}

impl QuestionEntry {
    /// The parts that `.*` stands for: those of the first kind that this can be asked of.
    pub(super) fn parts_for(&self, ask: Ask) -> Vec<&PartEntry> {
        let Some(first) = self.parts.iter().find(|part| part.kind.suits_many(ask)) else { return Vec::new() };
        let kind = std::mem::discriminant(&first.kind);
        self.parts.iter().filter(|part| std::mem::discriminant(&part.kind) == kind).collect()
    }
}
