//! Signing in, and being recognised afterwards.
//!
//! Here: passwords and their hashing, the growing delay after failures, sessions, API tokens, what comes back from a provider of single
//! sign-on.
//! Not here: cookies and headers (room `server`), OpenID Connect itself (room `oidc`), who the operators are (`operators`).
//!
//! Whether there is an operator of a name is nobody's business who is not signed in: an unknown name, a wrong password and an operator who
//! may not sign in get the same answer after the same work.

mod authenticate;
mod flows;
mod hashing;
mod lengths;
pub(crate) mod secret;
mod sessions;
mod sign_on;
pub(crate) mod throttle;
mod token_text;
mod tokens;

pub use authenticate::{SignedIn, SignedInBy};
pub use flows::PendingSignOn;
pub(crate) use hashing::{Hasher, Verdict};
pub use lengths::Lengths as SessionLengths;
pub use sessions::{NewSession, Origin, SessionView};
pub use sign_on::{SignOnPerson, SignOnRules};
pub use token_text::looks_like_token;
pub use tokens::{NewToken, TokenView};

use crate::operators::folded;
use crate::{Engine, EngineError, Operator};
use jiff::SignedDuration;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::Role;
use rollcall_store::{AttemptKey, OperatorRow, Standing};
use secrecy::SecretString;
use serde_json::json;

/// How long an address is remembered as one of an operator's own, and an ended session kept for that.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 30);

impl Engine {
    /// Signs an operator in by name and password. `previous` is what the browser held before: that session ends.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &SecretString,
        origin: &Origin,
        previous: Option<&SecretString>,
    ) -> Result<NewSession, EngineError> {
        let row = self.store.operator_named(&folded(name)).await?;
        // Everything below is asked of an unknown name as well, for the same answer after the same work.
        let id = row.as_ref().map_or("", |row| row.id.as_str());
        let since = self.now() - REMEMBERED;
        let is_known_there = self.store.has_signed_in_from(id, &origin.address(), since).await?;
        let keys = throttle::keys(&folded(name), origin, is_known_there);
        self.reserve(&keys).await?;
        let stored = self.store.password_of(id).await?;
        let verdict = self.hasher.verify(password, stored.as_ref()).await?;
        let reason = match (&row, verdict) {
            (None, _) => "nobody has that name",
            (_, Verdict::Wrong) => "the password is wrong",
            (Some(row), _) if row.standing != Standing::Active => "the operator may not sign in",
            (Some(row), _) => {
                let session = self.begin_session(row, origin, previous, "a password").await?;
                self.store.forgive_attempt(&keys).await?;
                if let (Verdict::RightButOld, Some(old)) = (verdict, &stored) {
                    let new = self.hasher.hash(password).await?;
                    self.store.rehash_password(&row.id, old, &new).await?;
                }
                self.forget_sign_ins().await?;
                return Ok(session);
            }
        };
        self.record_refusal(row.as_ref(), origin, reason, None).await?;
        self.forget_sign_ins().await?;
        Err(EngineError::SignInRefused)
    }

    /// How many times a password was hashed or compared with a hash since this process began.
    pub fn passwords_hashed(&self) -> u64 {
        self.hasher.made()
    }

    /// Counts an attempt before it is made, or says when the next may be made.
    pub(crate) async fn reserve(&self, keys: &[AttemptKey]) -> Result<(), EngineError> {
        let now = self.now();
        let reserved =
            self.store.reserve_attempt(keys, now, |kind, before| throttle::count(kind, before, now));
        match reserved.await? {
            Ok(()) => Ok(()),
            Err(free_at) => Err(EngineError::until(free_at, now)),
        }
    }

    /// What was typed as a name stands in the log only where it is one: it may have been a password.
    async fn record_refusal(
        &self,
        row: Option<&OperatorRow>,
        origin: &Origin,
        reason: &str,
        provider: Option<serde_json::Value>,
    ) -> Result<(), EngineError> {
        let actor = row.map_or_else(|| "unknown".to_owned(), |row| row.name.clone());
        let actor = Operator::remote(&actor, Role::Viewer);
        let why = format!("a sign-in was refused: {reason}");
        let mut entry = self.draft(&actor, EntryKind::SIGN_IN_REFUSED, Subject::default(), why);
        entry.details = json!({
            "operator": row.map(|row| &row.name),
            "address": origin.address(),
            "agent": origin.agent(),
        });
        if let Some(said) = provider {
            entry.details["provider"] = said;
        }
        tracing::info!(
            operator = row.map(|row| row.name.as_str()),
            address = origin.address(),
            "sign-in refused: {reason}"
        );
        Ok(self.store.append_audit(vec![entry]).await?)
    }

    async fn forget_sign_ins(&self) -> Result<(), EngineError> {
        let now = self.now();
        Ok(self.store.forget_sign_ins(now - throttle::FORGOTTEN, now - REMEMBERED, now).await?)
    }
}
