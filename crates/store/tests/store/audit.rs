//! The audit log in the database: whatever is done to its rows is found.

use crate::*;
use rollcall_audit::{Broken, ExportError, Fault, Head, head_line, line, verify_lines};
use rollcall_store::{AuditFilter, StoreError};
use rollcall_testkit::both_databases;

async fn log_of(store: &Store, count: usize) {
    let kinds = [EntryKind::ITEM_INTENT, EntryKind::ITEM_OUTCOME, EntryKind::PLAN_MADE];
    let draft = |n: usize| {
        Draft::new(now() + MINUTE * n as i32, "mira", kinds[n % 3].clone(), Subject::site(site_id()))
            .because(format!("reason {n}"))
            .change(
                Some(json!({ "b": 0.1, "a": [1, 2.5e300, null] })),
                n.is_multiple_of(2).then_some(json!(null)),
            )
    };
    store.append_audit((0..count).map(draft).collect()).await.unwrap();
}

async fn verdict(store: &Store) -> Broken {
    store.verify_audit([]).await.unwrap().unwrap_err()
}

/// Ten entries, tampered with, and what is said of it.
async fn after(database: &TestDatabase, sql: &'static str) -> Broken {
    let store = open(database).await;
    log_of(&store, 10).await;
    assert_chain_is_whole(&store).await;
    raw(database, sql).await;
    verdict(&store).await
}

macro_rules! tampering_is_found {
    ($($name:ident: $sql:literal => $seq:literal, $fault:expr;)*) => { both_databases! {$(
        async fn $name(database: TestDatabase) {
            assert_eq!(after(&database, $sql).await, Broken { seq: $seq, fault: $fault });
        }
    )*} };
}

tampering_is_found! {
    a_changed_reason: "UPDATE audit_entries SET why = 'another' WHERE seq = 4" => 4, Fault::Changed;
    a_changed_actor: "UPDATE audit_entries SET actor = 'tom' WHERE seq = 1" => 1, Fault::Changed;
    a_changed_instant: "UPDATE audit_entries SET at = at + 1 WHERE seq = 10" => 10, Fault::Changed;
    a_changed_subject: "UPDATE audit_entries SET account = 'key-9' WHERE seq = 7" => 7, Fault::Changed;
    a_null_that_was_absent: "UPDATE audit_entries SET after = 'null' WHERE seq = 2" => 2, Fault::Changed;
    a_changed_hash: "UPDATE audit_entries SET hash = REPLACE(REPLACE(hash, 'a', 'b'), '1', '2') WHERE seq = 5" => 5, Fault::Changed;
    a_removed_entry: "DELETE FROM audit_entries WHERE seq = 5" => 5, Fault::Removed { through: 5 };
    removed_entries: "DELETE FROM audit_entries WHERE seq IN (3, 4, 8)" => 3, Fault::Removed { through: 4 };
    the_first_entry_removed: "DELETE FROM audit_entries WHERE seq = 1" => 1, Fault::Removed { through: 1 };
    a_removal_hidden_by_new_numbers: "DELETE FROM audit_entries WHERE seq = 5;
        UPDATE audit_entries SET seq = -seq WHERE seq > 5; UPDATE audit_entries SET seq = -seq - 1 WHERE seq < 0;
        UPDATE audit_head SET seq = 9" => 5, Fault::Reordered { found: 6 };
    the_end_cut_off: "DELETE FROM audit_entries WHERE seq > 7" => 8, Fault::Truncated { head: 10 };
    everything_removed: "DELETE FROM audit_entries" => 1, Fault::Truncated { head: 10 };
    an_entry_behind_the_end: "INSERT INTO audit_entries SELECT 11, at, actor, kind, site, account, policy, snapshot, plan, run,
        item, why, before, after, details, hash, hash FROM audit_entries WHERE seq = 10" => 11, Fault::Changed;
    the_end_recorded_too_early: "UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit_entries WHERE seq = 6)" => 7, Fault::Inserted;
    an_entry_before_the_first: "INSERT INTO audit_entries SELECT 0, at, actor, kind, site, account, policy, snapshot, plan, run,
        item, why, before, after, details, previous_hash, hash FROM audit_entries WHERE seq = 1" => 0, Fault::Inserted;
    two_entries_swapped: "UPDATE audit_entries SET seq = -1 WHERE seq = 3; UPDATE audit_entries SET seq = 3 WHERE seq = 8;
        UPDATE audit_entries SET seq = 8 WHERE seq = -1" => 3, Fault::Reordered { found: 8 };
}

both_databases! {
    async fn an_empty_log_is_whole(database: TestDatabase) {
        let store = open(&database).await;
        assert_eq!(store.verify_audit([]).await.unwrap().unwrap().head, Head::EMPTY);
    }

    async fn a_row_that_is_no_entry_any_more_is_named_and_not_exported(database: TestDatabase) {
        let store = open(&database).await;
        log_of(&store, 10).await;
        raw(&database, "UPDATE audit_entries SET details = 'nonsense' WHERE seq = 6").await;
        assert_eq!(verdict(&store).await, Broken { seq: 6, fault: Fault::Changed });
        let error = store.read_audit(|_, _| ()).await.unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt { what, .. } if what == "audit entry 6"), "{error}");
        raw(&database, "UPDATE audit_entries SET why = 'x' WHERE seq = 4").await;
        assert_eq!(verdict(&store).await, Broken { seq: 4, fault: Fault::Changed }, "the first is named");
    }

    async fn a_head_given_away_before_finds_a_rewritten_log_out(database: TestDatabase) {
        let store = open(&database).await;
        log_of(&store, 5).await;
        let mailed = store.audit_head().await.unwrap();
        log_of(&store, 5).await;
        assert!(store.verify_audit([mailed]).await.unwrap().is_ok());
        raw(&database, "DELETE FROM audit_entries; UPDATE audit_head SET seq = 0,
            hash = '0000000000000000000000000000000000000000000000000000000000000000'").await;
        assert_eq!(verdict_with(&store, mailed).await, Broken { seq: 1, fault: Fault::Truncated { head: 5 } });
        let other = Draft::new(now(), "tom", EntryKind::PLAN_MADE, Subject::default());
        store.append_audit(vec![other; 7]).await.unwrap();
        assert!(store.verify_audit([]).await.unwrap().is_ok(), "whole in itself");
        assert_eq!(verdict_with(&store, mailed).await, Broken { seq: 5, fault: Fault::Replaced });
    }

    async fn eight_who_append_at_once_keep_the_chain_unbroken(database: TestDatabase) {
        let stores = [open(&database).await, open(&database).await];
        let tasks = (0..8).map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                for size in [1, 3, 2, 1, 5] {
                    store.append_audit(vec![entry(); size]).await.unwrap();
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(stores[0].audit_head().await.unwrap().seq, 8 * 12);
        assert_chain_is_whole(&stores[1]).await;
    }

    async fn a_log_longer_than_a_page_is_read_whole_and_can_be_exported(database: TestDatabase) {
        let store = open(&database).await;
        log_of(&store, 2345).await;
        let mut file = String::new();
        let head = store.read_audit(|_, entry| file += &(line(&entry) + "\n")).await.unwrap();
        file += &head_line(head);
        assert_eq!(file.lines().count(), 2346);
        assert_eq!(verify_lines(file.as_bytes(), []).unwrap().head, store.audit_head().await.unwrap());
        let forged = file.replacen("reason 77\"", "reason 78\"", 1);
        let error = verify_lines(forged.as_bytes(), []).unwrap_err();
        assert!(matches!(error, ExportError::Broken(Broken { seq: 78, fault: Fault::Changed })), "{error}");
    }

    async fn entries_are_found_by_what_they_are_about(database: TestDatabase) {
        let store = open(&database).await;
        log_of(&store, 9).await;
        let about = |kind, subject| Draft::new(now(), "tom", kind, subject);
        store.append_audit(vec![
            about(EntryKind::PLAN_APPROVED, Subject::plan("plan-1".into())),
            about(EntryKind::RUN_TAKEN, Subject::run("run-1".into())),
            about(EntryKind::POLICY_LIVE, Subject::policy("reclaim")),
            about("run.itemised".parse().unwrap(), Subject { account: Some("key-1".into()), ..Subject::default() }),
        ]).await.unwrap();
        let find = async |filter: AuditFilter| {
            store.audit(&filter).await.unwrap().into_iter().map(|entry| entry.seq).collect::<Vec<_>>()
        };
        let all = AuditFilter::default;
        let kind = |kind: &str| AuditFilter { kind: Some(kind.to_owned()), ..all() };
        assert_eq!(find(all()).await, (1..=13).collect::<Vec<_>>());
        assert_eq!(find(kind("run.item")).await, [1, 2, 4, 5, 7, 8]);
        assert_eq!(find(kind("run.item.intent")).await, [1, 4, 7]);
        assert_eq!(find(kind("run")).await, [1, 2, 4, 5, 7, 8, 11, 13]);
        assert!(find(kind("ru")).await.is_empty());
        assert_eq!(find(AuditFilter { site: Some(site_id()), ..kind("plan") }).await, [3, 6, 9]);
        assert_eq!(find(AuditFilter { plan: Some("plan-1".into()), ..all() }).await, [10]);
        assert_eq!(find(AuditFilter { run: Some("run-1".into()), ..all() }).await, [11]);
        assert_eq!(find(AuditFilter { policy: Some("reclaim".to_owned()), ..all() }).await, [12]);
        assert_eq!(find(AuditFilter { account: Some("key-1".into()), ..all() }).await, [13]);
        assert_eq!(find(AuditFilter { since: Some(now() + MINUTE * 7), ..all() }).await, [8, 9]);
        assert_eq!(find(AuditFilter { newest_first: true, limit: Some(3), offset: 1, ..all() }).await, [12, 11, 10]);
        assert_eq!(find(AuditFilter { offset: 12, ..all() }).await, [13]);
    }
}

async fn verdict_with(store: &Store, known: Head) -> Broken {
    store.verify_audit([known]).await.unwrap().unwrap_err()
}
