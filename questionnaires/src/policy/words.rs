//! The policy's own words in texts that all policies share: 〔cloud_service〕 becomes 「外部サービス」.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::Profile;

const OPEN: char = '〔';
const CLOSE: char = '〕';

impl Profile {
    /// A text with the names of terms replaced. An unknown name stays as it is; the loader refuses those.
    #[must_use]
    pub fn in_own_words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        replace(text, &self.terms)
    }

    /// A value with every text in it so treated.
    #[must_use]
    pub fn with_own_words<T: Clone + Serialize + DeserializeOwned>(&self, value: &T) -> T {
        let Ok(mut json) = serde_json::to_value(value) else { return value.clone() };
        if !walk(&mut json, &self.terms) {
            return value.clone();
        }
        serde_json::from_value(json).unwrap_or_else(|_| value.clone())
    }
}

/// Names of terms within a text, with their byte offsets.
pub fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices(OPEN).filter_map(|(at, open)| {
        let rest = text.get(at + open.len()..)?;
        let name = rest.split(CLOSE).next().filter(|name| name.len() < rest.len())?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_name.then_some((at, name))
    })
}

fn replace<'t>(text: &'t str, terms: &BTreeMap<String, String>) -> Cow<'t, str> {
    if !text.contains(OPEN) {
        return Cow::Borrowed(text);
    }
    let mut replaced = String::with_capacity(text.len());
    let mut from = 0;
    for (at, name) in names(text) {
        let Some(term) = terms.get(name) else { continue };
        replaced.push_str(text.get(from..at).unwrap_or_default());
        replaced.push_str(term);
        from = at + OPEN.len_utf8() + name.len() + CLOSE.len_utf8();
    }
    replaced.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(replaced)
}

/// Whether anything was replaced.
fn walk(value: &mut Json, terms: &BTreeMap<String, String>) -> bool {
    match value {
        Json::String(text) => match replace(text, terms) {
            Cow::Borrowed(_) => false,
            Cow::Owned(replaced) => {
                *text = replaced;
                true
            }
        },
        Json::Array(items) => items.iter_mut().fold(false, |changed, item| walk(item, terms) | changed),
        Json::Object(members) => {
            members.values_mut().fold(false, |changed, item| walk(item, terms) | changed)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_replaced_and_nothing_else() {
        let terms = [("cloud_service", "外部サービス"), ("self", "本市")]
            .map(|(name, term)| (name.to_owned(), term.to_owned()))
            .into();
        assert_eq!(replace("〔self〕の〔cloud_service〕", &terms), "本市の外部サービス");
        for same in ["そのまま", "〔推測〕", "〔unknown〕", "〔self", "〕〔", ""] {
            assert_eq!(replace(same, &terms), same);
        }
        let found: Vec<_> = names("〔self〕と〔推測〕と〔x_y〕").map(|(_, name)| name).collect();
        assert_eq!(found, ["self", "x_y"]);
    }
}
