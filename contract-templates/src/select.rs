//! Which clauses are in, in which variant, and why.

use questionnaires::condition::Subject;
use questionnaires::policy::Profile;
use serde::{Deserialize, Serialize};

use crate::library::{Clause, ClauseRule, Library, Variant};

/// What staff decided against or beside the rule.
#[derive(Debug, Clone)]
pub struct Switch {
    /// Clause id.
    pub clause: String,
    /// What they decided.
    pub setting: Setting,
    /// Variant chosen.
    pub variant: Option<String>,
    /// Why; never empty.
    pub reason: String,
    /// Who.
    pub by: String,
}

/// A decision on a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// In.
    On,
    /// Out.
    Off,
    /// As the rule says.
    Automatic,
}

/// The outcome for every clause, in document order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Selection {
    /// One entry a clause.
    pub entries: Vec<Entry>,
}

/// The outcome for one clause.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Clause id.
    pub clause: String,
    /// Heading.
    pub heading: String,
    /// Whether it is in.
    pub included: bool,
    /// Variant id.
    pub variant: String,
    /// Variant name.
    pub variant_name: String,
    /// Why it is in or out.
    pub reason: String,
    /// Why this variant.
    pub variant_reason: String,
    /// The rule behind the variant.
    pub rule: Option<String>,
    /// The facts and answers that decided, in words.
    pub because: String,
    /// Variants that would apply too and gave way to the stricter one.
    pub overruled: Vec<String>,
    /// Requirements.
    pub requirements: Vec<String>,
    /// Number in the policy's list of contract items; known once the selection is [`Selection::under`] a policy.
    pub contract_item: Option<u32>,
    /// Whether staff decided, with their reason and name.
    pub switched: Option<(String, String)>,
    /// All variants: id and name.
    pub variants: Vec<(String, String)>,
}

impl Selection {
    /// The selection in the words of a policy, with the places of its own list of contract items.
    #[must_use]
    pub fn under(&self, profile: &Profile) -> Self {
        let mut own = profile.with_own_words(self);
        for entry in &mut own.entries {
            let item = profile.contract_items.iter().find(|item| item.clauses.contains(&entry.clause));
            entry.contract_item = item.map(|item| item.number);
        }
        own
    }

    /// Clauses that are in, with their variants.
    pub fn included(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.included)
    }
}

/// A rule that applies to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// `RL-17`
    pub rule: String,
    /// What it changes.
    pub changes: String,
    /// The facts and answers that made it apply, in words.
    pub because: String,
    /// Clauses that it shapes.
    pub clauses: Vec<String>,
    /// Documents that it asks for or shapes.
    pub documents: Vec<String>,
}

/// The rules that apply, by id.
#[must_use]
pub fn rules(library: &Library, subject: &Subject<'_>) -> Vec<Applied> {
    let applies = |rule: &&ClauseRule| rule.when.as_ref().is_none_or(|when| when.holds(subject));
    library
        .rules
        .iter()
        .filter(applies)
        .map(|rule| Applied {
            rule: rule.id.clone(),
            changes: rule.changes.clone(),
            because: rule.when.as_ref().map_or_else(String::new, |when| when.explain(subject)),
            clauses: rule.clauses.clone(),
            documents: rule.documents.clone(),
        })
        .collect()
}

/// Decides every clause. Of several switches of one clause the last counts.
#[must_use]
pub fn select(library: &Library, subject: &Subject<'_>, switches: &[Switch]) -> Selection {
    let entries = library
        .clauses
        .iter()
        .map(|clause| {
            let switch = switches.iter().rev().find(|switch| switch.clause == clause.id);
            entry(clause, subject, switch.filter(|switch| switch.setting != Setting::Automatic))
        })
        .collect();
    Selection { entries }
}

fn entry(clause: &Clause, subject: &Subject<'_>, switch: Option<&Switch>) -> Entry {
    let by_rule = clause.when.as_ref().is_none_or(|when| when.holds(subject));
    let holding: Vec<&Variant> = {
        let mut holding: Vec<&Variant> = clause
            .variants
            .iter()
            .filter(|v| v.when.as_ref().is_some_and(|when| when.holds(subject)))
            .collect();
        holding.sort_by_key(|variant| std::cmp::Reverse(variant.strictness));
        holding
    };
    let wanted = switch.and_then(|switch| switch.variant.as_deref());
    let chosen = clause.variants.iter().find(|variant| Some(variant.id.as_str()) == wanted);
    let automatic =
        holding.first().copied().or_else(|| clause.variants.iter().find(|variant| variant.default));
    let variant = chosen.or(automatic);
    let holds = variant.is_some_and(|variant| holding.iter().any(|held| held.id == variant.id));
    let explained =
        clause.when.iter().chain(variant.and_then(|variant| variant.when.as_ref()).filter(|_| holds));
    let included = match switch.map(|switch| switch.setting) {
        Some(Setting::On) => true,
        Some(Setting::Off) => false,
        Some(Setting::Automatic) | None => by_rule,
    };
    Entry {
        clause: clause.id.clone(),
        heading: clause.heading.clone(),
        included,
        variant: variant.map_or(String::new(), |variant| variant.id.clone()),
        variant_name: variant.map_or(String::new(), |variant| variant.name.clone()),
        reason: if by_rule { clause.reason.clone() } else { clause.absent_reason.clone() },
        variant_reason: match variant {
            Some(variant) if holds => variant.reason.clone(),
            Some(_) if clause.variants.len() > 1 && chosen.is_none() => {
                "条件に当たる回答がないため、標準の版とした".to_owned()
            }
            _ => String::new(),
        },
        rule: variant.filter(|_| holds).and_then(|variant| variant.rule.clone()),
        because: explained.map(|when| when.explain(subject)).collect::<Vec<_>>().join("。"),
        overruled: if chosen.is_none() {
            holding.iter().skip(1).map(|variant| variant.name.clone()).collect()
        } else {
            Vec::new()
        },
        requirements: clause.requirements.clone(),
        contract_item: None,
        switched: switch.map(|switch| (switch.reason.clone(), switch.by.clone())),
        variants: clause.variants.iter().map(|variant| (variant.id.clone(), variant.name.clone())).collect(),
    }
}
