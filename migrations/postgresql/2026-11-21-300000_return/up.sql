-- Why a submitted questionnaire went back to its vendor; empty once it is submitted again.

ALTER TABLE assessments ADD COLUMN return_reason TEXT;
