//! Outlets with real receivers on this machine, and the laws of what they are sent.

mod documented;
mod file;
mod receiver;
mod signature;
mod syslog;
mod syslog_wire;
mod webhook;

use rollcall_outlet::Record;

fn record(seq: u64) -> Record {
    Record {
        seq,
        at: "2026-11-22T06:00:00.5Z".parse().unwrap(),
        actor: "ada".to_owned(),
        kind: "run.finished".to_owned(),
        is_warning: false,
        why: "every item has its outcome".to_owned(),
        about: vec![("site", "s1".to_owned()), ("run", "r1".to_owned())],
        line: format!("{{\"seq\":{seq}}}"),
    }
}
