//! What records say of a case, as documents write it: parties, case, application, evaluation.

use domain::case::Outcome;
use questionnaires::japanese::date::fiscal_year_name;
use questionnaires::policy::Profile;
use questionnaires::question::Severity;
use questionnaires::scoring::{Ratio, Score};
use serde_json::{Value, json};
use store::accounts::Organization;

use super::inputs::Inputs;
use crate::app::day_in_japan;
use crate::page;
use crate::review::verdict_words;

/// The values that records hold.
#[must_use]
pub fn known(profile: &Profile, organization: &Organization, inputs: &Inputs) -> Value {
    let case = &inputs.case;
    let mut known = organization_values(organization);
    known["questionnaire"] =
        json!({ "contact": format!("{}　電話　{}", organization.office, organization.phone) });
    known["case"] = json!({
        "title": case.title,
        "number": case.number,
        "department": inputs.department,
        "fiscal_year": i16::try_from(case.fiscal_year).map(fiscal_year_name).unwrap_or_default(),
    });
    if let Some(chosen) = &inputs.chosen {
        known["vendor"] = json!({
            "name": chosen.vendor.name,
            "address": chosen.vendor.address,
            "representative": chosen.vendor.representative,
        });
        known["service"] = json!({ "name": chosen.service });
        known["evaluation"] = json!({
            "judgement": chosen.evaluation.judgement,
            "judged_by": inputs.name(&chosen.evaluation.fixed_by),
        });
        if let Some((words, sections, knock_outs)) = score(profile, inputs) {
            known["score"] = words;
            known["sections"] = sections;
            known["knock_outs"] = knock_outs;
        }
    }
    if let Some((application, decisions)) = inputs.applications.first() {
        known["case"]["purpose"] = json!(application.purpose);
        known["application"] = json!({
            "applied_on": day_in_japan(application.submitted_at.get()).to_string(),
            "applicant": inputs.name(&application.applicant_id),
        });
        if let Some(last) = decisions.last().filter(|_| application.closed_at.is_some()) {
            let result = match last.outcome {
                Outcome::Approve => "承認する",
                Outcome::ApproveConditionally => "条件を付して承認する",
                Outcome::SendBack => "差し戻す",
                Outcome::Reject => "承認しない",
            };
            let refused = matches!(last.outcome, Outcome::Reject | Outcome::SendBack);
            known["application"]["decided_on"] = json!(day_in_japan(last.decided_at.get()).to_string());
            known["application"]["decider"] = json!(inputs.name(&last.decided_by));
            known["application"]["result"] = json!(result);
            known["application"]["conditions"] = json!(last.conditions);
            known["application"]["refusal_reason"] = json!(if refused { last.reason.as_str() } else { "" });
        }
    }
    known
}

/// What an organisation says of itself.
#[must_use]
pub fn organization_values(organization: &Organization) -> Value {
    json!({
        "organization": {
            "name": organization.name,
            "head": organization.head_title,
            "privacy_ordinance": format!("{}個人情報の保護に関する法律施行条例", organization.name),
        },
    })
}

/// The frozen score in words: its figures, its sections, what disqualifies.
fn score(profile: &Profile, inputs: &Inputs) -> Option<(Value, Value, Value)> {
    let chosen = inputs.chosen.as_ref()?;
    let score: Score = serde_json::from_str(&chosen.evaluation.score).ok()?;
    let subject = inputs.subject();
    let mut lines = inputs.questionnaire.criteria.pass_lines.iter();
    let line = lines.find(|line| line.when.as_ref().is_none_or(|when| when.holds(&subject)));
    let percent = |ratio: Option<Ratio>| ratio.map_or_else(|| "－".to_owned(), |ratio| format!("{ratio}％"));
    let sections = score.sections.iter().map(|section| {
        let reached = section.conformity.zip(line).map(|(ratio, line)| ratio.reaches(line.section));
        json!({
            "name": profile.in_own_words(&section.name),
            "conformity": percent(section.conformity),
            "declared": percent(section.declared),
            "evidenced": percent(section.evidenced),
            "minimum": line.map_or_else(|| "－".to_owned(), |line| format!("{}％", line.section)),
            "result": match reached { Some(true) => "適", Some(false) => "否", None => "－" },
        })
    });
    let knock_outs = score.knockouts.iter().map(|found| {
        let severity = match found.severity {
            Severity::Absolute => "失格",
            Severity::Excusable => "例外の措置がなければ失格",
        };
        json!({
            "question": found.question,
            "item": profile.in_own_words(&found.reason),
            "severity": severity,
            "answer": profile.in_own_words(&found.because),
            "result": "満たさない",
            "ground": "－",
            "treatment": "",
        })
    });
    let submitted = chosen.assessment.submitted_at.as_ref();
    let words = json!({
        "criteria": chosen.evaluation.criteria,
        "submitted": submitted.map(|at| page::moment(at.get())).unwrap_or_default(),
        "conformity": percent(score.conformity),
        "declared": percent(score.declared),
        "evidenced": percent(score.evidenced),
        "pass_line": line
            .map(|line| format!("総合{}％、分野ごとに{}％", line.pass, line.section))
            .unwrap_or_default(),
        "open_count": format!("{}問", score.open.len()),
        "outcome": verdict_words(score.verdict).0,
    });
    Some((words, sections.collect(), knock_outs.collect()))
}
