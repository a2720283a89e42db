//! The syntax tree of a condition and its canonical printed form.
//!
//! Printing and parsing are inverse: `parse(print(tree)) == tree` for every tree that the parser can build.

use std::fmt;

use jiff::civil::Date;

/// Words that have a meaning of their own; facts cannot be called so.
pub const KEYWORDS: [&str; 11] =
    ["and", "or", "not", "answered", "count", "all", "any", "is", "in", "includes", "of"];

/// Keywords that cannot be values either (`x is and` would not read aloud); choices cannot be called so.
pub const RESERVED_VALUES: [&str; 6] = ["and", "or", "not", "is", "in", "includes"];

/// Deepest nesting of `not` and parentheses that is parsed, so that no input can exhaust the stack.
pub const MAX_DEPTH: usize = 64;

/// Longest source text in characters.
pub const MAX_CHARS: usize = 4_000;

/// A condition as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// At least two; holds when one of them holds.
    Or(Vec<Expression>),
    /// At least two; holds when all of them hold.
    And(Vec<Expression>),
    /// The contrary.
    Not(Box<Expression>),
    /// `answered X`: never unknown.
    Answered(Reference),
    /// `count X >= 2`: rows of a table, chosen items, countries or files.
    Count(Reference, Comparison, u32),
    /// A bare name: a flag that is yes. With a quantifier for several parts or a table column.
    Flag(Option<Quantifier>, Reference),
    /// A name with a test of its value.
    Test(Option<Quantifier>, Reference, Test),
}

/// `all` or `any` over several parts or the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// Every one.
    All,
    /// At least one.
    Any,
}

/// What is asked of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `is V`
    Is(Literal),
    /// `is not V`
    IsNot(Literal),
    /// `>= V` and the like.
    Compare(Comparison, Literal),
    /// `in [V, …]`
    In(Vec<Literal>),
    /// `not in [V, …]`
    NotIn(Vec<Literal>),
    /// `includes V`
    Includes(Literal),
    /// `includes any of [V, …]`
    IncludesAny(Vec<Literal>),
    /// `includes all of [V, …]`
    IncludesAll(Vec<Literal>),
}

/// An order relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `<`
    Below,
}

/// A value as written. Whether `3` is a number, a class or a choice follows from the left side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A choice, class, path, country or number.
    Word(String),
    /// `date(2026-04-01)`
    Date(Date),
}

/// A name that a condition refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// A fact of the case.
    Fact(String),
    /// Something of an answer.
    Answer {
        /// Question id, `LOC-01`.
        question: String,
        /// Which part of it.
        part: PartReference,
    },
}

/// Which part of a question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartReference {
    /// `LOC-01`: the part `value`, or the only part.
    Only,
    /// `LOC-01.*`: every part that the test can be asked of.
    All,
    /// `LOC-01.backup`
    Named(String),
    /// `SUB-02.list.country`: a column of a table.
    Column(String, String),
}

impl Expression {
    /// Calls `visit` for every name in the order of reading.
    pub(super) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Reference)) {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Not(inner) => inner.walk(visit),
            Self::Answered(reference)
            | Self::Count(reference, _, _)
            | Self::Flag(_, reference)
            | Self::Test(_, reference, _) => visit(reference),
        }
    }
}

impl Expression {
    /// Whether anywhere it asks if something is answered, which is never unknown.
    pub(super) fn asks_whether_answered(&self) -> bool {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().any(Self::asks_whether_answered),
            Self::Not(inner) => inner.asks_whether_answered(),
            Self::Answered(_) => true,
            Self::Count(..) | Self::Flag(..) | Self::Test(..) => false,
        }
    }
}

impl Comparison {
    /// Whether the relation holds for an ordering of left to right.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::AtLeast => ordering.is_ge(),
            Self::AtMost => ordering.is_le(),
            Self::Above => ordering.is_gt(),
            Self::Below => ordering.is_lt(),
        }
    }

    /// The relation that holds exactly when this one does not.
    #[must_use]
    pub fn contrary(self) -> Self {
        match self {
            Self::AtLeast => Self::Below,
            Self::AtMost => Self::Above,
            Self::Above => Self::AtMost,
            Self::Below => Self::AtLeast,
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => join(f, parts, " or ", |part| matches!(part, Self::Or(_))),
            Self::And(parts) => join(f, parts, " and ", |part| matches!(part, Self::Or(_) | Self::And(_))),
            Self::Not(inner) if matches!(**inner, Self::Or(_) | Self::And(_)) => write!(f, "not ({inner})"),
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::Answered(reference) => write!(f, "answered {reference}"),
            Self::Count(reference, comparison, number) => {
                write!(f, "count {reference} {comparison} {number}")
            }
            Self::Flag(quantifier, reference) => {
                quantified(f, *quantifier)?;
                write!(f, "{reference}")
            }
            Self::Test(quantifier, reference, test) => {
                quantified(f, *quantifier)?;
                write!(f, "{reference} {test}")
            }
        }
    }
}

fn quantified(f: &mut fmt::Formatter<'_>, quantifier: Option<Quantifier>) -> fmt::Result {
    match quantifier {
        Some(Quantifier::All) => f.write_str("all "),
        Some(Quantifier::Any) => f.write_str("any "),
        None => Ok(()),
    }
}

fn join(
    f: &mut fmt::Formatter<'_>,
    parts: &[Expression],
    between: &str,
    bracketed: impl Fn(&Expression) -> bool,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        if bracketed(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(value) => write!(f, "is {value}"),
            Self::IsNot(value) => write!(f, "is not {value}"),
            Self::Compare(comparison, value) => write!(f, "{comparison} {value}"),
            Self::In(values) => write!(f, "in {}", List(values)),
            Self::NotIn(values) => write!(f, "not in {}", List(values)),
            Self::Includes(value) => write!(f, "includes {value}"),
            Self::IncludesAny(values) => write!(f, "includes any of {}", List(values)),
            Self::IncludesAll(values) => write!(f, "includes all of {}", List(values)),
        }
    }
}

struct List<'a>(&'a [Literal]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{value}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::Below => "<",
        })
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Date(date) => write!(f, "date({date})"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(name) => f.write_str(name),
            Self::Answer { question, part } => match part {
                PartReference::Only => f.write_str(question),
                PartReference::All => write!(f, "{question}.*"),
                PartReference::Named(part) => write!(f, "{question}.{part}"),
                PartReference::Column(part, column) => write!(f, "{question}.{part}.{column}"),
            },
        }
    }
}

/// Whether a text has the form of a question id: three capital letters, a hyphen, two digits.
#[must_use]
pub fn is_question_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 6
        && bytes.iter().take(3).all(u8::is_ascii_uppercase)
        && bytes.get(3) == Some(&b'-')
        && bytes.iter().skip(4).all(u8::is_ascii_digit)
}

/// Whether a text is snake_case: the form of facts, parts, columns and choices.
#[must_use]
pub fn is_snake_case(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
