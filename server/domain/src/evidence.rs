//! 証拠資料: what may be handed in, and what the check for malware found.

text_enum!(
    /// Kinds of files that are accepted, told apart by their content.
    FileKind {
        /// PDF
        Pdf = "pdf", "PDF";
        /// Word
        Docx = "docx", "Word";
        /// Excel
        Xlsx = "xlsx", "Excel";
        /// CSV
        Csv = "csv", "CSV";
        /// Plain text
        Txt = "txt", "テキスト";
        /// JPEG image
        Jpg = "jpg", "JPEG画像";
        /// PNG image
        Png = "png", "PNG画像";
    }
);

text_enum!(
    /// What the check for malware says of a file.
    Scan {
        /// Nothing has checked it (yet).
        Unscanned = "unscanned", "未検査";
        /// Nothing found.
        Clean = "clean", "問題なし";
        /// Something found: nobody gets the file any more.
        Infected = "infected", "不可（ウイルス検出）";
    }
);

/// Most characters of the plain name of evidence, and of a file name.
pub const NAME_CHARS: usize = 200;

/// A file name that every system can keep: path parts, control characters and what Windows forbids are replaced,
/// the ending stays.
#[must_use]
pub fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_direction =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let cleaned: String = last
        .chars()
        .filter(|c| !is_direction(*c))
        .map(|c| if c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    let cleaned = cleaned.trim_matches([' ', '.', '　']).to_owned();
    let (stem, ending) = match cleaned.rsplit_once('.') {
        Some((stem, ending)) => (stem.to_owned(), format!(".{ending}")),
        None => (cleaned, String::new()),
    };
    let stem = if stem.is_empty() { "資料" } else { &stem };
    let room = NAME_CHARS.saturating_sub(ending.chars().count());
    format!("{}{ending}", stem.chars().take(room).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_keep_nothing_that_hurts() {
        assert_eq!(file_name("C:\\Users\\見本\\認証の写し.pdf"), "認証の写し.pdf");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\r\nb\u{202e}fdp.exe"), "a__bfdp.exe");
        assert_eq!(file_name("  .pdf"), "pdf");
        assert_eq!(file_name("???.pdf"), "___.pdf");
        assert_eq!(file_name(""), "資料");
        let long = file_name(&format!("{}.xlsx", "長".repeat(400)));
        assert_eq!(long.chars().count(), NAME_CHARS);
        assert!(long.ends_with(".xlsx"));
    }
}
