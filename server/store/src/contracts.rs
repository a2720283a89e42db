//! 条項の切替えと文書.

use diesel::prelude::*;
use domain::ids::{CaseId, ClauseSwitchId, DocumentId, OrganizationId, StaffId};

use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{clause_switches, documents};

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
