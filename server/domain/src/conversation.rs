//! What vendor and municipality tell each other about answers, and what a vendor may ask for when.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::case::{AssessmentState, Refusal};

text_enum!(
    /// Who sees a comment.
    Audience {
        /// Staff only.
        Internal = "internal", "庁内のみ";
        /// The vendor as well.
        Shared = "shared", "事業者に見えます";
    }
);

text_enum!(
    /// What a vendor asks for.
    RequestKind {
        /// More time.
        Extension = "extension", "回答期限の延長";
        /// To change what was submitted.
        Correction = "correction", "提出した回答の修正";
        /// Not to answer.
        Decline = "decline", "回答の辞退";
    }
);

text_enum!(
    /// What became of it.
    RequestOutcome {
        /// Nobody has answered.
        Waiting = "waiting", "確認中";
        /// Granted.
        Granted = "granted", "認められました";
        /// Refused.
        Refused = "refused", "認められませんでした";
        /// The vendor itself has taken it back, or it needs no answer.
        Noted = "noted", "受け付けました";
    }
);

/// Where an assessment stands when a vendor asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// State of the assessment.
    pub state: AssessmentState,
    /// When answers are due.
    pub due: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// Whether a request of the same kind waits for its answer.
    pub waits: bool,
}

/// Whether a vendor may ask for something now.
///
/// # Errors
/// What stands in the way, with the next act.
pub fn may_ask(kind: RequestKind, standing: Standing) -> Result<(), Refusal> {
    let refuse = |missing: &str| Err(Refusal { requirement: None, missing: missing.to_owned() });
    if standing.waits {
        return refuse("同じ申出を受け付けています。担当者の回答をお待ちください。");
    }
    let answering = matches!(standing.state, AssessmentState::Issued | AssessmentState::Answering);
    match kind {
        RequestKind::Extension | RequestKind::Decline if !answering => {
            refuse("提出又は辞退した後は、この申出はできません。")
        }
        RequestKind::Correction if standing.state != AssessmentState::Submitted => {
            refuse("修正の申出は、提出した後、評価が確定するまでの間にできます。")
        }
        _ => Ok(()),
    }
}

/// Whether a question may be changed while single questions are back: those, and what follows from them. Without any,
/// every question is open.
#[must_use]
pub fn is_unlocked(question: &str, returned: &BTreeSet<String>, follows: bool) -> bool {
    returned.is_empty() || returned.contains(question) || follows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_has_its_time() {
        let at = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        for state in AssessmentState::ALL {
            let standing = Standing { state: *state, due: at(9), now: at(1), waits: false };
            let allowed: Vec<_> =
                RequestKind::ALL.iter().filter(|kind| may_ask(**kind, standing).is_ok()).collect();
            match state {
                AssessmentState::Issued | AssessmentState::Answering => {
                    assert_eq!(allowed, [&RequestKind::Extension, &RequestKind::Decline]);
                }
                AssessmentState::Submitted => assert_eq!(allowed, [&RequestKind::Correction]),
                AssessmentState::Evaluated | AssessmentState::Declined => assert!(allowed.is_empty()),
            }
            let waiting = Standing { waits: true, ..standing };
            assert!(RequestKind::ALL.iter().all(|kind| may_ask(*kind, waiting).is_err()));
        }
    }

    #[test]
    fn only_what_came_back_is_open() {
        let returned = BTreeSet::from(["LOC-01".to_owned()]);
        assert!(is_unlocked("LOC-01", &returned, false));
        assert!(!is_unlocked("LOC-02", &returned, false));
        assert!(is_unlocked("LOC-02", &returned, true));
        assert!(is_unlocked("LOC-02", &BTreeSet::new(), false));
    }
}
