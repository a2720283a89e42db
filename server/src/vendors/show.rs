//! The card of a vendor.

use axum::extract::{Path, State};
use domain::ids::VendorId;
use domain::permission::Permission;
use serde::Serialize;
use store::vendors;

use super::changes;
use super::list::number_words;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What is known, label and value.
    pub record: Vec<(&'static str, String)>,
    /// Services.
    pub services: Vec<(String, String)>,
    /// What the company asked to change, latest first.
    pub changes: Vec<changes::Shown>,
    /// Whether the person may change it.
    pub may_edit: bool,
    /// Values of the forms as typed.
    pub values: Values,
    /// Their problems.
    pub problems: Problems,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>, query: Query) -> Result {
    let id = page::id::<VendorId>(&id)?;
    let shown = load(&app, &person, &id, &Form::default(), Problems::default()).await?;
    let frame = Frame::staff(&person, shown.name.clone(), "/vendors").with_done(&query);
    page::render(&app, "vendors/show.html", &frame, &shown)
}

/// Loads the card, with its forms as they were typed.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub async fn load(
    app: &App,
    person: &Person,
    id: &VendorId,
    form: &Form,
    problems: Problems,
) -> Result<Page> {
    let (organization, id) = (person.organization.id.clone(), id.clone());
    let (vendor, services, asked) = app
        .db
        .read(move |conn| {
            let vendor = vendors::vendor(conn, &organization, &id)?;
            let services = vendors::services_of(conn, &organization, &id)?;
            let asked = vendors::changes_of(conn, &organization, &id)?;
            Ok::<_, Error>((vendor, services, asked))
        })
        .await?;
    let record = vec![
        ("法人番号", number_words(&vendor)),
        ("フリガナ", vendor.kana.clone()),
        ("本店所在地", vendor.address.clone()),
        ("代表者", vendor.representative.clone()),
        ("担当者", vendor.contact_name.clone()),
        ("メールアドレス", vendor.contact_mail.clone()),
        ("電話番号", vendor.contact_phone.clone()),
        ("画面と案内の言語", vendor.language.label().to_owned()),
    ];
    Ok(Page {
        id: vendor.id.to_string(),
        name: vendor.name,
        record,
        services: services.into_iter().map(|service| (service.name, service.description)).collect(),
        changes: asked.iter().map(changes::shown).collect(),
        may_edit: person.may(Permission::EditCases),
        values: page::values(form),
        problems,
    })
}
