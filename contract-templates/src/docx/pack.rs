//! The archive: fixed order, fixed time, so that equal parts give equal bytes.

use std::io::{Cursor, Write};

use docx_rs::XMLDocx;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::DocxError;

pub(super) fn pack(parts: &XMLDocx) -> Result<Vec<u8>, DocxError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(64 << 10)));
    let mut put = |name: &str, bytes: &[u8]| {
        archive.start_file(name, options)?;
        archive.write_all(bytes)?;
        Ok::<_, DocxError>(())
    };
    put("[Content_Types].xml", &parts.content_type)?;
    put("_rels/.rels", &parts.rels)?;
    put("docProps/app.xml", &parts.doc_props.app)?;
    put("docProps/core.xml", &parts.doc_props.core)?;
    put("docProps/custom.xml", &parts.doc_props.custom)?;
    put("word/_rels/document.xml.rels", &parts.document_rels)?;
    put("word/document.xml", &parts.document)?;
    put("word/styles.xml", &parts.styles)?;
    put("word/settings.xml", &parts.settings)?;
    put("word/fontTable.xml", &parts.font_table)?;
    put("word/comments.xml", &parts.comments)?;
    put("word/numbering.xml", &parts.numberings)?;
    put("word/commentsExtended.xml", &parts.comments_extended)?;
    put("word/footnotes.xml", &parts.footnotes)?;
    for (folder, files, relations) in
        [("header", &parts.headers, &parts.header_rels), ("footer", &parts.footers, &parts.footer_rels)]
    {
        for (index, bytes) in files.iter().enumerate() {
            put(&format!("word/{folder}{}.xml", index + 1), bytes)?;
            if let Some(bytes) = relations.get(index) {
                put(&format!("word/_rels/{folder}{}.xml.rels", index + 1), bytes)?;
            }
        }
    }
    Ok(archive.finish()?.into_inner())
}
