//! Loads every TOML file of this room and checks it as a whole.
//!
//! Start with [`Content::embedded`], the content that this build carries, or [`Content::load`] for other files.
//! A file is read as a tree with places, held against the schema of its type, and then all
//! files are checked against each other: nothing is usable before everything fits.

mod check;
mod document;
mod problem;
mod schema;
mod shape;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use include_dir::{Dir, File, include_dir};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use problem::LoadProblem;
pub use schema::{FileKind, schema};

use crate::condition::Vocabulary;
use crate::policy::{ClauseNumber, FactDefinition, FactFile, Profile, Requirement, RequirementFile};
use crate::question::{Question, Topic};
use crate::scoring::Criteria;
use document::Document;

static REQUIREMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/requirements");
static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/profiles");
static QUESTIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/questions");
static CRITERIA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/criteria");
const FACTS: &str = include_str!("../../facts.toml");

/// Everything that the municipality's rules, questions and criteria consist of, checked as a whole.
#[derive(Debug, Clone, Serialize)]
pub struct Content {
    /// The catalogue of obligations, by id.
    pub requirements: Vec<Requirement>,
    /// The registration sheet, in the order in which it is asked.
    pub facts: Vec<FactDefinition>,
    /// Policies, by id.
    pub profiles: Vec<Profile>,
    /// Topics of the question bank, in the order in which they are asked.
    pub topics: Vec<Topic>,
    /// Selection criteria, by id.
    pub criteria: Vec<Criteria>,
}

impl Content {
    /// Reads and checks a set of files given as path below `questionnaires/` and text.
    ///
    /// # Errors
    /// Everything that is wrong, ordered by file and line. References between files are only checked once every
    /// file by itself is right.
    pub fn load(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<LoadProblem>> {
        let mut files: Vec<(String, String)> = files.into_iter().collect();
        files.sort();
        let mut problems = Vec::new();
        let mut read = Read::default();
        for (file, text) in &files {
            // Windows editors put a mark before the first character, which TOML does not know.
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if let Err(found) = read.add(file, text) {
                problems.extend(found);
            }
        }
        if problems.is_empty() {
            problems = check::check(&read);
        }
        if problems.is_empty() {
            return Ok(read.into_content());
        }
        problems.sort();
        problems.dedup();
        Err(problems)
    }

    /// The content that this build carries.
    ///
    /// # Errors
    /// As [`Content::load`]; a test keeps what we ship free of problems.
    pub fn embedded() -> Result<Self, Vec<LoadProblem>> {
        let folders = [&REQUIREMENTS, &PROFILES, &QUESTIONS, &CRITERIA].into_iter().zip(FileKind::FOLDERS);
        let files = folders.flat_map(|(folder, name)| {
            let toml = |file: &&File<'_>| file.path().extension().is_some_and(|ending| ending == "toml");
            folder.files().filter(toml).map(move |file| {
                let text = String::from_utf8_lossy(file.contents()).into_owned();
                (format!("{name}/{}", file.path().display()), text)
            })
        });
        Self::load(files.chain([("facts.toml".to_owned(), FACTS.to_owned())]))
    }

    /// A policy by its id.
    #[must_use]
    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// An obligation by its id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// Where a policy states an obligation; `None` where it does not.
    #[must_use]
    pub fn clause_number(&self, profile: &Profile, requirement: &str) -> Option<&ClauseNumber> {
        self.requirement(requirement)?.sources.get(&profile.clause_numbers)
    }

    /// All questions, topic by topic, in the order in which they are asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.topics.iter().flat_map(|topic| &topic.questions)
    }

    /// A question by its id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().find(|question| question.id == id)
    }

    /// Criteria that a policy may use, by id. Never empty for a policy of this content.
    pub fn criteria_for(&self, profile: &str) -> impl Iterator<Item = &Criteria> {
        self.criteria.iter().filter(move |criteria| criteria.profiles.iter().any(|id| id == profile))
    }

    /// The words that conditions may use under a policy.
    #[must_use]
    pub fn vocabulary(&self, profile: &Profile) -> Vocabulary {
        Vocabulary::new(&self.facts, &profile.classes, &profile.paths, self.questions())
    }

    /// Every clause id that questions and policies name, for whoever knows the clauses to check.
    #[must_use]
    pub fn clause_ids(&self) -> BTreeSet<&str> {
        let questions = self.questions().flat_map(|question| &question.clauses);
        let items = self.profiles.iter().flat_map(|profile| &profile.contract_items);
        questions.chain(items.flat_map(|item| &item.clauses)).map(String::as_str).collect()
    }

    /// A text that is the same if and only if the content is the same; hash it to name an edition.
    ///
    /// # Errors
    /// When a value cannot be written as JSON; does not happen with content that was loaded.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        canonical_json(self)
    }
}

/// JSON with the members of every object in order and no white space: equal values give equal texts.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn canonical_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(value)?;
    // A no-op with serde_json's own ordered map; a dependency may switch to one in order of insertion.
    value.sort_all_objects();
    serde_json::to_string(&value)
}

/// A file that fits its schema, with its tree for the places of later problems.
struct Loaded<'t, T> {
    document: Document<'t>,
    value: T,
}

/// All files of a set.
#[derive(Default)]
struct Read<'t> {
    requirements: Vec<Loaded<'t, RequirementFile>>,
    facts: Vec<Loaded<'t, FactFile>>,
    profiles: Vec<Loaded<'t, Profile>>,
    topics: Vec<Loaded<'t, Topic>>,
    criteria: Vec<Loaded<'t, Criteria>>,
}

impl<'t> Read<'t> {
    fn add(&mut self, file: &'t str, text: &'t str) -> Result<(), Vec<LoadProblem>> {
        let Some(kind) = FileKind::of_path(file) else {
            let message = "この場所のファイルは使いません。facts.toml か、requirements、profiles、questions、criteria のいずれかのフォルダーの *.toml にしてください。";
            return Err(vec![LoadProblem {
                file: file.to_owned(),
                line: 0,
                column: 0,
                field: String::new(),
                message: message.to_owned(),
            }]);
        };
        let document = Document::parse(file, text)?;
        match kind {
            FileKind::Facts => self.facts.push(read(document, kind)?),
            FileKind::Requirements => self.requirements.push(read(document, kind)?),
            FileKind::Profile => self.profiles.push(read(document, kind)?),
            FileKind::Topic => self.topics.push(read(document, kind)?),
            FileKind::Criteria => self.criteria.push(read(document, kind)?),
        }
        Ok(())
    }

    fn questions(&self) -> impl Iterator<Item = &Question> {
        self.topics.iter().flat_map(|topic| &topic.value.questions)
    }

    fn vocabulary(&self, profile: &Profile) -> Vocabulary {
        let facts: Vec<FactDefinition> =
            self.facts.iter().flat_map(|file| file.value.facts.iter().cloned()).collect();
        Vocabulary::new(&facts, &profile.classes, &profile.paths, self.questions())
    }

    fn into_content(self) -> Content {
        let mut content = Content {
            requirements: self.requirements.into_iter().flat_map(|file| file.value.requirements).collect(),
            facts: self.facts.into_iter().flat_map(|file| file.value.facts).collect(),
            profiles: self.profiles.into_iter().map(|file| file.value).collect(),
            topics: self.topics.into_iter().map(|file| file.value).collect(),
            criteria: self.criteria.into_iter().map(|file| file.value).collect(),
        };
        content.requirements.sort_by(|left, right| left.id.cmp(&right.id));
        content.profiles.sort_by(|left, right| left.id.cmp(&right.id));
        content.topics.sort_by(|left, right| (left.order, &left.topic).cmp(&(right.order, &right.topic)));
        content.criteria.sort_by(|left, right| left.id.cmp(&right.id));
        content
    }
}

fn read<T: DeserializeOwned>(
    document: Document<'_>,
    kind: FileKind,
) -> Result<Loaded<'_, T>, Vec<LoadProblem>> {
    let json = shape::fit(&document, kind.json_schema())?;
    match serde_json::from_value(json) {
        Ok(value) => Ok(Loaded { document, value }),
        Err(error) => Err(vec![document.spot().problem(format!("内容を読み取れません（{error}）。"))]),
    }
}
