//! Reminders to vendors: some open days before answers are due, and once when the time has passed.
//!
//! Each is sent once, whatever instances run and however often: its id follows from what it is about.

use std::time::Duration;

use domain::case::State;
use jiff::{SignedDuration, Timestamp};
use questionnaires::japanese::business_day::{Calendar, open_days_between};
use questionnaires::policy::Profile;
use store::cases::Case;
use store::vendors::Vendor;
use store::{accounts, assessments, outbox};

use crate::app::{App, day_in_japan, japan};
use crate::assessments::{answer, mail};
use crate::error::{Error, Result};
use crate::policy::held as policy;

/// How often it is looked at.
const PERIOD: Duration = Duration::from_secs(60 * 30);
/// How long after the due time the vendor is still told that it has passed.
const LATE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How long before it is looked ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 60);
/// Hours of the day at which mail does not come at night.
const OFFICE_HOURS: std::ops::Range<i8> = 8..18;

/// Looks until the program ends. Without a mail server staff remind by hand, so there is nothing to run.
#[must_use]
pub fn start(app: &App) -> Option<tokio::task::JoinHandle<()>> {
    app.config.mail.as_ref()?;
    let app = app.clone();
    Some(tokio::spawn(async move {
        loop {
            if let Err(error) = run(&app, app.now()).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "reminders wait");
            }
            tokio::time::sleep(PERIOD).await;
        }
    }))
}

/// Writes the reminders that are to go out now; returns how many.
///
/// # Errors
/// The database, a profile that is gone, or a template.
pub async fn run(app: &App, now: Timestamp) -> Result<usize> {
    let calendar = Calendar::default();
    let hour = now.to_zoned(japan()).hour();
    if !calendar.is_open(day_in_japan(now)) || !OFFICE_HOURS.contains(&hour) {
        return Ok(0);
    }
    let (from, to) = (now.checked_sub(LATE).unwrap_or(now), now.checked_add(AHEAD).unwrap_or(now));
    let awaited = app.db.read(move |conn| Ok::<_, Error>(assessments::awaited(conn, from, to)?)).await?;
    let mut written = 0;
    for (assessment, vendor, case) in awaited {
        let profile = policy::profile_of_case(app, &case)?;
        if answer::by_staff(&profile, &case) || case.state >= State::Evaluated {
            continue;
        }
        let Some(kind) = due_now(&profile, &calendar, &assessment, now) else { continue };
        written += usize::from(write(app, &assessment, &vendor, &case, kind, now).await?);
    }
    Ok(written)
}

/// What a vendor is to be told now: `reminder` with the open days that it stands for, or `overdue`.
fn due_now(
    profile: &Profile,
    calendar: &Calendar,
    assessment: &assessments::Assessment,
    now: Timestamp,
) -> Option<(&'static str, i64)> {
    let due = assessment.due_at.get();
    if due < now {
        return Some(("overdue", 0));
    }
    // Nobody is reminded on the day on which the questionnaire came.
    let today = day_in_japan(now);
    if day_in_japan(assessment.issued_at.get()) >= today {
        return None;
    }
    let left = open_days_between(calendar, today, day_in_japan(due));
    let days = ["reminder_first_days", "reminder_second_days", "reminder_last_days"];
    let days = days.iter().filter_map(|name| profile.limits.get(*name)).map(|days| i64::from(*days));
    // A reminder that fell on a closed day goes out on the next open one.
    days.filter(|days| left <= *days).min().map(|days| ("reminder", days))
}

async fn write(
    app: &App,
    assessment: &assessments::Assessment,
    vendor: &Vendor,
    case: &Case,
    (template, days): (&'static str, i64),
    now: Timestamp,
) -> Result<bool> {
    let (inner, assessment, vendor, case) = (app.clone(), assessment.clone(), vendor.clone(), case.clone());
    let written = app
        .db
        .write(move |conn| {
            let organization = accounts::organization(conn, &case.organization_id)?;
            let officer = accounts::staff_member(conn, &organization.id, &case.officer_id)?.name;
            let said = mail::Notice { template, reason: "" };
            let mut message =
                mail::notice(&inner, (&organization, &officer), &case, &assessment, &vendor, &said, now)?;
            let about = format!("{} {template} {days} {}", assessment.id, assessment.due_at.get());
            message.id = mail::id_of(&about);
            Ok::<_, Error>(outbox::enqueue_once(conn, &message)?)
        })
        .await;
    match written {
        // Another instance was faster.
        Err(Error::Stale) => Ok(false),
        other => other,
    }
}
