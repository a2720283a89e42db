//! Widths: full and half, hyphens of many kinds, grouped digits.

use unicode_normalization::UnicodeNormalization;

use crate::policy::Digits;

/// Characters that stand for a hyphen in codes. Only for codes: 「ー」 belongs to words.
const HYPHENS: &[char] = &['-', '‐', '‑', '‒', '–', '—', '―', '−', 'ー', '－', 'ｰ', '─', '━'];

/// A code (number, mail address, key) in half width with plain hyphens, trimmed.
#[must_use]
pub fn normalise_code(text: &str) -> String {
    let folded: String = text.nfkc().map(|c| if HYPHENS.contains(&c) { '-' } else { c }).collect();
    folded.trim().to_owned()
}

/// Writes ASCII digits of a text in the width that a document style asks for.
///
/// `SingleFull` widens a digit that stands alone and leaves longer numbers half-width (第１条, 第10条).
#[must_use]
pub fn digits(text: &str, style: Digits) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c);
    match style {
        Digits::Half => text.to_owned(),
        Digits::Full => text.chars().map(|c| if c.is_ascii_digit() { wide(c) } else { c }).collect(),
        Digits::SingleFull => {
            let chars: Vec<char> = text.chars().collect();
            let digit = |index: Option<usize>| {
                index.and_then(|index| chars.get(index)).is_some_and(char::is_ascii_digit)
            };
            chars
                .iter()
                .enumerate()
                .map(|(index, c)| {
                    let alone = !digit(index.checked_sub(1)) && !digit(Some(index + 1));
                    if c.is_ascii_digit() && alone { wide(*c) } else { *c }
                })
                .collect()
        }
    }
}

/// `1,234,567`
#[must_use]
pub fn group_digits(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, c) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    if number < 0 { format!("-{grouped}") } else { grouped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fold_and_digits_widen() {
        assert_eq!(normalise_code(" Ｔ１２３－４５６ー７ "), "T123-456-7");
        assert_eq!(digits("第1条第10項", Digits::Full), "第１条第１０項");
        assert_eq!(digits("第1条第10項", Digits::Half), "第1条第10項");
        assert_eq!(digits("第1条第10項", Digits::SingleFull), "第１条第10項");
        assert_eq!(group_digits(0), "0");
        assert_eq!(group_digits(1_234_567), "1,234,567");
        assert_eq!(group_digits(-1_000), "-1,000");
        assert_eq!(group_digits(i64::MIN), "-9,223,372,036,854,775,808");
    }
}
