//! The model as docx-rs paragraphs and tables.
//!
//! Numbers are literal text with hanging indents, so nothing here uses Word's numbering.

use docx_rs::{
    AlignmentType, BreakType, DocGrid, DocGridType, DocumentChild, Docx, Footer, Header, HeightRule,
    LineSpacing, NumPages, PageMargin, PageNum, Paragraph, Run as WordRun, RunFonts, Shading, ShdType,
    SpecialIndentType, Style, StyleType, Table as WordTable, TableCell, TableCellMargins, TableLayoutType,
    TableRow, WidthType, XMLDocx,
};

use super::Properties;
use crate::model::{Block, Document, Item, Layout, Run, Table, plain};

/// Body and heading faces: the ones every municipal office has.
const MINCHO: &str = "ＭＳ 明朝";
const GOTHIC: &str = "ＭＳ ゴシック";
/// 10.5 points in half-points.
const SIZE: usize = 21;
/// One character of the body in twips.
const CHARACTER: i32 = 210;
/// Width of the text area in twips: A4 less margins of 25 mm.
const WIDTH: usize = 11_906 - 2 * 1_418;
/// A row height that nothing real has; the normalising pass turns it into a repeated header row.
pub(super) const HEADER_ROW_MARK: f32 = 0.01;
/// Styles of the paragraph that ends a section of portrait or landscape pages; the normalising pass gives it the page
/// set-up. A document that ends in landscape has no paragraph for that.
pub(super) const END_PORTRAIT: &str = "EndPortrait";
/// The same for landscape pages.
pub(super) const END_LANDSCAPE: &str = "EndLandscape";
/// Width of the text area of a landscape page.
const WIDE: usize = 16_838 - 2 * 1_418;
/// Style of the paragraph behind a table that ends the document: there has to be one, and nobody should see it.
pub(super) const TABLE_END: &str = "TableEnd";
/// Narrowest column in twips: three characters with the margins of the cell.
const LEAST_COLUMN: usize = 880;
/// Height of a row that is to be filled in by hand, in twips: room for a line of handwriting.
const ROOM_TO_WRITE: f32 = 480.0;

/// The parts, and whether the last pages are landscape.
pub(super) fn build(document: &Document, properties: &Properties<'_>) -> (XMLDocx, bool) {
    let mut docx = Docx::new()
        .default_fonts(fonts(MINCHO))
        .default_size(SIZE)
        .page_size(11_906, 16_838)
        .page_margin(PageMargin {
            top: 1_701,
            bottom: 1_418,
            left: 1_418,
            right: 1_418,
            header: 851,
            footer: 709,
            gutter: 0,
        })
        .header(header(properties))
        .footer(footer());
    for style in styles() {
        docx = docx.add_style(style);
    }
    docx.document.section_property = docx
        .document
        .section_property
        .clone()
        .doc_grid(DocGrid::with_empty().grid_type(DocGridType::Lines).line_pitch(360));
    let mut writer = Writer { out: Vec::new(), landscape: false };
    // A turn at the very end turns to nothing.
    let last = document.blocks.iter().rposition(|block| !matches!(block, Block::Turn { .. }));
    for block in document.blocks.iter().take(last.map_or(0, |last| last + 1)) {
        writer.block(block, false);
    }
    let landscape = writer.landscape;
    if let [.., Word::Table(_), Word::Paragraph(last)] = writer.out.as_mut_slice() {
        **last = Paragraph::new().style(TABLE_END);
    }
    // Put in place: adding through the builder would move the whole document for every paragraph.
    docx.document.children.extend(writer.out.into_iter().map(|block| match block {
        Word::Paragraph(paragraph) => DocumentChild::Paragraph(paragraph),
        Word::Table(table) => DocumentChild::Table(table),
    }));
    (docx.build(), landscape)
}

enum Word {
    Paragraph(Box<Paragraph>),
    Table(Box<WordTable>),
}

fn fonts(face: &str) -> RunFonts {
    RunFonts::new().ascii(face).hi_ansi(face).east_asia(face).cs(face)
}

fn styles() -> Vec<Style> {
    let paragraph = |id: &str, name: &str| Style::new(id, StyleType::Paragraph).name(name).based_on("Normal");
    let mut heading = paragraph("ArticleHeading", "条見出し").fonts(fonts(GOTHIC)).outline_lvl(0);
    heading.paragraph_property =
        heading.paragraph_property.keep_next(true).line_spacing(LineSpacing::new().before(180));
    let mut chapter =
        paragraph("Chapter", "章").fonts(fonts(GOTHIC)).align(AlignmentType::Center).outline_lvl(0);
    chapter.paragraph_property =
        chapter.paragraph_property.keep_next(true).line_spacing(LineSpacing::new().before(300).after(60));
    let mut attachment = paragraph("Attachment", "別表・様式").fonts(fonts(GOTHIC)).size(24).outline_lvl(0);
    attachment.paragraph_property =
        attachment.paragraph_property.keep_next(true).line_spacing(LineSpacing::new().after(120));
    let mut sub = paragraph("SubHeading", "小見出し").fonts(fonts(GOTHIC));
    sub.paragraph_property =
        sub.paragraph_property.keep_next(true).line_spacing(LineSpacing::new().before(180).after(60));
    vec![
        paragraph("Title", "Title")
            .fonts(fonts(GOTHIC))
            .size(32)
            .align(AlignmentType::Center)
            .line_spacing(LineSpacing::new().before(120).after(60)),
        paragraph("Subtitle", "Subtitle")
            .align(AlignmentType::Center)
            .line_spacing(LineSpacing::new().after(240)),
        paragraph("Body", "本文").align(AlignmentType::Both).indent(
            None,
            Some(SpecialIndentType::FirstLine(CHARACTER)),
            None,
            None,
        ),
        paragraph("Plain", "左寄せ"),
        paragraph("Right", "右寄せ").align(AlignmentType::Right),
        paragraph("Center", "中央").align(AlignmentType::Center),
        chapter,
        heading,
        paragraph(END_PORTRAIT, "縦向きの終わり").size(2),
        paragraph(END_LANDSCAPE, "横向きの終わり").size(2),
        paragraph(TABLE_END, "表の終わり").size(2),
        paragraph("Article", "条").align(AlignmentType::Both),
        attachment,
        sub,
        paragraph("Cell", "表"),
        paragraph("Running", "ヘッダー・フッター").size(18),
    ]
}

fn header(properties: &Properties<'_>) -> Header {
    let text = if properties.classification.is_empty() {
        properties.title.to_owned()
    } else {
        format!("【{}】　{}", properties.classification, properties.title)
    };
    Header::new().add_paragraph(
        Paragraph::new()
            .style("Running")
            .align(AlignmentType::Right)
            .add_run(WordRun::new().add_text(clean(&text))),
    )
}

fn footer() -> Footer {
    Footer::new().add_paragraph(
        Paragraph::new()
            .style("Running")
            .align(AlignmentType::Center)
            .add_run(WordRun::new().add_text("－ "))
            .add_page_num(PageNum::new())
            .add_run(WordRun::new().add_text(" / "))
            .add_num_pages(NumPages::new())
            .add_run(WordRun::new().add_text(" －")),
    )
}

/// Blocks on their way to paragraphs and tables.
struct Writer {
    out: Vec<Word>,
    /// Whether pages are landscape where we are.
    landscape: bool,
}

impl Writer {
    fn paragraph(&mut self, paragraph: Paragraph) {
        self.out.push(Word::Paragraph(Box::new(paragraph)));
    }

    fn block(&mut self, block: &Block, together: bool) {
        let styled =
            |style: &str, text: &[Run]| with_runs(Paragraph::new().style(style).keep_next(together), text);
        match block {
            Block::Title { text } => self.paragraph(styled("Title", text)),
            Block::Subtitle { text } => self.paragraph(styled("Subtitle", text)),
            Block::Paragraph { layout, text } => {
                let style = match layout {
                    Layout::Body => "Body",
                    Layout::Plain => "Plain",
                    Layout::Right => "Right",
                    Layout::Center => "Center",
                };
                self.paragraph(styled(style, text));
            }
            Block::Heading { text } => self.paragraph(styled("SubHeading", text)),
            Block::Chapter { label, text, .. } => self.paragraph(styled("Chapter", &labelled(label, text))),
            Block::Article(article) => {
                let heading = format!("（{}）", article.heading);
                self.paragraph(styled("ArticleHeading", &[Run::text(heading)]));
                for (index, item) in article.items.iter().enumerate() {
                    let label = if index == 0 { article.label.as_str() } else { item.label.as_str() };
                    self.item(label, item, 0);
                }
            }
            Block::Attachment { label, text, .. } => {
                let paragraph = Paragraph::new().style("Attachment").page_break_before(true);
                self.paragraph(with_runs(paragraph, &labelled(label, text)));
            }
            Block::List { items } => items.iter().for_each(|item| self.item(&item.label, item, 1)),
            Block::Table(table) => {
                self.out.push(Word::Table(Box::new(word_table(
                    table,
                    together,
                    if self.landscape { WIDE } else { WIDTH },
                ))));
                // Two tables in a row would grow together.
                self.paragraph(Paragraph::new().style("Cell"));
            }
            Block::Signature { blocks } => blocks.iter().for_each(|inner| self.block(inner, true)),
            Block::Turn { landscape } => {
                // Pages that nothing stands on are not begun.
                if !self.out.is_empty() && *landscape != self.landscape {
                    // The gap after a table is the paragraph that ends the section.
                    if let [.., Word::Table(_), Word::Paragraph(_)] = self.out.as_slice() {
                        self.out.pop();
                    }
                    let style = if self.landscape { END_LANDSCAPE } else { END_PORTRAIT };
                    self.paragraph(Paragraph::new().style(style));
                }
                self.landscape = *landscape;
            }
        }
    }

    /// Text that hangs under its number: the number stands at the depth, the following lines one character further in.
    fn item(&mut self, label: &str, item: &Item, depth: i32) {
        let left = CHARACTER * (depth + 1);
        let runs = if label.is_empty() { item.text.clone() } else { labelled(label, &item.text) };
        let hanging = Some(SpecialIndentType::Hanging(CHARACTER));
        let paragraph = Paragraph::new().style("Article").indent(Some(left), hanging, None, None);
        self.paragraph(with_runs(paragraph, &runs));
        for child in &item.children {
            self.item(&child.label, child, depth + 1);
        }
    }
}

fn labelled(label: &str, text: &[Run]) -> Vec<Run> {
    let mut runs = vec![Run::text(format!("{label}　"))];
    runs.extend(text.iter().cloned());
    runs
}

fn with_runs(mut paragraph: Paragraph, runs: &[Run]) -> Paragraph {
    for run in runs {
        paragraph = paragraph.add_run(match run {
            Run::Text { text } | Run::Reference { text, .. } => WordRun::new().add_text(clean(text)),
            Run::Blank => WordRun::new().underline("single").add_text("　".repeat(12)),
            Run::Break => WordRun::new().add_break(BreakType::TextWrapping),
        });
    }
    paragraph
}

/// XML has no place for control characters and non-characters; Word could not open the file.
fn clean(text: &str) -> String {
    questionnaires::japanese::text::clean_text(text).replace(['\n', '\t'], " ")
}

fn word_table(table: &Table, together: bool, width: usize) -> WordTable {
    let columns = table.header.len().max(1);
    let widths = widths(table, columns, width);
    let row = |cells: &[Vec<Run>], is_header: bool| {
        let to_fill = cells.iter().any(|cell| cell.is_empty() || cell.as_slice() == [Run::Blank]);
        let cells = widths.iter().enumerate().map(|(index, width)| {
            // A cell is a ruled blank by itself.
            let runs = cells.get(index).map_or(&[][..], Vec::as_slice);
            let runs = if runs == [Run::Blank] { &[] } else { runs };
            let paragraph = with_runs(Paragraph::new().style("Cell").keep_next(is_header || together), runs);
            let cell = TableCell::new().add_paragraph(paragraph).width(*width, WidthType::Dxa);
            if is_header {
                cell.shading(Shading::new().shd_type(ShdType::Clear).color("auto").fill("E7E6E6"))
            } else {
                cell
            }
        });
        let row = TableRow::new(cells.collect()).cant_split();
        match to_fill {
            _ if is_header => row.row_height(HEADER_ROW_MARK),
            true => row.row_height(ROOM_TO_WRITE).height_rule(HeightRule::AtLeast),
            false => row,
        }
    };
    let mut rows = vec![row(&table.header, true)];
    rows.extend(table.rows.iter().map(|cells| row(cells, false)));
    WordTable::new(rows)
        .set_grid(widths.clone())
        .width(widths.iter().sum(), WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(40, 99, 40, 99))
}

/// Columns as wide as their longest content asks for, none narrower than four characters.
fn widths(table: &Table, columns: usize, width: usize) -> Vec<usize> {
    let longest = |column: usize| {
        let cells = std::iter::once(&table.header).chain(&table.rows).filter_map(|row| row.get(column));
        cells.map(|cell| plain(cell).chars().count()).max().unwrap_or(1).clamp(4, 24)
    };
    // A column to be filled in by hand needs room though its cells are empty.
    let blank = |column: usize| {
        !table.rows.is_empty()
            && table.rows.iter().all(|row| row.get(column).is_none_or(|cell| plain(cell).is_empty()))
    };
    let wanted: Vec<usize> = (0..columns)
        .map(|column| if blank(column) { longest(column).max(8) } else { longest(column) })
        .collect();
    let two_columns_to_fill = columns == 2
        && table
            .rows
            .iter()
            .any(|row| row.get(1).is_some_and(|cell| cell.is_empty() || cell.as_slice() == [Run::Blank]));
    let wanted = if two_columns_to_fill { vec![10, 16] } else { wanted };
    let total: usize = wanted.iter().sum();
    // No column so narrow that words stand upright in it.
    let least = LEAST_COLUMN.min(width / columns);
    let shares: Vec<usize> = wanted.iter().map(|share| (width * share / total.max(1)).max(least)).collect();
    let over: usize = shares.iter().sum::<usize>().saturating_sub(width);
    let spare: usize = shares.iter().map(|share| share - least).sum();
    let mut widths: Vec<usize> =
        shares.iter().map(|share| share - (share - least) * over / spare.max(1)).collect();
    // What the division leaves over goes to the last column.
    let given: usize = widths.iter().sum();
    if let Some(last) = widths.last_mut() {
        *last += width.saturating_sub(given);
    }
    widths
}
