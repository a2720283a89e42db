//! `tokki profile`: begin a policy of one's own, see what an edition changes.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use domain::case::State;
use questionnaires::content::Content;
use questionnaires::policy::{Profile, class_moves, difference};
use serde_json::json;
use store::cases;

use super::{Failure, Output, start};
use crate::config::Config;

/// 自団体の方針のファイルを扱います
#[derive(Debug, Clone, Subcommand)]
pub enum ProfileCommand {
    /// 説明付きのひな形を、今のフォルダーに作ります
    #[command(after_help = "例：\n  tokki profile new reiji --name 例示村情報セキュリティポリシー")]
    New {
        /// 方針の id（半角の小文字、数字、「-」）
        id: String,
        /// 方針の名称
        #[arg(long)]
        name: String,
    },
    /// 二つの版の違いと、進行中の案件への影響を示します
    #[command(after_help = "例：\n  tokki profile diff anan@2024-04 anan@2026-04")]
    Diff {
        /// 前の版（id@版）
        old: String,
        /// 後の版（id@版）
        new: String,
    },
}

pub fn create(id: &str, name: &str, folder: &Path, output: &Output) -> Result<ExitCode, Failure> {
    let path = folder.join(format!("{id}.toml"));
    if path.exists() {
        return Err(Failure::Said(format!("{} は既にあります。上書きしません。", path.display())));
    }
    if name.trim().is_empty() || name.contains(['"', '\\', '\n']) {
        return Err(Failure::Said("名称は、引用符と改行を使わずに1文字以上で指定してください。".into()));
    }
    let text = from_starter(id, name);
    // A wrong id is told in the words of the loader, before anything is written.
    let files = [(format!("profiles/{id}.toml"), text.clone())];
    let named = |(path, text): (String, String)| super::check::joined(path, text, Some(id));
    Content::load(crate::app::laid_over(&files).map(named))
        .map_err(|problems| Failure::Said(start::list("ひな形から作る方針", &problems)))?;
    std::fs::write(&path, text)
        .map_err(|error| Failure::caused(format!("{} を書けません", path.display()), error))?;
    output.say(format!("{} を作りました。", path.display()));
    output.say("書き換えてから「tokki check --profile ファイル名」で確かめてください。書き方は docs/profile-guide.md にあります。");
    output.result(&json!({ "file": path.display().to_string() }));
    Ok(ExitCode::SUCCESS)
}

/// The starter with its id and name replaced.
fn from_starter(id: &str, name: &str) -> String {
    let line = |line: &str| match line.split(" = ").next() {
        Some("id") if line.contains("\"blank\"") => format!("id = \"{id}\""),
        Some("name") if line.contains("ひな形") => format!("name = \"{name}\""),
        Some("clause_numbers") => format!("clause_numbers = \"{id}\""),
        // A policy states at least one requirement; the first waits for its place.
        Some("# \"R-004\"") => "\"R-004\" = \"条番号を書く\"".to_owned(),
        _ => line.to_owned(),
    };
    let mut text: String = Content::blank_profile().lines().map(|text| format!("{}\n", line(text))).collect();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

pub async fn diff(config: Config, old: &str, new: &str, output: &Output) -> Result<ExitCode, Failure> {
    let content =
        Content::embedded().map_err(|problems| Failure::Said(start::list("設問などの内容", &problems)))?;
    let (old, new) = (edition(&content, old)?, edition(&content, new)?);
    let changes = difference(old, new).map_err(|error| Failure::caused("版を比べられません", error))?;
    output.say(format!(
        "{}から{}への変更：{}か所",
        old.name_with_edition(),
        new.name_with_edition(),
        changes.len()
    ));
    for change in &changes {
        let side = |text: &Option<String>| match text.as_deref() {
            None => "（なし）".to_owned(),
            Some("") => "（空）".to_owned(),
            Some(text) => text.replace('\n', " "),
        };
        output.say(format!("  {}：{} → {}", change.place, side(&change.before), side(&change.after)));
    }
    let moves = class_moves(old, new);
    output.say("区分の移り先");
    for moved in &moves {
        match moved.to.as_slice() {
            [] => output.say(format!("  {}：移り先がありません。分類をやり直してください。", moved.name)),
            [only] => output.say(format!("  {} → {}", moved.name, only.name)),
            several => {
                output.say(format!("  {} → 情報ごとに次から選びます。", moved.name));
                for target in several {
                    let when = target.choose_when.as_deref().unwrap_or("（基準なし）");
                    output.say(format!("    {}：{when}", target.name));
                }
            }
        }
    }
    let open = open_cases(config, old).await?;
    output.say(match open.as_deref() {
        None => "進行中の案件：データベースがないため、調べていません。".to_owned(),
        Some([]) => format!("進行中の案件：{}で開かれたものはありません。", old.name_with_edition()),
        Some(cases) => format!(
            "進行中の案件：{}件は、開いたときの{}のまま進みます。区分を改めるときは、案件の登録内容を確かめてください。",
            cases.len(),
            old.name_with_edition()
        ),
    });
    for (number, title, class) in open.iter().flatten() {
        let to = moves.iter().find(|moved| moved.from == *class).map_or_else(String::new, |moved| {
            moved.to.iter().map(|target| target.name.as_str()).collect::<Vec<_>>().join("、")
        });
        output.say(format!("  {number}　{title}　区分{class} → {to}"));
    }
    let cases: Vec<_> = open
        .iter()
        .flatten()
        .map(|(number, title, class)| json!({ "number": number, "title": title, "class": class }))
        .collect();
    output.result(&json!({ "changes": changes, "classes": moves, "open_cases": cases }));
    Ok(ExitCode::SUCCESS)
}

fn edition<'c>(content: &'c Content, name: &str) -> Result<&'c Profile, Failure> {
    let found = match name.split_once('@') {
        Some((id, edition)) => content.edition(id, edition),
        None => content.profile(name),
    };
    found.ok_or_else(|| {
        let known: Vec<String> = content.profiles.iter().map(Profile::name_with_edition).collect();
        Failure::Said(format!("「{name}」という版はありません。ある版：{}", known.join("、")))
    })
}

/// Number, title and class of the cases that an edition still governs; nothing where there is no database yet.
async fn open_cases(
    config: Config,
    edition: &Profile,
) -> Result<Option<Vec<(String, String, String)>>, Failure> {
    let path = config.database_url.strip_prefix("sqlite:");
    if path.is_some_and(|path| !Path::new(path).exists()) {
        return Ok(None);
    }
    let db = start::database(&config)?;
    let (id, name) = (edition.id.clone(), edition.edition.clone());
    let cases = db
        .read(move |conn| cases::of_edition(conn, &id, &name))
        .await
        .map_err(|error| Failure::caused("案件を読めません", error))?;
    let open = cases.into_iter().filter(|case| case.state != State::Registered);
    Ok(Some(open.map(|case| (case.number, case.title, case.class)).collect()))
}
