//! Leases: one owner at a time, and nothing from those who were.

use crate::*;
use rollcall_store::{RunState, Step, StepResult, StoreError};
use rollcall_testkit::both_databases;

both_databases! {
    async fn of_live_runs_at_one_site_one_is_worked_on_at_a_time(database: TestDatabase) {
        let store = open(&database).await;
        let (first, second) = (add_run(&store, "first", 1).await, add_run(&store, "second", 1).await);
        let lease = take(&store, &first, "one", now()).await;
        let refused = store.take_run(&second, "two", now(), MINUTE, entry()).await.unwrap_err();
        assert!(matches!(&refused, StoreError::SiteHeld { run } if *run == first), "{refused}");
        assert_eq!(store.live_runs_in_hand(&site_id(), now()).await.unwrap().len(), 1);
        // One whose lease is over hinders nobody, and then has to wait itself.
        let late = now() + MINUTE * 2;
        assert_eq!(store.live_runs_in_hand(&site_id(), late).await.unwrap(), []);
        let second_lease = take(&store, &second, "two", late).await;
        let refused = store.take_run(&first, "one", late, MINUTE, entry()).await.unwrap_err();
        assert!(matches!(&refused, StoreError::SiteHeld { run } if *run == second), "{refused}");
        store.release(second_lease).await.unwrap();
        take(&store, &first, "one", late).await;
        drop(lease);
    }

    async fn of_many_who_take_a_run_at_once_one_gets_it(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 1).await;
        let mut takers = Vec::new();
        for n in 0..8 {
            let (store, run) = (open(&database).await, run.clone());
            takers.push(tokio::spawn(async move { store.take_run(&run, &format!("worker-{n}"), now(), MINUTE, entry()).await }));
        }
        let mut taken = 0;
        for taker in takers {
            match taker.await.unwrap() {
                Ok(lease) => {
                    assert_eq!(lease.epoch(), 1);
                    taken += 1;
                }
                Err(error) => assert!(matches!(error, StoreError::LeaseHeld { .. }), "{error}"),
            }
        }
        assert_eq!(taken, 1);
        assert_chain_is_whole(&store).await;
    }

    async fn a_run_is_free_when_its_lease_has_run_out_and_not_before(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 1).await;
        let lease = take(&store, &run, "one", now()).await;
        let soon = now() + MINUTE - SignedDuration::from_micros(1);
        let error = store.take_run(&run, "two", soon, MINUTE, entry()).await.unwrap_err();
        assert!(matches!(&error, StoreError::LeaseHeld { owner, until, .. } if owner == "one" && *until == lease.until()), "{error}");
        assert!(store.free_runs(soon).await.unwrap().is_empty());
        assert_eq!(store.free_runs(now() + MINUTE).await.unwrap().len(), 1);
        let second = take(&store, &run, "two", now() + MINUTE).await;
        assert_eq!((second.epoch(), second.owner()), (2, "two"));
        assert_eq!(store.run(&run).await.unwrap().started_at, Some(now()), "it was begun once");
    }

    async fn whoever_lost_the_lease_changes_no_row(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 3).await;
        let zombie = take(&store, &run, "one", now()).await;
        store.commit_steps(&zombie, &[Step::Claim { seq: 0 }], now()).await.unwrap();
        // It slept; the same process may even have come back under the same name.
        let later = now() + MINUTE + MINUTE;
        let lease = take(&store, &run, "one", later).await;
        let (before, items) = (store.run(&run).await.unwrap(), store.items(&run, &[], None, 9).await.unwrap());
        let head = store.audit_head().await.unwrap();

        let record = Step::Record { seq: 0, to: ItemState::Done, code: None, reason: None, detail: None };
        let lost = [
            store.commit_steps(&zombie, std::slice::from_ref(&record), later).await.map(drop),
            store.commit_steps(&zombie, &[Step::Claim { seq: 1 }, record.clone()], later).await.map(drop),
            store.renew(&zombie, later, MINUTE).await.map(drop),
            store.finish_run(&zombie, RunState::Failed, Some(&json!({})), later, entry()).await,
            store.release(zombie).await,
        ];
        for lost in lost {
            assert!(matches!(lost, Err(StoreError::LeaseLost { .. })), "{lost:?}");
        }
        assert_eq!(store.run(&run).await.unwrap(), before);
        assert_eq!(store.items(&run, &[], None, 9).await.unwrap(), items);
        assert_eq!(store.audit_head().await.unwrap(), head);

        let results = store.commit_steps(&lease, &[Step::Claim { seq: 0 }, record], later).await.unwrap();
        assert_eq!(results, [StepResult::Claimed { attempt: 2 }, StepResult::Recorded]);
    }

    async fn a_renewed_lease_holds_longer_also_when_it_had_run_out(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 1).await;
        let lease = take(&store, &run, "one", now()).await;
        let late = now() + MINUTE + MINUTE;
        let renewal = store.renew(&lease, late, MINUTE).await.unwrap();
        assert_eq!((renewal.lease.until(), renewal.lease.epoch(), renewal.stop), (late + MINUTE, 1, None));
        assert!(matches!(store.take_run(&run, "two", late, MINUTE, entry()).await, Err(StoreError::LeaseHeld { .. })));
    }

    async fn a_run_given_back_is_free_at_once_and_keeps_its_state(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 2).await;
        let lease = take(&store, &run, "one", now()).await;
        store.commit_steps(&lease, &[Step::Claim { seq: 0 }], now()).await.unwrap();
        store.release(lease).await.unwrap();
        let row = store.run(&run).await.unwrap();
        assert_eq!((row.state, row.owner, row.counts.of(ItemState::Started)), (RunState::Running, None, 1));
        assert_eq!(take(&store, &run, "two", now()).await.epoch(), 2);
    }

    async fn a_run_whose_owner_died_can_be_stopped(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 2).await;
        let lease = take(&store, &run, "one", now()).await;
        store.commit_steps(&lease, &[Step::Claim { seq: 0 }], now()).await.unwrap();
        let late = now() + MINUTE;
        assert_eq!(store.request_stop(&run, "it died", late, entry()).await.unwrap(), rollcall_store::Stop::Stopped);
        // If it did not die, it now learns of it.
        assert!(matches!(store.commit_steps(&lease, &[Step::Claim { seq: 1 }], late).await, Err(StoreError::LeaseLost { .. })));
        assert_counters_are_right(&store, &run).await;
    }

    async fn a_run_that_was_asked_to_stop_and_lost_its_owner_is_taken_to_be_stopped(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 2).await;
        take(&store, &run, "one", now()).await;
        store.request_stop(&run, "enough", now(), entry()).await.unwrap();
        let lease = take(&store, &run, "two", now() + MINUTE).await;
        assert_eq!(store.run(&run).await.unwrap().state, RunState::Stopping);
        assert_eq!(store.commit_steps(&lease, &[Step::Claim { seq: 0 }], now()).await.unwrap(), [StepResult::Stopped]);
        store.finish_run(&lease, RunState::Stopped, None, now(), entry()).await.unwrap();
    }

    async fn a_run_that_is_not_there_cannot_be_taken(database: TestDatabase) {
        let store = open(&database).await;
        let error = store.take_run(&"run-1".into(), "one", now(), MINUTE, entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound { what: "run", .. }), "{error}");
        assert!(matches!(store.request_stop(&"run-1".into(), "", now(), entry()).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.resume_run(&"run-1".into(), None, entry()).await, Err(StoreError::NotFound { .. })));
    }
}
