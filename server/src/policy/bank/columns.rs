//! Sheets and columns of the workbook, in one place for writing, reading and the explanation on the first sheet.

/// A column: heading, width in characters, what to write.
pub type Column = (&'static str, f64, &'static str);

/// A sheet: name on the tab, what a row is, columns.
#[derive(Debug, Clone, Copy)]
pub struct SheetForm {
    /// Name on the tab.
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// Columns in order.
    pub columns: &'static [Column],
}

/// The sheet that explains the others.
pub const GUIDE: &str = "はじめに";

pub const TOPIC: &str = "分野";
pub const TOPIC_NAME: &str = "分野の名称";
pub const ORDER: &str = "並び順";
pub const QUESTION: &str = "設問";
pub const TITLE: &str = "見出し";
pub const TEXT: &str = "設問文";
pub const WHY: &str = "尋ねる理由";
pub const PATHS: &str = "経路";
pub const WHEN: &str = "条件";
pub const REQUIREMENTS: &str = "要求";
pub const CLAUSES: &str = "条項";
pub const WEIGHT: &str = "重み";
pub const COMBINE: &str = "複数選択の点";
pub const NOT_APPLICABLE: &str = "該当なしの可否";
pub const SINCE: &str = "開始日";
pub const PART: &str = "回答欄";
pub const COLUMN: &str = "列";
pub const LABEL: &str = "表示名";
pub const HINT: &str = "補足";
pub const REQUIRED: &str = "必須";
pub const KIND: &str = "種類";
pub const MAX_CHARS: &str = "最大文字数";
pub const ROWS: &str = "行数";
pub const UNIT: &str = "単位";
pub const MIN: &str = "最小";
pub const MAX: &str = "最大";
pub const DECIMALS: &str = "小数の桁数";
pub const MAX_HOURS: &str = "最大時間";
pub const UNDISCLOSED: &str = "不明の可否";
pub const MIN_ROWS: &str = "最少の行";
pub const MAX_ROWS: &str = "最多の行";
pub const MAX_FILES: &str = "最多のファイル";
pub const YES: &str = "はいの点";
pub const NO: &str = "いいえの点";
pub const CHOICE: &str = "選択肢";
pub const POINTS: &str = "点";
pub const FROM: &str = "提供開始日";
pub const SEVERITY: &str = "重さ";
pub const REASON: &str = "理由";
pub const REQUIREMENT: &str = "根拠の要求";
pub const EVIDENCE: &str = "証跡";
pub const MAX_AGE: &str = "有効な月数";
pub const WORD: &str = "用語";
pub const MEANING: &str = "意味";

const YES_NO: &str = "はい、いいえ";
const DATE: &str = "2026-04-01 の形";

/// The sheets after the guide.
pub const SHEETS: [SheetForm; 9] = [
    SheetForm {
        name: "分野",
        row: "設問をまとめる分野一つ",
        columns: &[
            (TOPIC, 20.0, "分野の id。半角の小文字、数字、「-」"),
            (TOPIC_NAME, 28.0, "回答者に見える見出し"),
            (ORDER, 8.0, "小さい順に尋ねる。分野ごとに異なる数"),
        ],
    },
    SheetForm {
        name: "設問",
        row: "設問一つ。上から順に尋ねる",
        columns: &[
            (QUESTION, 10.0, "設問の id（LOC-01 の形）。一度使った id を別の設問に使わない"),
            (TOPIC, 18.0, "分野の id"),
            (TITLE, 22.0, "一覧に用いる短い見出し"),
            (TEXT, 50.0, "回答者への問い（ます体）"),
            (WHY, 36.0, "なぜ聞くか（ます体）"),
            (PATHS, 18.0, "尋ねる経路。「、」で区切る"),
            (WHEN, 30.0, "尋ねる条件の式。空欄は常に尋ねる"),
            (REQUIREMENTS, 20.0, "この回答が確かめる要求（R-…）。「、」で区切る"),
            (CLAUSES, 14.0, "この回答が影響する条項（CL-…）。「、」で区切る"),
            (WEIGHT, 6.0, "0以上の整数。0は採点しない"),
            (COMBINE, 12.0, "最高、最低、合計"),
            (NOT_APPLICABLE, 10.0, YES_NO),
            (SINCE, 12.0, DATE),
        ],
    },
    SheetForm {
        name: "回答欄",
        row: "設問の中の記入欄一つ。一つしかない設問では id を value とする",
        columns: &[
            (QUESTION, 10.0, "設問の id"),
            (PART, 14.0, "回答欄の id。半角の小文字、数字、「_」"),
            (LABEL, 28.0, "回答者に見える名称"),
            (HINT, 28.0, "名称の下の補足。空欄も可"),
            (REQUIRED, 8.0, YES_NO),
            (WHEN, 28.0, "表示する条件の式。空欄は常に表示する"),
            (
                KIND,
                12.0,
                "一つ選択、複数選択、はい・いいえ、文章、数値、割合、時間、日付、国・地域、表、ファイル",
            ),
            (MAX_CHARS, 8.0, "文章"),
            (ROWS, 6.0, "文章の欄の高さ"),
            (UNIT, 8.0, "数値"),
            (MIN, 8.0, "数値"),
            (MAX, 8.0, "数値"),
            (DECIMALS, 8.0, "数値、割合"),
            (MAX_HOURS, 8.0, "時間"),
            (UNDISCLOSED, 8.0, "国・地域で「不明・非開示」を選べるか"),
            (MIN_ROWS, 8.0, "表"),
            (MAX_ROWS, 8.0, "表"),
            (MAX_FILES, 8.0, "ファイル"),
            (YES, 8.0, "はい・いいえ"),
            (NO, 8.0, "はい・いいえ"),
        ],
    },
    SheetForm {
        name: "表の列",
        row: "種類が「表」の回答欄の列一つ",
        columns: &[
            (QUESTION, 10.0, "設問の id"),
            (PART, 14.0, "回答欄の id"),
            (COLUMN, 14.0, "列の id。半角の小文字、数字、「_」"),
            (LABEL, 28.0, "列の見出し"),
            (REQUIRED, 8.0, YES_NO),
            (KIND, 12.0, "表とファイルを除く種類"),
            (MAX_CHARS, 8.0, "文章"),
            (ROWS, 6.0, "文章の欄の高さ"),
            (UNIT, 8.0, "数値"),
            (MIN, 8.0, "数値"),
            (MAX, 8.0, "数値"),
            (DECIMALS, 8.0, "数値、割合"),
            (MAX_HOURS, 8.0, "時間"),
            (UNDISCLOSED, 8.0, "国・地域"),
            (YES, 8.0, "はい・いいえ"),
            (NO, 8.0, "はい・いいえ"),
        ],
    },
    SheetForm {
        name: "選択肢",
        row: "一つ選択又は複数選択の選択肢一つ。上から順に示す",
        columns: &[
            (QUESTION, 10.0, "設問の id"),
            (PART, 14.0, "回答欄の id"),
            (COLUMN, 14.0, "表の列の選択肢では列の id、そのほかは空欄"),
            (CHOICE, 16.0, "選択肢の id。半角の小文字、数字、「_」"),
            (LABEL, 40.0, "回答者に見える名称"),
            (POINTS, 8.0, "0から100まで。点を「配点」で決めるときは空欄"),
            (FROM, 12.0, "この日から選べる。初めから選べるときは空欄"),
        ],
    },
    SheetForm {
        name: "配点",
        row: "点を決める行。上から見て、条件に当たる最初の行の点になる",
        columns: &[
            (QUESTION, 10.0, "設問の id"),
            (WHEN, 60.0, "条件の式。最後の行だけ空欄"),
            (POINTS, 8.0, "0から100まで"),
            (LABEL, 40.0, "この場合の説明"),
        ],
    },
    SheetForm {
        name: "失格",
        row: "必須の要件を満たさない場合一つ",
        columns: &[
            (QUESTION, 10.0, "設問の id"),
            (SEVERITY, 10.0, "絶対（例外なし）、例外可（例外措置により条件付適となる）"),
            (WHEN, 60.0, "条件の式"),
            (REASON, 40.0, "評価調書に記す理由（である体）"),
            (REQUIREMENT, 12.0, "根拠の要求（R-…）"),
        ],
    },
    SheetForm {
        name: "証跡",
        row: "求める証跡の種類一つ",
        columns: &[
            (QUESTION, 10.0, "設問の id"),
            (EVIDENCE, 16.0, "証跡の id。半角の小文字、数字、「_」"),
            (LABEL, 40.0, "回答者に見える名称"),
            (MAX_AGE, 10.0, "発行から有効とする月数。空欄は期限なし"),
        ],
    },
    SheetForm {
        name: "用語",
        row: "設問の中の言葉一つの説明",
        columns: &[
            (QUESTION, 10.0, "設問の id"),
            (WORD, 20.0, "設問の文中にあるとおりの言葉"),
            (MEANING, 60.0, "一文か二文の説明（ます体）"),
        ],
    },
];

/// Words for values: (in files, in the workbook).
pub const KINDS: [(&str, &str); 11] = [
    ("single", "一つ選択"),
    ("multi", "複数選択"),
    ("yes_no", "はい・いいえ"),
    ("text", "文章"),
    ("number", "数値"),
    ("percent", "割合"),
    ("duration", "時間"),
    ("date", "日付"),
    ("countries", "国・地域"),
    ("table", "表"),
    ("file", "ファイル"),
];
/// How several choices count.
pub const COMBINES: [(&str, &str); 3] = [("highest", "最高"), ("lowest", "最低"), ("sum", "合計")];
/// Severities of knock-outs.
pub const SEVERITIES: [(&str, &str); 2] = [("absolute", "絶対"), ("excusable", "例外可")];

/// Lists in one cell.
pub const SEPARATOR: &str = "、";
