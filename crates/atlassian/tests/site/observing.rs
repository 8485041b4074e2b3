//! A whole site is read as it is.

use crate::stage::{at_version, read, read_with, staged};
use rollcall_model::{Absence, EvidenceKind, Observation, Reach, Status, Support};
use rollcall_simulator::{
    AccountView, DateSpelling, Fault, Faults, Options, Place, Rule, Simulator, StatusWords, Switches,
};
use rollcall_site::{Observe as _, SiteError};
use std::collections::{BTreeMap, BTreeSet};

fn accounts_of(site: &Simulator) -> Vec<AccountView> {
    site.with_state(|state| {
        state.account_views().filter(|v| matches!(v.status.as_str(), "enabled" | "disabled")).collect()
    })
}

fn members_of(observation: &Observation) -> BTreeMap<String, BTreeSet<String>> {
    let name = |index: &u32| observation.accounts[*index as usize].key.as_str().to_owned();
    observation
        .groups
        .iter()
        .map(|g| (g.name.as_str().to_owned(), g.members.iter().map(name).collect()))
        .collect()
}

fn true_members(site: &Simulator) -> BTreeMap<String, BTreeSet<String>> {
    let mut members: BTreeMap<String, BTreeSet<String>> =
        site.with_state(|state| state.group_views().map(|g| (g.name, BTreeSet::new())).collect());
    for account in accounts_of(site) {
        for group in account.groups {
            members.get_mut(&group).unwrap().insert(account.user_key.clone());
        }
    }
    members
}

fn assert_it_is_the_site(observation: &Observation, site: &Simulator) {
    let expected = accounts_of(site);
    let expected: BTreeMap<_, _> = expected.iter().map(|v| (v.user_key.as_str(), v)).collect();
    assert_eq!(
        observation.accounts.iter().map(|a| a.key.as_str()).collect::<BTreeSet<_>>(),
        expected.keys().copied().collect::<BTreeSet<_>>()
    );
    for account in &observation.accounts {
        let view = expected[account.key.as_str()];
        assert_eq!(account.username, view.username);
        assert_eq!(account.name, view.display_name);
        assert_eq!(account.status.unwrap().as_str(), view.status, "{}", account.username);
    }
    let (seen, real) = (members_of(observation), true_members(site));
    for (group, members) in &real {
        if group.contains(['/', '\\']) && !seen.contains_key(group) {
            continue;
        }
        assert_eq!(&seen[group], members, "{group}");
    }
    let nested: BTreeMap<_, BTreeSet<_>> = site.with_state(|state| {
        state.group_views().map(|g| (g.name, g.children.into_iter().collect())).collect()
    });
    for group in &observation.groups {
        let children: BTreeSet<_> =
            group.children.iter().map(|c| observation.groups[*c as usize].name.as_str().to_owned()).collect();
        assert_eq!(children, nested[group.name.as_str()], "{}", group.name);
    }
}

#[tokio::test]
async fn each_version_is_read_as_it_is() {
    for version in ["8.4", "8.5.16", "9.0", "9.2", "9.2.18", "9.3", "9.4", "10.0.3", "10.1", "10.2"] {
        let stage = at_version(version).await;
        let observation = read(&stage.client).await.unwrap_or_else(|e| panic!("{version}: {e}"));
        assert_it_is_the_site(&observation, &stage.site);
        assert!(stage.site.writes().is_empty(), "reading a site wrote to it");
        assert!(stage.site.journal().iter().all(|entry| entry.status < 500));
        let profile = &observation.profile;
        assert_eq!(profile.is_admin, Some(true), "{version}: {:?}", profile.warnings);
        assert_eq!(profile.own_account.username, stage.site.username());
        assert_eq!(profile.support(rollcall_model::ActionKind::Delete), Support::Yes, "{version}");
        assert!(!observation.directories.is_empty());
    }
}

#[tokio::test]
async fn a_licence_that_ended_is_said_and_one_without_an_end_is_no_worry() {
    for (days, is_said) in [(Some(-1), true), (Some(36_500), false), (None, false)] {
        let mut options = Options::small();
        options.switches.licence_days = days;
        let profile = staged(options, |_| {}).await.client.probe().await.unwrap();
        let said: Vec<_> =
            profile.warnings.iter().filter(|w| w.contains("the licence of the site")).collect();
        assert_eq!(!said.is_empty(), is_said, "{days:?}: {said:?}");
        assert!(said.iter().all(|w| w.contains("ended on 2026-11-21")), "{said:?}");
    }
}

#[tokio::test]
async fn before_8_4_only_members_of_groups_are_seen_and_that_is_said() {
    let stage = at_version("8.2").await;
    let observation = read(&stage.client).await.unwrap();
    let in_a_group: BTreeSet<_> = true_members(&stage.site).into_values().flatten().collect();
    let seen: BTreeSet<_> = observation.accounts.iter().map(|a| a.key.as_str().to_owned()).collect();
    assert_eq!(seen, in_a_group);
    assert!(
        observation.notes.iter().any(|note| note.contains("does not list all people")),
        "{:?}",
        observation.notes
    );
}

#[tokio::test]
async fn last_logins_are_evidence_where_they_are_served_in_whatever_spelling_and_order() {
    let spellings =
        [DateSpelling::Zulu, DateSpelling::OffsetColon, DateSpelling::OffsetPlain, DateSpelling::EpochMillis];
    for (date_spelling, never_logged_in) in
        spellings.into_iter().zip([Place::First, Place::Last, Place::First, Place::Last])
    {
        let mut options = Options::small().version("10.2");
        options.switches = Switches { date_spelling, never_logged_in, ..Switches::default() };
        let stage = staged(options, |settings| settings.records_every_login = true).await;
        let observation = read(&stage.client).await.unwrap();
        let source = observation.sources.iter().position(|s| s.name == "list-active").unwrap() as u16;
        let list = &observation.sources[source as usize];
        assert_eq!(
            (list.kind, list.reach, list.absence),
            (EvidenceKind::Login, Reach::Newest, Absence::Never)
        );
        assert_eq!(list.doubt, None);
        for account in &observation.accounts {
            let view = stage.site.with_state(|s| s.account_view(&account.username)).unwrap();
            let point = account.evidence.iter().find(|p| p.source == source);
            assert_eq!(account.seat, Some(view.seat), "{}", account.username);
            // Whoever costs no seat is not covered: nothing is known of them, not even "never".
            assert_eq!(point.map(|p| p.at), view.seat.then_some(view.last_login), "{}", account.username);
        }
    }
}

#[tokio::test]
async fn without_last_logins_there_is_no_source_and_it_is_said() {
    let mut options = Options::small().version("9.3");
    options.switches.last_login = Some(false);
    let stage = staged(options, |_| {}).await;
    let observation = read(&stage.client).await.unwrap();
    assert!(observation.sources.iter().all(|s| s.name != "list-active"));
    assert!(observation.notes.iter().any(|n| n.contains("without last logins")), "{:?}", observation.notes);
}

#[tokio::test]
async fn an_index_that_is_stale_or_being_rebuilt_is_doubted_and_proves_no_absence() {
    let rebuilding = Faults { reindexing: true, ..Faults::default() };
    let omitting = Faults { index_omits_every: 3, ..Faults::default() };
    let repeating = Faults { index_repeats_every: 4, ..Faults::default() };
    for faults in [rebuilding, omitting, repeating] {
        let mut options = Options::small().version("10.2");
        options.accounts = 300;
        options.faults = faults.clone();
        let stage = staged(options, |_| {}).await;
        let observation = read(&stage.client).await.unwrap();
        let source = observation.sources.iter().find(|s| s.name == "list-active").unwrap();
        assert!(source.doubt.is_some(), "{faults:?}");
        assert!(observation.accounts.iter().all(|a| a.seat != Some(false)), "{faults:?}");
    }
}

#[tokio::test]
async fn a_site_that_hides_status_says_nothing_but_that_active_people_are_enabled() {
    let mut options = Options::small();
    options.switches.status_words = StatusWords::Absent;
    let stage = staged(options, |_| {}).await;
    let observation = read(&stage.client).await.unwrap();
    for account in &observation.accounts {
        let expected = (account.seat == Some(true)).then_some(Status::Enabled);
        assert_eq!(account.status, expected, "{}", account.username);
    }
    assert!(observation.notes.iter().any(|n| n.contains("does not tell the status")));
}

#[tokio::test]
async fn shadowed_names_are_one_account() {
    let mut options = Options::small();
    options.accounts = 400;
    options.switches.shadowed_twice = true;
    let stage = staged(options, |_| {}).await;
    let observation = read(&stage.client).await.unwrap();
    assert_it_is_the_site(&observation, &stage.site);
    assert!(observation.notes.iter().any(|n| n.contains("listed twice")), "{:?}", observation.notes);
}

#[tokio::test]
async fn groups_that_give_a_seat_or_administer_are_known_from_permissions_or_else_from_the_settings() {
    for version in ["8.4", "10.0.3"] {
        let stage = at_version(version).await;
        let observation = read(&stage.client).await.unwrap();
        let group = |name: &str| observation.groups.iter().find(|g| g.name.as_str() == name).unwrap();
        assert_eq!(group("confluence-users").gives_seat, Some(true), "{version}");
        assert_eq!(group("confluence-administrators").gives_admin, Some(true), "{version}");
        assert!(observation.groups.iter().any(|g| g.gives_seat == Some(false)));
    }
}

#[tokio::test]
async fn on_versions_without_the_active_list_seats_follow_from_groups() {
    let stage = at_version("9.2.18").await;
    let observation = read(&stage.client).await.unwrap();
    for account in &observation.accounts {
        let view = stage.site.with_state(|s| s.account_view(&account.username)).unwrap();
        assert_eq!(account.seat, Some(view.seat), "{}", account.username);
    }
}

#[tokio::test]
async fn the_audit_log_tells_use_logins_creation_and_reactivation() {
    for keys in [true, false] {
        let mut options = Options::small();
        options.accounts = 300;
        options.switches.audit_logins = true;
        options.switches.audit_keys = keys;
        let stage = staged(options, |_| {}).await;
        let observation = read(&stage.client).await.unwrap();
        let source = |name: &str| observation.sources.iter().find(|s| s.name == name);
        assert_eq!(source("audit-events").unwrap().kind, EvidenceKind::Use);
        assert!(
            observation
                .sources
                .iter()
                .filter(|s| s.name.starts_with("audit"))
                .all(|s| s.reach == Reach::AtLeast)
        );
        if let Some(logins) = source("audit-logins") {
            assert_eq!(logins.kind, EvidenceKind::Login);
        }
        let created = observation.accounts.iter().filter(|a| a.created.is_some()).count();
        let reactivated = observation.accounts.iter().filter(|a| a.reactivated.is_some()).count();
        assert!(created > 0, "nobody was created within 90 days");
        assert!(reactivated > 0, "nobody was enabled again within 90 days");
        for account in observation.accounts.iter().filter(|a| a.created.is_some()) {
            let view = stage.site.with_state(|s| s.account_view(&account.username)).unwrap();
            assert_eq!(account.created, Some(view.created), "{}", account.username);
        }
    }
}

#[tokio::test]
async fn contributions_are_searched_for_as_many_accounts_as_permitted_and_only_keep() {
    let stage = at_version("9.3").await;
    let first = stage.changeable(3);
    stage.site.clear_journal();
    let observation = read_with(&stage.client, 10, &first).await.unwrap();
    let searches = stage.site.journal().iter().filter(|e| e.path.ends_with("/rest/api/search")).count();
    assert_eq!(searches, 10);
    let source = observation.sources.iter().position(|s| s.name == "cql").unwrap();
    assert_eq!(observation.sources[source].reach, Reach::AtLeast);
    assert_eq!(observation.sources[source].kind, EvidenceKind::Contribution);
    let covered = |key: &str| {
        let account = observation.accounts.iter().find(|a| a.key.as_str() == key).unwrap();
        account.evidence.iter().any(|p| usize::from(p.source) == source)
    };
    assert!(first.iter().all(|account| covered(account.key.as_str())));
}

#[tokio::test]
async fn half_of_the_pages_failing_is_no_observation() {
    let mut options = Options::small();
    options.accounts = 1000;
    options.faults.rules = vec![Rule {
        path: Some("/rest/api/user/list".into()),
        share: Some(0.5),
        ..Rule::new(Fault::Status { status: 500, retry_after: None })
    }];
    options.faults.rules[0].after = 2;
    options.faults.rules[0].share = None;
    let stage = staged(options, |_| {}).await;
    let error = read(&stage.client).await.unwrap_err();
    assert!(matches!(error, SiteError::Unanswered { may_have_taken_effect: false, .. }), "{error}");
}

#[tokio::test]
async fn passing_trouble_while_reading_is_sat_out() {
    for fault in [
        Fault::Status { status: 503, retry_after: Some(0) },
        Fault::CutBefore,
        Fault::CutBody,
        Fault::Truncated,
        Fault::TooMany { retry_after: None },
    ] {
        let mut options = Options::small();
        options.faults.rules = vec![Rule { share: Some(0.15), ..Rule::new(fault.clone()) }];
        let stage = staged(options, |_| {}).await;
        let observation = read(&stage.client).await.unwrap_or_else(|e| panic!("{fault:?}: {e}"));
        assert_it_is_the_site(&observation, &stage.site);
    }
}

#[tokio::test]
async fn a_token_that_runs_out_half_way_gives_no_observation() {
    let mut options = Options::small();
    options.accounts = 1000;
    options.switches.anonymous_access = true;
    let stage = staged(options, |_| {}).await;
    stage.client.probe().await.unwrap();
    stage.site.set_faults(Faults { tokens_expired: true, ..Faults::default() });
    let error = read(&stage.client).await.unwrap_err();
    assert!(matches!(error, SiteError::Unauthorized { .. }), "{error}");
}

#[tokio::test]
async fn requests_are_counted_by_kind() {
    let stage = at_version("9.3").await;
    read(&stage.client).await.unwrap();
    let counts = stage.client.counts();
    assert_eq!(counts.reads, stage.site.journal().len() as u64);
    assert_eq!((counts.writes, counts.retries, counts.throttled), (0, 0, 0));
    assert_eq!(stage.client.requests_sent(), counts.total());
}

#[tokio::test]
async fn the_rows_of_a_real_installation_are_read_as_they_are() {
    let rows = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/fixtures/confluence-dc/db-8.6-users-groups.json");
    if !rows.is_file() {
        eprintln!("SKIPPED: the rows of a real installation are not at {}", rows.display());
        return;
    }
    let site = Simulator::start_from(&rows, Options::small().version("8.6")).await.unwrap();
    let client = rollcall_atlassian::connect(&crate::stage::connection(&site.url(), site.token())).unwrap();
    let observation = read(&client).await.unwrap();
    assert_it_is_the_site(&observation, &site);
    let admin = observation.accounts.iter().find(|a| a.username == "admin").unwrap();
    assert_eq!(admin.key.as_str(), "4028408390705fdc01907061af0d0000");
    assert_eq!(admin.seat, Some(true));
    assert_eq!(observation.profile.is_admin, Some(true));
    assert_eq!(observation.groups.len(), 2);
}
