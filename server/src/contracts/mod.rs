//! Documents: clauses with their reasons, switches and edits, every other document, generation, comparison, download.

pub mod difference;
pub mod download;
pub mod draft;
pub mod edit;
pub mod generate;
pub mod inputs;
pub mod known;
pub mod list;
pub mod organization;
pub mod preview;
pub mod rule_tables;
pub mod switch;
pub mod values;
pub mod workbook;
