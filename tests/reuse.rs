//! Answer once: what a company answered before is offered to the same company alone, taken over as a version of its own,
//! and waits until a person says that it still holds.

use domain::ids::{AssessmentId, CaseId, InvitationId, OrganizationId, QuestionnaireId, VendorId};
use reqwest::StatusCode;
use store::Scope;

use crate::main_job::{answer_everything, sound_answers};
use crate::policy::{post_typed, typed};
use crate::support::{Browser, CASE, Program, VENDOR, between, databases, fields, town};

const DAY: i64 = 24 * 60 * 60;

/// Text that stands in an answer of the first company and nowhere else.
const CANARY: &str = "拠点間も閉域網を使用（前回の補足）";

/// Registers a vendor; returns its id.
pub async fn register(staff: &Browser, over: &[(&str, &str)]) -> String {
    let to = staff.post("/vendors/new", &fields(VENDOR, over)).await.sent_to();
    between(&to, "/vendors/", "?").to_owned()
}

/// Registers a case and sends its questionnaire to vendors, due in twenty days; returns its id, and for each vendor the
/// assessment and the link, in order of sending.
pub async fn ask(
    program: &Program,
    department: &str,
    title: &str,
    vendors: &[&str],
) -> (String, Vec<(String, String)>) {
    let tanto = program.signed_in("tanto").await;
    let case = fields(CASE, &[("department", department), ("title", title)]);
    let case = tanto.post("/cases/new", &case).await.sent_to();
    let case = between(&case, "/cases/", "?").to_owned();
    let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap().to_string();
    let mut form = vec![("due", due.as_str())];
    form.extend(vendors.iter().map(|vendor| ("vendor", *vendor)));
    tanto.post(&format!("/cases/{case}/issue"), &form).await.sent_to();
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let mut asked = Vec::new();
    for rest in hub.split(&format!("/cases/{case}/assessments/")).skip(1) {
        let Some((assessment, _)) = rest.split_once("/invitation\"") else { continue };
        let mail = tanto.get(&format!("/cases/{case}/assessments/{assessment}/invitation")).await.page();
        asked.push((assessment.to_owned(), format!("/i/{}", between(&mail, "/i/", "\n").trim())));
    }
    (case, asked)
}

/// A browser in which a link has been opened.
pub async fn opened(program: &Program, link: &str) -> Browser {
    let vendor = program.browser();
    vendor.post(link, &[]).await.sent_to();
    vendor
}

pub async fn hand_in(vendor: &Browser) {
    let form = [("submitted_by", "取締役　例示　進"), ("declared", "yes")];
    assert_eq!(vendor.post("/v/submit", &form).await.sent_to(), "/v/done");
}

/// Answers everything, adds what the tests look for, and submits.
async fn answered_before(vendor: &Browser, program: &Program) {
    answer_everything(vendor).await;
    let lapses = program.app.today().checked_add(jiff::Span::new().days(50)).unwrap().to_string();
    let noted = [
        ("NDA-01/version", "1"),
        ("NDA-01/value", "contract"),
        ("NDA-01/note", CANARY),
        ("NDA-01/standing", "conditional"),
        ("NDA-01/standing_reason", "上位の契約を結ぶとき"),
        ("NDA-01/evidence.0.kind", "clause"),
        ("NDA-01/evidence.0.title", "利用規約第8条の写し"),
        ("NDA-01/evidence.0.valid_until", &lapses),
    ];
    let (status, told) = vendor.post_json("/v/q/NDA-01", &noted).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let lasting = [
        ("NDA-02/version", "1"),
        ("NDA-02/form", "own_form"),
        ("NDA-02/period", "unlimited"),
        ("NDA-02/evidence.0.kind", "draft"),
        ("NDA-02/evidence.0.title", "秘密保持契約の案"),
        ("NDA-02/evidence.0.issued_on", "2026-01-10"),
    ];
    assert_eq!(vendor.post_json("/v/q/NDA-02", &lasting).await.0, StatusCode::OK);
    hand_in(vendor).await;
}

/// The fields of a saved answer as the section page posts them.
fn given(question: &str, version: &str) -> Vec<(String, String)> {
    let mut pairs = vec![(format!("{question}/version"), version.to_owned())];
    for (id, all) in sound_answers() {
        if id == question {
            pairs.extend(all);
        }
    }
    pairs
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_before_are_taken_over_and_wait_to_be_confirmed() {
    for database in databases() {
        let program = Program::start(database).await;
        let department = town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let company = register(&tanto, &[]).await;
        let (_, first) = ask(&program, department.as_str(), "前回の案件", &[&company]).await;
        let vendor = opened(&program, &first[0].1).await;
        assert_eq!(vendor.get("/v/previous").await.status, StatusCode::NOT_FOUND, "nothing before");
        answered_before(&vendor, &program).await;
        program.pass(40 * DAY);
        let (case, second) = ask(&program, department.as_str(), "今回の案件", &[&company]).await;
        let vendor = opened(&program, &second[0].1).await;

        // Offered on the list, on the section and side by side.
        assert!(vendor.get("/v").await.page().contains("前回の回答を使う"));
        let page = vendor.get("/v/s/nda").await.page();
        let question = between(&page, "id=\"NDA-01\"", "</section>");
        assert!(question.contains("）の回答<span") && question.contains(CANARY), "{question}");
        assert!(question.contains("利用規約第8条の写し（有効期限"), "told that it stays behind");
        assert!(!question.contains("設問の文が変わっています"));
        let both = vendor.get("/v/previous").await.page();
        assert!(both.contains(CANARY) && both.contains("引き継がれません"));

        // One question: marked, without what staff note and without what lapses before the due day.
        let take = vendor.post("/v/q/NDA-01/previous", &[("NDA-01/version", "0")]).await.sent_to();
        assert_eq!(take, "/v/previous?done=reused#NDA-01");
        let page = vendor.get("/v/s/nda").await.page();
        let question = between(&page, "id=\"NDA-01\"", "</section>");
        assert!(question.contains("要確認") && question.contains("上位の契約を結ぶとき"), "{question}");
        let evidence = between(question, "name=\"NDA-01/evidence.0.title\"", ">");
        assert!(!evidence.contains("利用規約"), "{evidence}");
        assert!(vendor.get("/v").await.page().contains("1問が要確認です"));
        // A second time only with the version that is there.
        let again = vendor.post("/v/q/NDA-01/previous", &[("NDA-01/version", "0")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        vendor.post("/v/q/NDA-01/previous", &[("NDA-01/version", "1")]).await.sent_to();

        // A section: what is answered stays as it is.
        let own = [("NDA-02/version", "0"), ("NDA-02/form", "vendor_form"), ("NDA-02/period", "unlimited")];
        assert_eq!(vendor.post_json("/v/q/NDA-02", &own).await.0, StatusCode::OK);
        let form = [("NDA-01/version", "2"), ("NDA-02/version", "1"), ("NDA-03/version", "0")];
        let stale = vendor.post("/v/previous/nda", &[("NDA-02/version", "0")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "somebody has answered since");
        vendor.post("/v/previous/nda", &form).await.sent_to();
        let page = vendor.get("/v/s/nda").await.page();
        let second_question = between(&page, "id=\"NDA-02\"", "</section>");
        assert!(!second_question.contains("data-reused"), "an answer of one's own is not replaced");
        assert!(between(&page, "id=\"NDA-03\"", "</section>").contains("data-reused"));

        // From the section page without JavaScript: the others are saved, this one is taken over.
        let mut posted = given("NDA-03", "1");
        posted.extend([
            ("go".to_owned(), "use:NDA-02".to_owned()),
            ("NDA-02/version".to_owned(), "1".to_owned()),
            ("NDA-01/version".to_owned(), "2".to_owned()),
            ("NDA-01/value".to_owned(), "terms".to_owned()),
        ]);
        let to = vendor.post("/v/s/nda", &borrowed(&posted)).await.sent_to();
        assert_eq!(to, "/v/s/nda?done=reused#NDA-02");
        let page = vendor.get("/v/s/nda").await.page();
        let titled = between(&page, "name=\"NDA-02/evidence.0.title\"", ">");
        assert!(titled.contains("秘密保持契約の案"), "what does not lapse comes along: {titled}");
        assert!(!between(&page, "id=\"NDA-01\"", "</section>").contains("data-reused"), "changed: its own");
        assert!(between(&page, "id=\"NDA-03\"", "</section>").contains("data-reused"), "unchanged: still");

        // Everything else by sections; nothing is complete before a person has said so.
        let both = vendor.get("/v/previous").await.page();
        for rest in both.split("action=\"/v/previous/").skip(1) {
            let (section, rest) = rest.split_once('"').unwrap();
            let inputs = rest.split("</form>").next().unwrap();
            let versions: Vec<(&str, &str)> = inputs
                .split("name=\"")
                .skip(1)
                .map(|tag| (tag.split('"').next().unwrap(), between(tag, "value=\"", "\"")))
                .collect();
            vendor.post(&format!("/v/previous/{section}"), &versions).await.sent_to();
        }
        let submit = vendor.get("/v/submit").await.page();
        assert!(submit.contains("まだ提出できません"));
        let form = [("submitted_by", "取締役　例示　進"), ("declared", "yes")];
        assert_eq!(vendor.post("/v/submit", &form).await.status, StatusCode::CONFLICT);
        assert!(vendor.get("/v/review").await.page().contains("今回も同じであることを確認するか"));
        let tasks = vendor.get("/v").await.page();
        assert!(tasks.contains("要確認") && !tasks.contains(">完了<"), "{tasks}");

        // Ticked, each is complete; saving it unchanged without the tick is not enough.
        let page = vendor.get("/v/s/nda").await.page();
        let version = between(&page, "name=\"NDA-03/version\" value=\"", "\"").to_owned();
        let (_, told) = vendor.post_json("/v/q/NDA-03", &borrowed(&given("NDA-03", &version))).await;
        assert_eq!(told["to_confirm"], true, "{told}");
        for (topic, id) in asked_now(&vendor).await {
            let page = vendor.get(&format!("/v/s/{topic}")).await.page();
            let part = between(&page, &format!("data-question=\"{id}\""), "data-saved").to_owned();
            if !part.contains("data-reused") {
                continue;
            }
            let mut posted = given(&id, between(&part, "/version\" value=\"", "\""));
            if id == "NDA-02" {
                posted.extend([
                    ("NDA-02/evidence.0.kind".to_owned(), "draft".to_owned()),
                    ("NDA-02/evidence.0.title".to_owned(), "秘密保持契約の案".to_owned()),
                    ("NDA-02/evidence.0.issued_on".to_owned(), "2026-01-10".to_owned()),
                ]);
            }
            posted.push((format!("{id}/confirmed"), "yes".to_owned()));
            let (status, told) = vendor.post_json(&format!("/v/q/{id}"), &borrowed(&posted)).await;
            assert_eq!((status, &told["to_confirm"]), (StatusCode::OK, &false.into()), "{id}: {told}");
        }
        let tasks = vendor.get("/v").await.page();
        assert!(!tasks.contains("要確認") && tasks.contains("提出できます"), "{tasks}");
        hand_in(&vendor).await;
        assert_eq!(vendor.get("/v/previous").await.status, StatusCode::NOT_FOUND, "closed");
        let late = vendor.post("/v/q/NDA-01/previous", &[("NDA-01/version", "3")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);

        // Staff flags did not come along, every version stays, the trail says where answers came from.
        let assessment: AssessmentId = second[0].0.parse().unwrap();
        let id: CaseId = case.parse().unwrap();
        let (answers, versions, trail) = program
            .app
            .db
            .read(move |conn| {
                Ok::<_, store::Error>((
                    store::answers::answers_of(conn, &assessment)?,
                    store::answers::revisions(conn, &assessment, "NDA-01")?,
                    store::trail::of_case(conn, &id, 1_000)?,
                ))
            })
            .await
            .unwrap();
        assert!(answers.iter().all(|saved| saved.reused_from.is_none()));
        assert!(answers.iter().flat_map(|saved| &saved.answer.evidence).all(|own| !own.confirmed));
        assert_eq!(versions, 3, "taken over twice, then changed");
        let reused: Vec<_> = trail.iter().filter(|row| row.action == "answer.reused").collect();
        assert!(reused.len() > 3 && reused.iter().all(|row| row.detail.to_string().contains(&first[0].0)));
        assert!(trail.iter().any(|row| row.action == "answer.confirmed"));
        assert!(!trail.iter().any(|row| row.detail.to_string().contains("前回の補足")), "no answer in it");
    }
}

/// Topic and id of every question that is asked at present.
async fn asked_now(vendor: &Browser) -> Vec<(String, String)> {
    let review = vendor.get("/v/review").await.page();
    let links = review.split("href=\"/v/s/").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter_map(|link| link.split_once('#')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_questions_show_both_wordings_and_refuse_what_no_longer_fits() {
    for database in databases() {
        let program = Program::start(database).await;
        let department = town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let company = register(&tanto, &[]).await;
        let (_, first) = ask(&program, department.as_str(), "前回の案件", &[&company]).await;
        let vendor = opened(&program, &first[0].1).await;
        answered_before(&vendor, &program).await;

        // Another text of one question, another choice of another: published between the two cases.
        let (kacho, somu) = (program.signed_in("kacho").await, program.signed_in("somu").await);
        let draft = kacho.post("/policy/drafts", &[("what", "questions/nda.toml")]).await.sent_to();
        let edit = format!("{draft}/edit/NDA-01");
        let shown = typed(&kacho, &edit).await;
        let text = [("text", "提供した情報を契約の目的だけに利用することを約束できますか。")];
        post_typed(&kacho, &edit, &shown, &text).await.sent_to();
        let edit = format!("{draft}/edit/NDA-03");
        let shown = typed(&kacho, &edit).await;
        let (choice, _) = shown.iter().find(|(_, value)| value == "with_log").unwrap();
        post_typed(&kacho, &edit, &shown, &[(choice.as_str(), "with_register")]).await.sent_to();
        let page = somu.get(&draft).await.page();
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let reason = [("version", version.as_str()), ("reason", "分かりにくいという意見を受けて改める。")];
        somu.post(&format!("{draft}/publish"), &reason).await.sent_to();

        let (_, second) = ask(&program, department.as_str(), "今回の案件", &[&company]).await;
        let vendor = opened(&program, &second[0].1).await;
        let page = vendor.get("/v/s/nda").await.page();
        let reworded = between(&page, "id=\"NDA-01\"", "</section>");
        assert!(reworded.contains("設問の文が変わっています"), "{reworded}");
        assert!(reworded.contains("契約の目的だけに利用") && reworded.contains("統計の作成、製品の改善"));
        assert!(reworded.contains("value=\"use:NDA-01\""));
        let other = between(&page, "id=\"NDA-03\"", "</section>");
        assert!(
            other.contains("設問が変わったため、そのままは使えません（選択肢が変わりました）"),
            "{other}"
        );
        assert!(
            other.contains("約束でき、複製の台帳を作る") && !other.contains("use:NDA-03"),
            "shown, not offered"
        );
        vendor.post("/v/q/NDA-01/previous", &[("NDA-01/version", "0")]).await.sent_to();
        let refused = vendor.post("/v/q/NDA-03/previous", &[("NDA-03/version", "0")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains("選択肢が変わりました"));
        // The section leaves it out and takes the rest.
        let form = [("NDA-02/version", "0"), ("NDA-03/version", "0")];
        vendor.post("/v/previous/nda", &form).await.sent_to();
        let page = vendor.get("/v/s/nda").await.page();
        assert!(between(&page, "id=\"NDA-02\"", "</section>").contains("data-reused"));
        assert!(!between(&page, "id=\"NDA-03\"", "</section>").contains("data-reused"));
    }
}

/// The same company and the same questions in another municipality, whose people this test does not need: the rows of
/// a case as they stand there.
async fn elsewhere(program: &Program, department: &str, case: &str, assessment: &str) -> String {
    let (app, department, case) = (program.app.clone(), department.to_owned(), case.to_owned());
    let (case, assessment): (CaseId, AssessmentId) = (case.parse().unwrap(), assessment.parse().unwrap());
    let token = "b".repeat(64);
    let hash = tokki::app::token_hash(&token);
    let made = app.clone();
    app.db
        .write(move |conn| {
            let mut town = store::accounts::organizations(conn)?.remove(0);
            let scope = Scope { organization: town.id.clone(), department: None };
            let mut case = store::cases::case(conn, &scope, &case)?;
            let mut asked = store::assessments::assessment_of_case(conn, &case.id, &assessment)?;
            let mut company = store::vendors::vendor(conn, &town.id, &asked.vendor_id)?;
            let mut questionnaire = store::assessments::questionnaire_of(conn, &asked)?;
            let mut invitation = store::assessments::invitations_of(conn, &asked.id)?.remove(0);
            town.id = OrganizationId::new(made.uuid());
            (town.code, town.name) = (Some("012025".into()), "例示市".into());
            company.id = VendorId::new(made.uuid());
            case.id = CaseId::new(made.uuid());
            questionnaire.id = QuestionnaireId::new(made.uuid());
            asked.id = AssessmentId::new(made.uuid());
            invitation.id = InvitationId::new(made.uuid());
            company.organization_id = town.id.clone();
            case.organization_id = town.id.clone();
            (questionnaire.organization_id, questionnaire.case_id) = (town.id.clone(), case.id.clone());
            (asked.organization_id, asked.case_id) = (town.id.clone(), case.id.clone());
            (asked.vendor_id, asked.questionnaire_id) = (company.id.clone(), questionnaire.id.clone());
            (invitation.organization_id, invitation.assessment_id) = (town.id.clone(), asked.id.clone());
            invitation.token_hash = hash;
            case.department_id = department.parse().unwrap();
            store::accounts::insert_organization(conn, &town)?;
            store::vendors::insert_vendor(conn, &company)?;
            store::cases::insert_case(conn, &case)?;
            store::assessments::insert_questionnaire(conn, &questionnaire)?;
            store::assessments::insert_assessment(conn, &asked)?;
            store::assessments::insert_invitation(conn, &invitation)?;
            Ok::<_, store::Error>(())
        })
        .await
        .unwrap();
    format!("/i/{token}")
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_same_company_in_the_same_municipality_sees_them() {
    for database in databases() {
        let program = Program::start(database).await;
        let department = town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let company = register(&tanto, &[]).await;
        let other = [("corporate_number", ""), ("no_number_reason", "試験"), ("name", "例示データ株式会社")];
        let other = register(&tanto, &other).await;
        let (_, first) = ask(&program, department.as_str(), "前回の案件", &[&company]).await;
        let vendor = opened(&program, &first[0].1).await;
        answered_before(&vendor, &program).await;
        let (case, second) = ask(&program, department.as_str(), "今回の案件", &[&company, &other]).await;

        let elsewhere = elsewhere(&program, department.as_str(), &case, &second[0].0).await;
        for link in [second[1].1.as_str(), &elsewhere] {
            let stranger = opened(&program, link).await;
            for path in ["/v", "/v/s/nda", "/v/review", "/v/questions.csv"] {
                let page = stranger.get(path).await.page();
                assert!(!page.contains(CANARY) && !page.contains("前回（"), "{path}");
            }
            assert_eq!(stranger.get("/v/previous").await.status, StatusCode::NOT_FOUND);
            let take = stranger.post("/v/q/NDA-01/previous", &[("NDA-01/version", "0")]).await;
            assert_eq!(take.status, StatusCode::NOT_FOUND);
            stranger.post("/v/previous/nda", &[("NDA-01/version", "0")]).await.sent_to();
            let used = [("NDA-01/version", "0"), ("go", "use:NDA-01")];
            assert_eq!(stranger.post("/v/s/nda", &used).await.status, StatusCode::NOT_FOUND);
            let page = stranger.get("/v/s/nda").await.page();
            assert!(!page.contains("data-reused") && page.contains("name=\"NDA-01/version\" value=\"0\""));
        }
        // Staff who enter what came on paper see the one questionnaire that is on the paper.
        let entered = [("respondent", "見本　葵"), ("received", "紙")];
        let path = format!("/cases/{case}/assessments/{}/on-behalf", second[0].0);
        tanto.post(&path, &entered).await.sent_to();
        assert!(!tanto.get("/v/s/nda").await.page().contains(CANARY));
        assert_eq!(tanto.get("/v/previous").await.status, StatusCode::NOT_FOUND);
        // The company itself does.
        let vendor = opened(&program, &second[0].1).await;
        assert!(vendor.get("/v/s/nda").await.page().contains(CANARY));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_sees_its_record_and_its_evidence_and_asks_for_changes() {
    for database in databases() {
        let program = Program::start(database).await;
        let department = town::found(&program).await;
        let tanto = program.signed_in("tanto").await;
        let company = register(&tanto, &[]).await;
        let other = [("corporate_number", ""), ("no_number_reason", "試験"), ("name", "例示データ株式会社")];
        let other = register(&tanto, &other).await;
        let (_, first) = ask(&program, department.as_str(), "前回の案件", &[&company]).await;
        answered_before(&opened(&program, &first[0].1).await, &program).await;
        program.pass(40 * DAY);
        let (case, second) = ask(&program, department.as_str(), "今回の案件", &[&company, &other]).await;
        let vendor = opened(&program, &second[0].1).await;
        let stranger = opened(&program, &second[1].1).await;

        // The evidence with where it is used and how long it holds.
        let page = vendor.get("/v/company").await.page();
        assert!(page.contains("7123456789012") || page.contains("7-1234-5678-9012"), "{page}");
        let row = between(&page, "利用規約第8条の写し</th>", "</tr>");
        assert!(row.contains("30日以内に期限が切れます") && row.contains("前回の案件　問"), "{row}");
        assert!(between(&page, "秘密保持契約の案</th>", "</tr>").contains("期限の記載なし"));
        let strange = stranger.get("/v/company").await.page();
        assert!(!strange.contains("利用規約第8条の写し") && strange.contains("例示データ株式会社"));

        // What does not last until the answers are due and the contract begins is told on the list.
        let due = program.app.today().checked_add(jiff::Span::new().days(20)).unwrap();
        let needed = due.max(jiff::civil::date(2027, 4, 1));
        for (version, last, told) in [("0", needed.yesterday().unwrap(), true), ("1", needed, false)] {
            let last = last.to_string();
            let form = [
                ("NDA-01/version", version),
                ("NDA-01/value", "contract"),
                ("NDA-01/evidence.0.kind", "clause"),
                ("NDA-01/evidence.0.title", "利用規約第9条の写し"),
                ("NDA-01/evidence.0.valid_until", &last),
            ];
            assert_eq!(vendor.post_json("/v/q/NDA-01", &form).await.0, StatusCode::OK);
            let tasks = vendor.get("/v").await.page();
            assert_eq!(tasks.contains("利用規約第9条の写し（有効期限"), told, "{last}");
        }

        // A change is asked for, one at a time, and changes nothing by itself.
        let same = [
            ("name", "株式会社サンプル印刷"),
            ("kana", "カブシキガイシャサンプルインサツ"),
            ("address", "見本県見本市本町二丁目2番2号"),
            ("representative", "代表取締役　例示　進"),
            ("contact_name", "見本　葵"),
            ("contact_mail", "print@vendor.example.jp"),
            ("contact_phone", "000-444-4444"),
            ("reason", "本店の移転のため"),
        ];
        for (over, message) in [
            (("name", "株式会社サンプル印刷"), "登録されている内容と同じです"),
            (("address", ""), "本店所在地を入力してください"),
            (("contact_mail", "print"), "name@example.jp の形"),
            (("reason", ""), "変更の理由と時期を入力してください"),
        ] {
            let refused = vendor.post("/v/company", &fields(&same, &[over])).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
            assert!(refused.text().contains(message), "{message}");
        }
        let moved = fields(&same, &[("address", "例示県例示市中央一丁目1番1号"), ("corporate_number", "1")]);
        assert_eq!(vendor.post("/v/company", &moved).await.sent_to(), "/v/company?done=requested");
        assert_eq!(vendor.post("/v/company", &moved).await.status, StatusCode::CONFLICT, "one at a time");
        let page = vendor.get("/v/company").await.page();
        assert!(page.contains("担当者が確認しています") && page.contains("見本県見本市本町二丁目2番2号"));

        // Staff see it beside the record, and settle it once.
        let card = format!("/vendors/{company}");
        let tanto = program.signed_in("tanto").await;
        let page = tanto.get(&card).await.page();
        assert!(page.contains("例示県例示市中央一丁目1番1号") && page.contains("本店の移転のため"));
        let change = between(&page, "/changes/", "\"").to_owned();
        let path = format!("{card}/changes/{change}");
        let foreign = format!("/vendors/{other}/changes/{change}");
        assert_eq!(tanto.post(&foreign, &[("act", "accept")]).await.status, StatusCode::NOT_FOUND);
        let kansa = program.signed_in("kansa").await;
        assert_eq!(kansa.post(&path, &[("act", "accept")]).await.status, StatusCode::FORBIDDEN);
        let without = tanto.post(&path, &[("act", "refuse")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.text().contains("反映しない理由を入力してください"));
        assert_eq!(tanto.post(&path, &[("act", "accept")]).await.sent_to(), format!("{card}?done=settled"));
        assert_eq!(tanto.post(&path, &[("act", "accept")]).await.status, StatusCode::CONFLICT, "once");
        let page = tanto.get(&card).await.page();
        assert!(between(&page, "本店所在地</dt>", "</dd>").contains("例示県例示市"), "{page}");
        assert!(between(&page, "代表者</dt>", "</dd>").contains("例示　進"), "the rest stays");
        assert!(vendor.get("/v/company").await.page().contains("登録内容に反映しました"));
        let away =
            fields(&same, &[("address", "例示県例示市中央一丁目1番1号"), ("contact_phone", "000-555-5555")]);
        vendor.post("/v/company", &away).await.sent_to();
        let page = tanto.get(&card).await.page();
        let change = between(&page, "/changes/", "\"").to_owned();
        let field = format!("answer-{change}");
        let refuse = [("act", "refuse"), (field.as_str(), "電話番号は代表番号としてください。")];
        tanto.post(&format!("{card}/changes/{change}"), &refuse).await.sent_to();
        let page = vendor.get("/v/company").await.page();
        assert!(page.contains("反映しませんでした") && page.contains("電話番号は代表番号としてください。"));

        assert!(between(&page, "電話番号</dt>", "</dd>").contains("000-444-4444"), "the record stays");
        assert!(!stranger.get("/v/company").await.page().contains("代表番号"));

        // The page is the company's, not of those who enter papers for it.
        let entered = [("respondent", "見本　葵"), ("received", "紙")];
        let path = format!("/cases/{case}/assessments/{}/on-behalf", second[0].0);
        tanto.post(&path, &entered).await.sent_to();
        assert_eq!(tanto.get("/v/company").await.status, StatusCode::NOT_FOUND);
        assert_eq!(tanto.post("/v/company", &away).await.status, StatusCode::NOT_FOUND);
    }
}
