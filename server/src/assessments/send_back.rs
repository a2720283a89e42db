//! Sending a submitted questionnaire back to its vendor with a reason, before anything is evaluated.

use axum::extract::{Path, State};
use domain::case::{self, AssessmentState, Command, Event};
use domain::conversation::{RequestKind, RequestOutcome};
use domain::ids::{AssessmentId, CaseId, ReturnedQuestionId};
use jiff::Timestamp;
use serde_json::json;
use store::conversation::{self, ReturnedQuestion};
use store::{Conn, answers, assessments, cases, outbox};

use super::mail;
use crate::access::Person;
use crate::app::App;
use crate::cases::show;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page;
use crate::policy::held as policy;
use crate::recording::Recorder;

const REASON_CHARS: usize = 500;

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((id, assessment)): Path<(String, String)>,
    form: Form,
) -> Result {
    let mut problems = Problems::default();
    let field = format!("return-{assessment}");
    let reason = form.required(&field, "修正を求める理由", REASON_CHARS, &mut problems);
    if !problems.is_empty() {
        return show::refused(&app, &person, &id, &form, problems).await;
    }
    let (case, assessment) = (page::id::<CaseId>(&id)?, page::id::<AssessmentId>(&assessment)?);
    back(&app, &person, &case, &assessment, reason, Vec::new()).await?;
    Ok(page::redirect(&format!("/cases/{id}?done=returned")))
}

/// Sends a submission back: whole, or only the questions that are named, each with its reason.
///
/// # Errors
/// A refusal, [`Error::NotFound`], [`Error::Stale`], or the database.
pub async fn back(
    app: &App,
    person: &Person,
    case: &CaseId,
    assessment: &AssessmentId,
    reason: String,
    questions: Vec<(String, String)>,
) -> Result<()> {
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let (inner, person, scope) = (app.clone(), person.clone(), person.scope());
    let (case, assessment) = (case.clone(), assessment.clone());
    app.db
        .write(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let profile = policy::profile_of_case(&inner, &case)?;
            let all = assessments::assessments_of(conn, &case.id)?;
            let others =
                all.iter().filter(|(own, _)| own.id != assessment && own.submitted_at.is_some()).count();
            let (mut own, vendor) =
                all.into_iter().find(|(own, _)| own.id == assessment).ok_or(Error::NotFound)?;
            let command = Command::Return {
                assessment: own.state,
                others,
                due: own.due_at.get(),
                now: recorder.at,
                reason_chars: reason.chars().count(),
            };
            let event = case::decide(case.state, &command)
                .map_err(|refusal| policy::refusal(&inner, &profile, &refusal))?;
            let names: Vec<&str> = questions.iter().map(|(question, _)| question.as_str()).collect();
            let detail = json!({
                "receipt": own.receipt_number,
                "submitted_at": own.submitted_at.as_ref().map(|at| at.get()),
                "reason": reason,
                "questions": names,
            });
            own.state = AssessmentState::Answering;
            own.submitted_at = None;
            own.receipt_number = None;
            own.submitted_by = None;
            own.return_reason = Some(reason.clone());
            assessments::update_assessment(conn, &own)?;
            if let Event::Moved(next) = event {
                cases::move_case(conn, &case.id, case.version, next, recorder.at)?;
            }
            let saved = answers::answers_of(conn, &own.id)?;
            for (question, reason) in questions {
                let version = saved.iter().find(|saved| saved.question == question).map_or(0, |s| s.version);
                let row = ReturnedQuestion {
                    id: ReturnedQuestionId::new(inner.uuid()),
                    assessment_id: own.id.clone(),
                    question,
                    reason,
                    answer_version: version,
                    returned_by: person.staff.id.clone(),
                    returned_at: recorder.at.into(),
                    settled_at: None,
                };
                conversation::insert_returned(conn, &row)?;
            }
            grant(conn, &own.id, RequestKind::Correction, &person, recorder.at)?;
            let said = mail::Notice { template: "return", reason: &reason };
            let from = (&person.organization, person.staff.name.as_str());
            let message = mail::notice(&inner, from, &case, &own, &vendor, &said, recorder.at)?;
            outbox::enqueue(conn, &message)?;
            let object = ("assessment", own.id.as_str());
            recorder.record(conn, "assessment.returned", object, Some(&case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await
}

/// What a vendor asked for has been done: its requests of that kind are granted.
///
/// # Errors
/// [`Error::Stale`], or the database.
pub(super) fn grant(
    conn: &mut Conn,
    assessment: &AssessmentId,
    kind: RequestKind,
    person: &Person,
    now: Timestamp,
) -> Result<()> {
    for request in conversation::requests_of(conn, assessment)? {
        if request.kind == kind && request.outcome == RequestOutcome::Waiting {
            let by = &person.staff.id;
            conversation::settle_request(conn, &request, RequestOutcome::Granted, "", by, now)?;
        }
    }
    Ok(())
}
