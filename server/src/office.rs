//! PDF by LibreOffice, where it is installed. Without it the pages print well.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Semaphore;

/// How long a conversion may take; a cold start needs about 5 seconds.
const PATIENCE: Duration = Duration::from_secs(25);

/// LibreOffice, if this machine has it. One conversion at a time: each takes a core and some 200 MB.
#[derive(Debug)]
pub struct Office {
    program: Option<PathBuf>,
    turn: Semaphore,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// LibreOffice is not installed.
    #[error("LibreOffice is not installed")]
    Missing,
    /// It took too long or is busy.
    #[error("LibreOffice did not finish in time")]
    Slow,
    /// It wrote no PDF.
    #[error("LibreOffice wrote no file")]
    NoFile,
    /// The disk, or the program could not be started.
    #[error("LibreOffice could not be run")]
    Io(#[from] std::io::Error),
}

impl Office {
    /// Looks for LibreOffice on the search path.
    #[must_use]
    pub fn find() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .flat_map(|folder| ["soffice", "libreoffice"].map(|name| folder.join(name)))
            .find(|file| file.is_file());
        Self { program, turn: Semaphore::new(1) }
    }

    /// The program, if there is one.
    #[must_use]
    pub fn program(&self) -> Option<&PathBuf> {
        self.program.as_ref()
    }

    /// A Word file as PDF.
    ///
    /// # Errors
    /// [`OfficeError`]; nothing is left behind.
    pub async fn pdf(&self, docx: &[u8]) -> Result<Vec<u8>, OfficeError> {
        let program = self.program.as_ref().ok_or(OfficeError::Missing)?;
        let turn = tokio::time::timeout(PATIENCE, self.turn.acquire());
        let _turn = turn.await.map_err(|_| OfficeError::Slow)?;
        let folder = Folder::new()?;
        let file = folder.0.join("document.docx");
        tokio::fs::write(&file, docx).await?;
        // A profile of its own: it neither disturbs nor waits for an office that somebody else has open.
        let profile = format!("-env:UserInstallation=file://{}", folder.0.join("profile").display());
        let mut running = Command::new(program)
            .arg(profile)
            .args(["--headless", "--norestore", "--convert-to", "pdf", "--outdir"])
            .arg(&folder.0)
            .arg(&file)
            .env("HOME", &folder.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        tokio::time::timeout(PATIENCE, running.wait()).await.map_err(|_| OfficeError::Slow)??;
        tokio::fs::read(folder.0.join("document.pdf")).await.map_err(|_| OfficeError::NoFile)
    }
}

/// A folder of its own that goes away again.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let name = format!("tokki-pdf-{}-{:016x}", std::process::id(), rand::random::<u64>());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
