//! Spreadsheets in and out: what people type in Excel, read with caps, written as plain text cells.

pub mod csv;
mod read;
mod write;

pub use read::{Merged, Refused, Sheet, read, read_table};
pub use write::{Column, Table, write};
