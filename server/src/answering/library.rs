//! The company's evidence: everything that its answers here name, with where it is used and how long it holds.

use std::collections::BTreeMap;

use jiff::civil::Date;
use questionnaires::answer::{self, Validity};
use questionnaires::japanese::date::wareki_short;
use questionnaires::policy::FactValue;
use serde::Serialize;
use store::Conn;
use store::answers;
use store::assessments::Assessment;
use store::cases::Case;

use super::previous;
use super::sheet::{self, Own};
use crate::error::Result;

/// One piece of evidence.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceShown {
    /// Title or address.
    pub title: String,
    /// 発行日
    pub issued: String,
    /// 有効期限
    pub until: String,
    /// Standing in words.
    pub standing: &'static str,
    /// Chip of the standing.
    pub chip: &'static str,
    /// Case and question of every use.
    pub uses: Vec<String>,
}

/// Evidence in the present answers that does not hold long enough.
#[derive(Debug, Clone, Serialize)]
pub struct Lapsing {
    /// Title with its last day.
    pub words: String,
    /// Where it is named.
    pub href: String,
    /// The question.
    pub question: String,
}

/// Evidence of the company's own assessments; what ends first comes first.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub fn load_in(conn: &mut Conn, company: &[(Assessment, Case)], today: Date) -> Result<Vec<EvidenceShown>> {
    type Key = (Option<Date>, String, Option<Date>);
    let mut found: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    for (assessment, case) in company {
        let said = answers::answers_of(conn, &assessment.id)?;
        // A questionnaire is long: it is read only where something is named.
        if said.iter().all(|saved| saved.answer.evidence.is_empty()) {
            continue;
        }
        let questionnaire = sheet::questionnaire(conn, assessment)?;
        for (index, asked) in questionnaire.questions().enumerate() {
            let saved = said.iter().find(|saved| saved.question == asked.question.id);
            for evidence in saved.into_iter().flat_map(|saved| &saved.answer.evidence) {
                let key = (evidence.valid_until, evidence.title.clone(), evidence.issued_on);
                let used = format!("{}　問{}　{}", case.title, index + 1, asked.question.title);
                found.entry(key).or_default().push(used);
            }
        }
    }
    // Without an end comes last, not first.
    let (unstated, ending): (Vec<_>, Vec<_>) = found.into_iter().partition(|((last, ..), _)| last.is_none());
    let shown = ending.into_iter().chain(unstated).map(|((until, title, issued), uses)| {
        let standing = Validity::on(today, until);
        EvidenceShown {
            title,
            issued: issued.map_or(String::new(), wareki_short),
            until: until.map_or(String::new(), wareki_short),
            standing: standing.label(),
            chip: match standing {
                Validity::Expired => "fail",
                Validity::WithinMonth | Validity::WithinQuarter => "conditional",
                Validity::Holds => "pass",
                Validity::Unstated => "undetermined",
            },
            uses,
        }
    });
    Ok(shown.collect())
}

/// Evidence of the present answers that has lapsed, or lapses before answers are due or the contract begins.
#[must_use]
pub fn lapsing(own: &Own, today: Date) -> Vec<Lapsing> {
    let begins = match own.questionnaire.facts.0.get("starts_on") {
        Some(FactValue::Date(day)) => *day,
        _ => today,
    };
    let needed = begins.max(previous::needed_until(own)).max(today);
    let found = answer::lapsing(&own.questionnaire, &own.sheet, needed);
    found
        .into_iter()
        .filter_map(|(asked, evidence)| {
            let id = &asked.question.id;
            let section = own.questionnaire.section_of(id)?;
            Some(Lapsing {
                words: format!("{}（有効期限 {}）", evidence.title, wareki_short(evidence.valid_until?)),
                href: format!("/v/s/{}#{id}", section.topic),
                question: asked.question.title.clone(),
            })
        })
        .collect()
}
