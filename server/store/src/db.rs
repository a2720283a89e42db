//! The database as the rest of the program sees it: `read` and `write`, off the async threads.

use std::time::Duration;

use diesel::r2d2::{Pool, PooledConnection};

use crate::error::Error;
use crate::portable::{self, Conn, Manager};

/// Which database is behind a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// `sqlite:PATH`
    Sqlite,
    /// `postgresql://…` or `postgres://…`
    Postgresql,
}

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite:` nor `postgresql:`; a typing error must not silently create an empty database.
    #[error("unknown database URL scheme")]
    UnknownScheme,
    /// No connection.
    #[error("the database cannot be reached")]
    Connect(#[source] diesel::r2d2::PoolError),
    /// Migrations failed.
    #[error("the database cannot be migrated")]
    Migrate(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    readers: Pool<Manager>,
    writers: Pool<Manager>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("backend", &self.backend).finish_non_exhaustive()
    }
}

impl Db {
    /// Opens `sqlite:PATH` or `postgresql://…`. Blocking: call at start-up.
    ///
    /// # Errors
    /// An unknown scheme, or no connection.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let pool = |manager: Manager, size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(Duration::from_secs(5))
                .error_handler(Box::new(LogErrors))
                .build(manager)
                .map_err(OpenError::Connect)
        };
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//").to_owned();
            // The writer opens first: it creates the file and switches it to WAL before a reader looks.
            let writers = pool(Manager::Sqlite { path: path.clone(), read_only: false }, 1)?;
            let readers = pool(Manager::Sqlite { path, read_only: true }, 4)?;
            Ok(Self { backend: Backend::Sqlite, readers, writers })
        } else if url.starts_with("postgresql://") || url.starts_with("postgres://") {
            let writers = pool(Manager::Postgresql { url: url.to_owned() }, 8)?;
            Ok(Self { backend: Backend::Postgresql, readers: writers.clone(), writers })
        } else {
            Err(OpenError::UnknownScheme)
        }
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Brings the tables up to date and returns what was applied. Blocking: call at start-up.
    ///
    /// # Errors
    /// No connection, or a migration that fails.
    pub fn migrate(&self) -> Result<Vec<String>, OpenError> {
        let mut conn = self.writers.get().map_err(OpenError::Connect)?;
        portable::migrate(&mut conn).map_err(OpenError::Migrate)
    }

    /// Whether migrations are missing. Blocking: call at start-up.
    ///
    /// # Errors
    /// No connection.
    pub fn needs_migration(&self) -> Result<bool, OpenError> {
        let mut conn = self.writers.get().map_err(OpenError::Connect)?;
        portable::pending(&mut conn).map_err(OpenError::Migrate)
    }

    /// Reads. Several queries of one call may see different states; use [`Db::write`] where that matters.
    ///
    /// # Errors
    /// Whatever `work` returns, or no connection in time.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let pool = self.readers.clone();
        off_thread(move || work(&mut *connection(&pool)?)).await
    }

    /// Writes: one transaction that commits when `work` returns `Ok`. The change, its trail row and its outbox rows
    /// belong into one call.
    ///
    /// # Errors
    /// Whatever `work` returns (rolled back), or no connection in time.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let pool = self.writers.clone();
        off_thread(move || portable::write(&mut *connection(&pool)?, work)).await
    }
}

fn connection(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, Error> {
    pool.get().map_err(|error| Error::Busy(Box::new(error)))
}

#[expect(clippy::disallowed_methods, reason = "the one place that moves database work off the async threads")]
async fn off_thread<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let span = tracing::Span::current();
    // Not tied to the caller: when a client hangs up, what was begun is finished.
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(result) => result,
        Err(_) => Err(Error::Thread.into()),
    }
}

#[derive(Debug)]
struct LogErrors;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for LogErrors {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        tracing::warn!(error = %error, "no database connection");
    }
}
