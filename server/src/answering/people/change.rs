//! Other roles, other sections, an end, and whether a confirmation is wanted.

use axum::extract::{Path, State};
use domain::ids::InvitationId;
use domain::respondent::may_become;
use serde_json::json;
use store::assessments::Responder;
use store::colleagues;

use super::{manages, other_managers, refused, role_and_sections};
use crate::access::{Respondent, responder_actor};
use crate::answering::{invitation, sheet};
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page;
use crate::recording::Recorder;

/// POST: another role, other sections.
pub async fn submit(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
    form: Form,
) -> Result {
    manages(&responder)?;
    let id: InvitationId = page::id(&id)?;
    let own = sheet::load(&app, &responder).await?;
    let mut problems = Problems::default();
    let (role, sections) = role_and_sections(&form, &own, &format!("{id}-"), &mut problems);
    if !problems.is_empty() {
        return refused(&app, &responder, (&form, Some(&id)), problems).await;
    }
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    app.db
        .write(move |conn| {
            colleagues::hold(conn, responder.assessment())?;
            let person = colleagues::person(conn, &responder, &id)?;
            let others = other_managers(conn, &responder, &person, recorder.at)?;
            may_become(person.role, Some(role), others)?;
            colleagues::set_role(conn, &person.id, role, sections.as_deref())?;
            let detail = json!({ "from": person.role, "to": role, "sections": sections });
            let object = ("invitation", person.id.as_str());
            let case = &own.assessment.case_id;
            recorder.record(conn, "invitation.role_changed", object, Some(case), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect("/v/people?done=person-changed"))
}

/// POST: ends an invitation and its sessions; one's own as well.
pub async fn stop(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
) -> Result {
    manages(&responder)?;
    let id: InvitationId = page::id(&id)?;
    let own = id == *responder.invitation();
    let language = responder.language();
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    app.db
        .write(move |conn| {
            colleagues::hold(conn, responder.assessment())?;
            stop_in(conn, &responder, &id, &recorder)
        })
        .await?;
    if own { invitation::left(&app, language) } else { Ok(page::redirect("/v/people?done=person-stopped")) }
}

/// The same within a transaction that holds the assessment.
pub(super) fn stop_in(
    conn: &mut store::Conn,
    responder: &Responder,
    id: &InvitationId,
    recorder: &Recorder,
) -> Result<()> {
    let person = colleagues::person(conn, responder, id)?;
    let others = other_managers(conn, responder, &person, recorder.at)?;
    may_become(person.role, None, others)?;
    colleagues::stop(conn, &person.id, recorder.at)?;
    let case = store::assessments::case_of(conn, responder.assessment())?;
    let object = ("invitation", person.id.as_str());
    recorder.record(conn, "invitation.stopped", object, Some(&case), json!({ "name": person.name }))?;
    Ok(())
}

/// POST: whether a confirmation within the company is wanted before submission.
pub async fn require_check(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    manages(&responder)?;
    let required = form.text("required") == "yes";
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    app.db
        .write(move |conn| {
            let (assessment, _) = store::assessments::own_assessment(conn, &responder)?;
            colleagues::require_check(conn, &assessment.id, required)?;
            let object = ("assessment", assessment.id.as_str());
            let detail = json!({ "required": required });
            recorder.record(conn, "assessment.check_set", object, Some(&assessment.case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect("/v/people?done=check-set"))
}
