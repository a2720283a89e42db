//! Checks across files: names that must exist, numbers that must fit, conditions that must type-check.

mod circles;
mod companions;
mod facts;
mod policies;
mod questions;

use std::collections::{BTreeMap, BTreeSet};

use super::document::Spot;
use super::{LoadProblem, Read};
use crate::condition::{Condition, Reference, Scope, Vocabulary, suggestion};
use crate::policy::Profile;

/// Everything that is wrong with a set of files that each fit their schema.
pub(super) fn check(read: &Read<'_>) -> Vec<LoadProblem> {
    let mut check = Check::new(read);
    check.facts();
    check.means();
    check.requirements();
    check.profiles();
    check.editions();
    check.topics();
    check.criteria();
    check.english();
    check.certifications();
    check.mappings();
    check.terms_in_texts();
    check.circles();
    check.problems
}

/// The names that files may refer to, and what was found so far.
struct Check<'r, 't> {
    read: &'r Read<'t>,
    requirements: BTreeSet<&'r str>,
    /// By profile id and edition.
    vocabularies: BTreeMap<(&'r str, &'r str), Vocabulary>,
    problems: Vec<LoadProblem>,
}

impl<'r, 't> Check<'r, 't> {
    fn new(read: &'r Read<'t>) -> Self {
        let requirements = read.requirements.iter().flat_map(|file| &file.value.requirements);
        let profiles = read.profiles.iter().map(|file| &file.value);
        Self {
            read,
            requirements: requirements.map(|requirement| requirement.id.as_str()).collect(),
            vocabularies: profiles
                .map(|profile| ((profile.id.as_str(), profile.edition.as_str()), read.vocabulary(profile)))
                .collect(),
            problems: Vec::new(),
        }
    }

    fn profiles_read(&self) -> impl Iterator<Item = &'r Profile> + use<'r, 't> {
        self.read.profiles.iter().map(|file| &file.value)
    }

    fn problem(&mut self, spot: &Spot<'_>, message: impl Into<String>) {
        self.problems.push(spot.problem(message));
    }

    /// A problem of the set as a whole, told at a place where it can be mended.
    fn missing_file(&mut self, file: &str, message: &str) {
        self.problems.push(LoadProblem {
            file: file.to_owned(),
            line: 0,
            column: 0,
            field: String::new(),
            message: message.to_owned(),
        });
    }

    /// Something by its id in a list that was read before.
    fn exists<'a>(
        &mut self,
        spot: &Spot<'_>,
        what: &str,
        id: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let known: BTreeSet<&str> = known.into_iter().collect();
        if known.contains(id) {
            return;
        }
        let hint = suggestion(id, known.into_iter());
        let hint = hint.map_or_else(String::new, |name| format!("「{name}」ではありませんか。"));
        self.problem(spot, format!("「{id}」という{what}はありません。{hint}"));
    }

    fn requirement_exists(&mut self, spot: &Spot<'_>, id: &str) {
        if !self.requirements.contains(id) {
            let known = self.requirements.clone();
            self.exists(spot, "要求事項", id, known);
        }
    }

    /// Ids of one list must differ.
    fn unique<'a>(&mut self, what: &str, ids: impl Iterator<Item = (&'a str, Spot<'a>)>) {
        let mut seen = BTreeSet::new();
        for (id, spot) in ids {
            if !seen.insert(id) {
                self.problem(
                    &spot.key("id"),
                    format!("{what}「{id}」が重複しています。別の id にしてください。"),
                );
            }
        }
    }

    /// The id of a file is its name.
    fn named_as_file(&mut self, spot: &Spot<'_>, file: &str, key: &str, id: &str) {
        let name = file.rsplit('/').next().unwrap_or(file);
        let stem = name.strip_suffix(".toml").unwrap_or(name);
        let spot = spot.key(key);
        if stem != id {
            self.problem(
                &spot,
                format!("{key} はファイル名と同じ「{stem}」にしてください（「{id}」と書かれています）。"),
            );
        }
        if !is_kebab_case(id) {
            self.problem(
                &spot,
                format!("「{id}」は使えません。半角の小文字と数字を「-」でつないでください。"),
            );
        }
    }

    /// A condition against the words of every policy that it may meet, in all its editions.
    fn condition(&mut self, spot: &Spot<'_>, condition: &Condition, scope: Scope, profiles: &[&str]) {
        let mut found: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        let vocabularies = self.vocabularies.iter().filter(|((id, _), _)| profiles.contains(id));
        let count = vocabularies.clone().count();
        for ((id, edition), vocabulary) in vocabularies {
            for error in condition.check(vocabulary, scope) {
                let entry =
                    found.entry(error.to_string()).or_insert_with(|| (error.word.clone(), Vec::new()));
                entry.1.push(format!("{id}@{edition}"));
            }
        }
        for (message, (word, ids)) in found {
            let message = if ids.len() == count {
                message
            } else {
                format!("プロファイル{}では、{message}", ids.join("、"))
            };
            self.problems.push(spot.problem_at_word(&word, message));
        }
    }

    /// Ids of all policies.
    fn all_profiles(&self) -> Vec<&'r str> {
        let ids: BTreeSet<&str> = self.profiles_read().map(|profile| profile.id.as_str()).collect();
        ids.into_iter().collect()
    }

    /// Refuses conditions that read a fact which is only derived afterwards.
    fn not_derived(&mut self, spot: &Spot<'_>, condition: &Condition) {
        let derived: Vec<&Reference> = condition
            .references()
            .filter(|reference| matches!(reference, Reference::Fact(name) if name == facts::PATH))
            .collect();
        for reference in derived {
            let message = format!("「{reference}」は他の属性から決まるものなので、ここでは使えません。");
            self.problems.push(spot.problem_at_word(&reference.to_string(), message));
        }
    }
}

/// `data-location`
fn is_kebab_case(text: &str) -> bool {
    text.split('-')
        .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
        && text.starts_with(|c: char| c.is_ascii_lowercase())
}

/// A prefix with a fixed number of digits: `R-077`, `CL-17`, `MIN-01`.
fn is_numbered(text: &str, prefix: &str, digits: usize) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|number| number.len() == digits && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `2026-04`
fn is_edition(text: &str) -> bool {
    format!("{text}-01")
        .parse::<jiff::civil::Date>()
        .is_ok_and(|date| date.to_string() == format!("{text}-01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_ids() {
        assert!(is_kebab_case("data-location") && is_kebab_case("p3"));
        for wrong in ["", "Data", "data_location", "data--location", "-data", "3b", "所在"] {
            assert!(!is_kebab_case(wrong), "{wrong}");
        }
        assert!(is_numbered("R-077", "R-", 3));
        assert!(!is_numbered("R-77", "R-", 3) && !is_numbered("CL-0７", "CL-", 2));
        assert!(is_edition("2026-04"));
        assert!(!is_edition("2026-13") && !is_edition("2026-4") && !is_edition("2026"));
    }
}
