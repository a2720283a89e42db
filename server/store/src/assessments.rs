//! 調査: frozen questionnaires, the assessment of each vendor, invitations.

use diesel::prelude::*;
use domain::case::AssessmentState;
use domain::ids::{
    AssessmentId, CaseId, InvitationId, OrganizationId, QuestionnaireId, ServiceId, StaffId, VendorId,
};
use domain::language::Language;
use domain::respondent::Role;
use jiff::Timestamp;

use crate::cases::Case;
use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::{Conn, Multi};
use crate::schema::{assessments, cases, invitations, questionnaires, vendor_sessions, vendors};
use crate::vendors::Vendor;

pub use crate::responders::{
    Responder, begin_session, choose_language, end_vendor_session, last_language, last_opened, responder,
    sessions_since, touch_vendor_session,
};

/// 送付した調査票: questions, criteria and facts as they were, never changed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = questionnaires)]
pub struct QuestionnaireRow {
    /// Id.
    pub id: QuestionnaireId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// JSON of `questionnaires::question::Questionnaire`.
    pub snapshot: String,
    /// SHA-256 of the snapshot.
    pub content_hash: String,
    /// Questions that can be asked.
    pub questions: i64,
    /// When it was frozen.
    pub created_at: Stamp,
}

/// The assessment of one vendor.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessments)]
pub struct Assessment {
    /// Id.
    pub id: AssessmentId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// Vendor.
    pub vendor_id: VendorId,
    /// Service, where one is assessed.
    pub service_id: Option<ServiceId>,
    /// Frozen questionnaire.
    pub questionnaire_id: QuestionnaireId,
    /// State.
    pub state: AssessmentState,
    /// 回答期限
    pub due_at: Stamp,
    /// Who sent it.
    pub issued_by: StaffId,
    /// When it was sent.
    pub issued_at: Stamp,
    /// When the vendor began.
    pub started_at: Option<Stamp>,
    /// When the vendor submitted.
    pub submitted_at: Option<Stamp>,
    /// 受付番号
    pub receipt_number: Option<String>,
    /// 回答責任者の職・氏名
    pub submitted_by: Option<String>,
    /// Row version.
    pub version: i64,
    /// Why it went back after a submission; none otherwise.
    pub return_reason: Option<String>,
}

/// 招待
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    /// Id.
    pub id: InvitationId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Assessment that it opens.
    pub assessment_id: AssessmentId,
    /// SHA-256 of the token; the token is only in the mail.
    pub token_hash: String,
    /// Addressee.
    pub name: String,
    /// Their mail address.
    pub mail: String,
    /// Until when it opens.
    pub expires_at: Stamp,
    /// When it was first redeemed.
    pub redeemed_at: Option<Stamp>,
    /// When it was revoked.
    pub revoked_at: Option<Stamp>,
    /// When it was made.
    pub created_at: Stamp,
    /// Whose answers staff enter, and how they were received; `None` where the addressee answers.
    pub on_behalf_of: Option<String>,
    /// What the addressee does.
    pub role: Role,
    /// Topic ids that an author is limited to, by commas; `None` means all.
    pub sections: Option<String>,
    /// Who of the vendor handed it on; `None` where staff invited.
    pub invited_by: Option<InvitationId>,
    /// The mail address in lower case, by which the addressee can prove who they are; `None` where staff enter.
    pub address: Option<String>,
}

impl Invitation {
    /// Topic ids that an author is limited to.
    #[must_use]
    pub fn sections(&self) -> Option<Vec<String>> {
        let listed = self.sections.as_ref()?;
        Some(listed.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect())
    }

    /// Whether it opens anything at a time.
    #[must_use]
    pub fn lives(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.get() > now
    }
}

/// Adds a frozen questionnaire.
///
/// # Errors
/// The database.
pub fn insert_questionnaire(conn: &mut Conn, row: &QuestionnaireRow) -> Result<()> {
    diesel::insert_into(questionnaires::table).values(row).execute(conn)?;
    Ok(())
}

/// The frozen questionnaire of an assessment.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn questionnaire_of(conn: &mut Conn, assessment: &Assessment) -> Result<QuestionnaireRow> {
    Ok(questionnaires::table
        .find(&assessment.questionnaire_id)
        .select(QuestionnaireRow::as_select())
        .first(conn)?)
}

/// Adds an assessment.
///
/// # Errors
/// [`Error::Duplicate`] when the case has asked the vendor already, or the database.
pub fn insert_assessment(conn: &mut Conn, row: &Assessment) -> Result<()> {
    diesel::insert_into(assessments::table).values(row).execute(conn)?;
    Ok(())
}

/// An assessment of an organisation; the caller has checked the scope of its case.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn assessment_of_case(conn: &mut Conn, case: &CaseId, id: &AssessmentId) -> Result<Assessment> {
    Ok(assessments::table
        .find(id)
        .filter(assessments::case_id.eq(case))
        .select(Assessment::as_select())
        .first(conn)?)
}

/// The case of an assessment.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn case_of(conn: &mut Conn, id: &AssessmentId) -> Result<CaseId> {
    Ok(assessments::table.find(id).select(assessments::case_id).first(conn)?)
}

/// Assessments of a case with their vendors, in order of sending.
///
/// # Errors
/// The database.
pub fn assessments_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<(Assessment, Vendor)>> {
    Ok(assessments::table
        .inner_join(vendors::table.on(vendors::id.eq(assessments::vendor_id)))
        .filter(assessments::case_id.eq(case))
        .order(assessments::id)
        .select((Assessment::as_select(), Vendor::as_select()))
        .load(conn)?)
}

/// The assessment that a responder may answer, with the vendor.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn own_assessment(conn: &mut Conn, responder: &Responder) -> Result<(Assessment, Vendor)> {
    Ok(assessments::table
        .inner_join(vendors::table.on(vendors::id.eq(assessments::vendor_id)))
        .filter(assessments::id.eq(responder.assessment()))
        .select((Assessment::as_select(), Vendor::as_select()))
        .first(conn)?)
}

/// Every assessment of the responder's own company in the same municipality with its case, latest submission first:
/// the company's own past, never another's.
///
/// # Errors
/// The database.
pub fn own_company(conn: &mut Conn, responder: &Responder) -> Result<Vec<(Assessment, Case)>> {
    let vendor: VendorId =
        assessments::table.find(responder.assessment()).select(assessments::vendor_id).first(conn)?;
    Ok(assessments::table
        .inner_join(cases::table.on(cases::id.eq(assessments::case_id)))
        .filter(assessments::vendor_id.eq(vendor))
        .filter(assessments::organization_id.eq(responder.organization()))
        .order((assessments::submitted_at.desc(), assessments::id.desc()))
        .select((Assessment::as_select(), Case::as_select()))
        .load(conn)?)
}

/// The invitation behind the responder's session.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn own_invitation(conn: &mut Conn, responder: &Responder) -> Result<Invitation> {
    Ok(invitations::table.find(responder.invitation()).select(Invitation::as_select()).first(conn)?)
}

/// Assessments of all organisations that nobody has submitted and that are due within a time, with vendor and case.
///
/// # Errors
/// The database.
pub fn awaited(conn: &mut Conn, from: Timestamp, to: Timestamp) -> Result<Vec<(Assessment, Vendor, Case)>> {
    Ok(assessments::table
        .inner_join(vendors::table.on(vendors::id.eq(assessments::vendor_id)))
        .inner_join(cases::table.on(cases::id.eq(assessments::case_id)))
        .filter(assessments::submitted_at.is_null())
        .filter(assessments::state.ne(AssessmentState::Declined))
        .filter(assessments::due_at.ge(Stamp::from(from)))
        .filter(assessments::due_at.le(Stamp::from(to)))
        .order(assessments::id)
        .select((Assessment::as_select(), Vendor::as_select(), Case::as_select()))
        .load(conn)?)
}

/// Writes back the life of an assessment (state, start, submission), if nobody has changed it since it was read.
///
/// # Errors
/// [`Error::Stale`], [`Error::Duplicate`] for a receipt number that exists, or the database.
pub fn update_assessment(conn: &mut Conn, row: &Assessment) -> Result<()> {
    let changed =
        diesel::update(assessments::table.find(&row.id).filter(assessments::version.eq(row.version)))
            .set((
                assessments::state.eq(row.state),
                assessments::due_at.eq(&row.due_at),
                assessments::started_at.eq(&row.started_at),
                assessments::submitted_at.eq(&row.submitted_at),
                assessments::receipt_number.eq(&row.receipt_number),
                assessments::submitted_by.eq(&row.submitted_by),
                assessments::return_reason.eq(&row.return_reason),
                assessments::version.eq(row.version + 1),
            ))
            .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Adds an invitation.
///
/// # Errors
/// The database.
pub fn insert_invitation(conn: &mut Conn, row: &Invitation) -> Result<()> {
    diesel::insert_into(invitations::table).values(row).execute(conn)?;
    Ok(())
}

/// Invitations to an assessment.
///
/// # Errors
/// The database.
pub fn invitations_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<Invitation>> {
    Ok(invitations::table
        .filter(invitations::assessment_id.eq(assessment))
        .order(invitations::id)
        .select(Invitation::as_select())
        .load(conn)?)
}

/// An invitation that the caller has reason to read.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn invitation(conn: &mut Conn, id: &InvitationId) -> Result<Invitation> {
    Ok(invitations::table.find(id).select(Invitation::as_select()).first(conn)?)
}

/// The assessment that an invitation opens.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn assessment_of(conn: &mut Conn, invitation: &Invitation) -> Result<Assessment> {
    Ok(assessments::table.find(&invitation.assessment_id).select(Assessment::as_select()).first(conn)?)
}

/// The invitation of a token.
///
/// # Errors
/// The database.
pub fn invitation_by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Invitation>> {
    Ok(invitations::table
        .filter(invitations::token_hash.eq(token_hash))
        .select(Invitation::as_select())
        .first(conn)
        .optional()?)
}

/// Revokes the invitations to an assessment and ends their sessions.
///
/// # Errors
/// The database.
pub fn revoke_invitations(conn: &mut Conn, assessment: &AssessmentId, now: Timestamp) -> Result<usize> {
    let open = invitations::table
        .filter(invitations::assessment_id.eq(assessment))
        .filter(invitations::revoked_at.is_null());
    let ids: Vec<InvitationId> = open.select(invitations::id).load(conn)?;
    diesel::delete(vendor_sessions::table.filter(vendor_sessions::invitation_id.eq_any(&ids)))
        .execute(conn)?;
    Ok(diesel::update(invitations::table.filter(invitations::id.eq_any(&ids)))
        .set(invitations::revoked_at.eq(Stamp::from(now)))
        .execute(conn)?)
}

/// Keeps the living invitations to an assessment open until a later time.
///
/// # Errors
/// The database.
pub fn prolong_invitations(conn: &mut Conn, assessment: &AssessmentId, until: Timestamp) -> Result<usize> {
    let open = invitations::table
        .filter(invitations::assessment_id.eq(assessment))
        .filter(invitations::revoked_at.is_null());
    Ok(diesel::update(open).set(invitations::expires_at.eq(Stamp::from(until))).execute(conn)?)
}

/// Redeems an invitation: marks it and begins a session; tells whether it was the first time. `proved` says that a
/// code sent to the address began it; for the language see [`begin_session`].
///
/// # Errors
/// The database.
pub fn redeem(
    conn: &mut Conn,
    invitation: &Invitation,
    session_hash: &str,
    (proved, language): (bool, Option<Language>),
    now: Timestamp,
) -> Result<bool> {
    let fresh = invitations::table.find(&invitation.id).filter(invitations::redeemed_at.is_null());
    let first = diesel::update(fresh).set(invitations::redeemed_at.eq(Stamp::from(now))).execute(conn)? == 1;
    begin_session(conn, invitation, session_hash, (proved, language), now)?;
    Ok(first)
}

/// Submitted assessments within the scope with case titles and vendors, newest submission first.
///
/// # Errors
/// The database.
pub fn submitted(
    conn: &mut Conn,
    scope: &crate::Scope,
    limit: i64,
) -> Result<Vec<(Assessment, String, Vendor)>> {
    let mut query = assessments::table
        .inner_join(cases::table.on(cases::id.eq(assessments::case_id)))
        .inner_join(vendors::table.on(vendors::id.eq(assessments::vendor_id)))
        .filter(assessments::organization_id.eq(&scope.organization))
        .filter(assessments::submitted_at.is_not_null())
        .into_boxed::<Multi>();
    if let Some(department) = &scope.department {
        query = query.filter(cases::department_id.eq(department));
    }
    Ok(query
        .order(assessments::submitted_at.desc())
        .limit(limit)
        .select((Assessment::as_select(), cases::title, Vendor::as_select()))
        .load(conn)?)
}
