//! The whole way on the real clauses.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::LazyLock;

use jiff::Timestamp;
use proptest::prelude::*;
use questionnaires::answer::AnswerSheet;
use questionnaires::condition::{Subject, Vocabulary};
use questionnaires::content::Content;
use questionnaires::policy::{FactValue, Facts, Profile};
use serde_json::{Value, json};

use crate::edit::Edit;
use crate::library::Library;
use crate::model::{Block, Run, plain};
use crate::select::{Setting, Switch};
use crate::variables::VariableKind;
use crate::{Draft, Request, WriteError, Written, docx, draft, write};

fn library() -> Library {
    Library::embedded().unwrap_or_else(|problems| panic!("{}", lines(&problems)))
}

fn lines(problems: &[impl std::fmt::Display]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn content() -> Content {
    Content::embedded().unwrap_or_else(|problems| panic!("{}", lines(&problems)))
}

struct Bench {
    library: Library,
    profile: Profile,
    vocabulary: Vocabulary,
    values: Value,
}

impl Bench {
    fn new() -> Self {
        let (library, content) = (library(), content());
        let profile = content.profile("anan").unwrap().clone();
        let vocabulary = content.vocabulary(&profile);
        let values = library.examples();
        Self { library, profile, vocabulary, values }
    }

    fn facts(path: &str, class: &str, personal: bool) -> Facts {
        let choice = |text: &str| FactValue::Choice(text.to_owned());
        Facts(
            [
                ("path", choice(path)),
                ("class", choice(class)),
                ("personal_info", FactValue::Flag(personal)),
                ("specific_personal_info", FactValue::Flag(false)),
                ("electronic_data", FactValue::Flag(true)),
                ("provides_information", FactValue::Flag(true)),
                ("important_information", FactValue::Flag(true)),
                ("onsite", FactValue::Flag(false)),
                ("network", choice("internet")),
                ("contract_form", choice("contract")),
                ("integrity", choice("level_1")),
                ("availability", choice("level_1")),
            ]
            .into_iter()
            .map(|(id, value)| (id.to_owned(), value))
            .collect(),
        )
    }

    fn request<'a>(
        &'a self,
        document: &'a str,
        facts: &'a Facts,
        switches: &'a [Switch],
        values: &'a Value,
    ) -> Request<'a> {
        static UNANSWERED: LazyLock<AnswerSheet> = LazyLock::new(AnswerSheet::default);
        Request {
            document,
            subject: Subject { vocabulary: &self.vocabulary, facts, answers: &UNANSWERED },
            switches,
            edits: &[],
            values,
            profile: &self.profile,
            classification: "自治体機密性2",
            author: "見本町",
            created: Timestamp::from_second(1_775_000_000).unwrap(),
        }
    }

    fn write(&self, facts: &Facts, switches: &[Switch], values: &Value) -> Result<Written, WriteError> {
        write(&self.library, &self.request("D-10", facts, switches, values))
    }

    fn draft(
        &self,
        document: &str,
        facts: &Facts,
        switches: &[Switch],
        values: &Value,
    ) -> Result<Draft, WriteError> {
        draft(&self.library, &self.request(document, facts, switches, values))
    }
}

fn off(clause: &str) -> Switch {
    Switch {
        clause: clause.to_owned(),
        setting: Setting::Off,
        variant: None,
        reason: "この案件では扱わないため".into(),
        by: "見本 花子".into(),
    }
}

#[test]
fn every_clause_fits_the_vocabulary() {
    let bench = Bench::new();
    let problems = bench.library.check(&bench.vocabulary);
    assert!(problems.is_empty(), "{}", lines(&problems));
}

#[test]
fn the_special_specifications_are_numbered_without_gaps_and_findings() {
    let bench = Bench::new();
    for (path, class, personal) in
        [("P1", "3B", true), ("P1", "2", false), ("P3", "2", false), ("P3", "3B", true)]
    {
        let written = bench.write(&Bench::facts(path, class, personal), &[], &bench.values).unwrap();
        let labels: Vec<String> = written.document.articles().map(|article| article.label.clone()).collect();
        let expected: Vec<String> = (1..=labels.len()).map(|number| format!("第{number}条")).collect();
        assert_eq!(labels, expected);
        assert!(labels.len() >= 24, "{path} {class}: {} articles", labels.len());
        assert!(written.document.articles().all(|article| article.items[0].label.is_empty()));
        assert_eq!(written.findings, [], "{path} {class}");
        assert!(written.comparison.iter().all(|row| !row.articles.is_empty()), "{:#?}", written.comparison);
        assert_eq!(written.comparison.len(), 14);
    }
}

#[test]
fn dropping_a_clause_renumbers_references_and_a_dangling_one_is_an_error() {
    let bench = Bench::new();
    let facts = Bench::facts("P1", "3B", true);
    let whole = bench.write(&facts, &[], &bench.values).unwrap();
    let number_of = |written: &Written, clause: &str| {
        written
            .document
            .articles()
            .find(|article| article.clause == clause)
            .map(|article| article.label.clone())
    };
    // CL-04 is referred to by nothing; everything after it moves up by one, references included.
    let without = bench.write(&facts, &[off("CL-04")], &bench.values).unwrap();
    assert_eq!(number_of(&without, "CL-04"), None);
    let shift = |label: &str| {
        let number: usize = label.trim_start_matches('第').trim_end_matches('条').parse().unwrap();
        format!("第{}条", number - 1)
    };
    for article in whole.document.articles().filter(|article| article.clause.as_str() > "CL-04") {
        assert_eq!(number_of(&without, &article.clause), Some(shift(&article.label)));
    }
    match bench.write(&facts, &[off("CL-12")], &bench.values) {
        Err(WriteError::Dangling(found)) => assert!(found.iter().all(|one| one.target.starts_with("CL-12"))),
        other => panic!("{:?}", other.map(|written| written.document.title)),
    }
}

#[test]
fn references_read_as_contracts_do() {
    let bench = Bench::new();
    let written = bench.write(&Bench::facts("P1", "3B", true), &[], &bench.values).unwrap();
    let mut texts = Vec::new();
    for article in written.document.articles() {
        for (index, item) in article.items.iter().enumerate() {
            for run in &item.text {
                if let Run::Reference { target, text } = run {
                    texts.push((article.clause.clone(), index + 1, target.clone(), text.clone()));
                }
            }
        }
    }
    assert!(texts.iter().all(|(.., text)| !text.is_empty()));
    // A 項 that refers to the one right before it says 前項.
    for (clause, paragraph, target, text) in &texts {
        if let Some(number) = target.strip_prefix('#').and_then(|n| n.parse::<usize>().ok()) {
            let expected =
                if number + 1 == *paragraph { "前項".to_owned() } else { format!("第{number}項") };
            assert_eq!(*text, expected, "{clause} {target}");
        }
    }
    let survival = texts.iter().find(|(.., target, _)| target == "survivors").unwrap();
    assert!(survival.3.contains("（秘密の保持）") && survival.3.contains("及び第"), "{}", survival.3);
}

#[test]
fn equal_input_gives_equal_bytes_and_reads_back() {
    let bench = Bench::new();
    let facts = Bench::facts("P3", "3B", true);
    let first = bench.write(&facts, &[], &bench.values).unwrap();
    let second = bench.write(&facts, &[], &bench.values).unwrap();
    assert_eq!(first.docx, second.docx);
    let back = docx::read(&first.docx).unwrap();
    assert_eq!(back.title, first.document.title);
    assert_eq!(back.author, "見本町");
    assert_eq!(back.keywords, "自治体機密性2");
    assert!(back.header.starts_with("【自治体機密性2】"));
    for article in first.document.articles() {
        assert!(back.paragraphs.contains(&("ArticleHeading".into(), format!("（{}）", article.heading))));
        let line = format!("{}　{}", article.label, plain(&article.items[0].text));
        assert!(back.paragraphs.iter().any(|(_, text)| *text == line), "{line}");
    }
}

#[test]
fn a_missing_value_is_named_and_a_blank_is_ruled() {
    let bench = Bench::new();
    let facts = Bench::facts("P1", "3B", true);
    let mut values = bench.values.clone();
    values["vendor"] = json!({});
    let written = bench.write(&facts, &[], &values).unwrap();
    let blanks = written.document.blocks.iter().filter(|block| match block {
        Block::Paragraph { text, .. } => text.contains(&Run::Blank),
        _ => false,
    });
    assert!(blanks.count() > 0, "the preamble names the vendor");
    values.as_object_mut().unwrap().remove("b");
    match bench.write(&facts, &[], &values) {
        Err(WriteError::Compose(error)) => {
            assert!(error.to_string().ends_with("（値「b」がありません）"), "{error}");
        }
        other => panic!("{:?}", other.map(|written| written.document.title)),
    }
}

#[test]
fn a_switch_wins_and_is_told() {
    let bench = Bench::new();
    let switch = Switch {
        clause: "CL-09".into(),
        setting: Setting::On,
        variant: Some("limited".into()),
        reason: "協議の結果による".into(),
        by: "見本 花子".into(),
    };
    let written = bench.write(&Bench::facts("P1", "2", false), &[switch], &bench.values).unwrap();
    let entry = written.selection.entries.iter().find(|entry| entry.clause == "CL-09").unwrap();
    assert_eq!(entry.variant, "limited");
    assert_eq!(entry.switched, Some(("協議の結果による".into(), "見本 花子".into())));
}

/// A vendor name that would be markup anywhere else.
fn with_vendor(bench: &Bench, name: &str) -> Written {
    let mut values = bench.values.clone();
    values["vendor"]["name"] = json!(name);
    bench.write(&Bench::facts("P1", "3B", true), &[], &values).unwrap()
}

fn shape(written: &Written) -> Vec<(String, usize, usize)> {
    let of = |block: &Block| match block {
        Block::Article(article) => {
            ("article".to_owned(), article.items.len(), article.items.iter().map(|i| i.children.len()).sum())
        }
        Block::Table(table) => ("table".to_owned(), table.header.len(), table.rows.len()),
        Block::List { items } => ("list".to_owned(), items.len(), 0),
        Block::Attachment { target, .. } => (target.clone(), 0, 0),
        _ => ("text".to_owned(), 0, 0),
    };
    written.document.blocks.iter().map(of).collect()
}

#[test]
fn names_cannot_become_markup() {
    let bench = Bench::new();
    let plain_shape = shape(&with_vendor(&bench, "株式会社サンプル"));
    for name in [
        "*株式会社* | # 見本",
        "{{x}}",
        "[[CL-09]]",
        "<b>太字</b>",
        "1. 一",
        "- 点",
        "`code`",
        "&amp;",
        "# 見出し",
        "a\nb",
        "| a | b |",
        "\\",
        "![x](y)",
        "***",
        "{% if x %}",
        "<!-- articles -->",
        "\u{E000}CL-09\u{E001}",
        "    字下げ",
    ] {
        let written = with_vendor(&bench, name);
        assert_eq!(shape(&written), plain_shape, "{name}");
        let expected: String =
            name.replace('\n', " ").chars().filter(|c| !matches!(c, '\u{E000}'..='\u{F8FF}')).collect();
        let text: String =
            docx::read(&written.docx).unwrap().paragraphs.into_iter().map(|(_, text)| text).collect();
        assert!(
            text.contains(&format!("と{}（以下「", expected.trim()))
                || text.contains(&format!("と{}とが", expected.trim())),
            "{name}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_name_is_only_a_name(name in "\\PC{1,40}") {
        thread_local! { static BENCH: (Bench, Vec<(String, usize, usize)>) = {
            let bench = Bench::new();
            let shape = shape(&with_vendor(&bench, "株式会社サンプル"));
            (bench, shape)
        } }
        BENCH.with(|(bench, expected)| {
            let written = with_vendor(bench, &name);
            prop_assert_eq!(&shape(&written), expected);
            prop_assert!(docx::read(&written.docx).is_ok());
            Ok(())
        })?;
    }
}

#[test]
fn the_forty_rules_are_there_and_apply_by_facts_and_answers() {
    let bench = Bench::new();
    let ids: Vec<String> = bench.library.rules.iter().map(|rule| rule.id.clone()).collect();
    let expected: Vec<String> = (1..=40).map(|number| format!("RL-{number:02}")).collect();
    assert_eq!(ids, expected);
    let applied = |facts: &Facts| {
        let request = bench.request("D-10", facts, &[], &bench.values);
        crate::select::rules(&bench.library, &request.subject)
    };
    let of = |facts: &Facts| applied(facts).into_iter().map(|own| own.rule).collect::<Vec<_>>();
    let print = of(&Bench::facts("P1", "3B", true));
    assert!(print.contains(&"RL-21".to_owned()) && print.contains(&"RL-31".to_owned()), "{print:?}");
    assert!(!print.contains(&"RL-22".to_owned()) && !print.contains(&"RL-20".to_owned()));
    assert!(of(&Bench::facts("P4", "1", false)).contains(&"RL-32".to_owned()));
    assert!(of(&Bench::facts("P1", "3A", false)).contains(&"RL-20".to_owned()));
    let because = applied(&Bench::facts("P1", "3A", false));
    assert!(because.iter().filter(|own| own.rule != "RL-31").all(|own| !own.because.is_empty()));
}

#[test]
fn every_text_of_every_clause_passes_the_checks() {
    let content = content();
    let library = library();
    for id in ["anan", "hokuto"] {
        let profile = content.profile(id).unwrap().clone();
        let vocabulary = content.vocabulary(&profile);
        let mut values = library.examples();
        for (name, term) in [("a", "party_a"), ("b", "party_b")] {
            values[name] = json!(profile.terms[term]);
        }
        let bench =
            Bench { library: Library::embedded().unwrap_or_else(|_| panic!()), vocabulary, profile, values };
        let mut findings = std::collections::BTreeSet::new();
        for clause in &bench.library.clauses {
            for variant in &clause.variants {
                let switch =
                    Switch { setting: Setting::On, variant: Some(variant.id.clone()), ..off(&clause.id) };
                let facts = Bench::facts(if clause.order % 20 == 0 { "P1" } else { "P3" }, "3B", true);
                match bench.draft("D-10", &facts, &[switch], &bench.values) {
                    Ok(draft) => findings.extend(
                        draft
                            .findings
                            .iter()
                            .map(|f| format!("{} {} {} {}", f.rule, f.place, f.excerpt, f.advice)),
                    ),
                    Err(error) => panic!("{} {}: {error}", clause.id, variant.id),
                }
            }
        }
        assert!(findings.is_empty(), "{id}: {findings:#?}");
    }
}

/// The values that a program always has: those without a blank to stand for them, and no rows.
fn bare(library: &Library) -> Value {
    let mut values = library.examples();
    for variable in library.variables.iter().filter(|variable| !variable.name.contains("[]")) {
        if !variable.fallback_blank && variable.kind != VariableKind::Rows {
            continue;
        }
        let (parent, name) = variable.name.rsplit_once('.').unwrap_or(("", &variable.name));
        let at = if parent.is_empty() { &mut values } else { &mut values[parent] };
        at.as_object_mut().unwrap().remove(name);
    }
    values
}

#[test]
fn every_document_is_written_complete_and_empty_without_findings() {
    let content = content();
    for id in ["anan", "hokuto"] {
        let profile = content.profile(id).unwrap().clone();
        let vocabulary = content.vocabulary(&profile);
        let library = library();
        let own_words = |mut values: Value| {
            for (name, term) in [
                ("a", "party_a"),
                ("b", "party_b"),
                ("kind", "municipality_kind"),
                ("cloud_service", "cloud_service"),
            ] {
                values[name] = json!(profile.terms[term]);
            }
            // The town of the examples becomes a city where the policy is a city's.
            let text = values.to_string().replace("町", &profile.terms["municipality_kind"]);
            profile.with_own_words(&serde_json::from_str::<Value>(&text).unwrap())
        };
        let (complete, empty) = (own_words(library.examples()), own_words(bare(&library)));
        let bench = Bench { library, vocabulary, profile: profile.clone(), values: Value::Null };
        let facts = Bench::facts("P3", "3B", true);
        let mut wrong = Vec::new();
        for document in &bench.library.documents {
            for (state, values) in [("complete", &complete), ("empty", &empty)] {
                match bench.draft(&document.id, &facts, &[], values) {
                    Ok(draft) => wrong.extend(draft.findings.iter().map(|f| {
                        format!(
                            "{} {state}: {} {} 「{}」 {}",
                            document.id, f.rule, f.place, f.excerpt, f.advice
                        )
                    })),
                    Err(error) => wrong.push(format!("{} {state}: {error}", document.id)),
                }
            }
        }
        assert!(wrong.is_empty(), "{id}\n{}", wrong.join("\n"));
    }
}

/// Text that would be markup, numbering, template code or broken XML anywhere else.
fn hostile() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "{{ x }}",
        "{% if %}",
        "|",
        "*",
        "#",
        "第5条",
        "\r\n",
        "\u{B}",
        "[[CL-09]]",
        "<!-- articles -->",
        "]]>",
        "&",
        "1. ",
        "\u{FFFE}",
    ];
    prop_oneof![
        proptest::sample::select(KNOWN).prop_map(str::to_owned),
        "\\PC{0,60}",
        "(.|\n){0,40}",
        Just("あ".repeat(10_000)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_articles_answers_and_texts_make_a_sound_document(
        dropped in proptest::collection::btree_set(0_usize..40, 0..12),
        path in proptest::sample::select(&["P1", "P2ab", "P2c", "P3"][..]),
        class in proptest::sample::select(&["2", "3C", "3B", "3A"][..]),
        personal in any::<bool>(),
        name in hostile(),
        cell in hostile(),
        edited in hostile(),
    ) {
        thread_local! { static BENCH: Bench = Bench::new(); }
        BENCH.with(|bench| {
            let mut values = bench.values.clone();
            values["vendor"]["name"] = json!(name);
            values["case"]["title"] = json!(cell);
            values["subcontractors"] = json!([{
                "name": cell, "corporate_number": name, "location": cell, "scope": name, "information": cell, "further": name,
            }]);
            let switches: Vec<Switch> =
                dropped.iter().filter_map(|index| bench.library.clauses.get(*index)).map(|clause| off(&clause.id)).collect();
            let edits = [Edit { clause: "OWN-1".into(), heading: name.clone(), text: format!("乙は、{edited}"), after: "CL-05".into() }];
            let facts = Bench::facts(path, class, personal);
            let request = Request { edits: &edits, ..bench.request("D-10", &facts, &switches, &values) };
            match write(&bench.library, &request) {
                Ok(written) => {
                    for (index, article) in written.document.articles().enumerate() {
                        prop_assert_eq!(&article.label, &format!("第{}条", index + 1));
                        prop_assert!(article.items.iter().all(resolved));
                    }
                    let back = docx::read(&written.docx);
                    prop_assert!(back.is_ok(), "{:?}", back.err());
                }
                // An article that others speak of cannot be dropped; it is said which.
                Err(WriteError::Dangling(found)) => {
                    let known = |target: &str| {
                        let mut gone = dropped.iter().filter_map(|index| bench.library.clauses.get(*index));
                        gone.any(|clause| target.starts_with(&clause.id)) || edited.contains("[[")
                    };
                    let all_known = found.iter().all(|one| known(&one.target));
                    prop_assert!(all_known, "{:?}", found);
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
            Ok(())
        })?;
    }
}

/// No reference is left without its words.
fn resolved(item: &crate::model::Item) -> bool {
    let said = |run: &Run| !matches!(run, Run::Reference { text, .. } if text.is_empty());
    item.text.iter().all(said) && item.children.iter().all(resolved)
}
