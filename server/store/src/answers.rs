//! Answers: one row per question with its version, and every version ever saved.

use diesel::prelude::*;
use domain::ids::{AssessmentId, InvitationId, RevisionId};
use domain::language::Language;
use questionnaires::answer::{Answer, AnswerSheet};

use crate::assessments::Responder;
use crate::error::{Error, Result};
use crate::moment::Stamp;
use crate::portable::Conn;
use crate::schema::{answer_revisions, answers};

/// The current answer to one question.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Question id.
    pub question: String,
    /// 1 for the first save.
    pub version: i64,
    /// The answer.
    pub answer: Answer,
    /// Problems that it had when it was saved.
    pub problems: i64,
    /// Who saved it.
    pub saved_by: String,
    /// When.
    pub saved_at: Stamp,
    /// The assessment that it was taken over from, until somebody confirms or changes it.
    pub reused_from: Option<AssessmentId>,
    /// The language in which the question was shown.
    pub language: Language,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = answers)]
struct Row {
    assessment_id: AssessmentId,
    question: String,
    version: i64,
    answer: String,
    problems: i64,
    saved_by: String,
    saved_at: Stamp,
    reused_from: Option<AssessmentId>,
    saved_as: Option<InvitationId>,
    language: Language,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = answer_revisions)]
struct Revision {
    id: RevisionId,
    assessment_id: AssessmentId,
    question: String,
    version: i64,
    answer: String,
    saved_by: String,
    saved_at: Stamp,
    reused_from: Option<AssessmentId>,
    language: Language,
}

/// A save of one answer.
#[derive(Debug)]
pub struct Save<'a> {
    /// Id of the revision that it makes.
    pub revision: RevisionId,
    /// Question id.
    pub question: &'a str,
    /// Version that the editor had read; 0 when there was none.
    pub expected: i64,
    /// The answer.
    pub answer: &'a Answer,
    /// Problems that it has.
    pub problems: usize,
    /// Who saves.
    pub saved_by: &'a str,
    /// When.
    pub saved_at: Stamp,
    /// See [`Saved::reused_from`].
    pub reused_from: Option<&'a AssessmentId>,
    /// See [`Saved::language`].
    pub language: Language,
}

fn decode(row: Row) -> Result<Saved> {
    let answer = serde_json::from_str(&row.answer)
        .map_err(|source| Error::Corrupt { what: "answer", source: Box::new(source) })?;
    Ok(Saved {
        question: row.question,
        version: row.version,
        answer,
        problems: row.problems,
        saved_by: row.saved_by,
        saved_at: row.saved_at,
        reused_from: row.reused_from,
        language: row.language,
    })
}

/// All current answers of an assessment; the caller has checked who may see them.
///
/// # Errors
/// [`Error::Corrupt`], or the database.
pub fn answers_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<Saved>> {
    let rows = answers::table
        .filter(answers::assessment_id.eq(assessment))
        .order(answers::question)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(decode).collect()
}

/// The current answers of the responder's own assessment.
///
/// # Errors
/// [`Error::Corrupt`], or the database.
pub fn own_answers(conn: &mut Conn, responder: &Responder) -> Result<Vec<Saved>> {
    answers_of(conn, responder.assessment())
}

/// The current answer of the responder's own assessment to one question.
///
/// # Errors
/// [`Error::Corrupt`], or the database.
pub fn own_answer(conn: &mut Conn, responder: &Responder, question: &str) -> Result<Option<Saved>> {
    let row = answers::table
        .find((responder.assessment(), question))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(decode).transpose()
}

/// The sheet that scoring and conditions read.
#[must_use]
pub fn sheet(saved: &[Saved]) -> AnswerSheet {
    let marked = |row: &Saved| Answer { unconfirmed: row.reused_from.is_some(), ..row.answer.clone() };
    AnswerSheet(saved.iter().map(|row| (row.question.clone(), marked(row))).collect())
}

/// Saves an answer as the next version.
///
/// # Errors
/// [`Error::Stale`] when somebody else has saved since `expected` was read, or the database.
pub fn save(conn: &mut Conn, responder: &Responder, save: Save<'_>) -> Result<i64> {
    write(conn, responder.assessment(), Some(responder.invitation()), save)
}

/// Saves what staff note on an answer (accepted 該当なし, confirmed evidence); the caller has checked the scope.
///
/// # Errors
/// [`Error::Stale`], or the database.
pub fn annotate(conn: &mut Conn, assessment: &AssessmentId, save: Save<'_>) -> Result<i64> {
    write(conn, assessment, None, save)
}

fn write(
    conn: &mut Conn,
    assessment: &AssessmentId,
    saved_as: Option<&InvitationId>,
    save: Save<'_>,
) -> Result<i64> {
    let version = save.expected + 1;
    let text = serde_json::to_string(save.answer)
        .map_err(|source| Error::Corrupt { what: "answer", source: Box::new(source) })?;
    let problems = i64::try_from(save.problems).unwrap_or(i64::MAX);
    if save.expected == 0 {
        let row = Row {
            assessment_id: assessment.clone(),
            question: save.question.to_owned(),
            version,
            answer: text.clone(),
            problems,
            saved_by: save.saved_by.to_owned(),
            saved_at: save.saved_at.clone(),
            reused_from: save.reused_from.cloned(),
            saved_as: saved_as.cloned(),
            language: save.language,
        };
        // A row that exists already was saved by somebody else first.
        let taken: i64 = answers::table
            .filter(answers::assessment_id.eq(assessment))
            .filter(answers::question.eq(save.question))
            .count()
            .get_result(conn)?;
        if taken > 0 {
            return Err(Error::Stale);
        }
        diesel::insert_into(answers::table).values(&row).execute(conn).map_err(|error| match Error::from(
            error,
        ) {
            Error::Duplicate => Error::Stale,
            other => other,
        })?;
    } else {
        let changed = diesel::update(
            answers::table.find((assessment, save.question)).filter(answers::version.eq(save.expected)),
        )
        .set((
            answers::version.eq(version),
            answers::answer.eq(&text),
            answers::problems.eq(problems),
            answers::saved_by.eq(save.saved_by),
            answers::saved_at.eq(&save.saved_at),
            answers::reused_from.eq(save.reused_from),
            answers::saved_as.eq(saved_as),
            answers::language.eq(save.language),
        ))
        .execute(conn)?;
        if changed != 1 {
            return Err(Error::Stale);
        }
    }
    let revision = Revision {
        id: save.revision,
        assessment_id: assessment.clone(),
        question: save.question.to_owned(),
        version,
        answer: text,
        saved_by: save.saved_by.to_owned(),
        saved_at: save.saved_at,
        reused_from: save.reused_from.cloned(),
        language: save.language,
    };
    diesel::insert_into(answer_revisions::table).values(&revision).execute(conn)?;
    Ok(version)
}

/// An answer as it was in a version; none where there was no such version.
///
/// # Errors
/// [`Error::Corrupt`], or the database.
pub fn revision(
    conn: &mut Conn,
    assessment: &AssessmentId,
    question: &str,
    version: i64,
) -> Result<Option<Answer>> {
    let text: Option<String> = answer_revisions::table
        .filter(answer_revisions::assessment_id.eq(assessment))
        .filter(answer_revisions::question.eq(question))
        .filter(answer_revisions::version.eq(version))
        .select(answer_revisions::answer)
        .first(conn)
        .optional()?;
    let read = |text: String| {
        serde_json::from_str(&text)
            .map_err(|source| Error::Corrupt { what: "answer", source: Box::new(source) })
    };
    text.map(read).transpose()
}

/// How many versions of an answer were ever saved.
///
/// # Errors
/// The database.
pub fn revisions(conn: &mut Conn, assessment: &AssessmentId, question: &str) -> Result<i64> {
    Ok(answer_revisions::table
        .filter(answer_revisions::assessment_id.eq(assessment))
        .filter(answer_revisions::question.eq(question))
        .count()
        .get_result(conn)?)
}

/// An answer as it was saved once.
#[derive(Debug, Clone)]
pub struct Version {
    /// Question id.
    pub question: String,
    /// 1 for the first save.
    pub version: i64,
    /// The answer.
    pub answer: Answer,
    /// The language in which the question was shown.
    pub language: Language,
}

/// Every version of every answer of an assessment, by question and version; the caller has checked who may see them.
///
/// # Errors
/// [`Error::Corrupt`], or the database.
pub fn versions_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<Version>> {
    let rows = answer_revisions::table
        .filter(answer_revisions::assessment_id.eq(assessment))
        .order((answer_revisions::question, answer_revisions::version))
        .select(Revision::as_select())
        .load(conn)?;
    let decoded = |row: Revision| {
        let answer = serde_json::from_str(&row.answer)
            .map_err(|source| Error::Corrupt { what: "answer", source: Box::new(source) })?;
        Ok(Version { question: row.question, version: row.version, answer, language: row.language })
    };
    rows.into_iter().map(decoded).collect()
}
