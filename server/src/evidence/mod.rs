//! 証拠資料: files that a vendor hands in, cites in many answers, and that staff open.
//!
//! [`receive`] takes a file in while it arrives, [`inspect`] says what it really is, [`library`] is the vendor's page
//! of files, [`change`] what happens to one of them, [`download`] hands it out, [`cite`] binds it to answers.

pub mod change;
pub mod cite;
pub mod download;
pub mod library;
pub mod receive;

mod inspect;
