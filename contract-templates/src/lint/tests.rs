//! Every rule finds its wrong example and leaves the mended one alone; `docs/writing-checks.md` lists them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fmt::Write as _;

use questionnaires::policy::Digits;

use super::*;
use crate::compose::mark_references;
use crate::library::Library;
use crate::model::{Article, Numbering, Table};
use crate::{markdown, numbering};

fn setting(library: &Library, tone: Tone) -> Setting<'_> {
    Setting {
        tone,
        municipality_kind: "町".into(),
        parties: ("甲".into(), "乙".into()),
        class_prefix: "自治体機密性".into(),
        electronic: false,
        laws: &library.laws,
    }
}

fn read(text: &str) -> Document {
    let skeleton = markdown::skeleton(&mark_references(text));
    let document = Document { title: "例".into(), blocks: skeleton.before, ..Document::default() };
    numbering::number(document, Digits::Half, &[]).unwrap()
}

fn rules_found(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn every_rule_finds_its_example_and_leaves_the_mended_one() {
    let library = Library::embedded().unwrap();
    let setting = setting(&library, Tone::Contract);
    let mut without_example = Vec::new();
    for rule in rules() {
        if rule.wrong.is_empty() {
            without_example.push(rule.id.as_str());
            continue;
        }
        let wrong = check(&read(&rule.wrong), &setting);
        assert!(rules_found(&wrong).contains(&rule.id.as_str()), "{} misses 「{}」", rule.id, rule.wrong);
        let right = check(&read(&rule.right), &setting);
        assert!(
            !rules_found(&right).contains(&rule.id.as_str()),
            "{} finds 「{}」: {right:?}",
            rule.id,
            rule.right
        );
    }
    // Those that no text can show are built below.
    assert_eq!(without_example, ["F-01", "F-02", "F-10", "F-14", "F-19", "F-24", "K-27", "K-43", "K-49"]);
}

#[test]
fn rules_without_an_example_find_what_is_built() {
    let library = Library::embedded().unwrap();
    let contract = setting(&library, Tone::Contract);
    let finds = |document: &Document, setting: &Setting<'_>, rule: &str| {
        rules_found(&check(document, setting)).contains(&rule)
    };
    let good = read(
        "# 例\n\n### 目的 { #article-a }\n\n（以下「乙」という。）乙は、次に掲げることを行う。\n\n1. 記録すること。\n",
    );
    assert_eq!(check(&good, &contract), []);
    let change = |change: &dyn Fn(&mut Article)| {
        let mut document = good.clone();
        for block in &mut document.blocks {
            if let Block::Article(article) = block {
                change(article);
            }
        }
        document
    };
    assert!(finds(&change(&|article| article.label = "第3条".into()), &contract, "F-01"));
    assert!(finds(&change(&|article| article.items[0].label = "1".into()), &contract, "F-02"));
    let open = change(&|article| article.items[0].children[0].text = vec![Run::text("記録すること")]);
    assert!(finds(&open, &contract, "F-10"));
    let spaced = change(&|article| article.items[0].children[0].text = vec![Run::text(" 記録すること。")]);
    assert!(finds(&spaced, &contract, "F-14"));
    let mut ragged = good.clone();
    let cell = |text: &str| vec![Run::text(text)];
    ragged
        .blocks
        .push(Block::Table(Table { header: vec![cell("名"), cell("数")], rows: vec![vec![cell("一")]] }));
    assert!(finds(&ragged, &contract, "F-19"));
    let mut untitled = good.clone();
    untitled.blocks.remove(0);
    untitled.blocks.push(Block::Heading { text: cell("附則") });
    assert!(finds(&untitled, &contract, "F-24"));
    assert!(finds(&read("この書類を提出するものとする。"), &setting(&library, Tone::Letter), "K-27"));
    assert!(!finds(&read("この書類を提出します。"), &setting(&library, Tone::Letter), "K-27"));
    let sealed = read("甲及び乙が記名押印する。");
    assert!(!finds(&sealed, &contract, "K-43"));
    assert!(finds(&sealed, &Setting { electronic: true, ..contract.clone() }, "K-43"));
    assert!(finds(&read(&"あ".repeat(400)), &contract, "K-49"));
    let section = Document { numbering: Numbering::Section, ..good };
    assert!(finds(&section, &contract, "F-01"), "第1条 in a document that counts 第1");
}

#[test]
fn policies_are_worded_as_their_documents_must_be() {
    let content = questionnaires::content::Content::embedded().unwrap();
    for profile in &content.profiles {
        assert_eq!(check_profile(profile, &[]), [], "{}", profile.name_with_edition());
    }
    let mut profile = content.profile("anan").unwrap().clone();
    profile.contract_items[0].summary = "業者が守るべき事項".into();
    let found = check_profile(&profile, &[]);
    assert_eq!((found[0].rule, found[0].place.as_str()), ("K-01", "contract_item.1"));
}

#[test]
fn ids_are_unique_and_everything_is_explained() {
    assert_eq!(problem(), None);
    for (index, rule) in rules().iter().enumerate() {
        assert!(rules()[..index].iter().all(|other| other.id != rule.id), "{}", rule.id);
        assert!(![&rule.title, &rule.advice, &rule.source].contains(&&String::new()), "{}", rule.id);
    }
    assert!(rules().len() >= 40);
}

/// `TOKKI_WRITE_DOCS=1 cargo test -p contract-templates the_list_of_rules` writes the file anew.
#[test]
fn the_list_of_rules_in_the_documentation_is_this_one() {
    let mut expected = String::from(
        "# 公用文チェックの規則\n\n文書を作るたびに、次の規則で確かめます。指摘が0件であることが、生成の条件です。\n`K` は語と書き方、`F` は文書の形の規則です。改行は ／ で示します。\n\n| 番号 | 見るもの | 直し方 | 指摘する例 | 直した例 | 典拠 |\n|---|---|---|---|---|---|\n",
    );
    let shown = |text: &str| text.replace("\n\n", "／").replace('\n', "／").replace('|', "\\|");
    for Rule { id, title, advice, source, wrong, right, .. } in rules() {
        let (wrong, right) = (shown(wrong), shown(right));
        writeln!(expected, "| {id} | {title} | {advice} | {wrong} | {right} | {source} |").unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/writing-checks.md");
    if std::env::var_os("TOKKI_WRITE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_eq!(written, expected, "run it once with TOKKI_WRITE_DOCS=1");
}
