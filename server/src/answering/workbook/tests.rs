//! Round trips: whatever a questionnaire goes through on its way, its answers come back as they were, or its rows say
//! what was lost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::LazyLock;

use domain::case::AssessmentState;
use domain::ids::{
    AssessmentId, CaseId, OrganizationId, QuestionnaireId, ReturnedQuestionId, StaffId, VendorId,
};
use domain::language::Language;
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use questionnaires::answer::{self, Answer, AnswerSheet, Evidence, Standing};
use questionnaires::content::Content;
use questionnaires::japanese::countries::COUNTRIES;
use questionnaires::japanese::text::clean_text;
use questionnaires::policy::Facts;
use questionnaires::question::{Questionnaire, Section, form};
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Workbook};
use store::accounts::Organization;
use store::answers::{Saved, sheet};
use store::assessments::Assessment;
use store::conversation::ReturnedQuestion;
use store::vendors::Vendor;

use super::*;
use crate::spreadsheet::{self, Sheet, csv};

type Rows = Vec<Vec<String>>;
type Answers = Vec<(String, Answer)>;

/// Every question of the bank, whatever its path.
static EVERYTHING: LazyLock<Questionnaire> = LazyLock::new(|| {
    let content = Content::embedded().unwrap();
    let profile = content.profile(Content::blank_profile()).unwrap_or(&content.profiles[0]);
    let criteria = content.criteria_for(&profile.id).next().unwrap_or(&content.criteria[0]);
    let mut all = form(&content, profile, criteria, &Facts::default());
    all.sections = vec![Section {
        topic: "all".into(),
        name: "全て".into(),
        english: None,
        questions: content
            .questions()
            .map(|question| Asked { question: question.clone(), reason: String::new(), english: None })
            .collect(),
    }];
    all
});

/// A sheet of some questions with what was answered at a version.
fn own(questions: &[Asked], answers: &Answers, version: i64) -> Own {
    let now: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
    let id = uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_00ab_cdef_0123);
    let organization_id = OrganizationId::new(id);
    let mut questionnaire = EVERYTHING.clone();
    questionnaire.sections[0].questions = questions.to_vec();
    let saved: Vec<Saved> = answers
        .iter()
        .map(|(question, answer)| Saved {
            question: question.clone(),
            version,
            answer: answer.clone(),
            problems: 0,
            saved_by: "例示".into(),
            saved_at: now.into(),
            language: Language::Japanese,
            reused_from: None,
        })
        .collect();
    Own {
        organization: Organization {
            id: organization_id.clone(),
            code: None,
            name: "見本町".into(),
            kind: "町".into(),
            head_title: "見本町長".into(),
            office: "総務課".into(),
            phone: "000-000-0000".into(),
            profile: questionnaire.profile.clone(),
            created_at: now.into(),
            content_version: 0,
        },
        title: "見本の業務".into(),
        assessment: Assessment {
            id: AssessmentId::new(id),
            organization_id: organization_id.clone(),
            case_id: CaseId::new(id),
            vendor_id: VendorId::new(id),
            service_id: None,
            questionnaire_id: QuestionnaireId::new(id),
            state: AssessmentState::Issued,
            due_at: now.into(),
            issued_by: StaffId::new(id),
            issued_at: now.into(),
            started_at: None,
            submitted_at: None,
            receipt_number: None,
            submitted_by: None,
            version: 1,
            return_reason: None,
        },
        vendor: Vendor {
            id: VendorId::new(id),
            organization_id,
            corporate_number: None,
            no_number_reason: "見本".into(),
            name: "株式会社サンプル".into(),
            kana: "さんぷる".into(),
            search_key: "サンプル".into(),
            address: String::new(),
            representative: String::new(),
            contact_name: "例示".into(),
            contact_mail: "a@vendor.example.jp".into(),
            contact_phone: String::new(),
            created_at: now.into(),
            version: 1,
            language: Language::Japanese,
        },
        questionnaire: questionnaire.into(),
        sheet: sheet(&saved),
        saved,
        evidence: Vec::new(),
        returned: Vec::new(),
        comments: Vec::new(),
    }
}

/// Anything that somebody may type or paste.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[あ-んア-ヶ一-龠]{1,6}",
        2 => "[a-zA-Z0-9 ]{1,6}",
        2 => "[=+@＝＋－＠'\"-]{1,3}",
        2 => "[\n\t,、。・／\u{3000}\u{a0}]{1,3}",
        2 => "[𠮷😀①㈱髙﨑～−ｶﾞ゛\u{200b}\u{301}]{1,3}",
        1 => "(_x000D_|_x0041_|_x005F_|&amp;|<b>|\\{\\{ x \\}\\}|\r\n|\r|はい|該当なし|#REF!|TRUE|１／２)",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// Where the values of made-up answers come from.
struct Source {
    numbers: std::iter::Cycle<std::vec::IntoIter<u32>>,
    texts: std::iter::Cycle<std::vec::IntoIter<String>>,
}

impl Source {
    fn number(&mut self, below: u32) -> u32 {
        self.numbers.next().unwrap() % below.max(1)
    }

    fn text(&mut self, most: usize) -> String {
        self.texts.next().unwrap().chars().take(most).collect()
    }

    fn day(&mut self) -> String {
        date(2000, 1, 1).checked_add(jiff::Span::new().days(self.number(30_000))).unwrap().to_string()
    }

    fn value(&mut self, raw: &mut RawAnswer, name: &str, input: &Input) {
        if self.number(5) == 0 {
            return;
        }
        let values = match input {
            Input::Single { choices } => {
                vec![choices[self.number(choices.len() as u32) as usize].id.clone()]
            }
            Input::Multi { choices } => {
                let bits = self.number(u32::MAX);
                let chosen = choices.iter().enumerate().filter(|(at, _)| bits >> (at % 32) & 1 == 1);
                let mut ids: Vec<String> = chosen.map(|(_, choice)| choice.id.clone()).collect();
                if ids.len() > 1 {
                    ids.retain(|id| id != "none");
                }
                ids
            }
            Input::YesNo { .. } => vec![["yes", "no"][self.number(2) as usize].to_owned()],
            Input::Text { max_chars, .. } => vec![self.text(*max_chars as usize)],
            Input::Number { min, max, decimals, .. } => {
                let step = Decimal::new(i64::from(self.number(1_000_000)), *decimals);
                vec![(*min + step).min(*max).to_string()]
            }
            Input::Percent { decimals } => {
                vec![Decimal::new(i64::from(self.number(101)), *decimals).to_string()]
            }
            Input::Duration { max_hours } => {
                raw.set(&format!("{name}.unit"), vec![["hours", "days"][self.number(2) as usize].into()]);
                vec![self.number(max_hours / 24 + 1).to_string()]
            }
            Input::Date => vec![self.day()],
            Input::Countries { undisclosed } => {
                if *undisclosed && self.number(4) == 0 {
                    vec!["ZZ".to_owned()]
                } else {
                    (0..self.number(4))
                        .map(|_| COUNTRIES[self.number(COUNTRIES.len() as u32) as usize].0)
                        .filter(|code| *code != "ZZ")
                        .map(str::to_owned)
                        .collect()
                }
            }
            Input::Table { columns, max_rows, .. } => {
                for row in 0..self.number(*max_rows + 1).min(5) {
                    for column in columns {
                        self.value(raw, &format!("{name}.{row}.{}", column.id), &column.input);
                    }
                }
                return;
            }
            Input::File { .. } => vec![self.text(40)],
        };
        raw.set(name, values);
    }

    fn answer(&mut self, question: &Question) -> Answer {
        let mut raw = RawAnswer::default();
        for part in &question.parts {
            self.value(&mut raw, &part.id, &part.input);
        }
        raw.set("note", vec![self.text(2_000)]);
        let standing = match self.number(6) {
            0 => "conditional",
            1 if question.may_be_not_applicable => NOT_APPLICABLE,
            _ => "plain",
        };
        raw.set("standing", vec![standing.to_owned()]);
        if standing != "plain" {
            raw.set("standing_reason", vec![self.text(2_000)]);
        }
        for (slot, kind) in question.evidence.iter().enumerate() {
            let mut set =
                |name: &str, value: String| raw.set(&format!("evidence.{slot}.{name}"), vec![value]);
            set("kind", kind.id.clone());
            set("title", self.text(200));
            set("issued_on", self.day());
            set("valid_until", self.day());
        }
        let reading = answer::read(question, &raw);
        assert_eq!(reading.problems, [], "{raw:?}");
        reading.answer
    }
}

/// Some questions, most of them answered.
fn answered() -> impl Strategy<Value = (Vec<Asked>, Answers)> {
    let all = &EVERYTHING.sections[0].questions;
    let some = prop::sample::subsequence((0..all.len()).collect::<Vec<_>>(), 1..14);
    let numbers = prop::collection::vec(any::<u32>(), 7..90);
    let texts = prop::collection::vec(text(), 5..30);
    (some, numbers, texts).prop_map(|(some, numbers, texts)| {
        let questions: Vec<Asked> =
            some.into_iter().map(|at| EVERYTHING.sections[0].questions[at].clone()).collect();
        let mut source = Source { numbers: numbers.into_iter().cycle(), texts: texts.into_iter().cycle() };
        let answers = questions
            .iter()
            .map(|asked| (asked.question.id.clone(), source.answer(&asked.question)))
            .filter(|(_, answer)| *answer != Answer::default())
            .collect();
        (questions, answers)
    })
}

/// The answers that a file would leave behind, with every message that it causes.
fn taken(own: &Own, bytes: &[u8]) -> (Answers, Vec<String>) {
    let sheets = spreadsheet::read_table(bytes).unwrap_or_else(|refused| panic!("{refused}"));
    let found = read(own, &sheets).unwrap_or_else(|refused| panic!("{refused}"));
    let mut told = found.left_out;
    let mut answers = Answers::new();
    for asked in own.questionnaire.questions() {
        let question = &asked.question;
        let mut answer = own.saved(&question.id).map(|saved| saved.answer.clone());
        if let Some(row) = found.rows.iter().find(|row| row.question == question.id) {
            told.extend(row.problems.iter().cloned());
            // As a form brings them.
            let form = crate::form::Form::from_pairs(
                row.fields.iter().map(|(name, value)| (name.as_str(), clean_text(value))),
            );
            let raw = crate::answering::input::raw_of(&form, &question.id);
            if row.fate != Fate::Same {
                answer = Some(answer::read(question, &raw).answer);
            }
        }
        answers.extend(answer.map(|answer| (question.id.clone(), answer)));
    }
    (answers, told)
}

/// What happens to a file between the program and its return.
#[derive(Debug, Clone)]
struct Journey {
    /// Order of the columns.
    columns: Vec<usize>,
    /// Optional columns that go.
    dropped: Vec<&'static str>,
    /// Where columns of somebody else's are put in.
    foreign_columns: Vec<usize>,
    /// Where rows of somebody else's are put in, and what they hold.
    foreign_rows: Vec<(usize, u8)>,
    /// Rows above the table.
    above: usize,
    /// The numbers of a question's rows shown as one.
    merged_questions: bool,
    /// An answer shown as one with the one below.
    merged_answers: Option<usize>,
    /// Other sheets, one of them hidden.
    sheets: bool,
    /// `None` for a workbook.
    charset: Option<Charset>,
}

fn journey() -> impl Strategy<Value = Journey> {
    let optional = vec!["分野", "設問", "記入する事項", "書き方・選択肢", VERSION];
    (
        Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
        prop::sample::subsequence(optional, 0..5),
        prop::collection::vec(0..8_usize, 0..3),
        prop::collection::vec((0..200_usize, 0..3_u8), 0..6),
        0..45_usize,
        any::<bool>(),
        prop::option::weighted(0.3, 0..100_usize),
        any::<bool>(),
        prop_oneof![2 => Just(None), 1 => Just(Some(Charset::Utf8)), 1 => Just(Some(Charset::Cp932))],
    )
        .prop_map(
            |(
                columns,
                dropped,
                foreign_columns,
                foreign_rows,
                above,
                questions,
                answers,
                sheets,
                charset,
            )| {
                Journey {
                    columns,
                    dropped,
                    foreign_columns,
                    foreign_rows,
                    above,
                    merged_questions: questions,
                    merged_answers: answers,
                    sheets,
                    charset,
                }
            },
        )
}

impl Journey {
    /// The table as it arrives, and which question each row belongs to.
    fn table(&self, mut rows: Rows) -> (Rows, Vec<String>) {
        for row in &mut rows {
            row.resize(8, String::new());
        }
        let head = rows.iter().position(|row| row[0] == QUESTION).unwrap();
        for (at, kind) in &self.foreign_rows {
            let mut row = vec![String::new(); 8];
            match kind {
                0 => row[3] = "社内の覚え書き".into(),
                1 => (row[0], row[6]) = ("XXX-99".into(), "ほかの設問の回答".into()),
                _ => row[6] = "どこのものでもない回答".into(),
            }
            rows.insert(head + 1 + at % (rows.len() - head), row);
        }
        let whose: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
        if self.merged_questions {
            for at in (head + 2..rows.len()).rev() {
                if rows[at][0] == rows[at - 1][0] {
                    rows[at][0].clear();
                }
            }
        }
        if let Some(at) = self.merged_answers {
            let at = head + 2 + at % (rows.len() - head).saturating_sub(2).max(1);
            if let Some(row) = rows.get_mut(at) {
                row[6].clear();
            }
        }
        let keeps = |column: &usize| !self.dropped.contains(&rows[head][*column].as_str());
        let order: Vec<usize> = self.columns.iter().copied().filter(keeps).collect();
        let mut arrived: Rows = vec![Vec::new(); self.above];
        for (number, row) in rows.iter().enumerate() {
            let mut cells: Vec<String> = order.iter().map(|column| row[*column].clone()).collect();
            for at in &self.foreign_columns {
                let text = if number == head { "備考".to_owned() } else { format!("覚え {number}") };
                cells.insert(at % (cells.len() + 1), text);
            }
            arrived.push(cells);
        }
        let whose = std::iter::repeat_n(String::new(), self.above).chain(whose).collect();
        (arrived, whose)
    }

    /// The file as it arrives: values only.
    fn file(&self, rows: &Rows, whose: &[String]) -> Vec<u8> {
        if let Some(charset) = self.charset {
            // A line without a comma would be no row to a reader of CSV.
            let rows: Rows = rows
                .iter()
                .map(|row| if row.is_empty() { vec![" ".into(); 2] } else { row.clone() })
                .collect();
            return csv::write(&rows, charset).unwrap();
        }
        let mut book = Workbook::new();
        if self.sheets {
            book.add_worksheet()
                .set_name("送付状")
                .unwrap()
                .write_string(0, 0, "よろしくお願いします")
                .unwrap();
            let hidden = book.add_worksheet().set_name("隠し").unwrap();
            hidden.write_string(0, 0, CODE).unwrap().write_string(0, 1, "ffff-ffff-ffff").unwrap();
            hidden.set_hidden(true);
        }
        let sheet = book.add_worksheet();
        for (number, row) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(number, column, cell).unwrap();
            }
        }
        let head = rows.iter().position(|row| row.iter().any(|cell| cell == FIELD)).unwrap();
        let column = |name: &str| rows[head].iter().position(|cell| cell == name).unwrap();
        let mut merge = |first: usize, last: usize, column: usize| {
            let text = rows[first].get(column).cloned().unwrap_or_default();
            let (first, last, column) = (first as u32, last as u32, column as u16);
            sheet.merge_range(first, column, last, column, &text, &Format::new()).unwrap();
        };
        if self.merged_questions {
            let mut first = head + 1;
            while first < rows.len() {
                let same = whose[first..].iter().take_while(|id| **id == whose[first]).count();
                if same > 1 && !whose[first].is_empty() {
                    merge(first, first + same - 1, column(QUESTION));
                }
                first += same;
            }
        }
        if let Some(at) = self.merged_answers {
            let count = rows.len() - self.above - (head - self.above);
            let at = head + 2 + at % count.saturating_sub(2).max(1);
            if at < rows.len() {
                merge(at - 1, at, column(ANSWER));
            }
        }
        book.save_to_buffer().unwrap()
    }
}

/// Only what an encoding can write.
fn writable(answers: Answers, charset: Charset) -> Answers {
    let held = |text: &str| text.chars().filter(|c| charset.holds(&c.to_string())).collect::<String>();
    let kept = |(id, answer): (String, Answer)| {
        let answer: Answer = serde_json::from_str(&held(&serde_json::to_string(&answer).unwrap())).unwrap();
        let question = &EVERYTHING.find(&id).unwrap().question;
        (id, answer::read(question, &RawAnswer::from_answer(question, &answer)).answer)
    };
    answers.into_iter().map(kept).filter(|(_, answer)| *answer != Answer::default()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// As it went out: as a workbook and in both encodings.
    #[test]
    fn what_goes_out_comes_back((questions, answers) in answered()) {
        let (asked, answering) = (own(&questions, &answers, 1), own(&questions, &Vec::new(), 0));
        let book = write::book(&asked).unwrap();
        prop_assert_eq!(taken(&answering, &book), (answers.clone(), Vec::new()));
        let utf8 = write::table(&asked, Charset::Utf8).unwrap();
        prop_assert_eq!(taken(&answering, &utf8), (answers.clone(), Vec::new()));
        // What the encoding cannot write is left out, and stays as it is.
        let cp932 = write::table(&asked, Charset::Cp932).unwrap();
        prop_assert_eq!(taken(&asked, &cp932), (answers, Vec::new()));
    }

    /// Through other hands: the same answers, or a message that names the row.
    #[test]
    fn answers_survive_the_journey((questions, answers) in answered(), journey in journey()) {
        let answers = journey.charset.map_or(answers.clone(), |charset| writable(answers, charset));
        let (asked, answering) = (own(&questions, &answers, 1), own(&questions, &Vec::new(), 0));
        let sheets: Vec<Sheet> = spreadsheet::read_table(&write::book(&asked).unwrap()).unwrap();
        let (rows, whose) = journey.table(sheets[1].rows.clone());
        let (back, told) = taken(&answering, &journey.file(&rows, &whose));
        let lossless = journey.merged_answers.is_none()
            && !(journey.merged_questions && journey.charset.is_some());
        for (question, answer) in &answers {
            let found = back.iter().find(|(id, _)| id == question).map(|(_, answer)| answer);
            if found == Some(answer) {
                continue;
            }
            prop_assert!(!lossless, "{question}: {answer:?} became {found:?}; {told:?}");
            let named = (1..).zip(&whose).filter(|(_, id)| *id == question).any(|(row, _)| {
                told.iter().any(|line| line.starts_with(&format!("{row}行目：")))
            });
            let merged_in_text = journey.merged_answers.is_some() && journey.charset.is_some();
            prop_assert!(named || merged_in_text, "{question}: {answer:?} became {found:?}; {told:?}");
        }
        prop_assert!(back.iter().all(|(id, _)| answers.iter().any(|(known, _)| known == id)), "{back:?}");
        // Rows that belong to nothing say so where they hold an answer.
        let foreign = journey.foreign_rows.iter().filter(|(_, kind)| *kind > 0).count();
        prop_assert!(!lossless || told.len() == foreign, "{told:?}");
    }

    /// A file with one field of each question changes that field alone.
    #[test]
    fn what_a_file_does_not_name_stays((questions, answers) in answered(), note in "[ぁ-ん]{1,9}") {
        let asked = own(&questions, &answers, 3);
        let head = [QUESTION, FIELD, ANSWER].map(str::to_owned).to_vec();
        let notes = answers.iter().map(|(id, _)| vec![id.clone(), "note".into(), note.clone()]);
        let code = vec![CODE.to_owned(), code(&asked)];
        let rows: Rows = [code, head].into_iter().chain(notes).collect();
        let changed: Answers = answers
            .into_iter()
            .map(|(id, answer)| (id, Answer { note: Some(note.clone()), ..answer }))
            .collect();
        prop_assert_eq!(taken(&asked, &csv::write(&rows, Charset::Utf8).unwrap()), (changed, Vec::new()));
    }
}

/// A small table about the first question of the bank that has evidence.
fn about(rows: &[[&str; 3]]) -> (Own, Question, Vec<u8>) {
    let all = &EVERYTHING.sections[0].questions;
    let asked = all.iter().find(|asked| !asked.question.evidence.is_empty()).unwrap();
    let own = own(std::slice::from_ref(asked), &Vec::new(), 0);
    let mut table =
        vec![vec![code(&own), CODE.to_owned()], [QUESTION, FIELD, ANSWER].map(str::to_owned).to_vec()];
    for row in rows {
        let id = if row[0] == "Q" { asked.question.id.as_str() } else { row[0] };
        table.push(vec![id.to_owned(), row[1].to_owned(), row[2].to_owned()]);
    }
    (own, asked.question.clone(), csv::write(&table, Charset::Utf8).unwrap())
}

#[test]
fn nothing_that_was_typed_goes_without_a_word() {
    for (rows, message) in [
        (&[["Q", "note", "一"], ["Q", "note", "二"]][..], "4行目：「{Q}」の同じ欄が3行目にもあり"),
        (&[["Q", "memo", "一"]], "3行目：「{Q}」に「memo」という欄はありません"),
        (&[["Q", "", "一"]], "3行目：「{Q}」に「」という欄はありません"),
        (&[["", "note", "一"]], "3行目：番号が空のため"),
        (&[["", "", "一"]], "3行目：番号が空のため"),
        (&[["XXX-99", "note", "一"]], "3行目：「XXX-99」という設問はありません"),
        (&[["Q", "note", "一"], ["Q", "standing_reason", "二"]], "4行目：理由又は条件を記入したときは"),
        (&[["Q", "evidence.0.issued_on", "令和8年4月1日"]], "3行目：資料の名称を記入してください"),
        (&[["Q", "evidence.0.title", "一"], ["Q", "evidence.0.issued_on", "二"]], "4行目：発行日"),
    ] {
        let (own, question, bytes) = about(rows);
        let (_, told) = taken(&own, &bytes);
        let message = message.replace("{Q}", &question.id);
        assert!(told.iter().any(|line| line.starts_with(&message)), "{message}: {told:?}");
    }
    // The same twice is no contradiction, and the width of an id does not count.
    let (own, question, bytes) = about(&[["Q", "note", "一"], ["Q", "ＮＯＴＥ", "一"]]);
    let answer = Answer { note: Some("一".into()), ..Answer::default() };
    assert_eq!(taken(&own, &bytes), (vec![(question.id, answer)], Vec::new()));
}

#[test]
fn the_code_is_found_on_either_side_and_its_absence_is_told() {
    let (own, _, bytes) = about(&[["Q", "note", "一"]]);
    let text = String::from_utf8(bytes).unwrap();
    let other = text.replace(&code(&own), "0123-4567-89ab");
    let sheets = spreadsheet::read_table(other.as_bytes()).unwrap();
    assert_eq!(
        read(&own, &sheets).unwrap_err().to_string().split('（').next(),
        Some("ほかの調査票のブックです")
    );
    let none = text.replace(CODE, "");
    let (_, told) = taken(&own, none.as_bytes());
    assert!(told.iter().any(|line| line.contains("「調査票の符号」が見つかりません")), "{told:?}");
}

#[test]
fn what_did_not_come_back_is_not_taken() {
    let (asked, question, bytes) = about(&[["Q", "note", "一"]]);
    let returned = |question: &str| ReturnedQuestion {
        id: ReturnedQuestionId::new(uuid::Uuid::from_u128(1)),
        assessment_id: asked.assessment.id.clone(),
        question: question.to_owned(),
        reason: "見本".into(),
        answer_version: 1,
        returned_by: asked.assessment.issued_by.clone(),
        returned_at: asked.assessment.due_at.clone(),
        settled_at: None,
    };
    let (other, same) = (returned("XXX-99"), returned(&question.id));
    // Answered, so that only what came back is open.
    let value = question.parts.iter().find(|part| part.required).unwrap();
    let mut raw = RawAnswer::default();
    Source { numbers: vec![6].into_iter().cycle(), texts: vec!["見本".to_owned()].into_iter().cycle() }
        .value(&mut raw, &value.id, &value.input);
    let saved = vec![(question.id.clone(), answer::read(&question, &raw).answer)];
    let mut own = own(&asked.questionnaire.sections[0].questions, &saved, 1);
    own.returned = vec![other];
    let (answers, told) = taken(&own, &bytes);
    assert_eq!(answers, saved);
    assert_eq!(told, [format!("3行目：「{}」は差し戻されていないため、変更できません", question.id)]);
    own.returned = vec![same];
    let (answers, told) = taken(&own, &bytes);
    assert!(answers != saved && told.is_empty(), "{told:?}");
}

#[test]
fn evidence_and_conditions_stay_when_the_rest_changes() {
    let (plain, question, bytes) = about(&[["Q", "note", "一"]]);
    let evidence = |title: &str| Evidence {
        kind: question.evidence[0].id.clone(),
        title: title.into(),
        file: None,
        issued_on: None,
        valid_until: None,
        confirmed: false,
    };
    let saved = Answer {
        note: Some(" 字下げ".into()),
        evidence: vec![evidence("一つ目"), evidence("同じ種類の二つ目")],
        standing: Standing::Conditional { option: "見本プラン".into(), included: false },
        ..Answer::default()
    };
    let before =
        own(&plain.questionnaire.sections[0].questions, &vec![(question.id.clone(), saved.clone())], 1);
    let after = Answer { note: Some("一".into()), ..saved };
    assert_eq!(taken(&before, &bytes), (vec![(question.id, after)], Vec::new()));
    assert_eq!(
        before.sheet,
        AnswerSheet(before.saved.iter().map(|row| (row.question.clone(), row.answer.clone())).collect())
    );
}

#[test]
fn every_country_comes_back_by_its_name() {
    let questions = &EVERYTHING.sections[0].questions;
    let asks = |asked: &&Asked| {
        asked.question.parts.iter().any(|part| matches!(part.input, Input::Countries { .. }))
    };
    let asked = questions.iter().find(asks).unwrap();
    let part =
        asked.question.parts.iter().find(|part| matches!(part.input, Input::Countries { .. })).unwrap();
    let codes: Vec<&str> = COUNTRIES.iter().map(|(code, _)| *code).filter(|code| *code != "ZZ").collect();
    for some in codes.chunks(40) {
        let mut raw = RawAnswer::default();
        raw.set(&part.id, some.iter().map(|code| (*code).to_owned()).collect());
        let answers = vec![(asked.question.id.clone(), answer::read(&asked.question, &raw).answer)];
        let questions = std::slice::from_ref(asked);
        let book = write::book(&own(questions, &answers, 1)).unwrap();
        assert_eq!(taken(&own(questions, &Vec::new(), 0), &book), (answers, Vec::new()));
    }
}
