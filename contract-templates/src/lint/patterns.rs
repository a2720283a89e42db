//! Forms of writing that a pattern or a look at one line finds.

use std::sync::LazyLock;

use questionnaires::japanese::date::parse_date;
use regex::Regex;

use super::{Line, Part, Setting};
use crate::document::Tone;

type Pattern = LazyLock<Option<Regex>>;

static DAY: Pattern = LazyLock::new(|| {
    Regex::new("(明治|大正|昭和|平成|令和)[0-9０-９元]{1,2}年[0-9０-９]{1,2}月[0-9０-９]{1,2}日").ok()
});
static POLITE: Pattern = LazyLock::new(|| Regex::new("(です|ます|ました|ません|ください|でしょう)。").ok());
static PLAIN: Pattern = LazyLock::new(|| Regex::new("(である|とする|ならない|できる|いない)。$").ok());
static BARE_CLASS: Pattern = LazyLock::new(|| Regex::new("機密性[1-3１-３][ABCＡＢＣ]?").ok());
static ARTICLE: Pattern = LazyLock::new(|| Regex::new("第[0-9０-９]+条(の[0-9０-９]+)?|(前|次)条").ok());
static SEAL: Pattern = LazyLock::new(|| Regex::new("記名押印|署名押印|本書[0-9０-９]通|[㊞印]$").ok());
static PARTY: Pattern =
    LazyLock::new(|| Regex::new("(甲|乙|発注者|受注者|委託者|受託者)(は|が|に対し)").ok());
static LAW_NUMBER: Pattern = LazyLock::new(|| Regex::new("^（[^（）]{0,40}第[0-9０-９]+号").ok());

/// What a pattern finds in a text. A test keeps every pattern one that compiles.
fn found(text: &str, pattern: &Pattern) -> Vec<String> {
    let all = |regex: &Regex| regex.find_iter(text).map(|found| found.as_str().to_owned()).collect();
    pattern.as_ref().map_or_else(Vec::new, all)
}

fn start_of(text: &str) -> String {
    text.chars().take(20).collect()
}

fn when(holds: bool, line: &Line) -> Vec<String> {
    if holds { vec![start_of(&line.text)] } else { Vec::new() }
}

/// Brackets that open close again, in order.
pub(super) fn unbalanced(line: &Line, _: &Setting<'_>) -> Vec<String> {
    const PAIRS: &[(char, char)] = &[('（', '）'), ('「', '」'), ('『', '』'), ('(', ')')];
    let mut open = Vec::new();
    let mut wrong = false;
    for c in line.text.chars() {
        if let Some((_, close)) = PAIRS.iter().find(|(begin, _)| *begin == c) {
            open.push(*close);
        } else if PAIRS.iter().any(|(_, close)| *close == c) && open.pop() != Some(c) {
            wrong = true;
        }
    }
    when(wrong || !open.is_empty(), line)
}

/// Days that do not exist or lie outside of their era (平成31年5月1日, 令和元年4月30日).
pub(super) fn impossible_day(line: &Line, _: &Setting<'_>) -> Vec<String> {
    let days = found(&line.text, &DAY);
    days.into_iter().filter(|day| parse_date(day).is_err()).collect()
}

/// 丁寧体 in a contract or a rule.
pub(super) fn polite_in_contract(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    // 誓約書 is a letter within its contract: its sentences begin with 私.
    let applies =
        setting.tone == Tone::Contract && line.part == Part::Sentence && !line.text.starts_with('私');
    if applies { found(&line.text, &POLITE) } else { Vec::new() }
}

/// である体 in a letter.
pub(super) fn plain_in_letter(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    let applies = setting.tone == Tone::Letter && line.part == Part::Sentence;
    if applies { found(&line.text, &PLAIN) } else { Vec::new() }
}

/// A 号 that ends in こと or とき is a sentence and ends with 。.
pub(super) fn point_without_stop(line: &Line, _: &Setting<'_>) -> Vec<String> {
    let ends = ["こと", "とき", "もの。)", "である"].iter().any(|end| line.text.ends_with(end));
    when(line.part == Part::Point && ends, line)
}

/// The class by its bare name where the policy puts words before it (自治体機密性2).
pub(super) fn bare_class(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    const BARE: &str = "機密性";
    if setting.class_prefix.len() <= BARE.len() || !setting.class_prefix.ends_with(BARE) {
        return Vec::new();
    }
    found(&line.text.replace(&setting.class_prefix, ""), &BARE_CLASS)
}

/// 並びに joins what 及び has joined, 若しくは divides within 又は; alone they are wrong.
pub(super) fn lone_conjunction(line: &Line, _: &Setting<'_>) -> Vec<String> {
    if line.part == Part::Cell || line.part == Part::Heading {
        return Vec::new();
    }
    let mut lone = Vec::new();
    for sentence in line.text.split('。') {
        for (upper, lower) in [("並びに", "及び"), ("若しくは", "又は")] {
            if sentence.contains(upper) && !sentence.contains(lower) {
                lone.push(upper.to_owned());
            }
        }
    }
    lone
}

/// More 等 than a reader can resolve.
pub(super) fn many_and_so_on(line: &Line, _: &Setting<'_>) -> Vec<String> {
    const MOST: usize = 4;
    if line.text.matches('等').nth(MOST).is_none() {
        return Vec::new();
    }
    let counted = ["同等", "平等", "均等", "対等", "等しい", "等価"]
        .iter()
        .fold(line.text.clone(), |text, word| text.replace(word, ""))
        .split('。')
        .map(|sentence| sentence.matches('等').count())
        .max()
        .unwrap_or(0);
    when(counted > MOST, line)
}

/// A sentence that nobody reads to its end.
pub(super) fn long_sentence(line: &Line, _: &Setting<'_>) -> Vec<String> {
    const MOST: usize = 350;
    let longest = line.text.split('。').map(|sentence| sentence.chars().count()).max().unwrap_or(0);
    when(longest > MOST, line)
}

/// The first report of an incident is owed 直ちに.
pub(super) fn slow_first_report(line: &Line, _: &Setting<'_>) -> Vec<String> {
    let slow = line.text.split('。').any(|sentence| {
        sentence.contains("第一報")
            && !sentence.contains("第一報を行った")
            && (sentence.contains("速やかに") || sentence.contains("遅滞なく"))
            && !sentence.contains("直ちに")
    });
    when(slow, line)
}

/// An article number that somebody typed stays behind when articles move. Numbers of laws follow their law; 前項 moves
/// together with its article.
pub(super) fn typed_reference(line: &Line, _: &Setting<'_>) -> Vec<String> {
    const LAWS: &[&str] = &["）第", "法第", "令第", "則第", "例第", "律第"];
    if line.part == Part::Cell {
        return Vec::new();
    }
    found(&line.typed, &ARTICLE)
        .into_iter()
        .filter(|number| {
            let before = line.typed.split(number.as_str()).next().unwrap_or_default();
            // 第27条及び第28条 of one law: the law stands a few characters before.
            let mut near: Vec<char> = before.chars().rev().take(12).collect();
            near.reverse();
            let near: String = near.into_iter().chain(['第']).collect();
            !LAWS.iter().any(|law| near.contains(law))
        })
        .collect()
}

/// Seals in a contract that has none.
pub(super) fn seal_in_electronic(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    if setting.electronic { found(&line.text, &SEAL) } else { Vec::new() }
}

/// The head or an office as a party to the contract.
pub(super) fn office_as_party(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    let (a, _) = &setting.parties;
    if a.is_empty() {
        return Vec::new();
    }
    if !line.text.contains("（以下「") {
        return Vec::new();
    }
    let defined = format!("（以下「{a}」という。）");
    let Some((before, _)) = line.text.split_once(&defined) else { return Vec::new() };
    let office = ["長", "役場", "役所", "課", "室", "教育委員会", "議会"];
    when(office.iter().any(|end| before.ends_with(end)), line)
}

/// Words for the parties that another style of contract uses.
pub(super) fn other_parties(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    let (a, b) = &setting.parties;
    if setting.tone != Tone::Contract || a.is_empty() || line.part == Part::Cell {
        return Vec::new();
    }
    found(&line.text, &PARTY)
        .into_iter()
        .filter(|found| {
            let party = found.trim_end_matches("に対し").trim_end_matches(['は', 'が']);
            party != a && party != b
        })
        .collect()
}

/// The name of a law with a number that is not its own.
pub(super) fn wrong_law_number(line: &Line, setting: &Setting<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    // Most lines give no number of anything.
    if !line.text.contains('号') || !line.text.contains('（') {
        return wrong;
    }
    for law in setting.laws {
        for (at, _) in line.text.match_indices(&law.name) {
            let after = line.text.get(at + law.name.len()..).unwrap_or_default();
            let given = found(after, &LAW_NUMBER);
            if given.first().is_some_and(|given| !given.ends_with(&law.number)) {
                wrong.push(format!("{}{}", law.name, given.join("")));
            }
        }
    }
    wrong
}

/// Text that begins or ends with a space, or lost its words.
pub(super) fn stray_space(line: &Line, _: &Setting<'_>) -> Vec<String> {
    let text = line.text.trim_matches('\n');
    // A ruled blank reads as wide spaces; a line of nothing else is a field.
    let blank = text.chars().all(char::is_whitespace);
    let stray = line.typed.starts_with([' ', '　']) || line.typed.ends_with(' ');
    when(!blank && stray && line.part != Part::Heading && text == line.typed, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&DAY, &POLITE, &PLAIN, &BARE_CLASS, &ARTICLE, &SEAL, &PARTY, &LAW_NUMBER] {
            assert!(pattern.is_some());
        }
    }
}
