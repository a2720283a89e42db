//! The clauses of a case with the reason for each, the checks, and the text as it will be written.

use axum::extract::{Path, State};
use contract_templates::comparison::ComparisonRow;
use contract_templates::html;
use contract_templates::select::{Applied, rules};
use domain::case::State as CaseState;
use domain::permission::Permission;
use serde::Serialize;

use super::inputs::{self, Inputs, SPECIAL_SPECIFICATIONS};
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
    /// D-10
    pub kind: &'static str,
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
    pub findings: Vec<FindingShown>,
    /// Findings that nobody has accepted.
    pub open_findings: usize,
    /// Whether no vendor is chosen yet: the text is the one for everybody who bids.
    pub tender: bool,
    /// Whether the provider's terms cannot be changed, so that their acceptability is to be judged.
    pub fixed_terms: bool,
    /// Rules that apply, with what they change and why.
    pub rules: Vec<Applied>,
    /// 対照表
    pub comparison: Vec<ComparisonShown>,
    /// Documents so far.
    pub documents: Vec<(String, String)>,
    /// Whether the person may switch and rewrite now.
    pub may_write: bool,
    /// Whether the person may generate now.
    pub may_generate: bool,
    /// Whether the case can go to the ledger now.
    pub may_register: bool,
    /// Problems of a form.
    pub problems: Problems,
}

/// A finding of the 公用文チェック.
#[derive(Debug, Clone, Serialize)]
pub struct FindingShown {
    /// Rule.
    pub rule: &'static str,
    /// Where.
    pub place: String,
    /// The words.
    pub excerpt: String,
    /// What to write instead.
    pub advice: &'static str,
    /// The reason with which it stands; empty while it is open.
    pub accepted: String,
}

/// The findings of a document with what was said of them.
#[must_use]
pub fn findings_shown(
    inputs: &Inputs,
    kind: &str,
    findings: Vec<contract_templates::lint::Finding>,
) -> Vec<FindingShown> {
    let shown = |finding: contract_templates::lint::Finding| FindingShown {
        accepted: inputs
            .accepted(kind, &finding)
            .map(|row| format!("{}（{}）", row.reason, inputs.name(&row.staff_id)))
            .unwrap_or_default(),
        rule: finding.rule,
        place: finding.place,
        excerpt: finding.excerpt,
        advice: finding.advice,
    };
    findings.into_iter().map(shown).collect()
}

/// An article.
#[derive(Debug, Clone, Default, Serialize)]
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
    /// What the 公用文チェック says of it: words and advice.
    pub findings: Vec<(String, String)>,
    /// What staff changed of the text, with reason and name; empty for the library's text.
    pub edited: String,
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

/// Whether clauses can still be switched and rewritten: until they are fixed.
#[must_use]
pub fn is_open(inputs: &Inputs) -> bool {
    inputs.case.state < CaseState::ClausesFixed && inputs.case.state != CaseState::Rejected
}

/// Whether the document can be generated now: for everybody who bids before a vendor is chosen, then once it is approved.
fn may_generate(inputs: &Inputs) -> bool {
    inputs.chosen.is_none() && is_open(inputs)
        || matches!(inputs.case.state, CaseState::Approved | CaseState::ConditionallyApproved)
}

/// The page of a case.
///
/// # Errors
/// A profile that is gone.
pub fn shown(app: &App, person: &Person, inputs: &Inputs, problems: Problems) -> Result<Page> {
    let case = &inputs.case;
    let profile = &policy::profile_of_case(app, case)?;
    let clause_numbers = |ids: &[String]| {
        ids.iter().filter_map(|id| policy::clause_number(app, profile, id)).collect::<Vec<_>>()
    };
    let mut shown = Page {
        case: case.id.to_string(),
        kind: SPECIAL_SPECIFICATIONS,
        title: case.title.clone(),
        vendor: inputs.chosen.as_ref().map_or(String::new(), |chosen| chosen.vendor.name.clone()),
        state: case.state.label(),
        blocked: String::new(),
        articles: Vec::new(),
        left: Vec::new(),
        rest: String::new(),
        findings: Vec::new(),
        open_findings: 0,
        tender: inputs.chosen.is_none(),
        fixed_terms: false,
        rules: profile.with_own_words(&rules(&app.library, &inputs.subject())),
        comparison: Vec::new(),
        documents: inputs
            .documents
            .iter()
            .filter(|d| d.kind == SPECIAL_SPECIFICATIONS)
            .map(|d| {
                (
                    d.id.to_string(),
                    format!("{}（第{}版）　{}", d.title, d.version, page::moment(d.created_at.get())),
                )
            })
            .collect(),
        may_write: is_open(inputs) && person.may(Permission::WriteDocuments),
        may_generate: may_generate(inputs) && person.may(Permission::WriteDocuments),
        may_register: case.state == CaseState::ClausesFixed && person.may(Permission::WriteDocuments),
        problems,
    };
    let draft = match inputs.draft(app, person, SPECIAL_SPECIFICATIONS)? {
        Ok(draft) => draft,
        Err(error) => {
            shown.blocked = error.to_string();
            return Ok(shown);
        }
    };
    for article in draft.document.articles() {
        let entry = draft.selection.entries.iter().find(|entry| entry.clause == article.clause);
        let edit = inputs.edits.iter().rev().find(|edit| edit.clause == article.clause);
        let edit = edit.filter(|edit| !edit.text.is_empty() || !edit.placed_after.is_empty());
        let here = draft.findings.iter().filter(|finding| {
            let rest = finding.place.strip_prefix(article.label.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('第') || rest.starts_with('('))
        });
        let base = ArticleShown {
            findings: here.map(|own| (own.excerpt.clone(), own.advice.to_owned())).collect(),
            clause: article.clause.clone(),
            label: article.label.clone(),
            heading: article.heading.clone(),
            html: html::article(article),
            edited: edit
                .map_or(String::new(), |edit| format!("{}（{}）", edit.reason, inputs.name(&edit.staff_id))),
            ..ArticleShown::default()
        };
        shown.articles.push(match entry {
            Some(entry) => ArticleShown {
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
                ..base
            },
            None => ArticleShown { reason: "職員が加えた条".to_owned(), ..base },
        });
    }
    for entry in draft.selection.entries.iter().filter(|entry| !entry.included) {
        shown.left.push(LeftShown {
            clause: entry.clause.clone(),
            heading: entry.heading.clone(),
            reason: entry.reason.clone(),
            switched: entry.switched.clone(),
        });
    }
    let fixed = |entry: &contract_templates::select::Entry| entry.included && entry.variant == "terms_fixed";
    shown.fixed_terms = draft.selection.entries.iter().any(fixed);
    shown.open_findings = inputs.open_findings(SPECIAL_SPECIFICATIONS, &draft.findings);
    shown.rest = html::rest(&draft.document);
    shown.findings = findings_shown(inputs, SPECIAL_SPECIFICATIONS, draft.findings);
    shown.comparison = draft
        .comparison
        .into_iter()
        .map(|row| ComparisonShown {
            clause: policy::clause_number(app, profile, &row.requirement).unwrap_or_default(),
            row,
        })
        .collect();
    Ok(shown)
}
