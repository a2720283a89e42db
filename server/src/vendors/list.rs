//! The list of vendors.

use axum::extract::State;
use domain::permission::Permission;
use questionnaires::japanese::corporate_number::CorporateNumber;
use questionnaires::japanese::search_key::search_key;
use serde::Serialize;
use store::vendors::{self, Vendor};

use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::percent_encode;
use crate::page::{self, Frame, Query};

const PAGE: i64 = 50;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Rows.
    pub vendors: Vec<Row>,
    /// Text searched for.
    pub text: String,
    /// Address of the next page; empty on the last.
    pub next: String,
    /// Whether the person may register vendors.
    pub may_register: bool,
}

/// A row.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Grouped number, or why there is none.
    pub number: String,
    /// Address.
    pub address: String,
    /// Contact.
    pub contact: String,
}

/// A corporate number as people read it.
#[must_use]
pub fn number_words(vendor: &Vendor) -> String {
    match vendor.corporate_number.as_deref().map(str::parse::<CorporateNumber>) {
        Some(Ok(number)) => number.to_string(),
        _ => format!("なし（{}）", vendor.no_number_reason),
    }
}

/// GET
pub async fn page(State(app): State<App>, person: Person, query: Query) -> Result {
    let text = query.get("q").unwrap_or_default().to_owned();
    let organization = person.organization.id.clone();
    let key = search_key(&text);
    let after = query.get("after").and_then(|text| {
        let (id, key) = text.split_once('_')?;
        Some((key.to_owned(), id.parse().ok()?))
    });
    let mut found = app
        .db
        .read(move |conn| {
            let after = after.as_ref().map(|(key, id): &(String, _)| (key.as_str(), id));
            Ok::<_, Error>(vendors::vendors(conn, &organization, &key, after, PAGE + 1)?)
        })
        .await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = match (more, found.last()) {
        (true, Some(last)) => {
            let after = percent_encode(&format!("{}_{}", last.id, last.search_key));
            format!("/vendors?after={after}&q={}", percent_encode(&text))
        }
        _ => String::new(),
    };
    let rows = found
        .iter()
        .map(|vendor| Row {
            id: vendor.id.to_string(),
            name: vendor.name.clone(),
            number: number_words(vendor),
            address: vendor.address.clone(),
            contact: vendor.contact_name.clone(),
        })
        .collect();
    let shown = Page { vendors: rows, text, next, may_register: person.may(Permission::EditCases) };
    page::render(
        &app,
        "vendors/list.html",
        &Frame::staff(&person, "事業者", "/vendors").with_done(&query),
        &shown,
    )
}
