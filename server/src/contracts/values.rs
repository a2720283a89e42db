//! The values that documents write (`contract-templates/variables.toml`), from the policy, the facts, the answers and
//! what is known of the case.

use std::collections::BTreeMap;

use questionnaires::answer::{AnswerSheet, Value as AnswerValue, value_words};
use questionnaires::japanese::countries::country_name;
use questionnaires::japanese::width::group_digits;
use questionnaires::policy::{FactValue, Profile};
use questionnaires::question::{Input, Part, Questionnaire};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::rule_tables;
use crate::policy::held::{class_name, path_name, role_name};

/// What values are made from.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The policy.
    pub profile: &'a Profile,
    /// Questions with the facts of the case.
    pub questionnaire: &'a Questionnaire,
    /// Answers of the chosen vendor; none before one is chosen.
    pub answers: &'a AnswerSheet,
    /// The information that the case handles.
    pub information: &'a [Handled],
    /// What else is known, as in `variables.toml`; it stands above what is made here.
    pub known: &'a Value,
}

/// A kind of information that a case handles.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handled {
    /// 情報の名称
    pub name: String,
    /// 項目
    #[serde(default)]
    pub contents: String,
    /// 件数
    #[serde(default)]
    pub amount: Option<i64>,
    /// Class id.
    pub class: String,
}

impl Material<'_> {
    fn fact_is(&self, fact: &str, choice: &str) -> bool {
        matches!(self.questionnaire.facts.0.get(fact), Some(FactValue::Choice(id)) if id == choice)
    }

    fn service(&self) -> &str {
        self.known.pointer("/service/name").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Puts the values together.
#[must_use]
pub fn values(material: &Material<'_>) -> Value {
    let Material { profile, questionnaire, .. } = material;
    let term = |name: &str| profile.terms.get(name).cloned().unwrap_or_default();
    let limit = |name: &str| profile.limits.get(name).copied().unwrap_or_default();
    let cloud = material.fact_is("service_kind", "cloud_service");
    let fee = if cloud { "fee_word_cloud" } else { "fee_word" };
    let fact = |name: &str| match questionnaire.facts.0.get(name) {
        Some(FactValue::Choice(id)) => id.clone(),
        _ => String::new(),
    };
    let mut values = json!({
        "a": term("party_a"),
        "b": term("party_b"),
        "kind": term("municipality_kind"),
        "contract_word": if material.fact_is("contract_form", "agreement") { "協定".to_owned() } else { term("contract_word") },
        "fee_word": term(fee),
        "cloud_service": term("cloud_service"),
        "outsourcing": term("outsourcing"),
        "outsourced_service": term("outsourced_service"),
        "policy_extract": term("policy_extract_name"),
        "service_kind": fact("service_kind"),
        "contract_form": fact("contract_form"),
        "role": {
            "approver": role_name(profile, "approver"),
            "supervisor": role_name(profile, "supervisor"),
            "officer": role_name(profile, "security_officer"),
            "manager": role_name(profile, "security_manager"),
            "ciso": role_name(profile, "ciso"),
            "auditor": role_name(profile, "audit_supervisor"),
            "cloud_manager": role_name(profile, "cloud_service_manager"),
            "outsourced_service_manager": role_name(profile, "outsourced_service_manager"),
            "system_manager": role_name(profile, "system_manager"),
            "csirt": role_name(profile, "csirt"),
        },
        "case": {
            "path": path_name(profile, &fact("path")),
            "class": class_name(profile, &fact("class")),
            "period_from": day_fact(questionnaire, "starts_on"),
            "period_to": day_fact(questionnaire, "ends_on"),
        },
        "hours": {
            "first_report": first_report(material),
            "written_report": limit("written_report_hours"),
        },
        "days": {
            "platform_notice": limit("platform_notice_days"),
            "terms_notice": limit("terms_notice_days"),
            "audit_notice": limit("audit_notice_days"),
            "report_deadline": limit("report_deadline_days"),
            "correction_plan": limit("correction_plan_days"),
            "change_report": limit("change_report_days"),
            "erase": limit("erase_days"),
            "backup_erase": number(material, "EXI-04", "value").map_or_else(
                || json!(limit("backup_erase_days")),
                whole,
            ),
            "data_export": limit("data_export_days"),
        },
        "months": {
            "entry_log": limit("entry_log_months"),
            "log_retention": limit("log_retention_months"),
            "service_end_notice": limit("service_end_notice_months"),
            "handover_notice": limit("handover_notice_months"),
        },
        "years": { "confidentiality": limit("confidentiality_years") },
        "liability": { "cap": liability_cap(material, &term(fee)) },
        "audit": { "report_names": report_names(material) },
        "countries": { "names": country_names(material) },
        "information": information(material),
        "equipment": equipment(material),
        "subcontractors": subcontractors(material),
        "platforms": platforms(material),
        "service_level": service_level(material),
        "jurisdiction": jurisdiction(material),
        "questions": questions(material),
        "rule": {
            "class_boundary": class_name(profile, "2"),
            "answer_days": limit("answer_days_minimum"),
            "class_high": rule_tables::high_class(profile),
            "selection": rule_tables::selection_criteria(questionnaire),
            "pass_lines": rule_tables::pass_lines(questionnaire),
        },
        "judgement_criteria": rule_tables::judgement_criteria(profile),
    });
    if let Value::Object(map) = &mut values {
        facts(questionnaire, map);
    }
    merge(&mut values, material.known);
    values
}

/// Puts what is known above what was made; an empty text hides nothing.
fn merge(values: &mut Value, known: &Value) {
    match (values, known) {
        (Value::Object(own), Value::Object(known)) => {
            for (key, value) in known {
                merge(own.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (_, Value::String(text)) if text.is_empty() => {}
        (own, known) => own.clone_from(known),
    }
}

/// The questions as rows, with answers where there are any.
fn questions(material: &Material<'_>) -> Value {
    let rows = material.questionnaire.sections.iter().flat_map(|section| {
        section.questions.iter().map(|asked| {
            let answer = material.answers.get(&asked.question.id);
            let said = answer.map(|answer| {
                let parts = asked.question.parts.iter().filter_map(|part| {
                    answer.parts.get(&part.id).map(|value| value_words(&part.input, value))
                });
                parts.collect::<Vec<_>>().join("、")
            });
            let evidence = answer.map(|answer| {
                answer.evidence.iter().map(|evidence| evidence.title.clone()).collect::<Vec<_>>().join("、")
            });
            json!({
                "id": asked.question.id,
                "section": section.name,
                "text": asked.question.text,
                "answer": said.unwrap_or_default(),
                "evidence": evidence.unwrap_or_default(),
                "note": answer.and_then(|answer| answer.note.clone()).unwrap_or_default(),
            })
        })
    });
    Value::Array(rows.collect())
}

/// What the answers say about foreign law.
fn jurisdiction(material: &Material<'_>) -> Value {
    json!({
        "storage": country_words(material, "LOC-01", &["data", "backup", "logs", "accounts"]),
        "access": words(material, "LOC-03", "countries").unwrap_or_default(),
        "subcontractors": country_of_rows(material),
        "governing_law": words(material, "LOC-05", "value").unwrap_or_default(),
        "response": words(material, "LOC-04", "value").unwrap_or_default(),
    })
}

fn country_words(material: &Material<'_>, question: &str, parts: &[&str]) -> String {
    let mut names: Vec<String> = Vec::new();
    for id in parts {
        for name in words(material, question, id).unwrap_or_default().split('、') {
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names.join("、")
}

fn country_of_rows(material: &Material<'_>) -> String {
    let mut names: Vec<String> = Vec::new();
    for row in rows(material, "SUB-02", "list").into_iter().chain(rows(material, "SUB-05", "list")) {
        if let Some(name) = row.get("country").filter(|name| !names.contains(name)) {
            names.push(name.clone());
        }
    }
    names.join("、")
}

/// A day among the facts, as documents take it.
fn day_fact(questionnaire: &Questionnaire, id: &str) -> String {
    match questionnaire.facts.0.get(id) {
        Some(FactValue::Date(day)) => day.to_string(),
        _ => String::new(),
    }
}

/// Facts stand under their own ids; flags that nobody has answered are false.
fn facts(questionnaire: &Questionnaire, map: &mut Map<String, Value>) {
    for flag in ["personal_info", "specific_personal_info", "electronic_contract", "multi_year"] {
        map.insert(flag.to_owned(), json!(false));
    }
    for (id, value) in &questionnaire.facts.0 {
        let value = match value {
            FactValue::Flag(flag) => json!(flag),
            FactValue::Choice(text) | FactValue::Text(text) => json!(text),
            FactValue::Number(number) => whole(*number),
            FactValue::Date(day) => json!(questionnaires::japanese::date::wareki_short(*day)),
        };
        map.insert(id.clone(), value);
    }
}

fn whole(number: Decimal) -> Value {
    json!(number.normalize().to_string())
}

fn part<'a>(material: &Material<'a>, question: &str, part: &str) -> Option<(&'a Part, &'a AnswerValue)> {
    let asked = material.questionnaire.find(question)?;
    let part = asked.question.parts.iter().find(|own| own.id == part)?;
    Some((part, material.answers.get(question)?.parts.get(&part.id)?))
}

fn number(material: &Material<'_>, question: &str, id: &str) -> Option<Decimal> {
    match part(material, question, id)? {
        (_, AnswerValue::Number(number)) => Some(*number),
        _ => None,
    }
}

fn words(material: &Material<'_>, question: &str, id: &str) -> Option<String> {
    part(material, question, id).map(|(part, value)| value_words(&part.input, value))
}

fn choice(material: &Material<'_>, question: &str, id: &str) -> Option<String> {
    match part(material, question, id)? {
        (_, AnswerValue::Choice(id)) => Some(id.clone()),
        _ => None,
    }
}

/// The vendor's own time where it is shorter than the policy's; never a longer one.
fn first_report(material: &Material<'_>) -> Value {
    let limit = Decimal::from(material.profile.limits.get("first_report_hours").copied().unwrap_or(24));
    whole(number(material, "INC-01", "value").map_or(limit, |hours| hours.min(limit)))
}

fn liability_cap(material: &Material<'_>, fee: &str) -> Value {
    match choice(material, "TRM-03", "limit").as_deref() {
        Some("recent_fees") => json!(format!("損害の発生した日前12か月間の{fee}の総額")),
        _ => json!(format!("この契約に係る{fee}の総額")),
    }
}

fn report_names(material: &Material<'_>) -> Value {
    let mut names = Vec::new();
    if let Some((_, AnswerValue::Choices(ids))) = part(material, "CRT-01", "kinds") {
        let has = |id: &str| ids.iter().any(|own| own.starts_with(id));
        if has("soc2") {
            names.push("内部統制に係る保証報告書");
        }
        if has("iso") {
            names.push("認証の審査に係る報告書");
        }
        if has("ismap") {
            names.push("クラウドサービスの登録に係る監査の報告書");
        }
    }
    if names.is_empty() {
        names.push("第三者が作成した情報セキュリティに関する報告書");
    }
    json!(names)
}

fn country_names(material: &Material<'_>) -> Value {
    let mut names = Vec::new();
    for id in ["data", "backup", "logs", "accounts"] {
        if let Some((_, AnswerValue::Countries(codes))) = part(material, "LOC-01", id) {
            for name in codes.iter().filter_map(|code| country_name(code)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    if names.is_empty() {
        names.push("日本");
    }
    json!(names)
}

fn information(material: &Material<'_>) -> Value {
    let a = material.profile.terms.get("party_a").cloned().unwrap_or_default();
    let method = if material.fact_is("service_kind", "cloud_service") {
        "サービスへの登録".to_owned()
    } else {
        format!("{a}が指定する方法による提供")
    };
    let rows = material.information.iter().map(|row| {
        json!({
            "name": row.name,
            "content": row.contents,
            "class": class_name(material.profile, &row.class),
            "count": row.amount.map_or_else(|| "－".to_owned(), |amount| format!("{}件", group_digits(amount))),
            "method": method,
        })
    });
    json!(rows.collect::<Vec<_>>())
}

/// Rows of a table answer: column id to words.
fn rows(material: &Material<'_>, question: &str, id: &str) -> Vec<BTreeMap<String, String>> {
    let Some((Part { input: Input::Table { columns, .. }, .. }, AnswerValue::Table(rows))) =
        part(material, question, id)
    else {
        return Vec::new();
    };
    rows.iter()
        .map(|row| {
            columns
                .iter()
                .map(|column| {
                    let value = row.get(&column.id).map(|value| value_words(&column.input, value));
                    (column.id.clone(), value.unwrap_or_else(|| "－".to_owned()))
                })
                .collect()
        })
        .collect()
}

fn picked(rows: Vec<BTreeMap<String, String>>, names: &[(&str, &str)]) -> Value {
    let row = |row: BTreeMap<String, String>| {
        let cell = |column: &str| row.get(column).cloned().unwrap_or_else(|| "－".to_owned());
        names.iter().map(|(name, column)| ((*name).to_owned(), json!(cell(column)))).collect::<Map<_, _>>()
    };
    json!(rows.into_iter().map(row).collect::<Vec<_>>())
}

fn equipment(material: &Material<'_>) -> Value {
    let found = rows(material, "TEC-12", "list");
    if found.is_empty() {
        let b = material.profile.terms.get("party_b").cloned().unwrap_or_default();
        let service = Some(material.service())
            .filter(|name| !name.is_empty())
            .map_or_else(|| format!("{b}の業務の環境"), str::to_owned);
        let names = country_names(material);
        let countries: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        return json!([{
            "location": countries.join("、"),
            "facility": "データセンター",
            "device": service,
            "network": words(material, "TEC-03", "value").unwrap_or_else(|| "－".to_owned()),
        }]);
    }
    picked(
        found,
        &[("location", "location"), ("facility", "facility"), ("device", "device"), ("network", "network")],
    )
}

fn subcontractors(material: &Material<'_>) -> Value {
    picked(
        rows(material, "SUB-02", "list"),
        &[
            ("name", "name"),
            ("corporate_number", "corporate_number"),
            ("location", "country"),
            ("scope", "scope"),
            ("information", "information"),
            ("further", "further"),
        ],
    )
}

fn platforms(material: &Material<'_>) -> Value {
    picked(
        rows(material, "SUB-05", "list"),
        &[
            ("name", "name"),
            ("provider", "provider"),
            ("location", "country"),
            ("certification", "certification"),
        ],
    )
}

fn service_level(material: &Material<'_>) -> Value {
    let mut rows = Vec::new();
    let remedy = words(material, "SLA-04", "value").unwrap_or_else(|| "是正の報告".to_owned());
    let mut push = |item: &str, level: String, measure: &str, report: &str, remedy: &str| {
        rows.push(
            json!({ "item": item, "level": level, "measure": measure, "report": report, "remedy": remedy }),
        );
    };
    if let Some(guarantee) = words(material, "SLA-01", "guarantee") {
        let measure = words(material, "SLA-01", "method")
            .unwrap_or_else(|| "月間の提供時間から停止時間を減じた時間の割合".to_owned());
        push("月間の稼働率", format!("{guarantee}以上"), &measure, "毎月", &remedy);
    }
    if let Some(hours) = words(material, "SLA-02", "hours") {
        push("サービスの提供時間", hours, "停止の記録", "毎月", "是正の報告");
    }
    if let Some(days) = number(material, "SLA-02", "notice") {
        push("計画停止の通知", format!("{}日前まで", days.normalize()), "通知の記録", "毎月", "是正の報告");
    }
    if let Some(time) = words(material, "SLA-03", "failure_time") {
        push(
            "障害からの復旧",
            format!("{time}以内"),
            "障害の発生から復旧までの時間",
            "発生の都度",
            "原因及び是正の報告",
        );
    }
    if let Some(time) = words(material, "SLA-05", "first_answer") {
        push("問合せへの一次回答", format!("{time}以内"), "受付から回答までの時間", "毎月", "是正の報告");
    }
    if let Some(quality) = words(material, "SLA-05", "quality") {
        push("納期及び品質", quality, "検査", "納品の都度", "手直し及び是正の報告");
    }
    if rows.is_empty() {
        rows.push(json!({
            "item": "納期及び品質", "level": "仕様書のとおり", "measure": "検査", "report": "納品の都度", "remedy": "手直し及び是正の報告",
        }));
    }
    json!(rows)
}
