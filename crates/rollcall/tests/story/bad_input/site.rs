//! Sites that are not what they should be: nothing is kept of one that does not answer as it must.

use crate::stage::{Ended, Stage, now, start};
use rollcall_simulator::{Fault, Faults, Options, Rule, Simulator, Tls};

/// Connecting to that address is refused, and no site is kept.
#[track_caller]
fn refuses(stage: &Stage, url: &str, words: &[&str]) -> Ended {
    let token = stage.file("other-token", stage.site.token()).display().to_string();
    let ended = stage.refuses(&["site", "add", "other", "--url", url, "--token-file", &token], words);
    let sites = stage.json(&["site", "list"]);
    assert_eq!(sites.as_array().map(Vec::len), Some(1), "{sites}");
    assert!(!ended.err.contains(stage.site.token()), "the token was printed (I12)");
    ended
}

fn with_rule(stage: &Stage, fault: Fault) {
    stage.site.set_faults(Faults { rules: vec![Rule::new(fault)], ..Faults::default() });
}

#[test]
fn an_address_at_which_nobody_answers_is_refused() {
    let stage = Stage::with(100);
    refuses(&stage, "http://127.0.0.1:9/", &["other", "127.0.0.1:9"]);
    refuses(&stage, "http://no-such-host.invalid/", &["other", "no-such-host.invalid"]);
    refuses(&stage, "ftp://wiki.example.org/", &["ftp", "http"]);
    refuses(&stage, "wiki.example.org", &["--url"]);
    refuses(&stage, "http://ada:secret@127.0.0.1/", &["--username"]);
    refuses(&stage, "http://user@127.0.0.1/", &["--username"]);
}

#[test]
fn something_else_that_answers_is_not_taken_for_a_confluence() {
    let stage = Stage::with(100);
    let url = stage.site.url();
    with_rule(&stage, Fault::Html);
    refuses(&stage, &url, &["other", "web page", "context path"]);
    with_rule(&stage, Fault::LoginRedirect);
    refuses(&stage, &url, &["other", "login"]);
    with_rule(&stage, Fault::WrongJson);
    refuses(&stage, &url, &["other"]);
    with_rule(&stage, Fault::Truncated);
    refuses(&stage, &url, &["other"]);
    with_rule(&stage, Fault::Status { status: 404, retry_after: None });
    refuses(&stage, &url, &["other", "404"]);
}

#[test]
fn a_wrong_context_path_is_said_to_be_one() {
    let stage = Stage::with(100);
    let url = stage.site.url();
    refuses(&stage, &format!("{url}/confluence"), &["other", "context path"]);
    let mut options = Options::new("9.3.1", 100, 3, now());
    options.context_path = "/confluence".to_owned();
    let below = start(options);
    let root = below.url().trim_end_matches("/confluence").to_owned();
    refuses(&stage, &root, &["other", "context path"]);
}

fn with_certificate_for(name: &str) -> Simulator {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    let mut options = Options::new("9.3.1", 100, 3, now());
    options.tls = Some(Tls {
        certificate_pem: made.cert.pem(),
        key_pem: made.signing_key.serialize_pem(),
        host: "localhost".to_owned(),
    });
    start(options)
}

#[test]
fn a_certificate_that_does_not_match_is_refused() {
    let stage = Stage::with(100);
    let unknown = with_certificate_for("localhost");
    refuses(&stage, &unknown.url(), &["other", "certificate", "--ca-file"]);
    let misnamed = with_certificate_for("wiki.example.org");
    refuses(&stage, &misnamed.url(), &["other", "certificate"]);
    let missing = stage.folder.path().join("missing.pem").display().to_string();
    let token = stage.file("t", "x").display().to_string();
    let with_file = |file: &str| {
        ["site", "add", "other", "--url", &unknown.url(), "--token-file", &token, "--ca-file", file]
            .map(str::to_owned)
    };
    let no_pem = stage.file("no.pem", "not a certificate").display().to_string();
    for (file, words) in [(missing, ["missing.pem"]), (no_pem, ["certificate"])] {
        let args = with_file(&file);
        stage.refuses(&args.iter().map(String::as_str).collect::<Vec<_>>(), &words);
    }
}

#[test]
fn a_token_that_expired_stops_everything_and_is_not_tried_again() {
    let stage = Stage::with(100);
    let (plan, _) = stage.plan("status = enabled AND idle >= 90d", &["disable"]);
    stage.site.set_faults(Faults { tokens_expired: true, ..Faults::default() });
    stage.site.clear_journal();
    stage.refuses(&["sync", "wiki"], &["wiki", "token", "rollcall site set NAME --token-file"]);
    stage.refuses(&["site", "test", "wiki"], &["wiki", "token"]);
    // A run that cannot sign in begins, writes nothing and can be resumed.
    let ended = stage.run(&["apply", &plan, "--yes"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert_eq!(stage.effects(), Vec::<String>::new());
    stage.site.set_faults(Faults::default());
    let run = stage.json(&["runs", "list"])[0]["id"].as_str().map(str::to_owned);
    match run {
        Some(run) => stage.run(&["runs", "resume", &run]).ends(0),
        None => stage.run(&["apply", &plan, "--yes"]).ends(0),
    };
    assert_eq!(stage.newest_run()["state"], "done");
}

#[test]
fn a_wrong_password_is_sent_once() {
    let stage = Stage::with(100);
    let password = stage.file("password", "not-the-password").display().to_string();
    stage.site.clear_journal();
    let url = stage.site.url();
    let args = ["site", "add", "other", "--url", &url, "--username", "admin", "--password-file", &password];
    let ended = stage.refuses(&args, &["other", "password"]);
    assert!(!ended.err.contains("not-the-password"), "{}", ended.err);
    let refusals = stage.site.journal().into_iter().filter(|entry| entry.status == 401).count();
    assert_eq!(refusals, 1, "a refused password is never tried again (I9)");
}

/// Connects with an account that uses the site and does not administer it.
fn connect_as_somebody(stage: &Stage) -> String {
    let somebody = stage.site.with_state(|state| {
        let is_plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        let mut views = state.account_views();
        let plain = views.find(|v| {
            v.status == "enabled"
                && v.seat
                && is_plain(&v.username)
                && v.groups.iter().all(|g| !g.contains("admin"))
        });
        plain.expect("somebody plain").username
    });
    let password = stage.file("password", &stage.site.password_of(&somebody)).display().to_string();
    let url = stage.site.url();
    let args = ["site", "add", "plain", "--url", &url, "--username", &somebody, "--password-file", &password];
    let ended = stage.run(&args).ends(0);
    for word in ["Warning", &somebody, "administer", "Confluence administrator"] {
        assert!(ended.err.contains(word), "{word}: {}", ended.err);
    }
    somebody
}

#[test]
fn an_account_that_may_not_administer_is_told_so_and_changes_nothing() {
    let stage = Stage::with(100);
    connect_as_somebody(&stage);
    stage.refuses(&["sync", "plain"], &["plain", "Confluence administrator"]);
    stage.refuses(
        &["plan", "plain", "--select", "all", "--action", "disable"],
        &["plain", "Confluence administrator"],
    );
    // Before 10.0 everybody may read members of groups; still nothing can be changed.
    let older = Stage::on(Options::new("9.3.1", 100, 7, now()), None);
    connect_as_somebody(&older);
    older.run(&["sync", "plain"]).ends(0);
    older.refuses(
        &["plan", "plain", "--select", "status = enabled", "--action", "disable"],
        &["plain", "disable"],
    );
    assert_eq!(older.effects(), Vec::<String>::new());
}

#[test]
fn a_site_in_read_only_mode_is_not_written_to() {
    let stage = Stage::with(100);
    let (plan, _) = stage.plan("status = enabled AND idle >= 90d", &["disable"]);
    stage.site.set_faults(Faults { read_only_mode: true, ..Faults::default() });
    let before = stage.site.writes().len();
    let ended = stage.run(&["apply", &plan, "--yes"]);
    assert_eq!(ended.code, 1, "{}\n{}", ended.out, ended.err);
    let said = format!("{}{}", ended.out, ended.err);
    assert!(said.contains("read-only"), "{said}");
    assert!(stage.site.writes().len() <= before + 1, "one refused write is enough to know");
    assert_eq!(stage.effects(), Vec::<String>::new());
    let shown = stage.run(&["site", "test", "wiki"]).ends(0);
    assert!(shown.out.contains("read-only"), "{}", shown.out);
}
