//! The signature of a webhook: what is signed verifies, and nothing else does.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rollcall_outlet::{SignatureError, sign, verify};
use secrecy::SecretString;

const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[test]
fn a_signature_is_what_everybody_else_computes() {
    // printf '1764050000.{"id":"1"}' | openssl dgst -sha256 -hmac 'a secret of ours'
    let text = sign([&secret("a secret of ours")], at(1_764_050_000), b"{\"id\":\"1\"}");
    assert_eq!(
        text,
        concat!("t=1764050000,v1=", "3448a0e95335029314e5f9c112262f448ef203eb99b67649dfe0a2bbd482c5e3")
    );
}

#[test]
fn one_of_another_time_or_form_is_not_accepted() {
    let (key, body) = (secret("a secret of ours"), b"{}");
    let text = sign([&key], at(1_000_000), body);
    assert_eq!(verify(&text, &key, body, at(1_000_300), TOLERANCE), Ok(()));
    assert_eq!(verify(&text, &key, body, at(1_000_301), TOLERANCE), Err(SignatureError::Time));
    assert_eq!(verify(&text, &key, body, at(999_699), TOLERANCE), Err(SignatureError::Time));
    for bad in
        ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=zz", "t=1,t=2,v1=00", "t=1;v1=00", "=,t=1,v1=00", "t"]
    {
        assert_eq!(verify(bad, &key, body, at(1), TOLERANCE), Err(SignatureError::Form), "{bad}");
    }
    let later = text.replace("t=1000000", "t=1000001");
    assert_eq!(
        verify(&later, &key, body, at(1_000_001), TOLERANCE),
        Err(SignatureError::Wrong),
        "the time is signed"
    );
    assert_eq!(verify(&format!("{text},v2=whatever"), &key, body, at(1_000_000), TOLERANCE), Ok(()));
}

proptest! {
    #[test]
    fn what_is_signed_verifies_with_each_of_its_secrets_and_with_no_other(
        body in prop::collection::vec(any::<u8>(), 0..200),
        (new, old, other) in ("[a-z]{16,40}", "[A-Z]{16,40}", "[0-9]{16,40}"),
        seconds in 0_i64..4_000_000_000,
    ) {
        let text = sign([&secret(&new), &secret(&old)], at(seconds), &body);
        for key in [&new, &old] {
            prop_assert_eq!(verify(&text, &secret(key), &body, at(seconds), TOLERANCE), Ok(()));
        }
        prop_assert_eq!(verify(&text, &secret(&other), &body, at(seconds), TOLERANCE), Err(SignatureError::Wrong));
    }

    #[test]
    fn a_changed_body_does_not_verify(
        mut body in prop::collection::vec(any::<u8>(), 1..200), index in any::<prop::sample::Index>(), flip in 1_u8..
    ) {
        let key = secret("a secret of ours");
        let text = sign([&key], at(1), &body);
        let place = index.index(body.len());
        body[place] ^= flip;
        prop_assert_eq!(verify(&text, &key, &body, at(1), TOLERANCE), Err(SignatureError::Wrong));
    }

    #[test]
    fn no_text_makes_the_reader_stumble(text in ".{0,80}") {
        let verified = verify(&text, &secret("a secret of ours"), b"{}", at(1), TOLERANCE);
        prop_assert!(verified.is_err());
    }
}
