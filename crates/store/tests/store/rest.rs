//! Exemptions, lists, settings.

use crate::*;
use rollcall_store::{ExemptKind, ExemptionRow, ListRow, Replaces, SettingChange, StoreError};
use rollcall_testkit::both_databases;

fn exemption(kind: ExemptKind, subject: &str) -> ExemptionRow {
    ExemptionRow {
        site: site_id(),
        kind,
        subject: subject.to_owned(),
        name: "mira".to_owned(),
        reason: "parental leave".to_owned(),
        until: Some(now() + MINUTE),
        added_by: "mira".to_owned(),
        added_at: now(),
    }
}

both_databases! {
    async fn an_exemption_is_set_replaced_and_taken_back(database: TestDatabase) {
        let store = open(&database).await;
        let account = exemption(ExemptKind::Account, "key-1");
        let set = async |exemption: &ExemptionRow, replaces| store.set_exemption(exemption, replaces, entry()).await;
        assert!(matches!(set(&account, Replaces::Nothing).await, Err(StoreError::NotFound { what: "site", .. })));
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let group = exemption(ExemptKind::Group, "key-1");
        set(&account, Replaces::Nothing).await.unwrap();
        set(&group, Replaces::Nothing).await.unwrap();
        let changed = ExemptionRow { until: None, reason: "for good".to_owned(), ..account };
        set(&changed, Replaces::Anything).await.unwrap();
        assert_eq!(store.exemptions(&site_id()).await.unwrap(), [changed, group.clone()]);
        store.remove_exemption(&site_id(), ExemptKind::Account, "key-1", None, entry()).await.unwrap();
        assert_eq!(store.exemptions(&site_id()).await.unwrap(), [group]);
        let error = store.remove_exemption(&site_id(), ExemptKind::Account, "key-1", None, entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
    }

    async fn an_exemption_is_replaced_only_by_whoever_means_it_or_where_it_has_ended(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let at = |minutes: i32, until: Option<Timestamp>| ExemptionRow {
            added_at: now() + MINUTE * minutes,
            until,
            ..exemption(ExemptKind::Account, "key-1")
        };
        let set = async |exemption: &ExemptionRow, replaces| store.set_exemption(exemption, replaces, entry()).await;
        let there = async || store.exemptions(&site_id()).await.unwrap();
        let (first, ended, second) = (at(0, Some(now() + MINUTE)), at(1, None), at(2, Some(now() + MINUTE * 9)));
        set(&first, Replaces::Nothing).await.unwrap();
        set(&ended, Replaces::Nothing).await.expect("the first exempts nobody any more");
        let head = store.audit_head().await.unwrap();
        assert!(matches!(set(&second, Replaces::Nothing).await, Err(StoreError::Conflict { .. })));
        assert!(matches!(set(&second, Replaces::Only(first.added_at)).await, Err(StoreError::Stale { .. })));
        assert_eq!((there().await, store.audit_head().await.unwrap()), (vec![ended.clone()], head));
        set(&second, Replaces::Only(ended.added_at)).await.unwrap();
        assert_eq!(there().await, std::slice::from_ref(&second));
        store.remove_exemption(&site_id(), ExemptKind::Account, "key-1", None, entry()).await.unwrap();
        let gone = set(&second, Replaces::Only(second.added_at)).await;
        assert!(matches!(gone, Err(StoreError::Stale { .. })), "what is to be replaced is not there");
        // Of two at once, one is added.
        let (one, two) = tokio::join!(set(&first, Replaces::Nothing), set(&first, Replaces::Nothing));
        let lost = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(lost[..], [StoreError::Conflict { .. }]), "{lost:?}");
        assert_chain_is_whole(&store).await;
    }

    async fn an_exemption_that_was_replaced_meanwhile_stays(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let seen = exemption(ExemptKind::Account, "key-1");
        store.set_exemption(&seen, Replaces::Nothing, entry()).await.unwrap();
        let replaced = ExemptionRow { reason: "legal hold".to_owned(), until: None, added_at: now() + MINUTE, ..seen.clone() };
        store.set_exemption(&replaced, Replaces::Anything, entry()).await.unwrap();
        let head = store.audit_head().await.unwrap();
        let remove = async |meant: &ExemptionRow| store.remove_exemption(&site_id(), meant.kind, &meant.subject, Some(meant.added_at), entry()).await;
        let error = remove(&seen).await.unwrap_err();
        assert!(matches!(error, StoreError::Stale { what: "exemption", .. }), "{error}");
        assert_eq!((store.exemptions(&site_id()).await.unwrap(), store.audit_head().await.unwrap()), (vec![replaced.clone()], head));
        // Of two who mean the same one, one removes it.
        let (one, two) = tokio::join!(remove(&replaced), remove(&replaced));
        let lost = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(lost[..], [StoreError::NotFound { .. }]), "{lost:?}");
        assert!(store.exemptions(&site_id()).await.unwrap().is_empty());
    }

    async fn a_list_is_set_replaced_and_removed(database: TestDatabase) {
        let store = open(&database).await;
        let list = |entries: &[&str]| ListRow {
            name: "leavers".to_owned(),
            entries: entries.iter().map(|&e| e.to_owned()).collect(),
            changed_by: "mira".to_owned(),
            changed_at: now(),
        };
        store.set_list(&list(&["a", "b"]), Replaces::Nothing, entry()).await.unwrap();
        let again = store.set_list(&list(&["c"]), Replaces::Nothing, entry()).await;
        assert!(matches!(again, Err(StoreError::Conflict { what: "list", .. })), "a new one takes no other's place");
        let other = store.set_list(&list(&["c"]), Replaces::Only(now() - MINUTE), entry()).await;
        assert!(matches!(other, Err(StoreError::Stale { .. })));
        store.set_list(&list(&["d"]), Replaces::Only(now()), entry()).await.unwrap();
        store.set_list(&list(&["مِيرا"]), Replaces::Anything, entry()).await.unwrap();
        assert_eq!(store.lists().await.unwrap(), [list(&["مِيرا"])]);
        assert_eq!(store.list("leavers").await.unwrap(), list(&["مِيرا"]));
        store.remove_list("leavers", None, entry()).await.unwrap();
        assert!(matches!(store.list("leavers").await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.remove_list("leavers", None, entry()).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.audit_head().await.unwrap().seq, 4);
    }

    async fn a_setting_is_what_it_was_set_to_last(database: TestDatabase) {
        let store = open(&database).await;
        assert_eq!(store.setting("mail").await.unwrap(), None);
        let mut seen = None;
        for value in [json!({ "host": "smtp.example" }), json!(null), json!([1.5, "x\0"])] {
            let change = SettingChange { name: "mail", seen: seen.as_ref(), value: &value };
            store.set_setting(change, now(), entry()).await.unwrap();
            assert!(matches!(store.set_setting(change, now(), entry()).await, Err(StoreError::Stale { .. })));
            seen = store.setting("mail").await.unwrap();
            assert_eq!(seen, Some(value));
        }
        let unseen = SettingChange { name: "mail", seen: None, value: &json!(1) };
        assert!(matches!(store.set_setting(unseen, now(), entry()).await, Err(StoreError::Stale { .. })));
        assert_eq!(store.setting("mail").await.unwrap(), seen);
        assert_chain_is_whole(&store).await;
    }
}
