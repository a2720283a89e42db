//! Registering a case.

use axum::extract::State;
use domain::case::State as CaseState;
use domain::ids::CaseId;
use jiff::civil::Date;
use questionnaires::japanese::date::{fiscal_year, fiscal_year_name};
use questionnaires::japanese::search_key::search_key;
use questionnaires::policy::FactValue;
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

const TITLE: &str = "案件の登録";

/// GET
pub async fn page(State(app): State<App>, person: Person) -> Result {
    let profile = &policy::profile_of(&app, &person.organization)?;
    let departments = registration::departments(&app, &person).await?;
    let blank = Form::from_pairs([("department", person.staff.department_id.to_string())]);
    let shown =
        registration::show(&app, profile, &departments, &blank, Problems::default(), "/cases/new".into(), 0);
    page::render(&app, "cases/register.html", &Frame::staff(&person, TITLE, "/cases"), &shown)
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, form: Form) -> Result {
    let profile = &policy::profile_of(&app, &person.organization)?;
    let departments = registration::departments(&app, &person).await?;
    let sheet = registration::read(&app, profile, &departments, &form);
    if !sheet.problems.is_empty() {
        let frame = Frame::staff(&person, TITLE, "/cases").with_problems(&sheet.problems);
        let shown =
            registration::show(&app, profile, &departments, &form, sheet.problems, "/cases/new".into(), 0);
        return page::render_problems(&app, "cases/register.html", &frame, &shown);
    }
    let id = register(&app, &person, sheet).await?;
    Ok(page::redirect(&format!("/cases/{id}?done=registered")))
}

/// Registers a case from a sheet without problems.
///
/// # Errors
/// The database.
pub async fn register(app: &App, person: &Person, sheet: registration::Sheet) -> Result<CaseId> {
    let profile = &policy::profile_of(app, &person.organization)?;
    let (profile_id, edition) = (profile.id.clone(), profile.edition.clone());
    let id = CaseId::new(app.uuid());
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let rows = registration::rows_to_store(app, &id, &sheet.information);
    let facts = registration::facts_as_text(&sheet.facts);
    let year = fiscal_year(year_of(&sheet, app.today()));
    let (case_id, organization, staff) = (id.clone(), person.organization.id.clone(), person.staff.clone());
    app.db
        .write(move |conn| {
            let count = cases::cases_of_year(conn, &organization, i64::from(year))?;
            let number = format!("{}-{:04}", fiscal_year_name(year), count + 1);
            let row = Case {
                id: case_id.clone(),
                organization_id: organization,
                department_id: sheet.department.unwrap_or(staff.department_id),
                search_key: search_key(&format!("{} {number}", sheet.title)),
                number,
                title: sheet.title,
                fiscal_year: i64::from(year),
                state: CaseState::Draft,
                path: sheet.path,
                class: sheet.class,
                profile: profile_id,
                profile_edition: edition,
                officer_id: staff.id,
                chosen_assessment_id: None,
                created_at: recorder.at.into(),
                updated_at: recorder.at.into(),
                version: 1,
            };
            cases::insert_case(conn, &row)?;
            cases::insert_registration(conn, &case_id, &facts, &rows)?;
            let detail = json!({ "number": row.number, "path": row.path, "class": row.class });
            recorder.record(conn, "case.registered", ("case", case_id.as_str()), Some(&case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(id)
}

/// The fiscal year is that of the first day of performance; without one, today's.
fn year_of(sheet: &registration::Sheet, today: Date) -> Date {
    match sheet.facts.0.get("starts_on") {
        Some(FactValue::Date(start)) => *start,
        _ => today,
    }
}
