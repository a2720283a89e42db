//! What commands print: sentences for people, or one JSON object for programs.

use std::io::Write;

use serde_json::Value;

use super::Failure;

/// Where a command prints to.
pub struct Output {
    json: bool,
}

impl Output {
    /// Prints JSON or sentences.
    #[must_use]
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// A line for people; nothing when JSON is asked for.
    pub fn say(&self, line: impl AsRef<str>) {
        if !self.json {
            write(&mut std::io::stdout(), line.as_ref());
        }
    }

    /// The result for programs; nothing when sentences are asked for.
    pub fn result(&self, value: &Value) {
        if self.json {
            write(&mut std::io::stdout(), &value.to_string());
        }
    }

    /// A document that was asked for, whatever the form of the rest.
    pub fn document(&self, value: &Value) {
        write(&mut std::io::stdout(), &format!("{value:#}"));
    }

    /// A failure, to standard error, with its causes.
    pub fn failure(&self, failure: &Failure) {
        let mut text = failure.to_string();
        let mut cause = std::error::Error::source(failure).and_then(std::error::Error::source);
        while let Some(inner) = cause {
            text.push_str(&format!("：{inner}"));
            cause = inner.source();
        }
        if self.json {
            write(&mut std::io::stderr(), &serde_json::json!({ "error": text }).to_string());
        } else {
            write(&mut std::io::stderr(), &format!("エラー：{text}"));
        }
    }
}

fn write(to: &mut impl Write, line: &str) {
    // A closed pipe (`tokki check | head`) is nobody's failure.
    let _ = writeln!(to, "{line}");
}
