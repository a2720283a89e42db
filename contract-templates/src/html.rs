//! The document as HTML for the preview. Every text is escaped; tags are ours alone.

use std::fmt::Write;

use crate::model::{Article, Block, Document, Item, Layout, Run};

/// HTML of one article, without its heading line (the page puts the reasons beside it).
#[must_use]
pub fn article(article: &Article) -> String {
    let mut out = String::new();
    for (index, item) in article.items.iter().enumerate() {
        let label = if index == 0 { article.label.as_str() } else { item.label.as_str() };
        write_item(&mut out, label, item);
    }
    out
}

/// HTML of everything but the articles and titles: preamble, attachments, signature.
#[must_use]
pub fn rest(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        if !matches!(block, Block::Article(_) | Block::Title { .. }) {
            write_block(&mut out, block);
        }
    }
    out
}

/// HTML of the whole document.
#[must_use]
pub fn whole(document: &Document) -> String {
    let mut out = String::new();
    document.blocks.iter().for_each(|block| write_block(&mut out, block));
    out
}

fn write_block(out: &mut String, block: &Block) {
    match block {
        Block::Title { text } => wrap(out, "h2", "app-document__title", text),
        Block::Article(own) => {
            wrap(out, "h3", "", &[Run::text(format!("（{}）", own.heading))]);
            out.push_str(&article(own));
        }
        Block::Turn { .. } => {}
        Block::Subtitle { text } => wrap(out, "p", "app-document__center", text),
        Block::Paragraph { layout, text } => {
            let class = match layout {
                Layout::Body => "app-document__body",
                Layout::Plain => "",
                Layout::Right => "app-document__right",
                Layout::Center => "app-document__center",
            };
            wrap(out, "p", class, text);
        }
        Block::Chapter { label, text, .. } | Block::Attachment { label, text, .. } => {
            let mut runs = vec![Run::text(format!("{label}　"))];
            runs.extend(text.iter().cloned());
            wrap(out, "h3", "", &runs);
        }
        Block::Heading { text } => wrap(out, "h4", "", text),
        Block::List { items } => items.iter().for_each(|item| write_item(out, &item.label, item)),
        Block::Table(table) => {
            out.push_str("<div class=\"app-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"表\"><table class=\"app-table\"><thead><tr>");
            table.header.iter().for_each(|cell| wrap(out, "th", "", cell));
            out.push_str("</tr></thead><tbody>");
            for row in &table.rows {
                out.push_str("<tr>");
                row.iter().for_each(|cell| wrap(out, "td", "", cell));
                out.push_str("</tr>");
            }
            out.push_str("</tbody></table></div>");
        }
        Block::Signature { blocks } => blocks.iter().for_each(|block| write_block(out, block)),
    }
}

fn write_item(out: &mut String, label: &str, item: &Item) {
    out.push_str("<div class=\"app-item\"><span class=\"app-item__label\">");
    push_escaped(out, label);
    out.push_str("</span><div class=\"app-item__text\">");
    runs(out, &item.text);
    item.children.iter().for_each(|child| write_item(out, &child.label, child));
    out.push_str("</div></div>");
}

fn wrap(out: &mut String, tag: &str, class: &str, text: &[Run]) {
    // Writing into a String cannot fail.
    let _ = if class.is_empty() { write!(out, "<{tag}>") } else { write!(out, "<{tag} class=\"{class}\">") };
    runs(out, text);
    let _ = write!(out, "</{tag}>");
}

fn runs(out: &mut String, runs: &[Run]) {
    for run in runs {
        match run {
            Run::Text { text } => push_escaped(out, text),
            Run::Reference { text, .. } => {
                out.push_str("<span class=\"app-reference\">");
                push_escaped(out, text);
                out.push_str("</span>");
            }
            Run::Blank => out.push_str("<span class=\"app-blank\">（記入欄）</span>"),
            Run::Break => out.push_str("<br>"),
        }
    }
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}
