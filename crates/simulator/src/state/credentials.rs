//! Passwords, personal access tokens, sessions, and failed log-ins (`confluence-data-center.md §3`).

use std::collections::{BTreeMap, HashMap, HashSet};

use super::AccountId;

/// Failed Basic log-ins after which an account has to solve a CAPTCHA (§3.5).
const ATTEMPTS_BEFORE_CAPTCHA: u32 = 3;

/// How accounts without a password of their own log in.
#[derive(Clone, Debug, Default)]
pub(crate) enum Passwords {
    /// They do not.
    #[default]
    Unknown,
    /// By `{username}-{seed}`.
    BySeed(u64),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) passwords: Passwords,
    pub(crate) set: HashMap<AccountId, String>,
    pub(crate) tokens: BTreeMap<u64, Token>,
    by_secret: HashMap<String, u64>,
    sessions: HashMap<String, AccountId>,
    failed: HashMap<AccountId, u32>,
    pub(crate) locked: HashSet<AccountId>,
}

/// A personal access token (§3.2).
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) owner: AccountId,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) expires: Option<i64>,
}

/// Whom a bearer token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenLook {
    Good(AccountId),
    Bad,
}

impl Credentials {
    /// Is this the password of the account.
    pub(crate) fn password_matches(&self, account: AccountId, name: &str, password: &str) -> bool {
        match (self.set.get(&account), &self.passwords) {
            (Some(set), _) => set == password,
            (None, Passwords::BySeed(seed)) => password == format!("{name}-{seed}"),
            (None, Passwords::Unknown) => false,
        }
    }

    /// Counts a failed log-in; `true`: this was one too many.
    pub(crate) fn fail(&mut self, account: AccountId) -> bool {
        let failed = self.failed.entry(account).or_default();
        *failed += 1;
        if *failed >= ATTEMPTS_BEFORE_CAPTCHA {
            self.locked.insert(account);
        }
        *failed >= ATTEMPTS_BEFORE_CAPTCHA
    }

    pub(crate) fn succeed(&mut self, account: AccountId) {
        self.failed.remove(&account);
    }

    /// A human has solved the CAPTCHA.
    pub(crate) fn unlock(&mut self, account: AccountId) {
        self.failed.remove(&account);
        self.locked.remove(&account);
    }

    pub(crate) fn add_token(
        &mut self,
        secret: &str,
        name: &str,
        owner: AccountId,
        created: i64,
        expires: Option<i64>,
    ) -> u64 {
        let id = self.tokens.keys().next_back().map_or(1, |last| last + 1);
        self.tokens.insert(id, Token { id, name: name.to_owned(), owner, created, expires });
        self.by_secret.insert(secret.to_owned(), id);
        id
    }

    pub(crate) fn revoke_token(&mut self, id: u64) -> bool {
        self.by_secret.retain(|_, token| *token != id);
        self.tokens.remove(&id).is_some()
    }

    pub(crate) fn token(&self, secret: &str, now: i64) -> TokenLook {
        self.by_secret
            .get(secret)
            .and_then(|id| self.tokens.get(id))
            .filter(|token| token.expires.is_none_or(|expires| now < expires))
            .map_or(TokenLook::Bad, |token| TokenLook::Good(token.owner))
    }

    pub(crate) fn token_id(&self, secret: &str) -> Option<u64> {
        self.by_secret.get(secret).copied()
    }

    pub(crate) fn set_token_expiry(&mut self, id: u64, expires: Option<i64>) {
        if let Some(token) = self.tokens.get_mut(&id) {
            token.expires = expires;
        }
    }

    pub(crate) fn open_session(&mut self, cookie: String, account: AccountId) {
        self.sessions.insert(cookie, account);
    }

    pub(crate) fn session(&self, cookie: &str) -> Option<AccountId> {
        self.sessions.get(cookie).copied()
    }
}
