//! 依頼の概要: everything that a vendor wants to know before the first answer.

use axum::extract::State;
use domain::language::Language;
use questionnaires::japanese::business_day::{Calendar, open_days_between};
use questionnaires::question::Asking;
use serde::Serialize;
use store::{cases, vendors};

use super::english;
use super::sheet;
use crate::access::Respondent;
use crate::app::{App, day_in_japan};
use crate::error::{Error, Result};
use crate::page::{self, Frame};

/// The page. It tells how answers are judged as far as that is published: never points, weights or what disqualifies.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Service that is assessed; empty where none is.
    pub service: String,
    /// Municipality.
    pub organization: String,
    /// Department that asks.
    pub department: String,
    /// Its telephone number, or that of the office.
    pub phone: String,
    /// Due in words.
    pub due: String,
    /// Open days until then.
    pub days_left: i64,
    /// Whether answers can still be given.
    pub open: bool,
    /// Whether anything is answered yet.
    pub begun: bool,
    /// Questions that everybody answers.
    pub always: usize,
    /// Questions that are asked depending on other answers.
    pub conditional: usize,
    /// Time for the questions that everybody answers, in words.
    pub time: String,
    /// Time when every question is asked, in words.
    pub time_at_most: String,
    /// Sections with the number of their questions.
    pub sections: Vec<(String, usize)>,
    /// Papers to have at hand.
    pub papers: Vec<PaperShown>,
    /// What has to be reached.
    pub pass_line: Option<PassLineShown>,
}

/// A paper to have at hand.
#[derive(Debug, Clone, Serialize)]
pub struct PaperShown {
    /// What it is.
    pub label: String,
    /// Whether an English page has it in Japanese for want of a twin.
    pub only_japanese: bool,
    /// How old it may be, in words; empty where it does not age.
    pub age: String,
    /// The questions that it serves: 問3、問12.
    pub questions: String,
}

/// What has to be reached, in per cent.
#[derive(Debug, Clone, Serialize)]
pub struct PassLineShown {
    /// In total for 適.
    pub pass: u32,
    /// In every section for 適.
    pub section: u32,
    /// In total for 条件付適.
    pub conditional: u32,
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent) -> Result {
    let (own, department, service) = app
        .db
        .read(move |conn| {
            let own = sheet::load_in(conn, &responder)?;
            let department = cases::department_of(conn, &own.assessment.case_id)?;
            let service = match &own.assessment.service_id {
                Some(id) => vendors::service(conn, &own.organization.id, id)?.name,
                None => String::new(),
            };
            Ok::<_, Error>(((own, responder), department, service))
        })
        .await?;
    let (own, responder) = own;
    let outlook = own.questionnaire.outlook();
    let language = responder.language();
    let due = own.assessment.due_at.get();
    let shown = Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        service,
        organization: own.organization.name.clone(),
        phone: if department.phone.is_empty() { own.organization.phone.clone() } else { department.phone },
        department: department.name,
        due: page::moment_in(language, due),
        days_left: open_days_between(&Calendar::default(), app.today(), day_in_japan(due)),
        open: own.is_open(app.now()),
        begun: !own.saved.is_empty(),
        always: outlook.always,
        conditional: outlook.conditional,
        time: time_words(language, outlook.minutes),
        time_at_most: time_words(language, outlook.minutes_at_most),
        sections: own
            .questionnaire
            .sections
            .iter()
            .map(|section| {
                let asked = section.questions.iter().map(|asked| own.questionnaire.asking(&asked.question));
                (english::section(section, language), asked.filter(|asking| *asking != Asking::Never).count())
            })
            .collect(),
        papers: outlook
            .papers
            .into_iter()
            .map(|paper| {
                let english = english::evidence(&own.questionnaire, &paper.label)
                    .filter(|_| language == Language::English)
                    .map(ToOwned::to_owned);
                let numbers =
                    paper.questions.iter().map(|n| language.pick(format!("問{n}"), format!("Q{n}")));
                PaperShown {
                    only_japanese: language == Language::English && english.is_none(),
                    label: english.unwrap_or(paper.label),
                    age: paper.max_age_months.map_or(String::new(), |months| {
                        language.pick(
                            format!("発行から{months}か月以内のもの"),
                            format!("issued within {months} months"),
                        )
                    }),
                    questions: numbers.collect::<Vec<_>>().join(language.pick("、", ", ")),
                }
            })
            .collect(),
        pass_line: own.questionnaire.pass_line().map(|line| PassLineShown {
            pass: line.pass,
            section: line.section,
            conditional: line.conditional,
        }),
    };
    let frame = Frame::vendor(
        &own.organization,
        &responder,
        responder.language().pick("依頼の概要", "Overview of the request"),
    );
    page::render(&app, "answering/overview.html", &frame, &shown)
}

/// `約2時間30分`
pub(super) fn time_words(language: Language, minutes: u32) -> String {
    if language == Language::English {
        return match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("about {minutes} minutes"),
            (hours, 0) => format!("about {hours} h"),
            (hours, minutes) => format!("about {hours} h {minutes} min"),
        };
    }
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("約{minutes}分"),
        (hours, 0) => format!("約{hours}時間"),
        (hours, minutes) => format!("約{hours}時間{minutes}分"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, time_words};

    #[test]
    fn time_reads_as_people_say_it() {
        let words = [40, 60, 150].map(|minutes| time_words(Language::Japanese, minutes));
        assert_eq!(words, ["約40分", "約1時間", "約2時間30分"]);
    }
}
