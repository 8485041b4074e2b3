//! The data folder, secrets, and ids that name nothing.

use super::{refused, state};
use crate::inside;
use crate::stage::{Ended, Stage, now};
use crate::stopping::wait_for_effects;
use rollcall_engine::{Operator, Selection};
use rollcall_simulator::Faults;
use rollcall_testkit::SmallDisk;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The binary on another data folder.
fn on_folder(stage: &Stage, folder: &Path, args: &[&str]) -> Command {
    let mut command = stage.command(args);
    command.env("ROLLCALL_DATA", folder);
    command
}

#[test]
fn a_data_folder_that_is_a_file_or_takes_no_writes_is_refused() {
    let stage = Stage::with(100);
    let file = stage.file("a-file", "not a folder");
    refused(&mut on_folder(&stage, &file, &["site", "list"]), &["a-file", "--data"]);
    refused(&mut on_folder(&stage, &file.join("below"), &["site", "list"]), &["a-file", "--data"]);
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), "not a folder");
    if let Some(disk) = SmallDisk::mount(1 << 20) {
        disk.write_protect();
        let place = disk.path().display().to_string();
        refused(&mut on_folder(&stage, disk.path(), &["site", "list"]), &[&place, "Read-only", "--data"]);
    }
    if let Some(disk) = SmallDisk::mount(16 << 20) {
        let ended: Ended = on_folder(&stage, disk.path(), &["site", "list"]).output().expect("starts").into();
        ended.ends(0);
        disk.write_protect();
        let place = disk.path().display().to_string();
        refused(&mut on_folder(&stage, disk.path(), &["doctor"]), &[&place]);
    }
}

/// A data folder with a database that lies beside these tests: `CREATE TABLE rollcall_schema (version BIGINT NOT NULL PRIMARY KEY)`
/// with the version 9999, and `CREATE TABLE recipes (name TEXT)`.
fn stored(stage: &Stage, name: &str) -> PathBuf {
    let folder = stage.folder.path().join(name);
    std::fs::create_dir(&folder).expect("a folder");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story/databases").join(name);
    std::fs::copy(file, folder.join("rollcall.db")).expect("a database");
    folder
}

#[test]
fn a_database_of_a_newer_program_or_of_another_is_left_as_it_is() {
    let stage = Stage::with(100);
    let newer = stored(&stage, "newer-schema.db");
    let before = std::fs::read(newer.join("rollcall.db")).expect("the database");
    for args in [&["site", "list"][..], &["sync", "wiki"], &["doctor"], &["audit", "verify"]] {
        refused(&mut on_folder(&stage, &newer, args), &["rollcall.db", "9999", "newer"]);
    }
    assert!(
        std::fs::read(newer.join("rollcall.db")).expect("the database") == before,
        "it was left as it was"
    );
    let other = stored(&stage, "other-program.db");
    refused(&mut on_folder(&stage, &other, &["site", "list"]), &["rollcall.db", "recipes"]);
    let garbage = stage.folder.path().join("garbage");
    std::fs::create_dir(&garbage).expect("a folder");
    std::fs::write(garbage.join("rollcall.db"), "not a database at all, but long enough to be looked at")
        .expect("a file");
    refused(&mut on_folder(&stage, &garbage, &["site", "list"]), &["rollcall.db"]);
}

#[test]
fn settings_and_keys_that_are_wrong_are_named() {
    let stage = Stage::with(100);
    let settings = stage.folder.path().join("data/rollcall.yaml");
    for (text, words) in [
        ("mial: {}", &["rollcall.yaml", "mial"][..]),
        ("mail: { from: a@example.org }", &["rollcall.yaml", "host"]),
        ("mail: { from: nobody, folder: mail }", &["rollcall.yaml", "from"]),
        ("mail: { from: a@example.org, host: mx, username: me }", &["rollcall.yaml", "password-file"]),
        (
            "mail: { from: a@example.org, host: mx, username: me, password-file: gone }",
            &["gone", "cannot be read", "rollcall.yaml, mail.password-file"],
        ),
        ("mail: [", &["rollcall.yaml"]),
        ("server: { public-url: \"ftp://x.example.org\" }", &["rollcall.yaml", "server.public-url"]),
        ("database-url-file: gone", &["gone", "cannot be read", "rollcall.yaml, database-url-file"]),
        (
            "key-file: sealing.key\nserver: { listen: 8474 }",
            &["rollcall.yaml, line 2, server.listen", "127.0.0.1:8474"],
        ),
        ("key-file: gone/key", &["gone/key"]),
    ] {
        std::fs::write(&settings, text).expect("settings");
        refused(&mut stage.command(&["site", "list"]), words);
    }
    std::fs::remove_file(&settings).expect("settings");
    let key = stage.folder.path().join("data/sealing.key");
    let good = std::fs::read(&key).expect("a key");
    std::fs::write(&key, "not a key").expect("a key");
    refused(&mut stage.command(&["site", "list"]), &["sealing.key"]);
    let another = stage.folder.path().join("another");
    let made: Ended = on_folder(&stage, &another, &["site", "list"]).output().expect("starts").into();
    made.ends(0);
    std::fs::copy(another.join("sealing.key"), &key).expect("a key");
    refused(&mut stage.command(&["sync", "wiki"]), &["key"]);
    refused(&mut stage.command(&["doctor"]), &[]);
    std::fs::write(&key, good).expect("a key");
    stage.run(&["sync", "wiki"]).ends(0);
    let mut command = stage.command(&["site", "list"]);
    refused(command.env("ROLLCALL_DATABASE_URL", "mysql://db/rollcall"), &["mysql", "postgres"]);
    let mut command = stage.command(&["site", "list"]);
    let ended = refused(
        command.env("ROLLCALL_DATABASE_URL", "postgres://me:secret-word@127.0.0.1:9/x"),
        &["127.0.0.1"],
    );
    assert!(!ended.err.contains("secret-word"), "{}", ended.err);
    // A slip of the hand makes no database of that name, and its password is not printed.
    let before = std::fs::read_dir(stage.folder.path()).expect("a folder").count();
    for slip in ["postgres//me:secret-word@127.0.0.1/x", "host=127.0.0.1 password=secret-word"] {
        let mut command = stage.command(&["site", "list"]);
        command.current_dir(stage.folder.path()).env("ROLLCALL_DATABASE_URL", slip);
        let ended = refused(&mut command, &["ROLLCALL_DATABASE_URL", "postgres://"]);
        assert!(!ended.err.contains("secret-word"), "{}", ended.err);
    }
    assert_eq!(std::fs::read_dir(stage.folder.path()).expect("a folder").count(), before);
}

#[test]
fn secrets_are_taken_from_files_environment_or_prompt_and_from_nowhere_else() {
    let stage = Stage::with(100);
    let url = stage.site.url();
    let with = |more: &[&str]| {
        let mut args = vec!["site", "add", "other", "--url", &url];
        args.extend(more);
        args.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let empty = stage.file("empty", "\n").display().to_string();
    let token = stage.file("token", stage.site.token()).display().to_string();
    let missing = stage.folder.path().join("missing").display().to_string();
    for (more, words) in [
        (&[][..], &["--token-file", "ROLLCALL_TOKEN"][..]),
        (&["--token-file", &missing], &["missing", "cannot be read"]),
        (&["--token-file", &empty], &["empty", "secret"]),
        (&["--username", "admin"], &["--password-file"]),
        (&["--password-file", &token], &["--username"]),
        (&["--username", "admin", "--token-file", &token], &["--token-file", "--username"]),
        (&["--token", "abc"], &["--token"]),
        (&["--password", "abc"], &["--password"]),
    ] {
        let args = with(more);
        stage.refuses(&args.iter().map(String::as_str).collect::<Vec<_>>(), words);
    }
    let args = with(&[]);
    let mut command = stage.command(&args.iter().map(String::as_str).collect::<Vec<_>>());
    command.env("ROLLCALL_TOKEN", "two\nlines");
    let ended = stage.refuses_command(&mut command, &["token"]);
    assert!(!ended.err.contains("two"), "the secret was printed: {}", ended.err);
}

#[test]
fn ids_and_names_that_nothing_has_are_refused() {
    let stage = Stage::with(100);
    stage.run(&["sync", "wiki"]).ends(0);
    for id in
        ["nothing", "", "019a0000-0000-7000-8000-000000000000", "'; DROP TABLE plans; --", "\u{1b}[31mred"]
    {
        let shown = id.trim_matches('\u{1b}');
        stage.refuses(&["apply", id, "--yes"], &["plan", shown]);
        stage.refuses(&["approve", id], &["plan", shown]);
        for command in ["show", "stop", "resume", "undo"] {
            let ended = stage.refuses(&["runs", command, id], &["run", shown]);
            assert!(
                !ended.err.contains('\u{1b}'),
                "the terminal is not controlled by an id: {:?}",
                ended.err
            );
        }
    }
    stage.refuses(&["site", "remove", "nowhere", "--yes"], &["nowhere", "wiki"]);
    stage.refuses(&["site", "test", "nowhere"], &["nowhere", "wiki"]);
    stage.refuses(&["site", "set", "nowhere", "--audit-days", "3"], &["nowhere", "wiki"]);
    stage.refuses(&["exempt", "add", "wiki", "--account", "nobody-here", "--reason", "x"], &["nobody-here"]);
    stage
        .refuses(&["exempt", "add", "wiki", "--group", "no-such-group", "--reason", "x"], &["no-such-group"]);
    stage.refuses(&["exempt", "remove", "wiki", "--account", "nobody-here"], &["nobody-here"]);
    stage.refuses(&["list", "remove", "leavers"], &["leavers"]);
    stage.refuses(&["audit", "verify", "--head", "abc"], &["--head"]);
    stage.refuses(&["audit", "verify", "--file", "/nowhere/audit.jsonl"], &["/nowhere/audit.jsonl"]);
}

/// Makes a plan on the stage's installation as somebody did two days ago.
async fn plan_of_the_day_before_yesterday(data: &Path) -> String {
    let engine = inside::engine(data, now() - jiff::SignedDuration::from_hours(48)).await;
    let site = "wiki".parse().expect("a name");
    let ada = Operator::local("ada");
    let limits = rollcall_planner::Limits {
        percent: rollcall_planner::Percent::new(100.0).expect("a limit"),
        ..rollcall_planner::Limits::default()
    };
    let selection = Selection {
        site: &site,
        criterion: "status = enabled AND idle >= 90d",
        accounts: None,
        actions: &["disable".parse().expect("an action")],
        mode: rollcall_planner::Mode::Live,
        limits,
        freshness: rollcall_engine::Freshness::Any,
    };
    engine.sync(&ada, &site, &|_| ()).await.expect("the site is read");
    let made = engine.plan_selection(&ada, &selection, &|_| ()).await.expect("a plan");
    assert!(!made.plan.items.is_empty());
    made.plan.id.to_string()
}

#[test]
fn a_plan_older_than_its_expiry_is_not_applied() {
    let stage = Stage::with(100);
    let plan = inside::now_do(plan_of_the_day_before_yesterday(&stage.folder.path().join("data")));
    stage.refuses(&["apply", &plan, "--yes"], &[&plan, "expired", "Plan again"]);
    assert_eq!(stage.json(&["runs", "list"]), serde_json::json!([]), "not even a run was begun");
}

#[test]
fn a_disk_that_fills_up_stops_the_run_cleanly_and_it_goes_on_after() {
    let Some(disk) = SmallDisk::mount(64 << 20) else { return };
    let stage = Stage::with(400).in_folder(disk.path().join("data"));
    let (plan, planned) =
        stage.plan("status = enabled AND idle >= 60d", &["disable", "add-groups=confluence-inactive"]);
    let wanted = planned["items"].as_array().expect("items").len();
    stage.site.set_faults(Faults::hold_writes_after(5));
    let run = stage.spawn(&["apply", &plan, "--yes"]);
    wait_for_effects(&stage, 5);
    let filler = disk.path().join("filler");
    fill(&filler);
    stage.site.set_faults(Faults::default());
    let ended: Ended = run.wait_with_output().expect("it ends").into();
    let made = stage.effects().len();
    assert!(made < wanted, "the disk was full too late to matter: {made} of {wanted}");
    assert_eq!(ended.code, 1, "{}\n{}", ended.out, ended.err);
    assert!(ended.err.contains("full") && ended.err.contains("rollcall.db"), "{}", ended.err);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);

    // While it is full nothing more is written to the site.
    refused(&mut stage.command(&["sync", "wiki"]), &["full"]);
    assert_eq!(stage.effects().len(), made);

    std::fs::remove_file(&filler).expect("room is made");
    let runs = stage.json(&["runs", "list"]);
    let id = runs[0]["id"].as_str().expect("the run is known").to_owned();
    stage.run(&["runs", "resume", &id]).ends(0);
    let effects = stage.effects();
    let distinct: std::collections::BTreeSet<_> = effects.iter().collect();
    assert_eq!((effects.len(), distinct.len()), (wanted, wanted), "each effect once, none lost");
    stage.run(&["audit", "verify"]).ends(0);
    let (newest, _) = state(&stage);
    assert!(newest.is_some_and(|entry| entry["seq"].as_u64() > Some(0)));
}

/// Takes all the room there is.
fn fill(file: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(file).expect("a file");
    for size in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}
