//! 条項の切替えと文書.

use diesel::prelude::*;
use domain::ids::{
    AcceptedFindingId, CaseId, ClauseEditId, ClauseSwitchId, DocumentId, OrganizationId, StaffId,
};

use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{accepted_findings, clause_edits, clause_switches, documents};

/// A clause that staff switched; the latest row per clause counts, older ones are its history.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = clause_switches)]
pub struct ClauseSwitch {
    /// Id.
    pub id: ClauseSwitchId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// CL-…
    pub clause: String,
    /// `on`, `off` or `automatic` (back to the rule).
    pub setting: String,
    /// Variant chosen.
    pub variant: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub staff_id: StaffId,
    /// When.
    pub created_at: Stamp,
}

/// An article that staff rewrote, added or moved; the latest row per clause counts, older ones are its history.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = clause_edits)]
pub struct ClauseEdit {
    /// Id.
    pub id: ClauseEditId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// CL-… or OWN-….
    pub clause: String,
    /// Heading of an own article.
    pub heading: String,
    /// Markdown; empty: the library's text.
    pub text: String,
    /// The article behind which it stands; empty: where the library puts it.
    pub placed_after: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub staff_id: StaffId,
    /// When.
    pub created_at: Stamp,
}

/// A finding of the 公用文チェック that stands with a reason.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accepted_findings)]
pub struct AcceptedFinding {
    /// Id.
    pub id: AcceptedFindingId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// D-…
    pub kind: String,
    /// Rule.
    pub rule: String,
    /// The words that were found.
    pub excerpt: String,
    /// Why they stand.
    pub reason: String,
    /// Who.
    pub staff_id: StaffId,
    /// When.
    pub created_at: Stamp,
}

/// A generated document.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents)]
pub struct Document {
    /// Id.
    pub id: DocumentId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// D-…
    pub kind: String,
    /// From 1 within case and kind.
    pub version: i64,
    /// Title.
    pub title: String,
    /// Name for download.
    pub file_name: String,
    /// SHA-256 of the file, its key in the file store.
    pub sha256: String,
    /// Size.
    pub bytes: i64,
    /// SHA-256 of everything it was made from.
    pub inputs_hash: String,
    /// Findings of the 公用文チェック.
    pub findings: i64,
    /// 分類 printed on it.
    pub classification: String,
    /// Who made it.
    pub created_by: StaffId,
    /// When.
    pub created_at: Stamp,
    /// `tender` (before a vendor was chosen), `contract` or `record`.
    pub occasion: String,
    /// 文書番号, unique within the organisation.
    pub number: Option<String>,
}

/// Adds a switch.
///
/// # Errors
/// The database.
pub fn insert_switch(conn: &mut Conn, row: &ClauseSwitch) -> Result<()> {
    diesel::insert_into(clause_switches::table).values(row).execute(conn)?;
    Ok(())
}

/// Switches of a case, oldest first.
///
/// # Errors
/// The database.
pub fn switches_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<ClauseSwitch>> {
    Ok(clause_switches::table
        .filter(clause_switches::case_id.eq(case))
        .order(clause_switches::id)
        .select(ClauseSwitch::as_select())
        .load(conn)?)
}

/// Adds an edit.
///
/// # Errors
/// The database.
pub fn insert_edit(conn: &mut Conn, row: &ClauseEdit) -> Result<()> {
    diesel::insert_into(clause_edits::table).values(row).execute(conn)?;
    Ok(())
}

/// Edits of a case, oldest first.
///
/// # Errors
/// The database.
pub fn edits_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<ClauseEdit>> {
    Ok(clause_edits::table
        .filter(clause_edits::case_id.eq(case))
        .order(clause_edits::id)
        .select(ClauseEdit::as_select())
        .load(conn)?)
}

/// Adds an accepted finding.
///
/// # Errors
/// The database.
pub fn insert_accepted(conn: &mut Conn, row: &AcceptedFinding) -> Result<()> {
    diesel::insert_into(accepted_findings::table).values(row).execute(conn)?;
    Ok(())
}

/// Accepted findings of a case, oldest first.
///
/// # Errors
/// The database.
pub fn accepted_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<AcceptedFinding>> {
    Ok(accepted_findings::table
        .filter(accepted_findings::case_id.eq(case))
        .order(accepted_findings::id)
        .select(AcceptedFinding::as_select())
        .load(conn)?)
}

/// Adds a document.
///
/// # Errors
/// [`crate::Error::Duplicate`] when the version exists, or the database.
pub fn insert_document(conn: &mut Conn, row: &Document) -> Result<()> {
    diesel::insert_into(documents::table).values(row).execute(conn)?;
    Ok(())
}

/// Documents of a case, latest first.
///
/// # Errors
/// The database.
pub fn documents_of(conn: &mut Conn, case: &CaseId) -> Result<Vec<Document>> {
    Ok(documents::table
        .filter(documents::case_id.eq(case))
        .order(documents::id.desc())
        .select(Document::as_select())
        .load(conn)?)
}

/// A document of a case.
///
/// # Errors
/// [`crate::Error::NotFound`], or the database.
pub fn document(conn: &mut Conn, case: &CaseId, id: &DocumentId) -> Result<Document> {
    Ok(documents::table
        .find(id)
        .filter(documents::case_id.eq(case))
        .select(Document::as_select())
        .first(conn)?)
}

/// Whether a 文書番号 is in use within an organisation.
///
/// # Errors
/// The database.
pub fn number_taken(conn: &mut Conn, organization: &OrganizationId, number: &str) -> Result<bool> {
    let count: i64 = documents::table
        .filter(documents::organization_id.eq(organization))
        .filter(documents::number.eq(number))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}
