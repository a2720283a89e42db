//! 事業者の画面: invitation, signing in, task list, sections, saving, check, submission.

pub mod check;
mod code;
pub mod company;
pub mod english;
pub mod input;
pub mod inquiries;
pub mod invitation;
pub mod language;
pub mod library;
pub mod overview;
pub mod people;
pub mod previous;
pub mod questions;
pub mod requests;
pub mod result;
pub mod reuse;
pub mod review;
pub mod save;
pub mod section;
pub mod sheet;
pub mod sign_in;
pub mod signed_out;
pub mod submit;
pub mod tasks;
pub mod workbook;
