//! The Word file: built with docx-rs, normalised so that it is schema-valid, packed so that equal input gives equal
//! bytes.

mod build;
mod normalise;
mod pack;
mod read;
mod tree;

use jiff::Timestamp;

use crate::model::Document;

pub use read::{ReadBack, ReadError, read};

/// What stands in the properties of the file.
#[derive(Debug, Clone, Copy)]
pub struct Properties<'a> {
    /// Title.
    pub title: &'a str,
    /// Author: the municipality, never a program or a person.
    pub author: &'a str,
    /// 分類, also in the header.
    pub classification: &'a str,
    /// Created and modified: when the inputs last changed.
    pub created: Timestamp,
}

/// Why a Word file cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// A part that docx-rs wrote is not the XML that we know.
    #[error("文書の部品 {part} を整えられません")]
    Part {
        /// Which part.
        part: &'static str,
        /// Why.
        #[source]
        source: quick_xml::Error,
    },
    /// The archive could not be written.
    #[error("文書をまとめられません")]
    Pack(#[from] zip::result::ZipError),
    /// The archive could not be written.
    #[error("文書をまとめられません")]
    Io(#[from] std::io::Error),
}

/// Writes a numbered document as a Word file.
///
/// # Errors
/// Parts that cannot be normalised or packed; does not happen with what [`crate::markdown`] makes.
pub fn write(document: &Document, properties: &Properties<'_>) -> Result<Vec<u8>, DocxError> {
    let (mut parts, landscape) = build::build(document, properties);
    normalise::normalise(&mut parts, properties, landscape)?;
    pack::pack(&parts)
}
