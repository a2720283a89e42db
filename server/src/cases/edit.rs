//! Changing the registration of a draft; what has been sent is frozen.

use axum::extract::{Path, State};
use domain::case::State as CaseState;
use domain::ids::CaseId;
use questionnaires::japanese::search_key::search_key;
use serde_json::json;
use store::cases::{self, Case};

use super::registration;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::policy::held as policy;
use crate::recording::Recorder;

const TITLE: &str = "案件の登録内容の変更";

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>) -> Result {
    let (scope, id) = (person.scope(), crate::page::id::<CaseId>(&id)?);
    let (case, facts, rows) = app
        .db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &id)?;
            Ok::<_, Error>((cases::facts(conn, &id)?, cases::information(conn, &id)?, case))
        })
        .await
        .map(|(facts, rows, case)| (case, facts, rows))?;
    refuse_sent(&case)?;
    let profile = &policy::profile_of_case(&app, &case)?;
    let departments = registration::departments(&app, &person).await?;
    let form = registration::as_form(&case.title, &case.department_id, &facts, &rows);
    let action = format!("/cases/{}/edit", case.id);
    let shown =
        registration::show(&app, profile, &departments, &form, Problems::default(), action, case.version);
    page::render(&app, "cases/register.html", &Frame::staff(&person, TITLE, "/cases"), &shown)
}

fn refuse_sent(case: &Case) -> Result<()> {
    if case.state == CaseState::Draft {
        return Ok(());
    }
    Err(Error::Refused {
        message: "調査票を送付した案件の登録内容は変更できません。内容が変わる場合は、新しい案件として登録してください。"
            .into(),
        clause: None,
    })
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    let (scope, id) = (person.scope(), crate::page::id::<CaseId>(&id)?);
    let wanted = id.clone();
    let mut case = app.db.read(move |conn| Ok::<_, Error>(cases::case(conn, &scope, &wanted)?)).await?;
    refuse_sent(&case)?;
    let profile = &policy::profile_of_case(&app, &case)?;
    let departments = registration::departments(&app, &person).await?;
    let sheet = registration::read(&app, profile, &departments, &form);
    if !sheet.problems.is_empty() {
        let frame = Frame::staff(&person, TITLE, "/cases").with_problems(&sheet.problems);
        let action = format!("/cases/{id}/edit");
        let shown =
            registration::show(&app, profile, &departments, &form, sheet.problems, action, case.version);
        return page::render_problems(&app, "cases/register.html", &frame, &shown);
    }
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    // What the person had in front of them: somebody else's newer registration is not overwritten.
    case.version = form.text("version").parse().map_err(|_| Error::Stale)?;
    case.search_key = search_key(&format!("{} {}", sheet.title, case.number));
    case.title = sheet.title;
    case.path = sheet.path;
    case.class = sheet.class;
    case.department_id = sheet.department.unwrap_or(case.department_id);
    case.updated_at = recorder.at.into();
    let rows = registration::rows_to_store(&app, &id, &sheet.information);
    let facts = registration::facts_as_text(&sheet.facts);
    let case_id = id.clone();
    app.db
        .write(move |conn| {
            cases::replace_registration(conn, &case, &facts, &rows)?;
            let detail = json!({ "path": case.path, "class": case.class });
            recorder.record(conn, "case.changed", ("case", case_id.as_str()), Some(&case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{id}?done=saved")))
}
