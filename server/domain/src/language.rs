//! 画面の言語: what a vendor reads, and what an answer was given on.

text_enum!(
    /// A language of the vendor's pages and mails.
    Language {
        /// The language of the questions themselves.
        Japanese = "ja", "日本語";
        /// Their twin, for providers abroad.
        English = "en", "英語（English）";
    }
);

impl Language {
    /// The text of this language out of a pair.
    #[must_use]
    pub fn pick<T>(self, japanese: T, english: T) -> T {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }
}
