//! New accounts: a temporary password, shown once, to be changed at the first sign-in.

use domain::ids::{AppointmentId, DepartmentId, OrganizationId, StaffId};
use jiff::civil::Date;
use serde_json::json;
use store::accounts::{self, AppointmentRow, Staff};

use super::hashing;
use crate::app::App;
use crate::error::Result;
use crate::recording::Recorder;

/// A person to be given an account.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Department.
    pub department: DepartmentId,
    /// What they will type to sign in.
    pub sign_in_name: String,
    /// Name.
    pub name: String,
    /// Office.
    pub position: String,
    /// Mail address.
    pub mail: String,
    /// Roles with the ground of the appointment.
    pub roles: Vec<(String, String)>,
    /// First day of the appointments.
    pub starts_on: Date,
}

/// Makes an account and returns its temporary password, which is stored nowhere.
///
/// # Errors
/// A sign-in name that is taken ([`crate::error::Error::Stale`]), or the database.
pub async fn create(
    app: &App,
    recorder: Recorder,
    organization: &OrganizationId,
    new: NewStaff,
) -> Result<(StaffId, String)> {
    let password = temporary_password(app);
    let hash = hashing::hash(app, password.clone()).await?;
    let id = StaffId::new(app.uuid());
    let (app, staff, organization) = (app.clone(), id.clone(), organization.clone());
    app.clone()
        .db
        .write(move |conn| {
            let row = Staff {
                id: staff.clone(),
                organization_id: organization.clone(),
                department_id: new.department,
                sign_in_name: new.sign_in_name,
                name: new.name,
                position: new.position,
                mail: new.mail,
                password_hash: hash,
                password_temporary: true,
                password_set_at: recorder.at.into(),
                disabled_at: None,
                failures: 0,
                last_failure_at: None,
                last_sign_in_at: None,
                created_at: recorder.at.into(),
                version: 1,
            };
            accounts::insert_staff(conn, &row)?;
            for (role, basis) in &new.roles {
                let appointment = AppointmentRow {
                    id: AppointmentId::new(app.uuid()),
                    organization_id: organization.clone(),
                    staff_id: staff.clone(),
                    role: role.clone(),
                    starts_on: new.starts_on.into(),
                    ends_on: None,
                    basis: basis.clone(),
                    created_at: recorder.at.into(),
                };
                accounts::insert_appointment(conn, &appointment)?;
            }
            let roles: Vec<_> = new.roles.iter().map(|(role, _)| role).collect();
            recorder.record(
                conn,
                "staff.created",
                ("staff", staff.as_str()),
                None,
                json!({ "roles": roles }),
            )?;
            Ok::<_, crate::error::Error>(())
        })
        .await?;
    Ok((id, password))
}

/// A password of 130 bits in 26 letters and digits without look-alikes, in groups that can be read out.
#[must_use]
pub fn temporary_password(app: &App) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: Vec<char> =
        app.random::<26>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    letters.chunks(7).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
