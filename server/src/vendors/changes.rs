//! Changes that a company asks for: shown beside what is held, accepted or refused by staff.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use domain::ids::{VendorChangeId, VendorId};
use domain::vendor::ChangeState;
use serde::Serialize;
use serde_json::json;
use store::vendors::{self, Vendor, VendorChange};

use super::record::{self, Record};
use super::show;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;

/// Most characters of the answer to the company.
const ANSWER_CHARS: usize = 500;

/// Fields of a record that a company can ask to change.
pub const FIELDS: &[(&str, &str)] = &[
    ("name", "商号又は名称"),
    ("kana", "フリガナ"),
    ("address", "本店所在地"),
    ("representative", "代表者の職・氏名"),
    ("contact_name", "担当者の氏名"),
    ("contact_mail", "メールアドレス"),
    ("contact_phone", "電話番号"),
];

/// A request as both sides see it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Id.
    pub id: String,
    /// Label and wanted value.
    pub wanted: Vec<(&'static str, String)>,
    /// Why, and from when.
    pub reason: String,
    /// Who asked, and when.
    pub requested: String,
    /// State in words.
    pub state: &'static str,
    /// Whether it waits for staff.
    pub open: bool,
    /// What staff answered.
    pub answer: String,
}

/// A field of a record.
#[must_use]
pub fn value(vendor: &Vendor, field: &str) -> String {
    record::as_form(vendor).text(field).to_owned()
}

/// A request in words.
#[must_use]
pub fn shown(change: &VendorChange) -> Shown {
    let wanted = fields(change);
    Shown {
        id: change.id.to_string(),
        wanted: FIELDS
            .iter()
            .filter_map(|(name, label)| Some((*label, wanted.get(*name)?.clone())))
            .collect(),
        reason: change.reason.clone(),
        requested: format!("{}　{}", change.requested_by, page::moment(change.requested_at.get())),
        state: change.state.label(),
        open: change.state == ChangeState::Open,
        answer: change.answer.clone(),
    }
}

/// What is wanted; a row that cannot be read wants nothing.
fn fields(change: &VendorChange) -> BTreeMap<String, String> {
    serde_json::from_str(&change.wanted).unwrap_or_default()
}

/// POST: accepts or refuses a request. Cases keep what they were sent with.
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((vendor, change)): Path<(String, String)>,
    form: Form,
) -> Result {
    let (id, change) = (page::id::<VendorId>(&vendor)?, page::id::<VendorChangeId>(&change)?);
    let organization = person.organization.id.clone();
    let (wanted, held) = (change.clone(), id.clone());
    let found = app
        .db
        .read(move |conn| {
            let mut all = vendors::changes_of(conn, &organization, &held)?;
            all.retain(|own| own.id == wanted);
            Ok::<_, Error>(all.pop())
        })
        .await?
        .ok_or(Error::NotFound)?;
    let state = match form.text("act") {
        "accept" => ChangeState::Accepted,
        "refuse" => ChangeState::Refused,
        _ => return Err(Error::BadRequest("no act")),
    };
    let mut problems = Problems::default();
    let field = format!("answer-{change}");
    let answer = if state == ChangeState::Refused {
        form.required(&field, "反映しない理由", ANSWER_CHARS, &mut problems)
    } else {
        form.optional(&field, "事業者への連絡", ANSWER_CHARS, &mut problems)
    };
    if !problems.is_empty() {
        let shown = show::load(&app, &person, &id, &form, problems).await?;
        let frame = Frame::staff(&person, shown.name.clone(), "/vendors").with_problems(&shown.problems);
        return page::render_problems(&app, "vendors/show.html", &frame, &shown);
    }
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    app.db
        .write(move |conn| {
            let row = VendorChange {
                state,
                answer,
                settled_by: Some(person.staff.id.clone()),
                settled_at: Some(recorder.at.into()),
                ..found
            };
            vendors::settle_change(conn, &row)?;
            if state == ChangeState::Accepted {
                let vendor = vendors::vendor(conn, &person.organization.id, &row.vendor_id)?;
                vendors::update_vendor(conn, &with(vendor, &row)?)?;
            }
            let action = match state {
                ChangeState::Accepted => "vendor.change_accepted",
                _ => "vendor.change_refused",
            };
            let detail = json!({ "change": row.id, "fields": fields(&row).keys().collect::<Vec<_>>() });
            recorder.record(conn, action, ("vendor", row.vendor_id.as_str()), None, detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/vendors/{vendor}?done=settled")))
}

/// The record with what is wanted in it, read like any other record.
fn with(vendor: Vendor, change: &VendorChange) -> Result<Vendor> {
    let wanted = fields(change);
    let held = record::as_form(&vendor);
    let pairs = held.fields().keys().map(|name| {
        let value = wanted.get(name).cloned().unwrap_or_else(|| held.text(name).to_owned());
        (name.as_str(), value)
    });
    let mut problems = Problems::default();
    let record = Record::read(&Form::from_pairs(pairs), &mut problems);
    match problems.all().first() {
        None => Ok(record.into_row(vendor)),
        Some(problem) => Err(Error::Refused {
            message: format!(
                "申し出の内容を反映できません。{}。登録内容の変更の画面で直してください。",
                problem.message
            ),
            clause: None,
        }),
    }
}
