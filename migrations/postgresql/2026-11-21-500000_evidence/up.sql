-- Evidence that a vendor hands in for an assessment, with every version of its file.

CREATE TABLE evidence (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    name TEXT NOT NULL,
    issued_on TEXT,
    valid_until TEXT,
    personal BOOLEAN NOT NULL,
    added_by TEXT NOT NULL REFERENCES invitations (id),
    created_at TEXT NOT NULL,
    withdrawn_at TEXT,
    version BIGINT NOT NULL
);

CREATE INDEX evidence_by_assessment ON evidence (assessment_id);

CREATE TABLE evidence_versions (
    id TEXT NOT NULL PRIMARY KEY,
    evidence_id TEXT NOT NULL REFERENCES evidence (id),
    number BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    scan TEXT NOT NULL,
    scan_note TEXT NOT NULL,
    scanned_at TEXT,
    uploaded_by TEXT NOT NULL,
    uploaded_at TEXT NOT NULL,
    UNIQUE (evidence_id, number)
);

CREATE INDEX evidence_versions_by_scan ON evidence_versions (scan);
CREATE INDEX evidence_versions_by_hash ON evidence_versions (sha256);
