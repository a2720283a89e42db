//! 職員による回答: on some paths nobody asks the provider, staff answer from what it publishes.
//!
//! The same pages and the same rules as for a vendor serve: the person gets an invitation of their own, redeemed at
//! once, so that every answer names who gave it.

use axum::extract::{Path, State};
use axum::http::header;
use domain::ids::{AssessmentId, CaseId, InvitationId};
use domain::language::Language;
use domain::respondent::Role;
use questionnaires::policy::{AnsweredBy, Profile};
use serde_json::json;
use store::assessments::{self, Assessment, Invitation};
use store::cases::{self, Case};

use crate::access::{Cookie, Person};
use crate::app::App;
use crate::error::{Error, Result};
use crate::page;
use crate::policy::held;
use crate::recording::Recorder;

/// Whether staff answer the questions of a case.
#[must_use]
pub fn by_staff(profile: &Profile, case: &Case) -> bool {
    profile.paths.iter().any(|path| path.id == case.path && path.answered_by == AnsweredBy::Staff)
}

/// POST
pub async fn begin(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
) -> Result {
    let (case, assessment) = (page::id::<CaseId>(&case)?, page::id::<AssessmentId>(&assessment)?);
    let scope = person.scope();
    let (case, assessment) = app
        .db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let assessment = assessments::assessment_of_case(conn, &case.id, &assessment)?;
            Ok::<_, Error>((case, assessment))
        })
        .await?;
    if !by_staff(&*held::profile_of_case(&app, &case)?, &case) {
        return Err(Error::Refused {
            message: "この案件の調査票には、事業者が案内から回答します。".into(),
            clause: None,
        });
    }
    let name = format!("{}　{}", person.staff.position, person.staff.name);
    open(&app, &person, &case, &assessment, Entry { name, on_behalf_of: None, detail: json!({}) }).await
}

/// Who enters answers, and whose they are.
pub(super) struct Entry {
    /// Name that stands at every answer.
    pub name: String,
    /// See [`Invitation::on_behalf_of`].
    pub on_behalf_of: Option<String>,
    /// For the trail.
    pub detail: serde_json::Value,
}

/// Opens the pages of a vendor for a member of staff.
pub(super) async fn open(
    app: &App,
    person: &Person,
    case: &Case,
    assessment: &Assessment,
    entry: Entry,
) -> Result {
    let recorder = Recorder::new(app, &person.organization.id, person.actor());
    let (_, token_hash) = app.secret();
    let (session, session_hash) = app.secret();
    let action = match entry.on_behalf_of {
        Some(_) => "assessment.answered_on_behalf",
        None => "assessment.answered_by_staff",
    };
    let invitation = Invitation {
        id: InvitationId::new(app.uuid()),
        organization_id: case.organization_id.clone(),
        assessment_id: assessment.id.clone(),
        token_hash,
        name: entry.name,
        mail: person.staff.mail.clone(),
        expires_at: assessment.due_at.clone(),
        redeemed_at: None,
        revoked_at: None,
        created_at: recorder.at.into(),
        on_behalf_of: entry.on_behalf_of,
        role: Role::Manager,
        sections: None,
        invited_by: None,
        // Nobody of the vendor: it is found by no address.
        address: None,
    };
    let case = case.id.clone();
    app.db
        .write(move |conn| {
            assessments::insert_invitation(conn, &invitation)?;
            // Staff enter what came on paper, whatever the vendor reads.
            assessments::redeem(
                conn,
                &invitation,
                &session_hash,
                (false, Some(Language::Japanese)),
                recorder.at,
            )?;
            let object = ("assessment", invitation.assessment_id.as_str());
            recorder.record(conn, action, object, Some(&case), entry.detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    let mut response = page::redirect("/v");
    if let Some(cookie) = Cookie::Vendor.set(app, &session) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
