//! 事業者 and their services.

use diesel::prelude::*;
use domain::ids::{OrganizationId, ServiceId, VendorId};

use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::{Conn, Multi};
use crate::schema::{services, vendors};

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
