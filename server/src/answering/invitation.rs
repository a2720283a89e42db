//! Opening an invitation: a GET shows what is asked and changes nothing, a POST begins a session. Where mail can be
//! sent, the link alone opens once; whoever comes back with it proves by a code that the mailbox is theirs.
//!
//! The token stays in the address until the POST: a redirect that strips it is followed by the browser inside a mail
//! program, which then hands an address without it to another one.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::Response;
use domain::code::NotYet;
use domain::language::Language;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::accounts::{self, Organization};
use store::assessments::{self, Invitation};
use store::{Conn, vendors};

use super::code::{self, Problem};
use super::{overview, sheet};
use crate::access::{Cookie, Respondent};
use crate::app::{App, token_hash};
use crate::error::{Error, Result};
use crate::form::Form;
use crate::page::{self, Frame, Query};
use crate::recording::Recorder;

/// Sessions that one invitation begins within an hour: more are no person.
const SESSIONS_AN_HOUR: i64 = 20;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// The token, for the form; the page has nothing that could carry it elsewhere.
    pub token: String,
    /// Municipality.
    pub organization: String,
    /// Its office.
    pub office: String,
    /// Telephone number.
    pub phone: String,
    /// Company.
    pub vendor: String,
    /// Addressee.
    pub name: String,
    /// Until when the answer is due, in words.
    pub due: String,
    /// Until when the invitation opens, in words.
    pub until: String,
    /// Questions at the most.
    pub questions: usize,
    /// How long they take, in words.
    pub takes: String,
    /// Whether the reader has chosen the language of the page.
    pub chosen: bool,
    /// Whether a code has to be typed.
    pub by_code: bool,
}

async fn invitation(app: &App, token: &str) -> Result<Invitation> {
    let (hash, now) = (token_hash(token), app.now());
    let found =
        app.db.read(move |conn| Ok::<_, Error>(assessments::invitation_by_token(conn, &hash)?)).await?;
    // Unknown, revoked and expired look the same from outside.
    found.filter(|invitation| invitation.lives(now)).ok_or(Error::InvitationGone)
}

/// Whether a code can reach the addressee at all.
fn has_code(app: &App, invitation: &Invitation) -> bool {
    app.config.mail.is_some() && !invitation.mail.is_empty()
}

/// Whether the link alone does not open an invitation any more.
fn needs_code(app: &App, invitation: &Invitation) -> bool {
    has_code(app, invitation) && invitation.redeemed_at.is_some()
}

/// GET
pub async fn page(State(app): State<App>, Path(token): Path<String>, query: Query) -> Result {
    let invitation = invitation(&app, &token).await?;
    let by_code = needs_code(&app, &invitation);
    let wanted = wanted(query.get("lang").unwrap_or_default());
    let (organization, language, shown) = app
        .db
        .read(move |conn| {
            let organization = accounts::organization(conn, &invitation.organization_id)?;
            let assessment = assessments::assessment_of(conn, &invitation)?;
            let vendor = vendors::vendor(conn, &organization.id, &assessment.vendor_id)?;
            let language = wanted.unwrap_or(vendor.language);
            let outlook = sheet::questionnaire(conn, &assessment)?.outlook();
            let questions = outlook.always + outlook.conditional;
            let shown = Page {
                token,
                organization: organization.name.clone(),
                office: organization.office.clone(),
                phone: organization.phone.clone(),
                vendor: vendor.name,
                name: invitation.name,
                due: page::moment_in(language, assessment.due_at.get()),
                until: page::moment_in(language, invitation.expires_at.get()),
                questions,
                takes: overview::time_words(language, outlook.minutes),
                chosen: wanted.is_some(),
                by_code,
            };
            Ok::<_, Error>((organization, language, shown))
        })
        .await?;
    let title = language.pick("調査票のご案内", "Invitation to a questionnaire");
    let frame = Frame::guest(&organization, language, title);
    page::render(&app, "answering/invitation.html", &frame, &shown)
}

/// The language that somebody has chosen on a page without a session.
pub(super) fn wanted(word: &str) -> Option<Language> {
    word.parse().ok()
}

/// POST: begins a session, or sends the code that has to be typed first.
pub async fn redeem(State(app): State<App>, Path(token): Path<String>, form: Form) -> Result {
    let wanted = wanted(form.text("lang"));
    if let Some(session) = enter(&app, &token, wanted).await? {
        return Ok(entered(&app, "/v", &session));
    }
    let invitation = invitation(&app, &token).await?;
    let sent = code::send(&app, invitation.id.to_string(), Some(invitation.clone())).await?;
    // Pressing the button of the link twice is no request for another code: the one on its way is shown.
    let problem = match sent {
        Ok(()) => None,
        Err(NotYet::Just(_)) if form.text("again") != "yes" => None,
        Err(not_yet) => Some(Problem::NotYet(not_yet)),
    };
    code_page(&app, &token, invitation, wanted, problem).await
}

/// POST: the code.
pub async fn with_code(State(app): State<App>, Path(token): Path<String>, form: Form) -> Result {
    let wanted = wanted(form.text("lang"));
    let invitation = invitation(&app, &token).await?;
    if !code::check(&app, invitation.id.to_string(), &form).await? {
        return code_page(&app, &token, invitation, wanted, Some(Problem::Wrong)).await;
    }
    let session = begin(&app, invitation, (true, wanted)).await?.ok_or(Error::InvitationGone)?;
    Ok(entered(&app, "/v", &session))
}

async fn code_page(
    app: &App,
    token: &str,
    invitation: Invitation,
    wanted: Option<Language>,
    problem: Option<Problem>,
) -> Result {
    let (organization, language): (Organization, Language) = app
        .db
        .read(move |conn| {
            let organization = accounts::organization(conn, &invitation.organization_id)?;
            Ok::<_, Error>((organization, code::language_of(conn, &invitation)?))
        })
        .await?;
    let shown = code::Page {
        action: format!("/i/{token}/code"),
        again: format!("/i/{token}"),
        carried: wanted.iter().map(|own| ("lang".to_owned(), own.as_str().to_owned())).collect(),
        ..code::Page::default()
    };
    code::shown(app, (Some(&organization), wanted.unwrap_or(language)), shown, problem.as_ref())
}

/// A redirect with the cookie of a session.
pub(super) fn entered(app: &App, to: &str, session: &str) -> Response {
    let mut response = page::redirect(to);
    if let Some(cookie) = Cookie::Vendor.set(app, session) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Redeems the token of an invitation; returns the token of the session that begins, or nothing when a code is needed.
///
/// # Errors
/// [`Error::InvitationGone`], [`Error::TooMany`], or the database.
pub async fn enter(app: &App, token: &str, wanted: Option<Language>) -> Result<Option<String>> {
    let invitation = invitation(app, token).await?;
    if needs_code(app, &invitation) {
        return Ok(None);
    }
    begin(app, invitation, (false, wanted)).await
}

/// Begins a session; nothing when somebody else has redeemed the link since it was read and a code is needed now.
pub(super) async fn begin(
    app: &App,
    invitation: Invitation,
    (proved, wanted): (bool, Option<Language>),
) -> Result<Option<String>> {
    let (session, session_hash) = app.secret();
    let inner = app.clone();
    let begun = app
        .db
        .write(move |conn| {
            if begin_in(conn, &inner, &invitation, &session_hash, (proved, wanted))? {
                return Ok(());
            }
            // Rolled back: the session of the slower of two is not left behind.
            Err(Error::Stale)
        })
        .await;
    match begun {
        Ok(()) => Ok(Some(session)),
        Err(Error::Stale) if !proved => Ok(None),
        Err(other) => Err(other),
    }
}

/// The same within a transaction; tells whether the session may stay.
pub(super) fn begin_in(
    conn: &mut Conn,
    app: &App,
    invitation: &Invitation,
    session_hash: &str,
    (proved, wanted): (bool, Option<Language>),
) -> Result<bool> {
    let recorder = Recorder::new(app, &invitation.organization_id, code::actor(invitation));
    if assessments::sessions_since(conn, &invitation.id, an_hour_before(recorder.at))? >= SESSIONS_AN_HOUR {
        tracing::warn!(invitation = %invitation.id, "an invitation is opened too often");
        return Err(Error::TooMany);
    }
    let first = assessments::redeem(conn, invitation, session_hash, (proved, wanted), recorder.at)?;
    let case = assessments::case_of(conn, &invitation.assessment_id)?;
    let object = ("invitation", invitation.id.as_str());
    recorder.record(conn, "invitation.redeemed", object, Some(&case), json!({ "by_code": proved }))?;
    Ok(first || proved || !has_code(app, invitation))
}

fn an_hour_before(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(now)
}

/// POST: ends the session.
pub async fn leave(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let hash = responder.token_hash().to_owned();
    app.db.write(move |conn| Ok::<_, Error>(assessments::end_vendor_session(conn, &hash)?)).await?;
    left(&app, responder.language())
}

/// The page after leaving, without the cookie.
pub(super) fn left(app: &App, language: Language) -> Result {
    let frame = Frame {
        side: "vendor",
        language,
        ..Frame::public(language.pick("画面を閉じてください", "Please close this page"))
    };
    let mut response = page::render(app, "answering/left.html", &frame, &Left {})?;
    if let Some(cookie) = Cookie::Vendor.clear(app) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The page after leaving.
#[derive(Debug, Clone, Serialize)]
pub struct Left {}
