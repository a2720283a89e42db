//! Holding a TOML tree against the JSON schema of its type.
//!
//! serde stops at the first problem, says it in English and loses the place inside tagged values. The schema
//! that editors use knows the same rules, so it is read here as well: every problem of a file is found in one
//! run, each with its place. What fits is handed to serde as JSON, in which dates and decimals are texts.

use jiff::civil::Date;
use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Document, Step};
use super::problem::LoadProblem;
use crate::condition::{Condition, suggestion};

/// The document as JSON, or everything that does not fit.
pub(super) fn fit(document: &Document<'_>, schema: &Json) -> Result<Json, Vec<LoadProblem>> {
    let mut shape = Shape { document, schema, steps: Vec::new(), problems: Vec::new() };
    let json = shape.value(schema, &document.root);
    if shape.problems.is_empty() { Ok(json) } else { Err(shape.problems) }
}

struct Shape<'d, 's> {
    document: &'d Document<'d>,
    schema: &'s Json,
    steps: Vec<Step>,
    problems: Vec<LoadProblem>,
}

type Node<'t> = Spanned<DeValue<'t>>;

impl<'s> Shape<'_, 's> {
    fn problem(&mut self, at: usize, message: impl Into<String>) {
        let problem = self.document.problem(&self.steps, at, message);
        self.problems.push(problem);
    }

    /// Follows references and leaves out `null`, which TOML does not have.
    fn resolve(&self, schema: &'s Json) -> &'s Json {
        if let Some(name) = schema.get("$ref").and_then(Json::as_str) {
            let target = name.strip_prefix('#').and_then(|pointer| self.schema.pointer(pointer));
            return target.map_or(schema, |target| self.resolve(target));
        }
        let options = schema.get("anyOf").and_then(Json::as_array);
        let some = options.and_then(|options| options.iter().find(|option| type_names(option) != ["null"]));
        some.map_or(schema, |some| self.resolve(some))
    }

    fn value(&mut self, schema: &'s Json, node: &Node<'_>) -> Json {
        let schema = self.resolve(schema);
        if let Some(names) = fixed_names(schema) {
            return self.fixed(&names, node);
        }
        if let Some(variants) = schema.get("oneOf").and_then(Json::as_array) {
            return self.tagged(variants, node);
        }
        let types = type_names(schema);
        match types.first().copied() {
            Some("object") => self.object(schema, node),
            Some("array") => self.array(schema, node),
            Some("boolean") => self.boolean(node),
            Some("integer") => self.integer(schema, node),
            Some("string") if types.contains(&"number") => self.decimal(node),
            _ => self.string(schema, node),
        }
    }

    fn mismatch(&mut self, node: &Node<'_>, expected: &str) -> Json {
        let found = match node.get_ref() {
            DeValue::String(_) => "文字列",
            DeValue::Integer(_) => "整数",
            DeValue::Float(_) => "小数",
            DeValue::Boolean(_) => "true か false",
            DeValue::Datetime(_) => "日付や時刻",
            DeValue::Array(_) => "一覧",
            DeValue::Table(_) => "項目の組",
        };
        self.problem(node.span().start, format!("{expected}を書いてください（{found}が書かれています）。"));
        Json::Null
    }

    fn object(&mut self, schema: &'s Json, node: &Node<'_>) -> Json {
        let Some(table) = node.get_ref().as_table() else {
            return self.mismatch(node, "{ 名前 = 値 } か [見出し] の形の項目の組");
        };
        Json::Object(self.members(schema, table, node.span().start, None))
    }

    /// The members of a table; `tag` is one that the caller has dealt with.
    fn members(
        &mut self,
        schema: &'s Json,
        table: &DeTable<'_>,
        at: usize,
        tag: Option<&str>,
    ) -> Map<String, Json> {
        let known = schema.get("properties").and_then(Json::as_object);
        let any = schema.get("additionalProperties").filter(|schema| schema.is_object());
        let mut members = Map::new();
        for (name, value) in table {
            let name_text: &str = name.get_ref();
            if tag == Some(name_text) {
                let text = value.get_ref().as_str().unwrap_or_default();
                members.insert(name_text.to_owned(), text.into());
                continue;
            }
            let Some(member) = known.and_then(|known| known.get(name_text)).or(any) else {
                let names = || known.into_iter().flatten().map(|(name, _)| name.as_str());
                let hint = match suggestion(name_text, names()) {
                    Some(name) => format!("「{name}」ではありませんか。"),
                    None => format!("書ける項目: {}", names().collect::<Vec<_>>().join("、")),
                };
                self.problem(name.span().start, format!("「{name_text}」という項目はありません。{hint}"));
                continue;
            };
            self.steps.push(Step::Key(name_text.to_owned()));
            members.insert(name_text.to_owned(), self.value(member, value));
            self.steps.pop();
        }
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten();
        for name in required.filter_map(Json::as_str) {
            match members.get(name) {
                None if tag != Some(name) && !table.contains_key(name) => {
                    self.problem(at, format!("必須の項目「{name}」がありません。"));
                }
                _ => {}
            }
        }
        members
    }

    /// An enum with a tag: the tag says which shape applies.
    fn tagged(&mut self, variants: &'s [Json], node: &Node<'_>) -> Json {
        let tag_of = |variant: &'s Json| {
            variant
                .get("properties")?
                .as_object()?
                .iter()
                .find_map(|(name, property)| Some((name.as_str(), property.get("const")?.as_str()?)))
        };
        let tags: Vec<&str> = variants.iter().filter_map(tag_of).map(|(_, tag)| tag).collect();
        let Some((tag_name, _)) = variants.iter().find_map(tag_of) else { return Json::Null };
        let Some(table) = node.get_ref().as_table() else {
            return self.mismatch(node, &format!("{{ {tag_name} = \"…\" }} の形の項目の組"));
        };
        let Some(tag) = table.get(tag_name) else {
            let message = format!(
                "必須の項目「{tag_name}」がありません。次のいずれかを書いてください: {}",
                tags.join("、")
            );
            self.problem(node.span().start, message);
            return Json::Null;
        };
        let text = tag.get_ref().as_str();
        match variants.iter().find(|variant| text.is_some() && tag_of(variant).map(|(_, tag)| tag) == text) {
            Some(variant) => Json::Object(self.members(variant, table, node.span().start, Some(tag_name))),
            None => {
                self.steps.push(Step::Key(tag_name.to_owned()));
                self.fixed(&tags, tag);
                self.steps.pop();
                Json::Null
            }
        }
    }

    /// One of fixed names.
    fn fixed(&mut self, names: &[&str], node: &Node<'_>) -> Json {
        let Some(text) = node.get_ref().as_str() else {
            return self.mismatch(node, &format!("{} のいずれか", names.join("、")));
        };
        if !names.contains(&text) {
            let hint = match suggestion(text, names.iter().copied()) {
                Some(name) => format!("「{name}」ではありませんか。"),
                None => format!("次のいずれかを書いてください: {}", names.join("、")),
            };
            self.problem(node.span().start, format!("「{text}」は使えません。{hint}"));
        }
        Json::from(text)
    }

    fn array(&mut self, schema: &'s Json, node: &Node<'_>) -> Json {
        let Some(array) = node.get_ref().as_array() else {
            return self.mismatch(node, "[ … ] の形の一覧");
        };
        let Some(items) = schema.get("items") else { return Json::Null };
        let mut members = Vec::new();
        for (index, item) in array.iter().enumerate() {
            self.steps.push(Step::Index(index));
            members.push(self.value(items, item));
            self.steps.pop();
        }
        Json::Array(members)
    }

    fn boolean(&mut self, node: &Node<'_>) -> Json {
        match node.get_ref() {
            DeValue::Boolean(value) => Json::Bool(*value),
            _ => self.mismatch(node, "true（はい）か false（いいえ）"),
        }
    }

    fn integer(&mut self, schema: &Json, node: &Node<'_>) -> Json {
        let DeValue::Integer(integer) = node.get_ref() else { return self.mismatch(node, "整数") };
        let least = schema.get("minimum").and_then(Json::as_i64).unwrap_or(0);
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        if let Some(number) = number.filter(|number| (least..=i64::from(u32::MAX)).contains(number)) {
            return number.into();
        }
        let message = if number.is_some_and(|number| number < least) {
            format!("{least}以上の整数を書いてください。")
        } else {
            "数が大きすぎます。".to_owned()
        };
        self.problem(node.span().start, message);
        Json::Null
    }

    /// Exact decimals go on as text: a binary fraction would change them.
    fn decimal(&mut self, node: &Node<'_>) -> Json {
        let text = match node.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            DeValue::String(text) => text,
            _ => return self.mismatch(node, "数"),
        };
        if crate::condition::number_of(text).is_none() {
            self.problem(
                node.span().start,
                format!("「{text}」は数として読めません。99.9 のような10進数で書いてください。"),
            );
        }
        Json::from(text)
    }

    fn string(&mut self, schema: &Json, node: &Node<'_>) -> Json {
        let format = schema.get("format").and_then(Json::as_str);
        if format == Some("date") {
            return self.date(node);
        }
        let Some(text) = node.get_ref().as_str() else { return self.mismatch(node, "文字列") };
        if text.trim().is_empty() && format != Some("condition") {
            self.problem(
                node.span().start,
                "空にはできません。内容を書くか、要らない項目ならこの行を消してください。",
            );
        }
        if format == Some("condition")
            && let Err(error) = Condition::parse(text)
        {
            let column =
                text.char_indices().nth(error.column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
            // Where escapes make the source differ from the text, the start of the value has to do.
            let source = self.document.text.get(node.span()).unwrap_or_default();
            let offset = source.find(text).map_or(0, |start| start + column);
            self.problem(node.span().start + offset, error.to_string());
        }
        Json::from(text)
    }

    fn date(&mut self, node: &Node<'_>) -> Json {
        let text = match node.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(datetime) => datetime.to_string(),
            _ => return self.mismatch(node, "2026-04-01 のような日付"),
        };
        if !text.parse::<Date>().is_ok_and(|date| date.to_string() == text) {
            let message = format!("「{text}」は日付として読めません。2026-04-01 のように書いてください。");
            self.problem(node.span().start, message);
        }
        Json::from(text)
    }
}

fn type_names(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => {
            names.iter().filter_map(Json::as_str).filter(|name| *name != "null").collect()
        }
        _ => Vec::new(),
    }
}

/// The names of an enum without data, however the schema writes it.
fn fixed_names(schema: &Json) -> Option<Vec<&str>> {
    if let Some(names) = schema.get("enum").and_then(Json::as_array) {
        return names.iter().map(Json::as_str).collect();
    }
    let variants = schema.get("oneOf").and_then(Json::as_array)?;
    let mut names = Vec::new();
    for variant in variants {
        match (variant.get("const"), variant.get("enum")) {
            (Some(name), _) => names.push(name.as_str()?),
            (None, Some(group)) => names.extend(group.as_array()?.iter().filter_map(Json::as_str)),
            (None, None) => return None,
        }
    }
    Some(names)
}
