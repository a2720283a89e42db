//! 会社情報: what the municipality holds of the company, what the company asks to change, and its evidence.

use std::collections::BTreeMap;

use axum::extract::State;
use domain::ids::VendorChangeId;
use domain::vendor::ChangeState;
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Responder};
use store::vendors::{self, Vendor, VendorChange};

use super::library::{self, EvidenceShown};
use super::{previous, sheet};
use crate::access::{Respondent, responder_actor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::recording::Recorder;
use crate::vendors::changes;
use crate::vendors::record::{self, Record};

/// Its title.
const TITLE: &str = "会社情報";
/// Most characters of the reason.
const REASON_CHARS: usize = 500;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Municipality that holds the record.
    pub organization: String,
    /// What it holds, label and value.
    pub record: Vec<(&'static str, String)>,
    /// Requests so far, latest first.
    pub changes: Vec<changes::Shown>,
    /// Whether one of them waits for staff.
    pub waiting: bool,
    /// Evidence.
    pub evidence: Vec<EvidenceShown>,
    /// Values of the form.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let (own, shown) = shown(&app, &responder, None, Problems::default()).await?;
    let frame =
        Frame::vendor(&own.organization, &responder, responder.language().pick(TITLE, "Company record"))
            .with_done(&query);
    page::render(&app, "answering/company.html", &frame, &shown)
}

async fn shown(
    app: &App,
    responder: &Responder,
    typed: Option<&Form>,
    problems: Problems,
) -> Result<(sheet::Own, Page)> {
    let own = sheet::load(app, responder).await?;
    let (inner, asked, today) = (app.clone(), responder.clone(), app.today());
    let (changes, evidence) = app
        .db
        .read(move |conn| {
            let company = previous::of_company(conn, &inner, &asked)?;
            if company.is_empty() {
                return Err(Error::NotFound);
            }
            Ok((vendors::own_changes(conn, &asked)?, library::load_in(conn, &company, today)?))
        })
        .await?;
    let vendor = &own.vendor;
    let mut facts = vec![("法人番号", crate::vendors::list::number_words(vendor))];
    facts.extend(changes::FIELDS.iter().map(|(name, label)| (*label, changes::value(vendor, name))));
    let shown = Page {
        organization: own.organization.name.clone(),
        record: facts,
        waiting: changes.iter().any(|change| change.state == ChangeState::Open),
        changes: changes.iter().map(changes::shown).collect(),
        evidence,
        values: page::values(typed.unwrap_or(&record::as_form(vendor))),
        problems,
    };
    Ok((own, shown))
}

/// What a form asks to change of a record; only what differs.
fn wanted(vendor: &Vendor, form: &Form, problems: &mut Problems) -> BTreeMap<&'static str, String> {
    let typed = changes::FIELDS.iter().map(|(name, _)| (*name, form.text(name).to_owned()));
    // The number says which company it is; that is not asked for here.
    let fixed = [
        ("corporate_number", vendor.corporate_number.clone().unwrap_or_default()),
        ("no_number_reason", vendor.no_number_reason.clone()),
    ];
    let record = Record::read(&Form::from_pairs(typed.chain(fixed)), problems);
    let after = record.into_row(vendor.clone());
    let differing = changes::FIELDS.iter().map(|(name, _)| (*name, changes::value(&after, name)));
    differing.filter(|(name, value)| changes::value(vendor, name) != *value).collect()
}

/// POST: asks for a change; nothing changes before staff accept it.
pub async fn submit(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let mut problems = Problems::default();
    let wanted = wanted(&own.vendor, &form, &mut problems);
    let reason = form.required("reason", "変更の理由と時期", REASON_CHARS, &mut problems);
    if wanted.is_empty() && problems.is_empty() {
        problems.add("name", "登録されている内容と同じです。変わるところを直してください");
    }
    if !problems.is_empty() {
        let (own, shown) = shown(&app, &responder, Some(&form), problems).await?;
        let frame =
            Frame::vendor(&own.organization, &responder, responder.language().pick(TITLE, "Company record"))
                .with_problems(&shown.problems);
        return page::render_problems(&app, "answering/company.html", &frame, &shown);
    }
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    let inner = app.clone();
    app.db
        .write(move |conn| {
            if previous::of_company(conn, &inner, &responder)?.is_empty() {
                return Err(Error::NotFound);
            }
            if vendors::own_changes(conn, &responder)?.iter().any(|own| own.state == ChangeState::Open) {
                return Err(Error::Refused {
                    message:
                        "前に申し出た変更を、担当者が確認しています。急ぐ場合は、担当者に連絡してください。"
                            .into(),
                    clause: None,
                });
            }
            let (assessment, vendor) = assessments::own_assessment(conn, &responder)?;
            let row = VendorChange {
                id: VendorChangeId::new(inner.uuid()),
                organization_id: responder.organization().clone(),
                vendor_id: vendor.id,
                assessment_id: assessment.id,
                wanted: json!(wanted).to_string(),
                reason,
                requested_by: responder.name().to_owned(),
                requested_at: recorder.at.into(),
                state: ChangeState::Open,
                answer: String::new(),
                settled_by: None,
                settled_at: None,
            };
            vendors::insert_change(conn, &row)?;
            let detail = json!({ "change": row.id, "fields": wanted.keys().collect::<Vec<_>>() });
            recorder.record(
                conn,
                "vendor.change_requested",
                ("vendor", row.vendor_id.as_str()),
                None,
                detail,
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect("/v/company?done=requested"))
}
