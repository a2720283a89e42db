//! Clauses, document skeletons, laws and variables: files of the installation, loaded and checked as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use include_dir::{Dir, include_dir};
use questionnaires::condition::{Condition, Scope, Vocabulary};
use serde::Deserialize;
use serde_json::Value;
use tera::Tera;

use crate::compose;
use crate::document::DocumentTemplate;
use crate::laws::Law;
use crate::variables::Variable;

static CLAUSES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/clauses");
static DOCUMENTS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/documents");
static PARTS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/parts");
const RULES: &str = include_str!("../rules.toml");
const LAWS: &str = include_str!("../laws.toml");
const VARIABLES: [(&str, &str); 2] = [
    ("variables.toml", include_str!("../variables.toml")),
    ("records.toml", include_str!("../records.toml")),
];

/// The id of the only text of a clause without variants.
pub const STANDARD: &str = "standard";

/// Everything that documents are written from.
pub struct Library {
    /// Clauses in document order.
    pub clauses: Vec<Clause>,
    /// Document skeletons by id.
    pub documents: Vec<DocumentTemplate>,
    /// How facts and answers change clauses and documents, by id.
    pub rules: Vec<ClauseRule>,
    /// Laws that clauses cite.
    pub laws: Vec<Law>,
    /// Values that clauses and documents may write.
    pub variables: Vec<Variable>,
    pub(crate) tera: Tera,
}

/// One clause.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// `CL-17`
    pub id: String,
    /// Heading, without brackets.
    pub heading: String,
    /// Position in the document.
    pub order: u32,
    /// Requirements that it meets.
    pub requirements: Vec<String>,
    /// In the document only while this holds.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Why it is in.
    pub reason: String,
    /// Why it is left out.
    #[serde(default)]
    pub absent_reason: String,
    /// Whether it survives the end of the contract.
    #[serde(default)]
    pub survives: bool,
    /// Marks for filters.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Variants; never empty once loaded.
    #[serde(rename = "variant", default)]
    pub variants: Vec<Variant>,
}

/// One text of a clause.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// snake_case.
    pub id: String,
    /// What staff read.
    pub name: String,
    /// When several hold, the highest wins.
    #[serde(default)]
    pub strictness: u32,
    /// When it applies.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Used when none applies.
    #[serde(default)]
    pub default: bool,
    /// Why it was chosen.
    #[serde(default)]
    pub reason: String,
    /// The rule behind it.
    #[serde(default)]
    pub rule: Option<String>,
    /// The text in Markdown with placeholders.
    #[serde(skip)]
    pub body: String,
}

/// How facts and answers change clauses and documents.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClauseRule {
    /// `RL-17`
    pub id: String,
    /// When it applies; absent means always.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What it changes, である体.
    pub changes: String,
    /// Clauses that it shapes.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// Documents that it asks for or shapes.
    #[serde(default)]
    pub documents: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rule: Vec<ClauseRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawFile {
    law: Vec<Law>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariableFile {
    variable: Vec<Variable>,
}

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadProblem {
    /// Path below `contract-templates/`.
    pub file: String,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for LoadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.file, self.line, self.message)
    }
}

fn problem(file: &str, line: usize, message: impl Into<String>) -> LoadProblem {
    LoadProblem { file: file.to_owned(), line, message: message.into() }
}

impl Library {
    /// The library that this build carries.
    ///
    /// # Errors
    /// Everything that is wrong; a test keeps what we ship free of problems.
    pub fn embedded() -> Result<Self, Vec<LoadProblem>> {
        let texts = |folder: &'static Dir<'static>, name: &'static str| {
            folder.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "md")).map(
                move |file| {
                    let text = String::from_utf8_lossy(file.contents()).into_owned();
                    (format!("{name}/{}", file.path().display()), text)
                },
            )
        };
        let clauses: Vec<_> = texts(&CLAUSES, "clauses").collect();
        let documents: Vec<_> = texts(&DOCUMENTS, "documents").collect();
        let parts: Vec<_> = texts(&PARTS, "parts").collect();
        Self::load(&clauses, &documents, &parts, LAWS, &VARIABLES)
    }

    /// Loads files given as path and text; `parts` are what documents include.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn load(
        clause_files: &[(String, String)],
        document_files: &[(String, String)],
        parts: &[(String, String)],
        laws: &str,
        variable_files: &[(&str, &str)],
    ) -> Result<Self, Vec<LoadProblem>> {
        let mut problems = Vec::new();
        let mut clauses: Vec<Clause> = clause_files
            .iter()
            .filter_map(|(file, text)| keep(read_clause(file, text), &mut problems))
            .collect();
        clauses.sort_by_key(|clause| clause.order);
        let mut documents: Vec<DocumentTemplate> = document_files
            .iter()
            .filter_map(|(file, text)| keep(read_document(file, text), &mut problems))
            .collect();
        documents.sort_by(|a, b| a.id.cmp(&b.id));
        let laws =
            parse::<LawFile>("laws.toml", laws, 0, &mut problems).map_or_else(Vec::new, |file| file.law);
        let variables = variable_files
            .iter()
            .filter_map(|(file, text)| parse::<VariableFile>(file, text, 0, &mut problems))
            .flat_map(|file| file.variable)
            .collect();
        let rules =
            parse::<RuleFile>("rules.toml", RULES, 0, &mut problems).map_or_else(Vec::new, |file| file.rule);
        let mut tera = compose::engine();
        for (name, text) in parts {
            if let Err(error) = tera.add_raw_template(name, text) {
                problems.push(problem(name, 0, format!("差込みの書き方を確認してください：{error}")));
            }
        }
        for clause in &clauses {
            for variant in &clause.variants {
                let name = compose::clause_template(&clause.id, &variant.id);
                if let Err(error) = tera.add_raw_template(&name, &compose::mark_references(&variant.body)) {
                    problems.push(problem(&name, 0, format!("差込みの書き方を確認してください：{error}")));
                }
            }
        }
        for document in &documents {
            let name = compose::document_template(&document.id);
            if let Err(error) = tera.add_raw_template(&name, &compose::mark_references(&document.body)) {
                problems.push(problem(&name, 0, format!("差込みの書き方を確認してください：{error}")));
            }
        }
        problems.extend(crate::lint::problem().map(|message| problem("checks.toml", 0, message)));
        let library = Self { clauses, documents, rules, laws, variables, tera };
        library.check_rules(&mut problems);
        library.check_references(&mut problems);
        if problems.is_empty() {
            Ok(library)
        } else {
            problems.sort();
            Err(problems)
        }
    }

    /// A clause by id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// A document by id.
    #[must_use]
    pub fn document(&self, id: &str) -> Option<&DocumentTemplate> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// The examples of all variables as values: a complete sample of every document.
    #[must_use]
    pub fn examples(&self) -> Value {
        let mut values = Value::Object(serde_json::Map::new());
        for variable in self.variables.iter().filter(|variable| !variable.name.contains("[]")) {
            let mut at = &mut values;
            for part in variable.name.split('.') {
                if !at.is_object() {
                    *at = Value::Object(serde_json::Map::new());
                }
                at = &mut at[part];
            }
            at.clone_from(&variable.example);
        }
        values
    }

    /// Holds every condition against a policy's vocabulary.
    #[must_use]
    pub fn check(&self, vocabulary: &Vocabulary) -> Vec<LoadProblem> {
        let mut problems = Vec::new();
        let mut look = |file: String, condition: &Condition| {
            for found in condition.check(vocabulary, Scope::Answers) {
                problems.push(problem(&file, 0, format!("条件「{condition}」：{found}")));
            }
        };
        for clause in &self.clauses {
            let conditions =
                clause.when.iter().chain(clause.variants.iter().filter_map(|variant| variant.when.as_ref()));
            conditions.for_each(|condition| look(format!("clauses/{}", clause.id), condition));
        }
        for rule in &self.rules {
            rule.when.iter().for_each(|condition| look(format!("rules/{}", rule.id), condition));
        }
        for document in &self.documents {
            document.when.iter().for_each(|condition| look(format!("documents/{}", document.id), condition));
        }
        problems
    }

    /// Rules name clauses and documents that exist, and variants name rules that exist.
    fn check_rules(&self, problems: &mut Vec<LoadProblem>) {
        for rule in &self.rules {
            for id in rule.clauses.iter().filter(|id| self.clause(id).is_none()) {
                problems.push(problem("rules.toml", 0, format!("{}：条項 {id} がありません", rule.id)));
            }
            for id in rule.documents.iter().filter(|id| self.document(id).is_none()) {
                problems.push(problem("rules.toml", 0, format!("{}：文書 {id} がありません", rule.id)));
            }
        }
        for clause in &self.clauses {
            for id in clause.variants.iter().filter_map(|variant| variant.rule.as_ref()) {
                if !self.rules.iter().any(|rule| rule.id == *id && rule.clauses.contains(&clause.id)) {
                    let file = format!("clauses/{}", clause.id);
                    problems.push(problem(&file, 0, format!("規則 {id} がないか、この条を変えません")));
                }
            }
        }
    }

    /// References name clauses, articles, 別表 and 様式 that exist where they are read.
    fn check_references(&self, problems: &mut Vec<LoadProblem>) {
        let clauses: BTreeSet<&str> = self.clauses.iter().map(|clause| clause.id.as_str()).collect();
        for document in &self.documents {
            let own: BTreeSet<String> = headed(&document.body).collect();
            let holds_clauses = document.holds_clauses();
            let mut look = |file: &str, body: &str| {
                for target in compose::references(body) {
                    let named = target.split('#').next().unwrap_or_default();
                    let known = named.is_empty()
                        || own.contains(named)
                        || holds_clauses && (target == "survivors" || clauses.contains(named));
                    if !known {
                        problems.push(problem(file, 0, format!("参照［［{target}］］の先がありません")));
                    }
                }
            };
            look(&format!("documents/{}", document.id), &document.body);
            for clause in self.clauses.iter().filter(|_| holds_clauses) {
                for variant in &clause.variants {
                    look(&format!("clauses/{} {}", clause.id, variant.id), &variant.body);
                }
            }
        }
    }
}

/// What the headings of a skeleton can be referred to by: `table:scope`, `article:purpose`.
fn headed(body: &str) -> impl Iterator<Item = String> {
    body.lines()
        .filter_map(|line| line.split_once("{ #").and_then(|(_, rest)| rest.split_once(" }")))
        .map(|(id, _)| id.replacen('-', ":", 1))
}

fn keep<T>(read: Result<T, Vec<LoadProblem>>, problems: &mut Vec<LoadProblem>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

fn parse<T: for<'a> Deserialize<'a>>(
    file: &str,
    text: &str,
    first_line: usize,
    problems: &mut Vec<LoadProblem>,
) -> Option<T> {
    toml::from_str(text)
        .map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = first_line + before.matches('\n').count() + 1;
            problems.push(problem(file, line, format!("書き方を確認してください：{}", error.message())));
        })
        .ok()
}

/// Splits a file into front matter and body.
fn front_matter<'a>(file: &str, text: &'a str) -> Result<(&'a str, &'a str), Vec<LoadProblem>> {
    text.strip_prefix("+++\n")
        .and_then(|rest| rest.split_once("\n+++\n"))
        .ok_or_else(|| vec![problem(file, 1, "先頭に「+++」で囲んだ見出し欄を書いてください")])
}

fn read_clause(file: &str, text: &str) -> Result<Clause, Vec<LoadProblem>> {
    let (front, body) = front_matter(file, text)?;
    let mut problems = Vec::new();
    let Some(mut clause) = parse::<Clause>(file, front, 1, &mut problems) else { return Err(problems) };
    let named = file.rsplit('/').next().is_some_and(|name| name.starts_with(&format!("{}-", clause.id)));
    if !named {
        problems.push(problem(file, 2, format!("ファイル名を「{}-」で始めてください", clause.id)));
    }
    if clause.when.is_some() && clause.absent_reason.is_empty() {
        problems.push(problem(file, 0, "when を書いたら、入らない理由（absent_reason）も書いてください"));
    }
    if clause.variants.is_empty() {
        clause.variants.push(Variant {
            id: STANDARD.to_owned(),
            name: "標準".to_owned(),
            strictness: 0,
            when: None,
            default: true,
            reason: String::new(),
            rule: None,
            body: body.trim().to_owned(),
        });
    } else {
        let mut bodies = split_variants(body);
        for variant in &mut clause.variants {
            match bodies.remove(variant.id.as_str()) {
                Some(text) if !text.is_empty() => variant.body = text,
                _ => problems.push(problem(file, 0, format!("版「{}」の条文がありません", variant.id))),
            }
        }
        problems
            .extend(bodies.keys().map(|id| problem(file, 0, format!("版「{id}」が見出し欄にありません"))));
        if clause.variants.iter().filter(|variant| variant.default).count() != 1 {
            problems.push(problem(file, 0, "default = true の版を1つだけ書いてください"));
        }
    }
    if problems.is_empty() { Ok(clause) } else { Err(problems) }
}

fn split_variants(body: &str) -> BTreeMap<&str, String> {
    body.split("<!-- variant:")
        .skip(1)
        .filter_map(|part| part.split_once("-->"))
        .map(|(id, text)| (id.trim(), text.trim().to_owned()))
        .collect()
}

fn read_document(file: &str, text: &str) -> Result<DocumentTemplate, Vec<LoadProblem>> {
    let (front, body) = front_matter(file, text)?;
    let mut problems = Vec::new();
    let Some(mut document) = parse::<DocumentTemplate>(file, front, 1, &mut problems) else {
        return Err(problems);
    };
    body.clone_into(&mut document.body);
    Ok(document)
}
