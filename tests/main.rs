//! The one black-box test binary: it knows the program by its URLs, its command line and its files.
//!
//! Every HTTP test runs on SQLite, and on PostgreSQL as well when `TOKKI_TEST_POSTGRESQL_URL` names a server.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

mod access;
mod browser;
mod command_line;
mod contracts;
mod conversation;
mod corpus;
mod deadlines;
mod documents;
mod english;
mod evidence;
mod forms;
mod guide;
mod inquiries;
mod isolation;
mod load;
mod mail;
mod main_job;
mod policies;
mod policy;
mod repository;
mod results;
mod reuse;
mod round_trip;
mod speed;
mod store;
mod templates;
mod vendor_access;
mod workbook;
