//! Kana for sorting and reading out.

use unicode_normalization::UnicodeNormalization;

/// Hiragana and half-width katakana as full-width katakana; all else as it is.
#[must_use]
pub fn to_katakana(text: &str) -> String {
    // Only half-width katakana is normalised: NFKC would change other characters of a name.
    let mut wide = String::new();
    let mut narrow = String::new();
    for c in text.chars().chain(['\0']) {
        if matches!(c, '\u{FF61}'..='\u{FF9F}') {
            narrow.push(c);
            continue;
        }
        wide.extend(narrow.nfkc());
        narrow.clear();
        if c != '\0' {
            wide.push(c);
        }
    }
    wide.chars().map(hiragana_to_katakana).collect()
}

pub(super) fn hiragana_to_katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::to_katakana;

    #[test]
    fn every_kana_becomes_katakana() {
        assert_eq!(to_katakana("かぶしきがいしゃ ｻﾝﾌﾟﾙ"), "カブシキガイシャ サンプル");
        assert_eq!(to_katakana("ゔぁゞ"), "ヴァヾ");
        assert_eq!(to_katakana("神㈱"), "神㈱");
    }
}
