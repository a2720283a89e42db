//! Receipt numbers: eight characters that can be read out over the telephone.

/// Letters without look-alikes (no I, O, Q, Z, and no vowels that could spell words).
const LETTERS: &[u8; 16] = b"BCDFGHJKLMNPRSTV";
const DIGITS: &[u8; 8] = b"23456789";

/// Makes `BC2DF3GH` from random bytes; every third character is a digit.
#[must_use]
pub fn receipt_number(random: [u8; 8]) -> String {
    random
        .iter()
        .enumerate()
        .map(|(i, byte)| {
            let byte = usize::from(*byte);
            char::from(if i % 3 == 2 { DIGITS[byte % DIGITS.len()] } else { LETTERS[byte % LETTERS.len()] })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::receipt_number;

    #[test]
    fn numbers_are_legible() {
        assert_eq!(receipt_number([0, 1, 0, 2, 3, 1, 4, 5]), "BC2DF3GH");
        let all: Vec<String> = (0..=u8::MAX).map(|b| receipt_number([b; 8])).collect();
        assert!(all.iter().all(|n| n.len() == 8 && !n.contains(['0', '1', 'O', 'I'])));
    }
}
