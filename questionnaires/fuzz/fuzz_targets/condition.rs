//! Parses, prints, checks, evaluates and explains conditions. Input: the condition, then optionally a NUL
//! character and facts as JSON, then another NUL character and answers as JSON.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use questionnaires::answer::AnswerSheet;
use questionnaires::condition::{Condition, MAX_CHARS, Outcome, Scope, Subject, Vocabulary};
use questionnaires::policy::{Class, FactFile, Facts};
use questionnaires::question::Topic;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let facts: FactFile =
        toml::from_str(include_str!("../../src/condition/tests/facts.toml")).expect("facts of the target");
    let topic: Topic = toml::from_str(include_str!("../../src/condition/tests/topic.toml"))
        .expect("questions of the target");
    let class = |id: &str| Class {
        id: id.to_owned(),
        name: id.to_owned(),
        description: String::new(),
        handling: Vec::new(),
    };
    Vocabulary::new(&facts.facts, &["1", "2", "3C", "3B", "3A"].map(class), &[], topic.questions.iter())
});

fuzz_target!(|input: &str| {
    let mut pieces = input.split('\0');
    let source = pieces.next().unwrap_or_default();
    let Ok(condition) = Condition::parse(source) else { return };

    let printed = condition.to_string();
    assert!(printed.len() <= MAX_CHARS);
    assert_eq!(Condition::parse(&printed).as_ref(), Ok(&condition), "{printed}");

    let facts: Facts = pieces.next().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let answers: AnswerSheet =
        pieces.next().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let subject = Subject { vocabulary: &VOCABULARY, facts: &facts, answers: &answers };
    let outcome = condition.evaluate(&subject);
    assert_eq!(condition.holds(&subject), outcome == Outcome::True);
    assert!(!condition.explain(&subject).is_empty());
    assert!(!condition.describe(&VOCABULARY).is_empty());
    for error in condition.check(&VOCABULARY, Scope::Answers) {
        assert!(printed.contains(&error.word), "{printed}: {error}");
    }
});
