//! Before answering: the overview, all questions, questions to the municipality; and the pages for everybody.

use domain::ids::{AssessmentId, CaseId, InvitationId, QuestionnaireId};
use serde_json::Value;
use store::Scope;
use store::assessments::{self, Invitation};
use store::{accounts, cases, vendors};

use crate::support::{Browser, Database, Program, databases, issued, strings_of};

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

const CANARY: &str = "金糸雀";
const CANARY_NUMBER: u32 = 700_331_122;

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
async fn marked(program: &Program, case: &str) -> String {
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
