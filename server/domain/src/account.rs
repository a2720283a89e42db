//! Staff accounts: passwords and the growing soft lock.

use jiff::{SignedDuration, Timestamp};

/// Fewest characters of a password (Unicode scalar values).
pub const PASSWORD_MIN_CHARS: usize = 15;
/// Most characters of a password; longer ones are refused, never cut.
pub const PASSWORD_MAX_CHARS: usize = 128;
/// How long a temporary password lives.
pub const TEMPORARY_PASSWORD_LIFE: SignedDuration = SignedDuration::from_hours(72);
/// Idle limit of a staff session.
pub const STAFF_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// Absolute limit of a staff session.
pub const STAFF_ABSOLUTE: SignedDuration = SignedDuration::from_hours(8);
/// Idle limit of a vendor session.
pub const VENDOR_IDLE: SignedDuration = SignedDuration::from_mins(60);
/// Absolute limit of a vendor session.
pub const VENDOR_ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Too few characters.
    #[error("パスワードは{PASSWORD_MIN_CHARS}文字以上にしてください")]
    TooShort,
    /// Too many characters.
    #[error("パスワードは{PASSWORD_MAX_CHARS}文字以内にしてください")]
    TooLong,
    /// Easily guessed.
    #[error("推測されやすい文字列のため、別のパスワードにしてください")]
    Guessable,
    /// Equal to the one it replaces.
    #[error("今のパスワードと異なるものにしてください")]
    Unchanged,
    /// The two inputs differ.
    #[error("確認用のパスワードが一致しません。同じものを入力してください")]
    Mismatch,
}

/// Checks a new password. `known` holds the person's own words (sign-in name, organisation) that it must not be
/// made of. No composition rules: length and unguessability only (NIST SP 800-63B-4, 3.1.1.2).
///
/// # Errors
/// The first problem found.
pub fn check_password(new: &str, known: &[&str]) -> Result<(), PasswordProblem> {
    let count = new.chars().count();
    if count < PASSWORD_MIN_CHARS {
        return Err(PasswordProblem::TooShort);
    }
    if count > PASSWORD_MAX_CHARS {
        return Err(PasswordProblem::TooLong);
    }
    let lower = new.to_lowercase();
    let distinct = lower.chars().collect::<std::collections::BTreeSet<_>>().len();
    let common =
        COMMON_STEMS.iter().copied().chain(known.iter().copied().filter(|word| word.chars().count() >= 3));
    // What is left once guessable words and runs of digits are taken out has to carry the password.
    let rest = common.fold(lower, |rest, word| rest.replace(&word.to_lowercase(), ""));
    let carrying =
        rest.chars().filter(|c| !c.is_ascii_digit()).collect::<std::collections::BTreeSet<_>>().len();
    if distinct < 6 || carrying < 5 { Err(PasswordProblem::Guessable) } else { Ok(()) }
}

/// Stems of the most used passwords; a password made of nothing else is guessable.
const COMMON_STEMS: &[&str] = &[
    "password",
    "passw0rd",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwerty",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "football",
    "abc",
    "tokki",
    "sakura",
    "nippon",
    "japan",
    "yakuba",
    "shiyakusho",
    "パスワード",
];

/// How long an account waits after its latest failure: 1 s below three failures, 3 s below nine, 5 s below 25,
/// 10 s below 100, then an hour. The lock is soft: it delays, so that nobody can lock a colleague out for good.
#[must_use]
pub fn lock_delay(failures: i32) -> SignedDuration {
    match failures {
        i32::MIN..=0 => SignedDuration::ZERO,
        1..3 => SignedDuration::from_secs(1),
        3..9 => SignedDuration::from_secs(3),
        9..25 => SignedDuration::from_secs(5),
        25..100 => SignedDuration::from_secs(10),
        _ => SignedDuration::from_hours(1),
    }
}

/// Until when an account is locked, if it is at `now`.
#[must_use]
pub fn locked_until(failures: i32, last_failure: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let until = last_failure?.checked_add(lock_delay(failures)).ok()?;
    (until > now).then_some(until)
}

/// Whether a session still lives: both limits are exclusive.
#[must_use]
pub fn session_lives(
    created: Timestamp,
    seen: Timestamp,
    now: Timestamp,
    idle: SignedDuration,
    absolute: SignedDuration,
) -> bool {
    now.duration_since(seen) < idle && now.duration_since(created) < absolute
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn length_and_guessability_decide() {
        assert_eq!(check_password("短い", &[]), Err(PasswordProblem::TooShort));
        assert_eq!(check_password(&"あいうえおかき".repeat(20), &[]), Err(PasswordProblem::TooLong));
        assert_eq!(check_password("passwordpassword123", &[]), Err(PasswordProblem::Guessable));
        assert_eq!(check_password("aaaaaaaaaaaaaaaaaaaa", &[]), Err(PasswordProblem::Guessable));
        assert_eq!(check_password("mihon-taro-20260401", &["mihon-taro"]), Err(PasswordProblem::Guessable));
        assert_eq!(check_password("雨の日も傘をささずに走るキリン", &[]), Ok(()));
        assert_eq!(check_password("correct horse battery staple", &[]), Ok(()));
    }

    #[test]
    fn the_lock_grows_and_ends() {
        assert_eq!(locked_until(0, Some(at(0)), at(0)), None);
        assert_eq!(locked_until(2, Some(at(0)), at(0)), Some(at(1)));
        assert_eq!(locked_until(2, Some(at(0)), at(1)), None);
        assert_eq!(locked_until(30, Some(at(0)), at(9)), Some(at(10)));
        let delays: Vec<_> = (0..120).map(lock_delay).collect();
        assert!(delays.is_sorted());
    }

    #[test]
    fn a_session_ends_at_either_limit() {
        let minutes = |m: i64| at(m * 60);
        assert!(session_lives(minutes(0), minutes(0), minutes(29), STAFF_IDLE, STAFF_ABSOLUTE));
        assert!(!session_lives(minutes(0), minutes(0), minutes(30), STAFF_IDLE, STAFF_ABSOLUTE));
        assert!(!session_lives(minutes(0), minutes(479), minutes(480), STAFF_IDLE, STAFF_ABSOLUTE));
    }
}
