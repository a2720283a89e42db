//! Who may come in: every route tried by every kind of person, kept as one table.

use std::fmt::Write;

use axum::http::Method;
use tokki::access::Access;
use tokki::routes;

use crate::support::{Database, Program, issued, town};

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_actor_as_the_table_says() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    let mut actors = vec![("-", program.browser()), ("vendor", vendor)];
    for (name, _) in town::STAFF {
        actors.push((name, program.signed_in(name).await));
    }
    let (listed, _) = routes::all(&program.app).finish();
    let mut table = String::new();
    for route in &listed {
        // Ids that exist nowhere: whoever gets past the door finds nothing.
        let nowhere = "00000000-0000-7000-8000-000000000000";
        let path = route
            .path
            .replace("{token}", "0000")
            .replace("{file}", "nothing.css")
            .replace("{section}", "nothing")
            .replace("{question}", "ZZZ-99")
            .replace("{clause}", "CL-99");
        let path = path
            .split('/')
            .map(|part| if part.starts_with('{') { nowhere } else { part })
            .collect::<Vec<_>>()
            .join("/");
        // Leaving would change the actor.
        if ["/sign-out", "/v/leave"].contains(&route.path) {
            continue;
        }
        let _ = write!(table, "{:4} {:58}", route.method, route.path);
        for (name, browser) in &actors {
            let answer = if route.method == Method::GET {
                browser.get(&path).await
            } else {
                browser.post(&path, &[]).await
            };
            let entered = match answer.status.as_u16() {
                303 if answer.location().starts_with("/sign-in?next=") => "sign-in".to_owned(),
                status => status.to_string(),
            };
            let _ = write!(table, " {name}={entered}");
            let inside = match route.access {
                Access::Public => true,
                Access::Vendor => *name == "vendor",
                Access::SignedIn => !["-", "vendor"].contains(name),
                Access::Staff(permission) => {
                    let roles =
                        town::STAFF.iter().find(|(own, _)| own == name).map_or(&[][..], |(_, roles)| roles);
                    domain::permission::allows(roles.iter().copied(), permission)
                }
            };
            let refused = ["401", "403", "sign-in"].contains(&entered.as_str());
            assert_eq!(refused, !inside, "{} {} for {name}: {entered}", route.method, route.path);
        }
        table.push('\n');
    }
    insta::assert_snapshot!("access", table);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_page_cannot_post() {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    assert!(!department.as_str().is_empty());
    let tanto = program.signed_in("tanto").await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for foreign in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let answer = tanto.post_raw("/vendors/new", &[form, foreign], b"name=x".to_vec()).await;
        assert_eq!(answer.status.as_u16(), 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_carry_the_headers_that_keep_pages_safe() {
    let program = Program::start(Database::Sqlite).await;
    let answer = program.browser().get("/sign-in").await;
    let header = |name: &str| {
        answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!header("content-security-policy").contains("unsafe"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-request-id").len(), 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_locks_softly_and_sessions_end() {
    for database in crate::support::databases() {
        let program = Program::start(database).await;
        town::found(&program).await;
        let stranger = program.browser();
        let wrong = [("name", "tanto"), ("password", "wrong wrong wrong wrong")];
        let unknown = [("name", "nobody"), ("password", "wrong wrong wrong wrong")];
        let first = stranger.post("/sign-in", &wrong).await;
        assert_eq!(first.status.as_u16(), 422);
        // Which of the two was wrong is not said.
        assert!(first.text().contains("ログイン名又はパスワードが違います"));
        assert!(
            stranger.post("/sign-in", &unknown).await.text().contains("ログイン名又はパスワードが違います")
        );
        assert_eq!(stranger.post("/sign-in", &wrong).await.status.as_u16(), 429);
        program.pass(5);
        let tanto = program.signed_in("tanto").await;
        tanto.get("/").await.page();
        program.pass(29 * 60);
        tanto.get("/").await.page();
        program.pass(30 * 60 + 1);
        assert!(tanto.get("/").await.sent_to().starts_with("/sign-in?next="));
        // Signing out ends the session at once, in every tab.
        let again = program.signed_in("tanto").await;
        assert_eq!(again.post("/sign-out", &[]).await.sent_to(), "/sign-in?done=signed-out");
        assert!(again.get("/cases").await.sent_to().starts_with("/sign-in"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_opens_only_its_own_change() {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    let app = program.app.clone();
    let organization = app
        .db
        .read(|conn| Ok::<_, store::Error>(store::accounts::organizations(conn)?.remove(0).id))
        .await
        .unwrap();
    let password = {
        use std::process::Command;
        let output = Command::new(env!("CARGO_BIN_EXE_tokki"))
            .args(["--json", "--data-dir"])
            .arg(&program.folder)
            .args([
                "user",
                "create",
                "--sign-in-name",
                "shinjin",
                "--name",
                "見本 新",
                "--organization",
                "見本町",
                "--department",
                "健康福祉課",
                "--role",
                "staff",
            ])
            .env_remove("DATABASE_URL")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        told["temporary_password"].as_str().unwrap().to_owned()
    };
    assert!(!organization.as_str().is_empty() && !department.as_str().is_empty());
    let browser = program.browser();
    let sign_in = [("name", "shinjin"), ("password", password.as_str())];
    browser.post("/sign-in", &sign_in).await.sent_to();
    for path in ["/", "/cases", "/vendors", "/ledger"] {
        assert_eq!(browser.get(path).await.sent_to(), "/password", "{path}");
    }
    let new = "雨の日も傘をささずに走るキリン";
    let change = |new: &'static str, again: &'static str| {
        [("current", password.clone()), ("new", new.to_owned()), ("again", again.to_owned())]
    };
    for (bad, again) in [("短い", "短い"), (new, "ちがう")] {
        let fields = change(bad, again);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.post("/password", &fields).await.status.as_u16(), 422);
    }
    let fields = change(new, new);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post("/password", &fields).await.sent_to(), "/?done=password");
    browser.get("/cases").await.page();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_dies_when_it_is_replaced_or_over() {
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    vendor.get("/v").await.page();
    let tanto = program.signed_in("tanto").await;
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let invitation = format!(
        "/cases/{case}/assessments/{}/invitation",
        crate::support::between(&hub, "/assessments/", "/invitation")
    );
    tanto.post(&invitation, &[]).await.sent_to();
    // The old link and the session that it had opened are gone; unknown links look the same.
    assert_eq!(vendor.get(&link).await.status.as_u16(), 410);
    assert_eq!(vendor.get("/v").await.status.as_u16(), 401);
    assert_eq!(vendor.get("/i/0000").await.status.as_u16(), 410);
    let mail = tanto.get(&invitation).await.page();
    let fresh = format!("/i/{}", crate::support::between(&mail, "/i/", "\n").trim());
    assert_ne!(fresh, link);
    vendor.post(&fresh, &[]).await.sent_to();
    // Handing it over empties the text: the link is nowhere but with the vendor.
    tanto.post(&invitation.replace("/invitation", "/handed-over"), &[]).await.sent_to();
    assert!(!tanto.get(&invitation).await.page().contains("/i/"));
    program.pass(60 * 86_400);
    assert_eq!(program.browser().get(&fresh).await.status.as_u16(), 410);
}
