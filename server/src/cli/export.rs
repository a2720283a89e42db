//! `tokki export`: questions, criteria and coverage for other programs.

use std::process::ExitCode;

use clap::ValueEnum;
use contract_templates::library::Library;
use questionnaires::content::Content;
use questionnaires::coverage::coverage;
use serde_json::{Value as Json, json};

use super::{Failure, Output, start};
use crate::policy::coverage::clause_links;
use crate::policy::oscal;

/// What can be written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ExportKind {
    /// 設問（JSON）
    Questions,
    /// 選定基準（JSON）
    Criteria,
    /// 方針ごとの要求への対応（JSON）
    Coverage,
    /// 要求の一覧（OSCAL catalog）
    OscalCatalog,
    /// 設問と外部の一覧との対応（OSCAL mapping-collection）
    OscalMapping,
}

pub fn run(kind: ExportKind, output: &Output) -> Result<ExitCode, Failure> {
    let content =
        Content::embedded().map_err(|found| Failure::Said(start::list("設問などの内容", &found)))?;
    let library = Library::embedded().map_err(|found| Failure::Said(start::list("条項の内容", &found)))?;
    let written = match kind {
        ExportKind::Questions => serde_json::to_value(&content.topics),
        ExportKind::Criteria => serde_json::to_value(&content.criteria),
        ExportKind::Coverage => {
            let links = clause_links(&library);
            let tables = content.profiles.iter().map(|profile| {
                let rows = coverage(&content, profile, &links);
                json!({ "profile": profile.id, "edition": profile.edition, "name": profile.name, "requirements": rows })
            });
            Ok(Json::Array(tables.collect()))
        }
        ExportKind::OscalCatalog => Ok(oscal::catalog(&content)),
        ExportKind::OscalMapping => Ok(oscal::mapping(&content)),
    };
    let written = written.map_err(|error| Failure::caused("書き出せません", error))?;
    output.document(&written);
    Ok(ExitCode::SUCCESS)
}
