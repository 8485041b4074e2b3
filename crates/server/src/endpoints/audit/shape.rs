//! An entry of the audit log as the API shows it.

use jiff::Timestamp;
use rollcall_engine::{AuditEntry, AuditKind as EntryKind};
use rollcall_model::{SiteId, SiteName};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// Its number, from 1, without gaps.
    seq: u64,
    /// When.
    at: Timestamp,
    /// Who: an operator, a program or the scheduler.
    actor: String,
    /// What happened.
    #[schema(value_type = Kind)]
    kind: String,
    /// What it is about.
    subject: Subject,
    /// Why, in words.
    why: String,
    /// What was so before.
    before: Option<Value>,
    /// What was so afterwards.
    after: Option<Value>,
    /// Whatever else belongs to it.
    details: Value,
    /// The hash of the entry before.
    previous_hash: String,
    /// The hash of this one.
    hash: String,
}

/// What happened: every kind of entry that Rollcall writes. Those of runs, policies and so on begin alike, and can be asked for together.
pub(crate) struct Kind;

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        let words = EntryKind::ALL.iter().map(EntryKind::as_str);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What happened: every kind of entry that Rollcall writes."))
            .enum_values(Some(words))
            .into()
    }
}

impl ToSchema for Kind {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("AuditKind")
    }
}

/// What an entry is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditSubject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subject {
    /// The site, by id: its name may have been given to another since.
    site: Option<String>,
    /// What that site is called now; `null` where it was removed.
    site_name: Option<String>,
    /// The account, by key.
    account: Option<String>,
    /// The policy.
    policy: Option<String>,
    /// The snapshot.
    snapshot: Option<String>,
    /// The plan.
    plan: Option<String>,
    /// The run.
    run: Option<String>,
    /// The item of the run, by its place in the plan.
    item: Option<u32>,
}

impl Entry {
    pub(crate) fn of(entry: AuditEntry, names: &BTreeMap<SiteId, SiteName>) -> Self {
        let subject = entry.subject;
        Self {
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor,
            kind: entry.kind.as_str().to_owned(),
            subject: Subject {
                site_name: subject.site.as_ref().and_then(|id| names.get(id)).map(ToString::to_string),
                site: subject.site.map(|id| id.to_string()),
                account: subject.account.map(|key| key.to_string()),
                policy: subject.policy,
                snapshot: subject.snapshot.map(|id| id.to_string()),
                plan: subject.plan.map(|id| id.to_string()),
                run: subject.run.map(|id| id.to_string()),
                item: subject.item,
            },
            why: entry.why,
            before: entry.before,
            after: entry.after,
            details: entry.details,
            previous_hash: entry.previous_hash.to_string(),
            hash: entry.hash.to_string(),
        }
    }
}
