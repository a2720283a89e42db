//! Changing one's password; with a temporary one, the only page that opens.

use axum::extract::State;
use domain::account::{PasswordProblem, check_password};
use serde::Serialize;
use serde_json::json;
use store::accounts;

use super::hashing;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;

/// The password page; passwords never come back.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Whether the present password is temporary.
    pub temporary: bool,
    /// Fewest characters.
    pub min_chars: usize,
    /// Problems.
    pub problems: Problems,
}

fn shown(person: &Person, problems: Problems) -> Page {
    Page {
        temporary: person.staff.password_temporary,
        min_chars: domain::account::PASSWORD_MIN_CHARS,
        problems,
    }
}

fn frame(person: &Person) -> Frame {
    let mut frame = Frame::staff(person, "パスワードの変更", "/password");
    if person.staff.password_temporary {
        frame.nav.clear();
    }
    frame
}

/// GET
pub async fn page(State(app): State<App>, person: Person) -> Result {
    page::render(&app, "accounts/password.html", &frame(&person), &shown(&person, Problems::default()))
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, form: Form) -> Result {
    let (current, new) = (form.raw("current").to_owned(), form.raw("new").to_owned());
    let mut problems = Problems::default();
    let known =
        [person.staff.sign_in_name.as_str(), person.organization.name.as_str(), person.staff.name.as_str()];
    if let Err(problem) = check_password(&new, &known) {
        problems.add("new", problem.to_string());
    } else if new == current {
        problems.add("new", PasswordProblem::Unchanged.to_string());
    }
    if form.raw("again") != new {
        problems.add("again", PasswordProblem::Mismatch.to_string());
    }
    if !hashing::verify(&app, current, Some(person.staff.password_hash.clone())).await? {
        problems.add("current", "今のパスワードが違います。もう一度入力してください");
    }
    if !problems.is_empty() {
        let frame = frame(&person).with_problems(&problems);
        return page::render_problems(&app, "accounts/password.html", &frame, &shown(&person, problems));
    }
    let hash = hashing::hash(&app, new).await?;
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let (staff, session) = (person.staff.id, person.session.token_hash);
    app.db
        .write(move |conn| {
            accounts::set_password(conn, &staff, &hash, false, recorder.at, Some(&session))?;
            recorder.record(conn, "staff.password_changed", ("staff", staff.as_str()), None, json!({}))?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect("/?done=password"))
}
