//! Telling one vendor its result, and handing documents over: what the vendor will see is what stands on this page.

use axum::extract::{Path, State};
use domain::case::{self, Command, Told};
use domain::ids::{AssessmentId, CaseId, DocumentId, HandedDocumentId, ResultId};
use domain::permission::Permission;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::assessments::{self, Assessment};
use store::cases::{self, Case};
use store::contracts::{self, Document};
use store::results::{self, HandedDocument, ResultRow};
use store::vendors::{self, Vendor};
use store::{Conn, Scope, approvals, outbox};

use crate::access::Person;
use crate::app::App;
use crate::assessments::{answer, mail};
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};
use crate::policy::held as policy;
use crate::recording::Recorder;

/// Its title.
const TITLE: &str = "結果の通知";
/// Most characters of a text to the vendor.
const TEXT_CHARS: usize = 2_000;
/// How long the vendor's link opens from now on, at the least.
const OPEN: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The class of internal papers: what stands above it is not handed to a vendor.
const INTERNAL: &str = "2";

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
    /// Why nothing can be told; empty when it can, or when it has been.
    pub blocked: String,
    /// What is told, or was.
    pub outcome: &'static str,
    /// Whether conditions go with it.
    pub conditional: bool,
    /// When it was told and by whom; empty before.
    pub published: String,
    /// Text that was sent.
    pub text: String,
    /// Conditions that were sent.
    pub conditions: String,
    /// Documents handed over, with their receipts.
    pub handed: Vec<super::Receipt>,
    /// Documents that can be handed over.
    pub documents: Vec<Offered>,
    /// Whether the person may do it.
    pub may_publish: bool,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// A document that can be handed over.
#[derive(Debug, Clone, Serialize)]
pub struct Offered {
    /// Id.
    pub id: String,
    /// Title with version and when it was made.
    pub label: String,
    /// Whether it was ticked.
    pub chosen: bool,
}

/// An assessment with everything that decides what its vendor is told.
struct Loaded {
    case: Case,
    assessment: Assessment,
    vendor: Vendor,
    /// Conditions of the approval.
    conditions: String,
    documents: Vec<Document>,
    told: Option<(ResultRow, Vec<(HandedDocument, Document)>)>,
    published_by: String,
}

impl Loaded {
    fn is_chosen(&self) -> bool {
        self.case.chosen_assessment_id.as_ref() == Some(&self.assessment.id)
    }

    fn outcome(&self) -> Told {
        Told::of(self.case.state, self.is_chosen(), !self.conditions.is_empty())
    }

    fn command(&self) -> Command {
        super::command(&self.case, &self.assessment, self.told.is_some())
    }

    /// Documents that the vendor may be given: it is a party to them, their class allows it, and they say nothing of
    /// the chosen vendor to another one.
    fn offered(&self, app: &App) -> Result<Vec<&Document>> {
        let profile = policy::profile_of_case(app, &self.case)?;
        let internal = profile.classes.iter().position(|class| class.id == INTERNAL);
        let allowed = |document: &&Document| {
            let class = profile.classes.iter().position(|class| class.name == document.classification);
            app.library.document(&document.kind).is_some_and(|template| template.for_vendor)
                && class.is_some_and(|class| Some(class) <= internal)
                && (self.is_chosen() || document.occasion == "tender")
        };
        let handed: Vec<&DocumentId> =
            self.told.iter().flat_map(|(_, all)| all).map(|(_, own)| &own.id).collect();
        Ok(self.documents.iter().filter(allowed).filter(|document| !handed.contains(&&document.id)).collect())
    }
}

fn load_in(conn: &mut Conn, scope: &Scope, case: &CaseId, assessment: &AssessmentId) -> Result<Loaded> {
    let case = cases::case(conn, scope, case)?;
    let assessment = assessments::assessment_of_case(conn, &case.id, assessment)?;
    let vendor = vendors::vendor(conn, &scope.organization, &assessment.vendor_id)?;
    let applications = approvals::applications_of(conn, &case.id)?;
    let decisions = applications.first().map(|(_, decisions)| decisions.as_slice()).unwrap_or_default();
    let conditions: Vec<&str> =
        decisions.iter().map(|own| own.conditions.as_str()).filter(|own| !own.is_empty()).collect();
    let told = super::told(conn, &case)?.into_iter().find(|(row, _)| row.assessment_id == assessment.id);
    let published_by = match &told {
        Some((row, _)) => store::accounts::staff_member(conn, &scope.organization, &row.published_by)?.name,
        None => String::new(),
    };
    Ok(Loaded {
        conditions: conditions.join("\n"),
        documents: contracts::documents_of(conn, &case.id)?,
        case,
        assessment,
        vendor,
        told,
        published_by,
    })
}

async fn load(app: &App, person: &Person, case: &str, assessment: &str) -> Result<Loaded> {
    let (scope, case, assessment) =
        (person.scope(), page::id::<CaseId>(case)?, page::id::<AssessmentId>(assessment)?);
    let loaded = app.db.read(move |conn| load_in(conn, &scope, &case, &assessment)).await?;
    // Where staff answered, no vendor waits for anything.
    if answer::by_staff(&*policy::profile_of_case(app, &loaded.case)?, &loaded.case) {
        return Err(Error::NotFound);
    }
    Ok(loaded)
}

/// GET
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    query: Query,
) -> Result {
    let loaded = load(&app, &person, &case, &assessment).await?;
    let form = Form::from_pairs([("conditions", loaded.conditions.clone())]);
    let shown = shown(&app, &person, &loaded, &form, Problems::default())?;
    let frame = Frame::staff(&person, TITLE, "/cases").with_done(&query);
    page::render(&app, "results/publish.html", &frame, &shown)
}

fn shown(app: &App, person: &Person, loaded: &Loaded, form: &Form, problems: Problems) -> Result<Page> {
    let refusal = case::decide(loaded.case.state, &loaded.command()).err();
    let told = loaded.told.as_ref();
    let outcome = told.map_or_else(|| loaded.outcome(), |(row, _)| row.outcome);
    let ticked = form.all("document");
    Ok(Page {
        case: loaded.case.id.to_string(),
        assessment: loaded.assessment.id.to_string(),
        title: loaded.case.title.clone(),
        vendor: loaded.vendor.name.clone(),
        blocked: refusal.filter(|_| told.is_none()).map_or(String::new(), |refusal| refusal.missing),
        outcome: outcome.label(),
        conditional: outcome == Told::SelectedConditionally,
        published: told.map_or(String::new(), |(row, _)| {
            format!("{}　{}", page::moment(row.published_at.get()), loaded.published_by)
        }),
        text: told.map_or(String::new(), |(row, _)| row.text.clone()),
        conditions: told.map_or(String::new(), |(row, _)| row.conditions.clone()),
        handed: told.map_or(Vec::new(), |(_, handed)| handed.iter().map(super::receipt).collect()),
        documents: loaded
            .offered(app)?
            .into_iter()
            .map(|document| Offered {
                id: document.id.to_string(),
                label: format!("{}　{}", super::title(document), page::moment(document.created_at.get())),
                chosen: ticked.iter().any(|id| id == document.id.as_str()),
            })
            .collect(),
        may_publish: person.may(Permission::IssueQuestionnaire),
        values: page::values(form),
        problems,
    })
}

fn refused(app: &App, person: &Person, loaded: &Loaded, form: &Form, problems: Problems) -> Result {
    let frame = Frame::staff(person, TITLE, "/cases").with_problems(&problems);
    page::render_problems(app, "results/publish.html", &frame, &shown(app, person, loaded, form, problems)?)
}

/// The documents that were ticked; one that may not be handed over is not there.
fn ticked(app: &App, loaded: &Loaded, form: &Form) -> Result<Vec<DocumentId>> {
    let offered = loaded.offered(app)?;
    let ids = form.all("document").iter().map(|id| {
        offered.iter().find(|own| own.id.as_str() == id).map(|own| own.id.clone()).ok_or(Error::NotFound)
    });
    ids.collect()
}

/// POST: tells the vendor its result.
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = load(&app, &person, &case, &assessment).await?;
    let profile = policy::profile_of_case(&app, &loaded.case)?;
    case::decide(loaded.case.state, &loaded.command())
        .map_err(|refusal| policy::refusal(&app, &profile, &refusal))?;
    let mut problems = Problems::default();
    let text = form.optional("text", "事業者への説明", TEXT_CHARS, &mut problems);
    let conditions = if loaded.outcome() == Told::SelectedConditionally {
        form.required("conditions", "承認の条件", TEXT_CHARS, &mut problems)
    } else {
        String::new()
    };
    if form.text("checked") != "yes" {
        problems.add("checked", "事業者に見える内容を確認し、チェックを入れてください");
    }
    if !problems.is_empty() {
        return refused(&app, &person, &loaded, &form, problems);
    }
    let wanted = ticked(&app, &loaded, &form)?;
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let (inner, before) = (app.clone(), loaded);
    app.db
        .write(move |conn| {
            let now = load_in(conn, &person.scope(), &before.case.id, &before.assessment.id)?;
            case::decide(now.case.state, &now.command())
                .map_err(|refusal| policy::refusal(&inner, &profile, &refusal))?;
            if now.outcome() != before.outcome() {
                return Err(Error::Stale);
            }
            let row = ResultRow {
                id: ResultId::new(inner.uuid()),
                organization_id: now.case.organization_id.clone(),
                case_id: now.case.id.clone(),
                assessment_id: now.assessment.id.clone(),
                outcome: now.outcome(),
                text,
                conditions,
                published_by: person.staff.id.clone(),
                published_at: recorder.at.into(),
            };
            results::insert_result(conn, &row)?;
            hand_over(conn, &inner, &row.id, &wanted)?;
            tell(conn, &inner, &person, &now, recorder.at)?;
            let detail = json!({ "outcome": row.outcome, "documents": wanted });
            let object = ("assessment", now.assessment.id.as_str());
            recorder.record(conn, "result.published", object, Some(&now.case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{case}/assessments/{assessment}/result?done=told")))
}

/// POST: hands over more documents of a result that has been told.
pub async fn documents(
    State(app): State<App>,
    person: Person,
    Path((case, assessment)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = load(&app, &person, &case, &assessment).await?;
    let Some((row, _)) = &loaded.told else {
        return Err(Error::Refused {
            message: "結果を知らせていない事業者には、文書を渡せません。先に結果を知らせてください。".into(),
            clause: None,
        });
    };
    let wanted = ticked(&app, &loaded, &form)?;
    if wanted.is_empty() {
        let mut problems = Problems::default();
        problems.add("document", "渡す文書を選んでください");
        return refused(&app, &person, &loaded, &form, problems);
    }
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let (inner, result) = (app.clone(), row.id.clone());
    app.db
        .write(move |conn| {
            hand_over(conn, &inner, &result, &wanted)?;
            tell(conn, &inner, &person, &loaded, recorder.at)?;
            let object = ("assessment", loaded.assessment.id.as_str());
            let detail = json!({ "documents": wanted });
            recorder.record(conn, "result.documents_added", object, Some(&loaded.case.id), detail)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{case}/assessments/{assessment}/result?done=handed")))
}

fn hand_over(conn: &mut Conn, app: &App, result: &ResultId, wanted: &[DocumentId]) -> Result<()> {
    for document in wanted {
        let row = HandedDocument {
            id: HandedDocumentId::new(app.uuid()),
            result_id: result.clone(),
            document_id: document.clone(),
            received_by: None,
            received_at: None,
        };
        results::insert_handed(conn, &row)?;
    }
    Ok(())
}

/// A mail that says that there is something to see, and a link that still opens it.
fn tell(conn: &mut Conn, app: &App, person: &Person, loaded: &Loaded, now: Timestamp) -> Result<()> {
    let until = now.checked_add(OPEN).unwrap_or(now);
    let invitations = assessments::invitations_of(conn, &loaded.assessment.id)?;
    let latest = invitations.iter().map(|own| own.expires_at.get()).max().unwrap_or(until);
    assessments::prolong_invitations(conn, &loaded.assessment.id, latest.max(until))?;
    let vendor = mail::to_whom(conn, &loaded.assessment, loaded.vendor.clone())?;
    let said = mail::Notice { template: "result", reason: "" };
    let message = mail::notice(
        app,
        (&person.organization, &person.staff.name),
        &loaded.case,
        &loaded.assessment,
        &vendor,
        &said,
        now,
    )?;
    outbox::enqueue(conn, &message)?;
    Ok(())
}
