//! What shows only in the document as a whole.

use std::collections::BTreeSet;

use super::Setting;
use crate::document::Tone;
use crate::model::{Article, Block, Document, Item, Run, plain};

type Found = Vec<(String, String)>;

fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            c => c,
        })
        .collect()
}

fn start_of(text: &str) -> String {
    text.chars().take(20).collect()
}

/// Where an item stands.
fn place(article: &Article, item: &Item) -> String {
    match item.label.as_str() {
        "" => article.label.clone(),
        label => format!("{}第{label}項", article.label),
    }
}

fn items_where(document: &Document, wrong: impl Fn(&Item, &str) -> bool) -> Found {
    let mut found = Vec::new();
    for article in document.articles() {
        for item in &article.items {
            let text = plain(&item.text);
            if wrong(item, &text) {
                found.push((place(article, item), start_of(&text)));
            }
        }
    }
    found
}

/// All blocks, those of signatures included.
fn blocks(document: &Document) -> Vec<&Block> {
    let mut all = Vec::new();
    for block in &document.blocks {
        match block {
            Block::Signature { blocks } => all.extend(blocks),
            block => all.push(block),
        }
    }
    all
}

/// Articles count 1, 2, 3.
pub(super) fn gaps(document: &Document, _: &Setting<'_>) -> Found {
    let suffix = document.numbering.suffix();
    let expected = |index: usize| format!("第{}{suffix}", index + 1);
    document
        .articles()
        .enumerate()
        .filter(|(index, article)| narrow(&article.label) != expected(*index))
        .map(|(_, article)| (article.label.clone(), article.heading.clone()))
        .collect()
}

/// 第1項 bears no number.
pub(super) fn numbered_first(document: &Document, _: &Setting<'_>) -> Found {
    let first = |article: &Article| article.items.first().is_some_and(|item| !item.label.is_empty());
    document
        .articles()
        .filter(|article| first(article))
        .map(|article| (article.label.clone(), article.heading.clone()))
        .collect()
}

/// An article without text.
pub(super) fn empty_article(document: &Document, _: &Setting<'_>) -> Found {
    document
        .articles()
        .filter(|article| article.items.is_empty())
        .map(|article| (article.label.clone(), article.heading.clone()))
        .collect()
}

/// A 項 ends with 。.
pub(super) fn open_end(document: &Document, _: &Setting<'_>) -> Found {
    items_where(document, |_, text| !text.ends_with('。'))
}

/// 次に掲げる needs 号, and 号 need it.
pub(super) fn points_announced(document: &Document, _: &Setting<'_>) -> Found {
    items_where(document, |item, text| {
        let announced =
            text.contains("次に掲げる") || text.contains("次の各号") || text.contains("次のとおり");
        let by_articles = text.contains("次の各条") || text.contains("次条");
        if item.children.is_empty() {
            announced && !by_articles
        } else {
            !announced && !text.contains("次の")
        }
    })
}

/// ただし and この場合において continue their 項.
pub(super) fn broken_off(document: &Document, _: &Setting<'_>) -> Found {
    items_where(document, |_, text| text.starts_with("ただし") || text.starts_with("この場合において"))
}

/// Two articles of one heading.
pub(super) fn same_heading(document: &Document, _: &Setting<'_>) -> Found {
    let mut seen = BTreeSet::new();
    document
        .articles()
        .filter(|article| !seen.insert(article.heading.as_str()))
        .map(|article| (article.label.clone(), article.heading.clone()))
        .collect()
}

/// A heading is no sentence, and its brackets are the program's.
pub(super) fn heading_form(document: &Document, _: &Setting<'_>) -> Found {
    document
        .articles()
        .filter(|article| {
            article.heading.is_empty()
                || article.heading.ends_with('。')
                || article.heading.starts_with(['（', '('])
        })
        .map(|article| (article.label.clone(), article.heading.clone()))
        .collect()
}

/// A table without rows.
pub(super) fn empty_table(document: &Document, _: &Setting<'_>) -> Found {
    let mut found = Vec::new();
    for block in blocks(document) {
        if let Block::Table(table) = block
            && table.rows.is_empty()
        {
            let header = table.header.first().map(|cell| plain(cell)).unwrap_or_default();
            found.push((document.title.clone(), header));
        }
    }
    found
}

/// A row with more or fewer cells than its header.
pub(super) fn ragged_table(document: &Document, _: &Setting<'_>) -> Found {
    let mut found = Vec::new();
    for block in blocks(document) {
        if let Block::Table(table) = block {
            let ragged = table.rows.iter().filter(|row| row.len() != table.header.len());
            found.extend(ragged.map(|row| {
                (document.title.clone(), row.first().map(|cell| start_of(&plain(cell))).unwrap_or_default())
            }));
        }
    }
    found
}

/// A 別表 or 様式 with nothing in it.
pub(super) fn empty_attachment(document: &Document, _: &Setting<'_>) -> Found {
    let mut found = Vec::new();
    let all = blocks(document);
    for (index, block) in all.iter().enumerate() {
        if let Block::Attachment { label, text, .. } = block {
            let next = all.get(index + 1);
            if next.is_none_or(|next| matches!(next, Block::Attachment { .. } | Block::Chapter { .. })) {
                found.push((label.clone(), plain(text)));
            }
        }
    }
    found
}

fn references<'a>(item: &'a Item, targets: &mut BTreeSet<&'a str>) {
    targets.extend(item.text.iter().filter_map(|run| match run {
        Run::Reference { target, .. } => Some(target.as_str()),
        _ => None,
    }));
    item.children.iter().for_each(|child| references(child, targets));
}

/// A 別表 or 様式 that no article speaks of. Only where there are articles.
pub(super) fn unmentioned_attachment(document: &Document, _: &Setting<'_>) -> Found {
    let mut targets = BTreeSet::new();
    for article in document.articles() {
        article.items.iter().for_each(|item| references(item, &mut targets));
    }
    if document.articles().next().is_none() {
        return Vec::new();
    }
    blocks(document)
        .into_iter()
        .filter_map(|block| match block {
            Block::Attachment { target, label, text } if !targets.contains(target.as_str()) => {
                Some((label.clone(), plain(text)))
            }
            _ => None,
        })
        .collect()
}

fn texts(document: &Document) -> Vec<String> {
    super::lines(document).into_iter().map(|line| line.text).collect()
}

/// The words for the parties are defined before they are used.
pub(super) fn undefined_party(document: &Document, setting: &Setting<'_>) -> Found {
    if setting.tone != Tone::Contract || document.articles().next().is_none() {
        return Vec::new();
    }
    let texts = texts(document);
    [&setting.parties.0, &setting.parties.1]
        .into_iter()
        .filter(|party| !party.is_empty())
        .filter(|party| {
            texts
                .iter()
                .any(|text| text.contains(&format!("{party}は")) || text.contains(&format!("{party}が")))
        })
        .filter(|party| !texts.iter().any(|text| text.contains(&format!("「{party}」という"))))
        .map(|party| (document.title.clone(), (*party).clone()))
        .collect()
}

/// Every cost put on the contractor: nobody bids.
pub(super) fn all_costs_on_one(document: &Document, setting: &Setting<'_>) -> Found {
    const MOST: usize = 6;
    let (_, b) = &setting.parties;
    if b.is_empty() {
        return Vec::new();
    }
    let phrase = format!("{b}の負担");
    let count: usize = texts(document).iter().map(|text| text.matches(&phrase).count()).sum();
    if count > MOST {
        vec![(document.title.clone(), format!("「{phrase}」が{count}か所"))]
    } else {
        Vec::new()
    }
}

/// The title says once what the document is.
pub(super) fn no_title(document: &Document, _: &Setting<'_>) -> Found {
    let titles = document.blocks.iter().filter(|block| matches!(block, Block::Title { .. })).count();
    // A text that stands alone has none.
    if titles == 1 || document.blocks.len() < 2 {
        Vec::new()
    } else {
        vec![(document.title.clone(), format!("標題が{titles}件"))]
    }
}

/// 前項 in the first 項 speaks of nothing.
pub(super) fn before_the_first(document: &Document, _: &Setting<'_>) -> Found {
    items_where(document, |item, text| item.label.is_empty() && text.contains("前項"))
}
