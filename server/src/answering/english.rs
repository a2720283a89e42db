//! The English twin of a question beside the Japanese one, for providers abroad.

use std::borrow::Cow;

use domain::language::Language;
use questionnaires::answer::{self, Answer, Standing, Value};
use questionnaires::japanese::countries::country_name;
use questionnaires::question::{Asked, EnglishQuestion, Input, Question, Questionnaire, Section};
use serde::Serialize;

/// What a page shows in English. Answers go into the Japanese form; each pair says what a label there means.
#[derive(Debug, Clone, Serialize)]
pub struct EnglishShown {
    /// Heading.
    pub title: String,
    /// The question.
    pub text: String,
    /// Why it is asked.
    pub why: String,
    /// Labels, hints, units, choices and evidence of the form: Japanese and English, in order.
    pub pairs: Vec<(String, String)>,
    /// Words explained.
    pub terms: Vec<(String, String)>,
}

/// The language in which a question is put to somebody who reads one: English only where the bank has its twin.
#[must_use]
pub fn answered_in(asked: &Asked, read: Language) -> Language {
    if asked.english.is_some() { read } else { Language::Japanese }
}

/// A question as somebody reads it: the same with the texts of its twin.
#[must_use]
pub fn question(asked: &Asked, read: Language) -> Cow<'_, Question> {
    match (&asked.english, read) {
        (Some(twin), Language::English) => Cow::Owned(translated(&asked.question, twin)),
        _ => Cow::Borrowed(&asked.question),
    }
}

fn translated(japanese: &Question, twin: &EnglishQuestion) -> Question {
    let mut question = japanese.clone();
    question.title.clone_from(&twin.title);
    question.text.clone_from(&twin.text);
    question.why.clone_from(&twin.why);
    question.terms.clone_from(&twin.terms);
    let put = |table: &str, key: &str, text: &mut String| {
        if let Some(english) = twin.text_of(table, key) {
            english.clone_into(text);
        }
    };
    let put_input = |id: &str, input: &mut Input| match input {
        Input::Single { choices } | Input::Multi { choices } => {
            for choice in choices {
                put("choice", &format!("{id}.{}", choice.id), &mut choice.label);
            }
        }
        Input::Number { unit, .. } => put("unit", id, unit),
        _ => {}
    };
    for part in &mut question.parts {
        put("label", &part.id, &mut part.label);
        if let Some(hint) = &mut part.hint {
            put("hint", &part.id, hint);
        }
        put_input(&part.id, &mut part.input);
        if let Input::Table { columns, .. } = &mut part.input {
            for column in columns {
                let id = format!("{}.{}", part.id, column.id);
                put("label", &id, &mut column.label);
                put_input(&id, &mut column.input);
            }
        }
    }
    for evidence in &mut question.evidence {
        put("evidence", &evidence.id, &mut evidence.label);
    }
    question
}

/// A kind of evidence by its Japanese label; none where no twin names it.
#[must_use]
pub fn evidence<'q>(questionnaire: &'q Questionnaire, japanese: &str) -> Option<&'q str> {
    questionnaire.questions().find_map(|asked| {
        let kind = asked.question.evidence.iter().find(|kind| kind.label == japanese)?;
        asked.english.as_ref()?.text_of("evidence", &kind.id)
    })
}

/// The name of a section.
#[must_use]
pub fn section(section: &Section, read: Language) -> String {
    match (&section.english, read) {
        (Some(english), Language::English) => english.clone(),
        _ => section.name.clone(),
    }
}

/// An answer as label and text in the language that somebody reads, as [`answer::describe`] says it in Japanese.
#[must_use]
pub fn describe(asked: &Asked, given: &Answer, read: Language) -> Vec<(String, String)> {
    if answered_in(asked, read) == Language::Japanese {
        return answer::describe(&asked.question, given);
    }
    let question = question(asked, read);
    let mut lines = Vec::new();
    match &given.standing {
        Standing::NotApplicable { reason, .. } => lines.push(("Not applicable".to_owned(), reason.clone())),
        Standing::Conditional { option, .. } => {
            lines.push(("Only under a condition".to_owned(), option.clone()))
        }
        Standing::Plain => {}
    }
    for part in &question.parts {
        if let Some(value) = given.parts.get(&part.id) {
            lines.push((part.label.clone(), words(&part.input, value)));
        }
    }
    if let Some(note) = &given.note {
        lines.push(("Note".to_owned(), note.clone()));
    }
    for evidence in &given.evidence {
        let kind = question.evidence.iter().find(|kind| kind.id == evidence.kind);
        let issued = evidence.issued_on.map(|day| format!(" (issued {day})"));
        let valid = evidence.valid_until.map(|day| format!(" (valid until {day})"));
        let text = [Some(evidence.title.clone()), issued, valid].into_iter().flatten().collect();
        lines.push((format!("Evidence: {}", kind.map_or("other", |kind| &kind.label)), text));
    }
    lines
}

fn words(input: &Input, value: &Value) -> String {
    match (input, value) {
        (Input::Multi { choices }, Value::Choices(ids)) => {
            let chosen = choices.iter().filter(|choice| ids.contains(&choice.id));
            chosen.map(|choice| choice.label.as_str()).collect::<Vec<_>>().join("; ")
        }
        (Input::Duration { .. }, Value::Number(hours)) => format!("{hours} hours"),
        (Input::Percent { .. }, Value::Number(percent)) => format!("{percent}%"),
        (Input::Number { unit, .. }, Value::Number(number)) => format!("{number} {unit}"),
        (Input::Table { columns, .. }, Value::Table(rows)) => {
            let line = |row: &std::collections::BTreeMap<String, Value>| {
                let cells = columns.iter().filter_map(|column| {
                    let value = row.get(&column.id)?;
                    Some(format!("{}: {}", column.label, words(&column.input, value)))
                });
                cells.collect::<Vec<_>>().join(" / ")
            };
            rows.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        (_, Value::Flag(yes)) => if *yes { "Yes" } else { "No" }.to_owned(),
        (_, Value::Date(day)) => day.to_string(),
        (_, Value::Countries(codes)) => {
            codes.iter().map(|code| country(code, Language::English)).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Files(names)) => names.join(", "),
        _ => answer::value_words(input, value),
    }
}

/// Countries that answers name most; others go by their code in English.
const COUNTRIES: &[(&str, &str)] = &[
    ("JP", "Japan"),
    ("US", "United States"),
    ("SG", "Singapore"),
    ("KR", "Korea (Republic of)"),
    ("TW", "Taiwan"),
    ("IE", "Ireland"),
    ("DE", "Germany"),
    ("NL", "Netherlands"),
    ("GB", "United Kingdom"),
    ("AU", "Australia"),
    ("IN", "India"),
    ("ZZ", "Unknown or not disclosed"),
];

/// A country or region in words.
#[must_use]
pub fn country(code: &str, read: Language) -> String {
    let english = COUNTRIES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    match read {
        Language::English => english.unwrap_or(code).to_owned(),
        Language::Japanese => country_name(code).unwrap_or("不明・非開示").to_owned(),
    }
}

/// The twin of a question; none where the bank has none.
#[must_use]
pub fn shown(asked: &Asked) -> Option<EnglishShown> {
    let twin = asked.english.as_ref()?;
    let mut pairs = Pairs { twin, found: Vec::new() };
    for part in &asked.question.parts {
        pairs.add("label", &part.id, &part.label);
        pairs.add("hint", &part.id, part.hint.as_deref().unwrap_or_default());
        pairs.input(&part.id, &part.input);
        if let Input::Table { columns, .. } = &part.input {
            for column in columns {
                let id = format!("{}.{}", part.id, column.id);
                pairs.add("label", &id, &column.label);
                pairs.input(&id, &column.input);
            }
        }
    }
    for evidence in &asked.question.evidence {
        pairs.add("evidence", &evidence.id, &evidence.label);
    }
    Some(EnglishShown {
        title: twin.title.clone(),
        text: twin.text.clone(),
        why: twin.why.clone(),
        pairs: pairs.found,
        terms: twin.terms.iter().map(|term| (term.word.clone(), term.meaning.clone())).collect(),
    })
}

struct Pairs<'q> {
    twin: &'q EnglishQuestion,
    found: Vec<(String, String)>,
}

impl Pairs<'_> {
    fn add(&mut self, table: &str, key: &str, japanese: &str) {
        if let Some(english) = self.twin.text_of(table, key)
            && !japanese.is_empty()
        {
            self.found.push((japanese.to_owned(), english.to_owned()));
        }
    }

    fn input(&mut self, id: &str, input: &Input) {
        match input {
            Input::Single { choices } | Input::Multi { choices } => {
                for choice in choices {
                    self.add("choice", &format!("{id}.{}", choice.id), &choice.label);
                }
            }
            Input::Number { unit, .. } => self.add("unit", id, unit),
            Input::YesNo { .. } => self.found.push(("はい／いいえ".to_owned(), "Yes / No".to_owned())),
            _ => {}
        }
    }
}
