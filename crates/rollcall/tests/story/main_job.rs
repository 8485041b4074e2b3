//! The main job from beginning to end, on both databases: connect, read, select, try, go live, report, take back, prove.

use crate::stage::{Stage, now};
use crate::witness::{accounts, items, python, text};
use jiff::ToSpan;
use rollcall_simulator::{Mix, Options};
use rollcall_testkit::TestDatabase;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const WHO: &str = "status = enabled AND directGroup = \"confluence-users\" AND lastLogin < -90d";
const POLICY: &str = r#"    description: Seats of people idle for a quarter
    select: status = enabled AND directGroup = "confluence-users" AND lastLogin < -90d
    actions:
      - remove-groups: [confluence-users]
      - add-groups: [confluence-inactive]
      - disable
    limits: { accounts: 100, percent: 60, failures: 5, canary: 3 }
    report: { to: [it-ops@example.org], when: always, attach: csv }
"#;

/// Reads a mail with another program's eyes.
const READ_MAIL: &str = r#"
import email, email.policy, json, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
assert not mail.defects, mail.defects
attachment = next(mail.iter_attachments())
print(json.dumps({
    "subject": mail["subject"], "from": mail["from"], "to": mail["to"], "id": mail["message-id"],
    "text": mail.get_body(("plain",)).get_content(), "html": mail.get_body(("html",)).get_content(),
    "file": attachment.get_filename(), "type": attachment.get_content_type(), "csv": attachment.get_content(),
}))
"#;

#[test]
fn the_main_job_on_sqlite() {
    the_whole_main_job(None);
}

#[test]
fn the_main_job_on_postgresql() {
    let Some(database) = TestDatabase::postgres() else { return };
    the_whole_main_job(Some(database.location().to_owned()));
}

fn the_whole_main_job(database: Option<String>) {
    let mut options = Options::new("10.2.14", 120, 7, now());
    options.mix = Mix::all_writable();
    let stage = Stage::on(options, database).writable();
    // A name that no address can carry is refused in the plan; that is another story's.
    stage.site.with_state(|state| state.set_enabled("ops/night", false)).expect("the account exists");
    stage.file("data/rollcall.yaml", "mail: { from: \"Rollcall <rollcall@example.org>\", folder: mail }\n");

    let idle = people_idle_at_the_site(&stage);
    the_site_is_listed_and_tested(&stage);
    reading_and_listing(&stage, &idle);
    switching_on(&stage, &idle);
    let before = stage.sight();
    let run = going_live(&stage, &idle);
    the_report_arrives(&stage, &run);
    taking_back(&stage, &text(&run["id"]));
    assert_eq!(stage.sight(), before, "undo restores everybody exactly");
    proving(&stage, &text(&run["auditHead"]));
}

/// The truth, from the site's own state.
fn people_idle_at_the_site(stage: &Stage) -> BTreeSet<String> {
    let since = now() - (90 * 24).hours();
    let idle: BTreeSet<String> = stage.site.with_state(|state| {
        let views = state.account_views().filter(|v| {
            v.status == "enabled"
                && v.groups.iter().any(|g| g == "confluence-users")
                && v.last_login.is_some_and(|at| at < since)
        });
        views.map(|v| v.username).collect()
    });
    assert!(idle.len() >= 20, "a site worth the work: {idle:?}");
    idle
}

fn the_site_is_listed_and_tested(stage: &Stage) {
    let sites = stage.json(&["site", "list"]);
    assert_eq!(sites[0]["name"], "wiki");
    assert_eq!(sites[0]["accounts"], Value::Null, "nothing was read yet");
    let profile = stage.json(&["site", "test", "wiki"]);
    assert_eq!(profile["version"], "10.2.14", "{profile:#}");
    let table = stage.run(&["site", "test", "wiki"]).ends(0).out;
    for line in ["10.2.14", "administrator", "disable", "remove-groups", "suspend"] {
        assert!(table.contains(line), "{line} is missing in\n{table}");
    }
}

fn reading_and_listing(stage: &Stage, idle: &BTreeSet<String>) {
    let synced = stage.json(&["sync", "wiki"]);
    let (there, seats, groups) = stage.site.with_state(|state| state.counts());
    assert_eq!(
        [&synced[0]["accounts"], &synced[0]["seatsUsed"], &synced[0]["groups"]],
        [&json!(there), &json!(seats), &json!(groups)]
    );
    let listed = stage.json(&["accounts", "wiki", WHO]);
    let names: BTreeSet<String> =
        listed.as_array().expect("an array").iter().map(|row| text(&row["username"])).collect();
    assert_eq!(&names, idle, "as JSON");
    let csv = stage.run(&["accounts", "wiki", WHO, "--format", "csv"]).ends(0).out;
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let column = rows.headers().expect("headings").iter().position(|h| h == "username").expect("username");
    let names: BTreeSet<String> = rows.records().map(|row| row.expect("a row")[column].to_owned()).collect();
    assert_eq!(&names, idle, "as CSV");
    let count = stage.run(&["accounts", "wiki", WHO, "--count"]).ends(0).out;
    assert_eq!(count.trim(), idle.len().to_string());

    let why = stage.json(&["accounts", "wiki", WHO, "--explain", "formula"]);
    assert_eq!(why["verdict"], "true", "{why:#}");
    assert_eq!(why["step"]["steps"].as_array().map(Vec::len), Some(3), "clause by clause");
    assert_eq!(why["step"]["steps"][2]["evidence"][0]["source"], "list-active");
    let why_not = stage.json(&["accounts", "wiki", WHO, "--explain", "admin"]);
    assert_eq!(why_not["verdict"], "false", "{why_not:#}");
}

fn switching_on(stage: &Stage, idle: &BTreeSet<String>) {
    let file = stage.file("p.yaml", &format!("policies:\n  - name: reclaim\n    sites: [wiki]\n{POLICY}"));
    let file = file.display().to_string();
    assert_eq!(stage.json(&["policy", "check", &file])[0]["name"], "reclaim");
    assert_eq!(stage.json(&["policy", "list"]), json!([]), "checking keeps nothing");
    assert_eq!(stage.json(&["policy", "load", &file])[0]["state"], "off");
    stage.run(&["run", "reclaim"]).ends(2);
    stage.run(&["policy", "enable", "reclaim", "--live"]).ends(2);
    stage.run(&["policy", "enable", "reclaim"]).ends(0);

    let test = stage.run(&["run", "reclaim", "--format", "json"]).ends(0).json();
    assert_eq!((&test["mode"], &test["state"]), (&json!("test"), &json!("done")));
    assert_eq!(&accounts(&test), idle);
    assert_eq!(test["counts"]["done"], json!(idle.len() * 3));
    stage.assert_nothing_was_sent();
}

fn going_live(stage: &Stage, idle: &BTreeSet<String>) -> Value {
    stage.run(&["policy", "enable", "reclaim", "--live"]).ends(0);
    let before = stage.sight();
    let run = stage.run(&["run", "reclaim", "--format", "json"]).ends(0).json();
    assert_eq!((&run["mode"], &run["state"]), (&json!("live"), &json!("done")));
    assert_eq!(&accounts(&run), idle);
    assert!(items(&run).iter().all(|item| item["outcome"] == "done"), "{run:#}");
    let effects = stage.effects();
    assert_eq!(effects.len(), idle.len() * 3, "each change once");
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len());
    assert_eq!(stage.site.writes().len(), effects.len(), "and no write in vain");
    for (name, (status, groups)) in stage.sight() {
        if idle.contains(&name) {
            assert_eq!(status, "disabled", "{name}");
            assert!(!groups.contains("confluence-users") && groups.contains("confluence-inactive"), "{name}");
        } else {
            assert_eq!(before[&name], (status, groups), "{name} is nobody's business");
        }
    }
    run
}

fn the_report_arrives(stage: &Stage, run: &Value) {
    let id = text(&run["id"]);
    let folder = stage.folder.path().join("data/mail");
    let mails = std::fs::read_dir(&folder).expect("a folder of mails").count();
    assert_eq!(mails, 2, "one of the test run, one of the live run");
    // Its name is its Message-ID: the run, the entry of the audit log that ended it, and the sender's domain.
    let begins = format!("run-{id}_");
    let names = std::fs::read_dir(&folder)
        .expect("a folder of mails")
        .map(|entry| entry.expect("a file").file_name());
    let mut names = names.map(|name| name.into_string().expect("a name of ours"));
    let name = names.find(|name| name.starts_with(&begins) && name.ends_with("@example_org.eml"));
    let file = folder.join(name.expect("the mail of the run")).display().to_string();
    let Some(mail) = python(READ_MAIL, &[&file]) else { return };
    let mail: Value = serde_json::from_str(&mail).expect("JSON");
    assert_eq!(mail["to"], "it-ops@example.org");
    assert!(text(&mail["from"]).contains("rollcall@example.org"));
    for part in ["reclaim", "wiki"] {
        assert!(text(&mail["subject"]).contains(part), "{}", mail["subject"]);
    }
    let (plain, html) = (text(&mail["text"]), text(&mail["html"]));
    for part in [&plain, &html] {
        assert!(
            part.contains(&text(&run["auditHead"])),
            "the head of the audit log is what the reader keeps"
        );
        assert!(part.contains(&id), "the run");
    }
    // Somebody is called `<b>Bold</b> & <script>alert(1)</script>`.
    assert!(!html.contains("<script"), "{html}");
    let file = text(&mail["file"]);
    assert_eq!((file.rsplit('.').next(), &mail["type"]), (Some("csv"), &json!("text/csv")));
    let csv = text(&mail["csv"]);
    let rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes())
        .into_records()
        .collect::<Result<Vec<_>, _>>()
        .expect("CSV");
    assert_eq!(rows.len(), items(run).len(), "a row for each item");
    let cells = rows.iter().flatten();
    let dangerous: Vec<_> = cells.filter(|cell| cell.starts_with(['=', '+', '@'])).collect();
    assert!(dangerous.is_empty(), "a spreadsheet would calculate {dangerous:?}");
}

fn taking_back(stage: &Stage, run: &str) {
    let undo = stage.run(&["runs", "undo", run, "--format", "json"]).ends(0).json();
    let (ended, undone) = stage.apply(&text(&undo["id"]));
    ended.ends(0);
    assert!(items(&undone).iter().all(|item| item["outcome"] == "done"), "{undone:#}");
    // There is nothing left to take back, and saying so is not a failure of the site.
    let again = stage.run(&["runs", "undo", run, "--format", "json"]).json();
    assert_eq!(again["items"], json!([]), "{again:#}");
}

fn proving(stage: &Stage, head: &str) {
    stage.run(&["audit", "verify"]).ends(0);
    stage.run(&["audit", "verify", "--head", head]).ends(0);
    let file = stage.folder.path().join("audit.jsonl").display().to_string();
    stage.run(&["audit", "export", "--output", &file]).ends(0);
    stage.run(&["audit", "verify", "--file", &file, "--head", head]).ends(0);
    for kind in [
        "site.",
        "snapshot.",
        "policy.loaded",
        "policy.enabled",
        "policy.tested",
        "policy.live",
        "plan.made",
        "run.created",
        "run.finished",
        "run.item.intent",
        "run.item.outcome",
        "mail.sent",
    ] {
        assert!(!stage.audit(kind).is_empty(), "nothing of {kind} in the audit log");
    }
}
