//! A question as inputs: what the template needs of parts, choices, values and problems.

use std::collections::BTreeSet;

use domain::language::Language;
use questionnaires::answer::{Problem, RawAnswer};
use questionnaires::japanese::countries::{COUNTRIES, country_name};
use questionnaires::question::{Asked, Choice, Column, Input, Part, Question};
use serde::Serialize;
use store::answers::Saved;

use super::english;
use super::previous::PreviousShown;
use crate::form::Form;
use crate::page;

/// Countries offered as boxes; all others are typed.
const FREQUENT: &[&str] = &["JP", "US", "SG", "KR", "TW", "IE", "DE", "NL", "GB", "AU", "IN"];
/// Empty rows that a table offers beyond those filled in.
const SPARE_ROWS: usize = 2;

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionShown {
    /// Id.
    pub id: String,
    /// Number on the form, from 1.
    pub number: usize,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Why it is asked.
    pub why: String,
    /// Words explained.
    pub terms: Vec<(String, String)>,
    /// The question in English, where the bank has it.
    pub english: Option<super::english::EnglishShown>,
    /// The Japanese title, text and reason, where the page shows the English ones.
    pub japanese: Option<(String, String, String)>,
    /// Whether an English page shows it in Japanese for want of a twin.
    pub only_japanese: bool,
    /// Parts.
    pub parts: Vec<PartShown>,
    /// Note as typed.
    pub note: String,
    /// Whether 該当なし is offered.
    pub may_be_not_applicable: bool,
    /// `plain`, `not_applicable` or `conditional`.
    pub standing: String,
    /// Reason or option as typed.
    pub standing_reason: String,
    /// Evidence slots.
    pub evidence: Vec<EvidenceShown>,
    /// Version that a save must name; 0 before the first.
    pub version: i64,
    /// Who saved last, and when.
    pub saved: String,
    /// Whether it is asked at present.
    pub visible: bool,
    /// Whether it can be changed.
    pub unlocked: bool,
    /// Why it came back; empty otherwise.
    pub returned: String,
    /// Comments that both sides see.
    pub comments: usize,
    /// Whether it is an answer of before that nobody has confirmed yet.
    pub to_confirm: bool,
    /// What the company answered before.
    pub previous: Option<PreviousShown>,
    /// Problems in order, each with its field.
    pub problems: Vec<ProblemShown>,
}

/// A problem beside its field.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemShown {
    /// Id of the element.
    pub field: String,
    /// What to do.
    pub message: String,
}

/// A part.
#[derive(Debug, Clone, Serialize)]
pub struct PartShown {
    /// Field name.
    pub field: String,
    /// Label; empty for an only part.
    pub label: String,
    /// Support text.
    pub hint: String,
    /// Whether it is required.
    pub required: bool,
    /// Kind of the input.
    pub kind: &'static str,
    /// Value as typed.
    pub value: String,
    /// Unit after the box.
    pub unit: String,
    /// Lines of a text box.
    pub rows: u32,
    /// Most characters, told and not enforced by the browser.
    pub max_chars: u32,
    /// Choices.
    pub choices: Vec<ChoiceShown>,
    /// Countries typed beyond the boxes.
    pub other: String,
    /// Columns of a table.
    pub columns: Vec<ColumnShown>,
    /// Rows of a table.
    pub table: Vec<Vec<CellShown>>,
    /// Whether it is asked at present.
    pub visible: bool,
    /// Problem; empty without one.
    pub problem: String,
}

/// A choice.
#[derive(Debug, Clone, Serialize)]
pub struct ChoiceShown {
    /// Value.
    pub id: String,
    /// Words.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A column.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnShown {
    /// Heading.
    pub label: String,
    /// Whether a filled row needs it.
    pub required: bool,
}

/// A cell.
#[derive(Debug, Clone, Serialize)]
pub struct CellShown {
    /// Field name.
    pub field: String,
    /// Name for screen readers: column and row.
    pub label: String,
    /// Kind of the input.
    pub kind: &'static str,
    /// Value as typed.
    pub value: String,
    /// Choices.
    pub choices: Vec<ChoiceShown>,
    /// Unit.
    pub unit: String,
}

/// A slot for evidence.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceShown {
    /// Prefix of its field names.
    pub field: String,
    /// Kind id.
    pub kind: String,
    /// Label.
    pub label: String,
    /// Values as typed.
    pub title: String,
    /// Id of the file chosen; empty without one.
    pub file: String,
    /// Date of issue.
    pub issued_on: String,
    /// Last day of validity.
    pub valid_until: String,
}

/// The values of one question within a form that holds several: fields are `QQQ-NN/field`.
#[must_use]
pub fn raw_of(form: &Form, question: &str) -> RawAnswer {
    let prefix = format!("{question}/");
    let mut raw = RawAnswer::default();
    for (name, values) in form.fields() {
        if let Some(field) = name.strip_prefix(&prefix) {
            raw.set(field, values.clone());
        }
    }
    raw
}

/// Whether a form says that an answer of before still holds.
#[must_use]
pub fn confirms(form: &Form, question: &str) -> bool {
    form.text(&format!("{question}/confirmed")) == "yes"
}

/// Whether a form holds anything of a question.
#[must_use]
pub fn has(form: &Form, question: &str) -> bool {
    let prefix = format!("{question}/");
    form.fields().keys().any(|name| name.starts_with(&prefix))
}

/// What is at hand for a question.
pub struct Standing<'a> {
    /// What the reader reads.
    pub language: Language,
    /// Number on the form.
    pub number: usize,
    /// What was typed, or what is saved.
    pub raw: &'a RawAnswer,
    /// What is saved.
    pub saved: Option<&'a Saved>,
    /// What the company answered before.
    pub previous: Option<PreviousShown>,
    /// Problems.
    pub problems: &'a [Problem],
    /// Whether the question is asked at present.
    pub visible: bool,
    /// Parts that are asked at present.
    pub visible_parts: &'a BTreeSet<String>,
    /// Whether it can be changed.
    pub unlocked: bool,
    /// Why it came back; empty otherwise.
    pub returned: &'a str,
    /// Comments that both sides see.
    pub comments: usize,
}

/// A question as inputs.
#[must_use]
pub fn question(asked: &Asked, standing: &Standing<'_>) -> QuestionShown {
    let language = english::answered_in(asked, standing.language);
    let question = &*english::question(asked, language);
    let original = &asked.question;
    let raw = standing.raw;
    let field = |name: &str| format!("{}/{name}", question.id);
    QuestionShown {
        id: question.id.clone(),
        number: standing.number,
        title: question.title.clone(),
        text: question.text.clone(),
        why: question.why.clone(),
        terms: question.terms.iter().map(|term| (term.word.clone(), term.meaning.clone())).collect(),
        english: english::shown(asked),
        japanese: (language == Language::English)
            .then(|| (original.title.clone(), original.text.clone(), original.why.clone())),
        only_japanese: language != standing.language,
        parts: question.parts.iter().map(|part| part_shown(question, part, standing, language)).collect(),
        note: raw.first("note").to_owned(),
        may_be_not_applicable: question.may_be_not_applicable,
        standing: match raw.first("standing") {
            "" => "plain".to_owned(),
            chosen => chosen.to_owned(),
        },
        standing_reason: raw.first("standing_reason").to_owned(),
        evidence: question
            .evidence
            .iter()
            .enumerate()
            .map(|(index, kind)| {
                let typed = |name: &str| raw.first(&format!("evidence.{index}.{name}")).to_owned();
                EvidenceShown {
                    field: field(&format!("evidence.{index}")),
                    kind: kind.id.clone(),
                    label: kind.label.clone(),
                    title: typed("title"),
                    file: typed("file"),
                    issued_on: typed("issued_on"),
                    valid_until: typed("valid_until"),
                }
            })
            .collect(),
        version: standing.saved.map_or(0, |saved| saved.version),
        saved: standing.saved.map_or(String::new(), |saved| saved_words(saved, standing.language)),
        visible: standing.visible,
        unlocked: standing.unlocked,
        returned: standing.returned.to_owned(),
        comments: standing.comments,
        to_confirm: standing.saved.is_some_and(|saved| saved.reused_from.is_some()),
        previous: standing.previous.clone(),
        problems: standing
            .problems
            .iter()
            .map(|problem| ProblemShown { field: field(&problem.field), message: problem.message.clone() })
            .collect(),
    }
}

/// Who saved an answer, and when.
#[must_use]
pub fn saved_words(saved: &Saved, language: Language) -> String {
    let at = page::moment_in(language, saved.saved_at.get());
    match language {
        Language::Japanese => format!("{}が{at}に保存", saved.saved_by),
        Language::English => format!("Saved by {}, {at}", saved.saved_by),
    }
}

fn part_shown(question: &Question, part: &Part, standing: &Standing<'_>, language: Language) -> PartShown {
    let raw = standing.raw;
    let chosen: Vec<&str> = raw.all(&part.id).iter().map(String::as_str).collect();
    let mut shown = PartShown {
        field: format!("{}/{}", question.id, part.id),
        label: part.label.clone(),
        hint: part.hint.clone().unwrap_or_default(),
        required: part.required,
        kind: kind(&part.input),
        value: raw.first(&part.id).to_owned(),
        unit: String::new(),
        rows: 1,
        max_chars: 0,
        choices: Vec::new(),
        other: raw.first(&format!("{}.other", part.id)).to_owned(),
        columns: Vec::new(),
        table: Vec::new(),
        visible: standing.visible_parts.contains(&part.id),
        problem: standing
            .problems
            .iter()
            .find(|problem| problem.field == part.id)
            .map_or(String::new(), |problem| problem.message.clone()),
    };
    match &part.input {
        Input::Single { choices } | Input::Multi { choices } => {
            shown.choices = choices_shown(choices, &chosen)
        }
        Input::YesNo { .. } => shown.choices = yes_no(&chosen, language),
        Input::Text { max_chars, rows } => (shown.max_chars, shown.rows) = (*max_chars, *rows),
        Input::Number { unit, .. } => shown.unit.clone_from(unit),
        Input::Percent { .. } => language.pick("％", "%").clone_into(&mut shown.unit),
        Input::Duration { .. } => {
            shown.choices = duration_units(raw.first(&format!("{}.unit", part.id)), language)
        }
        Input::Countries { undisclosed } => {
            let box_of = |code: &str, label: String| ChoiceShown {
                chosen: chosen.contains(&code),
                id: code.to_owned(),
                label,
            };
            shown.choices = FREQUENT
                .iter()
                .map(|code| box_of(code, english::country(code, language)))
                .chain(undisclosed.then(|| box_of("ZZ", english::country("ZZ", language))))
                .collect();
            // Countries outside the boxes come back as names in the text box.
            if shown.other.is_empty() {
                let others: Vec<&str> = COUNTRIES
                    .iter()
                    .filter(|(code, _)| chosen.contains(code) && !FREQUENT.contains(code))
                    .map(|(code, name)| language.pick(*name, *code))
                    .collect();
                shown.other = others.join(language.pick("、", ", "));
            }
        }
        Input::Table { columns, min_rows, max_rows } => {
            shown.columns = columns
                .iter()
                .map(|column| ColumnShown { label: column.label.clone(), required: column.required })
                .collect();
            shown.table = table_rows(question, part, columns, (*min_rows, *max_rows), (raw, language));
        }
        Input::Date | Input::File { .. } => {}
    }
    shown
}

/// What stands in a cell; countries are typed and shown as names.
fn typed(raw: &RawAnswer, field: &str, input: &Input) -> String {
    if !matches!(input, Input::Countries { .. }) {
        return raw.first(field).to_owned();
    }
    let names = raw.all(field).iter().map(|code| country_name(code).unwrap_or(code).to_owned());
    let typed = Some(raw.first(&format!("{field}.other")).to_owned()).filter(|typed| !typed.is_empty());
    names.chain(typed).collect::<Vec<_>>().join("、")
}

fn kind(input: &Input) -> &'static str {
    match input {
        Input::Single { .. } => "single",
        Input::Multi { .. } => "multi",
        Input::YesNo { .. } => "yes_no",
        Input::Text { .. } => "text",
        Input::Number { .. } => "number",
        Input::Percent { .. } => "percent",
        Input::Duration { .. } => "duration",
        Input::Date => "date",
        Input::Countries { .. } => "countries",
        Input::Table { .. } => "table",
        Input::File { .. } => "file",
    }
}

fn choices_shown(choices: &[Choice], chosen: &[&str]) -> Vec<ChoiceShown> {
    choices
        .iter()
        .map(|choice| ChoiceShown {
            chosen: chosen.contains(&choice.id.as_str()),
            id: choice.id.clone(),
            label: choice.label.clone(),
        })
        .collect()
}

fn yes_no(chosen: &[&str], language: Language) -> Vec<ChoiceShown> {
    [("yes", language.pick("はい", "Yes")), ("no", language.pick("いいえ", "No"))]
        .map(|(id, label)| ChoiceShown { id: id.into(), label: label.into(), chosen: chosen.contains(&id) })
        .into()
}

fn duration_units(chosen: &str, language: Language) -> Vec<ChoiceShown> {
    [("hours", language.pick("時間", "hours")), ("days", language.pick("日", "days"))]
        .map(|(id, label)| ChoiceShown { id: id.into(), label: label.into(), chosen: chosen == id })
        .into()
}

fn table_rows(
    question: &Question,
    part: &Part,
    columns: &[Column],
    (min_rows, max_rows): (u32, u32),
    (raw, language): (&RawAnswer, Language),
) -> Vec<Vec<CellShown>> {
    let most = usize::try_from(max_rows).unwrap_or(usize::MAX).min(200);
    let least = usize::try_from(min_rows).unwrap_or(0).max(1);
    let cell = |row: usize, column: &Column| format!("{}.{row}.{}", part.id, column.id);
    let filled = (0..most)
        .rev()
        .find(|row| columns.iter().any(|column| !typed(raw, &cell(*row, column), &column.input).is_empty()))
        .map_or(0, |last| last + 1);
    (0..(filled + SPARE_ROWS).max(least).min(most))
        .map(|row| {
            columns
                .iter()
                .map(|column| {
                    let field = cell(row, column);
                    let value = typed(raw, &field, &column.input);
                    let chosen = [value.as_str()];
                    let (choices, unit) = match &column.input {
                        Input::Single { choices } | Input::Multi { choices } => {
                            (choices_shown(choices, &chosen), String::new())
                        }
                        Input::YesNo { .. } => (yes_no(&chosen, language), String::new()),
                        Input::Number { unit, .. } => (Vec::new(), unit.clone()),
                        Input::Percent { .. } => (Vec::new(), language.pick("％", "%").to_owned()),
                        _ => (Vec::new(), String::new()),
                    };
                    CellShown {
                        label: match language {
                            Language::Japanese => format!("{}（{}行目）", column.label, row + 1),
                            Language::English => format!("{} (row {})", column.label, row + 1),
                        },
                        field: format!("{}/{field}", question.id),
                        kind: kind(&column.input),
                        value,
                        choices,
                        unit,
                    }
                })
                .collect()
        })
        .collect()
}
