-- Times are UTC text of fixed width (2026-04-01T00:00:00.000000Z), so that they sort in every database.

CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    head_title TEXT NOT NULL,
    office TEXT NOT NULL,
    phone TEXT NOT NULL,
    profile TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE departments (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    position INTEGER NOT NULL,
    UNIQUE (organization_id, name)
) STRICT;

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    sign_in_name TEXT NOT NULL,
    name TEXT NOT NULL,
    position TEXT NOT NULL,
    mail TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_temporary INTEGER NOT NULL CHECK (password_temporary IN (0, 1)),
    password_set_at TEXT NOT NULL,
    disabled_at TEXT,
    failures INTEGER NOT NULL,
    last_failure_at TEXT,
    last_sign_in_at TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (sign_in_name)
) STRICT;

CREATE TABLE appointments (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    role TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    basis TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE staff_sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    previous_sign_in_at TEXT,
    failures_before INTEGER NOT NULL
) STRICT;

CREATE TABLE vendors (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    corporate_number TEXT,
    no_number_reason TEXT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    search_key TEXT NOT NULL,
    address TEXT NOT NULL,
    representative TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_mail TEXT NOT NULL,
    contact_phone TEXT NOT NULL,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (organization_id, corporate_number)
) STRICT;

CREATE TABLE services (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    vendor_id TEXT NOT NULL REFERENCES vendors (id),
    name TEXT NOT NULL,
    search_key TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (vendor_id, name)
) STRICT;

CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    search_key TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    state TEXT NOT NULL,
    path TEXT NOT NULL,
    class TEXT NOT NULL,
    profile TEXT NOT NULL,
    profile_edition TEXT NOT NULL,
    officer_id TEXT NOT NULL REFERENCES staff (id),
    chosen_assessment_id TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (organization_id, number)
) STRICT;

CREATE TABLE case_facts (
    case_id TEXT NOT NULL REFERENCES cases (id),
    fact TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (case_id, fact)
) STRICT;

CREATE TABLE case_information (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    contents TEXT NOT NULL,
    amount INTEGER,
    class TEXT NOT NULL,
    personal INTEGER NOT NULL CHECK (personal IN (0, 1))
) STRICT;

CREATE TABLE questionnaires (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    snapshot TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    questions INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE assessments (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    vendor_id TEXT NOT NULL REFERENCES vendors (id),
    service_id TEXT REFERENCES services (id),
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id),
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    issued_by TEXT NOT NULL REFERENCES staff (id),
    issued_at TEXT NOT NULL,
    started_at TEXT,
    submitted_at TEXT,
    receipt_number TEXT,
    submitted_by TEXT,
    version INTEGER NOT NULL,
    UNIQUE (case_id, vendor_id),
    UNIQUE (receipt_number)
) STRICT;

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    token_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    mail TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    redeemed_at TEXT,
    revoked_at TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (token_hash)
) STRICT;

CREATE TABLE vendor_sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
) STRICT;

CREATE TABLE answers (
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    question TEXT NOT NULL,
    version INTEGER NOT NULL,
    answer TEXT NOT NULL,
    problems INTEGER NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (assessment_id, question)
) STRICT;

CREATE TABLE answer_revisions (
    id TEXT NOT NULL PRIMARY KEY,
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    question TEXT NOT NULL,
    version INTEGER NOT NULL,
    answer TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    UNIQUE (assessment_id, question, version)
) STRICT;

CREATE TABLE evaluations (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    score TEXT NOT NULL,
    criteria TEXT NOT NULL,
    judgement TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    fixed_by TEXT NOT NULL REFERENCES staff (id),
    fixed_at TEXT NOT NULL
) STRICT;

CREATE TABLE applications (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id),
    purpose TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    applicant_id TEXT NOT NULL REFERENCES staff (id),
    submitted_at TEXT NOT NULL,
    closed_at TEXT
) STRICT;

CREATE TABLE decisions (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    application_id TEXT NOT NULL REFERENCES applications (id),
    step INTEGER NOT NULL,
    role TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    conditions TEXT NOT NULL,
    manager_id TEXT REFERENCES staff (id),
    content_hash TEXT NOT NULL,
    decided_by TEXT NOT NULL REFERENCES staff (id),
    decided_at TEXT NOT NULL,
    UNIQUE (application_id, step)
) STRICT;

CREATE TABLE clause_switches (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    clause TEXT NOT NULL,
    setting TEXT NOT NULL,
    variant TEXT,
    reason TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE documents (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    inputs_hash TEXT NOT NULL,
    findings INTEGER NOT NULL,
    classification TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES staff (id),
    created_at TEXT NOT NULL,
    UNIQUE (case_id, kind, version)
) STRICT;

CREATE TABLE ledger_entries (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    vendor_id TEXT NOT NULL REFERENCES vendors (id),
    service_id TEXT REFERENCES services (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    path TEXT NOT NULL,
    class TEXT NOT NULL,
    approved_on TEXT NOT NULL,
    conditions TEXT NOT NULL,
    manager_id TEXT REFERENCES staff (id),
    countries TEXT NOT NULL,
    review_due_on TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (case_id)
) STRICT;

CREATE TABLE trail (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    position INTEGER NOT NULL,
    occurred_at TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    case_id TEXT,
    detail TEXT NOT NULL,
    request_id TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (organization_id, position)
) STRICT;

CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    recipient_mail TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    settled_at TEXT,
    last_error TEXT,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX appointments_staff_id ON appointments (staff_id);
CREATE INDEX staff_sessions_staff_id ON staff_sessions (staff_id);
CREATE INDEX vendors_organization_id_search_key ON vendors (organization_id, search_key);
CREATE INDEX cases_organization_id_state ON cases (organization_id, state);
CREATE INDEX cases_organization_id_updated_at ON cases (organization_id, updated_at);
CREATE INDEX case_information_case_id ON case_information (case_id);
CREATE INDEX questionnaires_case_id ON questionnaires (case_id);
CREATE INDEX assessments_vendor_id ON assessments (vendor_id);
CREATE INDEX invitations_assessment_id ON invitations (assessment_id);
CREATE INDEX vendor_sessions_invitation_id ON vendor_sessions (invitation_id);
CREATE INDEX evaluations_assessment_id ON evaluations (assessment_id);
CREATE INDEX applications_case_id ON applications (case_id);
CREATE INDEX clause_switches_case_id ON clause_switches (case_id);
CREATE INDEX ledger_entries_organization_id_review_due_on ON ledger_entries (organization_id, review_due_on);
CREATE INDEX trail_case_id ON trail (case_id);
CREATE INDEX outbox_state_next_attempt_at ON outbox (state, next_attempt_at);
