//! 連絡: comments on answers, questions that went back, requests of vendors.

use diesel::prelude::*;
use domain::conversation::{Audience, RequestKind, RequestOutcome};
use domain::ids::{AssessmentId, CommentId, OrganizationId, ReturnedQuestionId, StaffId, VendorRequestId};
use domain::trail::ActorKind;
use jiff::Timestamp;

use crate::cases::Case;
use crate::error::{Error, Result};
use crate::moment::{Day, Stamp};
use crate::portable::{Conn, Multi};
use crate::schema::{assessments, cases, comments, returned_questions, vendor_requests, vendors};

/// A comment on the answer to a question.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = comments)]
pub struct Comment {
    /// Id.
    pub id: CommentId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Assessment.
    pub assessment_id: AssessmentId,
    /// Question id.
    pub question: String,
    /// Who sees it.
    pub audience: Audience,
    /// What it says.
    pub text: String,
    /// Whether staff or the vendor wrote it.
    pub author_kind: ActorKind,
    /// Who.
    pub author_name: String,
    /// When.
    pub created_at: Stamp,
}

/// A question that went back to its vendor.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = returned_questions)]
pub struct ReturnedQuestion {
    /// Id.
    pub id: ReturnedQuestionId,
    /// Assessment.
    pub assessment_id: AssessmentId,
    /// Question id.
    pub question: String,
    /// Why, for the vendor.
    pub reason: String,
    /// Version of the answer that went back; 0 without an answer.
    pub answer_version: i64,
    /// Who sent it back.
    pub returned_by: StaffId,
    /// When.
    pub returned_at: Stamp,
    /// When it was submitted again.
    pub settled_at: Option<Stamp>,
}

/// What a vendor asks for.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = vendor_requests)]
pub struct VendorRequest {
    /// Id.
    pub id: VendorRequestId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Assessment.
    pub assessment_id: AssessmentId,
    /// What for.
    pub kind: RequestKind,
    /// Why.
    pub reason: String,
    /// The day wished for, for more time.
    pub wished_day: Option<Day>,
    /// Who.
    pub requested_by: String,
    /// When.
    pub requested_at: Stamp,
    /// What became of it.
    pub outcome: RequestOutcome,
    /// What staff said to it.
    pub answer: String,
    /// Who settled it.
    pub settled_by: Option<StaffId>,
    /// When.
    pub settled_at: Option<Stamp>,
    /// Row version.
    pub version: i64,
}

/// Adds a comment.
///
/// # Errors
/// The database.
pub fn insert_comment(conn: &mut Conn, row: &Comment) -> Result<()> {
    diesel::insert_into(comments::table).values(row).execute(conn)?;
    Ok(())
}

/// All comments on an assessment, oldest first: for staff, who have checked the scope of its case.
///
/// # Errors
/// The database.
pub fn comments_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<Comment>> {
    Ok(comments::table
        .filter(comments::assessment_id.eq(assessment))
        .order(comments::id)
        .select(Comment::as_select())
        .load(conn)?)
}

/// The comments that the vendor sees, oldest first. What is internal never leaves the database on this way.
///
/// # Errors
/// The database.
pub fn shared_comments_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<Comment>> {
    Ok(comments::table
        .filter(comments::assessment_id.eq(assessment))
        .filter(comments::audience.eq(Audience::Shared))
        .order(comments::id)
        .select(Comment::as_select())
        .load(conn)?)
}

/// Adds a question that goes back.
///
/// # Errors
/// The database.
pub fn insert_returned(conn: &mut Conn, row: &ReturnedQuestion) -> Result<()> {
    diesel::insert_into(returned_questions::table).values(row).execute(conn)?;
    Ok(())
}

/// Questions that are back with the vendor now, oldest first.
///
/// # Errors
/// The database.
pub fn returned_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<ReturnedQuestion>> {
    Ok(returned_questions::table
        .filter(returned_questions::assessment_id.eq(assessment))
        .filter(returned_questions::settled_at.is_null())
        .order(returned_questions::id)
        .select(ReturnedQuestion::as_select())
        .load(conn)?)
}

/// Settles the questions that are back: the vendor has submitted again.
///
/// # Errors
/// The database.
pub fn settle_returned(conn: &mut Conn, assessment: &AssessmentId, now: Timestamp) -> Result<usize> {
    let open = returned_questions::table
        .filter(returned_questions::assessment_id.eq(assessment))
        .filter(returned_questions::settled_at.is_null());
    Ok(diesel::update(open).set(returned_questions::settled_at.eq(Stamp::from(now))).execute(conn)?)
}

/// Adds a request.
///
/// # Errors
/// The database.
pub fn insert_request(conn: &mut Conn, row: &VendorRequest) -> Result<()> {
    diesel::insert_into(vendor_requests::table).values(row).execute(conn)?;
    Ok(())
}

/// Requests about an assessment, latest first; the caller has checked who may see it.
///
/// # Errors
/// The database.
pub fn requests_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<VendorRequest>> {
    Ok(vendor_requests::table
        .filter(vendor_requests::assessment_id.eq(assessment))
        .order(vendor_requests::id.desc())
        .select(VendorRequest::as_select())
        .load(conn)?)
}

/// Settles a request that waits.
///
/// # Errors
/// [`Error::Stale`] when somebody else has settled it first, or the database.
pub fn settle_request(
    conn: &mut Conn,
    request: &VendorRequest,
    outcome: RequestOutcome,
    answer: &str,
    by: &StaffId,
    now: Timestamp,
) -> Result<()> {
    let waiting = vendor_requests::table
        .find(&request.id)
        .filter(vendor_requests::outcome.eq(RequestOutcome::Waiting))
        .filter(vendor_requests::version.eq(request.version));
    let changed = diesel::update(waiting)
        .set((
            vendor_requests::outcome.eq(outcome),
            vendor_requests::answer.eq(answer),
            vendor_requests::settled_by.eq(by),
            vendor_requests::settled_at.eq(Stamp::from(now)),
            vendor_requests::version.eq(request.version + 1),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Requests within the scope that wait for an answer, oldest first, with case and name of the vendor.
///
/// # Errors
/// The database.
pub fn waiting_requests(
    conn: &mut Conn,
    scope: &crate::Scope,
    limit: i64,
) -> Result<Vec<(VendorRequest, Case, String)>> {
    let mut query = vendor_requests::table
        .inner_join(assessments::table.on(assessments::id.eq(vendor_requests::assessment_id)))
        .inner_join(cases::table.on(cases::id.eq(assessments::case_id)))
        .inner_join(vendors::table.on(vendors::id.eq(assessments::vendor_id)))
        .filter(vendor_requests::organization_id.eq(&scope.organization))
        .filter(vendor_requests::outcome.eq(RequestOutcome::Waiting))
        .into_boxed::<Multi>();
    if let Some(department) = &scope.department {
        query = query.filter(cases::department_id.eq(department));
    }
    Ok(query
        .order(vendor_requests::id)
        .limit(limit)
        .select((VendorRequest::as_select(), Case::as_select(), vendors::name))
        .load(conn)?)
}
