//! The tables of a document as a workbook, for those who keep lists in Excel.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use contract_templates::model::{Block, Document, plain};

use super::download::attachment;
use super::inputs;
use crate::access::Person;
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::spreadsheet::{self, Column, Table};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// GET
pub async fn file(
    State(app): State<App>,
    person: Person,
    Path((case, kind)): Path<(String, String)>,
) -> Result {
    if !app.library.document(&kind).is_some_and(|own| own.workbook) {
        return Err(Error::NotFound);
    }
    let inputs = inputs::load(&app, &person, &case).await?;
    let draft = inputs
        .draft(&app, &person, &kind)?
        .map_err(|error| Error::Refused {
            message: format!("文書を作れません。{error}"), clause: None
        })?;
    let name = format!("{}_{}.xlsx", inputs.case.number, draft.document.title);
    let bytes = off_thread("workbook", move || spreadsheet::write(&tables(&draft.document)))
        .await?
        .map_err(|error| Error::internal("workbook", error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(XLSX)),
        (header::CONTENT_DISPOSITION, attachment("document.xlsx", &name)?),
    ];
    Ok((headers, bytes).into_response())
}

/// Every table of a document as a sheet of its own.
fn tables(document: &Document) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut heading = document.title.clone();
    for block in &document.blocks {
        match block {
            Block::Attachment { text, .. } | Block::Heading { text } => heading = plain(text),
            Block::Table(table) => {
                let columns = table.header.iter().map(|cell| {
                    let name = plain(cell);
                    let width = if name.chars().count() > 6 { 28.0 } else { 16.0 };
                    Column { name, width }
                });
                let cell = |cell: &Vec<contract_templates::model::Run>| plain(cell).trim().to_owned();
                tables.push(Table {
                    name: sheet_name(tables.len() + 1, &heading),
                    title: format!("{}　{heading}", document.title),
                    columns: columns.collect(),
                    rows: table.rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
                });
            }
            _ => {}
        }
    }
    tables
}

/// A name that Excel takes: at most 31 characters, none of `[]:*?/\`, and unlike every other.
fn sheet_name(number: usize, heading: &str) -> String {
    let clean: String = heading.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(24).collect();
    format!("{number} {clean}")
}
