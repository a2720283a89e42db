//! 確認コード: a link may be forwarded and an address may be typed by anybody; six digits mailed to the addressee tell
//! who holds the mailbox.

use axum::response::Response;
use domain::code::{self, CODE_LIFE, NotYet, SENT_WINDOW};
use domain::ids::MessageId;
use domain::language::Language;
use domain::trail::{Actor, ActorKind};
use questionnaires::japanese::width::normalise_code;
use serde::Serialize;
use serde_json::json;
use store::accounts::{self, Organization};
use store::assessments::{self, Invitation};
use store::codes::{self, Code};
use store::outbox::{self, Letter, Message};
use store::{Conn, vendors};

use crate::accounts::hashing;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Values};
use crate::recording::Recorder;

/// The page on which a code is typed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Where the code goes.
    pub action: String,
    /// Where another code is asked for.
    pub again: String,
    /// Fields that both forms carry.
    pub carried: Vec<(String, String)>,
    /// The back link, for a wrong address; empty where the address is not the person's choice.
    pub back: String,
    /// What was typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// The mail.
#[derive(Debug, Clone, Serialize)]
struct CodeMail<'a> {
    organization: &'a str,
    office: &'a str,
    phone: &'a str,
    name: &'a str,
    code: &'a str,
    minutes: i64,
}

/// Shows the page: with status 200 after sending, 422 or 429 with what stands in the way.
///
/// # Errors
/// The template.
pub(super) fn shown(
    app: &App,
    (organization, language): (Option<&Organization>, Language),
    mut page: Page,
    problem: Option<&Problem>,
) -> Result {
    let title = language.pick("確認コードの入力", "Enter the code");
    let frame = match organization {
        Some(organization) => Frame::guest(organization, language, title),
        None => Frame { side: "vendor", language, ..Frame::public(title) },
    };
    let Some(problem) = problem else { return page::render(app, "answering/code.html", &frame, &page) };
    page.problems.add("code", problem.words(language));
    let frame = frame.with_problems(&page.problems);
    let mut response: Response = page::render_problems(app, "answering/code.html", &frame, &page)?;
    if matches!(problem, Problem::NotYet(_)) {
        *response.status_mut() = axum::http::StatusCode::TOO_MANY_REQUESTS;
    }
    Ok(response)
}

/// What the company reads that somebody was invited for.
///
/// # Errors
/// The database.
pub(super) fn language_of(conn: &mut Conn, invitation: &Invitation) -> Result<Language> {
    let assessment = assessments::assessment_of(conn, invitation)?;
    Ok(vendors::vendor(conn, &invitation.organization_id, &assessment.vendor_id)?.language)
}

/// What stands in the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Problem {
    /// Wrong, over, used or tried too often; which one is not said.
    Wrong,
    /// No other code yet.
    NotYet(NotYet),
}

impl Problem {
    fn words(self, language: Language) -> String {
        if language == Language::English {
            return self.in_english();
        }
        match self {
            Self::Wrong => "確認コードが違うか、使えなくなっています。届いた中で最も新しい6桁の数字を入力するか、下の「新しいコードを送る」を押してください".into(),
            Self::NotYet(NotYet::Just(seconds)) => {
                format!("コードは送ったばかりです。新しいコードは、あと{seconds}秒お待ちいただくと送れます")
            }
            Self::NotYet(NotYet::Many) => {
                "コードを送った回数が多いため、今日は新しいコードを送れません。明日もう一度操作するか、案内を送った団体の担当者に連絡してください".into()
            }
        }
    }

    fn in_english(self) -> String {
        match self {
            Self::Wrong => "The code is wrong or no longer valid. Enter the six digits that came last, or press \u{201c}Send a new code\u{201d} below".into(),
            Self::NotYet(NotYet::Just(seconds)) => {
                format!("A code was sent just now. A new one can be sent in {seconds} seconds")
            }
            Self::NotYet(NotYet::Many) => {
                "Too many codes were sent today. Try again tomorrow, or contact the office that invited you".into()
            }
        }
    }
}

/// Makes a code for a subject and mails it to the addressee, if there is one. Without one the same is done but for the
/// mail, so that neither words nor time tell which addresses are known.
///
/// The code is stored as Argon2id hash with a salt of its own. A million codes are few: a fast hash in a stolen copy of
/// the database would be undone in a second, this one takes longer than the ten minutes for which the code lives.
///
/// # Errors
/// The database, the hasher or the template.
pub(super) async fn send(
    app: &App,
    subject: String,
    to: Option<Invitation>,
) -> Result<std::result::Result<(), NotYet>> {
    let digits = code::code(app.random());
    let code_hash = hashing::hash(app, digits.clone()).await?;
    let inner = app.clone();
    app.db
        .write(move |conn| {
            let now = inner.now();
            let sent = match code::another(codes::sent(conn, &subject)?, now) {
                Ok(sent) => sent,
                Err(not_yet) => return Ok(Err(not_yet)),
            };
            let row = Code {
                subject,
                invitation_id: to.as_ref().map(|invitation| invitation.id.clone()),
                code_hash,
                tries: 0,
                sent: sent.count,
                sent_since: sent.since.into(),
                created_at: sent.at.into(),
                expires_at: now.checked_add(CODE_LIFE).unwrap_or(now).into(),
            };
            codes::put(conn, &row, now.checked_sub(SENT_WINDOW).unwrap_or(now))?;
            if let Some(invitation) = &to {
                let organization = accounts::organization(conn, &invitation.organization_id)?;
                let language = language_of(conn, invitation)?;
                outbox::enqueue(conn, &message(&inner, (&organization, language), invitation, &digits)?)?;
                record(conn, &inner, invitation, "invitation.code_sent")?;
            }
            Ok::<_, Error>(Ok(()))
        })
        .await
}

fn message(
    app: &App,
    (organization, language): (&Organization, Language),
    invitation: &Invitation,
    digits: &str,
) -> Result<Message> {
    let now = app.now();
    let said = CodeMail {
        organization: &organization.name,
        office: &organization.office,
        phone: &organization.phone,
        name: &invitation.name,
        code: digits,
        minutes: CODE_LIFE.as_mins(),
    };
    Ok(Message::waiting(
        MessageId::new(app.uuid()),
        &organization.id,
        Letter {
            kind: outbox::CODE.into(),
            object_id: invitation.id.to_string(),
            to: (invitation.name.clone(), invitation.mail.clone()),
            subject: match language {
                Language::Japanese => format!("【{}】確認コードのお知らせ", organization.name),
                Language::English => format!("[{}] Your verification code", organization.name),
            },
            body: page::render_text(app, language, "sign_in_code", &said)?,
        },
        now,
    ))
}

/// Whether the typed digits are the living code of a subject; a right one is used up.
///
/// # Errors
/// The database or the hasher.
pub(super) async fn check(app: &App, subject: String, form: &Form) -> Result<bool> {
    let typed: String = normalise_code(form.text("code")).chars().filter(char::is_ascii_digit).collect();
    let now = app.now();
    let living = app.db.write(move |conn| Ok::<_, Error>(codes::take_try(conn, &subject, now)?)).await?;
    let hash = living.as_ref().map(|code| code.code_hash.clone());
    let right = hashing::verify(app, typed, hash).await?;
    let Some(living) = living else { return Ok(false) };
    let inner = app.clone();
    app.db
        .write(move |conn| {
            if right {
                return Ok(codes::use_up(conn, &living, inner.now())?);
            }
            if let Some(id) = &living.invitation_id {
                let invitation = assessments::invitation(conn, id)?;
                record(conn, &inner, &invitation, "invitation.code_failed")?;
            }
            Ok::<_, Error>(false)
        })
        .await
}

fn record(conn: &mut store::Conn, app: &App, invitation: &Invitation, action: &'static str) -> Result<()> {
    let recorder = Recorder::new(app, &invitation.organization_id, actor(invitation));
    let case = assessments::case_of(conn, &invitation.assessment_id)?;
    recorder.record(conn, action, ("invitation", invitation.id.as_str()), Some(&case), json!({}))?;
    Ok(())
}

/// The addressee of an invitation as the trail names them.
pub(super) fn actor(invitation: &Invitation) -> Actor {
    Actor { kind: ActorKind::Vendor, id: Some(invitation.id.to_string()), name: invitation.name.clone() }
}
