//! Reading a Word file back: paragraphs with their style, and the properties.
//!
//! For tests, and for comparing what the other party returns. Foreign files are bounded: an archive that unpacks to
//! more than the cap is refused before it is read.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::tree::{Element, Node};

/// Most bytes that a part may unpack to.
const CAP: u64 = 32 << 20;

/// What a Word file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadBack {
    /// Paragraphs in order, those of tables included: style id and text.
    pub paragraphs: Vec<(String, String)>,
    /// Title of the properties.
    pub title: String,
    /// Author of the properties.
    pub author: String,
    /// Keywords of the properties: the classification.
    pub keywords: String,
    /// Text of the headers.
    pub header: String,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No archive, or a damaged one.
    #[error("Word のファイルとして読み取れません")]
    Archive(#[from] zip::result::ZipError),
    /// A part is missing or not XML.
    #[error("Word のファイルの中身を読み取れません")]
    Part(#[from] quick_xml::Error),
    /// Unpacks to more than any contract.
    #[error("ファイルが大きすぎます")]
    TooLarge,
    /// The disk or memory.
    #[error("ファイルを読み取れません")]
    Io(#[from] std::io::Error),
}

/// Reads a Word file.
///
/// # Errors
/// [`ReadError`]
pub fn read(bytes: &[u8]) -> Result<ReadBack, ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let document = part(&mut archive, "word/document.xml")?;
    let core = part(&mut archive, "docProps/core.xml")?;
    let headers: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .filter(|name| name.starts_with("word/header"))
        .map(std::borrow::Cow::into_owned)
        .collect();
    let mut back = ReadBack::default();
    for name in headers {
        back.header.push_str(&text(&part(&mut archive, &name)?));
    }
    collect(&document, &mut back.paragraphs);
    back.title = child_text(&core, "dc:title");
    back.author = child_text(&core, "dc:creator");
    back.keywords = child_text(&core, "cp:keywords");
    Ok(back)
}

fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Element, ReadError> {
    let mut bytes = Vec::new();
    // Counted while unpacking: the size that the archive declares may lie.
    archive.by_name(name)?.take(CAP + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > CAP {
        return Err(ReadError::TooLarge);
    }
    Ok(Element::parse(&bytes)?)
}

fn collect(element: &Element, paragraphs: &mut Vec<(String, String)>) {
    if element.name == "w:p" {
        paragraphs.push((style(element), text(element)));
        return;
    }
    for child in children(element) {
        collect(child, paragraphs);
    }
}

fn children(element: &Element) -> impl Iterator<Item = &Element> {
    element
        .children
        .iter()
        .filter_map(|node| if let Node::Element(child) = node { Some(child) } else { None })
}

fn style(paragraph: &Element) -> String {
    children(paragraph)
        .filter(|child| child.name == "w:pPr")
        .flat_map(children)
        .find(|child| child.name == "w:pStyle")
        .and_then(|child| child.attribute("w:val"))
        .unwrap_or_default()
        .to_owned()
}

fn text(element: &Element) -> String {
    let mut out = String::new();
    for node in &element.children {
        match node {
            Node::Text(text)
                if element.name == "w:t"
                    || element.name.starts_with("dc")
                    || element.name.starts_with("cp") =>
            {
                out.push_str(&quick_xml::escape::unescape(text).unwrap_or_default());
            }
            Node::Text(_) => {}
            Node::Element(child) => out.push_str(&text_of_child(child)),
        }
    }
    out
}

fn text_of_child(child: &Element) -> String {
    if child.name == "w:br" { "\n".to_owned() } else { text(child) }
}

fn child_text(element: &Element, name: &str) -> String {
    children(element).find(|child| child.name == name).map(text).unwrap_or_default()
}
