//! The rows of a workbook, sheet by sheet, as JSON of the files; what cannot be read is told with its row.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::columns::{self as c, COMBINES, KINDS, SEPARATOR, SEVERITIES, SHEETS};
use super::read::RowResult;
use crate::spreadsheet::Sheet;

/// The rows of a workbook as they are read.
#[derive(Default)]
pub(super) struct Book {
    topics: Vec<Json>,
    /// With the topic of each.
    pub questions: Vec<(String, Json)>,
    rows_of: BTreeMap<String, (String, usize)>,
    pub problems: Vec<RowResult>,
}

/// One row with its cells by heading.
struct Row<'s> {
    sheet: &'s str,
    number: usize,
    cells: BTreeMap<&'s str, &'s str>,
}

impl Row<'_> {
    fn text(&self, heading: &str) -> &str {
        self.cells.get(heading).map_or("", |cell| cell.trim())
    }

    /// A text with its line breaks and inner spaces, trimmed outside.
    fn string(&self, heading: &str) -> Json {
        self.text(heading).into()
    }

    fn list(&self, heading: &str) -> Json {
        let items = self.text(heading).split(SEPARATOR).map(str::trim).filter(|item| !item.is_empty());
        items.collect::<Vec<_>>().into()
    }
}

impl Book {
    fn problem(&mut self, row: &Row<'_>, message: impl Into<String>) {
        self.problems.push(RowResult {
            sheet: row.sheet.to_owned(),
            row: row.number,
            about: row.text(c::QUESTION).to_owned(),
            kind: "problem",
            message: message.into(),
        });
    }

    fn whole(&mut self, sheet: &str, message: impl Into<String>) {
        self.problems.push(RowResult {
            sheet: sheet.to_owned(),
            row: 0,
            about: String::new(),
            kind: "problem",
            message: message.into(),
        });
    }

    /// Reads every sheet.
    pub fn read(&mut self, sheets: &[Sheet]) {
        for form in &SHEETS {
            let Some(sheet) = sheets.iter().find(|sheet| sheet.name.trim() == form.name) else {
                self.whole(form.name, format!("シート「{}」がありません", form.name));
                continue;
            };
            let heads: Vec<&str> = sheet
                .rows
                .first()
                .map(|row| row.iter().map(|cell| cell.trim()).collect())
                .unwrap_or_default();
            let missing: Vec<&str> =
                form.columns.iter().map(|(name, ..)| *name).filter(|name| !heads.contains(name)).collect();
            if !missing.is_empty() {
                self.whole(form.name, format!("列がありません：{}", missing.join("、")));
                continue;
            }
            for (index, cells) in sheet.rows.iter().enumerate().skip(1) {
                if cells.iter().all(|cell| cell.trim().is_empty()) {
                    continue;
                }
                let cells = heads.iter().copied().zip(cells.iter().map(String::as_str)).collect();
                self.row(&Row { sheet: form.name, number: index + 1, cells });
            }
        }
    }

    fn row(&mut self, row: &Row<'_>) {
        match row.sheet {
            "分野" => self.topic(row),
            "設問" => self.question(row),
            "回答欄" => self.part(row),
            "表の列" => self.column(row),
            "選択肢" => self.choice(row),
            "配点" => self.points(row),
            "失格" => self.knockout(row),
            "証跡" => self.evidence(row),
            _ => self.term(row),
        }
    }

    fn topic(&mut self, row: &Row<'_>) {
        let order = self.number(row, c::ORDER);
        self.topics.push(json!({
            "topic": row.text(c::TOPIC), "name": row.text(c::TOPIC_NAME), "order": order, "question": [],
        }));
    }

    fn question(&mut self, row: &Row<'_>) {
        let id = row.text(c::QUESTION).to_owned();
        if self.rows_of.contains_key(&id) {
            self.problem(row, format!("設問「{id}」が2回書かれています"));
            return;
        }
        let topic = row.text(c::TOPIC).to_owned();
        if !self.topics.iter().any(|known| text_of(known, "topic") == topic) {
            self.problem(row, format!("分野「{topic}」がシート「分野」にありません"));
        }
        let mut question = Map::new();
        question.insert("id".into(), id.clone().into());
        for (name, heading) in
            [("title", c::TITLE), ("text", c::TEXT), ("why", c::WHY), ("asked_since", c::SINCE)]
        {
            question.insert(name.into(), row.string(heading));
        }
        for (name, heading) in
            [("paths", c::PATHS), ("requirements", c::REQUIREMENTS), ("clauses", c::CLAUSES)]
        {
            question.insert(name.into(), row.list(heading));
        }
        self.optional_text(&mut question, row, "when", c::WHEN);
        question.insert("weight".into(), self.number(row, c::WEIGHT));
        question.insert("combine".into(), self.word(row, c::COMBINE, &COMBINES));
        question.insert("may_be_not_applicable".into(), self.flag(row, c::NOT_APPLICABLE));
        for list in ["points", "knockout", "evidence", "term", "part"] {
            question.insert(list.into(), json!([]));
        }
        self.rows_of.insert(id, (row.sheet.to_owned(), row.number));
        self.questions.push((topic, Json::Object(question)));
    }

    /// The question of a row, where the sheet before has it.
    fn owner(&mut self, row: &Row<'_>) -> Option<usize> {
        let id = row.text(c::QUESTION);
        let found = self.questions.iter().position(|(_, question)| text_of(question, "id") == id);
        if found.is_none() {
            self.problem(row, format!("設問「{id}」がシート「設問」にありません"));
        }
        found
    }

    fn push(&mut self, question: usize, list: &str, item: Json) {
        if let Some(Json::Array(items)) =
            self.questions.get_mut(question).and_then(|(_, question)| question.get_mut(list))
        {
            items.push(item);
        }
    }

    fn part(&mut self, row: &Row<'_>) {
        let Some(question) = self.owner(row) else { return };
        let mut part = Map::new();
        part.insert("id".into(), row.string(c::PART));
        self.optional_text(&mut part, row, "label", c::LABEL);
        self.optional_text(&mut part, row, "hint", c::HINT);
        part.insert("required".into(), self.flag(row, c::REQUIRED));
        self.optional_text(&mut part, row, "when", c::WHEN);
        part.insert("input".into(), self.input(row));
        let key = format!("{}/{}", row.text(c::QUESTION), row.text(c::PART));
        self.rows_of.insert(key, (row.sheet.to_owned(), row.number));
        self.push(question, "part", Json::Object(part));
    }

    /// The input of a part, where the sheet before has it.
    fn input_of(&mut self, row: &Row<'_>) -> Option<&mut Json> {
        let question = self.owner(row)?;
        let id = row.text(c::PART);
        let parts = self.questions.get(question).and_then(|(_, question)| question.get("part")?.as_array());
        let at = parts.and_then(|parts| parts.iter().position(|part| text_of(part, "id") == id));
        let Some(at) = at else {
            self.problem(row, format!("回答欄「{id}」がシート「回答欄」にありません"));
            return None;
        };
        self.questions.get_mut(question)?.1.get_mut("part")?.get_mut(at)?.get_mut("input")
    }

    fn column(&mut self, row: &Row<'_>) {
        let mut column = Map::new();
        column.insert("id".into(), row.string(c::COLUMN));
        column.insert("label".into(), row.string(c::LABEL));
        column.insert("required".into(), self.flag(row, c::REQUIRED));
        column.insert("input".into(), self.input(row));
        let Some(input) = self.input_of(row) else { return };
        match input.get_mut("columns") {
            Some(Json::Array(columns)) => columns.push(Json::Object(column)),
            _ => self.problem(row, "列を書けるのは、種類が「表」の回答欄だけです"),
        }
    }

    fn choice(&mut self, row: &Row<'_>) {
        let mut choice = Map::new();
        choice.insert("id".into(), row.string(c::CHOICE));
        choice.insert("label".into(), row.string(c::LABEL));
        self.optional_number(&mut choice, row, "points", c::POINTS);
        self.optional_text(&mut choice, row, "available_from", c::FROM);
        let column = row.text(c::COLUMN).to_owned();
        let Some(mut input) = self.input_of(row) else { return };
        if !column.is_empty() {
            let columns = input.get_mut("columns").and_then(Json::as_array_mut);
            let found =
                columns.and_then(|columns| columns.iter_mut().find(|own| text_of(own, "id") == column));
            match found.and_then(|column| column.get_mut("input")) {
                Some(inner) => input = inner,
                None => {
                    self.problem(row, format!("列「{column}」がシート「表の列」にありません"));
                    return;
                }
            }
        }
        match input.get_mut("choices") {
            Some(Json::Array(choices)) => choices.push(Json::Object(choice)),
            _ => self.problem(row, "選択肢を書けるのは、種類が「一つ選択」か「複数選択」のものだけです"),
        }
    }

    fn points(&mut self, row: &Row<'_>) {
        let Some(question) = self.owner(row) else { return };
        let mut points = Map::new();
        self.optional_text(&mut points, row, "when", c::WHEN);
        points.insert("points".into(), self.number(row, c::POINTS));
        points.insert("label".into(), row.string(c::LABEL));
        self.push(question, "points", Json::Object(points));
    }

    fn knockout(&mut self, row: &Row<'_>) {
        let Some(question) = self.owner(row) else { return };
        let severity = self.word(row, c::SEVERITY, &SEVERITIES);
        let knockout = json!({
            "severity": severity,
            "when": row.text(c::WHEN),
            "reason": row.text(c::REASON),
            "requirement": row.text(c::REQUIREMENT),
        });
        self.push(question, "knockout", knockout);
    }

    fn evidence(&mut self, row: &Row<'_>) {
        let Some(question) = self.owner(row) else { return };
        let mut evidence = Map::new();
        evidence.insert("id".into(), row.string(c::EVIDENCE));
        evidence.insert("label".into(), row.string(c::LABEL));
        self.optional_number(&mut evidence, row, "max_age_months", c::MAX_AGE);
        self.push(question, "evidence", Json::Object(evidence));
    }

    fn term(&mut self, row: &Row<'_>) {
        let Some(question) = self.owner(row) else { return };
        self.push(question, "term", json!({ "word": row.text(c::WORD), "meaning": row.text(c::MEANING) }));
    }

    /// Kind and limits; a limit that does not belong to the kind is told, not dropped.
    fn input(&mut self, row: &Row<'_>) -> Json {
        const LIMITS: [(&str, &str, &[&str]); 13] = [
            ("max_chars", c::MAX_CHARS, &["text"]),
            ("rows", c::ROWS, &["text"]),
            ("unit", c::UNIT, &["number"]),
            ("min", c::MIN, &["number"]),
            ("max", c::MAX, &["number"]),
            ("decimals", c::DECIMALS, &["number", "percent"]),
            ("max_hours", c::MAX_HOURS, &["duration"]),
            ("undisclosed", c::UNDISCLOSED, &["countries"]),
            ("min_rows", c::MIN_ROWS, &["table"]),
            ("max_rows", c::MAX_ROWS, &["table"]),
            ("max_files", c::MAX_FILES, &["file"]),
            ("yes", c::YES, &["yes_no"]),
            ("no", c::NO, &["yes_no"]),
        ];
        let kind = self.word(row, c::KIND, &KINDS);
        let name = kind.as_str().unwrap_or_default().to_owned();
        let mut input = Map::new();
        input.insert("kind".into(), kind);
        for (member, heading, kinds) in LIMITS {
            if row.text(heading).is_empty() {
                continue;
            }
            if !kinds.contains(&name.as_str()) {
                self.problem(row, format!("「{heading}」は、この種類では使いません。空欄にしてください"));
                continue;
            }
            let value = match member {
                "unit" | "min" | "max" => row.string(heading),
                "undisclosed" => self.flag(row, heading),
                _ => self.number(row, heading),
            };
            input.insert(member.into(), value);
        }
        match name.as_str() {
            "single" | "multi" => {
                input.insert("choices".into(), json!([]));
            }
            "table" => {
                input.insert("columns".into(), json!([]));
            }
            _ => {}
        }
        Json::Object(input)
    }

    fn optional_text(&mut self, item: &mut Map<String, Json>, row: &Row<'_>, name: &str, heading: &str) {
        if !row.text(heading).is_empty() {
            item.insert(name.into(), row.string(heading));
        }
    }

    fn optional_number(&mut self, item: &mut Map<String, Json>, row: &Row<'_>, name: &str, heading: &str) {
        if !row.text(heading).is_empty() {
            let number = self.number(row, heading);
            item.insert(name.into(), number);
        }
    }

    fn number(&mut self, row: &Row<'_>, heading: &str) -> Json {
        let text = questionnaires::japanese::width::normalise_code(row.text(heading));
        match text.parse::<u32>() {
            Ok(number) => number.into(),
            Err(_) => {
                let found = row.text(heading);
                self.problem(
                    row,
                    format!("「{heading}」には0以上の整数を書いてください（「{found}」と書かれています）"),
                );
                Json::Null
            }
        }
    }

    fn flag(&mut self, row: &Row<'_>, heading: &str) -> Json {
        match row.text(heading) {
            "はい" => true.into(),
            "いいえ" => false.into(),
            found => {
                self.problem(
                    row,
                    format!(
                        "「{heading}」には「はい」か「いいえ」を書いてください（「{found}」と書かれています）"
                    ),
                );
                Json::Null
            }
        }
    }

    fn word(&mut self, row: &Row<'_>, heading: &str, words: &[(&str, &str)]) -> Json {
        let found = row.text(heading);
        match words.iter().find(|(_, word)| *word == found) {
            Some((file, _)) => (*file).into(),
            None => {
                let known = words.iter().map(|(_, word)| *word).collect::<Vec<_>>().join("、");
                self.problem(row, format!("「{heading}」には次のいずれかを書いてください：{known}（「{found}」と書かれています）"));
                Json::Null
            }
        }
    }

    /// Where questions and parts stand, by `LOC-01` and `LOC-01/data`.
    pub fn places(&self) -> BTreeMap<String, (String, usize)> {
        self.rows_of.clone()
    }

    /// Topics with their questions.
    pub fn into_topics(self) -> Vec<Json> {
        let mut topics = self.topics;
        for (topic, mut question) in self.questions {
            // Lists that hold nothing are not written: the file reads as if a person had written it.
            if let Some(members) = question.as_object_mut() {
                members.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
            }
            let owner = topics.iter_mut().find(|own| text_of(own, "topic") == topic);
            if let Some(Json::Array(questions)) = owner.and_then(|own| own.get_mut("question")) {
                questions.push(question);
            }
        }
        topics
    }
}

/// A text member; empty when it is none.
pub(super) fn text_of<'v>(value: &'v Json, name: &str) -> &'v str {
    value.get(name).and_then(Json::as_str).unwrap_or_default()
}
