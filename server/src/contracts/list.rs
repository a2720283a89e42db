//! Every document of a case, by its place in the life of the case: what can be made, what was made.

use axum::extract::{Path, State};
use contract_templates::document::{DocumentTemplate, Stage};
use domain::permission::Permission;
use serde::Serialize;

use super::inputs::{self, Inputs, SPECIAL_SPECIFICATIONS};
use crate::access::Person;
use crate::app::App;
use crate::error::Result;
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query};
use crate::policy::held as policy;

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Case id.
    pub case: String,
    /// 件名
    pub title: String,
    /// Stages with their documents.
    pub stages: Vec<StageShown>,
    /// Whether PDF can be made here.
    pub pdf: bool,
    /// Whether the person may make documents.
    pub may_write: bool,
    /// The kind whose form was sent, with what was typed.
    pub typed: Typed,
    /// Problems.
    pub problems: Problems,
}

/// What was typed in the form of one document.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Typed {
    /// D-…
    pub kind: String,
    /// 文書番号
    pub number: String,
    /// Day.
    pub date: String,
}

/// A stage.
#[derive(Debug, Clone, Serialize)]
pub struct StageShown {
    /// Name.
    pub name: &'static str,
    /// Documents.
    pub documents: Vec<Kind>,
}

/// A kind of document.
#[derive(Debug, Clone, Serialize)]
pub struct Kind {
    /// D-…
    pub id: String,
    /// Title in the words of the policy.
    pub title: String,
    /// Who writes it to whom.
    pub between: String,
    /// Whether the case asks for it.
    pub applies: bool,
    /// Whether its tables are given out as a workbook.
    pub workbook: bool,
    /// Whether it has a page of its own (the 特記仕様書).
    pub own_page: bool,
    /// Versions, latest first.
    pub versions: Vec<Version>,
}

/// A version.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    /// Document id.
    pub id: String,
    /// `第2版　令和8年…　見総第1号`
    pub label: String,
    /// Whether it is the latest.
    pub latest: bool,
    /// Whether there is an earlier one to compare with.
    pub comparable: bool,
}

/// GET
pub async fn page(State(app): State<App>, person: Person, Path(case): Path<String>, query: Query) -> Result {
    let inputs = inputs::load(&app, &person, &case).await?;
    let shown = shown(&app, &person, &inputs)?;
    page::render(
        &app,
        "contracts/list.html",
        &Frame::staff(&person, "文書", "/cases").with_done(&query),
        &shown,
    )
}

/// The page again, with what was typed and what is wrong with it.
///
/// # Errors
/// A profile that is gone.
pub fn refused(
    app: &App,
    person: &Person,
    inputs: &Inputs,
    kind: &str,
    form: &Form,
    problems: Problems,
) -> Result {
    let mut shown = shown(app, person, inputs)?;
    let text = |name: &str| form.text(&format!("{name}-{kind}")).to_owned();
    shown.typed = Typed { kind: kind.to_owned(), number: text("number"), date: text("date") };
    let frame = Frame::staff(person, "文書", "/cases").with_problems(&problems);
    shown.problems = problems;
    page::render_problems(app, "contracts/list.html", &frame, &shown)
}

/// Whether a document is one of this case's.
#[must_use]
pub fn applies(inputs: &Inputs, template: &DocumentTemplate) -> bool {
    template.stage != Stage::Organization
        && template.when.as_ref().is_none_or(|when| when.holds(&inputs.subject()))
}

fn shown(app: &App, person: &Person, inputs: &Inputs) -> Result<Page> {
    let profile = policy::profile_of_case(app, &inputs.case)?;
    let mut templates: Vec<&DocumentTemplate> =
        app.library.documents.iter().filter(|own| own.stage != Stage::Organization).collect();
    templates.sort_by_key(|own| own.stage);
    let mut stages: Vec<StageShown> = Vec::new();
    for template in templates {
        let kind = kind(inputs, template, profile.in_own_words(&template.title).into_owned());
        match stages.last_mut() {
            Some(stage) if stage.name == template.stage.label() => stage.documents.push(kind),
            _ => stages.push(StageShown { name: template.stage.label(), documents: vec![kind] }),
        }
    }
    Ok(Page {
        case: inputs.case.id.to_string(),
        title: inputs.case.title.clone(),
        stages,
        pdf: app.office.program().is_some(),
        may_write: person.may(Permission::WriteDocuments),
        ..Page::default()
    })
}

fn kind(inputs: &Inputs, template: &DocumentTemplate, title: String) -> Kind {
    let own: Vec<_> = inputs.documents.iter().filter(|document| document.kind == template.id).collect();
    let versions = own.iter().enumerate().map(|(index, document)| {
        let number = document.number.as_ref().map_or(String::new(), |number| format!("　{number}"));
        let occasion = if document.occasion == "tender" { "　調達時" } else { "" };
        Version {
            id: document.id.to_string(),
            label: format!(
                "第{}版{occasion}　{}{number}",
                document.version,
                page::moment(document.created_at.get())
            ),
            latest: index == 0,
            comparable: index + 1 < own.len(),
        }
    });
    Kind {
        id: template.id.clone(),
        title,
        between: format!("{} → {}", template.by, template.to),
        applies: applies(inputs, template),
        workbook: template.workbook,
        own_page: template.id == SPECIAL_SPECIFICATIONS,
        versions: versions.collect(),
    }
}
