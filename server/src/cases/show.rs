//! The hub of a case: where it stands, what comes next, what blocks it.

use axum::extract::{Path, State};
use domain::case::{AssessmentState, State as CaseState};
use domain::ids::CaseId;
use domain::permission::Permission;
use questionnaires::condition::Subject;
use questionnaires::policy::{FactKind, FactValue, Profile};
use questionnaires::scoring::Score;
use serde::Serialize;
use store::assessments::{self, Assessment};
use store::cases::{self, Case, Information};
use store::conversation::{self, VendorRequest};
use store::vendors::Vendor;
use store::{accounts, approvals, contracts, inquiries, ledger, trail};

use super::registration;
use crate::access::Person;
use crate::app::App;
use crate::conversation::settle::{self, CaseRequest};
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::policy::held as policy;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Id.
    pub id: String,
    /// 案件番号
    pub number: String,
    /// 件名
    pub title: String,
    /// State word.
    pub state: &'static str,
    /// State id.
    pub state_id: &'static str,
    /// Steps of the life.
    pub steps: Vec<Step>,
    /// What comes next.
    pub next: Next,
    /// 主管課
    pub department: String,
    /// Who opened it.
    pub officer: String,
    /// Path name, its clause number, and why the case takes it.
    pub path: String,
    /// Clause number.
    pub path_clause: String,
    /// Why.
    pub path_because: String,
    /// Class name.
    pub class: String,
    /// Edition of the profile.
    pub edition: String,
    /// Facts in words.
    pub facts: Vec<(String, String)>,
    /// Information in words.
    pub information: Vec<InformationShown>,
    /// Vendors that were asked.
    pub assessments: Vec<AssessmentShown>,
    /// What vendors have asked for, latest first.
    pub requests: Vec<CaseRequest>,
    /// Documents.
    pub documents: Vec<DocumentShown>,
    /// Latest rows of the trail.
    pub trail: Vec<TrailShown>,
    /// Whether the registration may be changed.
    pub may_edit: bool,
    /// Whether the application page has something to show.
    pub has_application: bool,
    /// Whether vendors can ask, or a question waits.
    pub has_inquiries: bool,
    /// Questions of vendors that wait for an answer.
    pub waiting_inquiries: i64,
    /// Whether the due time can be moved.
    pub may_extend: bool,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
    /// Whether the clauses page is open.
    pub has_clauses: bool,
}

/// One step of the life of a case.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Words.
    pub label: &'static str,
    /// `done`, `current` or `ahead`.
    pub standing: &'static str,
}

/// What comes next.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Next {
    /// One sentence.
    pub text: String,
    /// Address of the act; empty when it is somebody else's turn.
    pub href: String,
    /// Words on the link.
    pub label: String,
}

/// Information of the case.
#[derive(Debug, Clone, Serialize)]
pub struct InformationShown {
    /// Name.
    pub name: String,
    /// Contents.
    pub contents: String,
    /// Amount with separators.
    pub amount: String,
    /// Class name.
    pub class: String,
    /// Whether it is personal.
    pub personal: bool,
}

/// An assessment in the list.
#[derive(Debug, Clone, Serialize)]
pub struct AssessmentShown {
    /// Id.
    pub id: String,
    /// Vendor name.
    pub vendor: String,
    /// State word.
    pub state: &'static str,
    /// State id.
    pub state_id: &'static str,
    /// Due.
    pub due: String,
    /// Receipt number.
    pub receipt: String,
    /// Figures, once submitted.
    pub figures: Option<Figures>,
    /// Whether staff can answer it now.
    pub to_answer: bool,
    /// Whether it has an invitation to look after.
    pub invited: bool,
    /// Whether the vendor does not answer.
    pub declined: bool,
    /// Whether it can go back to the vendor.
    pub may_return: bool,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// The three figures.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// 必須不適合
    pub knockouts: usize,
    /// 適合率 in words.
    pub conformity: String,
    /// 未回答・未確認
    pub open: usize,
    /// Verdict in words.
    pub verdict: &'static str,
    /// Verdict id.
    pub verdict_id: &'static str,
}

/// A document in the list.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentShown {
    /// Id.
    pub id: String,
    /// Title with version.
    pub title: String,
    /// Version.
    pub version: i64,
    /// When.
    pub created: String,
    /// First digits of the SHA-256.
    pub sha256: String,
}

/// A row of the trail.
#[derive(Debug, Clone, Serialize)]
pub struct TrailShown {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub what: &'static str,
}

struct Loaded {
    case: Case,
    facts: Vec<(String, String)>,
    information: Vec<Information>,
    assessments: Vec<(Assessment, Vendor)>,
    scores: Vec<Option<Score>>,
    requests: Vec<Vec<VendorRequest>>,
    has_application: bool,
    documents: Vec<contracts::Document>,
    in_ledger: bool,
    waiting_inquiries: i64,
    trail: Vec<trail::TrailRow>,
    department: String,
    officer: String,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>, query: Query) -> Result {
    let shown = shown(&app, &person, load(&app, &person, &id).await?)?;
    let frame = Frame::staff(&person, shown.title.clone(), "/cases").with_done(&query);
    page::render(&app, "cases/show.html", &frame, &shown)
}

/// The page again, with what was typed in one of its forms and what is wrong with it.
///
/// # Errors
/// As the page.
pub async fn refused(app: &App, person: &Person, id: &str, form: &Form, problems: Problems) -> Result {
    let mut shown = shown(app, person, load(app, person, id).await?)?;
    let typed =
        form.fields().iter().filter_map(|(name, values)| Some((name.clone(), values.first()?.clone())));
    shown.values = typed.collect();
    let frame = Frame::staff(person, shown.title.clone(), "/cases").with_problems(&problems);
    shown.problems = problems;
    page::render_problems(app, "cases/show.html", &frame, &shown)
}

async fn load(app: &App, person: &Person, id: &str) -> Result<Loaded> {
    let (scope, id) = (person.scope(), page::id::<CaseId>(id)?);
    let today = app.today();
    app.db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &id)?;
            let assessments = assessments::assessments_of(conn, &id)?;
            let requests = assessments
                .iter()
                .map(|(own, _)| conversation::requests_of(conn, &own.id))
                .collect::<store::Result<_>>()?;
            let scores = assessments
                .iter()
                .map(|(assessment, _)| crate::review::score_of(conn, assessment, today))
                .collect::<Result<Vec<_>>>()?;
            let departments = accounts::departments(conn, &scope.organization)?;
            let department = departments
                .iter()
                .find(|d| d.id == case.department_id)
                .map_or(String::new(), |d| d.name.clone());
            let officer = accounts::staff_member(conn, &scope.organization, &case.officer_id)?.name;
            Ok::<_, Error>(Loaded {
                facts: cases::facts(conn, &id)?,
                information: cases::information(conn, &id)?,
                has_application: !approvals::applications_of(conn, &id)?.is_empty(),
                documents: contracts::documents_of(conn, &id)?,
                waiting_inquiries: inquiries::waiting_in(conn, &id)?,
                in_ledger: ledger::entry_of_case(conn, &id)?.is_some(),
                trail: trail::of_case(conn, &id, 20)?,
                case,
                assessments,
                scores,
                requests,
                department,
                officer,
            })
        })
        .await
}

fn shown(app: &App, person: &Person, loaded: Loaded) -> Result<Page> {
    let Loaded { case, .. } = &loaded;
    let profile = &policy::profile_of_case(app, case)?;
    let by_staff = crate::assessments::answer::by_staff(profile, case);
    let facts = registration::facts_from_text(app, &loaded.facts);
    let vocabulary = profile.vocabulary();
    let path = profile.paths.iter().find(|path| path.id == case.path);
    let subject = Subject { vocabulary: &vocabulary, facts: &facts, answers: &Default::default() };
    let before_evaluation =
        matches!(case.state, CaseState::Issued | CaseState::Answering | CaseState::Submitted);
    let past_evaluation = case.state >= CaseState::Evaluated && case.state != CaseState::Rejected;
    Ok(Page {
        id: case.id.to_string(),
        number: case.number.clone(),
        title: case.title.clone(),
        state: case.state.label(),
        state_id: case.state.as_str(),
        steps: steps(case.state),
        next: next(person, &loaded, profile),
        department: loaded.department.clone(),
        officer: loaded.officer.clone(),
        path: policy::path_name(profile, &case.path).to_owned(),
        path_clause: path
            .and_then(|path| policy::clause_number(app, profile, &path.requirement))
            .unwrap_or_default(),
        path_because: path.map_or(String::new(), |path| path.when.explain(&subject)),
        class: policy::class_name(profile, &case.class).to_owned(),
        edition: format!("{}（{}版）", profile.name, case.profile_edition),
        facts: app
            .content
            .facts
            .iter()
            .filter(|definition| !matches!(definition.kind, FactKind::Path | FactKind::Class { .. }))
            .filter_map(|definition| {
                let value = facts.0.get(&definition.id)?;
                let definition = profile.with_own_words(definition);
                Some((definition.label, fact_words(&definition.kind, value)))
            })
            .collect(),
        information: loaded
            .information
            .iter()
            .map(|row| InformationShown {
                name: row.name.clone(),
                contents: row.contents.clone(),
                amount: row.amount.map_or(String::new(), questionnaires::japanese::width::group_digits),
                class: policy::class_name(profile, &row.class).to_owned(),
                personal: row.personal,
            })
            .collect(),
        assessments: loaded
            .assessments
            .iter()
            .zip(&loaded.scores)
            .map(|((assessment, vendor), score)| AssessmentShown {
                id: assessment.id.to_string(),
                vendor: vendor.name.clone(),
                state: assessment.state.label(),
                state_id: assessment.state.as_str(),
                due: page::moment(assessment.due_at.get()),
                receipt: assessment.receipt_number.clone().unwrap_or_default(),
                figures: score.as_ref().map(crate::review::figures),
                to_answer: by_staff && assessment.submitted_at.is_none(),
                invited: !by_staff,
                declined: assessment.state == AssessmentState::Declined,
                may_return: case.state == CaseState::Submitted
                    && assessment.submitted_at.is_some()
                    && person.may(Permission::IssueQuestionnaire),
                chosen: case.chosen_assessment_id.as_ref() == Some(&assessment.id),
            })
            .collect(),
        requests: settle::requests_shown(person, &loaded.assessments, &loaded.requests),
        documents: loaded
            .documents
            .iter()
            .map(|document| DocumentShown {
                id: document.id.to_string(),
                title: document.title.clone(),
                version: document.version,
                created: page::moment(document.created_at.get()),
                sha256: document.sha256.chars().take(12).collect(),
            })
            .collect(),
        trail: loaded
            .trail
            .iter()
            .map(|row| TrailShown {
                at: page::moment(row.occurred_at.get()),
                actor: row.actor_name.clone(),
                what: crate::home::action_words(&row.action),
            })
            .collect(),
        may_edit: case.state == CaseState::Draft && person.may(Permission::EditCases),
        has_inquiries: !by_staff && !loaded.assessments.is_empty() || loaded.waiting_inquiries > 0,
        waiting_inquiries: loaded.waiting_inquiries,
        may_extend: before_evaluation
            && person.may(Permission::IssueQuestionnaire)
            && loaded
                .assessments
                .iter()
                .any(|(own, _)| own.submitted_at.is_none() && own.state != AssessmentState::Declined),
        values: Values::default(),
        problems: Problems::default(),
        has_application: past_evaluation || loaded.has_application,
        has_clauses: case.chosen_assessment_id.is_some() && past_evaluation,
    })
}

fn fact_words(kind: &FactKind, value: &FactValue) -> String {
    match (kind, value) {
        (_, FactValue::Flag(true)) => "はい".into(),
        (_, FactValue::Flag(false)) => "いいえ".into(),
        (FactKind::Choice { choices }, FactValue::Choice(id)) => choices
            .iter()
            .find(|choice| &choice.id == id)
            .map_or_else(|| id.clone(), |choice| choice.label.clone()),
        (_, FactValue::Choice(id)) => id.clone(),
        (FactKind::Number { unit }, FactValue::Number(number)) => format!("{number}{unit}"),
        (_, FactValue::Number(number)) => number.to_string(),
        (_, FactValue::Date(date)) => questionnaires::japanese::date::wareki_long(*date),
        (_, FactValue::Text(text)) => text.clone(),
    }
}

/// The life as people count it; conditional approval and refusal stand in the place of the approval.
fn steps(state: CaseState) -> Vec<Step> {
    use CaseState as S;
    let middle = if matches!(state, S::ConditionallyApproved | S::Rejected) { state } else { S::Approved };
    let way = [
        S::Draft,
        S::Issued,
        S::Answering,
        S::Submitted,
        S::Evaluated,
        S::Applied,
        middle,
        S::ClausesFixed,
        S::Registered,
    ];
    let here = way.iter().position(|step| *step == state).unwrap_or_default();
    way.iter()
        .enumerate()
        .map(|(index, step)| Step {
            label: step.label(),
            standing: match index.cmp(&here) {
                std::cmp::Ordering::Less => "done",
                std::cmp::Ordering::Equal => "current",
                std::cmp::Ordering::Greater => "ahead",
            },
        })
        .collect()
}

fn next(person: &Person, loaded: &Loaded, profile: &Profile) -> Next {
    use CaseState as S;
    let base = format!("/cases/{}", loaded.case.id);
    let act = |permission, text: &str, href: String, label: &str| Next {
        text: text.to_owned(),
        href: if person.may(permission) { href } else { String::new() },
        label: label.to_owned(),
    };
    let submitted = loaded.assessments.iter().find(|(assessment, _)| assessment.submitted_at.is_some());
    match loaded.case.state {
        S::Draft => act(
            Permission::IssueQuestionnaire,
            "登録内容を確認し、事業者に調査票を送付してください。",
            format!("{base}/issue"),
            "調査票の送付へ進む",
        ),
        S::Issued | S::Answering => Next {
            text: "事業者の回答を待っています。回答の状況は下の一覧で確認できます。".into(),
            ..Next::default()
        },
        S::Submitted => act(
            Permission::Evaluate,
            "提出された回答を確認し、選定する事業者の評価を確定してください。",
            submitted
                .map_or(String::new(), |(assessment, _)| format!("{base}/assessments/{}", assessment.id)),
            "回答と採点を確認する",
        ),
        S::Evaluated => act(
            Permission::Apply,
            "評価が確定しました。決裁に必要な申請をしてください。",
            format!("{base}/application"),
            "申請へ進む",
        ),
        S::Applied => {
            let step = profile
                .paths
                .iter()
                .find(|path| path.id == loaded.case.path)
                .and_then(|path| path.approval.first());
            let who = step.map_or(String::new(), |step| {
                step.roles
                    .iter()
                    .map(|role| policy::role_name(profile, role))
                    .collect::<Vec<_>>()
                    .join("又は")
            });
            act(
                Permission::Decide,
                &format!("{who}の決定を待っています。"),
                format!("{base}/application"),
                "審査へ進む",
            )
        }
        S::Approved | S::ConditionallyApproved => act(
            Permission::WriteDocuments,
            "承認されました。特記仕様書の条項を確認し、文書を生成してください。",
            format!("{base}/clauses"),
            "条項の確認へ進む",
        ),
        S::ClausesFixed if !loaded.in_ledger => act(
            Permission::WriteDocuments,
            "契約条項が確定しました。台帳に登録してください。",
            format!("{base}/clauses"),
            "台帳への登録へ進む",
        ),
        S::Rejected => Next {
            text: "不承認となりました。この案件の手続は終わりです。".into(),
            ..Next::default()
        },
        S::ClausesFixed | S::Registered => Next {
            text: "台帳に登録されています。".into(),
            href: "/ledger".into(),
            label: "台帳を開く".into(),
        },
    }
}
