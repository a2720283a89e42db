//! Argon2id off the async threads, a few at a time.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::app::{App, off_thread};
use crate::error::{Error, Result};

/// Hash of a password nobody has: checked for unknown names, so that they take as long as known ones.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a password (Argon2id, 19 MiB, two passes; salt of its own) into PHC text.
///
/// # Errors
/// The hasher.
pub async fn hash(app: &App, password: String) -> Result<String> {
    run(app, move || Ok(Argon2::default().hash_password(password.as_bytes()).map_err(text)?.to_string()))
        .await
}

/// Whether a password is the one behind `hash`; without a hash it works as long and says no.
///
/// # Errors
/// The hasher.
pub async fn verify(app: &App, password: String, hash: Option<String>) -> Result<bool> {
    run(app, move || {
        let known = hash.is_some();
        let verified =
            Argon2::default().verify_password(password.as_bytes(), hash.as_deref().unwrap_or(NOBODY));
        Ok(known && verified.is_ok())
    })
    .await
}

async fn run<T: Send + 'static>(app: &App, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _place = app.hashing.acquire().await.map_err(|error| Error::internal("password hashing", error))?;
    off_thread("password hashing", work).await?
}

fn text(error: argon2::password_hash::Error) -> Error {
    Error::internal("password hashing", error.to_string())
}
