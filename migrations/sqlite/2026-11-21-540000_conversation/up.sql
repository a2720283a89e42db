-- Notes and comments on answers, single questions that went back, and what vendors ask the municipality for.

CREATE TABLE comments (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    question TEXT NOT NULL,
    audience TEXT NOT NULL,
    text TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    author_name TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE INDEX comments_by_assessment ON comments (assessment_id);

CREATE TABLE returned_questions (
    id TEXT NOT NULL PRIMARY KEY,
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    question TEXT NOT NULL,
    reason TEXT NOT NULL,
    answer_version BIGINT NOT NULL,
    returned_by TEXT NOT NULL REFERENCES staff (id),
    returned_at TEXT NOT NULL,
    settled_at TEXT
);

CREATE INDEX returned_questions_by_assessment ON returned_questions (assessment_id);

CREATE TABLE vendor_requests (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    wished_day TEXT,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    answer TEXT NOT NULL,
    settled_by TEXT,
    settled_at TEXT,
    version BIGINT NOT NULL
);

CREATE INDEX vendor_requests_by_assessment ON vendor_requests (assessment_id);
CREATE INDEX vendor_requests_by_outcome ON vendor_requests (organization_id, outcome);
