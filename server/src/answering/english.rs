//! The English twin of a question beside the Japanese one, for providers abroad.

use questionnaires::question::{Asked, EnglishQuestion, Input};
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
