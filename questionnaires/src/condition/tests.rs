//! Tests of the language as a whole.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use super::*;
use crate::answer::{Standing, Value};
use crate::policy::{AnsweredBy, Class, FactDefinition, FactFile, FactKind, FactValue, Path};
use crate::question::{Question, Topic};

mod explaining;
mod properties;

const FACTS: &str = include_str!("tests/facts.toml");

const TOPIC: &str = include_str!("tests/topic.toml");

fn classes() -> Vec<Class> {
    ["1", "2", "3C", "3B", "3A"]
        .into_iter()
        .map(|id| Class {
            id: id.to_owned(),
            name: format!("自治体機密性{id}"),
            description: String::new(),
            handling: Vec::new(),
            level: None,
            replaces: Vec::new(),
            choose_when: None,
        })
        .collect()
}

fn paths() -> Vec<Path> {
    [("P3", "クラウドサービス"), ("P1", "業務委託")]
        .into_iter()
        .map(|(id, name)| Path {
            id: id.to_owned(),
            name: name.to_owned(),
            when: Condition::parse("personal_info").unwrap(),
            requirement: "R-001".to_owned(),
            approval: Vec::new(),
            applicants: Vec::new(),
            evaluators: Vec::new(),
            names_manager: false,
            asks: Vec::new(),
            answered_by: AnsweredBy::default(),
        })
        .collect()
}

fn facts() -> Vec<FactDefinition> {
    toml::from_str::<FactFile>(FACTS).unwrap().facts
}

fn questions() -> Vec<Question> {
    toml::from_str::<Topic>(TOPIC).unwrap().questions
}

fn vocabulary() -> Vocabulary {
    Vocabulary::new(&facts(), &classes(), &paths(), questions().iter())
}

/// A case under construction.
#[derive(Debug, Default)]
struct Case {
    facts: Facts,
    answers: AnswerSheet,
}

impl Case {
    fn flag(mut self, name: &str, yes: bool) -> Self {
        self.facts.0.insert(name.to_owned(), FactValue::Flag(yes));
        self
    }

    fn choice(mut self, name: &str, choice: &str) -> Self {
        self.facts.0.insert(name.to_owned(), FactValue::Choice(choice.to_owned()));
        self
    }

    fn fact(mut self, name: &str, value: FactValue) -> Self {
        self.facts.0.insert(name.to_owned(), value);
        self
    }

    fn answer(mut self, question: &str, part: &str, value: Value) -> Self {
        self.answers.0.entry(question.to_owned()).or_default().parts.insert(part.to_owned(), value);
        self
    }

    fn countries(self, part: &str, codes: &str) -> Self {
        let codes = codes.split_whitespace().map(str::to_owned).collect();
        self.answer("LOC-01", part, Value::Countries(codes))
    }

    fn standing(mut self, question: &str, standing: Standing) -> Self {
        self.answers.0.entry(question.to_owned()).or_default().standing = standing;
        self
    }

    fn outcome(&self, condition: &str) -> Outcome {
        let vocabulary = vocabulary();
        let condition = Condition::parse(condition).unwrap_or_else(|error| panic!("{condition}: {error}"));
        let errors = condition.check(&vocabulary, Scope::Answers);
        assert!(errors.is_empty(), "{condition}: {errors:?}");
        condition.evaluate(&self.subject(&vocabulary))
    }

    fn subject<'a>(&'a self, vocabulary: &'a Vocabulary) -> Subject<'a> {
        Subject { vocabulary, facts: &self.facts, answers: &self.answers }
    }

    fn explain(&self, condition: &str) -> String {
        let vocabulary = vocabulary();
        let condition = Condition::parse(condition).unwrap();
        assert_eq!(condition.check(&vocabulary, Scope::Answers), [], "{condition}");
        condition.explain(&self.subject(&vocabulary))
    }
}

fn row(cells: &[(&str, Value)]) -> BTreeMap<String, Value> {
    cells.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect()
}

fn codes(codes: &str) -> Value {
    Value::Countries(codes.split_whitespace().map(str::to_owned).collect())
}

fn problem(condition: &str) -> String {
    Condition::parse(condition).unwrap_err().to_string()
}

fn errors(condition: &str, scope: Scope) -> Vec<String> {
    let condition = Condition::parse(condition).unwrap_or_else(|error| panic!("{condition}: {error}"));
    condition.check(&vocabulary(), scope).iter().map(ToString::to_string).collect()
}

#[test]
fn prints_in_canonical_form() {
    for (source, canonical) in [
        ("  class>=3B   and\n LOC-01.*  includes overseas ", "class >= 3B and LOC-01.* includes overseas"),
        ("((personal_info))", "personal_info"),
        ("not (a or b) and (c or d)", "not (a or b) and (c or d)"),
        ("a or (b and c)", "a or b and c"),
        ("a and (b and c)", "a and (b and c)"),
        ("not not a", "not not a"),
        ("path in [ P2b,P3, ]", "path in [P2b, P3]"),
        ("path not in [P1]", "path not in [P1]"),
        ("ends_on >= date( 2026-04-01 )", "ends_on >= date(2026-04-01)"),
        ("SUB-01 is all", "SUB-01 is all"),
        ("PER-03 includes any", "PER-03 includes any"),
        ("PER-03 includes any of [all, any]", "PER-03 includes any of [all, any]"),
        ("all SUB-02.list.country is not JP", "all SUB-02.list.country is not JP"),
        ("count SUB-02.list>=1", "count SUB-02.list >= 1"),
        ("any SUB-02.list.again", "any SUB-02.list.again"),
    ] {
        let condition = Condition::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
        assert_eq!(condition.to_string(), canonical);
        assert_eq!(Condition::parse(canonical).unwrap(), condition);
        let json = serde_json::to_string(&condition).unwrap();
        assert_eq!(serde_json::from_str::<Condition>(&json).unwrap(), condition);
    }
}

#[test]
fn parse_problems_name_the_column_and_the_remedy() {
    for (source, expected) in [
        ("  ", "条件式の1文字目: 条件式が空です"),
        ("class = 3B", "条件式の7文字目: 「=」は使えません。等しいことは is"),
        ("class != 3B", "条件式の7文字目: 「!=」は使えません。"),
        ("a && b", "条件式の3文字目: 「&」は使えない文字です。「かつ」は and"),
        ("!a", "条件式の1文字目: 「!」は使えない文字です。否定は not"),
        ("class ＞ 3B", "条件式の7文字目: 「＞」は使えない文字です。条件式は半角"),
        ("class is \"3B\"", "条件式の10文字目: 「\"」は使えない文字です。値は引用符で囲まず"),
        ("class >=", "条件式の9文字目: 値を書いてください（ここで条件式が終わっています）"),
        ("(a or b", "条件式の8文字目: 閉じ括弧「)」か、and、orを書いてください"),
        ("a b", "条件式の3文字目: and か orを書いてください（ここには「b」があります）"),
        ("a and", "条件式の6文字目: 案件の属性か設問の名前を書いてください"),
        ("Class is 3B", "条件式の1文字目: 「Class」は名前として読めません"),
        ("LOC-1 is JP", "条件式の1文字目: 「LOC-1」は名前として読めません"),
        ("LOC-01.a.b.c is JP", "条件式の1文字目: 「LOC-01.a.b.c」は名前として読めません"),
        ("ends_on > date(2026-02-30)", "条件式の16文字目: 「2026-02-30」は暦にある日付として"),
        ("ends_on > date(2026-2-3)", "条件式の16文字目: 「2026-2-3」は暦にある日付として"),
        ("count PER-03 >= many", "条件式の17文字目: 「many」は件数として読めません"),
        ("count PER-03 >= 99999999999", "条件式の17文字目: 「99999999999」は件数として読めません"),
        ("path in []", "条件式の10文字目: 値を書いてください"),
        ("path in [P1", "条件式の12文字目: 区切りの「,」か、一覧の終わりの「]」を書いてください"),
        ("path not P1", "条件式の10文字目: not in の in"),
    ] {
        let problem = problem(source);
        assert!(problem.starts_with(expected), "{source}: {problem}");
    }
}

#[test]
fn depth_and_length_are_limited() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Condition::parse(&nested(MAX_DEPTH)).is_ok());
    assert!(problem(&nested(MAX_DEPTH + 1)).contains("深すぎます"));
    assert!(problem(&nested(1_500)).contains("深すぎます"));
    assert!(problem(&"not ".repeat(900)).contains("深すぎます"));
    assert!(problem(&"a ".repeat(3_000)).contains("長すぎます"));
    // Fits as typed, but not in canonical form, in which it would be frozen.
    let tight = format!("x in[{}y]", "y,".repeat(1_900));
    assert!(tight.len() < MAX_CHARS);
    assert!(problem(&tight).contains("長すぎます"));
}

#[test]
fn facts_are_tested_by_their_type() {
    let case = Case::default()
        .choice("class", "3B")
        .choice("path", "P3")
        .choice("network", "lgwan")
        .flag("personal_info", true)
        .fact("records", FactValue::Number("99.5".parse().unwrap()))
        .fact("ends_on", FactValue::Date("2027-03-31".parse().unwrap()))
        .fact("subject", FactValue::Text("見本".to_owned()));
    for (condition, outcome) in [
        ("class >= 3B", Outcome::True),
        ("class > 3B", Outcome::False),
        ("class >= 2 and class < 3A", Outcome::True),
        ("class is 3B", Outcome::True),
        ("class in [3A, 3B]", Outcome::True),
        ("path not in [P1]", Outcome::True),
        ("network is not lgwan", Outcome::False),
        ("personal_info", Outcome::True),
        ("not personal_info", Outcome::False),
        ("records >= 99.5", Outcome::True),
        ("records is 99.50", Outcome::True),
        ("records < 99", Outcome::False),
        ("ends_on > date(2027-03-30)", Outcome::True),
        ("ends_on is date(2027-03-31)", Outcome::True),
        ("answered subject", Outcome::True),
    ] {
        assert_eq!(case.outcome(condition), outcome, "{condition}");
    }
    assert_eq!(Case::default().outcome("class >= 3B"), Outcome::Unknown);
    assert_eq!(Case::default().outcome("not answered subject"), Outcome::True);
}

#[test]
fn country_lists_are_sets() {
    let case = Case::default()
        .flag("personal_info", false)
        .countries("data", "JP")
        .countries("backup", "JP US")
        .countries("logs", "ZZ");
    for (condition, outcome) in [
        ("LOC-01.data is JP", Outcome::True),
        ("LOC-01.data is domestic", Outcome::True),
        ("LOC-01.backup is JP", Outcome::False),
        ("LOC-01.backup is not JP", Outcome::True),
        ("LOC-01.backup includes JP", Outcome::True),
        ("LOC-01.backup includes overseas", Outcome::True),
        ("LOC-01.backup is overseas", Outcome::False),
        ("LOC-01.backup in [JP, US, GB]", Outcome::True),
        ("LOC-01.backup in [JP]", Outcome::False),
        ("LOC-01.backup includes all of [JP, US]", Outcome::True),
        ("LOC-01.backup includes any of [GB, US]", Outcome::True),
        ("LOC-01.data includes overseas", Outcome::False),
        ("LOC-01.logs includes overseas", Outcome::False),
        ("LOC-01.logs is undisclosed", Outcome::True),
        ("LOC-01.logs is ZZ", Outcome::True),
        ("LOC-01.* includes overseas", Outcome::True),
        ("any LOC-01.* includes undisclosed", Outcome::True),
        ("all LOC-01.* is JP", Outcome::False),
        ("LOC-01.* includes all of [US, undisclosed]", Outcome::True),
        ("count LOC-01.backup >= 2", Outcome::True),
    ] {
        assert_eq!(case.outcome(condition), outcome, "{condition}");
    }
}

#[test]
fn all_parts_means_every_part_that_is_shown_and_required() {
    let domestic = || Case::default().countries("data", "JP").countries("backup", "JP");
    // The optional part is left out; the conditional one is not shown.
    assert_eq!(domestic().flag("personal_info", false).outcome("all LOC-01.* is JP"), Outcome::True);
    // It is shown and missing.
    assert_eq!(domestic().flag("personal_info", true).outcome("all LOC-01.* is JP"), Outcome::Unknown);
    // Whether it is shown is not known yet: nothing may be granted.
    assert_eq!(domestic().outcome("all LOC-01.* is JP"), Outcome::Unknown);
    let complete = domestic().flag("personal_info", true).countries("accounts", "JP");
    assert_eq!(complete.outcome("all LOC-01.* is JP"), Outcome::True);
    assert_eq!(complete.outcome("answered LOC-01.*"), Outcome::True);
    // An optional part counts as soon as it is filled.
    assert_eq!(complete.countries("logs", "US").outcome("all LOC-01.* is JP"), Outcome::False);
    // One foreign country settles it, whatever is missing.
    assert_eq!(Case::default().countries("data", "US").outcome("all LOC-01.* is JP"), Outcome::False);
    assert_eq!(Case::default().outcome("all LOC-01.* is JP"), Outcome::Unknown);
}

#[test]
fn tables_are_tested_by_column() {
    let rows = vec![
        row(&[
            ("name", Value::Text("株式会社見本".to_owned())),
            ("country", codes("JP")),
            ("again", Value::Flag(false)),
            ("role", Value::Choice("hosting".to_owned())),
        ]),
        row(&[
            ("country", codes("JP SG")),
            ("share", Value::Number(60.into())),
            ("again", Value::Flag(true)),
            ("role", Value::Choice("support".to_owned())),
        ]),
    ];
    let case = Case::default().answer("SUB-02", "list", Value::Table(rows));
    for (condition, outcome) in [
        ("count SUB-02 >= 2", Outcome::True),
        ("count SUB-02.list > 2", Outcome::False),
        ("count SUB-02.list.name >= 2", Outcome::False),
        ("SUB-02.list.country includes overseas", Outcome::True),
        ("all SUB-02.list.country includes JP", Outcome::True),
        ("all SUB-02.list.country is domestic", Outcome::False),
        ("any SUB-02.list.again", Outcome::True),
        ("all SUB-02.list.again", Outcome::False),
        ("any SUB-02.list.share >= 50", Outcome::True),
        // The optional cell of the first row is left out.
        ("all SUB-02.list.share >= 50", Outcome::True),
        ("SUB-02.list.role includes hosting", Outcome::True),
        ("SUB-02.list.role includes all of [hosting, support]", Outcome::True),
        ("all SUB-02.list.role is hosting", Outcome::False),
        ("answered SUB-02.list.country", Outcome::True),
        ("answered SUB-02.list.name", Outcome::False),
    ] {
        assert_eq!(case.outcome(condition), outcome, "{condition}");
    }
    assert_eq!(Case::default().outcome("any SUB-02.list.again"), Outcome::Unknown);
    assert_eq!(Case::default().outcome("count SUB-02 >= 1"), Outcome::Unknown);
}

#[test]
fn standing_decides_whether_values_count() {
    let case = || Case::default().answer("SUB-01", "value", Value::Choice("none".to_owned()));
    assert_eq!(case().outcome("SUB-01 is none"), Outcome::True);
    let reason = || "理由".to_owned();
    let not_applicable =
        case().standing("SUB-01", Standing::NotApplicable { reason: reason(), accepted: true });
    assert_eq!(not_applicable.outcome("SUB-01 is none"), Outcome::Unknown);
    assert_eq!(not_applicable.outcome("answered SUB-01"), Outcome::False);
    let pending = case().standing("SUB-01", Standing::Conditional { option: reason(), included: false });
    assert_eq!(pending.outcome("SUB-01 is none"), Outcome::Unknown);
    assert_eq!(pending.outcome("answered SUB-01"), Outcome::True);
    let included = case().standing("SUB-01", Standing::Conditional { option: reason(), included: true });
    assert_eq!(included.outcome("SUB-01 is none"), Outcome::True);
}

#[test]
fn check_names_what_is_wrong_and_what_would_be_right() {
    for (condition, expected) in [
        ("clas >= 3B", "「clas」という案件の属性はありません。「class」ではありませんか。"),
        ("LOC-02.* is JP", "「LOC-02」という設問はありません。次のいずれか"),
        ("LOC-01.bakcup is JP", "「bakcup」という回答欄はありません。「backup」ではありませんか。"),
        ("LOC-01.data.country is JP", "「LOC-01.data」は表ではないので"),
        ("SUB-02.list.cuontry includes JP", "「cuontry」という列はありません。「country」ではありませんか。"),
        ("LOC-01 includes JP", "「LOC-01」には回答欄が複数あります。LOC-01.* か、LOC-01.data"),
        ("LOC-01.* is JP", "「LOC-01.*」は値が複数になります。前に all"),
        ("SUB-02.list.again", "「SUB-02.list.again」は値が複数になります。"),
        ("all class >= 3B", "「class」の値は1つです。"),
        ("class >= 4", "「class」に「4」という選択肢はありません。"),
        ("SUB-01 is nnoe", "「SUB-01」に「nnoe」という選択肢はありません。「none」ではありませんか。"),
        ("SUB-01", "「SUB-01」は選択肢から1つを選ぶものです。"),
        ("SUB-01 >= none", "「SUB-01」は選択肢から1つを選ぶものです。"),
        ("SUB-01 includes none", "「SUB-01」は選択肢から1つを選ぶものです。is"),
        ("PER-03 is skills", "「PER-03」は選択肢を複数選ぶものです。includes"),
        ("personal_info is yes", "「personal_info」は「はい・いいえ」です。名前だけを"),
        ("subject is x", "「subject」は自由記述です。"),
        ("records >= many", "「records」は数です。「many」の代わりに"),
        ("ends_on >= 2026-04-01", "「ends_on」は日付です。「2026-04-01」の代わりに date("),
        ("LOC-01.data is JPN", "「JPN」は国・地域の符号ではありません。"),
        ("LOC-01.data is date(2026-04-01)", "「date(2026-04-01)」は国・地域の符号ではありません。"),
        ("count class >= 1", "「class」は機密性の区分です。"),
        ("count LOC-01.* >= 1", "「LOC-01.*」の回答欄には"),
        ("SUB-02 includes JP", "「SUB-02」は表です。行数を count"),
        ("SLA-01.papers", "「SLA-01.papers」は添付ファイルです。"),
        ("any PER-03.* >= 3", "「PER-03.*」の回答欄には"),
    ] {
        let errors = errors(condition, Scope::Answers);
        assert_eq!(errors.len(), 1, "{condition}: {errors:?}");
        assert!(errors[0].starts_with(expected), "{condition}: {errors:?}");
    }
    assert_eq!(errors("clas >= 3B and LOC-01.x is JP or nothing", Scope::Answers).len(), 3);
    assert_eq!(
        errors("class >= 3B and answered LOC-01", Scope::Facts),
        ["「LOC-01」は設問の回答です。ここでは案件の属性だけを使えます。"]
    );
}

/// Every example of the manual is a condition.
#[test]
fn documented_examples_parse() {
    let manual = include_str!("../../../docs/condition-language.md");
    let before_grammar = manual.split("## 文法").next().unwrap();
    let blocks = before_grammar.split("```").skip(1).step_by(2).flat_map(str::lines);
    let examples: Vec<_> = blocks.filter(|line| !line.is_empty()).collect();
    assert!(examples.len() >= 7, "{examples:?}");
    for example in examples {
        Condition::parse(example).unwrap_or_else(|error| panic!("{example}: {error}"));
    }
}

#[test]
fn vocabularies_survive_freezing() {
    let vocabulary = vocabulary();
    let json = serde_json::to_string(&vocabulary).unwrap();
    assert_eq!(serde_json::from_str::<Vocabulary>(&json).unwrap(), vocabulary);
}

#[test]
fn references_and_what_they_read() {
    let condition =
        Condition::parse("class is 3B or LOC-01.* includes JP and count SUB-02.list.name > 1").unwrap();
    let names: Vec<String> = condition.references().map(ToString::to_string).collect();
    assert_eq!(names, ["class", "LOC-01.*", "SUB-02.list.name"]);
    let vocabulary = vocabulary();
    let reads: Vec<Read> = condition.references().flat_map(|reference| vocabulary.reads(reference)).collect();
    assert_eq!(reads.len(), 7);
    assert_eq!(reads.first(), Some(&Read::Fact("class")));
    assert_eq!(reads.last(), Some(&Read::Part("SUB-02", "list")));
}

#[test]
fn conditions_compare_on_the_scale_whatever_the_policy_calls_its_classes() {
    let mut facts = facts();
    for fact in &mut facts {
        if matches!(fact.kind, FactKind::Class { .. }) {
            fact.kind =
                FactKind::Class { scale: ["1", "2", "3C", "3B", "3A"].map(ToOwned::to_owned).to_vec() };
        }
    }
    let three: Vec<Class> = classes()
        .into_iter()
        .filter(|class| ["1", "2", "3B"].contains(&class.id.as_str()))
        .map(|class| match class.id.as_str() {
            "3B" => Class {
                id: "3".to_owned(),
                name: "機密性3".to_owned(),
                level: Some("3B".to_owned()),
                ..class
            },
            _ => class,
        })
        .collect();
    let vocabulary = Vocabulary::new(&facts, &three, &paths(), std::iter::empty());
    let subject_facts = |class: &str| {
        crate::policy::Facts([("class".to_owned(), FactValue::Choice(class.to_owned()))].into())
    };
    let holds = |condition: &str, class: &str| {
        let condition = Condition::parse(condition).unwrap();
        assert_eq!(condition.check(&vocabulary, Scope::Facts), [], "{condition}");
        let (facts, answers) = (subject_facts(class), AnswerSheet::default());
        condition.holds(&Subject { vocabulary: &vocabulary, facts: &facts, answers: &answers })
    };
    assert!(holds("class >= 3B", "3") && holds("class >= 3C", "3") && holds("class is 3B", "3"));
    assert!(!holds("class >= 3A", "3") && !holds("class is 3A", "3") && holds("class < 3A", "3"));
    assert!(holds("class >= 2", "2") && !holds("class >= 3C", "2") && holds("class in [1, 2]", "2"));
    assert!(holds("class is 3", "3"));
    // People read their own classes.
    let text = Condition::parse("class >= 3C").unwrap().describe(&vocabulary);
    assert!(text.contains("機密性3以上"), "{text}");
    let own: Vec<&str> = vocabulary.classes().iter().map(|class| class.id.as_str()).collect();
    assert_eq!(own, ["1", "2", "3"]);
}

#[test]
fn a_path_is_also_every_set_whose_questions_it_asks() {
    let mut paths = paths();
    paths[1].id = "P1a".to_owned();
    paths[1].asks = vec!["P1".to_owned(), "P2a".to_owned()];
    let topic: crate::question::Topic = toml::from_str(TOPIC).unwrap();
    let mut questions = topic.questions;
    questions[0].paths = vec!["P1".to_owned(), "P2a".to_owned(), "P2b".to_owned()];
    let vocabulary = Vocabulary::new(&facts(), &classes(), &paths, questions.iter());
    let facts = crate::policy::Facts([("path".to_owned(), FactValue::Choice("P1a".to_owned()))].into());
    let answers = AnswerSheet::default();
    let subject = Subject { vocabulary: &vocabulary, facts: &facts, answers: &answers };
    let holds = |condition: &str| {
        let condition = Condition::parse(condition).unwrap();
        assert_eq!(condition.check(&vocabulary, Scope::Facts), [], "{condition}");
        condition.holds(&subject)
    };
    assert!(holds("path is P1a") && holds("path is P1") && holds("path in [P2a, P3]"));
    assert!(!holds("path is P2b") && !holds("path is P3"));
    assert!(!Condition::parse("path is P9").unwrap().check(&vocabulary, Scope::Facts).is_empty());
    let own: Vec<&str> = vocabulary.paths().iter().map(|path| path.id.as_str()).collect();
    assert_eq!(own, ["P3", "P1a"]);
}
