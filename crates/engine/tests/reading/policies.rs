//! Policies over time.

use crate::stage::{Stage, admin, viewer};
use rollcall_engine::{EngineError, Loaded, PolicyState};
use rollcall_planner::Policy;
use rollcall_testkit::both_databases;

both_databases! {
    async fn a_policy_has_versions_that_can_be_compared(database: TestDatabase) {
        let stage = Stage::set_up(&database, 40).await;
        let engine = &stage.engine;
        let first = Policy::sample();
        engine.load_policies(&admin(), std::slice::from_ref(&first)).await.unwrap();
        let seen = engine.policy_view(&viewer(), &first.name).await.unwrap();
        let second = Policy { select: "status = enabled AND idle >= 120d".to_owned(), ..first.clone() };
        stage.clock.tick(jiff::SignedDuration::from_mins(1));
        assert_eq!(engine.replace_policy(&admin(), &seen, &second).await.unwrap(), Loaded::Changed);
        let stale = engine.replace_policy(&admin(), &seen, &first).await;
        assert!(matches!(&stale, Err(EngineError::Store(_))), "{stale:?}");
        let versions = engine.policy_versions(&viewer(), &first.name).await.unwrap();
        let current: Vec<bool> = versions.iter().map(|version| version.is_current).collect();
        assert_eq!(current, [true, false]);
        let (old, new) = (&versions[1].version[..12], &versions[0].version[..12]);
        let difference = engine.policy_difference(&viewer(), &first.name, old, new).await.unwrap();
        assert_eq!(difference.fields.len(), 1);
        assert_eq!(difference.fields[0].path, "select");
        let unknown = engine.policy_difference(&viewer(), &first.name, old, "f00d-no").await;
        assert!(matches!(unknown, Err(EngineError::NotFound { what: "version", .. })));
    }

    async fn only_a_policy_that_is_off_is_removed(database: TestDatabase) {
        let stage = Stage::set_up(&database, 40).await;
        let (engine, policy) = (&stage.engine, Policy::sample());
        engine.load_policies(&admin(), std::slice::from_ref(&policy)).await.unwrap();
        engine.switch_policy(&admin(), &policy.name, PolicyState::Test, None).await.unwrap();
        let next = engine.overview(&viewer()).await.unwrap().next_runs;
        assert_eq!((next.len(), next[0].policy.as_str()), (1, policy.name.as_str()));
        assert!(matches!(engine.remove_policy(&admin(), &policy.name, None).await, Err(EngineError::NotNow(_))));
        engine.switch_policy(&admin(), &policy.name, PolicyState::Off, None).await.unwrap();
        engine.remove_policy(&admin(), &policy.name, None).await.unwrap();
        assert!(matches!(engine.remove_policy(&admin(), &policy.name, None).await, Err(EngineError::NotFound { .. })));
    }

    async fn a_policy_is_checked_against_its_sites(database: TestDatabase) {
        let stage = Stage::set_up(&database, 40).await;
        let sound = Policy::sample();
        let wrong = Policy { name: "wrong".to_owned(), select: "group = \"no-such-group\"".to_owned(), ..sound.clone() };
        let elsewhere = Policy { name: "elsewhere".to_owned(), sites: vec!["intranet".parse().unwrap()], ..sound.clone() };
        let problems = stage.engine.check_policies(&viewer(), &[sound, wrong, elsewhere]).await.unwrap();
        let named: Vec<_> = problems.iter().map(|p| (p.policy.as_str(), p.site.as_str())).collect();
        let svc = problems.iter().filter(|p| p.policy == "reclaim-idle-seats").count();
        assert_eq!(named[svc..], [("wrong", "wiki"), ("elsewhere", "intranet")]);
        assert!(matches!(problems[svc].error, EngineError::Criterion { .. }));
    }
}
