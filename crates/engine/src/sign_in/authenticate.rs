//! Recognising who a request comes from, by what their browser or program holds.

use super::secret::{self, Kind};
use super::token_text::looks_like_token;
use crate::{Engine, EngineError, Operator};
use jiff::{SignedDuration, Timestamp};
use rollcall_store::{Standing, StoreError};
use secrecy::{ExposeSecret, SecretString};

/// Use is noted at most so often, so that looking at a page does not write to the database at every request.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Longer than any secret of ours, in bytes.
const LONGEST: usize = 128;

/// Somebody who was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    operator: Operator,
    by: SignedInBy,
}

/// By what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedInBy {
    /// By a session.
    Session {
        /// Its id.
        id: String,
        /// When it ends unless it is used.
        idle_ends_at: Timestamp,
        /// When it ends in any case.
        ends_at: Timestamp,
    },
    /// By an API token.
    Token {
        /// Its id.
        id: String,
        /// What it is for.
        name: String,
        /// Until when it is good.
        expires_at: Timestamp,
    },
}

impl SignedIn {
    /// Who.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// By what.
    pub fn by(&self) -> &SignedInBy {
        &self.by
    }

    /// The id of the session, if it is one.
    pub fn session(&self) -> Option<&str> {
        match &self.by {
            SignedInBy::Session { id, .. } => Some(id),
            SignedInBy::Token { .. } => None,
        }
    }
}

/// What was asked for by name or id, if it is there still.
fn there<T>(found: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(EngineError::NotFound { .. } | EngineError::Store(StoreError::NotFound { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Engine {
    /// Whose session that secret is of; nobody's if it has ended, or its operator may no longer sign in.
    pub async fn authenticate_session(&self, secret: &SecretString) -> Result<Option<SignedIn>, EngineError> {
        if secret.expose_secret().is_empty() || secret.expose_secret().len() > LONGEST {
            return Ok(None);
        }
        let now = self.now();
        let found = self.store.session_of_hash(&secret::hash(Kind::Session, secret)).await?;
        let Some((session, holder)) = found else { return Ok(None) };
        let is_over = session.revoked_at.is_some() || now >= session.idle_ends_at || now >= session.ends_at;
        if is_over || holder.standing != Standing::Active {
            return Ok(None);
        }
        let mut idle_ends_at = session.idle_ends_at;
        if now.duration_since(session.seen_at) >= NOTED_EVERY {
            idle_ends_at = (now + self.lengths().await?.idle).min(session.ends_at);
            self.store.touch_session(&session.id, now, idle_ends_at).await?;
        }
        Ok(Some(SignedIn {
            operator: Operator::remote(&holder.name, holder.role),
            by: SignedInBy::Session { id: session.id, idle_ends_at, ends_at: session.ends_at },
        }))
    }

    /// Whether somebody who was recognised a while ago would be still, with as much of a role: for what goes on answering for a long time. It is no
    /// use of the session or the token.
    pub async fn is_still_signed_in(&self, who: &SignedIn) -> Result<bool, EngineError> {
        let now = self.now();
        let (is_good, standing, role) = match &who.by {
            SignedInBy::Session { id, .. } => {
                let Some(row) = there(self.operator_row(who.operator.name()).await)? else {
                    return Ok(false);
                };
                let sessions = self.store.sessions_of(&row.id, now).await?;
                (sessions.iter().any(|session| session.id == *id), row.standing, row.role)
            }
            SignedInBy::Token { id, .. } => {
                let found = self.store.token(id).await.map_err(EngineError::from);
                let Some((token, holder)) = there(found)? else { return Ok(false) };
                let is_good = token.revoked_at.is_none() && now < token.expires_at;
                (is_good, holder.standing, token.role.min(holder.role))
            }
        };
        Ok(is_good && standing == Standing::Active && role >= who.operator.role())
    }

    /// Whose token that is; nobody's if it has expired or was revoked, or its owner may no longer sign in. A token never may more than
    /// its owner may now.
    pub async fn authenticate_token(&self, secret: &SecretString) -> Result<Option<SignedIn>, EngineError> {
        if !looks_like_token(secret.expose_secret()) {
            return Ok(None);
        }
        let now = self.now();
        let found = self.store.token_of_hash(&secret::hash(Kind::Token, secret)).await?;
        let Some((token, holder)) = found else { return Ok(None) };
        if token.revoked_at.is_some() || now >= token.expires_at || holder.standing != Standing::Active {
            return Ok(None);
        }
        if token.used_at.is_none_or(|used_at| now.duration_since(used_at) >= NOTED_EVERY) {
            self.store.touch_token(&token.id, now).await?;
        }
        Ok(Some(SignedIn {
            operator: Operator::program(&holder.name, token.role.min(holder.role)),
            by: SignedInBy::Token { id: token.id, name: token.name, expires_at: token.expires_at },
        }))
    }
}
