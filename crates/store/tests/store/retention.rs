//! What has outlived its use is dropped, and never silently.

use crate::*;
use rollcall_audit::{Dropped, Fault, Head};
use rollcall_store::{Delivery, MailDraft, Next, Past, RunState, SnapshotRow, StoreError};
use rollcall_testkit::both_databases;

fn snapshot(id: &str, minutes: i32) -> SnapshotRow {
    SnapshotRow {
        id: id.into(),
        site: site_id(),
        taken_at: now() + MINUTE * minutes,
        hash: "c0ffee".to_owned(),
        accounts: 12,
        bytes: 0,
        encoding: 1,
    }
}

fn kept_by(last: Head, count: u64) -> Draft {
    let mut draft = Draft::new(now(), "retention", EntryKind::AUDIT_DROPPED, Subject::default());
    draft.details = Dropped::details(last, count);
    draft
}

async fn log_a_year(store: &Store) {
    let day = SignedDuration::from_hours(24);
    let drafts = (0..365).map(|n| Draft { at: now() + day * n, ..entry() }).collect();
    store.append_audit(drafts).await.unwrap();
}

both_databases! {
    async fn a_snapshot_that_is_needed_or_the_newest_stays(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        for (at, id) in ["old", "planned", "expired", "running", "done", "newest"].into_iter().enumerate() {
            store.add_snapshot(&snapshot(id, at as i32), b"x", None, entry()).await.unwrap();
        }
        let on = |id: &str, snapshot: &str, hours: i64| PlanRow {
            snapshot: snapshot.into(),
            expires_at: now() + SignedDuration::from_hours(hours),
            ..plan(id)
        };
        store.add_plan(&on("p1", "planned", 24), b"[]", entry()).await.unwrap();
        store.add_plan(&on("p2", "expired", -1), b"[]", entry()).await.unwrap();
        for (id, state) in [("running", RunState::Stopped), ("done", RunState::Done)] {
            let plan = on(&format!("plan of {id}"), id, 24);
            store.add_plan(&plan, b"[]", entry()).await.unwrap();
            let run = RunDraft {
                id: id.into(),
                plan: plan.id,
                undo_of: None,
                started_by: "mira".to_owned(),
                job: None,
                during_freeze: false,
            };
            store.create_run(&run, &[], now(), vec![entry()]).await.unwrap();
            let lease = take(&store, &run.id, "p", now()).await;
            store.finish_run(&lease, state, None, now(), entry()).await.unwrap();
        }
        let needed: Vec<_> = store.snapshots_needed(now()).await.unwrap().into_iter().map(|id| id.to_string()).collect();
        assert_eq!(needed, ["planned", "running"]);
        let mut dropped = Vec::new();
        for snapshot in store.snapshots(&site_id()).await.unwrap() {
            if store.drop_snapshot(&snapshot.id, now(), entry()).await.unwrap() {
                dropped.push(snapshot.id.to_string());
            }
        }
        assert_eq!(dropped, ["done", "expired", "old"]);
        assert_chain_is_whole(&store).await;
    }

    async fn items_of_old_runs_go_and_the_runs_stay(database: TestDatabase) {
        let store = open(&database).await;
        let (old, open_run) = (add_run(&store, "old", 3).await, add_run(&store, "open", 3).await);
        let never = plan("never applied");
        store.add_plan(&never, b"[]", entry()).await.unwrap();
        let lease = take(&store, &old, "p", now()).await;
        store.finish_run(&lease, RunState::Stopped, Some(&json!({})), now(), entry()).await.unwrap();
        let later = now() + SignedDuration::from_hours(24 * 800);
        assert_eq!(store.old_runs(now(), 10).await.unwrap(), []);
        assert_eq!(store.old_runs(later, 10).await.unwrap(), std::slice::from_ref(&old));
        assert_eq!(store.old_plans(later, 10).await.unwrap(), std::slice::from_ref(&never.id));
        let both = [old.clone(), open_run.clone()];
        assert_eq!(store.drop_items_of(&both, later, later, entry()).await.unwrap(), 1);
        assert_eq!(store.drop_plans(&[never.id.clone(), "plan-of-open".into()], later, entry()).await.unwrap(), 1);

        assert_eq!(store.items(&old, &[], None, 10).await.unwrap(), []);
        assert_eq!(store.run(&old).await.unwrap().counts.of(ItemState::Stopped), 3, "the counts stay");
        assert_eq!(store.items(&open_run, &[], None, 10).await.unwrap().len(), 3);
        let error = store.plan_body(&"plan-of-old".into()).await.unwrap_err();
        assert!(matches!(error, StoreError::Dropped { at, .. } if at == later), "{error}");
        assert!(matches!(store.plan_body(&never.id).await, Err(StoreError::Dropped { .. })));
        assert_eq!(store.plan_body(&"plan-of-open".into()).await.unwrap(), b"[]");
        assert_eq!(store.old_runs(later, 10).await.unwrap(), [], "once is enough");
        assert_chain_is_whole(&store).await;
    }

    async fn only_mails_that_were_sent_go(database: TestDatabase) {
        let store = open(&database).await;
        for id in ["sent", "waiting"] {
            let mail = MailDraft {
                id: id.to_owned(),
                message_id: id.to_owned(),
                recipients: vec!["mira@example.org".to_owned()],
                subject: id.to_owned(),
                raw: vec![1],
            };
            store.queue_mail(&mail, now()).await.unwrap();
        }
        let sent = Delivery { served: vec!["mira@example.org".to_owned()], bounced: Vec::new(), next: Next::Over };
        let (taken, _) = store.take_mail(now(), now() + MINUTE).await.unwrap().unwrap();
        store.settle_mail(&taken, &sent, now(), None).await.unwrap();
        let nothing = store.drop_past(Past::SentMails, now(), |_| unreachable!("nothing is to be said")).await.unwrap();
        assert_eq!(nothing.count, 0);
        let gone = store.drop_past(Past::SentMails, now() + MINUTE, |gone| entry().details(json!({ "count": gone.count }))).await.unwrap();
        assert_eq!((gone.count, gone.oldest), (1, Some(now())));
        assert_eq!(store.mails(None, 10).await.unwrap().len(), 1);
    }

    async fn a_log_whose_oldest_entries_were_dropped_verifies_and_says_so(database: TestDatabase) {
        let store = open(&database).await;
        log_a_year(&store).await;
        let early = store.audit(&rollcall_store::AuditFilter::default()).await.unwrap();
        let cut = now() + SignedDuration::from_hours(24 * 100);
        assert_eq!(store.old_audit(cut).await.unwrap(), Some((Head::from(&early[99]), 100)));
        assert_eq!(store.drop_audit(cut, kept_by).await.unwrap(), Some((Head::from(&early[99]), 100)));
        let verified = store.verify_audit([Head::from(&early[200])]).await.unwrap().unwrap();
        assert_eq!((verified.head.seq, verified.dropped.unwrap().last), (366, Head::from(&early[99])));
        assert_eq!(store.audit(&rollcall_store::AuditFilter::default()).await.unwrap()[0].seq, 101);

        // Again, and once more with nothing to do.
        let cut = now() + SignedDuration::from_hours(24 * 150);
        assert_eq!(store.drop_audit(cut, kept_by).await.unwrap(), Some((Head::from(&early[149]), 50)));
        assert_eq!(store.drop_audit(cut, kept_by).await.unwrap(), None);
        assert_eq!(store.verify_audit([]).await.unwrap().unwrap().dropped.unwrap().last.seq, 150);
        let gone = store.verify_audit([Head::from(&early[20])]).await.unwrap().unwrap_err();
        assert_eq!((gone.seq, gone.fault), (21, Fault::Dropped));
    }

    async fn whoever_cuts_the_log_by_hand_is_found_out(database: TestDatabase) {
        let store = open(&database).await;
        log_a_year(&store).await;
        store.drop_audit(now() + SignedDuration::from_hours(24 * 10), kept_by).await.unwrap();
        raw(&database, "DELETE FROM audit_entries WHERE seq <= 20;
            UPDATE audit_checkpoint SET seq = 20, hash = (SELECT previous_hash FROM audit_entries WHERE seq = 21)").await;
        let broken = store.verify_audit([]).await.unwrap().unwrap_err();
        assert_eq!((broken.seq, broken.fault), (20, Fault::Unvouched));
    }

    async fn everything_may_be_old_and_the_entry_about_it_stays(database: TestDatabase) {
        let store = open(&database).await;
        log_a_year(&store).await;
        let (last, count) = store.drop_audit(now() + SignedDuration::from_hours(24 * 4000), kept_by).await.unwrap().unwrap();
        assert_eq!((last.seq, count), (365, 365));
        assert_eq!(store.verify_audit([last]).await.unwrap().unwrap().head.seq, 366);
        store.append_audit(vec![entry()]).await.unwrap();
        assert_eq!(store.verify_audit([]).await.unwrap().unwrap().head.seq, 367);
    }
}
