//! The catalogue and the mappings as OSCAL (NIST), for tools of others.
//!
//! Ids are derived from what they name, so that the same content gives the same file.

use domain::trail::sha256_hex;
use questionnaires::content::Content;
use questionnaires::policy::Requirement;
use serde_json::{Value as Json, json};

const OSCAL_VERSION: &str = "1.2.0";
/// Address under which our own names are unique.
const NAMESPACE: &str = "https://tokki.invalid/ns/oscal";

/// Requirements as a catalogue: one group per first policy that states them, places as properties.
#[must_use]
pub fn catalog(content: &Content) -> Json {
    let mut groups: Vec<(String, Vec<&Requirement>)> = Vec::new();
    for requirement in &content.requirements {
        let policy = first_policy(content, requirement);
        match groups.iter_mut().find(|(name, _)| *name == policy) {
            Some((_, members)) => members.push(requirement),
            None => groups.push((policy, vec![requirement])),
        }
    }
    let groups: Vec<Json> = groups
        .iter()
        .map(|(policy, members)| {
            let title = content.profile(policy).map_or(policy.as_str(), |profile| profile.name.as_str());
            let controls: Vec<Json> = members.iter().map(|member| control(content, policy, member)).collect();
            json!({ "id": format!("policy-{policy}"), "title": title, "controls": controls })
        })
        .collect();
    json!({ "catalog": {
        "uuid": uuid_of("catalog"),
        "metadata": metadata(content, "地方公共団体の情報セキュリティポリシーにおける委託先・クラウドサービスの要求"),
        "groups": groups,
    } })
}

fn first_policy(content: &Content, requirement: &Requirement) -> String {
    let stated =
        content.profiles.iter().find(|profile| requirement.sources.contains_key(&profile.clause_numbers));
    let first = stated.map(|profile| profile.clause_numbers.clone());
    first.or_else(|| requirement.sources.keys().next().cloned()).unwrap_or_else(|| "other".to_owned())
}

fn control(content: &Content, policy: &str, requirement: &Requirement) -> Json {
    let id = requirement.id.to_lowercase();
    let words = content.profile(policy).map_or_else(
        || requirement.summary.clone(),
        |profile| profile.in_own_words(&requirement.summary).into_owned(),
    );
    let mut props = vec![json!({ "name": "label", "value": requirement.id })];
    for (policy, number) in &requirement.sources {
        props.push(json!({ "name": "place", "ns": NAMESPACE, "class": policy, "value": number.printed }));
        if let Some(normalised) = &number.normalised {
            props.push(
                json!({ "name": "place-normalised", "ns": NAMESPACE, "class": policy, "value": normalised }),
            );
        }
    }
    props.push(json!({ "name": "addressee", "ns": NAMESPACE, "value": requirement.addressee }));
    json!({
        "id": id,
        "title": words,
        "props": props,
        "parts": [{ "id": format!("{id}_smt"), "name": "statement", "prose": words }],
    })
}

/// Mappings of our questions to lists of others as a mapping collection.
#[must_use]
pub fn mapping(content: &Content) -> Json {
    let mappings: Vec<Json> = content
        .mappings
        .iter()
        .map(|mapping| {
            let maps: Vec<Json> = mapping
                .controls
                .iter()
                .filter_map(|control| {
                    let relation = control.relation?;
                    let sources: Vec<Json> = control
                        .questions
                        .iter()
                        .map(|id| json!({ "type": "control", "id-ref": id.to_lowercase() }))
                        .collect();
                    Some(json!({
                        "uuid": uuid_of(&format!("{}/{}", mapping.id, control.id)),
                        "relationship": relation,
                        "sources": sources,
                        "targets": [{ "type": "control", "id-ref": target_id(&mapping.id, &control.id) }],
                        "remarks": control.remark,
                    }))
                })
                .collect();
            json!({
                "uuid": uuid_of(&mapping.id),
                "source-resource": { "type": "catalog", "href": "#tokki-questions" },
                "target-resource": { "type": "catalog", "href": mapping.url },
                "maps": maps,
            })
        })
        .collect();
    json!({ "mapping-collection": {
        "uuid": uuid_of("mapping-collection"),
        "metadata": metadata(content, "設問と外部の一覧との対応"),
        "provenance": {
            "method": "human",
            "matching-rationale": "semantic",
            "status": "complete",
            "mapping-description": "設問の内容と、相手の一覧の項目の内容とを読み比べて対応を定めた。",
        },
        "mappings": mappings,
    } })
}

/// OSCAL ids begin with a letter: `1.1` of MVSP is `mvsp-1.1`.
fn target_id(mapping: &str, control: &str) -> String {
    format!("{mapping}-{}", control.replace(' ', "-"))
}

fn metadata(content: &Content, title: &str) -> Json {
    let latest = content.profiles.iter().map(|profile| profile.effective_from).max();
    let latest = latest.map_or_else(|| "2026-04-01".to_owned(), |day| day.to_string());
    json!({
        "title": title,
        "last-modified": format!("{latest}T00:00:00+09:00"),
        "version": env!("CARGO_PKG_VERSION"),
        "oscal-version": OSCAL_VERSION,
        "published": format!("{latest}T00:00:00+09:00"),
    })
}

/// A name-based UUID (RFC 9562) over SHA-256.
fn uuid_of(name: &str) -> String {
    let hash = sha256_hex(format!("{NAMESPACE}/{name}").as_bytes());
    let mut bytes = [0_u8; 16];
    for (byte, pair) in bytes.iter_mut().zip(hash.as_bytes().chunks(2)) {
        *byte =
            std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
    }
    // OSCAL takes version 4 and 5 only; 5 is the name-based one, whatever the hash.
    uuid::Builder::from_sha1_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_holds_every_requirement_once() {
        let content = Content::embedded().unwrap();
        let catalog = catalog(&content);
        let groups = catalog["catalog"]["groups"].as_array().unwrap();
        let ids: Vec<&str> = groups
            .iter()
            .flat_map(|group| group["controls"].as_array().unwrap())
            .map(|control| control["id"].as_str().unwrap())
            .collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!((ids.len(), unique.len()), (content.requirements.len(), content.requirements.len()));
        assert_eq!(super::catalog(&content), catalog, "the same content gives the same file");
    }

    #[test]
    fn names_give_uuids() {
        let id = uuid_of("catalog");
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'5'));
        assert_ne!(id, uuid_of("mapping-collection"));
    }
}
