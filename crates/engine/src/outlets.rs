//! Telling the audit log to other programs: syslog and files. Each outlet has a place in the log that moves only after it took what came
//! before; a broken one holds up nothing but itself.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Entry, EntryKind};
use rollcall_outlet::{Lines, OutletError, Record, Syslog};
use rollcall_store::{AuditOutletRow, Told};
use std::time::Duration;

/// First pause before an outlet is tried again; it doubles each time.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// Entries told at once, and batches in one go.
const BATCH: u32 = 500;
const BATCHES: usize = 40;
/// Telling one batch may take so long.
const LONGEST_TELLING: Duration = Duration::from_mins(4);
/// While one process tells an outlet, another leaves it alone for so long.
const BUSY: SignedDuration = SignedDuration::from_mins(5);

/// What somebody should look at.
const WARNINGS: [EntryKind; 8] = [
    EntryKind::RUN_FAILED,
    EntryKind::RUN_STOPPED,
    EntryKind::PLAN_REFUSED,
    EntryKind::LIMIT_HIT,
    EntryKind::SITE_UNREACHABLE,
    EntryKind::MAIL_FAILED,
    EntryKind::MAIL_BOUNCED,
    EntryKind::WEBHOOK_GIVEN_UP,
];

/// Where a new outlet begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutletBegin {
    /// With the first entry of the log.
    #[default]
    Everything,
    /// With what happens from now on.
    New,
}

/// How an outlet is told.
#[derive(Debug, Clone)]
pub enum OutletWay {
    /// As syslog messages.
    Syslog(Syslog),
    /// As lines of a file.
    File(Lines),
}

/// An outlet of the audit log, as the configuration names it.
#[derive(Debug, Clone)]
pub struct AuditOutlet {
    /// Its name; under it is kept how far it was told.
    pub name: String,
    /// Where it begins.
    pub begin: OutletBegin,
    /// How it is told.
    pub way: OutletWay,
}

/// How far an outlet is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutletState {
    /// Its name.
    pub name: String,
    /// Entries it has not been told yet.
    pub behind: u64,
    /// Since when it fails, and what was said last.
    pub trouble: Option<(Timestamp, String)>,
}

impl Engine {
    /// Tells every outlet what it has not been told yet. Gives how many entries were told, and what went wrong where.
    pub async fn tell_outlets(&self, operator: &Operator) -> Result<(u64, Vec<String>), EngineError> {
        operator.check(UseCase::TellOutlets)?;
        let (mut told, mut troubles) = (0, Vec::new());
        for outlet in &self.outlets {
            match self.tell_outlet(outlet).await {
                Ok(count) => told += count,
                Err(EngineError::File { what, reason }) => troubles.push(format!("{what}: {reason}")),
                Err(error) => return Err(error),
            }
        }
        Ok((told, troubles))
    }

    async fn tell_outlet(&self, outlet: &AuditOutlet) -> Result<u64, EngineError> {
        let cursor = self.cursor(outlet)?;
        let begin = match outlet.begin {
            OutletBegin::Everything => 0,
            OutletBegin::New => self.store.audit_head().await?.seq,
        };
        self.store.add_audit_outlet(&cursor, begin).await?;
        let mut count = 0;
        for _ in 0..BATCHES {
            let busy_until = self.now() + BUSY;
            let taken = self.store.take_audit_outlet(&cursor, self.now(), busy_until).await?;
            let Some(row) = taken else { return Ok(count) };
            let (entries, through) = self.store.audit_after(row.told_through, &[], BATCH).await?;
            let records = entries.iter().map(record).collect::<Vec<_>>();
            let result = tokio::time::timeout(LONGEST_TELLING, outlet.way.tell(&records)).await;
            let error = match result {
                Ok(Ok(())) => {
                    let told = Told::Through(through);
                    self.store.settle_audit_outlet(&cursor, busy_until, &told, self.now()).await?;
                    count += entries.len() as u64;
                    if entries.is_empty() {
                        return Ok(count);
                    }
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("it took longer than {} minutes", LONGEST_TELLING.as_secs() / 60),
            };
            let again_at = self.now() + pause(row.attempts);
            tracing::warn!(outlet = %outlet.name, %error, "an outlet of the audit log could not be told");
            let told = Told::Failed { error: error.clone(), again_at };
            self.store.settle_audit_outlet(&cursor, busy_until, &told, self.now()).await?;
            return Err(EngineError::File {
                what: format!("audit outlet \"{}\"", outlet.name),
                reason: error,
            });
        }
        Ok(count)
    }

    /// The name of this node's duty of telling outlets.
    pub(crate) fn outlet_duty(&self) -> String {
        let node = self.locks.signature().unwrap_or_else(|_| "this node".to_owned());
        format!("audit outlets of {node}")
    }

    /// How far every outlet of the configuration is.
    pub(crate) async fn outlet_states(&self) -> Result<Vec<OutletState>, EngineError> {
        let rows = self.store.audit_outlets().await?;
        let head = self.store.audit_head().await?.seq;
        let mut states = Vec::new();
        for outlet in &self.outlets {
            let cursor = self.cursor(outlet)?;
            let row: Option<&AuditOutletRow> = rows.iter().find(|row| row.name == cursor);
            let told = row.map_or(0, |row| row.told_through);
            let trouble = row.and_then(|row| row.failing_since.zip(row.last_error.clone()));
            states.push(OutletState {
                name: outlet.name.clone(),
                behind: head.saturating_sub(told),
                trouble,
            });
        }
        Ok(states)
    }

    /// Under which name it is kept how far an outlet was told. A receiver of syslog is one for all nodes, and is told each entry by one of them; a file is this node's own, and is told all of them.
    pub(crate) fn cursor(&self, outlet: &AuditOutlet) -> Result<String, EngineError> {
        Ok(match outlet.way {
            OutletWay::Syslog(_) => format!("outlet/{}", outlet.name),
            OutletWay::File(_) => format!("outlet/{}/{}", outlet.name, self.locks.signature()?),
        })
    }
}

impl OutletBegin {
    pub(crate) fn is_everything(self) -> bool {
        self == Self::Everything
    }
}

impl AuditOutlet {
    /// Whether that is the cursor of a file of this name on some node.
    pub(crate) fn is_elsewhere(&self, cursor: &str) -> bool {
        let of_a_node = cursor.strip_prefix("outlet/").and_then(|rest| rest.strip_prefix(&*self.name));
        matches!(self.way, OutletWay::File(_)) && of_a_node.is_some_and(|rest| rest.starts_with('/'))
    }
}

impl OutletWay {
    async fn tell(&self, records: &[Record]) -> Result<(), OutletError> {
        match self {
            _ if records.is_empty() => Ok(()),
            Self::Syslog(syslog) => syslog.tell(records).await,
            Self::File(lines) => lines.tell(records).await,
        }
    }
}

fn record(entry: &Entry) -> Record {
    let subject = &entry.subject;
    let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
    let details = (!entry.details.is_null()).then(|| entry.details.to_string());
    let about = [
        ("site", subject.site.as_ref().map(ToString::to_string)),
        ("account", subject.account.as_ref().map(ToString::to_string)),
        ("policy", subject.policy.clone()),
        ("snapshot", subject.snapshot.as_ref().map(ToString::to_string)),
        ("plan", subject.plan.as_ref().map(ToString::to_string)),
        ("run", subject.run.as_ref().map(ToString::to_string)),
        ("item", subject.item.map(|item| item.to_string())),
        ("hash", Some(entry.hash.to_string())),
        ("before", json(&entry.before)),
        ("after", json(&entry.after)),
        ("details", details),
    ];
    Record {
        seq: entry.seq,
        at: entry.at,
        actor: entry.actor.clone(),
        kind: entry.kind.to_string(),
        is_warning: WARNINGS.contains(&entry.kind),
        why: entry.why.clone(),
        about: about.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        line: rollcall_audit::line(entry),
    }
}

fn pause(attempts: u32) -> SignedDuration {
    let doubled = FIRST_PAUSE.checked_mul(1_i32.checked_shl(attempts.min(16)).unwrap_or(i32::MAX));
    doubled.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_file_on_another_node_is_known_by_its_cursor() {
        let file = OutletWay::File(Lines { path: "audit.jsonl".into() });
        let outlet = AuditOutlet { name: "lines".to_owned(), begin: OutletBegin::New, way: file };
        assert!(outlet.is_elsewhere("outlet/lines/box:/var/lib/rollcall/locks"));
        for other in ["outlet/lines", "outlet/lines-2/box:/locks", "reports"] {
            assert!(!outlet.is_elsewhere(other), "{other}");
        }
    }

    #[test]
    fn pauses_double_from_a_minute_to_an_hour() {
        assert_eq!([0, 1, 5, 6, 99].map(|n| pause(n).as_mins()), [1, 2, 32, 60, 60]);
    }
}
