//! `tokki doctor`: what an operator checks first.

use std::process::ExitCode;
use std::time::Duration;

use contract_templates::library::Library;
use questionnaires::content::Content;
use serde_json::json;

use super::{Failure, Output, start};
use crate::config::Config;
use crate::jobs::scan;
use crate::office::Office;

pub async fn run(config: Config, url: Option<String>, output: &Output) -> Result<ExitCode, Failure> {
    let mut found: Vec<(&str, Result<String, String>)> = Vec::new();
    found.push(("フォルダー", folder(&config)));
    found.push(("データベース", database(&config)));
    found.push((
        "内容",
        Content::embedded().map(|content| format!("設問 {}問", content.questions().count())).map_err(
            |problems| format!("{}件の問題があります（tokki check で確認できます）", problems.len()),
        ),
    ));
    found.push((
        "条項",
        Library::embedded().map(|library| format!("{}件", library.clauses.len())).map_err(|problems| {
            format!("{}件の問題があります（tokki check で確認できます）", problems.len())
        }),
    ));
    found.push((
        "公開 URL",
        if config.is_https() {
            Ok(config.public_url.clone())
        } else {
            Ok(format!("{}（この機械の中だけで使えます）", config.public_url))
        },
    ));
    found.push((
        "メール",
        Ok(config.mail.as_ref().map_or_else(
            || "未設定（案内は職員が画面から渡します）".to_owned(),
            |mail| format!("{} から送信します", mail.from),
        )),
    ));
    found.push((
        "PDF",
        Ok(Office::find().program().map_or_else(
            || "LibreOffice がありません（文書は Word で作り、画面から印刷できます）".to_owned(),
            |program| format!("{} で作ります", program.display()),
        )),
    ));
    found.push((
        "ウイルス検査",
        match &config.evidence.clamd {
            None => Ok("未設定（事業者の資料は「未検査」と表示します）".to_owned()),
            Some(address) => match clamav_client::tokio::ping(scan::connection(address)).await {
                Ok(_) => Ok(format!("{address} の clamd で検査します")),
                Err(error) => Err(format!("{address} の clamd に接続できません（{error}）")),
            },
        },
    ));
    if let Some(url) = &url {
        found.push(("サーバー", health(url).await));
    }
    let failed = found.iter().filter(|(_, result)| result.is_err()).count();
    for (what, result) in &found {
        match result {
            Ok(words) => output.say(format!("良　{what}：{words}")),
            Err(words) => output.say(format!("否　{what}：{words}")),
        }
    }
    let checks: Vec<_> = found
        .iter()
        .map(|(what, result)| json!({ "check": what, "ok": result.is_ok(), "detail": result.as_ref().unwrap_or_else(|e| e) }))
        .collect();
    output.result(&json!({ "failed": failed, "checks": checks }));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn folder(config: &Config) -> Result<String, String> {
    let path = &config.data_dir;
    std::fs::create_dir_all(path).map_err(|error| format!("{} を作れません（{error}）", path.display()))?;
    let probe = path.join(".doctor");
    std::fs::write(&probe, b"ok")
        .map_err(|error| format!("{} に書き込めません（{error}）", path.display()))?;
    std::fs::remove_file(&probe).map_err(|error| format!("{} を消せません（{error}）", probe.display()))?;
    Ok(path.display().to_string())
}

fn database(config: &Config) -> Result<String, String> {
    let db = start::database(config).map_err(|failure| failure.to_string())?;
    match db.needs_migration() {
        Ok(false) => Ok("接続でき、表は最新です".into()),
        Ok(true) => Err("表が古いか、まだありません。tokki migrate を実行してください".into()),
        Err(error) => Err(error.to_string()),
    }
}

async fn health(url: &str) -> Result<String, String> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .map_err(|error| format!("確認できません（{error}）"))?;
    let answer = client.get(format!("{}/healthz", url.trim_end_matches('/'))).send().await;
    match answer {
        Ok(response) if response.status().is_success() => Ok(format!("{url} は応答しています")),
        Ok(response) => Err(format!("{url} は {} を返しました", response.status().as_u16())),
        Err(_) => Err(format!("{url} に接続できません")),
    }
}
