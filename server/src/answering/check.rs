//! 社内確認: before submission somebody who has written none of the answers confirms them, where a manager wants it.

use axum::extract::State;
use domain::ids::AnswerCheckId;
use domain::respondent::{self, Hand};
use domain::trail::sha256_hex;
use serde_json::json;
use store::answers::Saved;
use store::assessments::Responder;
use store::{Conn, colleagues};

use super::sheet::{self, Own};
use crate::access::{Respondent, responder_actor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::page;
use crate::recording::Recorder;

/// What a confirmation holds for: the answers in their versions. Every save makes another version, so none outlives a
/// change.
pub(super) fn hash_of(saved: &[Saved]) -> String {
    let mut versions: Vec<_> =
        saved.iter().map(|row| format!("{} {}\n", row.question, row.version)).collect();
    versions.sort();
    sha256_hex(versions.concat().as_bytes())
}

/// Whether what is missing before submission is a confirmation. Staff who enter what came on paper are not asked: the
/// company has confirmed it before it came.
///
/// # Errors
/// The refusal, or the database.
pub(super) fn enforce(conn: &mut Conn, responder: &Responder, own: &Own) -> Result<()> {
    if responder.is_staff() || !colleagues::check_required(conn, &own.assessment.id)? {
        return Ok(());
    }
    let authors = authors(conn, own)?;
    let given: Vec<(Hand, String)> = colleagues::confirmations(conn, &own.assessment.id)?
        .into_iter()
        .map(|(person, hash, _)| (person, hash))
        .collect();
    Ok(respondent::confirmed(&hash_of(&own.saved), &authors, &given)?)
}

fn authors(conn: &mut Conn, own: &Own) -> Result<Vec<Hand>> {
    Ok(colleagues::authors(conn, &own.assessment.id)?.into_iter().map(|(_, hand)| hand).collect())
}

/// POST: confirms the answers as they are now.
pub async fn submit(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let inner = app.clone();
    app.db
        .write(move |conn| {
            colleagues::hold(conn, responder.assessment())?;
            let own = sheet::load_in(conn, &responder)?;
            let recorder = Recorder::new(&inner, responder.organization(), responder_actor(&responder));
            if !own.is_open(recorder.at) {
                return Err(Error::Refused {
                    message: "提出済みか、回答期限を過ぎているため、社内確認はできません。".into(),
                    clause: None,
                });
            }
            let authors = authors(conn, &own)?;
            respondent::may_confirm(responder.role(), &responder.hand(), &authors)?;
            let hash = hash_of(&own.saved);
            let id = AnswerCheckId::new(inner.uuid());
            colleagues::confirm(conn, &id, &responder, &hash, recorder.at)?;
            let object = ("assessment", own.assessment.id.as_str());
            let case = &own.assessment.case_id;
            recorder.record(conn, "assessment.checked", object, Some(case), json!({ "answers": hash }))?;
            Ok(())
        })
        .await?;
    Ok(page::redirect("/v/review?done=checked"))
}
