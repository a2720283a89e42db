DROP TABLE accepted_findings;
DROP TABLE clause_edits;
DROP INDEX documents_organization_id_number;
ALTER TABLE documents DROP COLUMN number;
ALTER TABLE documents DROP COLUMN occasion;
