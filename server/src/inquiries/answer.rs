//! The answer to one inquiry: once, to all vendors of the case unless it concerns the one that asked alone.

use axum::extract::{Path, State};
use domain::ids::InquiryId;
use domain::inquiry::{self, Audience};
use domain::trail::sha256_hex;
use serde::Serialize;
use serde_json::json;
use store::inquiries::{self, Inquiry};
use store::vendors::Vendor;

use super::list::{self, Loaded, Shown};
use super::{ANSWER_CHARS, TEXT_CHARS, note_names, tell};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Values};
use crate::recording::Recorder;

/// Its title.
const TITLE: &str = "質問への回答";

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// The inquiry.
    pub inquiry: Shown,
    /// Whom the answer can go to: value and words.
    pub audiences: Vec<(&'static str, &'static str)>,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// What staff answer.
struct Answered {
    audience: Audience,
    published: Option<String>,
    answer: String,
}

fn find<'l>(loaded: &'l Loaded, id: &InquiryId) -> Result<&'l (Inquiry, Option<Vendor>)> {
    loaded.rows.iter().find(|(inquiry, _)| inquiry.id == *id).ok_or(Error::NotFound)
}

fn shown(loaded: &Loaded, row: &(Inquiry, Option<Vendor>), form: &Form, problems: Problems) -> Page {
    Page {
        case: loaded.case.id.to_string(),
        title: loaded.case.title.clone(),
        inquiry: loaded.shown(&row.0, row.1.as_ref()),
        audiences: Audience::ALL.iter().map(|audience| (audience.as_str(), audience.label())).collect(),
        values: page::values(form),
        problems,
    }
}

/// GET
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((case, inquiry)): Path<(String, String)>,
) -> Result {
    let loaded = list::load(&app, &person, &case).await?;
    let row = find(&loaded, &page::id(&inquiry)?)?;
    if row.0.answer.is_some() {
        return Ok(page::redirect(&format!("/cases/{case}/inquiries")));
    }
    // To all, in the words of the vendor until staff have taken out what tells who asked.
    let form = Form::from_pairs([
        ("audience", Audience::All.as_str().to_owned()),
        ("published", row.0.text.clone()),
    ]);
    let shown = shown(&loaded, row, &form, Problems::default());
    page::render(&app, "inquiries/answer.html", &Frame::staff(&person, TITLE, "/cases"), &shown)
}

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((case, inquiry)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = list::load(&app, &person, &case).await?;
    let row = find(&loaded, &page::id(&inquiry)?)?;
    inquiry::answer(row.0.answer.is_some()).map_err(|refusal| Error::refused(&refusal, None))?;
    match read(&form, &loaded, row) {
        Ok(answered) => {
            give(&app, &person, &loaded, row.0.clone(), answered).await?;
            Ok(page::redirect(&format!("/cases/{case}/inquiries?done=answered")))
        }
        Err(problems) => {
            let frame = Frame::staff(&person, TITLE, "/cases").with_problems(&problems);
            let shown = shown(&loaded, row, &form, problems);
            page::render_problems(&app, "inquiries/answer.html", &frame, &shown)
        }
    }
}

fn read(
    form: &Form,
    loaded: &Loaded,
    (inquiry, vendor): &(Inquiry, Option<Vendor>),
) -> std::result::Result<Answered, Problems> {
    let mut problems = Problems::default();
    let audience = form.text("audience").parse().ok();
    let published = form.optional("published", "公開する質問の文", TEXT_CHARS, &mut problems);
    let answer = form.required("answer", "回答", ANSWER_CHARS, &mut problems);
    let mut names = loaded.names(vendor.as_ref().filter(|_| audience == Some(Audience::Asker)));
    match audience {
        None => problems.add("audience", "回答を読む事業者の範囲を選んでください"),
        Some(Audience::Asker) => {}
        Some(Audience::All) => {
            if published.is_empty() {
                problems.add("published", "公開する質問の文を入力してください");
            }
            names.push(&inquiry.asked_by);
            names.extend(vendor.iter().flat_map(|vendor| {
                [&vendor.contact_name, &vendor.contact_mail, &vendor.contact_phone].map(String::as_str)
            }));
            note_names("published", "公開する質問の文", &published, &names, &mut problems);
        }
    }
    note_names("answer", "回答", &answer, &names, &mut problems);
    match audience.filter(|_| problems.is_empty()) {
        Some(audience) => {
            Ok(Answered { audience, published: (audience == Audience::All).then_some(published), answer })
        }
        None => Err(problems),
    }
}

async fn give(
    app: &App,
    person: &Person,
    loaded: &Loaded,
    mut inquiry: Inquiry,
    answered: Answered,
) -> Result<()> {
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let (app, person, case) = (app.clone(), person.clone(), loaded.case.clone());
    app.clone()
        .db
        .write(move |conn| {
            let Answered { audience, published, answer } = answered;
            let detail = |told: usize| {
                json!({
                    "audience": audience,
                    "published": published.as_ref().map(|text| sha256_hex(text.as_bytes())),
                    "answer": sha256_hex(answer.as_bytes()),
                    "mails": told,
                })
            };
            let all = list::readers(conn, &app, &case)?;
            let concerned = all.iter().filter(|(own, _)| {
                audience == Audience::All || inquiry.assessment_id.as_ref() == Some(&own.id)
            });
            let told = tell(conn, &app, &person, &case, concerned, &recorder)?;
            let detail = detail(told);
            inquiry.published_text = published;
            inquiry.answer = Some(answer);
            inquiry.audience = Some(audience);
            inquiry.answered_by = Some(person.staff.id.clone());
            inquiry.answered_at = Some(recorder.at.into());
            inquiries::answer_inquiry(conn, &inquiry)?;
            let object = ("inquiry", inquiry.id.as_str());
            recorder.record(conn, "inquiry.answered", object, Some(&case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await
}
