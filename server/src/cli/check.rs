//! `tokki check`: loads all content and checks what hangs together.

use std::process::ExitCode;

use contract_templates::library::Library;
use questionnaires::content::Content;
use questionnaires::coverage::coverage;
use serde_json::json;

use super::{Failure, Output, start};

pub fn run(show_coverage: bool, output: &Output) -> Result<ExitCode, Failure> {
    let content =
        Content::embedded().map_err(|found| Failure::Said(start::list("設問などの内容", &found)))?;
    let library = Library::embedded().map_err(|found| Failure::Said(start::list("条項の内容", &found)))?;
    let mut problems: Vec<String> = Vec::new();
    for profile in &content.profiles {
        let found = library.check(&content.vocabulary(profile));
        problems.extend(found.iter().map(|problem| format!("{}：{problem}", profile.id)));
        if content.criteria_for(&profile.id).next().is_none() {
            problems.push(format!("{}：採点基準がありません", profile.id));
        }
    }
    let clauses: Vec<(String, Vec<String>)> =
        library.clauses.iter().map(|clause| (clause.id.clone(), clause.requirements.clone())).collect();
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
    for profile in &content.profiles {
        let rows = coverage(&content, profile, &clauses);
        let met = rows.iter().filter(|row| row.met).count();
        output.say(format!(
            "{}：要求 {}件のうち、設問・基準・条項で満たすもの {met}件",
            profile.name,
            rows.len()
        ));
        if show_coverage {
            for row in &rows {
                let by: Vec<&str> = row
                    .questions
                    .iter()
                    .chain(&row.criteria)
                    .chain(&row.clauses)
                    .map(String::as_str)
                    .collect();
                let by = if by.is_empty() {
                    "文書・手続（後続の工程）".to_owned()
                } else {
                    by.join("、")
                };
                output.say(format!("  {}　{}　{by}", row.requirement, row.printed));
            }
        }
        tables.push(json!({ "profile": profile.id, "requirements": rows.len(), "met": met }));
    }
    output.result(&json!({ "questions": questions, "clauses": clauses.len(), "coverage": tables }));
    Ok(ExitCode::SUCCESS)
}

fn page_templates(problems: &mut Vec<String>) {
    if let Err(error) = crate::page::load_templates() {
        problems.push(format!("画面の雛形：{error}"));
    }
}
