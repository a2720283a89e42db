//! Checks of the question bank.

use std::collections::BTreeSet;

use super::{Check, Spot, is_numbered};
use crate::condition::{Scope, is_question_id, is_snake_case};
use crate::question::{Choice, Column, Input, Part, Question};

/// Most digits after the decimal point that an input may ask for.
const MOST_DECIMALS: u32 = 6;

impl<'r> Check<'r, '_> {
    pub(super) fn topics(&mut self) {
        let mut topics = Vec::new();
        let mut questions = Vec::new();
        for file in &self.read.topics {
            let spot = file.document.spot();
            self.named_as_file(&spot, file.document.file, "topic", &file.value.topic);
            topics.push((file.value.order, spot.key("order")));
            for (index, question) in file.value.questions.iter().enumerate() {
                questions.push((question, spot.item("question", index)));
            }
        }
        let mut orders = BTreeSet::new();
        for (order, spot) in topics {
            if !orders.insert(order) {
                self.problem(
                    &spot,
                    format!("並び順 {order} は別の分野でも使われています。違う数にしてください。"),
                );
            }
        }
        let ids: Vec<_> =
            questions.iter().map(|(question, spot)| (question.id.as_str(), spot.clone())).collect();
        self.unique("設問", ids.into_iter());
        for (question, spot) in &questions {
            self.question(question, spot);
        }
        self.every_path_has_questions();
    }

    fn every_path_has_questions(&mut self) {
        let asked: BTreeSet<&str> =
            self.read.questions().flat_map(|question| &question.paths).map(String::as_str).collect();
        for file in &self.read.profiles {
            for (index, path) in file.value.paths.iter().enumerate() {
                if !asked.iter().any(|set| path.asks(set)) {
                    let spot = file.document.spot().item("path", index);
                    self.problem(&spot, format!("経路「{}」で尋ねる設問が1つもありません。", path.id));
                }
            }
        }
    }

    fn question(&mut self, question: &Question, spot: &Spot<'_>) {
        if !is_question_id(&question.id) {
            let message = format!(
                "「{}」は設問の id として使えません。LOC-01 のように、半角の大文字3字、「-」、数字2字で書いてください。",
                question.id
            );
            self.problem(&spot.key("id"), message);
        }
        let profiles = self.all_profiles();
        if question.paths.is_empty() {
            self.problem(&spot.key("paths"), "この設問を尋ねる経路を1つ以上書いてください。");
        }
        let paths: BTreeSet<&str> = self
            .profiles_read()
            .flat_map(|profile| &profile.paths)
            .flat_map(|path| std::iter::once(&path.id).chain(&path.asks))
            .map(String::as_str)
            .collect();
        for (index, path) in question.paths.iter().enumerate() {
            self.exists(&spot.item("paths", index), "経路", path, paths.iter().copied());
        }
        if question.requirements.is_empty() {
            self.problem(&spot.key("requirements"), "この設問が確かめる要求事項を1つ以上書いてください。");
        }
        for (index, requirement) in question.requirements.iter().enumerate() {
            self.requirement_exists(&spot.item("requirements", index), requirement);
        }
        for (index, clause) in question.clauses.iter().enumerate() {
            self.clause_form(&spot.item("clauses", index), clause);
        }
        if let Some(when) = &question.when {
            self.condition(&spot.key("when"), when, Scope::Answers, &profiles);
        }
        for (index, knockout) in question.knockouts.iter().enumerate() {
            let spot = spot.item("knockout", index);
            self.condition(&spot.key("when"), &knockout.when, Scope::Answers, &profiles);
            self.requirement_exists(&spot.key("requirement"), &knockout.requirement);
        }
        self.parts(question, spot);
        self.points(question, spot);
        self.evidence_and_terms(question, spot);
    }

    pub(super) fn clause_form(&mut self, spot: &Spot<'_>, clause: &str) {
        if !is_numbered(clause, "CL-", 2) {
            self.problem(
                spot,
                format!("「{clause}」は条項の id として使えません。CL-17 のように書いてください。"),
            );
        }
    }

    fn parts(&mut self, question: &Question, spot: &Spot<'_>) {
        if question.parts.is_empty() {
            self.problem(&spot.key("part"), "回答欄（part）を1つ以上書いてください。");
        }
        let profiles = self.all_profiles();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (index, part) in question.parts.iter().enumerate() {
            let spot = spot.item("part", index);
            self.inner_name(&spot.key("id"), "回答欄", &part.id, &mut seen);
            if question.parts.len() > 1 && part.label.trim().is_empty() {
                self.problem(&spot, "回答欄が複数あるときは、それぞれに label を書いてください。");
            }
            if let Some(when) = &part.when {
                self.condition(&spot.key("when"), when, Scope::Answers, &profiles);
            }
            self.input(&part.input, &spot.key("input"));
            self.availability(question, part, &spot);
        }
    }

    fn inner_name<'a>(&mut self, spot: &Spot<'_>, what: &str, id: &'a str, seen: &mut BTreeSet<&'a str>) {
        if !is_snake_case(id) {
            let message = format!(
                "「{id}」は使えません。半角の小文字で始め、小文字、数字、「_」だけで書いてください。"
            );
            self.problem(spot, message);
        }
        if !seen.insert(id) {
            self.problem(spot, format!("{what}「{id}」が重複しています。別の id にしてください。"));
        }
    }

    /// A choice that is only offered later must begin after the question itself.
    fn availability(&mut self, question: &Question, part: &Part, spot: &Spot<'_>) {
        let (Input::Single { choices } | Input::Multi { choices }) = &part.input else { return };
        for (index, choice) in choices.iter().enumerate() {
            if choice.available_from.is_some_and(|from| from <= question.asked_since) {
                let spot = spot.key("input").item("choices", index).key("available_from");
                let message = format!(
                    "設問の開始日（{}）より後の日付にしてください。初めから選べるときは、この項目を書かないでください。",
                    question.asked_since
                );
                self.problem(&spot, message);
            }
        }
    }

    fn input(&mut self, input: &Input, spot: &Spot<'_>) {
        let mut at_least_one = |key: &str, number: u32| {
            if number == 0 {
                self.problem(&spot.key(key), "1以上の数を書いてください。");
            }
        };
        match input {
            Input::Single { choices } | Input::Multi { choices } => {
                let list = spot.key("choices");
                self.choice_ids(&list, choices.iter().map(|choice| choice.id.as_str()));
                for (index, choice) in choices.iter().enumerate() {
                    self.percentage(&list.index(index).key("points"), choice.points);
                }
            }
            Input::YesNo { yes, no } => {
                self.percentage(&spot.key("yes"), *yes);
                self.percentage(&spot.key("no"), *no);
            }
            Input::Text { max_chars, rows } => {
                at_least_one("max_chars", *max_chars);
                at_least_one("rows", *rows);
            }
            Input::Number { min, max, decimals, .. } => {
                if min > max {
                    self.problem(
                        &spot.key("max"),
                        format!("max（{max}）は min（{min}）以上にしてください。"),
                    );
                }
                self.decimals(spot, *decimals);
            }
            Input::Percent { decimals } => self.decimals(spot, *decimals),
            Input::Duration { max_hours } => at_least_one("max_hours", *max_hours),
            Input::File { max_files } => at_least_one("max_files", *max_files),
            Input::Date | Input::Countries { .. } => {}
            Input::Table { columns, min_rows, max_rows } => {
                at_least_one("max_rows", *max_rows);
                if min_rows > max_rows {
                    let message =
                        format!("max_rows（{max_rows}）は min_rows（{min_rows}）以上にしてください。");
                    self.problem(&spot.key("max_rows"), message);
                }
                self.columns(columns, &spot.key("columns"));
            }
        }
    }

    fn columns(&mut self, columns: &[Column], list: &Spot<'_>) {
        if columns.is_empty() {
            self.problem(list, "表の列を1つ以上書いてください。");
        }
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (index, column) in columns.iter().enumerate() {
            let spot = list.index(index);
            self.inner_name(&spot.key("id"), "列", &column.id, &mut seen);
            let input = spot.key("input");
            if matches!(column.input, Input::Table { .. } | Input::File { .. }) {
                self.problem(&input.key("kind"), "表の列に table と file は使えません。");
            } else {
                self.input(&column.input, &input);
            }
        }
    }

    fn decimals(&mut self, spot: &Spot<'_>, decimals: u32) {
        if decimals > MOST_DECIMALS {
            self.problem(
                &spot.key("decimals"),
                format!("小数点以下の桁数は{MOST_DECIMALS}以下にしてください。"),
            );
        }
    }

    fn percentage(&mut self, spot: &Spot<'_>, points: Option<u32>) {
        if points.is_some_and(|points| points > 100) {
            self.problem(spot, "点は0以上100以下の整数で書いてください。");
        }
    }

    /// A scored question has exactly one source of points.
    fn points(&mut self, question: &Question, spot: &Spot<'_>) {
        let list = spot.key("points");
        let profiles = self.all_profiles();
        let last = question.points.len().saturating_sub(1);
        for (index, row) in question.points.iter().enumerate() {
            let spot = list.index(index);
            self.percentage(&spot.key("points"), Some(row.points));
            match &row.when {
                Some(when) => self.condition(&spot.key("when"), when, Scope::Answers, &profiles),
                None if index != last => {
                    self.problem(
                        &spot,
                        "when のない行は最後に置いてください。これより後の行は使われません。",
                    );
                }
                None => {}
            }
            if index == last && row.when.is_some() {
                let message =
                    "最後の行には when を書かないでください。どの条件にも当たらないときの点が要ります。";
                self.problem(&spot.key("when"), message);
            }
        }
        if question.weight == 0 {
            if !question.knockouts.is_empty() {
                let message = "失格の条件がある設問の重みは、1以上にしてください。採点しない設問は評価の対象になりません。";
                self.problem(&spot.key("weight"), message);
            }
            return;
        }
        let mut scored = 0;
        for (index, part) in question.parts.iter().enumerate() {
            match part.choice_points() {
                ChoicePoints::None => {}
                ChoicePoints::All => scored += 1,
                ChoicePoints::Some => {
                    scored += 1;
                    let spot = spot.item("part", index).key("input");
                    self.problem(
                        &spot,
                        "点のある選択肢とない選択肢が交ざっています。全てに points を書いてください。",
                    );
                }
            }
        }
        match (scored, question.points.is_empty()) {
            (0, true) => {
                let message = "配点がありません。選択肢の points か、[[question.points]] の行を書いてください。採点しない設問は weight = 0 とします。";
                self.problem(&spot.key("weight"), message);
            }
            (0, false) | (1, true) => {}
            (_, false) => {
                let message = "配点が2か所にあります。選択肢の points と [[question.points]] のどちらか一方にしてください。";
                self.problem(&list, message);
            }
            (_, true) => {
                let message = "点のある回答欄が複数あります。1つにするか、[[question.points]] の行で点を決めてください。";
                self.problem(spot, message);
            }
        }
    }

    fn evidence_and_terms(&mut self, question: &Question, spot: &Spot<'_>) {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (index, evidence) in question.evidence.iter().enumerate() {
            let spot = spot.item("evidence", index);
            self.inner_name(&spot.key("id"), "証跡", &evidence.id, &mut seen);
            if evidence.max_age_months == Some(0) {
                self.problem(
                    &spot.key("max_age_months"),
                    "1以上の月数を書いてください。期限を設けないときは、この項目を書かないでください。",
                );
            }
        }
        let words = words(question);
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (index, term) in question.terms.iter().enumerate() {
            let spot = spot.item("term", index).key("word");
            if !words.iter().any(|text| text.contains(&term.word)) {
                self.problem(
                    &spot,
                    format!("「{}」は設問の文中にありません。文中のとおりに書いてください。", term.word),
                );
            }
            if !seen.insert(&term.word) {
                self.problem(&spot, format!("用語「{}」が重複しています。", term.word));
            }
        }
    }
}

/// Whether the choices of a part carry points.
enum ChoicePoints {
    None,
    Some,
    All,
}

impl Part {
    fn choice_points(&self) -> ChoicePoints {
        let (with, all) = match &self.input {
            Input::Single { choices } | Input::Multi { choices } => {
                (choices.iter().filter(|choice| choice.points.is_some()).count(), choices.len())
            }
            Input::YesNo { yes, no } => (usize::from(yes.is_some()) + usize::from(no.is_some()), 2),
            _ => (0, 0),
        };
        match with {
            0 => ChoicePoints::None,
            _ if with == all => ChoicePoints::All,
            _ => ChoicePoints::Some,
        }
    }
}

/// Every text of a question in which a word can be explained.
fn words(question: &Question) -> Vec<&str> {
    let mut words = vec![question.title.as_str(), &question.text, &question.why];
    words.extend(question.evidence.iter().map(|evidence| evidence.label.as_str()));
    for part in &question.parts {
        words.extend([part.label.as_str(), part.hint.as_deref().unwrap_or_default()]);
        match &part.input {
            Input::Single { choices } | Input::Multi { choices } => words.extend(labels(choices)),
            Input::Table { columns, .. } => {
                for column in columns {
                    words.push(&column.label);
                    if let Input::Single { choices } | Input::Multi { choices } = &column.input {
                        words.extend(labels(choices));
                    }
                }
            }
            _ => {}
        }
    }
    words
}

fn labels(choices: &[Choice]) -> impl Iterator<Item = &str> {
    choices.iter().map(|choice| choice.label.as_str())
}
