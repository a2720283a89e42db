//! The same tables as CSV (RFC 4180), in UTF-8 or in the CP932 of older machines.
//!
//! Excel runs a cell that begins with `=`, so such a cell is written with an apostrophe in front, and read without it.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};
use questionnaires::japanese::text::clean_text;

use super::read::{self, Refused, Sheet};

const BOM: &[u8] = b"\xEF\xBB\xBF";
/// What stands for a character that the encoding does not have.
const MISSING: char = '〓';
/// With what a formula can begin, in either width.
const FORMULA: [char; 9] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t'];

/// How the bytes of a CSV are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8 with a byte order mark, without which Excel takes it for CP932.
    Utf8,
    /// The Shift_JIS of Windows (code page 932).
    Cp932,
}

impl Charset {
    /// Whether a text comes back from this encoding as it is.
    #[must_use]
    pub fn holds(self, text: &str) -> bool {
        // What cannot be written becomes a reference, what is written as its like (− as －) comes back as that.
        self == Self::Utf8 || SHIFT_JIS.decode(&SHIFT_JIS.encode(text).0).0 == text
    }
}

/// Writes rows; characters that the encoding does not have become 〓.
///
/// # Errors
/// None that a buffer in memory can have.
pub fn write(rows: &[Vec<String>], charset: Charset) -> Result<Vec<u8>, csv::Error> {
    let start = if charset == Charset::Utf8 { BOM.to_vec() } else { Vec::new() };
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(start);
    for row in rows {
        let cells = row.iter().map(|cell| match charset {
            Charset::Utf8 => guarded(cell).into_bytes(),
            Charset::Cp932 => {
                let has = |c: char| !SHIFT_JIS.encode(c.encode_utf8(&mut [0; 4])).2;
                let cell: String = guarded(cell).chars().map(|c| if has(c) { c } else { MISSING }).collect();
                SHIFT_JIS.encode(&cell).0.into_owned()
            }
        });
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn begins_like_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

fn guarded(cell: &str) -> String {
    if begins_like_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|_| begins_like_formula(cell)).unwrap_or(cell)
}

/// Reads a CSV as the one sheet of a workbook; the encoding is found by its bytes.
///
/// # Errors
/// [`Refused`], with the caps of a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refused> {
    let text = decoded(bytes).ok_or(Refused::NotATable)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut sheet = Sheet { name: "CSV".to_owned(), ..Sheet::default() };
    let mut count = read::Count::default();
    for record in reader.records() {
        let record = record.map_err(|_| Refused::NotATable)?;
        let row = sheet.rows.len();
        let mut cells = Vec::new();
        for (column, cell) in record.iter().enumerate() {
            let cell = clean_text(unguarded(cell));
            if !cell.trim().is_empty() {
                count.cell(row, column, &cell)?;
            }
            // Empty cells behind the last column that counts may be as many as the file has bytes.
            if column < read::MAX_COLUMNS {
                cells.push(cell);
            }
        }
        count.row(row)?;
        sheet.rows.push(cells);
    }
    Ok(vec![sheet])
}

/// The text of a file: by its byte order mark, else UTF-8, else CP932; none where no such text has these bytes.
fn decoded(bytes: &[u8]) -> Option<String> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encodings = marked.map_or(vec![UTF_8, SHIFT_JIS], |encoding| vec![encoding]);
    encodings
        .into_iter()
        .map(|encoding| encoding.decode_with_bom_removal(bytes))
        .find(|(text, broken)| !broken && !text.contains('\0'))
        .map(|(text, _)| text.into_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(cell: &str) -> Vec<Vec<String>> {
        vec![vec![cell.to_owned(), "次".to_owned()]]
    }

    #[test]
    fn both_encodings_are_told_apart_by_their_bytes() {
        let rows = one("高﨑①～−\n=1+1");
        let utf8 = write(&rows, Charset::Utf8).unwrap();
        assert!(utf8.starts_with(BOM));
        assert_eq!(super::read(&utf8).unwrap()[0].rows, rows);
        assert_eq!(super::read(&utf8[3..]).unwrap()[0].rows, rows, "the mark is lost on the way");
        let (cp932, _, _) = SHIFT_JIS.encode("番号,回答\r\nNDA-01,髙﨑①㈱～\r\n");
        assert_eq!(super::read(&cp932).unwrap()[0].rows[1], ["NDA-01", "髙﨑①㈱～"]);
        let utf16: Vec<u8> = "\u{FEFF}番号,回答\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(super::read(&utf16).unwrap()[0].rows[0], ["番号", "回答"]);
        for bytes in [&b"\x00\x01\x02"[..], b"\xFF\xFF\xFF", b"a,b\x00"] {
            assert_eq!(super::read(bytes), Err(Refused::NotATable));
        }
    }

    #[test]
    fn what_cp932_does_not_have_is_known_before() {
        for (text, holds) in [("髙﨑①㈱～", true), ("𠮷野家", false), ("😀", false), ("a−b", false)]
        {
            assert_eq!(Charset::Cp932.holds(text), holds, "{text}");
            assert!(Charset::Utf8.holds(text));
        }
        let bytes = write(&one("𠮷野家😀"), Charset::Cp932).unwrap();
        assert_eq!(super::read(&bytes).unwrap()[0].rows[0][0], "〓野家〓");
    }

    #[test]
    fn formulas_do_not_run_in_excel() {
        let bytes = write(&one("=HYPERLINK(\"x\")"), Charset::Utf8).unwrap();
        assert!(String::from_utf8(bytes).unwrap().contains("\"'=HYPERLINK(\"\"x\"\")\""));
    }

    #[test]
    fn caps_are_those_of_a_workbook() {
        assert_eq!(super::read(&b"a,b\n".repeat(20_001)), Err(Refused::TooLarge("20,000行まで")));
        assert_eq!(super::read(",a".repeat(300).as_bytes()), Err(Refused::TooLarge("200列まで")));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(
            rows in prop::collection::vec(prop::collection::vec("[-'=+@,\"\nあ-んa-z０-９ ]{0,12}", 2..6), 1..8),
            wide in any::<bool>(),
        ) {
            let charset = if wide { Charset::Utf8 } else { Charset::Cp932 };
            prop_assert_eq!(&super::read(&write(&rows, charset).unwrap()).unwrap()[0].rows, &rows);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = super::read(&bytes);
        }
    }
}
