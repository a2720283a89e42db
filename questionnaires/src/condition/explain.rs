//! Saying in Japanese what a condition asks, and why it holds, does not hold or cannot be decided.
//!
//! An explanation is always a true statement about the case: of an `or` it names the branches that hold,
//! of a failed `and` the parts that fail, each with the actual values.

mod phrases;

use super::evaluate::{Cell, Cells, Datum, Evaluation, Place, country_matches};
use super::syntax::{Expression, Literal, Quantifier, Reference, Test};
use super::vocabulary::{Ask, Kind, Label, PartEntry, QuestionEntry, Target, Vocabulary};
use super::{Outcome, Subject};
use crate::answer::Standing;
use crate::japanese::countries::country_name;
use phrases::{
    Clause, Ending, Scale, all_of, compared, country, date_text, enumerate, in_turn, one_clause, spelled_out,
};

/// Says what a condition asks.
pub(super) fn describe(expression: &Expression, vocabulary: &Vocabulary) -> String {
    let words = Words { vocabulary };
    match words.group(expression, true) {
        Group::All(clauses) => all_of(&clauses),
        Group::Any(clauses) => clauses.iter().map(Clause::last).collect::<Vec<_>>().join("か、又は"),
    }
}

/// Says why a condition has its outcome.
pub(super) fn explain(expression: &Expression, subject: &Subject<'_>) -> String {
    let evaluation = Evaluation { subject, indirection: 0 };
    let words = Words { vocabulary: subject.vocabulary };
    let outcome = evaluation.evaluate(expression);
    if outcome == Outcome::Unknown {
        let mut missing = Vec::new();
        words.missing(evaluation, expression, &mut missing);
        return format!("{}ため、判断できない", in_turn(&missing, "、"));
    }
    let mut clauses = Vec::new();
    words.because(evaluation, expression, outcome == Outcome::True, &mut clauses);
    all_of(&clauses)
}

enum Group {
    All(Vec<Clause>),
    Any(Vec<Clause>),
}

/// Everything that is put into words needs the vocabulary.
#[derive(Clone, Copy)]
struct Words<'a> {
    vocabulary: &'a Vocabulary,
}

fn push_new<T: PartialEq>(items: &mut Vec<T>, item: T) {
    if !items.contains(&item) {
        items.push(item);
    }
}

impl<'a> Words<'a> {
    /// Negations are moved down to the names, where Japanese has words for them.
    fn group(self, expression: &Expression, positive: bool) -> Group {
        match (expression, positive) {
            (Expression::Not(inner), _) => self.group(inner, !positive),
            (Expression::And(parts), true) | (Expression::Or(parts), false) => {
                let mut clauses = Vec::new();
                for part in parts {
                    match self.group(part, positive) {
                        Group::All(inner) => clauses.extend(inner),
                        Group::Any(inner) => clauses.push(one_clause("次のいずれか", &inner)),
                    }
                }
                Group::All(clauses)
            }
            (Expression::Or(parts), true) | (Expression::And(parts), false) => {
                let mut clauses = Vec::new();
                for part in parts {
                    match self.group(part, positive) {
                        Group::Any(inner) => clauses.extend(inner),
                        Group::All(inner) => match <[Clause; 1]>::try_from(inner) {
                            Ok([only]) => clauses.push(only),
                            Err(inner) => clauses.push(one_clause("次の全て", &inner)),
                        },
                    }
                }
                Group::Any(clauses)
            }
            (atom, _) => Group::All(vec![self.atom(atom, positive, None)]),
        }
    }

    /// Collects the statements that make an expression true (or false).
    fn because(
        self,
        evaluation: Evaluation<'_, 'a>,
        expression: &Expression,
        positive: bool,
        clauses: &mut Vec<Clause>,
    ) {
        match expression {
            Expression::Not(inner) => self.because(evaluation, inner, !positive, clauses),
            Expression::And(parts) | Expression::Or(parts) => {
                let wanted = Outcome::from(positive);
                for part in parts.iter().filter(|part| evaluation.evaluate(part) == wanted) {
                    self.because(evaluation, part, positive, clauses);
                }
            }
            atom => push_new(clauses, self.atom(atom, positive, Some(evaluation))),
        }
    }

    /// Collects what is missing where an expression is unknown.
    fn missing(self, evaluation: Evaluation<'_, 'a>, expression: &Expression, missing: &mut Vec<Clause>) {
        match expression {
            Expression::Not(inner) => self.missing(evaluation, inner, missing),
            Expression::And(parts) | Expression::Or(parts) => {
                for part in parts.iter().filter(|part| evaluation.evaluate(part) == Outcome::Unknown) {
                    self.missing(evaluation, part, missing);
                }
            }
            Expression::Answered(reference) | Expression::Count(reference, _, _) => {
                push_new(missing, self.missing_value(evaluation, reference, Ask::Count));
            }
            Expression::Flag(_, reference) => {
                push_new(missing, self.missing_value(evaluation, reference, Ask::Flag));
            }
            Expression::Test(_, reference, test) => {
                push_new(missing, self.missing_value(evaluation, reference, test.ask()));
            }
        }
    }

    fn missing_value(self, evaluation: Evaluation<'_, 'a>, reference: &Reference, ask: Ask) -> Clause {
        let name = self.name(reference);
        let state = |state: &str| Clause::new(format!("{name}が{state}"), Ending::Is);
        let Reference::Answer { question, .. } = reference else { return state("未登録") };
        match evaluation.subject.answers.get(question).map(|answer| &answer.standing) {
            Some(Standing::NotApplicable { .. }) => return state("「該当なし」の回答"),
            Some(Standing::Conditional { included: false, .. }) => {
                return state("条件付きの回答で、その条件を採るかどうかが未定");
            }
            _ => {}
        }
        let Some(Cells::Many(cells)) = evaluation.cells(reference, ask) else { return state("未回答") };
        let places: Vec<String> =
            cells.iter().filter(|cell| cell.datum.is_none()).filter_map(|cell| place(cell)).collect();
        if places.is_empty() {
            return state("未回答");
        }
        Clause::new(format!("{name}のうち{}が未回答", spelled_out(places)), Ending::Is)
    }

    /// One statement, with the actual value when there is a case to look at.
    fn atom(self, atom: &Expression, positive: bool, evaluation: Option<Evaluation<'_, 'a>>) -> Clause {
        match atom {
            Expression::Answered(reference) => {
                let state = match (reference, positive) {
                    (Reference::Fact(_), true) => "登録済み",
                    (Reference::Fact(_), false) => "未登録",
                    (Reference::Answer { .. }, true) => "回答済み",
                    (Reference::Answer { .. }, false) => "未回答",
                };
                Clause::new(format!("{}が{state}", self.name(reference)), Ending::Is)
            }
            Expression::Count(reference, comparison, number) => {
                let comparison = if positive { *comparison } else { comparison.contrary() };
                let unit = self.counter(reference);
                let actual = evaluation
                    .and_then(|evaluation| evaluation.count(reference))
                    .map(|count| format!("（実際は{count}{unit}）"))
                    .unwrap_or_default();
                let wanted = compared(comparison, &format!("{number}{unit}"), Scale::Number);
                Clause::new(format!("{}が{wanted}{actual}", self.name(reference)), Ending::Is)
            }
            Expression::Flag(quantifier, reference) => {
                let quantifier = if positive { *quantifier } else { quantifier.map(Quantifier::contrary) };
                let state = if positive { "「はい」" } else { "「いいえ」" };
                let actual = evaluation
                    .filter(|_| quantifier.is_some())
                    .map(|evaluation| {
                        self.actual_many(
                            evaluation,
                            reference,
                            Ask::Flag,
                            None,
                            &|cell| matches!(cell.datum, Some(Datum::Flag(yes)) if yes == positive),
                        )
                    })
                    .unwrap_or_default();
                Clause::new(format!("{}{actual}が{state}", self.subject(quantifier, reference)), Ending::Is)
            }
            Expression::Test(quantifier, reference, test) => {
                self.test(*quantifier, reference, test, positive, evaluation)
            }
            // Only names come here; a group has its own sentence.
            group => Clause::new(describe(group, self.vocabulary), Ending::Is),
        }
    }

    fn test(
        self,
        quantifier: Option<Quantifier>,
        reference: &Reference,
        test: &Test,
        positive: bool,
        evaluation: Option<Evaluation<'_, 'a>>,
    ) -> Clause {
        let many = self.is_many(reference);
        let (phrase, ending) = self.phrase(reference, test, positive);
        // A test over several values without a quantifier asks whether any includes something.
        let quantifier = match (quantifier, many, test) {
            (None, true, Test::IncludesAll(_)) => None,
            (None, true, _) => Some(Quantifier::Any),
            _ => quantifier,
        };
        let quantifier = if positive { quantifier } else { quantifier.map(Quantifier::contrary) };
        let actual = evaluation.map(|evaluation| {
            if many {
                let wanted = Outcome::from(positive);
                self.actual_many(evaluation, reference, test.ask(), Some((test, positive)), &|cell| {
                    quantifier.is_none() || evaluation.test_cell(cell, test) == wanted
                })
            } else {
                self.actual_one(evaluation, reference, test, positive)
            }
        });
        let subject = self.subject(quantifier, reference);
        let actual = actual.unwrap_or_default();
        // Of several values, those that decide stand beside the subject; a single one beside what it is held against.
        let body =
            if many { format!("{subject}{actual}{phrase}") } else { format!("{subject}{phrase}{actual}") };
        Clause::new(body, ending)
    }

    /// What is asked of the value, with the particle that joins it to its subject.
    fn phrase(self, reference: &Reference, test: &Test, positive: bool) -> (String, Ending) {
        let kind = self.kind(reference, test.ask());
        let word = |value: &Literal| self.literal(kind, value);
        let words = |values: &[Literal], last: &str| enumerate(values.iter().map(word).collect(), last);
        match test {
            Test::IsNot(value) => self.phrase(reference, &Test::Is(value.clone()), !positive),
            Test::NotIn(values) => self.phrase(reference, &Test::In(values.clone()), !positive),
            Test::Is(value) if matches!(kind, Some(Kind::Countries)) => {
                (format!("が{}だけ", word(value)), if positive { Ending::Is } else { Ending::IsNot })
            }
            Test::In(values) if matches!(kind, Some(Kind::Countries)) => {
                let text = format!("が{}の範囲内", words(values, "及び"));
                (text, if positive { Ending::Is } else { Ending::IsNot })
            }
            Test::Is(value) if positive => (format!("が{}", word(value)), Ending::Is),
            Test::Is(value) => (format!("が{}以外", word(value)), Ending::Is),
            Test::In(values) if positive => (format!("が{}", words(values, "又は")), Ending::Is),
            Test::In(values) => (format!("が{}以外", words(values, "及び")), Ending::Is),
            Test::Compare(comparison, value) => {
                let comparison = if positive { *comparison } else { comparison.contrary() };
                let scale = match kind {
                    Some(Kind::Class) => Scale::Class,
                    Some(Kind::Date) => Scale::Date,
                    _ => Scale::Number,
                };
                (format!("が{}", compared(comparison, &word(value), scale)), Ending::Is)
            }
            Test::Includes(value) => {
                let ending = if positive { Ending::Included } else { Ending::NotIncluded };
                (format!("に{}", word(value)), ending)
            }
            Test::IncludesAny(values) if positive => {
                (format!("に{}", words(values, "又は")), Ending::Included)
            }
            Test::IncludesAny(values) => (format!("に{}", words(values, "及び")), Ending::NoneIncluded),
            Test::IncludesAll(values) => {
                let ending = if positive { Ending::AllIncluded } else { Ending::NotAllIncluded };
                (format!("に{}", words(values, "及び")), ending)
            }
        }
    }

    fn actual_one(
        self,
        evaluation: Evaluation<'_, 'a>,
        reference: &Reference,
        test: &Test,
        positive: bool,
    ) -> String {
        let Some(Cells::One(cell)) = evaluation.cells(reference, test.ask()) else { return String::new() };
        let Some(datum) = cell.datum else { return String::new() };
        if evident(test, datum, positive) {
            return String::new();
        }
        let included = self.included(&cell, test, positive);
        match included {
            Some(values) if values.is_empty() => String::new(),
            Some(values) => format!("（{values}）"),
            None => format!("（実際は{}）", self.datum(cell.kind, datum)),
        }
    }

    /// Of the deciding values, which one stands where.
    fn actual_many(
        self,
        evaluation: Evaluation<'_, 'a>,
        reference: &Reference,
        ask: Ask,
        test: Option<(&Test, bool)>,
        decides: &dyn Fn(&Cell<'a>) -> bool,
    ) -> String {
        let Some(Cells::Many(cells)) = evaluation.cells(reference, ask) else { return String::new() };
        let places = cells.iter().filter(|cell| decides(cell)).filter_map(|cell| {
            let place = place(cell)?;
            let datum = cell.datum?;
            let Some((test, positive)) = test else { return Some(place) };
            if evident(test, datum, positive) {
                return Some(place);
            }
            let values = self.included(cell, test, positive);
            let values = values.unwrap_or_else(|| self.datum(cell.kind, datum));
            Some(if values.is_empty() { place } else { format!("{place}は{values}") })
        });
        let places: Vec<String> = places.collect();
        if places.is_empty() { String::new() } else { format!("（{}）", spelled_out(places)) }
    }

    /// For lists that do include something: the members that were found, empty when the test itself names
    /// them. `None` for every other test.
    fn included(self, cell: &Cell<'_>, test: &Test, positive: bool) -> Option<String> {
        let values = match test {
            Test::Includes(value) if positive => std::slice::from_ref(value),
            Test::IncludesAny(values) | Test::IncludesAll(values) if positive => values,
            _ => return None,
        };
        let is = |value: &Literal, id: &str| matches!(value, Literal::Word(word) if word == id);
        match cell.datum? {
            Datum::Countries(codes) => {
                if let [Literal::Word(code)] = values
                    && country_name(code).is_some()
                {
                    return Some(String::new());
                }
                let found =
                    codes.iter().filter(|code| values.iter().any(|value| country_matches(code, value)));
                Some(spelled_out(found.map(|code| country(code)).collect()))
            }
            Datum::Choices(_) | Datum::Choice(_) if values.len() == 1 => Some(String::new()),
            Datum::Choices(choices) => {
                let found = choices.iter().filter(|id| values.iter().any(|value| is(value, id)));
                let labels = self.vocabulary.choices(cell.kind);
                Some(spelled_out(found.map(|id| quoted(labels, id)).collect()))
            }
            _ => None,
        }
    }

    fn datum(self, kind: &Kind, datum: Datum<'_>) -> String {
        match datum {
            Datum::Flag(true) => "「はい」".to_owned(),
            Datum::Flag(false) => "「いいえ」".to_owned(),
            Datum::Choice(id) => self.choice(kind, id),
            Datum::Choices(ids) => spelled_out(ids.iter().map(|id| self.choice(kind, id)).collect()),
            Datum::Number(number) => format!("{}{}", number.normalize(), unit(kind)),
            Datum::Date(date) => date_text(date),
            Datum::Countries(codes) => spelled_out(codes.iter().map(|code| country(code)).collect()),
            Datum::Text(text) => format!("「{text}」"),
            Datum::Files(files) => format!("{}件", files.len()),
            Datum::Table(rows) => format!("{}行", rows.len()),
        }
    }

    fn literal(self, kind: Option<&Kind>, value: &Literal) -> String {
        match (kind, value) {
            (_, Literal::Date(date)) => date_text(*date),
            (Some(Kind::Countries), Literal::Word(word)) => country(word),
            (Some(Kind::Number { unit }), Literal::Word(word)) => format!("{word}{unit}"),
            (Some(kind), Literal::Word(word)) => self.choice(kind, word),
            (None, Literal::Word(word)) => format!("「{word}」"),
        }
    }

    /// Classes and paths have names of their own; choices are quoted.
    fn choice(self, kind: &Kind, id: &str) -> String {
        let labels = self.vocabulary.choices(kind);
        match kind {
            Kind::Class | Kind::Path => {
                labels.iter().find(|label| label.id == id).map_or(id, |label| &label.label).to_owned()
            }
            _ => quoted(labels, id),
        }
    }

    /// `『label』`
    fn name(self, reference: &Reference) -> String {
        let named = |question: &QuestionEntry, part: &PartEntry, column: Option<&str>| {
            let part = if question.parts.len() > 1 { part.label.as_str() } else { "" };
            let inner: Vec<&str> =
                [part, column.unwrap_or("")].into_iter().filter(|text| !text.is_empty()).collect();
            if inner.is_empty() {
                format!("『{}』", question.title)
            } else {
                format!("『{}（{}）』", question.title, inner.join("・"))
            }
        };
        match self.vocabulary.target(reference) {
            Ok(Target::Fact(fact)) => format!("『{}』", fact.label),
            Ok(Target::Part(question, part)) => named(question, part, None),
            Ok(Target::Column(question, part, column)) => named(question, part, Some(&column.label)),
            Ok(Target::Question(question) | Target::Parts(question)) => format!("『{}』", question.title),
            Err(_) => format!("『{reference}』"),
        }
    }

    fn subject(self, quantifier: Option<Quantifier>, reference: &Reference) -> String {
        let name = self.name(reference);
        let each = match self.vocabulary.target(reference) {
            Ok(Target::Column(..)) => "行",
            Ok(Target::Parts(_)) => "項目",
            _ => return name,
        };
        match quantifier {
            Some(Quantifier::All) => format!("{name}の全ての{each}"),
            Some(Quantifier::Any) => format!("{name}のいずれかの{each}"),
            None => name,
        }
    }

    fn is_many(self, reference: &Reference) -> bool {
        matches!(self.vocabulary.target(reference), Ok(Target::Column(..) | Target::Parts(_)))
    }

    fn kind(self, reference: &Reference, ask: Ask) -> Option<&'a Kind> {
        match self.vocabulary.target(reference).ok()? {
            Target::Fact(fact) => Some(&fact.kind),
            Target::Part(_, part) => Some(&part.kind),
            Target::Column(_, _, column) => Some(&column.kind),
            Target::Parts(question) => question.parts_for(ask).first().map(|part| &part.kind),
            Target::Question(_) => None,
        }
    }

    fn counter(self, reference: &Reference) -> &'static str {
        match self.kind(reference, Ask::Count) {
            Some(Kind::Choices { .. }) => "項目",
            Some(Kind::Countries) => "か国",
            _ => "件",
        }
    }
}

impl Quantifier {
    fn contrary(self) -> Self {
        match self {
            Self::All => Self::Any,
            Self::Any => Self::All,
        }
    }
}

/// Whether the statement itself already says what the value is.
fn evident(test: &Test, datum: Datum<'_>, positive: bool) -> bool {
    let (value, says_is) = match test {
        Test::Is(value) => (value, positive),
        Test::IsNot(value) => (value, !positive),
        _ => return false,
    };
    match (datum, value) {
        (Datum::Choice(_) | Datum::Number(_) | Datum::Date(_), _) => says_is,
        (Datum::Countries(_), Literal::Word(word)) => {
            says_is
                && (country_name(word).is_some()
                    || matches!(word.as_str(), "domestic" | "undisclosed" | "ZZ"))
        }
        _ => false,
    }
}

fn quoted(labels: &[Label], id: &str) -> String {
    format!("「{}」", labels.iter().find(|label| label.id == id).map_or(id, |label| &label.label))
}

fn unit(kind: &Kind) -> &str {
    if let Kind::Number { unit } = kind { unit } else { "" }
}

fn place(cell: &Cell<'_>) -> Option<String> {
    match cell.place {
        Place::Whole | Place::Row(0) => None,
        Place::Part(part) if part.label.is_empty() => Some(part.id.clone()),
        Place::Part(part) => Some(part.label.clone()),
        Place::Row(row) => Some(format!("{row}行目")),
    }
}
