//! Deciding a condition. Total over every tree and every input: what is missing or does not fit is unknown.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::syntax::{Expression, Literal, Quantifier, Reference, Test};
use super::vocabulary::{Ask, Kind, PartEntry, QuestionEntry, Target};
use super::{Outcome, Subject};
use crate::answer::{Answer, Standing, Value};
use crate::japanese::countries::country_name;
use crate::policy::FactValue;

/// Conditions of parts that lead to further conditions of parts: deeper than any checked content.
const MAX_INDIRECTION: u8 = 16;

/// Decides an expression.
pub(super) fn evaluate(expression: &Expression, subject: &Subject<'_>) -> Outcome {
    Evaluation { subject, indirection: 0 }.evaluate(expression)
}

/// A value as tests see it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Datum<'a> {
    Flag(bool),
    Choice(&'a str),
    Choices(&'a BTreeSet<String>),
    Number(Decimal),
    Date(Date),
    Countries(&'a BTreeSet<String>),
    Text(&'a str),
    Files(&'a [String]),
    Table(&'a [BTreeMap<String, Value>]),
}

/// One place where a value stands or is missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    pub kind: &'a Kind,
    pub datum: Option<Datum<'a>>,
    pub place: Place<'a>,
}

/// Where a cell is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// The name itself.
    Whole,
    /// A part of a question.
    Part(&'a PartEntry),
    /// A row of a table, from 1; 0 when there are no rows.
    Row(usize),
}

/// What a name amounts to.
#[derive(Debug)]
pub(super) enum Cells<'a> {
    /// One value.
    One(Cell<'a>),
    /// Several values; parts and cells that need not be filled and are not are left out.
    Many(Vec<Cell<'a>>),
}

/// One run, with its guard against conditions that lead in circles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evaluation<'s, 'a> {
    pub subject: &'s Subject<'a>,
    pub indirection: u8,
}

impl<'a> Evaluation<'_, 'a> {
    pub(super) fn evaluate(self, expression: &Expression) -> Outcome {
        match expression {
            Expression::Or(parts) => {
                parts.iter().fold(Outcome::False, |outcome, part| outcome.or(self.evaluate(part)))
            }
            Expression::And(parts) => {
                parts.iter().fold(Outcome::True, |outcome, part| outcome.and(self.evaluate(part)))
            }
            Expression::Not(inner) => !self.evaluate(inner),
            Expression::Answered(reference) => self.answered(reference).into(),
            Expression::Count(reference, comparison, number) => match self.count(reference) {
                Some(count) => comparison.holds(count.cmp(&(*number as usize))).into(),
                None => Outcome::Unknown,
            },
            Expression::Flag(quantifier, reference) => {
                self.ask(*quantifier, reference, Ask::Flag, &|cell| match cell.datum {
                    Some(Datum::Flag(yes)) => yes.into(),
                    _ => Outcome::Unknown,
                })
            }
            Expression::Test(quantifier, reference, test) => self.test(*quantifier, reference, test),
        }
    }

    fn test(self, quantifier: Option<Quantifier>, reference: &Reference, test: &Test) -> Outcome {
        let ask = test.ask();
        if let (Test::IncludesAll(values), None) = (test, quantifier) {
            // Over several parts or rows, each value may be found in another one.
            return values.iter().fold(Outcome::True, |outcome, value| {
                outcome.and(self.ask(None, reference, ask, &|cell| self.includes(cell, value)))
            });
        }
        self.ask(quantifier, reference, ask, &|cell| self.test_cell(cell, test))
    }

    /// Puts a question to every value that a name amounts to.
    fn ask(
        self,
        quantifier: Option<Quantifier>,
        reference: &Reference,
        ask: Ask,
        of: &dyn Fn(&Cell<'a>) -> Outcome,
    ) -> Outcome {
        let cells = match self.cells(reference, ask) {
            Some(Cells::One(cell)) => return of(&cell),
            Some(Cells::Many(cells)) => cells,
            None => return Outcome::Unknown,
        };
        let outcomes = cells.iter().map(of);
        match quantifier {
            // Nothing to look at is not knowledge: `all` over no rows must not grant anything.
            _ if cells.is_empty() => Outcome::Unknown,
            Some(Quantifier::All) => outcomes.fold(Outcome::True, Outcome::and),
            Some(Quantifier::Any) => outcomes.fold(Outcome::False, Outcome::or),
            None if ask == Ask::Includes => outcomes.fold(Outcome::False, Outcome::or),
            None => Outcome::Unknown,
        }
    }

    pub(super) fn test_cell(self, cell: &Cell<'_>, test: &Test) -> Outcome {
        match test {
            Test::Is(value) => self.equals(cell, value),
            Test::IsNot(value) => !self.equals(cell, value),
            Test::In(values) => self.is_in(cell, values),
            Test::NotIn(values) => !self.is_in(cell, values),
            Test::Compare(comparison, value) => match self.order(cell, value) {
                Some(ordering) => comparison.holds(ordering).into(),
                None => Outcome::Unknown,
            },
            Test::Includes(value) => self.includes(cell, value),
            Test::IncludesAny(values) => {
                values.iter().fold(Outcome::False, |outcome, value| outcome.or(self.includes(cell, value)))
            }
            Test::IncludesAll(values) => {
                values.iter().fold(Outcome::True, |outcome, value| outcome.and(self.includes(cell, value)))
            }
        }
    }

    fn equals(self, cell: &Cell<'_>, value: &Literal) -> Outcome {
        self.is_in(cell, std::slice::from_ref(value))
    }

    fn is_in(self, cell: &Cell<'_>, values: &[Literal]) -> Outcome {
        match cell.datum {
            Some(Datum::Countries(codes)) => {
                if !values.iter().all(is_country) {
                    return Outcome::Unknown;
                }
                codes.iter().all(|code| values.iter().any(|value| country_matches(code, value))).into()
            }
            Some(Datum::Choice(choice)) => {
                let known = self.subject.vocabulary.choices(cell.kind);
                let mut found = false;
                for value in values {
                    let Literal::Word(word) = value else { return Outcome::Unknown };
                    if !known.iter().any(|label| label.id == *word) {
                        return Outcome::Unknown;
                    }
                    found |= self.subject.vocabulary.same(cell.kind, choice, word);
                }
                found.into()
            }
            Some(Datum::Number(_) | Datum::Date(_)) => {
                values.iter().fold(Outcome::False, |outcome, value| {
                    outcome.or(self.order(cell, value).map_or(Outcome::Unknown, |order| order.is_eq().into()))
                })
            }
            _ => Outcome::Unknown,
        }
    }

    fn order(self, cell: &Cell<'_>, value: &Literal) -> Option<Ordering> {
        match (cell.datum?, value) {
            (Datum::Number(number), Literal::Word(word)) => Some(number.cmp(&number_of(word)?)),
            (Datum::Date(date), Literal::Date(other)) => Some(date.cmp(other)),
            (Datum::Choice(class), Literal::Word(other)) if *cell.kind == Kind::Class => {
                let vocabulary = self.subject.vocabulary;
                Some(vocabulary.class_rank(class)?.cmp(&vocabulary.class_rank(other)?))
            }
            _ => None,
        }
    }

    fn includes(self, cell: &Cell<'_>, value: &Literal) -> Outcome {
        let Literal::Word(word) = value else { return Outcome::Unknown };
        match cell.datum {
            Some(Datum::Countries(codes)) if is_country(value) => {
                codes.iter().any(|code| country_matches(code, value)).into()
            }
            Some(Datum::Choices(choices)) => {
                if !self.subject.vocabulary.choices(cell.kind).iter().any(|label| label.id == *word) {
                    return Outcome::Unknown;
                }
                choices.contains(word).into()
            }
            Some(Datum::Choice(_)) => self.equals(cell, value),
            _ => Outcome::Unknown,
        }
    }

    /// How many rows, items, countries, files or filled cells there are; `None` when unanswered.
    pub(super) fn count(self, reference: &Reference) -> Option<usize> {
        match self.subject.vocabulary.target(reference).ok()? {
            Target::Part(_, part) => match self.datum(reference, part)? {
                Datum::Choices(choices) => Some(choices.len()),
                Datum::Countries(codes) => Some(codes.len()),
                Datum::Files(files) => Some(files.len()),
                Datum::Table(rows) => Some(rows.len()),
                _ => None,
            },
            Target::Column(_, part, column) => match self.datum(reference, part)? {
                Datum::Table(rows) => {
                    Some(rows.iter().filter(|row| row.get(&column.id).is_some_and(is_filled)).count())
                }
                _ => None,
            },
            Target::Fact(_) | Target::Question(_) | Target::Parts(_) => None,
        }
    }

    /// Whether something stands there. For a whole question: in any part; for `.*`: in every part that is
    /// shown and required; for a column: in every row.
    pub(super) fn answered(self, reference: &Reference) -> bool {
        let Ok(target) = self.subject.vocabulary.target(reference) else { return false };
        match target {
            Target::Fact(entry) => self.fact(reference, &entry.kind).is_some(),
            Target::Part(_, part) => self.stands(reference, part),
            Target::Question(question) => question.parts.iter().any(|part| self.stands(reference, part)),
            Target::Parts(question) => {
                question.parts.iter().any(|part| self.stands(reference, part))
                    && question.parts.iter().all(|part| {
                        self.stands(reference, part)
                            || !part.required
                            || self.visibility(part) == Outcome::False
                    })
            }
            Target::Column(_, part, column) => {
                match self.answer(reference, false).and_then(|answer| answer.parts.get(&part.id)) {
                    Some(Value::Table(rows)) => {
                        !rows.is_empty() && rows.iter().all(|row| row.get(&column.id).is_some_and(is_filled))
                    }
                    _ => false,
                }
            }
        }
    }

    fn stands(self, reference: &Reference, part: &PartEntry) -> bool {
        self.answer(reference, false).and_then(|answer| answer.parts.get(&part.id)).is_some_and(is_filled)
    }

    /// The values that a name amounts to, as far as the question can be asked of them.
    pub(super) fn cells(self, reference: &Reference, ask: Ask) -> Option<Cells<'a>> {
        match self.subject.vocabulary.target(reference).ok()? {
            Target::Fact(entry) => Some(Cells::One(Cell {
                kind: &entry.kind,
                datum: self.fact(reference, &entry.kind),
                place: Place::Whole,
            })),
            Target::Part(_, part) => {
                let datum = self.datum(reference, part);
                Some(Cells::One(Cell { kind: &part.kind, datum, place: Place::Whole }))
            }
            Target::Parts(question) => Some(Cells::Many(self.parts(reference, question, ask))),
            Target::Column(_, part, column) => {
                let Some(Datum::Table(rows)) = self.datum(reference, part) else {
                    let missing = Cell { kind: &column.kind, datum: None, place: Place::Row(0) };
                    return Some(Cells::Many(vec![missing]));
                };
                let cells = (1..).zip(rows).filter_map(|(number, row)| {
                    let value = row.get(&column.id).filter(|value| is_filled(value));
                    if value.is_none() && !column.required {
                        return None;
                    }
                    let datum = value.and_then(|value| self.fits(&column.kind, value));
                    Some(Cell { kind: &column.kind, datum, place: Place::Row(number) })
                });
                Some(Cells::Many(cells.collect()))
            }
            Target::Question(_) => None,
        }
    }

    fn parts(self, reference: &Reference, question: &'a QuestionEntry, ask: Ask) -> Vec<Cell<'a>> {
        let parts = question.parts_for(ask).into_iter().filter_map(|part| {
            let datum = self.datum(reference, part);
            // A part that may still be shown counts as missing: undecided visibility must not grant anything.
            let absent = datum.is_none() && (!part.required || self.visibility(part) == Outcome::False);
            (!absent).then_some(Cell { kind: &part.kind, datum, place: Place::Part(part) })
        });
        parts.collect()
    }

    fn visibility(self, part: &PartEntry) -> Outcome {
        match &part.when {
            None => Outcome::True,
            Some(_) if self.indirection >= MAX_INDIRECTION => Outcome::Unknown,
            Some(when) => Self { indirection: self.indirection + 1, ..self }.evaluate(when.expression()),
        }
    }

    fn fact(self, reference: &Reference, kind: &Kind) -> Option<Datum<'a>> {
        let Reference::Fact(name) = reference else { return None };
        match (kind, self.subject.facts.0.get(name)?) {
            (Kind::Flag, FactValue::Flag(yes)) => Some(Datum::Flag(*yes)),
            (Kind::Choice { .. } | Kind::Class | Kind::Path, FactValue::Choice(choice)) => {
                self.known_choice(kind, choice)
            }
            (Kind::Number { .. }, FactValue::Number(number)) => Some(Datum::Number(*number)),
            (Kind::Date, FactValue::Date(date)) => Some(Datum::Date(*date)),
            (Kind::Text, FactValue::Text(text)) if !text.trim().is_empty() => Some(Datum::Text(text)),
            _ => None,
        }
    }

    /// The answer to the question of a reference: none when it is 該当なし, and none for its values while it
    /// holds only with an option that is not part of the procurement.
    fn answer(self, reference: &Reference, for_values: bool) -> Option<&'a Answer> {
        let Reference::Answer { question, .. } = reference else { return None };
        let answer = self.subject.answers.get(question)?;
        match answer.standing {
            Standing::NotApplicable { .. } => None,
            Standing::Conditional { included: false, .. } if for_values => None,
            _ => Some(answer),
        }
    }

    fn datum(self, reference: &Reference, part: &PartEntry) -> Option<Datum<'a>> {
        self.fits(&part.kind, self.answer(reference, true)?.parts.get(&part.id)?)
    }

    fn known_choice(self, kind: &Kind, choice: &'a str) -> Option<Datum<'a>> {
        let known = self.subject.vocabulary.choices(kind);
        known.iter().any(|label| label.id == choice).then_some(Datum::Choice(choice))
    }

    fn fits(self, kind: &Kind, value: &'a Value) -> Option<Datum<'a>> {
        if !is_filled(value) {
            return None;
        }
        match (kind, value) {
            (Kind::Flag, Value::Flag(yes)) => Some(Datum::Flag(*yes)),
            (Kind::Choice { .. }, Value::Choice(choice)) => self.known_choice(kind, choice),
            (Kind::Choices { .. }, Value::Choices(choices)) => Some(Datum::Choices(choices)),
            (Kind::Number { .. }, Value::Number(number)) => Some(Datum::Number(*number)),
            (Kind::Date, Value::Date(date)) => Some(Datum::Date(*date)),
            (Kind::Countries, Value::Countries(codes)) => Some(Datum::Countries(codes)),
            (Kind::Text, Value::Text(text)) => Some(Datum::Text(text)),
            (Kind::Files, Value::Files(files)) => Some(Datum::Files(files)),
            (Kind::Table { .. }, Value::Table(rows)) => Some(Datum::Table(rows)),
            _ => None,
        }
    }
}

impl Test {
    /// What kind of question it is.
    pub(super) fn ask(&self) -> Ask {
        match self {
            Self::Is(_) | Self::IsNot(_) | Self::In(_) | Self::NotIn(_) => Ask::Equal,
            Self::Compare(..) => Ask::Order,
            Self::Includes(_) | Self::IncludesAny(_) | Self::IncludesAll(_) => Ask::Includes,
        }
    }
}

/// Whether anything stands there: an empty list, table or text is unanswered.
pub(super) fn is_filled(value: &Value) -> bool {
    match value {
        Value::Choice(choice) => !choice.is_empty(),
        Value::Choices(items) | Value::Countries(items) => !items.is_empty(),
        Value::Text(text) => !text.trim().is_empty(),
        Value::Table(rows) => !rows.is_empty(),
        Value::Files(files) => !files.is_empty(),
        Value::Flag(_) | Value::Number(_) | Value::Date(_) => true,
    }
}

/// Codes and groups that country lists can be compared with.
pub(super) fn is_country(value: &Literal) -> bool {
    matches!(value, Literal::Word(word)
        if matches!(word.as_str(), "domestic" | "overseas" | "undisclosed" | "ZZ") || country_name(word).is_some())
}

/// Whether a code is the one named or belongs to the group named.
pub(super) fn country_matches(code: &str, value: &Literal) -> bool {
    let Literal::Word(word) = value else { return false };
    match word.as_str() {
        "domestic" => code == "JP",
        "overseas" => code != "JP" && code != "ZZ",
        "undisclosed" => code == "ZZ",
        word => code == word,
    }
}

/// A number as conditions write it: digits, at most one point, perhaps a leading minus.
pub(super) fn number_of(word: &str) -> Option<Decimal> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (plain(whole) && plain(fraction)).then(|| word.parse().ok()).flatten()
}
