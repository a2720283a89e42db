//! The list of cases: filters live in the address.

use axum::extract::State;
use domain::case::State as CaseState;
use jiff::Timestamp;
use questionnaires::japanese::search_key::search_key;
use serde::Serialize;
use store::cases::{self, Case, CaseFilter};

use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::percent_encode;
use crate::page::{self, Frame, Query};
use crate::policy::held as policy;

/// Rows of a page.
const PAGE: i64 = 50;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Rows.
    pub cases: Vec<Row>,
    /// States to filter by.
    pub states: Vec<Choice>,
    /// Paths to filter by.
    pub paths: Vec<Choice>,
    /// Text searched for.
    pub text: String,
    /// Whether any filter is set.
    pub filtered: bool,
    /// Address of the next page; empty on the last.
    pub next: String,
    /// Whether the person may register cases.
    pub may_register: bool,
}

/// A row.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Id.
    pub id: String,
    /// 案件番号
    pub number: String,
    /// 件名
    pub title: String,
    /// Path name.
    pub path: String,
    /// Class name.
    pub class: String,
    /// State word.
    pub state: &'static str,
    /// State id, for the colour of the chip.
    pub state_id: &'static str,
    /// Last change.
    pub updated: String,
}

/// A choice of a filter.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// Value.
    pub id: String,
    /// Words.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, query: Query) -> Result {
    let profile = &policy::profile_of(&app, &person.organization)?;
    let state: Option<CaseState> = query.get("state").and_then(|word| word.parse().ok());
    let path = query.get("path").map(str::to_owned);
    let text = query.get("q").unwrap_or_default().to_owned();
    let filter = CaseFilter {
        state,
        path: path.clone(),
        key: search_key(&text),
        after: query.get("after").and_then(position),
        limit: PAGE + 1,
    };
    let scope = person.scope();
    let mut found = app.db.read(move |conn| Ok::<_, Error>(cases::cases(conn, &scope, &filter)?)).await?;
    let more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = match (more, found.last()) {
        (true, Some(last)) => {
            let mut parts = vec![format!("after={}", percent_encode(&position_text(last)))];
            parts.extend(state.map(|state| format!("state={}", state.as_str())));
            parts.extend(path.as_ref().map(|path| format!("path={}", percent_encode(path))));
            if !text.is_empty() {
                parts.push(format!("q={}", percent_encode(&text)));
            }
            format!("/cases?{}", parts.join("&"))
        }
        _ => String::new(),
    };
    let shown = Page {
        cases: found.iter().map(|case| row(profile, case)).collect(),
        states: CaseState::ALL
            .iter()
            .map(|s| Choice { id: s.as_str().into(), label: s.label().into(), chosen: state == Some(*s) })
            .collect(),
        paths: profile
            .paths
            .iter()
            .map(|p| Choice {
                id: p.id.clone(),
                label: p.name.clone(),
                chosen: path.as_deref() == Some(&p.id),
            })
            .collect(),
        filtered: state.is_some() || path.is_some() || !text.is_empty(),
        text,
        next,
        may_register: person.may(domain::permission::Permission::EditCases),
    };
    page::render(&app, "cases/list.html", &Frame::staff(&person, "案件", "/cases").with_done(&query), &shown)
}

/// A row of a list of cases.
#[must_use]
pub fn row(profile: &questionnaires::policy::Profile, case: &Case) -> Row {
    Row {
        id: case.id.to_string(),
        number: case.number.clone(),
        title: case.title.clone(),
        path: policy::path_name(profile, &case.path).to_owned(),
        class: policy::class_name(profile, &case.class).to_owned(),
        state: case.state.label(),
        state_id: case.state.as_str(),
        updated: page::day(case.updated_at.get()),
    }
}

fn position_text(case: &Case) -> String {
    format!("{}_{}", case.updated_at.get(), case.id)
}

fn position(text: &str) -> Option<(Timestamp, domain::ids::CaseId)> {
    let (at, id) = text.split_once('_')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}
