//! The list of departments, staff and appointments.

use axum::extract::State;
use questionnaires::japanese::date::wareki_short;
use serde::Serialize;
use store::accounts;

use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::page::{self, Frame};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// By department.
    pub departments: Vec<DepartmentShown>,
}

/// A department with its people.
#[derive(Debug, Clone, Serialize)]
pub struct DepartmentShown {
    /// Name.
    pub name: String,
    /// People.
    pub staff: Vec<StaffShown>,
}

/// A person.
#[derive(Debug, Clone, Serialize)]
pub struct StaffShown {
    /// Name.
    pub name: String,
    /// Office.
    pub position: String,
    /// Sign-in name.
    pub sign_in_name: String,
    /// Roles with their period, in words.
    pub roles: Vec<String>,
    /// Last sign-in, in words.
    pub last_sign_in: String,
    /// Whether the account is stopped.
    pub stopped: bool,
}

/// GET
pub async fn page(State(app): State<App>, person: Person) -> Result {
    let profile = crate::policy::held::profile_of(&app, &person.organization)?.clone();
    let organization = person.organization.id.clone();
    let shown = app
        .db
        .read(move |conn| {
            let appointments = accounts::appointments(conn, &organization)?;
            let staff = accounts::staff_of(conn, &organization)?;
            let departments = accounts::departments(conn, &organization)?;
            let roles_of = |id| {
                appointments
                    .iter()
                    .filter(|a| &a.staff_id == id)
                    .map(|a| {
                        let name = profile
                            .roles
                            .iter()
                            .find(|r| r.id == a.role)
                            .map_or("アカウントの管理", |r| &r.name);
                        let end = a.ends_on.as_ref().map_or(String::new(), |day| wareki_short(day.get()));
                        format!("{name}（{}から{end}）", wareki_short(a.starts_on.get()))
                    })
                    .collect()
            };
            let people = |id| {
                staff
                    .iter()
                    .filter(|s| &s.department_id == id)
                    .map(|s| StaffShown {
                        name: s.name.clone(),
                        position: s.position.clone(),
                        sign_in_name: s.sign_in_name.clone(),
                        roles: roles_of(&s.id),
                        last_sign_in: s
                            .last_sign_in_at
                            .as_ref()
                            .map_or(String::new(), |at| page::moment(at.get())),
                        stopped: s.disabled_at.is_some(),
                    })
                    .collect()
            };
            let departments = departments
                .iter()
                .map(|d| DepartmentShown { name: d.name.clone(), staff: people(&d.id) })
                .collect();
            Ok::<_, Error>(Page { departments })
        })
        .await?;
    page::render(&app, "accounts/list.html", &Frame::staff(&person, "組織・職員", "/staff"), &shown)
}
