//! 草案: begin, see, publish and give up changes of rules, questions and criteria.
//!
//! What is published counts for what begins from then on: a questionnaire that was sent carries its own copy, and a
//! case keeps the edition of the policy with which it was opened.

use axum::extract::{Path, State};
use domain::content::{DraftState, REASON_MIN_CHARS, may_publish};
use domain::ids::ContentFileId;
use domain::permission::Permission;
use questionnaires::content::{Content, LoadProblem};
use questionnaires::policy::{Change, changes};
use questionnaires::question::Topic;
use questionnaires::scoring::Criteria;
use serde::Serialize;
use serde_json::{Value as Json, json};
use store::content::{self, ContentFile, Edit, Settlement};
use store::{accounts, assessments};

use super::held::{self, Held};
use super::trial::{self, Trial};
use crate::access::Person;
use crate::app::{App, laid_over, off_thread};
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::recording::Recorder;

/// Submitted assessments that a draft can be tried on.
const TRIALS: i64 = 50;

/// The page of a draft.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Id.
    pub id: String,
    /// What it changes.
    pub name: String,
    /// Path of the file.
    pub path: String,
    /// State.
    pub state: &'static str,
    /// Whether it is still a draft.
    pub open: bool,
    /// Who edited last and when.
    pub edited: String,
    /// Everybody who has edited it.
    pub editors: String,
    /// Who settled it, when and why; empty while it is open.
    pub settled: String,
    /// What differs from what is in force.
    pub changes: Vec<Change>,
    /// What keeps it from being published.
    pub faults: Vec<String>,
    /// Parts that can be edited: address and name.
    pub parts: Vec<(String, String)>,
    /// Whether questions can be copied and left out.
    pub is_topic: bool,
    /// Whether the person may edit.
    pub may_edit: bool,
    /// Whether the person may publish it.
    pub may_publish: bool,
    /// Why not, where the permission is there.
    pub not_publishable: String,
    /// Assessments to try it on: id, name, whether chosen.
    pub trials: Vec<(String, String, bool)>,
    /// What comes out for the chosen one.
    pub trial: Option<Trial>,
    /// Row version.
    pub version: i64,
    /// Values of the form.
    pub values: Values,
    /// Problems of the form.
    pub problems: Problems,
}

/// A draft with what stands around it.
pub struct Loaded {
    /// The row.
    pub file: ContentFile,
    /// Its tree.
    pub tree: Json,
    /// The tree of what is in force; null for something new.
    pub before: Json,
    /// The content with the draft on top, or what is wrong with it.
    pub content: std::result::Result<Content, Vec<LoadProblem>>,
    /// Everybody who has edited it, with names.
    pub editors: Vec<accounts::Staff>,
}

/// POST: begins a draft of a file, or opens the one there is.
pub async fn begin(State(app): State<App>, person: Person, form: Form) -> Result {
    let held = held::profile_of(&app, &person.organization)?;
    let mut problems = Problems::default();
    let (path, text) = match form.text("what") {
        "edition" => {
            let (path, text) = next_edition(&held, &form, &mut problems)?;
            if !problems.is_empty() {
                let shown = super::overview::shown(&app, &person, &form, problems).await?;
                let frame = Frame::staff(&person, "規程・設問", "/policy").with_problems(&shown.problems);
                return page::render_problems(&app, "policy/overview.html", &frame, &shown);
            }
            (path, text)
        }
        path => (path.to_owned(), text_in_force(&held.content, path)?),
    };
    let id = save_draft(&app, &person, path, text, None).await?;
    Ok(page::redirect(&format!("/policy/drafts/{id}")))
}

/// A new edition of the profile in force, as a file of its own: cases under the old one keep it.
fn next_edition(held: &Held, form: &Form, problems: &mut Problems) -> Result<(String, String)> {
    let edition = form.line("edition", "版", 7, problems);
    let from = form.line("effective_from", "施行日", 20, problems);
    let day = questionnaires::japanese::date::parse_date(&from);
    if !problems.has("effective_from") && day.is_err() {
        problems.add("effective_from", "施行日は、令和9年4月1日、2027-04-01 などの形で入力してください");
    }
    let is_edition = edition.len() == 7 && format!("{edition}-01").parse::<jiff::civil::Date>().is_ok();
    if !problems.has("edition") && !is_edition {
        problems.add("edition", "版は、2027-04 のように西暦の年と月で入力してください");
    }
    if held.content.edition(&held.id, &edition).is_some() {
        problems.add("edition", "この版は既にあります。別の版の名前にしてください");
    }
    let latest = held.content.profile(&held.id).map(|profile| profile.effective_from);
    if let (Ok(day), Some(latest)) = (&day, latest)
        && *day <= latest
    {
        problems
            .add("effective_from", format!("施行日は、今ある版の施行日（{latest}）より後の日にしてください"));
    }
    let mut tree =
        serde_json::to_value(&**held).map_err(|error| Error::internal("profile as JSON", error))?;
    tree["edition"] = edition.clone().into();
    tree["effective_from"] = day.map_or_else(|_| String::new(), |day| day.to_string()).into();
    Ok((format!("profiles/{}-{edition}.toml", held.id), toml_of(&tree)?))
}

/// The file of a topic or criteria as they are in force.
fn text_in_force(content: &Content, path: &str) -> Result<String> {
    let tree = tree_in_force(content, path).ok_or(Error::NotFound)?;
    toml_of(&tree)
}

fn tree_in_force(content: &Content, path: &str) -> Option<Json> {
    let (folder, name) = path.split_once('/')?;
    let name = name.strip_suffix(".toml")?;
    match folder {
        "questions" => {
            let topic: &Topic = content.topics.iter().find(|topic| topic.topic == name)?;
            serde_json::to_value(topic).ok()
        }
        "criteria" => {
            let criteria: &Criteria = content.criteria.iter().find(|criteria| criteria.id == name)?;
            serde_json::to_value(criteria).ok()
        }
        _ => None,
    }
}

/// Content is kept as TOML, the form in which people exchange it.
///
/// # Errors
/// A tree that TOML cannot hold; does not happen with content that was loaded.
pub fn toml_of(tree: &Json) -> Result<String> {
    toml::to_string_pretty(tree).map_err(|error| Error::internal("content as TOML", error))
}

/// Saves a text as the open draft of its path: a new one, or the one there is. With `version` the one there is must
/// still be as it was when the editor read it.
///
/// # Errors
/// [`Error::Stale`], or the database.
pub async fn save_draft(
    app: &App,
    person: &Person,
    path: String,
    text: String,
    version: Option<i64>,
) -> Result<ContentFileId> {
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let new = ContentFileId::new(app.uuid());
    let (by, base) = (person.staff.id.clone(), person.organization.content_version);
    app.db
        .write(move |conn| {
            let at: store::Stamp = recorder.at.into();
            let organization = recorder.organization.clone();
            let present = content::draft_of(conn, &organization, &path)?;
            let (id, action) = match (present, version) {
                // Opening a draft that somebody has begun changes nothing.
                (Some(file), None) => return Ok(file.id),
                (Some(file), Some(version)) => {
                    let edit = Edit { text, base_version: base, by, at };
                    content::update(conn, &organization, &file.id, version, &edit)?;
                    (file.id, "content.edited")
                }
                (None, _) => {
                    let row = ContentFile {
                        id: new.clone(),
                        organization_id: organization,
                        path: path.clone(),
                        text,
                        state: DraftState::Draft,
                        base_version: base,
                        edited_by: by,
                        edited_at: at.clone(),
                        created_at: at,
                        reason: String::new(),
                        settled_by: None,
                        settled_at: None,
                        published_version: None,
                        version: 1,
                    };
                    content::insert(conn, &row)?;
                    (new, "content.drafted")
                }
            };
            recorder.record(conn, action, ("content", id.as_str()), None, json!({ "path": path }))?;
            Ok::<_, Error>(id)
        })
        .await
}

/// Loads a draft of the person's organisation.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub async fn load(app: &App, person: &Person, id: &str) -> Result<Loaded> {
    let id = page::id::<ContentFileId>(id)?;
    let organization = person.organization.id.clone();
    let (file, published, editors) = app
        .db
        .read(move |conn| {
            let file = content::file(conn, &organization, &id)?;
            let editors = content::editors(conn, &file.id)?;
            let names = editors
                .iter()
                .map(|id| accounts::staff_member(conn, &organization, id))
                .collect::<store::Result<Vec<_>>>()?;
            Ok::<_, Error>((file, content::in_force(conn, &organization)?, names))
        })
        .await?;
    let tree: toml::Value =
        toml::from_str(&file.text).map_err(|error| Error::internal("stored draft", error))?;
    let tree = serde_json::to_value(tree).map_err(|error| Error::internal("stored draft", error))?;
    let held = held::profile_of(app, &person.organization)?;
    let before = if file.path.starts_with("profiles/") {
        serde_json::to_value(&*held).ok()
    } else {
        tree_in_force(&held.content, &file.path)
    };
    let mut files: Vec<(String, String)> =
        published.into_iter().filter(|(path, _)| *path != file.path).collect();
    files.push((file.path.clone(), file.text.clone()));
    let content = off_thread("content of a draft", move || Content::load_changed(laid_over(&files))).await?;
    Ok(Loaded { file, tree, before: before.unwrap_or(Json::Null), content, editors })
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>, query: Query) -> Result {
    let loaded = load(&app, &person, &id).await?;
    let shown =
        shown(&app, &person, &loaded, query.get("case"), &Form::default(), Problems::default()).await?;
    let frame = Frame::staff(&person, shown.name.clone(), "/policy").with_done(&query);
    page::render(&app, "policy/draft.html", &frame, &shown)
}

async fn shown(
    app: &App,
    person: &Person,
    loaded: &Loaded,
    tried: Option<&str>,
    form: &Form,
    problems: Problems,
) -> Result<Page> {
    let file = &loaded.file;
    let faults: Vec<String> = match &loaded.content {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| {
                if problem.field.is_empty() {
                    problem.message.clone()
                } else {
                    format!("{}：{}", problem.field, problem.message)
                }
            })
            .collect(),
    };
    let editors: Vec<_> = loaded.editors.iter().map(|staff| staff.id.clone()).collect();
    let may = may_publish(
        file.state,
        &editors,
        &person.staff.id,
        file.base_version,
        person.organization.content_version,
    );
    let permitted = person.may(Permission::PublishPolicy);
    let scope = person.scope();
    let (submitted, settled_by) = {
        let (organization, by) = (person.organization.id.clone(), file.settled_by.clone());
        app.db
            .read(move |conn| {
                let by = by.map(|by| accounts::staff_member(conn, &organization, &by)).transpose()?;
                Ok::<_, Error>((assessments::submitted(conn, &scope, TRIALS)?, by))
            })
            .await?
    };
    let trial = match (tried, &loaded.content) {
        (Some(tried), Ok(content)) => {
            let found = submitted.iter().find(|(assessment, ..)| assessment.id.as_str() == tried);
            match found {
                Some((assessment, ..)) => Some(trial::run(app, assessment.clone(), content.clone()).await?),
                None => None,
            }
        }
        _ => None,
    };
    let settled = match (settled_by, &file.settled_at) {
        (Some(by), Some(at)) => {
            format!("{}　{}　{}：{}", file.state.label(), by.name, page::moment(at.get()), file.reason)
        }
        _ => String::new(),
    };
    let last = loaded.editors.iter().find(|staff| staff.id == file.edited_by);
    let may_edit = file.state == DraftState::Draft && person.may(Permission::EditPolicy);
    Ok(Page {
        id: file.id.to_string(),
        name: name_of(&file.path, &loaded.tree),
        path: file.path.clone(),
        state: file.state.label(),
        open: file.state == DraftState::Draft,
        edited: format!("{}　{}", last.map_or("", |staff| &staff.name), page::moment(file.edited_at.get())),
        editors: loaded.editors.iter().map(|staff| staff.name.as_str()).collect::<Vec<_>>().join("、"),
        settled,
        changes: if loaded.before.is_null() { Vec::new() } else { changes(&loaded.before, &loaded.tree) },
        parts: if may_edit { super::edit::parts(&file.id, &file.path, &loaded.tree) } else { Vec::new() },
        is_topic: file.path.starts_with("questions/"),
        may_publish: permitted && may.is_ok() && faults.is_empty(),
        not_publishable: match &may {
            Err(reason) if permitted && file.state == DraftState::Draft => reason.to_string(),
            _ => String::new(),
        },
        faults,
        may_edit,
        trials: submitted
            .iter()
            .map(|(assessment, title, vendor)| {
                let chosen = tried == Some(assessment.id.as_str());
                (assessment.id.to_string(), format!("{title}　{}", vendor.name), chosen)
            })
            .collect(),
        trial,
        version: file.version,
        values: page::values(form),
        problems,
    })
}

/// What a file is called.
#[must_use]
pub fn name_of(path: &str, tree: &Json) -> String {
    let text = |name: &str| tree.get(name).and_then(Json::as_str).unwrap_or_default();
    match path.split_once('/') {
        Some(("questions", _)) => format!("設問「{}」", text("name")),
        Some(("criteria", _)) => format!("選定基準「{}」", text("name")),
        Some(("profiles", _)) => format!("{}（{}版）", text("name"), text("edition")),
        _ => path.to_owned(),
    }
}

/// POST
pub async fn publish(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    settle(&app, &person, &id, &form, DraftState::Published).await
}

/// POST
pub async fn withdraw(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    settle(&app, &person, &id, &form, DraftState::Withdrawn).await
}

async fn settle(app: &App, person: &Person, id: &str, form: &Form, state: DraftState) -> Result {
    let loaded = load(app, person, id).await?;
    let version: i64 = form.text("version").parse().map_err(|_| Error::BadRequest("no version"))?;
    let mut problems = Problems::default();
    let reason = form.required("reason", "理由", 500, &mut problems);
    if problems.is_empty() && reason.chars().count() < REASON_MIN_CHARS {
        problems.add("reason", format!("理由は{REASON_MIN_CHARS}文字以上で入力してください"));
    }
    let refused = |message: String| Error::Refused { message, clause: None };
    if state == DraftState::Published {
        let editors: Vec<_> = loaded.editors.iter().map(|staff| staff.id.clone()).collect();
        may_publish(
            loaded.file.state,
            &editors,
            &person.staff.id,
            loaded.file.base_version,
            person.organization.content_version,
        )
        .map_err(|reason| refused(reason.to_string()))?;
        if loaded.content.is_err() {
            return Err(refused(
                "内容に誤りが残っているため、公開できません。草案の画面で確かめてください。".into(),
            ));
        }
    }
    if !problems.is_empty() {
        let shown = shown(app, person, &loaded, None, form, problems).await?;
        let frame = Frame::staff(person, shown.name.clone(), "/policy").with_problems(&shown.problems);
        return page::render_problems(app, "policy/draft.html", &frame, &shown);
    }
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let (file, by, current) = (loaded.file.id, person.staff.id.clone(), person.organization.content_version);
    let path = loaded.file.path;
    let to = format!(
        "/policy/drafts/{file}?done={}",
        if state == DraftState::Published { "published" } else { "withdrawn" }
    );
    app.db
        .write(move |conn| {
            let settlement = Settlement { state, by, at: recorder.at.into(), reason: reason.clone() };
            content::settle(conn, &recorder.organization, &file, (version, current), &settlement)?;
            let action =
                if state == DraftState::Published { "content.published" } else { "content.withdrawn" };
            let detail = json!({ "path": path, "reason": reason });
            recorder.record(conn, action, ("content", file.as_str()), None, detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&to))
}
