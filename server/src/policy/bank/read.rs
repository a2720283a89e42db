//! The bank out of a workbook: every row is judged, and all of them count or none.

use std::collections::BTreeMap;

use questionnaires::content::{Content, LoadProblem};
use questionnaires::question::{Question, Topic};
use serde::Serialize;
use serde_json::Value as Json;

use super::book::{Book, text_of};
use crate::spreadsheet::{self, Refused};

/// What a workbook would change.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Rows with anything to tell: problems first, then changes.
    pub rows: Vec<RowResult>,
    /// Whether everything fits; only then there are topics.
    pub fits: bool,
    /// Topics that differ from the present bank, with the text of their files.
    pub changed: Vec<(Topic, String)>,
    /// Questions of the present bank that the workbook leaves out.
    pub removed: Vec<String>,
    /// Questions in the workbook.
    pub questions: usize,
}

/// The result of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowResult {
    /// Sheet; empty for the workbook as a whole.
    pub sheet: String,
    /// Row as Excel numbers it; 0 for the sheet as a whole.
    pub row: usize,
    /// What the row is about, an id.
    pub about: String,
    /// `problem`, `added`, `changed`
    pub kind: &'static str,
    /// For people.
    pub message: String,
}

/// Reads a workbook against the present content; `files` are the files that the present content was loaded from.
///
/// # Errors
/// A file that is not to be read at all.
pub fn import(
    bytes: &[u8],
    present: &Content,
    files: impl IntoIterator<Item = (String, String)>,
) -> Result<Imported, Refused> {
    let sheets = spreadsheet::read(bytes)?;
    let mut book = Book::default();
    book.read(&sheets);
    if !book.problems.is_empty() {
        return Ok(Imported::refused(book.problems, book.questions.len()));
    }
    let places = book.places();
    let (count, topics) = (book.questions.len(), book.into_topics());
    let texts: Vec<(String, String)> = topics
        .iter()
        .map(|topic| (format!("questions/{}.toml", text_of(topic, "topic")), toml_text(topic)))
        .collect();
    let others = files.into_iter().filter(|(path, _)| !path.starts_with("questions/"));
    let loaded = Content::load_changed(others.chain(texts.iter().cloned()));
    let left_out: Vec<RowResult> = present
        .topics
        .iter()
        .filter(|topic| !texts.iter().any(|(path, _)| *path == format!("questions/{}.toml", topic.topic)))
        .map(|topic| RowResult {
            sheet: "分野".to_owned(),
            row: 0,
            about: topic.topic.clone(),
            kind: "problem",
            message: format!("分野「{}」の行がありません。分野は外せません（設問は外せます）", topic.name),
        })
        .collect();
    if !left_out.is_empty() {
        return Ok(Imported::refused(left_out, count));
    }
    let content = match loaded {
        Ok(content) => content,
        Err(problems) => {
            let rows = problems.iter().map(|problem| at_row(problem, &places)).collect();
            return Ok(Imported::refused(rows, count));
        }
    };
    Ok(changes(&content, present, &texts, &places, count))
}

impl Imported {
    fn refused(mut rows: Vec<RowResult>, questions: usize) -> Self {
        rows.dedup();
        Self { rows, fits: false, changed: Vec::new(), removed: Vec::new(), questions }
    }
}

fn changes(
    content: &Content,
    present: &Content,
    texts: &[(String, String)],
    places: &BTreeMap<String, (String, usize)>,
    questions: usize,
) -> Imported {
    let mut rows = Vec::new();
    let mut told = |question: &Question, kind: &'static str, message: &str| {
        let (sheet, row) = places.get(&question.id).cloned().unwrap_or_default();
        rows.push(RowResult { sheet, row, about: question.id.clone(), kind, message: message.to_owned() });
    };
    for question in content.questions() {
        match present.question(&question.id) {
            None => told(question, "added", "追加します"),
            Some(before) if before != question => told(question, "changed", "変更します"),
            Some(_) => {}
        }
    }
    let changed = content.topics.iter().filter(|topic| !present.topics.iter().any(|before| before == *topic));
    let text = |topic: &Topic| {
        let path = format!("questions/{}.toml", topic.topic);
        texts.iter().find(|(own, _)| *own == path).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let removed = present.questions().filter(|question| content.question(&question.id).is_none());
    Imported {
        fits: true,
        changed: changed.map(|topic| (topic.clone(), text(topic))).collect(),
        removed: removed.map(|question| question.id.clone()).collect(),
        rows,
        questions,
    }
}

/// A problem of the loader at the row that it comes from.
fn at_row(problem: &LoadProblem, places: &BTreeMap<String, (String, usize)>) -> RowResult {
    let words: Vec<&str> = problem.field.split('.').collect();
    let about = words.get(1).copied().unwrap_or_default();
    let part = words.iter().position(|word| *word == "part").and_then(|at| words.get(at + 1));
    let place = part.and_then(|part| places.get(&format!("{about}/{part}"))).or_else(|| places.get(about));
    let (sheet, row) = place.cloned().unwrap_or_default();
    RowResult { sheet, row, about: about.to_owned(), kind: "problem", message: problem.message.clone() }
}

/// The file of a topic.
fn toml_text(topic: &Json) -> String {
    toml::to_string_pretty(topic).unwrap_or_default()
}
