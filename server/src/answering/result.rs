//! 結果と契約書類: what the vendor was told, and the documents that wait for a receipt.

use axum::extract::{Path, State};
use domain::case::Told;
use domain::ids::HandedDocumentId;
use domain::language::Language;
use serde::Serialize;
use serde_json::json;
use store::{assessments, results};

use super::sheet;
use crate::access::{Respondent, responder_actor};
use crate::app::App;
use crate::contracts::download::{DOCX, handed_out};
use crate::error::{Error, Result};
use crate::page::{self, Frame, Query};
use crate::recording::Recorder;
use crate::results::{received, title};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Receipt number; empty before submission.
    pub receipt: String,
    /// The outcome in a sentence; empty before it is told.
    pub outcome: &'static str,
    /// When it was told.
    pub published: String,
    /// Conditions; may be empty.
    pub conditions: String,
    /// What staff wrote; may be empty.
    pub text: String,
    /// Documents to receive.
    pub documents: Vec<DocumentShown>,
}

/// A document to receive.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentShown {
    /// Id.
    pub id: String,
    /// Title with version.
    pub title: String,
    /// Who confirmed the receipt and when; empty before.
    pub received: String,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let asked = responder.clone();
    let told = app
        .db
        .read(move |conn| {
            let Some(row) = results::own_result(conn, &asked)? else { return Ok(None) };
            let handed = results::handed_of(conn, &row.id)?;
            Ok::<_, Error>(Some((row, handed)))
        })
        .await?;
    let language = responder.language();
    let row = told.as_ref().map(|(row, _)| row);
    let handed = told.as_ref().map(|(_, handed)| handed.as_slice()).unwrap_or_default();
    let shown = Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        receipt: own.assessment.receipt_number.clone().unwrap_or_default(),
        outcome: row.map_or("", |row| sentence(row.outcome, language)),
        published: row.map_or(String::new(), |row| page::moment_in(language, row.published_at.get())),
        conditions: row.map_or(String::new(), |row| row.conditions.clone()),
        text: row.map_or(String::new(), |row| row.text.clone()),
        documents: handed
            .iter()
            .map(|(handed, document)| DocumentShown {
                id: handed.id.to_string(),
                title: title(document),
                received: received(handed),
            })
            .collect(),
    };
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("結果と契約書類", "Result and contract documents"),
    )
    .with_done(&query);
    page::render(&app, "answering/result.html", &frame, &shown)
}

fn sentence(told: Told, language: Language) -> &'static str {
    let (japanese, english) = match told {
        Told::Selected => {
            ("この案件の相手方として選定しました。", "Your company was chosen as the contractor.")
        }
        Told::SelectedConditionally => (
            "条件を付けて、この案件の相手方として選定しました。",
            "Your company was chosen as the contractor, under conditions.",
        ),
        Told::NotSelected => (
            "選定に至りませんでした。ご回答をいただき、ありがとうございました。",
            "Your company was not chosen. Thank you for your answers.",
        ),
    };
    language.pick(japanese, english)
}

/// GET: a document that was handed over.
pub async fn file(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
) -> Result {
    let id = page::id::<HandedDocumentId>(&id)?;
    let (_, document) =
        app.db.read(move |conn| Ok::<_, Error>(results::own_handed(conn, &responder, &id)?)).await?;
    let bytes =
        app.files.get(&document.sha256).await.map_err(|error| Error::internal("file store", error))?;
    handed_out(DOCX, "document.docx", &document.file_name, bytes)
}

/// POST: 受領確認. A second click is not a second receipt.
pub async fn receive(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(id): Path<String>,
) -> Result {
    let id = page::id::<HandedDocumentId>(&id)?;
    let recorder = Recorder::new(&app, responder.organization(), responder_actor(&responder));
    app.db
        .write(move |conn| {
            let (_, document) = results::own_handed(conn, &responder, &id)?;
            if assessments::own_invitation(conn, &responder)?.on_behalf_of.is_some() {
                return Err(Error::Refused {
                    message: "受領の確認は、事業者が案内から開いた画面で行います。".into(),
                    clause: None,
                });
            }
            if results::receive(conn, &responder, &id, recorder.at)? {
                let object = ("document", document.id.as_str());
                let detail = json!({ "assessment": responder.assessment(), "sha256": document.sha256 });
                recorder.record(conn, "document.received", object, Some(&document.case_id), detail)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect("/v/result?done=received"))
}
