//! What everybody may read without an invitation: how to use the pages, accessibility, personal data and cookies.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::account::{STAFF_ABSOLUTE, STAFF_IDLE, VENDOR_ABSOLUTE, VENDOR_IDLE};
use jiff::SignedDuration;
use serde::Serialize;

use crate::access::{self, Cookie};
use crate::app::App;
use crate::error::Result;
use crate::page;

/// The page of help.
#[derive(Debug, Clone, Serialize)]
pub struct Help {
    /// How long a vendor's screens stay open without an act.
    pub idle: String,
    /// How long at the most.
    pub absolute: String,
}

/// GET /help
pub async fn help(State(app): State<App>, headers: HeaderMap) -> Result {
    let frame = access::visitor(&app, &headers).await.frame("使い方と用語");
    let shown = Help { idle: words(VENDOR_IDLE), absolute: words(VENDOR_ABSOLUTE) };
    page::render(&app, "guide/help.html", &frame, &shown)
}

/// The page on accessibility.
#[derive(Debug, Clone, Serialize)]
pub struct Accessibility {
    /// How long a vendor's screens stay open without an act.
    pub idle: String,
}

/// GET /accessibility
pub async fn accessibility(State(app): State<App>, headers: HeaderMap) -> Result {
    let frame = access::visitor(&app, &headers).await.frame("ウェブアクセシビリティ方針");
    page::render(&app, "guide/accessibility.html", &frame, &Accessibility { idle: words(VENDOR_IDLE) })
}

/// The page on personal data and cookies.
#[derive(Debug, Clone, Serialize)]
pub struct Privacy {
    /// Every cookie that the program sets.
    pub cookies: Vec<CookieShown>,
    /// Whether they travel over TLS alone.
    pub secure: bool,
}

/// A cookie.
#[derive(Debug, Clone, Serialize)]
pub struct CookieShown {
    /// Name as browsers show it.
    pub name: &'static str,
    /// In whose browser it is kept.
    pub whose: &'static str,
    /// How long what it stands for lives without an act.
    pub idle: String,
    /// How long at the most.
    pub absolute: String,
}

/// GET /privacy
pub async fn privacy(State(app): State<App>, headers: HeaderMap) -> Result {
    let frame = access::visitor(&app, &headers).await.frame("個人情報とCookieの取扱い");
    let secure = app.config.is_https();
    let shown = |cookie: Cookie, whose, idle, absolute| CookieShown {
        name: cookie.name(secure),
        whose,
        idle: words(idle),
        absolute: words(absolute),
    };
    let cookies = vec![
        shown(Cookie::Vendor, "調査票に回答する方", VENDOR_IDLE, VENDOR_ABSOLUTE),
        shown(Cookie::Staff, "団体の職員", STAFF_IDLE, STAFF_ABSOLUTE),
    ];
    page::render(&app, "guide/privacy.html", &frame, &Privacy { cookies, secure })
}

/// `60分`, `12時間`
fn words(limit: SignedDuration) -> String {
    match limit.as_mins() {
        minutes if minutes > 60 && minutes % 60 == 0 => format!("{}時間", minutes / 60),
        minutes => format!("{minutes}分"),
    }
}
