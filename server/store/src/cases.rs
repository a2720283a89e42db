//! 案件: the case, its facts and the information it handles.

use diesel::prelude::*;
use domain::case::State;
use domain::ids::{AssessmentId, CaseId, DepartmentId, InformationId, OrganizationId, StaffId};
use jiff::Timestamp;

use crate::accounts::Department;
use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::{Conn, Multi};
use crate::schema::{case_facts, case_information, cases, departments};
use crate::scope::Scope;
use crate::vendors::escape_like;

/// 案件
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = cases)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// 主管課
    pub department_id: DepartmentId,
    /// 案件番号, unique within the organisation.
    pub number: String,
    /// 件名
    pub title: String,
    /// Normalised title and number.
    pub search_key: String,
    /// Fiscal year in the Western calendar.
    pub fiscal_year: i64,
    /// State.
    pub state: State,
    /// Path id of the profile; empty until it is decided.
    pub path: String,
    /// Class id of the profile; empty until it is decided.
    pub class: String,
    /// Profile with which it was opened.
    pub profile: String,
    /// Edition of the profile.
    pub profile_edition: String,
    /// 起案者
    pub officer_id: StaffId,
    /// The assessment that was chosen.
    pub chosen_assessment_id: Option<AssessmentId>,
    /// When it was opened.
    pub created_at: Stamp,
    /// Last change.
    pub updated_at: Stamp,
    /// Row version.
    pub version: i64,
}

/// One kind of information that the case handles.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_information)]
pub struct Information {
    /// Id.
    pub id: InformationId,
    /// Case.
    pub case_id: CaseId,
    /// Order.
    pub position: i64,
    /// 情報の名称
    pub name: String,
    /// 項目
    pub contents: String,
    /// 件数
    pub amount: Option<i64>,
    /// Class id of the profile.
    pub class: String,
    /// Whether it is personal information.
    pub personal: bool,
}

/// What a list of cases is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// State.
    pub state: Option<State>,
    /// Path.
    pub path: Option<String>,
    /// Normalised text that title or number contain.
    pub key: String,
    /// Time and id of the last one seen.
    pub after: Option<(Timestamp, CaseId)>,
    /// Rows at the most.
    pub limit: i64,
}

/// Adds a case.
///
/// # Errors
/// [`Error::Duplicate`] for a number that is taken, or the database.
pub fn insert_case(conn: &mut Conn, row: &Case) -> Result<()> {
    diesel::insert_into(cases::table).values(row).execute(conn)?;
    Ok(())
}

/// A case within the scope.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn case(conn: &mut Conn, scope: &Scope, id: &CaseId) -> Result<Case> {
    let mut query =
        cases::table.find(id).filter(cases::organization_id.eq(&scope.organization)).into_boxed::<Multi>();
    if let Some(department) = &scope.department {
        query = query.filter(cases::department_id.eq(department));
    }
    Ok(query.select(Case::as_select()).first(conn)?)
}

/// A case, whoever asks: for what the program itself does about it.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn any(conn: &mut Conn, id: &CaseId) -> Result<Case> {
    Ok(cases::table.find(id).select(Case::as_select()).first(conn)?)
}

/// 件名 of a case, all that its vendors may know of it.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn title_of(conn: &mut Conn, id: &CaseId) -> Result<String> {
    Ok(cases::table.find(id).select(cases::title).first(conn)?)
}

/// The department that asks, which its vendors may know as well.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn department_of(conn: &mut Conn, id: &CaseId) -> Result<Department> {
    Ok(cases::table
        .find(id)
        .inner_join(departments::table.on(departments::id.eq(cases::department_id)))
        .select(Department::as_select())
        .first(conn)?)
}

/// State and row version of a case, for a vendor's act that moves it.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn standing_of(conn: &mut Conn, id: &CaseId) -> Result<(State, i64)> {
    Ok(cases::table.find(id).select((cases::state, cases::version)).first(conn)?)
}

/// Cases within the scope, latest change first.
///
/// # Errors
/// The database.
pub fn cases(conn: &mut Conn, scope: &Scope, filter: &CaseFilter) -> Result<Vec<Case>> {
    let mut query = cases::table.filter(cases::organization_id.eq(&scope.organization)).into_boxed::<Multi>();
    if let Some(department) = &scope.department {
        query = query.filter(cases::department_id.eq(department));
    }
    if let Some(state) = filter.state {
        query = query.filter(cases::state.eq(state));
    }
    if let Some(path) = &filter.path {
        query = query.filter(cases::path.eq(path));
    }
    if !filter.key.is_empty() {
        query = query.filter(cases::search_key.like(format!("%{}%", escape_like(&filter.key))).escape('\\'));
    }
    if let Some((at, id)) = &filter.after {
        let at = Stamp::from(*at);
        query =
            query.filter(cases::updated_at.lt(at.clone()).or(cases::updated_at.eq(at).and(cases::id.lt(id))));
    }
    Ok(query
        .order((cases::updated_at.desc(), cases::id.desc()))
        .limit(filter.limit)
        .select(Case::as_select())
        .load(conn)?)
}

/// How many cases of the scope stand in each state.
///
/// # Errors
/// The database.
pub fn count_by_state(conn: &mut Conn, scope: &Scope) -> Result<Vec<(State, i64)>> {
    let mut query = cases::table
        .group_by(cases::state)
        .select((cases::state, diesel::dsl::count_star()))
        .filter(cases::organization_id.eq(&scope.organization))
        .into_boxed::<Multi>();
    if let Some(department) = &scope.department {
        query = query.filter(cases::department_id.eq(department));
    }
    Ok(query.load(conn)?)
}

/// How many cases the organisation has opened in a fiscal year; the next number is one more.
///
/// # Errors
/// The database.
pub fn cases_of_year(conn: &mut Conn, organization: &OrganizationId, fiscal_year: i64) -> Result<i64> {
    Ok(cases::table
        .filter(cases::organization_id.eq(organization))
        .filter(cases::fiscal_year.eq(fiscal_year))
        .count()
        .get_result(conn)?)
}

/// Moves a case to another state, if nobody has changed it since `version` was read.
///
/// # Errors
/// [`Error::Stale`], or the database.
pub fn move_case(conn: &mut Conn, id: &CaseId, version: i64, state: State, now: Timestamp) -> Result<()> {
    let changed = diesel::update(cases::table.find(id).filter(cases::version.eq(version)))
        .set((cases::state.eq(state), cases::updated_at.eq(Stamp::from(now)), cases::version.eq(version + 1)))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Names the chosen assessment (or none again).
///
/// # Errors
/// The database.
pub fn choose_assessment(conn: &mut Conn, id: &CaseId, assessment: Option<&AssessmentId>) -> Result<()> {
    diesel::update(cases::table.find(id)).set(cases::chosen_assessment_id.eq(assessment)).execute(conn)?;
    Ok(())
}

/// Replaces the registration of a draft: title, path, class, facts and information.
///
/// # Errors
/// [`Error::Stale`], or the database.
pub fn replace_registration(
    conn: &mut Conn,
    row: &Case,
    facts: &[(String, String)],
    information: &[Information],
) -> Result<()> {
    let changed = diesel::update(cases::table.find(&row.id).filter(cases::version.eq(row.version)))
        .set((
            cases::title.eq(&row.title),
            cases::search_key.eq(&row.search_key),
            cases::department_id.eq(&row.department_id),
            cases::path.eq(&row.path),
            cases::class.eq(&row.class),
            cases::updated_at.eq(&row.updated_at),
            cases::version.eq(row.version + 1),
        ))
        .execute(conn)?;
    if changed != 1 {
        return Err(Error::Stale);
    }
    diesel::delete(case_facts::table.filter(case_facts::case_id.eq(&row.id))).execute(conn)?;
    diesel::delete(case_information::table.filter(case_information::case_id.eq(&row.id))).execute(conn)?;
    insert_registration(conn, &row.id, facts, information)
}

/// Adds facts (id and value as text) and information of a case.
///
/// # Errors
/// The database.
pub fn insert_registration(
    conn: &mut Conn,
    case: &CaseId,
    facts: &[(String, String)],
    information: &[Information],
) -> Result<()> {
    for (fact, value) in facts {
        diesel::insert_into(case_facts::table)
            .values((case_facts::case_id.eq(case), case_facts::fact.eq(fact), case_facts::value.eq(value)))
            .execute(conn)?;
    }
    for row in information {
        diesel::insert_into(case_information::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Facts of a case as id and text.
///
/// # Errors
/// The database.
pub fn facts(conn: &mut Conn, case: &CaseId) -> Result<Vec<(String, String)>> {
    Ok(case_facts::table
        .filter(case_facts::case_id.eq(case))
        .order(case_facts::fact)
        .select((case_facts::fact, case_facts::value))
        .load(conn)?)
}

/// Information of a case.
///
/// # Errors
/// The database.
pub fn information(conn: &mut Conn, case: &CaseId) -> Result<Vec<Information>> {
    Ok(case_information::table
        .filter(case_information::case_id.eq(case))
        .order(case_information::position)
        .select(Information::as_select())
        .load(conn)?)
}

/// Cases opened under an edition of a policy, in the order of their numbers.
///
/// # Errors
/// The database.
pub fn of_edition(conn: &mut Conn, profile: &str, edition: &str) -> Result<Vec<Case>> {
    Ok(cases::table
        .filter(cases::profile.eq(profile))
        .filter(cases::profile_edition.eq(edition))
        .order(cases::number)
        .select(Case::as_select())
        .load(conn)?)
}
