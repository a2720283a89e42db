//! Writing spreadsheets: text cells only, so that nothing typed can become a formula.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

/// Characters that a cell can hold.
const MAX_CELL_CHARS: usize = 32_767;

/// A column with its width in characters.
#[derive(Debug, Clone)]
pub struct Column {
    /// Heading.
    pub name: String,
    /// Width.
    pub width: f64,
}

/// A sheet with one table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Name on the tab.
    pub name: String,
    /// A line above the table; empty for none (the table then begins in the first row).
    pub title: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<String>>,
}

/// A workbook of tables.
///
/// # Errors
/// A name that Excel does not take; a longer cell is cut and says so.
pub fn write(tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let line =
        |format: Format| format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x00B0_B0B0));
    let head = line(Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top));
    let body = line(Format::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format("@"));
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(&table.name)?;
        let top = if table.title.is_empty() { 0 } else { 2 };
        if top > 0 {
            sheet.write_string_with_format(0, 0, &table.title, &Format::new().set_bold())?;
        }
        for (number, column) in (0..).zip(&table.columns) {
            sheet.set_column_width(number, column.width)?;
            sheet.write_string_with_format(top, number, &column.name, &head)?;
        }
        let mut line = top;
        for row in &table.rows {
            line += 1;
            for (number, cell) in (0..).zip(row) {
                sheet.write_string_with_format(line, number, shortened(cell), &body)?;
            }
        }
        sheet.set_freeze_panes(top + 1, 1)?;
        if !table.rows.is_empty() && !table.columns.is_empty() {
            let last = u16::try_from(table.columns.len() - 1).unwrap_or(u16::MAX);
            sheet.autofilter(top, 0, line, last)?;
        }
        sheet.set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
    }
    book.save_to_buffer()
}

fn shortened(cell: &str) -> String {
    const CUT: &str = "…（長いため省略）";
    if cell.chars().count() <= MAX_CELL_CHARS {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(MAX_CELL_CHARS - CUT.chars().count()).collect();
    kept + CUT
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn what_is_written_is_read_back_as_text() {
        let rows = vec![
            vec!["=HYPERLINK(\"x\")".to_owned(), "007".to_owned()],
            vec!["あ".repeat(40_000), String::new()],
        ];
        let table = Table {
            name: "表".into(),
            title: String::new(),
            columns: vec![
                Column { name: "甲".into(), width: 10.0 },
                Column { name: "乙".into(), width: 20.0 },
            ],
            rows,
        };
        let sheets = read(&write(&[table]).unwrap()).unwrap();
        assert_eq!(sheets[0].rows[0], ["甲", "乙"]);
        assert_eq!(sheets[0].rows[1], ["=HYPERLINK(\"x\")", "007"]);
        assert_eq!(sheets[0].rows[2][0].chars().count(), MAX_CELL_CHARS);
        assert!(sheets[0].rows[2][0].ends_with("（長いため省略）"));
    }
}
