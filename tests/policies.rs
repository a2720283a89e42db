//! The same case under different policies: each speaks its own words everywhere.

use contract_templates::docx;
use reqwest::StatusCode;

use crate::main_job::answer_everything;
use crate::support::{CASE, Database, Program, VENDOR, between, fields, issued_with, town};

/// Everything that people read of a case from registration to the Word file, page by page.
async fn everything(
    profile: &'static str,
    kind: &'static str,
    over: &[(&str, &str)],
) -> Vec<(String, String)> {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found_under(&program, profile, kind).await;
    let mut over = over.to_vec();
    over.push(("department", department.as_str()));
    let (case, link) = issued_with(&program, &over).await;
    let (tanto, kacho, bucho) = (
        program.signed_in("tanto").await,
        program.signed_in("kacho").await,
        program.signed_in("bucho").await,
    );
    let mut read = Vec::new();
    let vendor = program.browser();
    read.push(("invitation".to_owned(), vendor.get(&link).await.page()));
    vendor.post(&link, &[]).await.sent_to();
    let tasks = vendor.get("/v").await.page();
    let sections: Vec<String> = tasks
        .split("href=\"/v/s/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|topic| format!("/v/s/{topic}"))
        .collect();
    assert!(sections.len() > 5);
    read.push(("/v".to_owned(), tasks));
    for section in sections {
        read.push((section.clone(), vendor.get(&section).await.page()));
    }
    answer_everything(&vendor).await;
    read.push(("/v/review".to_owned(), vendor.get("/v/review").await.page()));
    vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let assessment = between(&hub, "/assessments/", "\"").to_owned();
    let score = format!("/cases/{case}/assessments/{assessment}");
    let judgement =
        "必須の条件に全て適合し、保管する機器を技術的に限っていることを資料で確認したため、選定する。";
    kacho.post(&format!("{score}/evaluate"), &[("judgement", judgement)]).await.sent_to();
    let purpose = [("purpose", "住民健康診査の案内を印刷し、封入して発送する。")];
    kacho.post(&format!("/cases/{case}/application"), &purpose).await.sent_to();
    bucho.post(&format!("/cases/{case}/decision"), &[("outcome", "approve"), ("reason", "")]).await.sent_to();
    let paths = [
        "/".to_owned(),
        "/cases/new".to_owned(),
        "/policy".to_owned(),
        "/policy/coverage".to_owned(),
        "/policy/topics/data-location".to_owned(),
        format!("/cases/{case}"),
        format!("/cases/{case}/questions"),
        format!("{score}/invitation"),
        score,
        format!("/cases/{case}/application"),
        format!("/cases/{case}/clauses"),
    ];
    for path in paths {
        let page = tanto.get(&path).await.page();
        read.push((path, page));
    }
    tanto.post(&format!("/cases/{case}/documents"), &[]).await.sent_to();
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let document = format!("/cases/{case}/documents/{}", between(&hub, "/documents/", "\""));
    let word = docx::read(&tanto.get(&document).await.bytes).unwrap();
    let text: Vec<String> =
        word.paragraphs.iter().map(|(_, text)| text.clone()).chain([word.header]).collect();
    read.push(("docx".to_owned(), text.join("\n")));
    tanto.post(&format!("/cases/{case}/ledger"), &[]).await.sent_to();
    read.push(("/ledger".to_owned(), tanto.get("/ledger").await.page()));
    read
}

/// Names of schemes contain words that only one policy uses for its own things.
fn without_names(text: &str) -> String {
    let names = [
        "ISMAPクラウドサービスリスト",
        "ISMAP-LIUクラウドサービスリスト",
        "クラウドサービス情報開示認定",
        "他社のクラウドサービスなど",
        "クラウドサービスの事故には",
    ];
    names.iter().fold(text.to_owned(), |text, name| text.replace(name, "")).replace(VENDOR[3].1, "")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_policy_speaks_its_own_words() {
    let anan = everything("anan", "町", &[]).await;
    let hokuto = everything("hokuto", "市", &[("information.0.class", "3")]).await;
    let found = |pages: &[(String, String)], words: &[&str]| -> Vec<String> {
        let mut found = Vec::new();
        for (place, text) in pages {
            let text = without_names(text);
            for word in words {
                if let Some(at) = text.find(word) {
                    let start = text[..at].char_indices().rev().nth(30).map_or(0, |(at, _)| at);
                    let shown: String = text[start..].chars().take(80).collect();
                    found.push(format!("{place}: {word}: …{shown}…"));
                }
            }
        }
        found
    };
    let of_hokuto =
        ["北杜", "外部サービス", "外部委託", "市長", "市民", "本市は", "9.2(2)", "9.2(4)", "9.3(2)"];
    let of_anan = [
        "阿南",
        "クラウドサービス",
        "業務委託",
        "自治体機密性",
        "町長",
        "町民",
        "本町は",
        "10.1(2)ア",
        "10.2(4)",
        "10.3(3)",
        "10.4(2)",
        "甲は",
        "乙は",
        "機密性3B",
        "機密性3A",
        "機密性3C",
    ];
    assert_eq!(found(&anan, &of_hokuto), Vec::<String>::new());
    assert_eq!(found(&hokuto, &of_anan), Vec::<String>::new());
    // Each has its own.
    let all = |pages: &[(String, String)]| pages.iter().map(|(_, text)| text.as_str()).collect::<String>();
    let (anan, hokuto) = (all(&anan), all(&hokuto));
    for word in ["自治体機密性3B", "10.1(2)", "甲", "クラウドサービス"] {
        assert!(anan.contains(word), "{word}");
    }
    for word in ["機密性3", "9.1(2)", "発注者", "外部サービス", "外部委託"] {
        assert!(hokuto.contains(word), "{word}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_keeps_the_edition_with_which_it_was_opened() {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    let case = fields(CASE, &[("department", department.as_str())]);
    let place = tanto.post("/cases/new", &case).await.sent_to();
    let page = tanto.get(&place).await.page();
    assert!(page.contains("2026-04版"));
    assert!(!page.contains("2024-04版"));
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_answer_where_nobody_asks_the_provider() {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    let (tanto, kacho, bucho) = (
        program.signed_in("tanto").await,
        program.signed_in("kacho").await,
        program.signed_in("bucho").await,
    );
    let vendor = tanto.post("/vendors/new", VENDOR).await.sent_to();
    let vendor = between(&vendor, "/vendors/", "?").to_owned();
    let over = [
        ("department", department.as_str()),
        ("title", "行事の案内の発信"),
        ("fact.service_kind", "cloud_service"),
        ("fact.business_kind", "social_media"),
        ("fact.contract_form", "terms_of_service"),
        ("information.0.class", "1"),
        ("information.0.personal", ""),
    ];
    let place = tanto.post("/cases/new", &fields(CASE, &over)).await.sent_to();
    let case = between(&place, "/cases/", "?").to_owned();
    let issue = format!("/cases/{case}/issue");
    let page = tanto.get(&issue).await.page();
    assert!(page.contains("職員が回答します") && page.contains("この内容で始める"));
    let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
    tanto.post(&issue, &[("vendor", &vendor), ("due", &due)]).await.sent_to();
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    assert!(hub.contains("職員が回答する") && !hub.contains("案内の状況"));
    let assessment = between(&hub, "/assessments/", "/answer").to_owned();
    let at = format!("/cases/{case}/assessments/{assessment}");
    // Nothing is sent to anybody, and nothing can be.
    let refused = tanto.post(&format!("{at}/invitation"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(tanto.post(&format!("{at}/answer"), &[]).await.sent_to(), "/v");
    let section = tanto.get("/v/s/public-service").await.page();
    assert!(section.contains("発信と会議の運用") && !section.contains("In English"));
    let answers: &[(&str, &[(&str, &str)])] = &[
        ("LOW-01", &[("purpose", "行事の案内"), ("period", "1年"), ("users", "広報の担当2名")]),
        ("LOW-02", &[("value", "only_lowest")]),
        (
            "LOW-03",
            &[
                ("value", "accepted"),
                ("list.0.name", "利用規約"),
                ("list.0.version", "2026年9月1日"),
                ("list.0.checked_on", "2026-11-01"),
                ("grounds", "公表する情報だけを扱い、停止しても公式サイトで代えることができる。"),
            ],
        ),
        ("LOW-04", &[("items", "rights"), ("items", "third_party")]),
        ("LOW-05", &[("value", "shared_mfa"), ("manager", "広報係長"), ("leaving", "その日に変更する")]),
        ("LOW-06", &[("value", "substitute"), ("details", "公式サイトに掲載する")]),
        (
            "LOW-07",
            &[
                ("items", "procedure"),
                ("items", "responsible"),
                ("items", "impersonation"),
                ("items", "own_site"),
            ],
        ),
        ("LOW-08", &[("operator", "株式会社例示"), ("seat", "JP"), ("data", "US"), ("law", "foreign")]),
    ];
    for (question, parts) in answers {
        let names: Vec<(String, &str)> =
            parts.iter().map(|(part, value)| (format!("{question}/{part}"), *value)).collect();
        let version = format!("{question}/version");
        let mut fields: Vec<(&str, &str)> =
            names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        fields.push((&version, "0"));
        let (status, told) = tanto.post_json(&format!("/v/q/{question}"), &fields).await;
        assert_eq!(status, StatusCode::OK, "{question}: {told}");
        assert_eq!(told["problems"].as_array().unwrap().len(), 0, "{question}: {told}");
    }
    let submitted = [("submitted_by", "主査　見本　tanto"), ("declared", "yes")];
    assert_eq!(tanto.post("/v/submit", &submitted).await.sent_to(), "/v/done");
    let score = kacho.get(&at).await.page();
    assert!(score.contains("LOW-02"), "{score}");
    let judgement = "扱う情報は公表するものに限られ、規約の危険を受け入れることができるため、適当と認める。";
    kacho.post(&format!("{at}/evaluate"), &[("judgement", judgement)]).await.sent_to();
    tanto
        .post(&format!("/cases/{case}/application"), &[("purpose", "行事の案内を発信する。")])
        .await
        .sent_to();
    let staff = program.signed_in("bucho").await.get(&format!("/cases/{case}/application")).await.page();
    let manager = between(between(&staff, "name=\"manager\"", "</select>"), "value=\"0", "\"").to_owned();
    let decision = [("outcome", "approve"), ("reason", ""), ("manager", &format!("0{manager}"))];
    bucho.post(&format!("/cases/{case}/decision"), &decision).await.sent_to();
    assert!(tanto.get(&format!("/cases/{case}")).await.page().contains("承認"));
}
