//! The use cases of Rollcall: observe, select, plan, approve, apply, undo, report.
//!
//! Here: what an operator, a scheduler or a program can ask for, each as one method of [`Engine`] that puts the other rooms
//! together; the loop that applies a plan; the clock.
//! Not here: how a command line, a page or an API looks (they call this room); any SQL (`store`), any HTTP (`atlassian`), any
//! judgement about who is selected or protected (`criteria`, `planner`).
//! To add a use case: a method in a file of its own that begins by asking `access` whether the operator may, an audit entry for what it changes, a test on both databases.

mod access;
mod accounts;
mod apply;
mod approval;
mod audit;
mod backup;
mod clock;
mod doctor;
mod duties;
mod error;
mod event_rest;
mod figures;
mod freezes;
mod idempotency;
mod in_hand;
mod job_end;
mod jobs;
mod keep;
mod keep_token;
mod keys;
pub mod killpoint;
mod knowledge;
mod list_file;
mod locks;
mod mailing;
mod notices;
mod observe;
mod operator;
mod operators;
mod outlets;
mod overview;
mod perform;
mod pictures;
mod plans;
mod policies;
mod policy_plans;
mod protection;
mod reach;
mod reading;
mod ready;
mod reports;
mod retention;
mod run_policy;
mod runs;
mod scheduler;
mod shelf;
mod sign_in;
mod sites;
mod snapshots;
mod task;
mod templates;
mod traffic;
mod triggers;
mod undo;
mod webhooks;
mod work;
mod worker;

pub use access::UseCase;
pub use accounts::{
    AccountDetail, AccountPage, AccountPlace, AccountQuery, AccountStart, EvidenceLine, ExemptionLine,
    GroupLine, Preview, PreviewQuery, USUAL_FIELDS, cell_of, column_of,
};
pub use approval::Decision;
pub use audit::AuditQuery;
pub use backup::{inspect_backup_file, restore};
pub use clock::{Clock, SystemClock};
pub use doctor::{Finding, Health, examine_disk, examine_mail};
pub use duties::{Duty, DutyView};
pub use error::EngineError;
pub use figures::{Figures, KeptFigures};
pub use freezes::FreezeView;
pub use idempotency::{KeyClaim, KeyedAnswer};
pub use jobs::{JobError, JobQuery, JobView};
pub use keep::{KeepRefusal, KeepView};
pub use keep_token::hide_links;
pub use keys::{KeyStatus, Rotation};
pub use knowledge::{ExemptName, ExemptionView, ListView};
pub use list_file::list_entries_of_csv;
pub use mailing::{MailBounce, MailContent, MailFile, MailQuery, MailSetup, MailSetupWay, MailView, Postman};
pub use notices::read_policies;
pub use observe::{Freshness, Picture, Synced};
pub use operator::Operator;
pub use operators::{NewOperator, OperatorEdit, OperatorView, Setup, SetupLink};
pub use outlets::{AuditOutlet, OutletBegin, OutletState, OutletWay};
pub use overview::{IdleBand, Idleness, NextRun, Overview, SeatFigures, SiteOverview, Warning, WarningKind};
pub use plans::{MadePlan, Selection};
pub use policies::{Loaded, LoadedPolicy, PolicyState, PolicyView};
pub use reading::{
    AuditExport, AuditPageQuery, DifferentLine, FieldChange, LineMark, Permission, PlanLine, PlanLines,
    PlanListQuery, PlanListing, PlanPermissions, PlanSummary, PlanTab, PolicyDifference, PolicyVersionView,
    RunFollower, RunItemPage, RunItemQuery, RunItemView, RunListQuery, RunMoment, SiteProblem,
};
pub use retention::{Dropping, Retention, Thinning};
pub use run_policy::Ran;
pub use runs::{RunCounts, RunEnd, RunView, ShowItems};
pub use scheduler::ScheduleView;
pub use sign_in::{
    NewSession, NewToken, Origin, PendingSignOn, SessionLengths, SessionView, SignOnPerson, SignOnRules,
    SignedIn, SignedInBy, TokenView, looks_like_token,
};
pub use sites::{NewSite, RemoteSites, SiteChange, SiteReach, SiteView};
pub use snapshots::{SnapshotDifference, SnapshotView};
pub use task::{Ending, JobResult, Task};
pub use templates::TemplateView;
pub use triggers::{DuePolicy, Polled};
pub use worker::Worker;

pub use webhooks::{
    Courier, DeliveryView, EventBody, EventKind, EventKindError, NewWebhook, PlanEvent, RunEvent, SiteEvent,
    WebhookChange, WebhookView,
};

pub use rollcall_audit::{Entry as AuditEntry, EntryKind as AuditKind, Head as AuditHead, verify_lines};
pub use rollcall_mail::{
    Login as MailLogin, MailSettings, Mailbox, Security as MailSecurity, SmtpSettings, Way as MailWay,
};
pub use rollcall_model::{JobId, Role};
pub use rollcall_outlet::{
    Answer as WebhookAnswer, Lines as AuditLines, Syslog, SyslogForm, SyslogWay, WebhookSettings,
};
pub use rollcall_site::{
    Act, Connection, Credentials, Observe, Pacing, Progress, Request as SentRequest, SiteError, SiteSettings,
    Traffic,
};
pub use rollcall_store::{
    BackupHead, BackupSummary, JobKind, JobState, Location as DatabaseLocation, Replaces, Restored,
    SealingKey, StoreError,
};

use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::SiteId;
use rollcall_store::Store;
use std::path::PathBuf;
use std::sync::Arc;

/// Opens connections to sites; the binary wires in the products.
pub trait OpenSite: Send + Sync {
    /// Opens a connection; sends nothing yet.
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError>;
}

/// What an installation is made of.
pub struct Settings {
    /// Where the database is.
    pub database: DatabaseLocation,
    /// Seals secrets in the database.
    pub key: SealingKey,
    /// Where reports are sent; `None` = mail is not set up.
    pub mail: Option<MailSettings>,
    /// What this installation calls itself in reports.
    pub name: String,
    /// The address under which people reach this installation, for links in mails; `None` = it has none.
    pub public_url: Option<url::Url>,
    /// Folder of lock files, by which processes on one data folder know of each other.
    pub locks: PathBuf,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Opens sites.
    pub sites: Arc<dyn OpenSite>,
}

/// One installation. Cheap to share; every use case is a method.
pub struct Engine {
    store: Store,
    mail: Option<MailSettings>,
    outlets: Vec<AuditOutlet>,
    webhooks: WebhookSettings,
    name: String,
    public_url: Option<url::Url>,
    locks: locks::Locks,
    clock: Arc<dyn Clock>,
    opener: Arc<dyn OpenSite>,
    remote_sites: RemoteSites,
    pictures: pictures::Pictures,
    listings: accounts::Listings,
    reading: reading::Reading,
    /// Whether the program is about to end.
    closing: tokio::sync::watch::Sender<bool>,
    /// Woken when there is a job.
    queued: tokio::sync::Notify,
    /// Whether the sealing key was missing when it was last asked for.
    lacks_key: std::sync::atomic::AtomicBool,
    meters: Arc<traffic::Meters>,
    hasher: sign_in::Hasher,
}

impl Engine {
    /// Opens the database, and brings its schema up to date.
    pub async fn open(settings: Settings) -> Result<Self, EngineError> {
        let store = Store::open(&settings.database, Some(settings.key)).await?;
        Ok(Self {
            store,
            mail: settings.mail,
            outlets: Vec::new(),
            webhooks: WebhookSettings::default(),
            name: settings.name,
            public_url: settings.public_url,
            locks: locks::Locks::in_folder(settings.locks),
            clock: settings.clock,
            opener: settings.sites,
            remote_sites: RemoteSites::default(),
            pictures: pictures::Pictures::new(),
            listings: accounts::Listings::new(),
            reading: reading::Reading::new(),
            closing: tokio::sync::watch::Sender::new(false),
            queued: tokio::sync::Notify::new(),
            lacks_key: std::sync::atomic::AtomicBool::new(false),
            meters: Arc::default(),
            hasher: sign_in::Hasher::default(),
        })
    }

    /// Whom the audit log is told, and which addresses webhooks may have. Until this is said: nobody, and public ones.
    #[must_use]
    pub fn telling(self, outlets: Vec<AuditOutlet>, webhooks: WebhookSettings) -> Self {
        Self { outlets, webhooks, ..self }
    }

    /// The engine's time.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// An audit entry to be, with the operator and the time filled in.
    fn draft(&self, operator: &Operator, kind: EntryKind, subject: Subject, why: impl Into<String>) -> Draft {
        Draft {
            at: self.clock.now(),
            actor: operator.name().to_owned(),
            kind,
            subject,
            why: why.into(),
            before: None,
            after: None,
            details: serde_json::Value::Null,
        }
    }

    /// A new id of the installation's own making.
    pub fn new_id(&self) -> String {
        rollcall_store::new_id(self.clock.now())
    }
}

/// Shorthand for an audit subject.
fn about_site(site: &SiteId) -> Subject {
    Subject::site(site.clone())
}
