//! The check for malware: files of vendors go to a clamd, which says what it found.

use std::time::Duration;

use clamav_client::tokio::{Tcp, scan_file};
use domain::evidence::Scan;
use domain::trail::Actor;
use serde_json::json;
use store::evidence::{self, EvidenceVersion};

use crate::app::App;
use crate::error::{Error, Result};
use crate::recording::Recorder;

/// Pause when there is nothing to do, or when nobody answers.
const IDLE: Duration = Duration::from_secs(2);
/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Files taken at once from the list.
const BATCH: i64 = 20;

/// A clamd at `host:port`.
#[must_use]
pub fn connection(address: &str) -> Tcp<&str> {
    Tcp { host_address: address }
}

/// Checks until the program ends. Without a clamd there is nothing to run: files stay 未検査, and say so.
#[must_use]
pub fn start(app: &App) -> Option<tokio::task::JoinHandle<()>> {
    app.config.evidence.clamd.as_ref()?;
    let app = app.clone();
    Some(tokio::spawn(async move {
        loop {
            if let Err(error) = run(&app).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "files wait for their check");
            }
            tokio::time::sleep(IDLE).await;
        }
    }))
}

/// Checks what waits; returns how many files were checked.
///
/// # Errors
/// The database, or a clamd that does not answer: what waits goes on waiting.
pub async fn run(app: &App) -> Result<usize> {
    let Some(address) = app.config.evidence.clamd.clone() else { return Ok(0) };
    let waiting = app.db.read(|conn| Ok::<_, Error>(evidence::unscanned(conn, BATCH)?)).await?;
    let mut checked = 0;
    for version in waiting {
        let asked = scan_file(app.files.path(&version.sha256), connection(&address), None);
        let answer = tokio::time::timeout(PATIENCE, asked)
            .await
            .map_err(|error| Error::internal("clamd", error))?
            .map_err(|error| Error::internal("clamd", error))?;
        let Some((scan, note)) = verdict(&answer) else {
            let said = String::from_utf8_lossy(&answer).into_owned();
            return Err(Error::internal("clamd", said));
        };
        settle(app, version, scan, note).await?;
        checked += 1;
    }
    Ok(checked)
}

/// `stream: OK`, or `stream: NAME FOUND`; anything else is no verdict.
fn verdict(answer: &[u8]) -> Option<(Scan, String)> {
    let said = String::from_utf8_lossy(answer);
    let said = said.trim_matches(['\0', '\n', ' ']);
    let said = said.strip_prefix("stream: ")?;
    if said == "OK" {
        return Some((Scan::Clean, String::new()));
    }
    said.strip_suffix(" FOUND").map(|name| (Scan::Infected, name.chars().take(200).collect()))
}

async fn settle(app: &App, version: EvidenceVersion, scan: Scan, note: String) -> Result<()> {
    let inner = app.clone();
    app.db
        .write(move |conn| {
            let now = inner.now();
            evidence::note_scan(conn, &version.sha256, scan, &note, now)?;
            if scan == Scan::Infected {
                let (organization, case) = evidence::place_of(conn, &version.evidence_id)?;
                let recorder = Recorder::new(&inner, &organization, Actor::system("ウイルス検査"));
                let object = ("evidence", version.evidence_id.as_str());
                let detail = json!({ "version": version.number, "found": note, "sha256": version.sha256 });
                recorder.record(conn, "evidence.infected", object, Some(&case), detail)?;
            }
            Ok::<_, Error>(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_verdict_is_a_verdict() {
        assert_eq!(verdict(b"stream: OK\0"), Some((Scan::Clean, String::new())));
        let found = Some((Scan::Infected, "Eicar-Test-Signature".to_owned()));
        assert_eq!(verdict(b"stream: Eicar-Test-Signature FOUND\0"), found);
        for no in [&b""[..], b"INSTREAM size limit exceeded. ERROR\0", b"stream: x ERROR", b"OK"] {
            assert_eq!(verdict(no), None);
        }
    }
}
