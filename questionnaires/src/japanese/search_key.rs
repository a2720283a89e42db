//! One key for every search: what people type finds what people typed.

use unicode_normalization::UnicodeNormalization;

use super::kana::hiragana_to_katakana;

/// Variant characters of names and the form under which both are found.
const VARIANTS: &[(char, char)] = &[
    ('髙', '高'),
    ('﨑', '崎'),
    ('嵜', '崎'),
    ('碕', '崎'),
    ('濵', '浜'),
    ('濱', '浜'),
    ('邊', '辺'),
    ('邉', '辺'),
    ('齋', '斎'),
    ('齊', '斉'),
    ('廣', '広'),
    ('國', '国'),
    ('澤', '沢'),
    ('櫻', '桜'),
    ('德', '徳'),
    ('惠', '恵'),
    ('眞', '真'),
    ('龍', '竜'),
    ('嶋', '島'),
    ('嶌', '島'),
    ('冨', '富'),
    ('萬', '万'),
    ('與', '与'),
    ('榮', '栄'),
    ('會', '会'),
    ('學', '学'),
    ('藝', '芸'),
    ('縣', '県'),
    ('區', '区'),
    ('縄', '縄'),
    ('鐵', '鉄'),
    ('彌', '弥'),
    ('瀨', '瀬'),
    ('賴', '頼'),
    ('黑', '黒'),
    ('淸', '清'),
    ('增', '増'),
    ('曾', '曽'),
    ('槇', '槙'),
    ('巖', '巌'),
    ('條', '条'),
    ('當', '当'),
    ('壽', '寿'),
    ('祐', '祐'),
    ('顯', '顕'),
    ('晉', '晋'),
    ('圓', '円'),
    ('驛', '駅'),
];

/// Words that are written in several ways and tell companies apart for nobody.
const CORPORATE_FORMS: &[(&str, &str)] = &[
    ("株式会社", "(株)"),
    ("有限会社", "(有)"),
    ("合同会社", "(同)"),
    ("合資会社", "(資)"),
    ("合名会社", "(名)"),
    ("一般社団法人", "(一社)"),
    ("一般財団法人", "(一財)"),
    ("公益社団法人", "(公社)"),
    ("公益財団法人", "(公財)"),
    ("特定非営利活動法人", "(特非)"),
];

/// The key of a text: width, case, kana, spaces, middle dots, variant characters and forms of company names do not
/// count. Used for the stored column and for what is searched, so that both always agree.
#[must_use]
pub fn search_key(text: &str) -> String {
    let folded: String = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .map(hiragana_to_katakana)
        .map(|c| VARIANTS.iter().find(|(variant, _)| *variant == c).map_or(c, |(_, common)| *common))
        .filter(|c| !c.is_whitespace() && !matches!(c, '・' | '･' | '·' | '•' | '\u{3099}' | '\u{309A}'))
        .collect();
    CORPORATE_FORMS.iter().fold(folded, |key, (long, short)| key.replace(long, short))
}

#[cfg(test)]
mod tests {
    use super::search_key;

    #[test]
    fn differences_that_do_not_count() {
        let same = [
            ("株式会社サンプル", "㈱ｻﾝﾌﾟﾙ"),
            ("（株）さんぷる", "(株) サンプル"),
            ("髙﨑　システム", "高崎ｼｽﾃﾑ"),
            ("ＡＢＣ・Ｃｌｏｕｄ", "abcCLOUD"),
            ("監査１２", "監査12"),
        ];
        for (a, b) in same {
            assert_eq!(search_key(a), search_key(b), "{a} {b}");
        }
        assert_ne!(search_key("監査"), search_key("監視"));
        assert!(search_key("住民監査請求").contains(&search_key("監査")));
    }
}
