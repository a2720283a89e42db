//! Editing a draft: one question, the criteria or the profile at a time.

use axum::extract::{Path, State};
use domain::content::DraftState;
use domain::ids::ContentFileId;
use serde::Serialize;
use serde_json::Value as Json;

use super::drafts::{self, Loaded};
use super::fields::{self, Field, Group, Kind, Shown};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, label, kind, required: true }
}

const fn optional(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, label, kind, required: false }
}

const COMBINES: Kind = Kind::Choice(&[
    ("highest", "最も高い点（ほかの選択1つにつき5点、10点まで加算）"),
    ("lowest", "最も低い点"),
    ("sum", "合計（100点まで）"),
]);
const SEVERITIES: Kind = Kind::Choice(&[
    ("absolute", "絶対（例外なし）"),
    ("excusable", "例外措置により条件付適とすることができる"),
]);

const QUESTION: &[Group] = &[
    Group {
        place: "",
        heading: "設問",
        fields: &[
            field("title", "見出し", Kind::Line),
            field("text", "設問文", Kind::Text),
            field("why", "尋ねる理由", Kind::Text),
            field("paths", "尋ねる経路（「、」で区切る）", Kind::List),
            optional("when", "尋ねる条件", Kind::Condition),
            field("requirements", "確かめる要求（「、」で区切る）", Kind::List),
            optional("clauses", "影響する条項（「、」で区切る）", Kind::List),
            field("weight", "重み（0は採点しない）", Kind::Number),
            optional("combine", "複数選択の点", COMBINES),
            optional("may_be_not_applicable", "「該当なし」と回答することができる", Kind::Flag),
            field("asked_since", "開始日", Kind::Line),
        ],
        open: false,
    },
    Group {
        place: "part[]",
        heading: "回答欄",
        fields: &[
            optional("label", "表示名", Kind::Line),
            optional("hint", "補足", Kind::Text),
            optional("required", "回答を必須とする", Kind::Flag),
            optional("when", "表示する条件", Kind::Condition),
        ],
        open: false,
    },
    Group {
        place: "part[].input.choices[]",
        heading: "選択肢",
        fields: &[
            field("id", "id", Kind::Line),
            field("label", "表示名", Kind::Line),
            optional("points", "点（0から100まで）", Kind::Number),
        ],
        open: true,
    },
    Group {
        place: "points[]",
        heading: "配点の行",
        fields: &[
            optional("when", "条件（最後の行は空欄）", Kind::Condition),
            field("points", "点（0から100まで）", Kind::Number),
            field("label", "この場合の説明", Kind::Line),
        ],
        open: true,
    },
    Group {
        place: "knockout[]",
        heading: "失格とする場合",
        fields: &[
            field("severity", "重さ", SEVERITIES),
            field("when", "条件", Kind::Condition),
            field("reason", "理由（である体）", Kind::Text),
            field("requirement", "根拠の要求", Kind::Line),
        ],
        open: true,
    },
    Group {
        place: "evidence[]",
        heading: "求める証跡",
        fields: &[
            field("id", "id", Kind::Line),
            field("label", "表示名", Kind::Line),
            optional("max_age_months", "有効な月数", Kind::Number),
        ],
        open: true,
    },
    Group {
        place: "term[]",
        heading: "用語の説明",
        fields: &[field("word", "文中のとおりの言葉", Kind::Line), field("meaning", "意味", Kind::Text)],
        open: true,
    },
];

const CRITERIA: &[Group] = &[
    Group {
        place: "",
        heading: "選定基準",
        fields: &[field("name", "名称", Kind::Line), field("edition", "版（2027-04 の形）", Kind::Line)],
        open: false,
    },
    Group {
        place: "evidence_factor",
        heading: "証跡の係数（千分率）",
        fields: &[
            field("confirmed", "職員が確認した証跡がある", Kind::Number),
            field("declared", "自己申告だけである", Kind::Number),
            field("expired", "期限切れの証跡しかない", Kind::Number),
        ],
        open: false,
    },
    Group {
        place: "pass_line[]",
        heading: "合格線",
        fields: &[
            optional("when", "条件（最後の行は空欄）", Kind::Condition),
            field("pass", "適とする総合の適合率（％）", Kind::Number),
            field("section", "適とする区分ごとの適合率（％）", Kind::Number),
            field("conditional", "条件付適とする総合の適合率（％）", Kind::Number),
        ],
        open: true,
    },
    Group {
        place: "minimum_level[]",
        heading: "最低水準",
        fields: &[
            field("id", "id（MIN-01 の形）", Kind::Line),
            field("severity", "重さ", SEVERITIES),
            field("when", "条件", Kind::Condition),
            field("reason", "理由（である体）", Kind::Text),
            field("requirement", "根拠の要求", Kind::Line),
        ],
        open: true,
    },
];

const PROFILE: &[Group] = &[
    Group {
        place: "",
        heading: "方針",
        fields: &[
            field("name", "名称", Kind::Line),
            field("effective_from", "施行日（2027-04-01 の形）", Kind::Line),
            optional("closed_documents", "公開しない文書（「、」で区切る）", Kind::List),
        ],
        open: false,
    },
    Group { place: "terms", heading: "用語", fields: &[], open: false },
    Group { place: "limits", heading: "期限（日、時間、月、年）", fields: &[], open: false },
    Group {
        place: "class[]",
        heading: "機密性の区分",
        fields: &[
            field("name", "名称", Kind::Line),
            field("description", "当てはまる情報", Kind::Text),
            optional("handling", "取扱制限（1行に1つ）", Kind::Lines),
        ],
        open: false,
    },
    Group {
        place: "path[]",
        heading: "経路",
        fields: &[
            field("name", "名称", Kind::Line),
            field("when", "この経路になる条件", Kind::Condition),
            field("applicants", "申請する役割（「、」で区切る）", Kind::List),
            field("evaluators", "評価を確定する役割（「、」で区切る）", Kind::List),
        ],
        open: false,
    },
    Group {
        place: "path[].approval[]",
        heading: "決裁の段階",
        fields: &[
            field("name", "名称", Kind::Line),
            field("roles", "決裁する役割（いずれか。「、」で区切る）", Kind::List),
            field("requirement", "根拠の要求", Kind::Line),
        ],
        open: true,
    },
    Group {
        place: "role[]",
        heading: "役割",
        fields: &[
            field("name", "名称", Kind::Line),
            field("short", "略称", Kind::Line),
            optional("usually", "通常の充て職", Kind::Line),
        ],
        open: false,
    },
    Group {
        place: "contract_item[]",
        heading: "契約に定める事項",
        fields: &[
            field("summary", "内容", Kind::Text),
            field("requirement", "根拠の要求", Kind::Line),
            field("clauses", "満たす条項（「、」で区切る）", Kind::List),
        ],
        open: false,
    },
];

/// What is edited as a whole, where a file holds one thing.
const WHOLE: &str = "all";

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Draft id.
    pub draft: String,
    /// Name of the draft.
    pub name: String,
    /// What is edited: a question id, or `all`.
    pub part: String,
    /// Heading.
    pub heading: String,
    /// Groups of fields.
    pub groups: Vec<Shown>,
    /// Row version.
    pub version: i64,
    /// Problems of the form.
    pub problems: Problems,
}

/// Parts of a draft that can be edited: address and name.
#[must_use]
pub fn parts(draft: &ContentFileId, path: &str, tree: &Json) -> Vec<(String, String)> {
    let address = |part: &str| format!("/policy/drafts/{draft}/edit/{part}");
    if !path.starts_with("questions/") {
        return vec![(address(WHOLE), drafts::name_of(path, tree))];
    }
    let questions = tree.get("question").and_then(Json::as_array).into_iter().flatten();
    let text = |question: &Json, name: &str| {
        question.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    questions
        .map(|question| {
            let id = text(question, "id");
            (address(&id), format!("{id}　{}", text(question, "title")))
        })
        .collect()
}

/// The groups of a file and where the edited part stands in its tree.
fn place<'t>(loaded: &'t Loaded, part: &str) -> Result<(&'static [Group], &'t Json, Option<usize>)> {
    let path = &loaded.file.path;
    if path.starts_with("questions/") {
        let questions = loaded.tree.get("question").and_then(Json::as_array).ok_or(Error::NotFound)?;
        let is_part = |question: &Json| question.get("id").and_then(Json::as_str) == Some(part);
        let index = questions.iter().position(is_part).ok_or(Error::NotFound)?;
        return Ok((QUESTION, questions.get(index).ok_or(Error::NotFound)?, Some(index)));
    }
    if part != WHOLE {
        return Err(Error::NotFound);
    }
    let groups = if path.starts_with("criteria/") { CRITERIA } else { PROFILE };
    Ok((groups, &loaded.tree, None))
}

/// GET
pub async fn page(
    State(app): State<App>,
    person: Person,
    Path((draft, part)): Path<(String, String)>,
) -> Result {
    let loaded = open(&app, &person, &draft).await?;
    let shown = shown(&loaded, &part, None, Problems::default())?;
    let frame = Frame::staff(&person, shown.heading.clone(), "/policy");
    page::render(&app, "policy/edit.html", &frame, &shown)
}

async fn open(app: &App, person: &Person, draft: &str) -> Result<Loaded> {
    let loaded = drafts::load(app, person, draft).await?;
    if loaded.file.state != DraftState::Draft {
        return Err(Error::Refused {
            message: "この草案は、既に公開されたか、取り下げられています。新しく編集を始めてください。"
                .into(),
            clause: None,
        });
    }
    Ok(loaded)
}

fn shown(loaded: &Loaded, part: &str, form: Option<&Form>, problems: Problems) -> Result<Page> {
    let (groups, tree, _) = place(loaded, part)?;
    let name = drafts::name_of(&loaded.file.path, &loaded.tree);
    let version = match form.map(|form| form.text("version").parse()) {
        Some(Ok(version)) => version,
        _ => loaded.file.version,
    };
    Ok(Page {
        draft: loaded.file.id.to_string(),
        heading: if part == WHOLE { format!("{name}の編集") } else { format!("設問 {part} の編集") },
        part: part.to_owned(),
        groups: fields::shown(groups, tree, form, &problems),
        name,
        version,
        problems,
    })
}

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((draft, part)): Path<(String, String)>,
    form: Form,
) -> Result {
    let loaded = open(&app, &person, &draft).await?;
    let version: i64 = form.text("version").parse().map_err(|_| Error::BadRequest("no version"))?;
    let (groups, tree, index) = place(&loaded, &part)?;
    let mut problems = Problems::default();
    let changed = fields::applied(groups, tree, &form, &mut problems);
    if !problems.is_empty() {
        let shown = shown(&loaded, &part, Some(&form), problems)?;
        let frame = Frame::staff(&person, shown.heading.clone(), "/policy").with_problems(&shown.problems);
        return page::render_problems(&app, "policy/edit.html", &frame, &shown);
    }
    let whole = match index {
        None => changed,
        Some(index) => {
            let mut whole = loaded.tree.clone();
            if let Some(question) = whole.get_mut("question").and_then(|list| list.get_mut(index)) {
                *question = changed;
            }
            whole
        }
    };
    let text = drafts::toml_of(&whole)?;
    let id = drafts::save_draft(&app, &person, loaded.file.path, text, Some(version)).await?;
    Ok(page::redirect(&format!("/policy/drafts/{id}?done=saved")))
}

/// POST: copies a question under a new id, or leaves one out from now on.
pub async fn questions(
    State(app): State<App>,
    person: Person,
    Path(draft): Path<String>,
    form: Form,
) -> Result {
    let loaded = open(&app, &person, &draft).await?;
    let version: i64 = form.text("version").parse().map_err(|_| Error::BadRequest("no version"))?;
    let mut whole = loaded.tree.clone();
    let questions = whole.get_mut("question").and_then(Json::as_array_mut).ok_or(Error::NotFound)?;
    let id_of = |question: &Json| question.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
    let at = questions.iter().position(|question| id_of(question) == form.text("question"));
    let at = at.ok_or(Error::NotFound)?;
    let refused = |message: &str| Error::Refused { message: message.to_owned(), clause: None };
    if form.text("act") == "leave-out" {
        if questions.len() == 1 {
            return Err(refused(
                "分野の最後の設問は外せません。分野ごと見直すときは、Excelの表で行ってください。",
            ));
        }
        questions.remove(at);
    } else {
        let new = form.text("id").to_ascii_uppercase();
        let taken = questions.iter().any(|question| id_of(question) == new)
            || app.content_of(&person.organization.id).question(&new).is_some();
        if taken || !questionnaires::condition::is_question_id(&new) {
            return Err(refused(
                "新しい設問の id は、ほかの設問と重ならない LOC-06 の形（大文字3字、「-」、数字2字）で入力してください。",
            ));
        }
        let old = id_of(questions.get(at).ok_or(Error::NotFound)?);
        let mut copy = questions.get(at).cloned().ok_or(Error::NotFound)?;
        rename(&mut copy, &old, &new);
        questions.insert(at + 1, copy);
    }
    let text = drafts::toml_of(&whole)?;
    let id = drafts::save_draft(&app, &person, loaded.file.path, text, Some(version)).await?;
    Ok(page::redirect(&format!("/policy/drafts/{id}?done=saved")))
}

/// A copied question speaks of itself in its conditions.
fn rename(value: &mut Json, old: &str, new: &str) {
    match value {
        Json::String(text) => *text = text.replace(old, new),
        Json::Array(items) => items.iter_mut().for_each(|item| rename(item, old, new)),
        Json::Object(members) => members.values_mut().for_each(|member| rename(member, old, new)),
        _ => {}
    }
}
