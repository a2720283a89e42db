//! The score page of one vendor: three figures, what disqualifies, sections, every question with its arithmetic.

use std::sync::Arc;

use axum::extract::{Path, State};
use domain::case::State as CaseState;
use domain::ids::{AssessmentId, CaseId};
use domain::language::Language;
use domain::permission::Permission;
use questionnaires::answer::{self, Standing};
use questionnaires::policy::Profile;
use questionnaires::question::{Question, Questionnaire, Severity};
use questionnaires::scoring::{OpenReason, QuestionScore, Ratio, Score};
use serde::Serialize;
use store::answers::{self, Saved};
use store::assessments::{self, Assessment};
use store::cases::{self, Case};
use store::conversation::{self, Comment};
use store::evidence::{self, Held};
use store::vendors::{self, Vendor};
use store::{accounts, approvals};

use super::certification::{self, Certifications};
use super::files::{self, CitedShown, FileRow};
use crate::access::Person;
use crate::answering::sheet;
use crate::app::App;
use crate::cases::show::Figures;
use crate::conversation::comments::CommentShown;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::policy::held as policy;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// Assessment id.
    pub assessment: String,
    /// 件名
    pub title: String,
    /// Vendor.
    pub vendor: String,
    /// Service; empty without one.
    pub service: String,
    /// State word.
    pub state: &'static str,
    /// Receipt number and time of submission.
    pub submitted: String,
    /// Whose answers staff have entered, with the officer; empty where the vendor answered itself.
    pub entered: Vec<(String, String)>,
    /// Criteria and edition.
    pub criteria: String,
    /// The three figures; none before submission.
    pub figures: Option<Figures>,
    /// Pass line in words.
    pub pass_line: String,
    /// Conformity if everything were evidenced.
    pub declared: String,
    /// Conformity on confirmed evidence alone.
    pub evidenced: String,
    /// Every file that was handed in; none before submission.
    pub files: Vec<FileRow>,
    /// Whether single questions can go back to the vendor.
    pub may_return: bool,
    /// Whether this person may write comments.
    pub may_comment: bool,
    /// Whether this person may open files with personal data.
    pub may_open_personal: bool,
    /// What disqualifies.
    pub knockouts: Vec<KnockoutShown>,
    /// What is known about the certifications that are named.
    pub certifications: Certifications,
    /// What is open.
    pub open: Vec<(String, String)>,
    /// Sections with their questions.
    pub sections: Vec<SectionShown>,
    /// Whether staff may note on answers and fix the evaluation.
    pub may_evaluate: bool,
    /// Why the person may not fix it, where the role is missing.
    pub evaluators: String,
    /// The fixed judgement with name and time.
    pub judgement: Option<JudgementShown>,
    /// Values of the form.
    pub values: Values,
    /// Problems of the form.
    pub problems: Problems,
}

/// A disqualification.
#[derive(Debug, Clone, Serialize)]
pub struct KnockoutShown {
    /// `KO` or `KO*`.
    pub mark: &'static str,
    /// Question id.
    pub question: String,
    /// Reason.
    pub reason: String,
    /// The values that made it true.
    pub because: String,
    /// Clause number.
    pub clause: String,
}

/// A section.
#[derive(Debug, Clone, Serialize)]
pub struct SectionShown {
    /// Topic id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Conformity in words.
    pub conformity: String,
    /// Whole percent for the bar, 0–100.
    pub percent: u64,
    /// Declared.
    pub declared: String,
    /// Evidenced.
    pub evidenced: String,
    /// Questions.
    pub questions: Vec<QuestionShown>,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionShown {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Whether the vendor had the English text in front of it.
    pub in_english: bool,
    /// Answer in words.
    pub answer: Vec<(String, String)>,
    /// `80点 × 重み4 × 証跡係数0.8 ＝ 256`
    pub arithmetic: String,
    /// Why these points.
    pub basis: String,
    /// Points, or 対象外.
    pub points: String,
    /// Clause numbers.
    pub clauses: Vec<String>,
    /// Comments, internal ones included.
    pub comments: Vec<CommentShown>,
    /// Evidence to confirm.
    pub evidence: Vec<CitedShown>,
    /// 該当なし waiting to be accepted: its reason.
    pub not_applicable: Option<(String, bool)>,
    /// 条件付き: its option and whether it is included.
    pub conditional: Option<(String, bool)>,
    /// Version for staff notes.
    pub version: i64,
}

/// The fixed judgement.
#[derive(Debug, Clone, Serialize)]
pub struct JudgementShown {
    /// Text.
    pub text: String,
    /// Who and when.
    pub by: String,
}

/// Everything about one assessment as staff see it.
pub struct Loaded {
    /// Case.
    pub case: Case,
    /// Assessment.
    pub assessment: Assessment,
    /// Vendor.
    pub vendor: Vendor,
    /// Service name.
    pub service: String,
    /// Questions.
    pub questionnaire: Arc<Questionnaire>,
    /// Answers.
    pub saved: Vec<Saved>,
    /// Whose answers staff have entered, with the officer.
    pub entered: Vec<(String, String)>,
    /// Files that were handed in.
    pub held: Vec<Held>,
    /// Comments, internal ones included.
    pub comments: Vec<Comment>,
    /// Score; none before submission.
    pub score: Option<Score>,
    /// Fixed evaluation with the name of who fixed it.
    pub evaluation: Option<(approvals::Evaluation, String)>,
}

/// Loads an assessment within the person's scope.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub async fn load(app: &App, person: &Person, case: &str, assessment: &str) -> Result<Loaded> {
    let (scope, case, assessment) =
        (person.scope(), page::id::<CaseId>(case)?, page::id::<AssessmentId>(assessment)?);
    let today = app.today();
    app.db
        .read(move |conn| {
            let case = cases::case(conn, &scope, &case)?;
            let assessment = assessments::assessment_of_case(conn, &case.id, &assessment)?;
            let evaluation = match approvals::latest_evaluation(conn, &assessment.id)? {
                Some(row) => {
                    let name = accounts::staff_member(conn, &scope.organization, &row.fixed_by)?.name;
                    Some((row, name))
                }
                None => None,
            };
            let service = match &assessment.service_id {
                Some(id) => vendors::service(conn, &scope.organization, id)?.name,
                None => String::new(),
            };
            let entered = assessments::invitations_of(conn, &assessment.id)?
                .into_iter()
                .filter_map(|entry| Some((entry.on_behalf_of?, entry.name)))
                .collect();
            let held = evidence::of_assessment(conn, &assessment.id)?;
            let comments = conversation::comments_of(conn, &assessment.id)?;
            Ok::<_, Error>(Loaded {
                entered,
                held,
                comments,
                vendor: vendors::vendor(conn, &scope.organization, &assessment.vendor_id)?,
                questionnaire: sheet::questionnaire(conn, &assessment)?,
                saved: answers::answers_of(conn, &assessment.id)?,
                score: super::score_of(conn, &assessment, today)?,
                service,
                evaluation,
                case,
                assessment,
            })
        })
        .await
}

/// GET
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    query: Query,
) -> Result {
    let loaded = load(&app, &person, &case, &assessment).await?;
    let shown = shown(&app, &person, &loaded, &Form::default(), Problems::default())?;
    let frame = Frame::staff(&person, format!("採点：{}", shown.vendor), "/cases").with_done(&query);
    page::render(&app, "review/score.html", &frame, &shown)
}

/// The page again with problems, and what was typed.
///
/// # Errors
/// As [`shown`].
pub fn refused(app: &App, person: &Person, loaded: &Loaded, form: &Form, problems: Problems) -> Result {
    let shown = shown(app, person, loaded, form, problems)?;
    let frame =
        Frame::staff(person, format!("採点：{}", shown.vendor), "/cases").with_problems(&shown.problems);
    page::render_problems(app, "review/score.html", &frame, &shown)
}

/// The page of an assessment, with the form as it was typed.
///
/// # Errors
/// A profile that is gone.
pub fn shown(app: &App, person: &Person, loaded: &Loaded, form: &Form, problems: Problems) -> Result<Page> {
    let profile = &policy::profile_of_case(app, &loaded.case)?;
    let path = profile.paths.iter().find(|path| path.id == loaded.case.path);
    let evaluators = path.map_or(&[][..], |path| path.evaluators.as_slice());
    let is_evaluator = person.roles.iter().any(|role| evaluators.contains(role));
    let at_turn = loaded.case.state == CaseState::Submitted && loaded.assessment.submitted_at.is_some();
    let words = |ratio: Option<Ratio>| {
        ratio.map_or_else(|| "算定できません".to_owned(), |ratio| format!("{ratio}％"))
    };
    let clause = |id: &str| policy::clause_number(app, profile, id).unwrap_or_default();
    let score = loaded.score.as_ref();
    Ok(Page {
        case: loaded.case.id.to_string(),
        assessment: loaded.assessment.id.to_string(),
        title: loaded.case.title.clone(),
        vendor: loaded.vendor.name.clone(),
        service: loaded.service.clone(),
        state: loaded.assessment.state.label(),
        submitted: loaded.assessment.submitted_at.as_ref().map_or(String::new(), |at| {
            let receipt = loaded.assessment.receipt_number.as_deref().unwrap_or_default();
            format!("{}　受付番号 {receipt}", page::moment(at.get()))
        }),
        entered: loaded.entered.clone(),
        criteria: score.map_or(String::new(), |score| score.criteria.clone()),
        figures: score.map(super::figures),
        pass_line: loaded.questionnaire.pass_line().map_or(String::new(), |line| {
            format!(
                "適：総合{}％以上かつ全ての区分で{}％以上／条件付適：総合{}％以上",
                line.pass, line.section, line.conditional
            )
        }),
        declared: words(score.and_then(|score| score.declared)),
        evidenced: words(score.and_then(|score| score.evidenced)),
        files: score.map_or_else(Vec::new, |_| files::rows(app, loaded)),
        may_return: at_turn && person.may(Permission::IssueQuestionnaire),
        may_comment: loaded.score.is_some() && person.may(Permission::IssueQuestionnaire),
        may_open_personal: person.may(Permission::Evaluate),
        knockouts: score
            .into_iter()
            .flat_map(|score| &score.knockouts)
            .map(|found| KnockoutShown {
                mark: if found.severity == Severity::Absolute { "KO" } else { "KO*" },
                question: found.question.clone(),
                reason: found.reason.clone(),
                because: found.because.clone(),
                clause: clause(&found.requirement),
            })
            .collect(),
        certifications: match score {
            Some(_) => {
                let named = loaded.saved.iter().find(|saved| saved.question == certification::QUESTION);
                let answer = named.map(|saved| &saved.answer);
                certification::of(&profile.content, &loaded.questionnaire, answer, app.today())
            }
            None => Certifications::default(),
        },
        open: score
            .into_iter()
            .flat_map(|score| &score.open)
            .map(|open| {
                let title =
                    loaded.questionnaire.find(&open.question).map_or("", |asked| &asked.question.title);
                (format!("{}　{title}", open.question), open_words(open.why).to_owned())
            })
            .collect(),
        sections: score.map_or_else(Vec::new, |score| sections(app, profile, loaded, score)),
        may_evaluate: at_turn && is_evaluator && person.may(Permission::Evaluate),
        evaluators: if at_turn && !is_evaluator {
            evaluators.iter().map(|role| policy::role_name(profile, role)).collect::<Vec<_>>().join("又は")
        } else {
            String::new()
        },
        judgement: loaded.evaluation.as_ref().map(|(row, name)| JudgementShown {
            text: row.judgement.clone(),
            by: format!("{name}　{}", page::moment(row.fixed_at.get())),
        }),
        values: page::values(form),
        problems,
    })
}

fn open_words(why: OpenReason) -> &'static str {
    match why {
        OpenReason::Unanswered => "未回答",
        OpenReason::Incomplete => "回答が途中",
        OpenReason::NotApplicablePending => "該当なしの扱いが未定",
        OpenReason::ConditionPending => "条件付きの扱いが未定",
    }
}

fn sections(app: &App, profile: &Profile, loaded: &Loaded, score: &Score) -> Vec<SectionShown> {
    let words =
        |ratio: Option<Ratio>| ratio.map_or_else(|| "対象外".to_owned(), |ratio| format!("{ratio}％"));
    let visible = loaded.questionnaire.visible(&answers::sheet(&loaded.saved));
    loaded
        .questionnaire
        .sections
        .iter()
        .map(|section| {
            let own = score.sections.iter().find(|own| own.topic == section.topic);
            let conformity = own.and_then(|own| own.conformity);
            SectionShown {
                id: section.topic.clone(),
                name: section.name.clone(),
                conformity: words(conformity),
                percent: conformity.map_or(0, |ratio| ratio.percent_tenths() / 10),
                declared: words(own.and_then(|own| own.declared)),
                evidenced: words(own.and_then(|own| own.evidenced)),
                // What is asked and not scored is read all the same.
                questions: section
                    .questions
                    .iter()
                    .filter(|asked| visible.has(&asked.question.id))
                    .map(|asked| {
                        let own = score.questions.iter().find(|own| own.question == asked.question.id);
                        question_shown(app, profile, loaded, &asked.question, own)
                    })
                    .collect(),
            }
        })
        .filter(|section| !section.questions.is_empty())
        .collect()
}

fn question_shown(
    app: &App,
    profile: &Profile,
    loaded: &Loaded,
    question: &Question,
    score: Option<&QuestionScore>,
) -> QuestionShown {
    let saved = loaded.saved.iter().find(|saved| saved.question == question.id);
    let given = saved.map(|saved| &saved.answer);
    QuestionShown {
        id: question.id.clone(),
        title: question.title.clone(),
        text: question.text.clone(),
        in_english: loaded
            .saved
            .iter()
            .any(|saved| saved.question == question.id && saved.language == Language::English),
        answer: given.map(|given| answer::describe(question, given)).unwrap_or_default(),
        arithmetic: score.map_or_else(|| "採点の対象としない".to_owned(), arithmetic),
        basis: score.map_or(String::new(), |score| score.basis.clone()),
        points: score
            .and_then(|score| score.points)
            .map_or_else(|| "対象外".to_owned(), |points| format!("{points}点")),
        clauses: question
            .requirements
            .iter()
            .filter_map(|id| policy::clause_number(app, profile, id))
            .collect(),
        comments: loaded
            .comments
            .iter()
            .filter(|comment| comment.question == question.id)
            .map(|comment| CommentShown::of(comment, Language::Japanese))
            .collect(),
        evidence: given
            .into_iter()
            .flat_map(|given| given.evidence.iter().enumerate())
            .map(|(index, cited)| files::cited(loaded, index, cited))
            .collect(),
        not_applicable: given.and_then(|given| match &given.standing {
            Standing::NotApplicable { reason, accepted } => Some((reason.clone(), *accepted)),
            _ => None,
        }),
        conditional: given.and_then(|given| match &given.standing {
            Standing::Conditional { option, included } => Some((option.clone(), *included)),
            _ => None,
        }),
        version: saved.map_or(0, |saved| saved.version),
    }
}

/// The arithmetic as a sentence, without floating point.
fn arithmetic(score: &QuestionScore) -> String {
    match score.points {
        None => "採点の対象としない".to_owned(),
        Some(points) => {
            let thousandths = |value: u64| {
                let text = format!("{}.{:03}", value / 1_000, value % 1_000);
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            };
            format!(
                "{points}点 × 重み{} × 証跡係数{} ＝ {}（満点 {}）",
                score.weight,
                thousandths(u64::from(score.factor)),
                thousandths(score.earned),
                thousandths(score.possible)
            )
        }
    }
}
