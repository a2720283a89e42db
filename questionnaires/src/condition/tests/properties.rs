//! What holds for every condition and every case.

use std::collections::BTreeSet;

use jiff::civil::Date;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::answer::Answer;

/// Names of every kind, and some that do not exist.
fn facts_named() -> impl Strategy<Value = String> {
    select(vec![
        "path",
        "class",
        "personal_info",
        "network",
        "records",
        "ends_on",
        "subject",
        "nothing",
        "date",
    ])
    .prop_map(str::to_owned)
}

const QUESTIONS: [&str; 6] = ["LOC-01", "SUB-01", "SUB-02", "PER-03", "SLA-01", "XXX-99"];
const PARTS: [&str; 12] = [
    "value",
    "data",
    "backup",
    "logs",
    "accounts",
    "remarks",
    "list",
    "basis",
    "guarantee",
    "since",
    "papers",
    "no",
];
const COLUMNS: [&str; 6] = ["name", "country", "share", "again", "role", "no"];
const WORDS: [&str; 22] = [
    "none",
    "partly",
    "all",
    "any",
    "count",
    "of",
    "date",
    "skills",
    "hosting",
    "JP",
    "US",
    "ZZ",
    "overseas",
    "domestic",
    "3A",
    "3B",
    "1",
    "99.9",
    "-5",
    "P3",
    "lgwan",
    "unknown-word.*",
];

fn reference() -> impl Strategy<Value = Reference> {
    let part = prop_oneof![
        Just(PartReference::Only),
        Just(PartReference::All),
        select(PARTS.to_vec()).prop_map(|part| PartReference::Named(part.to_owned())),
        (select(PARTS.to_vec()), select(COLUMNS.to_vec()))
            .prop_map(|(part, column)| PartReference::Column(part.to_owned(), column.to_owned())),
        select(COLUMNS.to_vec())
            .prop_map(|column| PartReference::Column("list".to_owned(), column.to_owned())),
    ];
    prop_oneof![
        facts_named().prop_map(Reference::Fact),
        (select(QUESTIONS.to_vec()), part)
            .prop_map(|(question, part)| Reference::Answer { question: question.to_owned(), part }),
    ]
}

fn date() -> impl Strategy<Value = Date> {
    (1_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        4 => select(WORDS.to_vec()).prop_map(|word| Literal::Word(word.to_owned())),
        1 => date().prop_map(Literal::Date),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    select(vec![Comparison::AtLeast, Comparison::AtMost, Comparison::Above, Comparison::Below])
}

fn quantifier() -> impl Strategy<Value = Option<Quantifier>> {
    select(vec![None, Some(Quantifier::All), Some(Quantifier::Any)])
}

fn test() -> impl Strategy<Value = Test> {
    let list = || vec(literal(), 1..4);
    prop_oneof![
        literal().prop_map(Test::Is),
        literal().prop_map(Test::IsNot),
        (comparison(), literal()).prop_map(|(comparison, value)| Test::Compare(comparison, value)),
        list().prop_map(Test::In),
        list().prop_map(Test::NotIn),
        literal().prop_map(Test::Includes),
        list().prop_map(Test::IncludesAny),
        list().prop_map(Test::IncludesAll),
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    let atom = prop_oneof![
        reference().prop_map(Expression::Answered),
        (reference(), comparison(), any::<u32>())
            .prop_map(|(name, by, number)| Expression::Count(name, by, number)),
        (reference(), comparison(), 0_u32..4)
            .prop_map(|(name, by, number)| Expression::Count(name, by, number)),
        (quantifier(), reference()).prop_map(|(each, name)| Expression::Flag(each, name)),
        (quantifier(), reference(), test()).prop_map(|(each, name, test)| Expression::Test(each, name, test)),
    ];
    atom.prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Expression::Or),
            vec(inner.clone(), 2..4).prop_map(Expression::And),
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    expression().prop_map(|expression| Condition { expression })
}

fn word_value() -> impl Strategy<Value = String> {
    select(WORDS.to_vec()).prop_map(str::to_owned)
}

fn fact_value() -> impl Strategy<Value = FactValue> {
    prop_oneof![
        any::<bool>().prop_map(FactValue::Flag),
        word_value().prop_map(FactValue::Choice),
        any::<i32>().prop_map(|number| FactValue::Number(number.into())),
        date().prop_map(FactValue::Date),
        ".{0,4}".prop_map(FactValue::Text),
    ]
}

fn codes() -> impl Strategy<Value = BTreeSet<String>> {
    btree_set(select(vec!["JP", "US", "ZZ", "SG", "XX", ""]).prop_map(str::to_owned), 0..4)
}

fn cell() -> impl Strategy<Value = Value> {
    prop_oneof![
        word_value().prop_map(Value::Choice),
        btree_set(word_value(), 0..3).prop_map(Value::Choices),
        any::<bool>().prop_map(Value::Flag),
        ".{0,4}".prop_map(Value::Text),
        any::<i32>().prop_map(|number| Value::Number(number.into())),
        date().prop_map(Value::Date),
        codes().prop_map(Value::Countries),
        vec(".{0,4}", 0..3).prop_map(Value::Files),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let column = select(COLUMNS.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        4 => cell(),
        1 => vec(btree_map(column, cell(), 0..5), 0..3).prop_map(Value::Table),
    ]
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        6 => Just(Standing::Plain),
        1 => any::<bool>().prop_map(|accepted| Standing::NotApplicable { reason: "理由".to_owned(), accepted }),
        1 => any::<bool>().prop_map(|included| Standing::Conditional { option: "条件".to_owned(), included }),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let part = select(PARTS.to_vec()).prop_map(str::to_owned);
    (btree_map(part, value(), 0..6), standing()).prop_map(|(parts, standing)| Answer {
        parts,
        standing,
        ..Answer::default()
    })
}

/// Facts and answers of any type under any name, fitting or not.
fn case() -> impl Strategy<Value = Case> {
    let question = select(QUESTIONS.to_vec()).prop_map(str::to_owned);
    (btree_map(facts_named(), fact_value(), 0..8), btree_map(question, answer(), 0..6))
        .prop_map(|(facts, answers)| Case { facts: Facts(facts), answers: AnswerSheet(answers) })
}

/// Facts and answers of the right types, so that conditions are often decided.
fn fitting_case() -> impl Strategy<Value = Case> {
    let class = select(vec!["1", "2", "3C", "3B", "3A"]);
    let network = select(vec!["lgwan", "internet", "none"]);
    let domestic = || select(vec!["JP", "JP US", "US SG", "ZZ", ""]);
    let subcontract = select(vec!["none", "partly", "all"]);
    (class, network, any::<bool>(), domestic(), domestic(), domestic(), subcontract, 0..120_i32).prop_map(
        |(class, network, personal, data, backup, accounts, subcontract, guarantee)| {
            Case::default()
                .choice("class", class)
                .choice("network", network)
                .flag("personal_info", personal)
                .countries("data", data)
                .countries("backup", backup)
                .countries("accounts", accounts)
                .answer("SUB-01", "value", Value::Choice(subcontract.to_owned()))
                .answer("SLA-01", "guarantee", Value::Number(guarantee.into()))
        },
    )
}

fn fitting_atom() -> impl Strategy<Value = &'static str> {
    select(vec![
        "class >= 3B",
        "class in [2, 3C]",
        "personal_info",
        "network is lgwan",
        "LOC-01.data is JP",
        "LOC-01.* includes overseas",
        "all LOC-01.* is domestic",
        "any LOC-01.* includes undisclosed",
        "SUB-01 not in [none]",
        "SLA-01.guarantee >= 99.9",
        "answered SLA-01.basis",
        "SLA-01.basis is none",
        "count LOC-01.backup >= 2",
    ])
}

fn all_references(condition: &Condition) -> Vec<&Reference> {
    condition.references().collect()
}

proptest! {
    #[test]
    fn parsing_undoes_printing(condition in condition()) {
        let printed = condition.to_string();
        prop_assume!(printed.len() <= MAX_CHARS);
        prop_assert_eq!(Condition::parse(&printed), Ok(condition));
    }

    #[test]
    fn parsing_never_panics(source in ".{0,200}") {
        if let Err(error) = Condition::parse(&source) {
            prop_assert!((1..=source.chars().count() + 1).contains(&error.column));
            prop_assert!(error.to_string().starts_with("条件式の"));
        }
    }

    #[test]
    fn parsing_pieces_of_the_language_never_panics(pieces in vec(select(vec![
        "and", "or", "not", "(", ")", "[", "]", ",", "is", "in", "includes", "any", "all", "of", "count",
        "answered", ">=", "<", "date", "2026-04-01", "class", "3B", "LOC-01.*", "SUB-02.list.country", "2",
    ]), 0..40)) {
        let source = pieces.join(" ");
        if let Ok(condition) = Condition::parse(&source) {
            let printed = condition.to_string();
            prop_assert_eq!(Condition::parse(&printed), Ok(condition));
        }
    }

    #[test]
    fn nothing_panics_on_any_case(condition in condition(), case in case()) {
        let vocabulary = vocabulary();
        let subject = case.subject(&vocabulary);
        let outcome = condition.evaluate(&subject);
        prop_assert_eq!(condition.holds(&subject), outcome == Outcome::True);
        let explained = condition.explain(&subject);
        prop_assert!(!explained.is_empty());
        prop_assert_eq!(explained.ends_with("ため、判断できない"), outcome == Outcome::Unknown);
        prop_assert!(!condition.describe(&vocabulary).is_empty());
        let facts_only = condition.check(&vocabulary, Scope::Facts).len();
        let free = condition.check(&vocabulary, Scope::Answers).len();
        let answers = all_references(&condition).iter().any(|name| matches!(name, Reference::Answer { .. }));
        prop_assert!(answers || facts_only == free);
    }

    #[test]
    fn without_a_vocabulary_nothing_is_granted(condition in condition(), case in case()) {
        let vocabulary = Vocabulary::default();
        let subject = case.subject(&vocabulary);
        let positive = !condition.to_string().contains("answered");
        prop_assert!(!positive || condition.evaluate(&subject) == Outcome::Unknown);
        prop_assert!(!condition.check(&vocabulary, Scope::Answers).is_empty());
    }

    #[test]
    fn unknown_names_are_refused(condition in condition()) {
        let errors = condition.check(&vocabulary(), Scope::Answers);
        let names = |name: &str| all_references(&condition).iter().any(|reference| match reference {
            Reference::Fact(fact) => fact == name,
            Reference::Answer { question, .. } => question == name,
        });
        for name in ["nothing", "date", "XXX-99"] {
            let refused = errors.iter().any(|error| matches!(
                &error.problem, CheckProblem::UnknownName { name: unknown, .. } if unknown == name
            ));
            prop_assert_eq!(names(name), refused, "{}", name);
        }
    }

    #[test]
    fn answers_are_refused_where_only_facts_are_known(condition in condition()) {
        let named = all_references(&condition).iter().any(|name| matches!(name, Reference::Answer { .. }));
        let errors = condition.check(&vocabulary(), Scope::Facts);
        let refused = errors.iter().any(|error| matches!(error.problem, CheckProblem::FactsOnly(_)));
        prop_assert_eq!(named, refused);
    }

    #[test]
    fn the_words_of_errors_stand_in_the_condition(condition in condition()) {
        let printed = condition.to_string();
        for error in condition.check(&vocabulary(), Scope::Answers) {
            prop_assert!(printed.contains(&error.word), "{} in {}", error.word, printed);
        }
    }

    #[test]
    fn kleene_laws_hold(left in condition(), right in condition(), case in case()) {
        let vocabulary = vocabulary();
        let subject = case.subject(&vocabulary);
        let (a, b) = (left.expression, right.expression);
        let of = |expression: Expression| Condition { expression }.evaluate(&subject);
        let not = |expression: Expression| Expression::Not(Box::new(expression));
        let and = |a: &Expression, b: &Expression| Expression::And(vec![a.clone(), b.clone()]);
        let or = |a: &Expression, b: &Expression| Expression::Or(vec![a.clone(), b.clone()]);
        prop_assert_eq!(of(not(and(&a, &b))), of(or(&not(a.clone()), &not(b.clone()))));
        prop_assert_eq!(of(not(or(&a, &b))), of(and(&not(a.clone()), &not(b.clone()))));
        prop_assert_eq!(of(and(&a, &b)), of(and(&b, &a)));
        prop_assert_eq!(of(or(&a, &b)), of(or(&b, &a)));
        prop_assert_eq!(of(not(not(a.clone()))), of(a.clone()));
        prop_assert_eq!(of(or(&a, &and(&a, &b))), of(a.clone()));
        if of(a.clone()) == Outcome::Unknown {
            prop_assert_eq!(of(not(a)), Outcome::Unknown);
        }
    }

    #[test]
    fn tests_and_their_negations_agree(atom in (quantifier(), reference(), literal(), vec(literal(), 1..3)), case in case()) {
        let (_, name, value, list) = atom;
        let vocabulary = vocabulary();
        let subject = case.subject(&vocabulary);
        let of = |each: Option<Quantifier>, test: Test| {
            Condition { expression: Expression::Test(each, name.clone(), test) }.evaluate(&subject)
        };
        let each = [(Some(Quantifier::All), Some(Quantifier::Any)), (Some(Quantifier::Any), Some(Quantifier::All))];
        for (each, contrary) in each {
            prop_assert_eq!(of(each, Test::IsNot(value.clone())), !of(contrary, Test::Is(value.clone())));
            prop_assert_eq!(of(each, Test::NotIn(list.clone())), !of(contrary, Test::In(list.clone())));
        }
    }

    #[test]
    fn knowing_more_never_changes_what_was_decided(
        source in vec(fitting_atom(), 1..4),
        glue in vec(select(vec![" and ", " or ", " and not "]), 3),
        case in fitting_case(),
        dropped in any::<u8>(),
    ) {
        let mut text = String::new();
        for (index, atom) in source.iter().enumerate() {
            if index > 0 { text.push_str(glue[index - 1]); }
            text.push_str(atom);
        }
        // `answered` is about knowledge itself, an optional part counts once it is filled.
        prop_assume!(!text.contains("answered"));
        let known = case.outcome(&text);
        let mut less = case;
        if dropped & 1 != 0 { less.facts.0.remove("class"); }
        if dropped & 2 != 0 { less.facts.0.remove("personal_info"); }
        if dropped & 4 != 0 { less.answers.0.remove("SUB-01"); }
        if dropped & 8 != 0 { less.answers.0.entry("LOC-01".to_owned()).or_default().parts.remove("backup"); }
        let before = less.outcome(&text);
        prop_assert!(before == known || before == Outcome::Unknown, "{text}: {before:?} became {known:?}");
    }

    #[test]
    fn explanations_state_only_what_decides(source in vec(fitting_atom(), 2..4), case in fitting_case()) {
        let text = source.join(" or ");
        if case.outcome(&text) == Outcome::True {
            let holding: Vec<_> = source.into_iter().filter(|atom| case.outcome(atom) == Outcome::True).collect();
            prop_assert_eq!(case.explain(&text), case.explain(&holding.join(" or ")));
        }
    }
}
