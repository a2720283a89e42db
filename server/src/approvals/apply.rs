//! The application: what the approver decides on, on one page.

use axum::extract::{Path, State};
use domain::approval::{Route, may_decide};
use domain::case::{self, Command, Event, Outcome, State as CaseState};
use domain::ids::{ApplicationId, CaseId, StaffId};
use domain::permission::Permission;
use domain::trail::sha256_hex;
use questionnaires::policy::{ApprovalStep, Path as PolicyPath, Profile};
use questionnaires::scoring::Score;
use serde::Serialize;
use serde_json::json;
use store::accounts::{self, Staff};
use store::approvals::{self, Application, Decision, Evaluation};
use store::assessments;
use store::cases::{self, Case};
use store::vendors;

use crate::access::Person;
use crate::app::App;
use crate::cases::show::Figures;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::policy::held as policy;
use crate::recording::Recorder;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// State word.
    pub state: &'static str,
    /// Path name.
    pub path: String,
    /// Class name.
    pub class: String,
    /// Vendor and service.
    pub vendor: String,
    /// Link to the score page.
    pub assessment: String,
    /// Figures.
    pub figures: Option<Figures>,
    /// Sections: name and conformity.
    pub sections: Vec<(String, String)>,
    /// Judgement with name.
    pub judgement: String,
    /// Who fixed it.
    pub judged_by: String,
    /// Purpose, once applied.
    pub purpose: String,
    /// Applicant and time.
    pub applied: String,
    /// The route with its decisions.
    pub route: Vec<StepShown>,
    /// Earlier applications of the case that were sent back or refused.
    pub earlier: Vec<String>,
    /// Whether the person may apply now.
    pub may_apply: bool,
    /// Whether the person may decide now.
    pub may_decide: bool,
    /// Why not, when it is the turn of a decision.
    pub conflict: String,
    /// Whether a manager of the service has to be named.
    pub manager_needed: bool,
    /// People who can be named.
    pub managers: Vec<(String, String)>,
    /// Outcomes to choose from.
    pub outcomes: Vec<(&'static str, &'static str)>,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// A step of the route.
#[derive(Debug, Clone, Serialize)]
pub struct StepShown {
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: String,
    /// Clause number.
    pub clause: String,
    /// Result with name and time; empty before the decision.
    pub result: String,
    /// Reason or conditions.
    pub text: String,
}

/// Everything about the application of a case.
pub struct Loaded {
    /// Case.
    pub case: Case,
    /// Chosen assessment.
    pub assessment: assessments::Assessment,
    /// Vendor.
    pub vendor: vendors::Vendor,
    /// Service name.
    pub service: String,
    /// Evaluation.
    pub evaluation: Evaluation,
    /// Applications with decisions, latest first.
    pub applications: Vec<(Application, Vec<Decision>)>,
    /// People of the organisation.
    pub staff: Vec<Staff>,
}

impl Loaded {
    /// The application that waits for a decision or was decided last.
    #[must_use]
    pub fn current(&self) -> Option<&(Application, Vec<Decision>)> {
        self.applications.first()
    }
    fn name(&self, id: &StaffId) -> String {
        self.staff
            .iter()
            .find(|s| s.id == *id)
            .map_or(String::new(), |s| format!("{}　{}", s.position, s.name))
    }
}

/// The path of a case in its profile.
///
/// # Errors
/// A path that the profile no longer has.
pub fn path_of<'a>(profile: &'a Profile, case: &Case) -> Result<&'a PolicyPath> {
    profile
        .paths
        .iter()
        .find(|path| path.id == case.path)
        .ok_or_else(|| Error::internal("path", format!("profile {} has no path {}", profile.id, case.path)))
}

/// Loads the application of a case within the person's scope.
///
/// # Errors
/// [`Error::NotFound`] before the evaluation is fixed, or the database.
pub async fn load(app: &App, person: &Person, case: &str) -> Result<Loaded> {
    let (scope, case) = (person.scope(), page::id::<CaseId>(case)?);
    app.db.read(move |conn| load_in(conn, &scope, &case)).await
}

/// The same within a transaction.
///
/// # Errors
/// As [`load`].
pub fn load_in(conn: &mut store::Conn, scope: &store::Scope, case: &CaseId) -> Result<Loaded> {
    let case = cases::case(conn, scope, case)?;
    let chosen = case.chosen_assessment_id.clone().ok_or(Error::NotFound)?;
    let assessment = assessments::assessment_of_case(conn, &case.id, &chosen)?;
    let service = match &assessment.service_id {
        Some(id) => vendors::service(conn, &scope.organization, id)?.name,
        None => String::new(),
    };
    Ok(Loaded {
        vendor: vendors::vendor(conn, &scope.organization, &assessment.vendor_id)?,
        evaluation: approvals::latest_evaluation(conn, &chosen)?.ok_or(Error::NotFound)?,
        applications: approvals::applications_of(conn, &case.id)?,
        staff: accounts::staff_of(conn, &scope.organization)?,
        service,
        assessment,
        case,
    })
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(case): Path<String>, query: Query) -> Result {
    let loaded = load(&app, &person, &case).await?;
    let shown = shown(&app, &person, &loaded, &Form::default(), Problems::default())?;
    let frame = Frame::staff(&person, "申請と審査", "/cases").with_done(&query);
    page::render(&app, "approvals/application.html", &frame, &shown)
}

/// Whether the path asks for a manager of the service to be named.
#[must_use]
pub fn manager_needed(path: &PolicyPath) -> bool {
    path.names_manager
}

/// Whether a person may decide the step at hand.
///
/// # Errors
/// The conflict, in words.
pub fn check_decider(
    person: &Person,
    loaded: &Loaded,
    step: &ApprovalStep,
) -> std::result::Result<(), String> {
    let Some((application, decisions)) = loaded.current() else { return Ok(()) };
    let earlier: Vec<StaffId> = decisions.iter().map(|decision| decision.decided_by.clone()).collect();
    let route = Route {
        applicant: &application.applicant_id,
        evaluator: Some(&loaded.evaluation.fixed_by),
        earlier: &earlier,
        roles: &step.roles,
    };
    may_decide(&person.staff.id, &person.roles, route).map_err(|conflict| conflict.to_string())
}

/// The page of an application, with the form as it was typed.
///
/// # Errors
/// A profile that is gone, or a stored score that cannot be read.
pub fn shown(app: &App, person: &Person, loaded: &Loaded, form: &Form, problems: Problems) -> Result<Page> {
    let profile = &policy::profile_of_case(app, &loaded.case)?;
    let path = path_of(profile, &loaded.case)?;
    let score: Score = serde_json::from_str(&loaded.evaluation.score)
        .map_err(|error| Error::internal("stored score", error))?;
    let open = loaded.current().filter(|(application, _)| application.closed_at.is_none());
    let decided = open.map_or(0, |(_, decisions)| decisions.len());
    let step =
        path.approval.get(decided).filter(|_| open.is_some() && loaded.case.state == CaseState::Applied);
    let checked = step.map(|step| check_decider(person, loaded, step));
    let shown_application = loaded.current();
    Ok(Page {
        case: loaded.case.id.to_string(),
        title: loaded.case.title.clone(),
        state: loaded.case.state.label(),
        path: path.name.clone(),
        class: policy::class_name(profile, &loaded.case.class).to_owned(),
        vendor: if loaded.service.is_empty() {
            loaded.vendor.name.clone()
        } else {
            format!("{}「{}」", loaded.vendor.name, loaded.service)
        },
        assessment: format!("/cases/{}/assessments/{}", loaded.case.id, loaded.assessment.id),
        figures: Some(crate::review::figures(&score)),
        sections: score
            .sections
            .iter()
            .map(|s| {
                (
                    s.name.clone(),
                    s.conformity.map_or_else(|| "対象外".to_owned(), |ratio| format!("{ratio}％")),
                )
            })
            .collect(),
        judgement: loaded.evaluation.judgement.clone(),
        judged_by: format!(
            "{}　{}",
            loaded.name(&loaded.evaluation.fixed_by),
            page::moment(loaded.evaluation.fixed_at.get())
        ),
        purpose: shown_application.map_or(String::new(), |(application, _)| application.purpose.clone()),
        applied: shown_application.map_or(String::new(), |(application, _)| {
            format!(
                "{}　{}",
                loaded.name(&application.applicant_id),
                page::moment(application.submitted_at.get())
            )
        }),
        route: path
            .approval
            .iter()
            .enumerate()
            .map(|(index, step)| {
                let decision = shown_application.and_then(|(_, decisions)| decisions.get(index));
                StepShown {
                    name: step.name.clone(),
                    roles: step
                        .roles
                        .iter()
                        .map(|role| policy::role_name(profile, role))
                        .collect::<Vec<_>>()
                        .join("又は"),
                    clause: policy::clause_number(app, profile, &step.requirement).unwrap_or_default(),
                    result: decision.map_or(String::new(), |d| {
                        format!(
                            "{}　{}　{}",
                            d.outcome.label(),
                            loaded.name(&d.decided_by),
                            page::moment(d.decided_at.get())
                        )
                    }),
                    text: decision.map_or(String::new(), |d| {
                        if d.conditions.is_empty() { d.reason.clone() } else { d.conditions.clone() }
                    }),
                }
            })
            .collect(),
        earlier: loaded
            .applications
            .iter()
            .skip(1)
            .flat_map(|(_, decisions)| decisions)
            .map(|d| format!("{}　{}：{}", page::day(d.decided_at.get()), d.outcome.label(), d.reason))
            .collect(),
        may_apply: loaded.case.state == CaseState::Evaluated
            && person.may(Permission::Apply)
            && person.roles.iter().any(|role| path.applicants.contains(role)),
        may_decide: person.may(Permission::Decide) && matches!(checked, Some(Ok(()))),
        conflict: match &checked {
            Some(Err(words)) => words.clone(),
            _ => String::new(),
        },
        manager_needed: manager_needed(path),
        managers: loaded
            .staff
            .iter()
            .filter(|s| s.disabled_at.is_none())
            .map(|s| (s.id.to_string(), format!("{}　{}", s.position, s.name)))
            .collect(),
        outcomes: Outcome::ALL.iter().map(|outcome| (outcome.as_str(), outcome.label())).collect(),
        values: page::values(form),
        problems,
    })
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(case): Path<String>, form: Form) -> Result {
    let loaded = load(&app, &person, &case).await?;
    let mut problems = Problems::default();
    let purpose = form.required("purpose", "利用の目的及び業務", 1_000, &mut problems);
    if !problems.is_empty() {
        let frame = Frame::staff(&person, "申請と審査", "/cases").with_problems(&problems);
        let shown = shown(&app, &person, &loaded, &form, problems)?;
        return page::render_problems(&app, "approvals/application.html", &frame, &shown);
    }
    apply(&app, &person, loaded, purpose).await?;
    Ok(page::redirect(&format!("/cases/{case}/application?done=applied")))
}

/// Applies for use.
///
/// # Errors
/// A refusal, [`Error::Forbidden`] without the role, [`Error::Stale`], or the database.
pub async fn apply(app: &App, person: &Person, loaded: Loaded, purpose: String) -> Result<ApplicationId> {
    let profile = &policy::profile_of_case(app, &loaded.case)?;
    let path = path_of(profile, &loaded.case)?;
    if !person.roles.iter().any(|role| path.applicants.contains(role)) {
        return Err(Error::Forbidden);
    }
    let command = Command::Apply {
        steps: path.approval.len(),
        purpose_chars: questionnaires::japanese::text::char_count(&purpose),
    };
    let event = case::decide(loaded.case.state, &command)
        .map_err(|refusal| policy::refusal(app, profile, &refusal))?;
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let row = Application {
        id: ApplicationId::new(app.uuid()),
        organization_id: loaded.case.organization_id.clone(),
        case_id: loaded.case.id.clone(),
        assessment_id: loaded.assessment.id.clone(),
        evaluation_id: loaded.evaluation.id.clone(),
        content_hash: shown_hash(&loaded.evaluation, &purpose),
        purpose,
        applicant_id: person.staff.id.clone(),
        submitted_at: recorder.at.into(),
        closed_at: None,
    };
    let (id, case) = (row.id.clone(), loaded.case);
    app.db
        .write(move |conn| {
            approvals::insert_application(conn, &row)?;
            if let Event::Moved(next) = event {
                cases::move_case(conn, &case.id, case.version, next, recorder.at)?;
            }
            let detail = json!({ "content": row.content_hash });
            recorder.record(
                conn,
                "case.applied",
                ("application", row.id.as_str()),
                Some(&case.id),
                detail,
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(id)
}

/// Hash of what the approver is shown.
#[must_use]
pub fn shown_hash(evaluation: &Evaluation, purpose: &str) -> String {
    sha256_hex(format!("{}:{}:{purpose}", evaluation.content_hash, purpose.len()).as_bytes())
}
