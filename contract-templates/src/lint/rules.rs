//! The rules themselves.

use super::{Finding, Line, Setting};
use crate::model::{Block, Document};

/// A rule with an example and its mending.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `K-01`
    pub id: &'static str,
    /// What it looks for.
    pub title: &'static str,
    /// Words that it finds; empty for rules of form.
    pub words: &'static [&'static str],
    /// Words within which they are right.
    pub except: &'static [&'static str],
    /// What to write instead.
    pub advice: &'static str,
}

const fn word(
    id: &'static str,
    title: &'static str,
    words: &'static [&'static str],
    except: &'static [&'static str],
    advice: &'static str,
) -> Rule {
    Rule { id, title, words, except, advice }
}

/// Every rule. Sources: 公用文作成の考え方（令和4年1月11日内閣官房長官通知）, 法令用語 as in the laws cited by clauses.
pub const RULES: &[Rule] = &[
    word(
        "K-01",
        "「業者」",
        &["業者"],
        &["事業者", "従業者", "同業者", "開業者"],
        "「事業者」又は「受注者」とする。",
    ),
    word(
        "K-02",
        "平仮名の接続詞",
        &["および", "ならびに", "または", "もしくは"],
        &[],
        "「及び」「並びに」「又は」「若しくは」とする。",
    ),
    word(
        "K-03",
        "常用外の漢字",
        &["漏洩", "改竄", "瑕疵", "迄", "其の"],
        &[],
        "「漏えい」「改ざん」「契約不適合」「まで」とする。",
    ),
    word("K-04", "「ケ月」", &["ケ月", "ヶ月", "ヵ月", "カ月"], &[], "「か月」とする。"),
    word(
        "K-05",
        "旧い制度名",
        &["個人情報保護条例", "NISC", "内閣サイバーセキュリティセンター", "地方自治情報センター"],
        &[],
        "今の名称とする。",
    ),
    word(
        "K-06",
        "俗な呼び名",
        &["マイナンバー", "Pマーク", "ISMS取得", "ISMAP認証", "SOC2認証"],
        &["マイナンバー利用事務系"],
        "「個人番号」「プライバシーマークの付与」など、正式な語とする。",
    ),
    word(
        "K-07",
        "片仮名の多用",
        &["ベンダー", "サブプロセッサー", "エビデンス", "コミット", "リスケ"],
        &[],
        "日本語の語とする。",
    ),
    word(
        "K-08",
        "未記入の印",
        &["●●", "△△", "○○", "◯◯", "{{", "}}", "{%", "[["],
        &[],
        "差し込む値を確かめ、書き入れる。",
    ),
    word(
        "K-09",
        "他団体の語",
        &["本市", "市長", "市民", "本村", "村長", "村民", "本区", "区長", "区民", "本町", "町長", "町民"],
        &[],
        "団体の種別に合う語とする。",
    ),
    word(
        "K-10",
        "句点と括弧",
        &["。。", "、、", "。、", "、。", "（）", "「」"],
        &[],
        "句読点及び括弧を確かめる。",
    ),
    word("K-11", "英数字の括弧の混在", &["（)", "(）"], &[], "括弧の幅をそろえる。"),
    word("K-12", "円記号", &["¥", "￥"], &[], "「円」と書く。"),
    word(
        "K-13",
        "「より」による起点",
        &["日より起算", "翌日より", "締結の日より"],
        &[],
        "起点は「から」とする。",
    ),
    Rule {
        id: "F-01", title: "条の番号の連続", words: &[], except: &[], advice: "番号を付け直す。"
    },
    Rule {
        id: "F-02", title: "第1項の番号", words: &[], except: &[], advice: "第1項には番号を付けない。"
    },
    Rule {
        id: "F-03", title: "空の条", words: &[], except: &[], advice: "条文を書くか、条を外す。"
    },
    Rule {
        id: "F-04",
        title: "行のない表",
        words: &[],
        except: &[],
        advice: "行を加えるか、「なし」と書く。",
    },
    Rule {
        id: "F-05",
        title: "括弧の対応",
        words: &[],
        except: &[],
        advice: "括弧の開きと閉じを対応させる。",
    },
    Rule {
        id: "F-06", title: "文末の句点", words: &[], except: &[], advice: "条文の文末に句点を付ける。"
    },
    Rule { id: "F-07", title: "西暦の日付", words: &[], except: &[], advice: "和暦とする。" },
    Rule {
        id: "F-08",
        title: "全角と半角の数字の混在",
        words: &[],
        except: &[],
        advice: "数字の幅をそろえる。",
    },
];

fn finding(id: &'static str, place: &str, excerpt: &str) -> Finding {
    let advice = RULES.iter().find(|rule| rule.id == id).map_or("", |rule| rule.advice);
    Finding { rule: id, place: place.to_owned(), excerpt: excerpt.to_owned(), advice }
}

pub(super) fn check_line(line: &Line, setting: &Setting) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        for found in rule.words.iter().filter(|found| occurs(&line.text, found, rule.except)) {
            // 町's own words are right in a 町.
            let own = rule.id == "K-09"
                && !setting.municipality_kind.is_empty()
                && found.contains(setting.municipality_kind.as_str());
            if !own {
                findings.push(finding(rule.id, &line.place, found));
            }
        }
    }
    if !balanced(&line.text) {
        findings.push(finding("F-05", &line.place, &start_of(&line.text)));
    }
    if has_western_date(&line.text) {
        findings.push(finding("F-07", &line.place, &start_of(&line.text)));
    }
    let wide = line.text.contains(|c| matches!(c, '０'..='９'));
    if wide && line.text.contains(|c: char| c.is_ascii_digit()) && has_mixed_number(&line.text) {
        findings.push(finding("F-08", &line.place, &start_of(&line.text)));
    }
    findings
}

fn start_of(text: &str) -> String {
    text.chars().take(20).collect()
}

fn occurs(text: &str, word: &str, except: &[&str]) -> bool {
    let mut masked = text.to_owned();
    for right in except {
        masked = masked.replace(right, "");
    }
    masked.contains(word)
}

fn balanced(text: &str) -> bool {
    const PAIRS: &[(char, char)] = &[('（', '）'), ('「', '」'), ('『', '』'), ('(', ')')];
    let mut open = Vec::new();
    for c in text.chars() {
        if let Some((_, close)) = PAIRS.iter().find(|(begin, _)| *begin == c) {
            open.push(*close);
        } else if PAIRS.iter().any(|(_, close)| *close == c) && open.pop() != Some(c) {
            return false;
        }
    }
    open.is_empty()
}

/// `2026年4月`: four digits before 年.
fn has_western_date(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(5).any(|w| matches!(w, [a, b, c, d, '年'] if [a, b, c, d].iter().all(|d| d.is_numeric())))
}

/// A digit of one width beside a digit of the other.
fn has_mixed_number(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(2).any(|pair| match pair {
        [a, b] => {
            let wide = |c: &char| matches!(c, '０'..='９');
            (wide(a) && b.is_ascii_digit()) || (a.is_ascii_digit() && wide(b))
        }
        _ => false,
    })
}

pub(super) fn check_structure(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, article) in document.articles().enumerate() {
        let narrow: String = article
            .label
            .chars()
            .map(|c| {
                if matches!(c, '０'..='９') {
                    char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
                } else {
                    c
                }
            })
            .collect();
        if narrow != format!("第{}条", index + 1) {
            findings.push(finding("F-01", &article.label, &article.heading));
        }
        match article.items.first() {
            None => findings.push(finding("F-03", &article.label, &article.heading)),
            Some(first) if !first.label.is_empty() => {
                findings.push(finding("F-02", &article.label, &first.label))
            }
            Some(_) => {}
        }
        for item in &article.items {
            let text = crate::model::plain(&item.text);
            if !text.ends_with('。') {
                findings.push(finding("F-06", &article.label, &start_of(&text)));
            }
        }
    }
    for block in &document.blocks {
        if let Block::Table(table) = block
            && table.rows.is_empty()
        {
            let header = table.header.first().map(|cell| crate::model::plain(cell)).unwrap_or_default();
            findings.push(finding("F-04", "表", &header));
        }
    }
    findings
}
