//! Events that policies wait for, on both databases.

use crate::{entry, now, open, plan, site_id, wiki};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::Trigger;
use rollcall_store::{PlanRow, PolicyDraft, PolicyState, Store, WatchCursor, WatchEvent};
use rollcall_testkit::both_databases;

fn minute(minutes: i64) -> Timestamp {
    let at = now() + SignedDuration::from_mins(minutes);
    Timestamp::from_microsecond(at.as_microsecond()).unwrap()
}

fn policy(version: &str) -> PolicyDraft {
    PolicyDraft {
        name: "welcome".to_owned(),
        version: version.to_owned(),
        document: "{}".to_owned(),
        loaded_by: "mira".to_owned(),
    }
}

fn event(account: &str, kind: Trigger, minutes: i64) -> WatchEvent {
    WatchEvent { account: account.into(), kind, happened_at: minute(minutes), seen_at: minute(minutes + 1) }
}

fn cursor(minutes: i64) -> WatchCursor {
    WatchCursor {
        read_until: minute(minutes),
        snapshot: Some("snapshot-1".into()),
        looked_at: minute(minutes),
    }
}

async fn switch(store: &Store, version: &str, to: PolicyState, minutes: i64) {
    let seen = store.policy("welcome").await.unwrap().changed_at;
    store.switch_policy("Welcome", (version, seen), to, None, minute(minutes), entry()).await.unwrap();
}

async fn collect(store: &Store, events: &[WatchEvent], minutes: i64) -> bool {
    let since = store.watched_since("welcome").await.unwrap().unwrap();
    store.collect_events("welcome", since, &site_id(), events, &cursor(minutes)).await.unwrap()
}

async fn open_events(store: &Store) -> Vec<String> {
    let events = store.open_events("welcome", &site_id()).await.unwrap();
    events.iter().map(|e| format!("{} {}", e.account, e.kind)).collect()
}

async fn switched_on(database: &rollcall_testkit::TestDatabase) -> Store {
    let store = open(database).await;
    store.add_site(&wiki(), now(), entry()).await.unwrap();
    store.load_policy(&policy("v1"), now(), entry()).await.unwrap();
    switch(&store, "v1", PolicyState::Test, 0).await;
    store
}

both_databases! {
    async fn a_policy_is_watched_for_from_when_it_is_switched_on_until_it_is_off(database: TestDatabase) {
        let store = switched_on(&database).await;
        assert_eq!(store.watched_since("welcome").await.unwrap(), Some(minute(0)));
        assert!(collect(&store, &[event("mira", Trigger::Login, 1)], 2).await);
        assert_eq!(store.watch_cursor("welcome", &site_id()).await.unwrap(), Some(cursor(2)));
        // Switched on once more, nothing begins anew.
        switch(&store, "v1", PolicyState::Test, 3).await;
        assert_eq!(store.watched_since("welcome").await.unwrap(), Some(minute(0)));
        assert_eq!(open_events(&store).await, ["mira login"]);
        switch(&store, "v1", PolicyState::Off, 4).await;
        assert_eq!(store.watched_since("welcome").await.unwrap(), None);
        assert_eq!(store.watch_cursor("welcome", &site_id()).await.unwrap(), None);
        assert_eq!(open_events(&store).await, [] as [String; 0]);
        // Somebody who looked at the site meanwhile keeps nothing.
        let late_events = [event("mira", Trigger::Login, 5)];
        let late = store.collect_events("welcome", minute(0), &site_id(), &late_events, &cursor(6)).await;
        assert!(!late.unwrap());
        switch(&store, "v1", PolicyState::Test, 7).await;
        let late = store.collect_events("welcome", minute(0), &site_id(), &late_events, &cursor(8)).await;
        assert!(!late.unwrap(), "what was seen before the switch does not count after it");
        assert_eq!(store.watched_since("welcome").await.unwrap(), Some(minute(7)));
    }

    async fn another_version_and_a_removal_end_the_watch(database: TestDatabase) {
        let store = switched_on(&database).await;
        collect(&store, &[event("mira", Trigger::Login, 1)], 2).await;
        store.load_policy(&policy("v1"), minute(3), entry()).await.unwrap();
        assert_eq!(open_events(&store).await.len(), 1, "the same version changes nothing");
        store.load_policy(&policy("v2"), minute(3), entry()).await.unwrap();
        assert_eq!(store.watched_since("welcome").await.unwrap(), None);
        assert_eq!(open_events(&store).await, [] as [String; 0]);
        switch(&store, "v2", PolicyState::Test, 4).await;
        collect(&store, &[event("mira", Trigger::Login, 5)], 6).await;
        store.remove_policy("welcome", ("v2", minute(4)), entry()).await.unwrap();
        assert_eq!(open_events(&store).await, [] as [String; 0]);
    }

    async fn an_event_counts_once_however_often_it_is_seen(database: TestDatabase) {
        let store = switched_on(&database).await;
        let both = [event("mira", Trigger::AccountCreated, 1), event("mira", Trigger::Login, 2)];
        for _ in 0..2 {
            collect(&store, &both, 3).await;
        }
        assert_eq!(open_events(&store).await, ["mira account-created", "mira login"]);
        let taken = store.open_events("welcome", &site_id()).await.unwrap();
        store.drop_events("welcome", &site_id(), &taken).await.unwrap();
        assert_eq!(open_events(&store).await, [] as [String; 0]);
        // Seen again, by the log and by a snapshot that spells the sign-in a little later: still the same.
        collect(&store, &both, 4).await;
        let spelled = WatchEvent { happened_at: minute(2) + SignedDuration::from_secs(59), ..both[1].clone() };
        collect(&store, &[spelled, event("mira", Trigger::AccountCreated, 9)], 5).await;
        assert_eq!(open_events(&store).await, [] as [String; 0]);
        collect(&store, &[event("mira", Trigger::Login, 6)], 7).await;
        assert_eq!(open_events(&store).await, ["mira login"], "another sign-in is another event");
    }

    async fn a_plan_takes_its_events_and_not_those_that_came_meanwhile(database: TestDatabase) {
        let store = switched_on(&database).await;
        collect(&store, &[event("mira", Trigger::Login, 1), event("tom", Trigger::Login, 1)], 2).await;
        let taken = store.open_events("welcome", &site_id()).await.unwrap();
        collect(&store, &[event("tom", Trigger::Login, 3)], 4).await;
        let row = PlanRow { policy: Some("welcome".to_owned()), version: Some("v1".to_owned()), ..plan("plan-1") };
        store.add_plan_taking(&row, b"{}", entry(), &taken).await.unwrap();
        assert_eq!(open_events(&store).await, ["tom login"], "tom signed in once more since");
    }
}
