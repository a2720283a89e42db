//! Switching a clause on or off, or choosing a variant, with a reason that is kept.

use axum::extract::{Path, State};
use domain::ids::ClauseSwitchId;
use serde_json::json;
use store::contracts::{self, ClauseSwitch};

use super::{inputs, preview};
use crate::access::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame};
use crate::recording::Recorder;

/// POST
pub async fn submit(
    State(app): State<App>,
    person: Person,
    Path((case, clause)): Path<(String, String)>,
    form: Form,
) -> Result {
    let mut inputs = inputs::load(&app, &person, &case).await?;
    if !preview::is_open(&inputs) {
        return Err(Error::Refused {
            message: "条項は、確定した後は変更できません。".into(), clause: None
        });
    }
    let known = app.library.clause(&clause).ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let setting = form.text("setting").to_owned();
    if !["on", "off", "automatic"].contains(&setting.as_str()) {
        problems.add(format!("setting-{clause}"), "条項の扱いを選んでください");
    }
    let variant = Some(form.text("variant").to_owned()).filter(|variant| !variant.is_empty());
    if variant.as_ref().is_some_and(|id| !known.variants.iter().any(|own| own.id == *id)) {
        problems.add(format!("setting-{clause}"), "版を選択肢から選んでください");
    }
    let reason = form.optional("reason", "理由", 500, &mut problems);
    if reason.is_empty() && setting != "automatic" {
        problems.add(
            format!("reason-{clause}"),
            format!("「{}」の扱いを変える理由を入力してください", known.heading),
        );
    }
    let recorder = Recorder::new(&app, &person.organization.id, person.actor());
    let row = ClauseSwitch {
        id: ClauseSwitchId::new(app.uuid()),
        organization_id: person.organization.id.clone(),
        case_id: inputs.case.id.clone(),
        clause: clause.clone(),
        setting,
        variant,
        reason,
        staff_id: person.staff.id.clone(),
        created_at: recorder.at.into(),
    };
    if problems.is_empty() {
        // A switch that would leave a reference without its article is refused before it is stored.
        inputs.switches.push(row.clone());
        if let Err(error) = inputs.draft(&app, &person, inputs::SPECIAL_SPECIFICATIONS)? {
            problems.add(format!("setting-{clause}"), error.to_string());
            inputs.switches.pop();
        }
    }
    if !problems.is_empty() {
        let frame = Frame::staff(&person, "特記仕様書の条項", "/cases").with_problems(&problems);
        let shown = preview::shown(&app, &person, &inputs, problems)?;
        return page::render_problems(&app, "contracts/clauses.html", &frame, &shown);
    }
    app.db
        .write(move |conn| {
            contracts::insert_switch(conn, &row)?;
            let detail = json!({ "clause": row.clause, "setting": row.setting, "variant": row.variant });
            recorder.record(
                conn,
                "clause.switched",
                ("case", row.case_id.as_str()),
                Some(&row.case_id),
                detail,
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(page::redirect(&format!("/cases/{case}/clauses?done=switched#{clause}")))
}
