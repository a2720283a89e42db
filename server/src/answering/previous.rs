//! 前回の回答: what the same company answered to the same question before, beside what is asked now.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use domain::ids::AssessmentId;
use domain::language::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use questionnaires::answer::{self, Answer, Carried, Evidence, Incomparable};
use questionnaires::japanese::date::{wareki_month, wareki_short};
use questionnaires::question::{Asked, Question};
use serde::Serialize;
use store::Conn;
use store::answers;
use store::assessments::{self, Assessment, Responder};
use store::cases::Case;

use super::english;
use super::sheet::{self, Own};
use crate::access::Respondent;
use crate::app::{App, day_in_japan};
use crate::assessments::answer::by_staff;
use crate::error::{Error, Result};
use crate::page::{self, Frame, Query};
use crate::policy::held as policy;

/// An earlier answer.
#[derive(Debug, Clone)]
pub struct Previous {
    /// The question as it was asked then.
    pub question: Question,
    /// What was said.
    pub answer: Answer,
    /// Where it was said.
    pub from: AssessmentId,
    /// When it was submitted.
    pub at: Timestamp,
}

/// Earlier answers by question.
pub type Previously = BTreeMap<String, Previous>;

/// An earlier answer in words.
#[derive(Debug, Clone, Serialize)]
pub struct PreviousShown {
    /// `令和7年6月`
    pub when: String,
    /// The answer, part by part.
    pub lines: Vec<(String, String)>,
    /// Words of the question then, where they have changed.
    pub before: Vec<String>,
    /// Words of the question now.
    pub now: Vec<String>,
    /// Evidence that would stay behind, with the reason.
    pub left_out: Vec<String>,
    /// Why it cannot be taken over; empty when it can.
    pub refused: String,
}

/// The responder's own sheet and its earlier answers; none of those once the questionnaire is closed.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub async fn load(app: &App, responder: &Responder) -> Result<(Own, Previously)> {
    let (inner, responder) = (app.clone(), responder.clone());
    app.db
        .read(move |conn| {
            let own = sheet::load_in(conn, &responder)?;
            let before = load_in(conn, &inner, &responder, &own)?;
            Ok((own, before))
        })
        .await
}

/// The earlier answers to the questions of a sheet.
///
/// # Errors
/// The database, or a snapshot that cannot be read.
pub fn load_in(conn: &mut Conn, app: &App, responder: &Responder, own: &Own) -> Result<Previously> {
    let mut found = Previously::new();
    if !own.is_open(app.now()) {
        return Ok(found);
    }
    let mut wanted: BTreeSet<&str> =
        own.questionnaire.questions().map(|asked| asked.question.id.as_str()).collect();
    for (assessment, _) in of_company(conn, app, responder)? {
        let Some(at) = assessment.submitted_at.clone().filter(|_| assessment.id != own.assessment.id) else {
            continue;
        };
        let said = answers::answers_of(conn, &assessment.id)?;
        // A questionnaire is long: it is read only where it holds something that is still looked for.
        if !said.iter().any(|saved| wanted.contains(saved.question.as_str())) {
            continue;
        }
        let questionnaire = sheet::questionnaire(conn, &assessment)?;
        let visible = questionnaire.visible(&answers::sheet(&said));
        for (id, given) in &visible.answers().0 {
            let Some(asked) = questionnaire.find(id).filter(|_| visible.has(id) && given.is_begun()) else {
                continue;
            };
            if wanted.remove(id.as_str()) {
                let previous = Previous {
                    question: asked.question.clone(),
                    answer: given.clone(),
                    from: assessment.id.clone(),
                    at: at.get(),
                };
                found.insert(id.clone(), previous);
            }
        }
    }
    Ok(found)
}

/// Assessments that the company itself has answered here, latest submission first. Nobody but the company looks into
/// them: staff who answer from what a provider publishes, or who enter what came on paper, see their one questionnaire.
///
/// # Errors
/// The database.
pub fn of_company(conn: &mut Conn, app: &App, responder: &Responder) -> Result<Vec<(Assessment, Case)>> {
    let answered_by_company =
        |case: &Case| policy::profile_of_case(app, case).is_ok_and(|profile| !by_staff(&profile, case));
    let mut all = assessments::own_company(conn, responder)?;
    all.retain(|(_, case)| answered_by_company(case));
    let is_company = all.iter().any(|(own, _)| own.id == *responder.assessment())
        && assessments::own_invitation(conn, responder)?.on_behalf_of.is_none();
    Ok(if is_company { all } else { Vec::new() })
}

/// The day until which evidence has to be valid: answers count on the day on which they are due.
#[must_use]
pub fn needed_until(own: &Own) -> Date {
    day_in_japan(own.assessment.due_at.get())
}

/// What of an earlier answer can stand here.
///
/// # Errors
/// Why it cannot.
pub fn carried(own: &Own, asked: &Asked, given: &Previous) -> std::result::Result<Carried, Incomparable> {
    answer::carry(&given.question, &given.answer, &asked.question, needed_until(own))
}

/// An earlier answer in words.
#[must_use]
pub fn shown(own: &Own, asked: &Asked, given: &Previous) -> PreviousShown {
    let carried = carried(own, asked, given);
    let reworded = answer::reworded(&given.question, &asked.question);
    let words = |question: &Question| if reworded { answer::wording(question) } else { Vec::new() };
    PreviousShown {
        when: wareki_month(day_in_japan(given.at)),
        lines: answer::describe(&given.question, &given.answer),
        before: words(&given.question),
        now: words(&asked.question),
        left_out: carried
            .as_ref()
            .map_or(Vec::new(), |carried| carried.left_out.iter().map(left_out_words).collect()),
        refused: carried.err().map_or(String::new(), |reason| {
            format!("設問が変わったため、そのままは使えません（{}）。", reason.words())
        }),
    }
}

fn left_out_words(evidence: &Evidence) -> String {
    match evidence.valid_until {
        Some(last) => format!("{}（有効期限 {}）", evidence.title, wareki_short(last)),
        None => format!("{}（この設問では求められなくなりました）", evidence.title),
    }
}

/// The page: last time and now, side by side.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Due in words.
    pub due: String,
    /// Answers taken over that wait for a person.
    pub to_confirm: usize,
    /// Sections that have something to offer.
    pub sections: Vec<SectionShown>,
}

/// A section.
#[derive(Debug, Clone, Serialize)]
pub struct SectionShown {
    /// Topic id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Questions that have no answer yet and whose previous one can be taken over.
    pub usable: usize,
    /// Questions.
    pub questions: Vec<QuestionShown>,
}

/// A question with both answers.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionShown {
    /// Id.
    pub id: String,
    /// Number on the form.
    pub number: usize,
    /// Title.
    pub title: String,
    /// Text of now.
    pub text: String,
    /// Version of the present answer.
    pub version: i64,
    /// The present answer; empty when unanswered.
    pub now: Vec<(String, String)>,
    /// Whether the present answer waits to be confirmed.
    pub to_confirm: bool,
    /// Whether the question is asked at present.
    pub visible: bool,
    /// The earlier answer.
    pub previous: PreviousShown,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let (own, before) = load(&app, &responder).await?;
    if before.is_empty() {
        return Err(Error::NotFound);
    }
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("前回の回答の利用", "Use of previous answers"),
    )
    .with_done(&query);
    page::render(&app, "answering/previous.html", &frame, &both(&own, &before, responder.language()))
}

fn both(own: &Own, before: &Previously, language: Language) -> Page {
    let visible = own.questionnaire.visible(&own.sheet);
    let mut number = 0;
    let mut sections = Vec::new();
    for section in &own.questionnaire.sections {
        let mut questions = Vec::new();
        for asked in &section.questions {
            number += 1;
            let question = &asked.question;
            let Some(given) = before.get(&question.id) else { continue };
            let saved = own.saved(&question.id);
            questions.push(QuestionShown {
                id: question.id.clone(),
                number,
                title: english::question(asked, language).title.clone(),
                text: english::question(asked, language).text.clone(),
                version: saved.map_or(0, |saved| saved.version),
                now: saved.map_or(Vec::new(), |saved| english::describe(asked, &saved.answer, language)),
                to_confirm: saved.is_some_and(|saved| saved.reused_from.is_some()),
                visible: visible.has(&question.id),
                previous: shown(own, asked, given),
            });
        }
        if !questions.is_empty() {
            let usable =
                |question: &&QuestionShown| question.now.is_empty() && question.previous.refused.is_empty();
            sections.push(SectionShown {
                id: section.topic.clone(),
                name: english::section(section, language),
                usable: questions.iter().filter(usable).count(),
                questions,
            });
        }
    }
    Page {
        title: own.title.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        to_confirm: own.to_confirm().len(),
        sections,
    }
}
