//! Drafts of rules, questions and criteria: who edits does not publish (3(7)ア applied to the rule book).

use crate::ids::StaffId;

text_enum!(
    /// Where a draft stands.
    DraftState {
        /// Being edited.
        Draft = "draft", "草案";
        /// In force for what begins from now on.
        Published = "published", "公開済み";
        /// Given up.
        Withdrawn = "withdrawn", "取下げ";
    }
);

/// Fewest characters of a reason for publishing.
pub const REASON_MIN_CHARS: usize = 10;

/// Why a draft may not be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPublishable {
    /// The same person edited it.
    #[error("草案を編集した者は、公開できません。編集していない者が確かめて公開してください。")]
    Editor,
    /// It is no draft any more.
    #[error("この草案は、既に公開されたか、取り下げられています。")]
    Settled,
    /// Something else was published since it was begun.
    #[error(
        "この草案の作成後に、ほかの草案が公開されました。草案を開いて内容を確かめ、保存し直してから公開してください。"
    )]
    Outdated,
}

/// Whether a person may publish a draft that was begun, or last confirmed, on `base` while `current` is in force.
///
/// # Errors
/// The first reason against it.
pub fn may_publish(
    state: DraftState,
    editors: &[StaffId],
    person: &StaffId,
    base: i64,
    current: i64,
) -> Result<(), NotPublishable> {
    if state != DraftState::Draft {
        Err(NotPublishable::Settled)
    } else if editors.contains(person) {
        Err(NotPublishable::Editor)
    } else if base != current {
        Err(NotPublishable::Outdated)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_somebody_else_publishes_a_current_draft() {
        let person = |number: u8| {
            StaffId::new(format!("018f0000-0000-7000-8000-0000000000{number:02}").parse().unwrap_or_default())
        };
        let (editor, second, other) = (person(1), person(2), person(3));
        let editors = [editor.clone(), second.clone()];
        let may = |state, who: &StaffId, base| may_publish(state, &editors, who, base, 4);
        assert_eq!(may(DraftState::Draft, &other, 4), Ok(()));
        assert_eq!(may(DraftState::Draft, &editor, 4), Err(NotPublishable::Editor));
        assert_eq!(may(DraftState::Draft, &second, 4), Err(NotPublishable::Editor));
        assert_eq!(may(DraftState::Draft, &other, 3), Err(NotPublishable::Outdated));
        for state in [DraftState::Published, DraftState::Withdrawn] {
            assert_eq!(may(state, &other, 4), Err(NotPublishable::Settled));
        }
    }
}
