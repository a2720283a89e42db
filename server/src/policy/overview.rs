//! 規程・設問: what is in force, what is being changed, where to look.

use axum::extract::State;
use contract_templates::document::Stage;
use domain::permission::Permission;
use questionnaires::japanese::date::wareki_long;
use serde::Serialize;
use store::{accounts, content};

use super::{drafts, held};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};

/// Settled drafts shown.
const HISTORY: i64 = 20;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Name of the policy.
    pub policy: String,
    /// Editions: name, first day, whether it is the one in force.
    pub editions: Vec<(String, String, bool)>,
    /// Classes: name and what belongs to them.
    pub classes: Vec<(String, String)>,
    /// Paths: name, condition in words, approval steps, number of questions.
    pub paths: Vec<PathShown>,
    /// Topics: id, name, number of questions.
    pub topics: Vec<(String, String, usize)>,
    /// Criteria: id, name with edition.
    pub criteria: Vec<(String, String)>,
    /// Documents that the municipality has once: id and title.
    pub documents: Vec<(String, String)>,
    /// Open drafts.
    pub drafts: Vec<DraftShown>,
    /// Settled ones, newest first.
    pub history: Vec<DraftShown>,
    /// Whether the person may edit.
    pub may_edit: bool,
    /// Values of the form.
    pub values: Values,
    /// Problems of the form.
    pub problems: Problems,
}

/// A path.
#[derive(Debug, Clone, Serialize)]
pub struct PathShown {
    /// Name.
    pub name: String,
    /// Place in the policy.
    pub clause: String,
    /// When a case takes it.
    pub when: String,
    /// Who decides, step by step.
    pub approval: Vec<String>,
    /// Questions that can be asked.
    pub questions: usize,
}

/// A draft.
#[derive(Debug, Clone, Serialize)]
pub struct DraftShown {
    /// Id.
    pub id: String,
    /// What it changes.
    pub name: String,
    /// State.
    pub state: &'static str,
    /// Who and when.
    pub by: String,
    /// Reason of what is settled.
    pub reason: String,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, query: Query) -> Result {
    let shown = shown(&app, &person, &Form::default(), Problems::default()).await?;
    let frame = Frame::staff(&person, "規程・設問", "/policy").with_done(&query);
    page::render(&app, "policy/overview.html", &frame, &shown)
}

/// The page, with a form as it was typed.
///
/// # Errors
/// The database.
pub async fn shown(app: &App, person: &Person, form: &Form, problems: Problems) -> Result<Page> {
    let held = held::profile_of(app, &person.organization)?;
    let organization = person.organization.id.clone();
    let (open, settled, staff) = app
        .db
        .read(move |conn| {
            Ok::<_, Error>((
                content::drafts(conn, &organization)?,
                content::settled(conn, &organization, HISTORY)?,
                accounts::staff_of(conn, &organization)?,
            ))
        })
        .await?;
    let name_of = |id: &domain::ids::StaffId| {
        staff.iter().find(|staff| staff.id == *id).map_or_else(String::new, |staff| staff.name.clone())
    };
    let draft = |file: content::ContentFile| {
        let tree: Option<toml::Value> = toml::from_str(&file.text).ok();
        let tree = tree.and_then(|tree| serde_json::to_value(tree).ok()).unwrap_or_default();
        let (by, at) = match (&file.settled_by, &file.settled_at) {
            (Some(by), Some(at)) => (by, at),
            _ => (&file.edited_by, &file.edited_at),
        };
        DraftShown {
            id: file.id.to_string(),
            name: drafts::name_of(&file.path, &tree),
            state: file.state.label(),
            by: format!("{}　{}", name_of(by), page::moment(at.get())),
            reason: file.reason.clone(),
        }
    };
    let vocabulary = held.vocabulary();
    let editions = held.content.profiles.iter().filter(|profile| profile.id == held.id);
    Ok(Page {
        policy: held.name.clone(),
        editions: editions
            .map(|profile| {
                let first = wareki_long(profile.effective_from);
                (profile.edition.clone(), first, profile.edition == held.edition)
            })
            .collect(),
        documents: app
            .library
            .documents
            .iter()
            .filter(|own| own.stage == Stage::Organization)
            .map(|own| (own.id.clone(), held.in_own_words(&own.title).into_owned()))
            .collect(),
        classes: held.classes.iter().map(|class| (class.name.clone(), class.description.clone())).collect(),
        paths: held
            .paths
            .iter()
            .map(|path| PathShown {
                name: path.name.clone(),
                clause: held::clause_number(app, &held, &path.requirement).unwrap_or_default(),
                when: path.when.describe(&vocabulary),
                approval: path
                    .approval
                    .iter()
                    .map(|step| {
                        let roles: Vec<&str> =
                            step.roles.iter().map(|role| held::role_name(&held, role)).collect();
                        format!("{}（{}）", step.name, roles.join("又は"))
                    })
                    .collect(),
                questions: held
                    .content
                    .questions()
                    .filter(|question| question.paths.iter().any(|set| path.asks(set)))
                    .count(),
            })
            .collect(),
        topics: held
            .content
            .topics
            .iter()
            .map(|topic| (topic.topic.clone(), topic.name.clone(), topic.questions.len()))
            .collect(),
        criteria: held
            .content
            .criteria_for(&held.id)
            .map(|criteria| (criteria.id.clone(), format!("{}（{}版）", criteria.name, criteria.edition)))
            .collect(),
        drafts: open.into_iter().map(draft).collect(),
        history: settled.into_iter().map(draft).collect(),
        may_edit: person.may(Permission::EditPolicy),
        values: page::values(form),
        problems,
    })
}
