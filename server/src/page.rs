//! Pages: a typed struct, a template of the same name, one frame around all of them.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::language::Language;
use domain::permission::Permission;
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use questionnaires::japanese::date::wareki_long;
use serde::Serialize;
use store::assessments::Responder;
use tera::{Context, Kwargs, Tera, TeraResult};

use crate::access::{self, Person};
use crate::app::{App, day_in_japan, japan};
use crate::error::{Error, ErrorPage, Result};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Loads every template: `.html` escapes, `.txt` (mail) does not.
///
/// # Errors
/// A template that does not parse, or names a filter or an include that does not exist.
pub fn load_templates() -> TeraResult<Tera> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    // What a vendor reads stands in both languages where it is shown, so that neither is changed without the other:
    // `t(ja="…", en="…")` for a text, `{% if english %}` around what holds values or marks.
    tera.register_function("t", |texts: Kwargs, state: &tera::State| -> TeraResult<String> {
        let english =
            state.get::<bool>("english")?.ok_or_else(|| tera::Error::message("t() without `english`"))?;
        texts.must_get::<String>(if english { "en" } else { "ja" })
    });
    tera.register_filter("grouped", |value: i64, _: Kwargs, _: &tera::State| -> String {
        questionnaires::japanese::width::group_digits(value)
    });
    let mut files = Vec::new();
    collect(&TEMPLATES, &mut files);
    tera.add_raw_templates(files)?;
    Ok(tera)
}

fn collect(folder: &'static Dir<'static>, files: &mut Vec<(String, &'static str)>) {
    for file in folder.files() {
        if let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.push((name.to_owned(), text));
        }
    }
    for inner in folder.dirs() {
        collect(inner, files);
    }
}

/// What surrounds a page.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// `<title>` and where it is said once: the page's own heading.
    pub title: String,
    /// Language of the page.
    pub language: Language,
    /// The page itself, where its reader can switch between the languages; empty otherwise.
    pub here: String,
    /// `staff` or `vendor`: density and colours.
    pub side: &'static str,
    /// Name of the municipality, where it is known.
    pub organization: String,
    /// Telephone and office for the footer.
    pub contact: String,
    /// Signed-in person, empty when nobody is.
    pub person: String,
    /// Navigation.
    pub nav: Vec<NavItem>,
    /// A result of the act before, shown once.
    pub flash: Option<Flash>,
    /// Whether the page shows problems: 「エラー：」 goes before the title.
    pub has_problems: bool,
    /// Seconds until the session ends for want of activity; 0 without a session.
    pub idle_seconds: i64,
}

/// An entry of the navigation.
#[derive(Debug, Clone, Serialize)]
pub struct NavItem {
    /// Address.
    pub href: &'static str,
    /// Words.
    pub label: &'static str,
    /// Whether it is where the person is.
    pub current: bool,
}

/// A result of the act before.
#[derive(Debug, Clone, Serialize)]
pub struct Flash {
    /// `success` or `info`.
    pub kind: &'static str,
    /// One sentence.
    pub text: &'static str,
}

impl Frame {
    /// The frame of a page without a person.
    #[must_use]
    pub fn public(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            language: Language::Japanese,
            here: String::new(),
            side: "staff",
            organization: String::new(),
            contact: String::new(),
            person: String::new(),
            nav: Vec::new(),
            flash: None,
            has_problems: false,
            idle_seconds: 0,
        }
    }

    /// The frame of a staff page; `here` is the address of its entry in the navigation.
    #[must_use]
    pub fn staff(person: &Person, title: impl Into<String>, here: &str) -> Self {
        const NAV: &[(Permission, &str, &str)] = &[
            (Permission::ViewCases, "/", "ホーム"),
            (Permission::ViewCases, "/cases", "案件"),
            (Permission::ViewCases, "/vendors", "事業者"),
            (Permission::ViewLedger, "/ledger", "台帳"),
            (Permission::ViewPolicy, "/policy", "規程・設問"),
            (Permission::ViewTrail, "/trail", "操作履歴"),
            (Permission::Administer, "/staff", "組織・職員"),
        ];
        Self {
            title: title.into(),
            language: Language::Japanese,
            here: String::new(),
            side: "staff",
            organization: person.organization.name.clone(),
            contact: format!("{}　{}", person.organization.office, person.organization.phone),
            person: person.staff.name.clone(),
            nav: NAV
                .iter()
                .filter(|(permission, ..)| person.may(*permission))
                .map(|(_, href, label)| NavItem { href, label, current: *href == here })
                .collect(),
            flash: None,
            has_problems: false,
            idle_seconds: domain::account::STAFF_IDLE.as_secs(),
        }
    }

    /// The frame of a vendor page.
    #[must_use]
    pub fn vendor(
        organization: &store::accounts::Organization,
        responder: &Responder,
        title: impl Into<String>,
    ) -> Self {
        Self {
            person: responder.name().to_owned(),
            here: crate::http::current_page().unwrap_or_else(|| "/v".to_owned()),
            idle_seconds: domain::account::VENDOR_IDLE.as_secs(),
            ..Self::guest(organization, responder.language(), title)
        }
    }

    /// The frame of a page for somebody of a vendor who has no session.
    #[must_use]
    pub fn guest(
        organization: &store::accounts::Organization,
        language: Language,
        title: impl Into<String>,
    ) -> Self {
        Self {
            side: "vendor",
            language,
            organization: organization.name.clone(),
            contact: format!("{}　{}", organization.office, organization.phone),
            ..Self::public(title)
        }
    }

    /// The same frame with the result that `?done=` names.
    #[must_use]
    pub fn with_done(mut self, query: &Query) -> Self {
        self.flash = query.get("done").and_then(|key| flash(key, self.language));
        self
    }

    /// The same frame of a page that shows problems.
    #[must_use]
    pub fn with_problems(mut self, problems: &crate::form::Problems) -> Self {
        self.has_problems = !problems.is_empty();
        self
    }
}

/// Results that a redirect can name: the words are ours, so that an address cannot put words into our mouth.
fn flash(key: &str, language: Language) -> Option<Flash> {
    let japanese = match key {
        "registered" => "登録しました。",
        "saved" => "保存しました。",
        "requested" => "変更を申し出ました。担当者が確認します。",
        "settled" => "申し出の扱いを記録しました。",
        "told" => "結果を記録し、事業者に知らせます。",
        "handed" => "文書を渡したことを記録し、事業者に知らせます。",
        "received" => "受領を確認しました。",
        "reused" => "前回の回答を使いました。今回も同じであることを確認してください。",
        "issued" => "調査票を送付しました。",
        "reissued" => "新しい案内を作りました。前の案内は使えません。",
        "revoked" => "案内を取り消しました。",
        "handed-over" => "案内を渡したことを記録しました。",
        "evaluated" => "評価を確定しました。",
        "applied" => "利用を申請しました。",
        "decided" => "決定を記録しました。",
        "generated" => "文書を生成しました。",
        "imported" => "Excelの回答を取り込みました。提出はまだ済んでいません。",
        "uploaded" => "資料を受け取りました。回答の画面で、使う設問に付けてください。",
        "replaced" => "資料を差し替えました。前の版も残っています。",
        "removed" => "資料を取り下げました。",
        "taken" => "以前の資料を、今回の資料に加えました。内容が今も正しいことを確かめてください。",
        "asked-for" => "申出を受け付けました。担当者の回答をお待ちください。",
        "declined" => "辞退を受け付けました。担当者に知らせます。",
        "commented" => "連絡を書き込みました。",
        "request-answered" => "申出に回答し、事業者に知らせます。",
        "extended" => "回答期限を延ばし、提出していない事業者に知らせます。",
        "returned" => "回答を差し戻し、事業者に知らせます。",
        "asked" => "質問を送りました。回答したときは、お知らせします。",
        "answered" => "質問に回答し、事業者に知らせます。",
        "notified" => "お知らせを掲載し、全ての事業者に知らせます。",
        "edited" => "条文を変更しました。",
        "accepted" => "指摘を了承しました。",
        "switched" => "条項の扱いを変更しました。",
        "fixed" => "契約条項を確定しました。",
        "entered" => "台帳に登録しました。",
        "published" => "草案を公開しました。これから始める案件と、これから送る調査票に適用されます。",
        "withdrawn" => "草案を取り下げました。",
        "password" => "パスワードを変更しました。",
        "switched-request" => "開く依頼を切り替えました。",
        "invited" => "担当者を追加しました。案内をメールで送ります。",
        "person-changed" => "役割と担当を変更しました。",
        "person-stopped" => "担当者を停止しました。",
        "check-set" => "社内確認の設定を変更しました。",
        "checked" => "社内確認を記録しました。管理者が提出できます。",
        "signed-out" => "ログアウトしました。",
        "completed" => "この区分の回答を確認しました。",
        _ => return None,
    };
    Some(Flash { kind: "success", text: language.pick(japanese, in_english(key).unwrap_or(japanese)) })
}

/// The results that vendors see.
fn in_english(key: &str) -> Option<&'static str> {
    Some(match key {
        "saved" => "Saved.",
        "requested" => "Your request for a change was sent. The office will check it.",
        "received" => "Your receipt was confirmed.",
        "reused" => "Your previous answer was taken over. Please confirm that it still holds.",
        "imported" => "The answers of the file were taken over. They are not submitted yet.",
        "uploaded" => "The file was received. Attach it to the questions it serves.",
        "replaced" => "The file was replaced. The version before is kept.",
        "removed" => "The file was withdrawn.",
        "taken" => "The earlier file was added to this request. Please check that it is still correct.",
        "asked-for" => "Your request was received. Please wait for the reply of the office.",
        "declined" => "You have declined to answer. The office will be told.",
        "commented" => "Your message was added.",
        "asked" => "Your question was sent. You will be told when it is answered.",
        "switched-request" => "The request was switched.",
        "invited" => "The person was added. The invitation is sent by e-mail.",
        "person-changed" => "The role and the sections were changed.",
        "person-stopped" => "The person was removed.",
        "check-set" => "The setting of the internal check was changed.",
        "checked" => "The internal check was recorded. A manager can submit now.",
        _ => return None,
    })
}

/// The query of an address; of repeated names the first counts.
#[derive(Debug, Clone, Default)]
pub struct Query(BTreeMap<String, String>);

impl Query {
    /// A value, if it is there and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Query {
    type Rejection = Error;
    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> std::result::Result<Self, Error> {
        let form = crate::form::Form::parse(parts.uri.query().unwrap_or_default().as_bytes())?;
        let first = |values: &Vec<String>| values.first().cloned().unwrap_or_default();
        Ok(Self(form.fields().iter().map(|(name, values)| (name.clone(), first(values))).collect()))
    }
}

/// Renders a page with status 200.
///
/// # Errors
/// The template.
pub fn render(app: &App, template: &str, frame: &Frame, page: &impl Serialize) -> Result {
    render_with(app, StatusCode::OK, template, frame, page)
}

/// Renders a form that came back with problems: 422, everything typed kept.
///
/// # Errors
/// The template.
pub fn render_problems(app: &App, template: &str, frame: &Frame, page: &impl Serialize) -> Result {
    render_with(app, StatusCode::UNPROCESSABLE_ENTITY, template, frame, page)
}

/// Renders a page with another status.
///
/// # Errors
/// The template.
pub fn render_with(
    app: &App,
    status: StatusCode,
    template: &str,
    frame: &Frame,
    page: &impl Serialize,
) -> Result {
    let html = html(app, template, frame, page)?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

fn html(app: &App, template: &str, frame: &Frame, page: &impl Serialize) -> Result<String> {
    let mut context = Context::new();
    context.insert("frame", frame);
    context.insert("english", &(frame.language == Language::English));
    context.insert("page", page);
    Ok(app.templates.render(template, &context)?)
}

/// Renders the text of a mail: `mail/invitation.txt`, or `mail/en/invitation.txt` in English.
///
/// # Errors
/// The template.
pub fn render_text(app: &App, language: Language, mail: &str, values: &impl Serialize) -> Result<String> {
    let template = format!("mail/{}{mail}.txt", language.pick("", "en/"));
    let mut context = Context::new();
    context.insert("mail", values);
    Ok(app.templates.render(&template, &context)?)
}

/// 303 to another page of ours.
#[must_use]
pub fn redirect(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// A JSON answer for our own modules.
#[must_use]
pub fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// Whether our own module asks, not a browser.
#[must_use]
pub fn wants_json(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value == "application/json")
}

/// Gives every failed response a page that says what happened and where to go.
pub async fn render_errors(State(app): State<App>, request: Request, next: Next) -> Response {
    let as_json = wants_json(request.headers());
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let typed = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if typed.is_some_and(|value| value.starts_with("text/html") || value.starts_with("application/json")) {
        return response;
    }
    let mut page =
        response.extensions().get::<ErrorPage>().cloned().unwrap_or_else(|| ErrorPage::for_status(status));
    let request_id = crate::http::current_request_id().unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let (kind, body) = if as_json {
        (
            "application/json",
            serde_json::json!({ "error": page.message, "request_id": request_id }).to_string(),
        )
    } else {
        // A program that is in trouble asks its database for nothing more.
        let visitor = match status.is_server_error() {
            true => access::Visitor::Stranger,
            false => access::visitor(&app, &headers).await,
        };
        if page.way_out.is_none() {
            page.way_out = visitor.home().map(|(href, label)| (href.to_owned(), label.to_owned()));
        }
        let shown = ErrorShown { error: page.clone(), request_id };
        let text = html(&app, "error.html", &visitor.frame(&page.title), &shown);
        ("text/html; charset=utf-8", text.unwrap_or_else(|_| format!("{}\n{}", page.title, page.message)))
    };
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Response::from_parts(parts, Body::from(body))
}

/// The error page.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorShown {
    /// What is said.
    pub error: ErrorPage,
    /// 問い合わせ番号
    pub request_id: String,
}

/// An id out of a path; what is no id is not found, like an id that does not exist.
///
/// # Errors
/// [`Error::NotFound`]
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::NotFound)
}

/// `令和8年12月11日（金曜日）17時00分`
#[must_use]
pub fn moment(at: Timestamp) -> String {
    let local = at.to_zoned(japan());
    format!("{}{}時{:02}分", wareki_long(local.date()), local.hour(), local.minute())
}

/// `令和8年12月11日（金曜日）`
#[must_use]
pub fn day(at: Timestamp) -> String {
    wareki_long(day_in_japan(at))
}

/// The same in a language: `11 December 2026, 17:00 (Japan time)`.
#[must_use]
pub fn moment_in(language: Language, at: Timestamp) -> String {
    match language {
        Language::Japanese => moment(at),
        Language::English => at.to_zoned(japan()).strftime("%-d %B %Y, %H:%M (Japan time)").to_string(),
    }
}

/// The same in a language: `11 December 2026`.
#[must_use]
pub fn day_in(language: Language, at: Timestamp) -> String {
    match language {
        Language::Japanese => day(at),
        Language::English => at.to_zoned(japan()).strftime("%-d %B %Y").to_string(),
    }
}

/// `14:05`
#[must_use]
pub fn clock(at: Timestamp) -> String {
    let local = at.to_zoned(japan());
    format!("{}:{:02}", local.hour(), local.minute())
}

/// Values of a form as templates read them back: field name to text.
pub type Values = BTreeMap<String, String>;

/// The typed values of a form, for a page that comes back.
#[must_use]
pub fn values(form: &crate::form::Form) -> Values {
    form.fields().iter().map(|(name, all)| (name.clone(), all.join("\u{1f}"))).collect()
}
