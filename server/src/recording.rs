//! Trail rows as use cases write them: who and when are known once, what changes from call to call.

use domain::ids::{CaseId, OrganizationId, TrailId};
use domain::trail::{Actor, Entry};
use jiff::Timestamp;
use serde_json::Value;
use store::{Conn, trail};

use crate::app::App;

/// Who acts, for whom and when; carried into the transaction of the change.
#[derive(Clone)]
pub struct Recorder {
    app: App,
    /// Whose trail.
    pub organization: OrganizationId,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

impl Recorder {
    /// Begins recording for one act.
    #[must_use]
    pub fn new(app: &App, organization: &OrganizationId, actor: Actor) -> Self {
        Self { app: app.clone(), organization: organization.clone(), actor, at: app.now() }
    }

    /// Appends a row in the transaction of the change.
    ///
    /// # Errors
    /// The database.
    pub fn record(
        &self,
        conn: &mut Conn,
        action: &'static str,
        object: (&'static str, &str),
        case: Option<&CaseId>,
        detail: Value,
    ) -> store::Result<()> {
        let entry = Entry {
            organization: self.organization.clone(),
            at: self.at,
            actor: self.actor.clone(),
            action,
            object: (object.0, object.1.to_owned()),
            case: case.cloned(),
            detail,
            request: crate::http::current_request_id(),
        };
        trail::append(conn, TrailId::new(self.app.uuid()), &entry)
    }
}
