//! Operators, sessions, tokens, setup links, attempts, flows.

use crate::*;
use rollcall_model::Role;
use rollcall_store::{
    AttemptKey, AttemptKind, Attempts, OperatorChange, OperatorRow, OuterIdentity, SessionLengths,
    SessionRow, SettingChange, Standing, StoreError, TokenRow,
};
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;

fn operator(name: &str, role: Role) -> OperatorRow {
    OperatorRow {
        id: format!("id-of-{name}"),
        name: name.to_owned(),
        display_name: name.to_owned(),
        email: None,
        role,
        standing: Standing::Active,
        outer: None,
        created_at: now(),
        changed_at: now(),
        signed_in_at: None,
    }
}

fn session(id: &str, operator: &OperatorRow) -> SessionRow {
    SessionRow {
        id: id.to_owned(),
        operator: operator.id.clone(),
        created_at: now(),
        seen_at: now(),
        idle_ends_at: now() + MINUTE * 10,
        ends_at: now() + MINUTE * 60,
        address: "192.0.2.1".to_owned(),
        agent: "a browser".to_owned(),
        revoked_at: None,
    }
}

async fn add(store: &Store, row: &OperatorRow) {
    store.add_operator(row, &row.name.to_lowercase(), Some(&"hash".into()), entry()).await.unwrap();
}

fn demoted() -> OperatorChange {
    OperatorChange { role: Some(Role::Viewer), ..OperatorChange::default() }
}

both_databases! {
    async fn an_operator_comes_back_and_no_two_have_one_name(database: TestDatabase) {
        let store = open(&database).await;
        let outer = OuterIdentity { issuer: "https://id.example".to_owned(), subject: "42".to_owned() };
        let mira = OperatorRow { email: Some("mira@example.org".to_owned()), ..operator("Mira", Role::Admin) };
        let theo = OperatorRow { outer: Some(outer.clone()), ..operator("theo", Role::Viewer) };
        add(&store, &mira).await;
        store.add_operator(&theo, "theo", None, entry()).await.unwrap();
        assert_eq!(store.operators().await.unwrap(), [mira.clone(), theo.clone()]);
        assert_eq!(store.operator_named("mira").await.unwrap(), Some(mira.clone()));
        assert_eq!(store.operator_of(&outer).await.unwrap(), Some(theo.clone()));
        assert_eq!(store.password_of(&mira.id).await.unwrap().unwrap().expose_secret(), "hash");
        assert!(store.password_of(&theo.id).await.unwrap().is_none());
        let double = OperatorRow { id: "other".to_owned(), ..mira };
        let error = store.add_operator(&double, "mira", None, entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
        let same = OperatorRow { id: "other".to_owned(), name: "theodor".to_owned(), ..theo };
        let error = store.add_operator(&same, "theodor", None, entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "one person at the provider is one operator: {error}");
        assert_eq!(store.audit_head().await.unwrap().seq, 2);
    }

    async fn a_change_names_what_it_saw(database: TestDatabase) {
        let store = open(&database).await;
        let mira = operator("mira", Role::Operator);
        add(&store, &mira).await;
        store.change_operator(&mira, &demoted(), true, now(), entry()).await.unwrap();
        let error = store.change_operator(&mira, &demoted(), true, now(), entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::Stale { what: "operator", .. }), "{error}");
        assert!(matches!(store.remove_operator(&mira, entry()).await, Err(StoreError::Stale { .. })));
        let changed = store.operator_named("mira").await.unwrap().unwrap();
        assert_eq!(changed.role, Role::Viewer);
        assert!(changed.changed_at > mira.changed_at, "even where the clock stands still");
    }

    async fn of_two_admins_who_demote_each_other_at_once_one_remains(database: TestDatabase) {
        let stores = [open(&database).await, open(&database).await];
        let admins = [operator("mira", Role::Admin), operator("theo", Role::Admin)];
        for admin in &admins {
            add(&stores[0], admin).await;
        }
        let tasks = [0, 1].map(|n| {
            let (store, admin) = (stores[n].clone(), admins[n].clone());
            tokio::spawn(async move { store.change_operator(&admin, &demoted(), true, now(), entry()).await })
        });
        let mut done = 0;
        for task in tasks {
            done += u32::from(task.await.unwrap().is_ok());
        }
        assert_eq!(done, 1);
        assert!(stores[0].has_active_admin().await.unwrap());
        let last = stores[0].operators().await.unwrap().into_iter().find(|o| o.role == Role::Admin).unwrap();
        let error = stores[0].remove_operator(&last, entry()).await.unwrap_err();
        assert!(error.to_string().contains("last active admin"), "{error}");
        // What was decided on an older picture is judged by what is there.
        let stale = OperatorRow { role: Role::Viewer, ..last };
        assert!(stores[0].remove_operator(&stale, entry()).await.is_err());
        assert_chain_is_whole(&stores[0]).await;
    }

    async fn a_session_is_found_by_its_hash_and_ends_in_every_way(database: TestDatabase) {
        let store = open(&database).await;
        let mira = operator("mira", Role::Operator);
        add(&store, &mira).await;
        let begin = async |id: &str, previous: Option<&str>| {
            let session = session(id, &mira);
            store.begin_session(&session, &format!("hash-{id}"), mira.role, previous, entry()).await.unwrap();
        };
        begin("1", None).await;
        let (found, holder) = store.session_of_hash("hash-1").await.unwrap().unwrap();
        assert_eq!((found, holder.name.as_str(), holder.role), (session("1", &mira), "mira", Role::Operator));
        assert!(store.session_of_hash("1").await.unwrap().is_none());
        assert_eq!(store.operator_named("mira").await.unwrap().unwrap().signed_in_at, Some(now()));

        begin("2", Some("hash-1")).await;
        let ids = async |at| {
            let sessions = store.sessions_of(&mira.id, at).await.unwrap();
            sessions.into_iter().map(|s| s.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(now()).await, ["2"], "the browser's session before is over");
        begin("3", None).await;
        assert!(ids(now() + MINUTE * 10).await.is_empty(), "unused for too long");
        store.touch_session("3", now() + MINUTE * 9, now() + MINUTE * 19).await.unwrap();
        assert_eq!(ids(now() + MINUTE * 10).await, ["3"]);
        store.end_session(&mira.id, "3", now(), entry()).await.unwrap();
        assert!(matches!(store.end_session(&mira.id, "3", now(), entry()).await, Err(StoreError::NotFound { .. })));
        store.touch_session("3", now() + MINUTE * 9, now() + MINUTE * 30).await.unwrap();
        assert!(store.session_of_hash("hash-3").await.unwrap().unwrap().0.revoked_at.is_some(), "ended stays ended");
        begin("4", None).await;
        begin("5", None).await;
        assert_eq!(store.end_sessions(&mira.id, Some("5"), now(), entry()).await.unwrap(), 2);
        assert_eq!(ids(now()).await, ["5"]);
        let row = store.operator_named("mira").await.unwrap().unwrap();
        assert_eq!(store.change_operator(&row, &demoted(), true, now(), entry()).await.unwrap(), 1);
        assert!(ids(now()).await.is_empty(), "another role, another session");
        let late = store.begin_session(&session("6", &mira), "hash-6", mira.role, None, entry()).await;
        assert!(matches!(late, Err(StoreError::Conflict { .. })), "the role it began with is no longer theirs");
        assert!(store.has_signed_in_from(&mira.id, "192.0.2.1", now()).await.unwrap());
        assert!(!store.has_signed_in_from(&mira.id, "192.0.2.2", now()).await.unwrap());
        assert!(!store.has_signed_in_from("", "192.0.2.1", now()).await.unwrap());
        let mira = store.operator_named("mira").await.unwrap().unwrap();
        store.remove_operator(&mira, entry()).await.unwrap();
        assert!(store.session_of_hash("hash-5").await.unwrap().is_none());
        assert_chain_is_whole(&store).await;
    }

    async fn shorter_sessions_shorten_those_under_way(database: TestDatabase) {
        let store = open(&database).await;
        let mira = operator("mira", Role::Operator);
        add(&store, &mira).await;
        store.begin_session(&session("1", &mira), "h", mira.role, None, entry()).await.unwrap();
        let set = async |idle: i64, absolute: i64| {
            let lengths = SessionLengths { idle: idle * 60_000_000, absolute: absolute * 60_000_000 };
            let seen = store.setting("sessions").await.unwrap();
            let change = SettingChange { name: "sessions", seen: seen.as_ref(), value: &json!([idle, absolute]) };
            store.set_session_lengths(lengths, change, now(), entry()).await.unwrap();
            let found = store.session_of_hash("h").await.unwrap().unwrap().0;
            (found.idle_ends_at.duration_since(now()).as_mins(), found.ends_at.duration_since(now()).as_mins())
        };
        assert_eq!(set(5, 30).await, (5, 30));
        assert_eq!(set(90, 900).await, (5, 30), "never longer than promised when they began");
    }

    async fn a_token_is_found_by_its_hash_until_it_is_revoked(database: TestDatabase) {
        let store = open(&database).await;
        let mira = operator("mira", Role::Operator);
        add(&store, &mira).await;
        let token = |id: &str| TokenRow {
            id: id.to_owned(),
            name: format!("token {id}"),
            operator: mira.id.clone(),
            role: Role::Viewer,
            created_at: now(),
            expires_at: now() + MINUTE,
            used_at: None,
            revoked_at: None,
        };
        store.add_token(&token("1"), "hash-1", 2, entry()).await.unwrap();
        let double = TokenRow { id: "3".to_owned(), ..token("1") };
        assert!(matches!(store.add_token(&double, "hash-3", 2, entry()).await, Err(StoreError::Conflict { .. })));
        store.add_token(&token("2"), "hash-2", 2, entry()).await.unwrap();
        let error = store.add_token(&token("3"), "hash-3", 2, entry()).await.unwrap_err();
        assert!(error.to_string().contains("at most 2"), "{error}");
        let (found, holder) = store.token_of_hash("hash-1").await.unwrap().unwrap();
        assert_eq!((found, holder.role), (token("1"), Role::Operator));
        store.touch_token("1", now() + MINUTE).await.unwrap();
        store.touch_token("1", now()).await.unwrap();
        assert_eq!(store.token("1").await.unwrap().0.used_at, Some(now() + MINUTE));
        assert_eq!(store.tokens(Some(&mira.id)).await.unwrap().len(), 2);
        store.revoke_token("1", now(), entry()).await.unwrap();
        assert!(matches!(store.revoke_token("1", now(), entry()).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.token_of_hash("hash-1").await.unwrap().unwrap().0.revoked_at, Some(now()));
        assert_eq!(store.tokens(None).await.unwrap().len(), 1);
        store.add_token(&token("3"), "hash-3", 2, entry()).await.unwrap();
        let mira = store.operator_named("mira").await.unwrap().unwrap();
        store.remove_operator(&mira, entry()).await.unwrap();
        assert!(store.tokens(None).await.unwrap().is_empty());
    }

    async fn a_setup_link_makes_one_admin(database: TestDatabase) {
        let store = open(&database).await;
        assert!(store.add_setup_link("old", now(), now() + MINUTE, entry()).await.unwrap());
        assert!(store.add_setup_link("link", now(), now() + MINUTE, entry()).await.unwrap());
        assert!(!store.is_setup_link("old", now()).await.unwrap(), "the newer one counts");
        assert!(store.is_setup_link("link", now()).await.unwrap());
        assert!(!store.is_setup_link("link", now() + MINUTE).await.unwrap());
        assert_eq!(store.setup_link_until(now()).await.unwrap(), Some(now() + MINUTE));
        let late = OperatorRow { created_at: now() + MINUTE, ..operator("late", Role::Admin) };
        assert!(!store.use_setup_link("link", &late, "late", &"hash".into(), entry()).await.unwrap());
        let tasks = ["mira", "theo"].map(|name| {
            let (store, row) = (store.clone(), operator(name, Role::Admin));
            tokio::spawn(async move { store.use_setup_link("link", &row, &row.name, &"hash".into(), entry()).await })
        });
        let mut made = 0;
        for task in tasks {
            made += u32::from(task.await.unwrap().unwrap());
        }
        assert_eq!(made, 1);
        assert_eq!(store.operators().await.unwrap().len(), 1);
        assert!(!store.add_setup_link("again", now(), now() + MINUTE, entry()).await.unwrap());
        assert_eq!(store.setup_link_until(now()).await.unwrap(), None);
    }

    async fn of_many_attempts_at_once_no_two_count_as_one(database: TestDatabase) {
        let stores = [open(&database).await, open(&database).await];
        let key = |kind, subject: &str| AttemptKey { kind, subject: subject.to_owned() };
        let keys = [key(AttemptKind::Pair, "p"), key(AttemptKind::Address, "a")];
        let other = [key(AttemptKind::Address, "a"), key(AttemptKind::Pair, "p")];
        let count = |_: AttemptKind, before: Option<Attempts>| {
            let failures = before.map_or(0, |b| b.failures) + 1;
            if failures > 5 { Err(now() + MINUTE) } else { Ok(Attempts { failures, failed_at: now(), free_at: now() }) }
        };
        let tasks: Vec<_> = (0..12)
            .map(|n| {
                let (store, keys) = (stores[n % 2].clone(), if n % 3 == 0 { other.clone() } else { keys.clone() });
                tokio::spawn(async move { store.reserve_attempt(&keys, now(), count).await.unwrap() })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => made += 1,
                Err(free_at) => assert_eq!(free_at, now() + MINUTE),
            }
        }
        assert_eq!(made, 5);
        stores[0].forgive_attempt(&keys).await.unwrap();
        stores[0].reserve_attempt(&keys[..1], now(), |_, before| { assert!(before.is_none()); count(AttemptKind::Pair, before) }).await.unwrap().unwrap();
        stores[0].reserve_attempt(&keys[1..], now(), |_, before| { assert_eq!(before.unwrap().failures, 4); count(AttemptKind::Address, before) }).await.unwrap().unwrap();
        stores[0].forget_sign_ins(now() + MINUTE, now(), now()).await.unwrap();
        stores[0].reserve_attempt(&keys, now(), |_, before| { assert!(before.is_none()); count(AttemptKind::Pair, before) }).await.unwrap().unwrap();
    }

    async fn what_is_remembered_of_a_sign_in_is_sealed_and_comes_out_once(database: TestDatabase) {
        let store = open(&database).await;
        for state in ["s1", "s2"] {
            store.add_sign_on_flow(state, &"the verifier".into(), "home", now(), now() + MINUTE).await.unwrap().unwrap();
        }
        assert_eq!(store.take_sign_on_flow("s1", now()).await.unwrap().unwrap().expose_secret(), "the verifier");
        assert!(store.take_sign_on_flow("s1", now()).await.unwrap().is_none());
        assert!(store.take_sign_on_flow("s2", now() + MINUTE).await.unwrap().is_none(), "too late");
        assert!(store.take_sign_on_flow("s3", now()).await.unwrap().is_none());
    }
}
