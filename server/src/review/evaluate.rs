//! Fixing the evaluation of the chosen vendor: score and judgement frozen under one hash.

use axum::extract::{Path, State};
use domain::case::{self, AssessmentState, Command, Event, State as CaseState};
use domain::ids::{AssessmentId, EvaluationId};
use domain::trail::sha256_hex;
use questionnaires::japanese::text::char_count;
use questionnaires::question::Severity;
use serde_json::json;
use store::approvals::{self, Evaluation};
use store::{assessments, cases};

use super::score;
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::policy::held as policy;
use crate::recording::Recorder;

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = score::load(&app, &person, &case, &assessment).await?;
    let mut problems = Problems::default();
    let judgement = form.optional("judgement", "総合的な判断", 2_000, &mut problems);
    if char_count(&judgement) < case::JUDGEMENT_MIN_CHARS && problems.is_empty() {
        problems.add(
            "judgement",
            format!(
                "選定の理由を、信頼性の総合的な判断を含めて{}文字以上で入力してください",
                case::JUDGEMENT_MIN_CHARS
            ),
        );
    }
    if !problems.is_empty() {
        let frame =
            Frame::staff(&person, format!("採点：{}", loaded.vendor.name), "/cases").with_problems(&problems);
        let shown = score::shown(&app, &person, &loaded, &form, problems)?;
        return page::render_problems(&app, "review/score.html", &frame, &shown);
    }
    fix(&app, &person, loaded, judgement).await?;
    Ok(page::redirect(&format!("/cases/{case}?done=evaluated")))
}

/// Fixes the evaluation; the score is computed again inside the transaction.
///
/// # Errors
/// A refusal, [`Error::Forbidden`] without the role, [`Error::Stale`], or the database.
pub async fn fix(
    app: &App,
    person: &Person,
    loaded: score::Loaded,
    judgement: String,
) -> Result<AssessmentId> {
    let profile = policy::profile_of_case(app, &loaded.case)?;
    let path = profile.paths.iter().find(|path| path.id == loaded.case.path);
    if !path.is_some_and(|path| person.roles.iter().any(|role| path.evaluators.contains(role))) {
        return Err(Error::Forbidden);
    }
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let (app, staff, today) = (app.clone(), person.staff.id.clone(), app.today());
    let case = loaded.case;
    let id = loaded.assessment.id.clone();
    app.clone()
        .db
        .write(move |conn| {
            let assessment = assessments::assessment_of_case(conn, &case.id, &loaded.assessment.id)?;
            if assessment.submitted_at.is_none() {
                let refusal = case::Refusal {
                    requirement: Some("R-006"),
                    missing: "選んだ事業者の回答が提出されていません。".into(),
                };
                return Err(policy::refusal(&app, &profile, &refusal));
            }
            let score = super::computed_score(conn, &assessment, today)?;
            let count = |severity| score.knockouts.iter().filter(|found| found.severity == severity).count();
            let command = Command::Evaluate {
                assessment: AssessmentState::Submitted,
                absolute: count(Severity::Absolute),
                excusable: count(Severity::Excusable),
                open: score.open.len(),
                judgement_chars: char_count(&judgement),
            };
            let event = case::decide(case.state, &command)
                .map_err(|refusal| policy::refusal(&app, &profile, &refusal))?;
            let text = serde_json::to_string(&score).map_err(|error| Error::internal("score", error))?;
            let row = Evaluation {
                id: EvaluationId::new(app.uuid()),
                organization_id: case.organization_id.clone(),
                assessment_id: assessment.id.clone(),
                content_hash: content_hash(conn, &assessment, &text, &judgement)?,
                criteria: score.criteria.clone(),
                score: text,
                judgement,
                fixed_by: staff,
                fixed_at: recorder.at.into(),
            };
            approvals::insert_evaluation(conn, &row)?;
            let mut evaluated = assessment;
            evaluated.state = AssessmentState::Evaluated;
            assessments::update_assessment(conn, &evaluated)?;
            cases::choose_assessment(conn, &case.id, Some(&evaluated.id))?;
            let next = match event {
                Event::Moved(next) => next,
                Event::Recorded => CaseState::Evaluated,
            };
            cases::move_case(conn, &case.id, case.version, next, recorder.at)?;
            let detail =
                json!({ "assessment": evaluated.id, "content": row.content_hash, "criteria": row.criteria });
            recorder.record(
                conn,
                "case.evaluated",
                ("evaluation", row.id.as_str()),
                Some(&case.id),
                detail,
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(id)
}

/// What an approval binds to: questions, answers, score and judgement as they are now.
///
/// # Errors
/// The database.
pub fn content_hash(
    conn: &mut store::Conn,
    assessment: &assessments::Assessment,
    score: &str,
    judgement: &str,
) -> Result<String> {
    let questionnaire = assessments::questionnaire_of(conn, assessment)?;
    let answers = store::answers::sheet(&store::answers::answers_of(conn, &assessment.id)?);
    let answers = serde_json::to_string(&answers).map_err(|error| Error::internal("answers", error))?;
    let parts = [questionnaire.content_hash.as_str(), &answers, score, judgement];
    let framed: String = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
    Ok(sha256_hex(framed.as_bytes()))
}
