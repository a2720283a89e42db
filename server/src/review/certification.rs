//! 認証の確認: what is known about the certifications that a vendor names, and what to look at before relying on them.

use jiff::civil::Date;
use questionnaires::answer::{Answer, Value};
use questionnaires::content::Content;
use questionnaires::japanese::date::wareki_long;
use questionnaires::japanese::width::normalise_code;
use questionnaires::policy::{Certification, Lapse};
use questionnaires::question::Questionnaire;
use serde::Serialize;

/// The question that asks for certifications, its parts and the columns of its table.
pub const QUESTION: &str = "CRT-01";
const KINDS: &str = "kinds";
const LIST: &str = "list";
const NAME: &str = "name";
const NUMBER: &str = "number";
const VALID_UNTIL: &str = "valid_until";

/// A certification that the vendor names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificationShown {
    /// Name.
    pub name: String,
    /// What it proves.
    pub proves: String,
    /// What to look at.
    pub caution: String,
    /// What to ask for.
    pub evidence: String,
    /// Class up to which it is enough by itself; empty where it never is.
    pub enough: String,
    /// Questions that may be waived once it is confirmed; empty where none may.
    pub waives: String,
}

/// What is told about the certifications of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Certifications {
    /// Those that are named.
    pub named: Vec<CertificationShown>,
    /// What cannot be as it is written.
    pub warnings: Vec<String>,
}

/// Looks at the certifications of a sheet on a day.
#[must_use]
pub fn of(
    content: &Content,
    questionnaire: &Questionnaire,
    answer: Option<&Answer>,
    on: Date,
) -> Certifications {
    let Some(answer) = answer else { return Certifications::default() };
    let chosen: Vec<&Certification> = match answer.parts.get(KINDS) {
        Some(Value::Choices(kinds)) => kinds.iter().filter_map(|kind| content.certification(kind)).collect(),
        _ => Vec::new(),
    };
    let class = |level: &str| {
        let classes = questionnaire.vocabulary.classes();
        let rank = questionnaire.vocabulary.class_rank(level);
        let found = classes.iter().rev().find(|class| questionnaire.vocabulary.class_rank(&class.id) <= rank);
        found.map_or_else(String::new, |class| format!("{}まで", class.label))
    };
    let named = chosen.iter().map(|certification| CertificationShown {
        name: certification.name.clone(),
        proves: certification.proves.clone(),
        caution: certification.caution.clone(),
        evidence: certification.evidence.join("、"),
        enough: certification.highest_class.as_deref().map(class).unwrap_or_default(),
        waives: certification
            .waives
            .iter()
            .filter(|id| questionnaire.find(id).is_some())
            .cloned()
            .collect::<Vec<_>>()
            .join("、"),
    });
    Certifications { named: named.collect(), warnings: warnings(&chosen, answer, on) }
}

fn warnings(chosen: &[&Certification], answer: &Answer, on: Date) -> Vec<String> {
    let Some(Value::Table(rows)) = answer.parts.get(LIST) else { return Vec::new() };
    let mut warnings = Vec::new();
    for row in rows {
        let text = |column: &str| match row.get(column) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let (name, number) = (text(NAME), text(NUMBER));
        for lapse in chosen.iter().filter_map(|certification| certification.lapsed(&name, on)) {
            warnings.push(match lapse {
                Lapse::Over(until) => {
                    format!("「{name}」の版の認証は、{}限りで失効しています。", wareki_long(until))
                }
                Lapse::NotBegun(from) => {
                    format!("「{name}」の制度は、{}より前には始まっていません。", wareki_long(from))
                }
            });
        }
        if let Some(Value::Date(until)) = row.get(VALID_UNTIL)
            && *until < on
        {
            warnings.push(format!("「{name}」の有効期限（{}）が過ぎています。", wareki_long(*until)));
        }
        let known = chosen
            .iter()
            .filter(|certification| name.contains(certification.name.split('の').next().unwrap_or_default()));
        for certification in known {
            let form =
                certification.number_pattern.as_deref().and_then(|form| regex_lite::Regex::new(form).ok());
            if form.is_some_and(|form| !form.is_match(&normalise_code(&number))) {
                let example = certification.number_example.as_deref().unwrap_or_default();
                warnings
                    .push(format!("「{name}」の番号「{number}」は、通常の形（例：{example}）と異なります。"));
            }
        }
    }
    warnings.dedup();
    warnings
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::civil::date;
    use questionnaires::policy::{FactValue, Facts};
    use questionnaires::question::form;

    use super::*;

    fn told(kinds: &[&str], rows: &[(&str, &str, Date)]) -> Certifications {
        let content = Content::embedded().unwrap();
        let profile = content.profile("anan").unwrap();
        let criteria = content.criteria_for("anan").next().unwrap();
        let facts = [
            ("path", FactValue::Choice("P3".to_owned())),
            ("class", FactValue::Choice("3B".to_owned())),
            ("electronic_data", FactValue::Flag(true)),
        ]
        .map(|(id, value)| (id.to_owned(), value));
        let questionnaire = form(&content, profile, criteria, &Facts(facts.into()));
        let row = |(name, number, until): &(&str, &str, Date)| {
            [
                (NAME.to_owned(), Value::Text((*name).to_owned())),
                (NUMBER.to_owned(), Value::Text((*number).to_owned())),
                (VALID_UNTIL.to_owned(), Value::Date(*until)),
            ]
            .into()
        };
        let answer = Answer {
            parts: [
                (KINDS.to_owned(), Value::Choices(kinds.iter().map(|kind| (*kind).to_owned()).collect())),
                (LIST.to_owned(), Value::Table(rows.iter().map(row).collect())),
            ]
            .into(),
            ..Answer::default()
        };
        of(&content, &questionnaire, Some(&answer), date(2026, 11, 21))
    }

    #[test]
    fn what_has_lapsed_or_cannot_be_is_told() {
        let later = date(2028, 3, 31);
        let found = told(
            &["iso27001", "privacy_mark"],
            &[
                ("ISO/IEC 27001：2013", "IS 12345", later),
                ("プライバシーマーク", "12345", later),
                ("ISO/IEC 27001:2022", "IS 12345", date(2026, 3, 31)),
            ],
        );
        assert_eq!(
            found.warnings,
            [
                "「ISO/IEC 27001：2013」の版の認証は、令和7年10月31日（金曜日）限りで失効しています。",
                "「プライバシーマーク」の番号「12345」は、通常の形（例：10123456(05)）と異なります。",
                "「ISO/IEC 27001:2022」の有効期限（令和8年3月31日（火曜日））が過ぎています。",
            ]
        );
        let sound = told(&["privacy_mark"], &[("プライバシーマーク", "１０１２３４５６（０５）", later)]);
        assert_eq!(sound.warnings, Vec::<String>::new());
    }

    #[test]
    fn each_scheme_says_what_it_is_worth() {
        let found = told(&["ismap", "ismap_liu", "soc2_type1"], &[]);
        let enough: Vec<(&str, &str)> =
            found.named.iter().map(|shown| (shown.name.as_str(), shown.enough.as_str())).collect();
        assert_eq!(
            enough,
            [
                ("ISMAPクラウドサービスリストへの登録", "自治体機密性3Bまで"),
                ("ISMAP-LIUクラウドサービスリストへの登録", "自治体機密性3Cまで"),
                ("SOC 2 Type 1の保証報告書", ""),
            ]
        );
        assert!(found.named[0].waives.contains("TEC-05"));
        assert_eq!(told(&["none"], &[]), Certifications::default());
    }
}
