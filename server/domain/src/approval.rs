//! Who may decide: applicant and approver are different persons, whatever roles they hold.

use crate::ids::StaffId;

/// Why a person may not decide on an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The same person applied.
    #[error("申請者本人は、承認の可否を決定できません。他の者に決裁を依頼してください。")]
    Applicant,
    /// The same person fixed the evaluation.
    #[error("評価を確定した者は、承認の可否を決定できません。他の者に決裁を依頼してください。")]
    Evaluator,
    /// The same person has decided an earlier step.
    #[error("前の段階を決定した者は、次の段階を決定できません。他の者に決裁を依頼してください。")]
    EarlierStep,
    /// None of the roles of the step is held.
    #[error("この段階を決定する権限のある役割に任命されていません。")]
    Role,
}

impl Conflict {
    /// The requirement behind the refusal.
    #[must_use]
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::Applicant | Self::Evaluator | Self::EarlierStep => "R-143",
            Self::Role => "R-091",
        }
    }
}

/// The people and roles around one decision.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// Who applied.
    pub applicant: &'a StaffId,
    /// Who fixed the evaluation, where the policy keeps that apart from the decision.
    pub evaluator: Option<&'a StaffId>,
    /// Who decided earlier steps.
    pub earlier: &'a [StaffId],
    /// Roles of the step at hand.
    pub roles: &'a [String],
}

/// Whether a person may decide.
///
/// # Errors
/// The first conflict; identity comes before roles, so that nobody is told to get another role for their own case.
pub fn may_decide(person: &StaffId, held: &[String], route: Route<'_>) -> Result<(), Conflict> {
    if person == route.applicant {
        Err(Conflict::Applicant)
    } else if route.evaluator == Some(person) {
        Err(Conflict::Evaluator)
    } else if route.earlier.contains(person) {
        Err(Conflict::EarlierStep)
    } else if held.iter().any(|role| route.roles.contains(role)) {
        Ok(())
    } else {
        Err(Conflict::Role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> StaffId {
        StaffId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn identity_counts_and_not_the_role() {
        let roles = ["approver".to_owned()];
        let held = ["approver".to_owned(), "system_manager".to_owned()];
        let route = Route {
            applicant: &person(1),
            evaluator: Some(&person(2)),
            earlier: &[person(3)],
            roles: &roles,
        };
        assert_eq!(may_decide(&person(1), &held, route), Err(Conflict::Applicant));
        assert_eq!(may_decide(&person(2), &held, route), Err(Conflict::Evaluator));
        assert_eq!(may_decide(&person(3), &held, route), Err(Conflict::EarlierStep));
        assert_eq!(may_decide(&person(4), &held[1..], route), Err(Conflict::Role));
        assert_eq!(may_decide(&person(4), &held, route), Ok(()));
    }
}
