//! Numbers as people type them.

use rust_decimal::Decimal;

use super::width::normalise_code;

/// Units that may stand behind a number; they say nothing that the field does not know.
const UNITS: &[&str] = &[
    "開庁日",
    "営業日",
    "か月",
    "ヶ月",
    "ヵ月",
    "カ月",
    "ケ月",
    "時間",
    "パーセント",
    "%",
    "円",
    "件",
    "人",
    "名",
    "日",
    "年",
    "分",
];

/// Reads a number in any width, with commas and a unit; `None` when it is no number.
#[must_use]
pub fn parse_number(typed: &str) -> Option<Decimal> {
    let code = normalise_code(typed);
    let mut text = code.as_str();
    for unit in UNITS {
        if let Some(rest) = text.strip_suffix(unit) {
            text = rest.trim_end();
            break;
        }
    }
    let text = text.replace([',', '、', ' '], "");
    let plain = text.strip_prefix('-').unwrap_or(&text);
    let is_number =
        plain.chars().any(|c| c.is_ascii_digit()) && plain.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !is_number || plain.len() > 20 {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn widths_commas_and_units() {
        for (typed, value) in [
            ("１，２３４円", "1234"),
            ("99.9％", "99.9"),
            ("3 開庁日", "3"),
            ("-1", "-1"),
            ("６か月", "6"),
            ("0", "0"),
            (".5", "0.5"),
        ] {
            assert_eq!(parse_number(typed), Some(value.parse().unwrap()), "{typed}");
        }
        for typed in ["", "四", "1e9", "--1", "1.2.3", "12時", "999999999999999999999", "😀", "."] {
            assert_eq!(parse_number(typed), None, "{typed}");
        }
    }
}
