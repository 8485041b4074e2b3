//! Following a run.

use crate::stage::{Stage, admin, viewer};
use rollcall_engine::{Engine, RunEnd, RunItemQuery, RunListQuery};
use rollcall_model::{Action, ItemState, RunId};
use rollcall_planner::Mode;
use rollcall_testkit::both_databases;
use std::collections::BTreeMap;
use std::time::Duration;

/// Outcomes by item, and the numbers of all entries, from behind `after` to the end or until `most` moments were told.
async fn follow(engine: &Engine, run: &RunId, after: u64, most: usize) -> (Vec<u32>, Vec<u64>, bool) {
    let mut follower = engine.follow_run(&viewer(), run, after).await.unwrap();
    let (mut outcomes, mut numbers, mut is_over) = (Vec::new(), Vec::new(), false);
    let mut told = 0;
    while told < most {
        let Some(moment) = follower.next().await else { break };
        let moment = moment.unwrap();
        for entry in &moment.entries {
            numbers.push(entry.seq);
            if entry.kind.as_str() == "run.item.outcome" {
                outcomes.push(entry.subject.item.unwrap());
            }
        }
        is_over |= moment.is_over;
        told += 1;
    }
    (outcomes, numbers, is_over)
}

async fn run_of(engine: &Engine) -> RunId {
    loop {
        let runs = engine.run_list(&viewer(), &RunListQuery::default(), 5).await.unwrap();
        match runs.into_iter().next() {
            Some(run) => return run.id,
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

both_databases! {
    async fn whoever_is_cut_off_and_comes_back_misses_nothing(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let made = stage.plan("status = enabled AND idle >= 60d", Action::Disable, Mode::Live).await;
        let planned = made.plan.items.len();
        assert!(planned > 5, "{planned}");
        // It is followed on another process than the one that works on it.
        let other = stage.another(&database).await;
        let starter = admin();
        let working = stage.engine.apply(&starter, &made.plan.id, Box::new(|_, _, _| ()));
        let watching = async {
            let run = run_of(&other).await;
            let together = futures::future::join_all((0..5).map(|_| follow(&other, &run, 0, usize::MAX)));
            let interrupted = async {
                let (mut outcomes, mut after) = (Vec::new(), 0);
                loop {
                    // Every connection is cut after three moments.
                    let (some, numbers, is_over) = follow(&other, &run, after, 3).await;
                    outcomes.extend(some);
                    after = numbers.last().copied().unwrap_or(after);
                    if is_over {
                        return outcomes;
                    }
                }
            };
            futures::future::join(together, interrupted).await
        };
        let (applied, (together, interrupted)) = futures::future::join(working, watching).await;
        let (report, end) = applied.unwrap();
        assert_eq!(end, RunEnd::Done, "{:?} {:?}", report.counts(), report.run.stopped_because);
        let expected: Vec<u32> = (1..=planned as u32).collect();
        let sorted = |mut outcomes: Vec<u32>| {
            outcomes.sort_unstable();
            outcomes
        };
        assert_eq!(sorted(interrupted), expected, "each outcome exactly once");
        for (outcomes, numbers, is_over) in together {
            assert_eq!(sorted(outcomes), expected);
            assert!(numbers.is_sorted() && is_over);
        }
        // Of a run that is over everything is told at once, from wherever.
        let run = run_of(&stage.engine).await;
        let (all, numbers, is_over) = follow(&stage.engine, &run, 0, usize::MAX).await;
        assert_eq!((sorted(all), is_over), (expected, true));
        let (_, rest, _) = follow(&stage.engine, &run, numbers[4], usize::MAX).await;
        assert_eq!(rest, numbers[5..]);
        let (none, _, is_over) = follow(&stage.engine, &run, u64::MAX, usize::MAX).await;
        assert!(none.is_empty() && is_over);
    }

    async fn items_of_a_run_are_paged_and_narrowed(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let made = stage.plan("status = enabled AND idle >= 60d", Action::Disable, Mode::Test).await;
        let (report, _) = stage.engine.apply(&admin(), &made.plan.id, Box::new(|_, _, _| ())).await.unwrap();
        let run = report.run.id;
        let expected: Vec<u32> = made.plan.items.iter().map(|item| item.seq).collect();
        for size in [1, 4, 500] {
            let (mut walked, mut query) = (Vec::new(), RunItemQuery::default());
            loop {
                let page = stage.engine.run_items(&viewer(), &run, &query, size).await.unwrap();
                assert_eq!(page.total, Some(expected.len() as u64));
                walked.extend(page.items.iter().map(|item| item.seq));
                query.after = page.next;
                if page.next.is_none() {
                    break;
                }
            }
            assert_eq!(walked, expected, "pages of {size}");
        }
        let wanted = &made.plan.items[2];
        let of = |query: RunItemQuery| {
            let (engine, run) = (&stage.engine, run.clone());
            async move {
                let page = engine.run_items(&viewer(), &run, &query, 50).await.unwrap();
                page.items.into_iter().map(|item| item.seq).collect::<Vec<_>>()
            }
        };
        let account = RunItemQuery { account: Some(wanted.account.key.clone()), ..RunItemQuery::default() };
        assert_eq!(of(account.clone()).await, [wanted.seq]);
        let text = RunItemQuery { text: Some(wanted.account.username.to_uppercase()), ..RunItemQuery::default() };
        assert!(of(text).await.contains(&wanted.seq));
        assert!(of(RunItemQuery { states: vec![ItemState::Failed], ..account }).await.is_empty());
        let counts: BTreeMap<String, u64> = stage.engine.show_run(&viewer(), &run).await.unwrap().counts.into();
        assert_eq!(counts["done"], expected.len() as u64);
    }
}
