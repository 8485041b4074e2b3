//! Operators and tokens from a shell of the machine.

use crate::stage::Stage;

const PASSWORD: &str = "correct marmot 17 ladder";

#[test]
fn operators_are_added_changed_and_removed_and_one_admin_remains() {
    let stage = Stage::with(100);
    let file = stage.file("password", &format!("{PASSWORD}\n")).display().to_string();
    let add = |name: &str, role: &str| {
        stage.run(&["operators", "add", name, "--role", role, "--password-file", &file])
    };
    add("mira", "admin").ends(0);
    add("theo", "viewer").ends(0);
    assert!(add("Mira", "viewer").ends(2).err.contains("exists already"));
    assert!(add("schedule", "viewer").ends(2).err.contains("name: "));
    assert!(add("eve", "root").ends(2).err.contains("not a role"));
    let weak = stage.file("weak", "password1234").display().to_string();
    let refused =
        stage.run(&["operators", "add", "eve", "--role", "viewer", "--password-file", &weak]).ends(2);
    assert!(refused.err.contains("commonest") && !refused.err.contains("password1234"), "{}", refused.err);
    assert!(
        stage.run(&["operators", "add", "eve", "--role", "viewer"]).ends(1).err.contains("--password-file")
    );

    assert!(stage.run(&["operators", "role", "mira", "viewer"]).ends(2).err.contains("last active admin"));
    assert!(stage.run(&["operators", "deactivate", "mira"]).ends(2).err.contains("last active admin"));
    assert!(stage.run(&["operators", "remove", "mira", "--yes"]).ends(2).err.contains("last active admin"));
    stage.run(&["operators", "role", "theo", "admin"]).ends(0);
    stage.run(&["operators", "deactivate", "mira"]).ends(0);
    stage.run(&["operators", "password", "theo", "--password-file", &file]).ends(0);
    let listed = stage.json(&["operators", "list"]);
    let line = |n: usize, key: &str| listed[n][key].clone();
    assert_eq!(
        (line(0, "name"), line(0, "active"), line(1, "role")),
        ("mira".into(), false.into(), "admin".into())
    );
    assert_eq!(stage.json(&["operators", "sessions", "theo"]).as_array().map(Vec::len), Some(0));
    stage.run(&["operators", "sessions", "theo", "--end"]).ends(0);
    // Nobody is here to confirm.
    stage.run(&["operators", "remove", "mira"]).ends(2);
    stage.run(&["operators", "remove", "mira", "--yes"]).ends(0);
    assert!(
        stage.run(&["operators", "remove", "mira", "--yes"]).ends(2).err.contains("there is no operator")
    );
    let log = stage.run(&["audit", "list", "--format", "json"]).ends(0).out;
    assert!(
        log.contains("operator.password-set") && !log.contains(PASSWORD) && !log.contains("argon2"),
        "{log}"
    );
}

#[test]
fn a_setup_link_is_printed_while_there_is_no_admin() {
    let stage = Stage::with(100);
    let first = stage.run(&["operators", "setup-link"]).ends(0).out;
    let second = stage.run(&["operators", "setup-link"]).ends(0).out;
    let token = second.trim().split_once("/setup#").expect("a link").1;
    assert!(token.len() == 43 && !first.contains(token));
    let file = stage.file("password", PASSWORD).display().to_string();
    stage.run(&["operators", "add", "mira", "--role", "admin", "--password-file", &file]).ends(0);
    assert!(stage.run(&["operators", "setup-link"]).ends(2).err.contains("there is an admin already"));
}

#[test]
fn a_token_is_printed_once_and_revoked_by_its_id() {
    let stage = Stage::with(100);
    let file = stage.file("password", PASSWORD).display().to_string();
    stage.run(&["operators", "add", "mira", "--role", "operator", "--password-file", &file]).ends(0);
    let made = stage
        .run(&["tokens", "create", "nightly", "--owner", "mira", "--role", "viewer", "--days", "7"])
        .ends(0);
    let secret = made.out.trim();
    assert!(secret.starts_with("rc_") && secret.len() == 52 && !made.err.contains(secret));
    let listed = stage.run(&["tokens", "list", "--format", "json"]).ends(0);
    assert!(!listed.out.contains(secret));
    let id = listed.json()[0]["id"].as_str().expect("an id").to_owned();
    assert!(
        stage
            .run(&["tokens", "create", "more", "--owner", "mira", "--role", "admin"])
            .ends(2)
            .err
            .contains("no more than its owner")
    );
    assert!(
        stage
            .run(&["tokens", "create", "more", "--owner", "nobody-there"])
            .ends(2)
            .err
            .contains("there is no operator")
    );
    stage.run(&["tokens", "create", "more", "--owner", "mira", "--days", "367"]).ends(2);
    stage.run(&["tokens", "revoke", &id]).ends(0);
    stage.run(&["tokens", "revoke", &id]).ends(2);
    assert_eq!(stage.json(&["tokens", "list"]).as_array().map(Vec::len), Some(0));
    assert!(!stage.run(&["audit", "list", "--format", "json"]).ends(0).out.contains(secret));
}
