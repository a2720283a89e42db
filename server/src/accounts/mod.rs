//! Signing in and out, passwords, the list of staff.

pub mod create;
pub mod hashing;
pub mod list;
pub mod password;
pub mod sign_in;
pub mod sign_out;
