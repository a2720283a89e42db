//! 事業者の画面: invitation, task list, sections, saving, check, submission.

pub mod company;
mod english;
pub mod input;
pub mod inquiries;
pub mod invitation;
pub mod library;
pub mod overview;
pub mod previous;
pub mod questions;
pub mod result;
pub mod reuse;
pub mod review;
pub mod save;
pub mod section;
pub mod sheet;
pub mod submit;
pub mod tasks;
pub mod workbook;
