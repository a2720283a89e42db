//! The inquiries of a case: what waits, what is answered, and the form of a notice.

use std::sync::Arc;

use axum::extract::{Path, State};
use domain::ids::CaseId;
use domain::language::Language;
use domain::permission::Permission;
use questionnaires::question::Questionnaire;
use serde::Serialize;
use store::accounts::Staff;
use store::assessments;
use store::cases::{self, Case};
use store::inquiries::{self, Inquiry};
use store::vendors::Vendor;
use store::{Conn, Scope, accounts};

use crate::access::Person;
use crate::answering::inquiries::words_of;
use crate::answering::sheet;
use crate::app::App;
use crate::assessments::answer;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::policy::held as policy;

/// Its title.
const TITLE: &str = "質問と回答";

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// Questions that wait for an answer, oldest first.
    pub waiting: Vec<Shown>,
    /// Answered questions and notices, latest first.
    pub answered: Vec<Shown>,
    /// Whether the person may answer.
    pub may_answer: bool,
    /// Whether a notice has readers.
    pub may_notify: bool,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// An inquiry.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Id.
    pub id: String,
    /// The question of the form that it is about, in words; empty for none.
    pub about: String,
    /// As the vendor wrote it; empty for a notice.
    pub text: String,
    /// Who asked, and when.
    pub asked: String,
    /// What all vendors read in its place; empty when the answer went to one.
    pub published: String,
    /// The answer; empty while it waits.
    pub answer: String,
    /// Who answered, and when.
    pub answered: String,
    /// Who reads the answer, in words.
    pub audience: &'static str,
}

/// The inquiries of a case with what it takes to show them.
pub(super) struct Loaded {
    pub(super) case: Case,
    pub(super) rows: Vec<(Inquiry, Option<Vendor>)>,
    staff: Vec<Staff>,
    vendors: Vec<Vendor>,
    questionnaire: Option<Arc<Questionnaire>>,
}

impl Loaded {
    /// Names of the vendors of the case less one: they do not learn of each other.
    pub(super) fn names(&self, less: Option<&Vendor>) -> Vec<&str> {
        let others = self.vendors.iter().filter(|vendor| less.is_none_or(|less| less.id != vendor.id));
        others.map(|vendor| vendor.name.as_str()).collect()
    }

    pub(super) fn shown(&self, row: &Inquiry, vendor: Option<&Vendor>) -> Shown {
        let at = |name: &str, at: jiff::Timestamp| format!("{name}　{}", page::moment(at));
        let by = |id: &domain::ids::StaffId| {
            self.staff.iter().find(|staff| staff.id == *id).map_or("", |staff| staff.name.as_str())
        };
        Shown {
            id: row.id.to_string(),
            about: row
                .question
                .as_ref()
                .zip(self.questionnaire.as_ref())
                .and_then(|(id, questionnaire)| words_of(questionnaire, id, Language::Japanese))
                .unwrap_or_default(),
            text: vendor.map_or(String::new(), |_| row.text.clone()),
            asked: vendor.map_or(String::new(), |vendor| {
                at(&format!("{}　{}", vendor.name, row.asked_by), row.asked_at.get())
            }),
            published: row.published_text.clone().unwrap_or_default(),
            answer: row.answer.clone().unwrap_or_default(),
            answered: row
                .answered_by
                .as_ref()
                .zip(row.answered_at.as_ref())
                .map_or(String::new(), |(id, moment)| at(by(id), moment.get())),
            audience: row.audience.map_or("", |audience| audience.label()),
        }
    }
}

pub(super) async fn load(app: &App, person: &Person, id: &str) -> Result<Loaded> {
    let (scope, id) = (person.scope(), page::id::<CaseId>(id)?);
    app.db.read(move |conn| load_in(conn, &scope, &id)).await
}

fn load_in(conn: &mut Conn, scope: &Scope, id: &CaseId) -> Result<Loaded> {
    let case = cases::case(conn, scope, id)?;
    let asked = assessments::assessments_of(conn, id)?;
    // All vendors of a case have the same questionnaire.
    let questionnaire =
        asked.first().map(|(assessment, _)| sheet::questionnaire(conn, assessment)).transpose()?;
    Ok(Loaded {
        rows: inquiries::inquiries_of(conn, id)?,
        staff: accounts::staff_of(conn, &scope.organization)?,
        vendors: asked.into_iter().map(|(_, vendor)| vendor).collect(),
        questionnaire,
        case,
    })
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>, query: Query) -> Result {
    let loaded = load(&app, &person, &id).await?;
    let frame = Frame::staff(&person, TITLE, "/cases").with_done(&query);
    let shown = shown(&app, &person, &loaded, &Form::default(), Problems::default())?;
    page::render(&app, "inquiries/list.html", &frame, &shown)
}

/// The page again with what was typed and its problems.
pub(super) fn refused(
    app: &App,
    person: &Person,
    loaded: &Loaded,
    form: &Form,
    problems: Problems,
) -> Result {
    let frame = Frame::staff(person, TITLE, "/cases").with_problems(&problems);
    page::render_problems(app, "inquiries/list.html", &frame, &shown(app, person, loaded, form, problems)?)
}

fn shown(app: &App, person: &Person, loaded: &Loaded, form: &Form, problems: Problems) -> Result<Page> {
    let may_answer = person.may(Permission::IssueQuestionnaire);
    let profile = policy::profile_of_case(app, &loaded.case)?;
    let (waiting, answered): (Vec<_>, Vec<_>) =
        loaded.rows.iter().partition(|(inquiry, _)| inquiry.answer.is_none());
    let show = |(inquiry, vendor): &(Inquiry, Option<Vendor>)| loaded.shown(inquiry, vendor.as_ref());
    Ok(Page {
        case: loaded.case.id.to_string(),
        title: loaded.case.title.clone(),
        waiting: waiting.into_iter().map(show).collect(),
        answered: answered.into_iter().rev().map(show).collect(),
        may_answer,
        may_notify: may_answer && !loaded.vendors.is_empty() && !answer::by_staff(&profile, &loaded.case),
        values: page::values(form),
        problems,
    })
}

/// Readers of what is published about a case: nobody where staff answer, for its providers have been asked nothing.
///
/// # Errors
/// The database.
pub(super) fn readers(
    conn: &mut Conn,
    app: &App,
    case: &Case,
) -> Result<Vec<(assessments::Assessment, Vendor)>> {
    let profile = policy::profile_of_case(app, case)?;
    if answer::by_staff(&profile, case) {
        return Ok(Vec::new());
    }
    Ok::<_, Error>(assessments::assessments_of(conn, &case.id)?)
}
