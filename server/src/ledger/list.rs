//! The ledger, open to all staff.

use axum::extract::State;
use serde::Serialize;
use store::{accounts, ledger};

use crate::access::Person;
use crate::app::App;
use crate::contracts::workbook::handed_out;
use crate::error::{Error, Result};
use crate::page::{self, Frame, Query};
use crate::policy::held as policy;
use crate::spreadsheet::{Column, Table};
use questionnaires::japanese::date::wareki_long;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Rows, next review first.
    pub entries: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Case id; empty when the person may not open it.
    pub case: String,
    /// Vendor.
    pub vendor: String,
    /// Service; empty for an outsourcing without one.
    pub service: String,
    /// Department.
    pub department: String,
    /// Path name.
    pub path: String,
    /// Class name.
    pub class: String,
    /// 承認日
    pub approved: String,
    /// Conditions; empty without any.
    pub conditions: String,
    /// Manager.
    pub manager: String,
    /// Countries of the data.
    pub countries: String,
    /// Next review.
    pub review: String,
    /// Whether the review is overdue.
    pub overdue: bool,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, query: Query) -> Result {
    let entries = entries(&app, &person).await?;
    let frame = Frame::staff(&person, "台帳", "/ledger").with_done(&query);
    page::render(&app, "ledger/list.html", &frame, &Page { entries })
}

/// GET: the ledger as a workbook (D-28).
pub async fn sheet(State(app): State<App>, person: Person) -> Result {
    let columns = [
        ("サービス", 28.0),
        ("相手方", 28.0),
        ("主管課", 16.0),
        ("評価の経路", 28.0),
        ("分類", 16.0),
        ("承認日", 24.0),
        ("条件", 40.0),
        ("管理者", 20.0),
        ("データの所在", 20.0),
        ("次回の見直し", 24.0),
        ("見直しの超過", 12.0),
    ];
    let rows = entries(&app, &person).await?.into_iter().map(|row| {
        let overdue = if row.overdue { "超過" } else { "" }.to_owned();
        vec![
            row.service,
            row.vendor,
            row.department,
            row.path,
            row.class,
            row.approved,
            row.conditions,
            row.manager,
            row.countries,
            row.review,
            overdue,
        ]
    });
    let columns = columns.map(|(name, width)| Column { name: name.to_owned(), width }).to_vec();
    let title = format!("承認済みサービス・委託の台帳　{}", wareki_long(app.today()));
    let table = Table { name: "台帳".to_owned(), title, columns, rows: rows.collect() };
    handed_out(&format!("{}_台帳.xlsx", person.organization.name), vec![table]).await
}

async fn entries(app: &App, person: &Person) -> Result<Vec<Row>> {
    let profile = policy::profile_of(app, &person.organization)?;
    let (organization, scope, today) = (person.organization.id.clone(), person.scope(), app.today());
    let may_open = person.may(domain::permission::Permission::ViewCases);
    app.db
        .read(move |conn| {
            let departments = accounts::departments(conn, &organization)?;
            let staff = accounts::staff_of(conn, &organization)?;
            let rows = ledger::entries(conn, &organization)?;
            let shown = rows.into_iter().map(|(entry, vendor, service)| {
                let within = scope.department.as_ref().is_none_or(|own| *own == entry.department_id);
                Row {
                    case: if may_open && within { entry.case_id.to_string() } else { String::new() },
                    vendor,
                    service: service.unwrap_or_default(),
                    department: departments
                        .iter()
                        .find(|d| d.id == entry.department_id)
                        .map_or(String::new(), |d| d.name.clone()),
                    path: policy::path_name(&profile, &entry.path).to_owned(),
                    class: policy::class_name(&profile, &entry.class).to_owned(),
                    approved: wareki_long(entry.approved_on.get()),
                    conditions: entry.conditions,
                    manager: staff
                        .iter()
                        .find(|s| entry.manager_id.as_ref() == Some(&s.id))
                        .map_or(String::new(), |s| format!("{}　{}", s.position, s.name)),
                    countries: entry.countries,
                    review: wareki_long(entry.review_due_on.get()),
                    overdue: entry.review_due_on.get() < today,
                }
            });
            Ok::<_, Error>(shown.collect())
        })
        .await
}
