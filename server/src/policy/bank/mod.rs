//! 設問バンクの表: the whole bank as a workbook, and back.
//!
//! Every fact about a question stands in a visible cell under a heading that the first sheet explains; nothing is
//! hidden, nothing depends on formats or formulas. Reading a workbook that was just written gives the same bank.

mod book;
mod columns;
mod read;
mod write;

pub use read::{RowResult, import};
pub use write::export;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use questionnaires::content::Content;

    use super::*;
    use crate::spreadsheet::{self, Column, Table};

    fn present() -> Content {
        Content::embedded().unwrap()
    }

    /// The workbook with cells changed: (sheet, row as Excel numbers it, heading, text).
    fn changed(present: &Content, changes: &[(&str, usize, &str, &str)]) -> Vec<u8> {
        let sheets = spreadsheet::read(&export(&present.topics).unwrap()).unwrap();
        let tables = sheets.iter().filter_map(|sheet| {
            let form = columns::SHEETS.iter().find(|form| form.name == sheet.name)?;
            let mut rows: Vec<Vec<String>> = sheet.rows.iter().skip(1).cloned().collect();
            for (_, number, heading, text) in changes.iter().filter(|(name, ..)| *name == form.name) {
                let column = form.columns.iter().position(|(name, ..)| name == heading).unwrap();
                let row = &mut rows[number - 2];
                row.resize(form.columns.len(), String::new());
                row[column] = (*text).to_owned();
            }
            let columns = form
                .columns
                .iter()
                .map(|(name, width, _)| Column { name: (*name).to_owned(), width: *width })
                .collect();
            Some(Table { name: form.name.to_owned(), title: String::new(), columns, rows })
        });
        spreadsheet::write(&tables.collect::<Vec<_>>()).unwrap()
    }

    fn read(present: &Content, bytes: &[u8]) -> read::Imported {
        import(bytes, present, Content::embedded_files()).unwrap()
    }

    #[test]
    fn a_round_trip_is_the_identity() {
        let present = present();
        let imported = read(&present, &export(&present.topics).unwrap());
        assert_eq!(imported.rows, []);
        assert!(imported.fits && imported.changed.is_empty(), "{:?}", imported.changed.first());
        assert!(imported.removed.is_empty());
        assert_eq!(imported.questions, present.questions().count());
    }

    #[test]
    fn a_change_is_told_and_nothing_else() {
        let present = present();
        let weight = changed(&present, &[("設問", 2, columns::WEIGHT, "9")]);
        let imported = read(&present, &weight);
        let first = present.questions().next().unwrap();
        let told: Vec<_> = imported.rows.iter().map(|row| (row.row, row.about.as_str(), row.kind)).collect();
        // A weight without points is refused; whichever it is, the row is the second.
        assert!(told.iter().all(|(row, about, _)| *row == 2 && *about == first.id), "{told:?}");
        assert!(!told.is_empty());
        let title = changed(&present, &[("設問", 3, columns::TITLE, "新しい見出し")]);
        let imported = read(&present, &title);
        let (topic, text) = &imported.changed[0];
        assert_eq!(imported.changed.len(), 1);
        assert!(topic.questions.iter().any(|question| question.title == "新しい見出し"));
        assert!(text.contains("新しい見出し"));
    }

    #[test]
    fn every_wrong_row_is_told_at_once_and_nothing_changes() {
        let present = present();
        let wrong = changed(
            &present,
            &[
                ("設問", 3, columns::WEIGHT, "多い"),
                ("設問", 4, columns::NOT_APPLICABLE, "たぶん"),
                ("回答欄", 5, columns::KIND, "ラジオ"),
                ("失格", 2, columns::QUESTION, "ZZZ-99"),
                ("分野", 2, columns::ORDER, "-1"),
            ],
        );
        let imported = read(&present, &wrong);
        assert!(!imported.fits && imported.changed.is_empty());
        let told: Vec<String> =
            imported.rows.iter().map(|row| format!("{} {} {}", row.sheet, row.row, row.message)).collect();
        for expected in [
            "分野 2 「並び順」には0以上の整数を書いてください（「-1」と書かれています）",
            "設問 3 「重み」には0以上の整数を書いてください（「多い」と書かれています）",
            "設問 4 「該当なしの可否」には「はい」か「いいえ」を書いてください（「たぶん」と書かれています）",
            "回答欄 5 「種類」には次のいずれかを書いてください：",
            "失格 2 設問「ZZZ-99」がシート「設問」にありません",
        ] {
            assert!(told.iter().any(|line| line.starts_with(expected)), "{expected}\n{told:#?}");
        }
        // What only the loader can know comes back at its row, too.
        let unknown = changed(&present, &[("設問", 3, columns::WHEN, "no_such_fact")]);
        let imported = read(&present, &unknown);
        let row = &imported.rows[0];
        assert_eq!((row.sheet.as_str(), row.row), ("設問", 3));
        assert!(row.message.contains("no_such_fact"), "{}", row.message);
    }

    #[test]
    fn another_workbook_is_told_what_it_lacks() {
        let table = Table {
            name: "Sheet1".to_owned(),
            title: String::new(),
            columns: vec![Column { name: "質問".to_owned(), width: 10.0 }],
            rows: vec![vec!["はい".to_owned()]],
        };
        let imported = read(&present(), &spreadsheet::write(&[table]).unwrap());
        assert_eq!(imported.rows.len(), columns::SHEETS.len());
        assert_eq!(imported.rows[0].message, "シート「分野」がありません");
    }
}
