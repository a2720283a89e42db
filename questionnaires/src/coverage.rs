//! Which requirement of a policy is met by what: the table that shows gaps before an auditor does.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::content::Content;
use crate::policy::{MetBy, Profile};

/// One requirement of a policy with everything in the content that serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// `R-077`
    pub requirement: String,
    /// Clause number as the policy prints it.
    pub printed: String,
    /// Questions that ask for it, by id.
    pub questions: Vec<String>,
    /// What disqualifies in its name: questions with a knock-out and minimum levels, by id.
    pub criteria: Vec<String>,
    /// Clauses that impose it on the contractor, by id.
    pub clauses: Vec<String>,
    /// Paths and approval steps of the policy that rest on it: `P3`, `P3 利用の許可`.
    pub steps: Vec<String>,
    /// Means that the catalogue declares and the content does not have: questions, criteria, clauses.
    pub missing: Vec<MetBy>,
    /// Declared means that the content cannot show: workflow, ledger, checklists, documents, controls.
    pub elsewhere: Vec<MetBy>,
    /// Whether something was found and nothing is missing. A requirement that is only met elsewhere is not met
    /// as far as the content can tell; whoever knows the workflow may know better.
    pub met: bool,
}

/// The table for one policy, in the order of the requirements' ids; requirements that the policy does not state
/// are left out.
///
/// `clause_links` names for each clause the requirements that it serves; the clauses live in another crate.
/// Clauses that the policy's own list of contract items names count as well.
#[must_use]
pub fn coverage(
    content: &Content,
    profile: &Profile,
    clause_links: &[(String, Vec<String>)],
) -> Vec<CoverageRow> {
    let stated = content.requirements.iter().filter_map(|requirement| {
        let number = requirement.sources.get(&profile.clause_numbers)?;
        Some((requirement, number))
    });
    let rows = stated.map(|(requirement, number)| {
        let id = requirement.id.as_str();
        let questions = questions(content, profile, id);
        let criteria = criteria(content, profile, id);
        let clauses = clauses(profile, clause_links, id);
        let steps = steps(profile, id);
        let found = |means: MetBy| match means {
            MetBy::Question => Some(!questions.is_empty()),
            MetBy::Criterion => Some(!criteria.is_empty()),
            MetBy::Clause => Some(!clauses.is_empty()),
            MetBy::Step if !steps.is_empty() => Some(true),
            MetBy::Step | MetBy::LedgerField | MetBy::Checklist | MetBy::Document | MetBy::Control => None,
        };
        let means = |wanted: Option<bool>| -> Vec<MetBy> {
            requirement.met_by.iter().copied().filter(|means| found(*means) == wanted).collect()
        };
        let (missing, elsewhere) = (means(Some(false)), means(None));
        let met = missing.is_empty() && !means(Some(true)).is_empty();
        let printed = number.printed.clone();
        CoverageRow {
            requirement: id.to_owned(),
            printed,
            questions,
            criteria,
            clauses,
            steps,
            missing,
            elsewhere,
            met,
        }
    });
    rows.collect()
}

/// Only questions that the policy's paths ask: those of another policy meet nothing here.
fn questions(content: &Content, profile: &Profile, id: &str) -> Vec<String> {
    let asked = content.questions().filter(|question| is_asked(profile, &question.paths));
    let serving = asked.filter(|question| question.requirements.iter().any(|requirement| requirement == id));
    serving.map(|question| question.id.clone()).collect()
}

fn criteria(content: &Content, profile: &Profile, id: &str) -> Vec<String> {
    let knockouts = content
        .questions()
        .filter(|question| is_asked(profile, &question.paths))
        .filter(|question| question.knockouts.iter().any(|knockout| knockout.requirement == id))
        .map(|question| question.id.clone());
    let levels = content
        .criteria_for(&profile.id)
        .flat_map(|criteria| &criteria.minimum_levels)
        .filter(|level| level.requirement == id)
        .map(|level| level.id.clone());
    knockouts.chain(levels).collect()
}

fn clauses(profile: &Profile, links: &[(String, Vec<String>)], id: &str) -> Vec<String> {
    let linked =
        links.iter().filter(|(_, serves)| serves.iter().any(|served| served == id)).map(|(clause, _)| clause);
    let items =
        profile.contract_items.iter().filter(|item| item.requirement == id).flat_map(|item| &item.clauses);
    let clauses: BTreeSet<&String> = linked.chain(items).collect();
    clauses.into_iter().cloned().collect()
}

fn steps(profile: &Profile, id: &str) -> Vec<String> {
    let mut steps = Vec::new();
    for path in &profile.paths {
        if path.requirement == id {
            steps.push(path.id.clone());
        }
        let approvals = path.approval.iter().filter(|step| step.requirement == id);
        steps.extend(approvals.map(|step| format!("{} {}", path.id, step.name)));
    }
    steps
}

fn is_asked(profile: &Profile, paths: &[String]) -> bool {
    profile.paths.iter().any(|path| paths.contains(&path.id))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::content::sample;

    #[test]
    fn rows_say_what_serves_a_requirement_and_what_is_missing() {
        let content = Content::load(sample::files()).unwrap();
        let profile = content.profile("mihon").unwrap();
        let rows = coverage(&content, profile, &[]);
        assert_eq!(rows.len(), 2);
        let row = &rows[0];
        assert_eq!((row.requirement.as_str(), row.printed.as_str()), ("R-001", "10.1(1)"));
        assert_eq!(row.questions, ["LOC-01", "LOC-02", "LOC-03"]);
        assert_eq!(row.criteria, ["LOC-01", "MIN-01"]);
        assert_eq!(row.clauses, ["CL-16"]);
        assert!(row.met && row.missing.is_empty() && row.elsewhere.is_empty());
        assert_eq!(rows[1].steps, ["P3", "P3 利用の許可"]);
        assert!(rows[1].met);
    }

    #[test]
    fn declared_means_that_do_not_exist_are_gaps() {
        let mut content = Content::load(sample::files()).unwrap();
        content.requirements[1].met_by = vec![MetBy::Clause, MetBy::LedgerField];
        let profile = content.profile("mihon").unwrap().clone();
        let row = coverage(&content, &profile, &[]).remove(1);
        assert!(!row.met);
        assert_eq!((row.missing, row.elsewhere), (vec![MetBy::Clause], vec![MetBy::LedgerField]));
        let links = [("CL-17".to_owned(), vec!["R-002".to_owned()])];
        let row = coverage(&content, &profile, &links).remove(1);
        assert!(row.met);
        assert_eq!(row.clauses, ["CL-17"]);
        // Only met elsewhere: nothing is missing, but nothing was found either.
        content.requirements[1].met_by = vec![MetBy::LedgerField];
        let row = coverage(&content, &profile, &links).remove(1);
        assert!(!row.met && row.missing.is_empty());
    }

    #[test]
    fn other_policies_do_not_count() {
        let mut content = Content::load(sample::files()).unwrap();
        for topic in &mut content.topics {
            for question in &mut topic.questions {
                question.paths = vec!["P9".to_owned()];
            }
        }
        content.requirements[1].sources.clear();
        let profile = content.profile("mihon").unwrap();
        let rows = coverage(&content, profile, &[]);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].questions.is_empty());
        assert_eq!(rows[0].missing, [MetBy::Question]);
    }
}
