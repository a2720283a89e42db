//! From facts to class and path.

use super::{Class, Facts, Path, Profile};
use crate::answer::AnswerSheet;
use crate::condition::{Subject, Vocabulary};

/// The highest of the named classes: what is mixed is handled as its most sensitive part.
#[must_use]
pub fn highest_class<'a>(profile: &'a Profile, ids: &[&str]) -> Option<&'a Class> {
    profile.classes.iter().rev().find(|class| ids.contains(&class.id.as_str()))
}

/// The first path whose condition the facts fulfil; none while a fact that decides is missing.
#[must_use]
pub fn derive_path<'a>(profile: &'a Profile, vocabulary: &Vocabulary, facts: &Facts) -> Option<&'a Path> {
    let mut facts = facts.clone();
    // A path decided earlier must not decide itself.
    facts.0.remove("path");
    let subject = Subject { vocabulary, facts: &facts, answers: &AnswerSheet::default() };
    profile.paths.iter().find(|path| path.when.holds(&subject))
}
