//! Spreadsheets in and out: what people type in Excel, read with caps, written as plain text cells.

mod read;
mod write;

pub use read::{Refused, Sheet, read};
pub use write::{Column, Table, write};
