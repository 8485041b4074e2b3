//! A write whose answer never came is a crash of that item (I7): looking decides, and each effect happens once.

use crate::stage::Stage;
use crate::witness::{IDLE, THE_IDLE, items, of};
use rollcall_simulator::{Fault, Faults, Rule};
use serde_json::json;
use std::collections::BTreeSet;

const ACTIONS: [&str; 2] = ["remove-groups=confluence-users", "disable"];

/// One or several writes get this answer; in the end everybody is served, each effect once.
#[track_caller]
fn assert_each_effect_once(fault: &Fault, after: u32, times: u32) {
    let stage = Stage::with(60);
    let (id, plan) = stage.plan(THE_IDLE, &ACTIONS);
    let rule = Rule { writes: Some(true), after, times: Some(times), ..Rule::new(fault.clone()) };
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    let (ended, run) = stage.apply(&id);
    assert_eq!(ended.code, 0, "{fault:?}: {}\n{:#}", ended.err, run["counts"]);
    assert_eq!(run["counts"]["done"], json!(items(&plan).len()), "{fault:?}");
    let effects = stage.effects();
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len(), "{fault:?}: {effects:#?}");
    assert_eq!(effects.len(), items(&plan).len(), "{fault:?}");
    for name in IDLE {
        assert_eq!(
            (stage.status(name).as_str(), stage.is_member(name, "confluence-users")),
            ("disabled", false)
        );
    }
    stage.run(&["audit", "verify"]).ends(0);
}

#[test]
fn a_connection_cut_before_the_effect_is_no_lost_change() {
    assert_each_effect_once(&Fault::CutBefore, 1, 1);
    assert_each_effect_once(&Fault::CutBefore, 0, 2);
}

#[test]
fn a_connection_cut_after_the_effect_is_no_repeated_change() {
    assert_each_effect_once(&Fault::CutAfter, 1, 1);
    assert_each_effect_once(&Fault::CutAfter, 0, 10);
}

#[test]
fn an_error_of_the_server_after_the_effect_is_no_repeated_change() {
    for status in [500, 502, 503, 504] {
        assert_each_effect_once(&Fault::StatusAfter { status }, 2, 2);
    }
}

#[test]
fn an_error_of_the_server_before_the_effect_is_no_lost_change() {
    for status in [500, 503] {
        assert_each_effect_once(&Fault::Status { status, retry_after: None }, 2, 1);
    }
}

#[test]
fn an_answer_that_comes_too_late_is_no_repeated_change() {
    for fault in [Fault::DelayAfter { ms: 2500 }, Fault::Delay { ms: 2500 }] {
        let stage = Stage::with(60);
        stage.run(&["site", "set", "wiki", "--timeout", "1"]).ends(0);
        let (id, _) = stage.plan(THE_IDLE, &["disable"]);
        let rule = Rule { writes: Some(true), times: Some(1), ..Rule::new(fault.clone()) };
        stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
        let (ended, run) = stage.apply(&id);
        assert_eq!(ended.code, 0, "{fault:?}: {}\n{run:#}", ended.err);
        assert_eq!(run["counts"]["done"], 5);
        assert!(IDLE.iter().all(|name| stage.status(name) == "disabled"));
    }
}

#[test]
fn a_site_that_never_answers_clearly_about_somebody_leaves_them_failed_and_serves_the_rest() {
    let stage = Stage::with(60);
    let (id, _) = stage.plan(THE_IDLE, &["disable"]);
    let rule = Rule { writes: Some(true), path: Some("/formula/".to_owned()), ..Rule::new(Fault::CutBefore) };
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    let (ended, run) = stage.apply(&id);
    ended.ends(3);
    assert_eq!(
        of(&run, "formula")[0]["outcome"],
        "failed",
        "looking afterwards tells that it did not happen"
    );
    assert_eq!(run["counts"]["done"], 4);
    assert!(stage.writes_about("formula").len() <= 2, "it is not hammered");
}

#[test]
fn a_login_page_instead_of_an_answer_ends_the_run() {
    for fault in [Fault::LoginRedirect, Fault::Html] {
        let stage = Stage::with(60);
        let (id, _) = stage.plan(THE_IDLE, &["disable"]);
        let rule = Rule { writes: Some(true), ..Rule::new(fault.clone()) };
        stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
        let (ended, run) = stage.apply(&id);
        assert_ne!(ended.code, 0, "{fault:?}");
        assert!(items(&run).iter().all(|item| item["outcome"] != "done"), "{fault:?}: {run:#}");
        assert!(IDLE.iter().all(|name| stage.status(name) == "enabled"), "{fault:?}");
    }
}

/// Everything that can go wrong with a page.
fn spoiled_pages() -> [Fault; 6] {
    [
        Fault::Status { status: 500, retry_after: None },
        Fault::CutBefore,
        Fault::CutBody,
        Fault::Truncated,
        Fault::WrongJson,
        Fault::LoseRows { rows: 2 },
    ]
}

#[test]
fn a_reading_half_of_whose_pages_never_arrive_makes_no_snapshot() {
    let stage = Stage::with(300);
    stage.run(&["sync", "wiki"]).ends(0);
    let before = stage.audit("snapshot.taken").len();
    // Lost rows are not among them: the client reads around those, and has everybody in the end.
    for fault in spoiled_pages().into_iter().filter(|fault| !matches!(fault, Fault::LoseRows { .. })) {
        // The second page of every long listing, for ever; a page begins with the last row of the one before.
        let rule = Rule { path: Some("start=199&".to_owned()), ..Rule::new(fault.clone()) };
        stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
        let failed = stage.run(&["sync", "wiki"]);
        assert_eq!(failed.code, 1, "{fault:?}: {}", failed.out);
        assert!(!failed.err.is_empty(), "the reason is told");
        assert_eq!(stage.audit("snapshot.taken").len(), before, "{fault:?}");
    }
}

#[test]
fn a_reading_with_every_fifth_page_spoiled_at_first_is_complete_or_nothing() {
    let stage = Stage::with(300);
    let whole = stage.json(&["sync", "wiki"]);
    // Reading again after a pause takes its time: two ways to go wrong stand for all of them.
    for fault in [Fault::CutBody, Fault::LoseRows { rows: 2 }] {
        let before = stage.audit("snapshot.taken").len();
        let rule = Rule { path: Some("/member?".to_owned()), share: Some(0.2), ..Rule::new(fault.clone()) };
        stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
        let read = stage.run(&["sync", "wiki", "--format", "json"]);
        if read.code == 0 {
            let read = read.json();
            for field in ["accounts", "groups", "seatsUsed"] {
                assert_eq!(read[0][field], whole[0][field], "{fault:?}: {field}");
            }
            assert_eq!(read[0]["accountsChanged"], 0, "{fault:?}");
        } else {
            assert_eq!(read.code, 1, "{fault:?}");
            assert_eq!(stage.audit("snapshot.taken").len(), before, "{fault:?}");
        }
    }
}
