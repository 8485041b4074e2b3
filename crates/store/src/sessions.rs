//! Sessions of operators. Of the secret that a browser holds, only the hash is here.

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable, word};
use crate::settings::{self, SettingChange};
use crate::words::Standing;
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::Role;

/// A session, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id; of no use to anybody who wants to be let in.
    pub id: String,
    /// The id of whose it is.
    pub operator: String,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was used last; kept to the minute.
    pub seen_at: Timestamp,
    /// When it ends unless it is used.
    pub idle_ends_at: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
    /// Where they signed in from.
    pub address: String,
    /// With what, shortened.
    pub agent: String,
    /// When it was ended before its time.
    pub revoked_at: Option<Timestamp>,
}

/// Whose a session or a token is, as far as letting them in goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The operator's id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Whether they may sign in.
    pub standing: Standing,
}

/// How long sessions last, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLengths {
    /// Until a session that is not used ends.
    pub idle: i64,
    /// Until a session ends however much it is used.
    pub absolute: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    operator: String,
    created_at: i64,
    seen_at: i64,
    idle_ends_at: i64,
    ends_at: i64,
    address: String,
    agent: String,
    revoked_at: Option<i64>,
}

impl Row {
    fn session(self) -> Result<SessionRow, StoreError> {
        let what = format!("session {}", self.id);
        Ok(SessionRow {
            created_at: instant(self.created_at, &what)?,
            seen_at: instant(self.seen_at, &what)?,
            idle_ends_at: instant(self.idle_ends_at, &what)?,
            ends_at: instant(self.ends_at, &what)?,
            revoked_at: optional_instant(self.revoked_at, &what)?,
            id: self.id,
            operator: self.operator,
            address: self.address,
            agent: self.agent,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct HolderColumns {
    holder: String,
    name: String,
    role: String,
    standing: String,
}

impl HolderColumns {
    pub(crate) fn holder(self) -> Result<Holder, StoreError> {
        let what = format!("operator \"{}\"", self.name);
        Ok(Holder {
            role: word(self.role.parse().ok(), &self.role, &what)?,
            standing: word(Standing::from_name(&self.standing), &self.standing, &what)?,
            id: self.holder,
            name: self.name,
        })
    }
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    #[sqlx(flatten)]
    session: Row,
    #[sqlx(flatten)]
    holder: HolderColumns,
}

/// Ends every session of an operator that has not ended, all but one; tells how many.
pub(crate) async fn end_all(
    writing: &mut Writing,
    operator: &str,
    but: Option<&str>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    execute!(
        writing,
        "UPDATE sessions SET revoked_at = $3
         WHERE operator = $1 AND id <> $2 AND revoked_at IS NULL AND ends_at > $3 AND idle_ends_at > $3",
        operator,
        but.unwrap_or_default(),
        micros(now),
    )
}

pub(crate) async fn add(writing: &mut Writing, session: &SessionRow, hash: &str) -> Result<(), StoreError> {
    execute!(
        writing,
        "INSERT INTO sessions (id, hash, operator, created_at, seen_at, idle_ends_at, ends_at, address, agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &session.id,
        hash,
        &session.operator,
        micros(session.created_at),
        micros(session.seen_at),
        micros(session.idle_ends_at),
        micros(session.ends_at),
        &*storable(&session.address),
        &*storable(&session.agent),
    )?;
    execute!(
        writing,
        "UPDATE operators SET signed_in_at = $2 WHERE id = $1",
        &session.operator,
        micros(session.created_at),
    )?;
    Ok(())
}

impl Store {
    /// Begins a session, and ends the one that the same browser had before. An operator who may no longer sign in, or whose role is no
    /// longer the one that was looked at, is a conflict.
    pub async fn begin_session(
        &self,
        session: &SessionRow,
        hash: &str,
        role: Role,
        previous: Option<&str>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        // Locks the row: a change of the operator and a sign-in come one after the other.
        let held = execute!(
            &mut writing,
            "UPDATE operators SET signed_in_at = signed_in_at WHERE id = $1 AND standing = 'active' AND role = $2",
            &session.operator,
            role.as_str(),
        )?;
        if held == 0 {
            let reason = "was changed or removed meanwhile; sign in again".to_owned();
            return Err(StoreError::Conflict { what: "operator", name: session.operator.clone(), reason });
        }
        if let Some(previous) = previous {
            execute!(
                &mut writing,
                "UPDATE sessions SET revoked_at = $2 WHERE hash = $1 AND revoked_at IS NULL",
                previous,
                micros(session.created_at),
            )?;
        }
        add(&mut writing, session, hash).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// The session of that hash, ended or not, and whose it is.
    pub async fn session_of_hash(&self, hash: &str) -> Result<Option<(SessionRow, Holder)>, StoreError> {
        let row: Option<HeldRow> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT s.id, s.operator, s.created_at, s.seen_at, s.idle_ends_at, s.ends_at, s.address, s.agent, s.revoked_at,
                    o.id AS holder, o.name, o.role, o.standing
             FROM sessions s JOIN operators o ON o.id = s.operator WHERE s.hash = $1",
            hash,
        )?;
        row.map(|row| Ok((row.session.session()?, row.holder.holder()?))).transpose()
    }

    /// Notes that a session is in use. A session that has ended stays ended.
    pub async fn touch_session(
        &self,
        id: &str,
        seen_at: Timestamp,
        idle_ends_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "UPDATE sessions SET seen_at = $2, idle_ends_at = $3
             WHERE id = $1 AND revoked_at IS NULL AND idle_ends_at > $2 AND ends_at > $2 AND seen_at < $2",
            id,
            micros(seen_at),
            micros(idle_ends_at),
        )?;
        writing.commit().await
    }

    /// The sessions of an operator that have not ended, newest first.
    pub async fn sessions_of(&self, operator: &str, now: Timestamp) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id, operator, created_at, seen_at, idle_ends_at, ends_at, address, agent, revoked_at FROM sessions
             WHERE operator = $1 AND revoked_at IS NULL AND ends_at > $2 AND idle_ends_at > $2
             ORDER BY created_at DESC, id DESC",
            operator,
            micros(now),
        )?;
        rows.into_iter().map(Row::session).collect()
    }

    /// Whether an operator signed in from that address since then, be the session over or not.
    pub async fn has_signed_in_from(
        &self,
        operator: &str,
        address: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT created_at FROM sessions WHERE operator = $1 AND created_at >= $3 AND address = $2 LIMIT 1",
            operator,
            &*storable(address),
            micros(since),
        )?;
        Ok(row.is_some())
    }

    /// Ends one session of an operator.
    pub async fn end_session(
        &self,
        operator: &str,
        id: &str,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let ended = execute!(
            &mut writing,
            "UPDATE sessions SET revoked_at = $3 WHERE id = $2 AND operator = $1 AND revoked_at IS NULL",
            operator,
            id,
            micros(now),
        )?;
        if ended == 0 {
            return Err(StoreError::not_found("session", id));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Ends every session of an operator, all but one; tells how many. The entry is written where there was one.
    pub async fn end_sessions(
        &self,
        operator: &str,
        but: Option<&str>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<u64, StoreError> {
        let mut writing = self.database.write().await?;
        let ended = end_all(&mut writing, operator, but, now).await?;
        if ended > 0 {
            audit::append(&mut writing, vec![entry]).await?;
        }
        writing.commit().await?;
        Ok(ended)
    }

    /// Sets how long sessions last, those under way included: none of them ends later than it would if it had begun with these.
    pub async fn set_session_lengths(
        &self,
        lengths: SessionLengths,
        setting: SettingChange<'_>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        settings::set(&mut writing, setting, now).await?;
        execute!(
            &mut writing,
            "UPDATE sessions
             SET ends_at = CASE WHEN ends_at < created_at + $2 THEN ends_at ELSE created_at + $2 END,
                 idle_ends_at = CASE WHEN idle_ends_at < seen_at + $3 THEN idle_ends_at ELSE seen_at + $3 END
             WHERE revoked_at IS NULL AND ends_at > $1",
            micros(now),
            lengths.absolute,
            lengths.idle,
        )?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }
}
