//! Markdown into the model.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream};

use crate::compose::{BLANK, REFERENCE_BEGIN, REFERENCE_END};
use crate::model::{Block, Item, Run, Table};

/// What the skeleton of a document reads as: blocks, with the place where the articles go.
#[derive(Debug, Default)]
pub struct Skeleton {
    /// Blocks before the articles.
    pub before: Vec<Block>,
    /// Blocks after them.
    pub after: Vec<Block>,
}

/// Reads the skeleton of a document. Marks: `<!-- subtitle -->` before a line, `<!-- articles -->`,
/// `<!-- signature -->` and `<!-- /signature -->` around a block.
#[must_use]
pub fn skeleton(text: &str) -> Skeleton {
    let mut reader = Reader::new(text);
    let (mut parts, mut current) = (Vec::new(), Vec::new());
    let mut signature: Option<Vec<Block>> = None;
    let mut subtitle = false;
    while let Some(piece) = reader.piece() {
        let block = match piece {
            Piece::Mark(mark) => {
                match mark.as_str() {
                    "articles" => parts.push(std::mem::take(&mut current)),
                    "subtitle" => subtitle = true,
                    "signature" => signature = Some(Vec::new()),
                    "/signature" => {
                        current.extend(signature.take().map(|blocks| Block::Signature { blocks }))
                    }
                    _ => {}
                }
                continue;
            }
            Piece::Heading(HeadingLevel::H1, _, text) => Block::Title { text },
            Piece::Heading(HeadingLevel::H2, Some(id), text) => {
                Block::Attachment { target: id.replacen('-', ":", 1), label: String::new(), text }
            }
            Piece::Heading(_, _, text) => Block::Heading { text },
            Piece::Paragraph(text) if std::mem::take(&mut subtitle) => Block::Subtitle { text },
            Piece::Paragraph(text) => Block::Paragraph { text },
            Piece::List(items) => Block::List { items },
            Piece::Table(table) => Block::Table(table),
        };
        match &mut signature {
            Some(blocks) => blocks.push(block),
            None => current.push(block),
        }
    }
    current.extend(signature.map(|blocks| Block::Signature { blocks }));
    let mut parts = parts.into_iter();
    match parts.next() {
        Some(before) => Skeleton { before, after: parts.flatten().chain(current).collect() },
        None => Skeleton { before: current, after: Vec::new() },
    }
}

/// Reads the text of a clause: a paragraph is a 項, a list under it its 号, a list below those ア, イ.
#[must_use]
pub fn article(text: &str) -> Vec<Item> {
    let mut reader = Reader::new(text);
    let mut items: Vec<Item> = Vec::new();
    while let Some(piece) = reader.piece() {
        match piece {
            Piece::Paragraph(text) | Piece::Heading(_, _, text) => {
                items.push(Item { text, ..Item::default() })
            }
            Piece::List(children) => match items.last_mut() {
                Some(item) => item.children.extend(children),
                None => items.push(Item { children, ..Item::default() }),
            },
            // A table belongs into a 別表; its cells are kept as text so that nothing is lost.
            Piece::Table(table) => {
                let cells = table.header.into_iter().chain(table.rows.into_iter().flatten());
                items.extend(cells.map(|text| Item { text, ..Item::default() }));
            }
            Piece::Mark(_) => {}
        }
    }
    items
}

enum Piece {
    Paragraph(Vec<Run>),
    Heading(HeadingLevel, Option<String>, Vec<Run>),
    List(Vec<Item>),
    Table(Table),
    Mark(String),
}

struct Reader<'a> {
    events: TextMergeStream<'a, Parser<'a>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES;
        Self { events: TextMergeStream::new(Parser::new_ext(text, options)) }
    }

    fn piece(&mut self) -> Option<Piece> {
        loop {
            match self.events.next()? {
                Event::Start(Tag::Paragraph) => return Some(Piece::Paragraph(self.runs())),
                Event::Start(Tag::Heading { level, id, .. }) => {
                    return Some(Piece::Heading(level, id.map(|id| id.to_string()), self.runs()));
                }
                Event::Start(Tag::List(_)) => return Some(Piece::List(self.items())),
                Event::Start(Tag::Table(_)) => return Some(Piece::Table(self.table())),
                Event::Html(html) => {
                    if let Some(mark) =
                        html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"))
                    {
                        return Some(Piece::Mark(mark.trim().to_owned()));
                    }
                }
                _ => {}
            }
        }
    }

    /// Inline text up to the end of the block that was begun.
    fn runs(&mut self) -> Vec<Run> {
        let mut runs = Vec::new();
        for event in self.events.by_ref() {
            match event {
                Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                    push_text(&mut runs, &text)
                }
                Event::HardBreak => runs.push(Run::Break),
                // A line break of the source is nothing in Japanese.
                Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::Item) => {
                    break;
                }
                _ => {}
            }
        }
        runs
    }

    fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => items.push(self.item()),
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    fn item(&mut self) -> Item {
        let mut item = Item::default();
        while let Some(event) = self.events.next() {
            match event {
                Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                    push_text(&mut item.text, &text)
                }
                Event::HardBreak => item.text.push(Run::Break),
                Event::Start(Tag::List(_)) => item.children.extend(self.items()),
                Event::End(TagEnd::Item) => break,
                _ => {}
            }
        }
        item
    }

    fn table(&mut self) -> Table {
        let mut table = Table::default();
        let mut row = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) => row.push(self.runs()),
                Event::End(TagEnd::TableHead) => table.header = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => table.rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        table
    }
}

/// Splits text at the marks of references and blanks.
fn push_text(runs: &mut Vec<Run>, text: &str) {
    let mut plain = String::new();
    let mut target: Option<String> = None;
    let flush = |plain: &mut String, runs: &mut Vec<Run>| {
        if plain.is_empty() {
            return;
        }
        match runs.last_mut() {
            Some(Run::Text { text }) => text.push_str(plain),
            _ => runs.push(Run::text(plain.as_str())),
        }
        plain.clear();
    };
    for c in text.chars() {
        match (c, &mut target) {
            (REFERENCE_BEGIN, _) => {
                flush(&mut plain, runs);
                target = Some(String::new());
            }
            (REFERENCE_END, Some(name)) => {
                runs.push(Run::Reference { target: std::mem::take(name), text: String::new() });
                target = None;
            }
            (BLANK, _) => {
                flush(&mut plain, runs);
                runs.push(Run::Blank);
            }
            (c, Some(name)) => name.push(c),
            (c, None) => plain.push(c),
        }
    }
    flush(&mut plain, runs);
}
