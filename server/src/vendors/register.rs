//! Registering a vendor.

use axum::extract::State;
use domain::ids::VendorId;
use domain::language::Language;
use serde_json::json;
use store::vendors::{self, Vendor};

use super::record::{self, Record};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;

const TITLE: &str = "事業者の登録";

/// GET
pub async fn page(State(app): State<App>, person: Person) -> Result {
    let shown = record::shown("/vendors/new".into(), &Form::default(), Problems::default(), 0);
    page::render(&app, "vendors/edit.html", &Frame::staff(&person, TITLE, "/vendors"), &shown)
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, form: Form) -> Result {
    let mut problems = Problems::default();
    let record = Record::read(&form, &mut problems);
    if problems.is_empty() {
        match register(&app, &person, record).await {
            Ok(id) => return Ok(page::redirect(&format!("/vendors/{id}?done=registered"))),
            Err(Error::Stale) => {
                problems
                    .add("corporate_number", "この法人番号の事業者は登録済みです。一覧から開いてください");
            }
            Err(other) => return Err(other),
        }
    }
    let frame = Frame::staff(&person, TITLE, "/vendors").with_problems(&problems);
    page::render_problems(
        &app,
        "vendors/edit.html",
        &frame,
        &record::shown("/vendors/new".into(), &form, problems, 0),
    )
}

/// Registers a vendor.
///
/// # Errors
/// [`Error::Stale`] when the corporate number is registered already, or the database.
pub async fn register(app: &App, person: &Person, record: Record) -> Result<VendorId> {
    let id = VendorId::new(app.uuid());
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let row = record.into_row(Vendor {
        id: id.clone(),
        organization_id: person.organization.id.clone(),
        corporate_number: None,
        no_number_reason: String::new(),
        name: String::new(),
        kana: String::new(),
        search_key: String::new(),
        address: String::new(),
        representative: String::new(),
        contact_name: String::new(),
        contact_mail: String::new(),
        contact_phone: String::new(),
        created_at: recorder.at.into(),
        version: 1,
        language: Language::Japanese,
    });
    app.db
        .write(move |conn| {
            vendors::insert_vendor(conn, &row)?;
            let detail = json!({ "name": row.name, "corporate_number": row.corporate_number, "language": row.language });
            recorder.record(conn, "vendor.registered", ("vendor", row.id.as_str()), None, detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(id)
}
