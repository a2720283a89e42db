//! The record of a vendor as a form: read, checked, shown again.

use domain::language::Language;
use questionnaires::japanese::corporate_number::CorporateNumber;
use questionnaires::japanese::kana::to_katakana;
use questionnaires::japanese::search_key::search_key;
use questionnaires::japanese::width::normalise_code;
use serde::Serialize;
use store::vendors::Vendor;

use crate::form::{Form, Problems};
use crate::page::{self, Values};

/// The form page.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Where the form goes.
    pub action: String,
    /// Values as typed.
    pub values: Values,
    /// Problems.
    pub problems: Problems,
    /// Row version; 0 for a new record.
    pub version: i64,
    /// Languages to choose from: word and label.
    pub languages: Vec<(&'static str, &'static str)>,
    /// The one that is chosen.
    pub language: &'static str,
}

/// What a form says of a vendor.
#[derive(Debug, Clone)]
pub struct Record {
    /// 法人番号
    pub corporate_number: Option<String>,
    /// Why there is none.
    pub no_number_reason: String,
    /// 商号又は名称
    pub name: String,
    /// フリガナ
    pub kana: String,
    /// 本店所在地
    pub address: String,
    /// 代表者の職・氏名
    pub representative: String,
    /// Contact.
    pub contact_name: String,
    /// Contact mail.
    pub contact_mail: String,
    /// Contact telephone.
    pub contact_phone: String,
    /// What its people read.
    pub language: Language,
}

impl Record {
    /// Reads a form; what it returns is usable only when `problems` stays empty.
    pub fn read(form: &Form, problems: &mut Problems) -> Self {
        let typed = form.text("corporate_number");
        let no_number_reason = form.optional("no_number_reason", "法人番号がない理由", 200, problems);
        let corporate_number = if typed.is_empty() {
            if no_number_reason.is_empty() {
                problems
                    .add("corporate_number", "法人番号を入力するか、ない場合はその理由を入力してください");
            }
            None
        } else {
            match typed.parse::<CorporateNumber>() {
                Ok(number) => Some(number.digits().to_owned()),
                Err(problem) => {
                    problems.add("corporate_number", problem.to_string());
                    None
                }
            }
        };
        // Some companies have a telephone only: staff hand the invitation over, or enter what they hear.
        let contact_mail = normalise_code(&form.optional("contact_mail", "メールアドレス", 254, problems));
        if contact_mail.contains('\n') {
            problems.add("contact_mail", "メールアドレスは改行を入れずに入力してください");
        } else if !contact_mail.is_empty() && !is_mail_address(&contact_mail) {
            problems.add("contact_mail", "メールアドレスは name@example.jp の形で入力してください");
        }
        Self {
            corporate_number,
            no_number_reason,
            name: form.line("name", "商号又は名称", 100, problems),
            kana: to_katakana(&form.line("kana", "フリガナ", 100, problems)),
            address: form.line("address", "本店所在地", 200, problems),
            representative: form.line("representative", "代表者の職・氏名", 100, problems),
            contact_name: form.line("contact_name", "担当者の氏名", 60, problems),
            contact_mail,
            contact_phone: form.line("contact_phone", "電話番号", 30, problems),
            language: language(form),
        }
    }

    /// Puts the record into a row.
    #[must_use]
    pub fn into_row(self, row: Vendor) -> Vendor {
        Vendor {
            search_key: search_key(&format!("{} {}", self.name, self.kana)),
            corporate_number: self.corporate_number,
            no_number_reason: self.no_number_reason,
            name: self.name,
            kana: self.kana,
            address: self.address,
            representative: self.representative,
            contact_name: self.contact_name,
            contact_mail: self.contact_mail,
            contact_phone: self.contact_phone,
            language: self.language,
            ..row
        }
    }
}

/// The language of a form; Japanese where none is chosen.
fn language(form: &Form) -> Language {
    form.text("language").parse().unwrap_or(Language::Japanese)
}

/// One `@`, something before it, a dotted host after it, and nothing that a header could trip over.
#[must_use]
pub(crate) fn is_mail_address(text: &str) -> bool {
    text.is_ascii()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"".contains(c))
        && text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && !host.contains('@')
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        })
}

/// The page for a form that came back, or a blank one.
#[must_use]
pub fn shown(action: String, form: &Form, problems: Problems, version: i64) -> Page {
    Page {
        action,
        values: page::values(form),
        problems,
        version,
        languages: Language::ALL.iter().map(|one| (one.as_str(), one.label())).collect(),
        language: language(form).as_str(),
    }
}

/// What is stored as the form that would have stored it.
#[must_use]
pub fn as_form(vendor: &Vendor) -> Form {
    Form::from_pairs([
        ("corporate_number", vendor.corporate_number.clone().unwrap_or_default()),
        ("no_number_reason", vendor.no_number_reason.clone()),
        ("name", vendor.name.clone()),
        ("kana", vendor.kana.clone()),
        ("address", vendor.address.clone()),
        ("representative", vendor.representative.clone()),
        ("contact_name", vendor.contact_name.clone()),
        ("contact_mail", vendor.contact_mail.clone()),
        ("contact_phone", vendor.contact_phone.clone()),
        ("language", vendor.language.as_str().to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use super::is_mail_address;

    #[test]
    fn mail_addresses() {
        assert!(is_mail_address("taro.sample@example.co.jp"));
        for bad in [
            "",
            "a",
            "a@b",
            "@example.jp",
            "a@",
            "a@.jp",
            "a b@example.jp",
            "a@example.jp\r\nBcc: x@y.z",
            "<a@b.c>",
            "あ@example.jp",
        ] {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }
}
