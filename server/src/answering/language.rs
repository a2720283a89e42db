//! 画面の言語: chosen in the header, kept with the session; answers and everything else stay as they are.

use axum::extract::State;
use domain::language::Language;
use store::assessments;

use super::sign_in::own_path;
use crate::access::Respondent;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::page;

/// POST: the same page in another language.
pub async fn submit(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    let language: Language = form.text("language").parse().map_err(|_| Error::BadRequest("no language"))?;
    app.db
        .write(move |conn| Ok::<_, Error>(assessments::choose_language(conn, &responder, language)?))
        .await?;
    let next = own_path(form.text("next"));
    Ok(page::redirect(if next.is_empty() { "/v" } else { next }))
}
