//! What an entry says.

use crate::EntryHash;
use jiff::Timestamp;
use rollcall_model::{AccountKey, PlanId, RunId, SiteId, SnapshotId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// What happened, as dotted words from the general to the special: `run.item.intent`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryKind(Cow<'static, str>);

/// A text that is not a kind of entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a kind of audit entry: small letters, digits and '-' in words joined by '.', as in run.item.intent"
)]
pub struct KindError(String);

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl EntryKind {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*

            /// Every kind that Rollcall itself writes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    /// A site was added.
    SITE_ADDED = "site.added";
    /// A site's address, settings or credentials were changed.
    SITE_CHANGED = "site.changed";
    /// A site was removed.
    SITE_REMOVED = "site.removed";
    /// A group is about to be made at a site: written before the site is asked (I7).
    GROUP_INTENT = "site.group.intent";
    /// What became of that group.
    GROUP_OUTCOME = "site.group.outcome";
    /// A site that answered until then does not any more. Once for each change, not for each try.
    SITE_UNREACHABLE = "site.unreachable";
    /// A site that did not answer does again.
    SITE_REACHABLE = "site.reachable";
    /// A site was read into a snapshot.
    SNAPSHOT_TAKEN = "snapshot.taken";
    /// A snapshot was deleted.
    SNAPSHOT_DELETED = "snapshot.deleted";
    /// A policy was loaded, new or as a new version.
    POLICY_LOADED = "policy.loaded";
    /// A policy was switched on in test mode.
    POLICY_ENABLED = "policy.enabled";
    /// A policy was switched live.
    POLICY_LIVE = "policy.live";
    /// A policy was switched off.
    POLICY_DISABLED = "policy.disabled";
    /// A policy was removed.
    POLICY_REMOVED = "policy.removed";
    /// A test run of a version of a policy was completed (I14).
    POLICY_TESTED = "policy.tested";
    /// A plan was made.
    PLAN_MADE = "plan.made";
    /// A plan was refused: by a limit, or because it expired.
    PLAN_REFUSED = "plan.refused";
    /// A plan is held up: it awaits an approval.
    PLAN_HELD = "plan.held";
    /// A limit stopped a plan before its first write, or a run.
    LIMIT_HIT = "limit.hit";
    /// A plan was approved.
    PLAN_APPROVED = "plan.approved";
    /// A plan was rejected by an operator.
    PLAN_REJECTED = "plan.rejected";
    /// A run was created from a plan.
    RUN_CREATED = "run.created";
    /// A process took a run.
    RUN_TAKEN = "run.taken";
    /// A run was asked to stop.
    RUN_STOP_REQUESTED = "run.stop-requested";
    /// A run stopped before its end.
    RUN_STOPPED = "run.stopped";
    /// A stopped run goes on.
    RUN_RESUMED = "run.resumed";
    /// A run came to its end.
    RUN_FINISHED = "run.finished";
    /// A run ended by an error that concerns all of it.
    RUN_FAILED = "run.failed";
    /// A change of an account is about to be made: written before the site is asked (I7).
    ITEM_INTENT = "run.item.intent";
    /// What became of that change.
    ITEM_OUTCOME = "run.item.outcome";
    /// A job was queued.
    JOB_QUEUED = "job.queued";
    /// A job was not begun, because something stood in its way.
    JOB_SKIPPED = "job.skipped";
    /// Somebody did not want a job any more.
    JOB_CANCELLED = "job.cancelled";
    /// A job ended by an error.
    JOB_FAILED = "job.failed";
    /// The schedule of a policy was paused.
    SCHEDULE_PAUSED = "schedule.paused";
    /// The schedule of a policy goes on.
    SCHEDULE_RESUMED = "schedule.resumed";
    /// A time in which nothing may change was set or changed.
    FREEZE_SET = "freeze.set";
    /// A freeze was removed.
    FREEZE_REMOVED = "freeze.removed";
    /// A run is begun although there is a freeze.
    FREEZE_OVERRIDDEN = "freeze.overridden";
    /// An account or group was exempted.
    EXEMPTION_ADDED = "exemption.added";
    /// An exemption was taken back.
    EXEMPTION_REMOVED = "exemption.removed";
    /// A list of accounts was imported or replaced.
    LIST_CHANGED = "list.changed";
    /// A list of accounts was removed.
    LIST_REMOVED = "list.removed";
    /// A setting was changed.
    SETTING_CHANGED = "setting.changed";
    /// A notice to the owner of an account was written.
    NOTICE_WRITTEN = "notice.written";
    /// The owner of an account answered a notice, and is kept longer already.
    NOTICE_ANSWERED = "notice.answered";
    /// A mail was handed to the mail server.
    MAIL_SENT = "mail.sent";
    /// A mail could not be sent: now, or at all.
    MAIL_FAILED = "mail.failed";
    /// A mail was refused for good for at least one recipient.
    MAIL_BOUNCED = "mail.bounced";
    /// An operator had a mail tried again.
    MAIL_RETRIED = "mail.retried";
    /// An operator gave a mail up.
    MAIL_DISCARDED = "mail.discarded";
    /// An operator sent a mail to see whether mail works.
    MAIL_TESTED = "mail.tested";
    /// The template of a mail was changed.
    TEMPLATE_CHANGED = "template.changed";
    /// The template of a mail is the embedded one again.
    TEMPLATE_RESET = "template.reset";
    /// A webhook was added.
    WEBHOOK_ADDED = "webhook.added";
    /// A webhook was changed.
    WEBHOOK_CHANGED = "webhook.changed";
    /// A webhook was given a new secret.
    WEBHOOK_SECRET_CHANGED = "webhook.secret-changed";
    /// A webhook was removed.
    WEBHOOK_REMOVED = "webhook.removed";
    /// An event could not be told to a webhook and was given up.
    WEBHOOK_GIVEN_UP = "webhook.given-up";
    /// An operator had an event that was given up told again.
    WEBHOOK_RETRIED = "webhook.retried";
    /// The secrets were sealed again with a new key.
    KEY_ROTATED = "key.rotated";
    /// A backup was made.
    BACKUP_MADE = "backup.made";
    /// The installation was restored from a backup.
    BACKUP_RESTORED = "backup.restored";
    /// Retention dropped something other than audit entries.
    RETENTION_DROPPED = "retention.dropped";
    /// Retention dropped the oldest entries of this log.
    AUDIT_DROPPED = "retention.audit-dropped";
    /// An operator was added.
    OPERATOR_ADDED = "operator.added";
    /// What an operator is called or may do was changed, or whether they may sign in.
    OPERATOR_CHANGED = "operator.changed";
    /// An operator was removed.
    OPERATOR_REMOVED = "operator.removed";
    /// An operator's password was set.
    OPERATOR_PASSWORD = "operator.password-set";
    /// A link was made by which the first admin can be made.
    SETUP_LINK_MADE = "operator.setup-link-made";
    /// An operator signed in.
    SESSION_STARTED = "session.started";
    /// A session, or all sessions of an operator, were ended before their time.
    SESSION_ENDED = "session.ended";
    /// An API token was made.
    TOKEN_CREATED = "token.created";
    /// An API token was taken back.
    TOKEN_REVOKED = "token.revoked";
    /// A sign-in was refused.
    SIGN_IN_REFUSED = "sign-in.refused";
}

impl EntryKind {
    /// The dotted words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EntryKind {
    type Error = KindError;

    fn try_from(text: String) -> Result<Self, KindError> {
        let is_word = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if text.len() <= 64 && text.split('.').all(is_word) {
            Ok(Self(Cow::Owned(text)))
        } else {
            Err(KindError(text.chars().take(80).collect()))
        }
    }
}

impl std::str::FromStr for EntryKind {
    type Err = KindError;

    fn from_str(text: &str) -> Result<Self, KindError> {
        Self::try_from(text.to_owned())
    }
}

impl From<EntryKind> for String {
    fn from(kind: EntryKind) -> Self {
        kind.0.into_owned()
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an entry is about; as many of these as apply. Ids only: the evidence outlives what it speaks of, and personal data enters
/// by reference.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Subject {
    /// The site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// The account at that site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountKey>,
    /// The policy, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotId>,
    /// The plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// The run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The item of that run, by its place in the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

impl Subject {
    /// About a site.
    pub fn site(site: SiteId) -> Self {
        Self { site: Some(site), ..Self::default() }
    }

    /// About a policy.
    pub fn policy(name: impl Into<String>) -> Self {
        Self { policy: Some(name.into()), ..Self::default() }
    }

    /// About a plan.
    pub fn plan(plan: PlanId) -> Self {
        Self { plan: Some(plan), ..Self::default() }
    }

    /// About a run.
    pub fn run(run: RunId) -> Self {
        Self { run: Some(run), ..Self::default() }
    }
}

/// An entry before it has its place in the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// When. Kept to the microsecond.
    pub at: Timestamp,
    /// Who: an operator, `schedule`, or the process that applies a run.
    pub actor: String,
    /// What.
    pub kind: EntryKind,
    /// Of what.
    pub subject: Subject,
    /// Why: the rule and the evidence, or the operator's own words.
    pub why: String,
    /// How it was, where something changed. JSON `null` is kept apart from absence.
    pub before: Option<Value>,
    /// How it is to be, or became.
    pub after: Option<Value>,
    /// Whatever else belongs to the evidence; `null` where nothing does. No secrets.
    pub details: Value,
}

impl Draft {
    /// A draft without values and details.
    pub fn new(at: Timestamp, actor: impl Into<String>, kind: EntryKind, subject: Subject) -> Self {
        Self {
            at,
            actor: actor.into(),
            kind,
            subject,
            why: String::new(),
            before: None,
            after: None,
            details: Value::Null,
        }
    }

    /// With the reason.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    /// With the values before and after.
    #[must_use]
    pub fn change(self, before: Option<Value>, after: Option<Value>) -> Self {
        Self { before, after, ..self }
    }

    /// With details.
    #[must_use]
    pub fn details(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

/// One draft where several may be given.
impl From<Draft> for Vec<Draft> {
    fn from(draft: Draft) -> Self {
        vec![draft]
    }
}

/// An entry in its place in the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    /// Its place, from 1, without gaps.
    pub seq: u64,
    /// When, to the microsecond.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub kind: EntryKind,
    /// Of what.
    pub subject: Subject,
    /// Why.
    pub why: String,
    /// How it was.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// How it is to be, or became.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Whatever else belongs to the evidence.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
    /// The hash of the entry before it; [`EntryHash::GENESIS`] for the first.
    pub previous_hash: EntryHash,
    /// The hash of this entry.
    pub hash: EntryHash,
}

/// A field that is there holds a value, be it `null`; only a field that is missing is `None`.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::EntryKind;

    #[test]
    fn every_kind_of_ours_is_a_kind() {
        for kind in EntryKind::ALL {
            assert_eq!(kind.as_str().parse::<EntryKind>().as_ref(), Ok(kind));
        }
    }

    #[test]
    fn a_kind_is_dotted_words() {
        for bad in ["", ".", "a.", ".a", "a..b", "A.b", "a b", "a.b\n", &"a".repeat(65)] {
            assert!(bad.parse::<EntryKind>().is_err(), "{bad:?}");
        }
    }
}
