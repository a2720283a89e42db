//! 要求への対応: which obligation is met by what, for people and as a spreadsheet.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use contract_templates::library::Library;
use questionnaires::content::Content;
use questionnaires::coverage::{CoverageRow, CoverageState, coverage};
use questionnaires::japanese::search_key::search_key;
use questionnaires::policy::Profile;
use rust_xlsxwriter::XlsxError;
use serde::Serialize;

use super::held::{self, Held};
use crate::access::Person;
use crate::app::{App, off_thread};
use crate::error::{Error, Result};
use crate::page::{self, Frame, Query};
use crate::spreadsheet::{self, Column, Table};

/// Requirements that each clause serves, by clause id.
#[must_use]
pub fn clause_links(library: &Library) -> Vec<(String, Vec<String>)> {
    library.clauses.iter().map(|clause| (clause.id.clone(), clause.requirements.clone())).collect()
}

/// Everything that serves a requirement, in words: ids of questions and clauses, names of the rest.
#[must_use]
pub fn served_by(content: &Content, profile: &Profile, row: &CoverageRow) -> Vec<String> {
    let named = |ids: &[String], later: bool| -> Vec<String> {
        let means = ids.iter().filter_map(|id| content.means(id));
        means
            .map(|means| {
                format!("{}{}", profile.in_own_words(&means.name), if later { "（今後）" } else { "" })
            })
            .collect()
    };
    [
        row.questions.clone(),
        row.criteria.iter().map(|id| format!("基準 {id}")).collect(),
        row.clauses.clone(),
        row.steps.iter().map(|step| format!("手続 {step}")).collect(),
        named(&row.present, false),
        named(&row.planned, true),
    ]
    .concat()
}

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Name and edition of the policy.
    pub policy: String,
    /// What was searched for.
    pub searched: String,
    /// State that was chosen; empty for all.
    pub state: String,
    /// The states with the number of requirements in each.
    pub states: Vec<StateCount>,
    /// Number of requirements of the policy.
    pub total: usize,
    /// Rows that match.
    pub rows: Vec<Row>,
}

/// A state with its number.
#[derive(Debug, Clone, Serialize)]
pub struct StateCount {
    /// `met`, `partly`, `planned`, `gap`
    pub id: String,
    /// For people.
    pub label: &'static str,
    /// Requirements.
    pub count: usize,
}

/// A requirement.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// `R-077`
    pub id: String,
    /// Place in the policy, as printed.
    pub printed: String,
    /// Corrected place and what is odd about the printed one; empty where nothing is.
    pub remark: String,
    /// The obligation.
    pub summary: String,
    /// Who must act.
    pub addressee: String,
    /// Questions: id and title.
    pub questions: Vec<(String, String)>,
    /// What disqualifies in its name.
    pub criteria: Vec<String>,
    /// Clauses: id and heading.
    pub clauses: Vec<(String, String)>,
    /// Paths, approval steps and means that work, with where to find them.
    pub present: Vec<String>,
    /// Means of later versions.
    pub planned: Vec<String>,
    /// State.
    pub state: String,
    /// Its label.
    pub state_label: &'static str,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, query: Query) -> Result {
    let held = held::profile_of(&app, &person.organization)?;
    let all = rows(&app, &held);
    let searched = query.get("q").unwrap_or_default().to_owned();
    let state = query.get("state").unwrap_or_default().to_owned();
    let states = [CoverageState::Met, CoverageState::Partly, CoverageState::Planned, CoverageState::Gap]
        .map(|state| StateCount {
            id: word(state),
            label: state.label(),
            count: all.iter().filter(|row| row.state == word(state)).count(),
        })
        .to_vec();
    let key = search_key(&searched);
    let shown = Page {
        policy: format!("{}（{}版）", held.name, held.edition),
        total: all.len(),
        rows: all
            .into_iter()
            .filter(|row| state.is_empty() || row.state == state)
            .filter(|row| key.is_empty() || search_key(&row.text()).contains(&key))
            .collect(),
        searched,
        state,
        states,
    };
    let frame = Frame::staff(&person, "要求への対応", "/policy");
    page::render(&app, "policy/coverage.html", &frame, &shown)
}

/// GET: the same as a spreadsheet.
pub async fn sheet(State(app): State<App>, person: Person) -> Result {
    let held = held::profile_of(&app, &person.organization)?;
    let rows = rows(&app, &held);
    let title = format!("{}（{}版）", held.name, held.edition);
    let bytes = off_thread("coverage sheet", move || workbook(&title, &rows))
        .await?
        .map_err(|error| Error::internal("coverage sheet", error.to_string()))?;
    Ok(xlsx("coverage.xlsx", bytes))
}

/// A spreadsheet as an answer.
pub fn xlsx(name: &str, bytes: Vec<u8>) -> axum::response::Response {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, KIND.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

fn word(state: CoverageState) -> String {
    serde_json::to_value(state).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn rows(app: &App, held: &Held) -> Vec<Row> {
    let content = &held.content;
    let heading = |id: &String| {
        let clause = app.library.clauses.iter().find(|clause| &clause.id == id);
        (id.clone(), clause.map_or_else(String::new, |clause| clause.heading.clone()))
    };
    let title = |id: &String| {
        let question = content.question(id);
        (
            id.clone(),
            question.map_or_else(String::new, |question| held.in_own_words(&question.title).into_owned()),
        )
    };
    let shown = coverage(content, held, &clause_links(&app.library)).into_iter().map(|row| {
        let means = |ids: &[String]| -> Vec<String> {
            let means = ids.iter().filter_map(|id| content.means(id));
            means
                .map(|means| held.with_own_words(means))
                .map(|means| match means.place {
                    Some(place) => format!("{}（{place}）", means.name),
                    None => means.name,
                })
                .collect()
        };
        let roles = content.requirement(&row.requirement).map(|requirement| {
            let all = std::iter::once(&requirement.addressee).chain(&requirement.also_addressed);
            all.map(|role| held::role_name(held, role)).collect::<Vec<_>>().join("又は")
        });
        let remark = [row.normalised.as_ref().map(|number| format!("正しくは{number}")), row.note.clone()];
        Row {
            remark: remark.into_iter().flatten().collect::<Vec<_>>().join("。"),
            addressee: roles.unwrap_or_default(),
            questions: row.questions.iter().map(title).collect(),
            criteria: row.criteria.clone(),
            clauses: row.clauses.iter().map(heading).collect(),
            present: row.steps.iter().map(|step| format!("手続 {step}")).chain(means(&row.present)).collect(),
            planned: means(&row.planned),
            state: word(row.state),
            state_label: row.state.label(),
            id: row.requirement,
            printed: row.printed,
            summary: row.summary,
        }
    });
    shown.collect()
}

impl Row {
    /// Everything that a search looks through.
    fn text(&self) -> String {
        let pairs = self.questions.iter().chain(&self.clauses).flat_map(|(id, name)| [id, name]);
        let lists = self.criteria.iter().chain(&self.present).chain(&self.planned);
        let own = [&self.id, &self.printed, &self.remark, &self.summary, &self.addressee];
        own.into_iter().chain(pairs).chain(lists).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

fn workbook(title: &str, rows: &[Row]) -> std::result::Result<Vec<u8>, XlsxError> {
    const COLUMNS: [(&str, f64); 11] = [
        ("要求", 8.0),
        ("条番号", 16.0),
        ("条番号の注", 24.0),
        ("内容", 48.0),
        ("名宛人", 20.0),
        ("設問", 28.0),
        ("基準", 16.0),
        ("条項", 28.0),
        ("手段", 36.0),
        ("今後の手段", 36.0),
        ("状況", 12.0),
    ];
    let pairs = |pairs: &[(String, String)]| {
        pairs.iter().map(|(id, name)| format!("{id} {name}")).collect::<Vec<_>>().join("\n")
    };
    let cells = |row: &Row| {
        vec![
            row.id.clone(),
            row.printed.clone(),
            row.remark.clone(),
            row.summary.clone(),
            row.addressee.clone(),
            pairs(&row.questions),
            row.criteria.join("\n"),
            pairs(&row.clauses),
            row.present.join("\n"),
            row.planned.join("\n"),
            row.state_label.to_owned(),
        ]
    };
    spreadsheet::write(&[Table {
        name: "要求への対応".to_owned(),
        title: title.to_owned(),
        columns: COLUMNS.map(|(name, width)| Column { name: name.to_owned(), width }).to_vec(),
        rows: rows.iter().map(cells).collect(),
    }])
}
