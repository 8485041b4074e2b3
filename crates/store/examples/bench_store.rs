//! What an item of a run costs in the store: claim and outcome, both durable, with their audit entries.
//!
//!     scripts/with-postgres --durable cargo run --release -p rollcall-store --example bench_store
//!
//! SQLite writes to the folder given as the first argument, or the temporary folder. Compare with a bare durable commit of the same disk,
//! which is printed with each table: no batch of one can cost less than two of them.

use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::{Change, ItemState};
use rollcall_store::{
    ApprovalState, ItemDraft, Lease, Location, Mode, PlanRow, RunDraft, Step, StepResult, Store,
};
use serde_json::json;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ITEMS: u32 = 2_000;
const BATCHES: [u32; 5] = [1, 8, 16, 64, 256];
const BIG: u32 = 100_000;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    let sync = bare_sync(folder.path())?;
    println!("a bare write and fsync of 4 KiB on this disk: {:.2} ms", milliseconds(sync));
    bench("SQLite", &Location::in_folder(folder.path())).await?;
    match rollcall_testkit::TestDatabase::postgres() {
        Some(database) => bench("PostgreSQL", &database.location().parse()?).await?,
        None => println!("PostgreSQL: not installed"),
    }
    Ok(())
}

async fn bench(name: &str, location: &Location) -> Outcome {
    let store = Store::open(location, None).await?;
    println!("\n{name}\n  batch   ms per item   items/s");
    for batch in BATCHES {
        let lease = begin(&store, &format!("run-{batch}"), ITEMS).await?.0;
        let begun = Instant::now();
        for first in (0..ITEMS).step_by(batch as usize) {
            let seqs = first..(first + batch).min(ITEMS);
            let claims: Vec<_> = seqs.clone().map(|seq| Step::Claim { seq }).collect();
            let claimed = store.commit_steps(&lease, &claims, now()).await?;
            assert!(claimed.iter().all(|result| *result == StepResult::Claimed { attempt: 1 }));
            let records: Vec<_> = seqs.map(record).collect();
            let recorded = store.commit_steps(&lease, &records, now()).await?;
            assert!(recorded.iter().all(|result| *result == StepResult::Recorded));
        }
        let each = begun.elapsed() / ITEMS;
        println!("  {batch:5}   {:11.3}   {:7.0}", milliseconds(each), 1.0 / each.as_secs_f64());
    }
    let (_, creating) = begin(&store, "run-big", BIG).await?;
    println!("  a run of {BIG} items is created in {:.2} s", creating.as_secs_f64());
    let begun = Instant::now();
    let verified = store.verify_audit([]).await??;
    let each = begun.elapsed() / u32::try_from(verified.head.seq)?;
    println!("  {} audit entries verified, {:.1} µs each", verified.head.seq, each.as_secs_f64() * 1e6);
    store.close().await;
    Ok(())
}

async fn begin(store: &Store, id: &str, items: u32) -> Result<(Lease, Duration), Box<dyn std::error::Error>> {
    let plan = PlanRow {
        id: format!("plan-of-{id}").into(),
        site: "site".into(),
        snapshot: "snapshot".into(),
        policy: None,
        version: None,
        fingerprint: "f00d".to_owned(),
        mode: Mode::Live,
        made_by: "bench".to_owned(),
        made_at: now(),
        expires_at: now() + SignedDuration::from_hours(1),
        items: u64::from(items),
        approval: ApprovalState::NotNeeded,
        is_blocked: false,
        is_restricted: false,
        summary: None,
        job: None,
    };
    store.add_plan(&plan, b"[]", entry()).await?;
    let items: Vec<_> = (0..items).map(item).collect();
    let run = RunDraft {
        id: id.into(),
        plan: plan.id,
        undo_of: None,
        started_by: "bench".to_owned(),
        job: None,
        during_freeze: false,
    };
    let begun = Instant::now();
    store.create_run(&run, &items, now(), vec![entry()]).await?;
    let creating = begun.elapsed();
    let lease = store.take_run(&run.id, "bench", now(), SignedDuration::from_mins(1), entry()).await?;
    Ok((lease, creating))
}

fn item(seq: u32) -> ItemDraft {
    ItemDraft {
        seq,
        account: format!("ff8080817d3c{seq:020}").into(),
        username: format!("given.family.{seq}"),
        change: Change::RemoveFromGroup { group: "confluence-users".into() },
        before: Some(
            json!({ "status": "enabled", "directory": "Corporate LDAP", "member": true, "seat": true }),
        ),
        after: Some(
            json!({ "status": "enabled", "directory": "Corporate LDAP", "member": false, "seat": false }),
        ),
        why: "status = enabled AND seat = true AND idle >= 90d: last login 2026-03-01 by list-active"
            .to_owned(),
    }
}

fn record(seq: u32) -> Step {
    let detail = Some(json!({ "requests": 2, "status": 204, "milliseconds": 41 }));
    Step::Record { seq, to: ItemState::Done, code: Some("done".to_owned()), reason: None, detail }
}

fn entry() -> Draft {
    Draft::new(now(), "bench", EntryKind::RUN_CREATED, Subject::default())
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50)
}

fn bare_sync(folder: &Path) -> std::io::Result<Duration> {
    let mut file = File::create(folder.join("sync"))?;
    let begun = Instant::now();
    for _ in 0..100 {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
    }
    Ok(begun.elapsed() / 100)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
