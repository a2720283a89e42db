//! The life of a case (案件): the one place that decides what may happen next.
//!
//! [`decide`] is pure: state, command and facts in, events or a refusal out. A refusal names the
//! requirement (R-…) behind it; the profile turns that into the municipality's own clause number.

use jiff::Timestamp;

text_enum!(
    /// Where a case stands. The order is the order of its life.
    State {
        /// Being registered.
        Draft = "draft", "起案";
        /// Questionnaires are out, nobody has begun.
        Issued = "issued", "調査票送付";
        /// At least one vendor is answering.
        Answering = "answering", "回答中";
        /// At least one vendor has submitted.
        Submitted = "submitted", "提出";
        /// A vendor has been chosen and its evaluation fixed.
        Evaluated = "evaluated", "評価";
        /// The application waits for a decision.
        Applied = "applied", "利用申請";
        /// Approved.
        Approved = "approved", "承認";
        /// Approved under conditions.
        ConditionallyApproved = "conditionally_approved", "条件付承認";
        /// Refused; the end.
        Rejected = "rejected", "不承認";
        /// The 特記仕様書 is fixed.
        ClausesFixed = "clauses_fixed", "契約条項確定";
        /// In the ledger.
        Registered = "registered", "台帳";
    }
);

text_enum!(
    /// Where the assessment of one vendor stands.
    AssessmentState {
        /// Sent, not opened for answering.
        Issued = "issued", "未着手";
        /// Being answered.
        Answering = "answering", "回答中";
        /// Submitted; frozen.
        Submitted = "submitted", "提出済み";
        /// Evaluated.
        Evaluated = "evaluated", "評価済み";
        /// The vendor does not answer.
        Declined = "declined", "辞退";
    }
);

text_enum!(
    /// The decision on an application.
    Outcome {
        /// 承認
        Approve = "approve", "承認";
        /// 条件付承認; conditions required.
        ApproveConditionally = "approve_conditionally", "条件付承認";
        /// 差戻し: back to evaluation; reason required.
        SendBack = "send_back", "差戻し";
        /// 不承認; reason required.
        Reject = "reject", "不承認";
    }
);

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Send questionnaires.
    Issue {
        /// Whether facts decide class and path.
        classified: bool,
        /// Invitations to be sent.
        invitations: usize,
        /// Questions that would be asked.
        questions: usize,
        /// When answers are due.
        due: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// A vendor opens the questionnaire.
    Start,
    /// A vendor submits.
    Submit {
        /// Problems that submission would have.
        problems: usize,
        /// When answers are due.
        due: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// Give everybody who has not submitted more time.
    Extend {
        /// Vendors who have not submitted.
        open: usize,
        /// The present due time, the latest of them.
        due: Timestamp,
        /// The new one.
        until: Timestamp,
        /// Now.
        now: Timestamp,
        /// Characters of the reason.
        reason_chars: usize,
    },
    /// Send a submitted questionnaire back to its vendor.
    Return {
        /// State of the assessment.
        assessment: AssessmentState,
        /// Other vendors who have submitted.
        others: usize,
        /// When answers are due.
        due: Timestamp,
        /// Now.
        now: Timestamp,
        /// Characters of the reason.
        reason_chars: usize,
    },
    /// Fix the evaluation of the chosen vendor.
    Evaluate {
        /// State of the chosen assessment.
        assessment: AssessmentState,
        /// Absolute knock-outs.
        absolute: usize,
        /// Excusable knock-outs without exception.
        excusable: usize,
        /// Questions that are unanswered or unverified.
        open: usize,
        /// Characters of the judgement text.
        judgement_chars: usize,
    },
    /// Apply for use.
    Apply {
        /// Steps of the approval route.
        steps: usize,
        /// Characters of the purpose.
        purpose_chars: usize,
    },
    /// Decide one step of the route.
    Decide {
        /// What is decided.
        outcome: Outcome,
        /// Whether it is the last step.
        last: bool,
        /// Characters of reason or conditions.
        reason_chars: usize,
        /// Whether a manager of the service is named.
        manager_named: bool,
        /// Whether the path asks for one.
        manager_needed: bool,
        /// Whether what was shown is what is stored now.
        unchanged: bool,
    },
    /// Fix the 特記仕様書.
    FixClauses {
        /// Findings of the 公用文チェック that nobody has accepted.
        findings: usize,
    },
    /// Put it into the ledger.
    Register,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The case moves to another state.
    Moved(State),
    /// Nothing moves; the command is allowed and recorded.
    Recorded,
}

/// Why a command is refused: what is missing, and the requirement behind it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{missing}")]
pub struct Refusal {
    /// R-…; absent where no policy is behind it.
    pub requirement: Option<&'static str>,
    /// What is missing, polite, ending in the next act.
    pub missing: String,
}

fn refuse<T>(requirement: impl Into<Option<&'static str>>, missing: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { requirement: requirement.into(), missing: missing.into() })
}

/// Decides a command.
///
/// # Errors
/// A refusal when the state does not allow the command or something is missing.
pub fn decide(state: State, command: &Command) -> Result<Event, Refusal> {
    use State as S;
    match (state, command) {
        (S::Draft, Command::Issue { classified, invitations, questions, due, now }) => {
            if !classified {
                return refuse(
                    "R-153",
                    "情報の分類と評価の経路が確定していません。案件の登録内容を入力してください。",
                );
            }
            if *invitations == 0 {
                return refuse("R-006", "送付先がありません。事業者と宛先を選んでください。");
            }
            if *questions == 0 {
                return refuse("R-003", "この経路で尋ねる設問がありません。設問バンクを確認してください。");
            }
            if due <= now {
                return refuse(None, "回答期限が過去になっています。後の日付にしてください。");
            }
            Ok(Event::Moved(S::Issued))
        }
        (S::Issued, Command::Start) => Ok(Event::Moved(S::Answering)),
        (S::Answering | S::Submitted, Command::Start) => Ok(Event::Recorded),
        (S::Answering | S::Submitted, Command::Submit { problems, due, now }) => {
            if now > due {
                return refuse(None, "回答期限を過ぎています。期限の延長を担当者に申し出てください。");
            }
            if *problems > 0 {
                return refuse(
                    None,
                    format!("回答が完了していない設問が{problems}問あります。内容を確認してください。"),
                );
            }
            Ok(if state == S::Answering { Event::Moved(S::Submitted) } else { Event::Recorded })
        }
        (
            S::Issued | S::Answering | S::Submitted,
            Command::Extend { open, due, until, now, reason_chars },
        ) => {
            if *open == 0 {
                return refuse(None, "全ての事業者が提出済みのため、延長する必要がありません。");
            }
            if until <= due || until <= now {
                return refuse(None, "新しい回答期限は、今の期限より後の、これから先の日にしてください。");
            }
            if *reason_chars == 0 {
                return refuse(None, "回答期限を延ばす理由を入力してください。");
            }
            Ok(Event::Recorded)
        }
        (S::Submitted, Command::Return { assessment, others, due, now, reason_chars }) => {
            if *assessment != AssessmentState::Submitted {
                return refuse(None, "提出されていない回答は、差し戻せません。");
            }
            if due <= now {
                return refuse(None, "回答期限を過ぎています。先に回答期限を延ばしてください。");
            }
            if *reason_chars == 0 {
                return refuse(None, "修正を求める理由を入力してください。");
            }
            Ok(if *others == 0 { Event::Moved(S::Answering) } else { Event::Recorded })
        }
        (S::Submitted, Command::Evaluate { assessment, absolute, excusable, open, judgement_chars }) => {
            if *assessment != AssessmentState::Submitted {
                return refuse("R-006", "選んだ事業者の回答が提出されていません。");
            }
            if *open > 0 {
                return refuse(
                    "R-061",
                    format!(
                        "未回答又は未確認の設問が{open}問あります。該当なし・条件付きの扱いを決めてください。"
                    ),
                );
            }
            if *absolute > 0 {
                return refuse(
                    "R-080",
                    format!("必須の条件に適合しない項目（KO）が{absolute}件あるため、選定できません。"),
                );
            }
            if *excusable > 0 {
                return refuse(
                    "R-080",
                    format!(
                        "例外措置の許可がない不適合項目（KO*）が{excusable}件あります。例外措置の許可を得てください。"
                    ),
                );
            }
            if *judgement_chars < JUDGEMENT_MIN_CHARS {
                return refuse(
                    "R-086",
                    format!("総合的な判断の理由を{JUDGEMENT_MIN_CHARS}文字以上で入力してください。"),
                );
            }
            Ok(Event::Moved(S::Evaluated))
        }
        (S::Evaluated, Command::Apply { steps, purpose_chars }) => {
            if *steps == 0 {
                return refuse(
                    "R-052",
                    "この経路には決裁の手続が定められていません。団体の設定を確認してください。",
                );
            }
            if *purpose_chars == 0 {
                return refuse("R-090", "利用の目的及び業務を入力してください。");
            }
            Ok(Event::Moved(S::Applied))
        }
        (
            S::Applied,
            Command::Decide { outcome, last, reason_chars, manager_named, manager_needed, unchanged },
        ) => {
            if !unchanged {
                return refuse(
                    "R-091",
                    "申請の後に内容が変わっています。内容を確認し、差戻して再度の申請を求めてください。",
                );
            }
            match outcome {
                Outcome::Approve | Outcome::ApproveConditionally => {
                    if *outcome == Outcome::ApproveConditionally && *reason_chars == 0 {
                        return refuse(None, "条件付承認とする条件を入力してください。");
                    }
                    if *last && *manager_needed && !manager_named {
                        return refuse(
                            "R-092",
                            "サービスの管理者が指名されていません。管理者を選んでください。",
                        );
                    }
                    Ok(match (last, outcome) {
                        (false, _) => Event::Recorded,
                        (true, Outcome::ApproveConditionally) => Event::Moved(S::ConditionallyApproved),
                        (true, _) => Event::Moved(S::Approved),
                    })
                }
                Outcome::SendBack | Outcome::Reject if *reason_chars == 0 => {
                    refuse(None, "差戻し又は不承認の理由を入力してください。")
                }
                Outcome::SendBack => Ok(Event::Moved(S::Evaluated)),
                Outcome::Reject => Ok(Event::Moved(S::Rejected)),
            }
        }
        (S::Approved | S::ConditionallyApproved, Command::FixClauses { findings }) => {
            if *findings > 0 {
                return refuse(
                    None,
                    format!("公用文チェックの指摘が{findings}件残っています。修正してください。"),
                );
            }
            Ok(Event::Moved(S::ClausesFixed))
        }
        (S::ClausesFixed, Command::Register) => Ok(Event::Moved(S::Registered)),
        (_, Command::FixClauses { .. } | Command::Register)
            if state < S::Approved || state == S::Rejected =>
        {
            refuse("R-088", "承認を得ていないため、契約の手続へ進めません。")
        }
        _ => refuse(None, format!("この案件は「{}」の段階にあるため、この操作はできません。", state.label())),
    }
}

/// Fewest characters of the judgement on reliability: a word like 「可」 judges nothing.
pub const JUDGEMENT_MIN_CHARS: usize = 20;

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn issue() -> Command {
        Command::Issue { classified: true, invitations: 1, questions: 40, due: at(100), now: at(0) }
    }

    fn evaluate() -> Command {
        Command::Evaluate {
            assessment: AssessmentState::Submitted,
            absolute: 0,
            excusable: 0,
            open: 0,
            judgement_chars: JUDGEMENT_MIN_CHARS,
        }
    }

    fn approve() -> Command {
        Command::Decide {
            outcome: Outcome::Approve,
            last: true,
            reason_chars: 0,
            manager_named: true,
            manager_needed: true,
            unchanged: true,
        }
    }

    #[test]
    fn the_straight_way_reaches_the_ledger() {
        let way = [
            issue(),
            Command::Start,
            Command::Submit { problems: 0, due: at(100), now: at(50) },
            evaluate(),
            Command::Apply { steps: 1, purpose_chars: 5 },
            approve(),
            Command::FixClauses { findings: 0 },
            Command::Register,
        ];
        let mut state = State::Draft;
        for command in &way {
            match decide(state, command) {
                Ok(Event::Moved(next)) => state = next,
                other => panic!("{state:?} {command:?}: {other:?}"),
            }
        }
        assert_eq!(state, State::Registered);
    }

    #[test]
    fn forbidden_transitions_name_their_requirement() {
        let cases: &[(State, Command, Option<&str>)] = &[
            (
                State::Draft,
                Command::Issue { classified: false, invitations: 1, questions: 1, due: at(9), now: at(0) },
                Some("R-153"),
            ),
            (State::Evaluated, Command::FixClauses { findings: 0 }, Some("R-088")),
            (State::Applied, Command::Register, Some("R-088")),
            (State::Rejected, Command::FixClauses { findings: 0 }, Some("R-088")),
            (
                State::Submitted,
                Command::Evaluate {
                    assessment: AssessmentState::Submitted,
                    absolute: 1,
                    excusable: 0,
                    open: 0,
                    judgement_chars: 99,
                },
                Some("R-080"),
            ),
            (
                State::Applied,
                Command::Decide {
                    outcome: Outcome::Approve,
                    last: true,
                    reason_chars: 0,
                    manager_named: false,
                    manager_needed: true,
                    unchanged: true,
                },
                Some("R-092"),
            ),
        ];
        for (state, command, requirement) in cases {
            let refusal = decide(*state, command).unwrap_err();
            assert_eq!(refusal.requirement, *requirement, "{state:?} {command:?}");
            assert!(refusal.missing.ends_with('。'));
        }
    }

    #[test]
    fn late_submission_is_refused_and_the_last_second_is_not() {
        let submit = |now| Command::Submit { problems: 0, due: at(100), now: at(now) };
        assert!(decide(State::Answering, &submit(100)).is_ok());
        assert!(decide(State::Answering, &submit(101)).is_err());
    }

    #[test]
    fn an_approval_of_something_else_than_shown_is_refused() {
        let Command::Decide { outcome, last, reason_chars, manager_named, manager_needed, .. } = approve()
        else {
            unreachable!()
        };
        let changed =
            Command::Decide { outcome, last, reason_chars, manager_named, manager_needed, unchanged: false };
        assert_eq!(decide(State::Applied, &changed).unwrap_err().requirement, Some("R-091"));
    }

    #[test]
    fn time_is_given_and_answers_go_back_only_before_the_evaluation() {
        let extend = |open, until, reason_chars| Command::Extend {
            open,
            due: at(5),
            until: at(until),
            now: at(3),
            reason_chars,
        };
        assert_eq!(decide(State::Answering, &extend(1, 9, 5)), Ok(Event::Recorded));
        assert_eq!(decide(State::Submitted, &extend(1, 9, 5)), Ok(Event::Recorded));
        for (state, command) in [
            (State::Answering, extend(0, 9, 5)),
            (State::Answering, extend(1, 5, 5)),
            (State::Answering, extend(1, 9, 0)),
            (State::Draft, extend(1, 9, 5)),
            (State::Evaluated, extend(1, 9, 5)),
        ] {
            assert!(decide(state, &command).is_err(), "{state:?} {command:?}");
        }
        let back = |assessment, others, due, reason_chars| Command::Return {
            assessment,
            others,
            due: at(due),
            now: at(3),
            reason_chars,
        };
        let submitted = AssessmentState::Submitted;
        assert_eq!(decide(State::Submitted, &back(submitted, 0, 9, 5)), Ok(Event::Moved(State::Answering)));
        assert_eq!(decide(State::Submitted, &back(submitted, 1, 9, 5)), Ok(Event::Recorded));
        for (state, command) in [
            (State::Submitted, back(AssessmentState::Answering, 1, 9, 5)),
            (State::Submitted, back(submitted, 0, 3, 5)),
            (State::Submitted, back(submitted, 0, 9, 0)),
            (State::Evaluated, back(submitted, 0, 9, 5)),
            (State::Applied, back(submitted, 0, 9, 5)),
        ] {
            assert!(decide(state, &command).is_err(), "{state:?} {command:?}");
        }
    }

    proptest! {
        /// No way leads to contract or ledger that has not passed an approval.
        #[test]
        fn contract_needs_approval(steps in proptest::collection::vec(0usize..11, 0..40)) {
            let commands = [
                issue(), Command::Start, Command::Submit { problems: 0, due: at(9), now: at(1) }, evaluate(),
                Command::Apply { steps: 1, purpose_chars: 1 }, approve(),
                Command::Decide { outcome: Outcome::SendBack, last: true, reason_chars: 1, manager_named: false, manager_needed: true, unchanged: true },
                Command::FixClauses { findings: 0 }, Command::Register,
                Command::Extend { open: 1, due: at(5), until: at(9), now: at(3), reason_chars: 1 },
                Command::Return { assessment: AssessmentState::Submitted, others: 0, due: at(9), now: at(3), reason_chars: 1 },
            ];
            let (mut state, mut approved) = (State::Draft, false);
            for step in steps {
                if let Ok(Event::Moved(next)) = decide(state, &commands[step]) {
                    approved |= next == State::Approved;
                    state = next;
                }
                prop_assert!(approved || state < State::Approved);
            }
        }
    }
}
