//! A sign-in that has gone to the provider and has not come back yet.

use super::Origin;
use super::secret::{self, Kind};
use crate::{Engine, EngineError};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// How long it may take.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
const LONGEST_PATH: usize = 2000;

/// What is remembered of it.
#[derive(Debug)]
pub struct PendingSignOn {
    /// What comes back with the browser.
    pub state: SecretString,
    /// What must stand in the provider's answer.
    pub nonce: SecretString,
    /// What proves to the provider that it was us who began.
    pub verifier: SecretString,
    /// Where the browser goes afterwards: a path of ours.
    pub return_to: String,
}

#[derive(Serialize, Deserialize)]
struct Remembered {
    nonce: String,
    verifier: String,
    return_to: String,
    browser: String,
}

impl Engine {
    /// Remembers a sign-in for ten minutes. Gives what the browser is to hold meanwhile: another browser cannot end what this one began.
    /// From one network only so many are begun at a time.
    pub async fn begin_sign_on(
        &self,
        pending: &PendingSignOn,
        origin: &Origin,
    ) -> Result<SecretString, EngineError> {
        let browser = secret::generate()?;
        let remembered = Remembered {
            nonce: pending.nonce.expose_secret().to_owned(),
            verifier: pending.verifier.expose_secret().to_owned(),
            return_to: local_path(&pending.return_to)?,
            browser: secret::hash(Kind::Browser, &browser),
        };
        let document =
            serde_json::to_string(&remembered).map_err(EngineError::document("a sign-in under way"))?;
        let (state, now) = (secret::hash(Kind::State, &pending.state), self.now());
        let whence = secret::labelled("sign-on", &origin.network());
        match self.store.add_sign_on_flow(&state, &document.into(), &whence, now, now + GOOD_FOR).await? {
            Ok(()) => Ok(browser),
            Err(free_at) => Err(EngineError::until(free_at, now)),
        }
    }

    /// Takes out what was remembered, once: `None` where that state was never given out, was used, has run out, or belongs to another
    /// browser.
    pub async fn take_sign_on(
        &self,
        state: SecretString,
        browser: &SecretString,
    ) -> Result<Option<PendingSignOn>, EngineError> {
        let found = self.store.take_sign_on_flow(&secret::hash(Kind::State, &state), self.now()).await?;
        let Some(document) = found else { return Ok(None) };
        let remembered: Remembered = serde_json::from_str(document.expose_secret())
            .map_err(EngineError::document("a sign-in under way"))?;
        let browser = secret::hash(Kind::Browser, browser);
        if !bool::from(browser.as_bytes().ct_eq(remembered.browser.as_bytes())) {
            return Ok(None);
        }
        Ok(Some(PendingSignOn {
            state,
            nonce: remembered.nonce.into(),
            verifier: remembered.verifier.into(),
            return_to: remembered.return_to,
        }))
    }
}

/// A path on this server: nothing that a browser could take for another host.
fn local_path(path: &str) -> Result<String, EngineError> {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= LONGEST_PATH
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_local {
        Ok(path.to_owned())
    } else {
        Err(EngineError::unfit("return", "a path of this server is expected, as in /plans"))
    }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/", "/plans/1?x=%20#top", "/a//b"] {
            assert!(local_path(good).is_ok(), "{good}");
        }
        let long = format!("/{}", "a".repeat(3000));
        for bad in [
            "",
            "plans",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example/",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/\u{e9}",
            &long,
        ] {
            assert!(local_path(bad).is_err(), "{bad:?}");
        }
    }
}
