//! ログイン（事業者）: a mail address, then the code that was sent there. Nothing tells whether an address is known.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::code::NotYet;
use domain::language::Language;
use domain::trail::sha256_hex;
use questionnaires::japanese::width::normalise_code;
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Invitation};
use store::colleagues;

use super::code::{self, Problem};
use super::invitation::{begin_in, entered, wanted};
use crate::access;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::recording::Recorder;
use crate::vendors::record::is_mail_address;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Where to go afterwards.
    pub next: String,
    /// Whether codes can be sent.
    pub has_mail: bool,
    /// What was typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

fn frame(language: Language) -> Frame {
    let title = language.pick("事業者のログイン", "Sign in (vendors)");
    Frame { side: "vendor", language, ..Frame::public(title) }
}

/// GET
pub async fn page(State(app): State<App>, query: Query) -> Result {
    let language = wanted(query.get("lang").unwrap_or_default()).unwrap_or(Language::Japanese);
    let shown = Page {
        next: own_path(query.get("next").unwrap_or("")).to_owned(),
        has_mail: app.config.mail.is_some(),
        values: Values::default(),
        problems: Problems::default(),
    };
    page::render(&app, "answering/sign_in.html", &frame(language), &shown)
}

/// POST: sends a code to the address, if anything was asked of it; the answer is the same if not.
pub async fn send(State(app): State<App>, form: Form) -> Result {
    let (address, next) = (address(&form), own_path(form.text("next")).to_owned());
    let wanted = wanted(form.text("lang"));
    let language = wanted.unwrap_or(Language::Japanese);
    if app.config.mail.is_none() || !is_mail_address(&address) {
        let mut problems = Problems::default();
        problems.add(
            "mail",
            language.pick(
                "メールアドレスは name@example.jp の形で入力してください",
                "Enter the e-mail address in the form name@example.jp",
            ),
        );
        let frame = frame(language).with_problems(&problems);
        let has_mail = app.config.mail.is_some();
        let shown = Page { next, has_mail, values: page::values(&form), problems };
        return page::render_problems(&app, "answering/sign_in.html", &frame, &shown);
    }
    let to = living(&app, &address).await?.into_iter().next();
    let problem = match code::send(&app, subject(&address), to).await? {
        Ok(()) => None,
        Err(NotYet::Just(_)) if form.text("again") != "yes" => None,
        Err(not_yet) => Some(Problem::NotYet(not_yet)),
    };
    code::shown(&app, (None, language), code_page(&address, &next, wanted), problem.as_ref())
}

/// POST: the code; a session begins for what was open before, or for what is due first.
pub async fn with_code(State(app): State<App>, headers: HeaderMap, form: Form) -> Result {
    let (address, next) = (address(&form), own_path(form.text("next")).to_owned());
    let wanted = wanted(form.text("lang"));
    let language = wanted.unwrap_or(Language::Japanese);
    let right = code::check(&app, subject(&address), &form).await?;
    let living = if right { living(&app, &address).await? } else { Vec::new() };
    if living.is_empty() {
        return code::shown(
            &app,
            (None, language),
            code_page(&address, &next, wanted),
            Some(&Problem::Wrong),
        );
    }
    let (session, hash) = app.secret();
    let (inner, before) = (app.clone(), access::vendor_token_hash(&app, &headers));
    let chosen = app
        .db
        .write(move |conn| {
            let before = match before {
                Some(token) => assessments::last_opened(conn, &token)?,
                None => None,
            };
            let known = living.iter().find(|one| Some(&one.id) == before.as_ref());
            if let Some(one) = known.or(living.first().filter(|_| living.len() == 1)) {
                begin_in(conn, &inner, one, &hash, (true, wanted))?;
                return Ok(true);
            }
            // Nothing is opened yet: the person chooses on the next page.
            let Some(first) = living.first() else { return Err(Error::InvitationGone) };
            let recorder = Recorder::new(&inner, &first.organization_id, code::actor(first));
            assessments::begin_session(conn, first, &hash, (true, wanted), recorder.at)?;
            let case = assessments::case_of(conn, &first.assessment_id)?;
            let object = ("invitation", first.id.as_str());
            recorder.record(conn, "invitation.signed_in", object, Some(&case), json!({}))?;
            Ok::<_, Error>(false)
        })
        .await?;
    let to = match (chosen, next.as_str()) {
        (false, _) => "/v/requests",
        (true, "") => "/v",
        (true, next) => next,
    };
    Ok(entered(&app, to, &session))
}

fn code_page(address: &str, next: &str, wanted: Option<Language>) -> code::Page {
    let chosen = wanted.map(|language| ("lang", language.as_str()));
    let carried = [("mail", address), ("next", next)].into_iter().chain(chosen);
    code::Page {
        action: "/v/sign-in/code".into(),
        again: "/v/sign-in".into(),
        carried: carried.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        back: match wanted {
            Some(language) => format!("/v/sign-in?lang={}", language.as_str()),
            None => "/v/sign-in".to_owned(),
        },
        ..code::Page::default()
    }
}

/// What opens something now, due first first.
async fn living(app: &App, address: &str) -> Result<Vec<Invitation>> {
    let (address, now) = (address.to_owned(), app.now());
    let mut found = app.db.read(move |conn| Ok::<_, Error>(colleagues::invited_at(conn, &address)?)).await?;
    found.retain(|invitation| invitation.lives(now));
    found.sort_by(|a, b| a.expires_at.cmp(&b.expires_at));
    Ok(found)
}

fn address(form: &Form) -> String {
    normalise_code(form.text("mail")).to_lowercase()
}

/// Addresses that are typed are not kept: anybody may type anybody's.
fn subject(address: &str) -> String {
    format!("address {}", sha256_hex(address.as_bytes()))
}

/// Only a page of the vendor's may follow.
pub(super) fn own_path(next: &str) -> &str {
    let own = (next == "/v" || next.starts_with("/v/") || next.starts_with("/v?"))
        && !next.starts_with("/v/sign-in")
        && !next.contains(['\\', '\n', '\r', '\t']);
    if own { next } else { "" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(own_path("/v/s/nda?x=1"), "/v/s/nda?x=1");
        for foreign in
            ["//evil.example", "https://evil.example", "/v\\evil", "/vendors", "/", "/v/sign-in", "/v/\nx"]
        {
            assert_eq!(own_path(foreign), "", "{foreign}");
        }
    }
}
