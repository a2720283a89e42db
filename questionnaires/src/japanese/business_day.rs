//! 開庁日: the days on which a municipal office is open.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// Days on which this office is closed beside weekends, holidays and the turn of the year.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// Further closed days.
    pub closed: BTreeSet<Date>,
}

impl Calendar {
    /// Whether the office is open.
    ///
    /// Source: 地方自治法第4条の2 (休日: weekends, 国民の祝日, and 29 December to 3 January by ordinance).
    #[must_use]
    pub fn is_open(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let turn_of_year = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
        !(weekend || turn_of_year || is_holiday(day) || self.closed.contains(&day))
    }
}

/// The day that lies `count` open days after `from`; `from` itself does not count.
#[must_use]
pub fn add_open_days(calendar: &Calendar, from: Date, count: u32) -> Date {
    let mut day = from;
    let mut left = count;
    while left > 0 {
        let Ok(next) = day.tomorrow() else { return day };
        day = next;
        if calendar.is_open(day) {
            left -= 1;
        }
    }
    day
}

/// Open days after `from` up to and including `to`; 0 when `to` is not after `from`.
#[must_use]
pub fn open_days_between(calendar: &Calendar, from: Date, to: Date) -> i64 {
    // Ten years are more than any deadline; the bound keeps a mistyped year cheap.
    let last = from.checked_add(10.years()).map_or(to, |bound| bound.min(to));
    let mut count = 0;
    let mut day = from;
    while day < last {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        count += i64::from(calendar.is_open(day));
    }
    count
}

/// Whether a day is a national holiday, substitute and in-between holidays included, by the law as it stands since
/// 2022 (国民の祝日に関する法律, 昭和23年法律第178号, 第2条・第3条); good from 2022 to 2099.
#[must_use]
pub fn is_holiday(day: Date) -> bool {
    if is_named_holiday(day) {
        return true;
    }
    let named = |days: i64| day.checked_add(Span::new().days(days)).is_ok_and(is_named_holiday);
    // 第3条第3項: a day between two holidays.
    if named(-1) && named(1) {
        return true;
    }
    // 第3条第2項: the first day after a holiday on a Sunday that is no holiday itself.
    let mut before = day;
    while let Ok(yesterday) = before.yesterday() {
        if !is_named_holiday(yesterday) {
            return false;
        }
        if yesterday.weekday() == Weekday::Sunday {
            return true;
        }
        before = yesterday;
    }
    false
}

fn is_named_holiday(day: Date) -> bool {
    let monday = |nth: i8| day.weekday() == Weekday::Monday && (day.day() - 1) / 7 + 1 == nth;
    match day.month() {
        1 => day.day() == 1 || monday(2),
        2 => matches!(day.day(), 11 | 23),
        3 => day.day() == equinox(day.year(), 20_8431),
        4 => day.day() == 29,
        5 => matches!(day.day(), 3..=5),
        7 => monday(3),
        8 => day.day() == 11,
        9 => monday(3) || day.day() == equinox(day.year(), 23_2488),
        10 => monday(2),
        11 => matches!(day.day(), 3 | 23),
        _ => false,
    }
}

/// Day of an equinox between 1980 and 2099 by the formula of the 海上保安庁水路部, in ten-thousandths of a day:
/// `base + 0.242194 × (year − 1980) − ⌊(year − 1980) / 4⌋`.
fn equinox(year: i16, base: i64) -> i8 {
    let years = i64::from(year) - 1980;
    let day = (base * 100 + 242_194 * years) / 1_000_000 - years.div_euclid(4);
    i8::try_from(day).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn holidays_of_2026_as_published() {
        let published = [
            (1, 1),
            (1, 12),
            (2, 11),
            (2, 23),
            (3, 20),
            (4, 29),
            (5, 3),
            (5, 4),
            (5, 5),
            (5, 6),
            (7, 20),
            (8, 11),
            (9, 21),
            (9, 22),
            (9, 23),
            (10, 12),
            (11, 3),
            (11, 23),
        ];
        let mut found = Vec::new();
        let mut day = date(2026, 1, 1);
        while day.year() == 2026 {
            if is_holiday(day) {
                found.push((day.month(), day.day()));
            }
            day = day.checked_add(1.day()).unwrap_or(date(2027, 1, 1));
        }
        assert_eq!(found, published);
    }

    #[test]
    fn equinoxes_as_published() {
        for (year, spring, autumn) in
            [(2022, 21, 23), (2024, 20, 22), (2025, 20, 23), (2026, 20, 23), (2027, 21, 23)]
        {
            assert_eq!((equinox(year, 20_8431), equinox(year, 23_2488)), (spring, autumn), "{year}");
        }
    }

    #[test]
    fn counting_skips_what_is_closed() {
        let calendar = Calendar::default();
        // Friday 25 December 2026: 28 is open, then closed until Monday 4 January.
        assert_eq!(add_open_days(&calendar, date(2026, 12, 25), 1), date(2026, 12, 28));
        assert_eq!(add_open_days(&calendar, date(2026, 12, 25), 2), date(2027, 1, 4));
        assert_eq!(open_days_between(&calendar, date(2026, 12, 25), date(2027, 1, 4)), 2);
        assert_eq!(open_days_between(&calendar, date(2027, 1, 4), date(2026, 12, 25)), 0);
        let closed = Calendar { closed: [date(2026, 12, 28)].into() };
        assert_eq!(add_open_days(&closed, date(2026, 12, 25), 1), date(2027, 1, 4));
    }
}
