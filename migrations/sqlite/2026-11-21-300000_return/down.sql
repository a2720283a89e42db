ALTER TABLE assessments DROP COLUMN return_reason;
