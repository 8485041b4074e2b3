//! What ends a run, or slows it: an operator (I8), refused credentials (I9), a site that is busy or has had enough (I10).

use crate::stage::Stage;
use crate::witness::{IDLE, THE_IDLE, items, text};
use rollcall_simulator::{Fault, Faults, RateLimit, Rule};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const MANY: &str = "status = enabled AND lastLogin < -90d AND NOT username = \"ops/night\"";

/// One request after the other, so that what was sent can be counted.
fn one_by_one(accounts: u32) -> Stage {
    let stage = Stage::with(accounts);
    stage.run(&["site", "set", "wiki", "--concurrency", "1"]).ends(0);
    stage
}

/// Waits until the site has seen so many effects; a program that never gets there fails the test.
#[track_caller]
pub(crate) fn wait_for_effects(stage: &Stage, wanted: usize) {
    let began = Instant::now();
    while stage.effects().len() < wanted {
        assert!(began.elapsed() < Duration::from_secs(30), "the run never made {wanted} changes");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn stop_from_another_process_ends_a_run_before_its_next_item_and_resume_finishes_it() {
    let stage = one_by_one(100);
    let (id, plan) = stage.plan(MANY, &["disable"]);
    stage.site.set_faults(Faults::hold_writes_after(2));
    let mut running = stage.spawn(&["apply", &id, "--yes", "--format", "json"]);
    wait_for_effects(&stage, 2);
    let run = text(&stage.json(&["runs", "list"])[0]["id"]);
    stage.run(&["runs", "stop", &run, "--why", "wrong list"]).ends(0);
    stage.site.set_faults(Faults::default());
    let code = running.wait().expect("it ends").code();
    assert_eq!(code, Some(4));
    let stopped = stage.newest_run();
    assert_eq!(stopped["state"], "stopped");
    assert!(text(&stopped["stoppedBecause"]).contains("wrong list"), "{}", stopped["stoppedBecause"]);
    let made = stage.effects().len();
    // The item under way is finished, and so is the one whose claim was already durable; nothing more.
    assert!(made <= 4, "2 when it was asked to stop, {made} in the end");
    assert!(made < items(&plan).len());
    assert!(stopped["counts"]["stopped"].as_u64() > Some(0), "{:#}", stopped["counts"]);

    let resumed = stage.run(&["runs", "resume", &run, "--format", "json"]).ends(0).json();
    assert_eq!(resumed["counts"]["done"], json!(items(&plan).len()));
    let effects = stage.effects();
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len(), "each effect once");
    assert_eq!(effects.len(), items(&plan).len());
    // A run that is done neither stops nor goes on.
    stage.run(&["runs", "stop", &run]).ends(2);
    stage.run(&["runs", "resume", &run]).ends(2);
    assert_eq!(stage.audit("run.stop-requested").len(), 1);
    assert_eq!(stage.audit("run.resumed").len(), 1);
}

#[cfg(unix)]
#[test]
fn a_run_of_the_command_line_that_is_asked_to_end_finishes_its_item_and_can_be_resumed() {
    let stage = one_by_one(100);
    let (id, plan) = stage.plan(MANY, &["disable"]);
    stage.site.set_faults(Faults::hold_writes_after(2));
    let running = stage.spawn(&["apply", &id, "--yes"]);
    wait_for_effects(&stage, 2);
    // The item under way is still under way when the signal comes.
    stage.site.set_faults(Faults::delay_writes(2000));
    crate::serving::ask_to_end(&running);
    let ended: crate::stage::Ended = running.wait_with_output().expect("it ends").into();
    stage.site.set_faults(Faults::default());
    let made = stage.effects().len();
    assert!(made <= 4, "2 when it was asked to end, {made} in the end");
    let run = text(&stage.newest_run()["id"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.err.contains("the item under way is finished"), "{}", ended.err);
    assert!(ended.err.contains(&format!("rollcall runs resume {run}")), "{}", ended.err);
    let resumed = stage.run(&["runs", "resume", &run, "--format", "json"]).ends(0).json();
    assert_eq!(resumed["counts"]["done"], json!(items(&plan).len()));
    let effects = stage.effects();
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len(), "each effect once");
    assert_eq!(effects.len(), items(&plan).len());
}

#[test]
fn a_run_whose_process_died_can_be_stopped() {
    let stage = one_by_one(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.run_killed_at("claimed:2", &["apply", &id, "--yes"]);
    let run = text(&stage.newest_run()["id"]);
    stage.run(&["runs", "stop", &run]).ends(0);
    assert_eq!(stage.newest_run()["state"], "stopped");
    let resumed = stage.run(&["runs", "resume", &run, "--format", "json"]).ends(0).json();
    assert_eq!(resumed["counts"]["done"], 5);
    assert_eq!(stage.effects().len(), 5);
}

/// From its third write on the site gives this answer; the run fails, and afterwards the site hears nothing any more.
#[track_caller]
fn assert_one_refusal_is_enough(fault: Fault, words: &str) {
    let stage = one_by_one(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.site.set_faults(Faults {
        rules: vec![Rule { writes: Some(true), after: 2, ..Rule::new(fault) }],
        ..Faults::default()
    });
    let (ended, run) = stage.apply(&id);
    ended.ends(1);
    assert_eq!(run["state"], "failed");
    assert!(text(&run["stoppedBecause"]).contains(words), "\"{words}\" is not in {}", run["stoppedBecause"]);
    let journal = stage.site.journal();
    let refused = journal.iter().position(|entry| matches!(entry.status, 401 | 403)).expect("a refusal");
    assert_eq!(journal.len(), refused + 1, "requests after the refusal: {:#?}", &journal[refused..]);
    assert_eq!(stage.effects().len(), 2);
    // A human sees to it; then it goes on.
    stage.site.set_faults(Faults::default());
    stage.run(&["runs", "resume", &text(&run["id"])]).ends(0);
    assert!(IDLE.iter().all(|name| stage.status(name) == "disabled"));
    assert_eq!(stage.effects().len(), 5);
}

#[test]
fn one_refusal_of_the_credentials_ends_the_run_and_nothing_is_sent_after_it() {
    assert_one_refusal_is_enough(Fault::Unauthorised, "refused the credentials");
}

#[test]
fn a_captcha_ends_the_run_and_nothing_is_sent_after_it() {
    assert_one_refusal_is_enough(Fault::Captcha, "CAPTCHA");
}

#[test]
fn an_expired_token_is_noticed_even_where_the_site_serves_it_as_anonymous() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.site.set_faults(Faults { tokens_expired: true, ..Faults::default() });
    stage.site.clear_journal();
    let (ended, _) = stage.apply(&id);
    let words = ended.out.clone() + &ended.err;
    ended.ends(1);
    assert!(words.contains("token"), "{words}");
    assert!(stage.site.journal().len() <= 3, "{:#?}", stage.site.journal());
    assert!(stage.effects().is_empty());
    // Reading is refused as well, and makes no snapshot of what the anonymous may see.
    let before = stage.audit("snapshot.taken").len();
    stage.run(&["sync", "wiki"]).ends(1);
    assert_eq!(stage.audit("snapshot.taken").len(), before);
}

#[test]
fn a_wrong_password_is_sent_exactly_once() {
    let stage = Stage::with(60);
    let password = stage.file("password", "not the password");
    let (url, file) = (stage.site.url(), password.display().to_string());
    stage.site.clear_journal();
    stage
        .run(&["site", "add", "other", "--url", &url, "--username", "admin", "--password-file", &file])
        .ends(1);
    let refused = stage.site.journal().iter().filter(|entry| entry.status == 401).count();
    assert_eq!(refused, 1, "three of them would lock the account: {:#?}", stage.site.journal());
    assert_eq!(stage.json(&["site", "list"]).as_array().map(Vec::len), Some(1), "it was not kept");
}

#[test]
fn retry_after_paces_the_whole_site() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let busy = Rule {
        writes: Some(true),
        after: 1,
        times: Some(1),
        ..Rule::new(Fault::TooMany { retry_after: Some(2) })
    };
    stage.site.set_faults(Faults { rules: vec![busy], ..Faults::default() });
    stage.site.clear_journal();
    let (ended, run) = stage.apply(&id);
    ended.ends(0);
    assert_eq!(run["counts"]["done"], 5);
    assert_eq!(stage.effects().len(), 5, "each effect once");
    let journal = stage.site.journal();
    let told = journal.iter().position(|entry| entry.status == 429).expect("a 429");
    // What was under way at that moment may still arrive; whatever begins later waits.
    let pause =
        journal.windows(2).skip(told).map(|two| two[1].at.duration_since(two[0].at)).max().expect("more");
    assert!(pause >= jiff::SignedDuration::from_millis(1900), "the longest silence was {pause:?}");
}

#[test]
fn a_token_bucket_is_respected_and_everybody_is_served() {
    let stage = Stage::with(100);
    let (id, plan) = stage.plan(MANY, &["disable"]);
    let bucket = RateLimit { capacity: 10, fill_rate: 20, interval_ms: 1000 };
    stage.site.set_faults(Faults { rate_limit: Some(bucket), ..Faults::default() });
    stage.site.clear_journal();
    let (ended, run) = stage.apply(&id);
    ended.ends(0);
    assert_eq!(run["counts"]["done"], json!(items(&plan).len()));
    let effects = stage.effects();
    assert_eq!(effects.len(), items(&plan).len());
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len());
    let throttled = stage.site.journal().iter().filter(|entry| entry.status == 429).count();
    assert!(
        throttled * 10 <= stage.site.journal().len(),
        "{throttled} of {} answers",
        stage.site.journal().len()
    );
}

#[test]
fn a_blocked_account_ends_the_run() {
    let stage = one_by_one(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    stage.site.set_faults(Faults { blocked_accounts: ["admin".to_owned()].into(), ..Faults::default() });
    stage.site.clear_journal();
    let (ended, _) = stage.apply(&id);
    let words = ended.out.clone() + &ended.err;
    ended.ends(1);
    assert!(words.contains("blocked"), "{words}");
    let heard = stage.site.journal().len();
    assert!(heard <= 2, "it went on asking: {heard} requests");
    assert!(stage.effects().is_empty());
}
