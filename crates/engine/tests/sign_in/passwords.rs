//! Signing in with a password, rightly and wrongly.

use crate::*;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher};
use jiff::SignedDuration;
use rollcall_engine::OperatorEdit;
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;

const NEW: &str = "seven brave otters sing";

fn waits(error: &EngineError) -> u64 {
    match error {
        EngineError::TooManyAttempts { retry_after } => retry_after.as_secs(),
        other => panic!("not held up: {other}"),
    }
}

both_databases! {
    async fn whoever_knows_the_password_is_let_in_and_it_is_on_record(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Approver).await;
        let session = engine.sign_in(" MIRA ", &PASSWORD.into(), &home(), None).await.unwrap();
        let who = engine.authenticate_session(&session.secret).await.unwrap().unwrap();
        assert_eq!(who.operator(), &Operator::remote("mira", Role::Approver));
        assert_eq!(who.session(), Some(session.id.as_str()));
        assert_eq!(engine.operator(&shell(), "mira").await.unwrap().signed_in_at, Some(clock.now()));
        assert_eq!(newest(&engine, 1).await, ["session.started"]);
        let log = whole_log(&engine).await;
        assert!(!log.contains(PASSWORD) && !log.contains(session.secret.expose_secret()) && !log.contains("argon2"));
    }

    /// The same words after the same work, whatever is wrong.
    async fn nobody_learns_which_names_there_are(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        add(&engine, "gone", Role::Viewer).await;
        let without = NewOperator { password: None, ..new("without", Role::Viewer) };
        engine.add_operator(&shell(), without).await.unwrap();
        let edit = OperatorEdit { is_active: Some(false), ..OperatorEdit::default() };
        engine.change_operator(&shell(), "gone", &edit, None).await.unwrap();
        let mut told = std::collections::BTreeSet::new();
        for (name, password) in [("mira", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("without", PASSWORD), ("", ""), ("x\0'", "y")] {
            let before = engine.passwords_hashed();
            let error = engine.sign_in(name, &password.into(), &home(), None).await.unwrap_err();
            assert_eq!(engine.passwords_hashed(), before + 1, "{name:?}");
            assert!(matches!(error, EngineError::SignInRefused));
            told.insert(error.to_string());
        }
        assert_eq!(told.len(), 1);
        // Failures under a name that does not exist hold up as those under one that does.
        for name in ["mira", "nobody"] {
            let origin = from("198.51.100.7");
            let mut refusals = Vec::new();
            for _ in 0..6 {
                refusals.push(try_wrong(&engine, name, &origin).await.to_string());
            }
            told.insert(refusals.join("|"));
        }
        assert_eq!(told.len(), 2);
    }

    async fn a_name_that_may_be_a_mistyped_password_is_not_in_the_log(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        try_wrong(&engine, "hunter2-typed-into-the-wrong-field", &home()).await;
        try_wrong(&engine, "mira", &home()).await;
        assert_eq!(newest(&engine, 2).await, ["sign-in.refused", "sign-in.refused"]);
        let log = whole_log(&engine).await;
        assert!(!log.contains("hunter2"), "{log}");
        assert!(log.contains("192.0.2.1"));
    }

    async fn failures_wait_longer_and_longer_and_what_waits_is_not_tried(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        for _ in 0..5 {
            assert!(matches!(try_wrong(&engine, "mira", &home()).await, EngineError::SignInRefused));
        }
        let hashed = engine.passwords_hashed();
        assert_eq!(waits(&try_wrong(&engine, "mira", &home()).await), 1);
        assert_eq!(waits(&engine.sign_in("mira", &PASSWORD.into(), &home(), None).await.unwrap_err()), 1, "nor the right one");
        assert_eq!(engine.passwords_hashed(), hashed);
        let log = newest(&engine, 20).await;
        assert_eq!(log.iter().filter(|kind| *kind == "sign-in.refused").count(), 5, "the log does not fill up meanwhile");
        let mut last = 1;
        for _ in 0..12 {
            clock.tick(SignedDuration::from_secs(last as i64));
            assert!(matches!(try_wrong(&engine, "mira", &home()).await, EngineError::SignInRefused));
            let next = waits(&try_wrong(&engine, "mira", &home()).await);
            assert_eq!(next, (last * 2).min(900));
            last = next;
        }
        clock.tick(SignedDuration::from_secs(900));
        sign_in(&engine, "mira").await;
        assert!(matches!(try_wrong(&engine, "mira", &home()).await, EngineError::SignInRefused), "forgiven");
    }

    async fn every_node_counts(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        let other = node(&database, &clock).await;
        add(&engine, "mira", Role::Viewer).await;
        for n in 0..5 {
            try_wrong(if n % 2 == 0 { &engine } else { &other }, "mira", &home()).await;
        }
        assert_eq!(waits(&try_wrong(&engine, "mira", &home()).await), 1);
        assert_eq!(waits(&try_wrong(&other, "mira", &home()).await), 1);
    }

    async fn a_stranger_holds_himself_up_and_not_the_owner_of_the_name(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        sign_in(&engine, "mira").await;
        // One stranger: another address is not held up.
        for _ in 0..6 {
            try_wrong(&engine, "mira", &from("203.0.113.9")).await;
        }
        assert!(waits(&try_wrong(&engine, "mira", &from("203.0.113.9")).await) > 0);
        engine.sign_in("mira", &PASSWORD.into(), &from("192.0.2.77"), None).await.unwrap();
        // Many of them: the owner is not held up where they signed in before, and for a minute at most elsewhere.
        for n in 0..60 {
            try_wrong(&engine, "mira", &from(&format!("198.51.100.{n}"))).await;
        }
        let elsewhere = engine.sign_in("mira", &PASSWORD.into(), &from("203.0.113.200"), None).await.unwrap_err();
        assert!((1..=60).contains(&waits(&elsewhere)));
        sign_in(&engine, "mira").await;
    }

    async fn one_address_that_tries_many_names_is_held_up(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        for n in 0..30 {
            assert!(matches!(try_wrong(&engine, &format!("name{n}"), &home()).await, EngineError::SignInRefused));
        }
        assert_eq!(waits(&try_wrong(&engine, "another", &home()).await), 1);
        assert!(matches!(try_wrong(&engine, "another", &from("192.0.2.2")).await, EngineError::SignInRefused));
    }

    async fn attempts_at_the_same_moment_are_no_way_around(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let engine = Arc::new(engine);
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move { try_wrong(&engine, "mira", &home()).await })
            })
            .collect();
        let mut tried = 0;
        for task in tasks {
            tried += u32::from(matches!(task.await.unwrap(), EngineError::SignInRefused));
        }
        assert_eq!(tried, 5);
    }

    async fn a_password_is_changed_with_the_old_one_and_ends_other_sessions(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let (here, elsewhere) = (sign_in(&engine, "mira").await, sign_in(&engine, "mira").await);
        let mira = Operator::remote("mira", Role::Viewer);
        let change = async |old: Option<&str>, new: &str| {
            let old = old.map(SecretString::from);
            engine.set_password(&mira, "mira", old.as_ref(), &new.into(), Some(&here.id)).await
        };
        for (old, new, field) in [(None, NEW, "oldPassword"), (Some("wrong"), NEW, "oldPassword"), (Some(PASSWORD), "short", "newPassword")] {
            let error = change(old, new).await.unwrap_err();
            assert!(matches!(error, EngineError::Unfit { field: found, .. } if found == field), "{error}");
        }
        assert_eq!(change(Some(PASSWORD), NEW).await.unwrap(), 1);
        assert!(is_good(&engine, &here.secret).await && !is_good(&engine, &elsewhere.secret).await);
        assert!(engine.sign_in("mira", &PASSWORD.into(), &home(), None).await.is_err());
        engine.sign_in("mira", &NEW.into(), &home(), None).await.unwrap();
        assert!(newest(&engine, 3).await.contains(&"operator.password-set".to_owned()));
        for _ in 0..5 {
            assert!(matches!(change(Some("guess"), NEW).await, Err(EngineError::Unfit { .. })));
        }
        assert!(matches!(change(Some("guess"), NEW).await, Err(EngineError::TooManyAttempts { .. })));
        // An admin needs no old one; every session ends.
        engine.set_password(&Operator::remote("ada", Role::Admin), "mira", None, &PASSWORD.into(), None).await.unwrap();
        assert!(!is_good(&engine, &here.secret).await);
        sign_in(&engine, "mira").await;
        let program = Operator::program("mira", Role::Viewer);
        assert!(engine.set_password(&program, "mira", Some(&PASSWORD.into()), &NEW.into(), None).await.is_err());
    }

    async fn an_older_hash_is_replaced_at_the_next_sign_in(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let older = Argon2::from(Params::new(64, 1, 1, None).unwrap());
        let hash: PasswordHash = older.hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes of").unwrap();
        let store = rollcall_store::Store::open(&database.location().parse().unwrap(), None).await.unwrap();
        let id = store.operator_named("mira").await.unwrap().unwrap().id;
        let entry = rollcall_audit::Draft::new(clock.now(), "test", rollcall_audit::EntryKind::OPERATOR_PASSWORD, rollcall_audit::Subject::default());
        store.set_password(&id, &hash.to_string().into(), None, clock.now(), entry).await.unwrap();
        assert!(engine.sign_in("mira", &"wrong".into(), &home(), None).await.is_err());
        assert!(store.password_of(&id).await.unwrap().unwrap().expose_secret().contains("m=64,"));
        sign_in(&engine, "mira").await;
        let now = store.password_of(&id).await.unwrap().unwrap();
        assert!(now.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", now.expose_secret());
        sign_in(&engine, "mira").await;
    }
}
