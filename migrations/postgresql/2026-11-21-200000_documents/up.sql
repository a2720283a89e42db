-- Documents of every kind: what they were made for and their number; articles that staff rewrote; findings that were accepted.

ALTER TABLE documents ADD COLUMN occasion TEXT NOT NULL DEFAULT 'contract';
ALTER TABLE documents ADD COLUMN number TEXT;

CREATE UNIQUE INDEX documents_organization_id_number ON documents (organization_id, number);

CREATE TABLE clause_edits (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    clause TEXT NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    placed_after TEXT NOT NULL,
    reason TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at TEXT NOT NULL
);

CREATE TABLE accepted_findings (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    reason TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at TEXT NOT NULL
);

CREATE INDEX clause_edits_case_id ON clause_edits (case_id);
CREATE INDEX accepted_findings_case_id ON accepted_findings (case_id);
