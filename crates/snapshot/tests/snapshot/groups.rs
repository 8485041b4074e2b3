//! Nested groups, cycles included.

use crate::population::{account, cases, group, observation, random_observation, snapshot};
use proptest::prelude::*;
use rollcall_model::Observation;
use rollcall_snapshot::Group;
use std::collections::BTreeSet;

/// The groups inside this one, itself included, by going round until nothing is added.
fn inside(observation: &Observation, group: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::from([group]);
    loop {
        let more: BTreeSet<u32> =
            found.iter().flat_map(|g| observation.groups[*g as usize].children.iter().copied()).collect();
        let before = found.len();
        found.extend(more);
        if found.len() == before {
            return found;
        }
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn whoever_is_in_a_group_inside_a_group_is_in_it(observation in random_observation()) {
        let snapshot = snapshot(observation.clone());
        for group in snapshot.groups() {
            let members: BTreeSet<u32> = inside(&observation, group.index())
                .into_iter()
                .flat_map(|g| observation.groups[g as usize].members.iter().copied())
                .collect();
            prop_assert!(group.members().iter().eq(members.iter().copied()));
        }
        for account in 0..snapshot.len() {
            let direct: Vec<u32> = snapshot.groups().filter(|g| g.direct_members().contains(account)).map(Group::index).collect();
            prop_assert_eq!(snapshot.direct_groups(account), direct);
            let effective: Vec<u32> = snapshot.groups().filter(|g| g.members().contains(account)).map(Group::index).collect();
            prop_assert_eq!(snapshot.effective_groups(account), effective);
        }
    }

    #[test]
    fn every_seat_path_leads_from_a_seat_giving_group_down_to_a_direct_one(observation in random_observation()) {
        let snapshot = snapshot(observation);
        for account in 0..snapshot.len() {
            let paths = snapshot.seat_paths(account);
            for path in &paths {
                prop_assert_eq!(snapshot.group(path[0]).gives_seat(), Some(true));
                prop_assert!(snapshot.group(*path.last().unwrap()).direct_members().contains(account));
                for step in path.windows(2) {
                    prop_assert!(snapshot.group(step[0]).children().contains(&step[1]));
                }
            }
            let tops: BTreeSet<u32> = paths.iter().map(|path| path[0]).collect();
            let expected: BTreeSet<u32> = snapshot
                .groups()
                .filter(|g| g.gives_seat() == Some(true) && g.members().contains(account))
                .map(Group::index)
                .collect();
            prop_assert_eq!(tops, expected);
        }
    }
}

#[test]
fn a_group_is_found_by_its_exact_name_before_any_other_spelling() {
    let mut site = observation(vec![account("mira")]);
    site.groups = vec![group("staff", &[], &[]), group("Staff", &[0], &[]), group("ops", &[], &[])];
    let snapshot = snapshot(site);
    assert_eq!(snapshot.find_group("Staff"), Some(1));
    assert_eq!(snapshot.find_group("STAFF"), Some(0));
    assert_eq!(snapshot.groups_named("sTaFf"), [0, 1]);
    assert_eq!(snapshot.find_group("nobody"), None);
}

#[test]
fn a_chain_of_ten_thousand_groups_is_no_trouble() {
    let mut site = observation(vec![account("mira")]);
    site.groups = (0..10_000_u32)
        .map(|i| group(&format!("g{i}"), if i == 9_999 { &[0] } else { &[] }, &[(i + 1) % 10_000]))
        .collect();
    let snapshot = snapshot(site);
    assert!(snapshot.group(0).members().contains(0));
    assert_eq!(snapshot.effective_groups(0).len(), 10_000);
}
