//! The store, on both databases.

mod apply;
mod audit;
mod backup;
mod jobs;
mod keys;
mod leases;
mod notices;
mod opening;
mod operators;
mod outbox;
mod outlets;
mod plans;
mod policies;
mod reading;
mod rest;
mod retention;
mod runs;
mod schedules;
mod sites;
mod snapshots;
mod watches;

use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::{Change, GroupName, ItemState, PlanId, RunId, SiteId};
use rollcall_store::{
    ApprovalState, ItemDraft, Lease, Location, Mode, PlanRow, RunDraft, SealingKey, SiteDraft, Store,
};
use rollcall_testkit::TestDatabase;
use serde_json::json;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn now() -> Timestamp {
    "2026-11-22T06:00:00.123456Z".parse().unwrap()
}

fn location(database: &TestDatabase) -> Location {
    database.location().parse().unwrap()
}

fn key() -> SealingKey {
    SealingKey::from_text(KEY, "the test").unwrap()
}

async fn open(database: &TestDatabase) -> Store {
    Store::open(&location(database), Some(key())).await.unwrap()
}

/// An audit entry, for changes of which the entry is not what is tested.
fn entry() -> Draft {
    Draft::new(now(), "mira", EntryKind::SETTING_CHANGED, Subject::default())
}

fn wiki() -> SiteDraft {
    SiteDraft {
        id: "site-1".into(),
        name: "wiki".parse().unwrap(),
        kind: "confluence-dc".to_owned(),
        url: "https://wiki.example/confluence".to_owned(),
        settings: json!({ "records-every-login": true, "pacing": { "concurrency": 4 } }),
        authorities: None,
        credentials: Some("token-1".to_owned().into()),
        is_vouched: true,
    }
}

fn plan(id: &str) -> PlanRow {
    PlanRow {
        id: id.into(),
        site: "site-1".into(),
        snapshot: "snapshot-1".into(),
        policy: None,
        version: None,
        fingerprint: "f00d".to_owned(),
        mode: Mode::Live,
        made_by: "mira".to_owned(),
        made_at: now(),
        expires_at: now() + SignedDuration::from_hours(24),
        items: 4,
        approval: ApprovalState::NotNeeded,
        is_blocked: false,
        is_restricted: false,
        summary: None,
        job: None,
    }
}

fn item(seq: u32) -> ItemDraft {
    ItemDraft {
        seq,
        account: format!("key-{seq}").into(),
        username: format!("user{seq}"),
        change: if seq.is_multiple_of(2) {
            Change::Disable
        } else {
            Change::RemoveFromGroup { group: GroupName::from("confluence-users") }
        },
        before: Some(json!({ "status": "enabled" })),
        after: Some(json!({ "status": "disabled" })),
        why: "idle >= 90d: last active 2026-01-01".to_owned(),
    }
}

/// A run of `items` items, numbered from 0, of a plan of its own.
async fn add_run(store: &Store, id: &str, items: u32) -> RunId {
    let plan_id = PlanId::from(format!("plan-of-{id}"));
    store.add_plan(&plan(plan_id.as_str()), b"[]", entry()).await.unwrap();
    let run = RunDraft {
        id: id.into(),
        plan: plan_id,
        undo_of: None,
        started_by: "mira".to_owned(),
        job: None,
        during_freeze: false,
    };
    let items: Vec<_> = (0..items).map(item).collect();
    store.create_run(&run, &items, now(), vec![entry()]).await.unwrap();
    id.into()
}

async fn take(store: &Store, run: &RunId, owner: &str, at: Timestamp) -> Lease {
    store.take_run(run, owner, at, MINUTE, entry()).await.unwrap()
}

async fn assert_chain_is_whole(store: &Store) {
    let verdict = store.verify_audit([]).await.unwrap();
    assert_eq!(verdict.unwrap().head, store.audit_head().await.unwrap());
}

/// The counters of a run are what counting its items gives.
async fn assert_counters_are_right(store: &Store, run: &RunId) {
    let counts = store.run(run).await.unwrap().counts;
    for state in ItemState::ALL {
        let listed = store.items(run, &[state], None, 1_000_000).await.unwrap().len() as u64;
        assert_eq!(counts.of(state), listed, "{state}");
    }
}

fn site_id() -> SiteId {
    "site-1".into()
}

/// A statement behind the store's back.
async fn raw(database: &TestDatabase, sql: &'static str) {
    use sqlx::Connection;
    if database.is_postgres() {
        let mut connection = sqlx::PgConnection::connect(database.location()).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database.location());
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}
