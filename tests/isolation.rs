//! What is somebody else's stays somebody else's: every vendor route is walked in search of what staff note among
//! themselves, of the other vendor of the case and of the other municipality; and every foreign id is nothing.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{AssessmentId, CaseId, VendorId};
use domain::permission::allows;
use reqwest::{Method, StatusCode};
use store::outbox::Message;
use tokki::access::Access;
use tokki::routes::{self, Listed};

use crate::evidence::{PDF, hand_in};
use crate::inquiries::{CANARY, CANARY_NUMBER, marked};
use crate::main_job::answer_everything;
use crate::support::{
    Answer, Browser, CASE, Program, VENDOR, between, databases, fields, letters, strings_of_archive, town,
};

/// Stands in every text that the first vendor must not see, and in nothing of its own.
const BIRD: &str = "鵺";
/// The same where only ASCII fits.
const ASCII: &str = "nue7391";
/// The same in a reading and in a telephone number.
const MORE: [&str; 2] = ["ぬえぬえ", "7391-7391"];
/// Mail and telephone of the first vendor.
const OWN_MAIL: &str = "print@vendor.example.jp";

/// Ids by the name of their route parameter.
type Ids = BTreeMap<&'static str, Vec<String>>;

/// A municipality at work.
struct Town {
    prefix: &'static str,
    department: String,
    tanto: Browser,
    kacho: Browser,
}

impl Town {
    async fn founded(program: &Program, kind: &'static str, prefix: &'static str) -> Self {
        let department = town::found_as(program, "anan", kind, prefix).await.to_string();
        let tanto = program.signed_in(&format!("{prefix}tanto")).await;
        let kacho = program.signed_in(&format!("{prefix}kacho")).await;
        Self { prefix, department, tanto, kacho }
    }

    async fn company(&self, over: &[(&str, &str)]) -> String {
        let to = self.tanto.post("/vendors/new", &fields(VENDOR, over)).await.sent_to();
        between(&to, "/vendors/", "?").to_owned()
    }

    /// A company all of whose record is marked.
    async fn marked_company(&self, mail: &str) -> String {
        self.company(&[
            ("corporate_number", ""),
            ("no_number_reason", "鵺の理由"),
            ("name", "株式会社鵺工房"),
            ("kana", "かぶしきがいしゃぬえぬえ"),
            ("address", "見本県鵺市一丁目"),
            ("representative", "代表取締役　鵺　進"),
            ("contact_name", "鵺　葵"),
            ("contact_mail", mail),
            ("contact_phone", "000-7391-7391"),
        ])
        .await
    }

    /// Asks companies about a case; what each was sent stands in the letters.
    async fn ask(&self, program: &Program, over: &[(&str, &str)], vendors: &[&str]) -> String {
        let base = fields(CASE, &[("department", self.department.as_str())]);
        let case = self.tanto.post("/cases/new", &fields(&base, over)).await.sent_to();
        let case = between(&case, "/cases/", "?").to_owned();
        let due = day(program, 20);
        let mut form = vec![("due", due.as_str())];
        form.extend(vendors.iter().map(|vendor| ("vendor", *vendor)));
        self.tanto.post(&format!("/cases/{case}/issue"), &form).await.sent_to();
        case
    }

    /// Answers what a company asked, and notes something of its own.
    async fn serve(&self, side: &Side, mark: &str) {
        let Side { case, assessment, ids, .. } = side;
        for inquiry in &ids["inquiry"] {
            let text = format!("{mark}回答です。");
            let form = [("audience", "asker"), ("published", "鵺の公開しない文"), ("answer", text.as_str())];
            self.tanto.post(&format!("/cases/{case}/inquiries/{inquiry}"), &form).await.sent_to();
        }
        for request in &ids["request"] {
            let to = format!("/cases/{case}/assessments/{assessment}/requests/{request}");
            let (field, text) = (format!("answer-{request}"), format!("{mark}延ばせません。"));
            self.tanto.post(&to, &[(field.as_str(), text.as_str())]).await.sent_to();
        }
    }

    /// After the submission: a note for the office, and a comment for the company.
    async fn comment(&self, side: &Side, mark: &str) {
        let to = format!("/cases/{}/assessments/{}/comments", side.case, side.assessment);
        let note = [("question", "NDA-01"), ("audience", "internal"), ("internal-NDA-01", "鵺の庁内メモ")];
        self.tanto.post(&to, &note).await.sent_to();
        let text = format!("{mark}連絡です。");
        let shared = [
            ("question", "NDA-01"),
            ("audience", "shared"),
            ("shared-NDA-01", text.as_str()),
            ("sure", "yes"),
        ];
        self.tanto.post(&to, &shared).await.sent_to();
    }

    /// Evaluates, decides, writes the documents and tells the results; the first company is chosen.
    async fn conclude(&self, program: &Program, sides: &[(&Side, &str)]) {
        let (first, _) = sides[0];
        let case = format!("/cases/{}", first.case);
        let judgement =
            [("judgement", "必須の条件に全て適合し、鵺の所見として価格も妥当であるため、選定する。")];
        let evaluate = format!("{case}/assessments/{}/evaluate", first.assessment);
        self.kacho.post(&evaluate, &judgement).await.sent_to();
        let purpose = [("purpose", "鵺の目的のために利用する。")];
        self.kacho.post(&format!("{case}/application"), &purpose).await.sent_to();
        let bucho = program.signed_in(&format!("{}bucho", self.prefix)).await;
        let decision = [("outcome", "approve_conditionally"), ("reason", "鵺の条件：毎月確かめる。")];
        bucho.post(&format!("{case}/decision"), &decision).await.sent_to();
        let edited = [("text", "甲及び乙は、誠意をもって協議する。"), ("reason", "鵺の改める理由")];
        self.tanto.post(&format!("{case}/clauses/CL-38/text"), &edited).await.sent_to();
        self.tanto.post(&format!("{case}/documents"), &[]).await.sent_to();
        self.tanto.post(&format!("{case}/documents"), &[("kind", "D-06")]).await.sent_to();
        for (index, (side, mark)) in sides.iter().enumerate() {
            let path = format!("{case}/assessments/{}/result", side.assessment);
            let page = self.tanto.get(&path).await.page();
            let text = format!("{mark}ご協力に感謝します。");
            let mut form = vec![("checked", "yes"), ("text", text.as_str())];
            if index == 0 {
                form.push((
                    "document",
                    between(between(&page, "id=\"document\"", "</fieldset>"), "value=\"", "\""),
                ));
                form.push(("conditions", "操作の記録を毎月確かめてください。"));
            }
            self.tanto.post(&path, &form).await.sent_to();
        }
    }
}

/// A company in a case.
struct Side {
    case: String,
    assessment: String,
    link: String,
    browser: Browser,
    ids: Ids,
}

impl Side {
    /// Opens the link that was mailed.
    async fn opened(program: &Program, case: &str, vendor: &str, letters: &[Message]) -> Self {
        let (id, company) = (case.parse::<CaseId>().unwrap(), vendor.parse::<VendorId>().unwrap());
        let (assessment, invitation) = program
            .app
            .db
            .read(move |conn| {
                let all = store::assessments::assessments_of(conn, &id)?;
                let (own, _) = all.into_iter().find(|(own, _)| own.vendor_id == company).unwrap();
                let invitation = store::assessments::invitations_of(conn, &own.id)?.remove(0);
                Ok::<_, store::Error>((own.id.to_string(), invitation.id.to_string()))
            })
            .await
            .unwrap();
        let letter = letters.iter().find(|letter| letter.object_id == invitation).unwrap();
        let link = format!("/i/{}", between(&letter.body, "/i/", "\n").trim());
        let browser = program.browser();
        browser.post(&link, &[]).await.sent_to();
        let ids = Ids::from([("invitation", vec![invitation])]);
        Self { case: case.to_owned(), assessment, link, browser, ids }
    }

    /// Everything that a company can do before it submits; every text begins with the mark.
    async fn work(&mut self, program: &Program, mark: &str) {
        let marked = |text: &str| format!("{mark}{text}");
        let vendor = &self.browser;
        let content = [PDF, b"%", mark.as_bytes(), self.assessment.as_bytes(), b"\n%%EOF\n"].concat();
        let named = marked("認証の写し");
        hand_in(vendor, "/v/files", &[("name", &named)], &[(&marked("認証.pdf"), &content)]).await.sent_to();
        answer_everything(vendor).await;
        let note = marked("補足です。");
        let noted = [("NDA-01/version", "1"), ("NDA-01/value", "contract"), ("NDA-01/note", note.as_str())];
        assert_eq!(vendor.post_json("/v/q/NDA-01", &noted).await.0, StatusCode::OK);
        vendor.post("/v/q/NDA-01/comments", &[("text", &marked("連絡します。"))]).await.sent_to();
        let inquiry = marked("封筒の色に指定はありますか。");
        vendor.post("/v/inquiries", &[("question", "NDA-01"), ("text", inquiry.as_str())]).await.sent_to();
        let (until, reason) = (day(program, 40), marked("社内の確認に時間を要するため"));
        let asked = [("extension-day", until.as_str()), ("extension-reason", reason.as_str())];
        vendor.post("/v/ask/extension", &asked).await.sent_to();
        let (name, mail) = (marked("見本　薫"), if mark.is_empty() { "kaoru" } else { ASCII });
        let mail = format!("{mail}.k@vendor.example.jp");
        let colleague = [("name", name.as_str()), ("mail", mail.as_str()), ("role", "viewer")];
        vendor.post("/v/people", &colleague).await.sent_to();
        self.learn(program).await;
    }

    /// A change of the record, which a company can ask for once it has submitted something.
    async fn ask_for_change(&mut self, program: &Program, mark: &str) {
        let page = self.browser.get("/v/company").await.page();
        let value = |name: &str| between(&page, &format!("name=\"{name}\""), ">").to_owned();
        let held = ["name", "kana", "address", "representative", "contact_name", "contact_mail"];
        let mut form: Vec<(&str, String)> =
            held.map(|name| (name, between(&value(name), "value=\"", "\"").to_owned())).into();
        form.push(("contact_phone", if mark.is_empty() { "000-555-5555" } else { "111-7391-7391" }.into()));
        form.push(("reason", format!("{mark}移転のため")));
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.browser.post("/v/company", &form).await.sent_to();
        self.learn(program).await;
    }

    async fn submit(&self) {
        let form = [("submitted_by", "例示"), ("declared", "yes")];
        assert_eq!(self.browser.post("/v/submit", &form).await.sent_to(), "/v/done");
    }

    /// Notes the ids of everything there is by now.
    async fn learn(&mut self, program: &Program) {
        let (case, assessment) =
            (self.case.parse::<CaseId>().unwrap(), self.assessment.parse::<AssessmentId>().unwrap());
        let found = program
            .app
            .db
            .read(move |conn| {
                let own = store::assessments::assessment_of_case(conn, &case, &assessment)?;
                let mut ids = Ids::new();
                let mut note = |name, id: String| ids.entry(name).or_default().push(id);
                note("case", case.to_string());
                note("assessment", assessment.to_string());
                note("vendor", own.vendor_id.to_string());
                for row in store::assessments::invitations_of(conn, &assessment)? {
                    note("invitation", row.id.to_string());
                }
                for (row, vendor) in store::inquiries::inquiries_of(conn, &case)? {
                    if vendor.is_some_and(|vendor| vendor.id == own.vendor_id) {
                        note("inquiry", row.id.to_string());
                    }
                }
                for row in store::conversation::requests_of(conn, &assessment)? {
                    note("request", row.id.to_string());
                }
                for held in store::evidence::of_assessment(conn, &assessment)? {
                    note("evidence", held.evidence.id.to_string());
                }
                for row in store::vendors::changes_of(conn, &own.organization_id, &own.vendor_id)? {
                    note("change", row.id.to_string());
                }
                for result in store::results::results_of(conn, &case)? {
                    for (handed, document) in store::results::handed_of(conn, &result.id)? {
                        if result.assessment_id == assessment {
                            note("document", handed.id.to_string());
                            note("document", document.id.to_string());
                        }
                    }
                }
                Ok::<_, store::Error>(ids)
            })
            .await
            .unwrap();
        self.ids.extend(found);
    }
}

/// A day from today on, as typed.
fn day(program: &Program, days: i32) -> String {
    program.app.today().checked_add(jiff::Span::new().days(days)).unwrap().to_string()
}

/// Two municipalities, two companies in two cases of the one, one company in a case of the other.
struct Scene {
    program: Program,
    first: Town,
    letters: Vec<Message>,
    /// The earlier case of the own company: told its result.
    told: Side,
    /// The case at hand: answered, not yet submitted.
    open: Side,
    /// The rival in both cases.
    rivals: [Side; 2],
    /// The company of the other municipality.
    stranger: Side,
    /// A questionnaire with marks on points, weights and what disqualifies.
    scored: Browser,
}

impl Scene {
    async fn set(database: crate::support::Database) -> Self {
        let program = Program::start_with_mail(database).await;
        let first = Town::founded(&program, "町", "").await;
        let own = first.company(&[]).await;
        let rival = first.marked_company(&format!("{ASCII}@vendor.example.jp")).await;
        let vendors = [own.as_str(), rival.as_str()];
        let earlier = first.ask(&program, &[("title", "前回の案件")], &vendors).await;
        let mut sent = letters(&program).await;
        let mut told = Side::opened(&program, &earlier, &own, &sent).await;
        let mut beaten = Side::opened(&program, &earlier, &rival, &sent).await;
        for (side, mark) in [(&mut told, ""), (&mut beaten, BIRD)] {
            side.work(&program, mark).await;
            first.serve(side, mark).await;
            side.submit().await;
            first.comment(side, mark).await;
        }
        first.conclude(&program, &[(&told, ""), (&beaten, BIRD)]).await;
        for (side, mark) in [(&mut told, ""), (&mut beaten, BIRD)] {
            side.ask_for_change(&program, mark).await;
        }
        sent.extend(letters(&program).await);

        // The information of a case is for its contract; before that nobody outside needs its names.
        let over = [
            ("title", "今回の案件"),
            ("information.0.name", "鵺の一覧"),
            ("information.0.contents", "鵺の氏名"),
        ];
        let case = first.ask(&program, &over, &vendors).await;
        sent.extend(letters(&program).await);
        let mut open = Side::opened(&program, &case, &own, &sent).await;
        let mut competing = Side::opened(&program, &case, &rival, &sent).await;
        for (side, mark) in [(&mut open, ""), (&mut competing, BIRD)] {
            side.work(&program, mark).await;
            first.serve(side, mark).await;
        }
        competing.submit().await;
        first.comment(&competing, BIRD).await;
        let scored = program.browser();
        scored.post(&marked(&program, &case).await, &[]).await.sent_to();
        sent.extend(letters(&program).await);

        // The other municipality comes last: what works on the first one takes the only one there is.
        let second = Town::founded(&program, "市", "b-").await;
        let foreign = second.marked_company(&format!("{ASCII}.b@vendor.example.jp")).await;
        let case = second.ask(&program, &[("title", "鵺の案件")], &[&foreign]).await;
        sent.extend(letters(&program).await);
        let mut stranger = Side::opened(&program, &case, &foreign, &sent).await;
        stranger.work(&program, BIRD).await;
        second.serve(&stranger, BIRD).await;
        stranger.submit().await;
        second.comment(&stranger, BIRD).await;
        second.conclude(&program, &[(&stranger, BIRD)]).await;
        let again = second.ask(&program, &[("title", "鵺の次の案件")], &[&foreign]).await;
        stranger.ask_for_change(&program, BIRD).await;
        let draft = second.kacho.post("/policy/drafts", &[("what", "questions/nda.toml")]).await.sent_to();
        stranger.ids.insert("draft", vec![draft.rsplit('/').next().unwrap().to_owned()]);
        stranger.ids.get_mut("case").unwrap().push(again);
        sent.extend(letters(&program).await);
        let rivals = [beaten, competing];
        Self { program, first, letters: sent, told, open, rivals, stranger, scored }
    }

    /// Texts and ids that the own company may meet nowhere.
    fn secrets(&self) -> Vec<String> {
        let mut secrets: Vec<String> = [BIRD, "%E9%B5%BA", "&#40442", ASCII, CANARY, "700,331,122"]
            .into_iter()
            .chain(MORE)
            .chain(["tanto@example.jp", "kacho@example.jp", "見本 kacho", "見本 bucho", "重み"])
            .map(str::to_owned)
            .collect();
        secrets.push(CANARY_NUMBER.to_string());
        for side in self.rivals.iter().chain([&self.stranger]) {
            let theirs = side.ids.iter().filter(|(name, _)| **name != "case").flat_map(|(_, ids)| ids);
            secrets.extend(theirs.cloned());
            secrets.push(side.link.clone());
        }
        secrets.extend(self.stranger.ids["case"].iter().cloned());
        secrets
    }

    /// Ids of the other company, and of the other municipality.
    fn foreign(&self) -> Vec<String> {
        let sides = self.rivals.iter().chain([&self.stranger]);
        sides.flat_map(|side| side.ids.values().flatten().cloned()).collect()
    }
}

/// Everything that an answer says: headers, text, and the parts of an archive.
fn said(path: &str, answer: &Answer) -> String {
    let mut all = format!("{:?}\n", answer.headers);
    if answer.bytes.starts_with(b"PK") {
        all.push_str(&strings_of_archive(&answer.bytes));
    } else if path.contains("cp932") {
        all.push_str(&encoding_rs::SHIFT_JIS.decode(&answer.bytes).0);
    } else {
        all.push_str(&answer.text());
    }
    all
}

#[track_caller]
fn silent(place: &str, text: &str, secrets: &[String]) {
    for secret in secrets {
        if let Some(at) = text.find(secret.as_str()) {
            let from = text[..at].char_indices().rev().nth(80).map_or(0, |(index, _)| index);
            let around: String = text[from..].chars().take(200).collect();
            panic!("{place} tells {secret}: {around}");
        }
    }
}

/// Every address of a route with the parameters that are known; a parameter that nobody knows fails the test.
fn addresses(path: &str, known: &Ids) -> Vec<String> {
    let mut all = vec![String::new()];
    for part in path.trim_start_matches('/').split('/') {
        let values = match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            None => vec![part.to_owned()],
            Some(name) => {
                known.get(name).unwrap_or_else(|| panic!("{path}: nobody says what {{{name}}} is")).clone()
            }
        };
        all =
            all.iter().flat_map(|begun| values.iter().map(move |value| format!("{begun}/{value}"))).collect();
    }
    all
}

fn parameters(path: &str) -> Vec<&str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// Whether a vendor, or somebody with a link, comes in here.
fn is_outside(route: &Listed) -> bool {
    route.access == Access::Vendor || route.access == Access::Public && route.path != "/static/{file}"
}

/// Words that stand in a page's addresses after a beginning.
fn words(page: &str, before: &str) -> Vec<String> {
    let found = page.split(before).skip(1).filter_map(|rest| rest.split(['"', '#', '/']).next());
    found.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Opens everything that a session can open, and returns the routes that gave a page.
async fn walk(
    program: &Program,
    browser: &Browser,
    link: &str,
    secrets: &[String],
) -> BTreeSet<&'static str> {
    let page = |path: &'static str| async move { browser.get(path).await.text() };
    let mut known = Ids::from([("version", vec!["1".to_owned()])]);
    known.insert("token", vec![link.trim_start_matches("/i/").to_owned()]);
    known.insert("section", words(&page("/v").await, "href=\"/v/s/"));
    known.insert("question", words(&page("/v/questions").await, "/v/inquiries?question="));
    known.insert("evidence", words(&page("/v/files").await, "action=\"/v/files/"));
    known.insert("document", words(&page("/v/result").await, "href=\"/v/result/documents/"));
    let mut given = BTreeSet::new();
    let (listed, _) = routes::all(&program.app).finish();
    for route in listed.iter().filter(|route| route.method == Method::GET && is_outside(route)) {
        for path in addresses(route.path, &known) {
            for query in ["", "?english=yes", "?question=NDA-01", "?done=saved"] {
                let to = format!("{path}{query}");
                let answer = browser.get(&to).await;
                assert!(!answer.status.is_server_error(), "{to}: {}", answer.status);
                silent(&to, &said(&to, &answer), secrets);
                if answer.status == StatusCode::OK {
                    given.insert(route.path);
                }
                if parameters(route.path).len() == 1 && route.path.contains("{question}") {
                    break;
                }
            }
        }
    }
    given
}

/// Posts nothing at all to every address of vendors: what refuses tells nothing either.
async fn refusals(program: &Program, browser: &Browser, secrets: &[String]) {
    let nowhere = "00000000-0000-7000-8000-000000000000";
    let (listed, _) = routes::all(&program.app).finish();
    for route in listed.iter().filter(|route| route.method == Method::POST && is_outside(route)) {
        // Those that work without a word.
        if ["/v/leave", "/v/import/apply", "/v/people/check"].contains(&route.path) {
            continue;
        }
        let path = route.path.split('/').map(|part| if part.starts_with('{') { nowhere } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        let answer = browser.post(&path, &[]).await;
        let refused = answer.status.is_client_error() || answer.status.is_redirection();
        assert!(refused, "{path}: {}", answer.status);
        silent(&path, &said(&path, &answer), secrets);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_vendor_route_tells_what_is_internal_or_of_somebody_else() {
    for database in databases() {
        let mut scene = Scene::set(database).await;
        let secrets = scene.secrets();
        let program = &scene.program;
        let mut given = walk(program, &scene.told.browser, &scene.told.link, &secrets).await;
        given.extend(walk(program, &scene.open.browser, &scene.open.link, &secrets).await);
        given.extend(walk(program, &scene.scored, &scene.open.link, &secrets).await);
        refusals(program, &scene.open.browser, &secrets).await;
        // Submitted, and one question back.
        scene.open.submit().await;
        scene.first.comment(&scene.open, "").await;
        for (side, mark) in [(&scene.open, ""), (&scene.rivals[1], BIRD)] {
            let to = format!("/cases/{}/assessments/{}/return-questions", side.case, side.assessment);
            let reason = format!("{mark}根拠を補足に書いてください。");
            let back = [("question", "NDA-01"), ("return-NDA-01", reason.as_str())];
            scene.first.tanto.post(&to, &back).await.sent_to();
        }
        given.extend(walk(program, &scene.open.browser, &scene.open.link, &secrets).await);
        refusals(program, &scene.told.browser, &secrets).await;
        silent("nobody", &said("/v", &program.browser().get("/v").await), &secrets);

        let (listed, _) = routes::all(&program.app).finish();
        for route in listed.iter().filter(|route| route.method == Method::GET && is_outside(route)) {
            assert!(given.contains(route.path), "{} was never opened", route.path);
        }
        // The marks are there: who may see them does.
        for (browser, path) in
            [(&scene.rivals[1].browser, "/v/review"), (&scene.stranger.browser, "/v/result")]
        {
            assert!(browser.get(path).await.page().contains(BIRD), "{path}");
        }
        let score = format!("/cases/{}/assessments/{}", scene.told.case, scene.told.assessment);
        assert!(scene.first.tanto.get(&score).await.page().contains("鵺の庁内メモ"));

        scene.letters.extend(letters(program).await);
        // Those to staff are not for vendors.
        let mailed =
            scene.letters.iter().filter(|letter| letter.recipient_mail.ends_with("@vendor.example.jp"));
        let (theirs, own): (Vec<_>, Vec<_>) =
            mailed.partition(|letter| letter.recipient_mail.contains(ASCII));
        assert!(
            own.iter().filter(|letter| letter.recipient_mail == OWN_MAIL).count() > 5 && theirs.len() > 5
        );
        for letter in own {
            let text = format!("{} {} {}", letter.recipient_name, letter.subject, letter.body);
            silent(&letter.kind, &text, &secrets);
        }
    }
}

/// A form with everything that any route asks for, so that no wrong field hides what an id opens.
fn everything(program: &Program, ids: &[String]) -> Vec<(String, String)> {
    let due = day(program, 30);
    let long = "必須の条件に全て適合し、資料で確認したため、選定することが適当である。";
    let mut form: Vec<(String, String)> =
        VENDOR.iter().chain(CASE).map(|(a, b)| ((*a).into(), (*b).into())).collect();
    form.extend(
        [
            ("version", "1"),
            ("act", "refuse"),
            ("role", "viewer"),
            ("audience", "internal"),
            ("question", "NDA-01"),
            ("internal-NDA-01", "x"),
            ("return-NDA-01", "x"),
            ("NDA-01/version", "0"),
            ("reason", "x"),
            ("answer", "x"),
            ("published", "x"),
            ("heading", "x"),
            ("notice", "x"),
            ("text", "x"),
            ("conditions", "x"),
            ("checked", "yes"),
            ("respondent", "例示"),
            ("received", "電話"),
            ("judgement", long),
            ("purpose", "x"),
            ("outcome", "approve"),
            ("setting", "on"),
            ("rule", "K-01"),
            ("excerpt", "x"),
            ("service_name", "x"),
            ("due", &due),
            ("id", "NDA-99"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    for id in ids {
        form.push((format!("answer-{id}"), "x".into()));
        form.push((format!("return-{id}"), "x".into()));
        form.push((format!("{id}/version"), "0".into()));
    }
    form
}

/// Asks for an address as a browser would, with everything in the form.
async fn ask_at(browser: &Browser, route: &Listed, path: &str, form: &[(String, String)]) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if route.method == Method::GET {
        browser.get(path).await
    } else if path.ends_with("/versions") || path.ends_with("/difference") {
        hand_in(browser, path, &[("version", "1")], &[("例.pdf", PDF)]).await
    } else {
        browser.post(path, &form).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_vendor_or_municipality_opens_nothing_for_a_vendor() {
    for database in databases() {
        let scene = Scene::set(database).await;
        let program = &scene.program;
        // By a code, so that the session may go over to other requests of its own address.
        let browser = program.browser();
        browser.post("/v/sign-in", &[("mail", OWN_MAIL)]).await.page();
        let code = letters(program).await.pop().unwrap();
        let code = between(&code.body, "確認コード　", "\n").to_owned();
        browser.post("/v/sign-in/code", &[("mail", OWN_MAIL), ("code", &code)]).await.sent_to();
        let own = &scene.open.ids["invitation"][0];
        let requests = browser.get("/v/requests").await.page();
        if requests.contains(own.as_str()) {
            browser.post(&format!("/v/requests/{own}"), &[]).await.sent_to();
        }
        assert!(browser.get("/v").await.page().contains("今回の案件"));
        let evidence = &scene.open.ids["evidence"][0];
        assert_eq!(browser.get(&format!("/v/files/{evidence}/1")).await.status, StatusCode::OK);

        let foreign = scene.foreign();
        let form = everything(program, &foreign);
        let mut tried = 0;
        let (listed, _) = routes::all(&program.app).finish();
        for route in listed.iter().filter(|route| route.access == Access::Vendor) {
            let Some(name) = parameters(route.path).first().copied() else { continue };
            for id in &foreign {
                let path = route.path.replace(&format!("{{{name}}}"), id).replace("{version}", "1");
                assert!(!path.contains('{'), "nobody says what stands in {path}");
                let answer = ask_at(&browser, route, &path, &form).await;
                assert_eq!(
                    answer.status,
                    StatusCode::NOT_FOUND,
                    "{} {path}\n{}",
                    route.method,
                    answer.text()
                );
                tried += 1;
            }
        }
        assert!(tried > 400, "{tried}");
        // Nothing has happened to anybody.
        for side in scene.rivals.iter().chain([&scene.stranger]) {
            assert!(side.browser.get("/v").await.status == StatusCode::OK);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_municipality_opens_nothing_for_staff() {
    for database in databases() {
        let scene = Scene::set(database).await;
        let program = &scene.program;
        let mut people = BTreeMap::new();
        for (name, _) in town::STAFF {
            people.insert(*name, program.signed_in(name).await);
        }
        let mut own = scene.open.ids.clone();
        own.extend([
            ("change", scene.told.ids["change"].clone()),
            ("document", scene.told.ids["document"].clone()),
            ("draft", vec!["00000000-0000-7000-8000-000000000000".to_owned()]),
            ("question", vec!["NDA-01".to_owned()]),
            ("version", vec!["1".to_owned()]),
            ("clause", vec!["CL-38".to_owned()]),
            ("kind", vec!["D-10".to_owned()]),
            ("part", vec!["NDA-01".to_owned()]),
            ("topic", vec!["sla".to_owned()]),
        ]);
        let own: Ids = own.into_iter().map(|(name, mut ids)| (name, ids.drain(..1).collect())).collect();
        let foreign = &scene.stranger.ids;
        let all: Vec<String> = own.values().chain(foreign.values()).flatten().cloned().collect();
        let form = everything(program, &all);
        let mut tried = 0;
        let (listed, _) = routes::all(&program.app).finish();
        for route in &listed {
            let Access::Staff(permission) = route.access else { continue };
            let names = parameters(route.path);
            let objects: Vec<&str> =
                names.iter().copied().filter(|name| foreign.contains_key(name)).collect();
            // Each foreign id among own ones, and all foreign ones together.
            let mut mixes: Vec<Ids> = Vec::new();
            for object in &objects {
                let mut mix = own.clone();
                mix.extend(
                    foreign
                        .iter()
                        .filter(|(name, _)| *name == object)
                        .map(|(name, ids)| (*name, ids.clone())),
                );
                mixes.push(mix);
            }
            if objects.len() > 1 {
                let mut mix = own.clone();
                mix.extend(foreign.iter().map(|(name, ids)| (*name, ids.clone())));
                mixes.push(mix);
            }
            let holders = town::STAFF.iter().filter(|(_, roles)| allows(roles.iter().copied(), permission));
            for (holder, _) in holders.take(2) {
                for path in mixes.iter().flat_map(|mix| addresses(route.path, mix)) {
                    let answer = ask_at(&people[holder], route, &path, &form).await;
                    assert_eq!(
                        answer.status,
                        StatusCode::NOT_FOUND,
                        "{} {path} for {holder}\n{}",
                        route.method,
                        answer.text()
                    );
                    silent(&path, &answer.text(), &[BIRD.to_owned()]);
                    tried += 1;
                }
            }
        }
        assert!(tried > 200, "{tried}");
        // The same with own ids is there: it is the id that is nothing.
        let kacho = &people["kacho"];
        for path in
            ["/vendors/{vendor}", "/cases/{case}", "/cases/{case}/questions", "/cases/{case}/inquiries"]
        {
            for path in addresses(path, &own) {
                kacho.get(&path).await.page();
            }
        }
        // And a case is not sent to a company of somebody else.
        let due = day(program, 30);
        let issue = format!("/cases/{}/issue", scene.open.case);
        let wrong = [("vendor", foreign["vendor"][0].as_str()), ("due", due.as_str())];
        let refused = scene.first.tanto.post(&issue, &wrong).await;
        assert!(refused.status.is_client_error() && !refused.text().contains(BIRD), "{}", refused.status);
    }
}
