//! Values into Markdown: tera with every value escaped, references marked before any value is put in.
//!
//! A vendor called `*株式会社* | # 見本`, `{{x}}` or `[[CL-09]]` appears literally and changes no structure.

use std::io::Write;

use serde_json::{Map, Value};
use tera::{Context, Tera};

use crate::library::Library;
use crate::select::Selection;

/// Marks around the target of a reference; private-use characters, which values are stripped of.
pub(crate) const REFERENCE_BEGIN: char = '\u{E000}';
/// End of a reference.
pub(crate) const REFERENCE_END: char = '\u{E001}';
/// A ruled blank.
pub(crate) const BLANK: char = '\u{E002}';

/// The engine: every template escapes for Markdown.
pub(crate) fn engine() -> Tera {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".md"]);
    tera.set_escape_fn(escape);
    tera
}

pub(crate) fn clause_template(clause: &str, variant: &str) -> String {
    format!("clauses/{clause}/{variant}.md")
}

pub(crate) fn document_template(document: &str) -> String {
    format!("documents/{document}.md")
}

/// Every ASCII punctuation mark may be escaped in CommonMark (section 2.4), and an escaped one means itself.
fn escape(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.write_all(b"\\")?;
        }
        write!(out, "{c}")?;
    }
    Ok(())
}

/// Turns `[[target]]` of a template into marks that Markdown leaves alone.
#[must_use]
pub fn mark_references(template: &str) -> String {
    let mut marked = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("[[") {
        marked.push_str(before);
        match after.split_once("]]") {
            Some((target, tail)) if is_target(target) => {
                // Markdown would read `_` and `#` of a target; they stand for themselves behind a backslash.
                marked.push(REFERENCE_BEGIN);
                marked.extend(target.chars().flat_map(|c| {
                    let escape = c.is_ascii_punctuation().then_some('\\');
                    escape.into_iter().chain([c])
                }));
                marked.push(REFERENCE_END);
                rest = tail;
            }
            _ => {
                marked.push_str("[[");
                rest = after;
            }
        }
    }
    marked.push_str(rest);
    marked
}

/// The targets of all references of a template.
pub fn references(template: &str) -> impl Iterator<Item = &str> {
    template
        .split("[[")
        .skip(1)
        .filter_map(|rest| rest.split_once("]]"))
        .map(|(target, _)| target)
        .filter(|t| is_target(t))
}

fn is_target(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '#' | '.' | ':' | '_'))
}

/// Why a document cannot be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A template names a value that is not there.
    #[error("{template}：差し込む値を確認してください（{message}）")]
    Value {
        /// Which template.
        template: String,
        /// What tera says.
        message: String,
    },
    /// No such document.
    #[error("文書 {0} はありません")]
    UnknownDocument(String),
}

/// Renders the skeleton of a document and its selected clauses.
///
/// # Errors
/// A value that is missing and may not be blank, or an unknown document.
pub(crate) fn compose(
    library: &Library,
    document: &str,
    selection: &Selection,
    values: &Value,
) -> Result<(String, Vec<(String, String)>), ComposeError> {
    if library.document(document).is_none() {
        return Err(ComposeError::UnknownDocument(document.to_owned()));
    }
    let context = context(library, selection, values);
    let render = |name: String| {
        library
            .tera
            .render(&name, &context)
            .map_err(|error| ComposeError::Value { template: name, message: error.to_string() })
    };
    let skeleton = render(document_template(document))?;
    let clauses = selection
        .included()
        .map(|entry| Ok((entry.clause.clone(), render(clause_template(&entry.clause, &entry.variant))?)))
        .collect::<Result<Vec<_>, ComposeError>>()?;
    Ok((skeleton, clauses))
}

fn context(library: &Library, selection: &Selection, values: &Value) -> Context {
    let mut all = clean(values);
    if let Value::Object(map) = &mut all {
        for variable in library.variables.iter().filter(|variable| variable.fallback_blank) {
            fill_blank(map, &variable.name);
        }
        let laws = library.laws.iter().map(|law| {
            let full = format!("{}（{}）", law.name, law.number);
            let parts = [("name", law.name.clone()), ("number", law.number.clone()), ("full", full)];
            let parts = parts.into_iter().map(|(key, value)| (key.to_owned(), Value::String(value)));
            (law.id.clone(), Value::Object(parts.collect()))
        });
        map.insert("law".to_owned(), Value::Object(laws.collect()));
        let names = selection.names().into_iter().map(Value::String).collect();
        map.insert("included".to_owned(), Value::Array(names));
    }
    let mut context = Context::new();
    if let Value::Object(map) = all {
        for (key, value) in map {
            context.insert(key, &value);
        }
    }
    context
}

/// Values without private-use characters and control characters; a line break becomes a space.
fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let clean: String = text
                .chars()
                .filter(|c| !matches!(c, '\u{E000}'..='\u{F8FF}'))
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            Value::String(clean.trim().to_owned())
        }
        Value::Array(items) => Value::Array(items.iter().map(clean).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), clean(value))).collect())
        }
        other => other.clone(),
    }
}

/// Puts a blank where a dotted name has no value or an empty one.
fn fill_blank(map: &mut Map<String, Value>, name: &str) {
    let blank = || Value::String(BLANK.to_string());
    match name.split_once('.') {
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                fill_blank(inner, rest);
            }
        }
        None => {
            let value = map.entry(name).or_insert_with(blank);
            if value.is_null() || *value == Value::String(String::new()) {
                *value = blank();
            }
        }
    }
}
