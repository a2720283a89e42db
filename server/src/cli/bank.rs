//! `tokki bank`: the question bank as a workbook, out and in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use questionnaires::content::Content;
use serde_json::json;

use super::{Failure, Output, start};
use crate::policy::bank;

/// 設問バンクをExcelブックとして書き出し、読み込みます
#[derive(Debug, Clone, Subcommand)]
pub enum BankCommand {
    /// 全ての設問を書き出します
    #[command(after_help = "例：\n  tokki bank export questions.xlsx")]
    Export {
        /// 書き出すファイル
        file: PathBuf,
    },
    /// 書き換えたブックを確かめ、変わった分野のファイルを作ります
    #[command(
        after_help = "例：\n  tokki bank import questions.xlsx                 行ごとの結果だけを示します\n  tokki bank import questions.xlsx --into changed  変わった分野を changed/questions/*.toml に書きます"
    )]
    Import {
        /// 読み込むファイル
        file: PathBuf,
        /// 変わった分野を書くフォルダー
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
}

pub fn run(command: &BankCommand, output: &Output) -> Result<ExitCode, Failure> {
    match command {
        BankCommand::Export { file } => export(file, output),
        BankCommand::Import { file, into } => import(file, into.as_deref(), output),
    }
}

fn content() -> Result<Content, Failure> {
    Content::embedded().map_err(|problems| Failure::Said(start::list("設問などの内容", &problems)))
}

fn export(file: &Path, output: &Output) -> Result<ExitCode, Failure> {
    if file.exists() {
        return Err(Failure::Said(format!("{} は既にあります。上書きしません。", file.display())));
    }
    let content = content()?;
    let bytes =
        bank::export(&content.topics).map_err(|error| Failure::caused("ブックを作れません", error))?;
    std::fs::write(file, bytes)
        .map_err(|error| Failure::caused(format!("{} を書けません", file.display()), error))?;
    let questions = content.questions().count();
    output.say(format!("設問 {questions}問を {} に書き出しました。", file.display()));
    output.result(&json!({ "file": file.display().to_string(), "questions": questions }));
    Ok(ExitCode::SUCCESS)
}

fn import(file: &Path, into: Option<&Path>, output: &Output) -> Result<ExitCode, Failure> {
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::caused(format!("{} を読めません", file.display()), error))?;
    let imported = bank::import(&bytes, &content()?, Content::embedded_files())
        .map_err(|refused| Failure::Said(format!("{}：{refused}。", file.display())))?;
    for row in &imported.rows {
        let place = match (row.sheet.as_str(), row.row) {
            ("", _) => "全体".to_owned(),
            (sheet, 0) => sheet.to_owned(),
            (sheet, number) => format!("{sheet} {number}行"),
        };
        output.say(format!("  {place}　{}　{}", row.about, row.message));
    }
    if !imported.fits {
        return Err(Failure::Said(format!(
            "{}件の誤りがあるため、何も書いていません。",
            imported.rows.len()
        )));
    }
    for id in &imported.removed {
        output.say(format!("  {id}　今後尋ねなくなります"));
    }
    let mut written = Vec::new();
    if let Some(folder) = into {
        let folder = folder.join("questions");
        std::fs::create_dir_all(&folder).map_err(|error| {
            Failure::caused(format!("フォルダー {} を作れません", folder.display()), error)
        })?;
        for (topic, text) in &imported.changed {
            let path = folder.join(format!("{}.toml", topic.topic));
            std::fs::write(&path, text)
                .map_err(|error| Failure::caused(format!("{} を書けません", path.display()), error))?;
            output.say(format!("{} を書きました。", path.display()));
            written.push(path.display().to_string());
        }
    }
    output.say(format!(
        "設問 {}問を確かめました。変わる分野は{}件です。",
        imported.questions,
        imported.changed.len()
    ));
    let changed: Vec<&str> = imported.changed.iter().map(|(topic, _)| topic.topic.as_str()).collect();
    output.result(&json!({
        "questions": imported.questions, "changed": changed, "removed": imported.removed, "written": written,
    }));
    Ok(ExitCode::SUCCESS)
}
