DROP TABLE evidence_versions;
DROP TABLE evidence;
