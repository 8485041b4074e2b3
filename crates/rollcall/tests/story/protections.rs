//! Some people are never touched (I5), and unknown activity is never inactivity (I3).

use crate::stage::{Stage, now};
use crate::witness::{THE_IDLE, accounts, items, protection, text};
use jiff::SignedDuration;
use rollcall_simulator::{Mix, Options};

/// Everybody, without the limits and the grace that would hold such a plan up.
fn everybody(actions: &str) -> String {
    format!(
        "    select: all\n    actions: {actions}\n    grace: 0d\n    limits: {{ percent: 100, minimum-idle: 0d, failures: 1000 }}\n"
    )
}

#[test]
fn the_account_rollcall_uses_and_members_of_protected_groups_are_never_touched() {
    let stage = Stage::with(60);
    stage.live_policy("all", &everybody("[disable]"));
    let run = stage.run(&["run", "all", "--format", "json"]).json();
    assert!(items(&run).len() > 40);
    assert!(protection(&run, "admin").contains("Rollcall itself"));
    for administrator in ["svc-rollcall", "mkoval-adm"] {
        assert!(protection(&run, administrator).contains("confluence-administrators"));
    }
    for name in ["admin", "svc-rollcall", "mkoval-adm"] {
        assert!(!accounts(&run).contains(name));
        assert_eq!(stage.writes_about(name), Vec::<String>::new());
        assert_eq!(stage.status(name), "enabled");
    }
    assert_eq!(stage.status("single"), "disabled", "everybody else was taken at the policy's word");
}

#[test]
fn a_policy_cannot_lift_a_protection_of_its_site() {
    let stage = Stage::with(60);
    let body = format!("{}    protected-groups: []\n", everybody("[disable]"));
    stage.live_policy("all", &body);
    let run = stage.run(&["run", "all", "--format", "json"]).json();
    assert!(protection(&run, "svc-rollcall").contains("confluence-administrators"));
}

#[test]
fn the_last_administrator_is_never_touched() {
    let stage = Stage::with(60);
    // The site protects another group, so that administrators are like anybody else.
    stage.run(&["site", "set", "wiki", "--protected-group", "wiki-staff"]).ends(0);
    stage.live_policy("all", &everybody("[disable]"));
    let run = stage.run(&["run", "all", "--format", "json"]).json();
    assert!(
        protection(&run, "mkoval-adm").contains("administer"),
        "the one of the rest who is in use is kept"
    );
    assert_eq!(stage.status("mkoval-adm"), "enabled");
    assert_eq!(stage.writes_about("mkoval-adm"), Vec::<String>::new());
}

#[test]
fn members_of_a_group_inside_a_protected_group_are_protected_too() {
    let stage = Stage::with(60);
    stage.site.with_state(|state| {
        state.nest_group("svc-accounts", "eng-core").expect("nested");
        // eng-core, eng-platform and eng-tools stand inside each other, in a ring.
        state.add_to_group("formula", "eng-tools").expect("joined");
    });
    stage.run(&["site", "set", "wiki", "--protected-group", "svc-accounts"]).ends(0);
    let (_, plan) = stage.plan(THE_IDLE, &["disable"]);
    assert!(protection(&plan, "formula").contains("svc-accounts"));
    assert!(accounts(&plan).contains("at"));
}

#[test]
fn an_exemption_protects_while_it_lasts() {
    let stage = Stage::with(60);
    stage.run(&["sync", "wiki"]).ends(0);
    stage
        .run(&[
            "exempt",
            "add",
            "wiki",
            "--account",
            "formula",
            "--reason",
            "parental leave",
            "--until",
            "2999-12-31",
        ])
        .ends(0);
    stage.site.with_state(|state| state.add_to_group("at", "wiki-staff")).expect("joined");
    stage.run(&["exempt", "add", "wiki", "--group", "wiki-staff", "--reason", "audit"]).ends(0);
    stage.run(&["sync", "wiki"]).ends(0);
    let (id, plan) = stage.plan(THE_IDLE, &["disable"]);
    let reason = protection(&plan, "formula");
    assert!(reason.contains("parental leave") && reason.contains("2999-12-31"), "{reason}");
    assert!(protection(&plan, "at").contains("wiki-staff"));
    stage.apply(&id).0.ends(0);
    assert_eq!(stage.writes_about("formula"), Vec::<String>::new());
    stage.run(&["exempt", "remove", "wiki", "--account", "formula"]).ends(0);
    let (_, plan) = stage.plan(THE_IDLE, &["disable"]);
    assert_eq!(accounts(&plan), ["formula".to_owned()].into());
}

#[test]
fn whoever_is_younger_than_the_grace_is_left_alone() {
    let stage = Stage::with(60);
    stage.site.with_state(|state| {
        let home = state.account_view("admin").expect("there").directory;
        state.add_account("newcomer", "New Comer", &home, now()).expect("added");
        state.add_to_group("newcomer", "confluence-users").expect("joined");
    });
    let (_, plan) = stage.plan("username = \"newcomer\"", &["disable"]);
    assert!(protection(&plan, "newcomer").contains("grace of 7 days"));
    assert_eq!(items(&plan).len(), 0);
}

#[test]
fn whoever_was_enabled_again_lately_is_left_alone() {
    let stage = Stage::with(60);
    stage.site.with_state(|state| state.set_enabled("formula", false)).expect("disabled");
    stage.run(&["sync", "wiki"]).ends(0);
    stage.site.with_state(|state| state.set_enabled("formula", true)).expect("enabled");
    stage.run(&["sync", "wiki"]).ends(0);
    let (_, plan) = stage.plan(THE_IDLE, &["disable"]);
    assert!(protection(&plan, "formula").contains("enabled again"));
    assert!(accounts(&plan).contains("at"));
    let listed = stage.json(&["accounts", "wiki", "reactivated > -7d"]);
    assert_eq!(listed[0]["username"], "formula");
}

#[test]
fn where_the_site_tells_no_last_login_nobody_is_idle() {
    // 9.3 has the list of active people, but without the time of the last login.
    let mut options = Options::new("9.3.1", 60, 7, now());
    options.mix = Mix::all_writable();
    let stage = Stage::on(options, None).writable();
    stage.run(&["sync", "wiki"]).ends(0);
    let count =
        |who: &str| stage.run(&["accounts", "wiki", who, "--count"]).ends(0).out.trim().parse::<u32>();
    for idle in ["idle >= 90d", "lastLogin < -90d", "lastLogin = never", "lastActive < -1y", "NOT idle < 90d"]
    {
        assert_eq!(count(idle), Ok(0), "{idle}");
    }
    assert!(count("status = enabled AND lastLogin IS UNKNOWN").expect("a number") > 40);
    let why = stage.json(&["accounts", "wiki", "idle >= 90d", "--explain", "formula"]);
    assert_eq!(why["verdict"], "unknown", "{why:#}");
    let (_, plan) = stage.plan("status = enabled AND idle >= 90d", &["disable"]);
    assert_eq!(items(&plan).len(), 0);
    stage.assert_nothing_was_sent();
}

#[test]
fn where_servers_do_not_record_every_login_a_missing_one_is_unknown() {
    let stage = Stage::with(60);
    let long_ago = now() - SignedDuration::from_hours(24 * 400);
    stage.site.with_state(|state| {
        state.set_last_login("formula", None).expect("never");
        state.set_last_login("at", Some(long_ago)).expect("long ago");
    });
    stage.run(&["site", "set", "wiki", "--records-every-login", "false"]).ends(0);
    stage.run(&["sync", "wiki"]).ends(0);
    let never = stage.json(&["accounts", "wiki", "username IN (\"formula\", \"at\") AND lastLogin = never"]);
    assert_eq!(never, serde_json::json!([]));
    let unknown =
        stage.json(&["accounts", "wiki", "username IN (\"formula\", \"at\") AND lastLogin IS UNKNOWN"]);
    assert!(
        unknown.as_array().expect("rows").iter().any(|row| text(&row["username"]) == "formula"),
        "{unknown}"
    );
    stage.run(&["site", "set", "wiki", "--records-every-login", "true"]).ends(0);
    stage.run(&["sync", "wiki"]).ends(0);
    let never = stage.json(&["accounts", "wiki", "username IN (\"formula\", \"at\") AND lastLogin = never"]);
    assert_eq!(never.as_array().map(Vec::len), Some(1), "{never}");
}

#[test]
fn an_index_that_is_being_rebuilt_makes_nobody_idle_or_never_seen() {
    let stage = Stage::with(100);
    let truly_idle: std::collections::BTreeSet<String> = stage.site.with_state(|state| {
        let since = now() - SignedDuration::from_hours(24 * 90);
        let views = state.account_views().filter(|v| v.last_login.is_none_or(|at| at < since));
        views.map(|v| v.username).collect()
    });
    stage.site.set_faults(rollcall_simulator::Faults { reindexing: true, ..Default::default() });
    if stage.run(&["sync", "wiki"]).code != 0 {
        // No snapshot at all is the other right answer.
        return;
    }
    let listed = stage.json(&["accounts", "wiki", "status = enabled AND (idle >= 90d OR lastLogin = never)"]);
    for row in listed.as_array().expect("rows") {
        let name = text(&row["username"]);
        assert!(truly_idle.contains(&name), "{name} is in use, and only missing in the index");
    }
}
