//! Files of a vendor on the score page: beside the answers that cite them, and all together.

use questionnaires::answer::Evidence;
use serde::Serialize;
use store::evidence::Held;

use super::score::Loaded;
use crate::app::App;
use crate::evidence::cite;
use crate::evidence::library::{VersionShown, validity};

/// Evidence that an answer cites.
#[derive(Debug, Clone, Serialize)]
pub struct CitedShown {
    /// Place in the answer.
    pub index: usize,
    /// Its name.
    pub title: String,
    /// Whether staff have seen that it bears the answer out.
    pub confirmed: bool,
    /// The file; none where only a name was given.
    pub file: Option<FileLink>,
}

/// A file that was handed in.
#[derive(Debug, Clone, Serialize)]
pub struct FileRow {
    /// Plain name.
    pub name: String,
    /// The version that counts.
    pub link: FileLink,
    /// How it stands with its validity; empty when there is nothing to say.
    pub validity: String,
    /// How many versions there are.
    pub versions: usize,
    /// Questions that cite it.
    pub questions: Vec<String>,
}

/// A file that staff can open.
#[derive(Debug, Clone, Serialize)]
pub struct FileLink {
    /// Address.
    pub href: String,
    /// The version that counts.
    pub file: VersionShown,
    /// Whether it holds personal data.
    pub personal: bool,
}

/// Evidence of an answer with its file.
pub(super) fn cited(loaded: &Loaded, index: usize, cited: &Evidence) -> CitedShown {
    let held = loaded.held.iter().find(|held| Some(held.evidence.id.as_str()) == cited.file.as_deref());
    CitedShown {
        index,
        title: cited.title.clone(),
        confirmed: cited.confirmed,
        file: held.and_then(|held| link(loaded, held)),
    }
}

fn link(loaded: &Loaded, held: &Held) -> Option<FileLink> {
    let version = held.current()?;
    let (case, assessment) = (&loaded.case.id, &loaded.assessment.id);
    Some(FileLink {
        href: format!(
            "/cases/{case}/assessments/{assessment}/evidence/{}/{}",
            held.evidence.id, version.number
        ),
        file: VersionShown::of(version),
        personal: held.evidence.personal,
    })
}

/// Every file that was handed in.
pub(super) fn rows(app: &App, loaded: &Loaded) -> Vec<FileRow> {
    let row = |held: &Held| {
        let questions = cite::cited_in(&loaded.saved, held.evidence.id.as_str());
        Some(FileRow {
            name: held.evidence.name.clone(),
            link: link(loaded, held)?,
            validity: validity(held.evidence.valid_until.as_ref().map(store::Day::get), app.today()),
            versions: held.versions.len(),
            questions: questions.into_iter().map(str::to_owned).collect(),
        })
    };
    loaded.held.iter().filter_map(row).collect()
}
