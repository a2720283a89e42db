//! Handing out a generated file: only as an attachment, checked against its hash.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use domain::ids::{CaseId, DocumentId};
use store::{cases, contracts};

use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::percent_encode;
use crate::page;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// GET
pub async fn file(
    State(app): State<App>,
    person: Person,
    Path((case, document)): Path<(String, String)>,
) -> Result {
    let (scope, case, document) =
        (person.scope(), page::id::<CaseId>(&case)?, page::id::<DocumentId>(&document)?);
    let row = app
        .db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            Ok::<_, Error>(contracts::document(conn, &case.id, &document)?)
        })
        .await?;
    let bytes = app.files.get(&row.sha256).await.map_err(|error| Error::internal("file store", error))?;
    let name = percent_encode(&row.file_name).replace('/', "%2F");
    let disposition =
        HeaderValue::from_str(&format!("attachment; filename=\"document.docx\"; filename*=UTF-8''{name}"))
            .map_err(|error| Error::internal("file name", error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(DOCX)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((headers, bytes).into_response())
}
