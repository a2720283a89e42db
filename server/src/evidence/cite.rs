//! Evidence in answers: a file is cited by its id, and stands for name and dates that were left empty.

use questionnaires::answer::{Answer, Problem, RawAnswer, Reading};
use questionnaires::question::Questionnaire;
use store::Conn;
use store::answers::Saved;
use store::assessments::Assessment;
use store::evidence::{self, Held};

use domain::evidence::Scan;

use crate::error::Result;

/// Completes what was read of an answer by the files that it cites; a file of nobody knows where is a problem.
///
/// # Errors
/// The database.
pub fn complete(
    conn: &mut Conn,
    assessment: &Assessment,
    current: Option<&Answer>,
    raw: &RawAnswer,
    reading: &mut Reading,
) -> Result<()> {
    if reading.answer.evidence.is_empty() {
        return Ok(());
    }
    keep_files(current, raw, &mut reading.answer);
    if reading.answer.evidence.iter().all(|cited| cited.file.is_none()) {
        return Ok(());
    }
    let held = evidence::of_assessment(conn, &assessment.id)?;
    for (slot, cited) in reading.answer.evidence.iter_mut().enumerate() {
        let Some(file) = cited.file.clone() else { continue };
        let found = held.iter().find(|held| held.evidence.id.as_str() == file);
        let Some(Held { evidence, .. }) = found else {
            cited.file = None;
            let message = "選んだ資料が見つかりません。資料を選び直してください".to_owned();
            reading.problems.push(Problem { field: format!("evidence.{slot}.file"), message });
            continue;
        };
        if cited.title.is_empty() {
            cited.title.clone_from(&evidence.name);
        }
        cited.issued_on = cited.issued_on.or(evidence.issued_on.as_ref().map(store::Day::get));
        cited.valid_until = cited.valid_until.or(evidence.valid_until.as_ref().map(store::Day::get));
    }
    reading.answer.evidence.retain(|cited| !cited.title.is_empty());
    Ok(())
}

/// A workbook names evidence and knows no files: what is cited under the same name keeps its file.
fn keep_files(current: Option<&Answer>, raw: &RawAnswer, answer: &mut Answer) {
    let Some(current) = current else { return };
    if (0..answer.evidence.len()).any(|slot| raw.has(&format!("evidence.{slot}.file"))) {
        return;
    }
    for cited in &mut answer.evidence {
        let same = current.evidence.iter().find(|old| old.kind == cited.kind && old.title == cited.title);
        cited.file = same.and_then(|old| old.file.clone());
    }
}

/// Questions whose answers cite a piece of evidence.
#[must_use]
pub fn cited_in<'a>(saved: &'a [Saved], id: &str) -> Vec<&'a str> {
    let cites = |saved: &&Saved| saved.answer.evidence.iter().any(|cited| cited.file.as_deref() == Some(id));
    saved.iter().filter(cites).map(|saved| saved.question.as_str()).collect()
}

/// What the check for malware leaves in the way of a submission, by question. `checking` says whether there is a check.
#[must_use]
pub fn in_the_way(
    questionnaire: &Questionnaire,
    saved: &[Saved],
    held: &[Held],
    checking: bool,
) -> Vec<(String, Problem)> {
    let mut found = Vec::new();
    for asked in questionnaire.questions() {
        let id = &asked.question.id;
        let Some(saved) = saved.iter().find(|saved| saved.question == *id) else { continue };
        for (slot, cited) in saved.answer.evidence.iter().enumerate() {
            let file = held.iter().find(|held| Some(held.evidence.id.as_str()) == cited.file.as_deref());
            let message = match file.and_then(Held::current).map(|version| version.scan) {
                Some(Scan::Infected) => {
                    "資料からウイルスが検出されました。安全なファイルに差し替えてください"
                }
                Some(Scan::Unscanned) if checking => {
                    "資料のウイルス検査が終わっていません。少し待ってから、もう一度開いてください"
                }
                _ => continue,
            };
            let field = format!("evidence.{slot}.file");
            found.push((id.clone(), Problem { field, message: message.to_owned() }));
        }
    }
    found
}
