//! 質疑 as staff see it: questions that wait, answers, notices to all vendors of a case.

pub mod answer;
pub mod list;
pub mod notice;

use domain::inquiry;
use store::assessments::Assessment;
use store::cases::Case;
use store::vendors::Vendor;
use store::{Conn, outbox};

use crate::access::Person;
use crate::app::App;
use crate::assessments::mail;
use crate::error::Result;
use crate::form::Problems;
use crate::recording::Recorder;

/// Most characters of what is published in place of a question.
const TEXT_CHARS: usize = 2_000;
/// Most characters of an answer.
const ANSWER_CHARS: usize = 4_000;

/// A problem for a text that tells its readers of a vendor.
fn note_names(field: &str, label: &str, text: &str, names: &[&str], problems: &mut Problems) {
    if let Some(name) = inquiry::identifying(text, names) {
        problems.add(
            field,
            format!("{label}に「{name}」が分かる記載があります。事業者が分からないように直してください"),
        );
    }
}

/// Tells vendors that there is something to read; the mail holds no word of it. Returns how many are told.
fn tell<'a>(
    conn: &mut Conn,
    app: &App,
    person: &Person,
    case: &Case,
    readers: impl Iterator<Item = &'a (Assessment, Vendor)>,
    recorder: &Recorder,
) -> Result<usize> {
    let said = mail::Notice { template: "inquiry", reason: "" };
    let from = (&person.organization, person.staff.name.as_str());
    let mut told = 0;
    for (assessment, vendor) in readers {
        let message = mail::notice(app, from, case, assessment, vendor, &said, recorder.at)?;
        outbox::enqueue(conn, &message)?;
        told += 1;
    }
    Ok(told)
}
