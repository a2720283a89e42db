//! What loads, and what is said when one thing in a set of files is wrong.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use super::sample::{CRITERIA, REQUIREMENTS, TOPIC};
use super::*;

type Files = BTreeMap<String, String>;

fn files() -> Files {
    sample::files().into_iter().collect()
}

fn load(files: Files) -> Result<Content, Vec<LoadProblem>> {
    Content::load(files)
}

/// Loads the set with one passage changed.
fn problems(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = files();
    let text = files.get_mut(file).unwrap_or_else(|| panic!("{file}"));
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
    load(files).map_or_else(|problems| problems.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

const LOC: &str = "questions/data-location.toml";
const MIHON: &str = "profiles/mihon.toml";
const SHEET: &str = "facts.toml";
const STANDARD: &str = "criteria/standard.toml";
const CATALOGUE: &str = "requirements/cloud.toml";

#[test]
fn a_complete_set_loads() {
    let content = load(files()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let profile = content.profile("mihon").unwrap();
    assert_eq!(content.requirement("R-001").unwrap().addressee, "manager");
    assert_eq!(content.clause_number(profile, "R-001").unwrap().printed, "10.1(1)");
    assert!(content.clause_number(profile, "R-009").is_none());
    assert_eq!(content.questions().count(), 3);
    assert_eq!(content.criteria_for("mihon").count(), 1);
    assert_eq!(content.criteria_for("other").count(), 0);
    assert_eq!(content.clause_ids().into_iter().collect::<Vec<_>>(), ["CL-16"]);
    assert_eq!(content.vocabulary(profile).class_rank("2"), Some(1));
    let Some(crate::question::Input::Number { max, .. }) =
        content.question("LOC-03").and_then(|question| question.parts.first()).map(|part| &part.input)
    else {
        panic!("a number");
    };
    assert_eq!(max.to_string(), "99.9");
}

#[test]
fn the_digest_depends_on_content_not_on_files() {
    let digest = |files| load(files).unwrap().digest().unwrap();
    let first = digest(files());
    let mut renamed = files();
    let requirements = renamed.remove(CATALOGUE).unwrap();
    renamed.insert("requirements/another.toml".to_owned(), format!("# 注記\n{requirements}"));
    assert_eq!(digest(renamed), first);
    let mut changed = files();
    changed.insert(CATALOGUE.to_owned(), REQUIREMENTS.replace("確かめる", "確認する"));
    assert_ne!(digest(changed), first);
}

#[test]
fn a_mark_before_the_first_character_is_ignored() {
    let mut files = files();
    files.insert(LOC.to_owned(), format!("\u{feff}{TOPIC}"));
    assert!(load(files).is_ok());
}

#[test]
fn every_problem_has_its_place_and_its_remedy() {
    for (file, from, to, expected) in [
        // The shape of one file.
        (
            LOC,
            "weight = 5",
            "wieght = 5",
            "questions/data-location.toml:14:1 [question.LOC-01] 「wieght」という項目はありません。「weight」ではありませんか。",
        ),
        (
            LOC,
            "weight = 5\n",
            "",
            "questions/data-location.toml:5:1 [question.LOC-01] 必須の項目「weight」がありません。",
        ),
        (
            LOC,
            "weight = 5",
            "weight = \"5\"",
            "questions/data-location.toml:14:10 [question.LOC-01.weight] 整数を書いてください（文字列が書かれています）。",
        ),
        (
            LOC,
            "weight = 5",
            "weight = -5",
            "questions/data-location.toml:14:10 [question.LOC-01.weight] 0以上の整数を",
        ),
        (
            LOC,
            "why = \"国外では適用される法令が変わるためです。\"",
            "why = \" \"",
            "questions/data-location.toml:9:7 [question.LOC-01.why] 空にはできません。",
        ),
        (
            LOC,
            "asked_since = 2026-04-01",
            "asked_since = 2026-04-01T00:00:00",
            "questions/data-location.toml:15:15 [question.LOC-01.asked_since] 「2026-04-01T00:00:00」は日付として読めません。",
        ),
        (
            LOC,
            "asked_since = \"2026-04-01\"",
            "asked_since = \"2026-02-30\"",
            "questions/data-location.toml:62:15 [question.LOC-02.asked_since] 「2026-02-30」は日付として",
        ),
        (
            LOC,
            "kind = \"countries\"",
            "kind = \"country\"",
            "questions/data-location.toml:20:18 [question.LOC-01.part.data.input.kind] 「country」は使えません。次のいずれかを書いてください: single、",
        ),
        (
            LOC,
            "{ kind = \"countries\", undisclosed = true }",
            "\"countries\"",
            "questions/data-location.toml:20:9 [question.LOC-01.part.data.input] { kind = \"…\" } の形の項目の組を書いてください（文字列",
        ),
        (
            LOC,
            "{ kind = \"countries\", undisclosed = true }",
            "{ undisclosed = true }",
            "questions/data-location.toml:20:9 [question.LOC-01.part.data.input] 必須の項目「kind」がありません。次のいずれか",
        ),
        (
            LOC,
            "undisclosed = true",
            "undisclosed = \"yes\"",
            "questions/data-location.toml:20:45 [question.LOC-01.part.data.input.undisclosed] true（はい）か false（いいえ）を書いて",
        ),
        (
            LOC,
            "severity = \"excusable\"",
            "severity = \"fatal\"",
            "questions/data-location.toml:36:12 [question.LOC-01.knockout.1.severity] 「fatal」は使えません。次のいずれかを書いてください: absolute、excusable",
        ),
        (
            LOC,
            "max = 99.9",
            "max = \"9,999\"",
            "questions/data-location.toml:84:56 [question.LOC-03.part.value.input.max] 「9,999」は数として読めません。",
        ),
        (
            LOC,
            "paths = [\"P3\"]",
            "paths = \"P3\"",
            "questions/data-location.toml:10:9 [question.LOC-01.paths] [ … ] の形の一覧を書いてください",
        ),
        // Conditions: the column inside the text, also over several lines.
        (
            LOC,
            "when = \"class >= 2\"",
            "when = \"class => 2\"",
            "questions/data-location.toml:11:15 [question.LOC-01.when] 条件式の7文字目: 「=」は使えません。",
        ),
        (
            LOC,
            "includes overseas",
            "includes ,",
            "questions/data-location.toml:39:23 [question.LOC-01.knockout.1.when] 条件式の",
        ),
        (
            LOC,
            "includes overseas",
            "includes oversea",
            "questions/data-location.toml:39:23 [question.LOC-01.knockout.1.when] 「oversea」は国・地域の符号ではありません。",
        ),
        (
            LOC,
            "when = \"class >= 2\"",
            "when = \"class >= 3\"",
            "questions/data-location.toml:11:18 [question.LOC-01.when] 「class」に「3」という選択肢はありません。次のいずれかを書いてください: 1、2",
        ),
        (
            LOC,
            "when = \"answered LOC-01\"",
            "when = \"answered LOC-09\"",
            "questions/data-location.toml:59:18 [question.LOC-02.when] 「LOC-09」という設問はありません。",
        ),
        // Syntax.
        (
            LOC,
            "order = 10",
            "order = 10\norder = 11",
            "questions/data-location.toml:4:1 同じ名前の項目が2回書かれています。",
        ),
        (
            LOC,
            "name = \"所在\"",
            "name = 所在",
            "questions/data-location.toml:2:8 文字列は \" で囲んでください。",
        ),
        // Across files.
        (
            LOC,
            "id = \"LOC-02\"",
            "id = \"LOC-01\"",
            "questions/data-location.toml:54:6 [question.LOC-01.id] 設問「LOC-01」が重複しています。",
        ),
        (
            LOC,
            "id = \"LOC-03\"",
            "id = \"Loc-03\"",
            "questions/data-location.toml:74:6 [question.Loc-03.id] 「Loc-03」は設問の id として使えません。",
        ),
        (
            LOC,
            "topic = \"data-location\"",
            "topic = \"location\"",
            "questions/data-location.toml:1:9 [topic] topic はファイル名と同じ「data-location」にしてください",
        ),
        (
            LOC,
            "paths = [\"P3\"]",
            "paths = [\"P4\"]",
            "questions/data-location.toml:10:10 [question.LOC-01.paths.1] 「P4」という経路はありません。",
        ),
        (
            LOC,
            "requirements = [\"R-001\"]",
            "requirements = [\"R-011\"]",
            "questions/data-location.toml:12:17 [question.LOC-01.requirements.1] 「R-011」という要求事項はありません。",
        ),
        (
            LOC,
            "requirement = \"R-001\"",
            "requirement = \"R-077\"",
            "questions/data-location.toml:42:15 [question.LOC-01.knockout.1.requirement] 「R-077」という要求事項はありません。",
        ),
        (
            LOC,
            "clauses = [\"CL-16\"]",
            "clauses = [\"16\"]",
            "questions/data-location.toml:13:12 [question.LOC-01.clauses.1] 「16」は条項の id として使えません。",
        ),
        (
            LOC,
            "id = \"backup\"",
            "id = \"data\"",
            "questions/data-location.toml:23:6 [question.LOC-01.part.data.id] 回答欄「data」が重複しています。",
        ),
        (
            LOC,
            "label = \"バックアップ\"\n",
            "",
            "questions/data-location.toml:22:1 [question.LOC-01.part.backup] 回答欄が複数あるときは",
        ),
        (
            LOC,
            "id = \"open\"",
            "id = \"fixed\"",
            "questions/data-location.toml:70:10 [question.LOC-02.part.value.input.choices.fixed.id] 選択肢「fixed」が重複しています。",
        ),
        (
            LOC,
            "id = \"open\"",
            "id = \"not\"",
            "questions/data-location.toml:70:10 [question.LOC-02.part.value.input.choices.not.id] 「not」は条件式の言葉と重なる",
        ),
        (
            LOC,
            "available_from = 2026-10-01",
            "available_from = 2026-04-01",
            "questions/data-location.toml:70:64 [question.LOC-02.part.value.input.choices.open.available_from] 設問の開始日（2026-04-01）より後",
        ),
        (
            LOC,
            "points = 20",
            "points = 120",
            "questions/data-location.toml:70:43 [question.LOC-02.part.value.input.choices.open.points] 点は0以上100以下",
        ),
        (
            LOC,
            ", points = 20",
            "",
            "questions/data-location.toml:66:1 [question.LOC-02.part.value.input] 点のある選択肢とない選択肢が交ざっています。",
        ),
        (
            LOC,
            "weight = 0",
            "weight = 1",
            "questions/data-location.toml:80:10 [question.LOC-03.weight] 配点がありません。",
        ),
        (
            LOC,
            "points = 10\n",
            "points = 10\nwhen = \"class >= 2\"\n",
            "questions/data-location.toml:33:8 [question.LOC-01.points.2.when] 最後の行には when を書かないでください。",
        ),
        (
            LOC,
            "when = \"all LOC-01.* is JP\"\n",
            "",
            "questions/data-location.toml:27:1 [question.LOC-01.points.1] when のない行は最後に",
        ),
        (
            LOC,
            "word = \"バックアップ\"",
            "word = \"リージョン名\"",
            "questions/data-location.toml:50:8 [question.LOC-01.term.1.word] 「リージョン名」は設問の文中にありません。",
        ),
        (
            LOC,
            "max = 99.9",
            "max = -1",
            "questions/data-location.toml:84:56 [question.LOC-03.part.value.input.max] max（-1）は min（0）以上",
        ),
        (
            LOC,
            "when = \"class >= 2\"",
            "when = \"class >= 2 and LOC-02 is fixed\"",
            "questions/data-location.toml:11:8 [question.LOC-01.when] 表示の条件が循環しています（LOC-01 → LOC-02.value → LOC-02 → LOC-01.data → LOC-01）。",
        ),
        (
            SHEET,
            "when = \"cloud\"",
            "when = \"network is none\"",
            "facts.toml:22:8 [fact.network.when] 表示の条件が循環しています（network → network）。",
        ),
        (
            SHEET,
            "when = \"cloud\"",
            "when = \"path is P3\"",
            "facts.toml:22:9 [fact.network.when] 「path」は他の属性から決まるもの",
        ),
        (
            SHEET,
            "when = \"cloud\"",
            "when = \"answered LOC-01\"",
            "facts.toml:22:18 [fact.network.when] 「LOC-01」は設問の回答です。",
        ),
        (
            SHEET,
            "id = \"path\"",
            "id = \"route\"",
            "facts.toml 審査の経路を表す属性（id = \"path\"、type = \"path\"）がありません。",
        ),
        (
            MIHON,
            "when = \"cloud and class >= 2\"",
            "when = \"path is P3\"",
            "profiles/mihon.toml:35:9 [path.P3.when] 「path」は他の属性から",
        ),
        (
            MIHON,
            "residents = \"町民\"\n",
            "",
            "profiles/mihon.toml:8:1 [terms] 用語「residents」がありません。",
        ),
        (
            MIHON,
            "applicants = [\"manager\"]",
            "applicants = [\"manger\"]",
            "profiles/mihon.toml:37:15 [path.P3.applicants.1] 「manger」という役割はありません。「manager」ではありませんか。",
        ),
        (
            MIHON,
            "number = 1",
            "number = 2",
            "profiles/mihon.toml:50:10 [contract_item.1.number] 番号は1から順に",
        ),
        (
            MIHON,
            "edition = \"2026-04\"",
            "edition = \"令和8年\"",
            "profiles/mihon.toml:4:11 [edition] 「令和8年」は版として読めません。",
        ),
        (
            MIHON,
            "clause_numbers = \"mihon\"",
            "clause_numbers = \"other\"",
            "profiles/mihon.toml:6:18 [clause_numbers] 条番号「other」を持つ要求事項が",
        ),
        (
            MIHON,
            "id = \"P3\"",
            "id = \"P4\"",
            "profiles/mihon.toml:32:1 [path.P4] 経路「P4」で尋ねる設問が1つもありません。",
        ),
        (
            STANDARD,
            "profiles = [\"mihon\"]",
            "profiles = [\"mihom\"]",
            "profiles/mihon.toml:2:6 [id] プロファイル「mihon」を profiles に挙げた選定基準",
        ),
        (
            STANDARD,
            "declared = 800",
            "declared = 1800",
            "criteria/standard.toml:6:50 [evidence_factor.declared] 自己申告の係数は",
        ),
        (
            STANDARD,
            "when = \"class >= 2\"\n",
            "",
            "criteria/standard.toml:8:1 [pass_line.1] when のない合格線は最後に",
        ),
        (
            STANDARD,
            "conditional = 60",
            "conditional = 90",
            "criteria/standard.toml:12:15 [pass_line.1.conditional] 条件付適の合格線は",
        ),
        (
            STANDARD,
            "when = \"class >= 2\"",
            "when = \"LOC-02 is open\"",
            "criteria/standard.toml:9:9 [pass_line.1.when] 「LOC-02」は設問の回答です。",
        ),
        (
            STANDARD,
            "id = \"MIN-01\"",
            "id = \"LEVEL-1\"",
            "criteria/standard.toml:19:6 [minimum_level.LEVEL-1.id] 「LEVEL-1」は使えません。",
        ),
        (
            CATALOGUE,
            "id = \"R-002\"",
            "id = \"R-2\"",
            "requirements/cloud.toml:10:6 [requirement.R-2.id] 「R-2」は要求事項の id として使えません。",
        ),
        (
            CATALOGUE,
            "id = \"R-002\"",
            "id = \"R-001\"",
            "requirements/cloud.toml:10:6 [requirement.R-001.id] 要求事項「R-001」が重複しています。",
        ),
        (
            CATALOGUE,
            "addressee = \"manager\"",
            "addressee = \"nobody\"",
            "requirements/cloud.toml:5:13 [requirement.R-001.addressee] 「nobody」という役割はありません。",
        ),
        (
            CATALOGUE,
            "met_by = [\"step\"]",
            "met_by = []",
            "requirements/cloud.toml:13:10 [requirement.R-002.met_by] 何によって満たすか",
        ),
        (
            CATALOGUE,
            "normalised = \"10.1(2)\"",
            "normalised = \"10.1(1)\"",
            "requirements/cloud.toml:7:57 [requirement.R-001.sources.mihon.normalised] printed と同じときは",
        ),
    ] {
        let problems = problems(file, from, to);
        assert!(
            problems.iter().any(|problem| problem.starts_with(expected)),
            "{to}\nexpected {expected}\n{problems:#?}"
        );
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let mut files = files();
    files.insert(
        LOC.to_owned(),
        TOPIC.replace("weight = 5", "wieght = 5").replace("kind = \"single\"", "kind = \"singel\""),
    );
    files.insert(STANDARD.to_owned(), CRITERIA.replace("pass = 80", "pass = \"80\""));
    files.insert("notes.toml".to_owned(), String::new());
    let problems = load(files).unwrap_err();
    let places: Vec<_> = problems.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(
        places,
        [("criteria/standard.toml", 10), ("notes.toml", 0), (LOC, 5), (LOC, 14), (LOC, 67)],
        "{problems:#?}"
    );
}

#[test]
fn an_empty_set_names_what_is_missing() {
    let problems = load(Files::new()).unwrap_err();
    let messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "facts.toml 案件登録票 facts.toml がありません。",
            "profiles プロファイル（profiles/*.toml）が1つもありません。"
        ]
    );
}

#[test]
fn any_text_is_either_content_or_problems() {
    for text in
        ["", "=", "[[question]]", "question = 1", "a = [", "\u{0}", "topic = 1\nname = []\norder = {}", "'''"]
    {
        let mut files = files();
        files.insert(LOC.to_owned(), text.to_owned());
        let problems = load(files).unwrap_err();
        assert!(problems.iter().any(|problem| problem.file == LOC), "{text}: {problems:?}");
    }
}

/// Before any policy is written there is nothing to load; from then on nothing may be wrong with it.
#[test]
fn embedded_content_loads_without_problems() {
    let written = PROFILES.files().any(|file| file.path().extension().is_some_and(|ending| ending == "toml"));
    match Content::embedded() {
        Ok(content) => assert!(written && content.questions().count() > 0),
        Err(problems) => {
            let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
            assert!(!written, "{}", told.join("\n"));
            assert!(told.iter().any(|problem| problem.starts_with("profiles ")), "{}", told.join("\n"));
        }
    }
}

/// The examples of the manual are files that load.
#[test]
fn documented_examples_fit_their_schemas() {
    let manual = include_str!("../../../docs/formats.md");
    let mut shown = Vec::new();
    for block in manual.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let name = block.lines().next().and_then(|line| line.strip_prefix("#:schema ")).unwrap();
        let Some(kind) = FileKind::ALL.into_iter().find(|kind| name.ends_with(kind.schema_file())) else {
            panic!("{name} is no schema");
        };
        let document = Document::parse(name, block).unwrap_or_else(|problems| panic!("{problems:?}"));
        if block.lines().count() > 1 {
            shape::fit(&document, kind.json_schema()).unwrap_or_else(|problems| panic!("{problems:#?}"));
            shown.push(name);
        }
    }
    assert_eq!(shown.len(), FileKind::ALL.len(), "{shown:?}");
}

#[test]
fn schemas_for_editors_are_current() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for kind in FileKind::ALL {
        let path = folder.join(kind.schema_file());
        let text = format!("{}\n", serde_json::to_string_pretty(&schema(kind)).unwrap());
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "{} is out of date: run `UPDATE_SCHEMAS=1 cargo test -p questionnaires`",
            path.display()
        );
    }
}
