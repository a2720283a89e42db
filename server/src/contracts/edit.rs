//! Rewriting an article in place, adding one of one's own, moving one: Markdown without template code, with a reason.

use axum::extract::{Path, State};
use contract_templates::difference::{Piece, pieces};
use contract_templates::edit::{OWN, text_of};
use contract_templates::{Draft, lint};
use domain::ids::ClauseEditId;
use serde::Serialize;
use serde_json::json;
use store::contracts::{self, ClauseEdit};

use super::inputs::{self, Inputs, SPECIAL_SPECIFICATIONS};
use super::preview;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;

/// What stands in the address for an article that is yet to be written.
const NEW: &str = "new";
const TEXT_CHARS: usize = 20_000;
const HEADING_CHARS: usize = 40;
const REASON_CHARS: usize = 500;

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// Clause id, or `new`.
    pub clause: String,
    /// Whether it is an article of one's own.
    pub own: bool,
    /// Heading.
    pub heading: String,
    /// Text.
    pub text: String,
    /// The article behind which it stands.
    pub after: String,
    /// Reason as typed.
    pub reason: String,
    /// Articles to stand behind: id and heading.
    pub places: Vec<(String, String)>,
    /// The difference to the library's text; empty for none.
    pub difference: Vec<Piece>,
    /// Findings of the text as it stands.
    pub findings: Vec<(String, String)>,
    /// What was changed before: text, reason, name and time.
    pub history: Vec<String>,
    /// Problems.
    pub problems: Problems,
}

fn open(inputs: &Inputs) -> Result<()> {
    if preview::is_open(inputs) {
        return Ok(());
    }
    Err(Error::Refused {
        message: "条項は、確定した後は変更できません。".into(), clause: None
    })
}

fn draft(app: &App, person: &Person, inputs: &Inputs) -> Result<Draft> {
    inputs
        .draft(app, person, SPECIAL_SPECIFICATIONS)?
        .map_err(|error| Error::Refused {
            message: format!("文書を作れません。{error}"), clause: None
        })
}

/// GET
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((case, clause)): Path<(String, String)>,
) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    open(&inputs)?;
    let shown = shown(&app, &person, inputs, &clause)?;
    page::render(&app, "contracts/edit.html", &Frame::staff(&person, "条文の編集", "/cases"), &shown)
}

fn shown(app: &App, person: &Person, mut inputs: Inputs, clause: &str) -> Result<Page> {
    let now = draft(app, person, &inputs)?;
    let article = now.document.articles().find(|article| article.clause == clause);
    if article.is_none() && clause != NEW {
        return Err(Error::NotFound);
    }
    let last = inputs.edits.iter().rev().find(|edit| edit.clause == clause).cloned();
    let history = inputs.edits.iter().rev().filter(|edit| edit.clause == clause).map(|edit| {
        format!("{}　{}　{}", page::moment(edit.created_at.get()), inputs.name(&edit.staff_id), edit.reason)
    });
    let mut shown = Page {
        case: inputs.case.id.to_string(),
        title: inputs.case.title.clone(),
        clause: clause.to_owned(),
        own: clause == NEW || clause.starts_with(OWN),
        heading: article.map_or(String::new(), |article| article.heading.clone()),
        text: article.map_or(String::new(), text_of),
        after: last.as_ref().map_or(String::new(), |edit| edit.placed_after.clone()),
        history: history.collect(),
        places: now
            .document
            .articles()
            .filter(|article| article.clause != clause)
            .map(|article| (article.clause.clone(), format!("{}（{}）", article.label, article.heading)))
            .collect(),
        ..Page::default()
    };
    if last.is_some_and(|edit| !edit.text.is_empty()) && !shown.own {
        inputs.edits.retain(|edit| edit.clause != clause);
        let library = draft(app, person, &inputs)?;
        let before = library.document.articles().find(|article| article.clause == clause).map(text_of);
        shown.difference = pieces(&before.unwrap_or_default(), &shown.text);
    }
    let place = article.map(|article| article.label.clone()).unwrap_or_default();
    let here = |finding: &&lint::Finding| !place.is_empty() && finding.place.starts_with(&place);
    let findings = now.findings.iter().filter(here);
    shown.findings = findings.map(|finding| (finding.excerpt.clone(), finding.advice.to_owned())).collect();
    Ok(shown)
}

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((case, clause)): Path<(String, String)>,
    form: Form,
) -> Result {
    let mut inputs = inputs::load(&app, &person, &case).await?;
    open(&inputs)?;
    let known = draft(&app, &person, &inputs)?;
    let exists = known.document.articles().any(|article| article.clause == clause);
    if !exists && clause != NEW {
        return Err(Error::NotFound);
    }
    let own = clause == NEW || clause.starts_with(OWN);
    let mut problems = Problems::default();
    let heading =
        if own { form.required("heading", "見出し", HEADING_CHARS, &mut problems) } else { String::new() };
    let restore = form.text("action") == "restore";
    let text = match (restore, clause == NEW) {
        (true, _) => String::new(),
        (false, _) => form.required("text", "条文", TEXT_CHARS, &mut problems),
    };
    let after = form.text("after").to_owned();
    if !after.is_empty()
        && !known.document.articles().any(|article| article.clause == after && after != clause)
    {
        problems.add("after", "置く場所を選択肢から選んでください");
    }
    let reason = form.required("reason", "理由", REASON_CHARS, &mut problems);
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let number = inputs.edits.iter().filter(|edit| edit.clause.starts_with(OWN)).count() + 1;
    let row = ClauseEdit {
        id: ClauseEditId::new(app.uuid()),
        organization_id: person.organization.id.clone(),
        case_id: inputs.case.id.clone(),
        clause: if clause == NEW { format!("{OWN}{number}") } else { clause.clone() },
        heading: heading.clone(),
        text: text.clone(),
        placed_after: if restore { String::new() } else { after.clone() },
        reason: reason.clone(),
        staff_id: person.staff.id.clone(),
        created_at: recorder.at.into(),
    };
    if problems.is_empty() {
        // A text that refers to an article that is not there is refused before it is stored.
        inputs.edits.push(row.clone());
        if let Err(error) = inputs.draft(&app, &person, SPECIAL_SPECIFICATIONS)? {
            problems.add("text", error.to_string());
        }
        inputs.edits.pop();
    }
    if !problems.is_empty() {
        let frame = Frame::staff(&person, "条文の編集", "/cases").with_problems(&problems);
        let shown = Page {
            heading,
            text: form.text("text").to_owned(),
            after,
            reason,
            problems,
            ..shown(&app, &person, inputs, &clause)?
        };
        return page::render_problems(&app, "contracts/edit.html", &frame, &shown);
    }
    let target = row.clause.clone();
    app.db
        .write(move |conn| {
            contracts::insert_edit(conn, &row)?;
            let detail =
                json!({ "clause": row.clause, "after": row.placed_after, "restored": row.text.is_empty() });
            let object = ("case", row.case_id.as_str());
            recorder.record(conn, "clause.edited", object, Some(&row.case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{case}/clauses?done=edited#{target}")))
}
