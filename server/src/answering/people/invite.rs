//! Colleagues: a manager adds one, or hands the whole over to somebody else.

use axum::extract::State;
use axum::response::Response;
use domain::ids::{InvitationId, MessageId};
use domain::respondent::Role;
use questionnaires::japanese::width::normalise_code;
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Invitation, Responder};
use store::colleagues;
use store::outbox::{self, Letter, Message};

use super::change::stop_in;
use super::{manages, refused, role_and_sections};
use crate::access::{Cookie, Respondent, responder_actor};
use crate::answering::sheet::{self, Own};
use crate::app::App;
use crate::assessments::mail;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;
use crate::vendors::record::is_mail_address;

/// Living invitations of one assessment at the most.
const PEOPLE: usize = 30;

/// The page that shows the letter once, where no mail can be sent.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Colleague.
    pub name: String,
    /// Text with the link.
    pub body: String,
    /// Whether the person has left.
    pub left: bool,
}

#[derive(Debug, Clone, Serialize)]
struct ColleagueMail<'a> {
    vendor: &'a str,
    name: &'a str,
    sender: &'a str,
    organization: &'a str,
    office: &'a str,
    phone: &'a str,
    title: &'a str,
    due: String,
    role: &'a str,
    link: String,
}

/// A colleague as typed.
struct Colleague {
    name: String,
    mail: String,
    role: Role,
    sections: Option<String>,
}

/// POST: adds a colleague.
pub async fn submit(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    manages(&responder)?;
    let own = sheet::load(&app, &responder).await?;
    let mut problems = Problems::default();
    let (name, mail) = addressee(&form, ("name", "mail"), &mut problems);
    let (role, sections) = role_and_sections(&form, &own, "", &mut problems);
    check_people(&app, &responder, ("name", "mail"), &mail, &mut problems).await?;
    if !problems.is_empty() {
        return refused(&app, &responder, (&form, None), problems).await;
    }
    add(&app, responder, own, Colleague { name, mail, role, sections }, false).await
}

/// POST: somebody else becomes manager; the person stays or leaves.
pub async fn hand_over(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    manages(&responder)?;
    let own = sheet::load(&app, &responder).await?;
    let mut problems = Problems::default();
    let (name, mail) = addressee(&form, ("to_name", "to_mail"), &mut problems);
    check_people(&app, &responder, ("to_name", "to_mail"), &mail, &mut problems).await?;
    if !problems.is_empty() {
        return refused(&app, &responder, (&form, None), problems).await;
    }
    let leave = form.text("leave") == "yes";
    add(&app, responder, own, Colleague { name, mail, role: Role::Manager, sections: None }, leave).await
}

fn addressee(form: &Form, (name, mail): (&str, &str), problems: &mut Problems) -> (String, String) {
    let typed = form.line(name, "氏名", 60, problems);
    let address = normalise_code(&form.line(mail, "メールアドレス", 254, problems));
    if !address.is_empty() && !is_mail_address(&address) {
        problems.add(mail, "メールアドレスは name@example.jp の形で入力してください");
    }
    (typed, address)
}

async fn check_people(
    app: &App,
    responder: &Responder,
    (name, mail): (&str, &str),
    address: &str,
    problems: &mut Problems,
) -> Result<()> {
    let (asker, now) = (responder.clone(), app.now());
    let people = app.db.read(move |conn| Ok::<_, Error>(colleagues::people(conn, &asker)?)).await?;
    let living: Vec<_> = people.iter().filter(|person| person.lives(now)).collect();
    let address = address.to_lowercase();
    if living.iter().any(|person| person.address.as_deref() == Some(address.as_str())) {
        problems.add(
            mail,
            "このメールアドレスの担当者は、もういます。役割を変えるときは、その担当者の欄で変更してください",
        );
    }
    if living.len() >= PEOPLE {
        problems
            .add(name, format!("担当者は{PEOPLE}人までです。不要な担当者を停止してから、追加してください"));
    }
    Ok(())
}

async fn add(
    app: &App,
    responder: Responder,
    own: Own,
    colleague: Colleague,
    leave: bool,
) -> Result<Response> {
    if own.assessment.submitted_at.is_some() {
        return Err(Error::Refused {
            message: "回答は提出済みのため、担当者を追加できません。".into(),
            clause: None,
        });
    }
    let (token, token_hash) = app.link_secret();
    let recorder = Recorder::new(app, responder.organization(), responder_actor(&responder));
    let body = letter(app, &own, &responder, &colleague, &token)?;
    let shown = Page { name: colleague.name.clone(), body: body.clone(), left: leave };
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("案内のアドレス", "Address of the invitation"),
    );
    let by_mail = app.config.mail.is_some();
    let inner = app.clone();
    app.db
        .write(move |conn| {
            colleagues::hold(conn, responder.assessment())?;
            // Read again: whoever was stopped a moment ago invites nobody.
            let inviter = colleagues::person(conn, &responder, responder.invitation())?;
            let invitation = Invitation {
                id: InvitationId::new(inner.uuid()),
                organization_id: inviter.organization_id,
                assessment_id: inviter.assessment_id,
                token_hash,
                address: Some(colleague.mail.to_lowercase()),
                name: colleague.name,
                mail: colleague.mail,
                expires_at: inviter.expires_at,
                redeemed_at: None,
                revoked_at: None,
                created_at: recorder.at.into(),
                on_behalf_of: None,
                role: colleague.role,
                sections: colleague.sections,
                invited_by: Some(inviter.id),
            };
            assessments::insert_invitation(conn, &invitation)?;
            if by_mail {
                outbox::enqueue(conn, &message(&inner, &own, &invitation, body))?;
            }
            let detail = json!({
                "name": invitation.name,
                "mail": invitation.mail,
                "role": invitation.role,
                "sections": invitation.sections,
            });
            let object = ("invitation", invitation.id.as_str());
            recorder.record(conn, "invitation.handed_on", object, Some(&own.assessment.case_id), detail)?;
            if leave {
                stop_in(conn, &responder, responder.invitation(), &recorder)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    if by_mail && !leave {
        return Ok(page::redirect("/v/people?done=invited"));
    }
    let frame = if leave { Frame { person: String::new(), idle_seconds: 0, ..frame } } else { frame };
    let shown = if by_mail { Page { body: String::new(), ..shown } } else { shown };
    let mut response = page::render(app, "answering/handed_on.html", &frame, &shown)?;
    if leave && let Some(cookie) = Cookie::Vendor.clear(app) {
        response.headers_mut().insert(axum::http::header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn letter(app: &App, own: &Own, responder: &Responder, colleague: &Colleague, token: &str) -> Result<String> {
    let language = own.vendor.language;
    let said = ColleagueMail {
        vendor: &own.vendor.name,
        name: &colleague.name,
        sender: responder.name(),
        organization: &own.organization.name,
        office: &own.organization.office,
        phone: &own.organization.phone,
        title: &own.title,
        due: page::moment_in(language, own.assessment.due_at.get()),
        role: colleague.role.label_in(language),
        link: format!("{}/i/{token}", app.config.public_url),
    };
    page::render_text(app, language, "colleague", &said)
}

fn message(app: &App, own: &Own, invitation: &Invitation, body: String) -> Message {
    let now = app.now();
    Message::waiting(
        MessageId::new(app.uuid()),
        &invitation.organization_id,
        Letter {
            kind: "invitation".into(),
            object_id: invitation.id.to_string(),
            to: (invitation.name.clone(), invitation.mail.clone()),
            subject: mail::subject(own.vendor.language, &own.organization.name, "colleague", &own.title),
            body,
        },
        now,
    )
}
