//! The audit trail: one row per change, each row bound to the one before it by SHA-256.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::ids::{CaseId, OrganizationId};

text_enum!(
    /// What kind of actor did it.
    ActorKind {
        /// A signed-in person of the municipality.
        Staff = "staff", "職員";
        /// Somebody who answers for a vendor.
        Vendor = "vendor", "事業者";
        /// The program itself (jobs, command line).
        System = "system", "システム";
    }
);

/// Who did something; the name is kept so that the row still reads when the account is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Kind.
    pub kind: ActorKind,
    /// Id of the person or invitation.
    pub id: Option<String>,
    /// Name at that time.
    pub name: String,
}

impl Actor {
    /// The program itself.
    #[must_use]
    pub fn system(name: &str) -> Self {
        Self { kind: ActorKind::System, id: None, name: name.to_owned() }
    }
}

/// One change, before it becomes a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Whose trail.
    pub organization: OrganizationId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, `noun.verb`: `case.issued`.
    pub action: &'static str,
    /// Kind and id of what was changed.
    pub object: (&'static str, String),
    /// The case that it belongs to.
    pub case: Option<CaseId>,
    /// Figures that matter; never an answer, a password, a token or personal data beyond names.
    pub detail: Value,
    /// The request that caused it.
    pub request: Option<String>,
}

/// Hash of the row before the first.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A row as it is hashed.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// From 1, without gaps.
    pub position: i64,
    /// Hash of the row before.
    pub previous: &'a str,
    /// Whose trail.
    pub organization: &'a str,
    /// When.
    pub at: Timestamp,
    /// Kind, id and name of the actor.
    pub actor: (ActorKind, &'a str, &'a str),
    /// `noun.verb`
    pub action: &'a str,
    /// Kind and id of what was changed.
    pub object: (&'a str, &'a str),
    /// The case that it belongs to; empty for none.
    pub case: &'a str,
    /// Canonical JSON.
    pub detail: &'a str,
    /// The request that caused it; empty for none.
    pub request: &'a str,
}

/// Hash of a row: over its position, the hash before it and every field, each with its length in front, so that
/// no two different rows have the same bytes.
#[must_use]
pub fn seal(row: &Sealed<'_>) -> String {
    let mut hasher = Sha256::new();
    let (position, at) = (row.position.to_string(), row.at.as_microsecond().to_string());
    let fields = [
        "tokki.trail.1",
        &position,
        row.previous,
        row.organization,
        &at,
        row.actor.0.as_str(),
        row.actor.1,
        row.actor.2,
        row.action,
        row.object.0,
        row.object.1,
        row.case,
        row.detail,
        row.request,
    ];
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hex(&hasher.finalize())
}

/// Hash of the row that an entry becomes.
#[must_use]
pub fn row_hash(position: i64, previous: &str, entry: &Entry) -> String {
    seal(&Sealed {
        position,
        previous,
        organization: entry.organization.as_str(),
        at: entry.at,
        actor: (entry.actor.kind, entry.actor.id.as_deref().unwrap_or(""), &entry.actor.name),
        action: entry.action,
        object: (entry.object.0, &entry.object.1),
        case: entry.case.as_ref().map_or("", CaseId::as_str),
        detail: &canonical(&entry.detail),
        request: entry.request.as_deref().unwrap_or(""),
    })
}

/// JSON with sorted keys and no spaces: what is stored and what is hashed.
#[must_use]
pub fn canonical(value: &Value) -> String {
    // serde_json's map is sorted unless `preserve_order` is switched on somewhere in the tree; sort to be safe.
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by(|a, b| a.0.cmp(b.0));
            let fields: Vec<_> = keys
                .into_iter()
                .map(|(k, v)| format!("{}:{}", Value::String(k.clone()), canonical(v)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// SHA-256 of bytes as 64 lower-case hexadecimal digits.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry() -> Entry {
        Entry {
            organization: OrganizationId::new(uuid::Uuid::from_u128(7)),
            at: Timestamp::from_microsecond(1_800_000_000_000_001).unwrap(),
            actor: Actor { kind: ActorKind::Staff, id: Some("x".into()), name: "見本 花子".into() },
            action: "case.issued",
            object: ("case", "c".into()),
            case: None,
            detail: json!({"b": 1, "a": [true, null]}),
            request: None,
        }
    }

    #[test]
    fn every_field_changes_the_hash() {
        let base = row_hash(1, GENESIS, &entry());
        type Change = Box<dyn Fn(&mut Entry)>;
        let changed: Vec<Change> = vec![
            Box::new(|e| e.at = Timestamp::from_microsecond(1_800_000_000_000_002).unwrap()),
            Box::new(|e| e.actor.kind = ActorKind::System),
            Box::new(|e| e.actor.id = None),
            Box::new(|e| e.actor.name.push(' ')),
            Box::new(|e| e.action = "case.evaluated"),
            Box::new(|e| e.object.1.push('x')),
            Box::new(|e| e.detail = json!({"b": 2, "a": [true, null]})),
            Box::new(|e| e.request = Some("r".into())),
        ];
        for change in changed {
            let mut other = entry();
            change(&mut other);
            assert_ne!(row_hash(1, GENESIS, &other), base);
        }
        assert_ne!(row_hash(2, GENESIS, &entry()), base);
        assert_ne!(row_hash(1, &base, &entry()), base);
    }

    #[test]
    fn moving_text_between_fields_changes_the_hash() {
        let (mut a, mut b) = (entry(), entry());
        (a.object.1, a.actor.name) = ("ab".into(), "c".into());
        (b.object.1, b.actor.name) = ("a".into(), "bc".into());
        assert_ne!(row_hash(1, GENESIS, &a), row_hash(1, GENESIS, &b));
    }

    #[test]
    fn canonical_json_sorts_keys() {
        assert_eq!(
            canonical(&json!({"b": {"d": 1, "c": "二"}, "a": []})),
            r#"{"a":[],"b":{"c":"二","d":1}}"#
        );
    }
}
