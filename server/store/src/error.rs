//! What a query can fail with.

/// Result of a query.
pub type Result<T> = std::result::Result<T, Error>;

/// Failure of a query, without a word of HTTP.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such row within the caller's scope.
    #[error("no such row")]
    NotFound,
    /// The row has changed since it was read.
    #[error("the row has changed since it was read")]
    Stale,
    /// A value that must be unique exists already.
    #[error("the value exists already")]
    Duplicate,
    /// The database did not answer in time, or is locked.
    #[error("the database is busy")]
    Busy(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value cannot be read as what it should be.
    #[error("stored {what} cannot be read")]
    Corrupt {
        /// Which value.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else.
    #[error("the database failed")]
    Database(#[source] diesel::result::Error),
    /// The thread that ran the query is gone.
    #[error("the database thread failed")]
    Thread,
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error as E};
        match error {
            E::NotFound => Self::NotFound,
            E::DatabaseError(Kind::UniqueViolation, _) => Self::Duplicate,
            E::DatabaseError(_, ref information) if information.message().contains("database is locked") => {
                Self::Busy(Box::new(error))
            }
            other => Self::Database(other),
        }
    }
}
