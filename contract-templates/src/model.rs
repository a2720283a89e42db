//! The document between Markdown and Word.

use serde::{Deserialize, Serialize};

/// A document. Before [`crate::numbering`] labels are empty and references unresolved; afterwards all text is literal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Title.
    pub title: String,
    /// How articles are counted.
    pub numbering: Numbering,
    /// Blocks in order.
    pub blocks: Vec<Block>,
}

/// How articles are counted. Bodies differ: 契約 and 規程 have 条, many 特記事項 count 第1, 第2 without it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// 第1条
    #[default]
    Article,
    /// 第1
    Section,
    /// The document has no articles.
    None,
}

impl Numbering {
    /// What follows the number of an article.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Article => "条",
            Self::Section | Self::None => "",
        }
    }
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// The title of the document.
    Title {
        /// Text.
        text: Vec<Run>,
    },
    /// A line under the title.
    Subtitle {
        /// Text.
        text: Vec<Run>,
    },
    /// Running text.
    Paragraph {
        /// Where it stands on the line.
        layout: Layout,
        /// Text.
        text: Vec<Run>,
    },
    /// The heading of a chapter (章).
    Chapter {
        /// What references name: `chapter:general`.
        target: String,
        /// `第1章`; empty before numbering.
        label: String,
        /// Title.
        text: Vec<Run>,
    },
    /// From here on pages have this orientation.
    Turn {
        /// Whether pages are wider than high.
        landscape: bool,
    },
    /// An article (条).
    Article(Article),
    /// The heading of a 別表 or a 様式; it begins a page.
    Attachment {
        /// What references name: `table:scope`, `form:workers`.
        target: String,
        /// `別表1`, `様式第1号`; empty before numbering.
        label: String,
        /// Title.
        text: Vec<Run>,
    },
    /// A heading within a 別表 or a 様式.
    Heading {
        /// Text.
        text: Vec<Run>,
    },
    /// A list outside of articles.
    List {
        /// Items.
        items: Vec<Item>,
    },
    /// A table.
    Table(Table),
    /// A signature block: its lines and table stay on one page.
    Signature {
        /// What stands in it.
        blocks: Vec<Block>,
    },
}

/// Where a paragraph stands on its line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Body text, its first line indented by one character.
    #[default]
    Body,
    /// Flush left: 宛先, 件名.
    Plain,
    /// Right-aligned: 文書番号, 日付, 発信者.
    Right,
    /// Centred: 記.
    Center,
}

/// An article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Article {
    /// `CL-17`, or `article:purpose` where a document has articles of its own.
    pub clause: String,
    /// `第17条`; empty before numbering.
    pub label: String,
    /// Heading, without brackets.
    pub heading: String,
    /// 項; the first has no label.
    pub items: Vec<Item>,
}

/// A 項, 号 or its subdivision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    /// `2`, `(1)`, `ア`; empty for a first 項 and before numbering.
    pub label: String,
    /// Text.
    pub text: Vec<Run>,
    /// Subdivisions.
    pub children: Vec<Item>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Header cells.
    pub header: Vec<Vec<Run>>,
    /// Rows of cells.
    pub rows: Vec<Vec<Vec<Run>>>,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "run", rename_all = "snake_case")]
pub enum Run {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// A reference; its text is empty before numbering.
    Reference {
        /// `CL-17#2.1`, `#1`, `table:scope`, `form:workers`, `survivors`.
        target: String,
        /// `第17条第2項第1号`
        text: String,
    },
    /// A ruled blank to be filled in by hand.
    Blank,
    /// A line break within a cell or paragraph.
    Break,
}

impl Run {
    /// Plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// The literal text of runs; a blank reads as eight wide spaces.
#[must_use]
pub fn plain(runs: &[Run]) -> String {
    runs.iter()
        .map(|run| match run {
            Run::Text { text } | Run::Reference { text, .. } => text.as_str(),
            Run::Blank => "　　　　　　　　",
            Run::Break => "\n",
        })
        .collect()
}

impl Document {
    /// The articles in order.
    pub fn articles(&self) -> impl Iterator<Item = &Article> {
        self.blocks
            .iter()
            .filter_map(|block| if let Block::Article(article) = block { Some(article) } else { None })
    }
}
