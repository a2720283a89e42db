//! The mail worker: one recipient per message, fixed Message-ID, growing pauses between attempts.

use std::time::Duration;

use domain::code::CODE_LIFE;
use jiff::{SignedDuration, Timestamp};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor};
use store::outbox::{self, Message};

use crate::app::App;
use crate::config::MailFile;
use crate::error::{Error, Result};

/// Pause when there is nothing to do.
const IDLE: Duration = Duration::from_secs(2);
/// How long a claimed message belongs to its worker.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// Minutes until the next attempt; after the last one the message is given up and staff are told.
const PAUSES: &[i64] = &[1, 5, 15, 60, 240, 720];

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Delivers until the program ends. Without a mail server there is nothing to run: staff hand invitations over.
///
/// # Errors
/// A mail configuration that cannot be used.
pub fn start(app: &App) -> Result<Option<tokio::task::JoinHandle<()>>> {
    let Some(config) = app.config.mail.clone() else { return Ok(None) };
    let transport = Transport::from_url(&config.url)
        .map_err(|error| Error::internal("mail configuration", error))?
        .timeout(Some(Duration::from_secs(20)))
        .build();
    let from = mailbox(&config.from_name, &config.from).ok_or_else(|| {
        Error::internal("mail configuration", format!("sender {} cannot be used", config.from))
    })?;
    let app = app.clone();
    Ok(Some(tokio::spawn(async move {
        loop {
            match deliver_next(&app, &transport, &from, &config).await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(IDLE).await,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "mail worker waits");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    })))
}

/// Delivers one message; false when none is due.
async fn deliver_next(app: &App, transport: &Transport, from: &Mailbox, config: &MailFile) -> Result<bool> {
    let now = app.now();
    let lease = now.checked_add(LEASE).unwrap_or(now);
    let claimed = app.db.write(move |conn| Ok::<_, Error>(outbox::claim(conn, now, lease)?)).await?;
    let Some(message) = claimed else { return Ok(false) };
    let id = message.id.clone();
    if is_over(&message, now) {
        app.db.write(move |conn| Ok::<_, Error>(outbox::settle(conn, &id, outbox::DROPPED, now)?)).await?;
        return Ok(true);
    }
    let attempts = message.attempts + 1;
    // A task of its own: a message that makes the library panic fails alone, and the worker goes on with the next.
    let (transport, from, config) = (transport.clone(), from.clone(), config.clone());
    let outcome = tokio::spawn(async move { send(&transport, &from, &config, &message).await }).await;
    let failure = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error),
        Err(_) => Some("宛先又は本文を送信できる形にできません".to_owned()),
    };
    let at = app.now();
    app.db
        .write(move |conn| {
            match failure {
                None => outbox::settle(conn, &id, outbox::SENT, at)?,
                Some(error) => outbox::fail(conn, &id, &error, retry_at(attempts, at), at)?,
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(true)
}

/// A code that no longer opens anything helps nobody: its text goes, as that of a delivered message does.
fn is_over(message: &Message, now: Timestamp) -> bool {
    message.kind == outbox::CODE && now.duration_since(message.created_at.get()) >= CODE_LIFE
}

fn retry_at(attempts: i64, now: Timestamp) -> Option<Timestamp> {
    let pause = PAUSES.get(usize::try_from(attempts - 1).ok()?)?;
    now.checked_add(SignedDuration::from_mins(*pause)).ok()
}

async fn send(
    transport: &Transport,
    from: &Mailbox,
    config: &MailFile,
    message: &Message,
) -> std::result::Result<(), String> {
    let to = mailbox(&message.recipient_name, &message.recipient_mail)
        .ok_or("宛先のアドレスが正しくありません")?;
    let host = config.from.rsplit_once('@').map_or("localhost", |(_, host)| host);
    let mail = Mail::builder()
        .from(from.clone())
        .to(to)
        .subject(message.subject.replace(['\r', '\n'], " "))
        .message_id(Some(format!("<{}@{host}>", message.id)))
        .header(ContentType::TEXT_PLAIN)
        .body(message.body.clone())
        .map_err(|error| error.to_string())?;
    transport.send(mail).await.map(|_| ()).map_err(|error| {
        tracing::warn!(message = %message.id, error = &error as &dyn std::error::Error, "mail was not accepted");
        if error.is_permanent() { "相手のメールサーバに受け取りを断られました" } else { "メールサーバに接続できません" }.to_owned()
    })
}

/// A name and address that cannot break a header: lettre panics on line breaks in a display name.
fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    Some(Mailbox::new(name, address.parse().ok()?))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_headers() {
        let mailbox = mailbox("見本\r\nBcc: x@example.jp", "a@example.jp").unwrap();
        let mail = Mail::builder()
            .from(mailbox.clone())
            .to(mailbox)
            .subject("x")
            .body(String::from("本文"))
            .unwrap();
        let text = String::from_utf8(mail.formatted()).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")));
        assert!(super::mailbox("x", "no address").is_none());
    }

    #[test]
    fn attempts_pause_longer_and_end() {
        let now = Timestamp::from_second(0).unwrap();
        let pauses: Vec<_> = (1..=6).map(|attempt| retry_at(attempt, now).unwrap()).collect();
        assert!(pauses.is_sorted());
        assert_eq!(retry_at(7, now), None);
    }
}
