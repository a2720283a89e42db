//! 既存のチェックシート: an Excel sheet of another shape becomes a new topic, column by column.
//!
//! The file is read once; its rows travel with the form, so that nothing has to be kept between the two steps.

use axum::extract::{Multipart, State};
use questionnaires::condition::is_question_id;
use questionnaires::japanese::width::normalise_code;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{drafts, held};
use crate::access::Person;
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Values};
use crate::spreadsheet::{self, Sheet};

/// Rows that become questions at the most: ids have two digits.
const MAX_QUESTIONS: usize = 99;
/// Rows and columns taken from a sheet.
const MAX_ROWS: usize = 300;
const MAX_COLUMNS: usize = 26;
/// Rows shown as a preview.
const PREVIEW: usize = 12;
const TITLE: &str = "既存のチェックシートの取込み";

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Sheets of the file: number, name.
    pub sheets: Vec<(usize, String)>,
    /// Letters of the columns.
    pub columns: Vec<String>,
    /// First rows of the chosen sheet, each with its number.
    pub preview: Vec<(usize, Vec<String>)>,
    /// All rows as JSON, carried to the second step; empty before a file is read.
    pub rows: String,
    /// Question sets of the bank.
    pub paths: Vec<String>,
    /// Values of the form.
    pub values: Values,
    /// Problems of the form.
    pub problems: Problems,
}

/// GET
pub async fn page(State(app): State<App>, person: Person) -> Result {
    let frame = Frame::staff(&person, TITLE, "/policy");
    page::render(&app, "policy/mapped.html", &frame, &Page::default())
}

/// POST: reads the file and shows its columns.
pub async fn read(State(app): State<App>, person: Person, mut parts: Multipart) -> Result {
    let (mut bytes, mut wanted) = (Vec::new(), String::new());
    while let Some(part) =
        parts.next_field().await.map_err(|_| Error::BadRequest("the file did not arrive whole"))?
    {
        match part.name() {
            Some("file") => bytes = part.bytes().await.map_err(|_| Error::TooLarge)?.to_vec(),
            Some("sheet") => wanted = part.text().await.map_err(|_| Error::BadRequest("no text"))?,
            _ => {}
        }
    }
    let mut problems = Problems::default();
    let sheets = if bytes.is_empty() {
        problems.add("file", "ファイルを選んでください");
        Vec::new()
    } else {
        match off_thread("check sheet", move || spreadsheet::read(&bytes)).await? {
            Ok(sheets) => sheets,
            Err(refused) => {
                problems.add("file", refused.to_string());
                Vec::new()
            }
        }
    };
    let number: usize = wanted.trim().parse().unwrap_or(1);
    let chosen = sheets.get(number.saturating_sub(1)).or_else(|| sheets.first());
    if let Some(chosen) = chosen.filter(|sheet| sheet.rows.iter().all(Vec::is_empty)) {
        problems.add("file", format!("シート「{}」には何も書かれていません", chosen.name));
    }
    let Some(chosen) = chosen.filter(|_| problems.is_empty()) else {
        if problems.is_empty() {
            problems.add("file", "表示されているシートがありません");
        }
        let shown = Page { problems, ..Page::default() };
        let frame = Frame::staff(&person, TITLE, "/policy").with_problems(&shown.problems);
        return page::render_problems(&app, "policy/mapped.html", &frame, &shown);
    };
    let names = sheets.iter().enumerate().map(|(index, sheet)| (index + 1, sheet.name.clone())).collect();
    let held = held::profile_of(&app, &person.organization)?;
    let shown = Page { sheets: names, ..with_rows(&held, &cut(chosen)) };
    page::render(&app, "policy/mapped.html", &Frame::staff(&person, TITLE, "/policy"), &shown)
}

fn cut(sheet: &Sheet) -> Vec<Vec<String>> {
    let row = |row: &Vec<String>| row.iter().take(MAX_COLUMNS).cloned().collect();
    sheet.rows.iter().take(MAX_ROWS).map(row).collect()
}

fn with_rows(held: &held::Held, rows: &[Vec<String>]) -> Page {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let shown = |row: &Vec<String>| (0..width).map(|at| row.get(at).cloned().unwrap_or_default()).collect();
    let sets: std::collections::BTreeSet<String> =
        held.content.questions().flat_map(|question| question.paths.iter().cloned()).collect();
    Page {
        columns: (0..width).map(letter).collect(),
        preview: rows.iter().take(PREVIEW).enumerate().map(|(index, row)| (index + 1, shown(row))).collect(),
        rows: json!(rows).to_string(),
        paths: sets.into_iter().collect(),
        ..Page::default()
    }
}

fn letter(index: usize) -> String {
    u8::try_from(index).map_or_else(|_| String::new(), |index| char::from(b'A' + index % 26).to_string())
}

/// POST: makes the topic as a draft.
pub async fn create(State(app): State<App>, person: Person, form: Form) -> Result {
    let rows: Vec<Vec<String>> =
        serde_json::from_str(form.text("rows")).map_err(|_| Error::BadRequest("no rows"))?;
    let held = held::profile_of(&app, &person.organization)?;
    let mut problems = Problems::default();
    let topic = topic(&held, &rows, &form, &mut problems);
    let Some((path, tree)) = topic.filter(|_| problems.is_empty()) else {
        let shown = Page { values: page::values(&form), problems, ..with_rows(&held, &rows) };
        let frame = Frame::staff(&person, TITLE, "/policy").with_problems(&shown.problems);
        return page::render_problems(&app, "policy/mapped.html", &frame, &shown);
    };
    let id = drafts::save_draft(&app, &person, path, drafts::toml_of(&tree)?, None).await?;
    Ok(page::redirect(&format!("/policy/drafts/{id}?done=saved")))
}

/// The column that a field names; none when the field is empty.
fn column(form: &Form, field: &str, label: &str, problems: &mut Problems) -> Option<usize> {
    let typed = normalise_code(form.text(field)).to_ascii_uppercase();
    if typed.is_empty() {
        return None;
    }
    match typed.as_bytes() {
        [letter] if letter.is_ascii_uppercase() => Some(usize::from(letter - b'A')),
        _ => {
            problems.add(field, format!("{label}は、A、B などの列の文字1つで入力してください"));
            None
        }
    }
}

fn topic(
    held: &held::Held,
    rows: &[Vec<String>],
    form: &Form,
    problems: &mut Problems,
) -> Option<(String, Json)> {
    let name = form.line("name", "分野の名称", 60, problems);
    let id = form.line("topic", "分野の id", 40, problems);
    let prefix = normalise_code(form.text("prefix")).to_ascii_uppercase();
    let requirement = form.line("requirement", "確かめる要求", 10, problems);
    let paths: Vec<&String> = form.all("path").iter().filter(|path| !path.is_empty()).collect();
    let first: usize = normalise_code(form.text("first")).parse().unwrap_or(0);
    let text = column(form, "text", "設問文の列", problems);
    let choices = column(form, "choices", "選択肢の列", problems);
    let why = column(form, "why", "理由の列", problems);
    let good_id = !id.is_empty()
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !good_id && !problems.has("topic") {
        problems.add("topic", "分野の id は、半角の小文字、数字、「-」で入力してください");
    }
    if held.content.topics.iter().any(|topic| topic.topic == id) {
        problems.add("topic", "この id の分野は既にあります。別の id にしてください");
    }
    if !is_question_id(&format!("{prefix}-01")) {
        problems.add("prefix", "設問の id の頭は、半角の大文字3字で入力してください");
    } else if held.content.questions().any(|question| question.id.starts_with(&format!("{prefix}-"))) {
        problems.add("prefix", "この文字で始まる設問が既にあります。別の文字にしてください");
    }
    if !requirement.is_empty() && held.content.requirement(&requirement).is_none() {
        problems.add("requirement", format!("「{requirement}」という要求はありません"));
    }
    if paths.is_empty() {
        problems.add("path", "尋ねる経路を1つ以上選んでください");
    }
    if first == 0 || first > rows.len() {
        problems.add("first", format!("始まりの行は、1から{}までの数で入力してください", rows.len()));
    }
    if text.is_none() && !problems.has("text") {
        problems.add("text", "設問文の列を入力してください");
    }
    let (text, order) = (text?, held.content.topics.iter().map(|topic| topic.order).max().unwrap_or(0) + 10);
    let cell =
        |row: &Vec<String>, at: usize| row.get(at).map(|cell| cell.trim().to_owned()).unwrap_or_default();
    let asked: Vec<&Vec<String>> =
        rows.iter().skip(first.saturating_sub(1)).filter(|row| !cell(row, text).is_empty()).collect();
    if asked.is_empty() {
        problems.add("text", "この列には、設問文が1つもありません");
    } else if asked.len() > MAX_QUESTIONS {
        problems
            .add("text", format!("設問は{MAX_QUESTIONS}問までです（この列には{}問あります）", asked.len()));
    }
    let today = held.effective_from.to_string();
    let questions: Vec<Json> = asked
        .iter()
        .zip(1..)
        .map(|(row, number)| {
            let question = cell(row, text);
            let reason = why.map(|at| cell(row, at)).filter(|reason| !reason.is_empty());
            json!({
                "id": format!("{prefix}-{number:02}"),
                "title": question.chars().filter(|c| *c != '\n').take(20).collect::<String>(),
                "text": question,
                "why": reason.unwrap_or_else(|| "既存のチェックシートで確かめてきた事項です。".to_owned()),
                "paths": paths,
                "requirements": [requirement],
                "weight": 0,
                "asked_since": today,
                "part": [{ "id": "value", "required": true, "input": input(choices.map(|at| cell(row, at))) }],
            })
        })
        .collect();
    let tree = json!({ "topic": id, "name": name, "order": order, "question": questions });
    Some((format!("questions/{id}.toml"), tree))
}

/// Choices of a cell, one a line or separated; without choices a text.
fn input(cell: Option<String>) -> Json {
    let Some(cell) = cell else { return json!({ "kind": "yes_no" }) };
    let between = |c: char| matches!(c, '\n' | '、' | '／' | '/' | ',' | '，');
    let marks = |c: char| matches!(c, '・' | '□' | '■' | '○' | '●' | '-') || c.is_whitespace();
    let mut labels: Vec<&str> = Vec::new();
    for label in cell.split(between).map(|label| label.trim_start_matches(marks).trim()) {
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    if labels.len() < 2 {
        return json!({ "kind": "text", "max_chars": 800, "rows": 3 });
    }
    let choices: Vec<Json> = labels
        .iter()
        .zip(1..)
        .map(|(label, number)| json!({ "id": format!("choice_{number}"), "label": label }))
        .collect();
    json!({ "kind": "single", "choices": choices })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_becomes_an_input() {
        assert_eq!(input(None)["kind"], "yes_no");
        assert_eq!(input(Some("自由記述".to_owned()))["kind"], "text");
        let choices = input(Some("□はい\n□いいえ\n□一部".to_owned()));
        let labels: Vec<&str> = choices["choices"]
            .as_array()
            .map(|choices| choices.iter().filter_map(|choice| choice["label"].as_str()).collect())
            .unwrap_or_default();
        assert_eq!(labels, ["はい", "いいえ", "一部"]);
        assert_eq!(letter(0), "A");
        assert_eq!(letter(25), "Z");
    }
}
