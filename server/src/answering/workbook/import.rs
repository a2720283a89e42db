//! Taking a workbook or its CSV in: the file is read and shown, then what was ticked is saved, all or nothing.

use axum::body::Bytes;
use axum::extract::{Multipart, State};
use domain::language::Language;
use serde::Serialize;

use super::{Fate, Read, read};
use crate::access::Respondent;
use crate::answering::{save, sheet};
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::spreadsheet;

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Whether answers can still be changed.
    pub open: bool,
    /// Whether a file has been read.
    pub read: bool,
    /// What it says.
    pub found: Read,
    /// Questions that would change.
    pub changes: usize,
    /// Questions that stay.
    pub same: usize,
    /// Problems.
    pub problems: Problems,
}

fn empty(app: &App, own: &sheet::Own) -> Page {
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        open: own.is_open(app.now()),
        ..Page::default()
    }
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("Excelで回答する", "Answer in Excel"),
    );
    page::render(&app, "answering/import.html", &frame, &empty(&app, &own))
}

/// POST: reads a file and shows what it would change. Nothing is saved, and the file is not kept.
pub async fn preview(
    State(app): State<App>,
    Respondent(responder): Respondent,
    mut upload: Multipart,
) -> Result {
    let mut bytes = Bytes::new();
    while let Some(field) =
        upload.next_field().await.map_err(|_| Error::BadRequest("the upload did not arrive whole"))?
    {
        if field.name() == Some("file") {
            bytes = field.bytes().await.map_err(|_| Error::TooLarge)?;
        }
    }
    let own = sheet::load(&app, &responder).await?;
    let mut shown = empty(&app, &own);
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("Excelで回答する", "Answer in Excel"),
    );
    if bytes.is_empty() {
        shown.problems.add("file", "ファイルを選んでください");
    } else {
        let sheets = off_thread("answers workbook", move || spreadsheet::read_table(&bytes)).await?;
        let found = match sheets {
            Ok(sheets) => read(&own, &sheets).map_err(|refused| refused.to_string()),
            Err(refused) => Err(refused.to_string()),
        };
        match found {
            Ok(found) => {
                shown.read = true;
                shown.same = found.rows.iter().filter(|row| row.fate == Fate::Same).count();
                shown.changes = found.rows.len() - shown.same;
                shown.found = found;
                shown.found.rows.retain(|row| row.fate != Fate::Same);
            }
            Err(message) => shown.problems.add("file", message),
        }
    }
    if shown.problems.is_empty() {
        return page::render(&app, "answering/import.html", &frame, &shown);
    }
    let frame = frame.with_problems(&shown.problems);
    page::render_problems(&app, "answering/import.html", &frame, &shown)
}

/// POST: saves the questions that were ticked, in one transaction.
pub async fn apply(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    let chosen: Vec<String> = form.all("question").to_vec();
    let inner = app.clone();
    app.db
        .write(move |conn| {
            for question in &chosen {
                let expected = form
                    .text(&format!("{question}/version"))
                    .parse()
                    .map_err(|_| Error::BadRequest("no version"))?;
                save::save_in(conn, &inner, &responder, (question, Language::Japanese), expected, &form)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect("/v?done=imported"))
}
