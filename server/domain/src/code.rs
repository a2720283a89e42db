//! 確認コード: six digits by mail prove an address. Six digits are few, so time, tries and sendings are limited.

use jiff::{SignedDuration, Timestamp};

/// How long a code opens.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How often a code may be typed wrongly.
pub const CODE_TRIES: i64 = 5;
/// How long after a code the next one may be asked for.
pub const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// Codes within [`SENT_WINDOW`]: with five tries each, a guesser has a hundred of a million a day.
pub const MOST_SENT: i64 = 20;
/// The time over which sendings are counted.
pub const SENT_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Six digits from random bytes; 2^64 is so large that the remainder favours no digits.
#[must_use]
pub fn code(random: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(random) % 1_000_000)
}

/// Codes sent so far to one addressee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The latest.
    pub at: Timestamp,
    /// Begin of the time over which they are counted.
    pub since: Timestamp,
    /// How many since then.
    pub count: i64,
}

/// Why no code is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotYet {
    /// One has just been sent; seconds to wait.
    Just(i64),
    /// Too many in a day.
    Many,
}

/// Counts another code.
///
/// # Errors
/// [`NotYet`]
pub fn another(before: Option<Sent>, now: Timestamp) -> Result<Sent, NotYet> {
    let Some(before) = before else { return Ok(Sent { at: now, since: now, count: 1 }) };
    let passed = now.duration_since(before.at);
    if passed < RESEND_AFTER {
        return Err(NotYet::Just((RESEND_AFTER - passed).as_secs().max(1)));
    }
    if now.duration_since(before.since) >= SENT_WINDOW {
        return Ok(Sent { at: now, since: now, count: 1 });
    }
    if before.count >= MOST_SENT {
        return Err(NotYet::Many);
    }
    Ok(Sent { at: now, since: before.since, count: before.count + 1 })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn codes_have_six_digits() {
        assert_eq!(code([0; 8]), "000000");
        assert_eq!(code([0, 0, 0, 0, 0, 0x0f, 0x42, 0x41]), "000001");
        assert!((0..=u8::MAX).all(|byte| code([byte; 8]).len() == 6));
    }

    #[test]
    fn sendings_are_spaced_and_counted() {
        let first = another(None, at(0)).unwrap();
        assert_eq!(another(Some(first), at(0)), Err(NotYet::Just(60)));
        assert_eq!(another(Some(first), at(59)), Err(NotYet::Just(1)));
        let mut sent = first;
        for count in 2..=MOST_SENT {
            sent = another(Some(sent), at(60 * count)).unwrap();
            assert_eq!(sent.count, count);
        }
        assert_eq!(another(Some(sent), at(60 * 60)), Err(NotYet::Many));
        assert_eq!(another(Some(sent), at(24 * 60 * 60)).unwrap().count, 1);
    }
}
