//! 今日やること, the trail, and what needs no person: static files, health, style guide.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::case::State as CaseState;
use domain::permission::Permission;
use include_dir::{Dir, include_dir};
use serde::Serialize;
use store::cases::{self, CaseFilter};
use store::{conversation, inquiries, trail};

use crate::access::Person;
use crate::app::App;
use crate::cases::list::{Row, row};
use crate::error::{Error, Result};
use crate::page::{self, Frame, Query};
use crate::policy::held as policy;

static ASSETS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// The home page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Person.
    pub name: String,
    /// Roles in words.
    pub roles: Vec<String>,
    /// The sign-in before this one.
    pub previous_sign_in: String,
    /// Failures between the two.
    pub failures: i64,
    /// What vendors have asked for: address and words.
    pub requests: Vec<(String, String)>,
    /// What waits for this person: heading and cases.
    pub queues: Vec<Queue>,
    /// How many cases stand where.
    pub counts: Vec<(String, String, i64)>,
    /// Whether the person may register cases.
    pub may_register: bool,
}

/// Cases that wait for the same act.
#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    /// Heading.
    pub title: &'static str,
    /// Rows.
    pub cases: Vec<Row>,
}

/// GET /
pub async fn page(State(app): State<App>, person: Person, query: Query) -> Result {
    if person.staff.password_temporary {
        return Ok(page::redirect("/password"));
    }
    const QUEUES: &[(Permission, CaseState, &str)] = &[
        (Permission::Decide, CaseState::Applied, "決裁を待つ案件"),
        (Permission::Evaluate, CaseState::Submitted, "回答が届き、評価を待つ案件"),
        (Permission::Apply, CaseState::Evaluated, "評価が終わり、申請を待つ案件"),
        (Permission::WriteDocuments, CaseState::Approved, "承認され、特記仕様書の作成を待つ案件"),
        (
            Permission::WriteDocuments,
            CaseState::ConditionallyApproved,
            "条件付きで承認され、特記仕様書の作成を待つ案件",
        ),
        (Permission::WriteDocuments, CaseState::ClausesFixed, "台帳への登録を待つ案件"),
        (Permission::IssueQuestionnaire, CaseState::Draft, "登録済みで、調査票の送付を待つ案件"),
    ];
    let profile = policy::profile_of(&app, &person.organization)?;
    let (scope, may_see) = (person.scope(), person.may(Permission::ViewCases));
    let mine: Vec<_> = QUEUES.iter().filter(|(permission, ..)| person.may(*permission)).collect();
    let may_answer = person.may(Permission::IssueQuestionnaire);
    let (queues, counts, requests) = app
        .db
        .read(move |conn| {
            let mut queues = Vec::new();
            for (_, state, title) in mine {
                let filter = CaseFilter { state: Some(*state), limit: 10, ..CaseFilter::default() };
                let found = cases::cases(conn, &scope, &filter)?;
                if !found.is_empty() {
                    queues
                        .push(Queue { title, cases: found.iter().map(|case| row(&profile, case)).collect() });
                }
            }
            if may_answer {
                let found = inquiries::cases_waiting(conn, &scope, 10)?;
                if !found.is_empty() {
                    let cases = found.iter().map(|case| row(&profile, case)).collect();
                    queues.push(Queue {
                        title: "事業者からの質問に、まだ回答していない案件", cases
                    });
                }
            }
            let counts = if may_see { cases::count_by_state(conn, &scope)? } else { Vec::new() };
            let requests = if may_answer {
                conversation::waiting_requests(conn, &scope, 20)?
                    .into_iter()
                    .map(|(request, case, vendor)| {
                        let words = format!("{}　{vendor}　{}", request.kind.label(), case.title);
                        (format!("/cases/{}#requests", case.id), words)
                    })
                    .collect()
            } else {
                Vec::new()
            };
            Ok::<_, Error>((queues, counts, requests))
        })
        .await?;
    let profile = &policy::profile_of(&app, &person.organization)?;
    let shown = Page {
        name: person.staff.name.clone(),
        roles: person.roles.iter().map(|role| policy::role_name(profile, role).to_owned()).collect(),
        previous_sign_in: person
            .session
            .previous_sign_in_at
            .as_ref()
            .map_or(String::new(), |at| page::moment(at.get())),
        failures: person.session.failures_before,
        requests,
        queues,
        counts: CaseState::ALL
            .iter()
            .filter_map(|state| {
                let (_, count) = counts.iter().find(|(found, _)| found == state)?;
                Some((state.as_str().to_owned(), state.label().to_owned(), *count))
            })
            .collect(),
        may_register: person.may(Permission::EditCases),
    };
    page::render(&app, "home.html", &Frame::staff(&person, "今日やること", "/").with_done(&query), &shown)
}

/// The trail page.
#[derive(Debug, Clone, Serialize)]
pub struct TrailPage {
    /// Rows, latest first.
    pub rows: Vec<TrailShown>,
    /// Address of the next page; empty on the last.
    pub next: String,
}

/// A row of the trail.
#[derive(Debug, Clone, Serialize)]
pub struct TrailShown {
    /// Position in the chain.
    pub position: i64,
    /// When.
    pub at: String,
    /// Kind and name of the actor.
    pub actor: String,
    /// What.
    pub what: &'static str,
    /// Case id.
    pub case: String,
    /// First digits of the hash.
    pub hash: String,
}

/// GET /trail
pub async fn trail(State(app): State<App>, person: Person, query: Query) -> Result {
    const PAGE: i64 = 100;
    let organization = person.organization.id.clone();
    let below = query.get("below").and_then(|text| text.parse().ok());
    let rows = app
        .db
        .read(move |conn| Ok::<_, Error>(trail::of_organization(conn, &organization, below, PAGE)?))
        .await?;
    let next = match rows.last() {
        Some(last) if last.position > 1 => format!("/trail?below={}", last.position),
        _ => String::new(),
    };
    let rows = rows
        .into_iter()
        .map(|row| TrailShown {
            position: row.position,
            at: page::moment(row.occurred_at.get()),
            actor: format!("{}　{}", row.actor_kind.label(), row.actor_name),
            what: action_words(&row.action),
            case: row.case_id.map_or(String::new(), |id| id.to_string()),
            hash: row.hash.chars().take(12).collect(),
        })
        .collect();
    page::render(&app, "trail.html", &Frame::staff(&person, "操作履歴", "/trail"), &TrailPage { rows, next })
}

/// An action of the trail in words.
#[must_use]
pub fn action_words(action: &str) -> &'static str {
    match action {
        "organization.created" => "団体を登録",
        "staff.created" => "職員を登録",
        "staff.signed_in" => "ログイン",
        "staff.sign_in_failed" => "ログインに失敗",
        "staff.signed_out" => "ログアウト",
        "staff.password_changed" => "パスワードを変更",
        "vendor.registered" => "事業者を登録",
        "vendor.changed" => "事業者の登録内容を変更",
        "service.registered" => "サービスを登録",
        "case.registered" => "案件を登録",
        "case.changed" => "案件の登録内容を変更",
        "case.issued" => "調査票を送付",
        "assessment.answered_by_staff" => "職員による回答の開始",
        "comment.written" => "設問へのコメント",
        "request.made" => "事業者からの申出",
        "request.refused" => "事業者からの申出を認めず",
        "assessment.declined" => "事業者が回答を辞退",
        "assessment.resumed" => "辞退した事業者の回答を再開",
        "evidence.received" => "資料の受領",
        "evidence.described" => "資料の名称・日付の変更",
        "evidence.withdrawn" => "資料の取下げ",
        "evidence.read" => "個人情報を含む資料を開いた",
        "evidence.infected" => "資料からのウイルスの検出",
        "assessment.answered_on_behalf" => "事業者に代わる入力の開始",
        "content.drafted" => "規程・設問の草案の作成",
        "content.edited" => "規程・設問の草案の編集",
        "content.published" => "規程・設問の公開",
        "content.withdrawn" => "規程・設問の草案の取下げ",
        "assessment.issued" => "事業者へ調査票を発行",
        "invitation.redeemed" => "案内から画面を開始",
        "invitation.reissued" => "案内を再発行",
        "invitation.handed_over" => "案内を手渡し",
        "assessment.started" => "回答を開始",
        "assessment.submitted" => "回答を提出",
        "answer.annotated" => "証跡・該当なしの扱いを記録",
        "case.evaluated" => "評価を確定",
        "case.applied" => "利用を申請",
        "case.decided" => "可否を決定",
        "assessment.extended" => "回答期限を延長",
        "inquiry.asked" => "事業者からの質問",
        "inquiry.answered" => "質問への回答",
        "inquiry.notified" => "お知らせの掲載",
        "assessment.returned" => "回答を差戻し",
        "clause.edited" => "条文を変更",
        "finding.accepted" => "公用文チェックの指摘を了承",
        "clause.switched" => "条項の扱いを変更",
        "document.generated" => "文書を生成",
        "case.clauses_fixed" => "契約条項を確定",
        "ledger.entered" => "台帳に登録",
        _ => "その他の操作",
    }
}

/// GET /static/{file}: embedded files, cached because their address carries the version.
pub async fn asset(Path(file): Path<String>) -> Result {
    let found = ASSETS.get_file(&file).ok_or(Error::NotFound)?;
    let kind = match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => return Err(Error::NotFound),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")], found.contents())
        .into_response())
}

/// GET /healthz: the database answers.
pub async fn health(State(app): State<App>) -> Result {
    app.db.read(|conn| Ok::<_, Error>(store::accounts::organizations(conn)?.len())).await?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n").into_response())
}

/// GET /style-guide: every component once, for people and for the accessibility test.
pub async fn style_guide(State(app): State<App>) -> Result {
    page::render(&app, "style_guide.html", &Frame::public("画面の部品"), &serde_json::json!({}))
}
