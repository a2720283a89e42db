//! Reading a spreadsheet that somebody sent.
//!
//! A legal file of two kilobytes can claim 549 GB (a cell in the far corner), one of a megabyte can unpack to
//! gigabytes, and entries of a ZIP may overlap. So the archive is inflated and counted before the reader sees it,
//! cells are streamed, and everything has a cap.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use questionnaires::japanese::text::clean_text;

use crate::archive::{self, Fault};

const MAX_BYTES: usize = 10 * 1024 * 1024;
const MAX_ENTRIES: usize = 2_000;
const MAX_UNPACKED: u64 = 60 * 1024 * 1024;
const MAX_SHEETS: usize = 50;
const MAX_ROWS: usize = 20_000;
const MAX_COLUMNS: usize = 200;
const MAX_CELLS: usize = 300_000;
const MAX_CELL_CHARS: usize = 32_767;

/// A sheet as text: rows of cells, empty ones as empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Name on the tab.
    pub name: String,
    /// Rows from the first; each as long as its last filled cell.
    pub rows: Vec<Vec<String>>,
}

/// Why a file is not read; the text is for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a workbook at all.
    #[error(
        "Excelブック（.xlsx）として読み取れません。Excelで開き、「Excelブック」として保存し直してください"
    )]
    NotAWorkbook,
    /// Neither a workbook nor text.
    #[error(
        "Excelブック（.xlsx）としてもCSVとしても読み取れません。Excelで開き、「Excelブック」として保存し直してください"
    )]
    NotATable,
    /// Larger than any sheet that people fill in.
    #[error("ファイルが大きすぎます（{0}）。必要なシートだけにして保存し直してください")]
    TooLarge(&'static str),
    /// Macros, embedded files, links to other files.
    #[error("{0}を含むファイルは受け付けません。取り除いて保存し直してください")]
    Active(&'static str),
    /// A formula, whose value here would be whatever another program left behind.
    #[error("シート「{sheet}」の{cell}に数式があります。値に直して保存し直してください")]
    Formula {
        /// Sheet.
        sheet: String,
        /// `B12`
        cell: String,
    },
    /// An error value such as `#REF!`.
    #[error("シート「{sheet}」の{cell}がエラー値（#REF! など）になっています。直して保存し直してください")]
    ErrorValue {
        /// Sheet.
        sheet: String,
        /// `B12`
        cell: String,
    },
}

/// Reads a workbook or a CSV, whatever its name says.
///
/// # Errors
/// The first reason not to.
pub fn read_table(bytes: &[u8]) -> Result<Vec<Sheet>, Refused> {
    // Every ZIP archive, and so every workbook, begins with these letters.
    if bytes.starts_with(b"PK") {
        return read(bytes);
    }
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge("10メガバイトまで"));
    }
    super::csv::read(bytes)
}

/// What has been read so far, against the caps.
#[derive(Debug, Default)]
pub(super) struct Count {
    cells: usize,
}

impl Count {
    /// One more row, counted from 0.
    pub(super) fn row(&self, row: usize) -> Result<(), Refused> {
        if row >= MAX_ROWS { Err(Refused::TooLarge("20,000行まで")) } else { Ok(()) }
    }

    /// One more cell with text.
    pub(super) fn cell(&mut self, row: usize, column: usize, text: &str) -> Result<(), Refused> {
        self.row(row)?;
        if column >= MAX_COLUMNS {
            return Err(Refused::TooLarge("200列まで"));
        }
        if text.chars().count() > MAX_CELL_CHARS {
            return Err(Refused::TooLarge("1セル32,767文字まで"));
        }
        self.cells += 1;
        if self.cells > MAX_CELLS {
            return Err(Refused::TooLarge("文字のあるセルは300,000個まで"));
        }
        Ok(())
    }
}

/// Reads every visible sheet.
///
/// # Errors
/// The first reason not to.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge("10メガバイトまで"));
    }
    look_through(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Refused::NotAWorkbook)?;
    let visible: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == calamine::SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    if visible.len() > MAX_SHEETS {
        return Err(Refused::TooLarge("シートは50枚まで"));
    }
    let mut count = Count::default();
    visible.into_iter().map(|name| sheet(&mut book, name, &mut count)).collect()
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: String, count: &mut Count) -> Result<Sheet, Refused> {
    let mut sheet = Sheet { name: name.clone(), rows: Vec::new() };
    let mut reader = book.worksheet_cells_reader(&name).map_err(|_| Refused::NotAWorkbook)?;
    while let Some(cell) = reader.next_cell_with_formula().map_err(|_| Refused::NotAWorkbook)? {
        let (row, column) = cell.pos;
        let named = || cell_name(row, column);
        if cell.formula.is_some() {
            return Err(Refused::Formula { sheet: name, cell: named() });
        }
        let text = match &cell.value {
            DataRef::Empty => continue,
            DataRef::String(text) => clean_text(text),
            DataRef::SharedString(text) => clean_text(text),
            DataRef::Int(number) => number.to_string(),
            DataRef::Float(number) => number.to_string(),
            DataRef::Bool(true) => "はい".to_owned(),
            DataRef::Bool(false) => "いいえ".to_owned(),
            DataRef::DateTime(serial) => day(serial.as_f64()).unwrap_or_default(),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                text.split('T').next().unwrap_or_default().to_owned()
            }
            DataRef::Error(_) => return Err(Refused::ErrorValue { sheet: name, cell: named() }),
        };
        if text.trim().is_empty() {
            continue;
        }
        // A capped place needs no memory for what lies before it in the far corner.
        count.cell(row as usize, column as usize, &text)?;
        put(&mut sheet.rows, row as usize, column as usize, text);
    }
    Ok(sheet)
}

fn put(rows: &mut Vec<Vec<String>>, row: usize, column: usize, text: String) {
    if rows.len() <= row {
        rows.resize_with(row + 1, Vec::new);
    }
    if let Some(cells) = rows.get_mut(row) {
        if cells.len() <= column {
            cells.resize_with(column + 1, String::new);
        }
        if let Some(cell) = cells.get_mut(column) {
            *cell = text;
        }
    }
}

/// `B12`
fn cell_name(row: u32, column: u32) -> String {
    let mut letters = String::new();
    let mut rest = column;
    loop {
        letters.insert(0, char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    format!("{letters}{}", row + 1)
}

/// The day of a serial number, whole days since 1899-12-30.
fn day(serial: f64) -> Option<String> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a saturated cast is caught by the range of the calendar"
    )]
    let days = serial.floor() as i64;
    let start = jiff::civil::date(1899, 12, 30);
    start.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(|day| day.to_string())
}

/// Looks through the archive before the reader opens it.
fn look_through(bytes: &[u8]) -> Result<(), Refused> {
    let limits = archive::Limits { entries: MAX_ENTRIES, unpacked: MAX_UNPACKED };
    archive::look_through(Cursor::new(bytes), limits).map(|_| ()).map_err(|fault| match fault {
        Fault::Broken => Refused::NotAWorkbook,
        Fault::Entries => Refused::TooLarge("部品は2,000個まで"),
        Fault::Unpacked => Refused::TooLarge("展開後60メガバイトまで"),
        Fault::Macros => Refused::Active("マクロ"),
        Fault::Embedded => Refused::Active("埋め込まれたファイル"),
        Fault::External => Refused::Active("ほかのファイルへの参照"),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::io::Write;

    use rust_xlsxwriter::{Formula, Workbook};

    use super::*;

    fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
        let mut book = Workbook::new();
        fill(&mut book);
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn cells_arrive_as_text() {
        let bytes = book(|book| {
            let sheet = book.add_worksheet();
            sheet.set_name("設問").unwrap();
            sheet.write(0, 0, "𠮷野家\n二行目").unwrap();
            sheet.write(1, 2, 5).unwrap();
            sheet.write(1, 3, 99.95).unwrap();
            sheet.write(2, 0, true).unwrap();
            let hidden = book.add_worksheet();
            hidden.write(0, 0, "隠したシート").unwrap();
            hidden.set_hidden(true);
        });
        let sheets = read(&bytes).unwrap();
        assert_eq!(sheets.len(), 1);
        assert_eq!(sheets[0].name, "設問");
        let rows = &sheets[0].rows;
        assert_eq!(rows[0], ["𠮷野家\n二行目"]);
        assert_eq!(rows[1], ["", "", "5", "99.95"]);
        assert_eq!(rows[2], ["はい"]);
        assert_eq!(day(45_748.0).as_deref(), Some("2025-04-01"));
        assert_eq!(cell_name(11, 27), "AB12");
    }

    #[test]
    fn far_corners_formulas_and_bombs_are_refused() {
        let corner = book(|book| {
            let sheet = book.add_worksheet();
            sheet.write(0, 0, "始").unwrap();
            sheet.write(1_048_575, 16_383, "終").unwrap();
        });
        assert_eq!(read(&corner), Err(Refused::TooLarge("20,000行まで")));
        let formula = book(|book| {
            book.add_worksheet().write_formula(3, 1, Formula::new("=1+1")).unwrap();
        });
        let place = Refused::Formula { sheet: "Sheet1".to_owned(), cell: "B4".to_owned() };
        assert_eq!(read(&formula), Err(place));
        for bytes in [&b""[..], b"PK\x03\x04", b"<html></html>", &corner[..corner.len() / 2]] {
            assert_eq!(read(bytes), Err(Refused::NotAWorkbook));
        }
        let bomb = packed("xl/sharedStrings.xml", &vec![b' '; 70 * 1024 * 1024]);
        assert!(bomb.len() < 1024 * 1024);
        assert_eq!(read(&bomb), Err(Refused::TooLarge("展開後60メガバイトまで")));
        assert_eq!(read(&packed("xl/vbaProject.bin", b"x")), Err(Refused::Active("マクロ")));
        assert_eq!(read(&packed("xl/embeddings/a.bin", b"x")), Err(Refused::Active("埋め込まれたファイル")));
        assert_eq!(read(&packed("../evil.xml", b"x")), Err(Refused::NotAWorkbook));
    }

    fn packed(name: &str, content: &[u8]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let plain = zip::write::SimpleFileOptions::default();
        archive.start_file(name, plain).unwrap();
        archive.write_all(content).unwrap();
        archive.finish().unwrap().into_inner()
    }
}
