//! Opening an invitation: a GET shows what is asked and changes nothing, a POST begins a session.

use axum::extract::{Path, State};
use axum::http::header;
use domain::trail::{Actor, ActorKind};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use store::accounts;
use store::assessments::{self, Invitation};

use crate::access::{Cookie, Respondent};
use crate::app::{App, token_hash};
use crate::error::{Error, Result};
use crate::page::{self, Frame};
use crate::recording::Recorder;

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
    /// Addressee.
    pub name: String,
    /// Until when the answer is due, in words.
    pub due: String,
}

async fn invitation(app: &App, token: &str) -> Result<Invitation> {
    let (hash, now) = (token_hash(token), app.now());
    let found =
        app.db.read(move |conn| Ok::<_, Error>(assessments::invitation_by_token(conn, &hash)?)).await?;
    // Unknown, revoked and expired look the same from outside.
    found.filter(|invitation| opens(invitation, now)).ok_or(Error::InvitationGone)
}

fn opens(invitation: &Invitation, now: Timestamp) -> bool {
    invitation.revoked_at.is_none() && invitation.expires_at.get() > now
}

/// GET
pub async fn page(State(app): State<App>, Path(token): Path<String>) -> Result {
    let invitation = invitation(&app, &token).await?;
    let (organization, due) = app
        .db
        .read(move |conn| {
            let organization = accounts::organization(conn, &invitation.organization_id)?;
            Ok::<_, Error>((organization, (invitation.name, invitation.expires_at)))
        })
        .await?;
    let shown = Page {
        token,
        organization: organization.name.clone(),
        office: organization.office.clone(),
        phone: organization.phone.clone(),
        name: due.0,
        due: page::moment(due.1.get()),
    };
    let frame = Frame::vendor(&organization, "", "調査票のご案内");
    page::render(&app, "answering/invitation.html", &frame, &shown)
}

/// POST
pub async fn redeem(State(app): State<App>, Path(token): Path<String>) -> Result {
    let session = enter(&app, &token).await?;
    let mut response = page::redirect("/v");
    if let Some(cookie) = Cookie::Vendor.set(&app, &session) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Redeems the token of an invitation; returns the token of the session that begins.
///
/// # Errors
/// [`Error::InvitationGone`], or the database.
pub async fn enter(app: &App, token: &str) -> Result<String> {
    let invitation = invitation(app, token).await?;
    begin(app, invitation).await
}

async fn begin(app: &App, invitation: Invitation) -> Result<String> {
    let (session, session_hash) = app.secret();
    let actor =
        Actor { kind: ActorKind::Vendor, id: Some(invitation.id.to_string()), name: invitation.name.clone() };
    let recorder = Recorder::new(app, &invitation.organization_id, actor);
    app.db
        .write(move |conn| {
            assessments::redeem(conn, &invitation, &session_hash, recorder.at)?;
            let case = assessments::case_of(conn, &invitation.assessment_id)?;
            let object = ("invitation", invitation.id.as_str());
            recorder.record(conn, "invitation.redeemed", object, Some(&case), json!({}))?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(session)
}

/// POST: ends the session.
pub async fn leave(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let hash = responder.token_hash().to_owned();
    app.db.write(move |conn| Ok::<_, Error>(assessments::end_vendor_session(conn, &hash)?)).await?;
    let shown = Left {};
    let mut response =
        page::render(&app, "answering/left.html", &Frame::public("画面を閉じてください"), &shown)?;
    if let Some(cookie) = Cookie::Vendor.clear(&app) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The page after leaving.
#[derive(Debug, Clone, Serialize)]
pub struct Left {}
