//! Work after the commit: delivering what the outbox holds.

pub mod mail;
pub mod reminders;
