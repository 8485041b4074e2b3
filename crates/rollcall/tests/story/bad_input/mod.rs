//! Bad input: each case is refused with a message that names the thing, the place and the remedy, and changes nothing.

mod criterion;
mod doctor;
mod installation;
mod policy;
mod site;

use crate::stage::{Ended, Stage};
use std::process::Command;

/// The newest entry of the audit log, and how many writing requests the site was sent. That a site no longer answers is a finding, not a change.
fn state(stage: &Stage) -> (Option<serde_json::Value>, usize) {
    let listed = stage.run(&["audit", "list", "--limit", "9", "--format", "json"]).ends(0).json();
    let entries = listed.as_array().cloned().unwrap_or_default();
    let newest = entries.into_iter().find(|entry| entry["kind"] != "site.unreachable");
    (newest, stage.site.writes().len())
}

impl Stage {
    /// These arguments are refused with a message that holds each of the words, and nothing is changed.
    #[track_caller]
    fn refuses(&self, args: &[&str], words: &[&str]) -> Ended {
        self.refuses_command(&mut self.command(args), words)
    }

    /// The same with an environment or standard input of its own.
    #[track_caller]
    fn refuses_command(&self, command: &mut Command, words: &[&str]) -> Ended {
        let before = state(self);
        let ended = refused(command, words);
        assert_eq!(state(self), before, "something was changed by {command:?}\n{}", ended.err);
        ended
    }
}

/// Runs a command that must end in exit code 1 or 2, with a message that holds each of the words and no trace of a panic.
#[track_caller]
fn refused(command: &mut Command, words: &[&str]) -> Ended {
    let ended: Ended = command.output().expect("the program starts").into();
    let shown = format!("{command:.200?}\n--- out\n{:.3000}\n--- err\n{:.3000}", ended.out, ended.err);
    assert!(matches!(ended.code, 1 | 2), "exit code {}: {shown}", ended.code);
    for trace in ["panicked", "RUST_BACKTRACE", "stack overflow", "src/"] {
        assert!(!ended.err.contains(trace) && !ended.out.contains(trace), "{trace}: {shown}");
    }
    for word in words {
        // What the doctor finds is its result, not its failure.
        assert!(
            ended.err.contains(word) || ended.out.contains(word),
            "\"{word}\" is not in the message: {shown}"
        );
    }
    assert!(ended.err.len() < 4_000, "a message is for reading: {} bytes, {shown}", ended.err.len());
    ended
}
