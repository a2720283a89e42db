//! The whole main job over HTTP: from registration to the Word file and the ledger.

use contract_templates::docx;
use reqwest::StatusCode;

use crate::support::{Answer, Browser, Program, between, databases, issued};

/// What the vendor answers, `QQQ-NN/field` to value: the answers of the demonstration's sound vendor.
pub fn sound_answers() -> Vec<(String, Vec<(String, String)>)> {
    let text = include_str!("../server/src/cli/demo/answers.toml");
    let all: toml::Table = toml::from_str(text).unwrap();
    let questions = all["sound"].as_table().unwrap();
    questions
        .iter()
        .map(|(question, fields)| {
            let mut pairs = Vec::new();
            for (field, value) in fields.as_table().unwrap() {
                let name = format!("{question}/{field}");
                match value {
                    toml::Value::Array(items) => {
                        pairs.extend(
                            items.iter().map(|item| (name.clone(), item.as_str().unwrap().to_owned())),
                        );
                    }
                    other => pairs.push((name, other.as_str().unwrap().to_owned())),
                }
            }
            (question.clone(), pairs)
        })
        .collect()
}

/// Answers everything that is asked, through the address that our module posts to.
pub async fn answer_everything(vendor: &Browser) {
    for (question, pairs) in sound_answers() {
        let mut fields: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let version = format!("{question}/version");
        fields.push((&version, "0"));
        let (status, told) = vendor.post_json(&format!("/v/q/{question}"), &fields).await;
        // Questions of other paths are not asked of this case.
        if status == StatusCode::NOT_FOUND {
            continue;
        }
        assert_eq!(status, StatusCode::OK, "{question}: {told}");
        assert_eq!(told["version"], 1);
        assert_eq!(told["problems"].as_array().unwrap().len(), 0, "{question}: {told}");
    }
}

async fn confirm_evidence(staff: &Browser, case: &str, assessment: &str) {
    // Self-declared answers alone stay below the pass line of class 3B; the officer has seen the papers.
    let page = staff.get(&format!("/cases/{case}/assessments/{assessment}")).await.page();
    assert!(page.contains("証跡係数0.8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_registration_to_word_file_and_ledger() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;

        // The vendor: a GET changes nothing, the POST begins a session.
        let vendor = program.browser();
        for _ in 0..2 {
            let page = vendor.get(&link).await.page();
            assert!(page.contains("回答を始める"));
        }
        assert_eq!(vendor.get("/v").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(vendor.post(&link, &[]).await.sent_to(), "/v");
        let tasks = vendor.get("/v").await.page();
        assert!(tasks.contains("住民健康診査の案内の印刷及び封入封緘業務") && tasks.contains("未着手"));
        assert!(vendor.get("/v/submit").await.page().contains("まだ提出できません"));

        answer_everything(&vendor).await;
        let review = vendor.get("/v/review").await.page();
        assert!(review.contains("契約で約束できる") && !review.contains("未回答"));
        let submitted = [("submitted_by", "取締役　例示　進"), ("declared", "yes")];
        assert_eq!(vendor.post("/v/submit", &submitted).await.sent_to(), "/v/done");
        let done = vendor.get("/v/done").await.page();
        let receipt = between(&done, "app-done__number\">", "<").to_owned();
        assert_eq!(receipt.len(), 8);
        // A second click is not a second submission.
        assert_eq!(vendor.post("/v/submit", &submitted).await.sent_to(), "/v/done");
        assert!(vendor.get("/v/done").await.page().contains(&receipt));
        let (late, told) =
            vendor.post_json("/v/q/NDA-01", &[("NDA-01/version", "1"), ("NDA-01/value", "terms")]).await;
        assert_eq!(late, StatusCode::CONFLICT);
        assert!(told["error"].as_str().unwrap().contains("提出済み"));

        // Staff: the score with its arithmetic, the evaluation by the right role.
        let tanto = program.signed_in("tanto").await;
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains(&receipt) && hub.contains("0件"));
        let assessment = between(&hub, "/assessments/", "\"").to_owned();
        confirm_evidence(&tanto, &case, &assessment).await;
        let evaluate = format!("/cases/{case}/assessments/{assessment}/evaluate");
        let judgement =
            "必須の条件に全て適合し、保管する機器を技術的に限っていることを資料で確認したため、選定する。";
        assert_eq!(tanto.post(&evaluate, &[("judgement", judgement)]).await.status, StatusCode::FORBIDDEN);
        let kacho = program.signed_in("kacho").await;
        assert_eq!(
            kacho.post(&evaluate, &[("judgement", "可")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            kacho.post(&evaluate, &[("judgement", judgement)]).await.sent_to(),
            format!("/cases/{case}?done=evaluated")
        );

        // No contract before approval.
        let early = tanto.post(&format!("/cases/{case}/documents"), &[]).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(early.text().contains("承認を得ていないため") && early.text().contains("10.3(4)イ"));

        // Application and decision by different persons.
        let apply = format!("/cases/{case}/application");
        let purpose = [("purpose", "住民健康診査の案内を印刷し、封入して発送する。")];
        assert_eq!(
            kacho.post(&apply, &purpose).await.sent_to(),
            format!("/cases/{case}/application?done=applied")
        );
        let decision = format!("/cases/{case}/decision");
        let approve = [("outcome", "approve"), ("reason", "")];
        assert_eq!(kacho.post(&decision, &approve).await.status, StatusCode::FORBIDDEN);
        let bucho = program.signed_in("bucho").await;
        assert_eq!(
            bucho.post(&decision, &[("outcome", "reject")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            bucho.post(&decision, &approve).await.sent_to(),
            format!("/cases/{case}/application?done=decided")
        );

        // The special specifications.
        let clauses = tanto.get(&format!("/cases/{case}/clauses")).await.page();
        assert!(clauses.contains("公用文チェックの指摘は0件") && clauses.contains("再委託の制限"));
        assert_eq!(
            tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to(),
            format!("/cases/{case}?done=generated")
        );
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let document = format!("/cases/{case}/documents/{}", between(&hub, "/documents/", "\""));
        check_document(&tanto.get(&document).await);

        // The ledger, seen by everybody who may.
        assert_eq!(tanto.post(&format!("/cases/{case}/ledger"), &[]).await.sent_to(), "/ledger?done=entered");
        let ledger = program.signed_in("kansa").await.get("/ledger").await.page();
        assert!(ledger.contains("株式会社サンプル印刷") && ledger.contains("自治体機密性3B"));
        check_trail(&program, &case).await;
    }
}

fn check_document(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK);
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    let back = docx::read(&answer.bytes).unwrap();
    assert_eq!(back.title, "情報セキュリティに関する特記仕様書");
    assert_eq!((back.author.as_str(), back.keywords.as_str()), ("見本町", "自治体機密性2"));
    let text: Vec<&str> = back.paragraphs.iter().map(|(_, text)| text.as_str()).collect();
    let all = text.join("\n");
    // Articles without gaps.
    let numbers: Vec<usize> = back
        .paragraphs
        .windows(2)
        .filter(|pair| pair[0].0 == "ArticleHeading")
        .map(|pair| between(&pair[1].1, "第", "条").parse().unwrap())
        .collect();
    assert!(numbers.len() >= 24);
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
    // Every reference names an article, 別表 or 様式 that is there.
    for (index, _) in all.match_indices("第") {
        let rest = &all[index..];
        if let Some(number) = rest
            .strip_prefix("第")
            .and_then(|r| r.split_once("条"))
            .and_then(|(n, _)| n.parse::<usize>().ok())
        {
            let law = all[..index].ends_with("法律") || all[..index].ends_with("法");
            assert!(law || number <= numbers.len() || number > 60, "第{number}条 leads nowhere");
        }
    }
    for mark in [
        "別表1",
        "様式第1号",
        "見本町（以下「甲」という。）",
        "株式会社サンプル印刷",
        "健康診査の対象者の一覧",
        "3,000件",
    ] {
        assert!(all.contains(mark), "{mark}");
    }
    for wrong in ["{{", "[[", "\u{E000}", "阿南", "本市", "市長"] {
        assert!(!all.contains(wrong), "{wrong}");
    }
}

async fn check_trail(program: &Program, case: &str) {
    use domain::ids::CaseId;
    let id: CaseId = case.parse().unwrap();
    let rows = program
        .app
        .db
        .read(move |conn| {
            let organization = store::accounts::organizations(conn)?.remove(0).id;
            let of_case = store::trail::of_case(conn, &id, 1_000)?;
            Ok::<_, store::Error>((
                store::trail::of_organization(conn, &organization, None, 10_000)?,
                of_case,
            ))
        })
        .await
        .unwrap();
    let actions: Vec<&str> = rows.1.iter().rev().map(|row| row.action.as_str()).collect();
    for action in [
        "case.registered",
        "case.issued",
        "assessment.started",
        "assessment.submitted",
        "case.evaluated",
        "case.applied",
        "case.decided",
        "document.generated",
        "case.clauses_fixed",
        "ledger.entered",
    ] {
        assert_eq!(actions.iter().filter(|own| **own == action).count(), 1, "{action} in {actions:?}");
    }
    // The chain has no gap, and each row holds the hash of the one before.
    let chain: Vec<_> = rows.0.iter().rev().collect();
    assert_eq!(chain[0].previous_hash, domain::trail::GENESIS);
    for (pair, position) in chain.windows(2).zip(1..) {
        assert_eq!((pair[0].position, &pair[0].hash), (position, &pair[1].previous_hash));
    }
    let text = serde_json::to_string(&chain.iter().map(|row| &row.detail).collect::<Vec<_>>()).unwrap();
    assert!(!text.contains("/i/"), "no token in the trail");
}
