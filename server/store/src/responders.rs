//! 回答者: sessions of vendors, and the proof that only a living one makes.

use diesel::prelude::*;
use domain::ids::{AssessmentId, InvitationId, OrganizationId};
use domain::language::Language;
use domain::respondent::{Hand, Role};
use jiff::Timestamp;

use crate::assessments::Invitation;
use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{assessments, invitations, vendor_sessions, vendors};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = vendor_sessions)]
struct VendorSession {
    token_hash: String,
    invitation_id: InvitationId,
    created_at: Stamp,
    seen_at: Stamp,
    proved: bool,
    language: Option<Language>,
}

/// Proof that somebody may answer: only a living vendor session makes one.
#[derive(Debug, Clone)]
pub struct Responder {
    assessment: AssessmentId,
    organization: OrganizationId,
    invitation: InvitationId,
    name: String,
    created: Timestamp,
    seen: Timestamp,
    token_hash: String,
    role: Role,
    sections: Option<Vec<String>>,
    address: Option<String>,
    proved: bool,
    language: Language,
}

impl Responder {
    /// The one assessment that may be answered.
    #[must_use]
    pub fn assessment(&self) -> &AssessmentId {
        &self.assessment
    }
    /// The municipality that asks.
    #[must_use]
    pub fn organization(&self) -> &OrganizationId {
        &self.organization
    }
    /// The invitation behind the session.
    #[must_use]
    pub fn invitation(&self) -> &InvitationId {
        &self.invitation
    }
    /// The person.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// When the session began and when it was last used.
    #[must_use]
    pub fn times(&self) -> (Timestamp, Timestamp) {
        (self.created, self.seen)
    }
    /// Hash of the session token.
    #[must_use]
    pub fn token_hash(&self) -> &str {
        &self.token_hash
    }
    /// What the person does.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }
    /// Topic ids that an author is limited to; `None` means all.
    #[must_use]
    pub fn sections(&self) -> Option<&[String]> {
        self.sections.as_deref()
    }
    /// The person as answers and confirmations name them.
    #[must_use]
    pub fn hand(&self) -> Hand {
        Hand { address: self.address.clone(), name: self.name.clone() }
    }
    /// Whether a member of staff enters answers.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.address.is_none()
    }
    /// What the person reads: chosen in the session, or that of the vendor.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }
    /// The address, if a code sent there began the session: then it opens everything that the address was asked.
    #[must_use]
    pub fn proved_address(&self) -> Option<&str> {
        self.address.as_deref().filter(|_| self.proved)
    }
}

/// Begins a session; without a language of its own it follows that of the vendor.
///
/// # Errors
/// The database.
pub fn begin_session(
    conn: &mut Conn,
    invitation: &Invitation,
    session_hash: &str,
    (proved, language): (bool, Option<Language>),
    now: Timestamp,
) -> Result<()> {
    let session = VendorSession {
        token_hash: session_hash.to_owned(),
        invitation_id: invitation.id.clone(),
        created_at: now.into(),
        seen_at: now.into(),
        proved,
        language,
    };
    diesel::insert_into(vendor_sessions::table).values(&session).execute(conn)?;
    Ok(())
}

/// Sessions that an invitation has begun since a time.
///
/// # Errors
/// The database.
pub fn sessions_since(conn: &mut Conn, invitation: &InvitationId, since: Timestamp) -> Result<i64> {
    Ok(vendor_sessions::table
        .filter(vendor_sessions::invitation_id.eq(invitation))
        .filter(vendor_sessions::created_at.ge(Stamp::from(since)))
        .count()
        .get_result(conn)?)
}

/// The invitation that a session had opened, though it may have ended.
///
/// # Errors
/// The database.
pub fn last_opened(conn: &mut Conn, token_hash: &str) -> Result<Option<InvitationId>> {
    Ok(vendor_sessions::table
        .find(token_hash)
        .select(vendor_sessions::invitation_id)
        .first(conn)
        .optional()?)
}

/// What a session read, though it may have ended.
///
/// # Errors
/// The database.
pub fn last_language(conn: &mut Conn, token_hash: &str) -> Result<Option<Language>> {
    let found: Option<(Option<Language>, Language)> = vendor_sessions::table
        .inner_join(invitations::table.on(invitations::id.eq(vendor_sessions::invitation_id)))
        .inner_join(assessments::table.on(assessments::id.eq(invitations::assessment_id)))
        .inner_join(vendors::table.on(vendors::id.eq(assessments::vendor_id)))
        .filter(vendor_sessions::token_hash.eq(token_hash))
        .select((vendor_sessions::language, vendors::language))
        .first(conn)
        .optional()?;
    Ok(found.map(|(chosen, vendor)| chosen.unwrap_or(vendor)))
}

/// The responder behind a session token; revoked invitations have none.
///
/// # Errors
/// The database.
pub fn responder(conn: &mut Conn, token_hash: &str) -> Result<Option<Responder>> {
    let found: Option<(VendorSession, Invitation, Language)> = vendor_sessions::table
        .inner_join(invitations::table.on(invitations::id.eq(vendor_sessions::invitation_id)))
        .inner_join(assessments::table.on(assessments::id.eq(invitations::assessment_id)))
        .inner_join(vendors::table.on(vendors::id.eq(assessments::vendor_id)))
        .filter(vendor_sessions::token_hash.eq(token_hash))
        .filter(invitations::revoked_at.is_null())
        .select((VendorSession::as_select(), Invitation::as_select(), vendors::language))
        .first(conn)
        .optional()?;
    Ok(found.map(|(session, invitation, language)| Responder {
        language: session.language.unwrap_or(language),
        role: invitation.role,
        sections: invitation.sections(),
        address: invitation.address,
        proved: session.proved,
        assessment: invitation.assessment_id,
        organization: invitation.organization_id,
        invitation: invitation.id,
        name: invitation.name,
        created: session.created_at.get(),
        seen: session.seen_at.get(),
        token_hash: session.token_hash,
    }))
}

/// Chooses what a session reads.
///
/// # Errors
/// The database.
pub fn choose_language(conn: &mut Conn, responder: &Responder, language: Language) -> Result<()> {
    diesel::update(vendor_sessions::table.find(responder.token_hash()))
        .set(vendor_sessions::language.eq(language))
        .execute(conn)?;
    Ok(())
}

/// Moves the idle limit of a vendor session.
///
/// # Errors
/// The database.
pub fn touch_vendor_session(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<()> {
    diesel::update(vendor_sessions::table.find(token_hash))
        .set(vendor_sessions::seen_at.eq(Stamp::from(now)))
        .execute(conn)?;
    Ok(())
}

/// Ends a vendor session.
///
/// # Errors
/// The database.
pub fn end_vendor_session(conn: &mut Conn, token_hash: &str) -> Result<()> {
    diesel::delete(vendor_sessions::table.find(token_hash)).execute(conn)?;
    Ok(())
}
