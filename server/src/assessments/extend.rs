//! More time for everybody who has not submitted: the same new due time for all, told to each. One vendor alone gets
//! more only where staff choose so.

use axum::extract::{Path, State};
use domain::case::{self, AssessmentState, Command};
use domain::conversation::RequestKind;
use domain::ids::AssessmentId;
use questionnaires::japanese::date::parse_date;
use serde_json::json;
use store::assessments;
use store::cases;
use store::outbox;

use super::{issue, mail, send_back};
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
pub async fn submit(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    let mut problems = Problems::default();
    let due = match parse_date(form.text("due")) {
        Ok(day) => Some(issue::due_instant(day)?),
        Err(problem) => {
            problems.add("due", format!("新しい回答期限：{problem}"));
            None
        }
    };
    if due.is_some_and(|due| due <= app.now()) {
        problems.add("due", "新しい回答期限は、これから先の日を入力してください");
    }
    let reason = form.required("reason", "延ばす理由", REASON_CHARS, &mut problems);
    let Some(due) = due.filter(|_| problems.is_empty()) else {
        return show::refused(&app, &person, &id, &form, problems).await;
    };
    let only = match form.text("only") {
        "" => None,
        one => Some(page::id::<AssessmentId>(one)?),
    };
    let (scope, case) = (person.scope(), page::id(&id)?);
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let inner = app.clone();
    app.db
        .write(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let profile = policy::profile_of_case(&inner, &case)?;
            let all = assessments::assessments_of(conn, &case.id)?;
            let open: Vec<_> = all
                .into_iter()
                .filter(|(own, _)| own.submitted_at.is_none() && own.state != AssessmentState::Declined)
                .filter(|(own, _)| only.as_ref().is_none_or(|only| own.id == *only))
                .collect();
            let latest = open.iter().map(|(own, _)| own.due_at.get()).max().unwrap_or(recorder.at);
            let command = Command::Extend {
                open: open.len(),
                due: latest,
                until: due,
                now: recorder.at,
                reason_chars: reason.chars().count(),
            };
            case::decide(case.state, &command)
                .map_err(|refusal| policy::refusal(&inner, &profile, &refusal))?;
            for (mut assessment, vendor) in open {
                let before = assessment.due_at.get();
                assessment.due_at = due.into();
                assessments::update_assessment(conn, &assessment)?;
                assessments::prolong_invitations(conn, &assessment.id, issue::open_until(&profile, due))?;
                let said = mail::Notice { template: "extension", reason: &reason };
                let message = mail::notice(
                    &inner,
                    (&person.organization, &person.staff.name),
                    &case,
                    &assessment,
                    &vendor,
                    &said,
                    recorder.at,
                )?;
                outbox::enqueue(conn, &message)?;
                send_back::grant(conn, &assessment.id, RequestKind::Extension, &person, recorder.at)?;
                let detail = json!({ "from": before, "to": due, "reason": reason, "only": only.is_some() });
                let object = ("assessment", assessment.id.as_str());
                recorder.record(conn, "assessment.extended", object, Some(&case.id), detail)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{id}?done=extended")))
}
