//! 事業者の画面: invitation, task list, sections, saving, check, submission.

mod english;
pub mod input;
pub mod inquiries;
pub mod invitation;
pub mod overview;
pub mod questions;
pub mod review;
pub mod save;
pub mod section;
pub mod sheet;
pub mod submit;
pub mod tasks;
pub mod workbook;
