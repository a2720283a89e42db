//! Answering by workbook, equal in rank to the web: one row a field, everything that matters in visible cells, so that
//! a file survives gateways that strip styles, lists and hidden sheets, and people who move columns.

pub mod import;
mod read;
mod write;

use axum::extract::State;
use questionnaires::answer::RawAnswer;
use questionnaires::japanese::countries::country_name;
use questionnaires::japanese::search_key::search_key;
use questionnaires::japanese::width::normalise_code;
use questionnaires::question::{Asked, Choice, Input, Question};
use store::assessments::Responder;

use super::sheet::{self, Own};
use crate::access::Respondent;
use crate::app::{App, off_thread};
use crate::contracts::download::handed_out;
use crate::error::{Error, Result};
use crate::spreadsheet::csv::Charset;

pub use read::{Fate, Read, read};

#[cfg(test)]
mod tests;

/// What stands beside the code that ties a workbook to its questionnaire.
const CODE: &str = "調査票の符号";
/// How many letters and digits it has.
const CODE_LETTERS: usize = 12;
/// Headings; found again by their words, whatever their order.
const QUESTION: &str = "番号";
const FIELD: &str = "欄";
const ANSWER: &str = "回答";
const VERSION: &str = "版";
/// Rows that a table offers beyond those filled in.
const SPARE_ROWS: usize = 4;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// GET: the questionnaire as a workbook, with what is answered so far.
pub async fn file(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let name = format!("{}_調査票.xlsx", own.title);
    let bytes = off_thread("questionnaire workbook", move || write::book(&own))
        .await?
        .map_err(|error| Error::internal("workbook", error))?;
    handed_out(XLSX, "questionnaire.xlsx", &name, bytes)
}

/// GET: its table as CSV in UTF-8.
pub async fn utf8(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    as_csv(&app, &responder, Charset::Utf8).await
}

/// GET: its table as CSV in CP932.
pub async fn cp932(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    as_csv(&app, &responder, Charset::Cp932).await
}

async fn as_csv(app: &App, responder: &Responder, charset: Charset) -> Result {
    let own = sheet::load(app, responder).await?;
    let name = format!("{}_調査票.csv", own.title);
    let kind = match charset {
        Charset::Utf8 => "text/csv; charset=utf-8",
        Charset::Cp932 => "text/csv; charset=shift_jis",
    };
    let bytes = off_thread("questionnaire as csv", move || write::table(&own, charset))
        .await?
        .map_err(|error| Error::internal("csv", error))?;
    handed_out(kind, "questionnaire.csv", &name, bytes)
}

/// What ties a workbook to its questionnaire: the end of the assessment's id, which nobody can guess or confuse.
///
/// In groups, for Excel would read twelve digits, or digits about an E, in a CSV as a number and round them.
#[must_use]
pub fn code(own: &Own) -> String {
    let letters = code_letters(own.assessment.id.as_str());
    let end = letters.get(letters.len().saturating_sub(CODE_LETTERS)..).unwrap_or_default();
    end.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The letters and digits of a code, however it is written.
fn code_letters(code: &str) -> Vec<char> {
    normalise_code(code).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// A field of a question as a row.
#[derive(Debug, Clone)]
struct Field<'q> {
    /// Field name as in [`RawAnswer`].
    name: String,
    /// What it asks.
    label: String,
    /// How to fill it in.
    hint: String,
    /// Whether it has to be filled in.
    required: bool,
    kind: Kind<'q>,
}

/// How the words of a cell and the values of a form belong together.
#[derive(Debug, Clone, Copy)]
enum Kind<'q> {
    Input(&'q Input),
    /// 通常, 条件付き, and 該当なし where the question may be put aside.
    Standing {
        not_applicable: bool,
    },
    Text,
    /// A piece of evidence: the kind that goes with its title.
    Evidence(&'q str),
}

const NOT_APPLICABLE: &str = "not_applicable";
const STANDINGS: &[(&str, &str)] =
    &[("plain", "通常"), (NOT_APPLICABLE, "該当なし"), ("conditional", "条件付き")];
const YES_NO: &[(&str, &str)] = &[("yes", "はい"), ("no", "いいえ")];

/// The fields of a question, tables with a few rows to spare.
fn fields<'q>(asked: &'q Asked, raw: &RawAnswer) -> Vec<Field<'q>> {
    let question = &asked.question;
    let mut fields = Vec::new();
    for part in &question.parts {
        let label = if part.label.is_empty() { "回答".to_owned() } else { part.label.clone() };
        match &part.input {
            Input::Table { columns, min_rows, max_rows } => {
                let filled = (0..200)
                    .rev()
                    .find(|row| {
                        columns.iter().any(|column| {
                            !words(
                                raw,
                                &format!("{}.{row}.{}", part.id, column.id),
                                Kind::Input(&column.input),
                            )
                            .is_empty()
                        })
                    })
                    .map_or(0, |row| row + 1);
                let least = usize::try_from(*min_rows).unwrap_or(0);
                let most = usize::try_from(*max_rows).unwrap_or(usize::MAX);
                for row in 0..(filled + SPARE_ROWS).max(least).min(most) {
                    fields.extend(columns.iter().map(|column| Field {
                        name: format!("{}.{row}.{}", part.id, column.id),
                        label: format!("{label}　{}行目　{}", row + 1, column.label),
                        hint: hint(&column.input),
                        required: false,
                        kind: Kind::Input(&column.input),
                    }));
                }
            }
            Input::File { .. } => {}
            input => fields.push(Field {
                name: part.id.clone(),
                label,
                hint: hint(input),
                required: part.required,
                kind: Kind::Input(input),
            }),
        }
    }
    let plain = |name: &str, label: &str, hint: &str, kind| Field {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        required: false,
        kind,
    };
    let standing = Kind::Standing { not_applicable: question.may_be_not_applicable };
    fields.push(plain("standing", "回答の扱い", &offered(standing).join("／"), standing));
    let reason = if question.may_be_not_applicable { "該当なしの理由又は条件" } else { "条件" };
    fields.push(plain("standing_reason", reason, "", Kind::Text));
    for (slot, kind) in question.evidence.iter().enumerate() {
        let name = |part: &str| format!("evidence.{slot}.{part}");
        fields.push(plain(
            &name("title"),
            &format!("根拠資料：{}", kind.label),
            "資料の名称又はファイル名",
            Kind::Evidence(&kind.id),
        ));
        fields.push(plain(&name("issued_on"), "根拠資料の発行の日", "例：令和8年4月1日", Kind::Text));
        fields.push(plain(&name("valid_until"), "根拠資料の有効期限", "例：令和9年3月31日", Kind::Text));
    }
    fields.push(plain("note", "補足", "", Kind::Text));
    fields
}

fn labels(choices: &[Choice]) -> Vec<&str> {
    choices.iter().map(|choice| choice.label.as_str()).collect()
}

/// How something is filled in; a table and a file say it elsewhere.
pub(super) fn hint(input: &Input) -> String {
    match input {
        Input::Single { choices } => labels(choices).join("／"),
        Input::Multi { choices } => {
            format!("{}（当てはまるものを全て「、」で区切る）", labels(choices).join("／"))
        }
        Input::YesNo { .. } => "はい／いいえ".into(),
        Input::Text { max_chars, .. } => format!("{max_chars}文字まで"),
        Input::Number { unit, .. } => format!("数（{unit}）"),
        Input::Percent { .. } => "数（％）".into(),
        Input::Duration { .. } => "例：4時間、2日".into(),
        Input::Date => "例：令和8年4月1日".into(),
        Input::Countries { undisclosed } => {
            format!(
                "国又は地域の名称を「、」で区切る{}",
                if *undisclosed { "（示せないときは、不明・非開示）" } else { "" }
            )
        }
        Input::Table { .. } | Input::File { .. } => String::new(),
    }
}

/// The choices that a list offers; empty where anything may be typed.
fn offered<'q>(kind: Kind<'q>) -> Vec<&'q str> {
    match kind {
        Kind::Input(Input::Single { choices }) => labels(choices),
        Kind::Input(Input::YesNo { .. }) => YES_NO.iter().map(|(_, word)| *word).collect(),
        Kind::Standing { not_applicable } => {
            let given = STANDINGS.iter().filter(|(id, _)| not_applicable || *id != NOT_APPLICABLE);
            given.map(|(_, word)| *word).collect()
        }
        _ => Vec::new(),
    }
}

/// What stands in the cell of a field.
fn words(raw: &RawAnswer, name: &str, kind: Kind<'_>) -> String {
    let first = raw.first(name);
    let of = |pairs: &[(&str, &str)]| {
        pairs.iter().find(|(id, _)| *id == first).map_or(first.to_owned(), |(_, word)| (*word).to_owned())
    };
    match kind {
        Kind::Input(Input::Single { choices } | Input::Multi { choices }) => {
            let label = |id: &String| {
                choices
                    .iter()
                    .find(|choice| choice.id == *id)
                    .map_or(id.clone(), |choice| choice.label.clone())
            };
            raw.all(name).iter().filter(|id| !id.is_empty()).map(label).collect::<Vec<_>>().join("、")
        }
        Kind::Input(Input::YesNo { .. }) => of(YES_NO),
        Kind::Standing { .. } => of(STANDINGS),
        Kind::Input(Input::Countries { .. }) => {
            let name_of = |code: &String| match code.as_str() {
                "ZZ" => "不明・非開示".to_owned(),
                code => country_name(code).unwrap_or(code).to_owned(),
            };
            let typed =
                Some(raw.first(&format!("{name}.other")).to_owned()).filter(|typed| !typed.is_empty());
            raw.all(name).iter().map(name_of).chain(typed).collect::<Vec<_>>().join("、")
        }
        Kind::Input(Input::Duration { .. }) if !first.is_empty() => {
            let unit = if raw.first(&format!("{name}.unit")) == "days" { "日" } else { "時間" };
            format!("{first}{unit}")
        }
        _ => first.to_owned(),
    }
}

/// The values of a form that the words of a cell stand for. What is no choice stays as typed, and is a problem beside
/// its field.
fn values(name: &str, kind: Kind<'_>, typed: &str) -> Vec<(String, Vec<String>)> {
    let cell = typed.trim();
    let one = |value: &str| vec![(name.to_owned(), vec![value.to_owned()])];
    let of = |pairs: &[(&str, &str)]| {
        let key = search_key(cell);
        let known = pairs.iter().find(|(id, word)| search_key(word) == key || *id == cell);
        one(known.map_or(cell, |(id, _)| id))
    };
    let choice = |choices: &[Choice], word: &str| {
        let key = search_key(word);
        let known = choices.iter().find(|choice| search_key(&choice.label) == key || choice.id == word);
        known.map_or(word.to_owned(), |choice| choice.id.clone())
    };
    match kind {
        Kind::Input(Input::Single { choices }) => one(&choice(choices, cell)),
        Kind::Input(Input::Multi { choices }) => {
            vec![(
                name.to_owned(),
                separate(choices, cell).iter().map(|word| choice(choices, word)).collect(),
            )]
        }
        Kind::Input(Input::YesNo { .. }) => of(YES_NO),
        Kind::Standing { .. } if cell.is_empty() => one("plain"),
        Kind::Standing { .. } => of(STANDINGS),
        Kind::Input(Input::Countries { .. }) => {
            let (hidden, named): (Vec<&str>, Vec<&str>) = cell
                .split(['、', ',', '，', '\n'])
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .partition(|word| ["不明・非開示", "不明", "非開示", "ZZ"].contains(word));
            let codes = if hidden.is_empty() { Vec::new() } else { vec!["ZZ".to_owned()] };
            vec![(name.to_owned(), codes), (format!("{name}.other"), vec![named.join("、")])]
        }
        Kind::Input(Input::Duration { .. }) => {
            let (number, unit) = match cell.strip_suffix('日') {
                Some(days) => (days, "days"),
                None => (cell.strip_suffix("時間").unwrap_or(cell), "hours"),
            };
            vec![
                (name.to_owned(), vec![number.trim().to_owned()]),
                (format!("{name}.unit"), vec![unit.to_owned()]),
            ]
        }
        Kind::Evidence(kind) if !cell.is_empty() => {
            let slot = name.trim_end_matches(".title");
            vec![(format!("{slot}.kind"), vec![kind.to_owned()]), (name.to_owned(), vec![cell.to_owned()])]
        }
        // A paragraph may begin with a space.
        Kind::Input(Input::Text { .. }) | Kind::Text => one(typed),
        _ => one(cell),
    }
}

/// Words of a cell with several choices: labels may hold 、 themselves, so whole labels are looked for first.
fn separate(choices: &[Choice], cell: &str) -> Vec<String> {
    let mut rest = cell.to_owned();
    let mut found = Vec::new();
    let mut labels = labels(choices);
    labels.sort_by_key(|label| std::cmp::Reverse(label.chars().count()));
    for label in labels {
        if let Some(at) = rest.find(label) {
            rest.replace_range(at..at + label.len(), "、");
            found.push(label.to_owned());
        }
    }
    let others = rest.split(['、', ',', '，', '\n']).map(str::trim).filter(|word| !word.is_empty());
    found.extend(others.map(str::to_owned));
    found
}

/// Everything that a question says, as a form gives it back.
fn raw_of(question: &Question, own: &Own) -> RawAnswer {
    own.saved(&question.id)
        .map_or_else(RawAnswer::default, |saved| RawAnswer::from_answer(question, &saved.answer))
}
