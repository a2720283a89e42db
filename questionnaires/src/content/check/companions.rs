//! Checks of what stands beside the bank: means, English twins, certifications, mappings, terms in texts.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::Document;
use super::{Check, LoadProblem, Spot};
use crate::policy::{MetBy, Requirement, words};
use crate::question::{EnglishQuestion, EnglishTopic, Input, Question, wanted_in_english};

/// The question whose choices are certifications.
const CERTIFICATIONS_ASKED: (&str, &str) = ("CRT-01", "kinds");

impl<'r> Check<'r, '_> {
    pub(super) fn means(&mut self) {
        let mut ids = Vec::new();
        for file in &self.read.means {
            for (index, means) in file.value.means.iter().enumerate() {
                let spot = file.document.spot().item("means", index);
                if matches!(means.kind, MetBy::Question | MetBy::Clause) {
                    let message = "設問と契約条項は、それぞれのファイルから要求事項に結び付けます。";
                    self.problem(&spot.key("kind"), message);
                }
                ids.push((means.id.as_str(), spot));
            }
        }
        self.unique("手段", ids.into_iter());
    }

    /// For each kind of means that a requirement declares, one of that kind, and the other way round.
    pub(super) fn met_by(&mut self, requirement: &Requirement, spot: &Spot<'_>) {
        let kinds: BTreeMap<&str, MetBy> = self.kinds_of_means();
        let mut named = BTreeSet::new();
        for (index, id) in requirement.by.iter().enumerate() {
            let spot = spot.item("by", index);
            self.exists(&spot, "手段", id, kinds.keys().copied());
            let Some(kind) = kinds.get(id.as_str()) else { continue };
            named.insert(*kind);
            if !requirement.met_by.contains(kind) {
                let message = format!("「{id}」の種類（{}）を met_by に書いてください。", name_of(*kind));
                self.problem(&spot, message);
            }
        }
        let known: BTreeSet<MetBy> = kinds.into_values().collect();
        for kind in requirement.met_by.iter().filter(|kind| known.contains(kind) && !named.contains(kind)) {
            // Criteria are also met by knock-outs and minimum levels, which name the requirement themselves.
            if *kind != MetBy::Criterion {
                let message = format!("種類「{}」の手段を by に1つ以上書いてください。", name_of(*kind));
                self.problem(&spot.key("met_by"), message);
            }
        }
    }

    fn kinds_of_means(&self) -> BTreeMap<&'r str, MetBy> {
        let means = self.read.means.iter().flat_map(|file| &file.value.means);
        means.map(|means| (means.id.as_str(), means.kind)).collect()
    }

    pub(super) fn english(&mut self) {
        for file in &self.read.english {
            let spot = file.document.spot();
            self.named_as_file(&spot, file.document.file, "topic", &file.value.topic);
            let topic = self.read.topics.iter().find(|topic| topic.value.topic == file.value.topic);
            let Some(topic) = topic else {
                let topics = self.read.topics.iter().map(|topic| topic.value.topic.as_str());
                self.exists(&spot.key("topic"), "分野", &file.value.topic, topics);
                continue;
            };
            self.same_questions(&topic.value.questions, &file.value, &spot);
            for (index, twin) in file.value.questions.iter().enumerate() {
                let question = topic.value.questions.iter().find(|question| question.id == twin.id);
                if let Some(question) = question {
                    self.twin(question, twin, &spot.item("question", index));
                }
            }
        }
    }

    fn same_questions(&mut self, questions: &[Question], twins: &EnglishTopic, spot: &Spot<'_>) {
        for question in questions {
            if !self.read.twins_may_lack && !twins.questions.iter().any(|twin| twin.id == question.id) {
                self.problem(&spot.key("question"), format!("設問「{}」の英文がありません。", question.id));
            }
        }
        let mut seen = Vec::new();
        for (index, twin) in twins.questions.iter().enumerate() {
            let spot = spot.item("question", index);
            let known = questions.iter().map(|question| question.id.as_str());
            self.exists(&spot.key("id"), "設問", &twin.id, known);
            seen.push((twin.id.as_str(), spot));
        }
        self.unique("設問", seen.into_iter());
    }

    /// Every text has its twin, and there is no twin of nothing.
    fn twin(&mut self, question: &Question, twin: &EnglishQuestion, spot: &Spot<'_>) {
        let wanted = wanted_in_english(question);
        for (table, key) in &wanted {
            if twin.text_of(table, key).is_none_or(|text| text.trim().is_empty()) {
                self.problem(&spot.key(table), format!("「{key}」の英文がありません。"));
            }
        }
        for (table, texts) in twin.tables() {
            for key in texts.keys() {
                if !wanted.iter().any(|(name, wanted)| *name == table && wanted == key) {
                    let message = format!("「{key}」に当たるものが、日本語の設問にありません。");
                    self.problem(&spot.key(table).key(key), message);
                }
            }
        }
        if twin.terms.len() != question.terms.len() {
            let message = format!("用語は日本語の設問と同じ{}個にしてください。", question.terms.len());
            self.problem(&spot.key("term"), message);
        }
    }

    pub(super) fn certifications(&mut self) {
        let questions: BTreeSet<&str> = self.read.questions().map(|question| question.id.as_str()).collect();
        let levels: Vec<&str> = self.scale().collect();
        for file in &self.read.certifications {
            let spot = file.document.spot();
            for (index, id) in file.value.never_waived.iter().enumerate() {
                self.exists(&spot.item("never_waived", index), "設問", id, questions.iter().copied());
            }
            let mut ids = Vec::new();
            for (index, certification) in file.value.certifications.iter().enumerate() {
                let spot = spot.item("certification", index);
                if let Some(level) = &certification.highest_class {
                    self.exists(&spot.key("highest_class"), "区分", level, levels.iter().copied());
                }
                for (index, id) in certification.waives.iter().enumerate() {
                    let spot = spot.item("waives", index);
                    self.exists(&spot, "設問", id, questions.iter().copied());
                    if file.value.never_waived.contains(id) {
                        let message = format!("「{id}」は、認証によって省略できない設問です。");
                        self.problem(&spot, message);
                    }
                }
                self.number_form(
                    &spot,
                    certification.number_pattern.as_deref(),
                    certification.number_example.as_deref(),
                );
                ids.push((certification.id.as_str(), spot));
            }
            self.unique("認証", ids.iter().cloned());
            if !ids.is_empty() {
                let ids: Vec<&str> = ids.into_iter().map(|(id, _)| id).collect();
                self.every_choice_is_known(&ids);
            }
        }
    }

    fn number_form(&mut self, spot: &Spot<'_>, pattern: Option<&str>, example: Option<&str>) {
        let Some(pattern) = pattern else { return };
        match regex_lite::Regex::new(pattern) {
            Err(_) => self.problem(&spot.key("number_pattern"), "正規表現として読めません。"),
            Ok(regex) if !example.is_some_and(|example| regex.is_match(example)) => {
                let message = "number_pattern に合う番号の例を書いてください。";
                self.problem(&spot.key("number_example"), message);
            }
            Ok(_) => {}
        }
    }

    /// Choices of the question on certifications, but 「ない」, name certifications joined by `_`.
    fn every_choice_is_known(&mut self, known: &[&str]) {
        let (asked, part) = CERTIFICATIONS_ASKED;
        for file in &self.read.topics {
            for (index, question) in file.value.questions.iter().enumerate() {
                let Some(part) = question.parts.iter().find(|own| question.id == asked && own.id == part)
                else {
                    continue;
                };
                let Input::Multi { choices } = &part.input else { continue };
                for choice in choices.iter().filter(|choice| choice.id != "none") {
                    let spot = file.document.spot().item("question", index);
                    self.exists(&spot, "認証", &choice.id, known.iter().copied());
                }
            }
        }
    }

    pub(super) fn mappings(&mut self) {
        let questions: BTreeSet<&str> = self.read.questions().map(|question| question.id.as_str()).collect();
        for file in &self.read.mappings {
            let spot = file.document.spot();
            self.named_as_file(&spot, file.document.file, "id", &file.value.id);
            let mut ids = Vec::new();
            for (index, control) in file.value.controls.iter().enumerate() {
                let spot = spot.item("control", index);
                for (index, id) in control.questions.iter().enumerate() {
                    self.exists(&spot.item("questions", index), "設問", id, questions.iter().copied());
                }
                if control.questions.is_empty() != control.relation.is_none() {
                    let message = "設問があるときは relation を書き、ないときは書かないでください。";
                    self.problem(&spot.key("relation"), message);
                }
                ids.push((control.id.as_str(), spot));
            }
            self.unique("項目", ids.into_iter());
        }
    }

    /// 〔name〕 in any text stands for a term that every policy has.
    pub(super) fn terms_in_texts(&mut self) {
        let known: BTreeSet<String> = {
            let mut profiles = self.profiles_read().map(|profile| profile.terms.keys().cloned().collect());
            let first: BTreeSet<String> = profiles.next().unwrap_or_default();
            profiles.fold(first, |known, terms| known.intersection(&terms).cloned().collect())
        };
        let read = self.read;
        let documents = read
            .facts
            .iter()
            .map(|file| &file.document)
            .chain(read.topics.iter().map(|file| &file.document))
            .chain(read.requirements.iter().map(|file| &file.document))
            .chain(read.means.iter().map(|file| &file.document))
            .chain(read.criteria.iter().map(|file| &file.document));
        for document in documents {
            self.terms_in(document, &known);
        }
    }

    fn terms_in(&mut self, document: &Document<'_>, known: &BTreeSet<String>) {
        for (at, name) in words::names(document.text) {
            if !known.contains(name) {
                let names = known.iter().map(String::as_str).collect::<Vec<_>>().join("、");
                let message =
                    format!("「{name}」という用語は、全ての方針に共通ではありません。共通の用語: {names}");
                self.problems.push(document.problem(&[], at, message));
            }
        }
    }

    /// Levels that conditions may name under every policy.
    pub(super) fn scale(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let facts = self.read.facts.iter().flat_map(|file| &file.value.facts);
        facts
            .filter_map(|fact| match &fact.kind {
                crate::policy::FactKind::Class { scale } => Some(scale),
                _ => None,
            })
            .flatten()
            .map(String::as_str)
    }

    /// Two editions of one policy that begin on the same day or carry the same name.
    pub(super) fn editions(&mut self) {
        let mut names = BTreeSet::new();
        let mut days = BTreeSet::new();
        let mut problems: Vec<LoadProblem> = Vec::new();
        for file in &self.read.profiles {
            let profile = &file.value;
            if !names.insert((profile.id.as_str(), profile.edition.as_str())) {
                let message = format!("版「{}」が重複しています。", profile.name_with_edition());
                problems.push(file.document.spot().key("edition").problem(message));
            } else if !days.insert((profile.id.as_str(), profile.effective_from)) {
                let message = format!("「{}」には、同じ日に施行する版が既にあります。", profile.id);
                problems.push(file.document.spot().key("effective_from").problem(message));
            }
        }
        self.problems.extend(problems);
    }
}

/// As written in files.
fn name_of(kind: MetBy) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
