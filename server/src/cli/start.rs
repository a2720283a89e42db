//! Opening everything that a running program needs.

use contract_templates::library::Library;
use questionnaires::content::Content;
use store::Db;

use super::Failure;
use crate::app::{App, Clock, Inner};
use crate::config::Config;
use crate::files::FileStore;

/// Opens database, files, content and templates.
///
/// # Errors
/// In words for the operator.
pub fn open(config: Config) -> Result<App, Failure> {
    open_with(config, Clock::System)
}

/// The same with a clock of the caller's.
///
/// # Errors
/// In words for the operator.
pub fn open_with(config: Config, clock: Clock) -> Result<App, Failure> {
    std::fs::create_dir_all(&config.data_dir).map_err(|error| {
        Failure::caused(format!("フォルダー {} を作れません", config.data_dir.display()), error)
    })?;
    let db = database(&config)?;
    let content = Content::embedded().map_err(|problems| Failure::Said(list("設問などの内容", &problems)))?;
    let library = Library::embedded().map_err(|problems| Failure::Said(list("条項の内容", &problems)))?;
    let templates = crate::page::load_templates().map_err(|error| Failure::caused("画面の雛形", error))?;
    let files = FileStore::open(config.data_dir.join("files"))
        .map_err(|error| Failure::caused("文書を置くフォルダー", error))?;
    Ok(App::new(Inner {
        db,
        templates,
        content: std::sync::Arc::new(content),
        published: std::sync::RwLock::default(),
        library,
        files,
        config,
        clock,
        office: crate::office::Office::find(),
        hashing: tokio::sync::Semaphore::new(4),
    }))
}

/// Opens the database alone.
///
/// # Errors
/// In words for the operator.
pub fn database(config: &Config) -> Result<Db, Failure> {
    if config.database_url.starts_with("sqlite:") {
        std::fs::create_dir_all(&config.data_dir).map_err(|error| {
            Failure::caused(format!("フォルダー {} を作れません", config.data_dir.display()), error)
        })?;
    }
    Db::open(&config.database_url).map_err(|error| match error {
        store::OpenError::UnknownScheme => Failure::Said(
            "データベースの URL は sqlite:パス 又は postgresql://… の形で指定してください".into(),
        ),
        other => Failure::caused("データベースに接続できません", other),
    })
}

/// Problems of content, one a line.
pub fn list(what: &str, problems: &[impl std::fmt::Display]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    format!("{what}に{}件の問題があります\n{}", problems.len(), lines.join("\n"))
}
