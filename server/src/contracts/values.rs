//! The values that clauses write, from profile, organisation, case, vendor and answers (`variables.toml`).

use std::collections::BTreeMap;

use questionnaires::answer::{Value as AnswerValue, value_words};
use questionnaires::japanese::countries::country_name;
use questionnaires::japanese::width::group_digits;
use questionnaires::policy::{FactValue, Profile};
use questionnaires::question::{Input, Part};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use store::accounts::Organization;

use super::inputs::Inputs;

/// Puts the values together.
#[must_use]
pub fn values(profile: &Profile, organization: &Organization, inputs: &Inputs) -> Value {
    let term = |name: &str| profile.terms.get(name).cloned().unwrap_or_default();
    let limit = |name: &str| profile.limits.get(name).copied().unwrap_or_default();
    let cloud = inputs.fact_is("service_kind", "cloud_service");
    let fee = if cloud { "fee_word_cloud" } else { "fee_word" };
    let mut values = json!({
        "a": term("party_a"),
        "b": term("party_b"),
        "contract_word": if inputs.fact_is("contract_form", "agreement") { "協定".to_owned() } else { term("contract_word") },
        "fee_word": term(fee),
        "cloud_service": term("cloud_service"),
        "outsourcing": term("outsourcing"),
        "outsourced_service": term("outsourced_service"),
        "policy_extract": term("policy_extract_name"),
        "organization": {
            "name": organization.name,
            "head": organization.head_title,
            "privacy_ordinance": format!("{}個人情報の保護に関する法律施行条例", organization.name),
        },
        "case": { "title": inputs.loaded.case.title },
        "vendor": {
            "name": inputs.loaded.vendor.name,
            "address": inputs.loaded.vendor.address,
            "representative": inputs.loaded.vendor.representative,
        },
        "hours": {
            "first_report": first_report(profile, inputs),
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
            "backup_erase": number(inputs, "EXI-04", "value").map_or_else(
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
        "liability": { "cap": liability_cap(inputs, &term(fee)) },
        "audit": { "report_names": report_names(inputs) },
        "countries": { "names": country_names(inputs) },
        "information": information(profile, inputs),
        "equipment": equipment(inputs),
        "subcontractors": subcontractors(inputs),
        "platforms": platforms(inputs),
        "service_level": service_level(inputs),
    });
    if let Value::Object(map) = &mut values {
        facts(inputs, map);
    }
    values
}

/// Facts stand under their own ids; flags that nobody has answered are false.
fn facts(inputs: &Inputs, map: &mut Map<String, Value>) {
    for flag in ["personal_info", "specific_personal_info", "electronic_contract"] {
        map.insert(flag.to_owned(), json!(false));
    }
    for (id, value) in &inputs.facts().0 {
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

fn part<'a>(inputs: &'a Inputs, question: &str, part: &str) -> Option<(&'a Part, &'a AnswerValue)> {
    let asked = inputs.questionnaire.find(question)?;
    let part = asked.question.parts.iter().find(|own| own.id == part)?;
    Some((part, inputs.answers.get(question)?.parts.get(&part.id)?))
}

fn number(inputs: &Inputs, question: &str, id: &str) -> Option<Decimal> {
    match part(inputs, question, id)? {
        (_, AnswerValue::Number(number)) => Some(*number),
        _ => None,
    }
}

fn words(inputs: &Inputs, question: &str, id: &str) -> Option<String> {
    part(inputs, question, id).map(|(part, value)| value_words(&part.input, value))
}

fn choice(inputs: &Inputs, question: &str, id: &str) -> Option<String> {
    match part(inputs, question, id)? {
        (_, AnswerValue::Choice(id)) => Some(id.clone()),
        _ => None,
    }
}

/// The vendor's own time where it is shorter than the policy's; never a longer one.
fn first_report(profile: &Profile, inputs: &Inputs) -> Value {
    let limit = Decimal::from(profile.limits.get("first_report_hours").copied().unwrap_or(24));
    whole(number(inputs, "INC-01", "value").map_or(limit, |hours| hours.min(limit)))
}

fn liability_cap(inputs: &Inputs, fee: &str) -> Value {
    match choice(inputs, "TRM-03", "limit").as_deref() {
        Some("recent_fees") => json!(format!("損害の発生した日前12か月間の{fee}の総額")),
        _ => json!(format!("この契約に係る{fee}の総額")),
    }
}

fn report_names(inputs: &Inputs) -> Value {
    let mut names = Vec::new();
    if let Some((_, AnswerValue::Choices(ids))) = part(inputs, "CRT-01", "kinds") {
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

fn country_names(inputs: &Inputs) -> Value {
    let mut names = Vec::new();
    for id in ["data", "backup", "logs", "accounts"] {
        if let Some((_, AnswerValue::Countries(codes))) = part(inputs, "LOC-01", id) {
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

fn information(profile: &Profile, inputs: &Inputs) -> Value {
    let method = if inputs.fact_is("service_kind", "cloud_service") {
        "サービスへの登録"
    } else {
        "発注者が指定する方法による提供"
    };
    let rows = inputs.information.iter().map(|row| {
        json!({
            "name": row.name,
            "content": row.contents,
            "class": crate::policy::held::class_name(profile, &row.class),
            "count": row.amount.map_or_else(|| "－".to_owned(), |amount| format!("{}件", group_digits(amount))),
            "method": method,
        })
    });
    json!(rows.collect::<Vec<_>>())
}

/// Rows of a table answer: column id to words.
fn rows(inputs: &Inputs, question: &str, id: &str) -> Vec<BTreeMap<String, String>> {
    let Some((Part { input: Input::Table { columns, .. }, .. }, AnswerValue::Table(rows))) =
        part(inputs, question, id)
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

fn equipment(inputs: &Inputs) -> Value {
    let found = rows(inputs, "TEC-12", "list");
    if found.is_empty() {
        let service = if inputs.loaded.service.is_empty() {
            "受注者の業務の環境"
        } else {
            &inputs.loaded.service
        };
        let names = country_names(inputs);
        let countries: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        return json!([{
            "location": countries.join("、"),
            "facility": "データセンター",
            "device": service,
            "network": words(inputs, "TEC-03", "value").unwrap_or_else(|| "－".to_owned()),
        }]);
    }
    picked(
        found,
        &[("location", "location"), ("facility", "facility"), ("device", "device"), ("network", "network")],
    )
}

fn subcontractors(inputs: &Inputs) -> Value {
    picked(
        rows(inputs, "SUB-02", "list"),
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

fn platforms(inputs: &Inputs) -> Value {
    picked(
        rows(inputs, "SUB-05", "list"),
        &[
            ("name", "name"),
            ("provider", "provider"),
            ("location", "country"),
            ("certification", "certification"),
        ],
    )
}

fn service_level(inputs: &Inputs) -> Value {
    let mut rows = Vec::new();
    let remedy = words(inputs, "SLA-04", "value").unwrap_or_else(|| "是正の報告".to_owned());
    let mut push = |item: &str, level: String, measure: &str, report: &str, remedy: &str| {
        rows.push(
            json!({ "item": item, "level": level, "measure": measure, "report": report, "remedy": remedy }),
        );
    };
    if let Some(guarantee) = words(inputs, "SLA-01", "guarantee") {
        let measure = words(inputs, "SLA-01", "method")
            .unwrap_or_else(|| "月間の提供時間から停止時間を減じた時間の割合".to_owned());
        push("月間の稼働率", format!("{guarantee}以上"), &measure, "毎月", &remedy);
    }
    if let Some(hours) = words(inputs, "SLA-02", "hours") {
        push("サービスの提供時間", hours, "停止の記録", "毎月", "是正の報告");
    }
    if let Some(days) = number(inputs, "SLA-02", "notice") {
        push("計画停止の通知", format!("{}日前まで", days.normalize()), "通知の記録", "毎月", "是正の報告");
    }
    if let Some(time) = words(inputs, "SLA-03", "failure_time") {
        push(
            "障害からの復旧",
            format!("{time}以内"),
            "障害の発生から復旧までの時間",
            "発生の都度",
            "原因及び是正の報告",
        );
    }
    if let Some(time) = words(inputs, "SLA-05", "first_answer") {
        push("問合せへの一次回答", format!("{time}以内"), "受付から回答までの時間", "毎月", "是正の報告");
    }
    if let Some(quality) = words(inputs, "SLA-05", "quality") {
        push("納期及び品質", quality, "検査", "納品の都度", "手直し及び是正の報告");
    }
    if rows.is_empty() {
        rows.push(json!({
            "item": "納期及び品質", "level": "仕様書のとおり", "measure": "検査", "report": "納品の都度", "remedy": "手直し及び是正の報告",
        }));
    }
    json!(rows)
}
