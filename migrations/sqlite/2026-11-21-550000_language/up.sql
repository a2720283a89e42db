-- The language of a vendor's pages and mails, and the one in which an answered question was shown.

ALTER TABLE vendors ADD COLUMN language TEXT NOT NULL DEFAULT 'ja';
-- None: that of the vendor.
ALTER TABLE vendor_sessions ADD COLUMN language TEXT;
ALTER TABLE answers ADD COLUMN language TEXT NOT NULL DEFAULT 'ja';
ALTER TABLE answer_revisions ADD COLUMN language TEXT NOT NULL DEFAULT 'ja';
