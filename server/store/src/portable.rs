//! The only file that knows which database is behind a connection.

use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{ConnectionError, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{Error, Result};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRESQL_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgresql");

/// Key of the advisory lock around migrations: `tokki` in ASCII.
const MIGRATION_LOCK: i64 = 0x0074_6f6b_6b69;
/// Key of the advisory lock around the trail, whose rows form one chain.
const TRAIL_LOCK: i64 = 0x0074_7261_696c;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgresql(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// The backend type of [`Conn`].
pub(crate) type Multi = <Conn as Connection>::Backend;

/// The same body compiled once per database, for what diesel refuses through [`Conn`]
/// (pool checks today; batch insert and upsert if they are ever needed).
macro_rules! both {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::portable::Conn::Postgresql($inner) => $body,
            $crate::portable::Conn::Sqlite($inner) => $body,
        }
    };
}

/// Opens connections by the scheme of the URL; an unknown scheme has been refused before.
#[derive(Debug, Clone)]
pub(crate) enum Manager {
    Postgresql { url: String },
    Sqlite { path: String, read_only: bool },
}

#[derive(QueryableByName)]
struct Pragma {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// PRAGMAs with the value read back: a connection on which one does not hold is refused.
const PRAGMAS: &[(&str, &str, &str)] = &[
    ("busy_timeout", "5000", "5000"),
    ("journal_mode", "WAL", "wal"),
    // 「提出しました」 is a promise: FULL survives a power cut, NORMAL may not.
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
];

impl Manager {
    fn open(&self) -> std::result::Result<Conn, diesel::r2d2::Error> {
        use diesel::r2d2::Error as E;
        match self {
            Self::Postgresql { url } => {
                let mut conn = PgConnection::establish(url).map_err(E::ConnectionError)?;
                conn.batch_execute(
                    "SET statement_timeout = '15s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'",
                )
                .map_err(E::QueryError)?;
                Ok(Conn::Postgresql(conn))
            }
            Self::Sqlite { path, read_only } => {
                let mut conn = SqliteConnection::establish(path).map_err(E::ConnectionError)?;
                for (name, set, expected) in PRAGMAS {
                    conn.batch_execute(&format!("PRAGMA {name} = {set}")).map_err(E::QueryError)?;
                    // The one PRAGMA whose column is named otherwise.
                    let column = if *name == "busy_timeout" { "timeout" } else { name };
                    let read: Pragma =
                        sql_query(format!("SELECT CAST({column} AS TEXT) AS value FROM pragma_{name}"))
                            .get_result(&mut conn)
                            .map_err(E::QueryError)?;
                    if read.value != *expected {
                        return Err(E::ConnectionError(ConnectionError::BadConnection(format!(
                            "PRAGMA {name} is {}, expected {expected}",
                            read.value
                        ))));
                    }
                }
                if *read_only {
                    conn.batch_execute("PRAGMA query_only = ON").map_err(E::QueryError)?;
                }
                Ok(Conn::Sqlite(conn))
            }
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> std::result::Result<Conn, Self::Error> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Conn) -> std::result::Result<(), Self::Error> {
        both!(conn, |c| c.ping()).map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || both!(conn, |c| c.is_broken())
    }
}

/// Runs `work` in one transaction. On SQLite it is immediate: a deferred one that reads first and writes later
/// fails at once with "database is locked", whatever the time-out.
pub(crate) fn write<T, E: From<Error>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    type Transactions = <Conn as Connection>::TransactionManager;
    let begun = match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        Conn::Postgresql(_) => Transactions::begin_transaction(conn),
    };
    begun.map_err(Error::from)?;
    match work(conn) {
        Ok(value) => {
            Transactions::commit_transaction(conn).map_err(Error::from)?;
            Ok(value)
        }
        Err(error) => {
            if let Err(failed) = Transactions::rollback_transaction(conn) {
                tracing::error!(error = %failed, "rollback failed");
            }
            Err(error)
        }
    }
}

/// Brings the tables up to date; safe to run from several instances at once. Returns the names of what was applied.
pub(crate) fn migrate(
    conn: &mut Conn,
) -> std::result::Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    fn run<B: diesel::backend::Backend>(
        conn: &mut impl MigrationHarness<B>,
        migrations: EmbeddedMigrations,
    ) -> std::result::Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(conn.run_pending_migrations(migrations)?.iter().map(ToString::to_string).collect())
    }
    match conn {
        Conn::Sqlite(sqlite) => run(sqlite, SQLITE_MIGRATIONS),
        Conn::Postgresql(postgresql) => {
            // diesel takes no lock of its own; two instances starting together would both create tables.
            postgresql.batch_execute(&format!(
                "SET lock_timeout = '60s'; SELECT pg_advisory_lock({MIGRATION_LOCK})"
            ))?;
            let applied = run(postgresql, POSTGRESQL_MIGRATIONS);
            postgresql.batch_execute(&format!(
                "SELECT pg_advisory_unlock({MIGRATION_LOCK}); SET lock_timeout = '5s'"
            ))?;
            applied
        }
    }
}

/// Whether migrations are missing.
pub(crate) fn pending(
    conn: &mut Conn,
) -> std::result::Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    match conn {
        Conn::Sqlite(sqlite) => sqlite.has_pending_migration(SQLITE_MIGRATIONS),
        Conn::Postgresql(postgresql) => postgresql.has_pending_migration(POSTGRESQL_MIGRATIONS),
    }
}

/// Makes appending to the trail wait for its turn until the transaction ends. SQLite has one writer anyway.
pub(crate) fn lock_trail(conn: &mut Conn) -> Result<()> {
    if let Conn::Postgresql(postgresql) = conn {
        postgresql.batch_execute(&format!("SELECT pg_advisory_xact_lock({TRAIL_LOCK})"))?;
    }
    Ok(())
}
