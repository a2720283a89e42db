//! Checks of requirements, profiles and criteria.

use std::collections::BTreeSet;

use super::{Check, Spot, is_edition, is_kebab_case, is_numbered};
use crate::condition::Scope;
use crate::policy::{Path, Profile, Requirement};
use crate::scoring::{Criteria, PassLine};

/// The starter, whose requirements have no places yet.
const STARTER: &str = "blank";

/// Words that questions, documents and pages take from the policy.
const TERMS: [&str; 12] = [
    "municipality_kind",
    "head",
    "residents",
    "party_a",
    "party_b",
    "self",
    "cloud_service",
    "outsourcing",
    "outsourced_service",
    "class_prefix",
    "contract_word",
    "policy_extract_name",
];

impl<'r> Check<'r, '_> {
    pub(super) fn requirements(&mut self) {
        let mut requirements: Vec<(&Requirement, Spot<'r>)> = Vec::new();
        for file in &self.read.requirements {
            let list = file.value.requirements.iter().enumerate();
            requirements
                .extend(list.map(|(index, item)| (item, file.document.spot().item("requirement", index))));
        }
        let ids: Vec<_> = requirements.iter().map(|(item, spot)| (item.id.as_str(), spot.clone())).collect();
        self.unique("要求事項", ids.into_iter());
        let roles: BTreeSet<&str> =
            self.profiles_read().flat_map(|profile| &profile.roles).map(|role| role.id.as_str()).collect();
        for (requirement, spot) in &requirements {
            let id = &requirement.id;
            if !is_numbered(id, "R-", 3) {
                let message =
                    format!("「{id}」は要求事項の id として使えません。R-077 のように書いてください。");
                self.problem(&spot.key("id"), message);
            }
            if requirement.met_by.is_empty() {
                self.problem(&spot.key("met_by"), "何によって満たすかを1つ以上書いてください。");
            }
            self.exists(&spot.key("addressee"), "役割", &requirement.addressee, roles.iter().copied());
            for (index, role) in requirement.also_addressed.iter().enumerate() {
                self.exists(&spot.item("also_addressed", index), "役割", role, roles.iter().copied());
            }
            self.met_by(requirement, spot);
            for (policy, number) in &requirement.sources {
                let spot = spot.key("sources").key(policy);
                if !is_kebab_case(policy) {
                    self.problem(
                        &spot,
                        format!("「{policy}」は使えません。半角の小文字と数字を「-」でつないでください。"),
                    );
                }
                if number.normalised.as_ref() == Some(&number.printed) {
                    let message = "printed と同じときは normalised を書かないでください。";
                    self.problem(&spot.key("normalised"), message);
                }
            }
        }
        for file in &self.read.profiles {
            let key = &file.value.clause_numbers;
            let known = requirements.iter().any(|(requirement, _)| requirement.sources.contains_key(key));
            if !known && file.value.clauses.is_empty() && file.value.id != STARTER {
                let spot = file.document.spot().key("clause_numbers");
                self.problem(&spot, format!("条番号「{key}」を持つ要求事項が1つもありません。"));
            }
        }
    }

    pub(super) fn profiles(&mut self) {
        if self.read.profiles.is_empty() {
            self.missing_file("profiles", "プロファイル（profiles/*.toml）が1つもありません。");
        }
        for file in &self.read.profiles {
            let profile = &file.value;
            let spot = file.document.spot();
            if !file.document.file.ends_with(&format!("/{}-{}.toml", profile.id, profile.edition)) {
                self.named_as_file(&spot, file.document.file, "id", &profile.id);
            }
            self.edition(&spot, &profile.edition);
            for requirement in profile.clauses.keys() {
                self.requirement_exists(&spot.key("clauses").key(requirement), requirement);
            }
            self.exception_route(profile, &spot);
            for term in TERMS.iter().filter(|term| !profile.terms.contains_key(**term)) {
                self.problem(&spot.key("terms"), format!("用語「{term}」がありません。"));
            }
            self.classes(profile, &spot);
            let roles = profile.roles.iter().enumerate();
            let roles: Vec<_> =
                roles.map(|(index, role)| (role.id.as_str(), spot.item("role", index))).collect();
            self.unique("役割", roles.into_iter());
            let paths = profile.paths.iter().enumerate();
            let paths: Vec<_> =
                paths.map(|(index, path)| (path.id.as_str(), spot.item("path", index))).collect();
            self.unique("経路", paths.into_iter());
            if profile.paths.is_empty() {
                self.problem(&spot.key("path"), "審査の経路を1つ以上書いてください。");
            }
            for (index, path) in profile.paths.iter().enumerate() {
                self.path(profile, path, &spot.item("path", index));
            }
            self.contract_items(profile, &spot);
        }
    }

    fn edition(&mut self, spot: &Spot<'_>, edition: &str) {
        if !is_edition(edition) {
            let message =
                format!("「{edition}」は版として読めません。2026-04 のように年と月で書いてください。");
            self.problem(&spot.key("edition"), message);
        }
    }

    fn classes(&mut self, profile: &Profile, spot: &Spot<'_>) {
        if profile.classes.is_empty() {
            self.problem(&spot.key("class"), "機密性の区分を1つ以上、低いものから順に書いてください。");
        }
        let classes = profile.classes.iter().enumerate();
        let ids: Vec<_> =
            classes.map(|(index, class)| (class.id.as_str(), spot.item("class", index))).collect();
        let scale: Vec<&str> = self.scale().collect();
        for (class, (_, spot)) in profile.classes.iter().zip(&ids) {
            match class.level.as_deref() {
                Some(level) => self.exists(&spot.key("level"), "水準", level, scale.iter().copied()),
                None if !scale.is_empty() && !scale.contains(&class.id.as_str()) => {
                    let message = format!(
                        "区分「{}」の水準を level に書いてください。水準: {}",
                        class.id,
                        scale.join("、")
                    );
                    self.problem(spot, message);
                }
                None => {}
            }
        }
        for (id, spot) in &ids {
            if !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                self.problem(
                    &spot.key("id"),
                    format!("「{id}」は使えません。3B のように半角の英数字だけで書いてください。"),
                );
            }
        }
        self.unique("区分", ids.into_iter());
    }

    fn exception_route(&mut self, profile: &Profile, spot: &Spot<'_>) {
        let Some(route) = &profile.exception_route else { return };
        let spot = spot.key("exception_route");
        self.requirement_exists(&spot.key("requirement"), &route.requirement);
        for (index, role) in route.roles.iter().enumerate() {
            let known = profile.roles.iter().map(|role| role.id.as_str());
            self.exists(&spot.item("roles", index), "役割", role, known);
        }
    }

    fn path(&mut self, profile: &Profile, path: &Path, spot: &Spot<'_>) {
        if !path.id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message =
                format!("「{}」は使えません。P2a のように半角の英数字だけで書いてください。", path.id);
            self.problem(&spot.key("id"), message);
        }
        let when = spot.key("when");
        self.condition(&when, &path.when, Scope::Facts, &[profile.id.as_str()]);
        self.not_derived(&when, &path.when);
        self.requirement_exists(&spot.key("requirement"), &path.requirement);
        let known = || profile.roles.iter().map(|role| role.id.as_str());
        for (key, roles) in [("applicants", &path.applicants), ("evaluators", &path.evaluators)] {
            for (index, role) in roles.iter().enumerate() {
                self.exists(&spot.item(key, index), "役割", role, known());
            }
        }
        for (index, step) in path.approval.iter().enumerate() {
            let spot = spot.item("approval", index);
            self.requirement_exists(&spot.key("requirement"), &step.requirement);
            if step.roles.is_empty() {
                self.problem(&spot.key("roles"), "この段階で決裁する役割を1つ以上書いてください。");
            }
            for (index, role) in step.roles.iter().enumerate() {
                self.exists(&spot.item("roles", index), "役割", role, known());
            }
        }
    }

    fn contract_items(&mut self, profile: &Profile, spot: &Spot<'_>) {
        for ((number, item), index) in (1..).zip(&profile.contract_items).zip(0..) {
            let spot = spot.item("contract_item", index);
            if item.number != number {
                let message = format!("番号は1から順に付けてください。ここは {number} です。");
                self.problem(&spot.key("number"), message);
            }
            self.requirement_exists(&spot.key("requirement"), &item.requirement);
            if item.clauses.is_empty() {
                self.problem(&spot.key("clauses"), "この事項を満たす条項を1つ以上書いてください。");
            }
            for (index, clause) in item.clauses.iter().enumerate() {
                self.clause_form(&spot.item("clauses", index), clause);
            }
        }
    }

    pub(super) fn criteria(&mut self) {
        let mut levels = Vec::new();
        for file in &self.read.criteria {
            let spot = file.document.spot();
            self.named_as_file(&spot, file.document.file, "id", &file.value.id);
            self.edition(&spot, &file.value.edition);
            let known = self.all_profiles();
            if file.value.profiles.is_empty() {
                self.problem(
                    &spot.key("profiles"),
                    "この選定基準を使うプロファイルを1つ以上書いてください。",
                );
            }
            for (index, profile) in file.value.profiles.iter().enumerate() {
                self.exists(&spot.item("profiles", index), "プロファイル", profile, known.iter().copied());
            }
            self.evidence_factor(&file.value, &spot);
            self.pass_lines(&file.value, &spot);
            let profiles: Vec<&str> = file.value.profiles.iter().map(String::as_str).collect();
            for (index, level) in file.value.minimum_levels.iter().enumerate() {
                let spot = spot.item("minimum_level", index);
                if !is_numbered(&level.id, "MIN-", 2) {
                    let message = format!("「{}」は使えません。MIN-01 のように書いてください。", level.id);
                    self.problem(&spot.key("id"), message);
                }
                self.condition(&spot.key("when"), &level.when, Scope::Answers, &profiles);
                self.requirement_exists(&spot.key("requirement"), &level.requirement);
                levels.push((level.id.as_str(), spot));
            }
            self.unique("最低水準", std::mem::take(&mut levels).into_iter());
        }
        for file in &self.read.profiles {
            let id = &file.value.id;
            let mut criteria = self.read.criteria.iter().flat_map(|file| &file.value.profiles);
            if !criteria.any(|profile| profile == id) {
                let message = format!(
                    "プロファイル「{id}」を profiles に挙げた選定基準（criteria/*.toml）がありません。"
                );
                self.problem(&file.document.spot().key("id"), message);
            }
        }
    }

    fn evidence_factor(&mut self, criteria: &Criteria, spot: &Spot<'_>) {
        let factor = &criteria.evidence_factor;
        let spot = spot.key("evidence_factor");
        if factor.confirmed > 1000 {
            self.problem(&spot.key("confirmed"), "証跡係数は千分率です。1000以下で書いてください。");
        }
        if factor.declared > factor.confirmed {
            self.problem(
                &spot.key("declared"),
                "自己申告の係数は、証跡を確認したときの係数以下にしてください。",
            );
        }
        if factor.expired > factor.declared {
            self.problem(&spot.key("expired"), "期限切れの係数は、自己申告の係数以下にしてください。");
        }
    }

    fn pass_lines(&mut self, criteria: &Criteria, spot: &Spot<'_>) {
        if criteria.pass_lines.is_empty() {
            self.problem(&spot.key("pass_line"), "合格線を1つ以上書いてください。");
        }
        let profiles: Vec<&str> = criteria.profiles.iter().map(String::as_str).collect();
        let last = criteria.pass_lines.len().saturating_sub(1);
        for (index, line) in criteria.pass_lines.iter().enumerate() {
            let spot = spot.item("pass_line", index);
            match &line.when {
                Some(when) => self.condition(&spot.key("when"), when, Scope::Facts, &profiles),
                None if index != last => {
                    self.problem(
                        &spot,
                        "when のない合格線は最後に置いてください。これより後の合格線は使われません。",
                    );
                }
                None => {}
            }
            if index == last && line.when.is_some() {
                let message = "最後の合格線には when を書かないでください。どの条件にも当たらない案件の合格線が要ります。";
                self.problem(&spot.key("when"), message);
            }
            self.pass_line(line, &spot);
        }
    }

    fn pass_line(&mut self, line: &PassLine, spot: &Spot<'_>) {
        for (key, percent) in
            [("pass", line.pass), ("section", line.section), ("conditional", line.conditional)]
        {
            if percent > 100 {
                self.problem(&spot.key(key), "百分率です。0以上100以下の整数で書いてください。");
            }
        }
        if line.conditional > line.pass {
            self.problem(&spot.key("conditional"), "条件付適の合格線は、適の合格線以下にしてください。");
        }
    }
}
