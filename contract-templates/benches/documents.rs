//! How fast documents leave, and what they cost: `cargo bench -p contract-templates`.
//!
//! The document of the peers' measurements: 60 numbered articles and 3 tables of 40 rows, from data to checked bytes.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "the figures are the point")]

use std::time::Instant;

use contract_templates::edit::Edit;
use contract_templates::library::Library;
use contract_templates::select::{Setting, Switch};
use contract_templates::{Request, draft, write};
use jiff::Timestamp;
use questionnaires::answer::AnswerSheet;
use questionnaires::condition::Subject;
use questionnaires::content::Content;
use questionnaires::policy::{FactValue, Facts};
use serde_json::{Value, json};

const ROUNDS: u32 = 300;
const ARTICLES: usize = 60;
const ROWS: usize = 40;
const TEXT: &str = "乙は、次に掲げる事項を守らなければならない。\n\n1. 記録を保存すること。\n2. 記録を提出すること。\n\n前項の規定は、再委託先に準用する。";

fn main() {
    let library = Library::embedded().unwrap_or_else(|_| panic!("the library is broken"));
    let content = Content::embedded().unwrap_or_else(|_| panic!("the content is broken"));
    let profile = content.profile("anan").unwrap();
    let vocabulary = content.vocabulary(profile);
    let facts = Facts([("path".to_owned(), FactValue::Choice("P1".into()))].into_iter().collect());
    let answers = AnswerSheet::default();
    let mut values = library.examples();
    for table in ["information", "equipment", "subcontractors"] {
        let row = values[table][0].clone();
        values[table] = Value::Array(vec![row; ROWS]);
    }
    values["included"] = json!([]);
    let own = |count: usize| -> Vec<Edit> {
        (0..count)
            .map(|number| Edit {
                clause: format!("OWN-{}", number + 1),
                heading: format!("事項{}", number + 1),
                text: TEXT.into(),
                after: String::new(),
            })
            .collect()
    };
    // The peers' content: 60 short articles; and the longest of ours: every clause of the library besides.
    // What the tables and these refer to has to be there.
    let needed =
        ["CL-02", "CL-09", "CL-10", "CL-12", "CL-17", "CL-18", "CL-23", "CL-24", "CL-26", "CL-34", "CL-35"];
    for (name, kept, edits) in [
        ("60 short articles", &needed[..], own(ARTICLES - needed.len())),
        ("every clause, 60 articles", &[][..], own(ARTICLES - library.clauses.len())),
    ] {
        let switches: Vec<Switch> = library
            .clauses
            .iter()
            .map(|clause| Switch {
                clause: clause.id.clone(),
                setting: if kept.is_empty() || kept.contains(&clause.id.as_str()) {
                    Setting::On
                } else {
                    Setting::Off
                },
                variant: None,
                reason: "計測".into(),
                by: "計測".into(),
            })
            .collect();
        let request = Request {
            document: "D-10",
            subject: Subject { vocabulary: &vocabulary, facts: &facts, answers: &answers },
            switches: &switches,
            edits: &edits,
            values: &values,
            profile,
            classification: "",
            author: "見本町",
            created: Timestamp::UNIX_EPOCH,
        };
        measure(name, &library, &request);
    }
    println!("peak memory: {} MB after {} documents", peak_mb(), 4 * ROUNDS + 2);
}

fn measure(name: &str, library: &Library, request: &Request<'_>) {
    let first = Instant::now();
    let written = write(library, request).unwrap();
    let (articles, bytes) = (written.document.articles().count(), written.docx.len());
    println!("{name}: {articles} articles, {bytes} bytes, first {:?}", first.elapsed());
    let whole = timed(|| write(library, request).unwrap().docx.len());
    let checked = timed(|| draft(library, request).unwrap().findings.len());
    println!("  data to checked bytes: {whole:.2} ms a document, {:.0} documents a second", 1_000.0 / whole);
    println!("  of which selecting, composing, numbering and checking: {checked:.2} ms");
}

/// Median milliseconds of a round.
fn timed(mut work: impl FnMut() -> usize) -> f64 {
    let mut took: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            assert!(std::hint::black_box(work()) < usize::MAX);
            began.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}

/// Peak resident memory as Linux counts it; 0 elsewhere.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}
