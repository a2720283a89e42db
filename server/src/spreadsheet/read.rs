//! Reading a spreadsheet that somebody sent.
//!
//! A legal file of two kilobytes can claim 549 GB (a cell in the far corner), one of a megabyte can unpack to
//! gigabytes, and entries of a ZIP may overlap. So the archive is inflated and counted before the reader sees it,
//! cells are streamed, and everything has a cap.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::RangeInclusive;

use calamine::{DataRef, ExcelDateTime, Reader, Style, Xlsx};
use questionnaires::japanese::text::clean_text;
use rust_decimal::Decimal;

use crate::archive::{self, Fault};

const MAX_BYTES: usize = 10 * 1024 * 1024;
const MAX_ENTRIES: usize = 2_000;
const MAX_UNPACKED: u64 = 60 * 1024 * 1024;
const MAX_SHEETS: usize = 50;
const MAX_ROWS: usize = 20_000;
pub(super) const MAX_COLUMNS: usize = 200;
const MAX_CELLS: usize = 300_000;
const MAX_CELL_CHARS: usize = 32_767;

/// A sheet as text: rows of cells, empty ones as empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Name on the tab.
    pub name: String,
    /// Rows from the first; each as long as its last filled cell.
    pub rows: Vec<Vec<String>>,
    /// Areas shown as one cell, whose text stands in their first.
    pub merged: Vec<Merged>,
}

/// Cells shown as one, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// From the first row to the last.
    pub rows: RangeInclusive<usize>,
    /// From the first column to the last.
    pub columns: RangeInclusive<usize>,
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
    let percentages = percentages(book, &name)?;
    let mut sheet = Sheet { name: name.clone(), rows: Vec::new(), merged: merged(book, &name)? };
    let mut reader = book.worksheet_cells_reader(&name).map_err(|_| Refused::NotAWorkbook)?;
    // With the formulas as they stand: filling a shared one into every cell of its area may take longer than the file.
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|_| Refused::NotAWorkbook)? {
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
            DataRef::Float(number) if percentages.contains(&cell.pos) => percent(*number),
            DataRef::Float(number) => number.to_string(),
            DataRef::Bool(true) => "はい".to_owned(),
            DataRef::Bool(false) => "いいえ".to_owned(),
            DataRef::DateTime(serial) => moment(serial),
            DataRef::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
            DataRef::DurationIso(text) => text.clone(),
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

fn merged(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Merged>, Refused> {
    let areas = book.merge_cells_by_sheet_name(name).map_err(|_| Refused::NotAWorkbook)?;
    if areas.len() > MAX_ROWS {
        return Err(Refused::TooLarge("結合したセルは20,000個まで"));
    }
    let merged = |area: &calamine::Dimensions| Merged {
        rows: area.start.0 as usize..=area.end.0 as usize,
        columns: area.start.1 as usize..=area.end.1 as usize,
    };
    Ok(areas.iter().map(merged).collect())
}

/// The cells whose format shows a number as a percentage: 99.9％ typed into a plain cell is stored as 0.999.
fn percentages(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<BTreeSet<(u32, u32)>, Refused> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| Refused::NotAWorkbook)?;
    let is_percent = |style: &Style| {
        style.number_format.as_ref().is_some_and(|format| {
            // 9 and 10 are the built-in 0% and 0.00%.
            matches!(format.format_id, Some(9 | 10)) || format.format_code.contains('%')
        })
    };
    let styles: Vec<bool> = reader.styles().iter().map(is_percent).collect();
    let mut cells = BTreeSet::new();
    if !styles.contains(&true) {
        return Ok(cells);
    }
    while let Some((row, column, style)) = reader.next_style_id().map_err(|_| Refused::NotAWorkbook)? {
        if styles.get(style) == Some(&true) {
            cells.insert((row, column));
            if cells.len() > MAX_CELLS {
                return Err(Refused::TooLarge("文字のあるセルは300,000個まで"));
            }
        }
    }
    Ok(cells)
}

/// A stored fraction as the percentage that its cell shows.
fn percent(fraction: f64) -> String {
    let exact = Decimal::try_from(fraction).ok().and_then(|number| number.checked_mul(Decimal::ONE_HUNDRED));
    exact.map_or_else(|| fraction.to_string(), |number| format!("{}%", number.normalize()))
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

/// A day, a time or both, as the cell of a serial number shows them.
fn moment(serial: &ExcelDateTime) -> String {
    let number = serial.as_f64();
    // The last day that a workbook knows is 9999-12-31.
    if !(0.0..2_958_466.0).contains(&number) {
        return number.to_string();
    }
    let (year, month, day, hour, minute, second, _) = serial.to_ymd_hms_milli();
    let seconds = if second == 0 { String::new() } else { format!(":{second:02}") };
    if serial.is_duration() {
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        let days = number.trunc() as i64;
        return format!("{}:{minute:02}{seconds}", days * 24 + i64::from(hour));
    }
    let time = format!("{hour}:{minute:02}{seconds}");
    let date = format!("{year}-{month:02}-{day:02}");
    match (number < 1.0, number.fract() == 0.0) {
        (true, false) => time,
        (_, true) => date,
        (false, false) => format!("{date} {time}"),
    }
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
        let bomb = packed(&[("xl/sharedStrings.xml", &vec![b' '; 70 * 1024 * 1024])]);
        assert!(bomb.len() < 1024 * 1024);
        assert_eq!(read(&bomb), Err(Refused::TooLarge("展開後60メガバイトまで")));
        for (name, what) in [
            ("xl/vbaProject.bin", "マクロ"),
            ("xl/embeddings/a.bin", "埋め込まれたファイル"),
            ("xl/externalLinks/externalLink1.xml", "ほかのファイルへの参照"),
        ] {
            assert_eq!(read(&packed(&[(name, b"x")])), Err(Refused::Active(what)));
        }
        for name in ["../evil.xml", "xl\\evil.xml", "/etc/passwd"] {
            assert_eq!(read(&packed(&[(name, b"x")])), Err(Refused::NotAWorkbook), "{name}");
        }
    }

    #[test]
    fn bombs_of_many_kinds_are_refused() {
        // Millions of tiny strings: more of them than a sheet may have cells.
        let strings = format!("<sst xmlns=\"{MAIN}\">{}</sst>", "<si><t>a</t></si>".repeat(4_000_000));
        assert_eq!(
            read(&packed(&[("xl/sharedStrings.xml", strings.as_bytes())])),
            Err(Refused::TooLarge("展開後60メガバイトまで"))
        );
        // Entities that multiply, and one that names a file.
        let cell = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
        for (kind, used) in [
            ("<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">", "&b;"),
            ("<!ENTITY a SYSTEM \"file:///etc/passwd\">", "&a;"),
        ] {
            let strings =
                format!("<!DOCTYPE sst [{kind}]><sst xmlns=\"{MAIN}\"><si><t>{used}</t></si></sst>");
            assert_eq!(read(&by_hand(cell, &strings, "", "")), Err(Refused::NotAWorkbook), "{kind}");
        }
        // Two hundred entries over the same bytes.
        let one = packed(&[("xl/worksheets/sheet1.xml", &vec![b' '; 5 * 1024 * 1024])]);
        assert_eq!(read(&overlapping(&one, 200)), Err(Refused::NotAWorkbook));
        // More merged areas than rows, and a shared formula over the whole sheet.
        let areas = "<mergeCell ref=\"A1:B2\"/>".repeat(MAX_ROWS + 1);
        let after = format!("<mergeCells>{areas}</mergeCells>");
        assert_eq!(
            read(&by_hand(cell, "", &after, "")),
            Err(Refused::TooLarge("結合したセルは20,000個まで"))
        );
        let shared = "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"7\"/><v>1</v></c></row>";
        let place = Refused::Formula { sheet: "回答".to_owned(), cell: "A1".to_owned() };
        assert_eq!(read(&by_hand(shared, "", "", "")), Err(place));
    }

    #[test]
    fn readings_of_kanji_are_no_text_and_pieces_of_a_text_are_one() {
        let strings = "<si><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh></si>\
             <si><r><t xml:space=\"preserve\">太い </t></r><r><rPr><b/></rPr><t>字</t></r></si>\
             <si><t xml:space=\"preserve\"> _x0041_と_x005F_x0041_ &amp;amp; </t></si>";
        let strings = format!("<sst xmlns=\"{MAIN}\">{strings}</sst>");
        let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>\
             <c r=\"C1\" t=\"s\"><v>2</v></c><c r=\"D1\" t=\"inlineStr\"><is><t>中の字</t></is></c></row>";
        let sheets = read(&by_hand(rows, &strings, "", "")).unwrap();
        assert_eq!(sheets[0].rows, [["東京", "太い 字", " Aと_x0041_ &amp; ", "中の字"]]);
    }

    #[test]
    fn numbers_arrive_as_their_cells_show_them() {
        let bytes = book(|book| {
            let sheet = book.add_worksheet();
            let mut put = |row: u32, number: f64, format: &str| {
                let format = rust_xlsxwriter::Format::new().set_num_format(format);
                sheet.write_number_with_format(row, 0, number, &format).unwrap();
            };
            for (row, (number, format, _)) in (0..).zip(SHOWN) {
                put(row, *number, format);
            }
        });
        let rows = &read(&bytes).unwrap()[0].rows;
        for (row, (number, format, shown)) in rows.iter().zip(SHOWN) {
            assert_eq!(row, &[*shown], "{number} {format}");
        }
        // The calendar of an older Mac begins four years later.
        let rows = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>44286</v></c></row>";
        let mac = by_hand(rows, "", "", "<workbookPr date1904=\"1\"/>");
        assert_eq!(read(&mac).unwrap()[0].rows, [["2025-04-01"]]);
    }

    /// Number, format, and what its cell shows.
    const SHOWN: &[(f64, &str, &str)] = &[
        (0.999, "0.0%", "99.9%"),
        (0.07, "0%", "7%"),
        (45_748.0, "yyyy/m/d", "2025-04-01"),
        (45_748.708_333_333_336, "yyyy/m/d h:mm", "2025-04-01 17:00"),
        (0.75, "h:mm", "18:00"),
        (1.25, "[h]:mm", "30:00"),
        (99.95, "General", "99.95"),
        (1_234_567.0, "#,##0", "1234567"),
    ];

    #[test]
    fn merged_cells_are_known() {
        let bytes = book(|book| {
            let format = rust_xlsxwriter::Format::new();
            book.add_worksheet().merge_range(1, 0, 3, 1, "見出し", &format).unwrap();
        });
        let sheets = read(&bytes).unwrap();
        assert_eq!(sheets[0].merged, [Merged { rows: 1..=3, columns: 0..=1 }]);
        assert_eq!(sheets[0].rows, [vec![], vec!["見出し".to_owned()]]);
    }

    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    /// A workbook of one sheet from its parts, as no careful program would write it.
    fn by_hand(rows: &str, strings: &str, after: &str, properties: &str) -> Vec<u8> {
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
        let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData>{after}</worksheet>");
        let book = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">{properties}\
             <sheets><sheet name=\"回答\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
        );
        let relations = |parts: &[(&str, &str)]| {
            let relation = |(number, (kind, part)): (usize, &(&str, &str))| {
                format!("<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/{kind}\" Target=\"{part}.xml\"/>")
            };
            let relations: String = (1..).zip(parts).map(relation).collect();
            format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}</Relationships>")
        };
        let parts =
            [("worksheet", "worksheets/sheet1"), ("sharedStrings", "sharedStrings"), ("styles", "styles")];
        let styles = format!(
            "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
        );
        let strings =
            if strings.is_empty() { format!("<sst xmlns=\"{MAIN}\"/>") } else { strings.to_owned() };
        packed(&[
            ("[Content_Types].xml", format!("<Types xmlns=\"{PACKAGE}/content-types\"/>").as_bytes()),
            ("_rels/.rels", relations(&[("officeDocument", "xl/workbook")]).as_bytes()),
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", relations(&parts).as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
            ("xl/sharedStrings.xml", strings.as_bytes()),
            ("xl/styles.xml", styles.as_bytes()),
        ])
    }

    fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let plain = zip::write::SimpleFileOptions::default();
        for (name, content) in parts {
            archive.start_file(*name, plain).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    /// The one entry of an archive listed many times under names of its own.
    fn overlapping(archive: &[u8], times: u16) -> Vec<u8> {
        let at = |mark: &[u8]| archive.windows(4).rposition(|bytes| bytes == mark).unwrap();
        let (central, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
        let entry = &archive[central..end];
        let mut bytes = archive[..central].to_vec();
        for number in 0..times {
            let mut entry = entry.to_vec();
            // Names of one length: the first letters of the name become a number.
            entry[46..49].copy_from_slice(format!("{number:03}").as_bytes());
            bytes.extend(entry);
        }
        let size = u32::try_from(bytes.len() - central).unwrap();
        let mut tail = archive[end..].to_vec();
        tail[8..10].copy_from_slice(&times.to_le_bytes());
        tail[10..12].copy_from_slice(&times.to_le_bytes());
        tail[12..16].copy_from_slice(&size.to_le_bytes());
        bytes.extend(tail);
        bytes
    }
}
