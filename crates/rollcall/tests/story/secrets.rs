//! Secrets are sealed at rest, never printed, never logged, never exported (I12).

use crate::stage::{Ended, Stage};
use crate::witness::THE_IDLE;
use std::path::Path;

const PASSWORD: &str = "c0rrect-horse-battery";

/// Whether the bytes hold the text as it is, as base64, or as hexadecimal digits.
fn holds(bytes: &[u8], secret: &str) -> bool {
    [secret, &base64(secret), &hex(secret.as_bytes())]
        .iter()
        .any(|form| bytes.windows(form.len()).any(|w| w == form.as_bytes()))
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}

/// Base64 without its end, which depends on what follows.
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole = text.as_bytes().chunks_exact(3);
    let letters = whole.flat_map(|three| {
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize]))
    });
    letters.collect()
}

#[track_caller]
fn assert_clean(ended: &Ended, secrets: &[&str], what: &str) {
    for secret in secrets {
        assert!(!holds(ended.out.as_bytes(), secret), "{what} printed a secret");
        assert!(!holds(ended.err.as_bytes(), secret), "{what} logged a secret:\n{}", ended.err);
    }
}

#[track_caller]
fn assert_no_file_holds(folder: &Path, secrets: &[&str]) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            assert_no_file_holds(&path, secrets);
        } else {
            let bytes = std::fs::read(&path).expect("readable");
            for secret in secrets {
                assert!(!holds(&bytes, secret), "{} holds a secret", path.display());
            }
        }
    }
}

#[test]
fn no_secret_is_in_any_file_output_log_or_export() {
    let stage = Stage::with(60);
    let token = stage.site.token().to_owned();
    stage.site.with_state(|state| {
        let patch =
            rollcall_simulator::AccountPatch { password: Some(PASSWORD.to_owned()), ..Default::default() };
        state.patch_account("admin", &patch).expect("a password");
    });
    let secrets = [token.as_str(), PASSWORD];
    let password = stage.file("password", &format!("{PASSWORD}\n")).display().to_string();
    let url = stage.site.url();
    let loud = |args: &[&str]| {
        let mut with = vec!["-vv"];
        with.extend(args);
        let ended: Ended =
            stage.command(&with).env("RUST_LOG", "trace").output().expect("the program starts").into();
        assert_clean(&ended, &secrets, args[0]);
        ended
    };
    loud(&["site", "add", "second", "--url", &url, "--username", "admin", "--password-file", &password])
        .ends(0);
    stage.live_policy(
        "idle",
        &format!("    select: {THE_IDLE}\n    actions: [disable]\n    limits: {{ percent: 100 }}\n"),
    );
    for args in [
        &["site", "list", "--format", "json"][..],
        &["site", "test", "second"],
        &["site", "test", "wiki", "--format", "json"],
        &["site", "set", "second"],
        &["sync", "second"],
        &["accounts", "second", "all", "--format", "csv"],
        &["policy", "export"],
        &["run", "idle"],
        &["runs", "list"],
        &["doctor"],
        &["audit", "list", "--limit", "1000", "--format", "json"],
        &["audit", "export"],
    ] {
        loud(args);
    }
    // Also where things go wrong.
    let wrong = stage.file("wrong", &format!("{PASSWORD}-wrong\n")).display().to_string();
    loud(&["site", "set", "second", "--username", "admin", "--password-file", &wrong]);
    loud(&[
        "site",
        "add",
        "third",
        "--url",
        "http://127.0.0.1:1/",
        "--username",
        "admin",
        "--password-file",
        &password,
    ]);
    stage.site.set_faults(rollcall_simulator::Faults { tokens_expired: true, ..Default::default() });
    loud(&["sync", "wiki"]);
    assert_no_file_holds(&stage.folder.path().join("data"), &secrets);
}

#[test]
fn a_secret_cannot_be_given_on_the_command_line_or_in_the_address() {
    let stage = Stage::with(60);
    for option in ["--password", "--token"] {
        let args =
            ["site", "add", "second", "--url", &stage.site.url(), "--username", "admin", option, PASSWORD];
        stage.run(&args).ends(2);
    }
    let url = stage.site.url().replace("http://", &format!("http://admin:{PASSWORD}@"));
    let token = stage.folder.path().join("token").display().to_string();
    let refused = stage.run(&["site", "add", "second", "--url", &url, "--token-file", &token]);
    assert_ne!(refused.code, 0);
    assert_clean(&refused, &[PASSWORD], "site add");
}

#[cfg(unix)]
#[test]
fn the_sealing_key_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::with(60);
    let data = stage.folder.path().join("data");
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join("sealing.key"))), (0o700, 0o600));
}

#[test]
fn without_its_key_a_database_gives_no_secret_and_says_so() {
    let stage = Stage::with(60);
    let key = stage.folder.path().join("data/sealing.key");
    let other = stage.folder.path().join("other");
    let other_folder = other.display().to_string();
    stage.run(&["--data", &other_folder, "policy", "list"]).ends(0);
    std::fs::copy(other.join("sealing.key"), &key).expect("another key");
    stage.site.clear_journal();
    let refused = stage.run(&["sync", "wiki"]).ends(1);
    assert!(refused.err.contains("key"), "{}", refused.err);
    assert!(stage.site.journal().is_empty(), "nothing was sent with a wrong secret");
}
