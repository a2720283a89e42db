//! The edition of the policy under which something runs, and its words for people.

use std::ops::Deref;
use std::sync::Arc;

use questionnaires::condition::Vocabulary;
use questionnaires::content::Content;
use questionnaires::policy::{Profile, Role};
use questionnaires::scoring::Criteria;
use store::accounts::Organization;
use store::cases::Case;

use crate::app::App;
use crate::error::{Error, Result};

/// An edition of a policy with the content that it belongs to; reads like a [`Profile`].
#[derive(Clone)]
pub struct Held {
    /// Everything that the organisation has in force.
    pub content: Arc<Content>,
    profile: Arc<Profile>,
}

impl Deref for Held {
    type Target = Profile;
    fn deref(&self) -> &Profile {
        &self.profile
    }
}

impl Held {
    /// The criteria of the policy.
    ///
    /// # Errors
    /// A profile without criteria; does not happen with content that was loaded.
    pub fn criteria(&self) -> Result<&Criteria> {
        let criteria = self.content.criteria_for(&self.id).next();
        criteria.ok_or_else(|| Error::internal("criteria", format!("no criteria for {}", self.id)))
    }

    /// Names and types of everything that conditions may ask about.
    #[must_use]
    pub fn vocabulary(&self) -> Vocabulary {
        self.content.vocabulary(self)
    }
}

/// The edition in force today, for what an organisation begins now.
///
/// # Errors
/// A profile that the installation no longer has.
pub fn profile_of(app: &App, organization: &Organization) -> Result<Held> {
    let content = app.content_of(&organization.id);
    let profile = content.in_force(&organization.profile, app.today()).cloned();
    held(content, profile, &organization.profile)
}

/// The edition with which a case was opened.
///
/// # Errors
/// An edition that the installation no longer has.
pub fn profile_of_case(app: &App, case: &Case) -> Result<Held> {
    let content = app.content_of(&case.organization_id);
    let profile = content.edition(&case.profile, &case.profile_edition).cloned();
    held(content, profile, &format!("{}@{}", case.profile, case.profile_edition))
}

fn held(content: Arc<Content>, profile: Option<Profile>, name: &str) -> Result<Held> {
    let profile = profile.ok_or_else(|| Error::internal("profile", format!("no profile {name}")))?;
    Ok(Held { content, profile: Arc::new(profile) })
}

/// The clause number that a requirement has in a profile, as printed.
#[must_use]
pub fn clause_number(app: &App, profile: &Profile, requirement: &str) -> Option<String> {
    app.content.clause_number(profile, requirement).map(|number| number.printed)
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
