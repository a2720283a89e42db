//! 担当者: who of the vendor answers what, and how far each has come.

pub mod change;
pub mod invite;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Response;
use domain::ids::InvitationId;
use domain::language::Language;
use domain::respondent::{Denial, Hand, Role, may_manage};
use jiff::Timestamp;
use serde::Serialize;
use store::assessments::{Invitation, Responder};
use store::colleagues;
use store::{Conn, Stamp};

use super::check;
use super::sheet::{self, Own};
use crate::access::Respondent;
use crate::answering::english;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};

/// Its title.
const TITLE: &str = "担当者";

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Whether the person decides about colleagues.
    pub may_manage: bool,
    /// Whether mail can be sent.
    pub has_mail: bool,
    /// Everybody who was invited, first invited first.
    pub people: Vec<PersonShown>,
    /// Sections with what each person has to do with them.
    pub sections: Vec<SectionShown>,
    /// Roles to choose: word and label.
    pub roles: Vec<(&'static str, &'static str)>,
    /// Whether a confirmation is wanted before submission.
    pub check_required: bool,
    /// How that stands, in words.
    pub check: String,
    /// What was typed.
    pub values: Values,
    /// Sections that were ticked.
    pub ticked: Vec<String>,
    /// Problems.
    pub problems: Problems,
}

/// A person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonShown {
    /// Id of the invitation.
    pub id: String,
    /// Name.
    pub name: String,
    /// Mail address.
    pub mail: String,
    /// Role in words.
    pub role_words: String,
    /// Role, as the form has it.
    pub role: String,
    /// Whether an author is limited, as the form has it.
    pub limited: bool,
    /// Topic ids of the limits, as the form has them.
    pub sections: Vec<String>,
    /// Whether the form came back with problems.
    pub refused: bool,
    /// What has become of the invitation, in words.
    pub state: String,
    /// Whether it opens anything.
    pub living: bool,
    /// Whether it is the one who looks.
    pub own: bool,
    /// Current answers that the person has saved.
    pub saved: usize,
    /// Who handed the invitation on; empty where the municipality invited.
    pub invited_by: String,
}

/// A section.
#[derive(Debug, Clone, Serialize)]
pub struct SectionShown {
    /// Topic id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Progress in words.
    pub progress: String,
    /// For every living person: whether it is theirs, and current answers of it that they have saved.
    pub cells: Vec<(bool, usize)>,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let loaded = load(&app, &responder).await?;
    let frame =
        Frame::vendor(&loaded.own.organization, &responder, responder.language().pick(TITLE, "People"))
            .with_done(&query);
    let shown = shown(&app, &responder, &loaded, (&Form::default(), None), Problems::default());
    page::render(&app, "answering/people.html", &frame, &shown)
}

/// The page again with what was typed and its problems: in the form of one person, or in those for new ones.
async fn refused(
    app: &App,
    responder: &Responder,
    (form, changing): (&Form, Option<&InvitationId>),
    problems: Problems,
) -> Result<Response> {
    let loaded = load(app, responder).await?;
    let frame =
        Frame::vendor(&loaded.own.organization, responder, responder.language().pick(TITLE, "People"))
            .with_problems(&problems);
    let shown = shown(app, responder, &loaded, (form, changing), problems);
    page::render_problems(app, "answering/people.html", &frame, &shown)
}

struct Loaded {
    own: Own,
    people: Vec<Invitation>,
    authors: Vec<(String, Hand)>,
    check_required: bool,
    confirmations: Vec<(Hand, String, Stamp)>,
}

async fn load(app: &App, responder: &Responder) -> Result<Loaded> {
    let responder = responder.clone();
    app.db
        .read(move |conn| {
            let own = sheet::load_in(conn, &responder)?;
            let people = colleagues::people(conn, &responder)?;
            let authors = colleagues::authors(conn, &own.assessment.id)?;
            let check_required = colleagues::check_required(conn, &own.assessment.id)?;
            let confirmations = colleagues::confirmations(conn, &own.assessment.id)?;
            Ok::<_, Error>(Loaded { own, people, authors, check_required, confirmations })
        })
        .await
}

fn shown(
    app: &App,
    responder: &Responder,
    loaded: &Loaded,
    (form, changing): (&Form, Option<&InvitationId>),
    problems: Problems,
) -> Page {
    let language = responder.language();
    let Loaded { own, people, authors, .. } = loaded;
    let now = app.now();
    let progress = own.questionnaire.progress(&own.sheet);
    let saved_by = |person: &Invitation, questions: Option<&BTreeSet<&str>>| {
        authors
            .iter()
            .filter(|(question, hand)| {
                hand.address.is_some()
                    && hand.address == person.address
                    && questions.is_none_or(|asked| asked.contains(question.as_str()))
            })
            .count()
    };
    let living: Vec<&Invitation> = people.iter().filter(|person| person.lives(now)).collect();
    let sections = own
        .questionnaire
        .sections
        .iter()
        .map(|section| {
            let asked: BTreeSet<&str> = section.questions.iter().map(|a| a.question.id.as_str()).collect();
            let found = progress.sections.iter().find(|s| s.topic == section.topic);
            SectionShown {
                id: section.topic.clone(),
                name: english::section(section, language),
                progress: found.map_or_else(String::new, |s| {
                    let (done, all) = (s.complete, s.visible);
                    language.pick(format!("{done}／{all}問"), format!("{done} of {all}"))
                }),
                cells: living
                    .iter()
                    .map(|person| (writes(person, &section.topic), saved_by(person, Some(&asked))))
                    .collect(),
            }
        })
        .collect();
    let names: BTreeMap<&str, &str> =
        people.iter().map(|person| (person.id.as_str(), person.name.as_str())).collect();
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        may_manage: may_manage(responder.role()).is_ok() && !responder.is_staff(),
        has_mail: app.config.mail.is_some(),
        people: people
            .iter()
            .map(|person| {
                let limited = person.role == Role::Author && person.sections.is_some();
                let refused = changing == Some(&person.id);
                PersonShown {
                    id: person.id.to_string(),
                    name: person.name.clone(),
                    mail: person.mail.clone(),
                    role_words: match limited {
                        true => format!(
                            "{}{}",
                            person.role.label_in(language),
                            language.pick("（区分を限っています）", " (some sections)")
                        ),
                        false => person.role.label_in(language).to_owned(),
                    },
                    role: if refused {
                        form.text("role").to_owned()
                    } else {
                        person.role.as_str().to_owned()
                    },
                    limited: if refused { form.text("scope") == "some" } else { limited },
                    sections: if refused {
                        form.all("section").to_vec()
                    } else {
                        person.sections().unwrap_or_default()
                    },
                    refused,
                    state: state(person, language, now),
                    living: person.lives(now),
                    own: person.id == *responder.invitation(),
                    saved: saved_by(person, None),
                    invited_by: person
                        .invited_by
                        .as_ref()
                        .and_then(|by| names.get(by.as_str()))
                        .map_or(String::new(), |name| (*name).to_owned()),
                }
            })
            .collect(),
        sections,
        roles: Role::ALL.iter().map(|role| (role.as_str(), role.label_in(language))).collect(),
        check_required: loaded.check_required,
        check: check_words(loaded, language),
        values: if changing.is_none() { page::values(form) } else { Values::default() },
        ticked: if changing.is_none() { form.all("section").to_vec() } else { Vec::new() },
        problems,
    }
}

fn writes(person: &Invitation, section: &str) -> bool {
    domain::respondent::may_save(person.role, person.sections().as_deref(), section).is_ok()
}

fn state(person: &Invitation, language: Language, now: Timestamp) -> String {
    let at = |at: &Stamp| page::moment_in(language, at.get());
    if language == Language::English {
        return match (&person.revoked_at, &person.redeemed_at) {
            (Some(revoked), _) => format!("Removed ({})", at(revoked)),
            (None, _) if !person.lives(now) => "The invitation has expired".into(),
            (None, Some(opened)) => format!("Opened (first on {})", at(opened)),
            (None, None) => "Not opened yet".into(),
        };
    }
    match (&person.revoked_at, &person.redeemed_at) {
        (Some(revoked), _) => format!("停止（{}）", at(revoked)),
        (None, _) if !person.lives(now) => "案内の期限が過ぎました".into(),
        (None, Some(opened)) => format!("開いています（初めて開いた日時　{}）", at(opened)),
        (None, None) => "まだ開いていません".into(),
    }
}

fn check_words(loaded: &Loaded, language: Language) -> String {
    let hash = check::hash_of(&loaded.own.saved);
    match loaded.confirmations.iter().rev().find(|(_, of, _)| *of == hash) {
        Some((person, _, at)) => {
            let (name, at) = (&person.name, page::moment_in(language, at.get()));
            language.pick(format!("{name}が{at}に確認しました。"), format!("Confirmed by {name}, {at}."))
        }
        None if loaded.confirmations.is_empty() => {
            language.pick("まだ確認されていません。", "Not confirmed yet.").into()
        }
        None => language
            .pick(
                "確認の後に回答が変わったため、もう一度確認が必要です。",
                "Answers changed after the check: it has to be done again.",
            )
            .into(),
    }
}

/// Whether the person decides about colleagues; members of staff who enter answers do not.
fn manages(responder: &Responder) -> Result<()> {
    if responder.is_staff() {
        return Err(Denial::ManagesNot.into());
    }
    Ok(may_manage(responder.role())?)
}

/// Managers whose invitations live, other than one person.
fn other_managers(
    conn: &mut Conn,
    responder: &Responder,
    person: &Invitation,
    now: Timestamp,
) -> Result<usize> {
    let all = colleagues::people(conn, responder)?;
    let others = all.iter().filter(|one| one.id != person.id && one.role == Role::Manager && one.lives(now));
    Ok(others.count())
}

/// What a form says of role and sections; sections go with authors only.
fn role_and_sections(form: &Form, own: &Own, field: &str, problems: &mut Problems) -> (Role, Option<String>) {
    let Ok(role) = form.text("role").parse::<Role>() else {
        problems.add(format!("{field}role"), "役割を選んでください");
        return (Role::Viewer, None);
    };
    if role != Role::Author || form.text("scope") != "some" {
        return (role, None);
    }
    let chosen: Vec<&str> = own
        .questionnaire
        .sections
        .iter()
        .map(|section| section.topic.as_str())
        .filter(|topic| form.all("section").iter().any(|ticked| ticked == topic))
        .collect();
    if chosen.is_empty() {
        problems.add(format!("{field}scope"), "担当する区分を一つ以上選んでください");
    }
    (role, Some(chosen.join(",")))
}
