//! Submission: declaration, one transaction, receipt number.

use axum::extract::State;
use domain::case::{self, AssessmentState, Command, Event};
use domain::language::Language;
use domain::receipt::receipt_number;
use domain::respondent::may_submit;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Responder};
use store::{Conn, accounts, answers, cases, colleagues, conversation, outbox};

use super::{check, english, sheet};
use crate::access::{Respondent, responder_actor};
use crate::app::App;
use crate::assessments::{answer, mail};
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Values};
use crate::policy::held as policy;
use crate::recording::Recorder;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Due in words.
    pub due: String,
    /// Whether answers can still be changed.
    pub open: bool,
    /// Why this person cannot submit yet, though the answers are complete; empty otherwise.
    pub blocked: String,
    /// Questions that are not complete: number of them and links (section, words).
    pub missing: Vec<(String, String)>,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// The page after submission.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// 件名
    pub title: String,
    /// Municipality.
    pub organization: String,
    /// Receipt number.
    pub receipt: String,
    /// When.
    pub submitted: String,
    /// Who.
    pub submitted_by: String,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let own = sheet::load(&app, &responder).await?;
    if own.assessment.submitted_at.is_some() {
        return Ok(page::redirect("/v/done"));
    }
    let blocked = blocked(&app, &responder).await?;
    let shown =
        Page { blocked, ..shown(&app, &own, responder.language(), &Form::default(), Problems::default()) };
    page::render(
        &app,
        "answering/submit.html",
        &Frame::vendor(&own.organization, &responder, responder.language().pick("提出", "Submission")),
        &shown,
    )
}

/// What stands in the way beside the answers themselves.
async fn blocked(app: &App, responder: &Responder) -> Result<String> {
    let (responder, language) = (responder.clone(), responder.language());
    let found = app
        .db
        .read(move |conn| {
            may_submit(responder.role())?;
            let own = sheet::load_in(conn, &responder)?;
            check::enforce(conn, &responder, &own)
        })
        .await;
    match found {
        Ok(()) => Ok(String::new()),
        Err(Error::Denied(denial)) => Ok(denial.words_in(language)),
        Err(Error::Refused { message, .. }) => Ok(message),
        Err(other) => Err(other),
    }
}

fn shown(app: &App, own: &sheet::Own, language: Language, form: &Form, problems: Problems) -> Page {
    let mut missing: Vec<(String, String)> = Vec::new();
    for (question, _) in own.submission_problems(app) {
        let section = own.questionnaire.section_of(&question);
        let words =
            own.questionnaire.find(&question).map(|asked| english::question(asked, language).title.clone());
        if let (Some(section), Some(words)) = (section, words) {
            let link = (
                format!("/v/s/{}#{question}", section.topic),
                format!("{}{}{words}", english::section(section, language), language.pick("：", ": ")),
            );
            if !missing.contains(&link) {
                missing.push(link);
            }
        }
    }
    Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        due: page::moment_in(language, own.assessment.due_at.get()),
        open: own.is_open(app.now()),
        blocked: String::new(),
        missing,
        values: page::values(form),
        problems,
    }
}

/// POST
pub async fn submit(State(app): State<App>, Respondent(responder): Respondent, form: Form) -> Result {
    let own = sheet::load(&app, &responder).await?;
    if own.assessment.submitted_at.is_some() {
        // A second click is not a second submission.
        return Ok(page::redirect("/v/done"));
    }
    let language = responder.language();
    let mut problems = Problems::reading(language);
    let label = "Position and name of the person responsible";
    let name = form.line("submitted_by", language.pick("回答責任者の職・氏名", label), 100, &mut problems);
    if form.text("declared") != "yes" {
        problems.add(
            "declared",
            language.pick(
                "内容に誤りがないことを確認し、チェックを入れてください",
                "Confirm that the answers are true and tick the box",
            ),
        );
    }
    if !problems.is_empty() {
        let frame =
            Frame::vendor(&own.organization, &responder, responder.language().pick("提出", "Submission"))
                .with_problems(&problems);
        return page::render_problems(
            &app,
            "answering/submit.html",
            &frame,
            &shown(&app, &own, language, &form, problems),
        );
    }
    hand_in(&app, &responder, name).await?;
    Ok(page::redirect("/v/done"))
}

/// Submits what is saved now; the state is read again inside the transaction.
///
/// # Errors
/// A refusal, [`Error::Stale`], or the database.
pub async fn hand_in(app: &App, responder: &Responder, name: String) -> Result<String> {
    let receipt = receipt_number(app.random());
    let (inner, responder, number) = (app.clone(), responder.clone(), receipt.clone());
    app.db
        .write(move |conn| {
            may_submit(responder.role())?;
            colleagues::hold(conn, responder.assessment())?;
            let own = sheet::load_in(conn, &responder)?;
            check::enforce(conn, &responder, &own)?;
            let (state, version) = cases::standing_of(conn, &own.assessment.case_id)?;
            let recorder = Recorder::new(&inner, responder.organization(), responder_actor(&responder));
            let command = Command::Submit {
                problems: own.submission_problems(&inner).len(),
                due: own.assessment.due_at.get(),
                now: recorder.at,
            };
            let event = case::decide(state, &command).map_err(|refusal| Error::refused(&refusal, None))?;
            let mut submitted = own.assessment.clone();
            submitted.state = AssessmentState::Submitted;
            submitted.submitted_at = Some(recorder.at.into());
            submitted.submitted_by = Some(name);
            submitted.receipt_number = Some(number.clone());
            submitted.return_reason = None;
            assessments::update_assessment(conn, &submitted)?;
            conversation::settle_returned(conn, &submitted.id, recorder.at)?;
            if let Event::Moved(next) = event {
                cases::move_case(conn, &submitted.case_id, version, next, recorder.at)?;
            }
            let digest = serde_json::to_string(&answers::sheet(&own.saved))
                .map_err(|error| Error::internal("answers", error))?;
            acknowledge(conn, &inner, &own, &number, recorder.at)?;
            let files: Vec<&str> = own
                .evidence
                .iter()
                .filter_map(|held| held.current().map(|file| file.sha256.as_str()))
                .collect();
            let answers = domain::trail::sha256_hex(digest.as_bytes());
            let in_english: Vec<&str> = own
                .saved
                .iter()
                .filter(|saved| saved.language == Language::English)
                .map(|saved| saved.question.as_str())
                .collect();
            let language = responder.language();
            let detail = json!({
                "receipt": number, "answers": answers, "files": files, "language": language, "in_english": in_english,
            });
            let object = ("assessment", submitted.id.as_str());
            recorder.record(conn, "assessment.submitted", object, Some(&submitted.case_id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(receipt)
}

/// A mail with the receipt number, where it can be sent and somebody was asked by mail.
fn acknowledge(conn: &mut Conn, app: &App, own: &sheet::Own, receipt: &str, now: Timestamp) -> Result<()> {
    let case = cases::any(conn, &own.assessment.case_id)?;
    let by_staff = answer::by_staff(&*policy::profile_of_case(app, &case)?, &case);
    let vendor = mail::to_whom(conn, &own.assessment, own.vendor.clone())?;
    if app.config.mail.is_none() || vendor.contact_mail.is_empty() || by_staff {
        return Ok(());
    }
    let officer = accounts::staff_member(conn, &own.organization.id, &case.officer_id)?.name;
    let said = mail::Notice { template: "receipt", reason: receipt };
    let from = (&own.organization, officer.as_str());
    let message = mail::notice(app, from, &case, &own.assessment, &vendor, &said, now)?;
    outbox::enqueue(conn, &message)?;
    Ok(())
}

/// GET: the receipt; it can be opened again.
pub async fn done(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let Some(at) = own.assessment.submitted_at.as_ref() else { return Ok(page::redirect("/v")) };
    let shown = Done {
        title: own.title.clone(),
        organization: own.organization.name.clone(),
        receipt: own.assessment.receipt_number.clone().unwrap_or_default(),
        submitted: page::moment_in(responder.language(), at.get()),
        submitted_by: own.assessment.submitted_by.clone().unwrap_or_default(),
    };
    page::render(
        &app,
        "answering/done.html",
        &Frame::vendor(&own.organization, &responder, responder.language().pick("提出完了", "Submitted")),
        &shown,
    )
}
