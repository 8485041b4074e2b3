//! Counting rows, for those who watch over an installation.

use crate::database::{fetch_all, fetch_one};
use crate::row::{micros, number};
use crate::{Store, StoreError};
use jiff::Timestamp;
use rollcall_model::ItemState;
use std::collections::BTreeMap;

/// How many there are of what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Runs by mode and state.
    pub runs: Vec<(String, String, u64)>,
    /// Items of runs by mode and outcome, those that retention dropped included.
    pub items: Vec<(String, String, u64)>,
    /// Mails by state.
    pub mails: Vec<(String, u64)>,
    /// Jobs by kind and state.
    pub jobs: Vec<(String, String, u64)>,
    /// Jobs that are due and not begun.
    pub jobs_due: u64,
    /// Sessions of operators that have not ended.
    pub sessions: u64,
}

#[derive(sqlx::FromRow)]
struct RunCounts {
    mode: String,
    state: String,
    runs: i64,
    pending: i64,
    started: i64,
    done: i64,
    already: i64,
    drifted: i64,
    refused: i64,
    failed: i64,
    unknown: i64,
    stopped: i64,
}

impl RunCounts {
    const fn items(&self, state: ItemState) -> i64 {
        match state {
            ItemState::Pending => self.pending,
            ItemState::Started => self.started,
            ItemState::Done => self.done,
            ItemState::Already => self.already,
            ItemState::Drifted => self.drifted,
            ItemState::Refused => self.refused,
            ItemState::Failed => self.failed,
            ItemState::Unknown => self.unknown,
            ItemState::Stopped => self.stopped,
        }
    }
}

impl Store {
    /// Counts runs, their items and mails. The counters of the runs are added up; no item is read.
    pub async fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        let mut reading = self.database.read().await?;
        let rows: Vec<RunCounts> = fetch_all!(
            &mut reading,
            "SELECT mode, state, COUNT(*) AS runs, CAST(SUM(n_pending) AS BIGINT) AS pending,
                    CAST(SUM(n_started) AS BIGINT) AS started, CAST(SUM(n_done) AS BIGINT) AS done,
                    CAST(SUM(n_already) AS BIGINT) AS already, CAST(SUM(n_drifted) AS BIGINT) AS drifted,
                    CAST(SUM(n_refused) AS BIGINT) AS refused, CAST(SUM(n_failed) AS BIGINT) AS failed,
                    CAST(SUM(n_unknown) AS BIGINT) AS unknown, CAST(SUM(n_stopped) AS BIGINT) AS stopped
             FROM runs GROUP BY mode, state ORDER BY mode, state"
        )?;
        let mails: Vec<(String, i64)> =
            fetch_all!(&mut reading, "SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state")?;
        let jobs: Vec<(String, String, i64)> = fetch_all!(
            &mut reading,
            "SELECT kind, state, COUNT(*) FROM jobs GROUP BY kind, state ORDER BY kind, state"
        )?;
        let due: (i64,) = fetch_one!(
            &mut reading,
            "SELECT COUNT(*) FROM jobs WHERE state = 'queued' AND due_at <= $1",
            micros(now)
        )?;
        let sessions: (i64,) = fetch_one!(
            &mut reading,
            "SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL AND ends_at > $1 AND idle_ends_at > $1",
            micros(now)
        )?;
        let (jobs_due, sessions) = (number(due.0, "a count")?, number(sessions.0, "a count")?);
        let mut counts = Counts { jobs_due, sessions, ..Counts::default() };
        for (kind, state, count) in jobs {
            counts.jobs.push((kind, state, number(count, "a count")?));
        }
        let mut items: BTreeMap<(String, &str), i64> = BTreeMap::new();
        for row in rows {
            for state in ItemState::ALL {
                *items.entry((row.mode.clone(), state.as_str())).or_default() += row.items(state);
            }
            counts.runs.push((row.mode, row.state, number(row.runs, "a count")?));
        }
        for ((mode, state), count) in items {
            counts.items.push((mode, state.to_owned(), number(count, "a count")?));
        }
        for (state, count) in mails {
            counts.mails.push((state, number(count, "a count")?));
        }
        Ok(counts)
    }
}
