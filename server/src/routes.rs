//! Every URL of the program, with the access that it needs.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware;
use axum::routing::{self, MethodRouter};
use domain::permission::Permission as P;
use tower_http::timeout::TimeoutLayer;

use crate::access::{self, Access};
use crate::app::App;
use crate::evidence::receive;
use crate::{
    accounts, answering, approvals, assessments, cases, contracts, conversation, evidence, guide, home,
    inquiries, ledger, policy, results, review, vendors,
};

/// How long a request may take in all.
const REQUEST_PATIENCE: Duration = Duration::from_secs(30);

/// A route as the tests see it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Method.
    pub method: Method,
    /// Path with its parameters.
    pub path: &'static str,
    /// Access.
    pub access: Access,
}

/// Routes with their access; the only way to add one.
pub struct Routes {
    app: App,
    router: Router<App>,
    table: Vec<Listed>,
}

impl Routes {
    fn new(app: &App) -> Self {
        Self { app: app.clone(), router: Router::new(), table: Vec::new() }
    }

    fn get<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::GET, path, access, routing::get(handler))
    }

    fn post<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::POST, path, access, routing::post(handler))
    }

    /// A POST with files: larger and slower than any form.
    fn upload<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        let route: MethodRouter<App> =
            routing::post(handler).layer(DefaultBodyLimit::max(receive::BODY_LIMIT));
        self.add_within(receive::PATIENCE, Method::POST, path, access, route)
    }

    fn add(self, method: Method, path: &'static str, access: Access, route: MethodRouter<App>) -> Self {
        self.add_within(REQUEST_PATIENCE, method, path, access, route)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that adds routes, together with their access"
    )]
    fn add_within(
        mut self,
        patience: Duration,
        method: Method,
        path: &'static str,
        access: Access,
        route: MethodRouter<App>,
    ) -> Self {
        let state = self.app.clone();
        self.table.push(Listed { method, path, access });
        let guard = middleware::from_fn_with_state(state, move |state, request: Request, next| {
            access::require(access, state, request, next)
        });
        let patience = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, patience);
        self.router = self.router.route(path, route.layer::<_, Infallible>(guard).layer(patience));
        self
    }

    /// The table and the router.
    pub fn finish(self) -> (Vec<Listed>, Router) {
        (self.table, self.router.with_state(self.app))
    }
}

/// All routes.
#[must_use]
pub fn all(app: &App) -> Routes {
    let staff = Access::Staff;
    Routes::new(app)
        // Without a person
        .get("/static/{file}", Access::Public, home::asset)
        .get("/healthz", Access::Public, home::health)
        .get("/style-guide", Access::Public, home::style_guide)
        .get("/help", Access::Public, guide::help)
        .get("/accessibility", Access::Public, guide::accessibility)
        .get("/privacy", Access::Public, guide::privacy)
        .get("/sign-in", Access::Public, accounts::sign_in::page)
        .post("/sign-in", Access::Public, accounts::sign_in::submit)
        // Own account
        .post("/sign-out", Access::SignedIn, accounts::sign_out::submit)
        .get("/password", Access::SignedIn, accounts::password::page)
        .post("/password", Access::SignedIn, accounts::password::submit)
        .get("/staff", staff(P::Administer), accounts::list::page)
        .get("/trail", staff(P::ViewTrail), home::trail)
        // 今日やること
        .get("/", Access::SignedIn, home::page)
        // 事業者
        .get("/vendors", staff(P::ViewCases), vendors::list::page)
        .get("/vendors/new", staff(P::EditCases), vendors::register::page)
        .post("/vendors/new", staff(P::EditCases), vendors::register::submit)
        .get("/vendors/{vendor}", staff(P::ViewCases), vendors::show::page)
        .get("/vendors/{vendor}/edit", staff(P::EditCases), vendors::edit::page)
        .post("/vendors/{vendor}/edit", staff(P::EditCases), vendors::edit::submit)
        .post("/vendors/{vendor}/services", staff(P::EditCases), vendors::services::submit)
        .post("/vendors/{vendor}/changes/{change}", staff(P::EditCases), vendors::changes::submit)
        // 案件
        .get("/cases", staff(P::ViewCases), cases::list::page)
        .get("/cases/new", staff(P::EditCases), cases::register::page)
        .post("/cases/new", staff(P::EditCases), cases::register::submit)
        .get("/cases/{case}", staff(P::ViewCases), cases::show::page)
        .get("/cases/{case}/edit", staff(P::EditCases), cases::edit::page)
        .post("/cases/{case}/edit", staff(P::EditCases), cases::edit::submit)
        // 調査票の送付
        .get("/cases/{case}/issue", staff(P::IssueQuestionnaire), assessments::issue::page)
        .post("/cases/{case}/issue", staff(P::IssueQuestionnaire), assessments::issue::submit)
        .post("/cases/{case}/due", staff(P::IssueQuestionnaire), assessments::extend::submit)
        .post(
            "/cases/{case}/assessments/{assessment}/return",
            staff(P::IssueQuestionnaire),
            assessments::send_back::submit,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/return-questions",
            staff(P::IssueQuestionnaire),
            conversation::returned::submit,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/comments",
            staff(P::IssueQuestionnaire),
            conversation::comments::staff,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/requests/{request}",
            staff(P::IssueQuestionnaire),
            conversation::settle::submit,
        )
        .get("/cases/{case}/questions", staff(P::ViewCases), assessments::questions::page)
        .get(
            "/cases/{case}/assessments/{assessment}/invitation",
            staff(P::IssueQuestionnaire),
            assessments::invitation::page,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/invitation",
            staff(P::IssueQuestionnaire),
            assessments::invitation::reissue,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/invitations/{invitation}/revoke",
            staff(P::IssueQuestionnaire),
            assessments::invitation::revoke,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/handed-over",
            staff(P::IssueQuestionnaire),
            assessments::invitation::hand_over,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/answer",
            staff(P::IssueQuestionnaire),
            assessments::answer::begin,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/on-behalf",
            staff(P::IssueQuestionnaire),
            assessments::on_behalf::begin,
        )
        // 質疑
        .get("/cases/{case}/inquiries", staff(P::ViewCases), inquiries::list::page)
        .post("/cases/{case}/inquiries", staff(P::IssueQuestionnaire), inquiries::notice::submit)
        .get("/cases/{case}/inquiries/{inquiry}", staff(P::IssueQuestionnaire), inquiries::answer::page)
        .post("/cases/{case}/inquiries/{inquiry}", staff(P::IssueQuestionnaire), inquiries::answer::submit)
        // 採点・評価
        .get("/cases/{case}/assessments/{assessment}", staff(P::ViewCases), review::score::page)
        .post(
            "/cases/{case}/assessments/{assessment}/answers/{question}",
            staff(P::Evaluate),
            review::annotate::submit,
        )
        .get(
            "/cases/{case}/assessments/{assessment}/evidence/{evidence}/{version}",
            staff(P::ViewCases),
            evidence::download::staff,
        )
        .post("/cases/{case}/assessments/{assessment}/evaluate", staff(P::Evaluate), review::evaluate::submit)
        // 結果の通知
        .get("/cases/{case}/assessments/{assessment}/result", staff(P::ViewCases), results::publish::page)
        .post(
            "/cases/{case}/assessments/{assessment}/result",
            staff(P::IssueQuestionnaire),
            results::publish::submit,
        )
        .post(
            "/cases/{case}/assessments/{assessment}/result/documents",
            staff(P::IssueQuestionnaire),
            results::publish::documents,
        )
        // 利用申請・審査
        .get("/cases/{case}/application", staff(P::ViewCases), approvals::apply::page)
        .post("/cases/{case}/application", staff(P::Apply), approvals::apply::submit)
        .post("/cases/{case}/decision", staff(P::Decide), approvals::decide::submit)
        // 特記仕様書
        .get("/cases/{case}/clauses", staff(P::ViewCases), contracts::preview::page)
        .post("/cases/{case}/clauses/{clause}", staff(P::WriteDocuments), contracts::switch::submit)
        .get("/cases/{case}/comparison", staff(P::ViewCases), contracts::workbook::comparison)
        .get("/cases/{case}/clauses/{clause}/text", staff(P::WriteDocuments), contracts::edit::page)
        .post("/cases/{case}/clauses/{clause}/text", staff(P::WriteDocuments), contracts::edit::submit)
        // 文書
        .get("/cases/{case}/documents", staff(P::ViewCases), contracts::list::page)
        .get("/cases/{case}/drafts/{kind}", staff(P::ViewCases), contracts::draft::page)
        .post("/cases/{case}/drafts/{kind}", staff(P::WriteDocuments), contracts::draft::accept)
        .get("/cases/{case}/drafts/{kind}/workbook", staff(P::ViewCases), contracts::workbook::file)
        .post("/cases/{case}/documents", staff(P::WriteDocuments), contracts::generate::submit)
        .get("/cases/{case}/documents/{document}", staff(P::ViewCases), contracts::download::file)
        .get("/cases/{case}/documents/{document}/pdf", staff(P::ViewCases), contracts::download::pdf)
        .get(
            "/cases/{case}/documents/{document}/difference",
            staff(P::ViewCases),
            contracts::difference::page,
        )
        .post(
            "/cases/{case}/documents/{document}/difference",
            staff(P::ViewCases),
            contracts::difference::compare,
        )
        // 台帳
        .post("/cases/{case}/ledger", staff(P::WriteDocuments), ledger::register::submit)
        .get("/ledger", staff(P::ViewLedger), ledger::list::page)
        .get("/ledger.xlsx", staff(P::ViewLedger), ledger::list::sheet)
        // 規程・設問
        .get("/policy", staff(P::ViewPolicy), policy::overview::page)
        .get("/policy/coverage", staff(P::ViewPolicy), policy::coverage::page)
        .get("/policy/coverage.xlsx", staff(P::ViewPolicy), policy::coverage::sheet)
        .get("/policy/documents/{kind}", staff(P::ViewPolicy), contracts::organization::file)
        .get("/policy/topics/{topic}", staff(P::ViewPolicy), policy::topic::page)
        .get("/policy/questions.xlsx", staff(P::ViewPolicy), policy::bank_sheet::sheet)
        .get("/policy/bank", staff(P::EditPolicy), policy::bank_sheet::page)
        .post("/policy/bank", staff(P::EditPolicy), policy::bank_sheet::submit)
        .get("/policy/mapped", staff(P::EditPolicy), policy::mapped::page)
        .post("/policy/mapped", staff(P::EditPolicy), policy::mapped::read)
        .post("/policy/mapped/create", staff(P::EditPolicy), policy::mapped::create)
        .post("/policy/drafts", staff(P::EditPolicy), policy::drafts::begin)
        .get("/policy/drafts/{draft}", staff(P::ViewPolicy), policy::drafts::page)
        .get("/policy/drafts/{draft}/edit/{part}", staff(P::EditPolicy), policy::edit::page)
        .post("/policy/drafts/{draft}/edit/{part}", staff(P::EditPolicy), policy::edit::submit)
        .post("/policy/drafts/{draft}/questions", staff(P::EditPolicy), policy::edit::questions)
        .post("/policy/drafts/{draft}/publish", staff(P::PublishPolicy), policy::drafts::publish)
        .post("/policy/drafts/{draft}/withdraw", staff(P::EditPolicy), policy::drafts::withdraw)
        // 事業者の画面
        .get("/i/{token}", Access::Public, answering::invitation::page)
        .post("/i/{token}", Access::Public, answering::invitation::redeem)
        .post("/i/{token}/code", Access::Public, answering::invitation::with_code)
        .get("/v/sign-in", Access::Public, answering::sign_in::page)
        .post("/v/sign-in", Access::Public, answering::sign_in::send)
        .post("/v/sign-in/code", Access::Public, answering::sign_in::with_code)
        .get("/v/requests", Access::Vendor, answering::requests::page)
        .post("/v/requests/{invitation}", Access::Vendor, answering::requests::switch)
        .post("/v/language", Access::Vendor, answering::language::submit)
        .post("/v/leave", Access::Vendor, answering::invitation::leave)
        .get("/v", Access::Vendor, answering::tasks::page)
        .get("/v/overview", Access::Vendor, answering::overview::page)
        .get("/v/questions", Access::Vendor, answering::questions::page)
        .get("/v/inquiries", Access::Vendor, answering::inquiries::page)
        .post("/v/inquiries", Access::Vendor, answering::inquiries::submit)
        .get("/v/people", Access::Vendor, answering::people::page)
        .post("/v/people", Access::Vendor, answering::people::invite::submit)
        .post("/v/people/hand-over", Access::Vendor, answering::people::invite::hand_over)
        .post("/v/people/check", Access::Vendor, answering::people::change::require_check)
        .post("/v/people/{invitation}", Access::Vendor, answering::people::change::submit)
        .post("/v/people/{invitation}/stop", Access::Vendor, answering::people::change::stop)
        .get("/v/s/{section}", Access::Vendor, answering::section::page)
        .post("/v/s/{section}", Access::Vendor, answering::section::submit)
        .post("/v/q/{question}", Access::Vendor, answering::save::submit)
        .post("/v/q/{question}/previous", Access::Vendor, answering::reuse::question)
        .get("/v/previous", Access::Vendor, answering::previous::page)
        .post("/v/previous/{section}", Access::Vendor, answering::reuse::section)
        .get("/v/questions.xlsx", Access::Vendor, answering::workbook::file)
        .get("/v/questions.csv", Access::Vendor, answering::workbook::utf8)
        .get("/v/questions-cp932.csv", Access::Vendor, answering::workbook::cp932)
        .get("/v/import", Access::Vendor, answering::workbook::import::page)
        .post("/v/import", Access::Vendor, answering::workbook::import::preview)
        .post("/v/import/apply", Access::Vendor, answering::workbook::import::apply)
        .get("/v/q/{question}", Access::Vendor, conversation::comments::page)
        .post("/v/q/{question}/comments", Access::Vendor, conversation::comments::submit)
        .get("/v/returned", Access::Vendor, conversation::returned::page)
        .get("/v/ask", Access::Vendor, conversation::ask::page)
        .post("/v/ask/{kind}", Access::Vendor, conversation::ask::submit)
        .get("/v/files", Access::Vendor, evidence::library::page)
        .upload("/v/files", Access::Vendor, evidence::receive::add)
        .upload("/v/files/{evidence}/versions", Access::Vendor, evidence::receive::replace)
        .post("/v/files/{evidence}", Access::Vendor, evidence::change::describe)
        .post("/v/files/{evidence}/withdraw", Access::Vendor, evidence::change::withdraw)
        .post("/v/files/{evidence}/take", Access::Vendor, evidence::change::take)
        .get("/v/files/{evidence}/{version}", Access::Vendor, evidence::download::own)
        .get("/v/review", Access::Vendor, answering::review::page)
        .post("/v/check", Access::Vendor, answering::check::submit)
        .get("/v/submit", Access::Vendor, answering::submit::page)
        .post("/v/submit", Access::Vendor, answering::submit::submit)
        .get("/v/done", Access::Vendor, answering::submit::done)
        .get("/v/company", Access::Vendor, answering::company::page)
        .post("/v/company", Access::Vendor, answering::company::submit)
        .get("/v/result", Access::Vendor, answering::result::page)
        .get("/v/result/documents/{document}", Access::Vendor, answering::result::file)
        .post("/v/result/documents/{document}", Access::Vendor, answering::result::receive)
}
