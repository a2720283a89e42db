//! Pages for everybody: help, accessibility, personal data and cookies; and pages that say what went wrong.

use reqwest::StatusCode;
use reqwest::header::SET_COOKIE;

use crate::support::{Answer, Database, PASSWORD, Program, between, databases, issued};

const PAGES: [&str; 3] = ["/help", "/accessibility", "/privacy"];

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_how_it_works_and_whom_to_ask() {
    for database in databases() {
        let program = Program::start(database).await;
        // Before any municipality is there, nobody can be named.
        for path in PAGES {
            assert!(program.browser().get(path).await.page().contains("案内を送った団体の担当課"), "{path}");
        }
        let (_, link) = issued(&program).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        let tanto = program.signed_in("tanto").await;
        for browser in [program.browser(), vendor, tanto] {
            for path in PAGES {
                let page = browser.get(path).await.page();
                assert!(page.contains("見本町総務課　000-000-0000"), "{path}");
                for other in PAGES {
                    assert!(page.contains(&format!("href=\"{other}\"")), "{path} leads to {other}");
                }
            }
        }
        let help = program.browser().get("/help").await.page();
        for told in
            ["回答の流れ", "自動保存", "Excelで回答する", "資料を示す", "差戻し", "用語", "60分", "12時間"]
        {
            assert!(help.contains(told), "{told}");
        }
        // The table of contents leads somewhere.
        let contents = between(&help, "aria-label=\"この画面の目次\"", "</nav>");
        let places: Vec<&str> =
            contents.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(places.len(), 11);
        for place in places {
            assert!(help.contains(&format!("id=\"{place}\"")), "{place}");
        }
        let page = program.browser().get("/accessibility").await.page();
        assert!(page.contains("JIS X 8341-3:2016") && page.contains("目標とする適合レベル"));
        assert!(!page.contains("準拠しています"), "nothing is claimed that was not tested");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_names_the_cookies_that_are_set() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let page = program.browser().get("/privacy").await.page();
    let named = page.matches("<h3><span class=\"app-code\">").count();
    assert_eq!(named, 2);
    let vendor = program.browser().post(&link, &[]).await;
    let sign_in = [("name", "tanto"), ("password", PASSWORD)];
    let staff = program.browser().post("/sign-in", &sign_in).await;
    let names = |answer: &Answer| -> Vec<String> {
        let all = answer.headers.get_all(SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap().split('=').next().unwrap().to_owned()).collect()
    };
    for answer in [&vendor, &staff] {
        let set = names(answer);
        assert_eq!(set.len(), 1);
        assert!(page.contains(&format!("<span class=\"app-code\">{}</span>", set[0])), "{set:?}");
        let value = answer.headers[SET_COOKIE].to_str().unwrap();
        assert!(value.contains("HttpOnly") && value.contains("SameSite=Lax") && !value.contains("Max-Age"));
        assert_eq!(page.contains("（Secure）"), value.contains("Secure"));
    }
    // Looking around sets none.
    for path in PAGES.into_iter().chain(["/sign-in", "/nothing", &link]) {
        assert!(names(&program.browser().get(path).await).is_empty(), "{path}");
    }
}

/// The page without what differs from request to request.
fn without_number(answer: &Answer) -> String {
    let text = answer.text();
    let number = between(&text, "問い合わせ番号</dt><dd><span class=\"app-code\">", "<").to_owned();
    assert_eq!(number, answer.headers["x-request-id"].to_str().unwrap());
    text.replace(&number, "")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_wrong_is_told_with_a_way_out_and_a_number() {
    for database in databases() {
        let program = Program::start(database).await;
        let (_, link) = issued(&program).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        let tanto = program.signed_in("tanto").await;
        let large = vec![b'a'; 3 * 1024 * 1024];
        let form = ("content-type", "application/x-www-form-urlencoded");
        let origin = ("origin", program.base.as_str());
        for (answer, status, way_out) in [
            (vendor.get("/v/s/nothing").await, StatusCode::NOT_FOUND, Some("回答状況に戻る")),
            (vendor.get("/nothing").await, StatusCode::NOT_FOUND, Some("回答状況に戻る")),
            (tanto.get("/cases/nothing").await, StatusCode::NOT_FOUND, Some("ホームに戻る")),
            (program.browser().get("/nothing").await, StatusCode::NOT_FOUND, None),
            (tanto.get("/trail").await, StatusCode::FORBIDDEN, Some("ホームに戻る")),
            (program.browser().get("/v").await, StatusCode::UNAUTHORIZED, Some("画面の開き方を見る")),
            (
                program.browser().post("/cases/new", &[]).await,
                StatusCode::UNAUTHORIZED,
                Some("ログイン画面を開く"),
            ),
            (
                vendor.post_raw("/v/inquiries", &[form, origin], large).await,
                StatusCode::PAYLOAD_TOO_LARGE,
                Some("回答状況に戻る"),
            ),
            (
                vendor.post("/v/submit", &[("submitted_by", "例示　進"), ("declared", "yes")]).await,
                StatusCode::CONFLICT,
                Some("回答状況に戻る"),
            ),
        ] {
            assert_eq!(answer.status, status, "{}", answer.text());
            let page = without_number(&answer);
            let main = between(&page, "<main", "</main>");
            assert!(main.contains("見本町総務課　000-000-0000"), "{status}: whom to ask\n{main}");
            match way_out {
                Some(words) => assert!(main.contains(words), "{status}: {words}\n{main}"),
                None => assert!(!main.contains("app-button"), "{main}"),
            }
        }
        assert!(program.browser().get("/v").await.text().contains("保存済みの回答は残っています"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_invitation_does_not_say_why() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let tanto = program.signed_in("tanto").await;
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let page =
            format!("/cases/{case}/assessments/{}/invitation", between(&hub, "/assessments/", "/invitation"));
        tanto.post(&page, &[]).await.sent_to();
        let fresh = tanto.get(&page).await.page();
        let fresh = format!("/i/{}", between(&fresh, "/i/", "\n").trim());
        let guest = program.browser();
        let unknown = without_number(&guest.get("/i/unknown").await);
        assert!(unknown.contains("この案内は使えません") && unknown.contains("画面の開き方を見る"));
        for secret in ["住民健康診査", "サンプル印刷", "見本　葵"] {
            assert!(!unknown.contains(secret), "{secret}");
        }
        let revoked = guest.get(&link).await;
        assert_eq!(revoked.status, StatusCode::GONE);
        assert_eq!(without_number(&revoked), unknown);
        assert_eq!(without_number(&guest.post(&link, &[]).await), unknown);
        program.pass(60 * 60 * 24 * 60);
        assert_eq!(without_number(&guest.get(&fresh).await), unknown, "expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_municipalities_are_not_taken_for_each_other() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let app = program.app.clone();
    app.clone()
        .db
        .write(move |conn| {
            let mut other = store::accounts::organizations(conn)?.remove(0);
            other.id = domain::ids::OrganizationId::new(app.uuid());
            other.code = None;
            other.name = "例示市".into();
            other.office = "例示市情報課".into();
            store::accounts::insert_organization(conn, &other)
        })
        .await
        .unwrap();
    // Without a session nothing tells whose page it is; with one it is that of the own municipality.
    for path in ["/help", "/nothing", "/i/unknown"] {
        let page = program.browser().get(path).await.text();
        assert!(page.contains("案内を送った団体の担当課"), "{path}");
        assert!(!page.contains("例示市") && !page.contains("見本町"), "{path}");
    }
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    let page = vendor.get("/help").await.page();
    assert!(page.contains("見本町総務課") && !page.contains("例示市"));
}
