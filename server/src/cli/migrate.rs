//! `tokki migrate`

use std::process::ExitCode;

use serde_json::json;

use super::{Failure, Output, start};
use crate::config::Config;

pub fn run(config: &Config, output: &Output) -> Result<ExitCode, Failure> {
    let db = start::database(config)?;
    let applied = db.migrate().map_err(|error| Failure::caused("表を更新できません", error))?;
    if applied.is_empty() {
        output.say("データベースの表は最新です。");
    } else {
        output.say(format!("データベースの表を更新しました（{}件）。", applied.len()));
    }
    output.result(&json!({ "applied": applied }));
    Ok(ExitCode::SUCCESS)
}
