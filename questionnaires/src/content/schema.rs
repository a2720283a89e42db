//! The kinds of file and their JSON schemas: for editors, and for [`super::shape`].

use std::sync::LazyLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

use crate::policy::{FactFile, Profile, RequirementFile};
use crate::question::Topic;
use crate::scoring::Criteria;

/// A kind of TOML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `facts.toml`
    Facts,
    /// `requirements/*.toml`
    Requirements,
    /// `profiles/*.toml`
    Profile,
    /// `questions/*.toml`
    Topic,
    /// `criteria/*.toml`
    Criteria,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Facts, Self::Requirements, Self::Profile, Self::Topic, Self::Criteria];

    /// Folders, in the order in which [`super::Content::embedded`] reads them.
    pub(super) const FOLDERS: [&str; 4] = ["requirements", "profiles", "questions", "criteria"];

    /// The kind of a file, by its path below `questionnaires/`.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        if path == "facts.toml" {
            return Some(Self::Facts);
        }
        let (folder, name) = path.split_once('/')?;
        if name.contains('/') || !name.ends_with(".toml") {
            return None;
        }
        match folder {
            "requirements" => Some(Self::Requirements),
            "profiles" => Some(Self::Profile),
            "questions" => Some(Self::Topic),
            "criteria" => Some(Self::Criteria),
            _ => None,
        }
    }

    /// File name below `questionnaires/schemas/`.
    #[must_use]
    pub fn schema_file(self) -> &'static str {
        match self {
            Self::Facts => "facts.schema.json",
            Self::Requirements => "requirements.schema.json",
            Self::Profile => "profile.schema.json",
            Self::Topic => "topic.schema.json",
            Self::Criteria => "criteria.schema.json",
        }
    }

    pub(super) fn json_schema(self) -> &'static Json {
        static SCHEMAS: LazyLock<[Json; 5]> = LazyLock::new(|| FileKind::ALL.map(schema));
        let [facts, requirements, profile, topic, criteria] = &*SCHEMAS;
        match self {
            Self::Facts => facts,
            Self::Requirements => requirements,
            Self::Profile => profile,
            Self::Topic => topic,
            Self::Criteria => criteria,
        }
    }
}

/// The JSON schema of a kind of file. `questionnaires/schemas/` holds copies for editors.
#[must_use]
pub fn schema(kind: FileKind) -> Json {
    match kind {
        FileKind::Facts => generate::<FactFile>(),
        FileKind::Requirements => generate::<RequirementFile>(),
        FileKind::Profile => generate::<Profile>(),
        FileKind::Topic => generate::<Topic>(),
        FileKind::Criteria => generate::<Criteria>(),
    }
}

fn generate<T: JsonSchema>() -> Json {
    // TOML is only ever read: fields with a default are optional.
    SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>().to_value()
}
