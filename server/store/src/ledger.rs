//! 台帳

use diesel::prelude::*;
use domain::ids::{
    AssessmentId, CaseId, DepartmentId, LedgerEntryId, OrganizationId, ServiceId, StaffId, VendorId,
};

use crate::error::Result;
use crate::moment::{Day, Stamp};
use crate::portable::Conn;
use crate::schema::{ledger_entries, services, vendors};

/// One approved service or contractor.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_entries)]
pub struct LedgerEntry {
    /// Id.
    pub id: LedgerEntryId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Case.
    pub case_id: CaseId,
    /// Assessment.
    pub assessment_id: AssessmentId,
    /// Vendor.
    pub vendor_id: VendorId,
    /// Service.
    pub service_id: Option<ServiceId>,
    /// 主管課
    pub department_id: DepartmentId,
    /// Path id.
    pub path: String,
    /// Class id.
    pub class: String,
    /// 承認日
    pub approved_on: Day,
    /// 承認の条件
    pub conditions: String,
    /// サービスの管理者
    pub manager_id: Option<StaffId>,
    /// Countries in which data is stored, as answered.
    pub countries: String,
    /// 次回見直し
    pub review_due_on: Day,
    /// When it was entered.
    pub created_at: Stamp,
}

/// A row of the list: entry, vendor name, service name.
pub type LedgerRow = (LedgerEntry, String, Option<String>);

/// Adds an entry.
///
/// # Errors
/// [`crate::Error::Duplicate`] when the case is in the ledger already, or the database.
pub fn insert_entry(conn: &mut Conn, row: &LedgerEntry) -> Result<()> {
    diesel::insert_into(ledger_entries::table).values(row).execute(conn)?;
    Ok(())
}

/// The ledger of an organisation, next review first; it is open to all staff.
///
/// # Errors
/// The database.
pub fn entries(conn: &mut Conn, organization: &OrganizationId) -> Result<Vec<LedgerRow>> {
    Ok(ledger_entries::table
        .inner_join(vendors::table.on(vendors::id.eq(ledger_entries::vendor_id)))
        .left_join(services::table.on(services::id.nullable().eq(ledger_entries::service_id)))
        .filter(ledger_entries::organization_id.eq(organization))
        .order((ledger_entries::review_due_on, ledger_entries::id))
        .select((LedgerEntry::as_select(), vendors::name, services::name.nullable()))
        .load(conn)?)
}

/// The entry of a case.
///
/// # Errors
/// The database.
pub fn entry_of_case(conn: &mut Conn, case: &CaseId) -> Result<Option<LedgerEntry>> {
    Ok(ledger_entries::table
        .filter(ledger_entries::case_id.eq(case))
        .select(LedgerEntry::as_select())
        .first(conn)
        .optional()?)
}
