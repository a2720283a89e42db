//! What can be told before anything is answered: how many questions there are, how long they take, which papers they
//! ask for, and when the conditional ones are asked.

use super::{EvidenceKind, Input, Part, Question, Questionnaire};
use crate::condition::{Condition, Outcome};

/// Reading a question and looking up what to answer.
const READING: u32 = 60;
/// Finding one of the papers that a question asks for and noting its name and dates.
const PAPER: u32 = 180;
/// The estimate is told in steps of so many minutes: it is no more exact than that.
const STEP: u32 = 10;

/// When a question or a part is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asking {
    /// Whatever is answered.
    Always,
    /// When an answer is as these words say (である体, without とき). They name answers alone: what the facts of the case
    /// decide is decided and not told.
    When(String),
    /// Never; the facts of the case rule it out.
    Never,
}

/// A questionnaire at a glance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Questions that everybody answers.
    pub always: usize,
    /// Questions that are asked depending on other answers.
    pub conditional: usize,
    /// Minutes for the questions that everybody answers, rounded up.
    pub minutes: u32,
    /// Minutes when every conditional question is asked as well, rounded up.
    pub minutes_at_most: u32,
    /// Papers to have at hand, each once, in the order of the questions.
    pub papers: Vec<Paper>,
}

/// A paper to have at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub label: String,
    /// Age in months up to which it counts; none where it does not age.
    pub max_age_months: Option<u32>,
    /// Numbers of the questions that it serves, as on the form.
    pub questions: Vec<usize>,
}

/// How long a question takes, in seconds: reading, every input by its kind, and one paper where papers can be shown.
/// Inputs that appear depending on other answers count too.
#[must_use]
pub fn seconds(question: &Question) -> u32 {
    let parts: u32 = question.parts.iter().map(|part| typing(&part.input)).sum();
    READING + parts + if question.evidence.is_empty() { 0 } else { PAPER }
}

fn typing(input: &Input) -> u32 {
    match input {
        Input::Single { .. } | Input::YesNo { .. } => 30,
        Input::Text { rows, .. } if *rows > 1 => 180,
        Input::Multi { .. }
        | Input::Text { .. }
        | Input::Number { .. }
        | Input::Percent { .. }
        | Input::Duration { .. }
        | Input::Date
        | Input::Countries { .. } => 60,
        // The rows that have to be there, and one at least: nobody knows how many more.
        Input::Table { columns, min_rows, .. } => {
            let row: u32 = columns.iter().map(|column| typing(&column.input)).sum();
            row * (*min_rows).max(1)
        }
        Input::File { .. } => PAPER,
    }
}

fn minutes(seconds: u32) -> u32 {
    seconds.div_ceil(60 * STEP) * STEP
}

impl Questionnaire {
    /// When a question is asked.
    #[must_use]
    pub fn asking(&self, question: &Question) -> Asking {
        self.asking_when(question.when.as_ref())
    }

    /// When a part of a question that is asked has to be filled in.
    #[must_use]
    pub fn asking_part(&self, part: &Part) -> Asking {
        self.asking_when(part.when.as_ref())
    }

    fn asking_when(&self, when: Option<&Condition>) -> Asking {
        match when.map(|when| when.left_open(&self.vocabulary, &self.facts)) {
            None | Some(Err(Outcome::True)) => Asking::Always,
            Some(Err(Outcome::False | Outcome::Unknown)) => Asking::Never,
            Some(Ok(rest)) => Asking::When(rest.describe(&self.vocabulary)),
        }
    }

    /// The questionnaire at a glance.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        let mut outlook = Outlook::default();
        let (mut always, mut at_most) = (0, 0);
        for (number, asked) in (1..).zip(self.questions()) {
            let question = &asked.question;
            match self.asking(question) {
                Asking::Always => {
                    outlook.always += 1;
                    always += seconds(question);
                }
                Asking::When(_) => outlook.conditional += 1,
                Asking::Never => continue,
            }
            at_most += seconds(question);
            question.evidence.iter().for_each(|kind| outlook.note(kind, number));
        }
        outlook.minutes = minutes(always);
        outlook.minutes_at_most = minutes(at_most);
        outlook
    }
}

impl Outlook {
    /// The same words with another age are another paper: what counts for one question may be too old for the next.
    fn note(&mut self, kind: &EvidenceKind, number: usize) {
        let same =
            |paper: &&mut Paper| paper.label == kind.label && paper.max_age_months == kind.max_age_months;
        match self.papers.iter_mut().find(same) {
            Some(paper) if paper.questions.contains(&number) => {}
            Some(paper) => paper.questions.push(number),
            None => self.papers.push(Paper {
                label: kind.label.clone(),
                max_age_months: kind.max_age_months,
                questions: vec![number],
            }),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use crate::answer::AnswerSheet;
    use crate::condition::Subject;
    use crate::content::Content;
    use crate::policy::{FactValue, Facts};
    use crate::question::form;

    fn questionnaire() -> Questionnaire {
        let content = Content::embedded().unwrap();
        let profile = content.profiles.iter().find(|profile| profile.id == "blank").unwrap();
        let criteria = content.criteria_for("blank").next().unwrap();
        let path = profile.paths.iter().find(|path| path.asks("P1")).unwrap();
        let facts = Facts(
            [
                ("path", FactValue::Choice(path.id.clone())),
                ("personal_info", FactValue::Flag(true)),
                ("electronic_data", FactValue::Flag(true)),
            ]
            .map(|(id, value)| (id.to_owned(), value))
            .into(),
        );
        form(&content, profile, criteria, &facts)
    }

    #[test]
    fn what_facts_decide_is_not_told() {
        let questionnaire = questionnaire();
        let open = |text: &str| {
            Condition::parse(text)
                .unwrap()
                .left_open(&questionnaire.vocabulary, &questionnaire.facts)
                .map(|rest| rest.to_string())
        };
        assert_eq!(open("personal_info"), Err(Outcome::True));
        assert_eq!(open("not personal_info or NDA-01 is refused"), Ok("NDA-01 is refused".into()));
        assert_eq!(open("personal_info and NDA-01 is refused"), Ok("NDA-01 is refused".into()));
        assert_eq!(open("personal_info or NDA-01 is refused"), Err(Outcome::True));
        assert_eq!(open("not personal_info and NDA-01 is refused"), Err(Outcome::False));
        // A fact that nobody has given: `and` can never hold, `or` is left to the answers.
        assert_eq!(open("onsite and NDA-01 is refused"), Err(Outcome::Unknown));
        assert_eq!(
            open("onsite or not (personal_info and NDA-01 is refused)"),
            Ok("not NDA-01 is refused".into())
        );
        let two = open("personal_info and NDA-01 is refused and not answered SUB-01");
        assert_eq!(two, Ok("NDA-01 is refused and not answered SUB-01".into()));
    }

    #[test]
    fn questions_are_always_asked_or_say_when() {
        let questionnaire = questionnaire();
        let outlook = questionnaire.outlook();
        assert!(outlook.always > 10 && outlook.conditional > 0, "{outlook:?}");
        assert_eq!(outlook.always + outlook.conditional, questionnaire.questions().count());
        let nothing = AnswerSheet::default();
        let subject =
            Subject { vocabulary: &questionnaire.vocabulary, facts: &questionnaire.facts, answers: &nothing };
        for asked in questionnaire.questions() {
            match questionnaire.asking(&asked.question) {
                Asking::Always => {
                    assert!(asked.question.when.as_ref().is_none_or(|when| when.holds(&subject)));
                }
                Asking::When(words) => assert!(!words.is_empty()),
                Asking::Never => panic!("{} can never be asked", asked.question.id),
            }
        }
    }

    #[test]
    fn the_estimate_grows_with_what_is_asked() {
        let questionnaire = questionnaire();
        let outlook = questionnaire.outlook();
        assert!(outlook.minutes > 0 && outlook.minutes.is_multiple_of(STEP));
        assert!(outlook.minutes_at_most > outlook.minutes && outlook.minutes_at_most.is_multiple_of(STEP));
        let mut question = questionnaire.questions().next().unwrap().question.clone();
        question.evidence.clear();
        question.parts.truncate(1);
        question.parts[0].input = Input::YesNo { yes: None, no: None };
        assert_eq!(seconds(&question), 90);
        question.parts[0].input = Input::Text { max_chars: 100, rows: 1 };
        assert_eq!(seconds(&question), 120);
        question.parts[0].input = Input::Text { max_chars: 100, rows: 4 };
        assert_eq!(seconds(&question), 240);
        let column = |id: &str| crate::question::Column {
            id: id.into(),
            label: id.into(),
            required: true,
            input: Input::Date,
        };
        let columns = vec![column("a"), column("b")];
        question.parts[0].input = Input::Table { columns: columns.clone(), min_rows: 0, max_rows: 9 };
        assert_eq!(seconds(&question), 180);
        question.parts[0].input = Input::Table { columns, min_rows: 3, max_rows: 9 };
        assert_eq!(seconds(&question), 420);
        question.evidence =
            vec![EvidenceKind { id: "rules".into(), label: "規程".into(), max_age_months: None }];
        assert_eq!(seconds(&question), 600);
        assert_eq!((minutes(1), minutes(600), minutes(601)), (10, 10, 20));
    }

    #[test]
    fn a_paper_stands_once_with_all_its_questions() {
        let kind = |age| EvidenceKind { id: "report".into(), label: "報告書".into(), max_age_months: age };
        let mut outlook = Outlook::default();
        outlook.note(&kind(Some(12)), 2);
        outlook.note(&kind(Some(12)), 2);
        outlook.note(&kind(Some(12)), 5);
        outlook.note(&kind(None), 7);
        let found: Vec<_> = outlook.papers.iter().map(|paper| paper.questions.clone()).collect();
        assert_eq!(found, [vec![2, 5], vec![7]]);
    }
}
