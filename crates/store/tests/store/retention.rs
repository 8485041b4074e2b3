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

/// Whoever is told of the log is told of all of it.
const EVERYTHING: u64 = u64::MAX;

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
        let runs = |gone: &[&RunId]| entry().details(json!({ "ids": gone }));
        assert_eq!(store.drop_items_of(&both, later, later, runs).await.unwrap(), 1);
        let plans = |gone: &[&PlanId]| entry().details(json!({ "ids": gone }));
        assert_eq!(store.drop_plans(&[never.id.clone(), "plan-of-open".into()], later, plans).await.unwrap(), 1);
        let told = store.audit(&rollcall_store::AuditFilter::default()).await.unwrap();
        let told: Vec<_> = told.iter().rev().take(2).map(|entry| &entry.details["ids"]).collect();
        assert_eq!(told, [&json!([never.id]), &json!([old])], "what stays is not named as dropped");

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

    async fn growth_is_measured_by_the_newest_run_for_everybody_however_many_events_came_since(database: TestDatabase) {
        let store = open(&database).await;
        let later = now() + SignedDuration::from_hours(24 * 800);
        let mut runs = Vec::new();
        for (minute, (id, is_restricted, mode)) in [
            ("first", false, Mode::Live), ("weekly", false, Mode::Live), ("test", false, Mode::Test),
            ("event-1", true, Mode::Live), ("event-2", true, Mode::Live),
        ].into_iter().enumerate() {
            let at = now() + MINUTE * i32::try_from(minute).unwrap();
            let plan = PlanRow {
                policy: Some("idle".to_owned()), mode, is_restricted, made_at: at,
                summary: Some(json!({ "accounts": minute })), ..plan(&format!("plan-of-{id}"))
            };
            store.add_plan(&plan, b"[]", entry()).await.unwrap();
            let run = RunDraft {
                id: id.into(), plan: plan.id, undo_of: None, started_by: "mira".to_owned(), job: None, during_freeze: false,
            };
            store.create_run(&run, &[], at, vec![entry()]).await.unwrap();
            let lease = take(&store, &run.id, "p", at).await;
            store.finish_run(&lease, RunState::Done, None, at, entry()).await.unwrap();
            runs.push(run.id);
        }
        let by = async || store.last_plan_run("idle", &site_id()).await.unwrap().map(|plan| plan.id.to_string());
        assert_eq!(by().await.as_deref(), Some("plan-of-weekly"));
        assert_eq!(store.last_plan_run("other", &site_id()).await.unwrap(), None);
        // The newest of each mode and the newest for everybody keep their items; what they were measured by stays in any case.
        let old: Vec<_> = store.old_runs(later, 10).await.unwrap().into_iter().map(|id| id.to_string()).collect();
        assert_eq!(old, ["first", "event-1"]);
        assert_eq!(store.drop_items_of(&runs, later, later, |_| entry()).await.unwrap(), 2);
        assert_eq!(by().await.as_deref(), Some("plan-of-weekly"));
    }

    async fn a_job_whose_plan_awaits_approval_stays(database: TestDatabase) {
        let store = open(&database).await;
        let later = now() + SignedDuration::from_hours(24 * 800);
        for (id, approval) in [("awaits", ApprovalState::Awaited), ("given", ApprovalState::Approved)] {
            store.add_job(&crate::jobs::job(id), now(), entry()).await.unwrap();
            store.cancel_job(&id.into(), "over", now(), entry()).await.unwrap();
            let row = PlanRow { approval, job: Some(id.into()), ..plan(&format!("plan-of-{id}")) };
            store.add_plan(&row, b"[]", entry()).await.unwrap();
        }
        assert_eq!(store.past(Past::EndedJobs, later).await.unwrap().count, 1);
        store.drop_past(Past::EndedJobs, later, |_| entry()).await.unwrap();
        assert!(store.job(&"awaits".into()).await.is_ok());
        assert!(matches!(store.job(&"given".into()).await, Err(StoreError::NotFound { .. })));
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
        assert_eq!(store.old_audit(cut, EVERYTHING).await.unwrap(), Some((Head::from(&early[99]), 100)));
        assert_eq!(store.drop_audit(cut, EVERYTHING, kept_by).await.unwrap(), Some((Head::from(&early[99]), 100)));
        let verified = store.verify_audit([Head::from(&early[200])]).await.unwrap().unwrap();
        assert_eq!((verified.head.seq, verified.dropped.unwrap().last), (366, Head::from(&early[99])));
        assert_eq!(store.audit(&rollcall_store::AuditFilter::default()).await.unwrap()[0].seq, 101);

        // Again, and once more with nothing to do.
        let cut = now() + SignedDuration::from_hours(24 * 150);
        assert_eq!(store.drop_audit(cut, EVERYTHING, kept_by).await.unwrap(), Some((Head::from(&early[149]), 50)));
        assert_eq!(store.drop_audit(cut, EVERYTHING, kept_by).await.unwrap(), None);
        assert_eq!(store.verify_audit([]).await.unwrap().unwrap().dropped.unwrap().last.seq, 150);
        let gone = store.verify_audit([Head::from(&early[20])]).await.unwrap().unwrap_err();
        assert_eq!((gone.seq, gone.fault), (21, Fault::Dropped));
    }

    async fn the_log_is_cut_no_further_than_it_was_told(database: TestDatabase) {
        let store = open(&database).await;
        log_a_year(&store).await;
        let cut = now() + SignedDuration::from_hours(24 * 100);
        assert_eq!(store.old_audit(cut, 0).await.unwrap(), None);
        assert_eq!(store.drop_audit(cut, 0, kept_by).await.unwrap(), None);
        let (last, count) = store.drop_audit(cut, 40, kept_by).await.unwrap().unwrap();
        assert_eq!((last.seq, count), (40, 40));
        assert_eq!(store.drop_audit(cut, 40, kept_by).await.unwrap(), None, "once is enough");
        assert_eq!(store.drop_audit(cut, EVERYTHING, kept_by).await.unwrap().map(|(last, count)| (last.seq, count)), Some((100, 60)));
        assert_chain_is_whole(&store).await;
    }

    async fn whoever_cuts_the_log_by_hand_is_found_out(database: TestDatabase) {
        let store = open(&database).await;
        log_a_year(&store).await;
        store.drop_audit(now() + SignedDuration::from_hours(24 * 10), EVERYTHING, kept_by).await.unwrap();
        raw(&database, "DELETE FROM audit_entries WHERE seq <= 20;
            UPDATE audit_checkpoint SET seq = 20, hash = (SELECT previous_hash FROM audit_entries WHERE seq = 21)").await;
        let broken = store.verify_audit([]).await.unwrap().unwrap_err();
        assert_eq!((broken.seq, broken.fault), (20, Fault::Unvouched));
    }

    async fn everything_may_be_old_and_the_entry_about_it_stays(database: TestDatabase) {
        let store = open(&database).await;
        log_a_year(&store).await;
        let (last, count) = store.drop_audit(now() + SignedDuration::from_hours(24 * 4000), EVERYTHING, kept_by).await.unwrap().unwrap();
        assert_eq!((last.seq, count), (365, 365));
        assert_eq!(store.verify_audit([last]).await.unwrap().unwrap().head.seq, 366);
        store.append_audit(vec![entry()]).await.unwrap();
        assert_eq!(store.verify_audit([]).await.unwrap().unwrap().head.seq, 367);
    }
}
