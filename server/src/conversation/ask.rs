//! What a vendor asks of the municipality: more time, to change what was submitted, not to answer.

use axum::extract::{Path, State};
use domain::case::AssessmentState;
use domain::conversation::{RequestKind, RequestOutcome, Standing, may_ask};
use domain::ids::VendorRequestId;
use domain::language::Language;
use domain::respondent;
use questionnaires::japanese::date::{parse_date, wareki_long};
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Responder};
use store::conversation::{self, VendorRequest};
use store::{accounts, cases, outbox};

use crate::access::{Respondent, responder_actor};
use crate::answering::sheet::{self, Own};
use crate::app::App;
use crate::assessments::mail;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::recording::Recorder;

/// Most characters of a reason.
pub const REASON_CHARS: usize = 500;
const TITLE: &str = "担当者への申出";

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Due in words.
    pub due: String,
    /// What may be asked for now, by kind; the others are left out.
    pub may: Vec<&'static str>,
    /// Why this person may ask for nothing; empty otherwise.
    pub denied: String,
    /// What was asked for, latest first.
    pub requests: Vec<RequestShown>,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// A request.
#[derive(Debug, Clone, Serialize)]
pub struct RequestShown {
    /// Id.
    pub id: String,
    /// Who asks; empty where the vendor sees its own.
    pub vendor: String,
    /// What for.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
    /// The day wished for; empty without one.
    pub wished: String,
    /// Who asked, and when.
    pub by: String,
    /// What became of it.
    pub outcome: &'static str,
    /// Id of the outcome.
    pub outcome_id: &'static str,
    /// What staff said.
    pub answer: String,
}

impl RequestShown {
    /// A request as pages show it.
    #[must_use]
    pub fn of(request: &VendorRequest, vendor: &str) -> Self {
        Self {
            id: request.id.to_string(),
            vendor: vendor.to_owned(),
            kind: request.kind.label(),
            reason: request.reason.clone(),
            wished: request.wished_day.as_ref().map_or(String::new(), |day| wareki_long(day.get())),
            by: format!("{}　{}", request.requested_by, page::moment(request.requested_at.get())),
            outcome: request.outcome.label(),
            outcome_id: request.outcome.as_str(),
            answer: request.answer.clone(),
        }
    }
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let (own, requests) = load(&app, &responder).await?;
    let mut shown =
        shown(&app, (&own, responder.language()), &requests, &Form::default(), Problems::default());
    if let Err(denial) = respondent::may_ask(responder.role()) {
        shown.may.clear();
        shown.denied = denial.words_in(responder.language());
    }
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick(TITLE, "Requests to the office"),
    )
    .with_done(&query);
    page::render(&app, "conversation/ask.html", &frame, &shown)
}

async fn load(app: &App, responder: &Responder) -> Result<(Own, Vec<VendorRequest>)> {
    let responder = responder.clone();
    app.db
        .read(move |conn| {
            let own = sheet::load_in(conn, &responder)?;
            let requests = conversation::requests_of(conn, &own.assessment.id)?;
            Ok::<_, Error>((own, requests))
        })
        .await
}

fn standing(own: &Own, requests: &[VendorRequest], kind: RequestKind, now: jiff::Timestamp) -> Standing {
    let waits = |request: &VendorRequest| request.kind == kind && request.outcome == RequestOutcome::Waiting;
    Standing {
        state: own.assessment.state,
        due: own.assessment.due_at.get(),
        now,
        waits: requests.iter().any(waits),
    }
}

fn shown(
    app: &App,
    (own, language): (&Own, Language),
    requests: &[VendorRequest],
    form: &Form,
    problems: Problems,
) -> Page {
    let allowed = |kind: &&RequestKind| may_ask(**kind, standing(own, requests, **kind, app.now())).is_ok();
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        may: RequestKind::ALL.iter().filter(allowed).map(|kind| kind.as_str()).collect(),
        denied: String::new(),
        requests: requests.iter().map(|request| RequestShown::of(request, "")).collect(),
        values: page::values(form),
        problems,
    }
}

/// POST
pub async fn submit(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(kind): Path<String>,
    form: Form,
) -> Result {
    let kind: RequestKind = page::id(&kind)?;
    let field = |name: &str| format!("{}-{name}", kind.as_str());
    let mut problems = Problems::reading(responder.language());
    let reason = form.required(
        &field("reason"),
        responder.language().pick("理由", "Reason"),
        REASON_CHARS,
        &mut problems,
    );
    let mut wished = None;
    if kind == RequestKind::Extension {
        match parse_date(form.text(&field("day"))) {
            Ok(day) if day <= app.today() => {
                problems.add(
                    field("day"),
                    responder
                        .language()
                        .pick("希望する期限は、明日以後の日を入力してください", "Enter a day after today"),
                );
            }
            Ok(day) => wished = Some(day),
            Err(problem) => problems.add(field("day"), format!("希望する期限：{problem}")),
        }
    }
    if kind == RequestKind::Decline && form.text(&field("sure")) != "yes" {
        problems.add(
            field("sure"),
            responder.language().pick(
                "辞退することを確認し、チェックを入れてください",
                "Confirm that you decline and tick the box",
            ),
        );
    }
    if !problems.is_empty() {
        let (own, requests) = load(&app, &responder).await?;
        let frame = Frame::vendor(
            &own.organization,
            &responder,
            responder.language().pick(TITLE, "Requests to the office"),
        )
        .with_problems(&problems);
        let shown = shown(&app, (&own, responder.language()), &requests, &form, problems);
        return page::render_problems(&app, "conversation/ask.html", &frame, &shown);
    }
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    let inner = app.clone();
    app.db
        .write(move |conn| {
            respondent::may_ask(responder.role())?;
            let own = sheet::load_in(conn, &responder)?;
            let before = conversation::requests_of(conn, &own.assessment.id)?;
            may_ask(kind, standing(&own, &before, kind, recorder.at))
                .map_err(|refusal| Error::refused(&refusal, None))?;
            let settled = kind == RequestKind::Decline;
            let request = VendorRequest {
                id: VendorRequestId::new(inner.uuid()),
                organization_id: responder.organization().clone(),
                assessment_id: own.assessment.id.clone(),
                kind,
                reason,
                wished_day: wished.map(Into::into),
                requested_by: responder.name().to_owned(),
                requested_at: recorder.at.into(),
                outcome: if settled { RequestOutcome::Noted } else { RequestOutcome::Waiting },
                answer: String::new(),
                settled_by: None,
                settled_at: settled.then(|| recorder.at.into()),
                version: 1,
            };
            conversation::insert_request(conn, &request)?;
            if settled {
                let mut declined = own.assessment.clone();
                declined.state = AssessmentState::Declined;
                assessments::update_assessment(conn, &declined)?;
            }
            let case = cases::any(conn, &own.assessment.case_id)?;
            let officer = accounts::staff_member(conn, &own.organization.id, &case.officer_id)?;
            if let Some(message) =
                mail::to_officer(&inner, &own.organization, &case, &own.vendor, &officer, recorder.at)?
            {
                outbox::enqueue(conn, &message)?;
            }
            let action = if settled { "assessment.declined" } else { "request.made" };
            let object = ("assessment", own.assessment.id.as_str());
            let detail = json!({ "kind": kind.as_str(), "wished": wished });
            recorder.record(conn, action, object, Some(&case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(if kind == RequestKind::Decline {
        "/v/ask?done=declined"
    } else {
        "/v/ask?done=asked-for"
    }))
}
