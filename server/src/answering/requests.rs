//! 依頼の一覧: everything that was asked of one address, by whichever municipality and of whichever company.

use axum::extract::{Path, State};
use domain::ids::InvitationId;
use domain::language::Language;
use jiff::Timestamp;
use questionnaires::japanese::business_day::{Calendar, open_days_between};
use serde::Serialize;
use store::assessments::{self, Assessment, Invitation};
use store::{Conn, accounts, answers, cases, colleagues, vendors};

use super::invitation::{begin_in, entered};
use super::sheet;
use crate::access::Respondent;
use crate::app::{App, day_in_japan};
use crate::error::{Error, Result};
use crate::page::{self, Frame, Query};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Whether a code has proved the address; without, only the session's own request is listed.
    pub proved: bool,
    /// Whether codes can be sent.
    pub has_mail: bool,
    /// Not submitted and not closed, due first first.
    pub open: Vec<Request>,
    /// The others, latest first.
    pub closed: Vec<Request>,
}

/// A request.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// Id of the invitation.
    pub id: String,
    /// Municipality.
    pub organization: String,
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Due, with the open days that are left.
    pub due: String,
    /// Whether it is overdue.
    pub overdue: bool,
    /// Progress in words.
    pub progress: String,
    /// What to do next.
    pub next: &'static str,
    /// Whether the session is open for it.
    pub current: bool,
    /// Whether it can be opened.
    pub opens: bool,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let now = app.now();
    let (asker, language) = (responder.clone(), responder.language());
    let (organization, open, closed) = app
        .db
        .read(move |conn| {
            let organization = accounts::organization(conn, asker.organization())?;
            let mut open = Vec::new();
            let mut closed = Vec::new();
            for (invitation, assessment) in colleagues::requests(conn, &asker)? {
                let waits = assessment.submitted_at.is_none() && invitation.lives(now);
                let due = assessment.due_at.clone();
                let current = invitation.id == *asker.invitation();
                let row = Request { current, ..request(conn, &invitation, &assessment, language, now)? };
                if waits { open.push((due, row)) } else { closed.push(row) }
            }
            open.sort_by(|(a, _), (b, _)| a.cmp(b));
            Ok::<_, Error>((organization, open, closed))
        })
        .await?;
    let shown = Page {
        proved: responder.proved_address().is_some(),
        has_mail: app.config.mail.is_some(),
        open: open.into_iter().map(|(_, row)| row).collect(),
        closed,
    };
    let frame = Frame::vendor(&organization, &responder, responder.language().pick("依頼の一覧", "Requests"))
        .with_done(&query);
    page::render(&app, "answering/requests.html", &frame, &shown)
}

fn request(
    conn: &mut Conn,
    invitation: &Invitation,
    assessment: &Assessment,
    language: Language,
    now: Timestamp,
) -> Result<Request> {
    let organization = accounts::organization(conn, &invitation.organization_id)?;
    let vendor = vendors::vendor(conn, &organization.id, &assessment.vendor_id)?;
    let questionnaire = sheet::questionnaire(conn, assessment)?;
    let progress = questionnaire.progress(&answers::sheet(&answers::answers_of(conn, &assessment.id)?));
    let due = assessment.due_at.get();
    let submitted = assessment.submitted_at.is_some();
    let overdue = !submitted && due < now;
    let left = open_days_between(&Calendar::default(), day_in_japan(now), day_in_japan(due));
    let (japanese, english) = if submitted {
        ("団体からの連絡をお待ちください", "Wait for the municipality")
    } else if overdue {
        ("期限の延長を担当者に申し出てください", "Ask the office for more time")
    } else if assessment.return_reason.is_some() {
        ("修正して、もう一度提出してください", "Correct the answers and submit again")
    } else if progress.complete == progress.visible {
        ("内容を確認して提出してください", "Review the answers and submit")
    } else if assessment.started_at.is_none() {
        ("回答を始めてください", "Begin to answer")
    } else {
        ("回答を続けてください", "Continue to answer")
    };
    Ok(Request {
        id: invitation.id.to_string(),
        organization: organization.name,
        title: cases::title_of(conn, &assessment.case_id)?,
        vendor: vendor.name,
        due: match (submitted, overdue) {
            (false, false) => {
                let due = page::moment_in(language, due);
                language
                    .pick(format!("{due}（あと{left}開庁日）"), format!("{due}, {left} working days left"))
            }
            _ => page::moment_in(language, due),
        },
        overdue,
        progress: match submitted {
            true => language.pick("提出済み", "Submitted").to_owned(),
            false => {
                let (all, done) = (progress.visible, progress.complete);
                language.pick(
                    format!("{all}問のうち{done}問が完了"),
                    format!("{done} of {all} questions complete"),
                )
            }
        },
        next: language.pick(japanese, english),
        current: false,
        opens: invitation.lives(now),
    })
}

/// How many other requests a session may open.
///
/// # Errors
/// The database.
pub(super) fn others(conn: &mut Conn, responder: &assessments::Responder) -> Result<usize> {
    if responder.proved_address().is_none() {
        return Ok(0);
    }
    Ok(colleagues::requests(conn, responder)?.len().saturating_sub(1))
}

/// POST: a new session for another request of the same address; the one before ends.
pub async fn switch(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(invitation): Path<String>,
) -> Result {
    let wanted: InvitationId = page::id(&invitation)?;
    // Whoever came by a link alone has shown that they hold the link, and nothing of a mailbox.
    if responder.proved_address().is_none() {
        return Err(Error::NotFound);
    }
    let (session, hash) = app.secret();
    let inner = app.clone();
    app.db
        .write(move |conn| {
            let found = colleagues::requests(conn, &responder)?;
            let (invitation, _) = found
                .into_iter()
                .find(|(one, _)| one.id == wanted && one.lives(inner.now()))
                .ok_or(Error::NotFound)?;
            assessments::end_vendor_session(conn, responder.token_hash())?;
            begin_in(conn, &inner, &invitation, &hash, (true, Some(responder.language())))?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(entered(&app, "/v?done=switched-request", &session))
}
