//! What a file really is: by its content, never by its name alone.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use domain::evidence::FileKind;

use crate::archive::{self, Fault, Limits};

/// Word and Excel files unpacked.
const LIMITS: Limits = Limits { entries: 2_000, unpacked: 200 * 1024 * 1024 };
/// Pixels of an image: more can stop the machine that shows it.
const MAX_PIXELS: usize = 40_000_000;
/// Where the end of a ZIP archive can lie, counted from the end of the file.
const ZIP_TAIL: u64 = 65_557;

/// Why a file is not accepted; the text is for the person who sent it, and names the way out.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Not one of the kinds.
    #[error(
        "受け付けられる種類のファイルではありません。PDF、Word（.docx）、Excel（.xlsx）、CSV、テキスト、JPEG、PNGのいずれかにしてください"
    )]
    Kind,
    /// The name says one kind, the content another.
    #[error("ファイル名の末尾（{0}）と中身が合いません。元のソフトで保存し直してください")]
    Name(String),
    /// Nothing in it.
    #[error("ファイルが空です。中身のあるファイルを選んでください")]
    Empty,
    /// A password or a restriction.
    #[error("パスワード又は制限が付いているため、読み取れません。外して保存し直してください")]
    Locked,
    /// Something that could run, or that loads something from elsewhere.
    #[error("{0}を含むファイルは受け付けません。取り除いて保存し直してください")]
    Active(&'static str),
    /// Broken, or built to do harm.
    #[error("ファイルが壊れているか、通常と違う作りになっています。元のソフトで保存し直してください")]
    Broken,
    /// Too much of something.
    #[error("{0}")]
    TooMuch(&'static str),
    /// The disk.
    #[error("ファイルを読み取れませんでした。もう一度送信してください")]
    Disk(#[from] std::io::Error),
}

/// The kind of a file, from its content and its name.
///
/// # Errors
/// The first reason not to accept it.
pub fn kind(path: &Path, name: &str) -> Result<FileKind, Refused> {
    let mut file = File::open(path)?;
    let mut head = [0_u8; 8];
    let read = file.read(&mut head)?;
    let head = head.get(..read).unwrap_or_default();
    if head.is_empty() {
        return Err(Refused::Empty);
    }
    let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase());
    let found = if head.starts_with(b"%PDF-") {
        pdf(&mut file)?;
        FileKind::Pdf
    } else if head.starts_with(b"PK\x03\x04") {
        office(file)?
    } else if head.starts_with(b"\xFF\xD8\xFF") {
        image(path, imagesize::ImageType::Jpeg)?;
        FileKind::Jpg
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        image(path, imagesize::ImageType::Png)?;
        FileKind::Png
    } else if head.starts_with(b"\xD0\xCF\x11\xE0") {
        // The old container of Office, which also wraps a workbook with a password.
        return Err(if matches!(ending.as_str(), "docx" | "xlsx") { Refused::Locked } else { Refused::Kind });
    } else if matches!(ending.as_str(), "csv" | "txt") {
        text(&mut file)?;
        if ending == "csv" { FileKind::Csv } else { FileKind::Txt }
    } else {
        return Err(Refused::Kind);
    };
    if matches!(found, FileKind::Pdf | FileKind::Jpg | FileKind::Png) {
        refuse_second_nature(path)?;
    }
    let fits = ending == found.as_str() || (found == FileKind::Jpg && ending == "jpeg");
    if fits { Ok(found) } else { Err(Refused::Name(ending)) }
}

fn pdf(file: &mut File) -> Result<(), Refused> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    if !holds(b"%%EOF") {
        return Err(Refused::Broken);
    }
    if holds(b"/Encrypt ") || holds(b"/Encrypt\n") || holds(b"/Encrypt\r") || holds(b"/Encrypt<<") {
        return Err(Refused::Locked);
    }
    if holds(b"/JavaScript") || holds(b"/Launch") {
        return Err(Refused::Active("スクリプト"));
    }
    if holds(b"/EmbeddedFile") {
        return Err(Refused::Active("埋め込まれたファイル"));
    }
    Ok(())
}

fn office(file: File) -> Result<FileKind, Refused> {
    let names = archive::look_through(BufReader::new(file), LIMITS).map_err(|fault| match fault {
        Fault::Broken => Refused::Broken,
        Fault::Entries | Fault::Unpacked => {
            Refused::TooMuch("展開後の大きさが200メガバイトを超えています。ファイルを分けてください")
        }
        Fault::Macros => Refused::Active("マクロ"),
        Fault::Embedded => Refused::Active("埋め込まれたファイル"),
        Fault::External => Refused::Active("ほかのファイルへの参照"),
    })?;
    let has = |name: &str| names.iter().any(|known| known == name);
    if names.iter().any(|name| name.ends_with(".zip") || name.ends_with(".exe") || name.ends_with(".js")) {
        return Err(Refused::Active("埋め込まれたファイル"));
    }
    match (has("[content_types].xml"), has("word/document.xml"), has("xl/workbook.xml")) {
        (true, true, false) => Ok(FileKind::Docx),
        (true, false, true) => Ok(FileKind::Xlsx),
        _ => Err(Refused::Kind),
    }
}

fn image(path: &Path, expected: imagesize::ImageType) -> Result<(), Refused> {
    let mut head = Vec::new();
    // Dimensions stand near the beginning; a camera may put its preview before them.
    File::open(path)?.take(4 * 1024 * 1024).read_to_end(&mut head)?;
    if imagesize::image_type(&head).ok() != Some(expected) {
        return Err(Refused::Broken);
    }
    let size = imagesize::blob_size(&head).map_err(|_| Refused::Broken)?;
    if size.width.saturating_mul(size.height) > MAX_PIXELS {
        return Err(Refused::TooMuch("画像が大きすぎます。4,000万画素までに縮小してください"));
    }
    Ok(())
}

/// Text in UTF-8 or in the encoding of Windows, without control characters.
fn text(file: &mut File) -> Result<(), Refused> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let decoded = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let bytes = error.into_bytes();
            let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
            if broken {
                return Err(Refused::Kind);
            }
            text.into_owned()
        }
    };
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    if decoded.chars().any(is_odd) { Err(Refused::Kind) } else { Ok(()) }
}

/// A picture or a PDF that is a ZIP archive as well is built to be taken for either.
fn refuse_second_nature(path: &Path) -> Result<(), Refused> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(ZIP_TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    if tail.windows(4).any(|window| window == b"PK\x05\x06") { Err(Refused::Broken) } else { Ok(()) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn told(content: &[u8], name: &str) -> Result<FileKind, String> {
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tokki_inspect_{}_{number}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        let found = kind(&path, name).map_err(|refused| refused.to_string());
        std::fs::remove_file(&path).unwrap();
        found
    }

    fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
    const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
    const DOCUMENT: (&str, &[u8]) = ("word/document.xml", b"<w:document/>");

    #[test]
    fn honest_files_are_known_by_their_content() {
        assert_eq!(told(PDF, "認証.PDF"), Ok(FileKind::Pdf));
        assert_eq!(told(&zipped(&[TYPES, DOCUMENT]), "規程.docx"), Ok(FileKind::Docx));
        assert_eq!(told(&zipped(&[TYPES, ("xl/workbook.xml", b"<x/>")]), "一覧.xlsx"), Ok(FileKind::Xlsx));
        assert_eq!(told(&png(1_000, 800), "構成図.png"), Ok(FileKind::Png));
        assert_eq!(told("名称,期限\r\n認証,令和9年".as_bytes(), "一覧.csv"), Ok(FileKind::Csv));
        let (shift, ..) = encoding_rs::SHIFT_JIS.encode("認証の範囲");
        assert_eq!(told(&shift, "範囲.txt"), Ok(FileKind::Txt));
        let link: &[u8] = br#"<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://example.jp" TargetMode="External"/></Relationships>"#;
        let linked = zipped(&[TYPES, DOCUMENT, ("word/_rels/document.xml.rels", link)]);
        assert_eq!(told(&linked, "規程.docx"), Ok(FileKind::Docx));
    }

    #[test]
    fn what_hurts_is_refused_with_the_way_out() {
        let template: &[u8] = br#"<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="https://example.jp/a.dotm" TargetMode="External"/></Relationships>"#;
        let huge = vec![b' '; 201 * 1024 * 1024];
        let cases: &[(Vec<u8>, &str, &str)] = &[
            (Vec::new(), "a.pdf", "空"),
            (b"MZ\x90\0".to_vec(), "a.pdf", "種類"),
            (b"#!/bin/sh\n\0".to_vec(), "a.txt", "種類"),
            (b"<html></html>".to_vec(), "a.html", "種類"),
            (PDF.to_vec(), "a.docx", "中身が合いません"),
            (b"%PDF-1.7\n".to_vec(), "a.pdf", "壊れて"),
            ([PDF, b"/Encrypt 5 0 R\n%%EOF"].concat(), "a.pdf", "パスワード"),
            ([PDF, b"/JavaScript\n%%EOF"].concat(), "a.pdf", "スクリプト"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "a.xlsx", "パスワード"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "a.xls", "種類"),
            (zipped(&[("a.txt", b"x")]), "a.zip", "種類"),
            (zipped(&[TYPES, DOCUMENT, ("word/vbaProject.bin", b"x")]), "a.docx", "マクロ"),
            (zipped(&[TYPES, DOCUMENT, ("word/embeddings/a.bin", b"x")]), "a.docx", "埋め込まれた"),
            (
                zipped(&[TYPES, DOCUMENT, ("word/_rels/settings.xml.rels", template)]),
                "a.docx",
                "ほかのファイル",
            ),
            (zipped(&[TYPES, DOCUMENT, ("../evil.xml", b"x")]), "a.docx", "壊れて"),
            (zipped(&[TYPES, ("word/document.xml", &huge)]), "a.docx", "200メガバイト"),
            (png(10_000, 10_000), "a.png", "4,000万画素"),
            ([PDF, &zipped(&[TYPES, DOCUMENT])].concat(), "a.pdf", "壊れて"),
        ];
        for (content, name, words) in cases {
            let refused = told(content, name).unwrap_err();
            assert!(refused.contains(words), "{name}: {refused}");
        }
    }
}
