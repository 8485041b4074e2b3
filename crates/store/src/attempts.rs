//! Failed attempts to sign in, shared by every node: what is counted, and until when nothing more is tried.

use crate::database::{execute, fetch_one};
use crate::row::{column, instant, micros, number};
use crate::words::AttemptKind;
use crate::{Store, StoreError};
use jiff::Timestamp;

/// What attempts are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttemptKey {
    /// What they have in common.
    pub kind: AttemptKind,
    /// Hash of the address, the name or both.
    pub subject: String,
}

/// How attempts went so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many failed, or are under way.
    pub failures: u32,
    /// When the last of them was.
    pub failed_at: Timestamp,
    /// From when on the next may be made.
    pub free_at: Timestamp,
}

impl Store {
    /// Counts an attempt as failed before it is made, under each of the keys, so that any number of attempts at the same moment are one
    /// after the other here. `count` says from what was, with the key's kind, what is to be; where it refuses for one key, nothing is
    /// counted, and the latest instant it gave is the answer.
    pub async fn reserve_attempt(
        &self,
        keys: &[AttemptKey],
        now: Timestamp,
        count: impl Fn(AttemptKind, Option<Attempts>) -> Result<Attempts, Timestamp>,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let mut keys = keys.to_vec();
        // Everybody locks in the same order.
        keys.sort();
        let mut writing = self.database.write().await?;
        let mut refused: Option<Timestamp> = None;
        for key in &keys {
            let (failures, failed_at, free_at): (i64, i64, i64) = fetch_one!(
                &mut writing,
                "INSERT INTO sign_in_attempts (kind, subject, failures, failed_at, free_at) VALUES ($1, $2, 0, $3, 0)
                 ON CONFLICT (kind, subject) DO UPDATE SET failures = sign_in_attempts.failures
                 RETURNING failures, failed_at, free_at",
                key.kind.as_str(),
                &key.subject,
                micros(now),
            )?;
            let what = "an attempt to sign in";
            let before = Attempts {
                failures: number(failures, what)?,
                failed_at: instant(failed_at, what)?,
                free_at: instant(free_at, what)?,
            };
            match count(key.kind, (failures > 0).then_some(before)) {
                Ok(after) => {
                    execute!(
                        &mut writing,
                        "UPDATE sign_in_attempts SET failures = $3, failed_at = $4, free_at = $5
                         WHERE kind = $1 AND subject = $2",
                        key.kind.as_str(),
                        &key.subject,
                        i64::from(after.failures),
                        micros(after.failed_at),
                        micros(after.free_at),
                    )?;
                }
                Err(free_at) => refused = Some(refused.map_or(free_at, |at| at.max(free_at))),
            }
        }
        if let Some(free_at) = refused {
            return Ok(Err(free_at));
        }
        writing.commit().await?;
        Ok(Ok(()))
    }

    /// An attempt went well: one failure less under the address, none any more under the other keys.
    pub async fn forgive_attempt(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        let mut keys = keys.to_vec();
        keys.sort();
        let mut writing = self.database.write().await?;
        for key in &keys {
            if key.kind == AttemptKind::Address {
                execute!(
                    &mut writing,
                    "UPDATE sign_in_attempts SET failures = failures - 1, free_at = 0
                     WHERE kind = $1 AND subject = $2 AND failures > 0",
                    key.kind.as_str(),
                    &key.subject,
                )?;
            } else {
                execute!(
                    &mut writing,
                    "DELETE FROM sign_in_attempts WHERE kind = $1 AND subject = $2",
                    key.kind.as_str(),
                    &key.subject,
                )?;
            }
        }
        writing.commit().await
    }

    /// Drops what nobody needs any more of signing in: attempts whose last was before `attempts`, sessions and setup links that ended
    /// before `ended`, flows that have run out. A few hundred at a time, so that nobody waits for it.
    pub async fn forget_sign_ins(
        &self,
        attempts: Timestamp,
        ended: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const AT_ONCE: u64 = 500;
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "DELETE FROM sign_in_attempts WHERE failed_at < $1 AND (kind, subject) IN
                 (SELECT kind, subject FROM sign_in_attempts WHERE failed_at < $1 ORDER BY failed_at LIMIT $2)",
            micros(attempts),
            column(AT_ONCE),
        )?;
        execute!(
            &mut writing,
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ends_at < $1 ORDER BY ends_at LIMIT $2)",
            micros(ended),
            column(AT_ONCE),
        )?;
        execute!(&mut writing, "DELETE FROM setup_links WHERE expires_at < $1", micros(ended))?;
        execute!(&mut writing, "DELETE FROM sign_on_flows WHERE expires_at <= $1", micros(now))?;
        writing.commit().await
    }
}
