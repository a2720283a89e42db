//! Files of generated documents, named by the SHA-256 of their content: written once, never changed.

use std::path::{Path, PathBuf};

use domain::trail::sha256_hex;

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
    /// A store below a folder, which is made if it is missing.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, FileError> {
        let root = root.into();
        std::fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// Stores bytes and returns their SHA-256.
    ///
    /// # Errors
    /// The disk.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String, FileError> {
        let hash = sha256_hex(&bytes);
        let path = self.path(&hash);
        if tokio::fs::try_exists(&path).await? {
            return Ok(hash);
        }
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        // Written beside, synced, then renamed: a crash leaves no half file under a valid name.
        let unfinished = path.with_extension(format!("{}.part", std::process::id()));
        write_synced(&unfinished, bytes).await?;
        tokio::fs::rename(&unfinished, &path).await?;
        Ok(hash)
    }

    /// Reads a file and checks that it is still what was stored.
    ///
    /// # Errors
    /// The disk, or [`FileError::Altered`].
    pub async fn get(&self, hash: &str) -> Result<Vec<u8>, FileError> {
        let bytes = tokio::fs::read(self.path(hash)).await?;
        if sha256_hex(&bytes) == hash { Ok(bytes) } else { Err(FileError::Altered) }
    }

    fn path(&self, hash: &str) -> PathBuf {
        // Only hashes that came from `put` reach this; the filter keeps anything else inside the folder.
        let name: String = hash.chars().filter(char::is_ascii_hexdigit).collect();
        self.root.join(name.get(..2).unwrap_or("00")).join(name)
    }
}

async fn write_synced(path: &Path, bytes: Vec<u8>) -> Result<(), FileError> {
    use tokio::io::AsyncWriteExt;
    let mut file = tokio::fs::File::create(path).await?;
    file.write_all(&bytes).await?;
    file.sync_all().await?;
    Ok(())
}
