//! Kill points: places where a test may have the process killed, to prove that nothing is lost wherever it dies.
//!
//! Without the feature `kill-points` (only tests switch it on) there are none.

/// Every kill point of a scheduler and a worker, in the order of a job's life.
pub const OF_JOBS: &[&str] =
    &["tick-due", "tick-taken", "job-taken", "plan-made", "run-created", "job-ended"];

/// Every kill point of a run, in the order of an item's life, for tests that walk all of them.
pub const ALL: &[&str] = &[
    "run-taken",
    "claim-asked",
    "claimed",
    "looked",
    "acted",
    "before-verify",
    "verified",
    "recorded",
    "all-recorded",
    "report-stored",
];

/// The kill points of a key rotation, in order.
pub const OF_KEYS: &[&str] = &["key-written", "key-sealed", "key-kept", "key-placed"];

/// Dies here by SIGKILL if the environment says `ROLLCALL_KILL_AT=NAME:N` and this is the N-th time NAME is reached.
#[cfg(feature = "kill-points")]
pub(crate) fn reach(name: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static REACHED: AtomicU32 = AtomicU32::new(0);
    debug_assert!([ALL, OF_JOBS, OF_KEYS].concat().contains(&name), "{name} is not listed");
    let Ok(wanted) = std::env::var("ROLLCALL_KILL_AT") else { return };
    let (point, at) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if point != name || REACHED.fetch_add(1, Ordering::SeqCst) + 1 != at.parse().unwrap_or(1) {
        return;
    }
    let me = std::process::id().to_string();
    let _ = std::process::Command::new("kill").args(["-KILL", &me]).status();
    std::process::abort();
}

/// Does nothing: the program as it is shipped cannot be told to die.
#[cfg(not(feature = "kill-points"))]
pub(crate) const fn reach(_name: &str) {}
