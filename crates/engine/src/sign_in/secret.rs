//! Secrets that we hand out: random text, of which only a hash is kept. They are random enough that a plain hash does; a password is not
//! (see `hashing`).

use crate::EngineError;
use rand::TryRng as _;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Letters and digits: nothing that has to be escaped anywhere, and a double click selects it whole.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 of 62 letters: 256 bits.
pub(super) const LENGTH: usize = 43;

/// What a secret is for. The hash covers it: one is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    Token,
    Setup,
    State,
    Browser,
}

/// A new one, from the system's randomness: the one place of this room that takes some.
pub(crate) fn generate() -> Result<SecretString, EngineError> {
    let mut text = String::with_capacity(LENGTH);
    let mut bytes = [0; 64];
    while text.len() < LENGTH {
        SysRng.try_fill_bytes(&mut bytes).map_err(|error| EngineError::File {
            what: "the system's source of randomness".to_owned(),
            reason: error.to_string(),
        })?;
        // 248 = 4 × 62: what lies above would make some letters likelier than others.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        text.extend(fair.map(|byte| char::from(ALPHABET[usize::from(byte % 62)])).take(LENGTH - text.len()));
    }
    Ok(text.into())
}

/// What is kept of it.
pub(crate) fn hash(kind: Kind, secret: &SecretString) -> String {
    let label = match kind {
        Kind::Session => "session",
        Kind::Token => "token",
        Kind::Setup => "setup",
        Kind::State => "state",
        Kind::Browser => "browser",
    };
    labelled(label, secret.expose_secret())
}

/// Hash of a text under a label; no text of one label hashes as one of another.
pub(super) fn labelled(label: &str, text: &str) -> String {
    let hash =
        Sha256::new().chain_update("rollcall ").chain_update(label).chain_update([0]).chain_update(text);
    hex::encode(hash.finalize())
}

/// A number in letters of the alphabet, the highest first, in six of them: enough for 32 bits.
pub(super) fn six_letters(mut number: u32) -> String {
    let mut letters = [b'0'; 6];
    for letter in letters.iter_mut().rev() {
        *letter = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    letters.iter().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_alike_and_their_hashes_depend_on_what_they_are_for() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_eq!(one.expose_secret().len(), LENGTH);
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert!(one.expose_secret().bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(hash(Kind::Session, &one), hash(Kind::Token, &one));
        assert_eq!(hash(Kind::Setup, &one), hash(Kind::Setup, &one));
        assert!(!hash(Kind::Setup, &one).contains(one.expose_secret()));
    }

    #[test]
    fn every_letter_of_the_alphabet_comes_up() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            seen.extend(generate().unwrap().expose_secret().bytes());
        }
        assert_eq!(seen.len(), 62);
    }
}
