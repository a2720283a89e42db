//! Two cases walked by the same use cases that the screens call.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::case::Outcome;
use domain::ids::{AssessmentId, CaseId, ServiceId, VendorId};
use questionnaires::japanese::date::wareki_short;
use store::answers::{self, Save};
use store::assessments::{self, Responder};
use store::outbox;
use toml::Value;

use super::super::{Failure, Output};
use super::failed;
use super::town::Town;
use crate::access::{self, Person};
use crate::answering::{invitation, save, sheet, submit};
use crate::app::App;
use crate::approvals::{apply, decide};
use crate::assessments::issue;
use crate::cases::{register, registration};
use crate::contracts::{generate, inputs};
use crate::error::{Error, Result as Outcome_};
use crate::form::Form;
use crate::ledger;
use crate::policy::held as policy;
use crate::review::{evaluate, score};

const ANSWERS: &str = include_str!("answers.toml");

/// The calendar of the demonstration.
pub struct Weeks(Arc<AtomicI64>);

impl Weeks {
    pub fn new(shift: Arc<AtomicI64>) -> Self {
        Self(shift)
    }

    /// Moves the clock to some days before the present.
    pub fn days_ago(&self, days: i64) {
        self.0.store(-days * 86_400, Ordering::Relaxed);
    }
}

struct Plan<'a> {
    facts: &'a [(&'a str, &'a str)],
    vendors: &'a [(VendorId, Option<ServiceId>)],
    /// Kinds of answers, in the order of the vendors.
    kinds: &'a [&'a str],
    evaluator: &'a str,
    judgement: &'a str,
    applicant: &'a str,
    purpose: &'a str,
    approver: &'a str,
    outcome: Outcome,
    condition: &'a str,
    manager: Option<&'a str>,
}

/// The cloud service: three vendors, class 2.
pub async fn cloud(
    app: &App,
    town: &Town,
    weeks: &Weeks,
    folder: &Path,
    output: &Output,
) -> Result<(), Failure> {
    let plan = Plan {
        facts: &[
            ("title", "庁内文書管理クラウドサービスの利用"),
            ("fact.service_kind", "cloud_service"),
            ("fact.business_kind", "document_management"),
            ("fact.specific_personal_info", "no"),
            ("fact.integrity", "level_2"),
            ("fact.availability", "level_2"),
            ("fact.electronic_data", "yes"),
            ("fact.provides_information", "yes"),
            ("fact.important_information", "yes"),
            ("fact.network", "internet"),
            ("fact.onsite", "no"),
            ("fact.development", "no"),
            ("fact.contract_form", "contract"),
            ("fact.electronic_contract", "no"),
            ("fact.price_band", "medium"),
            ("fact.starts_on", "令和9年4月1日"),
            ("fact.ends_on", "令和10年3月31日"),
            ("information.0.name", "起案文書及び添付資料"),
            ("information.0.contents", "件名、本文、決裁の経過"),
            ("information.0.amount", "20000"),
            ("information.0.class", "2"),
            ("information.1.name", "公表資料の控え"),
            ("information.1.contents", "公表した資料"),
            ("information.1.amount", "1500"),
            ("information.1.class", "1"),
        ],
        vendors: town.vendors.get(..3).unwrap_or_default(),
        kinds: &["sound", "overseas", "failing"],
        evaluator: "somu",
        judgement: "3者のうち、必須の条件に適合し、適合率が最も高い。認証の範囲は本サービスを全て含み、資料により確認できた。過去3年間に重大な事故はなく、データの保存も国内に限られることから、信頼性は十分であると判断する。",
        applicant: "kacho",
        purpose: "庁内の文書を電子で保存し、検索するために、全職員が利用する。",
        approver: "fuku",
        outcome: Outcome::ApproveConditionally,
        condition: "運用の開始までに、利用者の権限の設定を点検し、結果を報告すること。",
        manager: Some("kacho"),
    };
    walk(app, town, weeks, folder, output, &plan).await
}

/// The outsourcing: printing and enclosing with personal information.
pub async fn outsourcing(
    app: &App,
    town: &Town,
    weeks: &Weeks,
    folder: &Path,
    output: &Output,
) -> Result<(), Failure> {
    let plan = Plan {
        facts: &[
            ("title", "住民健康診査の案内の印刷及び封入封緘業務"),
            ("fact.service_kind", "business_outsourcing"),
            ("fact.business_kind", "printing"),
            ("fact.specific_personal_info", "no"),
            ("fact.sensitive_personal_info", "no"),
            ("fact.integrity", "level_2"),
            ("fact.availability", "level_1"),
            ("fact.electronic_data", "yes"),
            ("fact.provides_information", "yes"),
            ("fact.important_information", "yes"),
            ("fact.network", "none"),
            ("fact.onsite", "no"),
            ("fact.contract_form", "contract"),
            ("fact.electronic_contract", "no"),
            ("fact.price_band", "medium"),
            ("fact.starts_on", "令和9年4月1日"),
            ("fact.ends_on", "令和9年9月30日"),
            ("information.0.name", "健康診査の対象者の一覧"),
            ("information.0.contents", "氏名、住所、生年月日、受診の区分"),
            ("information.0.amount", "3000"),
            ("information.0.class", "3B"),
            ("information.0.personal", "yes"),
        ],
        vendors: town.vendors.get(3..).unwrap_or_default(),
        kinds: &["sound"],
        evaluator: "kacho",
        judgement: "必須の条件に全て適合し、保管する機器及びネットワークを技術的に限っていることを資料で確認した。個人情報を取り扱う体制も整っており、選定することが適当である。",
        applicant: "tanto",
        purpose: "住民健康診査の案内を印刷し、封入して発送するため、業務を委託する。",
        approver: "bucho",
        outcome: Outcome::Approve,
        condition: "",
        manager: None,
    };
    walk(app, town, weeks, folder, output, &plan).await
}

async fn walk(
    app: &App,
    town: &Town,
    weeks: &Weeks,
    folder: &Path,
    output: &Output,
    plan: &Plan<'_>,
) -> Result<(), Failure> {
    let officer = town.person("tanto")?;
    weeks.days_ago(21);
    let case = register_case(app, town, officer, plan).await.map_err(failed("案件の登録"))?;
    weeks.days_ago(20);
    let issued = send(app, officer, &case, plan).await.map_err(failed("調査票の送付"))?;
    weeks.days_ago(14);
    for (assessment, kind) in issued.iter().zip(plan.kinds) {
        let receipt = answer(app, officer, assessment, kind).await.map_err(failed("回答"))?;
        output.say(format!("  回答を受け付けました（{kind}）　受付番号 {receipt}"));
    }
    weeks.days_ago(7);
    let evaluator = town.person(plan.evaluator)?;
    let first = issued.first().ok_or_else(|| Failure::Said("送付先がありません".into()))?;
    confirm(app, evaluator, &case, first).await.map_err(failed("証跡の確認"))?;
    for assessment in &issued {
        let loaded =
            score::load(app, evaluator, case.as_str(), assessment.as_str()).await.map_err(failed("採点"))?;
        if let Some(found) = &loaded.score {
            let figures = crate::review::figures(found);
            output.say(format!(
                "  {}：必須の不適合 {}件、適合率 {}、未回答・未確認 {}問、判定 {}",
                loaded.vendor.name, figures.knockouts, figures.conformity, figures.open, figures.verdict
            ));
        }
    }
    decide_case(app, town, weeks, &case, first, plan).await?;
    let officer_in_charge = town.person("tanto")?;
    let made = inputs::load(app, officer_in_charge, case.as_str()).await.map_err(failed("特記仕様書"))?;
    let (_, bytes) = generate::generate(
        app,
        officer_in_charge,
        &made,
        inputs::SPECIAL_SPECIFICATIONS,
        &inputs::Given::default(),
    )
    .await
    .map_err(failed("特記仕様書"))?;
    let name = format!("{}_特記仕様書.docx", made.case.title);
    std::fs::write(folder.join(&name), &bytes)
        .map_err(|error| Failure::caused(format!("文書 {name} を書き込めません"), error))?;
    let loaded = apply::load(app, officer_in_charge, case.as_str()).await.map_err(failed("台帳"))?;
    ledger::register::register(app, officer_in_charge, loaded).await.map_err(failed("台帳"))?;
    output.say(format!(
        "{}：台帳に登録し、文書 {} を作りました。",
        made.case.title,
        folder.join(&name).display()
    ));
    Ok(())
}

async fn decide_case(
    app: &App,
    town: &Town,
    weeks: &Weeks,
    case: &CaseId,
    chosen: &AssessmentId,
    plan: &Plan<'_>,
) -> Result<(), Failure> {
    let evaluator = town.person(plan.evaluator)?;
    let loaded =
        score::load(app, evaluator, case.as_str(), chosen.as_str()).await.map_err(failed("評価の確定"))?;
    evaluate::fix(app, evaluator, loaded, plan.judgement.to_owned()).await.map_err(failed("評価の確定"))?;
    weeks.days_ago(5);
    let applicant = town.person(plan.applicant)?;
    let loaded = apply::load(app, applicant, case.as_str()).await.map_err(failed("申請"))?;
    apply::apply(app, applicant, loaded, plan.purpose.to_owned()).await.map_err(failed("申請"))?;
    weeks.days_ago(2);
    let approver = town.person(plan.approver)?;
    let loaded = apply::load(app, approver, case.as_str()).await.map_err(failed("決裁"))?;
    let decided = decide::Decided {
        outcome: plan.outcome,
        reason: plan.condition.to_owned(),
        manager: plan
            .manager
            .map(|name| town.person(name))
            .transpose()?
            .map(|person| person.staff.id.clone()),
    };
    decide::decide(app, approver, &loaded, decided).await.map_err(failed("決裁"))?;
    weeks.days_ago(0);
    Ok(())
}

async fn register_case(app: &App, town: &Town, officer: &Person, plan: &Plan<'_>) -> Outcome_<CaseId> {
    let pairs = plan.facts.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let form = Form::from_pairs(pairs.chain([("department", town.department.to_string())]));
    let profile = &policy::profile_of(app, &officer.organization)?;
    let departments = registration::departments(app, officer).await?;
    let sheet = registration::read(app, profile, &departments, &form);
    if let Some(problem) = sheet.problems.all().first() {
        return Err(Error::Refused {
            message: format!("{}：{}", problem.field, problem.message),
            clause: None,
        });
    }
    register::register(app, officer, sheet).await
}

async fn send(app: &App, officer: &Person, case: &CaseId, plan: &Plan<'_>) -> Outcome_<Vec<AssessmentId>> {
    let prepared = issue::prepare(app, officer.scope(), case.clone()).await?;
    let day = app
        .today()
        .checked_add(jiff::Span::new().days(18))
        .map_err(|error| Error::internal("due day", error))?;
    issue::issue(app, officer, prepared, plan.vendors.to_vec(), issue::due_instant(day)?).await
}

/// Answers as the vendor: through the link of the mail, question by question, then submission.
async fn answer(app: &App, officer: &Person, assessment: &AssessmentId, kind: &str) -> Outcome_<String> {
    let responder = enter(app, officer, assessment).await?;
    let answers = answers_of(kind)?;
    let issued_on = app.today().checked_sub(jiff::Span::new().months(3)).unwrap_or(app.today());
    let questions: Vec<_> = {
        let own = sheet::load(app, &responder).await?;
        own.questionnaire.questions().map(|asked| asked.question.clone()).collect()
    };
    for question in &questions {
        let own = sheet::load(app, &responder).await?;
        if !own.questionnaire.visible(&own.sheet).has(&question.id) {
            continue;
        }
        let Some(fields) = answers.get(question.id.as_str()) else { continue };
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (field, value) in fields {
            let name = format!("{}/{field}", question.id);
            match value {
                Value::Array(items) => {
                    pairs.extend(
                        items.iter().filter_map(Value::as_str).map(|item| (name.clone(), item.to_owned())),
                    );
                }
                other => pairs.push((name, other.as_str().unwrap_or_default().to_owned())),
            }
        }
        if let Some(evidence) = question.evidence.first().filter(|_| kind != "failing") {
            let slot = format!("{}/evidence.0", question.id);
            pairs.push((format!("{slot}.kind"), evidence.id.clone()));
            pairs.push((format!("{slot}.title"), format!("{}.pdf", evidence.label)));
            pairs.push((format!("{slot}.issued_on"), wareki_short(issued_on)));
        }
        let form = Form::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let saved = save::save(app, &responder, &question.id, 0, &form).await?;
        if let Some(problem) = saved.problems.first() {
            let message = format!("{} {}：{}", question.id, problem.field, problem.message);
            return Err(Error::Refused { message, clause: None });
        }
    }
    let own = sheet::load(app, &responder).await?;
    if let Some((question, problem)) = own.questionnaire.submission_problems(&own.sheet).first() {
        let message = format!("{question} {}：{}", problem.field, problem.message);
        return Err(Error::Refused { message, clause: None });
    }
    submit::hand_in(app, &responder, "情報セキュリティ責任者　例示　実".to_owned()).await
}

/// Redeems the link that the mail holds.
async fn enter(app: &App, officer: &Person, assessment: &AssessmentId) -> Outcome_<Responder> {
    let (organization, assessment) = (officer.organization.id.clone(), assessment.clone());
    let body = app
        .db
        .read(move |conn| {
            let invitations = assessments::invitations_of(conn, &assessment)?;
            let ids: Vec<String> = invitations.iter().map(|i| i.id.to_string()).collect();
            let messages = outbox::messages_about(conn, &organization, &ids)?;
            Ok::<_, Error>(messages.into_iter().next().map(|message| message.body))
        })
        .await?
        .ok_or(Error::NotFound)?;
    let token =
        body.lines().find_map(|line| line.split_once("/i/")).map(|(_, token)| token.trim().to_owned());
    let session =
        invitation::enter(app, &token.ok_or(Error::NotFound)?, None).await?.ok_or(Error::NotFound)?;
    access::responder_of_token(app, &session).await?.ok_or(Error::NotFound)
}

/// The answers of a kind: those of the sound vendor with its own differences.
fn answers_of(kind: &str) -> Outcome_<BTreeMap<String, toml::Table>> {
    let all: toml::Table =
        toml::from_str(ANSWERS).map_err(|error| Error::internal("answers of the demonstration", error))?;
    let of = |name: &str| all.get(name).and_then(Value::as_table).cloned().unwrap_or_default();
    let mut answers = of("sound");
    if kind != "sound" {
        answers.extend(of(kind));
    }
    Ok(answers.into_iter().filter_map(|(id, value)| Some((id, value.as_table()?.clone()))).collect())
}

/// Confirms the evidence of the vendor that will be chosen, as the evaluator does on the score page.
async fn confirm(app: &App, evaluator: &Person, case: &CaseId, assessment: &AssessmentId) -> Outcome_<()> {
    let loaded = score::load(app, evaluator, case.as_str(), assessment.as_str()).await?;
    let (app, name, now) = (app.clone(), evaluator.staff.name.clone(), app.now());
    app.clone()
        .db
        .write(move |conn| {
            for saved in loaded.saved.iter().filter(|saved| !saved.answer.evidence.is_empty()) {
                let mut answer = saved.answer.clone();
                answer.evidence.iter_mut().for_each(|evidence| evidence.confirmed = true);
                let save = Save {
                    revision: domain::ids::RevisionId::new(app.uuid()),
                    question: &saved.question,
                    expected: saved.version,
                    answer: &answer,
                    problems: usize::try_from(saved.problems).unwrap_or(0),
                    saved_by: &name,
                    saved_at: now.into(),
                    reused_from: None,
                    language: saved.language,
                };
                answers::annotate(conn, &loaded.assessment.id, save)?;
            }
            Ok::<_, Error>(())
        })
        .await
}
