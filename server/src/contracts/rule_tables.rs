//! Tables of the 規程: what the policy and its criteria say, as rows.

use questionnaires::policy::Profile;
use questionnaires::question::Questionnaire;
use serde_json::{Value, json};

/// The class from which on information is handled most carefully: the second highest of many, the highest of few.
#[must_use]
pub fn high_class(profile: &Profile) -> &str {
    let from_top = usize::from(profile.classes.len() > 3);
    profile.classes.iter().rev().nth(from_top).map_or("", |class| &class.name)
}

/// Which classes may be given out, by the handling that the policy asks for.
#[must_use]
pub fn judgement_criteria(profile: &Profile) -> Value {
    let highest = profile.classes.len().saturating_sub(1);
    let rows = profile.classes.iter().enumerate().map(|(index, class)| {
        let (judgement, condition) = match (index, index == highest, class.handling.is_empty()) {
            (_, true, _) => ("原則としてできない", "やむを得ないときは、あらかじめ協議する。".to_owned()),
            (_, _, true) => ("できる", "なし".to_owned()),
            _ => ("条件を付してできる", format!("{}。", class.handling.join("。"))),
        };
        json!({ "scope": format!("{}の情報を取り扱う業務", class.name), "judgement": judgement, "condition": condition })
    });
    Value::Array(rows.collect())
}

/// The topics that are judged, with their weight.
#[must_use]
pub fn selection_criteria(questionnaire: &Questionnaire) -> Value {
    let least = questionnaire.criteria.pass_lines.last().map(|line| format!("{}％", line.section));
    let rows = questionnaire.sections.iter().map(|section| {
        let weight: u32 = section.questions.iter().map(|asked| asked.question.weight).sum();
        let required = section.questions.iter().any(|asked| !asked.question.knockouts.is_empty());
        let titles: Vec<&str> = section.questions.iter().map(|asked| asked.question.title.as_str()).collect();
        json!({
            "section": section.name,
            "content": titles.join("、"),
            "weight": format!("{weight}点"),
            "minimum": least,
            "required": if required { "あり" } else { "－" },
        })
    });
    Value::Array(rows.collect())
}

/// What must be reached, the strictest first.
#[must_use]
pub fn pass_lines(questionnaire: &Questionnaire) -> Value {
    let rows = questionnaire.criteria.pass_lines.iter().map(|line| {
        let scope = line.when.as_ref().map_or_else(
            || "その他の案件".to_owned(),
            |when| format!("{}案件", when.describe(&questionnaire.vocabulary)),
        );
        json!({
            "scope": scope,
            "pass": format!("{}％以上", line.pass),
            "section": format!("{}％以上", line.section),
            "conditional": format!("{}％以上", line.conditional),
        })
    });
    Value::Array(rows.collect())
}
