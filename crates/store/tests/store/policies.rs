//! Policies.

use crate::*;
use rollcall_store::{Loaded, PolicyDraft, PolicyState, RunState, StoreError};
use rollcall_testkit::both_databases;

fn policy(name: &str, version: &str) -> PolicyDraft {
    PolicyDraft {
        name: name.to_owned(),
        version: version.to_owned(),
        document: format!("name: {name} # {version}"),
        loaded_by: "mira".to_owned(),
    }
}

async fn load(store: &Store, name: &str, version: &str) -> Loaded {
    store.load_policy(&policy(name, version), now(), entry()).await.unwrap()
}

async fn switch(store: &Store, version: &str, to: PolicyState) -> Result<(), StoreError> {
    store.switch_policy("reclaim", (version, now()), to, None, now(), entry()).await
}

/// A test run of a version comes to its end.
async fn run_test(store: &Store, policy: &str, version: &str) {
    let run = add_run(store, &format!("test-of-{policy}-{version}"), 0).await;
    let lease = take(store, &run, "node-1", now()).await;
    store.finish_test_run(&lease, None, now(), vec![entry()], (policy, version, entry())).await.unwrap();
}

both_databases! {
    async fn a_saved_policy_is_off_and_goes_live_only_after_a_test_run_of_that_very_version(database: TestDatabase) {
        let store = open(&database).await;
        assert_eq!(load(&store, "reclaim", "v1").await, Loaded::New);
        assert_eq!(store.policy("Reclaim").await.unwrap().state, PolicyState::Off);
        switch(&store, "v1", PolicyState::Test).await.unwrap();
        let error = switch(&store, "v1", PolicyState::Live).await.unwrap_err();
        assert!(error.to_string().contains("has not completed a test run in this version"), "{error}");
        assert_eq!(store.policy("reclaim").await.unwrap().state, PolicyState::Test);
        run_test(&store, "reclaim", "v1").await;
        switch(&store, "v1", PolicyState::Live).await.unwrap();

        // The same again changes nothing; another version switches it off and must be tested anew.
        assert_eq!(load(&store, "reclaim", "v1").await, Loaded::Unchanged);
        assert_eq!(store.policy("reclaim").await.unwrap().state, PolicyState::Live);
        assert_eq!(load(&store, "reclaim", "v2").await, Loaded::Changed);
        let changed = store.policy("reclaim").await.unwrap();
        assert_eq!((changed.state, changed.tested_at, changed.version.as_str()), (PolicyState::Off, None, "v2"));
        assert!(switch(&store, "v2", PolicyState::Live).await.is_err());

        // Back to the first, which was tested.
        assert_eq!(load(&store, "reclaim", "v1").await, Loaded::Changed);
        switch(&store, "v1", PolicyState::Live).await.unwrap();
        let versions: Vec<_> = store.policy_versions("reclaim").await.unwrap().into_iter().map(|v| v.version).collect();
        assert_eq!(versions.len(), 2);
    }

    async fn a_switch_of_a_version_that_is_not_current_any_more_is_refused(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "reclaim", "v1").await;
        load(&store, "reclaim", "v2").await;
        let error = switch(&store, "v1", PolicyState::Test).await.unwrap_err();
        assert!(matches!(error, StoreError::Stale { what: "policy", .. }), "{error}");
        let later = now() + jiff::SignedDuration::from_secs(1);
        let switched = store.switch_policy("reclaim", ("v2", later), PolicyState::Test, None, later, entry()).await;
        assert!(matches!(switched, Err(StoreError::Stale { .. })), "the same version, but switched by somebody since");
        assert!(matches!(store.remove_policy("reclaim", ("v2", later), entry()).await, Err(StoreError::Stale { .. })));
        assert_eq!(store.policy("reclaim").await.unwrap().state, PolicyState::Off);
        let other = store.switch_policy("other", ("v1", now()), PolicyState::Test, None, now(), entry()).await;
        assert!(matches!(other, Err(StoreError::Stale { .. })), "removed since");
    }

    async fn a_test_run_and_what_it_proves_are_noted_together(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "reclaim", "v1").await;
        let entries = async || store.audit_head().await.unwrap().seq;
        let before = entries().await;
        run_test(&store, "reclaim", "v1").await;
        let each = entries().await - before;
        assert_eq!(store.policy("reclaim").await.unwrap().tested_at, Some(now()));
        // Of a version that is not there, the run ends all the same, and nothing is said of a test.
        run_test(&store, "reclaim", "v2").await;
        assert_eq!(entries().await - before, 2 * each - 1);
        let run = RunId::from("test-of-reclaim-v2");
        assert_eq!(store.run(&run).await.unwrap().state, RunState::Done);
        assert_chain_is_whole(&store).await;
    }

    async fn an_unchanged_policy_leaves_no_trace_in_the_log(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "reclaim", "v1").await;
        load(&store, "reclaim", "v1").await;
        assert_eq!(store.audit_head().await.unwrap().seq, 1);
    }

    async fn a_policy_that_is_new_takes_no_others_place(database: TestDatabase) {
        let store = open(&database).await;
        let add = async |version: &str| store.add_policy(&policy("reclaim", version), now(), entry()).await;
        let (one, two) = tokio::join!(add("v1"), add("v2"));
        let kept = if one.is_ok() { "v1" } else { "v2" };
        let lost = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(lost[..], [StoreError::Conflict { what: "policy", .. }]), "{lost:?}");
        assert!(add(kept).await.is_err(), "also one of the same content");
        assert_eq!(store.policy("reclaim").await.unwrap().version, kept);
        assert_eq!(store.policy_versions("reclaim").await.unwrap().len(), 1);
        assert_eq!(store.audit_head().await.unwrap().seq, 1);
    }

    async fn policies_are_loaded_together_or_not_at_all(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "reclaim", "v1").await;
        let both = vec![(policy("a", "v1"), entry()), (policy("RECLAIM", "v1"), entry())];
        let error = store.load_policies(both, now()).await.unwrap_err();
        assert!(error.to_string().contains("only in capital letters"), "{error}");
        assert_eq!(store.policies().await.unwrap().len(), 1);
        let both = vec![(policy("b", "v1"), entry()), (policy("reclaim", "v1"), entry()), (policy("A", "v1"), entry())];
        let loaded = store.load_policies(both, now()).await.unwrap();
        assert_eq!(loaded, [Loaded::New, Loaded::Unchanged, Loaded::New]);
        let names: Vec<_> = store.policies().await.unwrap().into_iter().map(|p| p.name).collect();
        assert_eq!(names, ["A", "b", "reclaim"]);
        assert_eq!(store.audit_head().await.unwrap().seq, 3);
    }

    async fn two_policies_of_the_same_content_are_two(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "a", "same").await;
        load(&store, "b", "same").await;
        run_test(&store, "a", "same").await;
        let tested: Vec<_> = store.policies().await.unwrap().into_iter().map(|p| p.tested_at).collect();
        assert_eq!(tested, [Some(now()), None]);
    }

    async fn a_removed_policy_keeps_its_versions_and_comes_back_off(database: TestDatabase) {
        let store = open(&database).await;
        load(&store, "reclaim", "v1").await;
        switch(&store, "v1", PolicyState::Test).await.unwrap();
        store.remove_policy("reclaim", ("v1", now()), entry()).await.unwrap();
        assert!(matches!(store.policy("reclaim").await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.policy_versions("reclaim").await.unwrap()[0].document, "name: reclaim # v1");
        assert_eq!(load(&store, "reclaim", "v1").await, Loaded::New);
        assert_eq!(store.policy("reclaim").await.unwrap().state, PolicyState::Off);
    }
}
