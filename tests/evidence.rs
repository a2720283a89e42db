//! Files of vendors: taken in, cited, opened by those who may, and everything else refused.

use std::io::{Cursor, Write};

use axum::http::StatusCode;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::main_job::answer_everything;
use crate::reuse::{ask, opened, register};
use crate::support::{Browser, Database, Program, between, databases, issued, issued_with, town};

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// Posts a form with a file as a browser does.
pub async fn hand_in(
    browser: &Browser,
    path: &str,
    typed: &[(&str, &str)],
    files: &[(&str, &[u8])],
) -> crate::support::Answer {
    const BOUNDARY: &str = "----tokki-evidence";
    let mut body = Vec::new();
    for (name, value) in typed {
        let part =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (name, content) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    browser.post_raw(path, &[("origin", &browser.base), ("content-type", &kind)], body).await
}

/// Id of the first file on the page.
fn id_of(page: &str) -> String {
    between(page, "action=\"/v/files/", "\"").split('/').next().unwrap().to_owned()
}

/// A question of the page that takes evidence, with the kind of its first slot.
async fn slot(vendor: &Browser) -> (String, String, String) {
    let tasks = vendor.get("/v").await.page();
    for part in tasks.split("href=\"/v/s/").skip(1) {
        let section = part.split('"').next().unwrap();
        let page = vendor.get(&format!("/v/s/{section}")).await.page();
        for question in page.split("data-question=\"").skip(1) {
            let id = question.split('"').next().unwrap();
            let shown = !question.split('>').next().unwrap().contains("hidden");
            if shown && question.contains("evidence.0.kind\" value=\"") {
                let kind = between(question, "evidence.0.kind\" value=\"", "\"");
                return (section.to_owned(), id.to_owned(), kind.to_owned());
            }
        }
    }
    panic!("no question takes evidence");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_handed_in_cited_replaced_and_opened_by_staff() {
    for database in databases() {
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let vendor = opened(&program, &link).await;
        let typed = [("name", "認証の写し"), ("issued_on", "令和8年4月1日"), ("valid_until", "R11.3.31")];
        let sent = hand_in(&vendor, "/v/files", &typed, &[("認証_2026.pdf", PDF)]).await;
        assert_eq!(sent.sent_to(), "/v/files?done=uploaded");
        let page = vendor.get("/v/files").await.page();
        assert!(
            page.contains("認証の写し") && page.contains("認証_2026.pdf") && page.contains("未検査"),
            "{page}"
        );
        let id = id_of(&page);

        // Cited by its id alone: the name and the dates come from the file.
        answer_everything(&vendor).await;
        let (section, question, kind) = slot(&vendor).await;
        let form = vendor.get(&format!("/v/s/{section}")).await.page();
        let own = between(&form, &format!("data-question=\"{question}\""), "</section>");
        let version = between(own, "/version\" value=\"", "\"").to_owned();
        let field = |name: &str| format!("{question}/evidence.0.{name}");
        let mut fields: Vec<(String, String)> = checked(own);
        fields.retain(|(name, _)| !name.contains("/evidence.") && !name.ends_with("/version"));
        fields.push((format!("{question}/version"), version));
        fields.push((field("kind"), kind));
        fields.push((field("file"), id.clone()));
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let (status, told) = vendor.post_json(&format!("/v/q/{question}"), &pairs).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let review = vendor.get("/v/review").await.page();
        assert!(
            review.contains("認証の写し（発行日 令和8年4月1日）（有効期限 令和11年3月31日）"),
            "{review}"
        );
        let page = vendor.get("/v/files").await.page();
        assert!(page.contains(&format!("/v/s/{section}#{question}")), "{page}");

        // What is cited cannot be withdrawn; a new version keeps the old one.
        let refused = vendor.post(&format!("/v/files/{id}/withdraw"), &[("version", "1")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains(&question));
        let newer = [PDF, b"%%EOF\n"].concat();
        let sent =
            hand_in(&vendor, &format!("/v/files/{id}/versions"), &[], &[("認証_2027.pdf", &newer)]).await;
        assert_eq!(sent.sent_to(), "/v/files?done=replaced");
        for (number, content) in [(1, PDF), (2, newer.as_slice())] {
            let file = vendor.get(&format!("/v/files/{id}/{number}")).await;
            assert_eq!(file.bytes, content);
            assert_eq!(file.headers.get(CONTENT_TYPE).unwrap(), "application/octet-stream");
            assert_eq!(file.headers.get(CONTENT_SECURITY_POLICY).unwrap(), "default-src 'none'; sandbox");
            let disposition = file.headers.get(CONTENT_DISPOSITION).unwrap().to_str().unwrap().to_owned();
            assert!(disposition.starts_with("attachment; filename=\"evidence.pdf\"; filename*=UTF-8''"));
        }

        // Staff see nothing before the submission, then the file beside the answer.
        let tanto = program.signed_in("tanto").await;
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let assessment = between(&hub, "/assessments/", "/invitation").to_owned();
        let path = format!("/cases/{case}/assessments/{assessment}/evidence/{id}/2");
        assert_eq!(tanto.get(&path).await.status, StatusCode::NOT_FOUND);
        vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
        let score = tanto.get(&format!("/cases/{case}/assessments/{assessment}")).await.page();
        assert!(score.contains(&path) && score.contains("認証_2027.pdf"), "{score}");
        assert_eq!(tanto.get(&path).await.bytes, newer);

        // After the submission nothing changes any more.
        let late = hand_in(&vendor, "/v/files", &[], &[("後から.pdf", PDF)]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(!vendor.get("/v/files").await.page().contains("後から.pdf"));
        assert_eq!(left_behind(&program), 0);
    }
}

/// Names and values of a part of a form as a browser would send them.
fn checked(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for tag in html.split('<') {
        let name = tag.split_once("name=\"").map(|(_, rest)| rest.split('"').next().unwrap_or_default());
        let Some(name) = name else { continue };
        let is_choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
        if is_choice && !tag.contains(" checked") {
            continue;
        }
        let value =
            tag.split_once("value=\"").map_or("", |(_, rest)| rest.split('"').next().unwrap_or_default());
        let value = if tag.starts_with("textarea") {
            tag.split_once('>').map_or("", |(_, text)| text)
        } else {
            value
        };
        if !tag.starts_with("select") {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

/// Files that lie where uploads arrive.
fn left_behind(program: &Program) -> usize {
    std::fs::read_dir(program.folder.join("files/incoming")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_refused_beside_its_field_and_the_rest_is_kept() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let vendor = opened(&program, &link).await;
    let mut macros = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"] {
        macros.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        macros.write_all(b"x").unwrap();
    }
    let macros = macros.finish().unwrap().into_inner();
    let large = vec![b' '; 21 * 1024 * 1024];
    let files: &[(&str, &[u8])] =
        &[("良い.pdf", PDF), ("手順.docx", &macros), ("大きい.txt", &large), ("実行.exe", b"MZ\x90\0\x03")];
    let sent = hand_in(&vendor, "/v/files", &[("issued_on", "昨日")], files).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = sent.text();
    for words in [
        "「手順.docx」：マクロ",
        "「大きい.txt」：大きさが20メガバイト",
        "「実行.exe」：受け付けられる",
        "発行日：",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("良い.pdf"), "the good one is kept");
    assert_eq!(left_behind(&program), 0);

    let none = hand_in(&vendor, "/v/files", &[("name", "名前だけ")], &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text().contains("ファイルを選んでください") && none.text().contains("名前だけ"));
    let empty = hand_in(&vendor, "/v/files", &[], &[("空.pdf", b"")]).await;
    assert!(empty.text().contains("ファイルが空です"));

    // A size that is only declared is answered at once; a body that breaks off leaves nothing.
    let kind = "multipart/form-data; boundary=x";
    let length = (200_u64 * 1024 * 1024).to_string();
    let address = program.base.trim_start_matches("http://").to_owned();
    let cookie = cookie_of(&program, &link).await;
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /v/files HTTP/1.1\r\nHost: {address}\r\nOrigin: {}\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\n\
         Content-Length: {length}\r\n\r\n",
        program.base
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0_u8; 64];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 413"));
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let begun = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"途中.pdf\"\r\n\r\n%PDF-1.7";
    let head = head.replace(&length, "1000000");
    stream.write_all([head.as_bytes(), begun.as_bytes()].concat().as_slice()).await.unwrap();
    drop(stream);
    for _ in 0..100 {
        if left_behind(&program) == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(left_behind(&program), 0);
    assert!(!vendor.get("/v/files").await.page().contains("途中.pdf"));
}

async fn cookie_of(program: &Program, link: &str) -> String {
    let answer = program.browser().post(link, &[]).await;
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_open_for_nobody_else() {
    for database in databases() {
        let program = Program::start(database).await;
        let department = town::found(&program).await;
        let (case, link) = issued_with(&program, &[("department", department.as_str())]).await;
        let vendor = opened(&program, &link).await;
        hand_in(&vendor, "/v/files", &[("personal", "yes")], &[("名簿.pdf", PDF)]).await.sent_to();
        hand_in(&vendor, "/v/files", &[], &[("目印QX.pdf", &[PDF, b"x%%EOF"].concat())]).await.sent_to();
        let page = vendor.get("/v/files").await.page();
        let id = id_of(&page);
        let open = page.split("<article").nth(2).map(id_of).unwrap();

        // A colleague with the same link opens what is not personal, and only that.
        let colleague = opened(&program, &link).await;
        assert_eq!(
            colleague.get(&format!("/v/files/{id}/1")).await.status,
            StatusCode::OK,
            "the same invitation"
        );

        // Another company in another case: the same 404 as for an id that does not exist.
        let tanto = program.signed_in("tanto").await;
        let over = [
            ("corporate_number", ""),
            ("no_number_reason", "個人事業主のため"),
            ("name", "例示情報サービス"),
        ];
        let company = register(&tanto, &over).await;
        let (_, asked) = ask(&program, department.as_str(), "封筒の印刷", &[&company]).await;
        let other = opened(&program, &asked[0].1).await;
        for path in [format!("/v/files/{id}/1"), format!("/v/files/{open}/1"), format!("/v/files/{open}/9")] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["", "/withdraw", "/take"] {
            let answer =
                other.post(&format!("/v/files/{open}{path}"), &[("version", "1"), ("name", "x")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let foreign = hand_in(&other, &format!("/v/files/{open}/versions"), &[], &[("a.pdf", PDF)]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        assert!(!other.get("/v/files").await.page().contains("目印QX.pdf"));
        let cited =
            [("SUB-01/version", "0"), ("SUB-01/value", "none"), ("SUB-01/evidence.0.file", open.as_str())];
        other.post_json("/v/q/SUB-01", &cited).await;
        assert!(!other.get("/v/review").await.page().contains("目印QX"), "a foreign file cannot be cited");

        // Personal data opens for who evaluates, and each time is recorded.
        answer_everything(&vendor).await;
        vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
        let hub = tanto.get(&format!("/cases/{case}")).await.page();
        let assessment = between(&hub, "/assessments/", "\"").to_owned();
        let path = |id: &str| format!("/cases/{case}/assessments/{assessment}/evidence/{id}/1");
        assert_eq!(tanto.get(&path(&id)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(tanto.get(&path(&open)).await.status, StatusCode::OK);
        let kacho = program.signed_in("kacho").await;
        assert_eq!(kacho.get(&path(&id)).await.bytes, PDF);
        let trail = program.signed_in("somu").await.get("/trail").await.page();
        assert!(trail.contains("個人情報を含む資料を開いた"), "{trail}");
        assert_eq!(
            program.browser().get(&format!("/v/files/{open}/1")).await.status,
            StatusCode::UNAUTHORIZED
        );
    }
}

/// Speaks the protocol of clamd and finds everything that holds a mark.
async fn clamd() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut command = [0_u8; 10];
                stream.read_exact(&mut command).await.unwrap();
                assert_eq!(&command, b"zINSTREAM\0");
                let mut content = Vec::new();
                loop {
                    let length = stream.read_u32().await.unwrap();
                    if length == 0 {
                        break;
                    }
                    let mut piece = vec![0; usize::try_from(length).unwrap()];
                    stream.read_exact(&mut piece).await.unwrap();
                    content.extend(piece);
                }
                let bad = content.windows(8).any(|window| window == b"BADTHING");
                let said: &[u8] = if bad { b"stream: Test.Signature FOUND\0" } else { b"stream: OK\0" };
                stream.write_all(said).await.unwrap();
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_for_malware_holds_the_submission_until_it_has_spoken() {
    let address = clamd().await;
    let program = Program::start_with(Database::Sqlite, |over| over.clamd = Some(address)).await;
    let (_, link) = issued(&program).await;
    let vendor = opened(&program, &link).await;
    let bad = [PDF, b"BADTHING%%EOF"].concat();
    hand_in(&vendor, "/v/files", &[], &[("悪い.pdf", &bad)]).await.sent_to();
    answer_everything(&vendor).await;
    let (section, question, kind) = slot(&vendor).await;
    let id = id_of(&vendor.get("/v/files").await.page());
    let form = vendor.get(&format!("/v/s/{section}")).await.page();
    let own = between(&form, &format!("data-question=\"{question}\""), "</section>");
    let mut fields: Vec<(String, String)> = checked(own);
    fields.retain(|(name, _)| !name.contains("/evidence."));
    fields.push((format!("{question}/evidence.0.kind"), kind));
    fields.push((format!("{question}/evidence.0.file"), id.clone()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(vendor.post_json(&format!("/v/q/{question}"), &pairs).await.0, StatusCode::OK);

    // Not checked yet: everything else goes on, the submission waits and says why.
    assert!(vendor.get("/v/files").await.page().contains("検査中"));
    assert!(vendor.get("/v/review").await.page().contains("ウイルス検査が終わっていません"));
    let submit = [("submitted_by", "例示"), ("declared", "yes")];
    assert_eq!(vendor.post("/v/submit", &submit).await.status, StatusCode::CONFLICT);

    assert_eq!(tokki::jobs::scan::run(&program.app).await.unwrap(), 1);
    assert!(vendor.get("/v/files").await.page().contains("不可（ウイルス検出）"));
    assert_eq!(vendor.get(&format!("/v/files/{id}/1")).await.status, StatusCode::CONFLICT);
    assert!(vendor.get("/v/review").await.page().contains("ウイルスが検出されました"));
    let section_page = vendor.get(&format!("/v/s/{section}")).await.page();
    assert!(!section_page.contains(&format!("<option value=\"{id}\"")), "it is offered no more");

    // A clean version takes its place.
    hand_in(&vendor, &format!("/v/files/{id}/versions"), &[], &[("良い.pdf", PDF)]).await.sent_to();
    assert_eq!(tokki::jobs::scan::run(&program.app).await.unwrap(), 1);
    assert!(vendor.get("/v/files").await.page().contains("問題なし"));
    assert_eq!(vendor.post("/v/submit", &submit).await.sent_to(), "/v/done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_an_earlier_request_is_taken_over_and_a_useless_one_leaves_the_disk() {
    let program = Program::start(Database::Sqlite).await;
    let department = town::found(&program).await;
    let (_, first) = issued_with(&program, &[("department", department.as_str())]).await;
    let vendor = opened(&program, &first).await;
    let typed = [("name", "認証の写し"), ("valid_until", "2030-03-31")];
    hand_in(&vendor, "/v/files", &typed, &[("認証.pdf", PDF)]).await.sent_to();
    hand_in(
        &vendor,
        "/v/files",
        &[("valid_until", "2020-03-31")],
        &[("古い.pdf", &[PDF, b"%%EOF"].concat())],
    )
    .await
    .sent_to();
    hand_in(&vendor, "/v/files", &[], &[("不要.pdf", &[PDF, b"y%%EOF"].concat())]).await.sent_to();
    let stored = |program: &Program| walk(&program.folder.join("files"));
    assert_eq!(stored(&program), 3);
    let page = vendor.get("/v/files").await.page();
    assert!(page.contains("有効期限（令和2年3月31日）を過ぎています"), "{page}");
    let useless = page.split("<article").nth(3).map(id_of).unwrap();
    vendor.post(&format!("/v/files/{useless}/withdraw"), &[("version", "1")]).await.sent_to();
    assert_eq!(stored(&program), 2, "what was never submitted goes");
    answer_everything(&vendor).await;
    vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();

    // The same company, another case.
    let tanto = program.signed_in("tanto").await;
    let list = tanto.get("/vendors").await.page();
    let company = list.split("href=\"/vendors/").map(|part| part.split('"').next().unwrap());
    let company = company.filter(|id| id.len() == 36).last().unwrap().to_owned();
    let (_, asked) = ask(&program, department.as_str(), "次の案件", &[&company]).await;
    let again = opened(&program, &asked[0].1).await;
    let page = again.get("/v/files").await.page();
    assert!(page.contains("以前に提出した資料") && page.contains("認証の写し"), "{page}");
    assert!(!page.contains("古い"), "expired ones are not offered");
    let earlier = between(&page, "action=\"/v/files/", "/take\"");
    let earlier = earlier.rsplit("action=\"/v/files/").next().unwrap().to_owned();
    assert_eq!(again.post(&format!("/v/files/{earlier}/take"), &[]).await.sent_to(), "/v/files?done=taken");
    let page = again.get("/v/files").await.page();
    assert!(!page.contains("以前に提出した資料") && page.contains("認証の写し"));
    assert_eq!(stored(&program), 2, "the content is kept once");
    let own = id_of(&page);
    assert_eq!(again.get(&format!("/v/files/{own}/1")).await.bytes, PDF);
    // Withdrawn again it stays: the earlier submission needs it.
    again.post(&format!("/v/files/{own}/withdraw"), &[("version", "1")]).await.sent_to();
    assert_eq!(stored(&program), 2);
}

fn walk(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { walk(&path) } else { 1 })
        .sum()
}
