//! `tokki serve`

use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;

use super::{Failure, Output, start};
use crate::app::App;
use crate::config::Config;
use crate::{http, jobs, routes};

pub async fn run(config: Config, output: &Output) -> Result<ExitCode, Failure> {
    logging();
    let app = start::open(config)?;
    let missing = app.db.needs_migration().map_err(|error| Failure::caused("データベース", error))?;
    if missing {
        return Err(Failure::Said(
            "データベースの表が古いか、まだありません。tokki migrate を実行してください".into(),
        ));
    }
    serve(app, output, &[]).await
}

/// Serves until the process is asked to stop; `more` is said after the address.
pub async fn serve(app: App, output: &Output, more: &[String]) -> Result<ExitCode, Failure> {
    let listener = TcpListener::bind(app.config.listen)
        .await
        .map_err(|error| Failure::caused(format!("{} で待ち受けられません", app.config.listen), error))?;
    let mail = jobs::mail::start(&app).map_err(|error| Failure::caused("メールの設定", error))?;
    let reminders = jobs::reminders::start(&app);
    let scan = jobs::scan::start(&app);
    output.say(format!("{} で起動しました。終えるには Ctrl+C を押してください。", app.config.public_url));
    for line in more {
        output.say(line);
    }
    output.result(&serde_json::json!({ "listening": app.config.listen, "url": app.config.public_url }));
    http::serve(listener, service(&app), stop()).await;
    for job in mail.into_iter().chain(reminders).chain(scan) {
        job.abort();
    }
    output.say("終了しました。");
    Ok(ExitCode::SUCCESS)
}

/// Routes with their layers.
pub fn service(app: &App) -> Router {
    let (_, router) = routes::all(app).finish();
    http::service(app, router)
}

async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { _ = interrupt => {}, () = terminate => {} }
}

fn logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TOKKI_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // A second initialisation (tests) keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
