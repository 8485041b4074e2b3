//! Looking again is right, fresh enough, and costs few requests.

use crate::stage::{Stage, at_version, staged};
use rollcall_model::{AccountRef, Change, Status};
use rollcall_simulator::{
    AccountPatch, DisabledUser, Faults, GoneUser, GroupPatch, MemberOfUnknown, Options, PatchStatus,
    RateLimit,
};
use rollcall_site::{AccountState, Act as _, Existence, Facets, Observe as _, SiteError};
use std::time::Duration;

const FRESH: Duration = Duration::ZERO;
const MINUTE: Duration = Duration::from_mins(1);

fn status() -> Facets {
    Facets { status: true, ..Facets::default() }
}

fn groups(names: &[&str]) -> Facets {
    Facets { groups: names.iter().map(|n| (*n).into()).collect(), ..Facets::default() }
}

async fn look(stage: &Stage, accounts: &[AccountRef], facets: &Facets, age: Duration) -> Vec<AccountState> {
    let answers = stage.client.look(accounts, facets, age).await.unwrap();
    assert_eq!(answers.len(), accounts.len());
    answers.into_iter().map(Result::unwrap).collect()
}

fn requests(stage: &Stage) -> usize {
    let sent = stage.site.journal().len();
    stage.site.clear_journal();
    sent
}

#[tokio::test]
async fn the_current_name_status_and_groups_are_seen_by_key() {
    for version in ["8.2", "8.4", "9.3", "10.2"] {
        let stage = at_version(version).await;
        let account = stage.changeable(1).remove(0);
        let patch = AccountPatch { username: Some("renamed.since".into()), ..AccountPatch::default() };
        stage.site.with_state(|s| s.patch_account(&account.username, &patch)).unwrap();
        let facets = Facets {
            status: true,
            ..groups(&["Confluence-Users", "confluence-administrators", "no-such-group"])
        };
        let seen = look(&stage, &[account], &facets, FRESH).await.remove(0);
        assert_eq!(seen.existence, Existence::Present);
        assert_eq!(seen.username, "renamed.since");
        assert_eq!(seen.status, Some(Status::Enabled));
        let inside: Vec<_> = seen.groups.unwrap().iter().map(|g| g.as_str().to_owned()).collect();
        assert_eq!(inside, ["Confluence-Users"], "{version}");
    }
}

#[tokio::test]
async fn deleted_and_vanished_accounts_are_gone_however_the_site_says_so() {
    for (gone_user, member_of_unknown) in [
        (GoneUser::Unknown, MemberOfUnknown::Status404),
        (GoneUser::NotFound, MemberOfUnknown::Status404),
        (GoneUser::NotFound, MemberOfUnknown::EmptyPage),
    ] {
        let mut options = Options::small();
        options.switches.gone_user = gone_user;
        options.switches.member_of_unknown = member_of_unknown;
        let stage = staged(options, |_| {}).await;
        let accounts = stage.changeable(2);
        let patch = AccountPatch { unsynced: true, ..AccountPatch::default() };
        stage.site.with_state(|s| s.patch_account(&accounts[0].username, &patch)).unwrap();
        stage.client.act(&accounts[1], &Change::Delete).await.result.unwrap();
        for seen in look(&stage, &accounts, &status(), FRESH).await {
            assert_eq!(seen.existence, Existence::Gone, "{gone_user:?} {member_of_unknown:?}");
        }
        let never = AccountRef {
            key: "00000000000000000000000000000000".into(),
            username: accounts[0].username.clone(),
        };
        assert_eq!(look(&stage, &[never], &status(), FRESH).await[0].existence, Existence::Gone);
    }
}

#[tokio::test]
async fn a_disabled_account_that_the_site_hides_is_not_taken_for_gone() {
    for member_of_unknown in [MemberOfUnknown::Status404, MemberOfUnknown::EmptyPage] {
        let mut options = Options::small();
        options.switches.disabled_user = DisabledUser::NotFound;
        options.switches.member_of_unknown = member_of_unknown;
        let stage = staged(options, |_| {}).await;
        let account = stage.changeable(1).remove(0);
        stage.client.act(&account, &Change::Disable).await.result.unwrap();
        let seen = look(&stage, std::slice::from_ref(&account), &status(), FRESH).await.remove(0);
        assert_eq!((seen.existence, seen.status), (Existence::Present, Some(Status::Disabled)));
        assert_eq!(seen.username, account.username);
    }
}

#[tokio::test]
async fn disabled_accounts_that_the_site_hides_share_one_reading_of_the_user_list() {
    let mut options = Options::small();
    options.accounts = 2000;
    options.switches.page_cap = 50;
    options.switches.disabled_user = DisabledUser::NotFound;
    let stage = staged(options, |_| {}).await;
    stage.client.probe().await.unwrap();
    let accounts = stage.changeable(30);
    for account in &accounts {
        let patch = AccountPatch { status: Some(PatchStatus::Disabled), ..AccountPatch::default() };
        stage.site.with_state(|s| s.patch_account(&account.username, &patch)).unwrap();
    }
    let pages_read = || {
        let journal = stage.site.journal();
        stage.site.clear_journal();
        journal.iter().filter(|entry| entry.path.ends_with("/rest/api/user/list")).count()
    };
    pages_read();
    look(&stage, &accounts[..1], &status(), MINUTE).await;
    let whole = pages_read();
    assert!(whole > accounts.len(), "{whole} pages are fewer than the accounts: all of them are read anyway");
    for account in &accounts {
        let seen = look(&stage, std::slice::from_ref(account), &status(), MINUTE).await.remove(0);
        assert_eq!((seen.existence, seen.status), (Existence::Present, Some(Status::Disabled)));
    }
    assert_eq!(pages_read(), 0, "the list was read again within the permitted age");
    look(&stage, &accounts, &status(), FRESH).await;
    let together = pages_read();
    // Pages behind the end may have been asked for already when the end is seen: one reading is not always as long as another.
    assert!(together < 2 * whole, "{together} pages for thirty accounts looked at together, {whole} for one");
    // Our own change is never answered from a reading before it.
    for (change, status_then) in [(Change::Enable, Status::Enabled), (Change::Disable, Status::Disabled)] {
        stage.client.act(&accounts[0], &change).await.result.unwrap();
        let seen = look(&stage, &accounts[..1], &status(), MINUTE).await.remove(0);
        assert_eq!(seen.status, Some(status_then));
    }
}

#[tokio::test]
async fn what_was_read_before_our_own_change_says_nothing_after_it() {
    let stage = at_version("9.3").await;
    let accounts = stage.changeable(8);
    assert!(
        look(&stage, &accounts, &status(), MINUTE).await.iter().all(|s| s.status == Some(Status::Enabled))
    );
    stage.client.act(&accounts[3], &Change::Disable).await.result.unwrap();
    let after = look(&stage, &accounts, &status(), MINUTE).await;
    assert_eq!(after[3].status, Some(Status::Disabled));
    let users = Change::RemoveFromGroup { group: "confluence-users".into() };
    assert!(
        look(&stage, &accounts, &groups(&["confluence-users"]), MINUTE).await.iter().all(|s| !s
            .groups
            .as_ref()
            .unwrap()
            .is_empty())
    );
    stage.client.act(&accounts[4], &users).await.result.unwrap();
    let after = look(&stage, &accounts, &groups(&["confluence-users"]), MINUTE).await;
    assert!(after[4].groups.as_ref().unwrap().is_empty());
    assert!(!after[5].groups.as_ref().unwrap().is_empty());
}

#[tokio::test]
async fn with_no_age_permitted_somebody_elses_change_is_seen() {
    let stage = at_version("9.3").await;
    let accounts = stage.changeable(30);
    let facets = Facets { status: true, ..groups(&["confluence-users"]) };
    look(&stage, &accounts, &facets, MINUTE).await;
    let patch = AccountPatch {
        status: Some(PatchStatus::Disabled),
        groups: GroupPatch { add: vec![], remove: vec!["confluence-users".into()] },
        ..AccountPatch::default()
    };
    stage.site.with_state(|s| s.patch_account(&accounts[7].username, &patch)).unwrap();
    let old = look(&stage, &accounts, &facets, MINUTE).await;
    assert_eq!(old[7].status, Some(Status::Enabled), "the caller permitted a minute, and it was not used");
    let fresh = look(&stage, &accounts, &facets, FRESH).await;
    assert_eq!(fresh[7].status, Some(Status::Disabled));
    assert!(fresh[7].groups.as_ref().unwrap().is_empty());
}

#[tokio::test]
async fn nested_membership_is_not_taken_for_direct_membership() {
    for member_of_nested in [false, true] {
        let mut options = Options::small();
        options.switches.member_of_nested = member_of_nested;
        let stage = staged(options, |_| {}).await;
        let (parent, inner) = stage.site.with_state(|state| {
            let nested: Vec<_> =
                state.group_views().filter(|g| !g.children.is_empty() && !g.name.contains('/')).collect();
            let found = nested.iter().find_map(|parent| {
                let direct = state.member_names(&parent.name).unwrap();
                let child = parent.children.iter().find_map(|c| {
                    state.member_names(c).unwrap().into_iter().find(|name| {
                        !direct.contains(name) && state.account_view(name).unwrap().status == "enabled"
                    })
                })?;
                Some((parent.name.clone(), child))
            });
            found.expect("the simulated site has nobody who is in a group only through another")
        });
        let account = stage.account(&inner);
        let seen = look(&stage, &[account], &groups(&[&parent]), FRESH).await.remove(0);
        assert!(seen.groups.unwrap().is_empty(), "memberof resolves nesting: {member_of_nested}");
    }
}

#[tokio::test]
async fn many_accounts_cost_a_few_pages_and_one_account_one_request() {
    let mut options = Options::small();
    options.accounts = 2000;
    let stage = staged(options, |_| {}).await;
    stage.client.probe().await.unwrap();
    let accounts = stage.changeable(500);
    requests(&stage);
    look(&stage, &accounts, &status(), FRESH).await;
    let cost = requests(&stage);
    assert!(cost <= 16, "{cost} requests for the status of 500 accounts among 2,000");
    look(&stage, &accounts, &groups(&["confluence-users"]), FRESH).await;
    let cost = requests(&stage);
    assert!(cost <= 30, "{cost} requests for the groups of 500 accounts");
    look(&stage, &accounts[..1], &status(), FRESH).await;
    assert_eq!(requests(&stage), 1);
}

#[tokio::test]
async fn accounts_to_come_make_a_bulk_reading_worth_while() {
    let mut options = Options::small();
    options.accounts = 2000;
    let stage = staged(options, |_| {}).await;
    stage.client.probe().await.unwrap();
    let accounts = stage.changeable(200);
    requests(&stage);
    for (position, account) in accounts.iter().enumerate() {
        let facets = Facets { upcoming: accounts.len() - position - 1, ..status() };
        look(&stage, std::slice::from_ref(account), &facets, MINUTE).await;
    }
    let cost = requests(&stage);
    assert!(cost <= 16, "{cost} requests for 200 accounts, one after the other, within a minute");
}

/// A list that takes longer than its answers may be old would be read again for each account.
#[tokio::test]
async fn a_list_that_is_old_before_it_is_read_is_read_once_at_most() {
    let mut options = Options::small();
    options.accounts = 3000;
    let stage = staged(options, |_| {}).await;
    stage.client.probe().await.unwrap();
    let accounts = stage.changeable(8);
    let limit = RateLimit { capacity: 5, fill_rate: 10, interval_ms: 1000 };
    stage.site.set_faults(Faults { rate_limit: Some(limit), ..Faults::default() });
    requests(&stage);
    let facets = Facets { upcoming: 2000, ..status() };
    let looks = accounts.iter().map(|account| async {
        let seen =
            look(&stage, std::slice::from_ref(account), &facets, Duration::from_secs(1)).await.remove(0);
        assert_eq!((seen.existence, seen.status), (Existence::Present, Some(Status::Enabled)));
    });
    // Half of them at once, the others one after the other.
    let mut looks: Vec<_> = looks.collect();
    let others = looks.split_off(4);
    futures::future::join_all(looks).await;
    for look in others {
        look.await;
    }
    let cost = requests(&stage);
    assert!(cost <= 8 + 16, "{cost} requests for 8 accounts");
}

#[tokio::test]
async fn an_item_costs_three_requests_where_nothing_is_bulk() {
    let stage = at_version("9.3").await;
    stage.client.probe().await.unwrap();
    let account = stage.changeable(1).remove(0);
    requests(&stage);
    look(&stage, std::slice::from_ref(&account), &status(), MINUTE).await;
    stage.client.act(&account, &Change::Disable).await.result.unwrap();
    look(&stage, std::slice::from_ref(&account), &status(), FRESH).await;
    assert_eq!(requests(&stage), 3);
}

#[tokio::test]
async fn a_token_that_ran_out_never_makes_an_account_gone() {
    let mut options = Options::small();
    options.switches.anonymous_access = true;
    let stage = staged(options, |_| {}).await;
    let accounts = stage.changeable(2);
    stage.site.set_faults(Faults { tokens_expired: true, ..Faults::default() });
    let error = stage.client.look(&accounts, &status(), FRESH).await.unwrap_err();
    assert!(matches!(error, SiteError::Unauthorized { .. }), "{error}");
}

#[tokio::test]
async fn those_active_lately_are_found_at_the_end_of_the_list() {
    for place in [rollcall_simulator::Place::First, rollcall_simulator::Place::Last] {
        let mut options = Options::small().version("10.2");
        options.accounts = 1500;
        options.switches.never_logged_in = place;
        let stage = staged(options, |settings| settings.audit_days = 0).await;
        let since: jiff::Timestamp = "2026-11-15T12:00:00Z".parse().unwrap();
        let found = stage.client.active_since(since).await.unwrap().unwrap();
        let found: std::collections::BTreeSet<_> =
            found.into_iter().map(|(a, _)| a.key.as_str().to_owned()).collect();
        let expected: std::collections::BTreeSet<_> = stage.site.with_state(|s| {
            s.account_views().filter(|v| v.seat && v.last_login >= Some(since)).map(|v| v.user_key).collect()
        });
        assert_eq!(found, expected);
        assert!(stage.site.journal().len() <= 12, "{} requests", stage.site.journal().len());
    }
    let stage = staged(Options::small().version("9.0"), |settings| settings.audit_days = 0).await;
    assert!(stage.client.active_since(crate::stage::today()).await.unwrap().is_none());
}
