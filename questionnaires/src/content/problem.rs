//! What is wrong with a file, told to the person who edits it.

use std::fmt;

use thiserror::Error;

/// One thing that is wrong with one place of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
pub struct LoadProblem {
    /// Path below `questionnaires/`, `questions/data-location.toml`.
    pub file: String,
    /// Line from 1; 0 when the problem concerns the file as a whole.
    pub line: usize,
    /// Column in characters from 1; 0 when the problem concerns the file as a whole.
    pub column: usize,
    /// Place in the data, items by their ids: `question.LOC-01.weight`. Empty for the whole file.
    pub field: String,
    /// Japanese: what was expected.
    pub message: String,
}

impl fmt::Display for LoadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.field.is_empty() {
            write!(f, " [{}]", self.field)?;
        }
        write!(f, " {}", self.message)
    }
}

/// A message for a syntax error of the TOML parser, whose own messages are English.
pub(super) fn toml_message(english: &str) -> String {
    let known = [
        ("duplicate key", "同じ名前の項目が2回書かれています。どちらか一方だけにしてください。"),
        ("string values must be quoted", "文字列は \" で囲んでください。"),
        ("unquoted keys cannot be empty", "「=」の前に項目の名前を書いてください。"),
        ("missing assignment", "項目の名前の後に「=」を書いてください。"),
        ("key with no value", "項目の名前の後に「=」と値を書いてください。"),
        ("missing value", "「=」の後に値を書いてください。"),
        ("missing comma", "値と値の間に「,」を書いてください。"),
        ("extra comma", "余分な「,」を取ってください。"),
        ("extra `=`", "余分な「=」を取ってください。"),
        ("extra assignment", "余分な「=」を取ってください。"),
        ("unexpected `=`", "余分な「=」を取ってください。"),
        ("unclosed array table", "表の見出しを ]] で閉じてください。"),
        ("unclosed array", "一覧を「]」で閉じてください。"),
        ("unclosed inline table", "波括弧を「}」で閉じてください。"),
        ("unclosed table", "表の見出しを「]」で閉じてください。"),
        ("cannot extend value", "既に値が決まっている項目に、後から項目を足すことはできません。"),
        ("invalid basic string", "文字列を \" で閉じてください。改行を含むときは \"\"\" で囲んでください。"),
        ("invalid literal string", "文字列を ' で閉じてください。改行を含むときは ''' で囲んでください。"),
        ("invalid multi-line basic string", "改行を含む文字列を \"\"\" で閉じてください。"),
        ("invalid multi-line literal string", "改行を含む文字列を ''' で閉じてください。"),
        ("missing escaped value", "文字列の中の「\\」は「\\\\」と書いてください。"),
        ("unexpected leading zero", "数の先頭の0を取ってください。番号を書くときは \" で囲んでください。"),
        ("invalid date-time", "日付は 2026-04-01 のように書いてください。"),
        ("invalid unquoted key", "項目の名前には半角の英数字、「_」、「-」を使ってください。"),
        ("invalid key", "項目の名前には半角の英数字、「_」、「-」を使ってください。"),
        ("recursion", "入れ子が深すぎます。"),
        ("carriage return", "改行の文字が壊れています。改行コードを LF か CRLF にそろえてください。"),
        ("invalid comment", "「#」の後に、画面に出ない文字があります。取ってください。"),
    ];
    let found = known.iter().find(|(start, _)| english.contains(start)).map(|(_, japanese)| *japanese);
    found
        .unwrap_or("TOML の書式として読めません。この行と前の行の引用符、括弧、「=」を確かめてください。")
        .to_owned()
}
