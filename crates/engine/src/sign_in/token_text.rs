//! How an API token is written: `rc_`, 43 random letters and digits, six that check them. So a scanner of source code or logs finds one
//! that leaked (`rc_[0-9A-Za-z]{49}`) and can tell it from text that only looks alike, without asking anybody; and a token that was
//! cut or mistyped is refused before the database is asked.

use super::secret::{self, LENGTH, six_letters};
use crate::EngineError;
use secrecy::{ExposeSecret, SecretString};

pub(super) const PREFIX: &str = "rc_";
const CHECK: usize = 6;

/// A new token.
pub(super) fn generate() -> Result<SecretString, EngineError> {
    Ok(write(secret::generate()?.expose_secret()))
}

fn write(random: &str) -> SecretString {
    format!("{PREFIX}{random}{}", checksum(random)).into()
}

/// CRC-32 (IEEE) of prefix and random part: finds every error of up to four letters in a row.
fn checksum(random: &str) -> String {
    let mut crc = !0_u32;
    for byte in PREFIX.bytes().chain(random.bytes()) {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    six_letters(!crc)
}

/// Whether a text is written as a token is, its checksum included. That says nothing of whether there is such a token.
pub fn looks_like_token(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(PREFIX) else { return false };
    if rest.len() != LENGTH + CHECK || !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let (random, check) = rest.split_at(LENGTH);
    checksum(random) == check
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_new_token_looks_like_one_and_the_checksum_is_the_one_scanners_know() {
        let token = generate().unwrap();
        assert!(looks_like_token(token.expose_secret()), "{}", token.expose_secret());
        assert_eq!(token.expose_secret().len(), 52);
        assert_eq!(checksum(&"0".repeat(43)), six_letters(ZLIB));
    }

    /// `python3 -c 'import zlib; print(zlib.crc32(b"rc_" + b"0" * 43))'`
    const ZLIB: u32 = 2_389_099_742;

    proptest! {
        #[test]
        fn any_random_part_comes_back(random in "[0-9A-Za-z]{43}") {
            prop_assert!(looks_like_token(write(&random).expose_secret()));
        }

        #[test]
        fn one_wrong_letter_or_two_swapped_ones_are_found(
            random in "[0-9A-Za-z]{43}", at in 0..49_usize, letter in "[0-9A-Za-z]",
        ) {
            let token = write(&random).expose_secret().to_owned();
            let at = PREFIX.len() + at;
            let mut wrong = token.clone();
            wrong.replace_range(at..=at, &letter);
            prop_assert_eq!(looks_like_token(&wrong), wrong == token);
            let mut swapped = token.clone().into_bytes();
            let last = swapped.len() - 1;
            swapped.swap(at, (at + 1).min(last));
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(looks_like_token(&swapped), swapped == token);
        }

        #[test]
        fn nothing_else_is_a_token(text in ".{0,80}") {
            prop_assert!(!looks_like_token(&text));
        }

        #[test]
        fn a_token_that_was_cut_or_lengthened_is_none(random in "[0-9A-Za-z]{43}", cut in 0..52_usize, more in "[0-9A-Za-z]{1,5}") {
            let token = write(&random).expose_secret().to_owned();
            prop_assert!(!looks_like_token(&token[..cut]));
            let longer = format!("{token}{more}");
            prop_assert!(!looks_like_token(&longer));
        }
    }
}
