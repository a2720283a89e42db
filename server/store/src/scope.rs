//! How far a member of staff sees: the proof that staff-side queries ask for.

use domain::ids::{DepartmentId, OrganizationId};

/// One organisation and, within it, one department or all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The organisation.
    pub organization: OrganizationId,
    /// The department whose cases are seen; `None` sees all.
    pub department: Option<DepartmentId>,
}

impl Scope {
    /// Every department of the organisation.
    #[must_use]
    pub fn whole(organization: OrganizationId) -> Self {
        Self { organization, department: None }
    }
}
