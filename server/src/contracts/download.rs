//! Handing out a generated file: only as an attachment, checked against its hash.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use domain::ids::{CaseId, DocumentId};
use store::contracts::Document;
use store::{cases, contracts};

use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::percent_encode;
use crate::office::OfficeError;
use crate::page;

/// Media type of a Word file.
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// GET
pub async fn file(
    State(app): State<App>,
    person: Person,
    Path((case, document)): Path<(String, String)>,
) -> Result {
    let (row, bytes) = stored(&app, &person, &case, &document).await?;
    handed_out(DOCX, "document.docx", &row.file_name, bytes)
}

/// GET: the same document as PDF, made by LibreOffice.
pub async fn pdf(
    State(app): State<App>,
    person: Person,
    Path((case, document)): Path<(String, String)>,
) -> Result {
    let (row, bytes) = stored(&app, &person, &case, &document).await?;
    let refused = |message: &str| Error::Refused { message: message.to_owned(), clause: None };
    let pdf = app.office.pdf(&bytes).await.map_err(|error| match error {
        OfficeError::Missing => refused(
            "この機械にはLibreOfficeがないため、PDFを作れません。Wordの文書を開いて、PDFとして保存してください。",
        ),
        OfficeError::Slow => {
            refused("PDFを作る処理が混み合っています。しばらくしてから、もう一度開いてください。")
        }
        other => Error::internal("pdf", other),
    })?;
    let name = format!("{}.pdf", row.file_name.trim_end_matches(".docx"));
    handed_out("application/pdf", "document.pdf", &name, pdf)
}

async fn stored(app: &App, person: &Person, case: &str, document: &str) -> Result<(Document, Vec<u8>)> {
    let (scope, case, document) =
        (person.scope(), page::id::<CaseId>(case)?, page::id::<DocumentId>(document)?);
    let row = app
        .db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            Ok::<_, Error>(contracts::document(conn, &case.id, &document)?)
        })
        .await?;
    let bytes = app.files.get(&row.sha256).await.map_err(|error| Error::internal("file store", error))?;
    Ok((row, bytes))
}

/// Bytes as a file to keep, by its Japanese name; nothing in it runs in the browser.
///
/// # Errors
/// A name that no header can carry; does not happen once it is encoded.
pub fn handed_out(kind: &'static str, plain: &str, name: &str, bytes: Vec<u8>) -> Result {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, attachment(plain, name)?),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((headers, bytes).into_response())
}

fn attachment(plain: &str, name: &str) -> Result<HeaderValue> {
    let name = percent_encode(name).replace('/', "%2F");
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"))
        .map_err(|error| Error::internal("file name", error))
}
