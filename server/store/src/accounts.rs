//! Organisations, departments, staff, appointments and staff sessions.

use diesel::prelude::*;
use domain::ids::{AppointmentId, DepartmentId, OrganizationId, StaffId};
use domain::organization::Appointment;
use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::moment::{Day, Stamp};
use crate::portable::Conn;
use crate::schema::{appointments, departments, organizations, staff, staff_sessions};

/// 団体
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organizations)]
pub struct Organization {
    /// Id.
    pub id: OrganizationId,
    /// 全国地方公共団体コード, six digits.
    pub code: Option<String>,
    /// 見本町
    pub name: String,
    /// 町
    pub kind: String,
    /// 見本町長 見本太郎: as it stands in signatures.
    pub head_title: String,
    /// The office that vendors ask.
    pub office: String,
    /// Its telephone number.
    pub phone: String,
    /// Profile id.
    pub profile: String,
    /// When it was set up.
    pub created_at: Stamp,
    /// How many changes of rules, questions and criteria it has published.
    pub content_version: i64,
}

/// 課・室
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = departments)]
pub struct Department {
    /// Id.
    pub id: DepartmentId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: String,
    /// Order in lists.
    pub position: i64,
}

/// 職員
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff)]
pub struct Staff {
    /// Id of the person.
    pub id: StaffId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Where they work.
    pub department_id: DepartmentId,
    /// What they type to sign in.
    pub sign_in_name: String,
    /// Name.
    pub name: String,
    /// Office (課長, 主査).
    pub position: String,
    /// Mail address.
    pub mail: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// Whether the first sign-in must change it.
    pub password_temporary: bool,
    /// When it was set.
    pub password_set_at: Stamp,
    /// When the account was stopped.
    pub disabled_at: Option<Stamp>,
    /// Failures since the last success.
    pub failures: i64,
    /// The latest failure.
    pub last_failure_at: Option<Stamp>,
    /// The latest success.
    pub last_sign_in_at: Option<Stamp>,
    /// When the account was made.
    pub created_at: Stamp,
    /// Row version.
    pub version: i64,
}

/// 任命
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = appointments)]
pub struct AppointmentRow {
    /// Id.
    pub id: AppointmentId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Who.
    pub staff_id: StaffId,
    /// Role id of the profile.
    pub role: String,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Option<Day>,
    /// 根拠
    pub basis: String,
    /// When it was entered.
    pub created_at: Stamp,
}

/// A signed-in browser of a member of staff.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff_sessions)]
pub struct StaffSession {
    /// SHA-256 of the token; the token itself is only in the cookie.
    pub token_hash: String,
    /// Who.
    pub staff_id: StaffId,
    /// Signed in at.
    pub created_at: Stamp,
    /// Last request.
    pub seen_at: Stamp,
    /// The sign-in before this one, shown to the person.
    pub previous_sign_in_at: Option<Stamp>,
    /// Failures between the two, shown to the person.
    pub failures_before: i64,
}

/// Adds an organisation.
///
/// # Errors
/// The database.
pub fn insert_organization(conn: &mut Conn, row: &Organization) -> Result<()> {
    diesel::insert_into(organizations::table).values(row).execute(conn)?;
    Ok(())
}

/// An organisation.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn organization(conn: &mut Conn, id: &OrganizationId) -> Result<Organization> {
    Ok(organizations::table.find(id).select(Organization::as_select()).first(conn)?)
}

/// All organisations of the installation, oldest first.
///
/// # Errors
/// The database.
pub fn organizations(conn: &mut Conn) -> Result<Vec<Organization>> {
    Ok(organizations::table.order(organizations::id).select(Organization::as_select()).load(conn)?)
}

/// Adds a department.
///
/// # Errors
/// [`Error::Duplicate`] for a second one of the same name, or the database.
pub fn insert_department(conn: &mut Conn, row: &Department) -> Result<()> {
    diesel::insert_into(departments::table).values(row).execute(conn)?;
    Ok(())
}

/// Departments in their order.
///
/// # Errors
/// The database.
pub fn departments(conn: &mut Conn, organization: &OrganizationId) -> Result<Vec<Department>> {
    Ok(departments::table
        .filter(departments::organization_id.eq(organization))
        .order((departments::position, departments::id))
        .select(Department::as_select())
        .load(conn)?)
}

/// Adds a member of staff.
///
/// # Errors
/// [`Error::Duplicate`] for a sign-in name that is taken, or the database.
pub fn insert_staff(conn: &mut Conn, row: &Staff) -> Result<()> {
    diesel::insert_into(staff::table).values(row).execute(conn)?;
    Ok(())
}

/// A person by sign-in name, stopped accounts included.
///
/// # Errors
/// The database.
pub fn staff_by_sign_in_name(conn: &mut Conn, name: &str) -> Result<Option<Staff>> {
    Ok(staff::table.filter(staff::sign_in_name.eq(name)).select(Staff::as_select()).first(conn).optional()?)
}

/// A person of an organisation.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn staff_member(conn: &mut Conn, organization: &OrganizationId, id: &StaffId) -> Result<Staff> {
    Ok(staff::table
        .find(id)
        .filter(staff::organization_id.eq(organization))
        .select(Staff::as_select())
        .first(conn)?)
}

/// Everybody of an organisation, by department and sign-in name.
///
/// # Errors
/// The database.
pub fn staff_of(conn: &mut Conn, organization: &OrganizationId) -> Result<Vec<Staff>> {
    Ok(staff::table
        .filter(staff::organization_id.eq(organization))
        .order((staff::department_id, staff::sign_in_name))
        .select(Staff::as_select())
        .load(conn)?)
}

/// Sets a password, clears failures and ends every session of the person but `keep`.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn set_password(
    conn: &mut Conn,
    id: &StaffId,
    hash: &str,
    temporary: bool,
    now: Timestamp,
    keep: Option<&str>,
) -> Result<()> {
    let changed = diesel::update(staff::table.find(id))
        .set((
            staff::password_hash.eq(hash),
            staff::password_temporary.eq(temporary),
            staff::password_set_at.eq(Stamp::from(now)),
            staff::failures.eq(0),
            staff::last_failure_at.eq(None::<Stamp>),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::NotFound);
    }
    diesel::delete(
        staff_sessions::table
            .filter(staff_sessions::staff_id.eq(id))
            .filter(staff_sessions::token_hash.ne(keep.unwrap_or_default())),
    )
    .execute(conn)?;
    Ok(())
}

/// Counts a failed sign-in.
///
/// # Errors
/// The database.
pub fn record_failure(conn: &mut Conn, id: &StaffId, now: Timestamp) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((staff::failures.eq(staff::failures + 1), staff::last_failure_at.eq(Stamp::from(now))))
        .execute(conn)?;
    Ok(())
}

/// Records a successful sign-in with its session.
///
/// # Errors
/// The database.
pub fn record_success(conn: &mut Conn, session: &StaffSession) -> Result<()> {
    diesel::update(staff::table.find(&session.staff_id))
        .set((
            staff::failures.eq(0),
            staff::last_failure_at.eq(None::<Stamp>),
            staff::last_sign_in_at.eq(&session.created_at),
        ))
        .execute(conn)?;
    diesel::insert_into(staff_sessions::table).values(session).execute(conn)?;
    Ok(())
}

/// The session of a token with its person.
///
/// # Errors
/// The database.
pub fn staff_session(conn: &mut Conn, token_hash: &str) -> Result<Option<(StaffSession, Staff)>> {
    Ok(staff_sessions::table
        .inner_join(staff::table.on(staff::id.eq(staff_sessions::staff_id)))
        .filter(staff_sessions::token_hash.eq(token_hash))
        .select((StaffSession::as_select(), Staff::as_select()))
        .first(conn)
        .optional()?)
}

/// Moves the idle limit of a session.
///
/// # Errors
/// The database.
pub fn touch_staff_session(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<()> {
    diesel::update(staff_sessions::table.find(token_hash))
        .set(staff_sessions::seen_at.eq(Stamp::from(now)))
        .execute(conn)?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// The database.
pub fn end_staff_session(conn: &mut Conn, token_hash: &str) -> Result<()> {
    diesel::delete(staff_sessions::table.find(token_hash)).execute(conn)?;
    Ok(())
}

/// Adds an appointment.
///
/// # Errors
/// The database.
pub fn insert_appointment(conn: &mut Conn, row: &AppointmentRow) -> Result<()> {
    diesel::insert_into(appointments::table).values(row).execute(conn)?;
    Ok(())
}

/// Appointments of a person, past and future ones included.
///
/// # Errors
/// The database.
pub fn appointments_of(conn: &mut Conn, id: &StaffId) -> Result<Vec<Appointment>> {
    let rows = appointments::table
        .filter(appointments::staff_id.eq(id))
        .order(appointments::id)
        .select(AppointmentRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(AppointmentRow::into_domain).collect())
}

/// Every appointment of an organisation.
///
/// # Errors
/// The database.
pub fn appointments(conn: &mut Conn, organization: &OrganizationId) -> Result<Vec<AppointmentRow>> {
    Ok(appointments::table
        .filter(appointments::organization_id.eq(organization))
        .order(appointments::id)
        .select(AppointmentRow::as_select())
        .load(conn)?)
}

impl AppointmentRow {
    /// The appointment as the domain sees it.
    #[must_use]
    pub fn into_domain(self) -> Appointment {
        Appointment {
            staff: self.staff_id,
            role: self.role,
            starts_on: self.starts_on.get(),
            ends_on: self.ends_on.map(|day| day.get()),
        }
    }
}
