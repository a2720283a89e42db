//! The workbook that comes back: matched by visible cells, every row with its fate, nothing changed yet.

use std::collections::BTreeMap;

use questionnaires::answer::{self, RawAnswer, describe};
use questionnaires::japanese::search_key::search_key;
use questionnaires::question::Asked;
use serde::Serialize;

use super::{
    ANSWER, CODE, FIELD, Field, Kind, QUESTION, VERSION, code, code_letters, fields, raw_of, values, words,
};
use crate::answering::sheet::Own;
use crate::spreadsheet::Sheet;

/// What becomes of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Not answered before.
    New,
    /// Answered differently.
    Changed,
    /// As it is.
    Same,
    /// Saved by somebody since the workbook went out.
    Conflicting,
}

/// A question of the workbook.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Question id.
    pub question: String,
    /// Title.
    pub title: String,
    /// What becomes of it.
    pub fate: Fate,
    /// What stands now.
    pub before: Vec<(String, String)>,
    /// What the workbook says.
    pub after: Vec<(String, String)>,
    /// What cannot be read; the rest is taken all the same.
    pub problems: Vec<String>,
    /// The fields of a form that saves it.
    pub fields: Vec<(String, String)>,
    /// The version that it would follow.
    pub version: i64,
}

/// A workbook as it was understood.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Read {
    /// Questions in the order of the questionnaire.
    pub rows: Vec<Row>,
    /// Rows of the file that belong to nothing that was asked.
    pub unknown: Vec<String>,
}

/// Why a workbook is not taken at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    /// No row of headings.
    #[error(
        "「番号」「欄」「回答」の見出しがある行が見つかりません。受け取ったブックの「回答」のシートを残してください"
    )]
    NoHeadings,
    /// It belongs to another questionnaire.
    #[error("ほかの調査票のブックです（符号 {0}）。この調査票のブックを受け取り直してください")]
    Other(String),
}

/// Understands a workbook; columns may stand in any order and on any sheet.
///
/// # Errors
/// [`NotOurs`]
pub fn read(own: &Own, sheets: &[Sheet]) -> Result<Read, NotOurs> {
    if let Some(found) = code_in(sheets).filter(|found| code_letters(found) != code_letters(&code(own))) {
        return Err(NotOurs::Other(found));
    }
    let (sheet, head, columns) = headings(sheets).ok_or(NotOurs::NoHeadings)?;
    let cell = |row: &[String], name: &str| {
        columns
            .get(name)
            .and_then(|column| row.get(*column))
            .map_or(String::new(), |cell| cell.trim().to_owned())
    };
    // Question to field to what was typed, and the version with which the question went out.
    let mut typed: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut versions: BTreeMap<String, i64> = BTreeMap::new();
    let mut read = Read::default();
    for (index, row) in sheet.rows.iter().enumerate().skip(head + 1) {
        let (question, field, answer) = (cell(row, QUESTION), cell(row, FIELD), cell(row, ANSWER));
        if question.is_empty() && field.is_empty() {
            continue;
        }
        let question = questionnaires::japanese::width::normalise_code(&question).to_uppercase();
        if own.questionnaire.find(&question).is_none() {
            if !answer.is_empty() {
                read.unknown.push(format!("{}行目：「{question}」という設問はありません", index + 1));
            }
            continue;
        }
        if let Ok(version) = cell(row, VERSION).parse() {
            versions.insert(question.clone(), version);
        }
        typed.entry(question).or_default().insert(field, answer);
    }
    for asked in own.questionnaire.sections.iter().flat_map(|section| &section.questions) {
        if let Some(cells) = typed.get(&asked.question.id) {
            let version = versions.get(&asked.question.id).copied();
            read.rows.extend(row(own, asked, cells, version));
        }
    }
    Ok(read)
}

fn row(own: &Own, asked: &Asked, cells: &BTreeMap<String, String>, version: Option<i64>) -> Option<Row> {
    let question = &asked.question;
    let saved = own.saved(&question.id);
    let current = raw_of(question, own);
    let mut posted: Vec<(String, Vec<String>)> = Vec::new();
    let mut touched = false;
    for Field { name, kind, .. } in all_fields(asked, &current, cells) {
        let now = words(&current, &name, kind);
        // A row that is missing from the file stays as it is; an emptied cell empties the field.
        let cell = cells.get(&name).cloned().unwrap_or_else(|| now.clone());
        touched |= search_key(&cell) != search_key(&now) || cell.trim() != now.trim();
        posted.extend(values(&name, kind, &cell));
    }
    let mut raw = RawAnswer::default();
    for (name, values) in &posted {
        raw.set(name, values.clone());
    }
    let reading = answer::read(question, &raw);
    let nothing = saved.is_none() && cells.values().all(String::is_empty);
    if nothing {
        return None;
    }
    let fate = match saved {
        _ if !touched => Fate::Same,
        Some(saved) if version.is_some_and(|version| version < saved.version) => Fate::Conflicting,
        Some(_) => Fate::Changed,
        None => Fate::New,
    };
    let prefixed = posted.into_iter().flat_map(|(name, values)| {
        values.into_iter().map(move |value| (name.clone(), value)).collect::<Vec<_>>()
    });
    Some(Row {
        question: question.id.clone(),
        title: question.title.clone(),
        fate,
        before: saved.map_or_else(Vec::new, |saved| describe(question, &saved.answer)),
        after: describe(question, &reading.answer),
        problems: reading.problems.into_iter().map(|problem| problem.message).collect(),
        fields: prefixed.map(|(name, value)| (format!("{}/{name}", question.id), value)).collect(),
        version: saved.map_or(0, |saved| saved.version),
    })
}

/// The fields of a question, with as many rows of its tables as the file has.
fn all_fields<'q>(asked: &'q Asked, current: &RawAnswer, cells: &BTreeMap<String, String>) -> Vec<Field<'q>> {
    let mut raw = current.clone();
    // A cell of a later row opens the rows before it.
    for (name, _) in cells.iter().filter(|(_, cell)| !cell.is_empty()) {
        if raw.first(name).is_empty() {
            raw.set(name, vec!["・".to_owned()]);
        }
    }
    let mut fields = fields(asked, &raw);
    fields.retain(|field| {
        let in_table = field.name.split('.').nth(1).is_some_and(|row| row.parse::<usize>().is_ok());
        let evidence = matches!(field.kind, Kind::Evidence(_)) || field.name.starts_with("evidence.");
        !in_table
            || evidence
            || cells.contains_key(&field.name)
            || !words(current, &field.name, field.kind).is_empty()
    });
    fields
}

/// The code beside its name, on any sheet.
fn code_in(sheets: &[Sheet]) -> Option<String> {
    sheets.iter().flat_map(|sheet| &sheet.rows).find_map(|row| {
        let at = row.iter().position(|cell| cell.trim() == CODE)?;
        row.iter().skip(at + 1).map(|cell| cell.trim().to_owned()).find(|cell| !cell.is_empty())
    })
}

fn headings(sheets: &[Sheet]) -> Option<(&Sheet, usize, BTreeMap<&'static str, usize>)> {
    sheets.iter().find_map(|sheet| {
        sheet.rows.iter().take(50).enumerate().find_map(|(index, row)| {
            let place = |name: &str| row.iter().position(|cell| cell.trim() == name);
            let needed = [(QUESTION, place(QUESTION)?), (FIELD, place(FIELD)?), (ANSWER, place(ANSWER)?)];
            let version = place(VERSION).map(|column| (VERSION, column));
            Some((sheet, index, needed.into_iter().chain(version).collect()))
        })
    })
}
