//! Jobs and duties: taken by one node at a time, lost by none.

use crate::*;
use rollcall_model::{JobId, Role};
use rollcall_store::{JobDraft, JobFilter, JobKind, JobLease, JobOutcome, JobRow, JobState, StoreError};
use rollcall_testkit::both_databases;

pub(crate) fn job(id: &str) -> JobDraft {
    JobDraft {
        id: id.into(),
        kind: JobKind::Sync,
        payload: json!({ "kind": "sync", "site": "wiki" }),
        site: Some(site_id()),
        policy: None,
        tick: None,
        writes: false,
        state: JobState::Queued,
        due_at: now(),
        is_frozen: false,
        asked_by: "mira".to_owned(),
        role: Role::Operator,
        is_local: false,
        note: None,
        error: None,
    }
}

pub(crate) fn run_of_policy(id: &str) -> JobDraft {
    JobDraft { kind: JobKind::RunPolicy, policy: Some("reclaim".to_owned()), writes: true, ..job(id) }
}

async fn add(store: &Store, job: &JobDraft) {
    store.add_job(job, now(), entry()).await.unwrap();
}

async fn taken(store: &Store, owner: &str, at: Timestamp) -> Option<(JobRow, JobLease)> {
    store.take_job(owner, at, MINUTE).await.unwrap()
}

fn done() -> JobOutcome {
    JobOutcome::Over {
        state: JobState::Done,
        result: Some(json!({ "ended": "read" })),
        error: None,
        note: None,
    }
}

fn again(due_at: Timestamp) -> JobOutcome {
    let error = Some(("busy".to_owned(), "the site is busy".to_owned()));
    JobOutcome::Again { due_at, is_attempt: true, is_frozen: false, error, note: Some("later".to_owned()) }
}

both_databases! {
    async fn a_job_comes_back_as_it_was_asked_for(database: TestDatabase) {
        let store = open(&database).await;
        let draft = JobDraft { tick: Some(now()), note: Some("late\0".to_owned()), ..run_of_policy("job-1") };
        add(&store, &draft).await;
        let row = store.job(&"job-1".into()).await.unwrap();
        assert_eq!((row.kind, row.payload, row.site, row.policy, row.tick), (draft.kind, draft.payload, draft.site, draft.policy, draft.tick));
        assert_eq!((row.state, row.due_at, row.attempts, row.role, row.is_local), (JobState::Queued, now(), 0, Role::Operator, false));
        assert_eq!((row.created_at, row.started_at, row.owner, row.note.as_deref()), (now(), None, None, Some("late\u{FFFD}")));
        assert!(matches!(store.job(&"job-2".into()).await, Err(StoreError::NotFound { what: "job", .. })));
        assert!(matches!(store.add_job(&job("job-1"), now(), entry()).await, Err(StoreError::Conflict { .. })));
        assert_chain_is_whole(&store).await;
    }

    async fn of_many_who_take_a_job_at_once_one_gets_it(database: TestDatabase) {
        let store = open(&database).await;
        add(&store, &job("job-1")).await;
        let mut takers = Vec::new();
        for n in 0..6 {
            let store = open(&database).await;
            takers.push(tokio::spawn(async move { taken(&store, &format!("node-{n}"), now()).await.is_some() }));
        }
        let mut got = 0;
        for taker in takers {
            got += u32::from(taker.await.unwrap());
        }
        assert_eq!(got, 1);
    }

    async fn jobs_are_taken_when_they_are_due_the_oldest_first(database: TestDatabase) {
        let store = open(&database).await;
        add(&store, &JobDraft { due_at: now() + MINUTE, ..job("job-1") }).await;
        add(&store, &job("job-2")).await;
        assert_eq!(taken(&store, "one", now()).await.unwrap().0.id, "job-2".into());
        assert!(taken(&store, "one", now()).await.is_none());
        assert_eq!(taken(&store, "one", now() + MINUTE).await.unwrap().0.id, "job-1".into());
    }

    async fn one_job_at_a_time_writes_at_a_site_and_others_are_not_held_up(database: TestDatabase) {
        let store = open(&database).await;
        let writing = |id: &str| JobDraft { kind: JobKind::Apply, writes: true, ..job(id) };
        add(&store, &writing("job-1")).await;
        add(&store, &writing("job-2")).await;
        add(&store, &JobDraft { site: Some("site-2".into()), ..writing("job-3") }).await;
        add(&store, &job("job-4")).await;
        let mut ids = Vec::new();
        let mut first = None;
        while let Some((row, lease)) = taken(&store, "one", now()).await {
            ids.push(row.id.to_string());
            first.get_or_insert(lease);
        }
        assert_eq!(ids, ["job-1", "job-3", "job-4"]);
        assert!(store.settle_job(&first.unwrap(), &done(), now(), None).await.unwrap());
        assert_eq!(taken(&store, "one", now()).await.unwrap().0.id, "job-2".into());
    }

    async fn a_live_run_that_somebody_works_on_holds_a_writing_job_up(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 1).await;
        let lease = take(&store, &run, "shell", now()).await;
        add(&store, &JobDraft { kind: JobKind::Apply, writes: true, ..job("job-1") }).await;
        assert!(taken(&store, "one", now()).await.is_none());
        store.release(lease).await.unwrap();
        assert!(taken(&store, "one", now()).await.is_some());
    }

    async fn a_job_is_taken_over_when_its_lease_has_run_out_and_its_first_owner_changes_nothing_more(database: TestDatabase) {
        let store = open(&database).await;
        add(&store, &run_of_policy("job-1")).await;
        let (_, zombie) = taken(&store, "one", now()).await.unwrap();
        assert!(taken(&store, "two", now() + MINUTE - SignedDuration::from_micros(1)).await.is_none());
        let (row, lease) = taken(&store, "two", now() + MINUTE).await.unwrap();
        assert_eq!((row.epoch, row.started_at), (2, Some(now())), "it was begun once");
        assert_eq!(store.renew_job(&zombie, now(), MINUTE).await.unwrap(), None);
        assert!(!store.settle_job(&zombie, &done(), now(), Some(entry())).await.unwrap());
        assert_eq!(store.job(&row.id).await.unwrap().state, JobState::Running);
        assert_eq!(store.renew_job(&lease, now() + MINUTE, MINUTE).await.unwrap(), Some(false));
        assert!(store.settle_job(&lease, &done(), now() + MINUTE, None).await.unwrap());
        let row = store.job(&row.id).await.unwrap();
        assert_eq!((row.state, row.result, row.finished_at, row.owner), (JobState::Done, Some(json!({ "ended": "read" })), Some(now() + MINUTE), None));
    }

    async fn a_dead_owner_is_known_and_its_jobs_are_free_at_once(database: TestDatabase) {
        let store = open(&database).await;
        add(&store, &job("job-1")).await;
        taken(&store, "dead", now()).await.unwrap();
        assert!(store.take_duty("mail", "dead too", MINUTE, now(), MINUTE).await.unwrap());
        let mut owners = store.owners().await.unwrap();
        owners.sort();
        assert_eq!(owners, ["dead", "dead too"]);
        store.expire_owner("dead", now()).await.unwrap();
        assert_eq!(taken(&store, "two", now()).await.unwrap().1.epoch, 2);
    }

    async fn a_job_that_is_tried_again_waits_and_counts(database: TestDatabase) {
        let store = open(&database).await;
        add(&store, &job("job-1")).await;
        let (_, lease) = taken(&store, "one", now()).await.unwrap();
        assert!(store.settle_job(&lease, &again(now() + MINUTE), now(), None).await.unwrap());
        let row = store.job(&"job-1".into()).await.unwrap();
        assert_eq!((row.state, row.attempts, row.due_at, row.finished_at), (JobState::Queued, 1, now() + MINUTE, None));
        assert_eq!((row.error.unwrap().0.as_str(), row.note.as_deref()), ("busy", Some("later")));
        assert!(taken(&store, "one", now()).await.is_none());
        let (_, lease) = taken(&store, "one", now() + MINUTE).await.unwrap();
        store.settle_job(&lease, &done(), now() + MINUTE, None).await.unwrap();
        let row = store.job(&"job-1".into()).await.unwrap();
        assert_eq!((row.state, row.error, row.note.as_deref()), (JobState::Done, None, Some("later")));
    }

    async fn a_job_that_waits_is_cancelled_at_once_and_one_that_runs_is_asked_to_end(database: TestDatabase) {
        let store = open(&database).await;
        add(&store, &job("job-1")).await;
        add(&store, &job("job-2")).await;
        let (row, lease) = taken(&store, "one", now()).await.unwrap();
        assert_eq!(row.id, "job-1".into());
        assert_eq!(store.cancel_job(&"job-2".into(), "not needed", now(), entry()).await.unwrap(), JobState::Cancelled);
        assert_eq!(store.cancel_job(&"job-1".into(), "not needed", now(), entry()).await.unwrap(), JobState::Running);
        assert_eq!(store.renew_job(&lease, now(), MINUTE).await.unwrap(), Some(true));
        for id in ["job-1", "job-2"] {
            assert!(matches!(store.cancel_job(&id.into(), "again", now(), entry()).await, Err(StoreError::Conflict { .. })), "{id}");
        }
        // It does not go back to wait: nobody wants it.
        store.settle_job(&lease, &again(now() + MINUTE), now(), None).await.unwrap();
        let row = store.job(&"job-1".into()).await.unwrap();
        assert_eq!((row.state, row.finished_at), (JobState::Cancelled, Some(now())));
        assert!(matches!(store.cancel_job(&"job-3".into(), "", now(), entry()).await, Err(StoreError::NotFound { .. })));
    }

    async fn a_policy_waits_or_runs_once_at_a_site(database: TestDatabase) {
        let store = open(&database).await;
        add(&store, &run_of_policy("job-1")).await;
        let second = run_of_policy("job-2");
        let error = store.add_job(&second, now(), entry()).await.unwrap_err();
        assert!(error.to_string().contains("job-1"), "{error}");
        add(&store, &JobDraft { site: Some("site-2".into()), ..run_of_policy("job-3") }).await;
        let (_, lease) = taken(&store, "one", now()).await.unwrap();
        assert!(store.add_job(&second, now(), entry()).await.is_err(), "also while it runs");
        store.settle_job(&lease, &done(), now(), None).await.unwrap();
        add(&store, &second).await;
    }

    async fn several_jobs_are_queued_together_or_not_at_all(database: TestDatabase) {
        let store = open(&database).await;
        let at = |site: &str, id: &str| JobDraft { site: Some(site.into()), ..run_of_policy(id) };
        add(&store, &at("site-2", "job-1")).await;
        let before = store.audit_head().await.unwrap();
        let both = vec![(at("site-1", "job-2"), entry()), (at("site-2", "job-3"), entry())];
        let error = store.add_jobs(both, now()).await.unwrap_err();
        assert!(error.to_string().contains("job-1"), "{error}");
        assert!(matches!(store.job(&"job-2".into()).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.audit_head().await.unwrap(), before);
        let both = vec![(at("site-1", "job-4"), entry()), (at("site-3", "job-5"), entry())];
        store.add_jobs(both, now()).await.unwrap();
        assert_eq!(store.audit_head().await.unwrap().seq, before.seq + 2);
    }

    async fn jobs_are_listed_newest_first_by_what_they_are(database: TestDatabase) {
        let store = open(&database).await;
        for n in 1..=5 {
            add(&store, &JobDraft { site: Some(format!("site-{}", n % 2).into()), ..job(&format!("job-{n}")) }).await;
        }
        add(&store, &run_of_policy("job-6")).await;
        store.cancel_job(&"job-4".into(), "", now(), entry()).await.unwrap();
        let ids = async |filter: JobFilter| -> Vec<String> {
            store.jobs(&filter).await.unwrap().into_iter().map(|row| row.id.to_string()).collect()
        };
        assert_eq!(ids(JobFilter { limit: Some(2), ..JobFilter::default() }).await, ["job-6", "job-5"]);
        let before: Option<JobId> = Some("job-5".into());
        assert_eq!(ids(JobFilter { before, limit: Some(2), ..JobFilter::default() }).await, ["job-4", "job-3"]);
        assert_eq!(ids(JobFilter { site: Some("site-0".into()), ..JobFilter::default() }).await, ["job-4", "job-2"]);
        assert_eq!(ids(JobFilter { kind: Some(JobKind::RunPolicy), ..JobFilter::default() }).await, ["job-6"]);
        assert_eq!(ids(JobFilter { policy: Some("reclaim".to_owned()), ..JobFilter::default() }).await, ["job-6"]);
        let over = JobFilter { states: vec![JobState::Cancelled, JobState::Done], ..JobFilter::default() };
        assert_eq!(store.count_jobs(&over).await.unwrap(), 1);
        assert_eq!(ids(over).await, ["job-4"]);
    }

    async fn what_a_job_made_is_found_by_it(database: TestDatabase) {
        let store = open(&database).await;
        let of_job = Some(JobId::from("job-1"));
        let plan = PlanRow { job: of_job.clone(), ..plan("plan-1") };
        store.add_plan(&plan, b"[]", entry()).await.unwrap();
        assert_eq!(store.plan(&plan.id).await.unwrap(), plan);
        let run = RunDraft { id: "run-1".into(), plan: plan.id.clone(), undo_of: None, started_by: "mira".to_owned(), job: of_job.clone(), during_freeze: true };
        store.create_run(&run, &[item(0)], now(), vec![entry()]).await.unwrap();
        assert_eq!(store.plans_of_job(&"job-1".into()).await.unwrap(), [plan.id]);
        assert_eq!(store.run_of_job(&"job-1".into()).await.unwrap(), Some("run-1".into()));
        assert_eq!(store.run_of_job(&"job-2".into()).await.unwrap(), None);
        let row = store.run(&run.id).await.unwrap();
        assert_eq!((row.job, row.during_freeze), (of_job, true));
    }

    async fn a_duty_is_done_by_one_node_at_a_time_and_not_before_it_is_due(database: TestDatabase) {
        let store = open(&database).await;
        let every = SignedDuration::from_mins(5);
        let take = async |owner: &str, at: Timestamp| store.take_duty("mail", owner, every, at, MINUTE).await.unwrap();
        assert!(take("one", now()).await);
        assert!(!take("two", now()).await, "somebody does it");
        assert!(!take("two", now() + MINUTE).await, "it is not due");
        store.settle_duty("mail", "one", Some("the server is away"), now()).await.unwrap();
        let row = store.duties().await.unwrap().remove(0);
        assert_eq!((row.next_at, row.last_at, row.last_error.as_deref()), (now() + every, Some(now()), Some("the server is away")));
        assert!(take("two", now() + every).await);
        // It dies. Its lease runs out, and the next time another node does it.
        assert!(!take("three", now() + every + every - MINUTE).await);
        assert!(take("three", now() + every + every).await);
        assert!(!store.renew_duty("mail", "two", now() + every + every).await.unwrap());
        store.settle_duty("mail", "two", None, now()).await.unwrap();
        assert_eq!(store.duties().await.unwrap().remove(0).last_at, Some(now()), "who lost it says nothing more");
        // A clock that was ahead and was set back does not silence it.
        store.settle_duty("mail", "three", None, now()).await.unwrap();
        assert!(take("one", now() - SignedDuration::from_hours(24)).await);
    }
}
