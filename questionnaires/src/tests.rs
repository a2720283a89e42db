//! Answers, forms and scores on the real question bank: each sentence of docs/scoring.md is a test here.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestCaseError;
use rust_decimal::Decimal;

use crate::answer::{Answer, AnswerSheet, Evidence, RawAnswer, Standing, Value, describe, read};
use crate::content::Content;
use crate::policy::{FactValue, Facts, derive_path, highest_class};
use crate::question::{Asked, Input, Part, Question, Questionnaire, Severity, form};
use crate::scoring::{OpenReason, QuestionScore, Score, Verdict, contributions, score};

const TODAY: Date = date(2026, 11, 21);

static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::embedded().unwrap());

fn facts(path: &str, class: &str, personal: bool) -> Facts {
    let choice = |text: &str| FactValue::Choice(text.to_owned());
    let flag = FactValue::Flag;
    let all = [
        ("path", choice(path)),
        ("class", choice(class)),
        ("personal_info", flag(personal)),
        ("specific_personal_info", flag(false)),
        ("electronic_data", flag(true)),
        ("provides_information", flag(true)),
        ("development", flag(false)),
        ("availability", choice("level_1")),
        ("network", choice("internet")),
    ];
    Facts(all.into_iter().map(|(id, value)| (id.to_owned(), value)).collect())
}

fn questionnaire(path: &str, class: &str, personal: bool) -> Questionnaire {
    let profile = CONTENT.profile("anan").unwrap();
    let criteria = CONTENT.criteria_for("anan").next().unwrap();
    form(&CONTENT, profile, criteria, &facts(path, class, personal))
}

static CLOUD: LazyLock<Questionnaire> = LazyLock::new(|| questionnaire("P3", "2", false));
static PRINTING: LazyLock<Questionnaire> = LazyLock::new(|| questionnaire("P1", "3B", true));

fn judged(questionnaire: &Questionnaire, answers: &AnswerSheet) -> Score {
    score(questionnaire, answers, &BTreeSet::new(), TODAY)
}

/// Any value that fits an input.
fn value(input: &Input) -> BoxedStrategy<Value> {
    match input {
        Input::Single { choices } => {
            let ids: Vec<String> = choices.iter().map(|choice| choice.id.clone()).collect();
            proptest::sample::select(ids).prop_map(Value::Choice).boxed()
        }
        Input::Multi { choices } => {
            let ids: Vec<String> = choices.iter().map(|c| c.id.clone()).filter(|id| id != "none").collect();
            proptest::sample::subsequence(ids.clone(), 1..=ids.len())
                .prop_map(|chosen| Value::Choices(chosen.into_iter().collect()))
                .boxed()
        }
        Input::YesNo { .. } => any::<bool>().prop_map(Value::Flag).boxed(),
        Input::Text { .. } => "[a-zあ-ん亜-熙]{1,20}".prop_map(Value::Text).boxed(),
        Input::Number { min, max, .. } => {
            let (min, max) = (i64::try_from(*min).unwrap_or(0), i64::try_from(*max).unwrap_or(100));
            (min..=max).prop_map(|number| Value::Number(Decimal::from(number))).boxed()
        }
        Input::Percent { decimals } => {
            let scale = *decimals;
            (0i64..=100).prop_map(move |n| Value::Number(Decimal::new(n, scale).normalize())).boxed()
        }
        Input::Duration { max_hours } => {
            (0..=*max_hours).prop_map(|hours| Value::Number(Decimal::from(hours))).boxed()
        }
        Input::Date => {
            (2000i16..2040, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Value::Date(date(y, m, d))).boxed()
        }
        Input::Countries { .. } => proptest::sample::subsequence(vec!["JP", "US", "SG", "DE"], 1..=4)
            .prop_map(|codes| Value::Countries(codes.into_iter().map(str::to_owned).collect()))
            .boxed(),
        Input::Table { columns, .. } => {
            let cells: Vec<_> = columns.iter().map(|c| (Just(c.id.clone()), value(&c.input))).collect();
            proptest::collection::vec(cells, 1..3)
                .prop_map(|rows| {
                    Value::Table(rows.into_iter().map(|row| row.into_iter().collect()).collect())
                })
                .boxed()
        }
        Input::File { .. } => Just(Value::Files(vec!["資料.pdf".to_owned()])).boxed(),
    }
}

fn answer(question: &Question) -> impl Strategy<Value = Answer> + use<> {
    let parts: Vec<_> = question
        .parts
        .iter()
        .map(|Part { id, input, .. }| (Just(id.clone()), proptest::option::weighted(0.9, value(input))))
        .collect();
    let kind = question.evidence.first().map(|kind| kind.id.clone());
    (parts, proptest::option::weighted(0.4, any::<bool>()), any::<bool>()).prop_map(
        move |(parts, evidence, old)| Answer {
            parts: parts.into_iter().filter_map(|(id, value)| Some((id, value?))).collect(),
            evidence: evidence
                .zip(kind.clone())
                .map(|(confirmed, kind)| Evidence {
                    kind,
                    title: "資料".into(),
                    file: None,
                    issued_on: Some(if old { date(2001, 1, 1) } else { date(2026, 10, 1) }),
                    valid_until: None,
                    confirmed,
                })
                .into_iter()
                .collect(),
            ..Answer::default()
        },
    )
}

fn sheet(questionnaire: &'static Questionnaire) -> impl Strategy<Value = AnswerSheet> {
    let all: Vec<_> = questionnaire
        .questions()
        .map(|Asked { question, .. }| {
            (Just(question.id.clone()), proptest::option::weighted(0.9, answer(question)))
        })
        .collect();
    all.prop_map(|answers| {
        AnswerSheet(answers.into_iter().filter_map(|(id, given)| Some((id, given?))).collect())
    })
}

fn of<'a>(score: &'a Score, question: &str) -> &'a QuestionScore {
    score.questions.iter().find(|own| own.question == question).unwrap()
}

fn given(parts: &[(&str, Value)]) -> Answer {
    Answer {
        parts: parts.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect(),
        ..Answer::default()
    }
}

fn choice(id: &str) -> Value {
    Value::Choice(id.to_owned())
}

fn countries(codes: &[&str]) -> Value {
    Value::Countries(codes.iter().map(|code| (*code).to_owned()).collect())
}

#[test]
fn forms_hold_the_questions_of_their_path() {
    for (questionnaire, least) in [(&*CLOUD, 50), (&*PRINTING, 40)] {
        let ids: Vec<&str> = questionnaire.questions().map(|asked| asked.question.id.as_str()).collect();
        assert!(ids.len() >= least, "{}", ids.len());
        assert!(questionnaire.questions().all(|asked| asked.reason.ends_with('。')));
    }
    assert!(PRINTING.find("PII-01").is_some() && CLOUD.find("PII-01").is_none());
    assert!(CLOUD.find("TRM-01").is_some() && PRINTING.find("TRM-01").is_none());
    assert!(CLOUD.find("SUB-02").is_some(), "asked once its answer opens it");
    assert!(!CLOUD.visible(&AnswerSheet::default()).has("SUB-02"));
}

#[test]
fn class_and_path_follow_from_facts() {
    let profile = CONTENT.profile("anan").unwrap();
    assert_eq!(highest_class(profile, &["1", "3B", "2"]).unwrap().id, "3B");
    assert!(highest_class(profile, &[]).is_none());
    let vocabulary = CONTENT.vocabulary(profile);
    let path = |kind: &str, class: &str| {
        let mut facts = facts("P1", class, false);
        facts.0.insert("service_kind".into(), FactValue::Choice(kind.into()));
        derive_path(profile, &vocabulary, &facts).map(|path| path.id.clone())
    };
    assert_eq!(path("cloud_service", "2").as_deref(), Some("P3"));
    assert_eq!(path("business_outsourcing", "1").as_deref(), Some("P1"));
    assert_eq!(path("cloud_service", "1").as_deref(), Some("P4"));
    assert_eq!(path("system_build_and_operation", "2").as_deref(), Some("P2ab"));
    assert_eq!(path("no_such_kind", "2"), None);
}

#[test]
fn every_path_asks_as_many_questions_as_the_bank_is_made_for() {
    let profile = CONTENT.profile("anan").unwrap();
    let asked = |path: &str| {
        let path = profile.paths.iter().find(|own| own.id == path).unwrap();
        let questions = CONTENT.questions().filter(|q| q.paths.iter().any(|set| path.asks(set)));
        let questions: Vec<&Question> = questions.collect();
        let absolute = |q: &&&Question| q.knockouts.iter().any(|k| k.severity == Severity::Absolute);
        (questions.len(), questions.iter().filter(absolute).count())
    };
    let counts = ["P1", "P2a", "P2b", "P2c", "P3", "P4"].map(asked);
    assert_eq!(counts, [(50, 11), (55, 11), (67, 13), (76, 12), (67, 9), (8, 2)]);
    // Both together ask what either asks, once.
    let union =
        CONTENT.questions().filter(|q| q.paths.iter().any(|set| set == "P2a" || set == "P2b")).count();
    assert_eq!(asked("P2ab").0, union);
}

#[test]
fn what_only_electronic_data_can_have_is_not_asked_of_paper() {
    let on_paper = |electronic: bool| {
        let mut facts = facts("P1", "2", false);
        facts.0.insert("electronic_data".into(), FactValue::Flag(electronic));
        let profile = CONTENT.profile("anan").unwrap();
        let criteria = CONTENT.criteria_for("anan").next().unwrap();
        let form = form(&CONTENT, profile, criteria, &facts);
        form.questions().map(|asked| asked.question.id.clone()).collect::<BTreeSet<String>>()
    };
    let gone: Vec<String> = on_paper(true).difference(&on_paper(false)).cloned().collect();
    assert_eq!(gone, ["LOC-01", "TEC-02", "TEC-05", "TEC-06", "TEC-09"]);
}

#[test]
fn every_question_for_vendors_is_asked_in_english_too() {
    let staff = ["P4"];
    for question in CONTENT.questions() {
        let for_vendors = question.paths.iter().any(|path| !staff.contains(&path.as_str()));
        assert_eq!(CONTENT.english(&question.id).is_some(), for_vendors, "{}", question.id);
    }
}

#[test]
fn points_come_from_the_first_row_that_holds() {
    let location = |data: &[&str], backup: &[&str]| {
        let answer = given(&[
            ("data", countries(data)),
            ("backup", countries(backup)),
            ("logs", countries(&["JP"])),
            ("accounts", countries(&["JP"])),
        ]);
        let score = judged(&CLOUD, &AnswerSheet([("LOC-01".to_owned(), answer)].into()));
        of(&score, "LOC-01").points
    };
    assert_eq!(location(&["JP"], &["JP"]), Some(100));
    assert_eq!(location(&["JP"], &["SG"]), Some(50));
    assert_eq!(location(&["US"], &["JP"]), Some(10));
    assert_eq!(location(&["ZZ"], &["JP"]), Some(0));
    let rate = |percent: i64| {
        let parts = [
            ("basis", choice("guaranteed")),
            ("guarantee", Value::Number(Decimal::new(percent, 2))),
            ("method", Value::Text("式".into())),
        ];
        of(&judged(&CLOUD, &AnswerSheet([("SLA-01".to_owned(), given(&parts))].into())), "SLA-01").points
    };
    // No floating point: 99.90 is enough, 99.89 is not.
    assert_eq!((rate(9990), rate(9989), rate(9950), rate(9900)), (Some(100), Some(80), Some(80), Some(60)));
}

#[test]
fn knock_outs_are_independent_of_points() {
    let overseas = given(&[
        ("data", countries(&["JP"])),
        ("backup", countries(&["SG"])),
        ("logs", countries(&["JP"])),
        ("accounts", countries(&["JP"])),
    ]);
    let answers = AnswerSheet([("LOC-01".to_owned(), overseas)].into());
    let strict = judged(&PRINTING, &answers);
    assert_eq!(strict.verdict, Verdict::Fail);
    let found = strict.knockouts.iter().find(|found| found.question == "LOC-01").unwrap();
    assert_eq!(found.severity, Severity::Excusable);
    assert!(found.because.contains("シンガポール"), "{}", found.because);
    assert!(
        judged(&CLOUD, &answers).knockouts.is_empty(),
        "class 2 without personal information may go abroad"
    );
    // An exception granted by the policy leaves at best a conditional pass.
    let excused = score(&PRINTING, &answers, &["LOC-01".to_owned()].into(), TODAY);
    assert_ne!(excused.verdict, Verdict::Fail);
    // Absolute ones come first and nothing excuses them.
    let refused = AnswerSheet([("INC-05".to_owned(), given(&[("value", choice("refused"))]))].into());
    let score = score(&CLOUD, &refused, &["INC-05".to_owned()].into(), TODAY);
    assert_eq!((score.knockouts[0].severity, score.verdict), (Severity::Absolute, Verdict::Fail));
}

#[test]
fn not_applicable_and_conditional_answers_wait_for_staff() {
    let with = |standing: Standing| {
        let answer = Answer { standing, ..Answer::default() };
        judged(&CLOUD, &AnswerSheet([("SUB-05".to_owned(), answer)].into()))
    };
    let pending = with(Standing::NotApplicable { reason: "基盤を持たない".into(), accepted: false });
    assert_eq!(of(&pending, "SUB-05").points, Some(0));
    assert!(pending.open.iter().any(|o| o.question == "SUB-05" && o.why == OpenReason::NotApplicablePending));
    let accepted = with(Standing::NotApplicable { reason: "基盤を持たない".into(), accepted: true });
    let question = of(&accepted, "SUB-05");
    assert_eq!((question.points, question.possible, question.earned), (None, 0, 0));
    assert!(!accepted.open.iter().any(|o| o.question == "SUB-05"));
    assert!(accepted.conformity.unwrap().whole < pending.conformity.unwrap().whole, "out of both sides");
}

#[test]
fn evidence_counts_while_it_is_current() {
    let with = |issued: Option<Date>, until: Option<Date>, confirmed: bool| {
        let mut answer = given(&[("value", choice("modern"))]);
        answer.evidence = vec![Evidence {
            kind: "spec".into(),
            title: "仕様書".into(),
            file: None,
            issued_on: issued,
            valid_until: until,
            confirmed,
        }];
        let score = judged(&CLOUD, &AnswerSheet([("TEC-05".to_owned(), answer)].into()));
        let own = of(&score, "TEC-05");
        (own.factor, own.evidenced)
    };
    assert_eq!(with(Some(date(2026, 6, 1)), None, true), (1000, true));
    assert_eq!(with(Some(date(2026, 6, 1)), None, false), (800, false));
    assert_eq!(with(Some(date(2024, 1, 1)), None, true), (0, false), "older than its kind allows");
    assert_eq!(with(None, Some(date(2026, 11, 20)), true), (0, false), "expired yesterday");
    assert_eq!(with(None, Some(TODAY), true), (1000, true), "valid to the end of the day");
}

#[test]
fn nothing_scorable_is_none_and_not_zero() {
    let empty = Questionnaire { sections: Vec::new(), ..CLOUD.clone() };
    let score = judged(&empty, &AnswerSheet::default());
    assert_eq!((score.conformity, score.declared, score.verdict), (None, None, Verdict::Undetermined));
    let blank = judged(&CLOUD, &AnswerSheet::default());
    assert_eq!(blank.conformity.unwrap().earned, 0);
    assert_eq!(blank.verdict, Verdict::Undetermined);
}

#[test]
fn input_is_read_as_people_type_it() {
    let rows = CLOUD.find("SLA-01").unwrap();
    let mut raw = RawAnswer::default();
    raw.set("basis", vec!["guaranteed".into()]);
    raw.set("guarantee", vec!["９９．９５％".into()]);
    raw.set("method", vec!["式\r\nです\u{0}".into()]);
    let reading = read(&rows.question, &raw);
    assert_eq!(reading.problems, []);
    assert_eq!(reading.answer.parts["guarantee"], Value::Number(Decimal::new(9995, 2)));
    assert_eq!(reading.answer.parts["method"], Value::Text("式\nです".into()));
    for (typed, message) in
        [("百", "数字で"), ("101", "0以上100以下"), ("-1", "0以上100以下"), ("99.9999", "小数3桁まで")]
    {
        raw.set("guarantee", vec![typed.into()]);
        let problems = read(&rows.question, &raw).problems;
        assert!(problems.len() == 1 && problems[0].message.contains(message), "{typed}: {problems:?}");
    }
    let location = CLOUD.find("LOC-01").unwrap();
    let mut raw = RawAnswer::default();
    raw.set("data.other", vec!["日本、ｼﾝｶﾞﾎﾟｰﾙ、us".into()]);
    assert_eq!(read(&location.question, &raw).answer.parts["data"], countries(&["JP", "SG", "US"]));
    raw.set("data.other", vec!["月".into()]);
    assert!(read(&location.question, &raw).problems[0].message.contains("「月」"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// A form filled from an answer gives the answer back, and nothing in words is empty.
    #[test]
    fn forms_and_answers_are_inverse(answers in sheet(&CLOUD)) {
        for asked in CLOUD.questions() {
            if let Some(answer) = answers.get(&asked.question.id) {
                let mut expected = answer.clone();
                expected.evidence.iter_mut().for_each(|e| e.confirmed = false);
                let reading = read(&asked.question, &RawAnswer::from_answer(&asked.question, answer));
                prop_assert_eq!(&reading.problems, &[], "{}", &asked.question.id);
                prop_assert_eq!(reading.answer, expected, "{}", &asked.question.id);
                prop_assert!(describe(&asked.question, answer).iter().all(|(_, text)| !text.is_empty()));
            }
        }
    }

    /// Whatever is posted, reading never panics.
    #[test]
    fn any_text_can_be_posted(field in "[a-z_.0-9]{1,12}", texts in proptest::collection::vec(any::<String>(), 0..3)) {
        for asked in CLOUD.questions() {
            let mut raw = RawAnswer::default();
            for part in &asked.question.parts {
                raw.set(&part.id, texts.clone());
                raw.set(&format!("{}.0.{field}", part.id), texts.clone());
            }
            raw.set(&field, texts.clone());
            let _ = read(&asked.question, &raw);
        }
    }

    /// Contributions sum exactly to the rounded total, the parts of a score to the whole.
    #[test]
    fn contributions_sum_to_the_total(answers in sheet(&PRINTING)) {
        let score = judged(&PRINTING, &answers);
        let total = score.conformity.unwrap();
        prop_assert_eq!(contributions(&score).iter().map(|(_, tenths)| tenths).sum::<u64>(), total.percent_tenths());
        prop_assert_eq!(score.questions.iter().map(|q| q.earned).sum::<u64>(), total.earned);
        let sections: u64 = score.sections.iter().filter_map(|s| s.conformity).map(|ratio| ratio.whole).sum();
        prop_assert_eq!(sections, total.whole);
        prop_assert!(score.evidenced.unwrap().earned <= total.earned && total.earned <= score.declared.unwrap().earned);
    }

    /// Answers to hidden questions change nothing.
    #[test]
    fn hidden_questions_never_count(answers in sheet(&CLOUD)) {
        let visible = CLOUD.visible(&answers);
        prop_assert_eq!(judged(&CLOUD, visible.answers()), judged(&CLOUD, &answers));
        for question in judged(&CLOUD, &answers).questions {
            prop_assert!(visible.has(&question.question));
        }
    }

    /// A score can be computed from the frozen questionnaire as from the living one.
    #[test]
    fn a_frozen_questionnaire_scores_the_same(answers in sheet(&CLOUD)) {
        let frozen = serde_json::to_string(&*CLOUD).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let thawed: Questionnaire = serde_json::from_str(&frozen).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(judged(&thawed, &answers), judged(&CLOUD, &answers));
    }

    /// Confirming current evidence never lowers a score; leaving a question out never raises it.
    #[test]
    fn confirming_helps_and_silence_does_not(answers in sheet(&PRINTING), pick in any::<proptest::sample::Index>()) {
        let before = judged(&PRINTING, &answers);
        let mut confirmed = answers.clone();
        for answer in confirmed.0.values_mut() {
            answer.evidence.iter_mut().for_each(|evidence| evidence.confirmed = true);
        }
        prop_assert!(judged(&PRINTING, &confirmed).conformity.unwrap().earned >= before.conformity.unwrap().earned);
        // A question that opens no other: its silence touches nothing else.
        let ids: Vec<&String> = answers.0.keys().filter(|id| id.starts_with("TEC")).collect();
        if !ids.is_empty() {
            let id = ids[pick.index(ids.len())].clone();
            let mut silent = answers.clone();
            silent.0.remove(&id);
            let after = judged(&PRINTING, &silent);
            prop_assert!(of(&after, &id).earned == 0 && of(&after, &id).earned <= of(&before, &id).earned);
            prop_assert_eq!(of(&after, &id).possible, of(&before, &id).possible);
        }
    }

    /// Multiplying every weight leaves every ratio as it is.
    #[test]
    fn weights_are_relative(answers in sheet(&CLOUD), times in 2u32..9) {
        let mut heavier = CLOUD.clone();
        for question in heavier.sections.iter_mut().flat_map(|section| &mut section.questions) {
            question.question.weight *= times;
        }
        let (a, b) = (judged(&CLOUD, &answers), judged(&heavier, &answers));
        prop_assert_eq!(a.conformity.unwrap().percent_tenths(), b.conformity.unwrap().percent_tenths());
        prop_assert_eq!(a.verdict, b.verdict);
    }
}

/// How long the real bank, a bank of 10,000 questions and 100,000 assessments take.
#[test]
#[ignore = "a measurement, not a check"]
#[expect(clippy::print_stdout, reason = "figures are what it is for")]
fn speed() {
    use std::time::Instant;
    let start = Instant::now();
    let content = Content::embedded().unwrap();
    println!("shipped bank, {} questions: {:?}", content.questions().count(), start.elapsed());

    let many: Vec<(String, String)> = (0..100)
        .map(|number| {
            let (first, second) = (char::from(b'A' + number / 26), char::from(b'A' + number % 26));
            let questions: String = (0..100)
                .map(|index| {
                    let id = format!("X{first}{second}-{index:02}");
                    format!(
                        "[[question]]\nid = \"{id}\"\ntitle = \"見出し\"\ntext = \"問いですか。\"\nwhy = \"理由です。\"\n\
                         paths = [\"P1\"]\nwhen = \"class >= 2 and not personal_info\"\nrequirements = [\"R-003\"]\n\
                         weight = 1\nasked_since = 2026-04-01\n[[question.part]]\nid = \"value\"\n\
                         input = {{ kind = \"yes_no\", yes = 100, no = 0 }}\n"
                    )
                })
                .collect();
            let topic = format!("many-{}{}", first.to_ascii_lowercase(), second.to_ascii_lowercase());
            let order = 1_000 + u32::from(number);
            let text = format!("topic = \"{topic}\"\nname = \"多数\"\norder = {order}\n{questions}");
            (format!("questions/{topic}.toml"), text)
        })
        .collect();
    let start = Instant::now();
    let large = Content::load(Content::embedded_files().chain(many)).unwrap();
    println!("bank of {} questions: {:?}", large.questions().count(), start.elapsed());

    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let sheets: Vec<AnswerSheet> =
        (0..100).map(|_| sheet(&CLOUD).new_tree(&mut runner).unwrap().current()).collect();
    let start = Instant::now();
    let mut passed = 0;
    for _ in 0..1_000 {
        for sheet in &sheets {
            passed += usize::from(judged(&CLOUD, sheet).verdict == Verdict::Pass);
        }
    }
    let took = start.elapsed();
    println!(
        "100,000 assessments of {} questions with breakdown: {took:?}, {:.0} a second, {passed} passed",
        CLOUD.questions().count(),
        100_000.0 / took.as_secs_f64()
    );
}
