//! The golden corpus: thirty cases over paths, classes, answers and two policies, written by the command line, read back
//! and compared with what was accepted before. Other programs open all of them (`documents.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use contract_templates::docx;
use questionnaires::answer::{Answer, AnswerSheet, Value as Said};
use questionnaires::content::Content;
use questionnaires::policy::{FactValue, Facts};
use questionnaires::question::{Input, form};
use serde_json::{Value, json};

/// How a vendor answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    /// Nobody is chosen yet.
    None,
    /// The first choice of every question, all in Japan.
    First,
    /// The last choice of every question, abroad.
    Last,
}

/// A case of the corpus.
struct Case {
    name: String,
    json: Value,
}

fn facts(path: &str, class: &str, number: usize) -> serde_json::Map<String, Value> {
    let cloud = path == "P3";
    let facts = json!({
        "path": path,
        "class": class,
        "service_kind": if cloud { "cloud_service" } else { "business_outsourcing" },
        "contract_form": if cloud && number.is_multiple_of(2) { "terms_of_service" } else { "contract" },
        "personal_info": number % 3 != 1,
        "specific_personal_info": number % 7 == 3,
        "electronic_data": number % 5 != 4,
        "provides_information": true,
        "important_information": true,
        "onsite": number % 4 == 1,
        "network": if number.is_multiple_of(3) { "lgwan" } else { "internet" },
        "integrity": if number.is_multiple_of(2) { "level_2" } else { "level_1" },
        "availability": "level_1",
        "electronic_contract": number % 2 == 1,
        "multi_year": number % 6 == 5,
        "starts_on": "2026-04-01",
        "ends_on": "2027-03-31",
    });
    facts.as_object().unwrap().clone()
}

fn said(input: &Input, answers: Answers) -> Said {
    let first = answers == Answers::First;
    let pick = |ids: Vec<&str>| if first { ids[0] } else { ids[ids.len() - 1] }.to_owned();
    match input {
        Input::Single { choices } => Said::Choice(pick(choices.iter().map(|c| c.id.as_str()).collect())),
        Input::Multi { choices } => {
            Said::Choices([pick(choices.iter().map(|c| c.id.as_str()).collect())].into_iter().collect())
        }
        Input::YesNo { .. } => Said::Flag(first),
        Input::Text { .. } => Said::Text("見本の記入".into()),
        Input::Number { min, max, .. } => Said::Number(if first { *min } else { *max }),
        Input::Percent { .. } => Said::Number(if first { 99.into() } else { 90.into() }),
        Input::Duration { max_hours } => {
            Said::Number(if first { 1.into() } else { (*max_hours).min(48).into() })
        }
        Input::Date => Said::Date("2026-02-01".parse().unwrap()),
        Input::Countries { .. } => {
            let code = if first { "JP" } else { "SG" };
            Said::Countries(BTreeSet::from([code.to_owned()]))
        }
        Input::Table { columns, .. } => {
            let row = columns.iter().map(|column| (column.id.clone(), said(&column.input, answers)));
            Said::Table(vec![row.collect()])
        }
        Input::File { .. } => Said::Files(Vec::new()),
    }
}

fn sheet(
    content: &Content,
    profile: &str,
    given: &serde_json::Map<String, Value>,
    answers: Answers,
) -> AnswerSheet {
    if answers == Answers::None {
        return AnswerSheet::default();
    }
    let profile = content.profile(profile).unwrap();
    let fact = |value: &Value| match value {
        Value::Bool(flag) => FactValue::Flag(*flag),
        other => FactValue::Choice(other.as_str().unwrap().to_owned()),
    };
    let facts = Facts(
        given
            .iter()
            .filter(|(id, _)| !id.ends_with("_on"))
            .map(|(id, value)| (id.clone(), fact(value)))
            .collect(),
    );
    let criteria = content.criteria_for(&profile.id).next().unwrap();
    let questionnaire = form(content, profile, criteria, &facts);
    let mut all = BTreeMap::new();
    for asked in questionnaire.sections.iter().flat_map(|section| &section.questions) {
        let parts = asked.question.parts.iter().map(|part| (part.id.clone(), said(&part.input, answers)));
        all.insert(asked.question.id.clone(), Answer { parts: parts.collect(), ..Answer::default() });
    }
    questionnaire.visible(&AnswerSheet(all)).answers().clone()
}

fn corpus() -> Vec<Case> {
    let content = Content::embedded().unwrap_or_else(|_| panic!("the content is broken"));
    let mut cases = Vec::new();
    for (profile, town, paths, classes) in [
        ("anan", "見本町", ["P1", "P2ab", "P2b", "P2c", "P3"], ["2", "3C", "3B", "3A"]),
        ("hokuto", "見本市", ["P1", "P1ab", "P1b", "P1c", "P3"], ["1", "2", "3", "3"]),
    ] {
        for path in paths {
            for answers in [Answers::None, Answers::First, Answers::Last] {
                let number = cases.len();
                let class = classes[number % classes.len()];
                let facts = facts(path, class, number);
                let sheet = sheet(&content, profile, &facts, answers);
                let known = if answers == Answers::None {
                    json!({})
                } else {
                    json!({ "name": "株式会社サンプル", "address": "見本県見本市本町二丁目2番2号", "representative": "代表取締役　例示　花子" })
                };
                let json = json!({
                    "profile": profile,
                    "facts": facts,
                    "answers": sheet,
                    "information": [{ "name": "対象者の一覧", "contents": "氏名、住所", "amount": 3000, "class": class }],
                    "values": {
                        "organization": {
                            "name": town, "address": "見本県見本郡見本一丁目1番地", "head": format!("{town}長"), "head_name": "見本　太郎",
                            "privacy_ordinance": format!("{town}個人情報の保護に関する法律施行条例"),
                        },
                        "case": { "title": "見本の業務", "number": format!("R8-{number:04}") },
                        "vendor": known,
                        "court": "見本地方裁判所",
                    },
                    "created": "2026-04-01T00:00:00Z",
                });
                cases.push(Case { name: format!("{number:02}-{profile}-{path}-{class}-{answers:?}"), json });
            }
        }
    }
    cases
}

fn tokki(arguments: &[&str], files: &[&Path]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_tokki")).args(arguments).args(files).output().unwrap()
}

/// Writes the 特記仕様書 of every case into a folder.
pub fn write_all(folder: &Path) -> Vec<(String, PathBuf, Value)> {
    std::fs::create_dir_all(folder).unwrap();
    let mut written = Vec::new();
    for case in corpus() {
        let given = folder.join(format!("{}.json", case.name));
        let file = folder.join(format!("{}.docx", case.name));
        std::fs::write(&given, case.json.to_string()).unwrap();
        let (given, out) = (given.to_str().unwrap(), file.to_str().unwrap());
        let done = tokki(&["--json", "document", "render", "D-10", "--case", given, "--output", out], &[]);
        assert!(done.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&done.stderr));
        let told: Value = serde_json::from_slice(&done.stdout).unwrap();
        written.push((case.name, file, told));
    }
    written
}

#[test]
fn thirty_cases_are_written_as_they_were_accepted() {
    let folder = crate::support::empty_folder("corpus");
    let (first, again) = (write_all(&folder.join("first")), write_all(&folder.join("again")));
    assert_eq!(first.len(), 30);
    let mut outline = String::new();
    for ((name, file, told), (_, twin, _)) in first.iter().zip(&again) {
        let bytes = std::fs::read(file).unwrap();
        assert!(bytes == std::fs::read(twin).unwrap(), "{name}: a second run gives other bytes");
        assert_eq!(told["findings"].as_array().unwrap().len(), 0, "{name}: {}", told["findings"]);
        let read = docx::read(&bytes).unwrap();
        let headings: Vec<&str> = read
            .paragraphs
            .iter()
            .filter(|(style, _)| style == "ArticleHeading")
            .map(|(_, text)| text.as_str())
            .collect();
        let included =
            told["selection"]["entries"].as_array().unwrap().iter().filter(|e| e["included"] == true);
        let expected: Vec<String> =
            included.clone().map(|entry| format!("（{}）", entry["heading"].as_str().unwrap())).collect();
        assert_eq!(headings, expected, "{name}: the file holds the articles of the model");
        let text = told["articles"].as_u64().unwrap();
        assert_eq!(usize::try_from(text).unwrap(), headings.len());
        writeln!(outline, "{name}").unwrap();
        for (number, entry) in included.enumerate() {
            let word = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            let (clause, variant, rule) = (word("clause"), word("variant"), word("rule"));
            writeln!(outline, "  {} {clause}/{variant} {rule}", number + 1).unwrap();
        }
    }
    insta::assert_snapshot!("outline", outline);
    // The whole text of six of them, one of each kind of path and both policies.
    for number in [1, 5, 14, 16, 20, 29] {
        let (name, file, _) = &first[number];
        let read = docx::read(&std::fs::read(file).unwrap()).unwrap();
        let text: Vec<String> = read.paragraphs.into_iter().map(|(_, text)| text).collect();
        insta::assert_snapshot!(format!("text-{name}"), text.join("\n"));
    }
}

#[test]
fn the_command_line_lists_checks_compares_and_refuses() {
    let folder = crate::support::empty_folder("document-command");
    let list = tokki(&["document", "list"], &[]);
    let told = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.status.success() && told.contains("D-01") && told.contains("D-34"), "{told}");
    let samples = crate::documents::samples(&folder);
    assert_eq!(samples.len(), 33);
    // A file is never overwritten.
    let file = samples[0].to_str().unwrap();
    let again = tokki(&["document", "render", "D-01", "--sample", "--output", file], &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("上書きしません"));
    let checked = tokki(&["document", "lint", "D-13", "--sample"], &[]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let cases = write_all(&folder.join("cases"));
    let compared = tokki(&["--json", "document", "diff"], &[&cases[0].1, &cases[1].1]);
    let differences: Value = serde_json::from_slice(&compared.stdout).unwrap();
    assert!(differences.as_array().unwrap().iter().any(|one| one["change"] == "changed"));
    let same = tokki(&["--json", "document", "diff"], &[&cases[0].1, &cases[0].1]);
    assert_eq!(serde_json::from_slice::<Value>(&same.stdout).unwrap(), json!([]));
    // Wrong cases say where and what.
    for (text, expected) in [
        ("{", "1行"),
        ("{\"fact\": {}}", "読み取れません"),
        ("{\"profile\": \"nowhere\"}", "方針「nowhere」はありません"),
        ("{\"facts\": {\"weather\": \"fine\"}}", "facts.weather"),
        ("{\"facts\": {\"personal_info\": \"yes\"}}", "facts.personal_info：true 又は false"),
        ("{\"facts\": {\"starts_on\": \"4月\"}}", "facts.starts_on"),
        ("{}", "文書を作れません"),
    ] {
        let path = folder.join("wrong.json");
        std::fs::write(&path, text).unwrap();
        let out = folder.join("wrong.docx");
        let (path, out) = (path.to_str().unwrap(), out.to_str().unwrap());
        let refused = tokki(&["document", "render", "D-10", "--case", path, "--output", out], &[]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{text}");
        assert!(told.contains(expected), "{text}: {told}");
        assert!(!Path::new(out).exists(), "nothing half-written");
    }
}
