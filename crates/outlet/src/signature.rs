//! The signature of a webhook: `t=1764050000,v1=5257a8…`.
//!
//! `t` is when it was sent, in seconds since 1970; `v1` is the HMAC-SHA256 of `t`, a dot and the body, in hexadecimal. While a secret is
//! being replaced there are two `v1`, one for each; a receiver takes the delivery if any of them is right. Signing the instant
//! keeps somebody who overheard a delivery from sending it again later.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// The header it stands in.
pub const SIGNATURE_HEADER: &str = "Rollcall-Signature";

/// Why a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It cannot be read.
    #[error("the signature is not of the form t=SECONDS,v1=HEX")]
    Form,
    /// It is of too long ago, or of the future.
    #[error("the signature is of another time")]
    Time,
    /// It was made with another secret, or of another body.
    #[error("the signature is not right")]
    Wrong,
}

fn mac(secret: &SecretString, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes every key"));
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    mac
}

/// The signature of a body, with each of the secrets.
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a SecretString>, at: Timestamp, body: &[u8]) -> String {
    let seconds = at.as_second();
    let mut text = format!("t={seconds}");
    for secret in secrets {
        text.push_str(",v1=");
        text.push_str(&hex::encode(mac(secret, seconds, body).finalize().into_bytes()));
    }
    text
}

/// Whether a signature is right for a body: made with the secret, and not further than `tolerance` from `now`. What a receiver does.
pub fn verify(
    signature: &str,
    secret: &SecretString,
    body: &[u8],
    now: Timestamp,
    tolerance: SignedDuration,
) -> Result<(), SignatureError> {
    let (mut seconds, mut given) = (None, Vec::new());
    for part in signature.split(',') {
        match part.split_once('=') {
            Some(("t", value)) if seconds.is_none() => {
                seconds = Some(value.parse::<i64>().map_err(|_| SignatureError::Form)?);
            }
            Some(("v1", value)) => given.push(hex::decode(value).map_err(|_| SignatureError::Form)?),
            // What a later version adds is not for us.
            Some((name, _)) if !name.is_empty() && name != "t" => {}
            _ => return Err(SignatureError::Form),
        }
    }
    let seconds = seconds.filter(|_| !given.is_empty()).ok_or(SignatureError::Form)?;
    let at = Timestamp::from_second(seconds).map_err(|_| SignatureError::Form)?;
    let expected = mac(secret, seconds, body).finalize().into_bytes();
    let is_right =
        given.iter().fold(Choice::from(0), |found, given| found | expected.as_slice().ct_eq(given));
    if !bool::from(is_right) {
        return Err(SignatureError::Wrong);
    }
    if now.duration_since(at).abs() > tolerance {
        return Err(SignatureError::Time);
    }
    Ok(())
}
