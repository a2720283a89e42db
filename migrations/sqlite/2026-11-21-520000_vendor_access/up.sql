-- Who of a vendor may do what, codes sent by mail, and confirmations within the company.

ALTER TABLE invitations ADD COLUMN role TEXT NOT NULL DEFAULT 'manager';
ALTER TABLE invitations ADD COLUMN sections TEXT;
ALTER TABLE invitations ADD COLUMN invited_by TEXT;
-- Where the addressee can prove who they are; empty where staff enter, who redeem in the moment of making.
ALTER TABLE invitations ADD COLUMN address TEXT;
UPDATE invitations SET address = lower(mail)
WHERE on_behalf_of IS NULL AND (redeemed_at IS NULL OR redeemed_at <> created_at);
CREATE INDEX invitations_address ON invitations (address);

ALTER TABLE vendor_sessions ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE answers ADD COLUMN saved_as TEXT;
ALTER TABLE assessments ADD COLUMN check_required INTEGER NOT NULL DEFAULT 0;

CREATE TABLE sign_in_codes (
    subject TEXT NOT NULL PRIMARY KEY,
    invitation_id TEXT REFERENCES invitations (id),
    code_hash TEXT NOT NULL,
    tries INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    sent_since TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE answer_checks (
    id TEXT NOT NULL PRIMARY KEY,
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    answers_hash TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX sign_in_codes_created_at ON sign_in_codes (created_at);
CREATE INDEX answer_checks_assessment_id ON answer_checks (assessment_id);
