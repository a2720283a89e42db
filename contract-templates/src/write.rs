//! The whole way: select, compose, number, check, write.

use jiff::Timestamp;
use questionnaires::condition::Subject;
use questionnaires::policy::Profile;
use serde_json::Value;

use crate::comparison::{ComparisonRow, comparison};
use crate::compose::{self, ComposeError};
use crate::docx::{self, Properties};
use crate::edit::{self, Edit};
use crate::library::Library;
use crate::lint::{self, Finding};
use crate::markdown;
use crate::model::{Article, Block, Document};
use crate::numbering::{self, DanglingReference};
use crate::select::{self, Applied, Selection, Switch};

/// What a document is written from.
pub struct Request<'a> {
    /// Document id, `D-10`.
    pub document: &'a str,
    /// Facts and answers.
    pub subject: Subject<'a>,
    /// What staff switched, oldest first.
    pub switches: &'a [Switch],
    /// What staff rewrote, oldest first.
    pub edits: &'a [Edit],
    /// Values for placeholders.
    pub values: &'a Value,
    /// The policy: digits, contract items, kind of municipality.
    pub profile: &'a Profile,
    /// 分類, for header and properties.
    pub classification: &'a str,
    /// Author in the properties: the municipality.
    pub author: &'a str,
    /// Time in the properties: when the data that it was made from last changed, never "now".
    pub created: Timestamp,
}

/// A written document with everything that explains it.
#[derive(Debug, Clone)]
pub struct Written {
    /// Clauses with reasons.
    pub selection: Selection,
    /// The numbered document.
    pub document: Document,
    /// Findings of the 公用文チェック.
    pub findings: Vec<Finding>,
    /// 対照表
    pub comparison: Vec<ComparisonRow>,
    /// Rules that apply to the case.
    pub rules: Vec<Applied>,
    /// Word file.
    pub docx: Vec<u8>,
}

/// Why a document cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A value is missing.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// References lead nowhere.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("。"))]
    Dangling(Vec<DanglingReference>),
    /// The Word file could not be put together.
    #[error(transparent)]
    Docx(#[from] docx::DocxError),
}

/// A document before it becomes a file.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Clauses with reasons.
    pub selection: Selection,
    /// The numbered document.
    pub document: Document,
    /// Findings of the 公用文チェック.
    pub findings: Vec<Finding>,
    /// 対照表
    pub comparison: Vec<ComparisonRow>,
}

/// Selects, composes, numbers and checks a document.
///
/// # Errors
/// An unknown document, a missing value, or a reference to a dropped article.
pub fn draft(library: &Library, request: &Request<'_>) -> Result<Draft, WriteError> {
    let template = library
        .document(request.document)
        .ok_or_else(|| ComposeError::UnknownDocument(request.document.to_owned()))?;
    let selection = select::select(library, &request.subject, request.switches).under(request.profile);
    let (skeleton, clauses) = compose::compose(library, template, &selection, request.values)?;
    let skeleton = markdown::skeleton(&skeleton);
    let articles = selection.included().zip(clauses).map(|(entry, (clause, text))| Article {
        clause,
        label: String::new(),
        heading: entry.heading.clone(),
        items: markdown::article(&text),
    });
    let edits = if template.holds_clauses() { request.edits } else { &[] };
    let articles = edit::apply(articles.collect(), edits).into_iter().map(Block::Article);
    let blocks = skeleton.before.into_iter().chain(articles).chain(skeleton.after).collect();
    let title = request.profile.in_own_words(&template.title).into_owned();
    let survivors: Vec<String> = selection
        .included()
        .filter(|entry| library.clause(&entry.clause).is_some_and(|clause| clause.survives))
        .map(|entry| entry.clause.clone())
        .collect();
    let document = Document { title, numbering: template.numbering, blocks };
    let document = numbering::number(document, request.profile.style.digits, &survivors)
        .map_err(WriteError::Dangling)?;
    let electronic = request.values.get("electronic_contract") == Some(&Value::Bool(true));
    let setting =
        lint::Setting { electronic, ..lint::Setting::of(request.profile, template.tone, &library.laws) };
    let findings = lint::check(&document, &setting);
    let comparison = comparison(request.profile, &selection, &document);
    Ok(Draft { selection, document, findings, comparison })
}

/// Writes a document as a Word file.
///
/// # Errors
/// As [`draft`], or a Word file that cannot be put together.
pub fn write(library: &Library, request: &Request<'_>) -> Result<Written, WriteError> {
    let Draft { selection, document, findings, comparison } = draft(library, request)?;
    let properties = Properties {
        title: &document.title,
        author: request.author,
        classification: request.classification,
        created: request.created,
    };
    let docx = docx::write(&document, &properties)?;
    let rules = request.profile.with_own_words(&select::rules(library, &request.subject));
    Ok(Written { selection, document, findings, comparison, rules, docx })
}
