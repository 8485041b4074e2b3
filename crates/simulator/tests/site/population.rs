//! Populations: the same from the same seed, and looking like life.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use jiff::SignedDuration;
use proptest::prelude::*;
use rollcall_simulator::{AccountView, Mix, Options, Simulator};

use crate::visitor::Visitor;

fn views(options: Options) -> (Vec<AccountView>, Vec<rollcall_simulator::GroupView>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let site = Simulator::start(options).await.expect("the site starts");
        site.with_state(|state| (state.account_views().collect(), state.group_views().collect()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn equal_seeds_make_equal_sites(seed in any::<u64>(), accounts in 40_u32..600) {
        let options = || Options::new("10.2", accounts, seed, Options::small().now);
        let (first, groups) = views(options());
        prop_assert_eq!(first.len(), accounts as usize);
        let names: BTreeSet<String> = first.iter().map(|view| view.username.to_lowercase()).collect();
        let keys: BTreeSet<&String> = first.iter().map(|view| &view.user_key).collect();
        prop_assert_eq!((names.len(), keys.len()), (first.len(), first.len()));
        let (second, again) = views(options());
        prop_assert_eq!((first, groups), (second, again));
    }
}

#[test]
fn another_seed_makes_other_people() {
    let (first, _) = views(Options::new("10.2", 200, 1, Options::small().now));
    let (second, _) = views(Options::new("10.2", 200, 2, Options::small().now));
    assert_ne!(first, second);
}

#[test]
fn a_site_of_ten_thousand_has_the_shares_of_life() {
    let now = Options::small().now;
    let (accounts, groups) = views(Options::new("10.2", 10_000, 7, now));
    let days = |view: &AccountView| view.last_login.map(|at| now.duration_since(at).as_hours() / 24);
    let share = |test: &dyn Fn(&AccountView) -> bool| accounts.iter().filter(|view| test(view)).count() / 100;
    let enabled = |view: &AccountView| view.status == "enabled";
    assert!((52..=57).contains(&share(&|view| enabled(view) && view.logins > 1 && days(view) <= Some(90))));
    assert!((24..=29).contains(&share(&|view| enabled(view) && days(view) > Some(90) && view.logins > 1)));
    assert!((7..=9).contains(&share(&|view| enabled(view) && view.last_login.is_none())));
    assert!((2..=4).contains(&share(&|view| enabled(view) && view.logins == 1)));
    assert!((8..=10).contains(&share(&|view| view.status == "disabled")));
    let mut directories: BTreeMap<&str, usize> = BTreeMap::new();
    for view in &accounts {
        *directories.entry(view.directory.as_str()).or_default() += 1;
    }
    assert!(directories["Confluence Internal Directory"] > 3500 && directories["Corporate LDAP"] > 2500);
    assert!(accounts.iter().filter(|view| !view.shadowed_in.is_empty()).count() > 10);
    assert!(accounts.iter().filter(|view| view.username.ends_with("-adm")).count() > 50);
    assert!(accounts.iter().filter(|view| view.email.is_empty()).count() > 100);
    assert!(accounts.iter().filter(|view| view.username.contains(char::is_uppercase)).count() > 100);
    assert!((190..=210).contains(&groups.len()), "{}", groups.len());
    let memberships: usize = groups.iter().map(|group| group.members).sum();
    assert!((70_000..=130_000).contains(&memberships), "{memberships}");
    let inactive = groups.iter().find(|group| group.name == "confluence-inactive").expect("it exists");
    assert_eq!((inactive.members, inactive.gives_seat), (0, false));
    let services = groups.iter().find(|group| group.name == "svc-accounts").expect("it exists");
    assert_eq!(services.members, 4);
}

#[test]
fn even_the_smallest_site_has_every_oddity() {
    let (accounts, groups) = views(Options::small());
    for name in [
        "jan novak",
        "c#dev",
        "50%off",
        "a+b",
        "ops/night",
        "J.Doe",
        "mkoval",
        "mkoval-adm",
        "svc-backup",
        "用户一",
    ] {
        assert!(accounts.iter().any(|view| view.username == name), "{name}");
    }
    for start in ['=', '+', '@', '-', '<'] {
        assert!(accounts.iter().any(|view| view.display_name.starts_with(start)), "{start}");
    }
    for name in ["Docs Editors", "c# guild", "100% remote", "r+d", "ops/night shift", "日本 支社", "eng-core"]
    {
        assert!(groups.iter().any(|group| group.name == name), "{name}");
    }
}

#[test]
fn nobody_logged_in_before_they_were_created_or_after_today() {
    let now = Options::small().now;
    let (accounts, _) = views(Options::new("10.2", 5000, 3, now));
    for view in accounts {
        assert!(view.created < now, "{view:?}");
        assert!(
            view.last_login.is_none_or(|at| at <= now && at + SignedDuration::from_hours(24 * 2600) > now),
            "{view:?}"
        );
    }
}

#[tokio::test]
async fn a_writable_mix_lets_every_account_be_disabled() {
    let visitor = Visitor::of(Options {
        mix: Mix::all_writable(),
        ..Options::new("10.2", 300, 1, Options::small().now)
    })
    .await;
    let views = visitor.site.with_state(|state| state.account_views().collect::<Vec<_>>());
    let elsewhere = views
        .iter()
        .filter(|view| view.status != "unsynced" && view.directory != rollcall_simulator::DIRECTORIES[0]);
    assert!(elsewhere.count() < 15, "only the oddities from LDAP are elsewhere");
}

#[test]
fn a_site_of_a_hundred_thousand_starts() {
    let began = Instant::now();
    let (accounts, groups) = views(Options::new("10.2", 100_000, 1, Options::small().now));
    println!(
        "{} accounts, {} groups after {:?} (with views of all)",
        accounts.len(),
        groups.len(),
        began.elapsed()
    );
    assert_eq!((accounts.len(), groups.len()), (100_000, 2000));
}
