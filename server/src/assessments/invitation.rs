//! The invitation of one vendor as staff see it: sent, waiting, or to be handed over by hand.

use axum::extract::{Path, State};
use domain::case::AssessmentState;
use domain::ids::{AssessmentId, CaseId};
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Assessment};
use store::cases::{self, Case};
use store::outbox::{self, Message};
use store::vendors::{self, Vendor};

use super::issue;
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
            let messages = outbox::messages_about(conn, &scope.organization, &objects)?;
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
    let by_hand = app.config.mail.is_none();
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
                let open = invitation.revoked_at.is_none() && invitation.expires_at.get() > now;
                let shown = waiting.filter(|m| open && (by_hand || m.state == outbox::FAILED));
                Shown {
                    to: match invitation.on_behalf_of {
                        Some(_) => invitation.name.clone(),
                        None => format!("{}（{}）", invitation.name, invitation.mail),
                    },
                    created: page::moment(invitation.created_at.get()),
                    state: state_words(invitation, message.as_ref(), now, by_hand),
                    subject: shown.map_or(String::new(), |m| m.subject.clone()),
                    body: shown.map_or(String::new(), |m| m.body.clone()),
                }
            })
            .collect(),
        notices: notices
            .iter()
            .map(|message| {
                let waiting = message.state == outbox::WAITING && by_hand || message.state == outbox::FAILED;
                let open = |text: &String| if waiting { text.clone() } else { String::new() };
                Shown {
                    to: format!("{}（{}）", message.recipient_name, message.recipient_mail),
                    created: page::moment(message.created_at.get()),
                    state: message_words(message, by_hand),
                    subject: open(&message.subject),
                    body: open(&message.body),
                }
            })
            .collect(),
        has_mail: !by_hand,
        may_enter,
        values: Values::default(),
        problems: Problems::default(),
    })
}

fn state_words(
    invitation: &assessments::Invitation,
    message: Option<&Message>,
    now: jiff::Timestamp,
    by_hand: bool,
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
    message.map_or_else(|| "送信を待っています".to_owned(), |message| message_words(message, by_hand))
}

fn message_words(message: &Message, by_hand: bool) -> String {
    let settled = || message.settled_at.as_ref().map_or(String::new(), |at| page::moment(at.get()));
    match message.state.as_str() {
        outbox::SENT => format!("メールを送信しました（{}）", settled()),
        outbox::HANDED_OVER => format!("職員が渡しました（{}）", settled()),
        outbox::FAILED => {
            format!("送信できませんでした（{}）", message.last_error.clone().unwrap_or_default())
        }
        _ if message.attempts > 0 => "送信を繰り返しています".into(),
        _ if by_hand => "職員が渡すのを待っています".into(),
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
        .filter(|m| !m.body.is_empty())
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
