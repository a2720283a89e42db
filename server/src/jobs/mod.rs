//! Work after the commit: delivering what the outbox holds, reminding, checking files for malware.

pub mod mail;
pub mod reminders;
pub mod scan;
