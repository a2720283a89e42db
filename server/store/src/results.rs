//! 結果の通知: what a vendor was told, the documents handed over and their receipts.

use diesel::prelude::*;
use domain::case::Told;
use domain::ids::{AssessmentId, CaseId, DocumentId, HandedDocumentId, OrganizationId, ResultId, StaffId};
use jiff::Timestamp;

use crate::assessments::Responder;
use crate::contracts::Document;
use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{documents, handed_documents, results};

/// 知らせた結果
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = results)]
pub struct ResultRow {
    /// Id.
    pub id: ResultId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// Whose result; one each.
    pub assessment_id: AssessmentId,
    /// What was told.
    pub outcome: Told,
    /// What staff wrote to the vendor; may be empty.
    pub text: String,
    /// Conditions of the approval as the vendor reads them; may be empty.
    pub conditions: String,
    /// Who told it.
    pub published_by: StaffId,
    /// When.
    pub published_at: Stamp,
}

/// 渡した文書
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = handed_documents)]
pub struct HandedDocument {
    /// Id.
    pub id: HandedDocumentId,
    /// Result with which it was handed over.
    pub result_id: ResultId,
    /// The document.
    pub document_id: DocumentId,
    /// Who confirmed the receipt.
    pub received_by: Option<String>,
    /// When.
    pub received_at: Option<Stamp>,
}

/// Adds a result.
///
/// # Errors
/// [`crate::Error::Duplicate`] when the vendor has been told already, or the database.
pub fn insert_result(conn: &mut Conn, row: &ResultRow) -> Result<()> {
    diesel::insert_into(results::table).values(row).execute(conn)?;
    Ok(())
}

/// Hands a document over.
///
/// # Errors
/// [`crate::Error::Duplicate`] when it was handed over already, or the database.
pub fn insert_handed(conn: &mut Conn, row: &HandedDocument) -> Result<()> {
    diesel::insert_into(handed_documents::table).values(row).execute(conn)?;
    Ok(())
}

/// Results of a case; the caller has checked its scope.
///
/// # Errors
/// The database.
pub fn results_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<ResultRow>> {
    Ok(results::table
        .filter(results::case_id.eq(case))
        .order(results::id)
        .select(ResultRow::as_select())
        .load(conn)?)
}

/// The result that a responder's own company was told.
///
/// # Errors
/// The database.
pub fn own_result(conn: &mut Conn, responder: &Responder) -> Result<Option<ResultRow>> {
    Ok(results::table
        .filter(results::assessment_id.eq(responder.assessment()))
        .select(ResultRow::as_select())
        .first(conn)
        .optional()?)
}

/// Documents handed over with a result, in order of handing over.
///
/// # Errors
/// The database.
pub fn handed_of(conn: &mut Conn, result: &ResultId) -> Result<Vec<(HandedDocument, Document)>> {
    Ok(handed_documents::table
        .inner_join(documents::table.on(documents::id.eq(handed_documents::document_id)))
        .filter(handed_documents::result_id.eq(result))
        .order(handed_documents::id)
        .select((HandedDocument::as_select(), Document::as_select()))
        .load(conn)?)
}

/// A document handed over to the responder's own company.
///
/// # Errors
/// [`crate::Error::NotFound`], or the database.
pub fn own_handed(
    conn: &mut Conn,
    responder: &Responder,
    id: &HandedDocumentId,
) -> Result<(HandedDocument, Document)> {
    Ok(handed_documents::table
        .inner_join(documents::table.on(documents::id.eq(handed_documents::document_id)))
        .inner_join(results::table.on(results::id.eq(handed_documents::result_id)))
        .filter(handed_documents::id.eq(id))
        .filter(results::assessment_id.eq(responder.assessment()))
        .select((HandedDocument::as_select(), Document::as_select()))
        .first(conn)?)
}

/// Notes the receipt of a document handed over to the responder's own company; tells whether it was the first.
///
/// # Errors
/// [`crate::Error::NotFound`], or the database.
pub fn receive(
    conn: &mut Conn,
    responder: &Responder,
    id: &HandedDocumentId,
    now: Timestamp,
) -> Result<bool> {
    let (own, _) = own_handed(conn, responder, id)?;
    let waiting = handed_documents::table.find(&own.id).filter(handed_documents::received_at.is_null());
    let noted = diesel::update(waiting)
        .set((
            handed_documents::received_by.eq(responder.name()),
            handed_documents::received_at.eq(Stamp::from(now)),
        ))
        .execute(conn)?;
    Ok(noted == 1)
}
