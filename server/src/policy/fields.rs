//! Forms over content: questions, criteria and profiles are JSON trees with known places, so one description of
//! places and kinds serves reading, showing and checking. A field is named by its place: `part.0.label`.

use questionnaires::condition::Condition;
use questionnaires::japanese::text::char_count;
use questionnaires::japanese::width::normalise_code;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::form::{Form, Problems};

/// Most characters of a text.
const MAX_CHARS: usize = 2_000;
/// Between the items of a list in one line.
const SEPARATOR: char = '、';

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A line.
    Line,
    /// Several lines.
    Text,
    /// A whole number, 0 or more.
    Number,
    /// Yes or no.
    Flag,
    /// One of fixed words: (in files, for people).
    Choice(&'static [(&'static str, &'static str)]),
    /// Several words, separated by 「、」.
    List,
    /// One text per line.
    Lines,
    /// A condition.
    Condition,
}

/// A field of a group.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Member of the JSON object.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may not be empty.
    pub required: bool,
}

/// Fields that stand at one place, or at every entry of a list.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Members down the tree; `[]` stands for every entry of the list before: `part[].input.choices[]`.
    pub place: &'static str,
    /// What one is called.
    pub heading: &'static str,
    /// Its fields; empty for an object whose members are all texts or numbers, shown by their own names.
    pub fields: &'static [Field],
    /// Whether entries can be added and removed.
    pub open: bool,
}

/// A group as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Place as in field names; empty at the top.
    pub place: String,
    /// Heading with the id of the entry.
    pub heading: String,
    /// How deep it stands, from 0.
    pub depth: usize,
    /// Fields.
    pub fields: Vec<ShownField>,
    /// Name of the box that removes the entry; empty where it cannot be removed.
    pub remove: String,
    /// Whether this is an empty entry to be filled in.
    pub blank: bool,
}

/// A field as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct ShownField {
    /// Name in the form.
    pub name: String,
    /// For people.
    pub label: String,
    /// `line`, `text`, `number`, `flag`, `choice`, `condition`
    pub kind: &'static str,
    /// Value.
    pub value: String,
    /// Choices: word, label.
    pub options: Vec<(String, String)>,
    /// Whether it may not be empty.
    pub required: bool,
    /// What is wrong with it.
    pub problem: String,
}

/// The groups of a tree; `form` holds what was typed, where the page comes back.
#[must_use]
pub fn shown(groups: &[Group], tree: &Json, form: Option<&Form>, problems: &Problems) -> Vec<Shown> {
    let mut shown = Vec::new();
    expand(groups, tree, &mut |group, place, entry, depth, blank| {
        let value_of = |name: &str, text: String| match form {
            Some(form) if form.has(name) => form.raw(name).to_owned(),
            _ => text,
        };
        let field = |field: &Field| {
            let name = join(place, field.name);
            let (kind, options) = described(field.kind);
            ShownField {
                label: field.label.to_owned(),
                kind,
                value: value_of(&name, text_of(field.kind, entry.and_then(|entry| entry.get(field.name)))),
                options,
                required: field.required && !blank,
                problem: problems.of(&name).unwrap_or_default().to_owned(),
                name,
            }
        };
        let fields = if group.fields.is_empty() {
            members(entry)
                .into_iter()
                .map(|(member, text, number)| {
                    let name = join(place, &member);
                    ShownField {
                        label: member,
                        kind: if number { "number" } else { "line" },
                        value: value_of(&name, text),
                        options: Vec::new(),
                        required: true,
                        problem: problems.of(&name).unwrap_or_default().to_owned(),
                        name,
                    }
                })
                .collect()
        } else {
            group.fields.iter().map(field).collect()
        };
        shown.push(Shown {
            place: place.to_owned(),
            heading: heading(group, place, entry, blank),
            depth,
            fields,
            remove: if group.open && !blank { join(place, "remove") } else { String::new() },
            blank,
        });
    });
    shown
}

/// The tree with what a form says; problems stand beside the fields. What the form does not mention stays.
#[must_use]
pub fn applied(groups: &[Group], tree: &Json, form: &Form, problems: &mut Problems) -> Json {
    let mut changes: Vec<(String, Option<Json>)> = Vec::new();
    let mut removed: Vec<String> = Vec::new();
    let mut added: Vec<(String, Map<String, Json>)> = Vec::new();
    expand(groups, tree, &mut |group, place, entry, _, blank| {
        if group.open && !blank && form.text(&join(place, "remove")) == "yes" {
            removed.push(place.to_owned());
            return;
        }
        if blank {
            let filled = group.fields.iter().any(|field| {
                let text = form.text(&join(place, field.name));
                !text.is_empty() && !matches!(field.kind, Kind::Flag | Kind::Choice(_))
            });
            if !filled {
                return;
            }
        }
        let mut entry_of = Map::new();
        let own: Vec<(String, Field)> = if group.fields.is_empty() {
            members(entry)
                .into_iter()
                .map(|(name, _, number)| {
                    let kind = if number { Kind::Number } else { Kind::Line };
                    (name, Field { name: "", label: "", kind, required: true })
                })
                .collect()
        } else {
            group.fields.iter().map(|field| (field.name.to_owned(), *field)).collect()
        };
        for (member, field) in own {
            let name = join(place, &member);
            if !form.has(&name) && !matches!(field.kind, Kind::Flag) {
                continue;
            }
            if matches!(field.kind, Kind::Flag) && !form.has(&join(place, "shown")) {
                continue;
            }
            let label = if field.label.is_empty() { member.as_str() } else { field.label };
            let value = read(&field, &name, label, form, problems);
            if blank {
                if let Some(value) = value {
                    entry_of.insert(member, value);
                }
            } else {
                changes.push((name, value));
            }
        }
        if blank && !entry_of.is_empty() {
            added.push((parent(place).to_owned(), entry_of));
        }
    });
    let mut tree = tree.clone();
    for (name, value) in changes {
        set(&mut tree, &name, value);
    }
    for (list, entry) in added {
        if let Some(Json::Array(items)) = find(&mut tree, &list) {
            items.push(Json::Object(entry));
        }
    }
    // From the end, so that numbers stay true while entries go.
    removed.sort_by_key(|place| std::cmp::Reverse(order(place)));
    for place in removed {
        let index = place.rsplit('.').next().and_then(|index| index.parse::<usize>().ok());
        if let (Some(Json::Array(items)), Some(index)) = (find(&mut tree, parent(&place)), index)
            && index < items.len()
        {
            items.remove(index);
        }
    }
    tree
}

fn order(place: &str) -> Vec<(usize, String)> {
    place.split('.').map(|word| (word.parse().unwrap_or(0), word.to_owned())).collect()
}

/// Calls back for every place of every group that the tree has, entry by entry, inner groups after their entry.
fn expand<'t>(
    groups: &[Group],
    tree: &'t Json,
    call: &mut impl FnMut(&Group, &str, Option<&'t Json>, usize, bool),
) {
    for group in groups.iter().filter(|group| !has_parent(groups, group)) {
        walk(groups, group, group.place, tree, String::new(), 0, call);
    }
}

/// Whether a group stands inside the entries of another one of the list.
fn has_parent(groups: &[Group], group: &Group) -> bool {
    groups.iter().any(|other| is_inside(group.place, other.place))
}

fn is_inside(place: &str, other: &str) -> bool {
    other.ends_with("[]") && place.len() > other.len() && place.starts_with(other)
}

fn walk<'t>(
    groups: &[Group],
    group: &Group,
    rest: &str,
    at: &'t Json,
    place: String,
    depth: usize,
    call: &mut impl FnMut(&Group, &str, Option<&'t Json>, usize, bool),
) {
    let rest = rest.trim_start_matches('.');
    let Some((list, after)) = rest.split_once("[]") else {
        let entry = rest.split('.').filter(|word| !word.is_empty()).try_fold(at, |at, word| at.get(word));
        if let Some(entry) = entry {
            call(group, &join(&place, rest), Some(entry), depth, false);
        }
        return;
    };
    let found = list.split('.').filter(|word| !word.is_empty()).try_fold(at, |at, word| at.get(word));
    let Some(Json::Array(items)) = found else { return };
    let list_place = join(&place, list);
    for (index, item) in items.iter().enumerate() {
        let place = join(&list_place, &index.to_string());
        if after.is_empty() {
            call(group, &place, Some(item), depth, false);
            for inner in groups.iter().filter(|inner| direct_parent(groups, inner) == Some(group.place)) {
                let rest = inner.place.get(group.place.len()..).unwrap_or_default();
                walk(groups, inner, rest, item, place.clone(), depth + 1, call);
            }
        } else {
            walk(groups, group, after, item, place, depth, call);
        }
    }
    if after.is_empty() && group.open {
        call(group, &join(&list_place, &items.len().to_string()), None, depth, true);
    }
}

/// The innermost group that a group stands in.
fn direct_parent<'g>(groups: &'g [Group], group: &Group) -> Option<&'g str> {
    let outer = groups.iter().map(|other| other.place).filter(|other| is_inside(group.place, other));
    outer.max_by_key(|place| place.len())
}

fn join(place: &str, name: &str) -> String {
    match (place.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => place.to_owned(),
        _ => format!("{place}.{name}"),
    }
}

fn parent(place: &str) -> &str {
    place.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn find<'t>(tree: &'t mut Json, place: &str) -> Option<&'t mut Json> {
    place.split('.').filter(|word| !word.is_empty()).try_fold(tree, |at, word| match at {
        Json::Array(items) => items.get_mut(word.parse::<usize>().ok()?),
        Json::Object(members) => members.get_mut(word),
        _ => None,
    })
}

fn set(tree: &mut Json, name: &str, value: Option<Json>) {
    let Some((member, Some(Json::Object(members)))) =
        name.rsplit('.').next().map(|member| (member.to_owned(), find(tree, parent(name))))
    else {
        return;
    };
    match value {
        Some(value) => {
            members.insert(member, value);
        }
        None => {
            members.remove(&member);
        }
    }
}

/// Members of an object that are texts or numbers, with whether they are numbers.
fn members(entry: Option<&Json>) -> Vec<(String, String, bool)> {
    let members = entry.and_then(Json::as_object).into_iter().flatten();
    members
        .filter_map(|(name, value)| match value {
            Json::String(text) => Some((name.clone(), text.clone(), false)),
            Json::Number(number) => Some((name.clone(), number.to_string(), true)),
            _ => None,
        })
        .collect()
}

fn heading(group: &Group, place: &str, entry: Option<&Json>, blank: bool) -> String {
    if blank {
        return format!("{}の追加", group.heading);
    }
    let text = |name: &str| entry.and_then(|entry| entry.get(name)).and_then(Json::as_str).map(str::to_owned);
    let last = place.rsplit('.').next().and_then(|index| index.parse::<usize>().ok());
    let known = text("id").or_else(|| text("word")).or_else(|| last.map(|index| (index + 1).to_string()));
    match known {
        Some(known) if group.place.contains("[]") => format!("{}　{known}", group.heading),
        _ => group.heading.to_owned(),
    }
}

fn described(kind: Kind) -> (&'static str, Vec<(String, String)>) {
    match kind {
        Kind::Line | Kind::List => ("line", Vec::new()),
        Kind::Text | Kind::Lines => ("text", Vec::new()),
        Kind::Number => ("number", Vec::new()),
        Kind::Flag => ("flag", Vec::new()),
        Kind::Condition => ("condition", Vec::new()),
        Kind::Choice(words) => {
            let options = words.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned()));
            ("choice", options.collect())
        }
    }
}

fn text_of(kind: Kind, value: Option<&Json>) -> String {
    match (kind, value) {
        (_, None | Some(Json::Null)) => String::new(),
        (Kind::Flag, Some(value)) => if value == &Json::Bool(true) { "yes" } else { "" }.to_owned(),
        (Kind::List | Kind::Lines, Some(Json::Array(items))) => {
            let between = if matches!(kind, Kind::Lines) { "\n" } else { "、" };
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(between)
        }
        (_, Some(Json::String(text))) => text.clone(),
        (_, Some(other)) => other.to_string(),
    }
}

/// The value of a field; none removes an optional member.
fn read(field: &Field, name: &str, label: &str, form: &Form, problems: &mut Problems) -> Option<Json> {
    let text = form.text(name);
    let count = char_count(text);
    if count > MAX_CHARS {
        problems.add(name, format!("{label}は{MAX_CHARS}文字以内で入力してください（今は{count}文字）"));
        return None;
    }
    if let Kind::Flag = field.kind {
        return Some((text == "yes").into());
    }
    if text.is_empty() && !matches!(field.kind, Kind::List | Kind::Lines) {
        if field.required {
            problems.add(name, format!("{label}を入力してください"));
        }
        return None;
    }
    match field.kind {
        Kind::Line if text.contains('\n') => {
            problems.add(name, format!("{label}は改行を入れずに入力してください"));
            None
        }
        Kind::Line | Kind::Text => Some(text.into()),
        Kind::Number => match normalise_code(text).parse::<u32>() {
            Ok(number) => Some(number.into()),
            Err(_) => {
                problems.add(name, format!("{label}は0以上の整数で入力してください"));
                None
            }
        },
        Kind::Choice(words) if words.iter().any(|(word, _)| *word == text) => Some(text.into()),
        Kind::Choice(_) => {
            problems.add(name, format!("{label}を選択肢から選んでください"));
            None
        }
        Kind::List | Kind::Lines => {
            let between = if matches!(field.kind, Kind::Lines) { '\n' } else { SEPARATOR };
            let items = text.split(between).map(str::trim).filter(|item| !item.is_empty());
            let items: Vec<&str> = items.collect();
            if items.is_empty() && field.required {
                problems.add(name, format!("{label}を入力してください"));
            }
            Some(items.into())
        }
        Kind::Condition => match Condition::parse(text) {
            Ok(condition) => Some(condition.to_string().into()),
            Err(error) => {
                problems.add(name, format!("{label}を条件の式として読めません：{error}"));
                None
            }
        },
        Kind::Flag => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GROUPS: &[Group] = &[
        Group {
            place: "",
            heading: "設問",
            fields: &[
                Field { name: "title", label: "見出し", kind: Kind::Line, required: true },
                Field { name: "when", label: "条件", kind: Kind::Condition, required: false },
                Field { name: "paths", label: "経路", kind: Kind::List, required: true },
            ],
            open: false,
        },
        Group {
            place: "part[]",
            heading: "回答欄",
            fields: &[Field { name: "required", label: "必須", kind: Kind::Flag, required: false }],
            open: false,
        },
        Group {
            place: "part[].input.choices[]",
            heading: "選択肢",
            fields: &[
                Field { name: "id", label: "id", kind: Kind::Line, required: true },
                Field { name: "points", label: "点", kind: Kind::Number, required: false },
            ],
            open: true,
        },
        Group { place: "terms", heading: "用語", fields: &[], open: false },
    ];

    fn tree() -> Json {
        json!({
            "id": "SLA-01", "title": "稼働率", "when": "personal_info", "paths": ["P3"], "weight": 4,
            "part": [{ "id": "value", "required": true, "input": { "kind": "single", "choices": [
                { "id": "yes", "points": 100 }, { "id": "no", "points": 0 },
            ] } }],
            "terms": { "head": "町長" },
        })
    }

    fn with(pairs: &[(&'static str, &str)]) -> (Json, Problems) {
        let form = Form::from_pairs(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let mut problems = Problems::default();
        let tree = applied(GROUPS, &tree(), &form, &mut problems);
        (tree, problems)
    }

    #[test]
    fn groups_follow_the_tree() {
        let shown = shown(GROUPS, &tree(), None, &Problems::default());
        let told: Vec<_> =
            shown.iter().map(|group| (group.place.as_str(), group.heading.as_str(), group.depth)).collect();
        assert_eq!(
            told,
            [
                ("", "設問", 0),
                ("part.0", "回答欄　value", 0),
                ("part.0.input.choices.0", "選択肢　yes", 1),
                ("part.0.input.choices.1", "選択肢　no", 1),
                ("part.0.input.choices.2", "選択肢の追加", 1),
                ("terms", "用語", 0),
            ]
        );
        let names: Vec<_> =
            shown[0].fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
        assert_eq!(names, [("title", "稼働率"), ("when", "personal_info"), ("paths", "P3")]);
    }

    #[test]
    fn what_is_not_mentioned_stays() {
        let (same, problems) = with(&[]);
        assert_eq!(same, tree());
        assert!(problems.is_empty());
    }

    #[test]
    fn values_change_and_entries_come_and_go() {
        let (changed, problems) = with(&[
            ("title", "稼働"),
            ("when", ""),
            ("paths", "P3、 P2c"),
            ("part.0.shown", "yes"),
            ("part.0.input.choices.0.remove", "yes"),
            ("part.0.input.choices.1.points", "１０"),
            ("part.0.input.choices.2.id", "some"),
            ("part.0.input.choices.2.points", "50"),
            ("terms.head", "村長"),
        ]);
        assert!(problems.is_empty(), "{:?}", problems.all());
        assert_eq!(
            changed,
            json!({
                "id": "SLA-01", "title": "稼働", "paths": ["P3", "P2c"], "weight": 4,
                "part": [{ "id": "value", "required": false, "input": { "kind": "single", "choices": [
                    { "id": "no", "points": 10 }, { "id": "some", "points": 50 },
                ] } }],
                "terms": { "head": "村長" },
            })
        );
    }

    #[test]
    fn wrong_values_are_told_beside_their_fields() {
        let long = "長".repeat(MAX_CHARS + 1);
        for (name, value, message) in [
            ("title", "", "見出しを入力してください"),
            ("title", "一\n二", "見出しは改行を入れずに入力してください"),
            ("title", &long, "見出しは2000文字以内で入力してください（今は2001文字）"),
            ("when", "class >=", "条件を条件の式として読めません："),
            ("paths", "、", "経路を入力してください"),
            ("part.0.input.choices.0.points", "多い", "点は0以上の整数で入力してください"),
        ] {
            let (_, problems) = with(&[(name, value)]);
            assert!(
                problems.of(name).is_some_and(|told| told.starts_with(message)),
                "{name}: {:?}",
                problems.all()
            );
        }
    }
}
