//! Looking through a ZIP archive (Word, Excel) before any reader sees it.
//!
//! Entries may overlap, lie about their size or unpack to gigabytes: everything is inflated once and counted.

use std::io::{Read, Seek};

/// How much an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries.
    pub entries: usize,
    /// Bytes of all entries after unpacking.
    pub unpacked: u64,
}

/// Why an archive is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Broken, encrypted, or with entries that no honest program writes.
    Broken,
    /// Too many entries.
    Entries,
    /// Too large after unpacking.
    Unpacked,
    /// Macros.
    Macros,
    /// Embedded files.
    Embedded,
    /// References to other files.
    External,
}

/// Names of the entries of an honest archive, in lower case.
///
/// # Errors
/// The first reason not to read it.
pub fn look_through(file: impl Read + Seek, limits: Limits) -> Result<Vec<String>, Fault> {
    let mut archive = zip::ZipArchive::new(file).map_err(|_| Fault::Broken)?;
    if archive.len() > limits.entries {
        return Err(Fault::Entries);
    }
    if archive.has_overlapping_files().unwrap_or(true) {
        return Err(Fault::Broken);
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut left = limits.unpacked;
    let mut buffer = [0_u8; 64 * 1024];
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|_| Fault::Broken)?;
        let name = entry.name().map_err(|_| Fault::Broken)?.to_ascii_lowercase();
        if entry.encrypted() || entry.is_symlink() || entry.enclosed_name().is_none() || name.contains('\\') {
            return Err(Fault::Broken);
        }
        if name.ends_with("vbaproject.bin") {
            return Err(Fault::Macros);
        }
        if name.contains("/embeddings/") || name.contains("oleobject") || name.contains("/activex/") {
            return Err(Fault::Embedded);
        }
        if name.contains("/externallinks/") {
            return Err(Fault::External);
        }
        let mut relations = name.ends_with(".rels").then(Vec::new);
        loop {
            let read = entry.read(&mut buffer).map_err(|_| Fault::Broken)?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or(Fault::Unpacked)?;
            if let Some(kept) = &mut relations {
                kept.extend_from_slice(buffer.get(..read).unwrap_or_default());
            }
        }
        if relations.is_some_and(|kept| leads_outside(&kept)) {
            return Err(Fault::External);
        }
        names.push(name);
    }
    Ok(names)
}

/// Whether a part loads something from elsewhere. A hyperlink only leads there when somebody follows it.
fn leads_outside(relations: &[u8]) -> bool {
    let text = String::from_utf8_lossy(relations);
    text.split('<')
        .filter(|element| {
            element.contains("TargetMode=\"External\"") || element.contains("TargetMode='External'")
        })
        .any(|element| !element.contains("/relationships/hyperlink"))
}
