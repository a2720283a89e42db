DROP TABLE vendor_requests;
DROP TABLE returned_questions;
DROP TABLE comments;
