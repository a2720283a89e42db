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

/// Writes the numbers of running text in the width of a style, and leaves codes alone: a number counts as a word of
/// Japanese where no Latin letter, digit, point, comma, hyphen or the like touches it (30日, but not TLS1.3 or 99.9％).
#[must_use]
pub fn digits_in_words(text: &str, style: Digits) -> String {
    if style == Digits::Half || !text.contains(|c: char| c.is_ascii_digit()) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut written = String::with_capacity(text.len());
    for piece in chars.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        let piece: String = piece.iter().collect();
        let number = piece.chars().all(|c| c.is_ascii_digit());
        written.push_str(&if number { digits(&piece, style) } else { piece });
    }
    written
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
        assert_eq!(
            digits_in_words("5年以内又は30日（TLS1.3）", Digits::SingleFull),
            "５年以内又は30日（TLS1.3）"
        );
        assert_eq!(
            digits_in_words("99.9％、3,000円、ISO/IEC 27001", Digits::Full),
            "99.9％、3,000円、ISO/IEC 27001"
        );
        assert_eq!(digits_in_words("2通", Digits::Half), "2通");
        assert_eq!(group_digits(0), "0");
        assert_eq!(group_digits(1_234_567), "1,234,567");
        assert_eq!(group_digits(-1_000), "-1,000");
        assert_eq!(group_digits(i64::MIN), "-9,223,372,036,854,775,808");
    }
}
