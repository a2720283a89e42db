//! A page of questions: saved one by one by our module, or all at once by the buttons.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use domain::language::Language;
use questionnaires::answer::{self, Problem, RawAnswer};
use serde::Serialize;
use store::assessments::Responder;

use super::english;
use super::input::{self, QuestionShown};
use super::previous::{self, Previously};
use super::reuse;
use super::save;
use super::sheet::{self, Own};
use crate::access::Respondent;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Topic id.
    pub section: String,
    /// Name.
    pub name: String,
    /// Whether an English page has the name in Japanese for want of a twin.
    pub only_japanese: bool,
    /// Place among the sections.
    pub position: usize,
    /// Number of sections.
    pub sections: usize,
    /// Due in words.
    pub due: String,
    /// Whether answers can still be changed, by this person.
    pub open: bool,
    /// Files that answers can cite: id and name.
    pub files: Vec<(String, String)>,
    /// Why this person may not, though others may; empty otherwise.
    pub denied: String,
    /// Questions, hidden ones included.
    pub questions: Vec<QuestionShown>,
    /// Problems for the summary.
    pub problems: Problems,
    /// Answers of somebody else that came first: question title and their text.
    pub conflicts: Vec<Conflict>,
}

/// Somebody else's newer answer.
#[derive(Debug, Clone, Serialize)]
pub struct Conflict {
    /// Question id.
    pub question: String,
    /// Title.
    pub title: String,
    /// Who saved it, and when.
    pub saved: String,
    /// Their answer in words.
    pub answer: Vec<(String, String)>,
}

/// GET
pub async fn page(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(section): Path<String>,
    query: Query,
) -> Result {
    let (own, before) = previous::load(&app, &responder).await?;
    let shown = shown(&app, &responder, (&own, &before), &section, &Typed::default(), Vec::new())?;
    let frame = Frame::vendor(&own.organization, &responder, shown.name.clone()).with_done(&query);
    page::render(&app, "answering/section.html", &frame, &shown)
}

/// What a form that came back holds: raw values and problems by question.
#[derive(Default)]
struct Typed {
    raw: BTreeMap<String, RawAnswer>,
    problems: BTreeMap<String, Vec<Problem>>,
}

fn shown(
    app: &App,
    responder: &Responder,
    (own, before): (&Own, &Previously),
    section: &str,
    typed: &Typed,
    conflicts: Vec<Conflict>,
) -> Result<Page> {
    let position =
        own.questionnaire.sections.iter().position(|s| s.topic == section).ok_or(Error::NotFound)?;
    let found = own.questionnaire.sections.get(position).ok_or(Error::NotFound)?;
    let earlier: usize = own.questionnaire.sections.iter().take(position).map(|s| s.questions.len()).sum();
    let visible = own.questionnaire.visible(&own.sheet);
    let denied = own.denied(responder, section).filter(|_| own.is_open(app.now()));
    let unlocked = own.unlocked();
    let mut problems = Problems::default();
    let mut questions = Vec::new();
    for (index, asked) in found.questions.iter().enumerate() {
        let id = &asked.question.id;
        let saved = own.saved(id);
        let stored = saved.map(|saved| RawAnswer::from_answer(&asked.question, &saved.answer));
        let raw = typed.raw.get(id).cloned().or(stored).unwrap_or_default();
        let found_problems = typed.problems.get(id).map_or(&[][..], Vec::as_slice);
        let parts: BTreeSet<String> = asked
            .question
            .parts
            .iter()
            .filter(|part| visible.has_part(id, &part.id))
            .map(|part| part.id.clone())
            .collect();
        let shown = input::question(
            asked,
            &input::Standing {
                language: responder.language(),
                number: earlier + index + 1,
                raw: &raw,
                saved,
                previous: before.get(id).map(|given| previous::shown(own, asked, given)),
                problems: found_problems,
                visible: visible.has(id),
                visible_parts: &parts,
                unlocked: unlocked.contains(id.as_str()),
                returned: own
                    .returned
                    .iter()
                    .find(|back| back.question == *id)
                    .map_or("", |back| &back.reason),
                comments: own.comments.iter().filter(|comment| comment.question == *id).count(),
            },
        );
        for problem in &shown.problems {
            let number = shown.number;
            let place = responder.language().pick(format!("問{number}"), format!("Q{number}"));
            problems.add(problem.field.clone(), format!("{place}　{}", problem.message));
        }
        questions.push(shown);
    }
    Ok(Page {
        title: own.title.clone(),
        section: found.topic.clone(),
        name: english::section(found, responder.language()),
        only_japanese: responder.language() == Language::English && found.english.is_none(),
        position: position + 1,
        sections: own.questionnaire.sections.len(),
        due: page::moment_in(responder.language(), own.assessment.due_at.get()),
        files: own.files(),
        open: own.is_open(app.now()) && denied.is_none(),
        denied: denied.map_or(String::new(), |denial| denial.words_in(responder.language())),
        questions,
        problems,
        conflicts,
    })
}

/// POST: saves every question of the page, then goes where the button says.
///
/// `go` is `next`, `list` or `stay`; `stay` also adds table rows; `use:QQQ-NN` saves the others and takes the previous
/// answer to that question over. Drafts are never rejected: problems are only shown
/// when the person says that the section is done (`next` with everything asked) — and even then everything is saved.
pub async fn submit(
    State(app): State<App>,
    Respondent(responder): Respondent,
    Path(section): Path<String>,
    form: Form,
) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let asked: Vec<String> = own
        .questionnaire
        .sections
        .iter()
        .find(|s| s.topic == section)
        .ok_or(Error::NotFound)?
        .questions
        .iter()
        .map(|asked| asked.question.id.clone())
        .filter(|id| input::has(&form, id))
        .collect();
    let go = form.text("go");
    let wanted = go.strip_prefix("use:");
    let mut typed = Typed::default();
    let mut conflicts = Vec::new();
    for id in &asked {
        if wanted == Some(id) {
            continue;
        }
        typed.raw.insert(id.clone(), input::raw_of(&form, id));
        if unchanged(&own, id, &form) {
            continue;
        }
        match save::save(&app, &responder, id, version_of(&form, id)?, &form).await {
            Ok(saved) => {
                typed.problems.insert(id.clone(), saved.problems);
            }
            Err(Error::Stale) => conflicts.extend(conflict(&app, &responder, id).await?),
            Err(other) => return Err(other),
        }
    }
    if let Some(id) = wanted.filter(|id| asked.iter().any(|own| own == id)) {
        match reuse::take(&app, &responder, vec![(id.to_owned(), version_of(&form, id)?)]).await {
            Ok(()) => {}
            Err(Error::Stale) => conflicts.extend(conflict(&app, &responder, id).await?),
            Err(other) => return Err(other),
        }
    }
    let own = sheet::load(&app, &responder).await?;
    if go == "next" || go == "done" {
        note_missing(&own, &section, &mut typed);
    }
    let has_problems = typed.problems.values().any(|problems| !problems.is_empty());
    if go == "stay" || !conflicts.is_empty() || has_problems {
        let (own, before) = previous::load(&app, &responder).await?;
        let shown = shown(&app, &responder, (&own, &before), &section, &typed, conflicts)?;
        let frame =
            Frame::vendor(&own.organization, &responder, shown.name.clone()).with_problems(&shown.problems);
        return if has_problems || !shown.conflicts.is_empty() {
            page::render_problems(&app, "answering/section.html", &frame, &shown)
        } else {
            page::render(&app, "answering/section.html", &frame, &shown)
        };
    }
    if let Some(id) = wanted {
        return Ok(page::redirect(&format!("/v/s/{section}?done=reused#{id}")));
    }
    let next = own
        .questionnaire
        .sections
        .iter()
        .skip_while(|s| s.topic != section)
        .nth(1)
        .filter(|_| go == "next")
        .map_or_else(|| "/v?done=saved".to_owned(), |s| format!("/v/s/{}?done=saved", s.topic));
    Ok(page::redirect(&next))
}

/// The version of an answer that a form was made from.
pub(super) fn version_of(form: &Form, id: &str) -> Result<i64> {
    form.text(&format!("{id}/version")).parse().map_err(|_| Error::BadRequest("no version"))
}

/// Whether a posted answer is what is saved already: then there is nothing to save and nothing to collide with.
fn unchanged(own: &Own, id: &str, form: &Form) -> bool {
    let Some(asked) = own.questionnaire.find(id) else { return false };
    let reading = answer::read(&asked.question, &input::raw_of(form, id));
    if !reading.problems.is_empty() {
        return false;
    }
    match own.saved(id) {
        Some(saved) => {
            let confirmed = saved.reused_from.is_some() && input::confirms(form, id);
            saved.answer == reading.answer && !confirmed
        }
        None => reading.answer == answer::Answer::default(),
    }
}

async fn conflict(app: &App, responder: &Responder, id: &str) -> Result<Option<Conflict>> {
    let own = sheet::load(app, responder).await?;
    let found = own.saved(id).zip(own.questionnaire.find(id));
    Ok(found.map(|(saved, asked)| Conflict {
        question: id.to_owned(),
        title: english::question(asked, responder.language()).title.clone(),
        saved: input::saved_words(saved, responder.language()),
        answer: english::describe(asked, &saved.answer, responder.language()),
    }))
}

/// What is missing for 完了, beside what could not be read.
fn note_missing(own: &Own, section: &str, typed: &mut Typed) {
    let in_section: BTreeSet<&str> = own
        .questionnaire
        .sections
        .iter()
        .filter(|s| s.topic == section)
        .flat_map(|s| s.questions.iter().map(|asked| asked.question.id.as_str()))
        .collect();
    for (question, problem) in own.questionnaire.submission_problems(&own.sheet) {
        if in_section.contains(question.as_str()) {
            let found = typed.problems.entry(question).or_default();
            if !found.iter().any(|known| known.field == problem.field) {
                found.push(problem);
            }
        }
    }
}
