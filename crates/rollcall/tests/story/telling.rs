//! Owners of accounts are told by mail, once, wherever the process dies (I1, I7).

use crate::stage::Stage;
use rollcall_simulator::AccountPatch;
use std::path::PathBuf;

const TOLD: [&str; 3] = ["formula", "at", "bold"];

/// A stage with mail into a folder and an address for links, whose people have addresses.
fn stage() -> Stage {
    let stage = Stage::with(60);
    stage.file(
        "data/rollcall.yaml",
        "mail: { from: \"Rollcall <rollcall@example.org>\", folder: mail }\nserver: { public-url: \"https://rollcall.example.org\" }\n",
    );
    stage.site.with_state(|state| {
        for name in TOLD {
            let email = Some(format!("{name}@example.org"));
            state
                .patch_account(name, &AccountPatch { email, ..AccountPatch::default() })
                .expect("an address");
        }
    });
    stage
}

fn criterion() -> String {
    format!("username IN ({})", TOLD.map(|name| format!("\"{name}\"")).join(", "))
}

/// The notices that were written to the folder of mails.
fn notices(stage: &Stage) -> Vec<String> {
    let folder: PathBuf = stage.folder.path().join("data/mail");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("notice-")).collect();
    names.sort();
    names
}

#[test]
fn everybody_is_told_once_wherever_the_process_dies() {
    for point in ["claimed", "looked", "acted", "recorded", "all-recorded"] {
        let stage = stage();
        let (id, plan) = stage.plan(&criterion(), &["notify"]);
        assert_eq!(plan["items"].as_array().map(Vec::len), Some(3), "{plan}");
        let nth = if point == "all-recorded" { 1 } else { 2 };
        stage.run_killed_at(&format!("{point}:{nth}"), &["apply", &id, "--yes"]);
        let run = stage.newest_run();
        if run["state"] != "done" {
            let run = run["id"].as_str().expect("id").to_owned();
            stage.run(&["runs", "resume", &run]).ends(0);
        }
        let run = stage.newest_run();
        let done = run["items"].as_array().expect("items").iter().filter(|item| item["outcome"] == "done");
        assert_eq!(done.count(), 3, "{point}: {run:#}");
        assert_eq!(notices(&stage).len(), 3, "{point}: {:?}", notices(&stage));
        stage.assert_nothing_was_sent();
        stage.run(&["audit", "verify"]).ends(0);
    }
}

#[test]
fn a_test_run_tells_nobody() {
    let stage = stage();
    stage.policy(
        "warn",
        &format!("    select: {}\n    actions: [notify]\n    limits: {{ percent: 100 }}\n", criterion()),
    );
    stage.run(&["policy", "enable", "warn"]).ends(0);
    stage.run(&["run", "warn"]).ends(0);
    assert_eq!(notices(&stage), [] as [String; 0]);
    // Live, the same policy tells them; and again it does not, since one of them waits or was sent.
    stage.run(&["policy", "enable", "warn", "--live"]).ends(0);
    stage.run(&["run", "warn"]).ends(0);
    assert_eq!(notices(&stage).len(), 3);
}

#[test]
fn without_an_address_for_the_link_a_notice_is_not_even_planned() {
    let stage = stage();
    stage.file("data/rollcall.yaml", "mail: { from: \"Rollcall <rollcall@example.org>\", folder: mail }\n");
    let refused = stage.run(&["plan", "wiki", "--select", &criterion(), "--action", "notify"]).ends(2);
    assert!(refused.err.contains("server.public-url"), "{}", refused.err);
}

#[test]
fn a_notice_whose_words_do_not_render_is_refused_when_the_file_is_checked() {
    let stage = stage();
    let file = stage.file(
        "warn.yaml",
        "policies:\n  - {name: warn, sites: [wiki], select: all, actions: [notify], notice: {message: \"{{ nam }}\"}}\n",
    );
    let refused = stage.run(&["policy", "check", &file.display().to_string()]).ends(2);
    assert!(refused.err.contains("nam"), "{}", refused.err);
}
