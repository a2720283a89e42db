//! Tokki（特記）: assess contractors and cloud services, write the contract annex, keep the ledger.
//!
//! Start with [`routes`]: every URL of the program stands there with the access that it needs.
//! A handler (`<noun>/<verb>.rs`) parses, calls one use case and renders; a use case loads, asks
//! [`domain`], and does one [`store::Db::write`]. [`app`] holds what all of them share, [`access`]
//! decides who may come in, [`page`] and [`form`] are the two halves of every page, and [`error`]
//! is the only place that turns a failure into an HTTP status.

pub mod access;
pub mod app;
pub mod cli;
pub mod config;
pub mod error;
pub mod files;
pub mod form;
pub mod http;
pub mod page;
pub mod routes;

mod accounts;
mod answering;
mod approvals;
mod archive;
mod assessments;
mod cases;
mod contracts;
mod conversation;
mod evidence;
mod guide;
mod home;
mod inquiries;
pub mod jobs;
mod ledger;
pub mod office;
mod policy;
mod recording;
mod review;
mod spreadsheet;
mod vendors;
