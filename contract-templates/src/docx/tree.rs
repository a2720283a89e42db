//! A small XML tree: what the normalising pass sorts and mends.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A node; texts and attribute values stay escaped as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    Element(Element),
}

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Element {
    pub fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let attributes =
            attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Self { name: name.to_owned(), attributes, children: Vec::new() }
    }

    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, key: &str, value: &str) {
        match self.attributes.iter_mut().find(|(own, _)| own == key) {
            Some((_, own)) => value.clone_into(own),
            None => self.attributes.push((key.to_owned(), value.to_owned())),
        }
    }

    pub fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children
            .iter_mut()
            .filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
    }

    pub fn has_child(&self, name: &str) -> bool {
        self.children.iter().any(|node| matches!(node, Node::Element(element) if element.name == name))
    }

    /// Calls `mend` for this element and everything below it, parents first.
    pub fn visit(&mut self, mend: &mut dyn FnMut(&mut Self)) {
        mend(self);
        for child in self.elements_mut() {
            child.visit(mend);
        }
    }

    /// Reads one XML document.
    pub fn parse(xml: &[u8]) -> Result<Self, quick_xml::Error> {
        let mut reader = Reader::from_reader(xml);
        let mut buffer = Vec::new();
        let mut open: Vec<Self> = vec![Self::default()];
        loop {
            match reader.read_event_into(&mut buffer)? {
                Event::Start(start) => open.push(element(&start)?),
                Event::Empty(start) => {
                    let element = element(&start)?;
                    push(&mut open, Node::Element(element));
                }
                Event::End(_) => {
                    if open.len() > 1
                        && let Some(element) = open.pop()
                    {
                        push(&mut open, Node::Element(element));
                    }
                }
                Event::Text(text) => push(&mut open, Node::Text(text.to_string())),
                Event::GeneralRef(name) => push(&mut open, Node::Text(format!("&{};", &*name))),
                Event::Eof => break,
                _ => {}
            }
            buffer.clear();
        }
        let root = open.into_iter().next().unwrap_or_default();
        let found = root.children.into_iter().find_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        });
        Ok(found.unwrap_or_default())
    }

    pub fn to_xml(&self) -> Vec<u8> {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        self.write(&mut out);
        out.into_bytes()
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (key, value) in &self.attributes {
            out.push(' ');
            out.push_str(key);
            out.push_str("=\"");
            out.push_str(value);
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            match child {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => element.write(out),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn push(open: &mut [Element], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, quick_xml::Error> {
    let mut element = Element { name: start.name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute?;
        element.attributes.push((attribute.key.as_ref().to_owned(), attribute.value.to_string()));
    }
    Ok(element)
}
