//! Files of documents and evidence, named by the SHA-256 of their content: written once, never changed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::trail::{hex, sha256_hex};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

/// Where files lie while they arrive.
const INCOMING: &str = "incoming";
/// A file that has been arriving for so long was left behind by a program that ended.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Tells files that arrive at the same time apart.
static ARRIVALS: AtomicU64 = AtomicU64::new(0);

/// A folder of files.
#[derive(Debug, Clone)]
pub struct FileStore {
    root: PathBuf,
}

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk.
    #[error("the file store failed")]
    Io(#[from] std::io::Error),
    /// The content is not what its name says.
    #[error("the stored file has been altered")]
    Altered,
}

impl FileStore {
    /// A store below a folder, which is made if it is missing. What an earlier run left half-written goes.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, FileError> {
        let root = root.into();
        let incoming = root.join(INCOMING);
        std::fs::create_dir_all(&incoming)?;
        for entry in std::fs::read_dir(&incoming)? {
            let entry = entry?;
            let age = entry.metadata()?.modified()?.elapsed();
            if age.is_ok_and(|age| age > ABANDONED) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(Self { root })
    }

    /// Stores bytes and returns their SHA-256.
    ///
    /// # Errors
    /// The disk.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String, FileError> {
        let hash = sha256_hex(&bytes);
        let mut incoming = self.begin().await?;
        incoming.write(&bytes).await?;
        let arrived = incoming.finish().await?;
        self.keep(arrived).await?;
        Ok(hash)
    }

    /// Begins to receive a file.
    ///
    /// # Errors
    /// The disk.
    pub async fn begin(&self) -> Result<Incoming, FileError> {
        let number = ARRIVALS.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(INCOMING).join(format!("{}.{number}", std::process::id()));
        let file = tokio::fs::File::create(&path).await?;
        Ok(Incoming { file, place: Unfinished(path), hasher: Sha256::new(), bytes: 0 })
    }

    /// Keeps a file that has arrived.
    ///
    /// # Errors
    /// The disk.
    pub async fn keep(&self, arrived: Arrived) -> Result<(), FileError> {
        let path = self.path(&arrived.sha256);
        if tokio::fs::try_exists(&path).await? {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        tokio::fs::create_dir_all(&folder).await?;
        // Written beside, synced, then renamed: a crash leaves no half file under a valid name.
        tokio::fs::rename(&arrived.place.0, &path).await?;
        tokio::fs::File::open(&folder).await?.sync_all().await?;
        Ok(())
    }

    /// Removes a file that nothing needs any more; one that is gone already is no failure.
    ///
    /// # Errors
    /// The disk.
    pub async fn remove(&self, hash: &str) -> Result<(), FileError> {
        match tokio::fs::remove_file(self.path(hash)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Reads a file and checks that it is still what was stored.
    ///
    /// # Errors
    /// The disk, or [`FileError::Altered`].
    pub async fn get(&self, hash: &str) -> Result<Vec<u8>, FileError> {
        let bytes = tokio::fs::read(self.path(hash)).await?;
        if sha256_hex(&bytes) == hash { Ok(bytes) } else { Err(FileError::Altered) }
    }

    /// Where a file lies.
    #[must_use]
    pub fn path(&self, hash: &str) -> PathBuf {
        // Only hashes that came from `put` and `keep` reach this; the filter keeps anything else inside the folder.
        let name: String = hash.chars().filter(char::is_ascii_hexdigit).collect();
        self.root.join(name.get(..2).unwrap_or("00")).join(name)
    }
}

/// A file that is arriving; dropped before it is kept, it goes.
#[derive(Debug)]
pub struct Incoming {
    file: tokio::fs::File,
    place: Unfinished,
    hasher: Sha256,
    bytes: u64,
}

/// A file that has arrived whole and waits to be kept.
#[derive(Debug)]
pub struct Arrived {
    place: Unfinished,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl Incoming {
    /// Appends a piece.
    ///
    /// # Errors
    /// The disk.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), FileError> {
        self.hasher.update(piece);
        self.bytes += piece.len() as u64;
        Ok(self.file.write_all(piece).await?)
    }

    /// Bytes so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Everything has arrived.
    ///
    /// # Errors
    /// The disk.
    pub async fn finish(mut self) -> Result<Arrived, FileError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(Arrived { place: self.place, sha256: hex(&self.hasher.finalize()), bytes: self.bytes })
    }
}

impl Arrived {
    /// Where it lies until it is kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.place.0
    }
}

/// Removes what was not kept: after a rename there is nothing left to remove.
#[derive(Debug)]
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
