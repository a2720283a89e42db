//! Signing in: one message for every failure, a lock that grows.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::account::{TEMPORARY_PASSWORD_LIFE, locked_until};
use domain::trail::{Actor, ActorKind};
use serde::Serialize;
use serde_json::json;
use store::accounts::{self, Staff, StaffSession};

use super::hashing;
use crate::access::{self, Cookie};
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query};
use crate::recording::Recorder;

/// The sign-in page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Name as typed; the password never comes back.
    pub name: String,
    /// Where to go afterwards.
    pub next: String,
    /// Problems.
    pub problems: Problems,
}

/// GET
pub async fn page(State(app): State<App>, headers: HeaderMap, query: Query) -> Result {
    if access::signed_in(&app, &headers).await.is_some() {
        return Ok(page::redirect("/"));
    }
    let shown = Page { next: own_path(query.get("next").unwrap_or("/")).to_owned(), ..Page::default() };
    page::render(&app, "accounts/sign_in.html", &Frame::public("ログイン").with_done(&query), &shown)
}

/// POST
pub async fn submit(State(app): State<App>, form: Form) -> Result {
    let (name, next) = (form.text("name").to_owned(), own_path(form.text("next")).to_owned());
    match sign_in(&app, &name, form.raw("password")).await? {
        Ok(token) => {
            let mut response = page::redirect(&next);
            if let Some(cookie) = Cookie::Staff.set(&app, &token) {
                response.headers_mut().insert(axum::http::header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(refused) => again(&app, name, next, refused),
    }
}

/// Why nobody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Name or password; which one is not said.
    Wrong,
    /// Too many failures; seconds to wait.
    Locked(i64),
}

fn again(app: &App, name: String, next: String, refused: Refused) -> Result<Response> {
    let mut problems = Problems::default();
    problems.add(
        "name",
        match refused {
            Refused::Wrong => "ログイン名又はパスワードが違います。もう一度入力してください".to_owned(),
            Refused::Locked(seconds) => {
                format!("続けて間違えたため、あと{seconds}秒お待ちください。その後にもう一度入力してください")
            }
        },
    );
    let frame = Frame::public("ログイン").with_problems(&problems);
    let mut response =
        page::render_problems(app, "accounts/sign_in.html", &frame, &Page { name, next, problems })?
            .into_response();
    if matches!(refused, Refused::Locked(_)) {
        *response.status_mut() = axum::http::StatusCode::TOO_MANY_REQUESTS;
    }
    Ok(response)
}

/// Checks name and password and begins a session; returns the token of its cookie.
///
/// # Errors
/// The database.
pub async fn sign_in(app: &App, name: &str, password: &str) -> Result<std::result::Result<String, Refused>> {
    let now = app.now();
    let wanted = name.to_owned();
    let staff =
        app.db.read(move |conn| Ok::<_, Error>(accounts::staff_by_sign_in_name(conn, &wanted)?)).await?;
    let staff = staff.filter(|staff| staff.disabled_at.is_none());
    if let Some(staff) = &staff {
        let failures = i32::try_from(staff.failures).unwrap_or(i32::MAX);
        let last = staff.last_failure_at.as_ref().map(store::Stamp::get);
        if let Some(until) = locked_until(failures, last, now) {
            return Ok(Err(Refused::Locked(until.duration_since(now).as_secs() + 1)));
        }
    }
    let hash = staff.as_ref().map(|staff| staff.password_hash.clone());
    let right = hashing::verify(app, password.to_owned(), hash).await?;
    let Some(staff) = staff else { return Ok(Err(Refused::Wrong)) };
    let actor = Actor { kind: ActorKind::Staff, id: Some(staff.id.to_string()), name: staff.name.clone() };
    let recorder = Recorder::new(app, &staff.organization_id, actor);
    if !right || temporary_password_is_over(&staff, now) {
        app.db
            .write(move |conn| {
                accounts::record_failure(conn, &staff.id, now)?;
                recorder.record(
                    conn,
                    "staff.sign_in_failed",
                    ("staff", staff.id.as_str()),
                    None,
                    json!({}),
                )?;
                Ok::<_, Error>(())
            })
            .await?;
        return Ok(Err(Refused::Wrong));
    }
    let (token, token_hash) = app.secret();
    app.db
        .write(move |conn| {
            let session = StaffSession {
                token_hash,
                staff_id: staff.id.clone(),
                created_at: now.into(),
                seen_at: now.into(),
                previous_sign_in_at: staff.last_sign_in_at.clone(),
                failures_before: staff.failures,
            };
            accounts::record_success(conn, &session)?;
            recorder.record(conn, "staff.signed_in", ("staff", staff.id.as_str()), None, json!({}))?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(Ok(token))
}

fn temporary_password_is_over(staff: &Staff, now: jiff::Timestamp) -> bool {
    staff.password_temporary && now.duration_since(staff.password_set_at.get()) >= TEMPORARY_PASSWORD_LIFE
}

/// Only a path of this site may follow a sign-in.
fn own_path(next: &str) -> &str {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    if own { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(own_path("/cases?x=1"), "/cases?x=1");
        for foreign in
            ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", "/\nx"]
        {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }
}
