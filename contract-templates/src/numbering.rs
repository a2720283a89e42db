//! Numbers as literal text: 条, 項, 号, ア, 別表, 様式, and every reference to them.
//!
//! Numbers that Word computes change or vanish when a file passes a gateway that disarms it, and cannot be compared
//! with what was approved; ours are text. References go by id, so switching a clause cannot leave a wrong number behind.

use std::collections::BTreeMap;

use questionnaires::japanese::width::{digits, digits_in_words};
use questionnaires::policy::Digits;

use crate::model::{Article, Block, Document, Item, Run};

/// A reference that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}から参照する「{target}」が、この文書にありません")]
pub struct DanglingReference {
    /// Where the reference stands.
    pub place: String,
    /// What it names.
    pub target: String,
}

/// ア, イ, … as items of the third level are counted (いろは順 is not used in contracts).
const KATAKANA: &[char] = &[
    'ア', 'イ', 'ウ', 'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ',
    'ツ', 'テ', 'ト', 'ナ', 'ニ', 'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ',
    'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル', 'レ', 'ロ', 'ワ', 'ヲ', 'ン',
];

/// Where an article stands and how many 項 it has.
#[derive(Debug, Clone)]
struct Place {
    number: usize,
    heading: String,
    paragraphs: usize,
}

/// Numbers a document in the digits of a style and resolves its references. `survivors` are the clauses that outlive
/// the contract, in document order.
///
/// # Errors
/// Every reference that leads nowhere; none is ever left as a number.
pub fn number(
    mut document: Document,
    style: Digits,
    survivors: &[String],
) -> Result<Document, Vec<DanglingReference>> {
    let places: BTreeMap<String, Place> = document
        .articles()
        .enumerate()
        .map(|(index, article)| {
            let place = Place {
                number: index + 1,
                heading: article.heading.clone(),
                paragraphs: article.items.len(),
            };
            (article.clause.clone(), place)
        })
        .collect();
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    let (mut tables, mut forms, mut chapters) = (0, 0, 0);
    for block in &mut document.blocks {
        let (target, label, written) = match block {
            Block::Attachment { target, label, .. } if target.starts_with("table:") => {
                tables += 1;
                (target, label, format!("別表{tables}"))
            }
            Block::Attachment { target, label, .. } => {
                forms += 1;
                (target, label, format!("様式第{forms}号"))
            }
            Block::Chapter { target, label, .. } => {
                chapters += 1;
                (target, label, format!("第{chapters}章"))
            }
            _ => continue,
        };
        *label = digits(&written, style);
        labels.insert(target.clone(), label.clone());
    }
    let suffix = document.numbering.suffix();
    let mut numberer = Numberer { places, labels, survivors, style, suffix, dangling: Vec::new() };
    for block in &mut document.blocks {
        numberer.block(block);
    }
    if numberer.dangling.is_empty() { Ok(document) } else { Err(numberer.dangling) }
}

struct Numberer<'a> {
    places: BTreeMap<String, Place>,
    /// Of chapters, 別表 and 様式.
    labels: BTreeMap<String, String>,
    survivors: &'a [String],
    style: Digits,
    /// 条, or nothing where articles are counted 第1, 第2.
    suffix: &'static str,
    dangling: Vec<DanglingReference>,
}

/// Where a text stands, for references that are spoken from there.
#[derive(Clone, Copy, Default)]
struct Here<'a> {
    clause: &'a str,
    article: usize,
    paragraph: usize,
}

impl Numberer<'_> {
    fn block(&mut self, block: &mut Block) {
        match block {
            Block::Article(article) => self.article(article),
            Block::Title { text }
            | Block::Subtitle { text }
            | Block::Paragraph { text, .. }
            | Block::Heading { text }
            | Block::Chapter { text, .. }
            | Block::Attachment { text, .. } => self.runs(text, Here::default()),
            Block::List { items } => {
                for (index, item) in items.iter_mut().enumerate() {
                    item.label = digits(&(index + 1).to_string(), self.style);
                    self.item(item, 0, Here::default());
                }
            }
            Block::Table(table) => {
                for cell in table.header.iter_mut().chain(table.rows.iter_mut().flatten()) {
                    self.runs(cell, Here::default());
                }
            }
            Block::Signature { blocks } => blocks.iter_mut().for_each(|block| self.block(block)),
            Block::Turn { .. } => {}
        }
    }

    fn article(&mut self, article: &mut Article) {
        let number = self.places.get(&article.clause).map_or(0, |place| place.number);
        article.label = self.numbered("第", number, self.suffix);
        let clause = article.clause.clone();
        for (index, item) in article.items.iter_mut().enumerate() {
            // 第1項には番号を付けない。
            item.label =
                if index == 0 { String::new() } else { digits(&(index + 1).to_string(), self.style) };
            self.item(item, 0, Here { clause: &clause, article: number, paragraph: index + 1 });
        }
    }

    fn item(&mut self, item: &mut Item, depth: usize, here: Here<'_>) {
        self.runs(&mut item.text, here);
        for (index, child) in item.children.iter_mut().enumerate() {
            child.label = match depth {
                0 => digits(&format!("({})", index + 1), self.style),
                1 => KATAKANA.get(index).map_or_else(|| (index + 1).to_string(), char::to_string),
                _ => format!("({})", KATAKANA.get(index).copied().unwrap_or('・')),
            };
            self.item(child, depth + 1, here);
        }
    }

    fn runs(&mut self, runs: &mut [Run], here: Here<'_>) {
        for run in runs {
            match run {
                Run::Reference { target, text } => match self.resolve(target, here) {
                    Some(resolved) => *text = resolved,
                    None => {
                        let place = if here.clause.is_empty() { "文書" } else { here.clause };
                        self.dangling
                            .push(DanglingReference { place: place.to_owned(), target: target.clone() });
                    }
                },
                Run::Text { text } => *text = digits_in_words(text, self.style),
                Run::Blank | Run::Break => {}
            }
        }
    }

    fn numbered(&self, before: &str, number: usize, after: &str) -> String {
        digits(&format!("{before}{number}{after}"), self.style)
    }

    fn resolve(&self, target: &str, here: Here<'_>) -> Option<String> {
        if target == "survivors" {
            return self.survivors_in_words(here);
        }
        if let Some(label) = self.labels.get(target) {
            return Some(label.clone());
        }
        let (clause, inner) = target.split_once('#').unwrap_or((target, ""));
        let own = clause.is_empty() || clause == here.clause;
        let place = self.places.get(if clause.is_empty() { here.clause } else { clause })?;
        let (paragraph, point) = inner.split_once('.').unwrap_or((inner, ""));
        let named = here.article > 0 && !self.suffix.is_empty();
        let article = match place.number {
            _ if own => String::new(),
            // Where articles are counted 第1, 第2 there is no 条 to speak of.
            number if named && number + 1 == here.article => "前条".to_owned(),
            number if named && number == here.article + 1 => "次条".to_owned(),
            number => self.numbered("第", number, self.suffix),
        };
        let paragraph = match paragraph {
            "" if own && !clause.is_empty() => return Some("この条".to_owned()),
            "" => String::new(),
            text => {
                let number: usize =
                    text.parse().ok().filter(|number| (1..=place.paragraphs).contains(number))?;
                match number {
                    number if own && number == here.paragraph && !point.is_empty() => String::new(),
                    number if own && number + 1 == here.paragraph => "前項".to_owned(),
                    // An article of one 項 is quoted without it.
                    _ if !own && place.paragraphs == 1 => String::new(),
                    number => self.numbered("第", number, "項"),
                }
            }
        };
        let point = match point {
            "" => String::new(),
            text => self.numbered("第", text.parse().ok()?, "号"),
        };
        Some(format!("{article}{paragraph}{point}")).filter(|text| !text.is_empty())
    }

    /// 「第9条（秘密の保持）、第10条（…）及び第34条（…）」, without the article that says so.
    fn survivors_in_words(&self, here: Here<'_>) -> Option<String> {
        let named: Vec<String> = self
            .survivors
            .iter()
            .filter(|clause| *clause != here.clause)
            .filter_map(|clause| self.places.get(clause))
            .map(|place| format!("{}（{}）", self.numbered("第", place.number, self.suffix), place.heading))
            .collect();
        match named.split_last()? {
            (last, []) => Some(last.clone()),
            (last, rest) => Some(format!("{}及び{last}", rest.join("、"))),
        }
    }
}
