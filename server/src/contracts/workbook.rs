//! The tables of a document as a workbook, for those who keep lists in Excel.

use axum::extract::{Path, State};
use contract_templates::model::{Block, Document, plain};

use super::{download, inputs, preview};
use crate::access::Person;
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::form::Problems;
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
    handed_out(&name, tables(&draft.document)).await
}

/// GET: the 対照表 of the 特記仕様書: contract item, requirement, article, and the answers that shaped it.
pub async fn comparison(State(app): State<App>, person: Person, Path(case): Path<String>) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    let shown = preview::shown(&app, &person, &inputs, Problems::default())?;
    if !shown.blocked.is_empty() {
        return Err(Error::Refused {
            message: format!("文書を作れません。{}", shown.blocked), clause: None
        });
    }
    let columns =
        [("番号", 8.0), ("定めるべき事項", 44.0), ("根拠", 20.0), ("条", 40.0), ("載せないもの", 32.0)];
    let items = shown.comparison.into_iter().map(|item| {
        let (articles, dropped) = (item.row.articles.join("、"), item.row.dropped.join("、"));
        vec![item.row.number.to_string(), item.row.summary, item.clause, articles, dropped]
    });
    let reasons = [
        ("条", 12.0),
        ("見出し", 30.0),
        ("版", 24.0),
        ("規則", 10.0),
        ("載せる理由", 44.0),
        ("決め手となった事実及び回答", 60.0),
        ("根拠", 30.0),
        ("職員による変更", 40.0),
    ];
    let articles = shown.articles.into_iter().map(|own| {
        let switched = own.switched.map(|(reason, by)| format!("{reason}（{by}）"));
        let changed: Vec<String> =
            switched.into_iter().chain(Some(own.edited).filter(|edited| !edited.is_empty())).collect();
        let because = [own.variant_reason, own.because].into_iter().filter(|text| !text.is_empty());
        vec![
            own.label,
            own.heading,
            own.variant,
            own.rule,
            own.reason,
            because.collect::<Vec<_>>().join("。"),
            own.policy.join("、"),
            changed.join("、"),
        ]
    });
    let table = |name: &str, columns: &[(&str, f64)], rows: Vec<Vec<String>>| Table {
        name: name.to_owned(),
        title: format!("{}　{name}", shown.title),
        columns: columns
            .iter()
            .map(|(name, width)| Column { name: (*name).to_owned(), width: *width })
            .collect(),
        rows,
    };
    let tables =
        [table("契約事項と条", &columns, items.collect()), table("条と理由", &reasons, articles.collect())];
    let name = format!("{}_対照表.xlsx", inputs.case.number);
    handed_out(&name, tables.to_vec()).await
}

/// Tables handed out as a workbook.
///
/// # Errors
/// A name that Excel or a header does not take.
pub async fn handed_out(name: &str, tables: Vec<Table>) -> Result {
    let bytes = off_thread("workbook", move || spreadsheet::write(&tables))
        .await?
        .map_err(|error| Error::internal("workbook", error))?;
    download::handed_out(XLSX, "document.xlsx", name, bytes)
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
