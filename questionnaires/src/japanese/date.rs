//! 和暦 and 年度.

use jiff::civil::{Date, Weekday, date};

use super::width::{digits, normalise_code};
use crate::policy::Digits;

/// An era with its letter and its first day.
struct Era {
    name: &'static str,
    letter: char,
    first: Date,
}

/// Newest first. 改元の政令: 昭和64年政令第1号, 平成31年政令第143号; earlier ones by 詔書.
const ERAS: &[Era] = &[
    Era { name: "令和", letter: 'R', first: date(2019, 5, 1) },
    Era { name: "平成", letter: 'H', first: date(1989, 1, 8) },
    Era { name: "昭和", letter: 'S', first: date(1926, 12, 25) },
    Era { name: "大正", letter: 'T', first: date(1912, 7, 30) },
    // The Gregorian calendar begins with 明治6年.
    Era { name: "明治", letter: 'M', first: date(1873, 1, 1) },
];
/// 明治元年 is 1868, though dates begin with its sixth year.
const MEIJI_FIRST_YEAR: i16 = 1868;

impl Era {
    fn first_year(&self) -> i16 {
        if self.letter == 'M' { MEIJI_FIRST_YEAR } else { self.first.year() }
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateProblem {
    /// The form is not one that we read.
    #[error("日付は「令和8年4月1日」「R8.4.1」「2026-04-01」のいずれかの形で入力してください")]
    Form,
    /// There is no such day.
    #[error("暦にない日付です。年月日を確認してください")]
    NoSuchDay,
    /// The era was not in force on that day.
    #[error("その日は、入力した元号の期間に入りません。元号と年を確認してください")]
    OutsideEra,
}

/// Reads a date in any of the usual ways and in any width.
///
/// # Errors
/// [`DateProblem`]
pub fn parse_date(typed: &str) -> Result<Date, DateProblem> {
    let code = normalise_code(typed).replace('元', "1");
    let (era, rest) = match ERAS.iter().find(|era| code.starts_with(era.name)) {
        Some(era) => (Some(era), code.strip_prefix(era.name).unwrap_or_default()),
        None => match code.chars().next().map(|c| c.to_ascii_uppercase()) {
            Some(letter) if letter.is_ascii_alphabetic() => {
                let era = ERAS.iter().find(|era| era.letter == letter).ok_or(DateProblem::Form)?;
                (Some(era), code.get(1..).unwrap_or_default())
            }
            _ => (None, code.as_str()),
        },
    };
    let (year, month, day) = numbers(rest)?;
    let year = match era {
        Some(era) => {
            era.first_year().checked_add(year).and_then(|y| y.checked_sub(1)).ok_or(DateProblem::NoSuchDay)?
        }
        None if year < 1000 => return Err(DateProblem::Form),
        None => year,
    };
    let found = Date::new(year, month, day).map_err(|_| DateProblem::NoSuchDay)?;
    match (era, era_of(found)) {
        (Some(typed), Some(real)) if typed.name != real.name => Err(DateProblem::OutsideEra),
        (Some(_), None) => Err(DateProblem::OutsideEra),
        _ => Ok(found),
    }
}

/// Year, month and day out of `8年4月1日`, `8.4.1`, `2026-04-01`, `2026/4/1` or `20260401`.
fn numbers(text: &str) -> Result<(i16, i8, i8), DateProblem> {
    let text = text.trim();
    let text = text.strip_suffix('日').unwrap_or(text);
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let (year, rest) = text.split_at(4);
        let (month, day) = rest.split_at(2);
        return Ok((parse(year)?, parse(month)?, parse(day)?));
    }
    let parts: Vec<&str> = text.split(['年', '月', '.', '-', '/', '．']).map(str::trim).collect();
    match parts.as_slice() {
        [year, month, day] => Ok((parse(year)?, parse(month)?, parse(day)?)),
        _ => Err(DateProblem::Form),
    }
}

fn parse<N: std::str::FromStr>(text: &str) -> Result<N, DateProblem> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateProblem::Form);
    }
    text.parse().map_err(|_| DateProblem::NoSuchDay)
}

fn era_of(day: Date) -> Option<&'static Era> {
    ERAS.iter().find(|era| era.first <= day)
}

/// `令和8年4月1日`; before 明治6年 in the Western calendar.
#[must_use]
pub fn wareki_short(day: Date) -> String {
    let (month, date) = (day.month(), day.day());
    match era_of(day) {
        Some(era) => match day.year() - era.first_year() + 1 {
            1 => format!("{}元年{month}月{date}日", era.name),
            year => format!("{}{year}年{month}月{date}日", era.name),
        },
        None => format!("{}年{month}月{date}日", day.year()),
    }
}

/// Its month: `令和8年4月`.
#[must_use]
pub fn wareki_month(day: Date) -> String {
    let words = wareki_short(day);
    words.rsplit_once('月').map_or(words.clone(), |(month, _)| format!("{month}月"))
}

/// A day in the digits of a document style.
#[must_use]
pub fn wareki(day: Date, style: Digits) -> String {
    digits(&wareki_short(day), style)
}

/// `令和8年12月11日（金曜日）`
#[must_use]
pub fn wareki_long(day: Date) -> String {
    let weekday = match day.weekday() {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    };
    format!("{}（{weekday}曜日）", wareki_short(day))
}

/// The fiscal year (1 April to 31 March) of a day, by the Western year in which it begins.
///
/// Source: 地方自治法第208条第1項.
#[must_use]
pub fn fiscal_year(day: Date) -> i16 {
    if day.month() >= 4 { day.year() } else { day.year() - 1 }
}

/// `令和8年度`. The year in which an era begins carries the new name (令和元年度 began as 平成31年度).
#[must_use]
pub fn fiscal_year_name(year: i16) -> String {
    let era = ERAS.iter().find(|era| era.first_year() <= year);
    match era.map(|era| (era.name, year - era.first_year() + 1)) {
        Some((name, 1)) => format!("{name}元年度"),
        Some((name, count)) => format!("{name}{count}年度"),
        None => format!("{year}年度"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_usual_way_is_read() {
        let wanted = date(2026, 4, 1);
        for typed in [
            "令和8年4月1日",
            "令和８年４月１日",
            "R8.4.1",
            "r8/4/1",
            "2026-04-01",
            "２０２６／０４／０１",
            "2026年4月1日",
            "20260401",
            " 令和 8年 4月 1日 ",
        ] {
            assert_eq!(parse_date(typed), Ok(wanted), "{typed}");
        }
        assert_eq!(parse_date("令和元年5月1日"), Ok(date(2019, 5, 1)));
    }

    #[test]
    fn borders_of_eras() {
        assert_eq!(wareki_short(date(2019, 4, 30)), "平成31年4月30日");
        assert_eq!(wareki_short(date(2019, 5, 1)), "令和元年5月1日");
        assert_eq!(wareki_short(date(1989, 1, 7)), "昭和64年1月7日");
        assert_eq!(wareki_short(date(1912, 7, 29)), "明治45年7月29日");
        assert_eq!(parse_date("平成31年5月1日"), Err(DateProblem::OutsideEra));
        assert_eq!(parse_date("令和元年4月30日"), Err(DateProblem::OutsideEra));
    }

    #[test]
    fn what_is_no_date_is_said() {
        for typed in ["", "明日", "8年4月1日", "2026-4", "2026-04-01-01", "X8.4.1", "令和", "😀"] {
            assert_eq!(parse_date(typed), Err(DateProblem::Form), "{typed}");
        }
        for typed in ["令和8年2月30日", "2026-13-01", "令和8年0月1日"] {
            assert_eq!(parse_date(typed), Err(DateProblem::NoSuchDay), "{typed}");
        }
    }

    #[test]
    fn fiscal_years() {
        assert_eq!(fiscal_year(date(2027, 3, 31)), 2026);
        assert_eq!(fiscal_year(date(2026, 4, 1)), 2026);
        assert_eq!(fiscal_year_name(2026), "令和8年度");
        assert_eq!(fiscal_year_name(2019), "令和元年度");
        assert_eq!(fiscal_year_name(2018), "平成30年度");
        assert_eq!(wareki_long(date(2026, 12, 11)), "令和8年12月11日（金曜日）");
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(days in 0i64..80_000) {
            let day = date(1873, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(parse_date(&wareki_short(day)), Ok(day));
            prop_assert_eq!(parse_date(&wareki(day, Digits::Full)), Ok(day));
            prop_assert_eq!(parse_date(&day.to_string()), Ok(day));
        }

        #[test]
        fn nothing_typed_panics(typed in any::<String>()) {
            let _ = parse_date(&typed);
        }
    }
}
