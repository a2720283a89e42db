//! Before answering: the overview, all questions, questions to the municipality; and the pages for everybody.

use domain::ids::{AssessmentId, CaseId, InvitationId, QuestionnaireId};
use reqwest::StatusCode;
use serde_json::Value;
use store::Scope;
use store::assessments::{self, Invitation};
use store::{accounts, cases, vendors};

use crate::support::{
    Browser, CASE, Database, Program, VENDOR, between, databases, fields, issued, strings_of, town,
};

async fn vendor(program: &Program, link: &str) -> Browser {
    let vendor = program.browser();
    vendor.post(link, &[]).await.sent_to();
    vendor
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_says_what_is_asked_and_by_when() {
    for database in databases() {
        let program = Program::start(database).await;
        let (_, link) = issued(&program).await;
        let vendor = vendor(&program, &link).await;
        // Shown first as long as nothing is answered.
        let home = vendor.get("/v").await.page();
        assert!(home.contains("初めに「依頼の概要」を確認してください") && home.contains("/v/overview"));
        let page = vendor.get("/v/overview").await.page();
        for told in [
            "住民健康診査の案内の印刷及び封入封緘業務",
            "株式会社サンプル印刷",
            "見本町　健康福祉課",
            "000-000-0000",
            "開庁日）",
            "必ず回答する設問</dt><dd>45問",
            "ほかの回答に応じて尋ねる設問</dt><dd>3問",
            "約4時間（全ての設問に回答する場合は約4時間10分）",
            "登記事項証明書（訂正がある場合）",
            "発行から3か月以内のもの",
            "必須の不適合",
            "全体で80％以上、かつ、どの区分でも50％以上のときに適、全体で70％以上のときに条件付適",
            "ほかの事業者に見せることはありません",
            "回答を始める",
            "/v/questions.xlsx",
        ] {
            assert!(page.contains(told), "{told}\n{page}");
        }
        let saved = [("NDA-01/version", "0"), ("NDA-01/value", "terms")];
        vendor.post_json("/v/q/NDA-01", &saved).await;
        assert!(!vendor.get("/v").await.page().contains("初めに「依頼の概要」"));
        assert!(vendor.get("/v/overview").await.page().contains("回答を続ける"));
        // The time is over: nothing invites to begin.
        program.pass(60 * 60 * 24 * 22);
        let late = self::vendor(&program, &link).await;
        let page = late.get("/v/overview").await.page();
        assert!(!page.contains("回答を続ける") && !page.contains("開庁日）"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_questions_stand_on_one_page_with_their_conditions() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let vendor = vendor(&program, &link).await;
    let page = vendor.get("/v/questions").await.page();
    assert_eq!(page.matches("<article").count(), 48);
    for told in [
        "『再委託の予定』が「業務の一部について予定がある」又は「業務の主な部分を含む予定がある」であるときに尋ねます。",
        "『従業員の教育（対象と頻度）』が「行っていない」以外であるときに記入します。",
        "問21</span>再委託先の一覧",
        "次の列の表に記入します（20行まで）。",
        "数（時間）",
        "In English: List of subcontractors",
        "/v/questions.xlsx",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
    assert!(!page.contains("<details class=\"app-details\" lang=\"en\" open>"));
    let unfolded = vendor.get("/v/questions?english=yes").await.page();
    assert_eq!(unfolded.matches("lang=\"en\" open>").count(), 48);
    // Numbers are those of the sections.
    assert!(vendor.get("/v/s/subcontracting").await.page().contains("問21</span>再委託先の一覧"));
}

pub const CANARY: &str = "金糸雀";
pub const CANARY_NUMBER: u32 = 700_331_122;

/// Puts a mark on everything of a snapshot that staff alone may know.
fn mark(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match (name.as_str(), &mut *inner) {
                    ("points" | "weight" | "yes" | "no" | "factor", Value::Number(_)) => {
                        *inner = CANARY_NUMBER.into();
                    }
                    ("reason", Value::String(text)) => text.push_str(CANARY),
                    ("points", Value::Array(rows)) => {
                        for row in rows {
                            row["label"] = CANARY.into();
                        }
                    }
                    ("requirement", Value::String(_)) => *inner = format!("R-{CANARY_NUMBER}").into(),
                    ("requirements" | "clauses", Value::Array(_)) => {
                        *inner = vec![format!("R-{CANARY_NUMBER}")].into();
                    }
                    _ => mark(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mark),
        _ => {}
    }
}

/// Sends the questionnaire of a case with marks to one more vendor; returns the link.
pub async fn marked(program: &Program, case: &str) -> String {
    let (app, case) = (program.app.clone(), case.parse::<CaseId>().unwrap());
    let (token, hash) = ("marked-token", tokki::app::token_hash("marked-token"));
    app.clone()
        .db
        .write(move |conn| {
            let organization = accounts::organizations(conn)?.remove(0).id;
            let case = cases::case(conn, &Scope::whole(organization.clone()), &case)?;
            let (mut own, mut vendor) = assessments::assessments_of(conn, &case.id)?.remove(0);
            let mut row = assessments::questionnaire_of(conn, &own)?;
            let mut snapshot: Value = serde_json::from_str(&row.snapshot).unwrap();
            mark(&mut snapshot["sections"]);
            mark(&mut snapshot["criteria"]["minimum_level"]);
            snapshot["criteria"]["evidence_factor"]["declared"] = CANARY_NUMBER.into();
            row.snapshot = snapshot.to_string();
            assert!(row.snapshot.contains(CANARY) && row.snapshot.matches("700331122").count() > 100);
            row.id = QuestionnaireId::new(app.uuid());
            assessments::insert_questionnaire(conn, &row)?;
            vendor.id = domain::ids::VendorId::new(app.uuid());
            vendor.corporate_number = None;
            vendors::insert_vendor(conn, &vendor)?;
            own.id = AssessmentId::new(app.uuid());
            own.vendor_id = vendor.id;
            own.questionnaire_id = row.id;
            assessments::insert_assessment(conn, &own)?;
            assessments::insert_invitation(
                conn,
                &Invitation {
                    id: InvitationId::new(app.uuid()),
                    organization_id: organization,
                    assessment_id: own.id,
                    token_hash: hash,
                    name: "見本　葵".into(),
                    mail: "aoi@vendor.example.jp".into(),
                    expires_at: own.due_at,
                    redeemed_at: None,
                    revoked_at: None,
                    created_at: app.now().into(),
                    on_behalf_of: None,
                    role: domain::respondent::Role::Manager,
                    sections: None,
                    invited_by: None,
                    address: Some("aoi@vendor.example.jp".into()),
                },
            )?;
            Ok::<_, store::Error>(())
        })
        .await
        .unwrap();
    format!("/i/{token}")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_vendor_page_tells_points_weights_or_what_disqualifies() {
    let program = Program::start(Database::Sqlite).await;
    let (case, _) = issued(&program).await;
    let link = marked(&program, &case).await;
    let vendor = vendor(&program, &link).await;
    let home = vendor.get("/v").await.page();
    let sections =
        home.split("/v/s/").skip(1).map(|rest| format!("/v/s/{}", rest.split('"').next().unwrap()));
    let fixed = [
        "/v",
        "/v/overview",
        "/v/questions",
        "/v/questions?english=yes",
        "/v/questions.csv",
        "/v/review",
        "/v/submit",
        "/v/import",
        "/v/inquiries",
    ];
    let mut seen = 0;
    for path in fixed.map(str::to_owned).into_iter().chain(sections) {
        let page = vendor.get(&path).await.page();
        for secret in [CANARY, &CANARY_NUMBER.to_string(), "700,331,122", "重み"] {
            assert!(!page.contains(secret), "{path} tells {secret}");
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
    let book = vendor.get("/v/questions.xlsx").await;
    let strings = strings_of(&book.bytes);
    assert!(!strings.contains(CANARY) && !strings.contains("700331122"));
    let (status, told) =
        vendor.post_json("/v/q/NDA-01", &[("NDA-01/version", "0"), ("NDA-01/value", "refused")]).await;
    assert_eq!(status.as_u16(), 200);
    assert!(!told.to_string().contains(CANARY) && !told.to_string().contains("700331122"), "{told}");
}

const WORDING: &str = "弊社の紫色の封筒でも、要件を満たしますか。";
const PUBLIC: &str = "封筒の色に指定はありますか。";

/// Sends the questionnaire of a new case to two vendors; returns the case and a browser of each.
async fn two_vendors(program: &Program) -> (String, Browser, Browser) {
    let department = town::found(program).await;
    let tanto = program.signed_in("tanto").await;
    let mut ids = Vec::new();
    for (number, name, mail) in [
        ("7123456789012", "株式会社サンプル印刷", "print@vendor.example.jp"),
        ("", "例示封緘合同会社", "seal@vendor.example.jp"),
    ] {
        let over = [
            ("corporate_number", number),
            ("no_number_reason", if number.is_empty() { "申請中" } else { "" }),
            ("name", name),
            ("contact_mail", mail),
        ];
        let place = tanto.post("/vendors/new", &fields(VENDOR, &over)).await.sent_to();
        ids.push(between(&place, "/vendors/", "?").to_owned());
    }
    let case =
        tanto.post("/cases/new", &fields(CASE, &[("department", department.as_str())])).await.sent_to();
    let case = between(&case, "/cases/", "?").to_owned();
    let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
    let sent = [("vendor", ids[0].as_str()), ("vendor", &ids[1]), ("due", &due)];
    tanto.post(&format!("/cases/{case}/issue"), &sent).await.sent_to();
    let mut browsers = Vec::new();
    for page in invitations(&tanto, &case).await {
        let mail = tanto.get(&page).await.page();
        browsers.push(vendor(program, &format!("/i/{}", between(&mail, "/i/", "\n").trim())).await);
    }
    let second = browsers.pop().unwrap();
    (case, browsers.pop().unwrap(), second)
}

/// Addresses of the pages that show what was sent to the vendors of a case.
async fn invitations(staff: &Browser, case: &str) -> Vec<String> {
    let hub = staff.get(&format!("/cases/{case}")).await.page();
    hub.split(&format!("/cases/{case}/assessments/"))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|rest| rest.ends_with("/invitation"))
        .map(|rest| format!("/cases/{case}/assessments/{rest}"))
        .collect()
}

/// What was sent to each vendor of a case after the invitation.
async fn notices(staff: &Browser, case: &str) -> Vec<String> {
    let mut found = Vec::new();
    for page in invitations(staff, case).await {
        let page = staff.get(&page).await.page();
        let sent =
            page.split_once("その後の連絡").map_or("", |(_, rest)| rest.split("</main>").next().unwrap());
        found.push(sent.to_owned());
    }
    found
}

async fn asked(vendor: &Browser, question: &str, text: &str) {
    let sent = vendor.post("/v/inquiries", &[("question", question), ("text", text)]).await;
    assert_eq!(sent.sent_to(), "/v/inquiries?done=asked");
}

/// The address of the only question that waits.
async fn waiting(staff: &Browser, case: &str) -> String {
    let list = staff.get(&format!("/cases/{case}/inquiries")).await.page();
    let path = format!("/cases/{case}/inquiries/");
    assert_eq!(list.matches(&path).count(), 1, "{list}");
    format!("{path}{}", between(&list, &path, "\""))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_all_reaches_all_and_hides_who_asked() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, first, second) = two_vendors(&program).await;
        let tanto = program.signed_in("tanto").await;
        let link = first.get("/v/questions").await.page();
        assert!(link.contains("/v/inquiries?question=SUB-01#ask"));
        let form = first.get("/v/inquiries?question=SUB-01").await.page();
        assert!(form.contains("<option value=\"SUB-01\" selected>問20　再委託の予定</option>"), "{form}");
        asked(&first, "SUB-01", WORDING).await;
        // A second click is not a second question.
        asked(&first, "SUB-01", WORDING).await;
        let page = first.get("/v/inquiries").await.page();
        assert_eq!(page.matches(WORDING).count(), 1);
        assert!(page.contains("回答を待っています") && page.contains("問20　再委託の予定について"));
        // Until it is answered nobody else knows of it.
        assert!(!second.get("/v/inquiries").await.page().contains("再委託の予定について"));
        // Staff see it at home, on the case and in the list.
        assert!(tanto.get("/").await.page().contains("まだ回答していない案件"));
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains("回答待ち1件") && hub.contains("事業者からの質問"));
        let place = waiting(&tanto, &case).await;
        let page = tanto.get(&place).await.page();
        assert!(page.contains("value=\"all\" checked") && page.matches(WORDING).count() == 2, "{page}");
        assert!(page.contains("株式会社サンプル印刷"));
        let answer = [("audience", "all"), ("published", PUBLIC), ("answer", "封筒の色は問いません。")];
        assert_eq!(
            tanto.post(&place, &answer).await.sent_to(),
            format!("/cases/{case}/inquiries?done=answered")
        );
        let page = second.get("/v/inquiries").await.page();
        assert!(page.contains(PUBLIC) && page.contains("封筒の色は問いません。"));
        assert!(page.contains("問20　再委託の予定について"));
        for secret in [WORDING, "紫色", "サンプル印刷", "見本 tanto"] {
            assert!(!page.contains(secret), "{secret} in\n{page}");
        }
        let page = first.get("/v/inquiries").await.page();
        assert!(page.contains(WORDING) && page.contains(PUBLIC) && page.contains("全ての事業者に公開"));
        assert_eq!(page.matches("封筒の色は問いません。").count(), 1, "the own question stands once");
        // Each has one mail that says so and nothing of it.
        for sent in notices(&tanto, &case).await {
            assert_eq!(sent.matches("質問への回答又はお知らせの掲載について").count(), 1, "{sent}");
            for secret in [WORDING, PUBLIC, "封筒の色", "再委託の予定", "/i/"] {
                assert!(!sent.contains(secret), "{secret} in\n{sent}");
            }
        }
        let sent = notices(&tanto, &case).await;
        assert!(sent[0].contains("株式会社サンプル印刷") && !sent[0].contains("例示封緘"));
        assert!(sent[1].contains("例示封緘合同会社") && !sent[1].contains("サンプル印刷"));
        // What was told to all can be neither changed nor narrowed.
        let narrower = [("audience", "asker"), ("published", ""), ("answer", "変更")];
        let again = tanto.post(&place, &narrower).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text().contains("お知らせとして掲載"));
        assert_eq!(tanto.get(&place).await.sent_to(), format!("/cases/{case}/inquiries"));
        assert!(second.get("/v/inquiries").await.page().contains("封筒の色は問いません。"));
        assert!(!tanto.get("/").await.page().contains("まだ回答していない案件"));
        assert!(
            tanto.get(&format!("/cases/{case}")).await.page().contains("質問への回答"),
            "the trail says so"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_one_and_a_notice_to_all() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, first, second) = two_vendors(&program).await;
        let tanto = program.signed_in("tanto").await;
        asked(&first, "", WORDING).await;
        let place = waiting(&tanto, &case).await;
        let answer = [("audience", "asker"), ("published", PUBLIC), ("answer", "紫色で構いません。")];
        tanto.post(&place, &answer).await.sent_to();
        let page = first.get("/v/inquiries").await.page();
        assert!(page.contains("紫色で構いません。") && page.contains("あなたの会社だけに示しています"));
        assert!(!page.contains(PUBLIC), "what was not published is kept nowhere");
        let page = second.get("/v/inquiries").await.page();
        assert!(page.contains("まだありません") && !page.contains("紫色") && !page.contains(PUBLIC));
        let sent = notices(&tanto, &case).await;
        assert!(sent[0].contains("掲載について") && sent[1].is_empty(), "{sent:?}");
        // A notice without a question, for all.
        let path = format!("/cases/{case}/inquiries");
        let notice = [("heading", "様式の訂正"), ("notice", "様式第3号を差し替えました。")];
        assert_eq!(tanto.post(&path, &notice).await.sent_to(), format!("{path}?done=notified"));
        // A second click is not a second notice.
        tanto.post(&path, &notice).await.sent_to();
        for vendor in [&first, &second] {
            let page = vendor.get("/v/inquiries").await.page();
            assert_eq!(page.matches("様式の訂正").count(), 1, "{page}");
            assert!(page.contains("様式第3号を差し替えました。"), "{page}");
            assert!(!page.contains("見本 tanto"));
        }
        let sent = notices(&tanto, &case).await;
        let count = |sent: &String| sent.matches("掲載について").count();
        assert_eq!(sent.iter().map(count).collect::<Vec<_>>(), [2, 1]);
        let list = tanto.get(&path).await.page();
        assert!(
            list.contains("この事業者だけ") && list.contains("全ての事業者に公開") && list.contains("紫色")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_wrongly_comes_back_with_the_reason() {
    let program = Program::start(Database::Sqlite).await;
    let (case, first, _) = two_vendors(&program).await;
    let long = "長".repeat(2_001);
    for (question, text, told) in [
        ("", "", "質問を入力してください"),
        ("", "　\n ", "質問を入力してください"),
        ("", long.as_str(), "2000文字以内で入力してください（今は2001文字）"),
        ("ZZZ-99", "この設問について", "一覧から選び直してください"),
    ] {
        let refused = first.post("/v/inquiries", &[("question", question), ("text", text)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(told), "{told}");
        assert!(text.trim().is_empty() || refused.text().contains(text.trim()), "what was typed stays");
    }
    assert!(!first.get("/v/inquiries").await.page().contains("あなたの会社の質問"), "nothing was sent");
    let hostile = "<script>alert(1)</script> {{ 7 * 7 }}";
    asked(&first, "", hostile).await;
    let tanto = program.signed_in("tanto").await;
    let place = waiting(&tanto, &case).await;
    for page in [first.get("/v/inquiries").await.page(), tanto.get(&place).await.page()] {
        assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;") && page.contains("7 * 7"));
    }
    let names = "公開する質問の文に「株式会社サンプル印刷」が分かる記載があります";
    for (audience, published, answer, told) in [
        ("", PUBLIC, "はい。", "範囲を選んでください"),
        ("nobody", PUBLIC, "はい。", "範囲を選んでください"),
        ("all", "", "はい。", "公開する質問の文を入力してください"),
        ("all", PUBLIC, "", "回答を入力してください"),
        ("all", &long, "はい。", "公開する質問の文は2000文字以内"),
        ("all", "（株）さんぷる印刷ですが、色は自由ですか。", "はい。", names),
        ("all", PUBLIC, "サンプル印刷の封筒で構いません。", "回答に「株式会社サンプル印刷」が分かる記載"),
        ("all", "見本葵ですが、色は自由ですか。", "はい。", "「見本　葵」が分かる記載"),
        ("asker", "", "例示封緘の封筒でも構いません。", "「例示封緘合同会社」が分かる記載"),
    ] {
        let typed = [("audience", audience), ("published", published), ("answer", answer)];
        let refused = tanto.post(&place, &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(refused.text().contains(told), "{told}\n{}", refused.text());
        assert!(
            refused.text().contains(published) && refused.text().contains(answer),
            "what was typed stays"
        );
    }
    let path = format!("/cases/{case}/inquiries");
    for (heading, notice, told) in [
        ("", "内容", "お知らせの件名を入力してください"),
        ("一行目\n二行目", "内容", "改行を入れずに"),
        ("件名", "", "お知らせの内容を入力してください"),
        (
            "件名",
            "サンプル印刷からの質問に答えます。",
            "お知らせの内容に「株式会社サンプル印刷」が分かる記載",
        ),
    ] {
        let refused = tanto.post(&path, &[("heading", heading), ("notice", notice)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(told) && refused.text().contains(notice), "{told}");
    }
    assert!(notices(&tanto, &case).await.iter().all(String::is_empty), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_deadline_there_is_the_telephone() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let first = vendor(&program, &link).await;
        asked(&first, "", WORDING).await;
        program.pass(60 * 60 * 24 * 22);
        let late = vendor(&program, &link).await;
        let page = late.get("/v/inquiries").await.page();
        assert!(page.contains("質問の受付は終わりました") && page.contains("電話 000-000-0000"));
        assert!(!page.contains("質問を送る") && page.contains(WORDING));
        let refused = late.post("/v/inquiries", &[("question", ""), ("text", "間に合いますか。")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("質問の受付は終わりました"));
        assert!(refused.text().contains("間に合いますか。"), "what was typed stays");
        assert!(!late.get("/v/inquiries").await.page().contains("間に合いますか。"));
        // What was asked in time is answered all the same.
        let tanto = program.signed_in("tanto").await;
        let place = waiting(&tanto, &case).await;
        let answer = [("audience", "all"), ("published", PUBLIC), ("answer", "はい。")];
        tanto.post(&place, &answer).await.sent_to();
        assert!(late.get("/v/inquiries").await.page().contains("はい。"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inquiries_of_others_are_not_there() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, first, _) = two_vendors(&program).await;
        let tanto = program.signed_in("tanto").await;
        asked(&first, "", WORDING).await;
        let place = waiting(&tanto, &case).await;
        let inquiry = place.rsplit('/').next().unwrap().to_owned();
        // Another case of the same town: neither its vendors nor its addresses know anything of it.
        let vendors = tanto.get("/vendors").await.page();
        let vendor_id = format!("0{}", between(&vendors, "/vendors/0", "\""));
        let department = tanto.get("/cases/new").await.page();
        let department = between(&department, "name=\"department\"><option value=\"", "\"").to_owned();
        let other = tanto.post("/cases/new", &fields(CASE, &[("department", &department)])).await.sent_to();
        let other = between(&other, "/cases/", "?").to_owned();
        // Nobody has been asked yet: a notice would have no reader.
        let notice = [("heading", "件名"), ("notice", "内容")];
        let path = format!("/cases/{other}/inquiries");
        let early = tanto.post(&path, &notice).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(early.text().contains("先に調査票を送付してください"));
        let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
        let sent = [("vendor", vendor_id.as_str()), ("due", &due)];
        tanto.post(&format!("/cases/{other}/issue"), &sent).await.sent_to();
        let mail = tanto.get(&invitations(&tanto, &other).await[0]).await.page();
        let stranger = vendor(&program, &format!("/i/{}", between(&mail, "/i/", "\n").trim())).await;
        let answer = [("audience", "all"), ("published", PUBLIC), ("answer", "封筒の色は問いません。")];
        let foreign = format!("/cases/{other}/inquiries/{inquiry}");
        assert_eq!(tanto.get(&foreign).await.status, StatusCode::NOT_FOUND);
        assert_eq!(tanto.post(&foreign, &answer).await.status, StatusCode::NOT_FOUND);
        for wrong in ["00000000-0000-7000-8000-000000000000", "x"] {
            let nowhere = format!("/cases/{case}/inquiries/{wrong}");
            assert_eq!(tanto.get(&nowhere).await.status, StatusCode::NOT_FOUND);
            assert_eq!(tanto.post(&nowhere, &answer).await.status, StatusCode::NOT_FOUND);
            let nowhere = format!("/cases/{wrong}/inquiries");
            assert_eq!(tanto.get(&nowhere).await.status, StatusCode::NOT_FOUND);
            assert_eq!(tanto.post(&nowhere, &notice).await.status, StatusCode::NOT_FOUND);
        }
        tanto.post(&place, &answer).await.sent_to();
        let page = stranger.get("/v/inquiries").await.page();
        assert!(!page.contains(PUBLIC) && !page.contains("封筒の色"), "{page}");
        assert_eq!(notices(&tanto, &other).await, [""]);
        // An auditor reads and does not answer; a vendor has no way in.
        let kansa = program.signed_in("kansa").await;
        let list = format!("/cases/{case}/inquiries");
        let page = kansa.get(&list).await.page();
        assert!(page.contains(PUBLIC) && !page.contains("お知らせを掲載する"));
        assert_eq!(kansa.post(&list, &notice).await.status, StatusCode::FORBIDDEN);
        assert!(first.get(&list).await.sent_to().starts_with("/sign-in"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_department_and_another_municipality_know_nothing_of_an_inquiry() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, first, _) = two_vendors(&program).await;
        let tanto = program.signed_in("tanto").await;
        asked(&first, "", WORDING).await;
        let place = waiting(&tanto, &case).await;
        // The officer moves to another department, then to another municipality.
        let app = program.app.clone();
        let elsewhere = |other: bool| {
            let app = app.clone();
            move |conn: &mut store::Conn| {
                let own = accounts::organizations(conn)?.remove(0);
                let mut organization = own.clone();
                if other {
                    organization.id = domain::ids::OrganizationId::new(app.uuid());
                    organization.code = None;
                    accounts::insert_organization(conn, &organization)?;
                }
                let department = accounts::Department {
                    id: domain::ids::DepartmentId::new(app.uuid()),
                    organization_id: organization.id.clone(),
                    name: "別の課".into(),
                    phone: String::new(),
                    position: 9,
                };
                accounts::insert_department(conn, &department)?;
                let mut staff = accounts::staff_by_sign_in_name(conn, "tanto")?.unwrap();
                staff.id = domain::ids::StaffId::new(app.uuid());
                staff.sign_in_name = format!("yoso{other}");
                staff.organization_id = organization.id.clone();
                staff.department_id = department.id;
                accounts::insert_staff(conn, &staff)?;
                accounts::insert_appointment(
                    conn,
                    &accounts::AppointmentRow {
                        id: domain::ids::AppointmentId::new(app.uuid()),
                        organization_id: organization.id,
                        staff_id: staff.id,
                        role: "system_staff".into(),
                        starts_on: app.today().into(),
                        ends_on: None,
                        basis: "試験".into(),
                        created_at: app.now().into(),
                    },
                )
            }
        };
        program.app.db.write(elsewhere(false)).await.unwrap();
        program.app.db.write(elsewhere(true)).await.unwrap();
        for name in ["yosofalse", "yosotrue"] {
            let stranger = program.signed_in(name).await;
            assert!(!stranger.get("/").await.page().contains("まだ回答していない案件"), "{name}");
            let list = format!("/cases/{case}/inquiries");
            let answer = [("audience", "all"), ("published", PUBLIC), ("answer", "はい。")];
            let notice = [("heading", "件名"), ("notice", "内容")];
            assert_eq!(stranger.get(&list).await.status, StatusCode::NOT_FOUND, "{name}");
            assert_eq!(stranger.post(&list, &notice).await.status, StatusCode::NOT_FOUND, "{name}");
            assert_eq!(stranger.get(&place).await.status, StatusCode::NOT_FOUND, "{name}");
            assert_eq!(stranger.post(&place, &answer).await.status, StatusCode::NOT_FOUND, "{name}");
        }
        assert!(first.get("/v/inquiries").await.page().contains("回答を待っています"));
    }
}
