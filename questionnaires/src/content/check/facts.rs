//! Checks of the registration sheet.

use std::collections::BTreeMap;

use super::{Check, Spot};
use crate::condition::{KEYWORDS, RESERVED_VALUES, Read as Reads, Scope, is_snake_case};
use crate::policy::{FactDefinition, FactKind};

/// The fact that holds the derived path.
pub(super) const PATH: &str = "path";

impl<'r> Check<'r, '_> {
    fn facts_read(&self) -> impl Iterator<Item = (&'r FactDefinition, Spot<'r>)> + use<'r> {
        self.read.facts.iter().flat_map(|file| {
            let facts = file.value.facts.iter().enumerate();
            facts.map(|(index, fact)| (fact, file.document.spot().item("fact", index)))
        })
    }

    pub(super) fn facts(&mut self) {
        if self.read.facts.is_empty() {
            self.missing_file("facts.toml", "案件登録票 facts.toml がありません。");
            return;
        }
        self.unique(
            "属性",
            self.facts_read().map(|(fact, spot)| (fact.id.as_str(), spot)).collect::<Vec<_>>().into_iter(),
        );
        let profiles = self.all_profiles();
        for (fact, spot) in self.facts_read() {
            self.name(&spot.key("id"), &fact.id);
            let is_path = matches!(fact.kind, FactKind::Path);
            if is_path != (fact.id == PATH) {
                let message = format!(
                    "審査の経路を表す属性は、id を「{PATH}」、type を「path」とする1つだけにしてください。"
                );
                self.problem(&spot, message);
            }
            if let FactKind::Choice { choices } = &fact.kind {
                let list = spot.key("kind").key("choices");
                self.choice_ids(&list, choices.iter().map(|choice| choice.id.as_str()));
            }
            if let FactKind::Text { max_chars: 0 } = fact.kind {
                self.problem(&spot.key("kind").key("max_chars"), "1以上の文字数を書いてください。");
            }
            if let Some(when) = &fact.when {
                let spot = spot.key("when");
                self.condition(&spot, when, Scope::Facts, &profiles);
                self.not_derived(&spot, when);
            }
        }
        if !self.facts_read().any(|(fact, _)| fact.id == PATH) {
            self.missing_file(
                "facts.toml",
                "審査の経路を表す属性（id = \"path\"、type = \"path\"）がありません。",
            );
        }
        self.fact_circles();
    }

    /// A name that conditions can use.
    fn name(&mut self, spot: &Spot<'_>, id: &str) {
        if !is_snake_case(id) {
            self.problem(
                spot,
                format!(
                    "「{id}」は使えません。半角の小文字で始め、小文字、数字、「_」だけで書いてください。"
                ),
            );
        } else if KEYWORDS.contains(&id) {
            self.problem(spot, format!("「{id}」は条件式の言葉と重なるため使えません。"));
        }
    }

    /// Ids of choices: unique, usable as values, at least two.
    pub(super) fn choice_ids<'a>(&mut self, list: &Spot<'_>, ids: impl ExactSizeIterator<Item = &'a str>) {
        if ids.len() < 2 {
            self.problem(list, "選択肢を2つ以上書いてください。");
        }
        let mut seen: Vec<&str> = Vec::new();
        for (index, id) in ids.enumerate() {
            let spot = list.index(index).key("id");
            if !is_snake_case(id) {
                let message = format!(
                    "「{id}」は使えません。半角の小文字で始め、小文字、数字、「_」だけで書いてください。"
                );
                self.problem(&spot, message);
            } else if RESERVED_VALUES.contains(&id) {
                self.problem(&spot, format!("「{id}」は条件式の言葉と重なるため使えません。"));
            }
            if seen.contains(&id) {
                self.problem(&spot, format!("選択肢「{id}」が重複しています。別の id にしてください。"));
            }
            seen.push(id);
        }
    }

    fn fact_circles(&mut self) {
        let mut graph: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (fact, _) in self.facts_read() {
            let reads = fact.when.iter().flat_map(|when| when.references());
            let vocabulary = self.vocabularies.values().next();
            let reads = reads.filter_map(|reference| match vocabulary?.reads(reference).first()? {
                Reads::Fact(id) => Some((*id).to_owned()),
                Reads::Part(..) => None,
            });
            graph.insert(fact.id.clone(), reads.collect());
        }
        for circle in super::circles::find(&graph) {
            let start = circle.first().cloned().unwrap_or_default();
            let Some((_, spot)) = self.facts_read().find(|(fact, _)| fact.id == start) else { continue };
            self.problem(&spot.key("when"), super::circles::message(&circle));
        }
    }
}
