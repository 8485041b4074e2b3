//! What a criterion alone says of how long whoever it selects has been idle (I4).

use crate::random::{cases, criterion, expr_about, world};
use crate::world::at;
use jiff::SignedDuration;
use proptest::prelude::*;
use rollcall_criteria::{Field, Value, parse, value};

fn minimum(text: &str) -> Option<i64> {
    let least = parse(text).unwrap().minimum_idle(at("2026-11-22T00:00:00Z"));
    least.map(|least| least.as_hours() / 24)
}

#[test]
fn a_clause_about_idleness_is_found_in_every_form() {
    for text in [
        "idle >= 90d",
        "status = enabled AND idle > 90d AND seat = true",
        "NOT idle < 90d",
        "lastActive < -90d",
        "lastLogin <= -90d AND group IS NOT EMPTY",
        "lastContribution < -90d",
        "lastActive < 2026-08-24",
        "lastActive = never AND created < -90d",
        "(lastActive < -90d OR lastActive = never) AND created <= -90d",
        "NOT lastActive > -90d AND created < -90d",
        "idle >= 90d OR idle >= 1y OR lastActive < -120d",
        "idle >= 90d AND idle >= 30d",
    ] {
        assert_eq!(minimum(text), Some(90), "{text}");
    }
    assert_eq!(minimum("idle >= 90d OR idle >= 30d"), Some(30));
    assert_eq!(minimum("idle >= 30d AND lastLogin < -90d"), Some(90));
}

#[test]
fn where_one_branch_says_nothing_of_idleness_the_criterion_says_nothing() {
    for text in [
        "all",
        "status = disabled",
        "idle >= 90d OR status = disabled",
        "NOT idle >= 90d",
        "idle < 90d",
        "lastActive > -90d",
        "lastActive = never",
        "lastLogin = never AND status = enabled",
        "NOT lastActive > -90d",
        "lastActive < -90d OR lastActive = never",
        "idle >= 0d",
        "lastActive IS UNKNOWN",
        "created < -90d",
    ] {
        assert_eq!(minimum(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn nobody_selected_has_been_idle_for_less(
        world in world(), expr in expr_about(&[Field::Idle, Field::LastActive, Field::Created, Field::Status]),
    ) {
        let criterion = criterion(expr);
        let Some(least) = criterion.minimum_idle(world.now) else { return Ok(()) };
        prop_assert!(least > SignedDuration::ZERO);
        let snapshot = world.snapshot();
        for account in world.select(&criterion).0 {
            match value(&snapshot, &world.facts, account, Field::Idle, world.now) {
                Value::For(idle) | Value::ForAtLeast(idle) => prop_assert!(idle >= least, "{idle} < {least}"),
                other => prop_assert!(false, "selected with {other:?} by {criterion}"),
            }
        }
    }
}
