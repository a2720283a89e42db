//! Putting a questionnaire together, and seeing which of its questions are asked at present.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{EnglishQuestion, Part, Question};
use crate::answer::{self, Answer, AnswerSheet, Problem};
use crate::condition::{Condition, Outcome, Subject, Vocabulary};
use crate::content::Content;
use crate::policy::{FactValue, Facts, Profile};
use crate::scoring::{Criteria, PassLine};

/// What is frozen when a questionnaire is sent: questions, criteria and facts as they are now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Questionnaire {
    /// Profile id.
    pub profile: String,
    /// Edition of the profile.
    pub profile_edition: String,
    /// Criteria by which it will be judged.
    pub criteria: Criteria,
    /// Facts of the case.
    pub facts: Facts,
    /// Names and types for conditions.
    pub vocabulary: Vocabulary,
    /// Sections in order.
    pub sections: Vec<Section>,
}

/// The questions of one topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Topic id.
    pub topic: String,
    /// Heading.
    pub name: String,
    /// The heading in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub english: Option<String>,
    /// Questions in order.
    pub questions: Vec<Asked>,
}

/// A question of the questionnaire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// Why it is asked of this case, である体.
    pub reason: String,
    /// The question in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub english: Option<EnglishQuestion>,
}

/// Puts the questionnaire of a case together: the questions of its path, less those that its facts rule out.
/// Questions that depend on answers are in; [`Questionnaire::visible`] says when they are asked.
#[must_use]
pub fn form(content: &Content, profile: &Profile, criteria: &Criteria, facts: &Facts) -> Questionnaire {
    let vocabulary = content.vocabulary(profile);
    let path = match facts.0.get("path") {
        Some(FactValue::Choice(path)) => profile.paths.iter().find(|known| known.id == *path),
        _ => None,
    };
    let path_name = path.map_or("", |known| &known.name);
    let no_answers = AnswerSheet::default();
    let subject = Subject { vocabulary: &vocabulary, facts, answers: &no_answers };
    let reason = |question: &Question| match &question.when {
        None => format!("「{path_name}」の全ての案件で尋ねる。"),
        Some(when) if when.evaluate(&subject) == Outcome::True => {
            format!("{}ため尋ねる。", when.explain(&subject))
        }
        Some(when) => format!("{}ときに尋ねる。", when.describe(&vocabulary)),
    };
    let sections = content
        .topics
        .iter()
        .map(|topic| Section {
            topic: topic.topic.clone(),
            name: topic.name.clone(),
            english: content.english_topic(&topic.topic).map(|twin| twin.name.clone()),
            questions: topic
                .questions
                .iter()
                .filter(|question| path.is_some_and(|path| question.paths.iter().any(|set| path.asks(set))))
                .filter(|question| {
                    !question.when.as_ref().is_some_and(|when| when.is_ruled_out(&vocabulary, facts))
                })
                .map(|question| Asked {
                    reason: reason(question),
                    question: profile.with_own_words(question),
                    english: content.english(&question.id).cloned(),
                })
                .collect(),
        })
        .filter(|section: &Section| !section.questions.is_empty())
        .collect();
    Questionnaire {
        profile: profile.id.clone(),
        profile_edition: profile.edition.clone(),
        criteria: criteria.clone(),
        facts: facts.clone(),
        vocabulary,
        sections,
    }
}

/// Which questions and parts are asked, given the answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Visible {
    questions: BTreeSet<String>,
    parts: BTreeSet<(String, String)>,
    answers: AnswerSheet,
}

impl Visible {
    /// Whether a question is asked.
    #[must_use]
    pub fn has(&self, question: &str) -> bool {
        self.questions.contains(question)
    }

    /// Whether a part of a question is asked.
    #[must_use]
    pub fn has_part(&self, question: &str, part: &str) -> bool {
        self.parts.contains(&(question.to_owned(), part.to_owned()))
    }

    /// Ids of everything that is asked: `LOC-01` and `LOC-01/data`.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let parts = self.parts.iter().map(|(question, part)| format!("{question}/{part}"));
        self.questions.iter().cloned().chain(parts).collect()
    }

    /// The answers less those of hidden questions and parts: what conditions and scores may see.
    #[must_use]
    pub fn answers(&self) -> &AnswerSheet {
        &self.answers
    }
}

/// How far a sheet is filled in. Hidden questions never count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Questions asked.
    pub visible: usize,
    /// Questions with any answer.
    pub answered: usize,
    /// Questions with nothing missing.
    pub complete: usize,
    /// The same by section.
    pub sections: Vec<SectionProgress>,
}

/// How far a section is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionProgress {
    /// Topic id.
    pub topic: String,
    /// Heading.
    pub name: String,
    /// Questions asked.
    pub visible: usize,
    /// Questions with any answer.
    pub answered: usize,
    /// Questions with nothing missing.
    pub complete: usize,
}

impl Questionnaire {
    /// All questions in order.
    pub fn questions(&self) -> impl Iterator<Item = &Asked> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The section of a question.
    #[must_use]
    pub fn section_of(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.questions.iter().any(|asked| asked.question.id == id))
    }

    /// A question by id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Asked> {
        self.questions().find(|asked| asked.question.id == id)
    }

    /// Everything that conditions may ask about, with the given answers.
    #[must_use]
    pub fn subject<'a>(&'a self, answers: &'a AnswerSheet) -> Subject<'a> {
        Subject { vocabulary: &self.vocabulary, facts: &self.facts, answers }
    }

    /// The pass line of this case's facts.
    #[must_use]
    pub fn pass_line(&self) -> Option<&PassLine> {
        let no_answers = AnswerSheet::default();
        let subject = self.subject(&no_answers);
        self.criteria
            .pass_lines
            .iter()
            .find(|line| line.when.as_ref().is_none_or(|when| when.holds(&subject)))
    }

    /// Which questions are asked. A question hidden by its condition takes its answer with it, which may hide or show
    /// others: repeated until nothing changes. Conditions have no circles, so the rounds end; their number is bounded
    /// by the number of questions all the same.
    #[must_use]
    pub fn visible(&self, answers: &AnswerSheet) -> Visible {
        let mut seen = self.only_asked(answers);
        let mut shown = self.shown(&seen);
        for _ in 0..=self.questions().count() {
            if self.agrees(answers, &seen, &shown) {
                break;
            }
            seen = self.only_shown(answers, &shown);
            shown = self.shown(&seen);
        }
        let mut visible = Visible { answers: seen, ..Visible::default() };
        for (asked, parts) in self.questions().zip(&shown) {
            let Some(parts) = parts else { continue };
            let id = &asked.question.id;
            visible.questions.insert(id.clone());
            visible.parts.extend(parts.iter().map(|part| (id.clone(), part.id.clone())));
        }
        visible
    }

    /// For each question in order the parts that are shown, given the answers that count; none for a hidden question.
    fn shown(&self, seen: &AnswerSheet) -> Vec<Option<Vec<&Part>>> {
        let subject = self.subject(seen);
        let holds = |when: &Option<Condition>| when.as_ref().is_none_or(|when| when.holds(&subject));
        self.questions()
            .map(|asked| {
                let question = &asked.question;
                holds(&question.when)
                    .then(|| question.parts.iter().filter(|part| holds(&part.when)).collect())
            })
            .collect()
    }

    /// Whether the answers that count are exactly those of what is shown. Values never differ, only what is there.
    fn agrees(&self, all: &AnswerSheet, seen: &AnswerSheet, shown: &[Option<Vec<&Part>>]) -> bool {
        self.questions().zip(shown).all(|(asked, parts)| {
            let id = &asked.question.id;
            match (all.get(id), seen.get(id), parts) {
                (None, None, _) | (Some(_), None, None) => true,
                (Some(all), Some(seen), Some(parts)) => {
                    let counted = all.parts.keys().filter(|id| parts.iter().any(|part| part.id == **id));
                    counted.eq(seen.parts.keys())
                }
                _ => false,
            }
        })
    }

    fn only_shown(&self, all: &AnswerSheet, shown: &[Option<Vec<&Part>>]) -> AnswerSheet {
        let counted = self.questions().zip(shown).filter_map(|(asked, parts)| {
            let (id, parts) = (&asked.question.id, parts.as_ref()?);
            let mut given = all.get(id)?.clone();
            given.parts.retain(|id, _| parts.iter().any(|part| part.id == *id));
            Some((id.clone(), given))
        });
        AnswerSheet(counted.collect())
    }

    fn only_asked(&self, answers: &AnswerSheet) -> AnswerSheet {
        let asked = self.questions().filter_map(|asked| {
            let id = &asked.question.id;
            Some((id.clone(), answers.get(id)?.clone()))
        });
        AnswerSheet(asked.collect())
    }

    /// How far the sheet is filled in.
    #[must_use]
    pub fn progress(&self, answers: &AnswerSheet) -> Progress {
        let visible = self.visible(answers);
        let subject = self.subject(visible.answers());
        let mut progress = Progress::default();
        for section in &self.sections {
            let mut own = SectionProgress {
                topic: section.topic.clone(),
                name: section.name.clone(),
                ..Default::default()
            };
            for asked in section.questions.iter().filter(|asked| visible.has(&asked.question.id)) {
                let given = visible.answers().get(&asked.question.id);
                own.visible += 1;
                own.answered += usize::from(given.is_some_and(Answer::is_begun));
                own.complete += usize::from(answer::complete(&asked.question, given, &subject).is_empty());
            }
            progress.visible += own.visible;
            progress.answered += own.answered;
            progress.complete += own.complete;
            if own.visible > 0 {
                progress.sections.push(own);
            }
        }
        progress
    }

    /// What stands in the way of submission: question id and problem.
    #[must_use]
    pub fn submission_problems(&self, answers: &AnswerSheet) -> Vec<(String, Problem)> {
        let visible = self.visible(answers);
        let subject = self.subject(visible.answers());
        self.questions()
            .filter(|asked| visible.has(&asked.question.id))
            .flat_map(|asked| {
                let given = visible.answers().get(&asked.question.id);
                let found = answer::complete(&asked.question, given, &subject);
                found.into_iter().map(|problem| (asked.question.id.clone(), problem))
            })
            .collect()
    }
}
