//! Sessions: how they last and end.

use crate::*;
use jiff::SignedDuration;
use rollcall_engine::SessionLengths;
use rollcall_testkit::both_databases;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

both_databases! {
    async fn a_session_ends_after_eight_hours_unused_and_seven_days_used(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let unused = sign_in(&engine, "mira").await.secret;
        let used = sign_in(&engine, "mira").await;
        let began = clock.now();
        clock.tick(HOUR * 8 - MINUTE);
        assert!(is_good(&engine, &used.secret).await);
        clock.tick(MINUTE);
        assert!(!is_good(&engine, &unused).await);
        while clock.now() + HOUR < began + HOUR * 24 * 7 {
            clock.tick(HOUR);
            assert!(is_good(&engine, &used.secret).await, "{}", clock.now());
        }
        clock.set(used.ends_at);
        assert_eq!(used.ends_at, began + HOUR * 24 * 7);
        assert!(!is_good(&engine, &used.secret).await);
        assert!(engine.sessions(&shell(), "mira").await.unwrap().is_empty());
    }

    async fn lengths_are_set_and_bounded_and_hold_for_sessions_under_way(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let session = sign_in(&engine, "mira").await.secret;
        let admin = Operator::remote("ada", Role::Admin);
        let lengths = |idle, absolute| SessionLengths { idle, absolute };
        for bad in [lengths(MINUTE, HOUR), lengths(HOUR * 2, HOUR), lengths(HOUR, HOUR * 24 * 91), lengths(-HOUR, HOUR)] {
            assert!(matches!(engine.set_session_lengths(&admin, bad, None).await, Err(EngineError::Unfit { .. })), "{bad:?}");
        }
        let viewer = Operator::remote("mira", Role::Viewer);
        assert!(matches!(engine.set_session_lengths(&viewer, lengths(HOUR, HOUR), None).await, Err(EngineError::Forbidden { .. })));
        assert_eq!(engine.session_lengths(&viewer).await.unwrap(), SessionLengths::default());
        engine.set_session_lengths(&admin, lengths(MINUTE * 10, HOUR), None).await.unwrap();
        assert_eq!(engine.session_lengths(&viewer).await.unwrap(), lengths(MINUTE * 10, HOUR));
        assert_eq!(newest(&engine, 1).await, ["setting.changed"]);
        for _ in 0..6 {
            clock.tick(MINUTE * 9);
            assert!(is_good(&engine, &session).await);
        }
        clock.tick(MINUTE * 6);
        assert!(!is_good(&engine, &session).await, "an hour is over");
        let other = sign_in(&engine, "mira").await.secret;
        clock.tick(MINUTE * 10);
        assert!(!is_good(&engine, &other).await);
    }

    async fn signing_in_again_gives_another_secret_and_ends_the_session_before(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let first = sign_in(&engine, "mira").await.secret;
        let second = engine.sign_in("mira", &PASSWORD.into(), &home(), Some(&first)).await.unwrap().secret;
        assert!(!is_good(&engine, &first).await && is_good(&engine, &second).await);
        // A secret that somebody planted in the browser is not taken over.
        let planted: SecretString = "planted".to_owned().into();
        engine.sign_in("mira", &PASSWORD.into(), &home(), Some(&planted)).await.unwrap();
        assert!(!is_good(&engine, &planted).await);
    }

    async fn signing_out_ends_this_session_and_only_it(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        let (one, two) = (sign_in(&engine, "mira").await.secret, sign_in(&engine, "mira").await.secret);
        let who = engine.authenticate_session(&one).await.unwrap().unwrap();
        engine.sign_out(&who).await.unwrap();
        engine.sign_out(&who).await.unwrap();
        assert!(!is_good(&engine, &one).await && is_good(&engine, &two).await);
        assert_eq!(newest(&engine, 2).await, ["session.ended", "session.started"]);
    }

    async fn sessions_are_seen_and_ended_by_their_owner_and_by_admins(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Viewer).await;
        add(&engine, "theo", Role::Approver).await;
        let (one, two, three) = (sign_in(&engine, "mira").await, sign_in(&engine, "mira").await, sign_in(&engine, "theo").await);
        let (mira, theo, ada) = (Operator::remote("mira", Role::Viewer), Operator::remote("theo", Role::Approver), Operator::remote("ada", Role::Admin));
        let seen = engine.sessions(&mira, "mira").await.unwrap();
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[0].address.as_str(), seen[0].agent.as_str()), ("192.0.2.1", "a browser"));
        assert!(matches!(engine.sessions(&theo, "mira").await, Err(EngineError::Forbidden { .. })));
        assert!(matches!(engine.end_session(&theo, "mira", &one.id).await, Err(EngineError::Forbidden { .. })));
        assert!(engine.end_session(&mira, "mira", &three.id).await.is_err(), "by the id of somebody else's");
        assert!(is_good(&engine, &three.secret).await);
        engine.end_session(&mira, "mira", &one.id).await.unwrap();
        assert!(!is_good(&engine, &one.secret).await && is_good(&engine, &two.secret).await);
        assert_eq!(engine.end_sessions(&ada, "mira", None).await.unwrap(), 1);
        assert_eq!(engine.end_sessions(&ada, "mira", None).await.unwrap(), 0);
        assert!(!is_good(&engine, &two.secret).await);
    }

    async fn what_is_no_secret_is_nobody(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Admin).await;
        let session = sign_in(&engine, "mira").await;
        let long = "x".repeat(5000);
        for wrong in ["", " ", "mira", session.id.as_str(), &long, "' OR 1=1 --", "x\0y"] {
            assert!(!is_good(&engine, &wrong.into()).await, "{wrong:?}");
        }
    }
}
