//! The vendor's files: what was handed in, where it is cited, what the check said; and files of earlier requests.

use axum::extract::State;
use domain::evidence::Scan;
use domain::respondent::may_hand_in;
use jiff::civil::Date;
use questionnaires::answer::Validity;
use questionnaires::japanese::date::wareki_short;
use serde::Serialize;
use store::assessments::Responder;
use store::evidence::{self, EvidenceVersion, Held};

use super::cite;
use crate::access::Respondent;
use crate::answering::sheet::{self, Own};
use crate::app::App;
use crate::error::{Error, Result};
use crate::form::{Form, Problems};
use crate::page::{self, Frame, Query, Values};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// 件名
    pub title: String,
    /// Company.
    pub vendor: String,
    /// Whether answers can still be changed.
    pub open: bool,
    /// Files of this request.
    pub files: Vec<FileShown>,
    /// Files of earlier requests that can be taken over.
    pub earlier: Vec<EarlierShown>,
    /// Most megabytes of one file.
    pub file_megabytes: u64,
    /// The same in bytes, for the module that looks before it sends.
    pub file_bytes: u64,
    /// Most megabytes in all.
    pub total_megabytes: u64,
    /// Megabytes in use, with one digit.
    pub used: String,
    /// Whether something checks files for malware.
    pub checking: bool,
    /// What was typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
}

/// A piece of evidence.
#[derive(Debug, Clone, Serialize)]
pub struct FileShown {
    /// Id.
    pub id: String,
    /// Plain name.
    pub name: String,
    /// Date of issue, as typed back.
    pub issued_on: String,
    /// Last day of validity, as typed back.
    pub valid_until: String,
    /// How it stands with its validity; empty when there is nothing to say.
    pub validity: String,
    /// Whether it holds personal data of others.
    pub personal: bool,
    /// Whether this person may open and change it.
    pub mine: bool,
    /// Versions, latest first.
    pub versions: Vec<VersionShown>,
    /// Questions that cite it: address and words.
    pub cited: Vec<(String, String)>,
    /// Row version.
    pub version: i64,
}

/// A version of its file.
#[derive(Debug, Clone, Serialize)]
pub struct VersionShown {
    /// From 1.
    pub number: i64,
    /// File name.
    pub file_name: String,
    /// Kind in words.
    pub kind: &'static str,
    /// Size in words.
    pub size: String,
    /// Who handed it in, and when.
    pub uploaded: String,
    /// What the check said.
    pub scan: &'static str,
    /// `unscanned`, `clean` or `infected`.
    pub scan_id: &'static str,
    /// Whether it may be opened.
    pub opens: bool,
}

/// A file of an earlier request.
#[derive(Debug, Clone, Serialize)]
pub struct EarlierShown {
    /// Id.
    pub id: String,
    /// Plain name.
    pub name: String,
    /// Dates in words.
    pub dates: String,
}

impl VersionShown {
    /// A version as pages show it.
    #[must_use]
    pub fn of(version: &EvidenceVersion) -> Self {
        Self {
            number: version.number,
            file_name: version.file_name.clone(),
            kind: version.kind.label(),
            size: size(version.bytes),
            uploaded: format!("{}　{}", version.uploaded_by, page::moment(version.uploaded_at.get())),
            scan: version.scan.label(),
            scan_id: version.scan.as_str(),
            opens: version.scan != Scan::Infected,
        }
    }
}

/// `1.2メガバイト`, `34キロバイト`
#[must_use]
pub fn size(bytes: i64) -> String {
    const MEGABYTE: i64 = 1024 * 1024;
    if bytes < MEGABYTE {
        return format!("{}キロバイト", (bytes + 1023) / 1024);
    }
    let tenths = (bytes * 10 + MEGABYTE / 2) / MEGABYTE;
    format!("{}.{}メガバイト", tenths / 10, tenths % 10)
}

/// How evidence stands with its last day of validity; empty when there is nothing to say.
#[must_use]
pub fn validity(valid_until: Option<Date>, today: Date) -> String {
    let Some(last) = valid_until else { return String::new() };
    let day = wareki_short(last);
    match Validity::on(today, valid_until) {
        Validity::Expired => format!("有効期限（{day}）を過ぎています"),
        Validity::WithinMonth => format!("有効期限（{day}）まで30日以内です"),
        Validity::WithinQuarter => format!("有効期限（{day}）まで90日以内です"),
        Validity::Holds | Validity::Unstated => String::new(),
    }
}

/// Whether this person may open and change a piece of evidence: personal data stays with whoever added it.
#[must_use]
pub fn is_open_to(held: &Held, responder: &Responder) -> bool {
    !held.evidence.personal || held.evidence.added_by == *responder.invitation()
}

/// GET
pub async fn page(State(app): State<App>, Respondent(responder): Respondent, query: Query) -> Result {
    let own = sheet::load(&app, &responder).await?;
    let shown = shown(&app, &own, &responder, &Form::default(), Problems::default()).await?;
    let frame =
        Frame::vendor(&own.organization, &responder, responder.language().pick("証拠資料", "Evidence"))
            .with_done(&query);
    page::render(&app, "evidence/library.html", &frame, &shown)
}

/// The page again with problems, and what was typed.
pub(super) async fn refused(app: &App, responder: &Responder, form: &Form, problems: Problems) -> Result {
    let own = sheet::load(app, responder).await?;
    let frame =
        Frame::vendor(&own.organization, responder, responder.language().pick("証拠資料", "Evidence"))
            .with_problems(&problems);
    let shown = shown(app, &own, responder, form, problems).await?;
    page::render_problems(app, "evidence/library.html", &frame, &shown)
}

async fn shown(app: &App, own: &Own, responder: &Responder, form: &Form, problems: Problems) -> Result<Page> {
    let (assessment, today) = (own.assessment.clone(), app.today());
    let (held, earlier, used) = app
        .db
        .read(move |conn| {
            let held = evidence::of_assessment(conn, &assessment.id)?;
            let (organization, vendor) = (&assessment.organization_id, &assessment.vendor_id);
            let earlier = evidence::of_vendor_before(conn, organization, vendor, &assessment.id)?;
            let used = evidence::bytes_of(conn, &assessment.id)?;
            Ok::<_, Error>((held, earlier, used))
        })
        .await?;
    let limits = &app.config.evidence;
    let day = |day: &Option<store::Day>| day.as_ref().map_or(String::new(), |day| wareki_short(day.get()));
    let taken: Vec<&str> = held.iter().filter_map(|h| h.current().map(|v| v.sha256.as_str())).collect();
    let mut offered: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for old in &earlier {
        let Some(version) = old.current() else { continue };
        let expired = old.evidence.valid_until.as_ref().is_some_and(|last| last.get() < today);
        let known = taken.contains(&version.sha256.as_str()) || offered.contains(&version.sha256.as_str());
        if expired || known || old.evidence.personal || version.scan == Scan::Infected {
            continue;
        }
        offered.push(&version.sha256);
        let dates = [("発行日", &old.evidence.issued_on), ("有効期限", &old.evidence.valid_until)];
        let dates =
            dates.iter().filter(|(_, day)| day.is_some()).map(|(name, at)| format!("{name} {}", day(at)));
        found.push(EarlierShown {
            id: old.evidence.id.to_string(),
            name: old.evidence.name.clone(),
            dates: dates.collect::<Vec<_>>().join("、"),
        });
    }
    Ok(Page {
        title: own.title.clone(),
        vendor: own.vendor.name.clone(),
        open: own.is_open(app.now()) && may_hand_in(responder.role()).is_ok(),
        files: held
            .iter()
            .map(|held| FileShown {
                id: held.evidence.id.to_string(),
                name: held.evidence.name.clone(),
                issued_on: day(&held.evidence.issued_on),
                valid_until: day(&held.evidence.valid_until),
                validity: validity(held.evidence.valid_until.as_ref().map(store::Day::get), today),
                personal: held.evidence.personal,
                mine: is_open_to(held, responder),
                versions: held.versions.iter().map(VersionShown::of).collect(),
                cited: cited(own, held),
                version: held.evidence.version,
            })
            .collect(),
        earlier: found,
        file_megabytes: limits.file_megabytes,
        file_bytes: limits.file_megabytes * 1024 * 1024,
        total_megabytes: limits.assessment_megabytes,
        used: size(used),
        checking: limits.clamd.is_some(),
        values: page::values(form),
        problems,
    })
}

/// Where a piece of evidence is cited: address and words.
fn cited(own: &Own, held: &Held) -> Vec<(String, String)> {
    let ids = cite::cited_in(&own.saved, held.evidence.id.as_str());
    let sections = own.questionnaire.sections.iter();
    sections
        .flat_map(|section| section.questions.iter().map(|asked| (&section.topic, &asked.question)))
        .filter(|(_, question)| ids.contains(&question.id.as_str()))
        .map(|(topic, question)| {
            (format!("/v/s/{topic}#{}", question.id), format!("{}　{}", question.id, question.title))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn sizes_and_validity_read_as_people_say_them() {
        assert_eq!(size(1), "1キロバイト");
        assert_eq!(size(20 * 1024 * 1024), "20.0メガバイト");
        assert_eq!(size(1_600_000), "1.5メガバイト");
        let today = date(2026, 11, 21);
        assert_eq!(validity(None, today), "");
        assert_eq!(validity(Some(date(2026, 11, 20)), today), "有効期限（令和8年11月20日）を過ぎています");
        assert_eq!(validity(Some(today), today), "有効期限（令和8年11月21日）まで30日以内です");
        assert_eq!(validity(Some(date(2027, 2, 1)), today), "有効期限（令和9年2月1日）まで90日以内です");
        assert_eq!(validity(Some(date(2028, 2, 1)), today), "");
    }
}
