//! 結果の通知: what each vendor is told, the documents handed over, their receipts.

pub mod publish;

use domain::case::{self, Command};
use domain::permission::Permission;
use serde::Serialize;
use store::Conn;
use store::assessments::Assessment;
use store::cases::Case;
use store::contracts::Document;
use store::results::{self, HandedDocument, ResultRow};
use store::vendors::Vendor;

use crate::access::Person;
use crate::error::Result;
use crate::page;

/// What has been told in a case: results, each with what was handed over.
pub type Told = Vec<(ResultRow, Vec<(HandedDocument, Document)>)>;

/// How far one vendor has been told, for the page of the case.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// Assessment id.
    pub assessment: String,
    /// Vendor.
    pub vendor: String,
    /// What was told; empty before.
    pub outcome: &'static str,
    /// When it was told.
    pub published: String,
    /// Documents with their receipts.
    pub documents: Vec<Receipt>,
    /// Whether the result can be told now.
    pub may_publish: bool,
}

/// A document handed over.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// Title with version.
    pub title: String,
    /// Who confirmed the receipt and when; empty before.
    pub received: String,
}

/// What has been told in a case; the caller has checked its scope.
///
/// # Errors
/// The database.
pub fn told(conn: &mut Conn, case: &Case) -> Result<Told> {
    let rows = results::results_of(conn, &case.id)?;
    rows.into_iter()
        .map(|row| {
            let handed = results::handed_of(conn, &row.id)?;
            Ok((row, handed))
        })
        .collect()
}

/// The same, vendor by vendor, with what can be told now.
#[must_use]
pub fn standings(person: &Person, case: &Case, all: &[(Assessment, Vendor)], told: &Told) -> Vec<Standing> {
    let standings = all.iter().map(|(assessment, vendor)| {
        let found = told.iter().find(|(row, _)| row.assessment_id == assessment.id);
        let command = command(case, assessment, found.is_some());
        Standing {
            assessment: assessment.id.to_string(),
            vendor: vendor.name.clone(),
            outcome: found.map_or("", |(row, _)| row.outcome.label()),
            published: found.map_or(String::new(), |(row, _)| page::moment(row.published_at.get())),
            documents: found.map_or(Vec::new(), |(_, handed)| handed.iter().map(receipt).collect()),
            may_publish: person.may(Permission::IssueQuestionnaire)
                && case::decide(case.state, &command).is_ok(),
        }
    });
    standings.filter(|standing| standing.may_publish || !standing.outcome.is_empty()).collect()
}

fn command(case: &Case, assessment: &Assessment, published: bool) -> Command {
    Command::Publish {
        submitted: assessment.submitted_at.is_some(),
        chosen: case.chosen_assessment_id.as_ref() == Some(&assessment.id),
        published,
    }
}

fn receipt((handed, document): &(HandedDocument, Document)) -> Receipt {
    Receipt { title: title(document), received: received(handed) }
}

/// Title and version.
#[must_use]
pub fn title(document: &Document) -> String {
    format!("{}（第{}版）", document.title, document.version)
}

/// Who confirmed the receipt and when; empty before.
#[must_use]
pub fn received(handed: &HandedDocument) -> String {
    match (&handed.received_by, &handed.received_at) {
        (Some(name), Some(at)) => format!("{name}　{}", page::moment(at.get())),
        _ => String::new(),
    }
}
