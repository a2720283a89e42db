//! Appointments: which person holds which role of the policy, and when.

use jiff::civil::Date;

use crate::ids::StaffId;

/// A person appointed to a role. Roles are the profile's; both days are inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Who.
    pub staff: StaffId,
    /// Role id of the profile.
    pub role: String,
    /// First day.
    pub starts_on: Date,
    /// Last day; `None` until further notice.
    pub ends_on: Option<Date>,
}

impl Appointment {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn in_force(&self, on: Date) -> bool {
        self.starts_on <= on && self.ends_on.is_none_or(|end| on <= end)
    }
}

/// Roles that a person holds on a day, without duplicates, in order of first appointment.
#[must_use]
pub fn roles_on(appointments: &[Appointment], on: Date) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    for appointment in appointments.iter().filter(|a| a.in_force(on)) {
        if !roles.contains(&appointment.role) {
            roles.push(appointment.role.clone());
        }
    }
    roles
}
