//! The clauses of a case with the reason for each, the checks, and the text as it will be written.

use axum::extract::{Path, State};
use contract_templates::comparison::ComparisonRow;
use contract_templates::html;
use contract_templates::lint::Finding;
use domain::case::State as CaseState;
use domain::permission::Permission;
use serde::Serialize;

use super::inputs::{self, Inputs};
use crate::access::Person;
use crate::app::App;
use crate::error::Result;
use crate::form::Problems;
use crate::page::{self, Frame, Query};
use crate::policy::held as policy;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// Vendor.
    pub vendor: String,
    /// State word.
    pub state: &'static str,
    /// Why the document cannot be written; empty when it can.
    pub blocked: String,
    /// Articles that are in.
    pub articles: Vec<ArticleShown>,
    /// Clauses that are out.
    pub left: Vec<LeftShown>,
    /// Everything but the articles as HTML; made and escaped by contract_templates::html.
    pub rest: String,
    /// Findings.
    pub findings: Vec<Finding>,
    /// 対照表
    pub comparison: Vec<ComparisonShown>,
    /// Documents so far.
    pub documents: Vec<(String, String)>,
    /// Whether the person may switch and generate now.
    pub may_write: bool,
    /// Whether the case can go to the ledger now.
    pub may_register: bool,
    /// Problems of a form.
    pub problems: Problems,
}

/// An article.
#[derive(Debug, Clone, Serialize)]
pub struct ArticleShown {
    /// Clause id.
    pub clause: String,
    /// Number.
    pub label: String,
    /// Heading.
    pub heading: String,
    /// Text as HTML; made and escaped by contract_templates::html.
    pub html: String,
    /// Why it is in.
    pub reason: String,
    /// Variant name; empty for a clause with one text.
    pub variant: String,
    /// Why this variant.
    pub variant_reason: String,
    /// Rule.
    pub rule: String,
    /// Facts and answers that decided.
    pub because: String,
    /// Variants that gave way.
    pub overruled: Vec<String>,
    /// Clause numbers of the policy.
    pub policy: Vec<String>,
    /// Number of the contract item.
    pub contract_item: Option<u32>,
    /// Staff's own reason and name.
    pub switched: Option<(String, String)>,
    /// Variants: id, name, whether it is used.
    pub variants: Vec<(String, String, bool)>,
}

/// A clause that is out.
#[derive(Debug, Clone, Serialize)]
pub struct LeftShown {
    /// Clause id.
    pub clause: String,
    /// Heading.
    pub heading: String,
    /// Why.
    pub reason: String,
    /// Staff's own reason and name.
    pub switched: Option<(String, String)>,
}

/// A row of the 対照表.
#[derive(Debug, Clone, Serialize)]
pub struct ComparisonShown {
    /// The row.
    pub row: ComparisonRow,
    /// Clause number of the policy.
    pub clause: String,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(case): Path<String>, query: Query) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    let shown = shown(&app, &person, &inputs, Problems::default())?;
    let frame = Frame::staff(&person, "特記仕様書の条項", "/cases").with_done(&query);
    page::render(&app, "contracts/clauses.html", &frame, &shown)
}

/// Whether clauses can still be switched and documents generated.
#[must_use]
pub fn is_open(state: CaseState) -> bool {
    matches!(state, CaseState::Approved | CaseState::ConditionallyApproved)
}

/// The page of a case.
///
/// # Errors
/// A profile that is gone.
pub fn shown(app: &App, person: &Person, inputs: &Inputs, problems: Problems) -> Result<Page> {
    let case = &inputs.loaded.case;
    let profile = &policy::profile_of_case(app, case)?;
    let clause_numbers = |ids: &[String]| {
        ids.iter().filter_map(|id| policy::clause_number(app, profile, id)).collect::<Vec<_>>()
    };
    let mut shown = Page {
        case: case.id.to_string(),
        title: case.title.clone(),
        vendor: inputs.loaded.vendor.name.clone(),
        state: case.state.label(),
        blocked: String::new(),
        articles: Vec::new(),
        left: Vec::new(),
        rest: String::new(),
        findings: Vec::new(),
        comparison: Vec::new(),
        documents: inputs
            .documents
            .iter()
            .map(|d| {
                (
                    d.id.to_string(),
                    format!("{}（第{}版）　{}", d.title, d.version, page::moment(d.created_at.get())),
                )
            })
            .collect(),
        may_write: is_open(case.state) && person.may(Permission::WriteDocuments),
        may_register: case.state == CaseState::ClausesFixed && person.may(Permission::WriteDocuments),
        problems,
    };
    let written = match inputs.write(app, person)? {
        Ok(written) => written,
        Err(error) => {
            shown.blocked = error.to_string();
            return Ok(shown);
        }
    };
    let mut articles = written.document.articles();
    for entry in &written.selection.entries {
        if !entry.included {
            shown.left.push(LeftShown {
                clause: entry.clause.clone(),
                heading: entry.heading.clone(),
                reason: entry.reason.clone(),
                switched: entry.switched.clone(),
            });
            continue;
        }
        let Some(article) = articles.next() else { continue };
        shown.articles.push(ArticleShown {
            clause: entry.clause.clone(),
            label: article.label.clone(),
            heading: article.heading.clone(),
            html: html::article(article),
            reason: entry.reason.clone(),
            variant: if entry.variants.len() > 1 { entry.variant_name.clone() } else { String::new() },
            variant_reason: entry.variant_reason.clone(),
            rule: entry.rule.clone().unwrap_or_default(),
            because: entry.because.clone(),
            overruled: entry.overruled.clone(),
            policy: clause_numbers(&entry.requirements),
            contract_item: entry.contract_item,
            switched: entry.switched.clone(),
            variants: entry
                .variants
                .iter()
                .map(|(id, name)| (id.clone(), name.clone(), *id == entry.variant))
                .collect(),
        });
    }
    shown.rest = html::rest(&written.document);
    shown.findings = written.findings;
    shown.comparison = written
        .comparison
        .into_iter()
        .map(|row| ComparisonShown {
            clause: policy::clause_number(app, profile, &row.requirement).unwrap_or_default(),
            row,
        })
        .collect();
    Ok(shown)
}
