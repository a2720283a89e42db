//! `tokki trail`: whether the audit trail is what was written.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;
use store::accounts;
use store::trail::{self, FaultKind};

use super::{Failure, Output, start};
use crate::config::Config;

/// 操作履歴を確かめます
#[derive(Debug, Clone, Subcommand)]
pub enum TrailCommand {
    /// 全ての行が書かれたとおりで、抜けがないことを確かめます
    #[command(
        after_help = "例：\n  tokki trail verify\n\n最後の照合値を別の場所に控えておくと、末尾が切り取られていないことも確かめられます。"
    )]
    Verify,
}

pub async fn run(config: Config, command: &TrailCommand, output: &Output) -> Result<ExitCode, Failure> {
    let TrailCommand::Verify = command;
    let db = start::database(&config)?;
    let checked = db
        .read(|conn| {
            let mut checked = Vec::new();
            for organization in accounts::organizations(conn)? {
                checked.push((organization.name, trail::verify(conn, &organization.id)?));
            }
            Ok::<_, store::Error>(checked)
        })
        .await
        .map_err(|error| Failure::caused("操作履歴を読めません", error))?;
    let mut broken = 0;
    let mut told = Vec::new();
    for (name, result) in checked {
        match result {
            Ok(chain) => {
                output.say(format!("良　{name}：{}行　最後の照合値 {}", chain.rows, chain.last));
                told.push(
                    json!({ "organization": name, "ok": true, "rows": chain.rows, "last": chain.last }),
                );
            }
            Err(fault) => {
                broken += 1;
                let what = match fault.kind {
                    FaultKind::Gap => "行が抜けているか、重なっています",
                    FaultKind::Unlinked => "前の行とつながりません",
                    FaultKind::Altered => "書かれたときの内容と異なります",
                };
                output.say(format!("否　{name}：{}行目　{what}", fault.position));
                told.push(
                    json!({ "organization": name, "ok": false, "position": fault.position, "fault": what }),
                );
            }
        }
    }
    output.result(&json!(told));
    if broken == 0 {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::Said(format!("{broken}団体の操作履歴が、書かれたとおりではありません。")))
    }
}
