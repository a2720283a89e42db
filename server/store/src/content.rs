//! 規程・設問の草案と公開: files of content that a municipality changes itself.

use diesel::prelude::*;
use domain::content::DraftState;
use domain::ids::{ContentFileId, OrganizationId, StaffId};

use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{content_editors, content_files, organizations};

/// A file of content: a draft, or what was published.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = content_files)]
pub struct ContentFile {
    /// Id.
    pub id: ContentFileId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Path below `questionnaires/`: `questions/sla.toml`.
    pub path: String,
    /// TOML.
    pub text: String,
    /// State.
    pub state: DraftState,
    /// Version of the organisation's content on which the draft rests.
    pub base_version: i64,
    /// Who edited last.
    pub edited_by: StaffId,
    /// When.
    pub edited_at: Stamp,
    /// When the draft was begun.
    pub created_at: Stamp,
    /// Reason given at publishing or withdrawing.
    pub reason: String,
    /// Who published or withdrew it.
    pub settled_by: Option<StaffId>,
    /// When.
    pub settled_at: Option<Stamp>,
    /// Version of the organisation's content since which it is in force.
    pub published_version: Option<i64>,
    /// Row version.
    pub version: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = content_editors)]
struct Editor {
    file_id: ContentFileId,
    staff_id: StaffId,
    first_edited_at: Stamp,
}

/// What is in force: of each path the file published last, by path.
///
/// # Errors
/// The database.
pub fn in_force(conn: &mut Conn, organization: &OrganizationId) -> Result<Vec<(String, String)>> {
    let published: Vec<(String, String)> = content_files::table
        .filter(content_files::organization_id.eq(organization))
        .filter(content_files::state.eq(DraftState::Published))
        .order((content_files::path, content_files::published_version))
        .select((content_files::path, content_files::text))
        .load(conn)?;
    let latest: std::collections::BTreeMap<String, String> = published.into_iter().collect();
    Ok(latest.into_iter().collect())
}

/// Open drafts, oldest first.
///
/// # Errors
/// The database.
pub fn drafts(conn: &mut Conn, organization: &OrganizationId) -> Result<Vec<ContentFile>> {
    Ok(content_files::table
        .filter(content_files::organization_id.eq(organization))
        .filter(content_files::state.eq(DraftState::Draft))
        .order(content_files::id)
        .select(ContentFile::as_select())
        .load(conn)?)
}

/// Everything settled, newest first.
///
/// # Errors
/// The database.
pub fn settled(conn: &mut Conn, organization: &OrganizationId, limit: i64) -> Result<Vec<ContentFile>> {
    Ok(content_files::table
        .filter(content_files::organization_id.eq(organization))
        .filter(content_files::state.ne(DraftState::Draft))
        .order(content_files::settled_at.desc())
        .limit(limit)
        .select(ContentFile::as_select())
        .load(conn)?)
}

/// One file.
///
/// # Errors
/// [`Error::NotFound`] for one of somebody else, or the database.
pub fn file(conn: &mut Conn, organization: &OrganizationId, id: &ContentFileId) -> Result<ContentFile> {
    Ok(content_files::table
        .filter(content_files::organization_id.eq(organization))
        .filter(content_files::id.eq(id))
        .select(ContentFile::as_select())
        .first(conn)?)
}

/// The open draft of a path.
///
/// # Errors
/// The database.
pub fn draft_of(conn: &mut Conn, organization: &OrganizationId, path: &str) -> Result<Option<ContentFile>> {
    Ok(content_files::table
        .filter(content_files::organization_id.eq(organization))
        .filter(content_files::path.eq(path))
        .filter(content_files::state.eq(DraftState::Draft))
        .select(ContentFile::as_select())
        .first(conn)
        .optional()?)
}

/// Begins a draft.
///
/// # Errors
/// [`Error::Duplicate`] when the path has one, or the database.
pub fn insert(conn: &mut Conn, row: &ContentFile) -> Result<()> {
    diesel::insert_into(content_files::table).values(row).execute(conn)?;
    remember_editor(conn, &row.id, &row.edited_by, &row.edited_at)
}

/// What changes when a draft is saved.
#[derive(Debug, Clone)]
pub struct Edit {
    /// New text.
    pub text: String,
    /// Version of the content that the editor has seen it with.
    pub base_version: i64,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Stamp,
}

/// Saves a draft.
///
/// # Errors
/// [`Error::Stale`] when it has changed since `version` or is no draft any more, or the database.
pub fn update(
    conn: &mut Conn,
    organization: &OrganizationId,
    id: &ContentFileId,
    version: i64,
    edit: &Edit,
) -> Result<()> {
    let changed = diesel::update(
        content_files::table
            .filter(content_files::organization_id.eq(organization))
            .filter(content_files::id.eq(id))
            .filter(content_files::version.eq(version))
            .filter(content_files::state.eq(DraftState::Draft)),
    )
    .set((
        content_files::text.eq(&edit.text),
        content_files::base_version.eq(edit.base_version),
        content_files::edited_by.eq(&edit.by),
        content_files::edited_at.eq(&edit.at),
        content_files::version.eq(version + 1),
    ))
    .execute(conn)?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    remember_editor(conn, id, &edit.by, &edit.at)
}

fn remember_editor(conn: &mut Conn, file: &ContentFileId, staff: &StaffId, at: &Stamp) -> Result<()> {
    let known: i64 = content_editors::table
        .filter(content_editors::file_id.eq(file))
        .filter(content_editors::staff_id.eq(staff))
        .count()
        .get_result(conn)?;
    if known == 0 {
        let row = Editor { file_id: file.clone(), staff_id: staff.clone(), first_edited_at: at.clone() };
        diesel::insert_into(content_editors::table).values(&row).execute(conn)?;
    }
    Ok(())
}

/// Everybody who has edited a file.
///
/// # Errors
/// The database.
pub fn editors(conn: &mut Conn, file: &ContentFileId) -> Result<Vec<StaffId>> {
    Ok(content_editors::table
        .filter(content_editors::file_id.eq(file))
        .order(content_editors::first_edited_at)
        .select(content_editors::staff_id)
        .load(conn)?)
}

/// The end of a draft.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// Published or withdrawn.
    pub state: DraftState,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Stamp,
    /// Why.
    pub reason: String,
}

/// Publishes or withdraws a draft; publishing makes the next version of the organisation's content.
///
/// # Errors
/// [`Error::Stale`] when the draft has changed since `version`, or another one was published after `current`,
/// or the database.
pub fn settle(
    conn: &mut Conn,
    organization: &OrganizationId,
    id: &ContentFileId,
    (version, current): (i64, i64),
    settlement: &Settlement,
) -> Result<()> {
    let published = (settlement.state == DraftState::Published).then_some(current + 1);
    if let Some(next) = published {
        let moved = diesel::update(
            organizations::table
                .filter(organizations::id.eq(organization))
                .filter(organizations::content_version.eq(current)),
        )
        .set(organizations::content_version.eq(next))
        .execute(conn)?;
        if moved == 0 {
            return Err(Error::Stale);
        }
    }
    let changed = diesel::update(
        content_files::table
            .filter(content_files::organization_id.eq(organization))
            .filter(content_files::id.eq(id))
            .filter(content_files::version.eq(version))
            .filter(content_files::state.eq(DraftState::Draft)),
    )
    .set((
        content_files::state.eq(settlement.state),
        content_files::reason.eq(&settlement.reason),
        content_files::settled_by.eq(&settlement.by),
        content_files::settled_at.eq(&settlement.at),
        content_files::published_version.eq(published),
        content_files::version.eq(version + 1),
    ))
    .execute(conn)?;
    if changed == 0 { Err(Error::Stale) } else { Ok(()) }
}
