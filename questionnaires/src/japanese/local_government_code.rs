//! 全国地方公共団体コード: six digits, the last of which checks the others.

use std::fmt;
use std::str::FromStr;

use super::width::normalise_code;

/// A local government code whose check digit is right.
///
/// Source: 総務省「全国地方公共団体コード仕様」.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalGovernmentCode(String);

/// Why a text is no local government code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LocalGovernmentCodeProblem {
    /// Not six digits.
    #[error("団体コードは数字6桁で入力してください")]
    NotSixDigits,
    /// The check digit does not fit.
    #[error("団体コードの検査数字が合いません。入力した数字を確認してください")]
    CheckDigit,
}

impl FromStr for LocalGovernmentCode {
    type Err = LocalGovernmentCodeProblem;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        let digits: String = normalise_code(typed).chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(LocalGovernmentCodeProblem::NotSixDigits);
        }
        let sum: u32 =
            digits.bytes().take(5).zip((2..=6).rev()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
        let check = (11 - sum % 11) % 10;
        if digits.ends_with(&check.to_string()) {
            Ok(Self(digits))
        } else {
            Err(LocalGovernmentCodeProblem::CheckDigit)
        }
    }
}

impl fmt::Display for LocalGovernmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_pass() {
        for code in ["204048", "192091", "402052", "234478", "011002"] {
            assert_eq!(code.parse::<LocalGovernmentCode>().map(|c| c.to_string()), Ok(code.to_owned()));
        }
        assert_eq!("204049".parse::<LocalGovernmentCode>(), Err(LocalGovernmentCodeProblem::CheckDigit));
        assert_eq!("20404".parse::<LocalGovernmentCode>(), Err(LocalGovernmentCodeProblem::NotSixDigits));
        assert_eq!(
            "２０４０４８".parse::<LocalGovernmentCode>().map(|c| c.to_string()),
            Ok("204048".to_owned())
        );
    }
}
