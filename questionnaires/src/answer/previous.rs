//! An earlier answer beside the question as it is asked now: what has changed, whether the two can be compared, what
//! can be taken over.

use jiff::civil::Date;

use super::{Answer, Evidence, RawAnswer, Standing, read};
use crate::question::{Choice, Input, Question};

/// Why an answer of then and one of now cannot be set against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incomparable {
    /// They answer different questions.
    Question,
    /// Inputs were added, taken away or changed their kind or unit.
    Parts,
    /// Choices were added, taken away or reworded.
    Choices,
    /// The same answer earns other points.
    Points,
}

impl Incomparable {
    /// The reason as the end of a sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Question => "別の設問です",
            Self::Parts => "回答欄が変わりました",
            Self::Choices => "選択肢が変わりました",
            Self::Points => "配点が変わりました",
        }
    }
}

/// Whether answers to a question before and now stand on the same scale: the same inputs with the same choices earn the
/// same points. Wording and weight may differ.
///
/// # Errors
/// The first reason why not.
pub fn comparable(before: &Question, now: &Question) -> Result<(), Incomparable> {
    if before.id != now.id {
        return Err(Incomparable::Question);
    }
    let same_parts = before.parts.len() == now.parts.len()
        && before.parts.iter().zip(&now.parts).all(|(a, b)| a.id == b.id && same_measure(&a.input, &b.input));
    if !same_parts {
        return Err(Incomparable::Parts);
    }
    let inputs = || before.parts.iter().zip(&now.parts).map(|(a, b)| (&a.input, &b.input));
    if !inputs().all(|(a, b)| same_choices(a, b)) {
        return Err(Incomparable::Choices);
    }
    let same_points = inputs().all(|(a, b)| points_of(a) == points_of(b))
        && before.combine == now.combine
        && before.points.len() == now.points.len()
        && before.points.iter().zip(&now.points).all(|(a, b)| (&a.when, a.points) == (&b.when, b.points));
    if same_points { Ok(()) } else { Err(Incomparable::Points) }
}

/// Whether values of two inputs mean the same: the kind and, of numbers, the unit. Limits do not matter.
fn same_measure(before: &Input, now: &Input) -> bool {
    match (before, now) {
        (Input::Number { unit: a, .. }, Input::Number { unit: b, .. }) => a == b,
        (Input::Table { columns: a, .. }, Input::Table { columns: b, .. }) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| a.id == b.id && same_measure(&a.input, &b.input))
        }
        _ => std::mem::discriminant(before) == std::mem::discriminant(now),
    }
}

fn choices_of(input: &Input) -> &[Choice] {
    match input {
        Input::Single { choices } | Input::Multi { choices } => choices,
        _ => &[],
    }
}

/// The order in which choices are offered does not matter.
fn same_choices(before: &Input, now: &Input) -> bool {
    if let (Input::Table { columns: a, .. }, Input::Table { columns: b, .. }) = (before, now) {
        return a.iter().zip(b).all(|(a, b)| same_choices(&a.input, &b.input));
    }
    let (before, now) = (choices_of(before), choices_of(now));
    before.len() == now.len()
        && before
            .iter()
            .all(|choice| now.iter().any(|own| (&own.id, &own.label) == (&choice.id, &choice.label)))
}

fn points_of(input: &Input) -> Vec<(&str, Option<u32>)> {
    let mut points: Vec<_> = match input {
        Input::YesNo { yes, no } => vec![("yes", *yes), ("no", *no)],
        _ => choices_of(input).iter().map(|choice| (choice.id.as_str(), choice.points)).collect(),
    };
    points.sort_unstable();
    points
}

/// Whether a vendor reads the question with other words than before: its text, or the labels of parts and choices.
#[must_use]
pub fn reworded(before: &Question, now: &Question) -> bool {
    wording(before) != wording(now)
}

/// Everything of a question that decides how its answer is meant, line by line.
#[must_use]
pub fn wording(question: &Question) -> Vec<String> {
    let mut lines = vec![question.text.clone()];
    for part in &question.parts {
        let mut words = vec![part.label.clone()];
        words.extend(part.hint.clone());
        match &part.input {
            Input::Table { columns, .. } => words.extend(columns.iter().map(|column| column.label.clone())),
            Input::Number { unit, .. } => words.push(unit.clone()),
            other => words.extend(choices_of(other).iter().map(|choice| choice.label.clone())),
        }
        words.retain(|word| !word.is_empty());
        if !words.is_empty() {
            lines.push(words.join("／"));
        }
    }
    lines
}

/// What of an earlier answer stands under the question of now.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The answer without anything that staff have noted on it.
    pub answer: Answer,
    /// Evidence that stays behind: it has lapsed by then, or the question does not take its kind any more.
    pub left_out: Vec<Evidence>,
}

/// Takes an earlier answer over. Evidence that is valid until before `needed_until` stays behind.
///
/// # Errors
/// Why the answer does not fit the question any more.
pub fn carry(
    before: &Question,
    given: &Answer,
    now: &Question,
    needed_until: Date,
) -> Result<Carried, Incomparable> {
    let reason = || comparable(before, now).err().unwrap_or(Incomparable::Parts);
    if before.id != now.id || !means_the_same(before, given, now) {
        return Err(reason());
    }
    // The file was handed in for the earlier request: it is taken over by itself, and cited anew.
    let named = given.evidence.iter().map(|cited| Evidence { file: None, ..cited.clone() });
    let (kept, left_out) = named.partition(|evidence: &Evidence| {
        let known = now.evidence.iter().any(|kind| kind.id == evidence.kind);
        known && evidence.valid_until.is_none_or(|last| last >= needed_until)
    });
    let wanted = Answer { evidence: kept, ..given.clone() };
    // What the inputs of now do not accept does not come back from reading it.
    let reading = read(now, &RawAnswer::from_answer(now, &wanted));
    let whole = reading.problems.is_empty()
        && reading.answer.parts == wanted.parts
        && reading.answer.note == wanted.note
        && reading.answer.evidence.len() == wanted.evidence.len()
        && same_standing(&reading.answer.standing, &wanted.standing);
    if whole { Ok(Carried { answer: reading.answer, left_out }) } else { Err(reason()) }
}

/// Whether the answered parts still measure what they measured.
fn means_the_same(before: &Question, given: &Answer, now: &Question) -> bool {
    let input = |question: &'_ Question, id: &str| {
        question.parts.iter().find(|part| part.id == *id).map(|part| part.input.clone())
    };
    given.parts.keys().all(|id| match (input(before, id), input(now, id)) {
        // A column that was added is empty in the rows of before; the others are looked up by their id.
        (Some(Input::Table { columns: then, .. }), Some(Input::Table { columns: today, .. })) => then
            .iter()
            .all(|then| today.iter().any(|own| own.id == then.id && same_measure(&then.input, &own.input))),
        (Some(then), Some(today)) => same_measure(&then, &today),
        _ => false,
    })
}

fn same_standing(a: &Standing, b: &Standing) -> bool {
    match (a, b) {
        (Standing::Plain, Standing::Plain) => true,
        (Standing::NotApplicable { reason: a, .. }, Standing::NotApplicable { reason: b, .. }) => a == b,
        (Standing::Conditional { option: a, .. }, Standing::Conditional { option: b, .. }) => a == b,
        _ => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::answer::Value;

    fn question() -> Question {
        let text = r#"
            id = "TST-01"
            title = "暗号化"
            text = "通信を暗号化していますか。"
            why = "盗み見を防ぐためです。"
            paths = ["P1"]
            requirements = ["R-001"]
            weight = 3
            may_be_not_applicable = true
            asked_since = "2026-04-01"
            evidence = [{ id = "report", label = "報告書" }]
            [[part]]
            id = "value"
            label = "方式"
            input = { kind = "single", choices = [
              { id = "modern", label = "TLS1.3", points = 100 },
              { id = "old", label = "TLS1.1以前", points = 0 },
            ] }
            [[part]]
            id = "hours"
            label = "復旧の目標"
            required = false
            input = { kind = "number", unit = "時間", min = "0", max = "1000" }
        "#;
        toml::from_str(text).unwrap()
    }

    fn given() -> Answer {
        let evidence = |title: &str, valid_until| Evidence {
            file: Some("of the earlier request".into()),
            kind: "report".into(),
            title: title.into(),
            issued_on: None,
            valid_until,
            confirmed: true,
        };
        Answer {
            parts: [
                ("value".to_owned(), Value::Choice("modern".into())),
                ("hours".to_owned(), Value::Number(8.into())),
            ]
            .into(),
            note: Some("拠点間も同じ".into()),
            evidence: vec![
                evidence("期限なし", None),
                evidence("当日まで", Some(date(2027, 1, 31))),
                evidence("前日まで", Some(date(2027, 1, 30))),
            ],
            standing: Standing::Conditional { option: "上位の契約".into(), included: true },
            unconfirmed: false,
        }
    }

    fn choices(question: &mut Question) -> &mut Vec<Choice> {
        match &mut question.parts.first_mut().unwrap().input {
            Input::Single { choices } => choices,
            _ => unreachable!("the first part is a choice"),
        }
    }

    #[test]
    fn wording_and_weight_leave_the_scale_alone() {
        let (before, mut now) = (question(), question());
        now.text = "通信を全て暗号化していますか。".into();
        now.weight = 9;
        assert_eq!(comparable(&before, &now), Ok(()));
        assert!(reworded(&before, &now) && !reworded(&before, &before));
        choices(&mut now).reverse();
        assert_eq!(comparable(&before, &now), Ok(()), "the order of choices is no scale");
    }

    #[test]
    fn another_scale_names_its_reason() {
        let before = question();
        let with = |change: &dyn Fn(&mut Question)| {
            let mut now = question();
            change(&mut now);
            comparable(&before, &now)
        };
        assert_eq!(with(&|now| now.id = "TST-02".into()), Err(Incomparable::Question));
        assert_eq!(with(&|now| now.parts.truncate(1)), Err(Incomparable::Parts));
        let days = |now: &mut Question| {
            if let Input::Number { unit, .. } = &mut now.parts.last_mut().unwrap().input {
                *unit = "日".into();
            }
        };
        assert_eq!(with(&days), Err(Incomparable::Parts));
        assert_eq!(with(&|now| choices(now).truncate(1)), Err(Incomparable::Choices));
        assert_eq!(with(&|now| choices(now)[0].label = "TLS1.2以降".into()), Err(Incomparable::Choices));
        assert_eq!(with(&|now| choices(now)[0].points = Some(80)), Err(Incomparable::Points));
        let row = |now: &mut Question| {
            now.points = vec![crate::question::PointRow { when: None, points: 5, label: "ほか".into() }];
        };
        assert_eq!(with(&row), Err(Incomparable::Points));
    }

    #[test]
    fn what_staff_noted_and_what_lapses_stays_behind() {
        let question = question();
        let carried = carry(&question, &given(), &question, date(2027, 1, 31)).unwrap();
        let titles: Vec<&str> = carried.answer.evidence.iter().map(|own| own.title.as_str()).collect();
        assert_eq!(titles, ["期限なし", "当日まで"]);
        assert!(carried.answer.evidence.iter().all(|own| !own.confirmed && own.file.is_none()));
        assert_eq!(carried.left_out.iter().map(|own| own.title.as_str()).collect::<Vec<_>>(), ["前日まで"]);
        let conditional = Standing::Conditional { option: "上位の契約".into(), included: false };
        assert_eq!(carried.answer.standing, conditional);
        assert_eq!((&carried.answer.parts, &carried.answer.note), (&given().parts, &given().note));
        // 該当なし comes with its reason and waits for staff again.
        let standing = Standing::NotApplicable { reason: "通信しない".into(), accepted: true };
        let none = Answer { standing, ..Answer::default() };
        let carried = carry(&question, &none, &question, date(2027, 1, 31)).unwrap().answer;
        let waiting = Standing::NotApplicable { reason: "通信しない".into(), accepted: false };
        assert_eq!(carried.standing, waiting);
    }

    #[test]
    fn what_does_not_fit_is_not_taken_over() {
        let before = question();
        let day = date(2027, 1, 31);
        let with = |change: &dyn Fn(&mut Question)| {
            let mut now = question();
            change(&mut now);
            carry(&before, &given(), &now, day).map(|carried| carried.answer.parts.len())
        };
        assert_eq!(with(&|now| now.text = "言い換え".into()), Ok(2));
        // The choice that was made is still there.
        assert_eq!(with(&|now| choices(now).truncate(1)), Ok(2));
        assert_eq!(with(&|now| drop(choices(now).remove(0))), Err(Incomparable::Choices));
        assert_eq!(with(&|now| now.parts.truncate(1)), Err(Incomparable::Parts));
        let narrower = |now: &mut Question| {
            if let Input::Number { max, .. } = &mut now.parts.last_mut().unwrap().input {
                *max = 4.into();
            }
        };
        assert_eq!(with(&narrower), Err(Incomparable::Parts));
        let standing = Standing::NotApplicable { reason: "通信しない".into(), accepted: true };
        let none = Answer { standing, ..Answer::default() };
        let mut strict = question();
        strict.may_be_not_applicable = false;
        assert_eq!(carry(&before, &none, &strict, day), Err(Incomparable::Parts));
    }
}
