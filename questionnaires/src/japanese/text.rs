//! Free text: kept as typed, less what no document and no database can hold.

/// Removes NUL, control characters and non-characters and turns every line end into `\n`; all else stays as typed.
#[must_use]
pub fn clean_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| is_allowed(*c)).collect()
}

/// Characters that XML 1.0 allows (section 2.2), less the C1 controls.
fn is_allowed(c: char) -> bool {
    let non_character = matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE;
    matches!(c, '\n' | '\t') || !(c.is_control() || non_character)
}

/// Length as people count it: Unicode scalar values, line ends as one.
#[must_use]
pub fn char_count(text: &str) -> usize {
    text.chars().filter(|c| *c != '\r').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_cannot_be_kept_goes() {
        assert_eq!(
            clean_text("一\r\n二\r三\u{0}\u{b}\u{FFFF}\u{FDD0}\u{85}\t𠮷㈱①～😀"),
            "一\n二\n三\t𠮷㈱①～😀"
        );
        assert_eq!(char_count("𠮷野家\r\nです"), 6);
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in any::<String>()) {
            let clean = clean_text(&text);
            prop_assert_eq!(clean_text(&clean), clean.clone());
            let left = clean.contains('\r') || clean.contains('\0');
            prop_assert!(!left);
        }
    }
}
