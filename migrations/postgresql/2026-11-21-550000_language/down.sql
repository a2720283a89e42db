ALTER TABLE answer_revisions DROP COLUMN language;
ALTER TABLE answers DROP COLUMN language;
ALTER TABLE vendor_sessions DROP COLUMN language;
ALTER TABLE vendors DROP COLUMN language;
