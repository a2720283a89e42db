//! 確認コード: one living code for each invitation or address, stored as a hash.

use diesel::prelude::*;
use domain::code::{CODE_TRIES, Sent};
use domain::ids::InvitationId;
use jiff::Timestamp;

use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::sign_in_codes;

/// A code.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_codes)]
pub struct Code {
    /// What it opens: an invitation, or the hash of an address. Addresses nobody was asked at have rows too, so that
    /// they are answered like known ones.
    pub subject: String,
    /// The invitation in whose name it was mailed; `None` where nothing was.
    pub invitation_id: Option<InvitationId>,
    /// Hash of the digits.
    pub code_hash: String,
    /// How often it was tried.
    pub tries: i64,
    /// Codes since `sent_since`.
    pub sent: i64,
    /// Begin of the time over which they are counted.
    pub sent_since: Stamp,
    /// When it was sent.
    pub created_at: Stamp,
    /// Until when it opens.
    pub expires_at: Stamp,
}

/// Codes sent so far.
///
/// # Errors
/// The database.
pub fn sent(conn: &mut Conn, subject: &str) -> Result<Option<Sent>> {
    let row: Option<Code> =
        sign_in_codes::table.find(subject).select(Code::as_select()).first(conn).optional()?;
    Ok(row.map(|row| Sent { at: row.created_at.get(), since: row.sent_since.get(), count: row.sent }))
}

/// Puts a code in the place of the one before, and forgets those whose day is over.
///
/// # Errors
/// The database.
pub fn put(conn: &mut Conn, row: &Code, over: Timestamp) -> Result<()> {
    diesel::delete(sign_in_codes::table.filter(sign_in_codes::created_at.lt(Stamp::from(over))))
        .execute(conn)?;
    diesel::delete(sign_in_codes::table.find(&row.subject)).execute(conn)?;
    diesel::insert_into(sign_in_codes::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes one of the tries of a living code; counted before the digits are compared, so that tries at the same time
/// are counted as well.
///
/// # Errors
/// The database.
pub fn take_try(conn: &mut Conn, subject: &str, now: Timestamp) -> Result<Option<Code>> {
    let living = sign_in_codes::table
        .find(subject)
        .filter(sign_in_codes::tries.lt(CODE_TRIES))
        .filter(sign_in_codes::expires_at.gt(Stamp::from(now)));
    let taken =
        diesel::update(living).set(sign_in_codes::tries.eq(sign_in_codes::tries + 1)).execute(conn)?;
    if taken == 0 {
        return Ok(None);
    }
    Ok(sign_in_codes::table.find(subject).select(Code::as_select()).first(conn).optional()?)
}

/// Ends a code that was typed rightly; false when somebody else has used it meanwhile.
///
/// # Errors
/// The database.
pub fn use_up(conn: &mut Conn, code: &Code, now: Timestamp) -> Result<bool> {
    let living = sign_in_codes::table
        .find(&code.subject)
        .filter(sign_in_codes::code_hash.eq(&code.code_hash))
        .filter(sign_in_codes::expires_at.gt(Stamp::from(now)));
    Ok(diesel::update(living).set(sign_in_codes::expires_at.eq(Stamp::from(now))).execute(conn)? == 1)
}
