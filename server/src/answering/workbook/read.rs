//! The workbook that comes back: matched by visible cells, every row with its fate, nothing changed yet.

use std::collections::BTreeMap;

use questionnaires::answer::{self, RawAnswer, describe};
use questionnaires::japanese::width::normalise_code;
use questionnaires::question::Asked;
use serde::Serialize;

use super::{
    ANSWER, CODE, CODE_LETTERS, FIELD, Field, Kind, QUESTION, VERSION, code, code_letters, fields, raw_of,
    values, words,
};
use crate::answering::sheet::Own;
use crate::spreadsheet::{Merged, Sheet};

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
    /// What the file holds that is not taken, by its row, and why.
    pub left_out: Vec<String>,
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

/// What stands in an answer cell.
struct Cell {
    /// As typed.
    text: String,
    /// Row of the file, from 1.
    row: usize,
}

/// The table of answers, wherever it stands.
struct Table<'a> {
    sheet: &'a Sheet,
    /// Row of the headings, from 0.
    head: usize,
    columns: BTreeMap<&'static str, usize>,
    /// Merged areas by column and first row, for the columns that are read.
    merged: BTreeMap<(usize, usize), &'a Merged>,
}

impl Table<'_> {
    fn own(&self, row: usize, column: usize) -> &str {
        self.sheet.rows.get(row).and_then(|cells| cells.get(column)).map_or("", String::as_str)
    }

    /// The merged area that hides a cell behind its first one.
    fn hiding(&self, row: usize, column: usize) -> Option<&Merged> {
        let (_, area) = self.merged.range((column, 0)..=(column, row)).next_back()?;
        let first = (*area.rows.start(), *area.columns.start());
        Some(*area).filter(|area| area.rows.contains(&row) && first != (row, column))
    }

    /// The text of a cell; one that is merged with those above it says the same as they do.
    fn text(&self, row: usize, name: &str) -> String {
        let Some(column) = self.columns.get(name).copied() else { return String::new() };
        let row = match self.hiding(row, column) {
            Some(area) if *area.columns.start() == column => *area.rows.start(),
            _ => row,
        };
        self.own(row, column).trim().to_owned()
    }

    /// The answer of a row; `None` where another cell hides it.
    fn answer(&self, row: usize) -> Option<String> {
        let column = self.columns.get(ANSWER).copied()?;
        self.hiding(row, column).is_none().then(|| self.own(row, column).to_owned())
    }
}

/// Understands a workbook; columns may stand in any order and on any sheet.
///
/// # Errors
/// [`NotOurs`]
pub fn read(own: &Own, sheets: &[Sheet]) -> Result<Read, NotOurs> {
    let found = code_in(sheets);
    if let Some(found) = found.as_ref().filter(|found| code_letters(found) != code_letters(&code(own))) {
        return Err(NotOurs::Other(found.clone()));
    }
    let mut tables = sheets.iter().filter_map(headings);
    let table = tables.next().ok_or(NotOurs::NoHeadings)?;
    let mut read = Read::default();
    if found.is_none() {
        read.left_out
            .push(format!("「{CODE}」が見つかりません。この調査票のファイルであることを確かめてください"));
    }
    for other in tables {
        read.left_out.push(format!(
            "シート「{}」は読み込んでいません。回答はシート「{}」にまとめてください",
            other.sheet.name, table.sheet.name
        ));
    }
    // Question to field to what was typed, and the version with which the question went out.
    let mut typed: BTreeMap<String, BTreeMap<String, Cell>> = BTreeMap::new();
    let mut twice: Vec<(String, String)> = Vec::new();
    let mut versions: BTreeMap<String, i64> = BTreeMap::new();
    for row in table.head + 1..table.sheet.rows.len() {
        let number = row + 1;
        let (question, field) = (table.text(row, QUESTION), table.text(row, FIELD));
        let answer = table.answer(row);
        let blank = answer.as_ref().is_none_or(|answer| answer.trim().is_empty());
        if question.is_empty() || (field.is_empty() && blank) {
            if !blank {
                read.left_out.push(format!("{number}行目：番号が空のため、どの設問の回答か分かりません"));
            }
            continue;
        }
        let question = normalise_code(&question).to_uppercase();
        if own.questionnaire.find(&question).is_none() {
            if !blank {
                read.left_out.push(format!("{number}行目：「{question}」という設問はありません"));
            }
            continue;
        }
        if let Ok(version) = normalise_code(&table.text(row, VERSION)).parse::<i64>() {
            versions
                .entry(question.clone())
                .and_modify(|least| *least = version.min(*least))
                .or_insert(version);
        }
        let Some(text) = answer else {
            read.left_out.push(format!(
                "{number}行目：「{question}」の回答のセルがほかのセルと結合されています。結合を解いて記入してください"
            ));
            continue;
        };
        let field = normalise_code(&field).to_lowercase();
        let cells = typed.entry(question.clone()).or_default();
        match cells.get(&field) {
            Some(before) if before.text.trim() == text.trim() => {}
            Some(before) => {
                read.left_out.push(format!(
                    "{number}行目：「{question}」の同じ欄が{}行目にもあり、回答が違います。どちらかを消してください",
                    before.row
                ));
                twice.push((question, field));
            }
            None => {
                cells.insert(field, Cell { text, row: number });
            }
        }
    }
    for (question, field) in twice {
        typed.entry(question).or_default().remove(&field);
    }
    let unlocked = own.unlocked();
    for asked in own.questionnaire.questions() {
        if let Some(cells) = typed.get(&asked.question.id) {
            let version = versions.get(&asked.question.id).copied();
            let open = unlocked.contains(asked.question.id.as_str());
            row(own, asked, cells, (version, open), &mut read);
        }
    }
    Ok(read)
}

/// One question: its cells, the version that the workbook was made from, and whether it can be changed.
fn row(
    own: &Own,
    asked: &Asked,
    cells: &BTreeMap<String, Cell>,
    (version, open): (Option<i64>, bool),
    read: &mut Read,
) {
    let question = &asked.question;
    let saved = own.saved(&question.id);
    let current = raw_of(question, own);
    let fields = all_fields(asked, &current, cells);
    for (name, cell) in cells {
        if !cell.text.trim().is_empty() && !fields.iter().any(|field| field.name == *name) {
            let (row, id) = (cell.row, &question.id);
            read.left_out.push(format!("{row}行目：「{id}」に「{name}」という欄はありません"));
        }
    }
    // What the file does not change stays exactly as it is, with what a workbook does not show.
    let mut raw = current.clone();
    let mut touched = false;
    for Field { name, kind, .. } in &fields {
        // A row that is missing from the file stays as it is; an emptied cell empties the field.
        let Some(cell) = cells.get(name) else { continue };
        if cell.text.trim() == words(&current, name, *kind).trim() {
            continue;
        }
        touched = true;
        for (name, values) in values(name, *kind, &cell.text) {
            raw.set(&name, values);
        }
    }
    let reading = answer::read(question, &raw);
    if saved.is_none() && !touched {
        return;
    }
    if touched && !open {
        let row = cells.values().map(|cell| cell.row).min().unwrap_or_default();
        let id = &question.id;
        read.left_out.push(format!("{row}行目：「{id}」は差し戻されていないため、変更できません"));
        return;
    }
    let fate = match saved {
        _ if !touched => Fate::Same,
        Some(saved) if version.is_some_and(|version| version < saved.version) => Fate::Conflicting,
        Some(_) => Fate::Changed,
        None => Fate::New,
    };
    let at = |name: &str| cells.get(name).map_or(String::new(), |cell| format!("{}行目：", cell.row));
    let problems = reading.problems.into_iter().map(|problem| (problem.field, problem.message));
    let problems = problems.chain(without_place(&raw, &fields));
    let prefixed = raw.fields().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    read.rows.push(Row {
        question: question.id.clone(),
        title: question.title.clone(),
        fate,
        before: saved.map_or_else(Vec::new, |saved| describe(question, &saved.answer)),
        after: describe(question, &reading.answer),
        problems: problems.map(|(field, message)| format!("{}{message}", at(&field))).collect(),
        fields: prefixed.map(|(name, value)| (format!("{}/{name}", question.id), value.clone())).collect(),
        version: saved.map_or(0, |saved| saved.version),
    });
}

/// Cells that say something about what the row beside them does not name: they would go without a word.
fn without_place(raw: &RawAnswer, fields: &[Field<'_>]) -> Vec<(String, String)> {
    let filled = |name: &str| !raw.first(name).trim().is_empty();
    let mut found = Vec::new();
    if filled("standing_reason") && matches!(raw.first("standing"), "" | "plain") {
        let message = "理由又は条件を記入したときは、「回答の扱い」を選んでください";
        found.push(("standing_reason".to_owned(), message.to_owned()));
    }
    for slot in fields.iter().filter_map(|field| field.name.strip_suffix(".title")) {
        let dates = [format!("{slot}.issued_on"), format!("{slot}.valid_until")];
        let named = filled(&format!("{slot}.title")) || filled(&format!("{slot}.file"));
        if let Some(date) = dates.into_iter().find(|date| filled(date) && !named) {
            found.push((date, "資料の名称を記入してください".to_owned()));
        }
    }
    found
}

/// The fields of a question, with as many rows of its tables as the file has.
fn all_fields<'q>(asked: &'q Asked, current: &RawAnswer, cells: &BTreeMap<String, Cell>) -> Vec<Field<'q>> {
    let mut raw = current.clone();
    // A cell of a later row opens the rows before it.
    for (name, _) in cells.iter().filter(|(_, cell)| !cell.text.trim().is_empty()) {
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

/// The code beside its name, on any sheet; on its left where columns were moved.
fn code_in(sheets: &[Sheet]) -> Option<String> {
    sheets.iter().flat_map(|sheet| &sheet.rows).find_map(|row| {
        let at = row.iter().position(|cell| cell.trim() == CODE)?;
        let (before, after) = (row.iter().take(at), row.iter().skip(at + 1));
        let beside: Vec<&str> =
            after.chain(before).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        let is_code = |cell: &&&str| {
            let letters = code_letters(cell);
            letters.len() == CODE_LETTERS && letters.iter().all(char::is_ascii_hexdigit)
        };
        beside.iter().find(is_code).or(beside.first()).map(|found| (*found).to_owned())
    })
}

fn headings(sheet: &Sheet) -> Option<Table<'_>> {
    let (head, columns) = sheet.rows.iter().take(50).enumerate().find_map(|(index, row)| {
        let place = |name: &str| row.iter().position(|cell| cell.trim() == name);
        let needed = [(QUESTION, place(QUESTION)?), (FIELD, place(FIELD)?), (ANSWER, place(ANSWER)?)];
        let version = place(VERSION).map(|column| (VERSION, column));
        Some((index, needed.into_iter().chain(version).collect::<BTreeMap<_, _>>()))
    })?;
    let mut merged = BTreeMap::new();
    for area in &sheet.merged {
        for column in columns.values().filter(|column| area.columns.contains(column)) {
            merged.insert((*column, *area.rows.start()), area);
        }
    }
    Some(Table { sheet, head, columns, merged })
}
