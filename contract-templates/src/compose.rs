//! Values into Markdown: tera with every value escaped, references marked before any value is put in.
//!
//! A vendor called `*株式会社* | # 見本`, `{{x}}` or `[[CL-09]]` appears literally and changes no structure.

use std::io::Write;

use questionnaires::japanese::date::wareki_short;
use questionnaires::japanese::width::group_digits;
use serde_json::{Map, Value};
use tera::{Context, Tera};

use crate::document::DocumentTemplate;
use crate::library::Library;
use crate::select::{Entry, Selection};
use crate::variables::VariableKind;

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
/// A value that is missing and may not be blank.
pub(crate) fn compose(
    library: &Library,
    template: &DocumentTemplate,
    selection: &Selection,
    values: &Value,
) -> Result<(String, Vec<(String, String)>), ComposeError> {
    let entries: Vec<&Entry> =
        if template.holds_clauses() { selection.included().collect() } else { Vec::new() };
    let context = context(library, &entries, values);
    let render = |name: String| {
        library
            .tera
            .render(&name, &context)
            .map_err(|error| ComposeError::Value { template: name, message: told(&error) })
    };
    let skeleton = render(document_template(&template.id))?;
    let clauses = entries
        .iter()
        .map(|entry| Ok((entry.clause.clone(), render(clause_template(&entry.clause, &entry.variant))?)))
        .collect::<Result<Vec<_>, ComposeError>>()?;
    Ok((skeleton, clauses))
}

/// Which value is missing, in the words of the reader. What tera says with all its causes only where it names none.
fn told(error: &tera::Error) -> String {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(own) = cause {
        said = format!("{said}：{own}");
        cause = own.source();
    }
    let missing = said.contains("is not defined").then(|| said.split('`').nth(1)).flatten();
    missing.map_or_else(|| said.clone(), |name| format!("値「{name}」がありません"))
}

fn context(library: &Library, entries: &[&Entry], values: &Value) -> Context {
    let mut all = clean(values);
    if let Value::Object(map) = &mut all {
        for variable in &library.variables {
            write_out(map, &variable.name, variable.kind);
        }
        for variable in &library.variables {
            if variable.fallback_blank {
                fill(map, &variable.name, &Value::String(BLANK.to_string()));
            } else if variable.kind == VariableKind::Rows {
                fill(map, &variable.name, &Value::Array(Vec::new()));
            }
        }
        let laws = library.laws.iter().map(|law| {
            let full = format!("{}（{}）", law.name, law.number);
            let parts = [("name", law.name.clone()), ("number", law.number.clone()), ("full", full)];
            let parts = parts.into_iter().map(|(key, value)| (key.to_owned(), Value::String(value)));
            (law.id.clone(), Value::Object(parts.collect()))
        });
        map.insert("law".to_owned(), Value::Object(laws.collect()));
        // What skeletons and clauses ask for: `CL-17` and `CL-17/approval`.
        let names = entries
            .iter()
            .flat_map(|entry| [entry.clause.clone(), format!("{}/{}", entry.clause, entry.variant)]);
        map.insert("included".to_owned(), Value::Array(names.map(Value::String).collect()));
    }
    let mut context = Context::new();
    if let Value::Object(map) = all {
        for (key, value) in map {
            context.insert(key, &value);
        }
    }
    context
}

/// Writes days and amounts as documents write them, wherever a dotted name leads.
fn write_out(map: &mut Map<String, Value>, name: &str, kind: VariableKind) {
    if !matches!(kind, VariableKind::Date | VariableKind::Money) {
        return;
    }
    match name.split_once('.') {
        Some((first, rest)) => match map.get_mut(first.trim_end_matches("[]")) {
            Some(Value::Object(inner)) => write_out(inner, rest, kind),
            Some(Value::Array(rows)) => {
                for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                    write_out(row, rest, kind);
                }
            }
            _ => {}
        },
        None => {
            let Some(value) = map.get_mut(name) else { return };
            let written = match (kind, &*value) {
                (VariableKind::Date, Value::String(day)) => day.parse().ok().map(wareki_short),
                (VariableKind::Money, Value::Number(yen)) => {
                    yen.as_i64().map(|yen| format!("{}円", group_digits(yen)))
                }
                _ => None,
            };
            if let Some(written) = written {
                *value = Value::String(written);
            }
        }
    }
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

/// Puts a value where a dotted name has none or an empty one.
fn fill(map: &mut Map<String, Value>, name: &str, with: &Value) {
    match name.split_once('.') {
        // Columns of rows are there or not with their row.
        Some((first, _)) if first.ends_with("[]") => {}
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                fill(inner, rest, with);
            }
        }
        None => {
            let value = map.entry(name).or_insert_with(|| with.clone());
            if value.is_null() || *value == Value::String(String::new()) {
                value.clone_from(with);
            }
        }
    }
}
