//! The invitation of one vendor as staff see it: sent, waiting, or to be handed over by hand.

use axum::extract::{Path, State};
use domain::case::AssessmentState;
use domain::ids::{AssessmentId, CaseId, InvitationId};
use domain::respondent::Role;
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Assessment};
use store::cases::{self, Case};
use store::colleagues;
use store::outbox::{self, Message};
use store::vendors::{self, Vendor};

use super::{issue, mail};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::recording::Recorder;

/// Its title.
const TITLE: &str = "案内の状況";

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// Assessment id.
    pub assessment: String,
    /// 件名
    pub title: String,
    /// Vendor.
    pub vendor: String,
    /// Invitations, latest first.
    pub invitations: Vec<Shown>,
    /// Notices since, latest first.
    pub notices: Vec<Shown>,
    /// Whether mail can be sent.
    pub has_mail: bool,
    /// Whether staff may enter answers on behalf of the vendor.
    pub may_enter: bool,
    /// What was typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// One invitation.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Id, while it can be revoked; empty otherwise and for notices.
    pub id: String,
    /// Addressee.
    pub to: String,
    /// When it was made.
    pub created: String,
    /// State in words.
    pub state: String,
    /// Subject, while it waits to be handed over.
    pub subject: String,
    /// Text with the link, while it waits to be handed over.
    pub body: String,
    /// What the person of the vendor does, and in which sections; empty for notices and for staff.
    pub role: String,
    /// Who of the vendor handed it on; empty where staff invited.
    pub invited_by: String,
}

/// An assessment with everything that was sent about it.
pub(super) struct Loaded {
    pub(super) case: Case,
    pub(super) assessment: Assessment,
    vendor: Vendor,
    /// Latest first, with the mail of each.
    invitations: Vec<(assessments::Invitation, Option<Message>)>,
    /// Notices of more time and of answers sent back, latest first.
    notices: Vec<Message>,
}

pub(super) async fn load(app: &App, person: &Person, case: &str, assessment: &str) -> Result<Loaded> {
    let (scope, case, assessment) =
        (person.scope(), page::id::<CaseId>(case)?, page::id::<AssessmentId>(assessment)?);
    app.db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let assessment = assessments::assessment_of_case(conn, &case.id, &assessment)?;
            let vendor = vendors::vendor(conn, &scope.organization, &assessment.vendor_id)?;
            let mut invitations = assessments::invitations_of(conn, &assessment.id)?;
            invitations.reverse();
            let objects: Vec<String> =
                invitations.iter().map(|i| i.id.to_string()).chain([assessment.id.to_string()]).collect();
            let mut messages = outbox::messages_about(conn, &scope.organization, &objects)?;
            // A code is between the vendor and its mailbox.
            messages.retain(|message| message.kind != outbox::CODE);
            let about_answers = |m: &&Message| m.object_id == assessment.id.as_str();
            let notices = messages.iter().filter(about_answers).cloned().collect();
            let invitations = invitations
                .into_iter()
                .map(|i| {
                    let message = messages.iter().find(|m| m.object_id == i.id.as_str()).cloned();
                    (i, message)
                })
                .collect();
            Ok::<_, Error>(Loaded { case, assessment, vendor, invitations, notices })
        })
        .await
}

/// GET
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    query: Query,
) -> Result {
    let shown = shown(&app, load(&app, &person, &case, &assessment).await?)?;
    let frame = Frame::staff(&person, TITLE, "/cases").with_done(&query);
    page::render(&app, "assessments/invitation.html", &frame, &shown)
}

/// The page again with what was typed and its problems.
pub(super) fn refused(app: &App, person: &Person, loaded: Loaded, form: &Form, problems: Problems) -> Result {
    let mut shown = shown(app, loaded)?;
    let typed =
        form.fields().iter().filter_map(|(name, values)| Some((name.clone(), values.first()?.clone())));
    shown.values = typed.collect();
    let frame = Frame::staff(person, TITLE, "/cases").with_problems(&problems);
    shown.problems = problems;
    page::render_problems(app, "assessments/invitation.html", &frame, &shown)
}

/// Whether staff may enter answers on behalf of the vendor.
pub(super) fn may_enter(app: &App, loaded: &Loaded) -> Result<bool> {
    let Loaded { case, assessment, .. } = loaded;
    let open = assessment.submitted_at.is_none() && app.now() <= assessment.due_at.get();
    Ok(open && !super::answer::by_staff(&*crate::policy::held::profile_of_case(app, case)?, case))
}

fn shown(app: &App, loaded: Loaded) -> Result<Page> {
    let may_enter = may_enter(app, &loaded)?;
    let Loaded { case, assessment, vendor, invitations, notices } = loaded;
    let now = app.now();
    let by_hand = |message: &Message| is_by_hand(app, message);
    Ok(Page {
        case: case.id.to_string(),
        assessment: assessment.id.to_string(),
        title: case.title,
        vendor: vendor.name,
        invitations: invitations
            .iter()
            .map(|(invitation, message)| {
                let waiting =
                    message.as_ref().filter(|m| m.state == outbox::WAITING || m.state == outbox::FAILED);
                let open = invitation.lives(now);
                let shown = waiting.filter(|m| open && (by_hand(m) || m.state == outbox::FAILED));
                Shown {
                    id: if open { invitation.id.to_string() } else { String::new() },
                    to: match invitation.on_behalf_of {
                        Some(_) => invitation.name.clone(),
                        None => mail::addressee(&invitation.name, &invitation.mail),
                    },
                    created: page::moment(invitation.created_at.get()),
                    state: state_words(app, invitation, message.as_ref(), now),
                    subject: shown.map_or(String::new(), |m| m.subject.clone()),
                    body: shown.map_or(String::new(), |m| m.body.clone()),
                    role: role_words(invitation),
                    invited_by: invitation
                        .invited_by
                        .as_ref()
                        .and_then(|by| invitations.iter().find(|(one, _)| one.id == *by))
                        .map_or(String::new(), |(by, _)| by.name.clone()),
                }
            })
            .collect(),
        notices: notices
            .iter()
            .map(|message| {
                let waiting =
                    message.state == outbox::WAITING && by_hand(message) || message.state == outbox::FAILED;
                let open = |text: &String| if waiting { text.clone() } else { String::new() };
                Shown {
                    id: String::new(),
                    to: mail::addressee(&message.recipient_name, &message.recipient_mail),
                    created: page::moment(message.created_at.get()),
                    state: message_words(app, message),
                    subject: open(&message.subject),
                    body: open(&message.body),
                    role: String::new(),
                    invited_by: String::new(),
                }
            })
            .collect(),
        has_mail: app.config.mail.is_some(),
        may_enter,
        values: Values::default(),
        problems: Problems::default(),
    })
}

fn role_words(invitation: &assessments::Invitation) -> String {
    match (&invitation.address, invitation.sections()) {
        (None, _) => String::new(),
        (Some(_), Some(sections)) if invitation.role == Role::Author => {
            format!("{}（担当 {}区分）", invitation.role.label(), sections.len())
        }
        (Some(_), _) => invitation.role.label().to_owned(),
    }
}

/// Whether a message waits for staff to hand it over: there is no mail server, or no address.
fn is_by_hand(app: &App, message: &Message) -> bool {
    app.config.mail.is_none() || message.recipient_mail.is_empty()
}

fn state_words(
    app: &App,
    invitation: &assessments::Invitation,
    message: Option<&Message>,
    now: jiff::Timestamp,
) -> String {
    if let Some(at) = &invitation.revoked_at {
        return format!("取り消しました（{}）", page::moment(at.get()));
    }
    if let Some(whose) = &invitation.on_behalf_of {
        return format!("{whose}の回答を、職員が代わって入力");
    }
    if let Some(at) = &invitation.redeemed_at {
        return format!("事業者が開きました（{}）", page::moment(at.get()));
    }
    if invitation.expires_at.get() <= now {
        return "期限が過ぎました".into();
    }
    if message.is_none() && invitation.invited_by.is_some() {
        return "事業者の担当者が案内を渡します".into();
    }
    message.map_or_else(|| "送信を待っています".to_owned(), |message| message_words(app, message))
}

fn message_words(app: &App, message: &Message) -> String {
    let settled = || message.settled_at.as_ref().map_or(String::new(), |at| page::moment(at.get()));
    match message.state.as_str() {
        outbox::SENT => format!("メールを送信しました（{}）", settled()),
        outbox::HANDED_OVER => format!("職員が渡しました（{}）", settled()),
        outbox::FAILED => {
            format!("送信できませんでした（{}）", message.last_error.clone().unwrap_or_default())
        }
        _ if message.attempts > 0 => "送信を繰り返しています".into(),
        _ if is_by_hand(app, message) => "職員が渡すのを待っています".into(),
        _ => "送信を待っています".into(),
    }
}

/// POST: revokes what is out and makes a new one.
pub async fn reissue(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
) -> Result {
    let Loaded { case, assessment, vendor, .. } = load(&app, &person, &case, &assessment).await?;
    if assessment.submitted_at.is_some() {
        return Err(Error::Refused {
            message: "回答は提出済みのため、新しい案内は作れません。".into(),
            clause: None,
        });
    }
    if super::answer::by_staff(&*crate::policy::held::profile_of_case(&app, &case)?, &case) {
        return Err(Error::Refused {
            message: "この案件には職員が回答するため、事業者への案内は作れません。".into(),
            clause: None,
        });
    }
    let to = format!("/cases/{}/assessments/{}/invitation?done=reissued", case.id, assessment.id);
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let inner = app.clone();
    app.db
        .write(move |conn| {
            let mut assessment = assessment;
            if assessment.state == AssessmentState::Declined {
                assessment.state = match assessment.started_at {
                    Some(_) => AssessmentState::Answering,
                    None => AssessmentState::Issued,
                };
                assessments::update_assessment(conn, &assessment)?;
                let object = ("assessment", assessment.id.as_str());
                recorder.record(conn, "assessment.resumed", object, Some(&case.id), json!({}))?;
            }
            let revoked = assessments::revoke_invitations(conn, &assessment.id, recorder.at)?;
            issue::invite(conn, &inner, &person, &case, &assessment, &vendor, recorder.at)?;
            let object = ("assessment", assessment.id.as_str());
            recorder.record(
                conn,
                "invitation.reissued",
                object,
                Some(&case.id),
                json!({ "revoked": revoked }),
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&to))
}

/// POST: revokes one invitation, of whomever the municipality or the vendor has invited.
pub async fn revoke(
    State(app): State<App>,
    person: Person,
    Path((case, assessment, invitation)): Path<(String, String, String)>,
) -> Result {
    let id: InvitationId = page::id(&invitation)?;
    let Loaded { case, assessment, invitations, .. } = load(&app, &person, &case, &assessment).await?;
    let (found, _) = invitations
        .into_iter()
        .find(|(one, _)| one.id == id && one.revoked_at.is_none())
        .ok_or(Error::NotFound)?;
    let to = format!("/cases/{}/assessments/{}/invitation?done=revoked", case.id, assessment.id);
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    app.db
        .write(move |conn| {
            colleagues::stop(conn, &found.id, recorder.at)?;
            let object = ("invitation", found.id.as_str());
            let detail = json!({ "name": found.name });
            recorder.record(conn, "invitation.revoked", object, Some(&case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&to))
}

/// POST: staff have handed the link over; the text with the link goes.
pub async fn hand_over(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
) -> Result {
    let Loaded { case, assessment, invitations, notices, .. } =
        load(&app, &person, &case, &assessment).await?;
    let to = format!("/cases/{}/assessments/{}/invitation?done=handed-over", case.id, assessment.id);
    let waiting: Vec<Message> = invitations
        .into_iter()
        .filter_map(|(_, message)| message)
        .chain(notices)
        .filter(|m| !m.body.is_empty() && (is_by_hand(&app, m) || m.state == outbox::FAILED))
        .collect();
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    app.db
        .write(move |conn| {
            for message in &waiting {
                outbox::settle(conn, &message.id, outbox::HANDED_OVER, recorder.at)?;
            }
            let object = ("assessment", assessment.id.as_str());
            recorder.record(
                conn,
                "invitation.handed_over",
                object,
                Some(&case.id),
                json!({ "mails": waiting.len() }),
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&to))
}
