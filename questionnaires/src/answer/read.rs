//! From what a form posts to a typed answer. A draft is never rejected: what can be read is read, the rest is a
//! problem beside its field.
//!
//! Field names (HTML forms and spreadsheets use the same):
//!
//! | field | what it holds |
//! |---|---|
//! | `part` | the value; once per choice of `multi`, once per code of `countries` |
//! | `part.unit` | `hours` or `days` of a `duration` |
//! | `part.other` | countries typed as names or codes, separated by 、 |
//! | `part.ROW.column` | a cell of a table, rows from 0 |
//! | `note` | 補足 |
//! | `standing` | `plain`, `not_applicable` or `conditional` |
//! | `standing_reason` | the reason of 該当なし, or the option of 条件付き |
//! | `evidence.N.kind`, `.title`, `.file`, `.issued_on`, `.valid_until` | evidence, from 0; a file may stand for the title |
//! | `confirmed` | `yes`: an answer of before still holds; whoever saves reads it |

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Answer, Evidence, Standing, Value};
use crate::japanese::countries::{COUNTRIES, separate_countries};
use crate::japanese::date::parse_date;
use crate::japanese::number::parse_number;
use crate::japanese::search_key::search_key;
use crate::japanese::text::{char_count, clean_text};
use crate::japanese::width::normalise_code;
use crate::question::{Choice, Column, Input, Question};

/// Most characters of a note and of a reason.
pub const NOTE_MAX_CHARS: usize = 2_000;
/// Most characters of the name of evidence.
const TITLE_MAX_CHARS: usize = 200;
/// Most pieces of evidence for one question.
const MAX_EVIDENCE: usize = 20;
/// 不明・非開示
const UNDISCLOSED: &str = "ZZ";

/// What a form posts for one question: field name to values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawAnswer(BTreeMap<String, Vec<String>>);

/// Something that a person has to change, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Field name as in [`RawAnswer`].
    pub field: String,
    /// What to do, polite, without a full stop.
    pub message: String,
}

/// A read answer with its problems.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What could be read.
    pub answer: Answer,
    /// What could not.
    pub problems: Vec<Problem>,
}

impl RawAnswer {
    /// Sets the values of a field.
    pub fn set(&mut self, field: &str, values: Vec<String>) {
        self.0.insert(field.to_owned(), values);
    }

    /// The first value of a field; empty when absent.
    #[must_use]
    pub fn first(&self, field: &str) -> &str {
        self.all(field).first().map_or("", String::as_str)
    }

    /// Whether a field was posted at all, even empty.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// All values of a field.
    #[must_use]
    pub fn all(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Every field with its values.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// The form that gives an answer back: reading it again yields the same answer (less what staff have noted).
    #[must_use]
    pub fn from_answer(question: &Question, answer: &Answer) -> Self {
        let mut raw = Self::default();
        for part in &question.parts {
            if let Some(value) = answer.parts.get(&part.id) {
                raw.put_value(&part.id, &part.input, value);
            }
        }
        if let Some(note) = &answer.note {
            raw.put("note", note.clone());
        }
        match &answer.standing {
            Standing::Plain => {}
            Standing::NotApplicable { reason, .. } => {
                raw.put("standing", "not_applicable".into());
                raw.put("standing_reason", reason.clone());
            }
            Standing::Conditional { option, .. } => {
                raw.put("standing", "conditional".into());
                raw.put("standing_reason", option.clone());
            }
        }
        // Slots follow the kinds of the question; a kind given twice takes the slots behind them.
        let mut spare = question.evidence.len();
        for evidence in &answer.evidence {
            let own = question.evidence.iter().position(|kind| kind.id == evidence.kind);
            let slot = own
                .filter(|slot| raw.first(&format!("evidence.{slot}.kind")).is_empty())
                .unwrap_or_else(|| {
                    spare += 1;
                    spare - 1
                });
            let mut put = |name: &str, value: String| raw.put(&format!("evidence.{slot}.{name}"), value);
            put("kind", evidence.kind.clone());
            put("title", evidence.title.clone());
            put("file", evidence.file.clone().unwrap_or_default());
            put("issued_on", evidence.issued_on.map_or(String::new(), |day| day.to_string()));
            put("valid_until", evidence.valid_until.map_or(String::new(), |day| day.to_string()));
        }
        raw
    }

    fn put(&mut self, field: &str, value: String) {
        self.0.insert(field.to_owned(), vec![value]);
    }

    fn put_value(&mut self, field: &str, input: &Input, value: &Value) {
        match value {
            Value::Choice(id) => self.put(field, id.clone()),
            Value::Choices(ids) | Value::Countries(ids) => self.set(field, ids.iter().cloned().collect()),
            Value::Flag(flag) => self.put(field, if *flag { "yes" } else { "no" }.into()),
            Value::Text(text) => self.put(field, text.clone()),
            Value::Number(number) => {
                self.put(field, number.to_string());
                if matches!(input, Input::Duration { .. }) {
                    self.put(&format!("{field}.unit"), "hours".into());
                }
            }
            Value::Date(day) => self.put(field, day.to_string()),
            Value::Files(names) => self.set(field, names.clone()),
            Value::Table(rows) => {
                let Input::Table { columns, .. } = input else { return };
                for (row, cells) in rows.iter().enumerate() {
                    for column in columns {
                        if let Some(cell) = cells.get(&column.id) {
                            self.put_value(&format!("{field}.{row}.{}", column.id), &column.input, cell);
                        }
                    }
                }
            }
        }
    }
}

/// Reads what a form posts for a question.
#[must_use]
pub fn read(question: &Question, raw: &RawAnswer) -> Reading {
    let mut reader = Reader { raw, problems: Vec::new() };
    let mut answer = Answer::default();
    for part in &question.parts {
        if let Some(value) = reader.value(&part.id, &part.label, &part.input) {
            answer.parts.insert(part.id.clone(), value);
        }
    }
    answer.note = reader.text("note", "補足", NOTE_MAX_CHARS);
    answer.standing = reader.standing(question);
    answer.evidence = reader.evidence(question);
    Reading { answer, problems: reader.problems }
}

struct Reader<'a> {
    raw: &'a RawAnswer,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem<T>(&mut self, field: &str, message: impl Into<String>) -> Option<T> {
        self.problems.push(Problem { field: field.to_owned(), message: message.into() });
        None
    }

    fn value(&mut self, field: &str, label: &str, input: &Input) -> Option<Value> {
        let name = if label.is_empty() { "回答" } else { label };
        let typed = self.raw.first(field).trim().to_owned();
        match input {
            Input::Single { choices } => {
                if typed.is_empty() {
                    None
                } else if choices.iter().any(|choice| choice.id == typed) {
                    Some(Value::Choice(typed))
                } else {
                    self.problem(field, format!("{name}を選択肢から選んでください"))
                }
            }
            Input::Multi { choices } => self.choices(field, name, choices),
            Input::YesNo { .. } => match typed.as_str() {
                "" => None,
                "yes" => Some(Value::Flag(true)),
                "no" => Some(Value::Flag(false)),
                _ => self.problem(field, format!("{name}は「はい」か「いいえ」を選んでください")),
            },
            Input::Text { max_chars, .. } => {
                self.text(field, name, usize::try_from(*max_chars).unwrap_or(usize::MAX)).map(Value::Text)
            }
            Input::Number { unit, min, max, decimals } => {
                self.number(field, name, &typed, (*min, *max), *decimals, unit)
            }
            Input::Percent { decimals } => {
                self.number(field, name, &typed, (Decimal::ZERO, Decimal::ONE_HUNDRED), *decimals, "％")
            }
            Input::Duration { max_hours } => self.duration(field, name, &typed, *max_hours),
            Input::Date => match (typed.is_empty(), parse_date(&typed)) {
                (true, _) => None,
                (_, Ok(day)) => Some(Value::Date(day)),
                (_, Err(problem)) => self.problem(field, format!("{name}：{problem}")),
            },
            Input::Countries { undisclosed } => self.countries(field, name, *undisclosed),
            Input::Table { columns, max_rows, .. } => self.table(field, columns, *max_rows),
            Input::File { max_files } => {
                let names: Vec<String> = self
                    .raw
                    .all(field)
                    .iter()
                    .map(|n| clean_text(n.trim()))
                    .filter(|n| !n.is_empty())
                    .collect();
                if names.len() > usize::try_from(*max_files).unwrap_or(usize::MAX) {
                    return self.problem(field, format!("{name}は{max_files}件以内にしてください"));
                }
                (!names.is_empty()).then_some(Value::Files(names))
            }
        }
    }

    fn choices(&mut self, field: &str, name: &str, choices: &[Choice]) -> Option<Value> {
        let chosen: BTreeSet<String> =
            self.raw.all(field).iter().filter(|id| !id.is_empty()).cloned().collect();
        if chosen.iter().any(|id| !choices.iter().any(|choice| choice.id == *id)) {
            return self.problem(field, format!("{name}を選択肢から選び直してください"));
        }
        if chosen.len() > 1 && chosen.contains("none") {
            return self.problem(field, format!("{name}は、「なし」とほかの項目を同時に選ばないでください"));
        }
        (!chosen.is_empty()).then_some(Value::Choices(chosen))
    }

    fn text(&mut self, field: &str, name: &str, max: usize) -> Option<String> {
        let text = clean_text(self.raw.first(field));
        if text.trim().is_empty() {
            return None;
        }
        let count = char_count(&text);
        if count > max {
            return self
                .problem(field, format!("{name}は{max}文字以内で入力してください（今は{count}文字）"));
        }
        Some(text)
    }

    fn number(
        &mut self,
        field: &str,
        name: &str,
        typed: &str,
        (min, max): (Decimal, Decimal),
        decimals: u32,
        unit: &str,
    ) -> Option<Value> {
        if typed.is_empty() {
            return None;
        }
        let Some(number) = parse_number(typed) else {
            return self.problem(field, format!("{name}は数字で入力してください"));
        };
        if number < min || number > max {
            return self
                .problem(field, format!("{name}は{min}以上{max}以下の数（{unit}）で入力してください"));
        }
        if number.normalize().scale() > decimals {
            let digits =
                if decimals == 0 { "整数".to_owned() } else { format!("小数{decimals}桁まで") };
            return self.problem(field, format!("{name}は{digits}で入力してください"));
        }
        Some(Value::Number(number.normalize()))
    }

    fn duration(&mut self, field: &str, name: &str, typed: &str, max_hours: u32) -> Option<Value> {
        if typed.is_empty() {
            return None;
        }
        let factor = match self.raw.first(&format!("{field}.unit")) {
            "days" => Decimal::from(24),
            "" | "hours" => Decimal::ONE,
            _ => return self.problem(field, format!("{name}の単位（時間又は日）を選んでください")),
        };
        let hours = parse_number(typed).and_then(|number| number.checked_mul(factor));
        match hours {
            Some(hours) if hours.is_sign_negative() || hours > Decimal::from(max_hours) => {
                self.problem(field, format!("{name}は0時間以上{max_hours}時間以下で入力してください"))
            }
            Some(hours) => Some(Value::Number(hours.normalize())),
            None => self.problem(field, format!("{name}は数字で入力してください")),
        }
    }

    fn countries(&mut self, field: &str, name: &str, undisclosed: bool) -> Option<Value> {
        let mut codes = BTreeSet::new();
        let boxes = self.raw.all(field).iter().cloned();
        let typed = separate_countries(self.raw.first(&format!("{field}.other")));
        for given in boxes.chain(typed).map(|given| given.trim().to_owned()).filter(|given| !given.is_empty())
        {
            match country_code(&given) {
                Some(UNDISCLOSED) if !undisclosed => {
                    return self.problem(field, format!("{name}の国名を入力してください"));
                }
                Some(code) => {
                    codes.insert(code.to_owned());
                }
                None => {
                    let shown: String = given.chars().take(20).collect();
                    return self.problem(
                        field,
                        format!("{name}の「{shown}」は、国・地域の名称を確認して入力し直してください"),
                    );
                }
            }
        }
        if codes.len() > 1 && codes.contains(UNDISCLOSED) {
            return self
                .problem(field, format!("{name}は、「不明・非開示」と国名を同時に選ばないでください"));
        }
        (!codes.is_empty()).then_some(Value::Countries(codes))
    }

    fn table(&mut self, field: &str, columns: &[Column], max_rows: u32) -> Option<Value> {
        let prefix = format!("{field}.");
        let mut numbers: BTreeSet<usize> = BTreeSet::new();
        for name in self.raw.0.keys() {
            let row = name.strip_prefix(&prefix).and_then(|rest| rest.split_once('.')).map(|(row, _)| row);
            numbers.extend(row.and_then(|row| row.parse::<usize>().ok()));
        }
        let mut rows = Vec::new();
        for number in numbers {
            let mut cells = BTreeMap::new();
            for column in columns {
                let name = format!("{prefix}{number}.{}", column.id);
                let label = format!("{}行目の{}", rows.len() + 1, column.label);
                if let Some(value) = self.value(&name, &label, &column.input) {
                    cells.insert(column.id.clone(), value);
                }
            }
            if !cells.is_empty() {
                rows.push(cells);
            }
        }
        if rows.len() > usize::try_from(max_rows).unwrap_or(usize::MAX) {
            return self
                .problem(field, format!("表は{max_rows}行以内で入力してください（今は{}行）", rows.len()));
        }
        (!rows.is_empty()).then_some(Value::Table(rows))
    }

    fn standing(&mut self, question: &Question) -> Standing {
        let reason = self.text("standing_reason", "理由", NOTE_MAX_CHARS).unwrap_or_default();
        match self.raw.first("standing") {
            "not_applicable" if question.may_be_not_applicable => {
                Standing::NotApplicable { reason, accepted: false }
            }
            "conditional" => Standing::Conditional { option: reason, included: false },
            "" | "plain" => Standing::Plain,
            _ => {
                self.problem::<()>("standing", "回答の扱いを選択肢から選んでください");
                Standing::Plain
            }
        }
    }

    fn evidence(&mut self, question: &Question) -> Vec<Evidence> {
        let mut found = Vec::new();
        for slot in 0..MAX_EVIDENCE {
            let field = |name: &str| format!("evidence.{slot}.{name}");
            let title = self.text(&field("title"), "資料の名称", TITLE_MAX_CHARS).unwrap_or_default();
            let file = Some(self.raw.first(&field("file")).trim().to_owned()).filter(|id| !id.is_empty());
            if title.is_empty() && file.is_none() {
                continue;
            }
            let kind = self.raw.first(&field("kind")).to_owned();
            if !question.evidence.iter().any(|known| known.id == kind) {
                self.problem::<()>(&field("title"), "資料の種類を選び直してください");
                continue;
            }
            let issued_on = self.date(&field("issued_on"), "発行日");
            let valid_until = self.date(&field("valid_until"), "有効期限");
            found.push(Evidence {
                kind,
                title: title.trim().to_owned(),
                file,
                issued_on,
                valid_until,
                confirmed: false,
            });
        }
        found
    }

    fn date(&mut self, field: &str, name: &str) -> Option<jiff::civil::Date> {
        let typed = self.raw.first(field).trim().to_owned();
        if typed.is_empty() {
            return None;
        }
        match parse_date(&typed) {
            Ok(day) => Some(day),
            Err(problem) => self.problem(field, format!("{name}：{problem}")),
        }
    }
}

/// Code of a country given by code or by name.
fn country_code(given: &str) -> Option<&'static str> {
    let code = normalise_code(given).to_uppercase();
    if code == UNDISCLOSED || matches!(given, "不明" | "非開示" | "不明・非開示") {
        return Some(UNDISCLOSED);
    }
    let key = search_key(given);
    COUNTRIES.iter().find(|(known, name)| *known == code || search_key(name) == key).map(|(known, _)| *known)
}
