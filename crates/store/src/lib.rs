//! The store: all SQL of the house, on SQLite or PostgreSQL.
//!
//! Here: the schema and its steps, sites with sealed credentials, snapshots, policies, plans, runs with their leases
//! and items, the rows of the audit log, exemptions, lists, settings, the outbox of mails, webhooks and what they were told,
//! operators with their sessions and tokens. Documents (a policy, a
//! plan, a report) are text or bytes here, with the columns needed to find them.
//! Not here: what a document means, what may be done to whom, when (rooms `planner`, `engine`). No clock: `now` is an argument.
//! To add a table: a new step in `migrations/` and a module of its own, each statement written once, in the common
//! subset of both databases (TEXT, BIGINT, BOOLEAN, BYTEA; `$1`; `ON CONFLICT`; `RETURNING`; `NULLS LAST`), and its tests in `both_databases!`.
//!
//! Whoever changes something an operator can see hands in the audit entry with it, and both are committed together (I11).
//! Locks are taken in one order, which is why none of them can wait for each other: the row that is changed, then the head of the audit log.

mod api_tokens;
mod attempts;
mod audit;
mod audit_outlets;
mod backup;
mod counts;
mod database;
mod deliveries;
mod duties;
mod ending;
mod error;
mod exemptions;
mod freezes;
mod idempotency;
mod ids;
mod items;
mod job_lease;
mod jobs;
mod key_file;
mod keyring;
mod lease;
mod lists;
mod location;
mod mail_templates;
mod migrate;
mod notices;
mod operators;
mod outbox;
mod plan_list;
mod plans;
mod policies;
mod replaces;
mod retention;
mod row;
mod runs;
mod schedules;
mod sealed;
mod secrets;
mod sessions;
mod settings;
mod setup_links;
mod sign_on_flows;
mod site_reach;
mod sites;
mod snapshots;
mod steps;
mod watches;
mod webhooks;
mod words;

pub use api_tokens::TokenRow;
pub use attempts::{AttemptKey, Attempts};
pub use audit::AuditFilter;
pub use audit_outlets::{AuditOutletRow, Told};
pub use backup::{BackupHead, BackupSummary, Restored, inspect as inspect_backup};
pub use counts::Counts;
pub use deliveries::{DeliveryDraft, DeliveryRow, DeliveryTry, TakenDelivery};
pub use duties::DutyRow;
pub use ending::Stop;
pub use error::StoreError;
pub use exemptions::ExemptionRow;
pub use freezes::FreezeRow;
pub use idempotency::KeyState;
pub use ids::new_id;
pub use items::{ItemDraft, ItemRow};
pub use job_lease::{JobLease, JobOutcome};
pub use jobs::{JobDraft, JobFilter, JobRow};
pub use key_file::{KeyFile, NewKey};
pub use lease::{Lease, Renewal};
pub use lists::ListRow;
pub use location::Location;
pub use mail_templates::MailTemplateRow;
pub use notices::{Kept, NoticeDraft, NoticeRow, NoticedRow};
pub use operators::{OperatorChange, OperatorRow, OuterIdentity};
pub use outbox::{Bounce, Delivery, MailDraft, MailFilter, MailRow, Next};
pub use plan_list::{ListedPlan, PlanFilter, PlanStanding};
pub use plans::{ApprovalRow, PlanRow};
pub use policies::{Loaded, PolicyDraft, PolicyRow, PolicyVersion};
pub use replaces::Replaces;
pub use retention::{Gone, Past};
pub use runs::{ItemCounts, RunDraft, RunFilter, RunRow};
pub use schedules::{ScheduleRow, TickDraft};
pub use sealed::Keys;
pub use secrets::{SealingKey, new_secret};
pub use sessions::{Holder, SessionLengths, SessionRow};
pub use settings::SettingChange;
pub use site_reach::SiteReachRow;
pub use sites::{SiteDraft, SiteRow};
pub use snapshots::SnapshotRow;
pub use steps::{Step, StepResult};
pub use watches::{WatchCursor, WatchEvent};
pub use webhooks::{WebhookDraft, WebhookRow};
pub use words::{
    ApprovalState, AttemptKind, DeliveryState, ExemptKind, JobKind, JobState, MailState, Mode, PolicyState,
    RunState, RunTransitionError, Standing,
};

use database::Database;
use std::fmt;
use std::sync::Arc;

/// An open database. Cheap to clone; clones share its connections.
#[derive(Clone)]
pub struct Store {
    database: Database,
    keyring: Option<Arc<keyring::Keyring>>,
}

impl Store {
    /// Opens a database and brings its schema up to date. An SQLite file that is missing is made, with its folder. A file of
    /// something else and a database of a newer Rollcall are left untouched. Without a key everything works but secrets.
    pub async fn open(location: &Location, key: Option<SealingKey>) -> Result<Self, StoreError> {
        migrate::inspect(location).await?;
        let database = Database::open(location).await?;
        migrate::migrate(&database).await?;
        let key = match key {
            Some(key) => Some(keyring::settle(&database, key).await?),
            None => None,
        };
        Ok(Self { database, keyring: key.map(|key| Arc::new(keyring::Keyring::of(key))) })
    }

    /// Where the database is, without password.
    pub fn place(&self) -> &str {
        self.database.place()
    }

    /// The schema of the database, and the newest this program knows. Both are the same once it is open.
    pub async fn schema(&self) -> Result<(i64, i64), StoreError> {
        Ok((migrate::version(&mut self.database.read().await?).await?, migrate::NEWEST))
    }

    /// Tries whether the database takes writes and its disk has room for some, and leaves nothing behind.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.database.try_disk()?;
        let mut writing = self.database.write().await?;
        database::execute!(&mut writing, "UPDATE audit_head SET seq = seq WHERE one = 1")?;
        writing.commit().await
    }

    /// Closes every connection once its work is done.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// A key for one purpose alone, made from the sealing key: who knows it knows neither that nor the key of another purpose.
    pub fn derived_key(&self, purpose: &str) -> Result<secrecy::SecretBox<[u8; 32]>, StoreError> {
        Ok(self.key(purpose)?.derive(purpose))
    }

    /// The same keys made from those that the sealing key replaced and whose files are kept: what was signed with them is still recognised.
    pub fn derived_keys_of_before(&self, purpose: &str) -> Vec<secrecy::SecretBox<[u8; 32]>> {
        let keyring = self.keyring.as_deref();
        let kept = keyring.into_iter().flat_map(keyring::Keyring::kept);
        kept.map(|key| key.derive(purpose)).collect()
    }

    /// The key of this moment. What is kept is sealed by [`Store::seal`], which knows whether the key was replaced.
    fn key(&self, what: &str) -> Result<Arc<SealingKey>, StoreError> {
        Ok(self.keyring(what)?.current())
    }

    fn keyring(&self, what: &str) -> Result<&keyring::Keyring, StoreError> {
        self.keyring.as_deref().ok_or_else(|| StoreError::NoKey { what: what.to_owned() })
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.place())
    }
}
