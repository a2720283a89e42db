//! Broken files of the kinds beside the bank: each is refused with its place and what to do.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::sample;
use super::*;

const OVERLAY: &str = r#"
id = "gikai"
name = "見本町議会"
edition = "2026-04"
effective_from = 2026-04-01
base = "mihon"
base_edition = "2026-04"
[terms]
head = "議長"
"#;

const ENGLISH: &str = r#"
topic = "data-location"
name = "Location"

[[question]]
id = "LOC-01"
title = "Country"
text = "Name all countries."
why = "Their laws apply."
[question.label]
data = "Data"
backup = "Backup"
[question.evidence]
list = "List"
[[question.term]]
word = "Backup"
meaning = "A copy."

[[question]]
id = "LOC-02"
title = "Fixed"
text = "Can it be fixed?"
why = "Control."
[question.choice]
"value.fixed" = "Yes"
"value.open" = "No"

[[question]]
id = "LOC-03"
title = "Time"
text = "Response time?"
why = "To know."
[question.unit]
value = "hours"
"#;

const CERTIFICATIONS: &str = r#"
never_waived = ["LOC-01"]

[[certification]]
id = "iso27001"
name = "ISO/IEC 27001"
english = "ISO/IEC 27001"
kind = "certification"
unit = "organisation"
noun = "認証"
number_pattern = "^[0-9]+$"
number_example = "12345"
proves = "仕組みがあること。"
caution = "範囲を確かめる。"
waives = ["LOC-02"]
"#;

const MAPPING: &str = r#"
id = "mvsp"
name = "MVSP"
version = "3.0"
licence = "CC0-1.0"
url = "https://mvsp.dev/"

[[control]]
id = "1.1"
title = "Reports"
questions = ["LOC-01"]
relation = "subset-of"
remark = "一部を尋ねる。"
"#;

fn files() -> Vec<(String, String)> {
    let beside = [
        ("overlays/gikai.toml", OVERLAY),
        ("english/data-location.toml", ENGLISH),
        ("certifications.toml", CERTIFICATIONS),
        ("mappings/mvsp.toml", MAPPING),
        (
            "criteria/gikai.toml",
            &sample::CRITERIA.replace("\"standard\"", "\"gikai\"").replace("[\"mihon\"]", "[\"gikai\"]"),
        ),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()));
    sample::files().into_iter().chain(beside).collect()
}

fn problems(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = files();
    let (_, text) = files.iter_mut().find(|(path, _)| path == file).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
    Content::load(files)
        .map_or_else(|problems| problems.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn the_whole_set_loads() {
    let content = Content::load(files()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let gikai = content.profile("gikai").unwrap();
    assert_eq!(gikai.terms.get("head").map(String::as_str), Some("議長"));
    assert_eq!(
        gikai.terms.get("party_a").map(String::as_str),
        Some("甲"),
        "what the overlay leaves out stays"
    );
    assert_eq!(content.english("LOC-02").unwrap().text, "Can it be fixed?");
    assert_eq!(content.certification("iso27001").unwrap().waives, ["LOC-02"]);
    assert_eq!(content.mappings.first().unwrap().controls.len(), 1);
}

#[test]
fn every_broken_file_is_told_with_its_place() {
    let cases = [
        (
            "overlays/gikai.toml",
            "base = \"mihon\"",
            "base = \"mihom\"",
            "overlays/gikai.toml:6:8 [base] 土台とする版「mihom@2026-04」がありません。ある版: mihon@2026-04",
        ),
        (
            "overlays/gikai.toml",
            "base_edition = \"2026-04\"",
            "base_edition = \"2020-04\"",
            "overlays/gikai.toml:6:8 [base] 土台とする版「mihon@2020-04」がありません。",
        ),
        (
            "overlays/gikai.toml",
            "base = \"mihon\"\n",
            "",
            "overlays/gikai.toml:1:1 必須の項目「base」がありません。",
        ),
        (
            "overlays/gikai.toml",
            "[terms]",
            "[therms]",
            "overlays/gikai.toml:8:2 「therms」という項目はありません。「terms」ではありませんか。",
        ),
        (
            "overlays/gikai.toml",
            "[terms]",
            "[[path]]\nid = \"P3\"\napplicants = [\"nobody\"]\n[terms]",
            "overlays/gikai.toml:10:15 [path.P3.applicants.1] 「nobody」という役割はありません。",
        ),
        (
            "overlays/gikai.toml",
            "[terms]",
            "[without]\nrole = [\"manager\"]\n[terms]",
            "という役割はありません。",
        ),
        ("overlays/gikai.toml", "id = \"gikai\"", "id = \"mihon\"", "版「mihon@2026-04」が重複しています。"),
        (
            "profiles/mihon.toml",
            "[style]",
            "[clauses]\nR-999 = \"第5章\"\n[style]",
            "「R-999」という要求事項はありません。",
        ),
        (
            "profiles/mihon.toml",
            "[[path]]",
            "[exception_route]\nroles = [\"nobody\"]\nmode = \"permission\"\nrequirement = \"R-001\"\n[[path]]",
            "「nobody」という役割はありません。",
        ),
        (
            "profiles/mihon.toml",
            "[[path]]",
            "[exception_route]\nroles = [\"manager\"]\nmode = \"maybe\"\nrequirement = \"R-001\"\n[[path]]",
            "[exception_route.mode] 「maybe」は使えません。",
        ),
        (
            "facts.toml",
            "kind = { type = \"class\" }",
            "kind = { type = \"class\", scale = [\"1\", \"3B\"] }",
            "区分「2」の水準を level に書いてください。水準: 1、3B",
        ),
        (
            "profiles/mihon.toml",
            "name = \"機密性2\"",
            "name = \"機密性2\"\nlevel = \"9\"",
            "profiles/mihon.toml:30:9 [class.2.level] 「9」という水準はありません。",
        ),
        (
            "english/data-location.toml",
            "backup = \"Backup\"\n",
            "",
            "[question.LOC-01.label] 「backup」の英文がありません。",
        ),
        (
            "english/data-location.toml",
            "backup = \"Backup\"",
            "backup = \"Backup\"\nother = \"x\"",
            "english/data-location.toml:13:9 [question.LOC-01.label.other] 「other」に当たるものが、日本語の設問にありません。",
        ),
        (
            "english/data-location.toml",
            "id = \"LOC-02\"",
            "id = \"LOC-09\"",
            "[question.LOC-09.id] 「LOC-09」という設問はありません。",
        ),
        (
            "english/data-location.toml",
            "[[question.term]]\nword = \"Backup\"\nmeaning = \"A copy.\"\n",
            "",
            "用語は日本語の設問と同じ1個にしてください。",
        ),
        (
            "english/data-location.toml",
            "topic = \"data-location\"",
            "topic = \"data\"",
            "english/data-location.toml:2:9 [topic] topic はファイル名と同じ「data-location」にしてください",
        ),
        (
            "means.toml",
            "kind = \"step\"",
            "kind = \"clause\"",
            "設問と契約条項は、それぞれのファイルから要求事項に結び付けます。",
        ),
        ("means.toml", "id = \"D-01\"", "id = \"S-01\"", "手段「S-01」が重複しています。"),
        (
            "means.toml",
            "state = \"planned\"",
            "state = \"soon\"",
            "means.toml:13:9 [means.D-01.state] 「soon」は使えません。次のいずれかを書いてください: present、planned",
        ),
        (
            "requirements/cloud.toml",
            "by = [\"S-01\"]",
            "by = [\"S-09\"]",
            "[requirement.R-002.by.1] 「S-09」という手段はありません。",
        ),
        (
            "requirements/cloud.toml",
            "by = [\"S-01\"]\n",
            "",
            "[requirement.R-002.met_by] 種類「step」の手段を by に1つ以上書いてください。",
        ),
        (
            "requirements/cloud.toml",
            "by = [\"S-01\"]",
            "by = [\"S-01\", \"D-01\"]",
            "「D-01」の種類（document）を met_by に書いてください。",
        ),
        (
            "requirements/cloud.toml",
            "summary = \"経路",
            "summary = \"〔path〕の経路",
            "「path」という用語は、全ての方針に共通ではありません。",
        ),
        (
            "certifications.toml",
            "waives = [\"LOC-02\"]",
            "waives = [\"LOC-01\"]",
            "「LOC-01」は、認証によって省略できない設問です。",
        ),
        (
            "certifications.toml",
            "waives = [\"LOC-02\"]",
            "waives = [\"LOC-22\"]",
            "「LOC-22」という設問はありません。",
        ),
        (
            "certifications.toml",
            "number_example = \"12345\"",
            "number_example = \"AB\"",
            "number_pattern に合う番号の例を書いてください。",
        ),
        ("certifications.toml", "\"^[0-9]+$\"", "\"^[0-9\"", "正規表現として読めません。"),
        (
            "mappings/mvsp.toml",
            "questions = [\"LOC-01\"]",
            "questions = [\"LOC-77\"]",
            "「LOC-77」という設問はありません。",
        ),
        (
            "mappings/mvsp.toml",
            "relation = \"subset-of\"\n",
            "",
            "設問があるときは relation を書き、ないときは書かないでください。",
        ),
        ("mappings/mvsp.toml", "relation = \"subset-of\"", "relation = \"near\"", "「near」は使えません。"),
        (
            "questions/data-location.toml",
            "weight = 5",
            "weight = 0",
            "questions/data-location.toml:14:10 [question.LOC-01.weight] 失格の条件がある設問の重みは、1以上にしてください。",
        ),
        (
            "questions/data-location.toml",
            "text = \"データを",
            "text = \"〔nobody〕のデータを",
            "「nobody」という用語は、全ての方針に共通ではありません。",
        ),
        (
            "questions/data-location.toml",
            "\n[[question]]\nid = \"LOC-01\"",
            "\n\tid = 1\n[[question]]\nid = \"LOC-01\"",
            "questions/data-location.toml:5:2 「id」という項目はありません。",
        ),
    ];
    assert!(cases.len() >= 30);
    for (file, from, to, expected) in cases {
        let problems = problems(file, from, to);
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{to}\nexpected {expected}\n{problems:#?}"
        );
    }
}

#[test]
fn size_is_no_excuse() {
    // Five megabytes of one string, a list without end, ten thousand wrong questions: an answer, not a hang.
    let long = format!("topic = \"{}\"", "あ".repeat(5 * 1024 * 1024 / 3));
    let open = "[".repeat(200_000);
    let many: String = (0..10_000).map(|number| format!("[[question]]\nid = \"X-{number}\"\n")).collect();
    for text in [long, open, format!("topic = \"data-location\"\nname = \"x\"\norder = 1\n{many}")] {
        let mut files = sample::files();
        for (path, content) in &mut files {
            if path == "questions/data-location.toml" {
                content.clone_from(&text);
            }
        }
        let problems = Content::load(files).unwrap_err();
        assert!(problems.iter().any(|problem| problem.file == "questions/data-location.toml"));
    }
}

#[test]
fn the_order_of_files_and_of_what_is_in_them_decides_nothing() {
    let content = Content::load(files()).unwrap();
    let mut reversed = files();
    reversed.reverse();
    assert_eq!(Content::load(reversed).unwrap().digest().unwrap(), content.digest().unwrap());
}
