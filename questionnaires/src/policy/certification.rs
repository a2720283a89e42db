//! What is known about certifications, registrations and reports, and what they can stand for.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `certifications.toml`
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificationFile {
    /// Questions that no certification answers: what the vendor is willing to agree to.
    pub never_waived: Vec<String>,
    /// The schemes.
    #[serde(rename = "certification")]
    pub certifications: Vec<Certification>,
}

/// One scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certification {
    /// snake_case; the choice of question CRT-01 where it is offered there.
    pub id: String,
    /// As the field calls it.
    pub name: String,
    /// Its English name.
    pub english: String,
    /// What kind of statement it is.
    pub kind: CertificationKind,
    /// What it is granted to.
    pub unit: CertifiedUnit,
    /// The noun to use with it: 認証, 登録, 報告書, …
    pub noun: String,
    /// Form of its numbers, as a regular expression on NFKC text; absent where it is not known for sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_pattern: Option<String>,
    /// A number of that form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_example: Option<String>,
    /// Months for which one is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_months: Option<u32>,
    /// Earliest day on which one can exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// What to ask for as evidence.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// What it proves.
    pub proves: String,
    /// What to look at before relying on it.
    pub caution: String,
    /// Highest level of the class scale for which it is enough by itself; absent where it is never enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_class: Option<String>,
    /// Questions that staff may waive once they have confirmed it.
    #[serde(default)]
    pub waives: Vec<String>,
    /// Editions of the standard.
    #[serde(rename = "version", default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<CertificationVersion>,
}

/// An edition of a standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificationVersion {
    /// `ISO/IEC 27001:2013`
    pub name: String,
    /// Last day on which a certificate of this edition is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// What kind of statement a scheme makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificationKind {
    /// 認証
    Certification,
    /// 登録
    Registration,
    /// 保証報告書
    Report,
    /// 自己宣言
    SelfDeclaration,
    /// 情報開示の認定
    Disclosure,
}

/// What a scheme is granted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertifiedUnit {
    /// サービス
    Service,
    /// 組織（適用範囲）
    Organisation,
    /// 法人
    Corporation,
    /// 製品
    Product,
}

impl Certification {
    /// Why a named certificate cannot stand on a day: its edition has run out, or the scheme had not begun.
    /// `name` is what the vendor typed, an edition is recognised by its year: 「ISO/IEC 27001：2013」.
    #[must_use]
    pub fn lapsed(&self, name: &str, on: Date) -> Option<Lapse> {
        if let Some(from) = self.valid_from.filter(|from| on < *from) {
            return Some(Lapse::NotBegun(from));
        }
        let name = plain(name);
        let version = self.versions.iter().find(|version| {
            version.name.split('（').any(|edition| {
                let edition = plain(edition);
                !edition.is_empty() && edition.contains(':') && name.contains(&edition)
            })
        })?;
        version.valid_until.filter(|until| on > *until).map(Lapse::Over)
    }
}

/// Why a certificate does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// The scheme begins on this day.
    NotBegun(Date),
    /// Its edition was valid until this day.
    Over(Date),
}

/// Half-width, without spaces and brackets.
fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc()
        .filter(|c| !c.is_whitespace() && !"()（）".contains(*c))
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn iso() -> Certification {
        Certification {
            id: "iso27001".to_owned(),
            name: "ISO/IEC 27001".to_owned(),
            english: "ISO/IEC 27001".to_owned(),
            kind: CertificationKind::Certification,
            unit: CertifiedUnit::Organisation,
            noun: "認証".to_owned(),
            number_pattern: None,
            number_example: None,
            validity_months: Some(36),
            valid_from: Some(date(2005, 10, 15)),
            evidence: Vec::new(),
            proves: String::new(),
            caution: String::new(),
            highest_class: None,
            waives: Vec::new(),
            versions: vec![
                CertificationVersion {
                    name: "ISO/IEC 27001:2013（JIS Q 27001:2014）".to_owned(),
                    valid_until: Some(date(2025, 10, 31)),
                },
                CertificationVersion { name: "ISO/IEC 27001:2022".to_owned(), valid_until: None },
            ],
        }
    }

    #[test]
    fn editions_run_out() {
        let iso = iso();
        let over = Some(Lapse::Over(date(2025, 10, 31)));
        assert_eq!(iso.lapsed("ＩＳＯ／ＩＥＣ ２７００１：２０１３", date(2025, 11, 1)), over);
        assert_eq!(iso.lapsed("JIS Q 27001:2014", date(2026, 4, 1)), over);
        assert_eq!(iso.lapsed("ISO/IEC 27001:2013", date(2025, 10, 31)), None);
        assert_eq!(iso.lapsed("ISO/IEC 27001:2022", date(2030, 1, 1)), None);
        // Without an edition nothing can be said.
        assert_eq!(iso.lapsed("ISO 27001", date(2030, 1, 1)), None);
        assert_eq!(iso.lapsed("ISO 27001", date(2005, 1, 1)), Some(Lapse::NotBegun(date(2005, 10, 15))));
    }
}
