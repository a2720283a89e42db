//! 代理入力: staff enter what a vendor without the screens has answered on paper or by telephone.

use axum::extract::{Path, State};
use serde_json::json;

use super::answer::{self, Entry};
use super::invitation;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};

const CHARS: usize = 100;

/// POST: opens the pages of the vendor; every answer then names the officer and the person who gave it.
pub async fn begin(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = invitation::load(&app, &person, &case, &assessment).await?;
    if !invitation::may_enter(&app, &loaded)? {
        return Err(Error::Refused {
            message: "提出済み若しくは期限後のため、又は職員が回答する案件のため、代理入力はできません。期限後の回答を入力するときは、先に回答期限を延ばしてください。".into(),
            clause: None,
        });
    }
    let mut problems = Problems::default();
    let respondent = form.line("respondent", "回答者の氏名", CHARS, &mut problems);
    let received = form.line("received", "受けた方法", CHARS, &mut problems);
    if !problems.is_empty() {
        return invitation::refused(&app, &person, loaded, &form, problems);
    }
    let entry = Entry {
        name: format!("代理入力：{}　{}（回答者　{respondent}）", person.staff.position, person.staff.name),
        on_behalf_of: Some(format!("{respondent}（{received}）")),
        detail: json!({ "respondent": respondent, "received": received }),
    };
    answer::open(&app, &person, &loaded.case, &loaded.assessment, entry).await
}
