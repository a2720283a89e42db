//! Putting an approved case into the ledger.

use axum::extract::{Path, State};
use domain::case::{self, Command, Event};
use domain::ids::LedgerEntryId;
use jiff::Span;
use questionnaires::answer::Value;
use questionnaires::japanese::countries::country_name;
use serde_json::json;
use store::answers;
use store::ledger::{self, LedgerEntry};
use store::{approvals, cases};

use crate::access::Person;
use crate::app::{App, day_in_japan};
use crate::approvals::apply::{self, Loaded};
use crate::error::{Error, Result};
use crate::page;
use crate::policy::held as policy;
use crate::recording::Recorder;

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(case): Path<String>) -> Result {
    let loaded = apply::load(&app, &person, &case).await?;
    register(&app, &person, loaded).await?;
    Ok(page::redirect("/ledger?done=entered"))
}

/// Writes the entry.
///
/// # Errors
/// A refusal before the clauses are fixed, [`Error::Stale`], or the database.
pub async fn register(app: &App, person: &Person, loaded: Loaded) -> Result<()> {
    let profile = &policy::profile_of_case(app, &loaded.case)?;
    let event = case::decide(loaded.case.state, &Command::Register)
        .map_err(|refusal| policy::refusal(app, profile, &refusal))?;
    let decision =
        loaded.current().and_then(|(_, decisions)| decisions.last()).cloned().ok_or(Error::NotFound)?;
    let months = i64::from(profile.limits.get("review_interval_months").copied().unwrap_or(12));
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let approved_on = day_in_japan(decision.decided_at.get());
    let review_due_on = approved_on
        .checked_add(Span::new().months(months))
        .map_err(|error| Error::internal("review date", error))?;
    let id = LedgerEntryId::new(app.uuid());
    app.db
        .write(move |conn| {
            let sheet = answers::sheet(&answers::answers_of(conn, &loaded.assessment.id)?);
            let entry = LedgerEntry {
                id,
                organization_id: loaded.case.organization_id.clone(),
                case_id: loaded.case.id.clone(),
                assessment_id: loaded.assessment.id.clone(),
                vendor_id: loaded.vendor.id.clone(),
                service_id: loaded.assessment.service_id.clone(),
                department_id: loaded.case.department_id.clone(),
                path: loaded.case.path.clone(),
                class: loaded.case.class.clone(),
                approved_on: approved_on.into(),
                conditions: decision.conditions,
                manager_id: decision.manager_id,
                countries: countries(&sheet),
                review_due_on: review_due_on.into(),
                created_at: recorder.at.into(),
            };
            // The decision must still be the last one of this case.
            if approvals::applications_of(conn, &loaded.case.id)?.first().map(|(a, _)| &a.id)
                != Some(&decision.application_id)
            {
                return Err(Error::Stale);
            }
            ledger::insert_entry(conn, &entry)?;
            if let Event::Moved(next) = event {
                cases::move_case(conn, &loaded.case.id, loaded.case.version, next, recorder.at)?;
            }
            let detail = json!({ "approved_on": approved_on, "review_due_on": review_due_on });
            recorder.record(
                conn,
                "ledger.entered",
                ("ledger_entry", entry.id.as_str()),
                Some(&entry.case_id),
                detail,
            )?;
            Ok::<_, Error>(())
        })
        .await
}

/// Every country that the answers name as a place of data, in Japanese, once each.
fn countries(sheet: &questionnaires::answer::AnswerSheet) -> String {
    let mut names: Vec<&str> = Vec::new();
    let values = sheet.0.values().flat_map(|answer| answer.parts.values());
    for code in values
        .filter_map(|value| if let Value::Countries(codes) = value { Some(codes) } else { None })
        .flatten()
    {
        let name = country_name(code).unwrap_or("不明・非開示");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("、")
}
