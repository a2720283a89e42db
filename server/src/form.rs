//! Reading forms: values as typed, problems beside their fields, nothing lost.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use domain::language::Language;
use questionnaires::japanese::text::{char_count, clean_text};
use serde::Serialize;

use crate::error::Error;

/// A posted form: every value of every field, control characters removed, line ends as `\n`.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: BTreeMap<String, Vec<String>>,
}

/// Fields of one form at the most; a questionnaire page has a few hundred.
const MAX_FIELDS: usize = 5_000;

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Error::BadRequest("a form was expected"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                Error::TooLarge
            } else {
                Error::BadRequest("the form did not arrive whole")
            }
        })?;
        Self::parse(&bytes)
    }
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// Text that is not UTF-8, or far too many fields.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (count, pair) in bytes.split(|b| *b == b'&').filter(|pair| !pair.is_empty()).enumerate() {
            if count >= MAX_FIELDS {
                return Err(Error::BadRequest("too many fields"));
            }
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
            let value = clean_text(&percent_decode(value)?);
            values.entry(percent_decode(name)?).or_default().push(value);
        }
        Ok(Self { values })
    }

    /// A form from names and values (the demonstration and tests fill forms without a browser).
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            values.entry(name.to_owned()).or_default().push(value);
        }
        Self { values }
    }

    /// The first value of a field, trimmed; empty when absent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
    }

    /// The first value as it came: passwords keep their spaces.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.values.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// All values of a field.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a field came at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// All fields.
    #[must_use]
    pub fn fields(&self) -> &BTreeMap<String, Vec<String>> {
        &self.values
    }

    /// A required line of text of at most `max` characters.
    pub fn required(&self, name: &str, label: &str, max: usize, problems: &mut Problems) -> String {
        let value = self.optional(name, label, max, problems);
        if value.is_empty() && !problems.has(name) {
            let said = problems.say(format!("{label}を入力してください"), format!("{label}: please fill in"));
            problems.add(name, said);
        }
        value
    }

    /// An optional text of at most `max` characters.
    pub fn optional(&self, name: &str, label: &str, max: usize, problems: &mut Problems) -> String {
        let value = self.text(name);
        let count = char_count(value);
        if count > max {
            let said = problems.say(
                format!("{label}は{max}文字以内で入力してください（今は{count}文字）"),
                format!("{label}: at most {max} characters (now {count})"),
            );
            problems.add(name, said);
        }
        value.to_owned()
    }

    /// A required line: line breaks do not belong into names and headings.
    pub fn line(&self, name: &str, label: &str, max: usize, problems: &mut Problems) -> String {
        let value = self.required(name, label, max, problems);
        if value.contains(['\n', '\t']) {
            let said = problems.say(
                format!("{label}は改行を入れずに入力してください"),
                format!("{label}: no line breaks, please"),
            );
            problems.add(name, said);
        }
        value
    }
}

/// Problems of a form, in the order found; shown in the summary and beside each field in the same words.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    list: Vec<Problem>,
    english: bool,
}

/// Templates see the list in order and, by field, the first message.
impl Serialize for Problems {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut by: BTreeMap<&str, &str> = BTreeMap::new();
        for problem in &self.list {
            by.entry(&problem.field).or_insert(&problem.message);
        }
        let mut shown = serializer.serialize_struct("Problems", 2)?;
        shown.serialize_field("list", &self.list)?;
        shown.serialize_field("by", &by)?;
        shown.end()
    }
}

/// One problem.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// Field name.
    pub field: String,
    /// What to do, polite, without a full stop.
    pub message: String,
}

impl Problems {
    /// None yet; those that forms find are said in a language.
    #[must_use]
    pub fn reading(language: Language) -> Self {
        Self { english: language == Language::English, ..Self::default() }
    }
    /// The words of a language out of a pair.
    fn say(&self, japanese: String, english: String) -> String {
        if self.english { english } else { japanese }
    }
    /// Adds a problem.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.list.push(Problem { field: field.into(), message: message.into() });
    }
    /// Whether a field has one.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.list.iter().any(|problem| problem.field == field)
    }
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
    /// The problem of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.list.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Problem] {
        &self.list
    }
}

fn percent_decode(bytes: &[u8]) -> Result<String, Error> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let hex = rest.as_slice().get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
                match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                    Some(value) => {
                        decoded.push(value);
                        rest.nth(1);
                    }
                    None => decoded.push(b'%'),
                }
            }
            other => decoded.push(*other),
        }
    }
    String::from_utf8(decoded).map_err(|_| Error::BadRequest("the form is not UTF-8"))
}

/// Encodes a text for use within a query.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn values_arrive_as_typed_but_clean() {
        let form =
            Form::parse("name=%E8%A6%8B%E6%9C%AC%E7%94%BA&a=1&a=2&x=1%0D%0A2%00&p=100%&q=a+b".as_bytes())
                .unwrap();
        assert_eq!(form.text("name"), "見本町");
        assert_eq!(form.all("a"), ["1", "2"]);
        assert_eq!(form.text("x"), "1\n2");
        assert_eq!(form.text("p"), "100%");
        assert_eq!(form.text("q"), "a b");
        assert_eq!(form.text("missing"), "");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(Form::parse(b"a=%FF%FE").is_err());
        assert!(Form::parse("a=1&".repeat(MAX_FIELDS + 1).as_bytes()).is_err());
    }

    #[test]
    fn encoding_and_decoding_are_inverse() {
        for text in ["/cases?state=draft&q=監査 100%", "", "a+b"] {
            assert_eq!(percent_decode(percent_encode(text).as_bytes()).unwrap(), text);
        }
    }

    #[test]
    fn lengths_count_characters() {
        let mut problems = Problems::default();
        let form = Form::from_pairs([("a", "𠮷野家".repeat(10)), ("b", String::new())]);
        form.required("a", "名称", 30, &mut problems);
        assert!(problems.is_empty());
        form.required("a", "名称", 29, &mut problems);
        form.required("b", "住所", 29, &mut problems);
        assert_eq!(problems.of("a"), Some("名称は29文字以内で入力してください（今は30文字）"));
        assert_eq!(problems.of("b"), Some("住所を入力してください"));
    }
}
