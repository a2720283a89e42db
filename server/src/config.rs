//! Configuration: flags over environment over file over defaults, typed and checked at start-up.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What `tokki.toml` may hold; every field has a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// Folder of database and files.
    pub data_dir: Option<PathBuf>,
    /// `sqlite:PATH` or `postgresql://…`
    pub database_url: Option<String>,
    /// Address to listen on.
    pub listen: Option<SocketAddr>,
    /// Address under which people reach the service, without a slash at the end.
    pub public_url: Option<String>,
    /// Outgoing mail.
    pub mail: Option<MailFile>,
    /// Evidence of vendors.
    pub evidence: EvidenceFile,
}

/// `[evidence]` of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceFile {
    /// Most megabytes of one file.
    pub file_megabytes: u64,
    /// Most megabytes of all files for one questionnaire of one vendor.
    pub assessment_megabytes: u64,
    /// Most megabytes of all files of the installation.
    pub total_megabytes: u64,
    /// `host:port` of a clamd that checks files for malware.
    pub clamd: Option<String>,
}

impl Default for EvidenceFile {
    fn default() -> Self {
        Self { file_megabytes: 20, assessment_megabytes: 300, total_megabytes: 50_000, clamd: None }
    }
}

/// `[mail]` of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailFile {
    /// `smtp://host:25`, `smtps://user:password@host:465` or `smtp://…?tls=required`.
    pub url: String,
    /// Sender address.
    pub from: String,
    /// Sender name.
    #[serde(default)]
    pub from_name: String,
}

/// The configuration that the program runs with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of database and files.
    pub data_dir: PathBuf,
    /// Database.
    pub database_url: String,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address under which people reach the service.
    pub public_url: String,
    /// Outgoing mail; without it invitations are shown to staff to hand over.
    pub mail: Option<MailFile>,
    /// Evidence of vendors.
    pub evidence: EvidenceFile,
}

/// Values from flags and environment, which win over the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--data-dir`, `TOKKI_DATA_DIR`
    pub data_dir: Option<PathBuf>,
    /// `--database-url`, `DATABASE_URL`
    pub database_url: Option<String>,
    /// `--listen`, `TOKKI_LISTEN`
    pub listen: Option<SocketAddr>,
    /// `--public-url`, `TOKKI_PUBLIC_URL`
    pub public_url: Option<String>,
    /// `--smtp-url`, `TOKKI_SMTP_URL`
    pub smtp_url: Option<String>,
    /// `--mail-from`, `TOKKI_MAIL_FROM`
    pub mail_from: Option<String>,
    /// `--clamd`, `TOKKI_CLAMD`
    pub clamd: Option<String>,
}

/// What is wrong with a configuration; the text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("設定ファイル {path} を読み取れません：{source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("設定ファイル {path} の内容を確認してください：{message}")]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
    /// The public address is neither https nor local.
    #[error(
        "公開 URL は https:// で始めてください（この機械の中だけで使う場合は http://127.0.0.1 又は http://localhost）：{0}"
    )]
    PublicUrl(String),
    /// Mail without a sender.
    #[error("SMTP を使うには、差出人のアドレス（--mail-from 又は [mail] from）も指定してください")]
    MailFrom,
}

impl Config {
    /// Puts file and overrides together.
    ///
    /// # Errors
    /// The first problem found.
    pub fn load(file: Option<&Path>, over: Overrides) -> Result<Self, ConfigError> {
        let file = file.map_or_else(|| Ok(File::default()), read)?;
        let data_dir = over.data_dir.or(file.data_dir).unwrap_or_else(|| PathBuf::from("tokki-data"));
        let database_url = over
            .database_url
            .or(file.database_url)
            .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("tokki.sqlite").display()));
        let listen = over.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let public_url = over
            .public_url
            .or(file.public_url)
            .map_or_else(|| format!("http://{listen}"), |url| url.trim_end_matches('/').to_owned());
        if !is_safe(&public_url) {
            return Err(ConfigError::PublicUrl(public_url));
        }
        let mail = match (over.smtp_url, over.mail_from, file.mail) {
            (Some(url), from, file) => {
                let from =
                    from.or_else(|| file.as_ref().map(|m| m.from.clone())).ok_or(ConfigError::MailFrom)?;
                Some(MailFile { url, from, from_name: file.map(|m| m.from_name).unwrap_or_default() })
            }
            (None, from, Some(mail)) => Some(MailFile { from: from.unwrap_or(mail.from.clone()), ..mail }),
            (None, _, None) => None,
        };
        let clamd = over.clamd.or(file.evidence.clamd);
        let evidence = EvidenceFile { clamd, ..file.evidence };
        Ok(Self { data_dir, database_url, listen, public_url, mail, evidence })
    }

    /// Whether cookies travel over TLS only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    toml::from_str(&text)
        .map_err(|error| ConfigError::Parse { path: path.to_owned(), message: error.to_string() })
}

/// Plain HTTP only where nobody can listen in.
fn is_safe(url: &str) -> bool {
    let local = ["127.0.0.1", "localhost", "[::1]"];
    url.starts_with("https://")
        || url.strip_prefix("http://").is_some_and(|rest| {
            local
                .iter()
                .any(|host| rest == *host || rest.strip_prefix(host).is_some_and(|r| r.starts_with(':')))
        })
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn plain_http_stays_on_the_machine() {
        for url in
            ["https://tokki.example.jp", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:80"]
        {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://tokki.example.jp",
            "http://127.0.0.1.example.jp",
            "http://localhost.example.jp",
            "ftp://x",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }
}
