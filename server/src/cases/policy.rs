//! The policy under which a case runs: profile, criteria, vocabulary, and clause numbers for people.

use questionnaires::condition::Vocabulary;
use questionnaires::policy::{Profile, Role};
use questionnaires::scoring::Criteria;
use store::accounts::Organization;
use store::cases::Case;

use crate::app::App;
use crate::error::{Error, Result};

/// The profile of an organisation, for what it begins now.
///
/// # Errors
/// A profile that the installation no longer has.
pub fn profile_of<'a>(app: &'a App, organization: &Organization) -> Result<&'a Profile> {
    by_id(app, &organization.profile)
}

/// The profile with which a case was opened.
///
/// # Errors
/// A profile that the installation no longer has.
pub fn profile_of_case<'a>(app: &'a App, case: &Case) -> Result<&'a Profile> {
    by_id(app, &case.profile)
}

fn by_id<'a>(app: &'a App, id: &str) -> Result<&'a Profile> {
    app.content.profile(id).ok_or_else(|| Error::internal("profile", format!("no profile {id}")))
}

/// The criteria of a profile.
///
/// # Errors
/// A profile without criteria.
pub fn criteria_of<'a>(app: &'a App, profile: &Profile) -> Result<&'a Criteria> {
    app.content
        .criteria_for(&profile.id)
        .next()
        .ok_or_else(|| Error::internal("criteria", format!("no criteria for {}", profile.id)))
}

/// Names and types of everything that conditions of a profile may ask about.
#[must_use]
pub fn vocabulary(app: &App, profile: &Profile) -> Vocabulary {
    app.content.vocabulary(profile)
}

/// The clause number that a requirement has in a profile, as printed.
#[must_use]
pub fn clause_number(app: &App, profile: &Profile, requirement: &str) -> Option<String> {
    app.content.clause_number(profile, requirement).map(|number| number.printed.clone())
}

/// A refusal of the domain in the words of a case's policy.
#[must_use]
pub fn refusal(app: &App, profile: &Profile, refusal: &domain::case::Refusal) -> Error {
    Error::refused(refusal, refusal.requirement.and_then(|id| clause_number(app, profile, id)))
}

/// Name of a class.
#[must_use]
pub fn class_name<'a>(profile: &'a Profile, id: &'a str) -> &'a str {
    profile.classes.iter().find(|class| class.id == id).map_or(id, |class| &class.name)
}

/// Name of a path.
#[must_use]
pub fn path_name<'a>(profile: &'a Profile, id: &'a str) -> &'a str {
    profile.paths.iter().find(|path| path.id == id).map_or(id, |path| &path.name)
}

/// Name of a role.
#[must_use]
pub fn role_name<'a>(profile: &'a Profile, id: &'a str) -> &'a str {
    profile.roles.iter().find(|role: &&Role| role.id == id).map_or(id, |role| &role.name)
}
