//! A document as it would be written now, with what the 公用文チェック says; accepting a finding with a reason.

use axum::extract::{Path, State};
use contract_templates::html;
use domain::ids::AcceptedFindingId;
use domain::permission::Permission;
use serde::Serialize;
use serde_json::json;
use store::contracts::{self, AcceptedFinding};

use super::inputs::{self, Inputs, SPECIAL_SPECIFICATIONS};
use super::preview::{FindingShown, findings_shown};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query};
use crate::recording::Recorder;

/// Most characters of a reason.
const REASON_CHARS: usize = 500;

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// D-…
    pub kind: String,
    /// Title of the document.
    pub name: String,
    /// Why it cannot be written; empty when it can.
    pub blocked: String,
    /// The document; made and escaped by contract_templates::html.
    pub html: String,
    /// Findings.
    pub findings: Vec<FindingShown>,
    /// Findings that nobody has accepted.
    pub open_findings: usize,
    /// Whether the person may accept findings.
    pub may_write: bool,
    /// Problems.
    pub problems: Problems,
}

/// GET
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((case, kind)): Path<(String, String)>,
    query: Query,
) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    let shown = shown(&app, &person, &inputs, &kind)?;
    let frame = Frame::staff(&person, "文書の確認", "/cases").with_done(&query);
    page::render(&app, "contracts/draft.html", &frame, &shown)
}

fn shown(app: &App, person: &Person, inputs: &Inputs, kind: &str) -> Result<Page> {
    let template = app.library.document(kind).ok_or(Error::NotFound)?;
    let mut shown = Page {
        case: inputs.case.id.to_string(),
        title: inputs.case.title.clone(),
        kind: kind.to_owned(),
        name: template.title.clone(),
        may_write: person.may(Permission::WriteDocuments),
        ..Page::default()
    };
    match inputs.draft(app, person, kind)? {
        Ok(draft) => {
            shown.name.clone_from(&draft.document.title);
            shown.html = html::whole(&draft.document);
            shown.open_findings = inputs.open_findings(kind, &draft.findings);
            shown.findings = findings_shown(inputs, kind, draft.findings);
        }
        Err(error) => shown.blocked = error.to_string(),
    }
    Ok(shown)
}

/// POST: accepts one finding.
pub async fn accept(
    State(app): State<App>,
    person: Person,
    Path((case, kind)): Path<(String, String)>,
    form: Form,
) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    let draft = inputs
        .draft(&app, &person, &kind)?
        .map_err(|error| Error::Refused {
            message: format!("文書を作れません。{error}"), clause: None
        })?;
    let (rule, excerpt) = (form.text("rule").to_owned(), form.raw("excerpt").to_owned());
    let known = draft.findings.iter().find(|own| own.rule == rule && own.excerpt == excerpt);
    let finding = known.ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let reason = form.required("reason", "了承する理由", REASON_CHARS, &mut problems);
    if !problems.is_empty() {
        let frame = Frame::staff(&person, "文書の確認", "/cases").with_problems(&problems);
        let shown = Page { problems, ..shown(&app, &person, &inputs, &kind)? };
        return page::render_problems(&app, "contracts/draft.html", &frame, &shown);
    }
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let row = AcceptedFinding {
        id: AcceptedFindingId::new(app.uuid()),
        organization_id: person.organization.id.clone(),
        case_id: inputs.case.id.clone(),
        kind: kind.clone(),
        rule: finding.rule.to_owned(),
        excerpt: finding.excerpt.clone(),
        reason,
        staff_id: person.staff.id.clone(),
        created_at: recorder.at.into(),
    };
    app.db
        .write(move |conn| {
            contracts::insert_accepted(conn, &row)?;
            let detail = json!({ "document": row.kind, "rule": row.rule, "excerpt": row.excerpt });
            let object = ("case", row.case_id.as_str());
            recorder.record(conn, "finding.accepted", object, Some(&row.case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    let back = if kind == SPECIAL_SPECIFICATIONS { "clauses".to_owned() } else { format!("drafts/{kind}") };
    Ok(page::redirect(&format!("/cases/{case}/{back}?done=accepted")))
}
