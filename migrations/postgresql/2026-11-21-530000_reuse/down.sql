DROP TABLE handed_documents;
DROP TABLE results;
DROP TABLE vendor_changes;
ALTER TABLE answer_revisions DROP COLUMN reused_from;
ALTER TABLE answers DROP COLUMN reused_from;
