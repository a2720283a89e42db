//! 質疑: vendors ask, staff answer once, to all vendors of the case or to the one that asked.
//!
//! What was told to all can be neither changed nor narrowed: everybody works with the same words. A correction is a new
//! notice to all.

use jiff::Timestamp;
use questionnaires::japanese::search_key::search_key;

use crate::case::{Refusal, State};

text_enum!(
    /// Who reads an answer.
    Audience {
        /// Every vendor of the case.
        All = "all", "全ての事業者に公開";
        /// The vendor that asked.
        Asker = "asker", "この事業者だけ";
    }
);

/// Parts of names shorter than this say nothing about whose they are.
const TELLING: usize = 4;

fn refuse(missing: &str) -> Result<(), Refusal> {
    Err(Refusal { requirement: None, missing: missing.to_owned() })
}

/// Whether a vendor may ask now.
///
/// # Errors
/// A refusal once answers are due or somebody has been chosen.
pub fn ask(state: State, due: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if now > due || state >= State::Evaluated {
        return refuse("質問の受付は終わりました。お急ぎの場合は、電話でお問い合わせください。");
    }
    Ok(())
}

/// Whether an inquiry may be answered.
///
/// # Errors
/// A refusal when it has an answer.
pub fn answer(answered: bool) -> Result<(), Refusal> {
    if answered {
        return refuse(
            "この質問には回答済みです。回答は変更できません。補足又は訂正は、お知らせとして掲載してください。",
        );
    }
    Ok(())
}

/// Whether a notice to all vendors of a case may be published.
///
/// # Errors
/// A refusal while nobody has been asked.
pub fn notify(vendors: usize) -> Result<(), Refusal> {
    if vendors == 0 {
        return refuse("お知らせを読む事業者がいません。先に調査票を送付してください。");
    }
    Ok(())
}

/// The first of the names that a text holds, however it is written: whoever reads the text would know who asked.
#[must_use]
pub fn identifying<'n>(text: &str, names: &[&'n str]) -> Option<&'n str> {
    let text = search_key(text);
    names.iter().copied().find(|name| {
        let key = search_key(name);
        let bare = without_form(&key);
        // A single character is no name, and a short word without 株式会社 may be any word.
        key.chars().count() > 1 && text.contains(&key)
            || bare.chars().count() >= TELLING && text.contains(bare)
    })
}

/// A key of a company's name without (株) and the like.
fn without_form(key: &str) -> &str {
    let bare = match key.split_once(')') {
        Some((form, rest)) if form.starts_with('(') => rest,
        _ => key,
    };
    match bare.rsplit_once('(') {
        Some((rest, form)) if form.ends_with(')') => rest,
        _ => bare,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn questions_end_when_answers_are_due_or_somebody_is_chosen() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(ask(State::Issued, at(100), at(100)).is_ok());
        assert!(ask(State::Submitted, at(100), at(100)).is_ok());
        assert!(ask(State::Answering, at(100), at(101)).is_err());
        for over in [State::Evaluated, State::Approved, State::Rejected, State::Registered] {
            assert!(ask(over, at(100), at(1)).is_err(), "{over:?}");
        }
    }

    #[test]
    fn an_answer_is_given_once_and_a_notice_has_readers() {
        assert!(answer(false).is_ok());
        assert!(answer(true).unwrap_err().missing.contains("お知らせ"));
        assert!(notify(1).is_ok() && notify(0).is_err());
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        let names = ["株式会社サンプル印刷", "見本　葵", "print@vendor.example.jp", ""];
        let found = |text| identifying(text, &names);
        assert_eq!(found("当社（㈱さんぷる印刷）は"), Some(names[0]));
        assert_eq!(found("サンプル印刷では"), Some(names[0]));
        assert_eq!(found("担当の見本葵です"), Some(names[1]));
        assert_eq!(found("ＰＲＩＮＴ@vendor.example.jpへ"), Some(names[2]));
        assert_eq!(found("印刷の見本は必要ですか"), None);
        // Without its form a short name is any word; with it, it is a name.
        assert_eq!(identifying("例示のとおり", &["株式会社例示"]), None);
        assert_eq!(identifying("例示株式会社と例示（株）", &["例示株式会社"]), Some("例示株式会社"));
    }
}
