//! `tokki demo`: a fictional municipality, two cases walked from registration to the ledger, the Word files beside it.

mod town;
mod walk;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

use serde_json::json;

use super::{Failure, Output, serve, start};
use crate::app::Clock;
use crate::config::{Config, Overrides};
use crate::error::Error;

/// How a failed step of the walk is told.
fn failed(what: &'static str) -> impl Fn(Error) -> Failure {
    move |error| match error {
        Error::Refused { message, .. } => Failure::Said(format!("{what}：{message}")),
        other => Failure::caused(what, other),
    }
}

pub async fn run(
    folder: PathBuf,
    listen: SocketAddr,
    no_serve: bool,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let config = Config::load(
        None,
        Overrides { data_dir: Some(folder.clone()), listen: Some(listen), ..Overrides::default() },
    )?;
    let made = folder.join("tokki.sqlite").exists();
    if made {
        output.say(format!(
            "見本は {} にあるため、作り直さずに使います。作り直すには、フォルダーを消してから実行してください。",
            folder.display()
        ));
    } else {
        make(config.clone(), output).await?;
    }
    if no_serve {
        output.result(&json!({ "folder": folder, "made": !made }));
        return Ok(ExitCode::SUCCESS);
    }
    let app = start::open(config)?;
    serve::serve(app, output, &town::sign_in_words()).await
}

/// Makes the demonstration: the town lives through three weeks that end today.
async fn make(config: Config, output: &Output) -> Result<(), Failure> {
    let began = Instant::now();
    let shift = Arc::new(AtomicI64::new(0));
    let folder = config.data_dir.clone();
    let app = start::open_with(config, Clock::Shifted(Arc::clone(&shift)))?;
    app.db.migrate().map_err(|error| Failure::caused("表を作れません", error))?;
    let clock = walk::Weeks::new(shift);
    clock.days_ago(21);
    output.say("見本町（架空の団体）を作っています。");
    let town = town::found(&app).await?;
    let documents = folder.join("documents");
    std::fs::create_dir_all(&documents).map_err(|error| {
        Failure::caused(format!("フォルダー {} を作れません", documents.display()), error)
    })?;
    walk::cloud(&app, &town, &clock, &documents, output).await?;
    walk::outsourcing(&app, &town, &clock, &documents, output).await?;
    output.say(format!(
        "見本を {} に作りました（{:.1}秒）。",
        folder.display(),
        began.elapsed().as_secs_f64()
    ));
    Ok(())
}
