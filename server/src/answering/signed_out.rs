//! セッション切れ: both ways back, and what a form without our module had posted, to be sent again.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::language::Language;
use serde::Serialize;
use store::assessments;

use crate::access;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, percent_encode};
use crate::page::{self, Frame};

/// Most characters of fields that the page carries; the longest section filled to its limits stays below.
const CARRIED: usize = 512 * 1024;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Where to go after signing in, encoded for a query.
    pub next: String,
    /// Whether codes can be sent.
    pub has_mail: bool,
    /// Where the posted form goes again; empty when nothing was posted.
    pub action: String,
    /// Its fields.
    pub carried: Vec<(String, String)>,
    /// Whether something was posted that cannot be carried.
    pub lost: bool,
}

/// The answer to somebody of a vendor whose session has ended. Saved answers are saved; only a form that a browser
/// posted just now holds more, and comes back within the page.
pub async fn respond(app: &App, request: Request) -> Response {
    if page::wants_json(request.headers()) {
        return Error::ResponderNeeded.into_response();
    }
    shown(app, request).await.unwrap_or_else(IntoResponse::into_response)
}

async fn shown(app: &App, request: Request) -> Result {
    let path = request.uri().path_and_query().map_or("/v", |path| path.as_str()).to_owned();
    let before = access::vendor_token_hash(app, request.headers());
    let mut shown = Page {
        next: percent_encode(&path),
        has_mail: app.config.mail.is_some(),
        action: String::new(),
        carried: Vec::new(),
        lost: false,
    };
    if request.method() != Method::GET {
        let form = Form::from_request(request, &()).await;
        let fields: Vec<(String, String)> = form
            .iter()
            .flat_map(Form::fields)
            .flat_map(|(name, values)| values.iter().map(move |value| (name.clone(), value.clone())))
            .collect();
        let size: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        // Files, and what is larger than any page of ours, stay with the browser.
        shown.lost = form.is_err() || size > CARRIED;
        // Pages that take answers are shown under the address that takes them; others are reached from the list.
        shown.next = percent_encode(if path.starts_with("/v/s/") { &path } else { "/v" });
        if !shown.lost && !fields.is_empty() {
            (shown.action, shown.carried) = (path, fields);
        }
    }
    let visitor = access::visitor(app, &HeaderMap::new()).await;
    let language = match before {
        Some(hash) => {
            app.db.read(move |conn| Ok::<_, Error>(assessments::last_language(conn, &hash)?)).await?
        }
        None => None,
    };
    let language = language.unwrap_or(Language::Japanese);
    let title = language.pick("ログアウトしました", "Signed out");
    let frame = Frame { side: "vendor", language, ..visitor.frame(title) };
    page::render_with(app, StatusCode::UNAUTHORIZED, "answering/signed_out.html", &frame, &shown)
}
