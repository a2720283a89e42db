//! Sending a questionnaire: a pre-flight that names what is missing, then one transaction.

use axum::extract::{Path, State};
use domain::case::{self, AssessmentState, Command, State as CaseState};
use domain::ids::{AssessmentId, CaseId, InvitationId, QuestionnaireId, VendorId};
use domain::respondent::Role;
use domain::trail::sha256_hex;
use jiff::Timestamp;
use jiff::civil::Date;
use questionnaires::japanese::business_day::{Calendar, add_open_days, open_days_between};
use questionnaires::japanese::date::{parse_date, wareki_long};
use questionnaires::japanese::search_key::search_key;
use questionnaires::question::{Questionnaire, form as question_form};
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Assessment, Invitation, QuestionnaireRow};
use store::cases::{self, Case};
use store::vendors::{self, Service, Vendor};
use store::{Scope, outbox};

use super::{answer, mail};
use crate::access::Person;
use crate::app::{App, japan};
use crate::cases::registration;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query};
use crate::policy::held as policy;
use crate::recording::Recorder;

/// Hour of the day at which answers are due.
const DUE_HOUR: i8 = 17;
/// How long a link may open anything.
const LONGEST: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);
/// Vendors offered on the page; a search narrows them.
const OFFERED: i64 = 200;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// What will be asked.
    pub questions: usize,
    /// By topic.
    pub sections: Vec<(String, usize)>,
    /// Vendors with their services.
    pub vendors: Vec<Choice>,
    /// Text that the vendors are narrowed by.
    pub text: String,
    /// Whether there are more vendors than the page offers.
    pub more: bool,
    /// Due day as typed or proposed.
    pub due: String,
    /// How the due day reads, and how many open days are left.
    pub due_words: String,
    /// What stands in the way, in words; empty when the case can be sent.
    pub blocked: String,
    /// Whether mail can be sent, or staff hand the link over.
    pub has_mail: bool,
    /// Whether staff answer, so that nothing is sent.
    pub by_staff: bool,
    /// Problems.
    pub problems: Problems,
}

/// A vendor to choose.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// Value: vendor id, or vendor and service id.
    pub value: String,
    /// Name, with the service.
    pub label: String,
    /// Addressee.
    pub contact: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What will be sent: the frozen form of the questionnaire.
pub struct Prepared {
    /// The case.
    pub case: Case,
    /// The questionnaire.
    pub questionnaire: Questionnaire,
}

/// Puts the questionnaire of a case together.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub async fn prepare(app: &App, scope: Scope, id: CaseId) -> Result<Prepared> {
    let (case, stored) = app
        .db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &id)?;
            let facts = cases::facts(conn, &id)?;
            Ok::<_, Error>((case, facts))
        })
        .await?;
    let profile = &policy::profile_of_case(app, &case)?;
    let criteria = profile.criteria()?;
    let facts = registration::facts_from_text(app, &stored);
    let questionnaire = question_form(&profile.content, profile, criteria, &facts);
    Ok(Prepared { case, questionnaire })
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(id): Path<String>, query: Query) -> Result {
    let prepared = prepare(&app, person.scope(), page::id(&id)?).await?;
    let profile = &policy::profile_of_case(&app, &prepared.case)?;
    let days = profile.limits.get("answer_days_default").copied().unwrap_or(14);
    let due = add_open_days(&Calendar::default(), app.today(), days);
    let blank = Form::from_pairs([
        ("due", questionnaires::japanese::date::wareki_short(due)),
        ("q", query.get("q").unwrap_or_default().to_owned()),
    ]);
    let shown = show(&app, &person, &prepared, &blank, Problems::default()).await?;
    page::render(&app, "assessments/issue.html", &Frame::staff(&person, "調査票の送付", "/cases"), &shown)
}

async fn show(
    app: &App,
    person: &Person,
    prepared: &Prepared,
    form: &Form,
    problems: Problems,
) -> Result<Page> {
    let organization = person.organization.id.clone();
    let key = search_key(form.text("q"));
    let offered = app
        .db
        .read(move |conn| {
            let found = vendors::vendors(conn, &organization, &key, None, OFFERED)?;
            let mut offered = Vec::new();
            for vendor in found {
                let services = vendors::services_of(conn, &organization, &vendor.id)?;
                offered.push((vendor, services));
            }
            Ok::<_, Error>(offered)
        })
        .await?;
    let chosen = form.all("vendor");
    let due = parse_date(form.text("due")).ok();
    let now = app.now();
    let command = Command::Issue {
        classified: is_classified(&prepared.case),
        invitations: 1,
        questions: prepared.questionnaire.questions().count(),
        due: now.checked_add(jiff::SignedDuration::from_hours(1)).unwrap_or(now),
        now,
    };
    Ok(Page {
        case: prepared.case.id.to_string(),
        title: prepared.case.title.clone(),
        questions: prepared.questionnaire.questions().count(),
        sections: prepared
            .questionnaire
            .sections
            .iter()
            .map(|s| (s.name.clone(), s.questions.len()))
            .collect(),
        vendors: offered.iter().flat_map(|(vendor, services)| choices(vendor, services, chosen)).collect(),
        text: form.text("q").to_owned(),
        more: i64::try_from(offered.len()).is_ok_and(|count| count >= OFFERED),
        due: form.text("due").to_owned(),
        due_words: due.map_or(String::new(), |due| due_words(app.today(), due)),
        blocked: case::decide(prepared.case.state, &command)
            .err()
            .map_or(String::new(), |refusal| refusal.missing),
        has_mail: app.config.mail.is_some(),
        by_staff: answer::by_staff(&*policy::profile_of_case(app, &prepared.case)?, &prepared.case),
        problems,
    })
}

fn choices(vendor: &Vendor, services: &[Service], chosen: &[String]) -> Vec<Choice> {
    let choice = |value: String, label: String| Choice {
        chosen: chosen.contains(&value),
        value,
        label,
        contact: mail::addressee(&vendor.contact_name, &vendor.contact_mail),
    };
    if services.is_empty() {
        return vec![choice(vendor.id.to_string(), vendor.name.clone())];
    }
    services
        .iter()
        .map(|service| {
            choice(format!("{} {}", vendor.id, service.id), format!("{}「{}」", vendor.name, service.name))
        })
        .collect()
}

fn due_words(today: Date, due: Date) -> String {
    let left = open_days_between(&Calendar::default(), today, due);
    format!("{}{DUE_HOUR}時まで（あと{left}開庁日）", wareki_long(due))
}

fn is_classified(case: &Case) -> bool {
    !case.class.is_empty() && !case.path.is_empty()
}

/// The last instant at which an answer counts.
///
/// # Errors
/// A day that has no such instant.
pub fn due_instant(day: Date) -> Result<Timestamp> {
    day.at(DUE_HOUR, 0, 0, 0)
        .to_zoned(japan())
        .map(|zoned| zoned.timestamp())
        .map_err(|error| Error::internal("due time", error))
}

/// POST
pub async fn submit(State(app): State<App>, person: Person, Path(id): Path<String>, form: Form) -> Result {
    let prepared = prepare(&app, person.scope(), page::id(&id)?).await?;
    let mut problems = Problems::default();
    let due = match parse_date(form.text("due")) {
        Ok(day) => Some(due_instant(day)?),
        Err(problem) => {
            problems.add("due", format!("回答期限：{problem}"));
            None
        }
    };
    if due.is_some_and(|due| due <= app.now()) {
        problems.add("due", "回答期限は、これから先の日を入力してください");
    }
    let recipients: Vec<(VendorId, Option<domain::ids::ServiceId>)> =
        form.all("vendor").iter().filter_map(|value| recipient(value)).collect();
    if recipients.is_empty() {
        problems.add("vendor", "送付する事業者を選んでください");
    } else if recipients.len() != form.all("vendor").len() {
        problems.add("vendor", "送付する事業者を一覧から選び直してください");
    }
    let mut once = std::collections::BTreeSet::new();
    if !recipients.iter().all(|(vendor, _)| once.insert(vendor.clone())) {
        problems.add("vendor", "1つの事業者には、1つのサービスだけを選んでください");
    }
    let Some(due) = due.filter(|_| problems.is_empty()) else {
        let frame = Frame::staff(&person, "調査票の送付", "/cases").with_problems(&problems);
        let shown = show(&app, &person, &prepared, &form, problems).await?;
        return page::render_problems(&app, "assessments/issue.html", &frame, &shown);
    };
    let case = prepared.case.id.clone();
    issue(&app, &person, prepared, recipients, due).await?;
    Ok(page::redirect(&format!("/cases/{case}?done=issued")))
}

fn recipient(value: &str) -> Option<(VendorId, Option<domain::ids::ServiceId>)> {
    match value.split_once(' ') {
        Some((vendor, service)) => Some((vendor.parse().ok()?, Some(service.parse().ok()?))),
        None => Some((value.parse().ok()?, None)),
    }
}

/// Freezes the questionnaire and writes assessments, invitations, mails and trail in one transaction.
///
/// # Errors
/// A refusal, [`Error::Stale`], [`Error::NotFound`] for a vendor of somebody else, or the database.
pub async fn issue(
    app: &App,
    person: &Person,
    prepared: Prepared,
    recipients: Vec<(VendorId, Option<domain::ids::ServiceId>)>,
    due: Timestamp,
) -> Result<Vec<AssessmentId>> {
    let Prepared { case, questionnaire } = prepared;
    let profile = &policy::profile_of_case(app, &case)?;
    let command = Command::Issue {
        classified: is_classified(&case),
        invitations: recipients.len(),
        questions: questionnaire.questions().count(),
        due,
        now: app.now(),
    };
    case::decide(case.state, &command).map_err(|refusal| policy::refusal(app, profile, &refusal))?;
    let snapshot = serde_json::to_string(&questionnaire)
        .map_err(|error| Error::internal("questionnaire snapshot", error))?;
    let by_staff = answer::by_staff(profile, &case);
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let row = QuestionnaireRow {
        id: QuestionnaireId::new(app.uuid()),
        organization_id: case.organization_id.clone(),
        case_id: case.id.clone(),
        content_hash: sha256_hex(snapshot.as_bytes()),
        questions: i64::try_from(questionnaire.questions().count()).unwrap_or(i64::MAX),
        snapshot,
        created_at: recorder.at.into(),
    };
    let (app, person) = (app.clone(), person.clone());
    app.clone()
        .db
        .write(move |conn| {
            assessments::insert_questionnaire(conn, &row)?;
            let mut issued = Vec::new();
            for (vendor, service) in recipients {
                let vendor = vendors::vendor(conn, &case.organization_id, &vendor)?;
                if let Some(service) = &service
                    && vendors::service(conn, &case.organization_id, service)?.vendor_id != vendor.id
                {
                    return Err(Error::NotFound);
                }
                let assessment = Assessment {
                    id: AssessmentId::new(app.uuid()),
                    organization_id: case.organization_id.clone(),
                    case_id: case.id.clone(),
                    vendor_id: vendor.id.clone(),
                    service_id: service,
                    questionnaire_id: row.id.clone(),
                    state: AssessmentState::Issued,
                    due_at: due.into(),
                    issued_by: person.staff.id.clone(),
                    issued_at: recorder.at.into(),
                    started_at: None,
                    submitted_at: None,
                    receipt_number: None,
                    submitted_by: None,
                    version: 1,
                    return_reason: None,
                };
                assessments::insert_assessment(conn, &assessment)?;
                if !by_staff {
                    invite(conn, &app, &person, &case, &assessment, &vendor, recorder.at)?;
                }
                let detail = json!({ "vendor": vendor.id, "due": due, "questionnaire": row.content_hash });
                recorder.record(
                    conn,
                    "assessment.issued",
                    ("assessment", assessment.id.as_str()),
                    Some(&case.id),
                    detail,
                )?;
                issued.push(assessment.id);
            }
            cases::move_case(conn, &case.id, case.version, CaseState::Issued, recorder.at)?;
            recorder.record(
                conn,
                "case.issued",
                ("case", case.id.as_str()),
                Some(&case.id),
                json!({ "vendors": issued.len() }),
            )?;
            Ok::<_, Error>(issued)
        })
        .await
}

/// Until when an invitation opens its questionnaire: some days longer than answers are due, so that late ones see why,
/// and never longer than [`LONGEST`] from `now`; who needs it later gets another one.
#[must_use]
pub fn open_until(profile: &questionnaires::policy::Profile, due: Timestamp, now: Timestamp) -> Timestamp {
    let grace = i64::from(profile.limits.get("answer_grace_days").copied().unwrap_or(0));
    let until = due.checked_add(jiff::SignedDuration::from_hours(24 * grace)).unwrap_or(due);
    until.min(now.checked_add(LONGEST).unwrap_or(now))
}

/// Makes an invitation with its mail; the link is only in the mail.
///
/// # Errors
/// The database or the template.
pub fn invite(
    conn: &mut store::Conn,
    app: &App,
    person: &Person,
    case: &Case,
    assessment: &Assessment,
    vendor: &Vendor,
    now: Timestamp,
) -> Result<()> {
    let profile = &policy::profile_of_case(app, case)?;
    let (token, token_hash) = app.link_secret();
    let invitation = Invitation {
        id: InvitationId::new(app.uuid()),
        organization_id: case.organization_id.clone(),
        assessment_id: assessment.id.clone(),
        token_hash,
        name: vendor.contact_name.clone(),
        mail: vendor.contact_mail.clone(),
        expires_at: open_until(profile, assessment.due_at.get(), now).into(),
        redeemed_at: None,
        revoked_at: None,
        created_at: now.into(),
        on_behalf_of: None,
        role: Role::Manager,
        sections: None,
        invited_by: None,
        address: Some(vendor.contact_mail.to_lowercase()).filter(|address| !address.is_empty()),
    };
    assessments::insert_invitation(conn, &invitation)?;
    let message = mail::invitation(app, person, case, assessment, vendor, &invitation, &token, now)?;
    outbox::enqueue(conn, &message)?;
    Ok(())
}
