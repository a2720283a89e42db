//! 送信待ちの通知: written in the transaction of the change, delivered by the worker afterwards.

use diesel::prelude::*;
use domain::ids::{MessageId, OrganizationId};
use jiff::Timestamp;

use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::outbox;

/// Waits for delivery.
pub const WAITING: &str = "waiting";
/// Taken by a worker.
pub const SENDING: &str = "sending";
/// Accepted by the mail server.
pub const SENT: &str = "sent";
/// Handed over by staff in another way (no mail server).
pub const HANDED_OVER: &str = "handed_over";
/// Given up after too many attempts.
pub const FAILED: &str = "failed";
/// Given up because its time was over before it could be delivered.
pub const DROPPED: &str = "dropped";
/// Kind of the message that brings a code; its text is a secret while the code lives, for staff too.
pub const CODE: &str = "sign_in_code";

/// One message to one recipient.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox)]
pub struct Message {
    /// Id; also the mail's Message-ID, so that a second delivery is recognised as the same.
    pub id: MessageId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// `invitation`, …
    pub kind: String,
    /// What it is about (id of the invitation).
    pub object_id: String,
    /// Addressee.
    pub recipient_name: String,
    /// Their address.
    pub recipient_mail: String,
    /// Subject.
    pub subject: String,
    /// Text; emptied once delivered, because an invitation holds its link.
    pub body: String,
    /// One of the constants above.
    pub state: String,
    /// Attempts so far.
    pub attempts: i64,
    /// Not before.
    pub next_attempt_at: Stamp,
    /// When it was delivered or given up.
    pub settled_at: Option<Stamp>,
    /// The latest failure.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Stamp,
}

/// A letter as its writer knows it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// As [`Message::kind`].
    pub kind: String,
    /// As [`Message::object_id`].
    pub object_id: String,
    /// Addressee: name and address.
    pub to: (String, String),
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

impl Message {
    /// A letter that waits for its first delivery.
    #[must_use]
    pub fn waiting(id: MessageId, organization: &OrganizationId, letter: Letter, now: Timestamp) -> Self {
        Self {
            id,
            organization_id: organization.clone(),
            kind: letter.kind,
            object_id: letter.object_id,
            recipient_name: letter.to.0,
            recipient_mail: letter.to.1,
            subject: letter.subject,
            body: letter.body,
            state: WAITING.into(),
            attempts: 0,
            next_attempt_at: now.into(),
            settled_at: None,
            last_error: None,
            created_at: now.into(),
        }
    }
}

/// Writes a message.
///
/// # Errors
/// The database.
pub fn enqueue(conn: &mut Conn, row: &Message) -> Result<()> {
    diesel::insert_into(outbox::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes a message unless one of its id is there; tells whether it wrote.
///
/// # Errors
/// The database.
pub fn enqueue_once(conn: &mut Conn, row: &Message) -> Result<bool> {
    let known: i64 = outbox::table.filter(outbox::id.eq(&row.id)).count().get_result(conn)?;
    if known > 0 {
        return Ok(false);
    }
    enqueue(conn, row)?;
    Ok(true)
}

/// Claims the next message that is due; it comes back after `lease` unless it is settled.
///
/// # Errors
/// The database.
pub fn claim(conn: &mut Conn, now: Timestamp, lease: Timestamp) -> Result<Option<Message>> {
    let next: Option<Message> = outbox::table
        .filter(outbox::state.eq_any([WAITING, SENDING]))
        // Without an address staff hand it over.
        .filter(outbox::recipient_mail.ne(""))
        .filter(outbox::next_attempt_at.le(Stamp::from(now)))
        .order((outbox::next_attempt_at, outbox::id))
        .select(Message::as_select())
        .first(conn)
        .optional()?;
    let Some(message) = next else { return Ok(None) };
    // The condition makes the claim exclusive when two workers have read the same row.
    let claimed = diesel::update(
        outbox::table
            .find(&message.id)
            .filter(outbox::state.eq(&message.state))
            .filter(outbox::attempts.eq(message.attempts)),
    )
    .set((
        outbox::state.eq(SENDING),
        outbox::attempts.eq(message.attempts + 1),
        outbox::next_attempt_at.eq(Stamp::from(lease)),
    ))
    .execute(conn)?;
    Ok((claimed == 1).then_some(message))
}

/// Settles a message as delivered: the text goes, because the link in it opens the questionnaire.
///
/// # Errors
/// The database.
pub fn settle(conn: &mut Conn, id: &MessageId, state: &str, now: Timestamp) -> Result<()> {
    diesel::update(outbox::table.find(id))
        .set((outbox::state.eq(state), outbox::body.eq(""), outbox::settled_at.eq(Stamp::from(now))))
        .execute(conn)?;
    Ok(())
}

/// Notes a failure: another attempt at `retry`, or given up when there is none.
///
/// # Errors
/// The database.
pub fn fail(
    conn: &mut Conn,
    id: &MessageId,
    error: &str,
    retry: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let target = diesel::update(outbox::table.find(id));
    match retry {
        Some(at) => target
            .set((
                outbox::state.eq(WAITING),
                outbox::last_error.eq(error),
                outbox::next_attempt_at.eq(Stamp::from(at)),
            ))
            .execute(conn)?,
        None => target
            .set((
                outbox::state.eq(FAILED),
                outbox::last_error.eq(error),
                outbox::settled_at.eq(Stamp::from(now)),
            ))
            .execute(conn)?,
    };
    Ok(())
}

/// Messages about an object, latest first.
///
/// # Errors
/// The database.
pub fn messages_about(
    conn: &mut Conn,
    organization: &OrganizationId,
    objects: &[String],
) -> Result<Vec<Message>> {
    Ok(outbox::table
        .filter(outbox::organization_id.eq(organization))
        .filter(outbox::object_id.eq_any(objects))
        .order(outbox::id.desc())
        .select(Message::as_select())
        .load(conn)?)
}
