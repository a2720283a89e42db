//! The workbook that goes out, and its one table as CSV.

use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{ANSWER, CODE, FIELD, Field, QUESTION, VERSION, code, fields, offered, raw_of, words};
use crate::answering::sheet::Own;
use crate::page;
use crate::spreadsheet::csv::{self, Charset};

/// Characters that the list of a cell can hold in all.
const LIST_CHARS: usize = 255;
const COLUMNS: [(&str, f64); 8] = [
    (QUESTION, 10.0),
    (FIELD, 16.0),
    ("分野", 16.0),
    ("設問", 44.0),
    ("記入する事項", 30.0),
    ("書き方・選択肢", 40.0),
    (ANSWER, 44.0),
    (VERSION, 6.0),
];
/// Where the answers stand.
const ANSWER_COLUMN: u16 = 6;

/// A field as the row that it takes.
struct Line {
    /// As many as there are [`COLUMNS`].
    cells: [String; 8],
    /// The choices of its list; empty where anything may be typed.
    list: Vec<String>,
}

fn lines(own: &Own) -> Vec<Line> {
    let mut lines = Vec::new();
    for section in &own.questionnaire.sections {
        for asked in &section.questions {
            let raw = raw_of(&asked.question, own);
            let version = own.saved(&asked.question.id).map_or(0, |saved| saved.version).to_string();
            for Field { name, label, hint, required, kind } in fields(asked, &raw) {
                let label = if required { format!("{label}（必須）") } else { label };
                let answer = words(&raw, &name, kind);
                let list = offered(kind).into_iter().map(str::to_owned).collect();
                let (id, text) = (asked.question.id.clone(), asked.question.text.clone());
                let cells = [id, name, section.name.clone(), text, label, hint, answer, version.clone()];
                lines.push(Line { cells, list });
            }
        }
    }
    lines
}

/// The rows as CSV. An answer that the encoding cannot hold is left out, which leaves it as it is when the file comes
/// back; how many says the second row.
pub(super) fn table(own: &Own, charset: Charset) -> Result<Vec<u8>, ::csv::Error> {
    let all = lines(own);
    let of = all.len();
    let held: Vec<Line> =
        all.into_iter().filter(|line| charset.holds(&line.cells[usize::from(ANSWER_COLUMN)])).collect();
    let padded = |first: [String; 4]| {
        let mut row = first.to_vec();
        row.resize(COLUMNS.len(), String::new());
        row
    };
    let note = match of - held.len() {
        0 => String::new(),
        left => format!(
            "この文字コードで表せない字を含む{left}件の欄は載せていません。取り込んでも今の回答のまま変わりません。"
        ),
    };
    let mut rows = vec![
        padded([CODE.to_owned(), code(own), String::new(), own.title.clone()]),
        padded([String::new(), String::new(), String::new(), note]),
        COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect(),
    ];
    rows.extend(held.into_iter().map(|line| line.cells.to_vec()));
    csv::write(&rows, charset)
}

pub(super) fn book(own: &Own) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    guide(book.add_worksheet(), own)?;
    answers(book.add_worksheet(), own)?;
    book.save_to_buffer()
}

fn guide(sheet: &mut Worksheet, own: &Own) -> Result<(), XlsxError> {
    sheet.set_name("表紙")?;
    sheet.set_column_width(0, 24.0)?;
    sheet.set_column_width(1, 90.0)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let bold = Format::new().set_bold();
    let due = page::moment(own.assessment.due_at.get());
    let lines: [(&str, &str); 11] = [
        ("情報セキュリティ調査票", ""),
        ("団体", &own.organization.name),
        ("件名", &own.title),
        ("事業者", &own.vendor.name),
        ("回答期限", &due),
        ("", ""),
        ("回答の仕方", "シート「回答」の「回答」の列に記入してください。ほかの列は書き換えないでください。"),
        (
            "一部だけの回答",
            "記入したところだけで取り込めます。後から同じブックに書き足して、もう一度取り込めます。",
        ),
        ("表の形の設問", "「1行目」「2行目」などの行に、1件ずつ記入してください。"),
        ("該当しない設問", "「回答の扱い」を「該当なし」とし、理由を記入してください。"),
        (
            "提出",
            "画面の「Excelで回答する」から取り込み、内容を確かめて提出してください。取り込んだだけでは提出になりません。",
        ),
    ];
    for (row, (name, text)) in (0..).zip(lines) {
        sheet.write_string_with_format(row, 0, name, &bold)?;
        sheet.write_string_with_format(row, 1, text, &wrap)?;
    }
    Ok(())
}

fn answers(sheet: &mut Worksheet, own: &Own) -> Result<(), XlsxError> {
    sheet.set_name("回答")?;
    let line =
        |format: Format| format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x00B0_B0B0));
    let head = line(Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top));
    let body = line(Format::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format("@"));
    let open = line(
        Format::new()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_num_format("@")
            .set_background_color(Color::RGB(0x00FF_FBE6)),
    );
    sheet.write_string_with_format(0, 0, CODE, &Format::new().set_bold())?;
    sheet.write_string(0, 1, code(own))?;
    sheet.write_string(0, 3, &own.title)?;
    for (number, (name, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(number, width)?;
        sheet.write_string_with_format(2, number, name, &head)?;
    }
    let mut row = 2;
    for Line { cells, list } in lines(own) {
        row += 1;
        for (number, cell) in (0..).zip(&cells) {
            let format = if number == ANSWER_COLUMN { &open } else { &body };
            sheet.write_string_with_format(row, number, cell, format)?;
        }
        let length: usize = list.iter().map(|word| word.chars().count() + 1).sum();
        if !list.is_empty() && length <= LIST_CHARS && list.iter().all(|word| !word.contains(',')) {
            // A list helps; other text is told when it is read, not forbidden here.
            let choices = DataValidation::new().allow_list_strings(&list)?.show_error_message(false);
            sheet.add_data_validation(row, ANSWER_COLUMN, row, ANSWER_COLUMN, &choices)?;
        }
    }
    sheet.set_freeze_panes(3, 2)?;
    sheet.autofilter(2, 0, row, ANSWER_COLUMN + 1)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(2, 2)?;
    Ok(())
}
