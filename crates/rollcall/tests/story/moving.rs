//! A site that moves to another address stays the same site.

use crate::stage::{Stage, now, start};
use rollcall_simulator::Options;

#[test]
fn a_site_that_moved_keeps_its_snapshots_and_exemptions() {
    let stage = Stage::with(60);
    stage.run(&["sync", "wiki"]).ends(0);
    stage.run(&["exempt", "add", "wiki", "--group", "svc-accounts", "--reason", "robots"]).ends(0);
    // The same people answer at another address.
    let mut options = Options::new("10.2.0", 60, 7, now());
    options.mix = rollcall_simulator::Mix::all_writable();
    let moved = start(options);
    let token = stage.file("moved-token", moved.token()).display().to_string();
    stage.run(&["site", "set", "wiki", "--url", &moved.url(), "--token-file", &token]).ends(0);
    let site = &stage.json(&["site", "list"])[0];
    assert!(site["url"].as_str().is_some_and(|url| url.starts_with(&moved.url())), "{site}");
    assert!(site["accounts"].as_u64().is_some_and(|n| n > 50), "{site}");
    assert_eq!(stage.json(&["exempt", "list", "wiki"])[0]["name"], "svc-accounts");
    stage.run(&["sync", "wiki"]).ends(0);
}

#[test]
fn another_site_at_the_new_address_is_refused_and_nothing_changes() {
    let stage = Stage::with(60);
    stage.run(&["sync", "wiki"]).ends(0);
    let stranger = start(Options::new("10.2.0", 60, 8, now()));
    stranger.with_state(|state| {
        let home = state.account_view("admin").expect("there is an administrator").directory;
        state.add_account("stranger", "A Stranger", &home, now()).expect("an account");
        state.add_to_group("stranger", "confluence-administrators").expect("an administrator");
        state.add_token("stranger", "a-strangers-token", None).expect("a token");
    });
    let token = "a-strangers-token";
    let token = stage.file("stranger-token", token).display().to_string();
    let refused =
        stage.run(&["site", "set", "wiki", "--url", &stranger.url(), "--token-file", &token]).ends(2);
    assert!(refused.err.contains("is not the site that was read"), "{}", refused.err);
    let url = stage.json(&["site", "list"])[0]["url"].as_str().expect("url").to_owned();
    assert!(url.starts_with(&stage.site.url()), "{url}");
}

#[test]
fn the_credentials_of_a_site_are_sent_to_no_other_server() {
    let stage = Stage::with(60);
    let elsewhere = start(Options::new("10.2.0", 60, 7, now()));
    let refused = stage.run(&["site", "set", "wiki", "--url", &elsewhere.url()]).ends(2);
    assert!(refused.err.contains("credentials") && refused.err.contains("--token-file"), "{}", refused.err);
    assert!(elsewhere.journal().is_empty(), "the other server was asked something");
    // Below another path the server is the same, which takes them: what is wrong there is that nothing answers.
    let beside = format!("{}/nothing-here", stage.site.url());
    let refused = stage.run(&["site", "set", "wiki", "--url", &beside]).ends(1);
    assert!(!refused.err.contains("--username NAME"), "{}", refused.err);
    let url = stage.json(&["site", "list"])[0]["url"].as_str().expect("url").to_owned();
    assert!(url.starts_with(&stage.site.url()) && !url.contains("nothing-here"), "{url}");
}
