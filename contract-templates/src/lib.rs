//! What is written: clauses, documents, numbering, checks and Word files. Pure, like everything below the server.
//!
//! Follow a document: [`library`] holds clauses and skeletons; [`select`] decides which clauses and variants apply
//! and why; [`edit`] what staff rewrote; [`compose`] renders values into Markdown and [`markdown`] reads it into the [`model`]; [`numbering`] gives
//! every article, paragraph and reference its literal number; [`lint`] checks the wording; [`docx`] and [`html`]
//! write it down; [`difference`] compares two versions. [`write()`] does all of it.

pub mod comparison;
pub mod compose;
pub mod difference;
pub mod document;
pub mod docx;
pub mod edit;
pub mod html;
pub mod laws;
pub mod library;
pub mod lint;
pub mod markdown;
pub mod model;
pub mod numbering;
pub mod select;
pub mod variables;

mod write;

pub use write::{Draft, Request, WriteError, Written, draft, write};

#[cfg(test)]
mod tests;
