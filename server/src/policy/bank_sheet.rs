//! The bank as a workbook for people: received, changed in Excel, read back as drafts.

use axum::extract::{Multipart, State};
use serde::Serialize;
use store::content;

use super::bank::{self, RowResult};
use super::coverage::xlsx;
use super::{drafts, held};
use crate::access::Person;
use crate::app::{App, laid_over, off_thread};
use crate::error::{Error, Result};
use crate::form::Problems;
use crate::page::{self, Frame};

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Whether a file was read.
    pub read: bool,
    /// Whether everything fits.
    pub fits: bool,
    /// Questions in the file.
    pub questions: usize,
    /// Rows with problems or changes.
    pub rows: Vec<RowResult>,
    /// Questions that the file leaves out.
    pub removed: Vec<String>,
    /// Drafts that were made: address and name.
    pub drafts: Vec<(String, String)>,
    /// What stood in the way of drafts.
    pub problems: Problems,
}

/// GET
pub async fn sheet(State(app): State<App>, person: Person) -> Result {
    let held = held::profile_of(&app, &person.organization)?;
    let bytes = off_thread("bank sheet", move || bank::export(&held.content.topics))
        .await?
        .map_err(|error| Error::internal("bank sheet", error))?;
    Ok(xlsx("questions.xlsx", bytes))
}

/// GET
pub async fn page(State(app): State<App>, person: Person) -> Result {
    let frame = Frame::staff(&person, "設問のExcelでの編集", "/policy");
    page::render(&app, "policy/bank.html", &frame, &Page::default())
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, mut parts: Multipart) -> Result {
    let mut bytes = None;
    while let Some(part) =
        parts.next_field().await.map_err(|_| Error::BadRequest("the file did not arrive whole"))?
    {
        if part.name() == Some("file") {
            let found = part.bytes().await.map_err(|_| Error::TooLarge)?;
            bytes = Some(found.to_vec());
        }
    }
    let mut problems = Problems::default();
    let bytes = bytes.unwrap_or_default();
    if bytes.is_empty() {
        problems.add("file", "ファイルを選んでください");
        return refused(&app, &person, problems);
    }
    let organization = person.organization.id.clone();
    let published = app.db.read(move |conn| content::in_force(conn, &organization)).await?;
    let present = app.content_of(&person.organization.id);
    let imported = off_thread("bank import", move || {
        let files = laid_over(&published).collect::<Vec<_>>();
        bank::import(&bytes, &present, files)
    })
    .await?;
    let imported = match imported {
        Ok(imported) => imported,
        Err(refusal) => {
            problems.add("file", refusal.to_string());
            return refused(&app, &person, problems);
        }
    };
    let mut shown = Page {
        read: true,
        fits: imported.fits,
        questions: imported.questions,
        rows: imported.rows,
        removed: imported.removed,
        drafts: Vec::new(),
        problems,
    };
    if !shown.fits {
        let frame = Frame::staff(&person, "設問のExcelでの編集", "/policy").with_problems(&shown.problems);
        return page::render_problems(&app, "policy/bank.html", &frame, &shown);
    }
    for (topic, text) in imported.changed {
        let path = format!("questions/{}.toml", topic.topic);
        let name = format!("設問「{}」", topic.name);
        let id = save(&app, &person, path, text).await?;
        shown.drafts.push((format!("/policy/drafts/{id}"), name));
    }
    let frame = Frame::staff(&person, "設問のExcelでの編集", "/policy");
    page::render(&app, "policy/bank.html", &frame, &shown)
}

/// Saves a topic as its draft, over the draft that there may be.
async fn save(app: &App, person: &Person, path: String, text: String) -> Result<domain::ids::ContentFileId> {
    let (organization, of) = (person.organization.id.clone(), path.clone());
    let open = app.db.read(move |conn| content::draft_of(conn, &organization, &of)).await?;
    drafts::save_draft(app, person, path, text, open.map(|file| file.version)).await
}

fn refused(app: &App, person: &Person, problems: Problems) -> Result {
    let shown = Page { problems, ..Page::default() };
    let frame = Frame::staff(person, "設問のExcelでの編集", "/policy").with_problems(&shown.problems);
    page::render_problems(app, "policy/bank.html", &frame, &shown)
}
