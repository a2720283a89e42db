-- Answers of before taken over; what a company asks to change of its record; results told to vendors, with documents.

ALTER TABLE answers ADD COLUMN reused_from TEXT REFERENCES assessments (id);
ALTER TABLE answer_revisions ADD COLUMN reused_from TEXT REFERENCES assessments (id);

CREATE TABLE vendor_changes (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    vendor_id TEXT NOT NULL REFERENCES vendors (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    wanted TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT NOT NULL,
    settled_by TEXT REFERENCES staff (id),
    settled_at TEXT
) STRICT;

CREATE TABLE results (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    assessment_id TEXT NOT NULL UNIQUE REFERENCES assessments (id),
    outcome TEXT NOT NULL,
    text TEXT NOT NULL,
    conditions TEXT NOT NULL,
    published_by TEXT NOT NULL REFERENCES staff (id),
    published_at TEXT NOT NULL
) STRICT;

CREATE TABLE handed_documents (
    id TEXT NOT NULL PRIMARY KEY,
    result_id TEXT NOT NULL REFERENCES results (id),
    document_id TEXT NOT NULL REFERENCES documents (id),
    received_by TEXT,
    received_at TEXT,
    UNIQUE (result_id, document_id)
) STRICT;

CREATE INDEX vendor_changes_vendor_id ON vendor_changes (vendor_id);
CREATE INDEX results_case_id ON results (case_id);
