//! The result: told to one vendor at a time after the decision, with documents whose receipt is confirmed.

use reqwest::StatusCode;

use crate::contracts::versions;
use crate::main_job::answer_everything;
use crate::reuse::{ask, hand_in, opened, register};
use crate::support::{Browser, Program, between, databases, town};

const DAY: i64 = 24 * 60 * 60;

/// Texts that stay inside the office.
const JUDGEMENT: &str = "必須の条件に全て適合し、庁内限りの所見として価格も妥当であるため、選定する。";
const CONDITION: &str = "庁内限りの条件：管理者は操作の記録を毎月確かめる。";
const PURPOSE: &str = "庁内限りの目的：健康診査の案内を印刷し、発送する。";

/// Everything that a vendor can open, as one text.
async fn everything(vendor: &Browser) -> String {
    let mut all = String::new();
    for path in ["/v", "/v/review", "/v/done", "/v/result", "/v/questions.csv"] {
        all.push_str(&vendor.get(path).await.page());
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn each_vendor_is_told_its_own_result_and_confirms_what_it_receives() {
    for database in databases() {
        let program = Program::start(database).await;
        let department = town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let company = register(&tanto, &[]).await;
        let other = [("corporate_number", ""), ("no_number_reason", "試験"), ("name", "例示データ株式会社")];
        let other = register(&tanto, &other).await;
        let (case, asked) = ask(&program, department.as_str(), "印刷業務", &[&company, &other]).await;
        for (_, link) in &asked {
            let vendor = opened(&program, link).await;
            assert!(vendor.get("/v/result").await.page().contains("まだ提出していません"));
            answer_everything(&vendor).await;
            hand_in(&vendor).await;
            let page = vendor.get("/v/result").await.page();
            assert!(page.contains("審査中です") && page.contains("この後の流れ"));
            assert!(vendor.get("/v/done").await.page().contains("/v/result"));
        }
        let path = |index: usize| format!("/cases/{case}/assessments/{}/result", asked[index].0);
        let checked = [("checked", "yes")];

        // Not before the evaluation, the chosen one not before the decision.
        let kacho = program.signed_in("kacho").await;
        assert!(tanto.get(&path(1)).await.page().contains("評価が確定していないため"));
        assert_eq!(tanto.post(&path(1), &checked).await.status, StatusCode::CONFLICT);
        let evaluate = format!("/cases/{case}/assessments/{}/evaluate", asked[0].0);
        kacho.post(&evaluate, &[("judgement", JUDGEMENT)]).await.sent_to();
        assert_eq!(tanto.post(&path(0), &checked).await.status, StatusCode::CONFLICT);
        kacho.post(&format!("/cases/{case}/application"), &[("purpose", PURPOSE)]).await.sent_to();
        let bucho = program.signed_in("bucho").await;
        let conditional = [("outcome", "approve_conditionally"), ("reason", CONDITION)];
        bucho.post(&format!("/cases/{case}/decision"), &conditional).await.sent_to();
        tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
        tanto.post(&format!("/cases/{case}/documents"), &[("kind", "D-06")]).await.sent_to();

        // Long after the due time the link is dead; telling the result opens it again.
        program.pass(60 * DAY);
        assert_eq!(program.browser().get(&asked[0].1).await.status, StatusCode::GONE);
        let tanto = program.signed_in("tanto").await;
        let page = tanto.get(&path(0)).await.page();
        assert!(page.contains("選定（条件付き）") && page.contains("事業者に見えます"));
        assert!(page.contains(CONDITION), "the conditions are there to be reworded");
        assert!(page.contains("情報セキュリティに関する特記仕様書（第1版）"));
        assert!(!page.contains("評価調書（第1版）"), "no internal paper is offered");
        assert!(!between(&page, "id=\"document\"", "</fieldset>").contains(" checked"), "none by default");
        let unchecked = tanto.post(&path(0), &[("text", "ご協力に感謝します。")]).await;
        assert_eq!(unchecked.status, StatusCode::UNPROCESSABLE_ENTITY);
        let again = unchecked.text();
        assert!(
            again.contains("チェックを入れてください") && again.contains("承認の条件（事業者に見えます）")
        );
        assert!(again.contains("ご協力に感謝します。"), "what was typed stays");

        // Only documents of this case that a vendor may have.
        let all = versions(&tanto, &case).await;
        let id = |path: &String| path.rsplit('/').next().unwrap().to_owned();
        let (mut special, mut internal) = (String::new(), String::new());
        for path in &all {
            let name = tanto.get(path).await.headers["content-disposition"].to_str().unwrap().to_owned();
            let special_name = "%E7%89%B9%E8%A8%98";
            *(if name.contains(special_name) { &mut special } else { &mut internal }) = id(path);
        }
        assert!(!special.is_empty() && !internal.is_empty());
        let (elsewhere, _) = ask(&program, department.as_str(), "別の案件", &[&company]).await;
        tanto.post(&format!("/cases/{elsewhere}/documents"), &[]).await.sent_to();
        let foreign = id(&versions(&tanto, &elsewhere).await[0]);
        let told = "操作の記録を毎月確かめられるようにしてください。";
        for wrong in [&internal, &foreign, &"x".to_owned()] {
            let form = [("conditions", told), ("checked", "yes"), ("document", wrong)];
            assert_eq!(tanto.post(&path(0), &form).await.status, StatusCode::NOT_FOUND);
        }
        let form = [
            ("conditions", told),
            ("text", "契約の締結に向けて連絡します。"),
            ("checked", "yes"),
            ("document", &special),
        ];
        assert_eq!(
            program.signed_in("kansa").await.post(&path(0), &form).await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(tanto.post(&path(0), &form).await.sent_to(), format!("{}?done=told", path(0)));
        assert_eq!(tanto.post(&path(0), &form).await.status, StatusCode::CONFLICT, "once");
        // What names the chosen vendor is not for the other one.
        let form = [("checked", "yes"), ("document", special.as_str())];
        assert_eq!(tanto.post(&path(1), &form).await.status, StatusCode::NOT_FOUND);
        tanto.post(&path(1), &checked).await.sent_to();

        // The chosen vendor: its result, its document, its receipt.
        let vendor = opened(&program, &asked[0].1).await;
        let page = vendor.get("/v/result").await.page();
        assert!(page.contains("条件を付けて、この案件の相手方として選定しました") && page.contains(told));
        assert!(page.contains("契約の締結に向けて連絡します。"));
        let document = format!("/v/result/documents/{}", between(&page, "href=\"/v/result/documents/", "\""));
        let file = vendor.get(&document).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment;"));
        assert_eq!(file.headers["content-security-policy"].to_str().unwrap(), "default-src 'none'; sandbox");
        assert!(contract_templates::docx::read(&file.bytes).is_ok());
        assert!(tanto.get(&path(0)).await.page().contains("受領の確認を待っています"));
        vendor.post(&document, &[]).await.sent_to();
        let page = vendor.get("/v/result").await.page();
        let receipt = between(&page, "受領確認済み</span>", "</p>").to_owned();
        assert!(receipt.contains("見本　葵"), "{receipt}");
        program.pass(120);
        assert_eq!(vendor.post(&document, &[]).await.sent_to(), "/v/result?done=received");
        let page = vendor.get("/v/result").await.page();
        assert_eq!(between(&page, "受領確認済み</span>", "</p>"), receipt, "the first receipt counts");
        for page in [tanto.get(&path(0)).await.page(), tanto.get(&format!("/cases/{case}")).await.page()] {
            assert!(page.contains("受領確認　見本　葵"), "{page}");
        }

        // The other vendor: its own result and nothing else.
        let second = opened(&program, &asked[1].1).await;
        let page = second.get("/v/result").await.page();
        assert!(page.contains("選定に至りませんでした") && !page.contains("/v/result/documents/"));
        assert_eq!(second.get(&document).await.status, StatusCode::NOT_FOUND);
        assert_eq!(second.post(&document, &[]).await.status, StatusCode::NOT_FOUND);
        for (browser, name) in [(&vendor, "例示データ株式会社"), (&second, "株式会社サンプル印刷")]
        {
            let all = everything(browser).await;
            for canary in ["庁内限り", "点数", name, "見本 bucho"] {
                assert!(!all.contains(canary), "{canary}");
            }
        }

        // More documents later; the mails say that there is something, and nothing of it.
        let more = format!("{}/documents", path(0));
        assert_eq!(tanto.post(&more, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let twice = tanto.post(&more, &[("document", &special)]).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND);
        tanto.post(&format!("/cases/{case}/documents"), &[("kind", "D-11")]).await.sent_to();
        let page = tanto.get(&path(0)).await.page();
        let added = between(between(&page, "id=\"document\"", "</fieldset>"), "value=\"", "\"").to_owned();
        tanto.post(&more, &[("document", &added)]).await.sent_to();
        assert_eq!(vendor.get("/v/result").await.page().matches("Wordの文書を受け取る").count(), 2);
        let page = tanto.get(&path(0).replace("/result", "/invitation")).await.page();
        assert_eq!(page.matches("調査の結果のお知らせ").count(), 2);
        let mails = between(&page, "その後の連絡", "</main>");
        for word in ["選定", "毎月", "/i/", "庁内限り", "特記仕様書"] {
            assert!(!mails.contains(word), "{word}");
        }
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        assert!(hub.contains("事業者に結果を通知") && hub.contains("事業者が文書の受領を確認"));
    }
}
