//! Which requirement of a policy is met by what: the table that shows gaps before an auditor does.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::content::Content;
use crate::policy::{MeansState, MetBy, Profile};

/// One requirement of a policy with everything in the content that serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// `R-077`
    pub requirement: String,
    /// Clause number as the policy prints it.
    pub printed: String,
    /// Corrected, where the policy misprints.
    pub normalised: Option<String>,
    /// What is odd about the place.
    pub note: Option<String>,
    /// The obligation in the policy's words.
    pub summary: String,
    /// Questions that ask for it, by id.
    pub questions: Vec<String>,
    /// What disqualifies in its name: questions with a knock-out and minimum levels, by id.
    pub criteria: Vec<String>,
    /// Clauses that impose it on the contractor, by id.
    pub clauses: Vec<String>,
    /// Paths and approval steps of the policy that rest on it: `P3`, `P3 利用の許可`.
    pub steps: Vec<String>,
    /// Means of `means.toml` that work, by id.
    pub present: Vec<String>,
    /// Means of `means.toml` that a later version brings, by id.
    pub planned: Vec<String>,
    /// Means that the catalogue declares and that are not there: nothing of this kind serves the requirement.
    pub missing: Vec<MetBy>,
    /// How far it is met.
    pub state: CoverageState,
}

/// How far a requirement is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageState {
    /// Everything that the catalogue declares is there and works.
    Met,
    /// Something works, the rest is announced for a later version.
    Partly,
    /// Only a later version will meet it.
    Planned,
    /// Something declared is not there, nor announced.
    Gap,
}

impl CoverageState {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Met => "対応済み",
            Self::Partly => "一部は今後",
            Self::Planned => "今後対応",
            Self::Gap => "不足",
        }
    }
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
        let number = content.clause_number(profile, &requirement.id)?;
        Some((requirement, number))
    });
    let rows = stated.map(|(requirement, number)| {
        let id = requirement.id.as_str();
        let questions = questions(content, profile, id);
        let criteria = criteria(content, profile, id);
        let clauses = clauses(profile, clause_links, id);
        let steps = steps(profile, id);
        let means = |state: MeansState| {
            let of_state = move |id: &&String| content.means(id).is_some_and(|means| means.state == state);
            requirement.by.iter().filter(of_state).cloned().collect::<Vec<_>>()
        };
        let (present, planned) = (means(MeansState::Present), means(MeansState::Planned));
        let of_kind = |ids: &[String], kind: MetBy| {
            ids.iter().any(|id| content.means(id).is_some_and(|means| means.kind == kind))
        };
        let works = |kind: MetBy| match kind {
            MetBy::Question => !questions.is_empty(),
            MetBy::Clause => !clauses.is_empty(),
            MetBy::Criterion => !criteria.is_empty() || of_kind(&present, kind),
            MetBy::Step => !steps.is_empty() || of_kind(&present, kind),
            MetBy::LedgerField | MetBy::Checklist | MetBy::Document | MetBy::Control => {
                of_kind(&present, kind)
            }
        };
        let missing: Vec<MetBy> = requirement
            .met_by
            .iter()
            .copied()
            .filter(|kind| !works(*kind) && !of_kind(&planned, *kind))
            .collect();
        let some_work = requirement.met_by.iter().any(|kind| works(*kind));
        let state = match (missing.is_empty(), some_work, planned.is_empty()) {
            (false, ..) => CoverageState::Gap,
            (true, true, true) => CoverageState::Met,
            (true, true, false) => CoverageState::Partly,
            (true, false, _) => CoverageState::Planned,
        };
        CoverageRow {
            requirement: id.to_owned(),
            printed: number.printed,
            normalised: number.normalised,
            note: number.note,
            summary: profile.in_own_words(&requirement.summary).into_owned(),
            questions,
            criteria,
            clauses,
            steps,
            present,
            planned,
            missing,
            state,
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
    profile.paths.iter().any(|path| paths.iter().any(|set| path.asks(set)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::content::sample;

    #[test]
    fn rows_say_what_serves_a_requirement() {
        let content = Content::load(sample::files()).unwrap();
        let profile = content.profile("mihon").unwrap();
        let rows = coverage(&content, profile, &[]);
        assert_eq!(rows.len(), 2);
        let row = &rows[0];
        assert_eq!((row.requirement.as_str(), row.printed.as_str()), ("R-001", "10.1(1)"));
        assert_eq!(row.normalised.as_deref(), Some("10.1(2)"));
        assert_eq!(row.questions, ["LOC-01", "LOC-02", "LOC-03"]);
        assert_eq!(row.criteria, ["LOC-01", "MIN-01"]);
        assert_eq!(row.clauses, ["CL-16"]);
        assert_eq!((row.state, row.missing.len()), (CoverageState::Met, 0));
        assert_eq!(rows[1].steps, ["P3", "P3 利用の許可"]);
        assert_eq!(
            (rows[1].state, rows[1].present.as_slice()),
            (CoverageState::Met, &["S-01".to_owned()][..])
        );
    }

    #[test]
    fn what_is_only_announced_is_told_and_what_is_nowhere_is_a_gap() {
        let mut content = Content::load(sample::files()).unwrap();
        let profile = content.profile("mihon").unwrap().clone();
        let mut state = |met_by: &[MetBy], by: &[&str]| {
            content.requirements[1].met_by = met_by.to_vec();
            content.requirements[1].by = by.iter().map(|id| (*id).to_owned()).collect();
            let row = coverage(&content, &profile, &[]).remove(1);
            (row.state, row.missing)
        };
        assert_eq!(state(&[MetBy::Document], &["D-01"]), (CoverageState::Planned, vec![]));
        assert_eq!(
            state(&[MetBy::Step, MetBy::Document], &["S-01", "D-01"]),
            (CoverageState::Partly, vec![])
        );
        assert_eq!(state(&[MetBy::Clause], &[]), (CoverageState::Gap, vec![MetBy::Clause]));
        assert_eq!(
            state(&[MetBy::Step, MetBy::Document], &["S-01"]),
            (CoverageState::Gap, vec![MetBy::Document])
        );
        let links = [("CL-17".to_owned(), vec!["R-002".to_owned()])];
        content.requirements[1].met_by = vec![MetBy::Clause];
        content.requirements[1].by.clear();
        let row = coverage(&content, &profile, &links).remove(1);
        assert_eq!((row.state, row.clauses), (CoverageState::Met, vec!["CL-17".to_owned()]));
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
        // A place that the policy itself names is enough to state the requirement.
        let mut profile = profile.clone();
        profile.clauses.insert("R-002".to_owned(), "第5章1".to_owned());
        let rows = coverage(&content, &profile, &[]);
        assert_eq!(rows[1].printed, "第5章1");
    }
}
