//! Who may come in: access is declared at the route and checked before the handler runs.
//!
//! The route says who may enter; which objects they may see is decided by the queries
//! (a [`Scope`] for staff, a [`Responder`] for vendors).

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::account::{STAFF_ABSOLUTE, STAFF_IDLE, VENDOR_ABSOLUTE, VENDOR_IDLE, session_lives};
use domain::language::Language;
use domain::organization::roles_on;
use domain::permission::{Permission, allows, sees_every_department};
use domain::trail::{Actor, ActorKind};
use jiff::{SignedDuration, Timestamp};
use store::accounts::{self, Organization, Staff, StaffSession};
use store::assessments::{self, Responder};
use store::{Conn, Scope};

use crate::app::{App, day_in_japan, token_hash};
use crate::error::Error;
use crate::page::Frame;

/// What a route asks of whoever comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Any member of staff, even one who must change a temporary password first.
    SignedIn,
    /// A member of staff with a permission.
    Staff(Permission),
    /// Somebody who has redeemed an invitation.
    Vendor,
}

/// The signed-in member of staff.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person.
    pub staff: Staff,
    /// Their organisation.
    pub organization: Organization,
    /// Roles in force today.
    pub roles: Vec<String>,
    /// The session.
    pub session: StaffSession,
}

impl Person {
    /// Whether the person holds a permission today.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        allows(self.roles.iter().map(String::as_str), permission)
    }

    /// How far the person sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let whole = sees_every_department(self.roles.iter().map(String::as_str));
        Scope {
            organization: self.organization.id.clone(),
            department: (!whole).then(|| self.staff.department_id.clone()),
        }
    }

    /// The person as the trail names them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { kind: ActorKind::Staff, id: Some(self.staff.id.to_string()), name: self.staff.name.clone() }
    }
}

/// The person behind a vendor session as the trail names them.
#[must_use]
pub fn responder_actor(responder: &Responder) -> Actor {
    Actor {
        kind: ActorKind::Vendor,
        id: Some(responder.invitation().to_string()),
        name: responder.name().to_owned(),
    }
}

/// A responder whose session lives; the extractor of vendor handlers.
#[derive(Debug, Clone)]
pub struct Respondent(pub Responder);

/// Checks the access of a route; what it finds is left for the handler's extractors.
pub async fn require(access: Access, State(app): State<App>, mut request: Request, next: Next) -> Response {
    let outcome = match access {
        Access::Public => Ok(()),
        Access::SignedIn => person(&app, request.headers()).await.map(|person| {
            request.extensions_mut().insert(person);
        }),
        Access::Staff(permission) => person(&app, request.headers()).await.and_then(|person| {
            if person.staff.password_temporary {
                return Err(Refused::PasswordFirst);
            }
            if !person.may(permission) {
                return Err(Refused::Error(Error::Forbidden));
            }
            request.extensions_mut().insert(person);
            Ok(())
        }),
        Access::Vendor => responder(&app, request.headers()).await.map(|responder| {
            request.extensions_mut().insert(Respondent(responder));
        }),
    };
    match outcome {
        Ok(()) => next.run(request).await,
        Err(Refused::PasswordFirst) => crate::page::redirect("/password"),
        Err(Refused::SignIn) if access == Access::Vendor => {
            crate::answering::signed_out::respond(&app, request).await
        }
        Err(Refused::SignIn) if request.method() == axum::http::Method::GET => {
            let to = request.uri().path_and_query().map_or("/", |path| path.as_str());
            crate::page::redirect(&format!("/sign-in?next={}", crate::form::percent_encode(to)))
        }
        Err(Refused::SignIn) => Error::SignInNeeded.into_response(),
        Err(Refused::Error(error)) => error.into_response(),
    }
}

enum Refused {
    SignIn,
    PasswordFirst,
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The person behind the token of a staff session, while it lives.
///
/// # Errors
/// The database.
pub async fn person_of_token(app: &App, token: &str) -> Result<Option<Person>, Error> {
    let (hash, now) = (token_hash(token), app.now());
    app.db.read(move |conn| load_person(conn, &hash, now)).await
}

/// The responder behind the token of a vendor session, while it lives.
///
/// # Errors
/// The database.
pub async fn responder_of_token(app: &App, token: &str) -> Result<Option<Responder>, Error> {
    let (hash, now) = (token_hash(token), app.now());
    let found = app.db.read(move |conn| assessments::responder(conn, &hash).map_err(Error::from)).await?;
    Ok(found.filter(|responder| {
        let (created, seen) = responder.times();
        session_lives(created, seen, now, VENDOR_IDLE, VENDOR_ABSOLUTE)
    }))
}

async fn person(app: &App, headers: &HeaderMap) -> Result<Person, Refused> {
    let Some(token) = cookie(app, headers, Cookie::Staff) else { return Err(Refused::SignIn) };
    let now = app.now();
    let person = person_of_token(app, &token).await?.ok_or(Refused::SignIn)?;
    app.follow_content(&person.organization).await?;
    if due(person.session.seen_at.get(), now) {
        let hash = person.session.token_hash.clone();
        app.db
            .write(move |conn| accounts::touch_staff_session(conn, &hash, now))
            .await
            .map_err(Error::from)?;
    }
    Ok(person)
}

fn load_person(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<Person>, Error> {
    let Some((session, staff)) = accounts::staff_session(conn, hash)? else { return Ok(None) };
    let lives =
        session_lives(session.created_at.get(), session.seen_at.get(), now, STAFF_IDLE, STAFF_ABSOLUTE);
    if !lives || staff.disabled_at.is_some() {
        return Ok(None);
    }
    let organization = accounts::organization(conn, &staff.organization_id)?;
    let roles = roles_on(&accounts::appointments_of(conn, &staff.id)?, day_in_japan(now));
    Ok(Some(Person { staff, organization, roles, session }))
}

async fn responder(app: &App, headers: &HeaderMap) -> Result<Responder, Refused> {
    let Some(token) = cookie(app, headers, Cookie::Vendor) else { return Err(Refused::SignIn) };
    let now = app.now();
    let responder = responder_of_token(app, &token).await?.ok_or(Refused::SignIn)?;
    if due(responder.times().1, now) {
        let hash = responder.token_hash().to_owned();
        app.db
            .write(move |conn| assessments::touch_vendor_session(conn, &hash, now))
            .await
            .map_err(Error::from)?;
    }
    Ok(responder)
}

/// The idle limit moves once a minute at the most, so that a page view is not a write.
fn due(seen: Timestamp, now: Timestamp) -> bool {
    now.duration_since(seen) >= SignedDuration::from_mins(1)
}

/// The two kinds of sessions have cookies of their own, so that one browser can hold both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// Staff.
    Staff,
    /// Vendor.
    Vendor,
}

impl Cookie {
    /// `__Host-` binds a cookie to this host over TLS; plain HTTP (this machine only) cannot have the prefix.
    #[must_use]
    pub fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Staff, true) => "__Host-tokki-staff",
            (Self::Staff, false) => "tokki-staff",
            (Self::Vendor, true) => "__Host-tokki-vendor",
            (Self::Vendor, false) => "tokki-vendor",
        }
    }

    /// `Set-Cookie` that begins a session. No `Max-Age`: it ends with the browser.
    #[must_use]
    pub fn set(self, app: &App, token: &str) -> Option<HeaderValue> {
        let https = app.config.is_https();
        let secure = if https { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}",
            self.name(https)
        ))
        .ok()
    }

    /// `Set-Cookie` that ends it.
    #[must_use]
    pub fn clear(self, app: &App) -> Option<HeaderValue> {
        let https = app.config.is_https();
        let secure = if https { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}",
            self.name(https)
        ))
        .ok()
    }
}

fn cookie(app: &App, headers: &HeaderMap, kind: Cookie) -> Option<String> {
    let name = kind.name(app.config.is_https());
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Hash of the token of a vendor session that a browser has, though it may have ended.
#[must_use]
pub fn vendor_token_hash(app: &App, headers: &HeaderMap) -> Option<String> {
    cookie(app, headers, Cookie::Vendor).map(|token| token_hash(&token))
}

/// The staff session of a request on a public page, if there is one (the sign-in page greets nobody twice).
pub async fn signed_in(app: &App, headers: &HeaderMap) -> Option<Person> {
    person(app, headers).await.ok()
}

/// Who looks at a page that is there for everybody: what surrounds it follows.
pub enum Visitor {
    /// Somebody who answers.
    Vendor(Box<(Organization, Responder)>),
    /// Staff.
    Staff(Box<Person>),
    /// Somebody without a session, at an installation of one municipality.
    Guest(Box<Organization>),
    /// Somebody without a session, and nothing tells whose page it is.
    Stranger,
}

/// The visitor of a request. Nothing is changed for it, and a failing database makes a stranger.
pub async fn visitor(app: &App, headers: &HeaderMap) -> Visitor {
    if let Some(token) = cookie(app, headers, Cookie::Vendor)
        && let Ok(Some(responder)) = responder_of_token(app, &token).await
    {
        let id = responder.organization().clone();
        let found = app.db.read(move |conn| Ok::<_, Error>(accounts::organization(conn, &id)?)).await;
        if let Ok(organization) = found {
            return Visitor::Vendor(Box::new((organization, responder)));
        }
    }
    if let Some(token) = cookie(app, headers, Cookie::Staff)
        && let Ok(Some(person)) = person_of_token(app, &token).await
    {
        return Visitor::Staff(Box::new(person));
    }
    let all = app.db.read(|conn| Ok::<_, Error>(accounts::organizations(conn)?)).await;
    match all.map(<[Organization; 1]>::try_from) {
        Ok(Ok([only])) => Visitor::Guest(Box::new(only)),
        _ => Visitor::Stranger,
    }
}

impl Visitor {
    /// The frame of a page that is there for everybody.
    #[must_use]
    pub fn frame(&self, title: &str) -> Frame {
        match self {
            Self::Vendor(vendor) => Frame::vendor(&vendor.0, &vendor.1, title),
            Self::Staff(person) => Frame::staff(person, title, ""),
            Self::Guest(organization) => Frame::guest(organization, Language::Japanese, title),
            Self::Stranger => Frame::public(title),
        }
    }

    /// Where somebody who is stuck goes on: address and words.
    #[must_use]
    pub fn home(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Vendor(_) => Some(("/v", "回答状況に戻る")),
            Self::Staff(_) => Some(("/", "ホームに戻る")),
            Self::Guest(_) | Self::Stranger => None,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        // Missing means that a route was declared with an access that brings no person: nobody gets in.
        parts.extensions.get::<Self>().cloned().ok_or(Error::Forbidden)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Respondent {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or(Error::Forbidden)
    }
}
