//! The mail of an invitation: what is asked, by whom, until when, the link on a line of its own.

use domain::ids::MessageId;
use domain::language::Language;
use domain::respondent::Role;
use domain::trail::sha256_hex;
use jiff::Timestamp;
use serde::Serialize;
use store::Conn;
use store::accounts::{Organization, Staff};
use store::assessments::{self, Assessment, Invitation};
use store::cases::Case;
use store::outbox::{Letter, Message};
use store::vendors::Vendor;

use crate::access::Person;
use crate::app::App;
use crate::error::Result;
use crate::page;

/// What the mail says.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationMail {
    /// Company.
    pub vendor: String,
    /// Addressee.
    pub name: String,
    /// Municipality.
    pub organization: String,
    /// Office with telephone number.
    pub office: String,
    /// Telephone number.
    pub phone: String,
    /// 件名 of the case.
    pub title: String,
    /// Due.
    pub due: String,
    /// The link.
    pub link: String,
    /// Who sends it.
    pub sender: String,
}

/// Writes the mail of an invitation.
///
/// # Errors
/// The template.
#[expect(clippy::too_many_arguments, reason = "a letter has that many parts, each of another type")]
pub fn invitation(
    app: &App,
    person: &Person,
    case: &Case,
    assessment: &Assessment,
    vendor: &Vendor,
    invitation: &Invitation,
    token: &str,
    now: Timestamp,
) -> Result<Message> {
    let said = InvitationMail {
        vendor: vendor.name.clone(),
        name: invitation.name.clone(),
        organization: person.organization.name.clone(),
        office: person.organization.office.clone(),
        phone: person.organization.phone.clone(),
        title: case.title.clone(),
        due: page::moment_in(vendor.language, assessment.due_at.get()),
        link: format!("{}/i/{token}", app.config.public_url),
        sender: person.staff.name.clone(),
    };
    Ok(Message::waiting(
        MessageId::new(app.uuid()),
        &case.organization_id,
        Letter {
            kind: "invitation".into(),
            object_id: invitation.id.to_string(),
            to: (invitation.name.clone(), invitation.mail.clone()),
            subject: subject(vendor.language, &said.organization, "invitation", &said.title),
            body: page::render_text(app, vendor.language, "invitation", &said)?,
        },
        now,
    ))
}

/// Name and address; the name alone where there is no address.
#[must_use]
pub fn addressee(name: &str, mail: &str) -> String {
    if mail.is_empty() { name.to_owned() } else { format!("{name}（{mail}）") }
}

/// The subject of a letter to a vendor about a questionnaire.
#[must_use]
pub fn subject(language: Language, organization: &str, template: &str, title: &str) -> String {
    let (japanese, english) = match template {
        "invitation" => (
            "情報セキュリティに関する調査票への回答のお願い",
            "Please answer a questionnaire on information security",
        ),
        "colleague" => (
            "調査票の回答の担当者への追加のお知らせ",
            "You have been added to those who answer a questionnaire",
        ),
        "extension" => ("回答期限の延長のお知らせ", "The questionnaire is due later"),
        "reminder" => ("調査票の回答期限のお知らせ", "The questionnaire is due soon"),
        "inquiry" => ("質問への回答又はお知らせの掲載について", "An answer or a notice was published"),
        "result" => ("調査の結果のお知らせ", "News about the questionnaire"),
        "receipt" => ("調査票の回答を受け付けました", "Your answers were received"),
        "overdue" => ("調査票の回答期限が過ぎています", "The questionnaire is overdue"),
        "comment" => ("調査票についての連絡のお知らせ", "A message about the questionnaire"),
        "request_answered" => ("お申出への回答のお知らせ", "Your request was answered"),
        _ => ("調査票の回答の修正のお願い", "Please correct your answers"),
    };
    match language {
        Language::Japanese => format!("【{organization}】{japanese}（{title}）"),
        Language::English => format!("[{organization}] {english} ({title})"),
    }
}

/// A notice to a vendor: the template of its text and the reason.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// `extension`, `return`, `reminder`, `overdue`, `receipt`, `comment`, `request_answered`, `inquiry` or `result`:
    /// mail/extension.txt and so on.
    pub template: &'static str,
    /// Why; empty where nothing has to be said.
    pub reason: &'a str,
}

#[derive(Debug, Clone, Serialize)]
struct NoticeMail<'a> {
    vendor: &'a str,
    name: &'a str,
    organization: &'a str,
    office: &'a str,
    phone: &'a str,
    title: &'a str,
    due: String,
    reason: &'a str,
    sender: &'a str,
}

/// The vendor as a notice addresses it: its contact, or who manages now if the contact has handed over and left.
///
/// # Errors
/// The database.
pub fn to_whom(conn: &mut Conn, assessment: &Assessment, vendor: Vendor) -> Result<Vendor> {
    let invited = assessments::invitations_of(conn, &assessment.id)?;
    let contact = vendor.contact_mail.to_lowercase();
    let mut of_contact = invited.iter().filter(|one| one.address.as_ref() == Some(&contact)).peekable();
    // Never invited: staff have changed the contact since.
    if of_contact.peek().is_none() || of_contact.any(|one| one.revoked_at.is_none()) {
        return Ok(vendor);
    }
    let next = invited
        .into_iter()
        .find(|one| one.revoked_at.is_none() && one.address.is_some() && one.role == Role::Manager);
    Ok(match next {
        Some(manager) => Vendor { contact_name: manager.name, contact_mail: manager.mail, ..vendor },
        None => vendor,
    })
}

/// Writes a notice about a questionnaire that is out. It holds no link: the one that the vendor has still opens it.
///
/// # Errors
/// The template.
pub fn notice(
    app: &App,
    (organization, sender): (&Organization, &str),
    case: &Case,
    assessment: &Assessment,
    vendor: &Vendor,
    said: &Notice<'_>,
    now: Timestamp,
) -> Result<Message> {
    let body = NoticeMail {
        vendor: &vendor.name,
        name: &vendor.contact_name,
        organization: &organization.name,
        office: &organization.office,
        phone: &organization.phone,
        title: &case.title,
        due: page::moment_in(vendor.language, assessment.due_at.get()),
        reason: said.reason,
        sender,
    };
    Ok(Message::waiting(
        MessageId::new(app.uuid()),
        &case.organization_id,
        Letter {
            kind: said.template.into(),
            object_id: assessment.id.to_string(),
            to: (vendor.contact_name.clone(), vendor.contact_mail.clone()),
            subject: subject(vendor.language, &organization.name, said.template, &case.title),
            body: page::render_text(app, vendor.language, said.template, &body)?,
        },
        now,
    ))
}

/// Tells the officer of a case that a vendor has asked for something; nothing without a mail server, where staff see it
/// on their pages.
///
/// # Errors
/// The template.
pub fn to_officer(
    app: &App,
    organization: &Organization,
    case: &Case,
    vendor: &Vendor,
    officer: &Staff,
    now: Timestamp,
) -> Result<Option<Message>> {
    if app.config.mail.is_none() || officer.mail.is_empty() {
        return Ok(None);
    }
    let body = NoticeMail {
        vendor: &vendor.name,
        name: &officer.name,
        organization: &organization.name,
        office: &organization.office,
        phone: &organization.phone,
        title: &case.title,
        due: String::new(),
        reason: "",
        sender: "",
    };
    Ok(Some(Message::waiting(
        MessageId::new(app.uuid()),
        &case.organization_id,
        Letter {
            kind: "request_made".into(),
            object_id: case.id.to_string(),
            to: (officer.name.clone(), officer.mail.clone()),
            subject: format!("【特記】事業者からの申出（{}）", case.title),
            body: page::render_text(app, Language::Japanese, "request_made", &body)?,
        },
        now,
    )))
}

/// The same id for the same thing, as a version 8 UUID: what is written twice is sent once.
#[must_use]
pub fn id_of(about: &str) -> MessageId {
    let hash = sha256_hex(about.as_bytes());
    let mut bytes = [0_u8; 16];
    for (byte, digits) in bytes.iter_mut().zip(hash.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    MessageId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
