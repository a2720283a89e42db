//! `tokki document`: documents of a case given as JSON, without a server, so that another system can use them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use contract_templates::difference::{Change, articles_in, difference};
use contract_templates::document::Stage;
use contract_templates::edit::Edit;
use contract_templates::library::Library;
use contract_templates::lint::Finding;
use contract_templates::select::{Setting, Switch};
use contract_templates::{Request, Written, docx};
use jiff::Timestamp;
use questionnaires::answer::AnswerSheet;
use questionnaires::condition::Subject;
use questionnaires::content::Content;
use questionnaires::policy::{FactKind, FactValue, Facts};
use questionnaires::question::form;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Failure, Output, start};
use crate::contracts::values::{self, Handled, Material};
use crate::policy::held::class_name;

/// 案件の内容（JSON）から文書を作り、確かめ、比べます
#[derive(Debug, Clone, Subcommand)]
pub enum DocumentCommand {
    /// 作ることのできる文書の一覧を示します
    List,
    /// 文書をWordのファイルに書きます
    #[command(
        after_help = "例：\n  tokki document render D-10 --case case.json --output 特記仕様書.docx\n  tokki document render D-23 --sample --output 見本.docx   記入例で作ります"
    )]
    Render {
        /// 文書（D-10 など）
        document: String,
        /// 案件の内容（JSON）
        #[arg(long, value_name = "FILE", required_unless_present = "sample")]
        case: Option<PathBuf>,
        /// 記入例で作る
        #[arg(long)]
        sample: bool,
        /// 書くファイル（既にあるときは書きません）
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// 公用文チェックを行います
    #[command(after_help = "例：\n  tokki document lint D-10 --case case.json")]
    Lint {
        /// 文書（D-10 など）
        document: String,
        /// 案件の内容（JSON）
        #[arg(long, value_name = "FILE", required_unless_present = "sample")]
        case: Option<PathBuf>,
        /// 記入例で確かめる
        #[arg(long)]
        sample: bool,
    },
    /// 二つのWordのファイルを、条ごとに比べます
    #[command(after_help = "例：\n  tokki document diff 送付した版.docx 返送された版.docx")]
    Diff {
        /// 前のファイル
        old: PathBuf,
        /// 後のファイル
        new: PathBuf,
    },
}

/// A case as another system gives it. `docs/formats.md` explains every field.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Case {
    profile: String,
    edition: Option<String>,
    facts: Map<String, Value>,
    answers: AnswerSheet,
    information: Vec<Handled>,
    switches: Vec<GivenSwitch>,
    edits: Vec<GivenEdit>,
    values: Value,
    created: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenSwitch {
    clause: String,
    #[serde(default)]
    included: Option<bool>,
    #[serde(default)]
    variant: Option<String>,
    reason: String,
    by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenEdit {
    clause: String,
    #[serde(default)]
    heading: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    after: String,
}

pub fn run(command: &DocumentCommand, output: &Output) -> Result<ExitCode, Failure> {
    match command {
        DocumentCommand::List => list(output),
        DocumentCommand::Render { document, case, sample, output: file } => {
            if file.exists() {
                return Err(Failure::Said(format!("{} は既にあります。上書きしません。", file.display())));
            }
            let written = written(document, case.as_deref(), *sample)?;
            tell(&written.findings, output);
            std::fs::write(file, &written.docx)
                .map_err(|error| Failure::caused(format!("{} を書けません", file.display()), error))?;
            output.say(format!("{} を書きました。", file.display()));
            output.result(&json!({
                "file": file.display().to_string(),
                "title": written.document.title,
                "articles": written.document.articles().count(),
                "findings": written.findings,
                "selection": written.selection,
                "rules": written.rules,
                "comparison": written.comparison,
            }));
            Ok(ExitCode::SUCCESS)
        }
        DocumentCommand::Lint { document, case, sample } => {
            let written = written(document, case.as_deref(), *sample)?;
            tell(&written.findings, output);
            output.result(&json!({ "findings": written.findings }));
            if written.findings.is_empty() {
                output.say("公用文チェックの指摘はありません。");
                Ok(ExitCode::SUCCESS)
            } else {
                Err(Failure::Said(format!("公用文チェックの指摘が{}件あります。", written.findings.len())))
            }
        }
        DocumentCommand::Diff { old, new } => diff(old, new, output),
    }
}

fn tell(findings: &[Finding], output: &Output) {
    for found in findings {
        output.say(format!("  {}　「{}」　{}（{}）", found.place, found.excerpt, found.advice, found.rule));
    }
}

fn library() -> Result<Library, Failure> {
    Library::embedded().map_err(|found| Failure::Said(start::list("条項の内容", &found)))
}

fn list(output: &Output) -> Result<ExitCode, Failure> {
    let library = library()?;
    let mut documents: Vec<_> = library.documents.iter().collect();
    documents.sort_by_key(|document| document.stage);
    let mut stage: Option<Stage> = None;
    for document in &documents {
        if stage != Some(document.stage) {
            output.say(document.stage.label());
            stage = Some(document.stage);
        }
        let title = document.title.replace("〔cloud_service〕", "クラウドサービス");
        let title = title
            .replace("〔outsourced_service〕", "業務委託サービス")
            .replace("〔outsourcing〕", "業務委託");
        output.say(format!("  {}　{title}（{} → {}）", document.id, document.by, document.to));
    }
    let rows = documents.iter().map(|document| {
        json!({ "id": document.id, "title": document.title, "stage": document.stage, "tone": document.tone, "workbook": document.workbook })
    });
    output.result(&Value::Array(rows.collect()));
    Ok(ExitCode::SUCCESS)
}

fn written(document: &str, case: Option<&Path>, sample: bool) -> Result<Written, Failure> {
    let library = library()?;
    let content =
        Content::embedded().map_err(|found| Failure::Said(start::list("設問などの内容", &found)))?;
    let mut case = match case {
        Some(path) => read(path)?,
        None => Case::default(),
    };
    if sample {
        merge(&mut case.values, library.examples());
    }
    let unknown = |name: &str| Failure::Said(format!("方針「{name}」はありません。"));
    let named = if case.profile.is_empty() { "anan" } else { case.profile.as_str() };
    let profile = match &case.edition {
        Some(edition) => content.edition(named, edition),
        None => content.profile(named),
    }
    .ok_or_else(|| unknown(named))?;
    let facts = facts(&content, &case.facts)?;
    let criteria = content.criteria_for(&profile.id).next().ok_or_else(|| unknown(named))?;
    let questionnaire = form(&content, profile, criteria, &facts);
    let material = Material {
        profile,
        questionnaire: &questionnaire,
        answers: &case.answers,
        information: &case.information,
        known: &case.values,
    };
    let mut values = values::values(&material);
    if let (Value::Object(map), true) = (&mut values, sample) {
        map.remove("included");
    }
    let switches: Vec<Switch> = case.switches.into_iter().map(switch).collect();
    let edits: Vec<Edit> = case
        .edits
        .into_iter()
        .map(|GivenEdit { clause, heading, text, after }| Edit { clause, heading, text, after })
        .collect();
    let author = values.pointer("/organization/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let template = library.document(document);
    let shown = template.is_some_and(|own| own.classification_in_header);
    contract_templates::write(
        &library,
        &Request {
            document,
            subject: Subject { vocabulary: &questionnaire.vocabulary, facts: &facts, answers: &case.answers },
            switches: &switches,
            edits: &edits,
            values: &values,
            profile,
            classification: if shown { class_name(profile, "2") } else { "" },
            author: &author,
            created: case.created.unwrap_or_default(),
        },
    )
    .map_err(|error| Failure::Said(format!("文書を作れません。{error}")))
}

fn switch(given: GivenSwitch) -> Switch {
    let setting = match given.included {
        Some(true) => Setting::On,
        Some(false) => Setting::Off,
        None if given.variant.is_some() => Setting::On,
        None => Setting::Automatic,
    };
    Switch { clause: given.clause, setting, variant: given.variant, reason: given.reason, by: given.by }
}

fn read(path: &Path) -> Result<Case, Failure> {
    let told = path.display();
    let bytes =
        std::fs::read(path).map_err(|error| Failure::caused(format!("{told} を読めません"), error))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::Said(format!(
            "{told} {}行{}文字：案件の内容を読み取れません（{error}）",
            error.line(),
            error.column()
        ))
    })
}

/// Facts by the types that their definitions give them.
fn facts(content: &Content, given: &Map<String, Value>) -> Result<Facts, Failure> {
    let mut facts = Facts::default();
    for (id, value) in given {
        let wrong = |expected: &str| Failure::Said(format!("facts.{id}：{expected}を書いてください。"));
        let kind =
            content.facts.iter().find(|definition| definition.id == *id).map(|definition| &definition.kind);
        let typed = match (kind, value) {
            (None, _) => return Err(Failure::Said(format!("facts.{id}：このような事実はありません。"))),
            (Some(FactKind::Flag), Value::Bool(flag)) => FactValue::Flag(*flag),
            (Some(FactKind::Flag), _) => return Err(wrong("true 又は false")),
            (Some(FactKind::Number { .. }), Value::Number(number)) => {
                FactValue::Number(number.to_string().parse().map_err(|_| wrong("数"))?)
            }
            (Some(FactKind::Number { .. }), _) => return Err(wrong("数")),
            (Some(FactKind::Date), Value::String(day)) => {
                FactValue::Date(day.parse().map_err(|_| wrong("2026-04-01 の形の日"))?)
            }
            (Some(FactKind::Text { .. }), Value::String(text)) => FactValue::Text(text.clone()),
            (Some(_), Value::String(text)) => FactValue::Choice(text.clone()),
            (Some(_), _) => return Err(wrong("文字列")),
        };
        facts.0.insert(id.clone(), typed);
    }
    Ok(facts)
}

/// Fills in what is not given.
fn merge(values: &mut Value, examples: Value) {
    match (values, examples) {
        (Value::Object(own), Value::Object(examples)) => {
            for (key, example) in examples {
                merge(own.entry(key).or_insert(Value::Null), example);
            }
        }
        (own @ Value::Null, example) => *own = example,
        _ => {}
    }
}

fn diff(old: &Path, new: &Path, output: &Output) -> Result<ExitCode, Failure> {
    let read = |path: &Path| {
        let bytes = std::fs::read(path)
            .map_err(|error| Failure::caused(format!("{} を読めません", path.display()), error))?;
        docx::read(&bytes).map_err(|error| Failure::Said(format!("{}：{error}。", path.display())))
    };
    let (old, new) = (articles_in(&read(old)?), articles_in(&read(new)?));
    let found = difference(&old, &new);
    for one in &found {
        let what = match one.change {
            Change::Added => "追加",
            Change::Removed => "削除",
            Change::Changed => "変更",
            Change::Renumbered => "番号のみ",
        };
        output.say(format!("{what}　{} → {}（{}）", one.old_label, one.new_label, one.heading));
        for piece in one.pieces.iter().filter(|piece| piece.kind != "same") {
            let mark = if piece.kind == "added" { "＋" } else { "－" };
            output.say(format!("  {mark}{}", piece.text.replace('\n', "／")));
        }
    }
    if found.is_empty() {
        output.say("条文は同じです。");
    }
    output.result(&json!(found));
    Ok(ExitCode::SUCCESS)
}
