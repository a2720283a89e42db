//! How long evidence holds.

use jiff::civil::Date;

use super::Evidence;
use crate::answer::AnswerSheet;
use crate::question::{Asked, Questionnaire};

/// Where evidence stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// Its last day has passed.
    Expired,
    /// It ends within 30 days.
    WithinMonth,
    /// It ends within 90 days.
    WithinQuarter,
    /// It holds for longer.
    Holds,
    /// No end is told.
    Unstated,
}

impl Validity {
    /// Where evidence with a last day stands today.
    #[must_use]
    pub fn on(today: Date, last: Option<Date>) -> Self {
        let Some(last) = last else { return Self::Unstated };
        match today.until(last).map(|left| left.get_days()) {
            Ok(left) if left < 0 => Self::Expired,
            Ok(0..=30) => Self::WithinMonth,
            Ok(31..=90) => Self::WithinQuarter,
            _ => Self::Holds,
        }
    }

    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Expired => "期限切れ",
            Self::WithinMonth => "30日以内に期限が切れます",
            Self::WithinQuarter => "90日以内に期限が切れます",
            Self::Holds => "有効",
            Self::Unstated => "期限の記載なし",
        }
    }
}

/// Evidence of answers that count at present and whose last day comes before a day, with the question that it backs.
#[must_use]
pub fn lapsing<'a>(
    questionnaire: &'a Questionnaire,
    answers: &AnswerSheet,
    before: Date,
) -> Vec<(&'a Asked, Evidence)> {
    let visible = questionnaire.visible(answers);
    let mut found = Vec::new();
    for asked in questionnaire.questions() {
        let Some(given) = visible.answers().get(&asked.question.id) else { continue };
        let over = |own: &&Evidence| own.valid_until.is_some_and(|last| last < before);
        found.extend(given.evidence.iter().filter(over).map(|own| (asked, own.clone())));
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_last_day_still_holds() {
        let today = date(2027, 3, 1);
        let on = |last| Validity::on(today, Some(last));
        assert_eq!(on(date(2027, 2, 28)), Validity::Expired);
        assert_eq!(on(today), Validity::WithinMonth);
        assert_eq!(on(date(2027, 3, 31)), Validity::WithinMonth);
        assert_eq!(on(date(2027, 4, 1)), Validity::WithinQuarter);
        assert_eq!(on(date(2027, 5, 30)), Validity::WithinQuarter);
        assert_eq!(on(date(2027, 5, 31)), Validity::Holds);
        assert_eq!(on(date(2037, 3, 1)), Validity::Holds);
        assert_eq!(Validity::on(today, None), Validity::Unstated);
    }
}
