//! The kinds of file and their JSON schemas: for editors, and for [`super::shape`].

use std::sync::LazyLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

use crate::mapping::Mapping;
use crate::policy::overlay::{BASE, BASE_EDITION, MERGED_LISTS, WITHOUT};
use crate::policy::{CertificationFile, FactFile, MeansFile, Profile, RequirementFile};
use crate::question::{EnglishTopic, Topic};
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
    /// `means.toml`
    Means,
    /// `overlays/*.toml`
    Overlay,
    /// `english/*.toml`
    English,
    /// `certifications.toml`
    Certifications,
    /// `mappings/*.toml`
    Mapping,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Facts,
        Self::Requirements,
        Self::Profile,
        Self::Topic,
        Self::Criteria,
        Self::Means,
        Self::Overlay,
        Self::English,
        Self::Certifications,
        Self::Mapping,
    ];

    /// Folders, in the order in which [`super::Content::embedded`] reads them.
    pub(super) const FOLDERS: [&str; 7] =
        ["requirements", "profiles", "questions", "criteria", "overlays", "english", "mappings"];

    /// The kind of a file, by its path below `questionnaires/`.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        match path {
            "facts.toml" => return Some(Self::Facts),
            "means.toml" => return Some(Self::Means),
            "certifications.toml" => return Some(Self::Certifications),
            _ => {}
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
            "overlays" => Some(Self::Overlay),
            "english" => Some(Self::English),
            "mappings" => Some(Self::Mapping),
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
            Self::Means => "means.schema.json",
            Self::Overlay => "overlay.schema.json",
            Self::English => "english.schema.json",
            Self::Certifications => "certifications.schema.json",
            Self::Mapping => "mapping.schema.json",
        }
    }

    pub(super) fn json_schema(self) -> &'static Json {
        static SCHEMAS: LazyLock<[Json; 10]> = LazyLock::new(|| FileKind::ALL.map(schema));
        static NONE: Json = Json::Null;
        let index = Self::ALL.iter().position(|kind| *kind == self);
        index.and_then(|index| SCHEMAS.get(index)).unwrap_or(&NONE)
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
        FileKind::Means => generate::<MeansFile>(),
        FileKind::Overlay => overlay(generate::<Profile>()),
        FileKind::English => generate::<EnglishTopic>(),
        FileKind::Certifications => generate::<CertificationFile>(),
        FileKind::Mapping => generate::<Mapping>(),
    }
}

fn generate<T: JsonSchema>() -> Json {
    // TOML is only ever read: fields with a default are optional.
    SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>().to_value()
}

/// The schema of a profile with nothing required but what names the overlay and its base.
fn overlay(mut profile: Json) -> Json {
    let text = serde_json::json!({ "type": "string" });
    let names = serde_json::json!({ "type": "array", "items": text });
    let lists: serde_json::Map<String, Json> =
        MERGED_LISTS.iter().map(|(list, _)| ((*list).to_owned(), names.clone())).collect();
    if let Some(properties) = profile.get_mut("properties").and_then(Json::as_object_mut) {
        let mut add = |name: &str, meaning: &str, mut schema: Json| {
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), meaning.into());
            }
            properties.insert(name.to_owned(), schema);
        };
        add(BASE, "Id of the profile that this one changes.", text.clone());
        add(BASE_EDITION, "Its edition.", text);
        let without = serde_json::json!({
            "type": "object", "properties": lists, "additionalProperties": false,
        });
        add(WITHOUT, "Ids of entries that the base has and this policy has not, by list.", without);
    }
    profile["title"] = "Overlay".into();
    profile["description"] =
        "One file of `overlays/*.toml`: a policy, or an edition, told as what differs from another.".into();
    profile["required"] = serde_json::json!(["id", "name", "edition", "effective_from", BASE, BASE_EDITION]);
    // Entries of the merged lists give what changes and what tells them apart.
    for (entry, key) in [("Class", "id"), ("Path", "id"), ("Role", "id"), ("ContractItem", "number")] {
        profile["$defs"][entry]["required"] = serde_json::json!([key]);
    }
    profile
}
