//! 質疑: questions of vendors with their answers, and notices of staff to all vendors of a case.

use diesel::prelude::*;
use domain::ids::{AssessmentId, CaseId, InquiryId, OrganizationId, StaffId};
use domain::inquiry::Audience;

use crate::assessments::Responder;
use crate::cases::Case;
use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::{Conn, Multi};
use crate::schema::{assessments, cases, inquiries, vendors};
use crate::scope::Scope;
use crate::vendors::Vendor;

/// A question of a vendor, or a notice of staff.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = inquiries)]
pub struct Inquiry {
    /// Id.
    pub id: InquiryId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// Whose it is; none for a notice.
    pub assessment_id: Option<AssessmentId>,
    /// Question id that it is about.
    pub question: Option<String>,
    /// As the vendor wrote it, or the heading of a notice.
    pub text: String,
    /// Name of the person who wrote it.
    pub asked_by: String,
    /// When.
    pub asked_at: Stamp,
    /// What all vendors read in its place; none before it is answered to all.
    pub published_text: Option<String>,
    /// The answer.
    pub answer: Option<String>,
    /// Who reads it; none before it is answered.
    pub audience: Option<Audience>,
    /// Who answered.
    pub answered_by: Option<StaffId>,
    /// When.
    pub answered_at: Option<Stamp>,
    /// Row version.
    pub version: i64,
}

/// What all vendors of a case read: nothing of who asked, and when, and in which words.
#[derive(Debug, Clone, Queryable)]
pub struct Published {
    /// Question id that it is about.
    pub question: Option<String>,
    /// What is asked, in the words of staff.
    pub text: String,
    /// The answer.
    pub answer: String,
    /// When it was answered.
    pub answered_at: Stamp,
}

/// Adds an inquiry.
///
/// # Errors
/// The database.
pub fn insert_inquiry(conn: &mut Conn, row: &Inquiry) -> Result<()> {
    diesel::insert_into(inquiries::table).values(row).execute(conn)?;
    Ok(())
}

/// The questions of the responder's own assessment, oldest first.
///
/// # Errors
/// The database.
pub fn own_inquiries(conn: &mut Conn, responder: &Responder) -> Result<Vec<Inquiry>> {
    Ok(inquiries::table
        .filter(inquiries::assessment_id.eq(responder.assessment()))
        .order(inquiries::id)
        .select(Inquiry::as_select())
        .load(conn)?)
}

/// What is published to all vendors of the responder's case, less what the responder asked, latest first.
///
/// # Errors
/// The database.
pub fn published_to(conn: &mut Conn, responder: &Responder) -> Result<Vec<Published>> {
    let case =
        assessments::table.filter(assessments::id.eq(responder.assessment())).select(assessments::case_id);
    Ok(inquiries::table
        .filter(inquiries::case_id.eq_any(case))
        .filter(inquiries::audience.eq(Audience::All))
        .filter(inquiries::assessment_id.is_null().or(inquiries::assessment_id.ne(responder.assessment())))
        .filter(inquiries::published_text.is_not_null())
        .filter(inquiries::answer.is_not_null())
        .filter(inquiries::answered_at.is_not_null())
        .order(inquiries::answered_at.desc())
        .select((
            inquiries::question,
            inquiries::published_text.assume_not_null(),
            inquiries::answer.assume_not_null(),
            inquiries::answered_at.assume_not_null(),
        ))
        .load(conn)?)
}

/// Inquiries of a case with the vendor that asked (none for a notice), oldest first; the caller has checked the scope.
///
/// # Errors
/// The database.
pub fn inquiries_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<(Inquiry, Option<Vendor>)>> {
    Ok(inquiries::table
        .left_join(assessments::table.on(inquiries::assessment_id.eq(assessments::id.nullable())))
        .left_join(vendors::table.on(vendors::id.nullable().eq(assessments::vendor_id.nullable())))
        .filter(inquiries::case_id.eq(case))
        .order(inquiries::id)
        .select((Inquiry::as_select(), Option::<Vendor>::as_select()))
        .load(conn)?)
}

/// How many questions of a case wait for an answer; the caller has checked the scope.
///
/// # Errors
/// The database.
pub fn waiting_in(conn: &mut Conn, case: &CaseId) -> Result<i64> {
    Ok(inquiries::table
        .filter(inquiries::case_id.eq(case))
        .filter(inquiries::answer.is_null())
        .count()
        .get_result(conn)?)
}

/// Cases within the scope that have a question waiting for an answer, latest change first.
///
/// # Errors
/// The database.
pub fn cases_waiting(conn: &mut Conn, scope: &Scope, limit: i64) -> Result<Vec<Case>> {
    let waiting = inquiries::table.filter(inquiries::answer.is_null()).select(inquiries::case_id);
    let mut query = cases::table
        .filter(cases::organization_id.eq(&scope.organization))
        .filter(cases::id.eq_any(waiting))
        .into_boxed::<Multi>();
    if let Some(department) = &scope.department {
        query = query.filter(cases::department_id.eq(department));
    }
    Ok(query
        .order((cases::updated_at.desc(), cases::id.desc()))
        .limit(limit)
        .select(Case::as_select())
        .load(conn)?)
}

/// Writes the answer of an inquiry that has none.
///
/// # Errors
/// [`Error::Stale`] when somebody else has answered, or the database.
pub fn answer_inquiry(conn: &mut Conn, row: &Inquiry) -> Result<()> {
    let unanswered = inquiries::table
        .find(&row.id)
        .filter(inquiries::version.eq(row.version))
        .filter(inquiries::answer.is_null());
    let changed = diesel::update(unanswered)
        .set((
            inquiries::published_text.eq(&row.published_text),
            inquiries::answer.eq(&row.answer),
            inquiries::audience.eq(row.audience),
            inquiries::answered_by.eq(&row.answered_by),
            inquiries::answered_at.eq(&row.answered_at),
            inquiries::version.eq(row.version + 1),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}
