//! Schedules and freezes: a tick is taken once, with its jobs, and follows what becomes of the policy.

use crate::jobs::run_of_policy;
use crate::*;
use rollcall_store::{
    FreezeRow, JobDraft, JobFilter, JobOutcome, JobState, PolicyDraft, PolicyState, ScheduleRow, StoreError,
    TickDraft,
};
use rollcall_testkit::both_databases;

async fn load(store: &Store, version: &str) {
    let policy = PolicyDraft {
        name: "reclaim".to_owned(),
        version: version.to_owned(),
        document: "{}".to_owned(),
        loaded_by: "mira".to_owned(),
    };
    store.load_policy(&policy, now(), entry()).await.unwrap();
}

async fn switch(store: &Store, version: &str, to: PolicyState, next: Option<Timestamp>) {
    store.switch_policy("reclaim", (version, now()), to, next, now(), entry()).await.unwrap();
}

async fn schedule(store: &Store) -> ScheduleRow {
    store.schedule("Reclaim").await.unwrap()
}

fn tick(id: &str, at: Timestamp) -> TickDraft {
    let job = JobDraft { tick: Some(at), ..run_of_policy(id) };
    let skipped = entry().because("it still runs");
    TickDraft { job, entry: entry(), skipped, because: "it still runs".to_owned() }
}

fn day() -> SignedDuration {
    SignedDuration::from_hours(24)
}

fn freeze(name: &str) -> FreezeRow {
    FreezeRow {
        name: name.to_owned(),
        document: json!({ "name": name }),
        changed_by: "ana".to_owned(),
        changed_at: now(),
    }
}

both_databases! {
    async fn of_many_who_take_a_tick_at_once_one_does_and_its_job_is_there_once(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "v1").await;
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        let due = store.due_schedules(now()).await.unwrap().remove(0);
        let mut takers = Vec::new();
        for n in 0..6 {
            let (store, due) = (open(&database).await, due.clone());
            takers.push(tokio::spawn(async move {
                let jobs = [tick(&format!("job-{n}"), now())];
                store.take_tick(&due, Some(now()), Some(now() + day()), &jobs, now()).await.unwrap()
            }));
        }
        let mut taken = 0;
        for taker in takers {
            taken += u32::from(taker.await.unwrap());
        }
        assert_eq!(taken, 1);
        assert_eq!(store.jobs(&JobFilter::default()).await.unwrap().len(), 1);
        let after = schedule(&store).await;
        assert_eq!((after.next_at, after.last_at, after.revision), (Some(now() + day()), Some(now()), due.revision + 1));
        assert!(store.due_schedules(now()).await.unwrap().is_empty());
        assert_chain_is_whole(&store).await;
    }

    async fn a_tick_that_meets_a_job_that_waits_is_kept_as_skipped(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "v1").await;
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        for (n, at) in [now(), now() + day()].into_iter().enumerate() {
            let due = schedule(&store).await;
            assert!(store.take_tick(&due, Some(at), Some(at + day()), &[tick(&format!("job-{n}"), at)], at).await.unwrap());
        }
        let jobs = store.jobs(&JobFilter::default()).await.unwrap();
        let shown: Vec<_> = jobs.iter().map(|job| (job.state, job.note.as_deref(), job.tick)).collect();
        assert_eq!(shown, [(JobState::Skipped, Some("it still runs"), Some(now() + day())), (JobState::Queued, None, Some(now()))]);
        let told = store.audit(&rollcall_store::AuditFilter::default()).await.unwrap();
        assert_eq!(told.iter().filter(|entry| entry.why == "it still runs").count(), 1);
    }

    async fn an_occurrence_that_was_taken_is_not_taken_again_when_the_clock_goes_back(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "v1").await;
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        store.take_tick(&schedule(&store).await, Some(now()), Some(now() + day()), &[tick("job-1", now())], now()).await.unwrap();
        let (_, lease) = store.take_job("one", now(), MINUTE).await.unwrap().unwrap();
        let done = JobOutcome::Over { state: JobState::Done, result: None, error: None, note: None };
        store.settle_job(&lease, &done, now(), None).await.unwrap();
        // The clock goes back, and somebody switches the policy off and on.
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        let head = store.audit_head().await.unwrap();
        assert!(store.take_tick(&schedule(&store).await, Some(now()), Some(now() + day()), &[tick("job-2", now())], now()).await.unwrap());
        assert_eq!(store.jobs(&JobFilter::default()).await.unwrap().len(), 1);
        assert_eq!(store.audit_head().await.unwrap(), head);
    }

    async fn a_schedule_follows_its_policy_in_the_same_transaction(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "v1").await;
        assert_eq!((schedule(&store).await.next_at, schedule(&store).await.is_settled), (None, true));
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        let before = schedule(&store).await;
        load(&store, "v1").await;
        assert_eq!(schedule(&store).await, before, "loading the same changes nothing");
        load(&store, "v2").await;
        assert_eq!((schedule(&store).await.next_at, schedule(&store).await.version.as_str()), (None, "v2"));
        assert!(!store.take_tick(&before, Some(now()), None, &[tick("job-1", now())], now()).await.unwrap(), "it was changed meanwhile");
        assert!(store.jobs(&JobFilter::default()).await.unwrap().is_empty());
        store.remove_policy("RECLAIM", ("v2", now()), entry()).await.unwrap();
        assert!(matches!(store.schedule("reclaim").await, Err(StoreError::NotFound { .. })));
        assert!(store.schedules().await.unwrap().is_empty());
    }

    async fn a_paused_schedule_is_not_due_and_stays_paused_when_its_policy_is_switched(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "v1").await;
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        store.pause_schedule("reclaim", "v1", true, None, entry()).await.unwrap();
        assert!(store.pause_schedule("reclaim", "v1", true, None, entry()).await.is_err());
        assert!(store.due_schedules(now() + day()).await.unwrap().is_empty());
        switch(&store, "v1", PolicyState::Off, None).await;
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        assert_eq!((schedule(&store).await.is_paused, schedule(&store).await.next_at), (true, None));
        assert!(store.pause_schedule("reclaim", "v0", false, Some(now()), entry()).await.is_err(), "of another version");
        store.pause_schedule("reclaim", "v1", false, Some(now()), entry()).await.unwrap();
        assert_eq!(store.due_schedules(now()).await.unwrap().len(), 1);
    }

    async fn a_policy_that_is_off_is_never_due(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "v1").await;
        switch(&store, "v1", PolicyState::Test, Some(now())).await;
        switch(&store, "v1", PolicyState::Off, None).await;
        assert!(store.due_schedules(now() + day()).await.unwrap().is_empty());
    }

    async fn freezes_are_kept_changed_and_removed_and_what_waits_for_them_looks_again(database: TestDatabase) {
        let store = open(&database).await;
        store.set_freeze(&freeze("Year-End"), None, entry()).await.unwrap();
        assert!(matches!(store.set_freeze(&freeze("year-end"), None, entry()).await, Err(StoreError::Conflict { .. })));
        let waiting = JobDraft { due_at: now() + day(), is_frozen: true, ..run_of_policy("job-1") };
        store.add_job(&waiting, now(), entry()).await.unwrap();
        let changed = FreezeRow { changed_at: now() + MINUTE, document: json!({ "name": "year-end", "yearly": true }), ..freeze("year-end") };
        assert!(store.set_freeze(&changed, Some(now() + MINUTE), entry()).await.is_err(), "of another state");
        store.set_freeze(&changed, Some(now()), entry()).await.unwrap();
        assert_eq!(store.freeze("YEAR-END").await.unwrap(), changed);
        assert_eq!(store.job(&"job-1".into()).await.unwrap().due_at, now() + MINUTE);
        assert!(matches!(store.remove_freeze("Year-end", now(), now(), entry()).await, Err(StoreError::Stale { .. })));
        store.remove_freeze("Year-end", now() + MINUTE, now(), entry()).await.unwrap();
        assert_eq!(store.job(&"job-1".into()).await.unwrap().due_at, now());
        assert!(store.freezes().await.unwrap().is_empty());
        assert!(matches!(store.remove_freeze("year-end", now() + MINUTE, now(), entry()).await, Err(StoreError::Stale { .. })));
        assert_chain_is_whole(&store).await;
    }
}
