//! Changing the record of a vendor.

use axum::extract::{Path, State};
use domain::ids::VendorId;
use serde_json::json;
use store::vendors;

use super::record::{self, Record};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;

const TITLE: &str = "事業者の登録内容の変更";

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>) -> Result {
    let (organization, id) = (person.organization.id.clone(), page::id::<VendorId>(&id)?);
    let vendor = app.db.read(move |conn| Ok::<_, Error>(vendors::vendor(conn, &organization, &id)?)).await?;
    let action = format!("/vendors/{}/edit", vendor.id);
    let shown = record::shown(action, &record::as_form(&vendor), Problems::default(), vendor.version);
    page::render(&app, "vendors/edit.html", &Frame::staff(&person, TITLE, "/vendors"), &shown)
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    let (organization, id) = (person.organization.id.clone(), page::id::<VendorId>(&id)?);
    let wanted = id.clone();
    let mut vendor =
        app.db.read(move |conn| Ok::<_, Error>(vendors::vendor(conn, &organization, &wanted)?)).await?;
    let mut problems = Problems::default();
    let record = Record::read(&form, &mut problems);
    // What the person had in front of them: somebody else's newer record is not overwritten.
    vendor.version = form.text("version").parse().map_err(|_| Error::Stale)?;
    let version = vendor.version;
    if problems.is_empty() {
        let recorder = Recorder::new(&app, &person.organization.id, person.actor());
        let row = record.into_row(vendor);
        let saved = app
            .db
            .write(move |conn| {
                vendors::update_vendor(conn, &row)?;
                recorder.record(
                    conn,
                    "vendor.changed",
                    ("vendor", row.id.as_str()),
                    None,
                    json!({ "name": row.name, "language": row.language }),
                )
            })
            .await;
        match saved {
            Ok(()) => return Ok(page::redirect(&format!("/vendors/{id}?done=saved"))),
            Err(store::Error::Duplicate) => {
                problems.add("corporate_number", "この法人番号は、別の事業者として登録されています");
            }
            Err(other) => return Err(other.into()),
        }
    }
    let frame = Frame::staff(&person, TITLE, "/vendors").with_problems(&problems);
    let shown = record::shown(format!("/vendors/{id}/edit"), &form, problems, version);
    page::render_problems(&app, "vendors/edit.html", &frame, &shown)
}
