//! The Japanese of conditions: clauses that can be joined, comparisons, lists, countries and dates.

use jiff::civil::Date;

use super::super::syntax::Comparison;
use crate::japanese::countries::country_name;

/// Values that an explanation spells out before it says how many more there are.
const SPELLED_OUT: usize = 5;

/// A statement without its ending, which depends on what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    pub body: String,
    pub ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Is,
    IsNot,
    Included,
    NotIncluded,
    NoneIncluded,
    AllIncluded,
    NotAllIncluded,
    Applies,
}

impl Ending {
    /// At the end of a sentence, and before a further clause.
    fn forms(self) -> (&'static str, &'static str) {
        match self {
            Self::Is => ("である", "であり"),
            Self::IsNot => ("でない", "でなく"),
            Self::Included => ("が含まれる", "が含まれ"),
            Self::NotIncluded => ("が含まれない", "が含まれず"),
            Self::NoneIncluded => ("のいずれも含まれない", "のいずれも含まれず"),
            Self::AllIncluded => ("の全てが含まれる", "の全てが含まれ"),
            Self::NotAllIncluded => ("の一部又は全部が含まれない", "の一部又は全部が含まれず"),
            Self::Applies => ("に該当する", "に該当し"),
        }
    }
}

impl Clause {
    pub fn new(body: String, ending: Ending) -> Self {
        Self { body, ending }
    }

    pub fn last(&self) -> String {
        format!("{}{}", self.body, self.ending.forms().0)
    }

    pub fn before_more(&self) -> String {
        format!("{}{}", self.body, self.ending.forms().1)
    }
}

/// `A であり、かつ、B である`
pub(super) fn all_of(clauses: &[Clause]) -> String {
    in_turn(clauses, "、かつ、")
}

pub(super) fn in_turn(clauses: &[Clause], between: &str) -> String {
    let Some((last, others)) = clauses.split_last() else { return String::new() };
    let mut text: String = others.iter().map(|clause| format!("{}{between}", clause.before_more())).collect();
    text.push_str(&last.last());
    text
}

pub(super) fn one_clause(lead: &str, clauses: &[Clause]) -> Clause {
    let inner: Vec<String> = clauses.iter().map(Clause::last).collect();
    Clause::new(format!("{lead}（{}）", inner.join("／")), Ending::Applies)
}

pub(super) enum Scale {
    Class,
    Number,
    Date,
}

pub(super) fn compared(comparison: Comparison, value: &str, scale: Scale) -> String {
    let relation = match (comparison, scale) {
        (Comparison::AtLeast, Scale::Class | Scale::Number) => "以上",
        (Comparison::AtMost, Scale::Class | Scale::Number) => "以下",
        (Comparison::Above, Scale::Class) => "より上位",
        (Comparison::Below, Scale::Class) => "より下位",
        (Comparison::Above, Scale::Number) => "超",
        (Comparison::Below, Scale::Number) => "未満",
        (Comparison::AtLeast, Scale::Date) => "以後",
        (Comparison::AtMost, Scale::Date) => "以前",
        (Comparison::Above, Scale::Date) => "より後",
        (Comparison::Below, Scale::Date) => "より前",
    };
    format!("{value}{relation}")
}

/// `「a」、「b」又は「c」`
pub(super) fn enumerate(mut items: Vec<String>, last: &str) -> String {
    match (items.pop(), items.as_slice()) {
        (None, _) => String::new(),
        (Some(only), []) => only,
        (Some(end), others) => format!("{}{last}{end}", others.join("、")),
    }
}

pub(super) fn spelled_out(mut items: Vec<String>) -> String {
    let more = items.len().saturating_sub(SPELLED_OUT);
    items.truncate(SPELLED_OUT);
    let text = items.join("、");
    if more == 0 { text } else { format!("{text}ほか{more}件") }
}

pub(super) fn country(code: &str) -> String {
    match code {
        "domestic" => "国内".to_owned(),
        "overseas" => "国外".to_owned(),
        "undisclosed" | "ZZ" => "不明・非開示".to_owned(),
        code => country_name(code).unwrap_or(code).to_owned(),
    }
}

pub(super) fn date_text(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
