//! Markdown into the model.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream};

use crate::compose::{BLANK, REFERENCE_BEGIN, REFERENCE_END};
use crate::model::{Article, Block, Item, Layout, Run, Table, plain};

/// What the skeleton of a document reads as: blocks, with the place where the articles go.
#[derive(Debug, Default)]
pub struct Skeleton {
    /// Blocks before the articles.
    pub before: Vec<Block>,
    /// Blocks after them.
    pub after: Vec<Block>,
}

/// Reads the skeleton of a document.
///
/// A heading with an id begins what its id says: `article-…` an article, `chapter-…` a chapter, `table-…` a 別表,
/// `form-…` a 様式. Marks stand on a line of their own: `<!-- articles -->` where the selected clauses go;
/// `<!-- subtitle -->`, `<!-- right -->`, `<!-- center -->`, `<!-- address -->` and `<!-- plain -->` before a paragraph;
/// `<!-- landscape -->` and `<!-- portrait -->` where pages turn; `<!-- signature -->` and `<!-- /signature -->`
/// around what stays on one page.
#[must_use]
pub fn skeleton(text: &str) -> Skeleton {
    let mut reader = Reader::new(text);
    let mut assembly = Assembly::default();
    while let Some(piece) = reader.piece() {
        assembly.add(piece);
    }
    assembly.finish()
}

/// Puts pieces together to blocks.
#[derive(Default)]
struct Assembly {
    before: Option<Vec<Block>>,
    current: Vec<Block>,
    signature: Option<Vec<Block>>,
    article: Option<Article>,
    next: Next,
}

/// What the next paragraph is.
#[derive(Clone, Copy, Default)]
enum Next {
    #[default]
    Body,
    Subtitle,
    Laid(Layout),
}

impl Assembly {
    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Mark(mark) => self.mark(&mark),
            Piece::Heading(HeadingLevel::H1, _, text) => self.push(Block::Title { text }),
            Piece::Heading(_, Some(id), text) => self.headed(&id.replacen('-', ":", 1), text),
            Piece::Heading(_, None, text) => self.push(Block::Heading { text }),
            Piece::Paragraph(text) => match (std::mem::take(&mut self.next), &mut self.article) {
                (Next::Subtitle, _) => self.push(Block::Subtitle { text }),
                (Next::Laid(layout), _) => self.push(Block::Paragraph { layout, text }),
                (Next::Body, Some(article)) => article.items.push(Item { text, ..Item::default() }),
                (Next::Body, None) => self.push(Block::Paragraph { layout: Layout::Body, text }),
            },
            Piece::List(items) => match &mut self.article {
                Some(article) => add_points(&mut article.items, items),
                None => self.push(Block::List { items }),
            },
            Piece::Table(table) => self.push(Block::Table(table)),
        }
    }

    fn mark(&mut self, mark: &str) {
        match mark {
            "articles" => {
                self.close_article();
                let read = std::mem::take(&mut self.current);
                self.before.get_or_insert_default().extend(read);
            }
            "subtitle" => self.next = Next::Subtitle,
            "right" => self.next = Next::Laid(Layout::Right),
            "center" => self.next = Next::Laid(Layout::Center),
            "address" | "plain" => self.next = Next::Laid(Layout::Plain),
            "landscape" | "portrait" => self.push(Block::Turn { landscape: mark == "landscape" }),
            "signature" => {
                self.close_article();
                self.signature = Some(Vec::new());
            }
            "/signature" => self.close_signature(),
            _ => {}
        }
    }

    fn headed(&mut self, target: &str, text: Vec<Run>) {
        let label = String::new();
        let target = target.to_owned();
        match target.split(':').next() {
            Some("article") => {
                self.close_article();
                let heading = plain(&text);
                self.article = Some(Article { clause: target, label, heading, items: Vec::new() });
            }
            Some("chapter") => self.push(Block::Chapter { target, label, text }),
            _ => self.push(Block::Attachment { target, label, text }),
        }
    }

    fn push(&mut self, block: Block) {
        self.close_article();
        match &mut self.signature {
            Some(blocks) => blocks.push(block),
            None => self.current.push(block),
        }
    }

    fn close_article(&mut self) {
        self.current.extend(self.article.take().map(Block::Article));
    }

    fn close_signature(&mut self) {
        self.close_article();
        self.current.extend(self.signature.take().map(|blocks| Block::Signature { blocks }));
    }

    fn finish(mut self) -> Skeleton {
        self.close_signature();
        match self.before {
            Some(before) => Skeleton { before, after: self.current },
            None => Skeleton { before: self.current, after: Vec::new() },
        }
    }
}

/// A list belongs to the 項 before it.
fn add_points(items: &mut Vec<Item>, children: Vec<Item>) {
    match items.last_mut() {
        Some(item) => item.children.extend(children),
        None => items.push(Item { children, ..Item::default() }),
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
            Piece::List(children) => add_points(&mut items, children),
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
