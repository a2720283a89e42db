//! Mends what docx-rs 0.4 writes: child order after the schema (ISO/IEC 29500-1), repeated header rows, the injected
//! numbering, ids from process-wide counters, core properties.

use docx_rs::XMLDocx;

use super::build::{END_LANDSCAPE, END_PORTRAIT, TABLE_END};
use super::tree::{Element, Node};
use super::{DocxError, Properties};

pub(super) fn normalise(
    parts: &mut XMLDocx,
    properties: &Properties<'_>,
    ends_landscape: bool,
) -> Result<(), DocxError> {
    parts.doc_props.core = core(properties);
    let mut paragraphs = 0;
    mend("document", &mut parts.document, |root| {
        root.visit(&mut |element| {
            mark_header_rows(element);
            complete_section(element);
        });
        turn_pages(root, ends_landscape);
        renumber(root, &mut paragraphs);
    })?;
    mend("styles", &mut parts.styles, |root| root.visit(&mut complete_styles))?;
    mend("numbering", &mut parts.numberings, |root| {
        // docx-rs always injects one list; ours are literal text.
        root.children.clear();
    })?;
    mend("settings", &mut parts.settings, |_| {})?;
    for (name, part) in [("comments", &mut parts.comments), ("footnotes", &mut parts.footnotes)] {
        mend(name, part, |root| renumber(root, &mut paragraphs))?;
    }
    for part in parts.headers.iter_mut().chain(parts.footers.iter_mut()) {
        mend("header", part, |root| renumber(root, &mut paragraphs))?;
    }
    Ok(())
}

fn mend(part: &'static str, bytes: &mut Vec<u8>, change: impl FnOnce(&mut Element)) -> Result<(), DocxError> {
    let mut root = Element::parse(bytes).map_err(|source| DocxError::Part { part, source })?;
    change(&mut root);
    root.visit(&mut sort);
    *bytes = root.to_xml();
    Ok(())
}

fn core(properties: &Properties<'_>) -> Vec<u8> {
    let at = properties.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut root = Element::new(
        "cp:coreProperties",
        &[
            ("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:dcterms", "http://purl.org/dc/terms/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ],
    );
    let w3c = [("xsi:type", "dcterms:W3CDTF")];
    type Field<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let fields: [Field<'_>; 8] = [
        ("dc:title", &[], properties.title),
        ("dc:creator", &[], properties.author),
        ("cp:keywords", &[], properties.classification),
        ("cp:lastModifiedBy", &[], properties.author),
        ("cp:revision", &[], "1"),
        ("dcterms:created", &w3c, &at),
        ("dcterms:modified", &w3c, &at),
        ("dc:language", &[], "ja-JP"),
    ];
    for (name, attributes, text) in fields {
        let mut field = Element::new(name, attributes);
        let clean = questionnaires::japanese::text::clean_text(text);
        field.children.push(Node::Text(quick_xml::escape::escape(clean).into_owned()));
        root.children.push(Node::Element(field));
    }
    root.to_xml()
}

/// The marker height becomes `w:tblHeader`: docx-rs cannot say that a row repeats on every page.
fn mark_header_rows(element: &mut Element) {
    if element.name == "w:trPr" {
        for child in element.elements_mut() {
            if child.name == "w:trHeight" && child.attribute("w:val") == Some("0.01") {
                *child = Element::new("w:tblHeader", &[]);
            }
        }
    }
}

fn complete_section(element: &mut Element) {
    if element.name == "w:sectPr" && !element.has_child("w:docGrid") {
        let grid = Element::new("w:docGrid", &[("w:type", "lines"), ("w:linePitch", "360")]);
        element.children.push(Node::Element(grid));
    }
}

/// Ends a section at every paragraph that turns the page. docx-rs cannot: its sections lose their footers.
fn turn_pages(root: &mut Element, ends_landscape: bool) {
    let Some(body) = root.elements_mut().find(|child| child.name == "w:body") else { return };
    let Some(last) = body.elements_mut().find(|child| child.name == "w:sectPr").map(|own| own.clone()) else {
        return;
    };
    for paragraph in body.elements_mut().filter(|child| child.name == "w:p") {
        let Some(properties) = paragraph.elements_mut().find(|child| child.name == "w:pPr") else { continue };
        let style = properties.elements_mut().find(|child| child.name == "w:pStyle");
        let landscape = match style.and_then(|style| style.attribute("w:val").map(str::to_owned)).as_deref() {
            Some(END_PORTRAIT) => Some(false),
            Some(END_LANDSCAPE) => Some(true),
            Some(TABLE_END) => None,
            _ => continue,
        };
        // Next to no height, so that it never begins a page of its own.
        properties.children.push(Node::Element(Element::new("w:snapToGrid", &[("w:val", "0")])));
        let spacing = [("w:before", "0"), ("w:after", "0"), ("w:line", "20"), ("w:lineRule", "exact")];
        properties.children.push(Node::Element(Element::new("w:spacing", &spacing)));
        properties.children.extend(landscape.map(|landscape| Node::Element(section(&last, landscape))));
    }
    for end in body.elements_mut().filter(|child| child.name == "w:sectPr") {
        *end = section(&last, ends_landscape);
    }
}

/// A section like another, in an orientation.
fn section(like: &Element, landscape: bool) -> Element {
    let mut own = like.clone();
    if landscape {
        for size in own.elements_mut().filter(|child| child.name == "w:pgSz") {
            size.set("w:w", "16838");
            size.set("w:h", "11906");
            size.set("w:orient", "landscape");
        }
    }
    own
}

fn complete_styles(element: &mut Element) {
    match element.name.as_str() {
        "w:style" if element.attribute("w:styleId") == Some("Normal") => element.set("w:default", "1"),
        "w:rPrDefault" => {
            for properties in element.elements_mut().filter(|child| child.name == "w:rPr") {
                let language = Element::new("w:lang", &[("w:val", "en-US"), ("w:eastAsia", "ja-JP")]);
                properties.children.push(Node::Element(language));
            }
        }
        _ => {}
    }
}

/// Paragraph ids come from a counter of the process; counted within the document they are the same every time.
fn renumber(root: &mut Element, count: &mut u32) {
    root.visit(&mut |element| {
        for (key, value) in &mut element.attributes {
            if key == "w14:paraId" {
                *count += 1;
                *value = format!("{count:08X}");
            }
        }
    });
}

/// Puts children into the order of the schema and drops what says nothing.
fn sort(element: &mut Element) {
    if let Some(order) = order(&element.name) {
        element.children.sort_by_key(|node| match node {
            Node::Element(child) => order.iter().position(|name| *name == child.name).unwrap_or(order.len()),
            Node::Text(_) => 0,
        });
    }
    element.children.retain(|node| {
        !matches!(node, Node::Element(child) if matches!(child.name.as_str(), "w:rPr" | "w:pPr") && child.children.is_empty())
    });
    if element.name == "w:gridCol" {
        element.attributes.retain(|(key, _)| key != "w:type");
    }
}

fn order(parent: &str) -> Option<&'static [&'static str]> {
    Some(match parent {
        "w:sectPr" => &[
            "w:headerReference",
            "w:footerReference",
            "w:footnotePr",
            "w:type",
            "w:pgSz",
            "w:pgMar",
            "w:paperSrc",
            "w:pgBorders",
            "w:lnNumType",
            "w:pgNumType",
            "w:cols",
            "w:vAlign",
            "w:titlePg",
            "w:textDirection",
            "w:docGrid",
        ],
        "w:pPr" => &[
            "w:pStyle",
            "w:keepNext",
            "w:keepLines",
            "w:pageBreakBefore",
            "w:widowControl",
            "w:numPr",
            "w:pBdr",
            "w:shd",
            "w:tabs",
            "w:kinsoku",
            "w:wordWrap",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:contextualSpacing",
            "w:adjustRightInd",
            "w:jc",
            "w:textAlignment",
            "w:outlineLvl",
            "w:rPr",
            "w:sectPr",
        ],
        "w:rPr" => &[
            "w:rStyle",
            "w:rFonts",
            "w:b",
            "w:bCs",
            "w:i",
            "w:iCs",
            "w:strike",
            "w:vanish",
            "w:color",
            "w:spacing",
            "w:w",
            "w:kern",
            "w:sz",
            "w:szCs",
            "w:highlight",
            "w:u",
            "w:shd",
            "w:vertAlign",
            "w:lang",
        ],
        "w:tblPr" => &[
            "w:tblStyle",
            "w:tblpPr",
            "w:tblW",
            "w:jc",
            "w:tblInd",
            "w:tblBorders",
            "w:shd",
            "w:tblLayout",
            "w:tblCellMar",
            "w:tblLook",
        ],
        "w:trPr" => &["w:cantSplit", "w:trHeight", "w:tblHeader", "w:jc"],
        "w:tcPr" => &[
            "w:tcW",
            "w:gridSpan",
            "w:vMerge",
            "w:tcBorders",
            "w:shd",
            "w:noWrap",
            "w:tcMar",
            "w:textDirection",
            "w:vAlign",
        ],
        "w:style" => &[
            "w:name",
            "w:aliases",
            "w:basedOn",
            "w:next",
            "w:link",
            "w:uiPriority",
            "w:semiHidden",
            "w:unhideWhenUsed",
            "w:qFormat",
            "w:pPr",
            "w:rPr",
            "w:tblPr",
            "w:trPr",
            "w:tcPr",
        ],
        "w:settings" => &[
            "w:zoom",
            "w:trackRevisions",
            "w:defaultTabStop",
            "w:evenAndOddHeaders",
            "w:characterSpacingControl",
            "w:updateFields",
            "w:compat",
            "w:docVars",
            "w:themeFontLang",
        ],
        _ => return None,
    })
}
