//! Adding a service to a vendor.

use axum::extract::{Path, State};
use domain::ids::{ServiceId, VendorId};
use questionnaires::japanese::search_key::search_key;
use serde_json::json;
use store::vendors::{self, Service};

use super::show;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    let id = page::id::<VendorId>(&id)?;
    let mut problems = Problems::default();
    let name = form.line("service_name", "サービスの名称", 100, &mut problems);
    let description = form.optional("description", "サービスの概要", 500, &mut problems);
    if problems.is_empty() {
        match add(&app, &person, &id, name, description).await {
            Ok(_) => return Ok(page::redirect(&format!("/vendors/{id}?done=registered"))),
            Err(Error::Stale) => problems.add("service_name", "同じ名称のサービスが登録済みです"),
            Err(other) => return Err(other),
        }
    }
    let shown = show::load(&app, &person, &id, &form, problems).await?;
    let frame = Frame::staff(&person, shown.name.clone(), "/vendors").with_problems(&shown.problems);
    page::render_problems(&app, "vendors/show.html", &frame, &shown)
}

/// Adds a service.
///
/// # Errors
/// [`Error::NotFound`] for a vendor of somebody else, [`Error::Stale`] for a name that exists, or the database.
pub async fn add(
    app: &App,
    person: &Person,
    vendor: &VendorId,
    name: String,
    description: String,
) -> Result<ServiceId> {
    let id = ServiceId::new(app.uuid());
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let row = Service {
        id: id.clone(),
        organization_id: person.organization.id.clone(),
        vendor_id: vendor.clone(),
        search_key: search_key(&name),
        name,
        description,
        created_at: recorder.at.into(),
    };
    app.db
        .write(move |conn| {
            vendors::vendor(conn, &row.organization_id, &row.vendor_id)?;
            vendors::insert_service(conn, &row)?;
            recorder.record(
                conn,
                "service.registered",
                ("service", row.id.as_str()),
                None,
                json!({ "name": row.name }),
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(id)
}
