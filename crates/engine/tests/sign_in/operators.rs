//! Adding, changing and removing operators.

use crate::*;
use rollcall_engine::{OperatorEdit, StoreError, UseCase};
use rollcall_testkit::both_databases;

fn role(role: Role) -> OperatorEdit {
    OperatorEdit { role: Some(role), ..OperatorEdit::default() }
}

fn inactive() -> OperatorEdit {
    OperatorEdit { is_active: Some(false), ..OperatorEdit::default() }
}

fn is_last_admin(error: &EngineError) -> bool {
    matches!(error, EngineError::Store(StoreError::Conflict { .. }))
        && error.to_string().contains("last active admin")
}

both_databases! {
    async fn names_are_one_in_every_spelling_and_some_are_reserved(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "Mira", Role::Admin).await;
        for name in ["mira", "MIRA", "Mira"] {
            let error = engine.add_operator(&shell(), new(name, Role::Viewer)).await.unwrap_err();
            assert!(matches!(error, EngineError::Taken { .. }), "{error}");
        }
        for name in ["schedule", "ROLLCALL", "unknown", "a b", "", "x/y", "-rf"] {
            let error = engine.add_operator(&shell(), new(name, Role::Viewer)).await.unwrap_err();
            assert!(matches!(error, EngineError::Unfit { field: "name", .. }), "{name:?}: {error}");
        }
        for (email, password) in [("nowhere", PASSWORD), ("mira@example.org", "short"), ("mira@example.org", "password1234")] {
            let new = NewOperator { email: Some(email.to_owned()), password: Some(password.into()), ..new("theo", Role::Viewer) };
            assert!(matches!(engine.add_operator(&shell(), new).await, Err(EngineError::Unfit { .. })));
        }
        assert_eq!(engine.operators(&shell()).await.unwrap().len(), 1);
        assert_eq!(newest(&engine, 9).await, ["operator.added"]);
    }

    async fn the_last_active_admin_stays_one(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Admin).await;
        add(&engine, "theo", Role::Viewer).await;
        assert!(is_last_admin(&engine.change_operator(&shell(), "mira", &role(Role::Viewer), None).await.unwrap_err()));
        assert!(is_last_admin(&engine.change_operator(&shell(), "mira", &inactive(), None).await.unwrap_err()));
        assert!(is_last_admin(&engine.remove_operator(&shell(), "mira", None).await.unwrap_err()));
        add(&engine, "ada", Role::Admin).await;
        engine.change_operator(&shell(), "ada", &inactive(), None).await.unwrap();
        assert!(is_last_admin(&engine.remove_operator(&shell(), "mira", None).await.unwrap_err()), "an inactive one does not count");
        engine.change_operator(&shell(), "theo", &role(Role::Admin), None).await.unwrap();
        engine.remove_operator(&shell(), "mira", None).await.unwrap();
        assert_eq!(newest(&engine, 2).await, ["operator.removed", "operator.changed"]);
    }

    async fn a_change_of_role_or_standing_ends_sessions_and_others_do_not(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Operator).await;
        let renamed = OperatorEdit { display_name: Some("Mira K.".to_owned()), email: Some("m@example.org".to_owned()), ..OperatorEdit::default() };
        for (edit, survives) in [(renamed, true), (role(Role::Operator), true), (role(Role::Approver), false), (inactive(), false)] {
            let session = sign_in(&engine, "mira").await.secret;
            engine.change_operator(&shell(), "mira", &edit, None).await.unwrap();
            assert_eq!(is_good(&engine, &session).await, survives, "{edit:?}");
        }
        let view = engine.operator(&shell(), "MIRA").await.unwrap();
        assert_eq!((view.display_name.as_str(), view.email.as_deref(), view.is_active), ("Mira K.", Some("m@example.org"), false));
    }

    async fn a_change_based_on_an_older_picture_is_refused(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let seen = engine.operator(&shell(), "mira").await.unwrap().changed_at;
        clock.tick(jiff::SignedDuration::from_secs(1));
        engine.change_operator(&shell(), "mira", &role(Role::Operator), Some(seen)).await.unwrap();
        let error = engine.change_operator(&shell(), "mira", &role(Role::Admin), Some(seen)).await.unwrap_err();
        assert!(matches!(error, EngineError::Store(StoreError::Stale { .. })), "{error}");
        assert!(matches!(engine.remove_operator(&shell(), "mira", Some(seen)).await, Err(EngineError::Store(StoreError::Stale { .. }))));
        assert_eq!(engine.operator(&shell(), "mira").await.unwrap().role, Role::Operator);
    }

    async fn only_an_admin_sees_and_changes_others_and_everybody_sees_themselves(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Approver).await;
        add(&engine, "theo", Role::Viewer).await;
        let mira = Operator::remote("Mira", Role::Approver);
        assert_eq!(engine.operator(&mira, "mira").await.unwrap().name, "mira");
        let refused: [EngineError; 8] = [
            engine.operators(&mira).await.unwrap_err(),
            engine.operator(&mira, "theo").await.unwrap_err(),
            engine.operator(&mira, "nobody-of-that-name").await.unwrap_err(),
            engine.add_operator(&mira, new("eve", Role::Admin)).await.unwrap_err(),
            engine.change_operator(&mira, "mira", &role(Role::Admin), None).await.unwrap_err(),
            engine.remove_operator(&mira, "theo", None).await.unwrap_err(),
            engine.set_password(&mira, "theo", None, &PASSWORD.into(), None).await.unwrap_err(),
            engine.make_setup_link(&mira).await.unwrap_err(),
        ];
        for error in refused {
            assert!(matches!(error, EngineError::Forbidden { .. }), "{error}");
        }
        assert!(UseCase::ALL.iter().all(|u| Operator::remote("x", Role::Admin).may(*u)));
    }
}
