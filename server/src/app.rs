//! What every handler shares: database, templates, content, clock, randomness.
//!
//! The only place that reads the clock and makes random values; everything below takes them as parameters.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contract_templates::library::Library;
use domain::trail::sha256_hex;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use questionnaires::content::Content;
use store::Db;
use tera::Tera;

use crate::config::Config;
use crate::files::FileStore;

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// The machine's clock moved by some seconds: for tests and for the demonstration, which lives through weeks.
    Shifted(Arc<AtomicI64>),
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        match self {
            Self::System => now,
            Self::Shifted(seconds) => {
                now.checked_add(SignedDuration::from_secs(seconds.load(Ordering::Relaxed))).unwrap_or(now)
            }
        }
    }
}

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// The parts of [`App`].
pub struct Inner {
    /// Database.
    pub db: Db,
    /// Page and mail templates.
    pub templates: Tera,
    /// Requirements, profiles, questions, criteria.
    pub content: Content,
    /// Clauses and documents.
    pub library: Library,
    /// Files of generated documents.
    pub files: FileStore,
    /// Configuration.
    pub config: Config,
    /// Clock.
    pub clock: Clock,
    /// How many passwords are hashed at once: each takes 19 MiB.
    pub hashing: tokio::sync::Semaphore,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Today in Japan.
    #[must_use]
    pub fn today(&self) -> Date {
        day_in_japan(self.now())
    }

    /// A new id.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn uuid(&self) -> uuid::Uuid {
        uuid::Uuid::now_v7()
    }

    /// Random bytes from the operating system's generator.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        rand::random()
    }

    /// A secret of 256 bits for a link or a cookie, and the hash under which it is stored.
    #[must_use]
    pub fn secret(&self) -> (String, String) {
        let token: String = self.random::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        let hash = token_hash(&token);
        (token, hash)
    }
}

/// The hash under which a token is stored. 256 random bits need no salt and no stretching.
#[must_use]
pub fn token_hash(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

/// Japan, whose clock has not moved since 1951: a fixed offset needs no time zone data on the machine.
#[must_use]
pub fn japan() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(9))
}

/// The day of an instant in Japan.
#[must_use]
pub fn day_in_japan(at: Timestamp) -> Date {
    at.to_zoned(japan()).date()
}
