//! Answers in words: for check pages, 控え, reviewers and documents.

use super::{Answer, Standing, Value};
use crate::japanese::countries::country_name;
use crate::japanese::date::wareki_short;
use crate::question::{Choice, Input, Question};

/// The answer as label and text, part by part; the label of an only part is empty.
#[must_use]
pub fn describe(question: &Question, answer: &Answer) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    match &answer.standing {
        Standing::NotApplicable { reason, .. } => lines.push(("該当なし".to_owned(), reason.clone())),
        Standing::Conditional { option, .. } => lines.push(("条件付き".to_owned(), option.clone())),
        Standing::Plain => {}
    }
    for part in &question.parts {
        if let Some(value) = answer.parts.get(&part.id) {
            lines.push((part.label.clone(), value_words(&part.input, value)));
        }
    }
    if let Some(note) = &answer.note {
        lines.push(("補足".to_owned(), note.clone()));
    }
    for evidence in &answer.evidence {
        let kind = question.evidence.iter().find(|kind| kind.id == evidence.kind);
        let mut text = evidence.title.clone();
        if let Some(day) = evidence.issued_on {
            text.push_str(&format!("（発行日 {}）", wareki_short(day)));
        }
        if let Some(day) = evidence.valid_until {
            text.push_str(&format!("（有効期限 {}）", wareki_short(day)));
        }
        lines.push((format!("資料：{}", kind.map_or("その他", |kind| &kind.label)), text));
    }
    lines
}

/// One value in words.
#[must_use]
pub fn value_words(input: &Input, value: &Value) -> String {
    match (input, value) {
        (Input::Single { choices }, Value::Choice(id)) => label(choices, id),
        (Input::Multi { choices }, Value::Choices(ids)) => {
            let chosen = choices.iter().filter(|choice| ids.contains(&choice.id));
            chosen.map(|choice| choice.label.as_str()).collect::<Vec<_>>().join("、")
        }
        (Input::Duration { .. }, Value::Number(hours)) => format!("{hours}時間"),
        (Input::Percent { .. }, Value::Number(percent)) => format!("{percent}％"),
        (Input::Number { unit, .. }, Value::Number(number)) => format!("{number}{unit}"),
        (Input::Table { columns, .. }, Value::Table(rows)) => {
            let line = |row: &std::collections::BTreeMap<String, Value>| {
                let cells = columns.iter().filter_map(|column| {
                    let value = row.get(&column.id)?;
                    Some(format!("{}：{}", column.label, value_words(&column.input, value)))
                });
                cells.collect::<Vec<_>>().join("／")
            };
            rows.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        (_, Value::Flag(true)) => "はい".to_owned(),
        (_, Value::Flag(false)) => "いいえ".to_owned(),
        (_, Value::Text(text) | Value::Choice(text)) => text.clone(),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::Date(day)) => wareki_short(*day),
        (_, Value::Countries(codes)) => {
            // Japan first: it is what the reader looks for.
            let (home, abroad): (Vec<_>, Vec<_>) = codes.iter().partition(|code| *code == "JP");
            let name = |code: &String| country_name(code).unwrap_or("不明・非開示").to_owned();
            home.into_iter().chain(abroad).map(name).collect::<Vec<_>>().join("、")
        }
        (_, Value::Choices(ids)) => ids.iter().cloned().collect::<Vec<_>>().join("、"),
        (_, Value::Files(names)) => names.join("、"),
        (_, Value::Table(rows)) => format!("{}行", rows.len()),
    }
}

fn label(choices: &[Choice], id: &str) -> String {
    choices.iter().find(|choice| choice.id == id).map_or_else(|| id.to_owned(), |choice| choice.label.clone())
}
