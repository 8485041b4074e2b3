//! Snapshots.

use crate::*;
use rollcall_store::{SnapshotRow, StoreError};
use rollcall_testkit::both_databases;

fn snapshot(id: &str, taken_at: Timestamp) -> SnapshotRow {
    SnapshotRow {
        id: id.into(),
        site: site_id(),
        taken_at,
        hash: "c0ffee".to_owned(),
        accounts: 12,
        bytes: 0,
        encoding: 1,
    }
}

fn noise(length: usize) -> Vec<u8> {
    (0..length as u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

both_databases! {
    async fn a_snapshot_larger_than_a_chunk_comes_back_whole(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        for (id, length) in [("a", 0), ("b", 1), ("c", 1 << 20), ("d", (5 << 19) + 7)] {
            let bytes = noise(length);
            store.add_snapshot(&snapshot(id, now()), &bytes, Some(b"history"), entry()).await.unwrap();
            assert!(store.snapshot_bytes(&id.into()).await.unwrap() == bytes, "{id}");
            assert_eq!(store.snapshot(&id.into()).await.unwrap().bytes, length as u64);
            assert_eq!(store.snapshot_history(&id.into()).await.unwrap().as_deref(), Some(&b"history"[..]));
        }
    }

    async fn the_newest_is_the_one_taken_last(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        assert_eq!(store.newest_snapshot(&site_id()).await.unwrap(), None);
        for (id, minutes) in [("b", 2), ("a", 3), ("c", 1)] {
            store.add_snapshot(&snapshot(id, now() + MINUTE * minutes), b"x", None, entry()).await.unwrap();
        }
        assert_eq!(store.newest_snapshot(&site_id()).await.unwrap().unwrap().id.as_str(), "a");
        let ids: Vec<_> = store.snapshots(&site_id()).await.unwrap().into_iter().map(|s| s.id.to_string()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        store.delete_snapshot(&"a".into(), entry()).await.unwrap();
        assert_eq!(store.newest_snapshot(&site_id()).await.unwrap().unwrap().id.as_str(), "b");
        assert!(matches!(store.snapshot_bytes(&"a".into()).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.delete_snapshot(&"a".into(), entry()).await, Err(StoreError::NotFound { .. })));
    }

    async fn a_snapshot_is_stored_once_and_only_for_a_site_that_is_there(database: TestDatabase) {
        let store = open(&database).await;
        let error = store.add_snapshot(&snapshot("a", now()), b"x", None, entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound { what: "site", .. }), "{error}");
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        store.add_snapshot(&snapshot("a", now()), b"x", None, entry()).await.unwrap();
        let error = store.add_snapshot(&snapshot("a", now()), b"y", None, entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
        assert_eq!(store.snapshot_bytes(&"a".into()).await.unwrap(), b"x");
        assert_eq!(store.audit_head().await.unwrap().seq, 2);
    }

    async fn a_snapshot_that_lost_a_chunk_is_damaged_not_short(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        store.add_snapshot(&snapshot("a", now()), &noise(3 << 20), None, entry()).await.unwrap();
        raw(&database, "DELETE FROM snapshot_chunks WHERE part = 1").await;
        assert!(matches!(store.snapshot_bytes(&"a".into()).await, Err(StoreError::Corrupt { .. })));
    }

    async fn snapshots_go_with_their_site(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        store.add_snapshot(&snapshot("a", now()), b"x", None, entry()).await.unwrap();
        store.remove_site(&site_id(), None, entry()).await.unwrap();
        assert!(matches!(store.snapshot(&"a".into()).await, Err(StoreError::NotFound { .. })));
    }
}
