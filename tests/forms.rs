//! Wrong input at every form: a clear message beside the field, nothing lost, nothing half-written.

use reqwest::StatusCode;

use crate::support::{CASE, Database, Program, VENDOR, databases, fields, issued, town};

const LONG: usize = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn vendors_are_checked_field_by_field() {
    for database in databases() {
        let program = Program::start(database).await;
        town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let long = "あ".repeat(LONG);
        let cases: &[(&str, &str, &str)] = &[
            ("name", "", "商号又は名称を入力してください"),
            ("name", &long, "商号又は名称は100文字以内で入力してください（今は10000文字）"),
            ("name", "一行目\n二行目", "改行を入れずに"),
            ("corporate_number", "8123456789012", "検査用数字が合いません"),
            ("corporate_number", "712345", "13桁です（入力は6桁）"),
            ("corporate_number", "七一二三", "数字13桁で入力してください"),
            ("corporate_number", "", "ない場合はその理由を"),
            ("contact_mail", "x", "name@example.jp の形で"),
            ("contact_mail", "a@example.jp\r\nBcc: b@example.jp", "改行を入れずに"),
        ];
        for (field, value, message) in cases {
            let answer = tanto.post("/vendors/new", &fields(VENDOR, &[(field, value)])).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value:.20}");
            let page = answer.text();
            assert!(page.contains(message), "{message}\n{page}");
            // In the summary and beside the field; the title says it too; what was typed is still there.
            assert!(page.matches(message).count() >= 2 && page.contains("<title>エラー："));
            assert!(page.contains("見本県見本市本町二丁目2番2号"));
        }
        assert!(tanto.get("/vendors").await.page().contains("まだありません"));
        // Emoji and rare characters are names like others; control characters go.
        let odd =
            tanto.post("/vendors/new", &fields(VENDOR, &[("name", "株式会社😀𠮷野家\u{0}\u{b}㈱")])).await;
        odd.sent_to();
        let list = tanto.get("/vendors?q=%F0%9F%98%80").await.page();
        assert!(list.contains("株式会社😀𠮷野家㈱"), "{list}");
        // The same corporation twice.
        let twice = tanto.post("/vendors/new", VENDOR).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(twice.text().contains("登録済みです"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_checked_like_their_vendors() {
    for database in databases() {
        let program = Program::start(database).await;
        town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let place = tanto.post("/vendors/new", VENDOR).await.sent_to();
        let vendor = place.split('?').next().unwrap();
        let services = format!("{vendor}/services");
        let long = "長".repeat(LONG);
        for (name, description, message) in [
            ("", "", "サービスの名称を入力してください"),
            (long.as_str(), "", "サービスの名称は100文字以内で入力してください（今は10000文字）"),
            ("一行目\n二行目", "", "改行を入れずに"),
            ("文書サービス", long.as_str(), "サービスの概要は500文字以内で入力してください（今は10000文字）"),
        ] {
            let form = [("service_name", name), ("description", description)];
            let answer = tanto.post(&services, &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:.20}");
            let page = answer.text();
            assert!(
                page.matches(message).count() >= 2 && page.contains("<title>エラー："),
                "{message}\n{page}"
            );
        }
        assert!(tanto.get(vendor).await.page().contains("登録されたサービスはありません"));
        // Emoji is a name like others; control characters go; the same name twice is one too many.
        let odd = [("service_name", "文書😀クラウド\u{0}\u{b}"), ("description", "")];
        tanto.post(&services, &odd).await.sent_to();
        assert!(tanto.get(vendor).await.page().contains("文書😀クラウド"));
        let twice = tanto.post(&services, &odd).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(twice.text().contains("同じ名称のサービスが登録済みです"));
        // A vendor that is not there, and one that cannot be.
        for id in ["00000000-0000-7000-8000-000000000000", "x"] {
            let answer = tanto.post(&format!("/vendors/{id}/services"), &odd).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_edit_overwrites_nothing() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let (one, two) = (program.signed_in("tanto").await, program.signed_in("kacho").await);
    let place = one.post("/vendors/new", VENDOR).await.sent_to();
    let edit = format!("{}/edit", place.split('?').next().unwrap());
    let change = |phone: &'static str| fields(VENDOR, &[("contact_phone", phone), ("version", "1")]);
    one.post(&edit, &change("000-111")).await.sent_to();
    let late = two.post(&edit, &change("000-222")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("ほかの人が先に更新しています"));
    assert!(one.get(&edit).await.page().contains("000-111"));
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_checked_and_classified() {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    let base = fields(CASE, &[("department", department.as_str())]);
    let tanto = program.signed_in("tanto").await;
    let long = "件".repeat(LONG);
    let cases: &[(&str, &str, &str)] = &[
        ("title", "", "件名を入力してください"),
        ("title", &long, "件名は100文字以内"),
        ("department", "x", "主管課を選んでください"),
        ("fact.service_kind", "", "契約の種類を選ぶか、入力してください"),
        ("fact.service_kind", "rocket", "選択肢から選んでください"),
        ("fact.starts_on", "令和9年2月30日", "暦にない日付です"),
        ("fact.starts_on", "平成39年4月1日", "元号の期間に入りません"),
        ("fact.ends_on", "令和8年4月1日", "始まりの日以後の日"),
        ("information.0.amount", "三千", "0以上の整数で"),
        ("information.0.class", "9Z", "分類を選んでください"),
        ("information.0.name", "", "情報の名称を入力してください"),
    ];
    for (field, value, message) in cases {
        let answer = tanto.post("/cases/new", &fields(&base, &[(field, value)])).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value:.20}");
        assert!(answer.text().contains(message), "{message}");
    }
    assert!(tanto.get("/cases").await.page().contains("まだありません"));
    // The highest class of the information decides; a cloud service of class 2 or more takes its own path.
    let mixed = [
        ("information.1.name", "公表資料"),
        ("information.1.class", "1"),
        ("fact.service_kind", "cloud_service"),
        ("information.0.class", "2"),
    ];
    let place = tanto.post("/cases/new", &fields(&base, &mixed)).await.sent_to();
    let hub = tanto.get(&place).await.page();
    assert!(hub.contains("クラウドサービスの利用（自治体機密性2以上）（10.3(3)ア）"), "{hub}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_kept_and_checked() {
    for database in databases() {
        let program = Program::start(database).await;
        let (_, link) = issued(&program).await;
        let (one, two) = (program.browser(), program.browser());
        one.post(&link, &[]).await.sent_to();
        two.post(&link, &[]).await.sent_to();
        let save = async |browser: &crate::support::Browser, version: &str, value: &str, note: &str| {
            let pairs = [("NDA-01/version", version), ("NDA-01/value", value), ("NDA-01/note", note)];
            browser.post_json("/v/q/NDA-01", &pairs).await
        };
        // A choice that is none, and a text that is too long: told, not refused; the rest is saved.
        let long = "長".repeat(LONG);
        let (status, told) = save(&one, "0", "rocket", &long).await;
        assert_eq!((status, told["version"].as_i64()), (StatusCode::OK, Some(1)));
        assert_eq!(told["problems"].as_array().unwrap().len(), 2);
        let (status, told) = save(&one, "1", "contract", "補足\u{0}です😀").await;
        assert_eq!((status, told["version"].as_i64()), (StatusCode::OK, Some(2)));
        // A colleague who had read an older version sees both texts.
        let (status, told) = save(&two, "1", "terms", "").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(told["error"].as_str().unwrap().contains("同じ問を更新しています"));
        assert_eq!(told["conflict"]["answer"][0]["text"], "契約で約束できる");
        // Without our module: the page comes back with both, the typed one in the fields.
        let page = [("NDA-01/version", "1"), ("NDA-01/value", "terms"), ("go", "list")];
        let answer = two.post("/v/s/nda", &page).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(
            text.contains("ほかの人が先に保存しています") && text.contains("value=\"terms\" checked"),
            "{text}"
        );
        // A question that was not asked, a section that does not exist, a case that is somebody else's.
        assert_eq!(one.post_json("/v/q/OPS-01", &[("OPS-01/version", "0")]).await.0, StatusCode::NOT_FOUND);
        assert_eq!(one.get("/v/s/nothing").await.status, StatusCode::NOT_FOUND);
        assert!(one.get("/cases").await.sent_to().starts_with("/sign-in"));
        // Asking for completeness shows what is missing, and keeps what is there.
        let answer = one
            .post(
                "/v/s/nda",
                &[
                    ("NDA-01/version", "2"),
                    ("NDA-01/value", "contract"),
                    ("NDA-01/note", "補足です😀"),
                    ("go", "next"),
                ],
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("を選んでください") && answer.text().contains("補足です😀"));
        // Incomplete sheets cannot be submitted, whatever is posted.
        let submit = [("submitted_by", "例示"), ("declared", "yes")];
        let answer = one.post("/v/submit", &submit).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text().contains("完了していない設問"));
        // After the due time nothing is saved.
        program.pass(40 * 60);
        one.get("/v").await.page();
        program.pass(24 * 86_400);
        one.post(&link, &[]).await.sent_to();
        let (status, told) = save(&one, "2", "terms", "").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(told["error"].as_str().unwrap().contains("回答期限を過ぎている"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_without_harm() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (body, status) in [
        (b"name=%FF%FE".to_vec(), 400),
        ("a=1&".repeat(6_000).into_bytes(), 400),
        (vec![b'a'; 3 * 1024 * 1024], 413),
    ] {
        let answer = tanto.post_raw("/vendors/new", &[form], body).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.text().contains("<h1>"), "an error page in Japanese");
    }
    assert_eq!(
        tanto
            .post_raw("/vendors/new", &[("content-type", "application/json")], b"{}".to_vec())
            .await
            .status
            .as_u16(),
        400
    );
    for path in
        ["/cases/x", "/cases/00000000-0000-7000-8000-000000000000", "/vendors/%F0%9F%98%80", "/nowhere"]
    {
        let answer = tanto.get(path).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        assert!(answer.text().contains("ページが見つかりません"));
    }
    assert_eq!(tanto.post("/ledger", &[]).await.status.as_u16(), 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_is_checked_and_all_or_nothing() {
    for database in databases() {
        let program = Program::start(database).await;
        let department = town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let vendor = tanto.post("/vendors/new", VENDOR).await.sent_to();
        let vendor = crate::support::between(&vendor, "/vendors/", "?").to_owned();
        let case = fields(CASE, &[("department", department.as_str())]);
        let case = tanto.post("/cases/new", &case).await.sent_to();
        let issue = format!("/cases/{}/issue", crate::support::between(&case, "/cases/", "?"));
        let nobody = "00000000-0000-7000-8000-000000000000";
        let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
        for (chosen, due, message) in [
            (vendor.as_str(), "令和2年4月1日", "これから先の日"),
            (vendor.as_str(), "来週", "いずれかの形で入力してください"),
            ("", due.as_str(), "送付する事業者を選んでください"),
            ("x y z", due.as_str(), "送付する事業者を選んでください"),
        ] {
            let answer = tanto.post(&issue, &[("vendor", chosen), ("due", due)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().contains(message), "{message}: {}", answer.text());
        }
        let none = tanto.post(&issue, &[("due", &due)]).await;
        assert!(none.text().contains("送付する事業者を選んでください"));
        let garbled = tanto.post(&issue, &[("vendor", &vendor), ("vendor", "x"), ("due", &due)]).await;
        assert!(garbled.text().contains("一覧から選び直してください"));
        // One vendor that is somebody else's: nobody is asked anything.
        let mixed = tanto.post(&issue, &[("vendor", &vendor), ("vendor", nobody), ("due", &due)]).await;
        assert_eq!(mixed.status, StatusCode::NOT_FOUND);
        let hub = tanto.get(&case).await.page();
        assert!(hub.contains("調査票はまだ送付していません") && hub.contains("調査票の送付へ進む"));
        assert!(
            tanto
                .post(&issue, &[("vendor", &vendor), ("due", &due)])
                .await
                .sent_to()
                .ends_with("done=issued")
        );
        // What has been sent is frozen, and is not sent twice.
        let edit = issue.replace("/issue", "/edit");
        assert_eq!(tanto.get(&edit).await.status, StatusCode::CONFLICT);
        let again = tanto.post(&issue, &[("vendor", &vendor), ("due", &due)]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text().contains("調査票送付"), "{}", again.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clauses_are_switched_with_a_reason_or_not_at_all() {
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    crate::contracts::approve(&program, &case, &link).await;
    let kacho = program.signed_in("kacho").await;
    let switch = |clause: &str| format!("/cases/{case}/clauses/{clause}");
    let off = [("setting", "off"), ("reason", "協議の結果による")];
    let without_reason = kacho.post(&switch("CL-38"), &[("setting", "off")]).await;
    assert_eq!(without_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without_reason.text().contains("「協議」の扱いを変える理由を入力してください"));
    let dangling = kacho.post(&switch("CL-12"), &off).await;
    assert_eq!(dangling.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(dangling.text().contains("この文書にありません"), "a reference would lead nowhere");
    let bad_variant = [("setting", "on"), ("variant", "nothing"), ("reason", "x")];
    assert_eq!(kacho.post(&switch("CL-09"), &bad_variant).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(kacho.post(&switch("CL-99"), &off).await.status, StatusCode::NOT_FOUND);
    kacho.post(&switch("CL-38"), &off).await.sent_to();
    let page = kacho.get(&format!("/cases/{case}/clauses")).await.page();
    assert!(page.contains("協議の結果による（見本 kacho）"), "the reason stays, with the name");
    kacho.post(&switch("CL-38"), &[("setting", "automatic")]).await.sent_to();
    assert!(!kacho.get(&format!("/cases/{case}/clauses")).await.page().contains("協議の結果による"));
    kacho.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
    assert_eq!(
        kacho.post(&switch("CL-38"), &off).await.status,
        StatusCode::CONFLICT,
        "not once they are fixed"
    );
}
