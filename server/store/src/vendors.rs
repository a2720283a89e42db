//! 事業者 and their services.

use diesel::prelude::*;
use domain::ids::{AssessmentId, OrganizationId, ServiceId, StaffId, VendorChangeId, VendorId};
use domain::language::Language;
use domain::vendor::ChangeState;

use crate::assessments::Responder;
use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::{Conn, Multi};
use crate::schema::{assessments, services, vendor_changes, vendors};

/// 事業者
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = vendors)]
pub struct Vendor {
    /// Id.
    pub id: VendorId,
    /// Owner of the record.
    pub organization_id: OrganizationId,
    /// 法人番号, 13 digits.
    pub corporate_number: Option<String>,
    /// Why there is none.
    pub no_number_reason: String,
    /// 商号又は名称, as typed.
    pub name: String,
    /// フリガナ
    pub kana: String,
    /// Normalised name and kana, for search.
    pub search_key: String,
    /// 本店所在地
    pub address: String,
    /// 代表者の職・氏名
    pub representative: String,
    /// Who receives questionnaires.
    pub contact_name: String,
    /// Their mail address.
    pub contact_mail: String,
    /// Their telephone number.
    pub contact_phone: String,
    /// When it was registered.
    pub created_at: Stamp,
    /// Row version.
    pub version: i64,
    /// What its people read, unless they choose otherwise.
    pub language: Language,
}

/// サービス
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = services)]
pub struct Service {
    /// Id.
    pub id: ServiceId,
    /// Owner of the record.
    pub organization_id: OrganizationId,
    /// Provider.
    pub vendor_id: VendorId,
    /// Name.
    pub name: String,
    /// Normalised name.
    pub search_key: String,
    /// What it does.
    pub description: String,
    /// When it was registered.
    pub created_at: Stamp,
}

/// 事業者が申し出た変更
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = vendor_changes)]
pub struct VendorChange {
    /// Id.
    pub id: VendorChangeId,
    /// Owner of the record.
    pub organization_id: OrganizationId,
    /// Whose record.
    pub vendor_id: VendorId,
    /// Where it was asked.
    pub assessment_id: AssessmentId,
    /// JSON object: field of the record to the value that is wanted.
    pub wanted: String,
    /// Why, and from when.
    pub reason: String,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub requested_at: Stamp,
    /// State.
    pub state: ChangeState,
    /// What staff told the company; may be empty.
    pub answer: String,
    /// Who settled it.
    pub settled_by: Option<StaffId>,
    /// When.
    pub settled_at: Option<Stamp>,
}

/// Adds a vendor.
///
/// # Errors
/// [`Error::Duplicate`] when the corporate number is registered already, or the database.
pub fn insert_vendor(conn: &mut Conn, row: &Vendor) -> Result<()> {
    diesel::insert_into(vendors::table).values(row).execute(conn)?;
    Ok(())
}

/// Replaces what is known of a vendor, if nobody else has since `row.version` was read.
///
/// # Errors
/// [`Error::Stale`], [`Error::Duplicate`], or the database.
pub fn update_vendor(conn: &mut Conn, row: &Vendor) -> Result<()> {
    let changed = diesel::update(
        vendors::table
            .find(&row.id)
            .filter(vendors::organization_id.eq(&row.organization_id))
            .filter(vendors::version.eq(row.version)),
    )
    .set((
        vendors::corporate_number.eq(&row.corporate_number),
        vendors::no_number_reason.eq(&row.no_number_reason),
        vendors::name.eq(&row.name),
        vendors::kana.eq(&row.kana),
        vendors::search_key.eq(&row.search_key),
        vendors::address.eq(&row.address),
        vendors::representative.eq(&row.representative),
        vendors::contact_name.eq(&row.contact_name),
        vendors::contact_mail.eq(&row.contact_mail),
        vendors::contact_phone.eq(&row.contact_phone),
        vendors::language.eq(row.language),
        vendors::version.eq(row.version + 1),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// A vendor of an organisation.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn vendor(conn: &mut Conn, organization: &OrganizationId, id: &VendorId) -> Result<Vendor> {
    Ok(vendors::table
        .find(id)
        .filter(vendors::organization_id.eq(organization))
        .select(Vendor::as_select())
        .first(conn)?)
}

/// Vendors whose search key or number contains `key` (already normalised), by search key, `limit` after `after`
/// (search key and id of the last one seen).
///
/// # Errors
/// The database.
pub fn vendors(
    conn: &mut Conn,
    organization: &OrganizationId,
    key: &str,
    after: Option<(&str, &VendorId)>,
    limit: i64,
) -> Result<Vec<Vendor>> {
    let mut query = vendors::table.filter(vendors::organization_id.eq(organization)).into_boxed::<Multi>();
    if !key.is_empty() {
        let pattern = format!("%{}%", escape_like(key));
        query = query.filter(
            vendors::search_key
                .like(pattern.clone())
                .escape('\\')
                .or(vendors::corporate_number.like(pattern).escape('\\').assume_not_null()),
        );
    }
    if let Some((last_key, last_id)) = after {
        query = query.filter(
            vendors::search_key
                .gt(last_key)
                .or(vendors::search_key.eq(last_key).and(vendors::id.gt(last_id))),
        );
    }
    Ok(query.order((vendors::search_key, vendors::id)).limit(limit).select(Vendor::as_select()).load(conn)?)
}

/// `%`, `_` and `\` of a search text stand for themselves.
pub(crate) fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Adds a service.
///
/// # Errors
/// [`Error::Duplicate`] for a second one of the same name, or the database.
pub fn insert_service(conn: &mut Conn, row: &Service) -> Result<()> {
    diesel::insert_into(services::table).values(row).execute(conn)?;
    Ok(())
}

/// Services of a vendor.
///
/// # Errors
/// The database.
pub fn services_of(
    conn: &mut Conn,
    organization: &OrganizationId,
    vendor: &VendorId,
) -> Result<Vec<Service>> {
    Ok(services::table
        .filter(services::organization_id.eq(organization))
        .filter(services::vendor_id.eq(vendor))
        .order((services::search_key, services::id))
        .select(Service::as_select())
        .load(conn)?)
}

/// A service of an organisation.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn service(conn: &mut Conn, organization: &OrganizationId, id: &ServiceId) -> Result<Service> {
    Ok(services::table
        .find(id)
        .filter(services::organization_id.eq(organization))
        .select(Service::as_select())
        .first(conn)?)
}

/// Adds a request to change a record.
///
/// # Errors
/// The database.
pub fn insert_change(conn: &mut Conn, row: &VendorChange) -> Result<()> {
    diesel::insert_into(vendor_changes::table).values(row).execute(conn)?;
    Ok(())
}

/// Requests of a vendor, latest first.
///
/// # Errors
/// The database.
pub fn changes_of(
    conn: &mut Conn,
    organization: &OrganizationId,
    vendor: &VendorId,
) -> Result<Vec<VendorChange>> {
    Ok(vendor_changes::table
        .filter(vendor_changes::organization_id.eq(organization))
        .filter(vendor_changes::vendor_id.eq(vendor))
        .order(vendor_changes::id.desc())
        .select(VendorChange::as_select())
        .load(conn)?)
}

/// Requests of the responder's own company, latest first.
///
/// # Errors
/// The database.
pub fn own_changes(conn: &mut Conn, responder: &Responder) -> Result<Vec<VendorChange>> {
    let vendor: VendorId =
        assessments::table.find(responder.assessment()).select(assessments::vendor_id).first(conn)?;
    changes_of(conn, responder.organization(), &vendor)
}

/// Settles a request that is open.
///
/// # Errors
/// [`Error::Stale`] when somebody else has settled it, or the database.
pub fn settle_change(conn: &mut Conn, row: &VendorChange) -> Result<()> {
    let open = vendor_changes::table.find(&row.id).filter(vendor_changes::state.eq(ChangeState::Open));
    let changed = diesel::update(open)
        .set((
            vendor_changes::state.eq(row.state),
            vendor_changes::answer.eq(&row.answer),
            vendor_changes::settled_by.eq(&row.settled_by),
            vendor_changes::settled_at.eq(&row.settled_at),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}
