//! More time and answers sent back: told to the vendor, kept in the trail, refused once anything is evaluated.

use reqwest::StatusCode;

use crate::main_job::answer_everything;
use crate::support::{Database, Program, between, databases, issued};

#[tokio::test(flavor = "multi_thread")]
async fn more_time_is_given_to_everybody_with_a_reason() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        let saved = [("NDA-01/version", "0"), ("NDA-01/value", "terms")];
        assert_eq!(vendor.post_json("/v/q/NDA-01", &saved).await.0, StatusCode::OK);
        // Too late for the vendor, not for the officer.
        program.pass(60 * 60 * 24 * 22);
        let late = [("NDA-01/version", "1"), ("NDA-01/value", "terms")];
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        let (status, told) = vendor.post_json("/v/q/NDA-01", &late).await;
        assert_eq!(status, StatusCode::CONFLICT, "{told}");
        let tanto = program.signed_in("tanto").await;
        let path = format!("/cases/{case}/due");
        for (due, reason, message) in [
            ("", "社内の確認", "新しい回答期限"),
            ("2020-01-01", "社内の確認", "これから先の日"),
            ("令和30年1月1日", "", "延ばす理由を入力してください"),
        ] {
            let refused = tanto.post(&path, &[("due", due), ("reason", reason)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
            assert!(refused.text().contains(message), "{message}");
            assert!(reason.is_empty() || refused.text().contains(reason), "what was typed stays");
        }
        let until = program.app.today().checked_add(jiff::Span::new().days(10)).unwrap().to_string();
        let to = tanto
            .post(&path, &[("due", &until), ("reason", "質問への回答に時間を要したため")])
            .await
            .sent_to();
        assert_eq!(to, format!("/cases/{case}?done=extended"));
        let (status, told) = vendor.post_json("/v/q/NDA-01", &late).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains("回答期限を延長"));
        let sent =
            format!("/cases/{case}/assessments/{}/invitation", between(&hub, "/assessments/", "/invitation"));
        let page = tanto.get(&sent).await.page();
        assert!(
            page.contains("回答期限の延長のお知らせ") && page.contains("質問への回答に時間を要したため"),
            "{page}"
        );
        assert!(!between(&page, "その後の連絡", "</pre>").contains("/i/"), "a notice holds no link");
        tanto.post(&sent.replace("/invitation", "/handed-over"), &[]).await.sent_to();
        assert!(!tanto.get(&sent).await.page().contains("質問への回答に時間を要したため"));
        // Others may not.
        assert_eq!(program.signed_in("kansa").await.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_goes_back_and_is_submitted_again() {
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    answer_everything(&vendor).await;
    let submit = [("submitted_by", "例示"), ("declared", "yes")];
    vendor.post("/v/submit", &submit).await.sent_to();
    let tanto = program.signed_in("tanto").await;
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let assessment = between(&hub, "/assessments/", "\"").to_owned();
    let path = format!("/cases/{case}/assessments/{assessment}/return");
    let field = format!("return-{assessment}");
    let without = tanto.post(&path, &[]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text().contains("修正を求める理由を入力してください"));
    let reason = [(field.as_str(), "再委託先の所在地を具体に書いてください。")];
    assert_eq!(tanto.post(&path, &reason).await.sent_to(), format!("/cases/{case}?done=returned"));
    // The vendor sees why, changes, and submits again with another receipt.
    let home = vendor.get("/v").await.page();
    assert!(
        home.contains("回答の修正を求められています")
            && home.contains("再委託先の所在地を具体に書いてください。")
    );
    let changed = [("NDA-01/version", "1"), ("NDA-01/value", "terms"), ("NDA-01/note", "直しました")];
    assert_eq!(vendor.post_json("/v/q/NDA-01", &changed).await.0, StatusCode::OK);
    vendor.post("/v/submit", &submit).await.sent_to();
    assert!(!vendor.get("/v").await.page().contains("回答の修正を求められています"));
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    assert!(hub.contains("回答を差戻し"), "the trail says so");
    // Nothing goes back once it is evaluated.
    let kacho = program.signed_in("kacho").await;
    let judgement = "必須の条件に全て適合し、資料で確認したため、選定することが適当である。";
    let evaluate = format!("/cases/{case}/assessments/{assessment}/evaluate");
    kacho.post(&evaluate, &[("judgement", judgement)]).await.sent_to();
    assert_eq!(tanto.post(&path, &reason).await.status, StatusCode::CONFLICT);
    let due = [("due", "令和30年1月1日"), ("reason", "試み")];
    assert_eq!(tanto.post(&format!("/cases/{case}/due"), &due).await.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn vendors_are_reminded_once_each_time_on_open_days() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, _) = issued(&program).await;
        let tanto = program.signed_in("tanto").await;
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let sent =
            format!("/cases/{case}/assessments/{}/invitation", between(&hub, "/assessments/", "/invitation"));
        // Every day at ten in the morning, until a week after the due time; twice a day.
        let ten = program.app.today().at(10, 0, 0, 0).to_zoned(tokki::app::japan()).unwrap().timestamp();
        let mut days = Vec::new();
        for day in 0..30 {
            let now = ten.checked_add(jiff::SignedDuration::from_hours(24 * day)).unwrap();
            let night = now.checked_add(jiff::SignedDuration::from_hours(12)).unwrap();
            assert_eq!(tokki::jobs::reminders::run(&program.app, night).await.unwrap(), 0, "not at night");
            if tokki::jobs::reminders::run(&program.app, now).await.unwrap() > 0 {
                days.push(day);
            }
            assert_eq!(tokki::jobs::reminders::run(&program.app, now).await.unwrap(), 0, "once");
        }
        assert_eq!(days.len(), 4, "three reminders and one that the time has passed: {days:?}");
        assert!(days[0] > 0 && days[2] <= 20 && days[3] > 20, "{days:?}");
        let page = tanto.get(&sent).await.page();
        assert_eq!(page.matches("調査票の回答期限のお知らせ").count(), 3);
        assert!(page.contains("調査票の回答期限が過ぎています"));
        assert!(!between(&page, "その後の連絡", "</main>").contains("/i/"), "reminders hold no link");
    }
}
