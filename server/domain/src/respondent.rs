//! 事業者の担当者: who of a vendor may write, invite and submit, and who may confirm what others wrote.

use crate::language::Language;

text_enum!(
    /// What a person of the vendor does with a questionnaire.
    Role {
        /// Answers everything, invites colleagues, submits.
        Manager = "manager", "管理者";
        /// Answers all sections, or those that a manager has chosen.
        Author = "author", "回答者";
        /// Confirms before submission what others have written.
        Checker = "checker", "社内確認者";
        /// Reads.
        Viewer = "viewer", "閲覧";
    }
);

impl Role {
    /// What people read in a language.
    #[must_use]
    pub const fn label_in(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Japanese, role) => role.label(),
            (Language::English, Self::Manager) => "Manager",
            (Language::English, Self::Author) => "Author",
            (Language::English, Self::Checker) => "Internal checker",
            (Language::English, Self::Viewer) => "Viewer",
        }
    }
}

/// Why a person of the vendor may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The role does not write.
    #[error("あなたの役割では、回答を保存できません。回答するときは、管理者に役割の変更を依頼してください。")]
    ReadsOnly,
    /// The section belongs to others.
    #[error("この区分は、あなたの担当ではないため、保存できません。担当の変更は、管理者に依頼してください。")]
    OtherSection,
    /// Only a manager submits.
    #[error("提出は、管理者だけができます。回答が終わったことを、管理者に知らせてください。")]
    SubmitsNot,
    /// Only a manager asks for more time, for a correction, or declines.
    #[error("期限の延長、修正及び辞退の申出は、管理者だけができます。管理者に依頼してください。")]
    AsksNot,
    /// Only a manager decides about people.
    #[error("担当者の追加、変更及び停止は、管理者だけができます。管理者に依頼してください。")]
    ManagesNot,
}

impl Denial {
    /// The same in a language.
    #[must_use]
    pub fn words_in(self, language: Language) -> String {
        let english = match self {
            Self::ReadsOnly => "Your role does not save answers. Ask a manager of your company to change it.",
            Self::OtherSection => {
                "This section is not yours. Ask a manager of your company to change the sections."
            }
            Self::SubmitsNot => {
                "Only a manager of your company can submit. Tell them when the answers are complete."
            }
            Self::AsksNot => {
                "Only a manager of your company can ask for more time or a correction, or decline."
            }
            Self::ManagesNot => "Only a manager of your company can add, change or remove people.",
        };
        match language {
            Language::Japanese => self.to_string(),
            Language::English => english.to_owned(),
        }
    }
}

/// Why somebody cannot go, or a confirmation does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Nobody would be left to manage.
    #[error(
        "管理者が一人もいなくなるため、停止又は役割の変更ができません。先に、別の担当者を管理者にしてください。"
    )]
    LastManager,
    /// The person is no checker.
    #[error("社内確認は、社内確認者だけができます。管理者に役割の変更を依頼してください。")]
    NoChecker,
    /// The person has written some of it.
    #[error("今の回答のどれかを保存した人は、社内確認ができません。別の社内確認者に依頼してください。")]
    Author,
    /// Nobody has confirmed the answers as they are.
    #[error(
        "社内確認が済んでいないため、提出できません。最後の変更の後に、社内確認者が「社内確認を済ませる」を押す必要があります。"
    )]
    Unchecked,
}

/// Whether a person may save an answer of a section; no `sections` means all.
///
/// # Errors
/// [`Denial::ReadsOnly`] or [`Denial::OtherSection`]
pub fn may_save(role: Role, sections: Option<&[String]>, section: &str) -> Result<(), Denial> {
    match role {
        Role::Manager => Ok(()),
        Role::Author if sections.is_none_or(|own| own.iter().any(|one| one == section)) => Ok(()),
        Role::Author => Err(Denial::OtherSection),
        Role::Checker | Role::Viewer => Err(Denial::ReadsOnly),
    }
}

/// Whether a person may hand in files, which belong to no section.
///
/// # Errors
/// [`Denial::ReadsOnly`]
pub fn may_hand_in(role: Role) -> Result<(), Denial> {
    match role {
        Role::Manager | Role::Author => Ok(()),
        Role::Checker | Role::Viewer => Err(Denial::ReadsOnly),
    }
}

/// Whether a person may ask the municipality for something on behalf of the company.
///
/// # Errors
/// [`Denial::AsksNot`]
pub fn may_ask(role: Role) -> Result<(), Denial> {
    if role == Role::Manager { Ok(()) } else { Err(Denial::AsksNot) }
}

/// Whether a person may submit.
///
/// # Errors
/// [`Denial::SubmitsNot`]
pub fn may_submit(role: Role) -> Result<(), Denial> {
    if role == Role::Manager { Ok(()) } else { Err(Denial::SubmitsNot) }
}

/// Whether a person may decide about colleagues.
///
/// # Errors
/// [`Denial::ManagesNot`]
pub fn may_manage(role: Role) -> Result<(), Denial> {
    if role == Role::Manager { Ok(()) } else { Err(Denial::ManagesNot) }
}

/// Whether a person may get another role, or none (`None`, stopped), while `others` manage beside them.
///
/// # Errors
/// [`Conflict::LastManager`]
pub fn may_become(now: Role, then: Option<Role>, others: usize) -> Result<(), Conflict> {
    if now == Role::Manager && then != Some(Role::Manager) && others == 0 {
        return Err(Conflict::LastManager);
    }
    Ok(())
}

/// A person behind an answer or a confirmation. The address counts, for one person may have several invitations;
/// answers from before addresses were kept have the name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// Mail address in lower case.
    pub address: Option<String>,
    /// Name.
    pub name: String,
}

impl Hand {
    fn is(&self, other: &Self) -> bool {
        match (&self.address, &other.address) {
            (Some(own), Some(others)) => own == others,
            _ => self.name == other.name,
        }
    }
}

/// Whether a person may confirm what `authors` wrote.
///
/// # Errors
/// [`Conflict::NoChecker`] or [`Conflict::Author`]
pub fn may_confirm(role: Role, person: &Hand, authors: &[Hand]) -> Result<(), Conflict> {
    if role != Role::Checker {
        return Err(Conflict::NoChecker);
    }
    if authors.iter().any(|author| author.is(person)) { Err(Conflict::Author) } else { Ok(()) }
}

/// Whether the answers as they are (`hash`, by `authors`) have been confirmed by somebody who wrote none of them.
///
/// # Errors
/// [`Conflict::Unchecked`]
pub fn confirmed(hash: &str, authors: &[Hand], confirmations: &[(Hand, String)]) -> Result<(), Conflict> {
    let holds = |(person, of): &(Hand, String)| of == hash && !authors.iter().any(|author| author.is(person));
    if confirmations.iter().any(holds) { Ok(()) } else { Err(Conflict::Unchecked) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(address: &str, name: &str) -> Hand {
        Hand { address: Some(address.to_owned()).filter(|a| !a.is_empty()), name: name.to_owned() }
    }

    #[test]
    fn roles_write_what_they_may() {
        let own = ["nda".to_owned()];
        for role in Role::ALL {
            let saves = may_save(*role, None, "nda");
            assert_eq!(saves.is_ok(), matches!(role, Role::Manager | Role::Author), "{role:?}");
            assert_eq!(may_submit(*role).is_ok(), *role == Role::Manager);
            assert_eq!(may_manage(*role).is_ok(), *role == Role::Manager);
            assert_eq!(may_ask(*role).is_ok(), *role == Role::Manager);
            assert_eq!(may_hand_in(*role).is_ok(), saves.is_ok());
        }
        assert_eq!(may_save(Role::Author, Some(&own), "nda"), Ok(()));
        assert_eq!(may_save(Role::Author, Some(&own), "other"), Err(Denial::OtherSection));
        assert_eq!(may_save(Role::Author, Some(&[]), "nda"), Err(Denial::OtherSection));
        assert_eq!(may_save(Role::Viewer, Some(&own), "nda"), Err(Denial::ReadsOnly));
        // A manager's limits, left from an earlier role, do not bind.
        assert_eq!(may_save(Role::Manager, Some(&own), "other"), Ok(()));
    }

    #[test]
    fn somebody_always_manages() {
        for then in [None, Some(Role::Author), Some(Role::Checker), Some(Role::Viewer)] {
            assert_eq!(may_become(Role::Manager, then, 0), Err(Conflict::LastManager));
            assert_eq!(may_become(Role::Manager, then, 1), Ok(()));
            assert_eq!(may_become(Role::Author, then, 0), Ok(()));
        }
        assert_eq!(may_become(Role::Manager, Some(Role::Manager), 0), Ok(()));
    }

    #[test]
    fn nobody_confirms_what_they_wrote() {
        let (a, b) = (hand("a@example.jp", "見本　葵"), hand("b@example.jp", "見本　薫"));
        assert_eq!(may_confirm(Role::Checker, &b, std::slice::from_ref(&a)), Ok(()));
        assert_eq!(may_confirm(Role::Checker, &a, std::slice::from_ref(&a)), Err(Conflict::Author));
        // The same person under another name, and an answer that knows the name alone.
        assert_eq!(
            may_confirm(Role::Checker, &hand("a@example.jp", "別"), std::slice::from_ref(&a)),
            Err(Conflict::Author)
        );
        assert_eq!(may_confirm(Role::Checker, &b, &[hand("", "見本　薫")]), Err(Conflict::Author));
        assert_eq!(may_confirm(Role::Manager, &b, std::slice::from_ref(&a)), Err(Conflict::NoChecker));
    }

    #[test]
    fn a_confirmation_holds_for_the_answers_it_saw() {
        let (a, b) = (hand("a@example.jp", "見本　葵"), hand("b@example.jp", "見本　薫"));
        let given = [(b.clone(), "one".to_owned())];
        assert_eq!(confirmed("one", std::slice::from_ref(&a), &given), Ok(()));
        assert_eq!(confirmed("two", std::slice::from_ref(&a), &given), Err(Conflict::Unchecked));
        assert_eq!(confirmed("one", &[a, b], &given), Err(Conflict::Unchecked));
        assert_eq!(confirmed("one", &[], &[]), Err(Conflict::Unchecked));
    }
}
