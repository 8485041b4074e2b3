//! Hashing passwords: argon2id, slow and in need of memory on purpose. So it is done on threads of its own, a few at once; whoever comes
//! while too many wait is asked to come again.

use crate::EngineError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use rand::TryRng as _;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// Kibibytes, passes and lanes: the second set of the OWASP cheat sheet on password storage.
const PARAMETERS: (u32, u32, u32) = (19 * 1024, 2, 1);
/// So many at once: 76 MiB at most.
const AT_ONCE: usize = 4;
/// So many wait at most, some seconds' worth.
const WAITING: usize = 64;

/// What is compared with where there is no hash: of a password that nobody has, with the parameters of today.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cm9sbGNhbGwtbm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How a password compares with its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, and hashed with parameters that are no longer those of today.
    RightButOld,
}

pub(crate) struct Hasher {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
    made: AtomicU64,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: AtomicUsize::new(0),
            made: AtomicU64::new(0),
        }
    }
}

/// One who waits; no longer when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hasher {
    /// How often a password was hashed.
    pub(crate) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Hashes a password with the parameters of today.
    pub(crate) async fn hash(&self, password: &SecretString) -> Result<SecretString, EngineError> {
        let password = normal(password);
        self.work(move || hash(&password)).await?
    }

    /// Compares a password with its hash; with nobody's, for the same work, where there is none.
    pub(crate) async fn verify(
        &self,
        password: &SecretString,
        stored: Option<&SecretString>,
    ) -> Result<Verdict, EngineError> {
        let password = normal(password);
        let stored = stored.cloned();
        self.work(move || {
            let hash = stored.as_ref().map_or(NOBODYS, |stored| stored.expose_secret());
            let verdict = verify(&password, hash);
            if stored.is_some() { verdict } else { Verdict::Wrong }
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let failed = |reason: &dyn ToString| EngineError::File {
            what: "hashing a password".to_owned(),
            reason: reason.to_string(),
        };
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
            return Err(EngineError::TooManyAttempts { retry_after: Duration::from_secs(5) });
        }
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|error| failed(&error))?;
        drop(waiting);
        self.made.fetch_add(1, Ordering::Relaxed);
        // The turn goes with the work: a caller who goes away does not make room before it is done.
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        work.await.map_err(|error| failed(&error))
    }
}

/// One spelling of each letter: keyboards differ in how they compose an accent.
fn normal(password: &SecretString) -> SecretString {
    password.expose_secret().nfc().collect::<String>().into()
}

fn argon2() -> Option<Argon2<'static>> {
    let (memory, passes, lanes) = PARAMETERS;
    let parameters = Params::new(memory, passes, lanes, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

fn hash(password: &SecretString) -> Result<SecretString, EngineError> {
    let failed = |reason: String| EngineError::File { what: "hashing a password".to_owned(), reason };
    let argon2 = argon2().ok_or_else(|| failed("its parameters are out of range".to_owned()))?;
    let mut salt = [0; 16];
    SysRng.try_fill_bytes(&mut salt).map_err(|error| failed(error.to_string()))?;
    let hash: PasswordHash = argon2
        .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
        .map_err(|error| failed(error.to_string()))?;
    Ok(hash.to_string().into())
}

fn verify(password: &SecretString, hash: &str) -> Verdict {
    // The parameters are those in the hash.
    let Ok(hash) = PasswordHash::new(hash) else { return Verdict::Wrong };
    if Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_err() {
        return Verdict::Wrong;
    }
    let is_today = hash.algorithm.as_str() == "argon2id"
        && Params::try_from(&hash).is_ok_and(|p| (p.m_cost(), p.t_cost(), p.p_cost()) == PARAMETERS);
    if is_today { Verdict::Right } else { Verdict::RightButOld }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_right_whole_and_however_its_accents_are_composed() {
        let hash = hash(&normal(&"caf\u{e9} correct marmot".into())).unwrap();
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(
            verify(&normal(&"cafe\u{301} correct marmot".into()), hash.expose_secret()),
            Verdict::Right
        );
        for wrong in ["", "caf\u{e9} correct marmo", "caf\u{e9} correct marmot ", "CAF\u{c9} CORRECT MARMOT"]
        {
            assert_eq!(verify(&normal(&wrong.into()), hash.expose_secret()), Verdict::Wrong, "{wrong:?}");
        }
    }

    #[test]
    fn an_older_hash_is_right_but_old_and_nonsense_is_wrong() {
        let older = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let hash: PasswordHash = older.hash_password_with_salt(b"correct marmot", b"salt salt").unwrap();
        assert_eq!(verify(&"correct marmot".into(), &hash.to_string()), Verdict::RightButOld);
        for nonsense in ["", "x", "$argon2id$", "$scrypt$ln=15,r=8,p=1$c2FsdA$aGFzaA"] {
            assert_eq!(verify(&"correct marmot".into(), nonsense), Verdict::Wrong, "{nonsense:?}");
        }
    }

    #[test]
    fn nobodys_hash_takes_the_work_of_a_hash_of_today() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        let own = hash(&"correct marmot".into()).unwrap();
        let own = PasswordHash::new(own.expose_secret()).unwrap();
        assert_eq!(
            (nobodys.algorithm, nobodys.version, &nobodys.params),
            (own.algorithm, own.version, &own.params)
        );
        assert_eq!(nobodys.hash.unwrap().len(), own.hash.unwrap().len());
    }

    #[tokio::test]
    async fn only_so_many_wait_and_the_work_is_counted() {
        let hasher = Arc::new(Hasher::default());
        let all = hasher.turns.clone().acquire_many_owned(AT_ONCE as u32).await.unwrap();
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| {
                let hasher = Arc::clone(&hasher);
                tokio::spawn(async move { hasher.work(|| ()).await })
            })
            .collect();
        while hasher.waiting.load(Ordering::Relaxed) < WAITING {
            tokio::task::yield_now().await;
        }
        let refused = hasher.verify(&"x".into(), None).await;
        assert!(matches!(refused, Err(EngineError::TooManyAttempts { .. })));
        assert_eq!(hasher.made(), 0);
        drop(all);
        for task in waiting {
            task.await.unwrap().unwrap();
        }
        assert_eq!(hasher.made(), WAITING as u64);
        assert_eq!(hasher.verify(&"x".into(), None).await.unwrap(), Verdict::Wrong);
        assert_eq!(hasher.made(), WAITING as u64 + 1);
    }
}
