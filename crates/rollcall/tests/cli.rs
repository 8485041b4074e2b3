//! Transcripts of the command line, as `tests/cli/*.trycmd`. `TRYCMD=overwrite cargo test -p rollcall --test cli` writes them again:
//! look at the difference before you keep it.

use rollcall_simulator::{Mix, Options, Simulator};
use std::path::Path;
use std::process::Command;

fn rollcall(data: &Path, args: &[&str]) {
    let ended = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(args)
        .env("ROLLCALL_DATA", data)
        .env("ROLLCALL_OPERATOR", "ada")
        .output()
        .expect("the program starts");
    assert!(ended.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

#[expect(clippy::disallowed_methods, reason = "the simulated world is made at the time the program will see")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[test]
fn commands_print_what_the_transcripts_say() {
    let mut options = Options::new("10.2.0", 100, 7, now());
    options.mix = Mix::all_writable();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let site = runtime.block_on(Simulator::start(options)).expect("the simulated site starts");

    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let token = folder.path().join("token");
    std::fs::write(&token, site.token()).expect("a file");
    let token = token.display().to_string();
    let url = site.url();
    rollcall(
        &data,
        &["site", "add", "wiki", "--url", &url, "--token-file", &token, "--records-every-login", "true"],
    );
    rollcall(&data, &["sync", "wiki"]);

    trycmd::TestCases::new()
        .env("ROLLCALL_DATA", data.display().to_string())
        .env("ROLLCALL_OPERATOR", "ada")
        .insert_var("[URL]", url)
        .expect("a variable")
        .insert_var("[DATA]", data.display().to_string())
        .expect("a variable")
        .case("tests/cli/*.trycmd");
}
