//! What changed between two versions of a document, and against the Word file that came back from the other party.

use axum::body::Bytes;
use axum::extract::{Multipart, Path, State};
use contract_templates::difference::{ArticleText, Difference, articles_in, difference};
use contract_templates::docx;
use domain::ids::{CaseId, DocumentId};
use serde::Serialize;
use store::cases;
use store::contracts::{self, Document};

use crate::access::Person;
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::form::Problems;
use crate::page::{self, Frame};

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// Document id.
    pub document: String,
    /// Title of the document with its version.
    pub name: String,
    /// With what it was compared; empty when there is nothing yet.
    pub with: String,
    /// Differences.
    pub differences: Vec<Difference>,
    /// Problems.
    pub problems: Problems,
}

struct Loaded {
    case: CaseId,
    document: Document,
    earlier: Option<Document>,
}

async fn load(app: &App, person: &Person, case: &str, document: &str) -> Result<Loaded> {
    let (scope, case) = (person.scope(), page::id::<CaseId>(case)?);
    let document = page::id::<DocumentId>(document)?;
    app.db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?.id;
            let document = contracts::document(conn, &case, &document)?;
            let all = contracts::documents_of(conn, &case)?;
            let before = |own: &Document| own.kind == document.kind && own.version == document.version - 1;
            let earlier = all.into_iter().find(before);
            Ok::<_, Error>(Loaded { case, document, earlier })
        })
        .await
}

async fn articles(app: &App, document: &Document) -> Result<Vec<ArticleText>> {
    let bytes =
        app.files.get(&document.sha256).await.map_err(|error| Error::internal("file store", error))?;
    let read = off_thread("read document", move || docx::read(&bytes)).await?;
    Ok(articles_in(&read.map_err(|error| Error::internal("stored document", error))?))
}

fn named(document: &Document) -> String {
    format!("{}（第{}版）", document.title, document.version)
}

impl Loaded {
    fn page(&self) -> Page {
        Page {
            case: self.case.to_string(),
            document: self.document.id.to_string(),
            name: named(&self.document),
            ..Page::default()
        }
    }
}

/// GET: against the version before.
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((case, document)): Path<(String, String)>,
) -> Result {
    let loaded = load(&app, &person, &case, &document).await?;
    let mut shown = loaded.page();
    if let Some(earlier) = &loaded.earlier {
        let (old, new) = (articles(&app, earlier).await?, articles(&app, &loaded.document).await?);
        shown.with = named(earlier);
        shown.differences = off_thread("compare", move || difference(&old, &new)).await?;
    }
    page::render(&app, "contracts/difference.html", &Frame::staff(&person, "文書の比較", "/cases"), &shown)
}

/// POST: against a file that came back.
pub async fn compare(
    State(app): State<App>,
    person: Person,
    Path((case, document)): Path<(String, String)>,
    mut upload: Multipart,
) -> Result {
    let loaded = load(&app, &person, &case, &document).await?;
    let mut bytes = Bytes::new();
    while let Some(field) =
        upload.next_field().await.map_err(|_| Error::BadRequest("the upload did not arrive whole"))?
    {
        if field.name() == Some("file") {
            bytes = field.bytes().await.map_err(|_| Error::TooLarge)?;
        }
    }
    let mut shown = loaded.page();
    if bytes.is_empty() {
        shown.problems.add("file", "Wordのファイル（.docx）を選んでください");
    } else {
        match off_thread("read returned document", move || docx::read(&bytes)).await? {
            Ok(read) => {
                let (old, new) = (articles(&app, &loaded.document).await?, articles_in(&read));
                shown.with = "返送されたファイル".to_owned();
                shown.differences = off_thread("compare", move || difference(&old, &new)).await?;
            }
            Err(error) => {
                shown.problems.add("file", format!("{error}。Wordで開いて.docxとして保存し直してください"))
            }
        }
    }
    let frame = Frame::staff(&person, "文書の比較", "/cases").with_problems(&shown.problems);
    if shown.problems.is_empty() {
        page::render(&app, "contracts/difference.html", &frame, &shown)
    } else {
        page::render_problems(&app, "contracts/difference.html", &frame, &shown)
    }
}
