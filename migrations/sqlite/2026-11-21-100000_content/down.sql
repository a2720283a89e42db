DROP TABLE content_editors;
DROP TABLE content_files;
ALTER TABLE organizations DROP COLUMN content_version;
