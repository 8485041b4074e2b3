//! The token in the link "I still need this": who is meant, and a seal that only this installation can make.
//!
//! `payload.seal`, both base64 for addresses. The seal is HMAC-SHA256 under a key that is made from the sealing key for this purpose alone.
//! Whoever holds the link may use it; nobody can make one.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use rollcall_model::{AccountKey, RunId, SiteId};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use std::borrow::Cow;

/// What the key is made for.
pub(crate) const PURPOSE: &str = "link to keep an account";
/// First member of every payload: what it is, and in which form.
const FORM: &str = "keep-1";
/// How every token begins: the base64 of `["keep-1"`.
const BEGINNING: &str = "WyJrZWVwLTEi";
/// What stands in the place of a token that is nobody's to see.
const HIDDEN: &str = "…";
/// Longest token that is looked at.
const LONGEST: usize = 1_800;

/// What a link is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeepToken {
    pub(crate) site: SiteId,
    pub(crate) account: AccountKey,
    pub(crate) policy: Option<String>,
    /// The run that sent the notice.
    pub(crate) run: RunId,
    /// In whole seconds.
    pub(crate) expires_at: Timestamp,
    /// For so many hours the account is exempt once the link is used.
    pub(crate) keep_hours: u32,
}

type Payload = (String, String, String, Option<String>, String, i64, u32);

impl KeepToken {
    /// The token as it stands in a link.
    pub(crate) fn sign(&self, key: &SecretBox<[u8; 32]>) -> String {
        let payload: Payload = (
            FORM.to_owned(),
            self.site.to_string(),
            self.account.to_string(),
            self.policy.clone(),
            self.run.to_string(),
            self.expires_at.as_second(),
            self.keep_hours,
        );
        // Texts and numbers: there is nothing in them that JSON cannot say.
        let payload = serde_json::to_vec(&payload).unwrap_or_default();
        let seal = seal(key, &payload).finalize().into_bytes();
        format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(&payload), BASE64_URL_SAFE_NO_PAD.encode(seal))
    }

    /// What a token says, if this installation made it. The seals are compared in a time that tells nothing.
    pub(crate) fn read(text: &str, key: &SecretBox<[u8; 32]>) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (payload, given) = text.split_once('.')?;
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
        let given = BASE64_URL_SAFE_NO_PAD.decode(given).ok()?;
        seal(key, &payload).verify_slice(&given).ok()?;
        let (form, site, account, policy, run, expires_at, keep_hours): Payload =
            serde_json::from_slice(&payload).ok()?;
        (form == FORM).then_some(())?;
        Some(Self {
            site: site.into(),
            account: account.into(),
            policy,
            run: run.into(),
            expires_at: Timestamp::from_second(expires_at).ok()?,
            keep_hours,
        })
    }
}

/// The text without the tokens in it, wherever they stand: each is its owner's alone, and a right to whoever reads it.
pub fn hide_links(text: &str) -> Cow<'_, str> {
    if !text.contains(BEGINNING) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(BEGINNING) {
        shown.push_str(&rest[..at]);
        shown.push_str(HIDDEN);
        let token = &rest[at..];
        let is_of_it = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        rest = &token[token.find(|letter| !is_of_it(letter)).unwrap_or(token.len())..];
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

fn seal(key: &SecretBox<[u8; 32]>, payload: &[u8]) -> Hmac<Sha256> {
    // A key of less than a block is filled up with zeros (RFC 2104).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key.expose_secret());
    <Hmac<Sha256> as KeyInit>::new(&block.into()).chain_update(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SecretBox<[u8; 32]> {
        SecretBox::new(Box::new([byte; 32]))
    }

    fn token() -> KeepToken {
        KeepToken {
            site: "site-1".into(),
            account: "ключ/<&>\"".into(),
            policy: Some("warn-idle".to_owned()),
            run: "run-1".into(),
            expires_at: "2026-12-09T09:00:00Z".parse().unwrap(),
            keep_hours: 180 * 24,
        }
    }

    #[test]
    fn a_token_comes_back_with_its_key_and_no_other() {
        let text = token().sign(&key(1));
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{text}");
        assert_eq!(KeepToken::read(&text, &key(1)), Some(token()));
        assert_eq!(KeepToken::read(&text, &key(2)), None);
    }

    #[test]
    fn a_token_is_hidden_wherever_it_stands_and_nothing_else_is() {
        let link = format!("https://rollcall.example.org/keep/{}", token().sign(&key(1)));
        let html = format!("<a href=\"{0}\">{0}</a>", link.replace('/', "&#x2f;"));
        let hidden = "https:&#x2f;&#x2f;rollcall.example.org&#x2f;keep&#x2f;…";
        assert_eq!(hide_links(&html), format!("<a href=\"{hidden}\">{hidden}</a>"));
        assert_eq!(hide_links(&format!("Open {link}\nNow")), "Open https://rollcall.example.org/keep/…\nNow");
        assert_eq!(hide_links(&link[..60]), "https://rollcall.example.org/keep/…", "cut, as in a subject");
        assert_eq!(
            hide_links("nothing to hide: https://rollcall.example.org/keep/"),
            "nothing to hide: https://rollcall.example.org/keep/"
        );
    }

    #[test]
    fn a_token_with_anything_changed_cut_or_added_is_none() {
        let text = token().sign(&key(1));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(KeepToken::read(&changed, &key(1)), None, "{at}: {changed}");
            assert_eq!(KeepToken::read(&text[..at], &key(1)), None);
        }
        for odd in ["", ".", "..", "a.b", &format!("{text}A"), &format!("{text}."), &"A".repeat(5_000), "é.é"]
        {
            assert_eq!(KeepToken::read(odd, &key(1)), None, "{odd}");
        }
        // A seal of nothing, and the seal of another payload.
        let other = KeepToken { account: "somebody-else".into(), ..token() }.sign(&key(1));
        let mixed = format!("{}.{}", other.split_once('.').unwrap().0, text.split_once('.').unwrap().1);
        assert_eq!(KeepToken::read(&mixed, &key(1)), None);
    }
}
