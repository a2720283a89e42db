//! What vendors ask for as staff see it, and refusing it. Granting is the act itself: moving the due time, or sending the answers back.

use axum::extract::{Path, State};
use domain::conversation::RequestOutcome;
use domain::ids::{AssessmentId, CaseId, VendorRequestId};
use domain::permission::Permission;
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Assessment};
use store::conversation::{self, VendorRequest};
use store::vendors::{self, Vendor};
use store::{cases, outbox};

use super::ask::{REASON_CHARS, RequestShown};
use crate::access::Person;
use crate::app::App;
use crate::assessments::mail;
use crate::cases::show;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page;
use crate::recording::Recorder;

/// What a vendor has asked for.
#[derive(Debug, Clone, Serialize)]
pub struct CaseRequest {
    /// Assessment id.
    pub assessment: String,
    /// The request.
    pub request: RequestShown,
    /// Whether this person may answer it now.
    pub may_answer: bool,
}

/// Requests about the assessments of a case, in their order.
#[must_use]
pub fn requests_shown(
    person: &Person,
    assessments: &[(Assessment, Vendor)],
    requests: &[Vec<VendorRequest>],
) -> Vec<CaseRequest> {
    let may_answer = person.may(Permission::IssueQuestionnaire);
    let of_one = |((assessment, vendor), requests): (&(Assessment, Vendor), &Vec<VendorRequest>)| {
        let shown = |request: &VendorRequest| CaseRequest {
            assessment: assessment.id.to_string(),
            request: RequestShown::of(request, &vendor.name),
            may_answer: may_answer && request.outcome == RequestOutcome::Waiting,
        };
        requests.iter().map(shown).collect::<Vec<_>>()
    };
    assessments.iter().zip(requests).flat_map(of_one).collect()
}

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((id, assessment, request)): Path<(String, String, String)>,
    form: Form,
) -> Result {
    let mut problems = Problems::default();
    let answer = form.required(&format!("answer-{request}"), "回答", REASON_CHARS, &mut problems);
    if !problems.is_empty() {
        return show::refused(&app, &person, &id, &form, problems).await;
    }
    let (scope, case) = (person.scope(), page::id::<CaseId>(&id)?);
    let assessment = page::id::<AssessmentId>(&assessment)?;
    let request = page::id::<VendorRequestId>(&request)?;
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let inner = app.clone();
    app.db
        .write(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let assessment = assessments::assessment_of_case(conn, &case.id, &assessment)?;
            let vendor = vendors::vendor(conn, &scope.organization, &assessment.vendor_id)?;
            let asked = conversation::requests_of(conn, &assessment.id)?;
            let asked = asked.into_iter().find(|known| known.id == request).ok_or(Error::NotFound)?;
            let by = &person.staff.id;
            conversation::settle_request(conn, &asked, RequestOutcome::Refused, &answer, by, recorder.at)?;
            let said = mail::Notice { template: "request_answered", reason: "" };
            let from = (&person.organization, person.staff.name.as_str());
            let message = mail::notice(&inner, from, &case, &assessment, &vendor, &said, recorder.at)?;
            outbox::enqueue(conn, &message)?;
            let object = ("assessment", assessment.id.as_str());
            let detail = json!({ "kind": asked.kind.as_str(), "request": asked.id });
            recorder.record(conn, "request.refused", object, Some(&case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{id}?done=request-answered")))
}
