//! What vendor and municipality tell each other: comments, single questions that go back, requests.

use axum::http::StatusCode;

use crate::main_job::answer_everything;
use crate::support::{Browser, Database, Program, between, databases, issued};

const SUBMIT: &[(&str, &str)] = &[("submitted_by", "例示"), ("declared", "yes")];

async fn submitted(program: &Program) -> (String, String, Browser) {
    let (case, link) = issued(program).await;
    let vendor = program.browser();
    vendor.post(&link, &[]).await.sent_to();
    answer_everything(&vendor).await;
    vendor.post("/v/submit", SUBMIT).await.sent_to();
    let hub = program.signed_in("tanto").await.get(&format!("/cases/{case}")).await.page();
    let assessment = between(&hub, "/assessments/", "\"").to_owned();
    (case, assessment, vendor)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_questions_that_went_back_can_be_changed() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, assessment, vendor) = submitted(&program).await;
        let tanto = program.signed_in("tanto").await;
        let path = format!("/cases/{case}/assessments/{assessment}");
        let to = format!("{path}/return-questions");

        // Nothing chosen, a reason missing, a question of nobody.
        let none = tanto.post(&to, &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.text().contains("差し戻す設問にチェックを入れ"));
        let without = tanto.post(&to, &[("question", "SUB-01"), ("return-SUB-01", " ")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.text().contains("差し戻す理由を入力してください"));
        let foreign = tanto.post(&to, &[("question", "XXX-99"), ("return-XXX-99", "x")]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);

        let reason = "再委託先がないことの根拠を補足に書いてください";
        tanto.post(&to, &[("question", "SUB-01"), ("return-SUB-01", reason)]).await.sent_to();
        assert!(vendor.get("/v").await.page().contains("差し戻された1問を見る"));
        let returned = vendor.get("/v/returned").await.page();
        assert!(returned.contains(reason) && returned.contains("まだ変えていません"), "{returned}");

        // The others stay as they were submitted, whatever is posted.
        let section = vendor.get("/v/s/subcontracting").await.page();
        assert!(section.contains("差し戻された設問です") && section.contains(reason));
        let version = |id: &str| between(&section, &format!("{id}/version\" value=\""), "\"").to_owned();
        let company = vendor.get("/v/review").await.page();
        let other = company.split("変更する").next().unwrap();
        let other = other.rsplit("/v/s/").next().unwrap().split('"').next().unwrap();
        let locked = other.split_once('#').unwrap().1.to_owned();
        assert_ne!(locked, "SUB-01");
        let (status, told) =
            vendor.post_json(&format!("/v/q/{locked}"), &[(&format!("{locked}/version"), "1")]).await;
        assert_eq!(status, StatusCode::CONFLICT, "{told}");
        assert!(told["error"].as_str().unwrap().contains("差し戻されていないため"), "{told}");

        // An answer that opens another question opens that one as well.
        let some = [("SUB-01/version", version("SUB-01")), ("SUB-01/value", "some".to_owned())];
        let some: Vec<(&str, &str)> = some.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(vendor.post_json("/v/q/SUB-01", &some).await.0, StatusCode::OK);
        let table = [("SUB-02/version", "1"), ("SUB-02/list.0.name", "株式会社例示")];
        let (status, told) = vendor.post_json("/v/q/SUB-02", &table).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let version = version("SUB-01").parse::<i64>().unwrap() + 1;
        let back = [
            ("SUB-01/version", version.to_string()),
            ("SUB-01/value", "none".to_owned()),
            ("SUB-01/note", "全て自社で行う".to_owned()),
        ];
        let back: Vec<(&str, &str)> = back.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(vendor.post_json("/v/q/SUB-01", &back).await.0, StatusCode::OK);
        let returned = vendor.get("/v/returned").await.page();
        assert!(returned.contains("今の回答") && returned.contains("全て自社で行う"));

        // Submitted again nothing is back any more; the trail names the question.
        assert_eq!(vendor.post("/v/submit", SUBMIT).await.sent_to(), "/v/done");
        assert_eq!(vendor.get("/v/returned").await.sent_to(), "/v");
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains("提出済み"), "{hub}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_notes_stay_inside_and_comments_reach_the_other_side() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, assessment, vendor) = submitted(&program).await;
        let tanto = program.signed_in("tanto").await;
        let path = format!("/cases/{case}/assessments/{assessment}");
        let to = format!("{path}/comments");
        let note = [("question", "SUB-01"), ("audience", "internal"), ("internal-SUB-01", "QX内部の見立て")];
        tanto.post(&to, &note).await.sent_to();
        let unsure =
            [("question", "SUB-01"), ("audience", "shared"), ("shared-SUB-01", "体制図をお願いします")];
        let refused = tanto.post(&to, &unsure).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains("事業者に見えることを確かめ")
                && refused.text().contains("体制図をお願いします")
        );
        let sure = [&unsure[..], &[("sure", "yes")]].concat();
        tanto.post(&to, &sure).await.sent_to();
        tanto.post(&to, &sure).await.sent_to();
        assert_eq!(
            tanto.post(&to, &[("question", "SUB-01"), ("audience", "everybody")]).await.status,
            StatusCode::BAD_REQUEST
        );

        let page = vendor.get("/v/q/SUB-01").await.page();
        assert!(page.contains("体制図をお願いします") && !page.contains("QX内部"), "{page}");
        vendor.post("/v/q/SUB-01/comments", &[("text", "体制図を資料に加えました")]).await.sent_to();
        let empty = vendor.post("/v/q/SUB-01/comments", &[("text", "　")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(vendor.get("/v/q/XXX-99").await.status, StatusCode::NOT_FOUND);
        let score = tanto.get(&path).await.page();
        for text in ["QX内部の見立て", "庁内のみ", "体制図を資料に加えました", "事業者から"]
        {
            assert!(score.contains(text), "{text}");
        }
        // One mail a day says that something is there, and nothing of it.
        let mails = tanto.get(&format!("{path}/invitation")).await.page();
        assert_eq!(mails.matches("担当者からの連絡があります").count(), 1, "{mails}");
        assert!(!mails.contains("体制図"));
        for page in ["/v", "/v/s/subcontracting", "/v/review", "/v/done", "/v/ask", "/v/files", "/v/import"] {
            assert!(!vendor.get(page).await.text().contains("QX内部"), "{page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_asks_for_more_time_for_a_correction_or_declines() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        let wrong = [("extension-day", "2020-01-01"), ("extension-reason", "")];
        let refused = vendor.post("/v/ask/extension", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("明日以後の日") && refused.text().contains("2020-01-01"));
        assert_eq!(vendor.post("/v/ask/holiday", &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            vendor.post("/v/ask/correction", &[("correction-reason", "x")]).await.status,
            StatusCode::CONFLICT
        );

        let day = program.app.today().checked_add(jiff::Span::new().days(40)).unwrap().to_string();
        let asked = [("extension-day", day.as_str()), ("extension-reason", "社内の確認に時間を要するため")];
        assert_eq!(vendor.post("/v/ask/extension", &asked).await.sent_to(), "/v/ask?done=requested");
        assert_eq!(
            vendor.post("/v/ask/extension", &asked).await.status,
            StatusCode::CONFLICT,
            "one at a time"
        );
        let tanto = program.signed_in("tanto").await;
        assert!(tanto.get("/").await.page().contains("回答期限の延長　株式会社サンプル印刷"));
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains("社内の確認に時間を要するため"));

        // Refused once with words, granted the second time by moving the due time.
        let request = between(&hub, "/requests/", "\"").to_owned();
        let assessment = between(&hub, "/assessments/", "/invitation").to_owned();
        let to = format!("/cases/{case}/assessments/{assessment}/requests/{request}");
        assert_eq!(tanto.post(&to, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let field = format!("answer-{request}");
        tanto.post(&to, &[(&field, "入札の日程のため延ばせません")]).await.sent_to();
        assert_eq!(tanto.post(&to, &[(&field, "二度目")]).await.status, StatusCode::CONFLICT);
        assert!(vendor.get("/v/ask").await.page().contains("入札の日程のため延ばせません"));
        vendor.post("/v/ask/extension", &asked).await.sent_to();
        let extended = [("due", day.as_str()), ("reason", "申出による"), ("only", assessment.as_str())];
        tanto.post(&format!("/cases/{case}/due"), &extended).await.sent_to();
        assert!(vendor.get("/v/ask").await.page().contains("認められました"));

        // Declining needs a tick; then nothing can be saved, and a new invitation opens it again.
        let reason = [("decline-reason", "対象の業務を終えるため")];
        let unsure = vendor.post("/v/ask/decline", &reason).await;
        assert!(unsure.text().contains("辞退することを確認し"));
        vendor.post("/v/ask/decline", &[reason[0], ("decline-sure", "yes")]).await.sent_to();
        let (status, _) =
            vendor.post_json("/v/q/SUB-01", &[("SUB-01/version", "0"), ("SUB-01/value", "none")]).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(vendor.get("/v").await.page().contains("回答を辞退しています"));
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains("辞退") && hub.contains("対象の業務を終えるため"));
        let invitation = format!("/cases/{case}/assessments/{assessment}/invitation");
        tanto.post(&invitation, &[]).await.sent_to();
        let mail = tanto.get(&invitation).await.page();
        let again = program.browser();
        again.post(&format!("/i/{}", between(&mail, "/i/", "\n").trim()), &[]).await.sent_to();
        answer_everything(&again).await;
        assert_eq!(again.post("/v/submit", SUBMIT).await.sent_to(), "/v/done");

        // After the submission a correction is asked for, and granted by sending back.
        again.post("/v/ask/correction", &[("correction-reason", "1問の選択を誤ったため")]).await.sent_to();
        let path = format!("/cases/{case}/assessments/{assessment}");
        let back = [("question", "SUB-01"), ("return-SUB-01", "申出のとおり直してください")];
        tanto.post(&format!("{path}/return-questions"), &back).await.sent_to();
        assert!(again.get("/v/ask").await.page().contains("認められました"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_side_of_a_case_is_closed() {
    let program = Program::start(Database::Sqlite).await;
    let (case, assessment, _) = submitted(&program).await;
    let path = format!("/cases/{case}/assessments/{assessment}");
    let auditor = program.signed_in("kansa").await;
    for (to, fields) in [
        (
            format!("{path}/comments"),
            vec![("question", "SUB-01"), ("audience", "internal"), ("internal-SUB-01", "x")],
        ),
        (format!("{path}/return-questions"), vec![("question", "SUB-01"), ("return-SUB-01", "x")]),
    ] {
        assert_eq!(auditor.post(&to, &fields).await.status, StatusCode::FORBIDDEN, "{to}");
    }
    let stranger = program.browser();
    for page in ["/v/returned", "/v/ask", "/v/q/SUB-01"] {
        assert_ne!(stranger.get(page).await.status, StatusCode::OK, "{page}");
    }
}
