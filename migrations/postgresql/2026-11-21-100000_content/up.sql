-- Rules, questions and criteria that a municipality changes itself: drafts, and what was published when by whom.

ALTER TABLE organizations ADD COLUMN content_version BIGINT NOT NULL DEFAULT 0;

CREATE TABLE content_files (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    path TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    base_version BIGINT NOT NULL,
    edited_by TEXT NOT NULL REFERENCES staff (id),
    edited_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    settled_by TEXT REFERENCES staff (id),
    settled_at TEXT,
    published_version BIGINT,
    version BIGINT NOT NULL
);

CREATE UNIQUE INDEX content_files_one_draft ON content_files (organization_id, path) WHERE state = 'draft';
CREATE INDEX content_files_organization_id_state ON content_files (organization_id, state);

CREATE TABLE content_editors (
    file_id TEXT NOT NULL REFERENCES content_files (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    first_edited_at TEXT NOT NULL,
    PRIMARY KEY (file_id, staff_id)
);
