//! The bank as a workbook.

use questionnaires::question::{Column as TableColumn, Input, Part, Question, Topic};
use rust_xlsxwriter::XlsxError;
use serde_json::Value as Json;

use super::columns::{self as c, COMBINES, GUIDE, KINDS, SEPARATOR, SEVERITIES, SHEETS, SheetForm};
use crate::spreadsheet::{self, Column, Table};

/// The workbook.
///
/// # Errors
/// The writer; does not happen with a bank that was loaded.
pub fn export(topics: &[Topic]) -> Result<Vec<u8>, XlsxError> {
    let mut tables = vec![guide()];
    for form in &SHEETS {
        let rows = match form.name {
            "分野" => topics.iter().map(|topic| topic_row(form, topic)).collect(),
            "設問" => per_question(topics, |topic, question| vec![question_row(form, topic, question)]),
            "回答欄" => per_question(topics, |_, question| {
                question.parts.iter().map(|part| part_row(form, question, part)).collect()
            }),
            "表の列" => per_question(topics, |_, question| column_rows(form, question)),
            "選択肢" => per_question(topics, |_, question| choice_rows(form, question)),
            "配点" => per_question(topics, |_, question| point_rows(form, question)),
            "失格" => per_question(topics, |_, question| knockout_rows(form, question)),
            "証跡" => per_question(topics, |_, question| evidence_rows(form, question)),
            _ => per_question(topics, |_, question| term_rows(form, question)),
        };
        let columns = form
            .columns
            .iter()
            .map(|(name, width, _)| Column { name: (*name).to_owned(), width: *width })
            .collect();
        tables.push(Table { name: form.name.to_owned(), title: String::new(), columns, rows });
    }
    spreadsheet::write(&tables)
}

fn per_question(topics: &[Topic], rows: impl Fn(&Topic, &Question) -> Vec<Vec<String>>) -> Vec<Vec<String>> {
    let questions =
        topics.iter().flat_map(|topic| topic.questions.iter().map(move |question| (topic, question)));
    questions.flat_map(|(topic, question)| rows(topic, question)).collect()
}

fn guide() -> Table {
    let mut rows: Vec<Vec<String>> = vec![
        vec![
            "全体".into(),
            String::new(),
            "列の見出しを変えないでください。行の追加、削除及び並べ替えはできます。数式は使えません。".into(),
        ],
        vec![
            "全体".into(),
            String::new(),
            format!("一つのセルに複数を書くときは、「{SEPARATOR}」で区切ります。"),
        ],
        vec![
            "全体".into(),
            String::new(),
            "取り込むと、まず全ての行を確かめ、一つでも誤りがあれば何も変えません。".into(),
        ],
    ];
    for form in &SHEETS {
        rows.push(vec![form.name.into(), "1行".into(), form.row.into()]);
        rows.extend(
            form.columns.iter().map(|(name, _, meaning)| {
                vec![form.name.to_owned(), (*name).to_owned(), (*meaning).to_owned()]
            }),
        );
    }
    let columns = [("シート", 12.0), ("列", 16.0), ("書くこと", 90.0)];
    Table {
        name: GUIDE.to_owned(),
        title: String::new(),
        columns: columns.map(|(name, width)| Column { name: name.to_owned(), width }).to_vec(),
        rows,
    }
}

/// A row with its cells by heading; headings not given stay empty.
fn row(form: &SheetForm, cells: &[(&str, String)]) -> Vec<String> {
    let cell = |heading: &str| cells.iter().find(|(name, _)| *name == heading).map(|(_, text)| text.clone());
    form.columns.iter().map(|(heading, ..)| cell(heading).unwrap_or_default()).collect()
}

fn yes_no(value: bool) -> String {
    if value { "はい" } else { "いいえ" }.to_owned()
}

/// The word of the workbook for a word of the files.
fn word_of(words: &[(&str, &str)], value: &impl serde::Serialize) -> String {
    let own = serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned));
    let own = own.unwrap_or_default();
    words.iter().find(|(file, _)| *file == own).map_or(own.clone(), |(_, word)| (*word).to_owned())
}

fn topic_row(form: &SheetForm, topic: &Topic) -> Vec<String> {
    row(
        form,
        &[
            (c::TOPIC, topic.topic.clone()),
            (c::TOPIC_NAME, topic.name.clone()),
            (c::ORDER, topic.order.to_string()),
        ],
    )
}

fn question_row(form: &SheetForm, topic: &Topic, question: &Question) -> Vec<String> {
    row(
        form,
        &[
            (c::QUESTION, question.id.clone()),
            (c::TOPIC, topic.topic.clone()),
            (c::TITLE, question.title.clone()),
            (c::TEXT, question.text.clone()),
            (c::WHY, question.why.clone()),
            (c::PATHS, question.paths.join(SEPARATOR)),
            (c::WHEN, question.when.as_ref().map_or_else(String::new, ToString::to_string)),
            (c::REQUIREMENTS, question.requirements.join(SEPARATOR)),
            (c::CLAUSES, question.clauses.join(SEPARATOR)),
            (c::WEIGHT, question.weight.to_string()),
            (c::COMBINE, word_of(&COMBINES, &question.combine)),
            (c::NOT_APPLICABLE, yes_no(question.may_be_not_applicable)),
            (c::SINCE, question.asked_since.to_string()),
        ],
    )
}

/// Kind and limits of an input, read from its JSON: every limit has a column of its own.
fn limits(input: &Input) -> Vec<(&'static str, String)> {
    const LIMITS: [(&str, &str); 13] = [
        ("max_chars", c::MAX_CHARS),
        ("rows", c::ROWS),
        ("unit", c::UNIT),
        ("min", c::MIN),
        ("max", c::MAX),
        ("decimals", c::DECIMALS),
        ("max_hours", c::MAX_HOURS),
        ("undisclosed", c::UNDISCLOSED),
        ("min_rows", c::MIN_ROWS),
        ("max_rows", c::MAX_ROWS),
        ("max_files", c::MAX_FILES),
        ("yes", c::YES),
        ("no", c::NO),
    ];
    let json = serde_json::to_value(input).unwrap_or_default();
    let text = |value: &Json| match value {
        Json::Null => String::new(),
        Json::Bool(value) => yes_no(*value),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut cells: Vec<(&'static str, String)> =
        LIMITS.iter().filter_map(|(member, heading)| Some((*heading, text(json.get(member)?)))).collect();
    let kind = json.get("kind").and_then(Json::as_str).unwrap_or_default();
    let word = KINDS.iter().find(|(file, _)| *file == kind).map_or(kind, |(_, word)| word);
    cells.push((c::KIND, word.to_owned()));
    cells
}

fn part_row(form: &SheetForm, question: &Question, part: &Part) -> Vec<String> {
    let mut cells = limits(&part.input);
    cells.extend([
        (c::QUESTION, question.id.clone()),
        (c::PART, part.id.clone()),
        (c::LABEL, part.label.clone()),
        (c::HINT, part.hint.clone().unwrap_or_default()),
        (c::REQUIRED, yes_no(part.required)),
        (c::WHEN, part.when.as_ref().map_or_else(String::new, ToString::to_string)),
    ]);
    row(form, &cells)
}

/// Columns of all tables of a question, with the parts that they stand in.
fn columns_of(question: &Question) -> impl Iterator<Item = (&Part, &TableColumn)> {
    question.parts.iter().flat_map(|part| {
        let columns: &[TableColumn] = match &part.input {
            Input::Table { columns, .. } => columns,
            _ => &[],
        };
        columns.iter().map(move |column| (part, column))
    })
}

fn column_rows(form: &SheetForm, question: &Question) -> Vec<Vec<String>> {
    let rows = columns_of(question).map(|(part, column)| {
        let mut cells = limits(&column.input);
        cells.extend([
            (c::QUESTION, question.id.clone()),
            (c::PART, part.id.clone()),
            (c::COLUMN, column.id.clone()),
            (c::LABEL, column.label.clone()),
            (c::REQUIRED, yes_no(column.required)),
        ]);
        row(form, &cells)
    });
    rows.collect()
}

fn choice_rows(form: &SheetForm, question: &Question) -> Vec<Vec<String>> {
    let of_parts = question.parts.iter().map(|part| (part, "", &part.input));
    let of_columns = columns_of(question).map(|(part, column)| (part, column.id.as_str(), &column.input));
    let rows = of_parts.chain(of_columns).flat_map(|(part, column, input)| {
        let choices = match input {
            Input::Single { choices } | Input::Multi { choices } => choices.as_slice(),
            _ => &[],
        };
        choices.iter().map(move |choice| {
            row(
                form,
                &[
                    (c::QUESTION, question.id.clone()),
                    (c::PART, part.id.clone()),
                    (c::COLUMN, column.to_owned()),
                    (c::CHOICE, choice.id.clone()),
                    (c::LABEL, choice.label.clone()),
                    (c::POINTS, choice.points.map_or_else(String::new, |points| points.to_string())),
                    (c::FROM, choice.available_from.map_or_else(String::new, |date| date.to_string())),
                ],
            )
        })
    });
    rows.collect()
}

fn point_rows(form: &SheetForm, question: &Question) -> Vec<Vec<String>> {
    let rows = question.points.iter().map(|points| {
        row(
            form,
            &[
                (c::QUESTION, question.id.clone()),
                (c::WHEN, points.when.as_ref().map_or_else(String::new, ToString::to_string)),
                (c::POINTS, points.points.to_string()),
                (c::LABEL, points.label.clone()),
            ],
        )
    });
    rows.collect()
}

fn knockout_rows(form: &SheetForm, question: &Question) -> Vec<Vec<String>> {
    let rows = question.knockouts.iter().map(|knockout| {
        row(
            form,
            &[
                (c::QUESTION, question.id.clone()),
                (c::SEVERITY, word_of(&SEVERITIES, &knockout.severity)),
                (c::WHEN, knockout.when.to_string()),
                (c::REASON, knockout.reason.clone()),
                (c::REQUIREMENT, knockout.requirement.clone()),
            ],
        )
    });
    rows.collect()
}

fn evidence_rows(form: &SheetForm, question: &Question) -> Vec<Vec<String>> {
    let rows = question.evidence.iter().map(|evidence| {
        row(
            form,
            &[
                (c::QUESTION, question.id.clone()),
                (c::EVIDENCE, evidence.id.clone()),
                (c::LABEL, evidence.label.clone()),
                (c::MAX_AGE, evidence.max_age_months.map_or_else(String::new, |months| months.to_string())),
            ],
        )
    });
    rows.collect()
}

fn term_rows(form: &SheetForm, question: &Question) -> Vec<Vec<String>> {
    let rows = question.terms.iter().map(|term| {
        row(
            form,
            &[
                (c::QUESTION, question.id.clone()),
                (c::WORD, term.word.clone()),
                (c::MEANING, term.meaning.clone()),
            ],
        )
    });
    rows.collect()
}
