//! 証拠資料: what a vendor handed in for an assessment, with every version of its file.

use diesel::prelude::*;
use domain::evidence::{FileKind, Scan};
use domain::ids::{
    AssessmentId, CaseId, EvidenceId, EvidenceVersionId, InvitationId, OrganizationId, VendorId,
};
use jiff::Timestamp;

use crate::assessments::Responder;
use crate::error::{Error, Result};
use crate::moment::{Day, Stamp};
use crate::portable::Conn;
use crate::schema::{assessments, documents, evidence, evidence_versions};

/// One piece of evidence.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence)]
pub struct Evidence {
    /// Id, by which answers cite it.
    pub id: EvidenceId,
    /// Owner.
    pub organization_id: OrganizationId,
    /// Assessment that it was handed in for.
    pub assessment_id: AssessmentId,
    /// Plain name.
    pub name: String,
    /// Date of issue.
    pub issued_on: Option<Day>,
    /// Last day of validity.
    pub valid_until: Option<Day>,
    /// Whether it holds personal data of others: fewer people see it.
    pub personal: bool,
    /// Who added it.
    pub added_by: InvitationId,
    /// When it was added.
    pub created_at: Stamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Stamp>,
    /// Row version.
    pub version: i64,
}

/// One version of its file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence_versions)]
pub struct EvidenceVersion {
    /// Id.
    pub id: EvidenceVersionId,
    /// Evidence.
    pub evidence_id: EvidenceId,
    /// From 1.
    pub number: i64,
    /// Name of the file as it came, made harmless.
    pub file_name: String,
    /// Kind by content.
    pub kind: FileKind,
    /// Size.
    pub bytes: i64,
    /// SHA-256 of the content, under which it is stored.
    pub sha256: String,
    /// What the check for malware found.
    pub scan: Scan,
    /// Name of what was found, or why nothing could be checked.
    pub scan_note: String,
    /// When it was checked.
    pub scanned_at: Option<Stamp>,
    /// Who handed it in.
    pub uploaded_by: String,
    /// When.
    pub uploaded_at: Stamp,
}

/// A piece of evidence with its versions, latest first.
#[derive(Debug, Clone)]
pub struct Held {
    /// The evidence.
    pub evidence: Evidence,
    /// Its versions; never empty.
    pub versions: Vec<EvidenceVersion>,
}

impl Held {
    /// The version that counts.
    #[must_use]
    pub fn current(&self) -> Option<&EvidenceVersion> {
        self.versions.first()
    }
}

/// Adds a piece of evidence.
///
/// # Errors
/// The database.
pub fn insert(conn: &mut Conn, row: &Evidence) -> Result<()> {
    diesel::insert_into(evidence::table).values(row).execute(conn)?;
    Ok(())
}

/// Adds a version of a file.
///
/// # Errors
/// [`Error::Duplicate`] when somebody else has added that version first, or the database.
pub fn insert_version(conn: &mut Conn, row: &EvidenceVersion) -> Result<()> {
    diesel::insert_into(evidence_versions::table).values(row).execute(conn)?;
    Ok(())
}

/// The evidence of an assessment that was not withdrawn, oldest first; the caller has checked who may see it.
///
/// # Errors
/// The database.
pub fn of_assessment(conn: &mut Conn, assessment: &AssessmentId) -> Result<Vec<Held>> {
    let rows: Vec<Evidence> = evidence::table
        .filter(evidence::assessment_id.eq(assessment))
        .filter(evidence::withdrawn_at.is_null())
        .order(evidence::id)
        .select(Evidence::as_select())
        .load(conn)?;
    with_versions(conn, rows)
}

fn with_versions(conn: &mut Conn, rows: Vec<Evidence>) -> Result<Vec<Held>> {
    let ids: Vec<&EvidenceId> = rows.iter().map(|row| &row.id).collect();
    let versions: Vec<EvidenceVersion> = evidence_versions::table
        .filter(evidence_versions::evidence_id.eq_any(ids))
        .order(evidence_versions::number.desc())
        .select(EvidenceVersion::as_select())
        .load(conn)?;
    let held = |evidence: Evidence| {
        let own = versions.iter().filter(|version| version.evidence_id == evidence.id).cloned().collect();
        Held { evidence, versions: own }
    };
    Ok(rows.into_iter().map(held).collect())
}

/// Evidence of the responder's own assessment that was not withdrawn.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn own(conn: &mut Conn, responder: &Responder, id: &EvidenceId) -> Result<Held> {
    one(conn, responder.assessment(), id)
}

/// Evidence of an assessment that was not withdrawn; the caller has checked who may see it.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn one(conn: &mut Conn, assessment: &AssessmentId, id: &EvidenceId) -> Result<Held> {
    let row: Evidence = evidence::table
        .find(id)
        .filter(evidence::assessment_id.eq(assessment))
        .filter(evidence::withdrawn_at.is_null())
        .select(Evidence::as_select())
        .first(conn)?;
    with_versions(conn, vec![row])?.pop().ok_or(Error::NotFound)
}

/// Evidence that the same vendor handed in for other assessments of the same organisation and that was submitted,
/// latest first.
///
/// # Errors
/// The database.
pub fn of_vendor_before(
    conn: &mut Conn,
    organization: &OrganizationId,
    vendor: &VendorId,
    but: &AssessmentId,
) -> Result<Vec<Held>> {
    let rows: Vec<Evidence> = evidence::table
        .inner_join(assessments::table.on(assessments::id.eq(evidence::assessment_id)))
        .filter(assessments::organization_id.eq(organization))
        .filter(assessments::vendor_id.eq(vendor))
        .filter(assessments::id.ne(but))
        .filter(assessments::submitted_at.is_not_null())
        .filter(evidence::withdrawn_at.is_null())
        .order(evidence::id.desc())
        .select(Evidence::as_select())
        .load(conn)?;
    with_versions(conn, rows)
}

/// Writes back name, dates and the mark of personal data, if nobody has changed them since they were read.
///
/// # Errors
/// [`Error::Stale`], or the database.
pub fn update(conn: &mut Conn, row: &Evidence) -> Result<()> {
    let changed = diesel::update(evidence::table.find(&row.id).filter(evidence::version.eq(row.version)))
        .set((
            evidence::name.eq(&row.name),
            evidence::issued_on.eq(&row.issued_on),
            evidence::valid_until.eq(&row.valid_until),
            evidence::personal.eq(row.personal),
            evidence::withdrawn_at.eq(&row.withdrawn_at),
            evidence::version.eq(row.version + 1),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Bytes that the versions of an assessment take, withdrawn ones left out.
///
/// # Errors
/// The database.
pub fn bytes_of(conn: &mut Conn, assessment: &AssessmentId) -> Result<i64> {
    let sizes: Vec<i64> = evidence_versions::table
        .inner_join(evidence::table.on(evidence::id.eq(evidence_versions::evidence_id)))
        .filter(evidence::assessment_id.eq(assessment))
        .filter(evidence::withdrawn_at.is_null())
        .select(evidence_versions::bytes)
        .load(conn)?;
    Ok(sizes.into_iter().fold(0, i64::saturating_add))
}

/// Bytes of all evidence of the installation.
///
/// # Errors
/// The database.
pub fn bytes_in_all(conn: &mut Conn) -> Result<i64> {
    // A sum of BIGINT is NUMERIC in one database and BIGINT in the other; the count by size stays BIGINT in both.
    let sizes: Vec<(i64, i64)> = evidence_versions::table
        .group_by(evidence_versions::bytes)
        .select((evidence_versions::bytes, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(sizes.into_iter().fold(0, |sum, (bytes, count)| sum.saturating_add(bytes.saturating_mul(count))))
}

/// Whether a stored file is still needed: by evidence that was not withdrawn, or by a document.
///
/// # Errors
/// The database.
pub fn is_needed(conn: &mut Conn, sha256: &str) -> Result<bool> {
    let cited: i64 = evidence_versions::table
        .inner_join(evidence::table.on(evidence::id.eq(evidence_versions::evidence_id)))
        .filter(evidence_versions::sha256.eq(sha256))
        .filter(evidence::withdrawn_at.is_null())
        .count()
        .get_result(conn)?;
    let generated: i64 = documents::table.filter(documents::sha256.eq(sha256)).count().get_result(conn)?;
    Ok(cited + generated > 0)
}

/// Versions that nothing has checked, oldest first.
///
/// # Errors
/// The database.
pub fn unscanned(conn: &mut Conn, limit: i64) -> Result<Vec<EvidenceVersion>> {
    Ok(evidence_versions::table
        .inner_join(evidence::table.on(evidence::id.eq(evidence_versions::evidence_id)))
        .filter(evidence_versions::scan.eq(Scan::Unscanned))
        .filter(evidence::withdrawn_at.is_null())
        .order(evidence_versions::id)
        .limit(limit)
        .select(EvidenceVersion::as_select())
        .load(conn)?)
}

/// Notes what the check for malware said of a content, wherever it was handed in.
///
/// # Errors
/// The database.
pub fn note_scan(conn: &mut Conn, sha256: &str, scan: Scan, note: &str, at: Timestamp) -> Result<()> {
    diesel::update(evidence_versions::table.filter(evidence_versions::sha256.eq(sha256)))
        .set((
            evidence_versions::scan.eq(scan),
            evidence_versions::scan_note.eq(note),
            evidence_versions::scanned_at.eq(Stamp::from(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The organisation and the case that a piece of evidence belongs to.
///
/// # Errors
/// [`Error::NotFound`], or the database.
pub fn place_of(conn: &mut Conn, id: &EvidenceId) -> Result<(OrganizationId, CaseId)> {
    Ok(evidence::table
        .inner_join(assessments::table.on(assessments::id.eq(evidence::assessment_id)))
        .filter(evidence::id.eq(id))
        .select((evidence::organization_id, assessments::case_id))
        .first(conn)?)
}
