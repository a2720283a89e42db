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
mod broken;
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
use crate::mapping::Mapping;
use crate::policy::overlay;
use crate::policy::{
    Certification, CertificationFile, ClauseNumber, FactDefinition, FactFile, Means, MeansFile, Profile,
    Requirement, RequirementFile,
};
use crate::question::{EnglishQuestion, EnglishTopic, Question, Topic};
use crate::scoring::Criteria;
use document::Document;

static REQUIREMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/requirements");
static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/profiles");
static QUESTIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/questions");
static CRITERIA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/criteria");
static OVERLAYS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/overlays");
static ENGLISH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/english");
static MAPPINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/mappings");
const FACTS: &str = include_str!("../../facts.toml");
const MEANS: &str = include_str!("../../means.toml");
const CERTIFICATIONS: &str = include_str!("../../certifications.toml");

/// Everything that the municipality's rules, questions and criteria consist of, checked as a whole.
#[derive(Debug, Clone, Serialize)]
pub struct Content {
    /// The catalogue of obligations, by id.
    pub requirements: Vec<Requirement>,
    /// The registration sheet, in the order in which it is asked.
    pub facts: Vec<FactDefinition>,
    /// What meets obligations beside questions and clauses.
    pub means: Vec<Means>,
    /// Policies, by id, each with its editions from the oldest on.
    pub profiles: Vec<Profile>,
    /// Topics of the question bank, in the order in which they are asked.
    pub topics: Vec<Topic>,
    /// Selection criteria, by id.
    pub criteria: Vec<Criteria>,
    /// English twins of topics.
    pub english: Vec<EnglishTopic>,
    /// What is known about certifications.
    pub certifications: Vec<Certification>,
    /// Questions that no certification answers.
    pub never_waived: Vec<String>,
    /// Mappings to control lists of others, by id.
    pub mappings: Vec<Mapping>,
}

impl Content {
    /// Reads and checks a set of files given as path below `questionnaires/` and text.
    ///
    /// # Errors
    /// Everything that is wrong, ordered by file and line. References between files are only checked once every
    /// file by itself is right.
    pub fn load(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<LoadProblem>> {
        Self::load_with(files, true)
    }

    /// The same for a bank that a municipality has changed: an English twin that no longer fits its question is left
    /// out instead of refused.
    ///
    /// # Errors
    /// As [`Content::load`].
    pub fn load_changed(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<LoadProblem>> {
        Self::load_with(files, false)
    }

    fn load_with(
        files: impl IntoIterator<Item = (String, String)>,
        strict_twins: bool,
    ) -> Result<Self, Vec<LoadProblem>> {
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
            problems = read.lay_over();
            if !strict_twins {
                read.drop_lost_twins();
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
        Self::load(Self::embedded_files())
    }

    /// The documented profile from which a municipality's own begins, as the text of its file.
    #[must_use]
    pub fn blank_profile() -> &'static str {
        PROFILES.get_file("blank.toml").and_then(File::contents_utf8).unwrap_or_default()
    }

    /// The files that this build carries, as [`Content::load`] takes them.
    pub fn embedded_files() -> impl Iterator<Item = (String, String)> {
        let folders = [&REQUIREMENTS, &PROFILES, &QUESTIONS, &CRITERIA, &OVERLAYS, &ENGLISH, &MAPPINGS];
        let files = folders.into_iter().zip(FileKind::FOLDERS).flat_map(|(folder, name)| {
            let toml = |file: &&File<'_>| file.path().extension().is_some_and(|ending| ending == "toml");
            folder.files().filter(toml).map(move |file| {
                let text = String::from_utf8_lossy(file.contents()).into_owned();
                (format!("{name}/{}", file.path().display()), text)
            })
        });
        let single = [("facts.toml", FACTS), ("means.toml", MEANS), ("certifications.toml", CERTIFICATIONS)];
        files.chain(single.map(|(name, text)| (name.to_owned(), text.to_owned())))
    }

    /// The newest edition of a policy.
    #[must_use]
    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().rfind(|profile| profile.id == id)
    }

    /// One edition of a policy.
    #[must_use]
    pub fn edition(&self, id: &str, edition: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id && profile.edition == edition)
    }

    /// The edition of a policy that is in force on a day: the last that began. Before the first begins, the first.
    #[must_use]
    pub fn in_force(&self, id: &str, on: jiff::civil::Date) -> Option<&Profile> {
        let mut editions = self.profiles.iter().filter(|profile| profile.id == id);
        let first = editions.next()?;
        Some(editions.take_while(|edition| edition.effective_from <= on).last().unwrap_or(first))
    }

    /// An obligation by its id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// Where a policy states an obligation; `None` where it does not.
    #[must_use]
    pub fn clause_number(&self, profile: &Profile, requirement: &str) -> Option<ClauseNumber> {
        let requirement = self.requirement(requirement)?;
        let own = profile.clauses.get(&requirement.id).map(ClauseNumber::plain);
        own.or_else(|| requirement.sources.get(&profile.clause_numbers).cloned())
    }

    /// A means by its id.
    #[must_use]
    pub fn means(&self, id: &str) -> Option<&Means> {
        self.means.iter().find(|means| means.id == id)
    }

    /// The English twin of a topic.
    #[must_use]
    pub fn english_topic(&self, topic: &str) -> Option<&EnglishTopic> {
        self.english.iter().find(|twin| twin.topic == topic)
    }

    /// The English twin of a question.
    #[must_use]
    pub fn english(&self, question: &str) -> Option<&EnglishQuestion> {
        self.english.iter().flat_map(|topic| &topic.questions).find(|twin| twin.id == question)
    }

    /// What is known about a certification.
    #[must_use]
    pub fn certification(&self, id: &str) -> Option<&Certification> {
        self.certifications.iter().find(|certification| certification.id == id)
    }

    /// All questions, topic by topic, in the order in which they are asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> + Clone {
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
        words_of(profile, &self.facts, self.questions())
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
    means: Vec<Loaded<'t, MeansFile>>,
    overlays: Vec<Loaded<'t, serde_json::Value>>,
    english: Vec<Loaded<'t, EnglishTopic>>,
    certifications: Vec<Loaded<'t, CertificationFile>>,
    mappings: Vec<Loaded<'t, Mapping>>,
    /// Whether questions may lack their English twins.
    twins_may_lack: bool,
}

impl<'t> Read<'t> {
    fn add(&mut self, file: &'t str, text: &'t str) -> Result<(), Vec<LoadProblem>> {
        let Some(kind) = FileKind::of_path(file) else {
            let message = "この場所のファイルは使いません。facts.toml、means.toml、certifications.toml か、requirements、profiles、overlays、questions、english、criteria、mappings のいずれかのフォルダーの *.toml にしてください。";
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
            FileKind::Means => self.means.push(read(document, kind)?),
            FileKind::Overlay => self.overlays.push(read(document, kind)?),
            FileKind::English => self.english.push(read(document, kind)?),
            FileKind::Certifications => self.certifications.push(read(document, kind)?),
            FileKind::Mapping => self.mappings.push(read(document, kind)?),
        }
        Ok(())
    }

    /// Leaves out English texts of questions that have changed or gone.
    fn drop_lost_twins(&mut self) {
        let questions: Vec<Question> = self.questions().cloned().collect();
        for file in &mut self.english {
            file.value.questions.retain(|twin| {
                questions.iter().any(|question| question.id == twin.id && twin.fits(question))
            });
        }
        let kept = |topic: &EnglishTopic| self.topics.iter().any(|own| own.value.topic == topic.topic);
        self.english.retain(|file| kept(&file.value));
        self.twins_may_lack = true;
    }

    /// Makes a profile of every overlay and the edition that it lies on.
    fn lay_over(&mut self) -> Vec<LoadProblem> {
        let mut problems = Vec::new();
        let mut made = Vec::new();
        for overlay in std::mem::take(&mut self.overlays) {
            let spot = overlay.document.spot();
            let text =
                |key: &str| overlay.value.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
            let base = self.profiles.iter().find(|file| {
                file.value.id == text(overlay::BASE) && file.value.edition == text(overlay::BASE_EDITION)
            });
            let Some(base) = base else {
                let editions = self.profiles.iter().map(|file| file.value.name_with_edition());
                let message = format!(
                    "土台とする版「{}@{}」がありません。ある版: {}",
                    text(overlay::BASE),
                    text(overlay::BASE_EDITION),
                    editions.collect::<Vec<_>>().join("、")
                );
                problems.push(spot.key(overlay::BASE).problem(message));
                continue;
            };
            let merged = serde_json::to_value(&base.value).map(|json| overlay::merge(&json, &overlay.value));
            match merged.and_then(serde_json::from_value) {
                Ok(value) => made.push(Loaded { document: overlay.document, value }),
                Err(error) => {
                    let message = format!("土台に重ねると、方針として足りない項目があります（{error}）。");
                    problems.push(spot.problem(message));
                }
            }
        }
        self.profiles.extend(made);
        problems
    }

    fn questions(&self) -> impl Iterator<Item = &Question> + Clone {
        self.topics.iter().flat_map(|topic| &topic.value.questions)
    }

    fn vocabulary(&self, profile: &Profile) -> Vocabulary {
        let facts: Vec<FactDefinition> =
            self.facts.iter().flat_map(|file| file.value.facts.iter().cloned()).collect();
        words_of(profile, &facts, self.questions())
    }

    fn into_content(self) -> Content {
        let mut content = Content {
            requirements: self.requirements.into_iter().flat_map(|file| file.value.requirements).collect(),
            facts: self.facts.into_iter().flat_map(|file| file.value.facts).collect(),
            profiles: self.profiles.into_iter().map(|file| file.value).collect(),
            topics: self.topics.into_iter().map(|file| file.value).collect(),
            criteria: self.criteria.into_iter().map(|file| file.value).collect(),
            means: self.means.into_iter().flat_map(|file| file.value.means).collect(),
            english: self.english.into_iter().map(|file| file.value).collect(),
            certifications: Vec::new(),
            never_waived: Vec::new(),
            mappings: self.mappings.into_iter().map(|file| file.value).collect(),
        };
        for file in self.certifications {
            content.never_waived.extend(file.value.never_waived);
            content.certifications.extend(file.value.certifications);
        }
        content.requirements.sort_by(|left, right| left.id.cmp(&right.id));
        content
            .profiles
            .sort_by(|left, right| (&left.id, left.effective_from).cmp(&(&right.id, right.effective_from)));
        content.english.sort_by(|left, right| left.topic.cmp(&right.topic));
        content.mappings.sort_by(|left, right| left.id.cmp(&right.id));
        content.topics.sort_by(|left, right| (left.order, &left.topic).cmp(&(right.order, &right.topic)));
        content.criteria.sort_by(|left, right| left.id.cmp(&right.id));
        content
    }
}

/// The words of conditions under a policy, labelled in its own terms.
fn words_of<'q>(
    profile: &Profile,
    facts: &[FactDefinition],
    questions: impl Iterator<Item = &'q Question> + Clone,
) -> Vocabulary {
    profile.with_own_words(&Vocabulary::new(facts, &profile.classes, &profile.paths, questions))
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
