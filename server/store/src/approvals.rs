//! 評価・利用申請・可否決定.

use diesel::prelude::*;
use domain::case::Outcome;
use domain::ids::{ApplicationId, AssessmentId, CaseId, DecisionId, EvaluationId, OrganizationId, StaffId};

use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{applications, decisions, evaluations};

/// 確定した評価
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = evaluations)]
pub struct Evaluation {
    /// Id.
    pub id: EvaluationId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Assessment.
    pub assessment_id: AssessmentId,
    /// JSON of `questionnaires::scoring::Score`, frozen.
    pub score: String,
    /// Criteria id and edition.
    pub criteria: String,
    /// 総合的・客観的な判断の文
    pub judgement: String,
    /// SHA-256 over questionnaire, answers, score and judgement.
    pub content_hash: String,
    /// Who fixed it.
    pub fixed_by: StaffId,
    /// When.
    pub fixed_at: Stamp,
}

/// 利用申請
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications)]
pub struct Application {
    /// Id.
    pub id: ApplicationId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// Chosen assessment.
    pub assessment_id: AssessmentId,
    /// Evaluation on which it rests.
    pub evaluation_id: EvaluationId,
    /// 利用目的・業務
    pub purpose: String,
    /// SHA-256 of what the approver is shown.
    pub content_hash: String,
    /// Who applied.
    pub applicant_id: StaffId,
    /// When.
    pub submitted_at: Stamp,
    /// When the last decision fell.
    pub closed_at: Option<Stamp>,
}

/// 可否決定
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions)]
pub struct Decision {
    /// Id.
    pub id: DecisionId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Application.
    pub application_id: ApplicationId,
    /// Step of the route, from 0.
    pub step: i64,
    /// Role in which it was decided.
    pub role: String,
    /// Outcome.
    pub outcome: Outcome,
    /// Reason.
    pub reason: String,
    /// Conditions of a conditional approval.
    pub conditions: String,
    /// The manager that it names.
    pub manager_id: Option<StaffId>,
    /// SHA-256 of what was shown; equal to the application's.
    pub content_hash: String,
    /// Who decided.
    pub decided_by: StaffId,
    /// When.
    pub decided_at: Stamp,
}

/// Adds an evaluation.
///
/// # Errors
/// The database.
pub fn insert_evaluation(conn: &mut Conn, row: &Evaluation) -> Result<()> {
    diesel::insert_into(evaluations::table).values(row).execute(conn)?;
    Ok(())
}

/// The latest evaluation of an assessment.
///
/// # Errors
/// The database.
pub fn latest_evaluation(conn: &mut Conn, assessment: &AssessmentId) -> Result<Option<Evaluation>> {
    Ok(evaluations::table
        .filter(evaluations::assessment_id.eq(assessment))
        .order(evaluations::id.desc())
        .select(Evaluation::as_select())
        .first(conn)
        .optional()?)
}

/// Adds an application.
///
/// # Errors
/// The database.
pub fn insert_application(conn: &mut Conn, row: &Application) -> Result<()> {
    diesel::insert_into(applications::table).values(row).execute(conn)?;
    Ok(())
}

/// Applications of a case, latest first, each with its decisions in order of steps.
///
/// # Errors
/// The database.
pub fn applications_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<(Application, Vec<Decision>)>> {
    let rows = applications::table
        .filter(applications::case_id.eq(case))
        .order(applications::id.desc())
        .select(Application::as_select())
        .load(conn)?;
    let ids: Vec<_> = rows.iter().map(|row| &row.id).collect();
    let all = decisions::table
        .filter(decisions::application_id.eq_any(ids))
        .order(decisions::step)
        .select(Decision::as_select())
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let own = all.iter().filter(|d| d.application_id == row.id).cloned().collect();
            (row, own)
        })
        .collect())
}

/// Closes an application.
///
/// # Errors
/// The database.
pub fn close_application(conn: &mut Conn, id: &ApplicationId, at: Stamp) -> Result<()> {
    diesel::update(applications::table.find(id)).set(applications::closed_at.eq(at)).execute(conn)?;
    Ok(())
}

/// Adds a decision.
///
/// # Errors
/// [`crate::Error::Duplicate`] when the step is decided already, or the database.
pub fn insert_decision(conn: &mut Conn, row: &Decision) -> Result<()> {
    diesel::insert_into(decisions::table).values(row).execute(conn)?;
    Ok(())
}
