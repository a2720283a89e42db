//! 事業者の担当者: everybody of a vendor who was invited to an assessment, everything that an address was asked, and
//! confirmations within the company.

use diesel::prelude::*;
use domain::ids::{AnswerCheckId, AssessmentId, InvitationId};
use domain::respondent::{Hand, Role};
use jiff::Timestamp;

use crate::assessments::{Assessment, Invitation, Responder, assessment_of, invitation};
use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{answer_checks, answers, assessments, invitations, vendor_sessions};

/// Invitations of an address that nobody has revoked, over all companies and municipalities, latest first. The caller
/// holds a code that proves the address.
///
/// # Errors
/// The database.
pub fn invited_at(conn: &mut Conn, address: &str) -> Result<Vec<Invitation>> {
    Ok(invitations::table
        .filter(invitations::address.eq(address))
        .filter(invitations::revoked_at.is_null())
        .order(invitations::id.desc())
        .select(Invitation::as_select())
        .load(conn)?)
}

/// What a responder was asked, with the assessment of each: everything that went to the address if a code has proved
/// it, and the session's own otherwise.
///
/// # Errors
/// The database.
pub fn requests(conn: &mut Conn, responder: &Responder) -> Result<Vec<(Invitation, Assessment)>> {
    let found = match responder.proved_address() {
        Some(address) => invited_at(conn, address)?,
        None => vec![invitation(conn, responder.invitation())?],
    };
    let mut requests: Vec<(Invitation, Assessment)> = Vec::new();
    for invitation in found {
        // Of several invitations to the same the latest counts.
        if requests.iter().any(|(known, _)| known.assessment_id == invitation.assessment_id) {
            continue;
        }
        let assessment = assessment_of(conn, &invitation)?;
        requests.push((invitation, assessment));
    }
    Ok(requests)
}

/// People of the vendor who were invited to the responder's assessment, first invited first; staff who enter answers
/// are none of them.
///
/// # Errors
/// The database.
pub fn people(conn: &mut Conn, responder: &Responder) -> Result<Vec<Invitation>> {
    Ok(invitations::table
        .filter(invitations::assessment_id.eq(responder.assessment()))
        .filter(invitations::address.is_not_null())
        .order(invitations::id)
        .select(Invitation::as_select())
        .load(conn)?)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn person(conn: &mut Conn, responder: &Responder, id: &InvitationId) -> Result<Invitation> {
    Ok(invitations::table
        .find(id)
        .filter(invitations::assessment_id.eq(responder.assessment()))
        .filter(invitations::address.is_not_null())
        .filter(invitations::revoked_at.is_null())
        .select(Invitation::as_select())
        .first(conn)?)
}

/// Gives a person of the vendor another role and other sections.
///
/// # Errors
/// The database.
pub fn set_role(conn: &mut Conn, id: &InvitationId, role: Role, sections: Option<&str>) -> Result<()> {
    diesel::update(invitations::table.find(id))
        .set((invitations::role.eq(role), invitations::sections.eq(sections)))
        .execute(conn)?;
    Ok(())
}

/// Revokes one invitation and ends its sessions.
///
/// # Errors
/// The database.
pub fn stop(conn: &mut Conn, id: &InvitationId, now: Timestamp) -> Result<()> {
    diesel::delete(vendor_sessions::table.filter(vendor_sessions::invitation_id.eq(id))).execute(conn)?;
    diesel::update(invitations::table.find(id))
        .set(invitations::revoked_at.eq(Stamp::from(now)))
        .execute(conn)?;
    Ok(())
}

/// Holds the assessment until the transaction ends, so that two people cannot both be the last to leave, and nothing
/// is confirmed that is being changed. A write, because every database waits for one.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn hold(conn: &mut Conn, assessment: &AssessmentId) -> Result<()> {
    let held = diesel::update(assessments::table.find(assessment))
        .set(assessments::check_required.eq(assessments::check_required))
        .execute(conn)?;
    if held == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Whether the vendor wants a confirmation within the company before it submits.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn check_required(conn: &mut Conn, assessment: &AssessmentId) -> Result<bool> {
    Ok(assessments::table.find(assessment).select(assessments::check_required).first(conn)?)
}

/// Sets that.
///
/// # Errors
/// The database.
pub fn require_check(conn: &mut Conn, assessment: &AssessmentId, required: bool) -> Result<()> {
    diesel::update(assessments::table.find(assessment))
        .set(assessments::check_required.eq(required))
        .execute(conn)?;
    Ok(())
}

/// Who saved the current answers: question and person.
///
/// # Errors
/// The database.
pub fn authors(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<(String, Hand)>> {
    let rows: Vec<(String, String, Option<String>)> = answers::table
        .left_join(invitations::table.on(invitations::id.nullable().eq(answers::saved_as)))
        .filter(answers::assessment_id.eq(assessment))
        .order(answers::question)
        .select((answers::question, answers::saved_by, invitations::address.nullable()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(question, name, address)| (question, Hand { address, name })).collect())
}

/// Adds a confirmation of the answers under a hash.
///
/// # Errors
/// The database.
pub fn confirm(
    conn: &mut Conn,
    id: &AnswerCheckId,
    responder: &Responder,
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    diesel::insert_into(answer_checks::table)
        .values((
            answer_checks::id.eq(id),
            answer_checks::assessment_id.eq(responder.assessment()),
            answer_checks::invitation_id.eq(responder.invitation()),
            answer_checks::answers_hash.eq(hash),
            answer_checks::created_at.eq(Stamp::from(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Confirmations so far, latest last: who, the hash of what they saw, and when.
///
/// # Errors
/// The database.
pub fn confirmations(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<(Hand, String, Stamp)>> {
    let rows: Vec<(Option<String>, String, String, Stamp)> = answer_checks::table
        .inner_join(invitations::table.on(invitations::id.eq(answer_checks::invitation_id)))
        .filter(answer_checks::assessment_id.eq(assessment))
        .order(answer_checks::id)
        .select((
            invitations::address,
            invitations::name,
            answer_checks::answers_hash,
            answer_checks::created_at,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(|(address, name, hash, at)| (Hand { address, name }, hash, at)).collect())
}
