//! The decision on one step of the route.

use axum::extract::{Path, State};
use domain::case::{self, Command, Event, Outcome, Refusal};
use domain::ids::{DecisionId, StaffId};
use questionnaires::japanese::text::char_count;
use serde_json::json;
use store::approvals::{self, Decision};
use store::cases;

use super::apply::{self, Loaded};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::policy::held as policy;
use crate::recording::Recorder;

/// What was decided.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Outcome.
    pub outcome: Outcome,
    /// Reason or conditions.
    pub reason: String,
    /// The manager named.
    pub manager: Option<StaffId>,
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(case): Path<String>, form: Form) -> Result {
    let loaded = apply::load(&app, &person, &case).await?;
    let mut problems = Problems::default();
    let outcome: Option<Outcome> = form.text("outcome").parse().ok();
    if outcome.is_none() {
        problems.add("outcome", "決定の内容を選んでください");
    }
    let reason = form.optional("reason", "理由又は条件", 1_000, &mut problems);
    match outcome {
        Some(Outcome::ApproveConditionally) if reason.is_empty() => {
            problems.add("reason", "承認の条件を入力してください");
        }
        Some(Outcome::SendBack | Outcome::Reject) if reason.is_empty() => {
            problems.add("reason", "差戻し又は不承認の理由を入力してください");
        }
        _ => {}
    }
    let manager = loaded.staff.iter().find(|s| s.id.as_str() == form.text("manager")).map(|s| s.id.clone());
    let profile = &policy::profile_of_case(&app, &loaded.case)?;
    let needs = apply::manager_needed(apply::path_of(profile, &loaded.case)?);
    if needs && manager.is_none() && matches!(outcome, Some(Outcome::Approve | Outcome::ApproveConditionally))
    {
        problems.add("manager", "サービスの管理者を選んでください");
    }
    let Some(outcome) = outcome.filter(|_| problems.is_empty()) else {
        let frame = Frame::staff(&person, "申請と審査", "/cases").with_problems(&problems);
        let shown = apply::shown(&app, &person, &loaded, &form, problems)?;
        return page::render_problems(&app, "approvals/application.html", &frame, &shown);
    };
    decide(&app, &person, &loaded, Decided { outcome, reason, manager }).await?;
    Ok(page::redirect(&format!("/cases/{case}/application?done=decided")))
}

/// Decides the step at hand; who may, and whether anything has changed since it was shown, is checked inside the
/// transaction.
///
/// # Errors
/// A refusal, [`Error::Stale`] when somebody else has decided the step, or the database.
pub async fn decide(app: &App, person: &Person, shown: &Loaded, decided: Decided) -> Result<()> {
    let (app, person) = (app.clone(), person.clone());
    let (scope, case_id) = (person.scope(), shown.case.id.clone());
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    app.clone()
        .db
        .write(move |conn| {
            let loaded = apply::load_in(conn, &scope, &case_id)?;
            let profile = &policy::profile_of_case(&app, &loaded.case)?;
            let path = apply::path_of(profile, &loaded.case)?;
            let (application, decisions) = loaded.current().ok_or(Error::NotFound)?;
            let index = decisions.len();
            let Some(step) = path.approval.get(index) else { return Err(Error::Stale) };
            apply::check_decider(&person, &loaded, step).map_err(|missing| {
                policy::refusal(&app, profile, &Refusal { requirement: Some("R-143"), missing })
            })?;
            let hash = crate::review::evaluate::content_hash(
                conn,
                &loaded.assessment,
                &loaded.evaluation.score,
                &loaded.evaluation.judgement,
            )?;
            let unchanged = hash == loaded.evaluation.content_hash
                && apply::shown_hash(&loaded.evaluation, &application.purpose) == application.content_hash;
            let last = index + 1 == path.approval.len();
            let command = Command::Decide {
                outcome: decided.outcome,
                last,
                reason_chars: char_count(&decided.reason),
                manager_named: decided.manager.is_some(),
                manager_needed: apply::manager_needed(path),
                unchanged,
            };
            let event = case::decide(loaded.case.state, &command)
                .map_err(|refusal| policy::refusal(&app, profile, &refusal))?;
            let conditional = decided.outcome == Outcome::ApproveConditionally;
            let row = Decision {
                id: DecisionId::new(app.uuid()),
                organization_id: loaded.case.organization_id.clone(),
                application_id: application.id.clone(),
                step: i64::try_from(index).unwrap_or(i64::MAX),
                role: step.roles.iter().find(|role| person.roles.contains(role)).cloned().unwrap_or_default(),
                outcome: decided.outcome,
                reason: if conditional { String::new() } else { decided.reason.clone() },
                conditions: if conditional { decided.reason.clone() } else { String::new() },
                manager_id: decided.manager,
                content_hash: application.content_hash.clone(),
                decided_by: person.staff.id.clone(),
                decided_at: recorder.at.into(),
            };
            approvals::insert_decision(conn, &row)?;
            if let Event::Moved(next) = event {
                approvals::close_application(conn, &application.id, recorder.at.into())?;
                cases::move_case(conn, &loaded.case.id, loaded.case.version, next, recorder.at)?;
            }
            let detail = json!({ "outcome": row.outcome, "step": index, "content": row.content_hash });
            recorder.record(
                conn,
                "case.decided",
                ("decision", row.id.as_str()),
                Some(&loaded.case.id),
                detail,
            )?;
            Ok::<_, Error>(())
        })
        .await
}
