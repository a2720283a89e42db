//! Signing out.

use axum::extract::State;
use axum::http::header;
use serde_json::json;
use store::accounts;

use crate::access::{Cookie, Person};
use crate::app::App;
use crate::error::{Error, Result};
use crate::page;
use crate::recording::Recorder;

/// POST
pub async fn submit(State(app): State<App>, person: Person) -> Result {
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let (hash, staff) = (person.session.token_hash, person.staff.id);
    app.db
        .write(move |conn| {
            accounts::end_staff_session(conn, &hash)?;
            recorder.record(conn, "staff.signed_out", ("staff", staff.as_str()), None, json!({}))?;
            Ok::<_, Error>(())
        })
        .await?;
    let mut response = page::redirect("/sign-in?done=signed-out");
    if let Some(cookie) = Cookie::Staff.clear(&app) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
