//! The main job on the rows of a real installation of Confluence 8.6 (`../shared/fixtures/confluence-dc/db-8.6-*.json`).

use crate::stage::{Stage, now};
use crate::witness::{items, protection, text};
use rollcall_simulator::Options;
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::path::PathBuf;

/// The rows; `None`, aloud, where they are not.
fn rows() -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/fixtures/confluence-dc/db-8.6-users-groups.json");
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: the rows of a real installation are not there ({})", file.display());
    None
}

#[test]
fn the_main_job_on_a_real_installation_of_8_6() {
    let Some(rows) = rows() else { return };
    let stage = Stage::from_rows(&rows, Options::new("8.6.0", 40, 1, now()));
    let profile = stage.json(&["site", "test", "wiki"]);
    assert!(text(&profile["version"]).starts_with("8.6"), "{profile:#}");

    let synced = stage.json(&["sync", "wiki"]);
    // One person, and a mapping `exporter` whose account is gone: it is nobody's.
    assert_eq!((&synced[0]["accounts"], &synced[0]["groups"]), (&json!(1), &json!(2)), "{synced:#}");
    let fields = "username,name,email,status,directory,group,groups,seat,lastLogin";
    let listed = stage.json(&["accounts", "wiki", "all", "--fields", fields]);
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    let admin = &listed[0];
    assert_eq!(
        (&admin["username"], &admin["status"], &admin["groups"]),
        (&json!("admin"), &json!("enabled"), &json!(2))
    );
    assert_eq!(admin["group"], json!(["confluence-administrators", "confluence-users"]));
    assert_eq!(admin["seat"], true);
    // 8.6 tells no last login over REST: it is unknown, whatever the database knows.
    assert_eq!(admin["lastLogin"], "unknown");
    assert_eq!(stage.json(&["accounts", "wiki", "username = \"exporter\""]), json!([]));

    the_only_administrator_is_safe(&stage);
    stage.run(&["audit", "verify"]).ends(0);
}

/// Whatever a policy asks for, the only administrator, who is also the account Rollcall uses, is left alone.
fn the_only_administrator_is_safe(stage: &Stage) {
    let before = stage.sight();
    let body = "    select: all\n    actions: [{ remove-groups: [confluence-users] }, disable]\n    grace: 0d\n    limits: { percent: 100, minimum-idle: 0d }\n";
    stage.live_policy("all", body);
    let run = stage.run(&["run", "all", "--format", "json"]).ends(0).json();
    assert_eq!(items(&run).len(), 0, "{run:#}");
    assert!(protection(&run, "admin").contains("Rollcall itself"));
    let idle = stage.json(&["plan", "wiki", "--select", "idle >= 90d", "--action", "disable"]);
    assert_eq!(idle["items"], json!([]), "unknown is not idle");
    stage.assert_nothing_was_sent();
    assert_eq!(stage.sight(), before);
}

#[test]
fn people_who_join_the_real_installation_are_handled_by_the_main_job() {
    let Some(rows) = rows() else { return };
    let stage = Stage::from_rows(&rows, Options::new("8.6.0", 40, 1, now()));
    let long_ago = now() - jiff::SignedDuration::from_hours(24 * 400);
    stage.site.with_state(|state| {
        for name in ["lea", "tom"] {
            state.add_account(name, name, "Confluence Internal Directory", long_ago).expect("added");
            state.add_to_group(name, "confluence-users").expect("joined");
        }
    });
    let leavers = stage.file("leavers.csv", "username\nlea\n").display().to_string();
    stage.run(&["list", "import", "leavers", &leavers]).ends(0);
    // Nothing tells how old the accounts are; the administrator knows, and says so in the policy.
    let body = "    select: list = \"leavers\"\n    actions: [{ remove-groups: [confluence-users] }, disable]\n    grace: 0d\n    limits: { percent: 100 }\n";
    stage.live_policy("leavers", body);
    let before = stage.sight();
    let run = stage.run(&["run", "leavers", "--format", "json"]).ends(0).json();
    assert_eq!(run["counts"]["done"], 2, "{run:#}");
    assert_eq!(
        (stage.status("lea").as_str(), stage.is_member("lea", "confluence-users")),
        ("disabled", false)
    );
    assert_eq!((stage.status("tom").as_str(), stage.is_member("tom", "confluence-users")), ("enabled", true));
    let undo =
        text(&stage.run(&["runs", "undo", &text(&run["id"]), "--format", "json"]).ends(0).json()["id"]);
    stage.apply(&undo).0.ends(0);
    assert_eq!(stage.sight(), before);
}

#[test]
fn rollcall_simulate_starts_a_site_from_the_rows() {
    let Some(rows) = rows() else { return };
    let stage = Stage::with(60);
    let args = ["simulate", "--version", "8.6.0", "--format", "json", "--from"];
    let mut simulator = stage
        .command(&[&args[..], &[&rows.display().to_string()]].concat())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    std::io::BufReader::new(simulator.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("a line");
    let site: Value = serde_json::from_str(&line).expect("JSON");
    let token = stage.file("token-rows", &text(&site["token"])).display().to_string();
    let added = stage.run(&["site", "add", "rows", "--url", &text(&site["url"]), "--token-file", &token]);
    let listed = stage.json(&["accounts", "rows", "all"]);
    simulator.kill().expect("it ends");
    simulator.wait().expect("it is gone");
    added.ends(0);
    assert_eq!(listed[0]["username"], "admin");
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}
