-- Questions of vendors to the municipality with their answers, and notices that nobody asked for.

CREATE TABLE inquiries (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    assessment_id TEXT REFERENCES assessments (id),
    question TEXT,
    text TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    published_text TEXT,
    answer TEXT,
    audience TEXT,
    answered_by TEXT REFERENCES staff (id),
    answered_at TEXT,
    version INTEGER NOT NULL
) STRICT;

CREATE INDEX inquiries_case_id ON inquiries (case_id);
