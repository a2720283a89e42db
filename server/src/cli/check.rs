//! `tokki check`: loads all content and checks what hangs together.

use std::path::Path;
use std::process::ExitCode;

use contract_templates::library::Library;
use contract_templates::lint;
use questionnaires::content::Content;
use questionnaires::coverage::{CoverageRow, CoverageState, coverage};
use questionnaires::policy::Profile;
use serde_json::json;

use super::{Failure, Output, start};
use crate::app::laid_over;
use crate::policy::coverage::{clause_links, served_by};

pub fn run(show_coverage: bool, own_profile: Option<&Path>, output: &Output) -> Result<ExitCode, Failure> {
    let own = own_profile.map(own_file).transpose()?;
    let own_id = own.as_ref().map(|(id, _)| id.clone());
    let files = own.map(|(id, text)| (format!("profiles/{id}.toml"), text));
    let content =
        Content::load(laid_over(files.as_slice()).map(|(path, text)| joined(path, text, own_id.as_deref())))
            .map_err(|found| Failure::Said(start::list("設問などの内容", &found)))?;
    let library = Library::embedded().map_err(|found| Failure::Said(start::list("条項の内容", &found)))?;
    let mut problems: Vec<String> = Vec::new();
    for profile in &content.profiles {
        let found = library.check(&content.vocabulary(profile));
        problems.extend(found.iter().map(|problem| format!("{}：{problem}", profile.name_with_edition())));
        let wording = lint::check_profile(profile, &library.laws);
        problems.extend(wording.iter().map(|found| {
            let name = profile.name_with_edition();
            format!("{name} {}：「{}」　{}（{}）", found.place, found.excerpt, found.advice, found.rule)
        }));
    }
    let clauses = clause_links(&library);
    for id in content.clause_ids().into_iter().filter(|id| !clauses.iter().any(|(known, _)| known == id)) {
        problems.push(format!("{id}：設問又は規程が参照する条項がありません"));
    }
    for (clause, requirements) in &clauses {
        for id in requirements.iter().filter(|id| content.requirement(id).is_none()) {
            problems.push(format!("{clause}：要求 {id} がありません"));
        }
    }
    page_templates(&mut problems);
    if !problems.is_empty() {
        return Err(Failure::Said(start::list("内容", &problems)));
    }
    let questions = content.questions().count();
    output.say(format!(
        "内容に問題はありません（要求 {}件、設問 {questions}問、規程 {}件、採点基準 {}件、条項 {}件、文書 {}件）。",
        content.requirements.len(),
        content.profiles.len(),
        content.criteria.len(),
        library.clauses.len(),
        library.documents.len(),
    ));
    let mut tables = Vec::new();
    let mut gaps: Vec<String> = Vec::new();
    for profile in &content.profiles {
        if own_id.as_ref().is_some_and(|own| *own != profile.id) {
            continue;
        }
        let rows = coverage(&content, profile, &clauses);
        tables.push(tell(&content, profile, &rows, show_coverage, output));
        let missing = rows.iter().filter(|row| row.state == CoverageState::Gap);
        gaps.extend(missing.map(|row| {
            format!(
                "{}　{}　{}：満たすものがありません",
                profile.name_with_edition(),
                row.requirement,
                row.summary
            )
        }));
    }
    output.result(&json!({ "questions": questions, "clauses": clauses.len(), "coverage": tables }));
    if gaps.is_empty() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::Said(start::list("要求への対応", &gaps)))
    }
}

/// A profile outside the program: its id and text.
fn own_file(path: &Path) -> Result<(String, String), Failure> {
    let told = path.display();
    let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
    let bytes =
        std::fs::read(path).map_err(|error| Failure::caused(format!("{told} を読めません"), error))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::Said(format!("{told} の文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。"))
    })?;
    Ok((id, text))
}

/// Criteria serve a policy that names them; one outside the program is judged by the standard criteria.
pub fn joined(path: String, text: String, own: Option<&str>) -> (String, String) {
    match own {
        Some(own) if path == "criteria/standard.toml" && !text.contains(&format!("\"{own}\"")) => {
            (path, text.replacen("profiles = [", &format!("profiles = [\"{own}\", "), 1))
        }
        _ => (path, text),
    }
}

fn tell(
    content: &Content,
    profile: &Profile,
    rows: &[CoverageRow],
    every_row: bool,
    output: &Output,
) -> serde_json::Value {
    let count = |state: CoverageState| rows.iter().filter(|row| row.state == state).count();
    let (met, partly, planned, gaps) = (
        count(CoverageState::Met),
        count(CoverageState::Partly),
        count(CoverageState::Planned),
        count(CoverageState::Gap),
    );
    output.say(format!(
        "{}（{}版）：要求 {}件　対応済み {met}件、一部は今後 {partly}件、今後対応 {planned}件、不足 {gaps}件",
        profile.name,
        profile.edition,
        rows.len()
    ));
    if every_row {
        for row in rows {
            let by = served_by(content, profile, row).join("、");
            output.say(format!(
                "  {}　{}　{}　{}　{by}",
                row.requirement,
                row.printed,
                row.state.label(),
                row.summary
            ));
        }
    }
    json!({
        "profile": profile.id, "edition": profile.edition, "requirements": rows.len(),
        "met": met, "partly": partly, "planned": planned, "gaps": gaps,
    })
}

fn page_templates(problems: &mut Vec<String>) {
    if let Err(error) = crate::page::load_templates() {
        problems.push(format!("画面の雛形：{error}"));
    }
}
