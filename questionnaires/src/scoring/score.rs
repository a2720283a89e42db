//! The score itself: integers only, every figure with its breakdown.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::{
    Criteria, KnockoutFound, OpenQuestion, OpenReason, QuestionScore, Ratio, Score, SectionScore, Verdict,
};
use crate::answer::{self, Answer, AnswerSheet, Evidence, Standing, Value};
use crate::condition::Subject;
use crate::question::{Choice, Combine, Input, Question, Questionnaire, Severity};

/// A whole, in thousandths.
const WHOLE: u64 = 1_000;
/// Points of a full answer.
const FULL: u64 = 100;

/// Scores a sheet on a day (evidence may have expired). `exceptions` names questions and minimum levels whose excusable
/// knock-out has been granted an exception. Pure: preview and record use the same code.
#[must_use]
pub fn score(
    questionnaire: &Questionnaire,
    answers: &AnswerSheet,
    exceptions: &BTreeSet<String>,
    on: Date,
) -> Score {
    let visible = questionnaire.visible(answers);
    let subject = questionnaire.subject(visible.answers());
    let criteria = &questionnaire.criteria;
    let mut questions = Vec::new();
    let mut open = Vec::new();
    for section in &questionnaire.sections {
        for asked in section.questions.iter().filter(|asked| visible.has(&asked.question.id)) {
            let question = &asked.question;
            let given = visible.answers().get(&question.id);
            let why = open_reason(question, given, &subject);
            open.extend(why.map(|why| OpenQuestion { question: question.id.clone(), why }));
            if question.weight > 0 {
                questions.push(question_score(&section.topic, question, given, why, &subject, criteria, on));
            }
        }
    }
    let sections: Vec<SectionScore> = questionnaire
        .sections
        .iter()
        .filter_map(|section| {
            let own: Vec<&QuestionScore> = questions.iter().filter(|q| q.topic == section.topic).collect();
            (!own.is_empty()).then(|| SectionScore {
                topic: section.topic.clone(),
                name: section.name.clone(),
                conformity: ratio(&own, |q| q.earned),
                declared: ratio(&own, declared),
                evidenced: ratio(&own, evidenced),
            })
        })
        .collect();
    let all: Vec<&QuestionScore> = questions.iter().collect();
    let mut score = Score {
        criteria: format!("{}@{}", criteria.id, criteria.edition),
        knockouts: knockouts(questionnaire, &visible, &subject),
        conformity: ratio(&all, |q| q.earned),
        declared: ratio(&all, declared),
        evidenced: ratio(&all, evidenced),
        open,
        sections,
        questions,
        verdict: Verdict::Undetermined,
    };
    score.verdict = verdict(questionnaire, &score, exceptions);
    score
}

fn ratio(questions: &[&QuestionScore], earned: impl Fn(&QuestionScore) -> u64) -> Option<Ratio> {
    let counted = || questions.iter().filter(|q| q.points.is_some());
    let whole: u64 = counted().map(|q| q.possible).sum();
    (whole > 0).then(|| Ratio { earned: counted().map(|q| earned(q)).sum(), whole })
}

/// What the question would add if its answer were evidenced.
fn declared(question: &QuestionScore) -> u64 {
    u64::from(question.points.unwrap_or(0)) * u64::from(question.weight) * WHOLE
}

/// What the question adds on confirmed evidence alone.
fn evidenced(question: &QuestionScore) -> u64 {
    if question.evidenced { question.earned } else { 0 }
}

fn open_reason(question: &Question, given: Option<&Answer>, subject: &Subject<'_>) -> Option<OpenReason> {
    let Some(given) = given else {
        return (!answer::complete(question, None, subject).is_empty()).then_some(OpenReason::Unanswered);
    };
    match &given.standing {
        Standing::NotApplicable { accepted: false, .. } => Some(OpenReason::NotApplicablePending),
        Standing::NotApplicable { accepted: true, .. } => None,
        Standing::Conditional { included: false, .. } => Some(OpenReason::ConditionPending),
        _ if answer::complete(question, Some(given), subject).is_empty() => None,
        _ if given.parts.is_empty() => Some(OpenReason::Unanswered),
        _ => Some(OpenReason::Incomplete),
    }
}

fn question_score(
    topic: &str,
    question: &Question,
    given: Option<&Answer>,
    open: Option<OpenReason>,
    subject: &Subject<'_>,
    criteria: &Criteria,
    on: Date,
) -> QuestionScore {
    let accepted =
        given.is_some_and(|g| matches!(g.standing, Standing::NotApplicable { accepted: true, .. }));
    let (points, basis) = match (accepted, open) {
        (true, _) => (None, "該当なし（認められたもの）のため、採点の対象としない".to_owned()),
        (_, Some(OpenReason::Unanswered)) => (Some(0), "未回答のため0点".to_owned()),
        (_, Some(OpenReason::Incomplete)) => (Some(0), "回答が途中のため0点".to_owned()),
        (_, Some(OpenReason::NotApplicablePending)) => (Some(0), "該当なしの扱いが決まるまで0点".to_owned()),
        (_, Some(OpenReason::ConditionPending)) => (Some(0), "条件付きの扱いが決まるまで0点".to_owned()),
        (_, None) => {
            let (points, basis) = points(question, given, subject);
            (Some(points.min(100)), basis)
        }
    };
    let (factor, evidenced) = factor(question, given, criteria, on);
    let weight = u64::from(question.weight);
    let earned = u64::from(points.unwrap_or(0)) * weight * u64::from(factor);
    QuestionScore {
        question: question.id.clone(),
        topic: topic.to_owned(),
        basis,
        weight: question.weight,
        factor,
        earned,
        possible: if points.is_some() { FULL * weight * WHOLE } else { 0 },
        evidenced: evidenced && points.is_some(),
        requirements: question.requirements.clone(),
        points,
    }
}

/// Points and the words for them: the first row that holds, or the points of the choice.
fn points(question: &Question, given: Option<&Answer>, subject: &Subject<'_>) -> (u32, String) {
    if !question.points.is_empty() {
        let row = question.points.iter().find(|row| row.when.as_ref().is_none_or(|when| when.holds(subject)));
        return row.map_or((0, "どの区分にも当たらないため0点".to_owned()), |row| {
            (row.points, row.label.clone())
        });
    }
    for part in &question.parts {
        let value = given.and_then(|given| given.parts.get(&part.id));
        match (&part.input, value) {
            (Input::Single { choices }, Some(Value::Choice(id))) => {
                if let Some((choice, points)) = scored(choices).find(|(choice, _)| choice.id == *id) {
                    return (points, choice.label.clone());
                }
            }
            (Input::YesNo { yes: Some(yes), no: Some(no) }, Some(Value::Flag(flag))) => {
                return if *flag { (*yes, "はい".to_owned()) } else { (*no, "いいえ".to_owned()) };
            }
            (Input::Multi { choices }, Some(Value::Choices(ids))) => {
                let chosen: Vec<_> = scored(choices).filter(|(choice, _)| ids.contains(&choice.id)).collect();
                if !chosen.is_empty() {
                    let words =
                        chosen.iter().map(|(choice, _)| choice.label.as_str()).collect::<Vec<_>>().join("、");
                    return (combine(question.combine, chosen.iter().map(|(_, points)| *points)), words);
                }
            }
            _ => {}
        }
    }
    (0, "点のある選択肢が選ばれていないため0点".to_owned())
}

fn scored(choices: &[Choice]) -> impl Iterator<Item = (&Choice, u32)> {
    choices.iter().filter_map(|choice| Some((choice, choice.points?)))
}

fn combine(how: Combine, points: impl Iterator<Item = u32> + Clone) -> u32 {
    match how {
        Combine::Lowest => points.min().unwrap_or(0),
        Combine::Sum => points.sum::<u32>().min(100),
        Combine::Highest => {
            let best = points.clone().max().unwrap_or(0);
            // Something chosen beside 「なし」 adds; 「なし」 itself, worth nothing, does not.
            let further =
                u32::try_from(points.filter(|points| *points > 0).count().saturating_sub(1)).unwrap_or(0);
            (best + (further * 5).min(10)).min(100)
        }
    }
}

/// The evidence factor and whether confirmed evidence backs the answer. A question that asks for no evidence is a
/// promise, which nothing could evidence: it counts whole.
fn factor(question: &Question, given: Option<&Answer>, criteria: &Criteria, on: Date) -> (u32, bool) {
    let factors = &criteria.evidence_factor;
    let evidence = given.map_or(&[][..], |given| given.evidence.as_slice());
    if question.evidence.is_empty() {
        return (1_000, false);
    }
    if evidence.iter().any(|e| e.confirmed && is_current(question, e, on)) {
        return (factors.confirmed, true);
    }
    if !evidence.is_empty() && evidence.iter().all(|e| !is_current(question, e, on)) {
        return (factors.expired, false);
    }
    (factors.declared, false)
}

/// Whether evidence is within its validity and not older than its kind allows.
fn is_current(question: &Question, evidence: &Evidence, on: Date) -> bool {
    let months =
        question.evidence.iter().find(|kind| kind.id == evidence.kind).and_then(|kind| kind.max_age_months);
    let young = match (months, evidence.issued_on) {
        (Some(months), Some(issued)) => {
            issued.checked_add(Span::new().months(i64::from(months))).is_ok_and(|end| on <= end)
        }
        _ => true,
    };
    let begun = evidence.issued_on.is_none_or(|issued| issued <= on.checked_add(1.day()).unwrap_or(on));
    young && begun && evidence.valid_until.is_none_or(|last| on <= last)
}

fn knockouts(
    questionnaire: &Questionnaire,
    visible: &crate::question::Visible,
    subject: &Subject<'_>,
) -> Vec<KnockoutFound> {
    let of_questions =
        questionnaire.questions().filter(|asked| visible.has(&asked.question.id)).flat_map(|asked| {
            asked
                .question
                .knockouts
                .iter()
                .map(|k| (&asked.question.id, k.severity, &k.when, &k.reason, &k.requirement))
        });
    let of_criteria = questionnaire
        .criteria
        .minimum_levels
        .iter()
        .map(|m| (&m.id, m.severity, &m.when, &m.reason, &m.requirement));
    let mut found: Vec<KnockoutFound> = of_questions
        .chain(of_criteria)
        .filter(|(_, _, when, ..)| when.holds(subject))
        .map(|(id, severity, when, reason, requirement)| KnockoutFound {
            question: id.clone(),
            severity,
            reason: reason.clone(),
            requirement: requirement.clone(),
            because: when.explain(subject),
        })
        .collect();
    found.sort_by_key(|knockout| knockout.severity);
    found
}

fn verdict(questionnaire: &Questionnaire, score: &Score, exceptions: &BTreeSet<String>) -> Verdict {
    let excused = |k: &KnockoutFound| k.severity == Severity::Excusable && exceptions.contains(&k.question);
    if score.knockouts.iter().any(|k| !excused(k)) {
        return Verdict::Fail;
    }
    let (Some(total), Some(line)) = (score.conformity, questionnaire.pass_line()) else {
        return Verdict::Undetermined;
    };
    if !score.open.is_empty() {
        return Verdict::Undetermined;
    }
    let sections = score.sections.iter().filter_map(|section| section.conformity);
    let passes =
        total.reaches(line.pass) && sections.into_iter().all(|section| section.reaches(line.section));
    if passes && score.knockouts.is_empty() {
        Verdict::Pass
    } else if passes || total.reaches(line.conditional) {
        Verdict::Conditional
    } else {
        Verdict::Fail
    }
}

impl Ratio {
    /// Tenths of a percent, rounded half up: 825 is 82.5 %.
    #[must_use]
    pub fn percent_tenths(&self) -> u64 {
        // Sums of points × weight × 1000 stay far below 2^53, so this cannot overflow.
        (self.earned * 2_000 + self.whole) / (self.whole * 2)
    }

    /// Whether the exact ratio (not the rounded one) reaches a whole percentage.
    #[must_use]
    pub fn reaches(&self, percent: u32) -> bool {
        self.earned * 100 >= self.whole * u64::from(percent)
    }
}

impl std::fmt::Display for Ratio {
    /// `82.5`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = self.percent_tenths();
        write!(f, "{}.{}", tenths / 10, tenths % 10)
    }
}

/// What each question adds to the total, in tenths of a percent, so that the rounded parts sum exactly to the rounded
/// total (largest remainder; ties go to the question that comes first).
#[must_use]
pub fn contributions(score: &Score) -> Vec<(String, u64)> {
    let Some(total) = score.conformity else { return Vec::new() };
    let counted: Vec<&QuestionScore> = score.questions.iter().filter(|q| q.points.is_some()).collect();
    let mut shares: Vec<(String, u64)> =
        counted.iter().map(|q| (q.question.clone(), q.earned * 1_000 / total.whole)).collect();
    let given: u64 = shares.iter().map(|(_, share)| share).sum();
    let mut order: Vec<usize> = (0..counted.len()).collect();
    order.sort_by_key(|index| counted.get(*index).map(|q| std::cmp::Reverse(q.earned * 1_000 % total.whole)));
    let missing = usize::try_from(total.percent_tenths().saturating_sub(given)).unwrap_or(0);
    for index in order.into_iter().take(missing) {
        if let Some((_, share)) = shares.get_mut(index) {
            *share += 1;
        }
    }
    shares
}
