//! "Give the seat back on login" is an ordinary policy.

use crate::stage::{Stage, outcomes};
use rollcall_planner::Policy;
use rollcall_testkit::both_databases;

fn sample(name: &str) -> String {
    let policy = Policy::samples().into_iter().find(|policy| policy.name == name).unwrap();
    rollcall_planner::write_policies(&[policy])
}

both_databases! {
    async fn whoever_signs_in_after_losing_the_seat_gets_it_back(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let people = stage.idle_people(2);
        let (mira, tom) = (people[0].as_str(), people[1].as_str());
        stage.sync().await;
        stage.tick(60);
        let taken = format!("username IN ({mira}, {tom})");
        stage.do_live(&taken, &["remove-groups=confluence-users", "add-groups=confluence-inactive"]).await;
        assert!(!stage.is_member(mira, "confluence-users"));

        stage.load(&sample("give-seat-back")).await;
        stage.go_live("give-seat-back").await;
        assert_eq!(stage.poll().await, [] as [String; 0], "nobody has come back yet");

        // Mira signs in; Tom does not; somebody who has a seat signs in as always.
        stage.tick(120);
        stage.sign_in(mira);
        stage.sign_in("admin");
        stage.tick(20);
        assert_eq!(stage.poll().await, ["give-seat-back: 2"], "what happened; whom it concerns the criterion says");
        let report = stage.run_for_events("give-seat-back").await.unwrap();
        assert_eq!(
            outcomes(&report),
            [
                format!("{mira}: add-groups=confluence-users done"),
                format!("{mira}: remove-groups=confluence-inactive done")
            ]
        );
        assert_eq!(report.basis.only.as_deref(), Some("only 2 accounts that signed in"));
        assert!(report.items[0].why.starts_with("signed in; returned true"), "{}", report.items[0].why);
        assert!(stage.is_member(mira, "confluence-users") && !stage.is_member(tom, "confluence-users"));

        // The same event is not taken twice, and having a seat is no reason to be given one.
        stage.tick(20);
        assert_eq!(stage.poll().await, [] as [String; 0]);
        stage.sign_in(mira);
        stage.tick(20);
        assert_eq!(stage.poll().await, ["give-seat-back: 1"]);
        assert!(stage.run_for_events("give-seat-back").await.is_none(), "the criterion selects nobody");
        assert_eq!(stage.poll().await, [] as [String; 0]);
    }

    async fn what_is_known_of_a_loss_and_a_return_is_what_criteria_say(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let people = stage.idle_people(2);
        let (mira, tom) = (people[0].as_str(), people[1].as_str());
        let both = format!("username IN ({mira}, {tom})");
        stage.sync().await;
        assert_eq!(stage.selected(&format!("{both} AND deactivated = never AND returned = false")).await.len(), 2);
        let before = stage.tick(60);
        stage.do_live(&format!("username = {mira}"), &["disable"]).await;
        let after = stage.tick(60);
        // Rollcall did it itself: it knows when, to the second.
        let within = format!("deactivated >= \"{before}\" AND deactivated < \"{after}\"");
        assert_eq!(stage.selected(&format!("{both} AND {within}")).await, [mira]);
        // Somebody enables mira by hand and she signs in: she has returned.
        stage.site.with_state(|state| state.set_enabled(mira, true)).unwrap();
        stage.tick(5);
        stage.sign_in(mira);
        stage.tick(5);
        stage.sync().await;
        assert_eq!(stage.selected(&format!("{both} AND returned = true")).await, [mira]);
        assert_eq!(stage.selected(&format!("{both} AND returned = false")).await, [tom]);
        assert_eq!(stage.selected(&format!("username = {mira} AND {within}")).await, [mira], "it stays known");
    }
}
