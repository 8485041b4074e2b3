//! The first admin.

use crate::*;
use jiff::SignedDuration;
use rollcall_engine::Setup;
use rollcall_testkit::both_databases;

both_databases! {
    async fn the_link_makes_one_admin_and_signs_them_in(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        assert_eq!(engine.setup().await.unwrap(), Setup::Needed);
        let old = engine.make_setup_link(&shell()).await.unwrap();
        let link = engine.make_setup_link(&shell()).await.unwrap();
        assert_eq!(link.until, clock.now() + SignedDuration::from_hours(24));
        assert_eq!(engine.setup().await.unwrap(), Setup::LinkMade { until: link.until });
        let wrong = "0".repeat(43).into();
        for dead in [&old.token, &wrong] {
            let error = engine.set_up(dead, new("mira", Role::Admin), &home()).await.unwrap_err();
            assert!(error.to_string().contains("good no more"), "{error}");
        }
        assert_eq!(engine.passwords_hashed(), 0, "a stranger makes no work");
        let weak = NewOperator { password: Some("short".into()), ..new("mira", Role::Admin) };
        assert!(matches!(engine.set_up(&link.token, weak, &home()).await, Err(EngineError::Unfit { field: "password", .. })));
        // Whatever role is asked for: the first is an admin.
        let session = engine.set_up(&link.token, new("mira", Role::Viewer), &home()).await.unwrap();
        assert_eq!(session.operator, Operator::remote("mira", Role::Admin));
        assert!(is_good(&engine, &session.secret).await);
        assert_eq!(engine.setup().await.unwrap(), Setup::Done);
        assert!(engine.set_up(&link.token, new("eve", Role::Admin), &home()).await.is_err(), "used up");
        assert!(engine.make_setup_link(&shell()).await.unwrap_err().to_string().contains("there is an admin already"));
        assert_eq!(newest(&engine, 3).await, ["session.started", "operator.added", "operator.setup-link-made"]);
        assert!(!whole_log(&engine).await.contains(secrecy::ExposeSecret::expose_secret(&link.token)));
    }

    async fn a_link_is_good_for_a_day(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        let link = engine.make_setup_link(&shell()).await.unwrap();
        clock.set(link.until);
        assert_eq!(engine.setup().await.unwrap(), Setup::Needed);
        assert!(engine.set_up(&link.token, new("mira", Role::Admin), &home()).await.is_err());
    }
}
