//! Every query of Tokki, and nothing else: no rule, no HTTP.
//!
//! Start with [`Db`]: `read` hands out a pooled connection, `write` one immediate transaction.
//! Each file below is one family of tables; functions take a connection and, where an object has an
//! owner, proof of the right to see it ([`Scope`] for staff, [`assessments::Responder`] for vendors).

mod db;
mod error;
mod moment;
mod portable;
mod schema;
mod scope;

pub mod accounts;
pub mod answers;
pub mod approvals;
pub mod assessments;
pub mod cases;
pub mod content;
pub mod contracts;
pub mod conversation;
pub mod evidence;
pub mod inquiries;
pub mod ledger;
pub mod outbox;
pub mod trail;
pub mod vendors;

pub use db::{Backend, Db, OpenError};
pub use error::{Error, Result};
pub use moment::{Day, Stamp};
pub use portable::Conn;
pub use scope::Scope;
