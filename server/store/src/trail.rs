//! 操作履歴: appended in the transaction of the change, never updated, never deleted.

use diesel::prelude::*;
use domain::ids::{CaseId, OrganizationId, TrailId};
use domain::trail::{ActorKind, Entry, GENESIS, Sealed, canonical, row_hash, seal};

use crate::error::Result;
use crate::moment::Stamp;
use crate::portable::{Conn, lock_trail};
use crate::schema::trail;

/// A row as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = trail)]
pub struct TrailRow {
    /// Id.
    pub id: TrailId,
    /// Whose trail.
    pub organization_id: OrganizationId,
    /// From 1, without gaps.
    pub position: i64,
    /// When.
    pub occurred_at: Stamp,
    /// Kind of actor.
    pub actor_kind: ActorKind,
    /// Id of the actor.
    pub actor_id: Option<String>,
    /// Name at that time.
    pub actor_name: String,
    /// `noun.verb`
    pub action: String,
    /// What was changed.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// Case that it belongs to.
    pub case_id: Option<CaseId>,
    /// Canonical JSON.
    pub detail: String,
    /// Request that caused it.
    pub request_id: Option<String>,
    /// Hash of the row before.
    pub previous_hash: String,
    /// Hash of this row.
    pub hash: String,
}

/// Appends a row to the chain of its organisation.
///
/// # Errors
/// The database.
pub fn append(conn: &mut Conn, id: TrailId, entry: &Entry) -> Result<()> {
    lock_trail(conn)?;
    let last: Option<(i64, String)> = trail::table
        .filter(trail::organization_id.eq(&entry.organization))
        .order(trail::position.desc())
        .select((trail::position, trail::hash))
        .first(conn)
        .optional()?;
    let (position, previous_hash) =
        last.map_or((1, GENESIS.to_owned()), |(position, hash)| (position + 1, hash));
    let hash = row_hash(position, &previous_hash, entry);
    let row = TrailRow {
        id,
        organization_id: entry.organization.clone(),
        position,
        occurred_at: entry.at.into(),
        actor_kind: entry.actor.kind,
        actor_id: entry.actor.id.clone(),
        actor_name: entry.actor.name.clone(),
        action: entry.action.to_owned(),
        object_kind: entry.object.0.to_owned(),
        object_id: entry.object.1.clone(),
        case_id: entry.case.clone(),
        detail: canonical(&entry.detail),
        request_id: entry.request.clone(),
        previous_hash,
        hash,
    };
    diesel::insert_into(trail::table).values(&row).execute(conn)?;
    Ok(())
}

/// Rows of a case, latest first; the caller has checked the scope.
///
/// # Errors
/// The database.
pub fn of_case(conn: &mut Conn, case: &CaseId, limit: i64) -> Result<Vec<TrailRow>> {
    Ok(trail::table
        .filter(trail::case_id.eq(case))
        .order(trail::position.desc())
        .limit(limit)
        .select(TrailRow::as_select())
        .load(conn)?)
}

/// Rows of an organisation below a position, latest first.
///
/// # Errors
/// The database.
pub fn of_organization(
    conn: &mut Conn,
    organization: &OrganizationId,
    below: Option<i64>,
    limit: i64,
) -> Result<Vec<TrailRow>> {
    Ok(trail::table
        .filter(trail::organization_id.eq(organization))
        .filter(trail::position.lt(below.unwrap_or(i64::MAX)))
        .order(trail::position.desc())
        .limit(limit)
        .select(TrailRow::as_select())
        .load(conn)?)
}

/// Where a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Position of the row, or of the one that is missing.
    pub position: i64,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A row is not there, or there twice.
    Gap,
    /// A row does not follow the one before it.
    Unlinked,
    /// A row is not what was written.
    Altered,
}

/// What a chain is known by up to here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Rows.
    pub rows: i64,
    /// Hash of the last one: kept elsewhere, it proves that nothing was cut off at the end.
    pub last: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self { rows: 0, last: GENESIS.to_owned() }
    }
}

impl Chain {
    /// Goes on over the rows that follow.
    ///
    /// # Errors
    /// The first row that is missing, unlinked or altered.
    pub fn follow(&mut self, rows: &[TrailRow]) -> std::result::Result<(), Fault> {
        for row in rows {
            let position = self.rows + 1;
            let fault = |kind| Err(Fault { position, kind });
            if row.position != position {
                return fault(FaultKind::Gap);
            }
            if row.previous_hash != self.last {
                return fault(FaultKind::Unlinked);
            }
            let sealed = Sealed {
                position,
                previous: &row.previous_hash,
                organization: row.organization_id.as_str(),
                at: row.occurred_at.get(),
                actor: (row.actor_kind, row.actor_id.as_deref().unwrap_or(""), &row.actor_name),
                action: &row.action,
                object: (&row.object_kind, &row.object_id),
                case: row.case_id.as_ref().map_or("", CaseId::as_str),
                detail: &row.detail,
                request: row.request_id.as_deref().unwrap_or(""),
            };
            if seal(&sealed) != row.hash {
                return fault(FaultKind::Altered);
            }
            self.rows = position;
            self.last.clone_from(&row.hash);
        }
        Ok(())
    }
}

/// Reads the whole chain of an organisation and checks every row.
///
/// # Errors
/// The database.
pub fn verify(conn: &mut Conn, organization: &OrganizationId) -> Result<std::result::Result<Chain, Fault>> {
    const PAGE: i64 = 1_000;
    let mut chain = Chain::default();
    let mut after = 0;
    loop {
        // By position and not by what has been checked: a gap must not end the reading.
        let rows: Vec<TrailRow> = trail::table
            .filter(trail::organization_id.eq(organization))
            .filter(trail::position.gt(after))
            .order(trail::position)
            .limit(PAGE)
            .select(TrailRow::as_select())
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(Ok(chain)) };
        after = last.position;
        if let Err(fault) = chain.follow(&rows) {
            return Ok(Err(fault));
        }
    }
}
