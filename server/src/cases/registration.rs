//! The registration sheet (案件登録票): reading it, judging class and path, showing it again.

use domain::ids::{CaseId, DepartmentId, InformationId};
use questionnaires::condition::Subject;
use questionnaires::japanese::date::parse_date;
use questionnaires::japanese::number::parse_number;
use questionnaires::policy::{
    FactDefinition, FactKind, FactValue, Facts, Profile, derive_path, highest_class,
};
use serde::Serialize;
use store::accounts::Department;
use store::cases::Information;

use crate::app::App;
use crate::error::Result;
use crate::form::{Form, Problems};
use crate::policy::held::Held;

/// Rows for information that the page offers beyond those filled in.
const SPARE_ROWS: usize = 3;
/// Rows accepted.
const MAX_ROWS: usize = 30;
/// Facts that are found from others and never typed.
const DERIVED: &[&str] = &["path", "class", "personal_info"];

/// A sheet that was read: what is right is here, what is not is in `problems`.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// 件名
    pub title: String,
    /// 主管課
    pub department: Option<DepartmentId>,
    /// Facts, derived ones included.
    pub facts: Facts,
    /// Information rows.
    pub information: Vec<Row>,
    /// Path id, once decided.
    pub path: String,
    /// Class id, once decided.
    pub class: String,
    /// Problems by field.
    pub problems: Problems,
}

/// One row of the information list.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// 情報の名称
    pub name: String,
    /// 項目
    pub contents: String,
    /// 件数
    pub amount: Option<i64>,
    /// Class id.
    pub class: String,
    /// Whether it is personal information.
    pub personal: bool,
}

/// Reads a posted sheet.
#[must_use]
pub fn read(app: &App, profile: &Held, departments: &[Department], form: &Form) -> Sheet {
    let mut problems = Problems::default();
    let title = form.line("title", "件名", 100, &mut problems);
    let department =
        departments.iter().find(|d| d.id.as_str() == form.text("department")).map(|d| d.id.clone());
    if department.is_none() {
        problems.add("department", "主管課を選んでください");
    }
    let information = read_rows(profile, form, &mut problems);
    let mut facts = Facts::default();
    let classes: Vec<&str> = information.iter().map(|row| row.class.as_str()).collect();
    let class = highest_class(profile, &classes).map_or(String::new(), |class| class.id.clone());
    if information.is_empty() {
        if !problems.has("information.0.name") {
            problems.add("information.0.name", "取り扱う情報を1件以上入力してください");
        }
    } else {
        facts.0.insert("class".into(), FactValue::Choice(class.clone()));
        facts.0.insert("personal_info".into(), FactValue::Flag(information.iter().any(|row| row.personal)));
    }
    let vocabulary = profile.vocabulary();
    let asked = asked(app, profile);
    for definition in &asked {
        if let Some(value) = read_fact(definition, form, &mut problems) {
            facts.0.insert(definition.id.clone(), value);
        }
    }
    // A fact that its condition hides is not part of the sheet, whatever was posted.
    for definition in &asked {
        let subject = Subject { vocabulary: &vocabulary, facts: &facts, answers: &Default::default() };
        let hidden = definition.when.as_ref().is_some_and(|when| !when.holds(&subject));
        if hidden {
            facts.0.remove(&definition.id);
        } else if definition.required
            && !facts.0.contains_key(&definition.id)
            && !problems.has(&field(definition))
        {
            problems.add(field(definition), format!("{}を選ぶか、入力してください", definition.label));
        }
    }
    if let (Some(FactValue::Date(start)), Some(FactValue::Date(end))) =
        (facts.0.get("starts_on"), facts.0.get("ends_on"))
        && start > end
    {
        problems.add("fact.ends_on", "終わりの日は、始まりの日以後の日を入力してください");
    }
    let path = derive_path(profile, &vocabulary, &facts).map_or(String::new(), |path| path.id.clone());
    if !path.is_empty() {
        facts.0.insert("path".into(), FactValue::Choice(path.clone()));
    }
    Sheet { title, department, facts, information, path, class, problems }
}

/// What the sheet asks, in the words of the policy.
fn asked(app: &App, profile: &Profile) -> Vec<FactDefinition> {
    let asked = app.content.facts.iter().filter(|definition| {
        !DERIVED.contains(&definition.id.as_str())
            && !matches!(definition.kind, FactKind::Path | FactKind::Class { .. })
    });
    asked.map(|definition| profile.with_own_words(definition)).collect()
}

fn field(definition: &FactDefinition) -> String {
    format!("fact.{}", definition.id)
}

fn read_fact(definition: &FactDefinition, form: &Form, problems: &mut Problems) -> Option<FactValue> {
    let name = field(definition);
    let typed = form.text(&name);
    if typed.is_empty() {
        return None;
    }
    let label = &definition.label;
    match &definition.kind {
        FactKind::Flag => match typed {
            "yes" => Some(FactValue::Flag(true)),
            "no" => Some(FactValue::Flag(false)),
            _ => refuse(problems, &name, format!("{label}は「はい」か「いいえ」を選んでください")),
        },
        FactKind::Choice { choices } => match choices.iter().find(|choice| choice.id == typed) {
            Some(choice) => Some(FactValue::Choice(choice.id.clone())),
            None => refuse(problems, &name, format!("{label}を選択肢から選んでください")),
        },
        FactKind::Number { .. } => match parse_number(typed) {
            Some(number) if !number.is_sign_negative() => Some(FactValue::Number(number)),
            _ => refuse(problems, &name, format!("{label}は数字で入力してください")),
        },
        FactKind::Date => match parse_date(typed) {
            Ok(date) => Some(FactValue::Date(date)),
            Err(problem) => refuse(problems, &name, format!("{label}：{problem}")),
        },
        FactKind::Text { max_chars } => {
            let max = usize::try_from(*max_chars).unwrap_or(usize::MAX);
            let text = form.optional(&name, label, max, problems);
            (!problems.has(&name)).then_some(FactValue::Text(text))
        }
        FactKind::Class { .. } | FactKind::Path => None,
    }
}

fn refuse<T>(problems: &mut Problems, name: &str, message: String) -> Option<T> {
    problems.add(name, message);
    None
}

fn read_rows(profile: &Profile, form: &Form, problems: &mut Problems) -> Vec<Row> {
    let mut rows = Vec::new();
    for index in 0..MAX_ROWS {
        let cell = |column: &str| format!("information.{index}.{column}");
        let is_empty =
            ["name", "contents", "amount", "class"].iter().all(|column| form.text(&cell(column)).is_empty());
        if is_empty {
            continue;
        }
        let name = form.line(&cell("name"), "情報の名称", 100, problems);
        let contents = form.optional(&cell("contents"), "項目", 300, problems);
        let typed = form.text(&cell("amount"));
        let amount = if typed.is_empty() {
            None
        } else {
            let parsed =
                parse_number(typed).and_then(|number| i64::try_from(number).ok()).filter(|n| *n >= 0);
            if parsed.is_none() {
                problems.add(cell("amount"), "件数は0以上の整数で入力してください");
            }
            parsed
        };
        let class = profile.classes.iter().find(|class| class.id == form.text(&cell("class")));
        if class.is_none() {
            problems.add(cell("class"), "分類を選んでください");
        }
        let class = class.map_or(String::new(), |class| class.id.clone());
        rows.push(Row { name, contents, amount, class, personal: form.text(&cell("personal")) == "yes" });
    }
    rows
}

/// Facts as the store keeps them: id and text.
#[must_use]
pub fn facts_as_text(facts: &Facts) -> Vec<(String, String)> {
    facts.0.iter().map(|(id, value)| (id.clone(), fact_text(value))).collect()
}

fn fact_text(value: &FactValue) -> String {
    match value {
        FactValue::Flag(true) => "yes".into(),
        FactValue::Flag(false) => "no".into(),
        FactValue::Choice(id) => id.clone(),
        FactValue::Number(number) => number.to_string(),
        FactValue::Date(date) => date.to_string(),
        FactValue::Text(text) => text.clone(),
    }
}

/// Facts as the store has kept them. A value that no longer fits its definition is unknown.
#[must_use]
pub fn facts_from_text(app: &App, stored: &[(String, String)]) -> Facts {
    let typed = |(id, text): &(String, String)| {
        let definition = app.content.facts.iter().find(|definition| &definition.id == id)?;
        let value = match &definition.kind {
            FactKind::Flag => FactValue::Flag(text == "yes"),
            FactKind::Choice { .. } | FactKind::Class { .. } | FactKind::Path => {
                FactValue::Choice(text.clone())
            }
            FactKind::Number { .. } => FactValue::Number(text.parse().ok()?),
            FactKind::Date => FactValue::Date(text.parse().ok()?),
            FactKind::Text { .. } => FactValue::Text(text.clone()),
        };
        Some((id.clone(), value))
    };
    Facts(stored.iter().filter_map(typed).collect())
}

/// Rows as the store keeps them.
#[must_use]
pub fn rows_to_store(app: &App, case: &CaseId, rows: &[Row]) -> Vec<Information> {
    (0..)
        .zip(rows)
        .map(|(position, row)| Information {
            id: InformationId::new(app.uuid()),
            case_id: case.clone(),
            position,
            name: row.name.clone(),
            contents: row.contents.clone(),
            amount: row.amount,
            class: row.class.clone(),
            personal: row.personal,
        })
        .collect()
}

/// The sheet as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// 件名
    pub title: String,
    /// Departments to choose from.
    pub departments: Vec<Option_>,
    /// Facts in order.
    pub facts: Vec<FactShown>,
    /// Rows, spare ones included.
    pub rows: Vec<RowShown>,
    /// Classes to choose from.
    pub classes: Vec<Option_>,
    /// Problems.
    pub problems: Problems,
    /// Where the form goes.
    pub action: String,
    /// Row version of the case that is edited; 0 for a new one.
    pub version: i64,
}

/// A choice of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Option_ {
    /// Value.
    pub id: String,
    /// Words.
    pub label: String,
    /// Explanation.
    pub hint: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A fact as an input.
#[derive(Debug, Clone, Serialize)]
pub struct FactShown {
    /// Field name.
    pub field: String,
    /// Label.
    pub label: String,
    /// Support text.
    pub hint: String,
    /// `flag`, `choice`, `number`, `date` or `text`.
    pub kind: &'static str,
    /// Choices of `flag` and `choice`.
    pub options: Vec<Option_>,
    /// Unit of `number`.
    pub unit: String,
    /// Value as typed.
    pub value: String,
    /// Whether it is required.
    pub required: bool,
    /// Problem, empty without one.
    pub problem: String,
}

/// A row of information as inputs.
#[derive(Debug, Clone, Serialize)]
pub struct RowShown {
    /// Index in field names.
    pub index: usize,
    /// Values as typed.
    pub name: String,
    /// 項目
    pub contents: String,
    /// 件数
    pub amount: String,
    /// Class id.
    pub class: String,
    /// Whether personal information is ticked.
    pub personal: bool,
    /// Problems by column.
    pub problems: std::collections::BTreeMap<&'static str, String>,
}

/// Shows a sheet from a form (a posted one, or one made from what is stored).
#[must_use]
pub fn show(
    app: &App,
    profile: &Profile,
    departments: &[Department],
    form: &Form,
    problems: Problems,
    action: String,
    version: i64,
) -> Shown {
    let filled = (0..MAX_ROWS)
        .rev()
        .find(|index| {
            ["name", "contents", "amount", "class"]
                .iter()
                .any(|column| !form.text(&format!("information.{index}.{column}")).is_empty())
        })
        .map_or(0, |last| last + 1);
    let rows =
        (0..(filled + SPARE_ROWS).min(MAX_ROWS)).map(|index| row_shown(index, form, &problems)).collect();
    let choice = |id: &str, label: &str, hint: &str, typed: &str| Option_ {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        chosen: id == typed,
    };
    let facts = asked(app, profile)
        .iter()
        .map(|definition| {
            let name = field(definition);
            let typed = form.text(&name);
            let (kind, options, unit) = match &definition.kind {
                FactKind::Choice { choices } => (
                    "choice",
                    choices.iter().map(|c| choice(&c.id, &c.label, "", typed)).collect(),
                    String::new(),
                ),
                FactKind::Number { unit } => ("number", Vec::new(), unit.clone()),
                FactKind::Date => ("date", Vec::new(), String::new()),
                FactKind::Text { .. } => ("text", Vec::new(), String::new()),
                FactKind::Flag | FactKind::Class { .. } | FactKind::Path => (
                    "flag",
                    vec![choice("yes", "はい", "", typed), choice("no", "いいえ", "", typed)],
                    String::new(),
                ),
            };
            FactShown {
                label: definition.label.clone(),
                hint: definition.hint.clone().unwrap_or_default(),
                kind,
                options,
                unit,
                value: typed.to_owned(),
                required: definition.required,
                problem: problems.of(&name).unwrap_or_default().to_owned(),
                field: name,
            }
        })
        .collect();
    Shown {
        title: form.text("title").to_owned(),
        departments: departments
            .iter()
            .map(|d| choice(d.id.as_str(), &d.name, "", form.text("department")))
            .collect(),
        facts,
        rows,
        classes: profile.classes.iter().map(|c| choice(&c.id, &c.name, &c.description, "")).collect(),
        problems,
        action,
        version,
    }
}

fn row_shown(index: usize, form: &Form, problems: &Problems) -> RowShown {
    let cell = |column: &str| form.text(&format!("information.{index}.{column}")).to_owned();
    let found = ["name", "contents", "amount", "class"]
        .into_iter()
        .filter_map(|column| {
            Some((column, problems.of(&format!("information.{index}.{column}"))?.to_owned()))
        })
        .collect();
    RowShown {
        index,
        name: cell("name"),
        contents: cell("contents"),
        amount: cell("amount"),
        class: cell("class"),
        personal: cell("personal") == "yes",
        problems: found,
    }
}

/// What is stored as the form that would have stored it.
#[must_use]
pub fn as_form(
    title: &str,
    department: &DepartmentId,
    facts: &[(String, String)],
    rows: &[Information],
) -> Form {
    let mut pairs =
        vec![("title".to_owned(), title.to_owned()), ("department".to_owned(), department.to_string())];
    pairs.extend(facts.iter().map(|(id, text)| (format!("fact.{id}"), text.clone())));
    for (index, row) in rows.iter().enumerate() {
        let amount = row.amount.map_or(String::new(), |amount| amount.to_string());
        let personal = if row.personal { "yes" } else { "" }.to_owned();
        for (column, value) in [
            ("name", row.name.clone()),
            ("contents", row.contents.clone()),
            ("amount", amount),
            ("class", row.class.clone()),
            ("personal", personal),
        ] {
            pairs.push((format!("information.{index}.{column}"), value));
        }
    }
    Form::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.clone())))
}

/// Departments of the organisation, for the sheet.
///
/// # Errors
/// The database.
pub async fn departments(app: &App, person: &crate::access::Person) -> Result<Vec<Department>> {
    let organization = person.organization.id.clone();
    app.db.read(move |conn| Ok(store::accounts::departments(conn, &organization)?)).await
}
