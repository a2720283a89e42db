//! Who may do what, when. Pure: takes facts, returns values; no clock, database, request or file.
//!
//! Start with [`case`], the one place that decides what may happen next; [`permission`] says which
//! role may try it; [`approval`] keeps applicant and approver apart by person; [`trail`] makes every
//! change a row that shows tampering.

#[macro_use]
mod text;

pub mod account;
pub mod approval;
pub mod case;
pub mod code;
pub mod content;
pub mod conversation;
pub mod evidence;
pub mod ids;
pub mod inquiry;
pub mod language;
pub mod organization;
pub mod permission;
pub mod receipt;
pub mod respondent;
pub mod trail;
pub mod vendor;
