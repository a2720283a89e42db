//! 法人番号 (corporate number): thirteen digits, the first of which checks the others.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::width::normalise_code;

/// A corporate number whose check digit is right.
///
/// Source: 法人番号の指定等に関する省令 (平成26年財務省令第70号) 第2条. An exchange of 0 and 9 is not found by the
/// check digit, so screens show the registered name beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CorporateNumber(String);

/// Why a text is no corporate number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CorporateNumberProblem {
    /// Something else than digits.
    #[error("法人番号は数字13桁で入力してください")]
    NotDigits,
    /// Another length.
    #[error("法人番号は13桁です（入力は{0}桁）。桁数を確認してください")]
    Length(usize),
    /// The check digit does not fit.
    #[error("法人番号の検査用数字が合いません。入力した数字を確認してください")]
    CheckDigit,
}

impl CorporateNumber {
    /// Thirteen ASCII digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl FromStr for CorporateNumber {
    type Err = CorporateNumberProblem;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        let code = normalise_code(typed);
        // 適格請求書発行事業者の登録番号 of a corporation is T and its corporate number.
        let code = code.strip_prefix(['T', 't']).unwrap_or(&code);
        let digits: String = code.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CorporateNumberProblem::NotDigits);
        }
        if digits.len() != 13 {
            return Err(CorporateNumberProblem::Length(digits.len()));
        }
        let (check, base) = digits.split_at(1);
        let sum: u32 =
            base.bytes().rev().zip([1, 2].into_iter().cycle()).map(|(b, q)| u32::from(b - b'0') * q).sum();
        if check.parse() == Ok(9 - sum % 9) {
            Ok(Self(digits))
        } else {
            Err(CorporateNumberProblem::CheckDigit)
        }
    }
}

impl fmt::Display for CorporateNumber {
    /// `7-1234-5678-9012`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, c) in self.0.chars().enumerate() {
            if index % 4 == 1 {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for CorporateNumber {
    type Error = CorporateNumberProblem;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CorporateNumber> for String {
    fn from(number: CorporateNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_pass_and_neighbours_fail() {
        for text in [
            "7123456789012",
            "1180301018771",
            "4011001098993",
            "7010705000725",
            "4000012090001",
            "9000020011002",
        ] {
            let number: CorporateNumber = text.parse().unwrap();
            assert_eq!(number.digits(), text);
            let first = text.as_bytes()[0];
            for other in (b'1'..=b'9').filter(|digit| *digit != first) {
                let changed = format!("{}{}", char::from(other), &text[1..]);
                assert_eq!(changed.parse::<CorporateNumber>(), Err(CorporateNumberProblem::CheckDigit));
            }
        }
    }

    #[test]
    fn any_way_of_typing_is_read() {
        for typed in
            ["Ｔ７１２３４５６７８９０１２", " 7-1234-5678-9012 ", "7‐1234−5678ー9012", "T7123456789012"]
        {
            assert_eq!(typed.parse::<CorporateNumber>().unwrap().to_string(), "7-1234-5678-9012", "{typed}");
        }
        assert_eq!("71234".parse::<CorporateNumber>(), Err(CorporateNumberProblem::Length(5)));
        assert_eq!("七".parse::<CorporateNumber>(), Err(CorporateNumberProblem::NotDigits));
        assert_eq!("".parse::<CorporateNumber>(), Err(CorporateNumberProblem::NotDigits));
    }
}
