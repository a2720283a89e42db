//! All questions on one page, conditional ones included, to read and to print before answering.

use axum::extract::State;
use domain::language::Language;
use questionnaires::question::{Asked, Asking, Choice, Column, Input, Part, Questionnaire};
use serde::Serialize;

use super::english::{self, EnglishShown};
use super::{sheet, workbook};
use crate::access::Respondent;
use crate::app::App;
use crate::error::Result;
use crate::page::{self, Frame, Query};

/// The page. What staff read about a question (why this case asks it, points, weight, what disqualifies) is not here.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Due in words.
    pub due: String,
    /// Whether questions have English texts.
    pub english: bool,
    /// Whether those are unfolded, as for printing.
    pub unfolded: bool,
    /// Sections.
    pub sections: Vec<SectionShown>,
}

/// A section.
#[derive(Debug, Clone, Serialize)]
pub struct SectionShown {
    /// Name.
    pub name: String,
    /// Whether an English page has the name in Japanese for want of a twin.
    pub only_japanese: bool,
    /// Name in English beside the Japanese one; empty where the bank has none.
    pub english: String,
    /// Questions.
    pub questions: Vec<QuestionShown>,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionShown {
    /// Id.
    pub id: String,
    /// Number on the form.
    pub number: usize,
    /// Heading.
    pub title: String,
    /// Text.
    pub text: String,
    /// Why it is asked of anybody.
    pub why: String,
    /// When it is asked; empty for always.
    pub when: String,
    /// What is filled in.
    pub parts: Vec<PartShown>,
    /// Papers that can be shown.
    pub evidence: Vec<String>,
    /// Whether 該当なし can be answered.
    pub may_be_not_applicable: bool,
    /// Words explained.
    pub terms: Vec<(String, String)>,
    /// The English text.
    pub english: Option<EnglishShown>,
    /// Whether an English page has it in Japanese for want of a twin.
    pub only_japanese: bool,
    /// The Japanese text, where the page shows the English one.
    pub japanese: Option<String>,
}

/// Something to fill in.
#[derive(Debug, Clone, Serialize)]
pub struct PartShown {
    /// Label; empty where the question says it all.
    pub label: String,
    /// Whether an answer is complete without it.
    pub required: bool,
    /// When it has to be filled in; empty for always.
    pub when: String,
    /// Support text.
    pub hint: String,
    /// How it is filled in.
    pub how: String,
    /// Choices, or columns of a table.
    pub items: Vec<String>,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let language = responder.language();
    let mut number = 0;
    let sections: Vec<SectionShown> = own
        .questionnaire
        .sections
        .iter()
        .map(|section| SectionShown {
            only_japanese: language == Language::English && section.english.is_none(),
            name: english::section(section, language),
            english: language.pick(section.english.clone().unwrap_or_default(), String::new()),
            questions: section
                .questions
                .iter()
                .filter_map(|asked| {
                    number += 1;
                    shown(&own.questionnaire, asked, number, language)
                })
                .collect(),
        })
        .collect();
    let shown = Page {
        title: own.title.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        english: sections.iter().flat_map(|section| &section.questions).any(|asked| asked.english.is_some()),
        unfolded: query.get("english") == Some("yes"),
        sections,
    };
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("設問の一覧", "All questions"),
    );
    page::render(&app, "answering/questions.html", &frame, &shown)
}

/// When something is asked, in words; `None` when never.
fn when(asking: Asking) -> Option<String> {
    match asking {
        Asking::Always => Some(String::new()),
        Asking::When(words) => Some(format!("{words}とき")),
        Asking::Never => None,
    }
}

fn shown(
    questionnaire: &Questionnaire,
    asked: &Asked,
    number: usize,
    language: Language,
) -> Option<QuestionShown> {
    let shown_in = english::answered_in(asked, language);
    let question = &*english::question(asked, language);
    Some(QuestionShown {
        id: question.id.clone(),
        number,
        title: question.title.clone(),
        text: question.text.clone(),
        why: question.why.clone(),
        when: when(questionnaire.asking(question))?,
        parts: question
            .parts
            .iter()
            .filter_map(|part| Some(part_shown(part, shown_in, when(questionnaire.asking_part(part))?)))
            .collect(),
        evidence: question.evidence.iter().map(|kind| kind.label.clone()).collect(),
        may_be_not_applicable: question.may_be_not_applicable,
        terms: question.terms.iter().map(|term| (term.word.clone(), term.meaning.clone())).collect(),
        english: english::shown(asked),
        only_japanese: shown_in != language,
        japanese: (shown_in == Language::English).then(|| asked.question.text.clone()),
    })
}

fn part_shown(part: &Part, language: Language, when: String) -> PartShown {
    let (how, items) = match &part.input {
        Input::Single { choices } => {
            (language.pick("1つ選びます。", "Choose one.").to_owned(), labels(choices))
        }
        Input::Multi { choices } => (
            language.pick("当てはまるものを全て選びます。", "Choose all that apply.").to_owned(),
            labels(choices),
        ),
        Input::Table { columns, max_rows, .. } => {
            let how = language.pick(
                format!("次の列の表に記入します（{max_rows}行まで）。"),
                format!("Fill in a table with these columns (up to {max_rows} rows)."),
            );
            (how, columns.iter().map(|one| column(one, language)).collect())
        }
        Input::File { .. } => {
            (language.pick("資料のファイルを示します。", "Show a file.").to_owned(), Vec::new())
        }
        input => (hint(input, language), Vec::new()),
    };
    PartShown {
        label: part.label.clone(),
        required: part.required,
        when,
        hint: part.hint.clone().unwrap_or_default(),
        how,
        items,
    }
}

fn labels(choices: &[Choice]) -> Vec<String> {
    choices.iter().map(|choice| choice.label.clone()).collect()
}

/// How something else is filled in; English labels and units say it by themselves.
fn hint(input: &Input, language: Language) -> String {
    match language {
        Language::Japanese => workbook::hint(input),
        Language::English => String::new(),
    }
}

fn column(column: &Column, language: Language) -> String {
    match hint(&column.input, language) {
        how if how.is_empty() => column.label.clone(),
        how => format!("{}（{how}）", column.label),
    }
}
