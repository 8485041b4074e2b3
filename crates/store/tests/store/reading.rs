//! Lists that are read page by page.

use crate::*;
use rollcall_store::{AuditFilter, PlanFilter, PlanStanding, RunFilter, StoreError};
use rollcall_testkit::both_databases;

/// Plans, each made a minute after the one before, but the last two at the same instant.
async fn add_plans(store: &Store) -> Vec<String> {
    let variants = [
        ("a", ApprovalState::NotNeeded, false),
        ("b", ApprovalState::Awaited, false),
        ("c", ApprovalState::Awaited, true),
        ("d", ApprovalState::Rejected, true),
        ("e", ApprovalState::Approved, false),
        ("f", ApprovalState::NotNeeded, true),
    ];
    for (minute, (id, approval, is_blocked)) in variants.into_iter().enumerate() {
        let made_at = now() + MINUTE * i32::try_from(minute.min(4)).unwrap();
        let policy = Some(if id < "d" { "early" } else { "late" }.to_owned());
        let row = PlanRow { made_at, approval, is_blocked, policy, ..plan(id) };
        store.add_plan(&row, b"[]", entry()).await.unwrap();
    }
    variants.iter().rev().map(|(id, ..)| (*id).to_owned()).collect()
}

async fn ids(store: &Store, filter: &PlanFilter, at: Timestamp) -> Vec<String> {
    store.plans(filter, at).await.unwrap().into_iter().map(|listed| listed.plan.id.to_string()).collect()
}

both_databases! {
    async fn every_plan_stands_in_exactly_one_place(database: TestDatabase) {
        let store = open(&database).await;
        let all = add_plans(&store).await;
        let run = RunDraft { id: "run-1".into(), plan: "a".into(), undo_of: None, started_by: "mira".to_owned(), job: None, during_freeze: false };
        store.create_run(&run, &[item(1)], now(), vec![entry()]).await.unwrap();
        let late = now() + SignedDuration::from_hours(48);
        for (at, expected) in [
            (now(), [vec!["a"], vec!["d"], vec![], vec!["f", "c"], vec!["b"], vec!["e"]]),
            (late, [vec!["a"], vec!["d"], vec!["f", "e", "c", "b"], vec![], vec![], vec![]]),
        ] {
            let mut found = Vec::new();
            for (standing, expected) in PlanStanding::ALL.into_iter().zip(expected) {
                let filter = PlanFilter { standing: Some(standing), ..PlanFilter::default() };
                let listed = store.plans(&filter, at).await.unwrap();
                assert!(listed.iter().all(|plan| plan.standing(at) == standing), "{standing:?}: {listed:?}");
                assert_eq!(ids(&store, &filter, at).await, expected, "{standing:?}");
                assert_eq!(store.count_plans(&filter, at).await.unwrap(), expected.len() as u64);
                found.extend(ids(&store, &filter, at).await);
            }
            found.sort();
            found.reverse();
            assert_eq!(found, all);
        }
        let late = PlanFilter { policy: Some("late".to_owned()), ..PlanFilter::default() };
        assert_eq!(ids(&store, &late, now()).await, ["f", "e", "d"]);
    }

    async fn pages_of_plans_put_together_are_the_list(database: TestDatabase) {
        let store = open(&database).await;
        let all = add_plans(&store).await;
        for size in 1..=7 {
            let (mut walked, mut before) = (Vec::new(), None);
            loop {
                let filter = PlanFilter { before, limit: Some(size), ..PlanFilter::default() };
                let page = store.plans(&filter, now()).await.unwrap();
                let Some(last) = page.last() else { break };
                before = Some((last.plan.made_at, last.plan.id.clone()));
                walked.extend(page.into_iter().map(|listed| listed.plan.id.to_string()));
            }
            assert_eq!(walked, all, "pages of {size}");
        }
    }

    async fn pages_of_runs_put_together_are_the_list(database: TestDatabase) {
        let store = open(&database).await;
        for id in ["r1", "r2", "r3", "r4", "r5"] {
            // All at the same instant: the id decides.
            add_run(&store, id, 1).await;
        }
        for size in 1..=6 {
            let (mut walked, mut before) = (Vec::new(), None);
            loop {
                let filter = RunFilter { before, limit: Some(size), ..RunFilter::default() };
                let page = store.runs(&filter).await.unwrap();
                let Some(last) = page.last() else { break };
                before = Some((last.created_at, last.id.clone()));
                walked.extend(page.into_iter().map(|run| run.id.to_string()));
            }
            assert_eq!(walked, ["r5", "r4", "r3", "r2", "r1"], "pages of {size}");
        }
        let test = RunFilter { mode: Some(Mode::Test), ..RunFilter::default() };
        assert_eq!(store.runs(&test).await.unwrap(), []);
        let live = RunFilter { mode: Some(Mode::Live), ..RunFilter::default() };
        assert_eq!(store.runs(&live).await.unwrap().len(), 5);
    }

    async fn items_are_found_by_their_places(database: TestDatabase) {
        let store = open(&database).await;
        let run = add_run(&store, "run-1", 6).await;
        let seqs = async |states: &[ItemState], places: &[u32]| {
            let items = store.items_at(&run, states, places).await.unwrap();
            items.into_iter().map(|item| item.seq).collect::<Vec<_>>()
        };
        assert_eq!(seqs(&[], &[4, 1, 9]).await, [1, 4]);
        assert_eq!(seqs(&[], &[]).await, [0_u32; 0]);
        assert_eq!(seqs(&[ItemState::Done], &[1, 4]).await, [0_u32; 0]);
        assert_eq!(seqs(&[ItemState::Pending, ItemState::Done], &[5]).await, [5]);
    }

    async fn the_audit_log_is_read_from_both_sides(database: TestDatabase) {
        let store = open(&database).await;
        let drafts = |actor: &str| vec![Draft::new(now(), actor, EntryKind::LIST_CHANGED, Subject::default())];
        for actor in ["mira", "noor", "mira", "mira"] {
            store.append_audit(drafts(actor)).await.unwrap();
        }
        let seqs = async |filter: AuditFilter| {
            store.audit(&filter).await.unwrap().into_iter().map(|entry| entry.seq).collect::<Vec<_>>()
        };
        assert_eq!(seqs(AuditFilter { after: Some(1), before: Some(4), ..AuditFilter::default() }).await, [2, 3]);
        let mira = AuditFilter { actor: Some("mira".to_owned()), newest_first: true, ..AuditFilter::default() };
        assert_eq!(seqs(mira).await, [4, 3, 1]);
        assert_eq!(seqs(AuditFilter { until: Some(now()), ..AuditFilter::default() }).await, [0_u64; 0]);
        assert!(store.has_audit_of(&["x", "list.changed"], 3, 4).await.unwrap());
        assert!(!store.has_audit_of(&["list.changed"], 4, 9).await.unwrap());
        assert!(!store.has_audit_of(&["list.removed"], 0, 4).await.unwrap());
    }

    async fn a_policy_is_replaced_only_by_whoever_saw_it_as_it_is(database: TestDatabase) {
        use rollcall_store::{Loaded, PolicyDraft, PolicyState};
        let store = open(&database).await;
        let draft = |version: &str| PolicyDraft {
            name: "reclaim".to_owned(),
            version: version.to_owned(),
            document: "{}".to_owned(),
            loaded_by: "mira".to_owned(),
        };
        store.load_policy(&draft("v1"), now(), entry()).await.unwrap();
        let replaced = store.replace_policy(&draft("v2"), ("v1", now()), now() + MINUTE, entry()).await;
        assert_eq!(replaced.unwrap(), Loaded::Changed);
        for seen in [("v1", now()), ("v2", now()), ("v1", now() + MINUTE)] {
            let refused = store.replace_policy(&draft("v3"), seen, now() + MINUTE, entry()).await;
            assert!(matches!(refused, Err(StoreError::Stale { .. })), "{seen:?}");
        }
        let row = store.policy("reclaim").await.unwrap();
        assert_eq!((row.version.as_str(), row.state), ("v2", PolicyState::Off));
        assert_chain_is_whole(&store).await;
    }
}
