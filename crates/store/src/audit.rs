//! The rows of the audit log. They are only ever added and read: no statement changes one, and only `retention` drops the oldest.

use crate::database::{OnDatabase, Writing, execute, execute_rows, fetch_all, fetch_one, on_either};
use crate::row::{column, instant, json, micros, number, parse_json, parse_optional_json};
use crate::{Store, StoreError};
use jiff::Timestamp;
use rollcall_audit::{Broken, Draft, Entry, EntryHash, EntryKind, Head, Subject, Verified, Verifier, chain};
use rollcall_model::{AccountKey, PlanId, RunId, SiteId};

/// How many rows go into one statement. 17 columns each, well below the 32,766 binds SQLite takes.
const ROWS_AT_ONCE: usize = 500;
/// How many entries are read at once while verifying.
const PAGE: i64 = 1000;

/// Which entries to list. The default is all of them, oldest first.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this kind, or of kinds that begin with it: `run.item` finds `run.item.intent`.
    pub kind: Option<String>,
    /// About this site.
    pub site: Option<SiteId>,
    /// About this account.
    pub account: Option<AccountKey>,
    /// About this policy.
    pub policy: Option<String>,
    /// About this plan.
    pub plan: Option<PlanId>,
    /// About this run.
    pub run: Option<RunId>,
    /// By this operator, program or scheduler.
    pub actor: Option<String>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Behind this entry.
    pub after: Option<u64>,
    /// In front of this entry.
    pub before: Option<u64>,
    /// Newest first.
    pub newest_first: bool,
    /// How many at most; `None` = all.
    pub limit: Option<u32>,
    /// How many to leave out at the beginning.
    pub offset: u32,
}

#[derive(sqlx::FromRow)]
pub(crate) struct EntryRow {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) actor: String,
    pub(crate) kind: String,
    pub(crate) site: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) snapshot: Option<String>,
    pub(crate) plan: Option<String>,
    pub(crate) run: Option<String>,
    pub(crate) item: Option<i64>,
    pub(crate) why: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) details: String,
    pub(crate) previous_hash: String,
    pub(crate) hash: String,
}

impl EntryRow {
    pub(crate) fn entry(self) -> Result<Entry, StoreError> {
        let what = format!("audit entry {}", self.seq);
        let hash = |text: &str| text.parse::<EntryHash>().map_err(|e| StoreError::corrupt(&what, &e));
        Ok(Entry {
            seq: number(self.seq, &what)?,
            at: instant(self.at, &what)?,
            actor: self.actor,
            kind: self.kind.parse().map_err(|error| StoreError::corrupt(&what, &error))?,
            subject: Subject {
                site: self.site.map(Into::into),
                account: self.account.map(Into::into),
                policy: self.policy,
                snapshot: self.snapshot.map(Into::into),
                plan: self.plan.map(Into::into),
                run: self.run.map(Into::into),
                item: self.item.map(|item| number(item, &what)).transpose()?,
            },
            why: self.why,
            before: parse_optional_json(self.before.as_deref(), &what)?,
            after: parse_optional_json(self.after.as_deref(), &what)?,
            details: parse_json(&self.details, &what)?,
            previous_hash: hash(&self.previous_hash)?,
            hash: hash(&self.hash)?,
        })
    }
}

/// Chains the drafts to the log. Called last in a transaction: from here to its commit every other writer of the log waits.
pub(crate) async fn append(writing: &mut Writing, drafts: Vec<Draft>) -> Result<(), StoreError> {
    if drafts.is_empty() {
        return Ok(());
    }
    // The update takes the row's lock on PostgreSQL, so that what it returns stays the head until we commit.
    let head: (i64, String) =
        fetch_one!(writing, "UPDATE audit_head SET seq = seq WHERE one = 1 RETURNING seq, hash")?;
    let entries = chain(self::head(head)?, drafts);
    let Some(new_head) = entries.last().map(Head::from) else { return Ok(()) };
    for entries in entries.chunks(ROWS_AT_ONCE) {
        execute_rows!(
            writing,
            "INSERT INTO audit_entries (seq, at, actor, kind, site, account, policy, snapshot, plan, run, item, why,
                                        before, after, details, previous_hash, hash) ",
            entries,
            |row, entry| {
                let subject = &entry.subject;
                row.push_bind(column(entry.seq))
                    .push_bind(micros(entry.at))
                    .push_bind(&entry.actor)
                    .push_bind(entry.kind.as_str())
                    .push_bind(subject.site.as_ref().map(AsRef::<str>::as_ref))
                    .push_bind(subject.account.as_ref().map(AsRef::<str>::as_ref))
                    .push_bind(subject.policy.as_deref())
                    .push_bind(subject.snapshot.as_ref().map(AsRef::<str>::as_ref))
                    .push_bind(subject.plan.as_ref().map(AsRef::<str>::as_ref))
                    .push_bind(subject.run.as_ref().map(AsRef::<str>::as_ref))
                    .push_bind(subject.item.map(i64::from))
                    .push_bind(&entry.why)
                    .push_bind(entry.before.as_ref().map(json))
                    .push_bind(entry.after.as_ref().map(json))
                    .push_bind(json(&entry.details))
                    .push_bind(entry.previous_hash.to_string())
                    .push_bind(entry.hash.to_string())
            }
        )?;
    }
    execute!(
        writing,
        "UPDATE audit_head SET seq = $1, hash = $2 WHERE one = 1",
        column(new_head.seq),
        new_head.hash.to_string(),
    )?;
    Ok(())
}

pub(crate) fn head((seq, hash): (i64, String)) -> Result<Head, StoreError> {
    let what = "the head of the audit log";
    let hash = hash.parse().map_err(|error| StoreError::corrupt(what, &error))?;
    Ok(Head { seq: number(seq, what)?, hash })
}

async fn page(on: &mut impl OnDatabase, after: i64) -> Result<Vec<EntryRow>, StoreError> {
    fetch_all!(on, "SELECT * FROM audit_entries WHERE seq > $1 ORDER BY seq LIMIT $2", after, PAGE)
}

/// What the oldest entry is chained to.
pub(crate) async fn checkpoint(on: &mut impl OnDatabase) -> Result<Head, StoreError> {
    head(fetch_one!(on, "SELECT seq, hash FROM audit_checkpoint WHERE one = 1")?)
}

/// What a walk through the log meets.
enum Walked {
    /// First, what the oldest entry is chained to.
    Begins(Head),
    /// Then each entry, by its place.
    Entry(i64, Box<Result<Entry, StoreError>>),
}

impl Store {
    /// Appends entries that belong to no other change.
    pub async fn append_audit(&self, drafts: Vec<Draft>) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        append(&mut writing, drafts).await?;
        writing.commit().await
    }

    /// The end of the chain: what a report mail gives away.
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        let row =
            fetch_one!(&mut self.database.read().await?, "SELECT seq, hash FROM audit_head WHERE one = 1")?;
        head(row)
    }

    /// Whether any entry behind `after`, up to and including `through`, is of one of these kinds.
    pub async fn has_audit_of(&self, kinds: &[&str], after: u64, through: u64) -> Result<bool, StoreError> {
        let mut reading = self.database.read().await?;
        let found: Option<(i64,)> = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new("SELECT seq FROM audit_entries WHERE seq > ");
            statement.push_bind(column(after)).push(" AND seq <= ").push_bind(column(through));
            let mut list = statement.push(" AND kind IN (").separated(", ");
            for kind in kinds {
                list.push_bind(*kind);
            }
            statement.push(") LIMIT 1");
            statement.build_query_as().fetch_optional(connection).await
        })?;
        Ok(found.is_some())
    }

    /// The entries that match.
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Vec<Entry>, StoreError> {
        let mut reading = self.database.read().await?;
        let rows: Vec<EntryRow> = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new("SELECT * FROM audit_entries WHERE TRUE");
            if let Some(kind) = &filter.kind {
                // Kinds are small letters, digits, '-' and '.': what begins with `run.item.` lies from there up to,
                // not including, `run.item/`, since '/' is the character behind '.'. (LIKE minds case on one database only.)
                statement.push(" AND (kind = ").push_bind(kind);
                statement.push(" OR (kind >= ").push_bind(format!("{kind}."));
                statement.push(" AND kind < ").push_bind(format!("{kind}/")).push("))");
            }
            let subjects = [
                (" AND site = ", filter.site.as_ref().map(AsRef::<str>::as_ref)),
                (" AND account = ", filter.account.as_ref().map(AsRef::as_ref)),
                (" AND policy = ", filter.policy.as_deref()),
                (" AND plan = ", filter.plan.as_ref().map(AsRef::as_ref)),
                (" AND run = ", filter.run.as_ref().map(AsRef::as_ref)),
            ];
            for (condition, subject) in subjects {
                if let Some(subject) = subject {
                    statement.push(condition).push_bind(subject);
                }
            }
            if let Some(actor) = &filter.actor {
                statement.push(" AND actor = ").push_bind(actor);
            }
            let bounds = [
                (" AND at >= ", filter.since.map(micros)),
                (" AND at < ", filter.until.map(micros)),
                (" AND seq > ", filter.after.map(column)),
                (" AND seq < ", filter.before.map(column)),
            ];
            for (condition, bound) in bounds {
                if let Some(bound) = bound {
                    statement.push(condition).push_bind(bound);
                }
            }
            statement.push(if filter.newest_first { " ORDER BY seq DESC" } else { " ORDER BY seq" });
            statement.push(" LIMIT ").push_bind(filter.limit.map_or(i64::MAX, i64::from));
            statement.push(" OFFSET ").push_bind(i64::from(filter.offset));
            statement.build_query_as().fetch_all(connection).await
        })?;
        rows.into_iter().map(EntryRow::entry).collect()
    }

    /// Entries behind `after` in order, of these kinds (none named = of all), at most so many; and how far the log was read for
    /// them, which is where to go on.
    pub async fn audit_after(
        &self,
        after: u64,
        kinds: &[EntryKind],
        limit: u32,
    ) -> Result<(Vec<Entry>, u64), StoreError> {
        let mut reading = self.database.read().await?;
        // First the head: an entry up to it is there, one behind it is left for the next time.
        let (through,): (i64,) = fetch_one!(&mut reading, "SELECT seq FROM audit_head WHERE one = 1")?;
        let rows: Vec<EntryRow> = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new("SELECT * FROM audit_entries WHERE seq > ");
            statement.push_bind(column(after)).push(" AND seq <= ").push_bind(through);
            if !kinds.is_empty() {
                statement.push(" AND kind IN (");
                let mut list = statement.separated(", ");
                for kind in kinds {
                    list.push_bind(kind.as_str());
                }
                statement.push(")");
            }
            statement.push(" ORDER BY seq LIMIT ").push_bind(i64::from(limit));
            statement.build_query_as().fetch_all(connection).await
        })?;
        let entries = rows.into_iter().map(EntryRow::entry).collect::<Result<Vec<_>, _>>()?;
        let read = match entries.last() {
            Some(last) if entries.len() as u64 >= u64::from(limit) => last.seq,
            _ => number::<u64>(through, "the head of the audit log")?.max(after),
        };
        Ok((entries, read))
    }

    /// Reads the whole log in order, a page at a time, and hands each entry to `each`, with what the oldest is chained to. What is appended meanwhile is
    /// left out. Gives the head that was recorded when reading began.
    ///
    /// A row that cannot even be read (its instant or JSON is no longer one) is [`StoreError::Corrupt`] and names the entry.
    pub async fn read_audit(&self, mut each: impl FnMut(Head, Entry)) -> Result<Head, StoreError> {
        let mut begin = Head::EMPTY;
        self.walk(|walked| match walked {
            Walked::Begins(behind) => {
                begin = behind;
                Ok(())
            }
            Walked::Entry(_, entry) => entry.map(|entry| each(begin, entry)),
        })
        .await
    }

    async fn walk(&self, mut each: impl FnMut(Walked) -> Result<(), StoreError>) -> Result<Head, StoreError> {
        // All of one instant, also where entries are appended or dropped meanwhile; entries behind the head are read as well.
        let mut reading = self.database.still().await?;
        let recorded = head(fetch_one!(&mut reading, "SELECT seq, hash FROM audit_head WHERE one = 1")?)?;
        each(Walked::Begins(checkpoint(&mut reading).await?))?;
        let mut after = i64::MIN;
        loop {
            let rows = page(&mut reading, after).await?;
            let Some(newest) = rows.last().map(|row| row.seq) else { return Ok(recorded) };
            after = newest;
            for row in rows {
                each(Walked::Entry(row.seq, Box::new(row.entry())))?;
            }
        }
    }

    /// Verifies the whole log; `known` are heads that were given away earlier. The outer error is of the database, the inner one the verdict.
    pub async fn verify_audit(
        &self,
        known: impl IntoIterator<Item = Head>,
    ) -> Result<Result<Verified, Broken>, StoreError> {
        let mut verifier = Verifier::expecting(known);
        let recorded = self
            .walk(|walked| {
                match walked {
                    Walked::Begins(behind) => {
                        verifier = std::mem::take(&mut verifier).starting_behind(behind);
                    }
                    Walked::Entry(seq, entry) => match entry.as_ref() {
                        Ok(entry) => verifier.feed(entry),
                        Err(_) => verifier.feed_unreadable(u64::try_from(seq).unwrap_or_default()),
                    },
                }
                Ok(())
            })
            .await?;
        Ok(verifier.finish(Some(recorded)))
    }
}
