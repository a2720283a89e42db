//! お知らせ: what staff tell all vendors of a case without being asked, corrections of answers among it.

use axum::extract::{Path, State};
use domain::ids::InquiryId;
use domain::inquiry::{self, Audience};
use domain::trail::sha256_hex;
use serde_json::json;
use store::inquiries::{self, Inquiry};

use super::{ANSWER_CHARS, list, note_names, tell};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page;
use crate::recording::Recorder;

/// Most characters of a heading.
const HEADING_CHARS: usize = 100;

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    let loaded = list::load(&app, &person, &id).await?;
    let mut problems = Problems::default();
    let heading = form.line("heading", "お知らせの件名", HEADING_CHARS, &mut problems);
    let text = form.required("notice", "お知らせの内容", ANSWER_CHARS, &mut problems);
    let names = loaded.names(None);
    note_names("heading", "お知らせの件名", &heading, &names, &mut problems);
    note_names("notice", "お知らせの内容", &text, &names, &mut problems);
    if !problems.is_empty() {
        return list::refused(&app, &person, &loaded, &form, problems);
    }
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let (inner, case) = (app.clone(), loaded.case);
    app.db
        .write(move |conn| {
            let all = list::readers(conn, &inner, &case)?;
            inquiry::notify(all.len()).map_err(|refusal| Error::refused(&refusal, None))?;
            let same = |(row, _): &(Inquiry, _)| {
                row.assessment_id.is_none() && row.text == heading && row.answer.as_ref() == Some(&text)
            };
            if inquiries::inquiries_of(conn, &case.id)?.iter().any(same) {
                // A second click is not a second notice.
                return Ok(());
            }
            let told = tell(conn, &inner, &person, &case, all.iter(), &recorder)?;
            let detail = json!({
                "heading": sha256_hex(heading.as_bytes()),
                "text": sha256_hex(text.as_bytes()),
                "mails": told,
            });
            let row = Inquiry {
                id: InquiryId::new(inner.uuid()),
                organization_id: case.organization_id.clone(),
                case_id: case.id.clone(),
                assessment_id: None,
                question: None,
                text: heading.clone(),
                asked_by: person.staff.name.clone(),
                asked_at: recorder.at.into(),
                published_text: Some(heading),
                answer: Some(text),
                audience: Some(Audience::All),
                answered_by: Some(person.staff.id.clone()),
                answered_at: Some(recorder.at.into()),
                version: 1,
            };
            inquiries::insert_inquiry(conn, &row)?;
            let object = ("inquiry", row.id.as_str());
            recorder.record(conn, "inquiry.notified", object, Some(&case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{id}/inquiries?done=notified")))
}
