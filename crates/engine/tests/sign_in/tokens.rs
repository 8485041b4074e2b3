//! API tokens.

use crate::*;
use jiff::SignedDuration;
use rollcall_engine::{NewToken, OperatorEdit, looks_like_token};
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn token(name: &str) -> NewToken {
    NewToken { name: name.to_owned(), owner: None, role: None, expires_at: None }
}

both_databases! {
    async fn a_token_is_shown_once_and_its_owner_is_the_same_person(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Approver).await;
        let mira = Operator::remote("mira", Role::Approver);
        let ask = NewToken { role: Some(Role::Operator), ..token("ci") };
        let (view, secret) = engine.create_token(&mira, ask).await.unwrap();
        assert!(looks_like_token(secret.expose_secret()));
        assert_eq!(view.expires_at, clock.now() + DAY * 90);
        let who = engine.authenticate_token(&secret).await.unwrap().unwrap();
        assert_eq!((who.operator().name(), who.operator().role()), ("mira", Role::Operator));
        assert!(who.operator().is_program() && who.session().is_none());
        assert!(engine.authenticate_session(&secret).await.unwrap().is_none());
        assert_eq!(engine.tokens(&mira, Some("mira")).await.unwrap()[0].used_at, Some(clock.now()));
        assert_eq!(newest(&engine, 1).await, ["token.created"]);
        assert!(!whole_log(&engine).await.contains(secret.expose_secret()));
        assert!(engine.sign_out(&who).await.is_err());
    }

    async fn use_is_noted_once_a_minute(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let mira = Operator::remote("mira", Role::Viewer);
        let (view, secret) = engine.create_token(&mira, token("ci")).await.unwrap();
        let used = async || engine.token(&mira, &view.id).await.unwrap().used_at.unwrap();
        engine.authenticate_token(&secret).await.unwrap().unwrap();
        let first = clock.now();
        clock.tick(SignedDuration::from_secs(59));
        engine.authenticate_token(&secret).await.unwrap().unwrap();
        assert_eq!(used().await, first);
        clock.tick(SignedDuration::from_secs(1));
        engine.authenticate_token(&secret).await.unwrap().unwrap();
        assert_eq!(used().await, clock.now());
    }

    async fn a_token_ends_by_time_by_hand_and_with_its_owner(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "ada", Role::Admin).await;
        add(&engine, "mira", Role::Approver).await;
        let mira = Operator::remote("mira", Role::Approver);
        let good = async |secret: &SecretString| engine.authenticate_token(secret).await.unwrap().map(|w| w.operator().role());
        let (short, short_secret) = engine.create_token(&mira, NewToken { expires_at: Some(clock.now() + DAY), ..token("short") }).await.unwrap();
        let (long, long_secret) = engine.create_token(&mira, token("long")).await.unwrap();
        let (_, third_secret) = engine.create_token(&mira, token("third")).await.unwrap();
        clock.set(short.expires_at);
        assert_eq!(good(&short_secret).await, None);
        engine.revoke_token(&mira, &long.id).await.unwrap();
        assert_eq!(good(&long_secret).await, None);
        assert!(engine.revoke_token(&mira, &long.id).await.is_err());
        assert_eq!(newest(&engine, 1).await, ["token.revoked"]);
        let edit = |role, is_active| OperatorEdit { role, is_active, ..OperatorEdit::default() };
        engine.change_operator(&shell(), "mira", &edit(Some(Role::Viewer), None), None).await.unwrap();
        assert_eq!(good(&third_secret).await, Some(Role::Viewer), "never more than the owner may now");
        engine.change_operator(&shell(), "mira", &edit(None, Some(false)), None).await.unwrap();
        assert_eq!(good(&third_secret).await, None);
        engine.change_operator(&shell(), "mira", &edit(None, Some(true)), None).await.unwrap();
        assert_eq!(good(&third_secret).await, None, "they come back without their tokens");
        let (_, fourth_secret) = engine.create_token(&mira, token("fourth")).await.unwrap();
        assert_eq!(good(&fourth_secret).await, Some(Role::Viewer));
        engine.remove_operator(&shell(), "mira", None).await.unwrap();
        assert_eq!(good(&fourth_secret).await, None);
        add(&engine, "mira", Role::Viewer).await;
        assert_eq!(good(&fourth_secret).await, None, "somebody new of that name has none of it");
    }

    async fn a_token_lets_nobody_in(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "theo", Role::Admin).await;
        add(&engine, "mira", Role::Viewer).await;
        let program = Operator::program("theo", Role::Admin);
        let edit = |role, is_active| OperatorEdit { role, is_active, ..OperatorEdit::default() };
        engine.change_operator(&program, "mira", &edit(Some(Role::Viewer), Some(false)), None).await.unwrap();
        let refused = [
            engine.add_operator(&program, new("eve", Role::Viewer)).await.unwrap_err(),
            engine.set_password(&program, "mira", None, &PASSWORD.into(), None).await.unwrap_err(),
            engine.change_operator(&program, "mira", &edit(None, Some(true)), None).await.unwrap_err(),
            engine.change_operator(&program, "mira", &edit(Some(Role::Admin), None), None).await.unwrap_err(),
        ];
        for error in refused {
            assert!(matches!(&error, EngineError::NeedsPerson { .. }), "{error}");
        }
        engine.remove_operator(&program, "mira", None).await.unwrap();
    }

    async fn what_a_token_must_not_be(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Operator).await;
        add(&engine, "theo", Role::Admin).await;
        let mira = Operator::remote("mira", Role::Operator);
        let expires = |at| NewToken { expires_at: Some(at), ..token("ci") };
        let bad = [
            (NewToken { role: Some(Role::Approver), ..token("ci") }, "role"),
            (expires(clock.now()), "expiresAt"),
            (expires(clock.now() + DAY * 367), "expiresAt"),
            (token(" "), "name"),
            (token("a\nb"), "name"),
            (NewToken { owner: Some("theo".to_owned()), ..token("ci") }, "owner"),
        ];
        for (ask, field) in bad {
            let error = engine.create_token(&mira, ask.clone()).await.unwrap_err();
            assert!(matches!(error, EngineError::Unfit { field: found, .. } if found == field), "{ask:?}: {error}");
        }
        let program = Operator::program("mira", Role::Operator);
        assert!(matches!(engine.create_token(&program, token("more")).await, Err(EngineError::NeedsPerson { .. })), "a token makes no tokens");
        engine.create_token(&mira, token("ci")).await.unwrap();
        assert!(engine.create_token(&mira, token("ci")).await.is_err(), "two of one name");
        let for_theo = NewToken { owner: Some("theo".to_owned()), ..token("ci") };
        assert_eq!(engine.create_token(&shell(), for_theo).await.unwrap().0.owner, "theo");
    }

    async fn somebody_elses_token_is_not_there_but_for_admins(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        for (name, role) in [("mira", Role::Viewer), ("theo", Role::Approver), ("ada", Role::Admin)] {
            add(&engine, name, role).await;
        }
        let (mira, theo, ada) = (Operator::remote("mira", Role::Viewer), Operator::remote("theo", Role::Approver), Operator::remote("ada", Role::Admin));
        let (view, secret) = engine.create_token(&mira, token("ci")).await.unwrap();
        for error in [engine.token(&theo, &view.id).await.unwrap_err(), engine.revoke_token(&theo, &view.id).await.unwrap_err()] {
            assert!(matches!(error, EngineError::NotFound { .. }), "{error}");
        }
        assert!(matches!(engine.tokens(&theo, Some("mira")).await, Err(EngineError::Forbidden { .. })));
        assert!(matches!(engine.tokens(&theo, None).await, Err(EngineError::Forbidden { .. })));
        assert_eq!(engine.tokens(&ada, None).await.unwrap(), std::slice::from_ref(&view));
        engine.revoke_token(&ada, &view.id).await.unwrap();
        assert!(engine.authenticate_token(&secret).await.unwrap().is_none());
        let almost = format!("{}x", &secret.expose_secret()[..51]);
        for wrong in ["", "rc_", "Bearer x", view.id.as_str(), almost.as_str()] {
            assert!(engine.authenticate_token(&wrong.into()).await.unwrap().is_none(), "{wrong:?}");
        }
    }
}
