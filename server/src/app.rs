//! What every handler shares: database, templates, content, clock, randomness.
//!
//! The only place that reads the clock and makes random values; everything below takes them as parameters.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};

use contract_templates::library::Library;
use domain::ids::OrganizationId;
use domain::trail::sha256_hex;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use questionnaires::content::Content;
use store::Db;
use store::accounts::Organization;
use tera::Tera;

use crate::config::Config;
use crate::files::FileStore;
use crate::office::Office;

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
    /// Requirements, profiles, questions, criteria as this build carries them.
    pub content: Arc<Content>,
    /// The same with what organisations have published, by organisation with its version.
    pub published: RwLock<BTreeMap<OrganizationId, (i64, Arc<Content>)>>,
    /// Clauses and documents.
    pub library: Library,
    /// Files of generated documents.
    pub files: FileStore,
    /// Configuration.
    pub config: Config,
    /// Clock.
    pub clock: Clock,
    /// LibreOffice, where it is installed.
    pub office: Office,
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

    /// The content of an organisation: what this build carries, with what the organisation has published on top.
    #[must_use]
    pub fn content_of(&self, organization: &OrganizationId) -> Arc<Content> {
        let published = self.published.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        published
            .get(organization)
            .map_or_else(|| Arc::clone(&self.content), |(_, content)| Arc::clone(content))
    }

    /// Makes [`App::content_of`] current: whoever comes in brings the version that the database knows, which another
    /// instance may have moved. What does not fit this build any more stays out, and is told to the operator.
    ///
    /// # Errors
    /// The database.
    pub async fn follow_content(&self, organization: &Organization) -> crate::error::Result<()> {
        let known = {
            let published = self.published.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            published.get(&organization.id).map_or(0, |(version, _)| *version)
        };
        if known == organization.content_version {
            return Ok(());
        }
        let id = organization.id.clone();
        let files = self.db.read(move |conn| store::content::in_force(conn, &id)).await?;
        let content = match Content::load_changed(laid_over(&files)) {
            Ok(content) => Arc::new(content),
            Err(problems) => {
                let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
                tracing::error!(organization = %organization.id, problems = told.join("; "), "published content does not load");
                Arc::clone(&self.content)
            }
        };
        let mut published = self.published.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        published.insert(organization.id.clone(), (organization.content_version, content));
        Ok(())
    }

    /// Random bytes from the operating system's generator.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        rand::random()
    }

    /// A secret of 256 bits for a cookie, and the hash under which it is stored.
    #[must_use]
    pub fn secret(&self) -> (String, String) {
        let token: String = self.random::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        let hash = token_hash(&token);
        (token, hash)
    }

    /// A secret of 160 bits for a link in a letter, and its hash: short enough that mailers do not break the line.
    #[must_use]
    pub fn link_secret(&self) -> (String, String) {
        let letter = |byte: &u8| char::from(LINK_LETTERS[usize::from(byte % 32)]);
        let token: String = self.random::<32>().iter().map(letter).collect();
        let hash = token_hash(&token);
        (token, hash)
    }
}

/// Letters of links: none that looks like another, none at which a mailer ends an address.
const LINK_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Work that would hold an async thread for long (hashing, spreadsheets, loading content), with the span of the
/// request.
///
/// # Errors
/// A panic within it.
#[expect(clippy::disallowed_methods, reason = "the one place for long work that is not the database's")]
pub async fn off_thread<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> crate::error::Result<T> {
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    done.map_err(|error| crate::error::Error::internal(what, error))
}

/// The files of this build with others in their places or beside them.
pub fn laid_over(files: &[(String, String)]) -> impl Iterator<Item = (String, String)> {
    let replaced: std::collections::BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let shipped = Content::embedded_files().filter(move |(path, _)| !replaced.contains(path.as_str()));
    shipped.chain(files.iter().cloned())
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
