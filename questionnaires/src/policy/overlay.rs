//! A policy told as what differs from another one.
//!
//! Merging works on JSON: an overlay may give any part of a profile, and a type with every field optional would only
//! repeat [`Profile`](super::Profile). The schema of overlays is derived from that of profiles for the same reason.

use serde_json::{Map, Value as Json};

/// Lists whose entries are merged one by one, with the key that tells them apart.
pub const MERGED_LISTS: [(&str, &str); 4] =
    [("class", "id"), ("path", "id"), ("role", "id"), ("contract_item", "number")];

/// What an overlay says about itself; the rest is profile.
pub const BASE: &str = "base";
/// Edition of the base.
pub const BASE_EDITION: &str = "base_edition";
/// Lists of ids of entries that the base has and this policy has not.
pub const WITHOUT: &str = "without";

/// A base profile with an overlay on top; both as the JSON of their files.
///
/// Tables are merged key by key, the four lists entry by entry (a new entry comes last), everything else is replaced.
#[must_use]
pub fn merge(base: &Json, overlay: &Json) -> Json {
    let (Some(base), Some(overlay)) = (base.as_object(), overlay.as_object()) else { return overlay.clone() };
    let mut merged = base.clone();
    if let Some(without) = overlay.get(WITHOUT).and_then(Json::as_object) {
        remove(&mut merged, without);
    }
    for (name, value) in overlay {
        if [BASE, BASE_EDITION, WITHOUT].contains(&name.as_str()) {
            continue;
        }
        let list = MERGED_LISTS.iter().find(|(list, _)| list == name);
        match (list, merged.get_mut(name), value) {
            (Some((_, key)), Some(Json::Array(entries)), Json::Array(changes)) => {
                merge_list(entries, changes, key)
            }
            (None, Some(Json::Object(table)), Json::Object(changes)) => table.extend(changes.clone()),
            _ => {
                merged.insert(name.clone(), value.clone());
            }
        }
    }
    Json::Object(merged)
}

fn remove(merged: &mut Map<String, Json>, without: &Map<String, Json>) {
    for (list, ids) in without {
        let key = MERGED_LISTS.iter().find(|(name, _)| name == list).map_or("id", |(_, key)| key);
        if let (Some(Json::Array(entries)), Json::Array(ids)) = (merged.get_mut(list), ids) {
            entries.retain(|entry| entry.get(key).is_none_or(|id| !ids.contains(id)));
        }
    }
}

fn merge_list(entries: &mut Vec<Json>, changes: &[Json], key: &str) {
    for change in changes {
        let same =
            entries.iter_mut().find(|entry| entry.get(key).is_some() && entry.get(key) == change.get(key));
        match (same, change) {
            (Some(Json::Object(entry)), Json::Object(change)) => entry.extend(change.clone()),
            _ => entries.push(change.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_given_changes() {
        let base = json!({
            "id": "base", "terms": { "head": "町長", "self": "本町" },
            "class": [{ "id": "1", "name": "一" }, { "id": "2", "name": "二" }],
            "limits": { "answer_days": 14 }, "closed_documents": ["対策基準"],
        });
        let overlay = json!({
            "id": "other", "base": "base", "terms": { "head": "議長" },
            "without": { "class": ["1"] },
            "class": [{ "id": "2", "name": "に" }, { "id": "3", "name": "三" }],
            "closed_documents": [],
        });
        let expected = json!({
            "id": "other", "terms": { "head": "議長", "self": "本町" },
            "class": [{ "id": "2", "name": "に" }, { "id": "3", "name": "三" }],
            "limits": { "answer_days": 14 }, "closed_documents": [],
        });
        assert_eq!(merge(&base, &overlay), expected);
        // Nothing on top changes nothing.
        assert_eq!(merge(&base, &json!({})), base);
    }
}
