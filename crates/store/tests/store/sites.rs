//! Sites and their secrets.

use crate::*;
use rollcall_store::{AuditFilter, StoreError};
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;

async fn credentials(store: &Store) -> Result<Option<String>, StoreError> {
    let secret = store.site_credentials(&site_id()).await?;
    Ok(secret.map(|secret| secret.expose_secret().to_owned()))
}

both_databases! {
    async fn a_site_comes_back_as_it_was_added(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let site = store.site_named(&"WIKI".parse().unwrap()).await.unwrap();
        assert_eq!(site, store.site(&site_id()).await.unwrap());
        assert_eq!((site.settings, site.url), (wiki().settings, wiki().url));
        assert_eq!((site.created_at, site.has_credentials), (now(), true));
        assert_eq!(credentials(&store).await.unwrap().as_deref(), Some("token-1"));
    }

    async fn names_are_unique_without_regard_to_case(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let twin = SiteDraft { id: "site-2".into(), name: "Wiki".parse().unwrap(), ..wiki() };
        let error = store.add_site(&twin, now(), entry()).await.unwrap_err();
        assert_eq!(error.to_string(), "site \"Wiki\" exists already");
        store.add_site(&SiteDraft { name: "other".parse().unwrap(), ..twin.clone() }, now(), entry()).await.unwrap();
        assert!(matches!(store.change_site(&twin, now(), now(), entry()).await, Err(StoreError::Conflict { .. })));
        // Neither refusal left a trace in the log: one entry for each of the two sites.
        assert_eq!(store.audit_head().await.unwrap().seq, 2);
    }

    async fn a_change_without_credentials_keeps_those_that_are_stored(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let changed = SiteDraft { url: "https://new.example".to_owned(), credentials: None, ..wiki() };
        store.change_site(&changed, now(), now() + MINUTE, entry()).await.unwrap();
        let site = store.site(&site_id()).await.unwrap();
        assert_eq!((site.url.as_str(), site.changed_at), ("https://new.example", now() + MINUTE));
        assert_eq!(credentials(&store).await.unwrap().as_deref(), Some("token-1"));
        let unknown = SiteDraft { id: "site-9".into(), name: "nine".parse().unwrap(), ..wiki() };
        assert!(matches!(store.change_site(&unknown, now(), now(), entry()).await, Err(StoreError::NotFound { .. })));
    }

    async fn a_site_with_a_run_under_way_is_not_removed(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let run = add_run(&store, "run-1", 2).await;
        let error = store.remove_site(&site_id(), None, entry()).await.unwrap_err();
        assert!(error.to_string().contains("run-1"), "{error}");
        store.request_stop(&run, "", now(), entry()).await.unwrap();
        store.remove_site(&site_id(), None, entry()).await.unwrap();
        assert!(matches!(store.site(&site_id()).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.run(&run).await.unwrap().site, site_id(), "what was done stays on record");
    }

    async fn no_secret_is_stored_in_clear_or_in_the_log(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        store.set_secret("mail", Some(&"token-1".to_owned().into()), now(), entry()).await.unwrap();
        for entry in store.audit(&AuditFilter::default()).await.unwrap() {
            assert!(!rollcall_audit::line(&entry).contains("token-1"));
        }
        store.close().await;
        if !database.is_postgres() {
            let file = std::fs::read(database.location()).unwrap();
            assert!(!file.windows(7).any(|window| window == b"token-1"));
        }
    }

    async fn another_key_opens_nothing_and_says_which_it_is(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        assert_eq!(store.check_secrets().await.unwrap(), 1);
        let other = SealingKey::generate().unwrap();
        let id = other.id();
        let wrong = Store::open(&location(&database), Some(other)).await.unwrap();
        let error = credentials(&wrong).await.unwrap_err();
        assert!(matches!(&error, StoreError::WrongKey { given, sealed_with, .. } if *given == id && *sealed_with == key().id()));
        assert!(error.to_string().starts_with("the credentials of site \"wiki\" was encrypted with key"), "{error}");
        assert!(matches!(wrong.check_secrets().await, Err(StoreError::WrongKey { .. })));
        let none = Store::open(&location(&database), None).await.unwrap();
        assert!(matches!(credentials(&none).await, Err(StoreError::NoKey { .. })));
        assert_eq!(none.sites().await.unwrap().len(), 1, "everything but secrets works without a key");
        assert!(matches!(none.add_site(&wiki(), now(), entry()).await, Err(StoreError::NoKey { .. })));
    }

    async fn a_secret_moved_to_another_row_is_not_opened(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let other = SiteDraft { id: "site-2".into(), name: "other".parse().unwrap(), credentials: Some("token-2".to_owned().into()), ..wiki() };
        store.add_site(&other, now(), entry()).await.unwrap();
        raw(&database, "UPDATE sites SET credentials = (SELECT credentials FROM sites WHERE id = 'site-2') WHERE id = 'site-1'").await;
        assert!(matches!(credentials(&store).await, Err(StoreError::Corrupt { .. })));
    }

    async fn secrets_are_sealed_anew_all_or_none(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        store.set_secret("mail", Some(&"hunter2".to_owned().into()), now(), entry()).await.unwrap();
        let new = SealingKey::generate().unwrap();
        let text = new.to_text();
        let old = open(&database).await;
        assert_eq!(store.rotate_key(new, now(), entry()).await.unwrap(), 2);
        assert_eq!(credentials(&store).await.unwrap().as_deref(), Some("token-1"));
        let mail = store.secret("mail").await.unwrap().unwrap();
        assert_eq!(mail.expose_secret(), "hunter2");
        assert!(matches!(credentials(&old).await, Err(StoreError::WrongKey { .. })));

        // A store that cannot open them any more seals none of them.
        let head = old.audit_head().await.unwrap();
        let another = SealingKey::generate().unwrap();
        assert!(matches!(old.rotate_key(another, now(), entry()).await, Err(StoreError::KeyRetired { .. })));
        assert_eq!(old.audit_head().await.unwrap(), head);
        let reopened = SealingKey::from_text(text.expose_secret(), "the test").unwrap();
        let reopened = Store::open(&location(&database), Some(reopened)).await.unwrap();
        assert_eq!(reopened.check_secrets().await.unwrap(), 2);
    }

    async fn a_secret_can_be_replaced_and_removed(database: TestDatabase) {
        let store = open(&database).await;
        assert!(store.secret("mail").await.unwrap().is_none());
        for secret in ["one", "two"] {
            store.set_secret("mail", Some(&secret.to_owned().into()), now(), entry()).await.unwrap();
            assert_eq!(store.secret("mail").await.unwrap().unwrap().expose_secret(), secret);
        }
        store.set_secret("mail", None, now(), entry()).await.unwrap();
        assert!(store.secret("mail").await.unwrap().is_none());
    }
}
