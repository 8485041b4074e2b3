//! The whole site is paced, not one request (I10).

use crate::stage::{read, staged};
use rollcall_model::Change;
use rollcall_simulator::{Fault, Faults, Options, RateLimit, Rule};
use rollcall_site::{Act as _, Facets, Observe as _, SiteError};
use std::time::{Duration, Instant};

#[tokio::test]
async fn many_changes_at_once_meet_hardly_any_429() {
    let mut options = Options::small();
    options.accounts = 2000;
    options.faults.rate_limit = Some(RateLimit { capacity: 100, fill_rate: 100, interval_ms: 1000 });
    let stage = staged(options, |_| {}).await;
    let accounts = stage.changeable(300);
    let changes = accounts.iter().map(|account| stage.client.act(account, &Change::Disable));
    let outcomes = futures::future::join_all(changes).await;
    assert!(outcomes.iter().all(|acted| acted.result.is_ok()));
    // How much of the rate is used is measured without a clock, in `pace`, and with one by the bench.
    assert!(stage.client.counts().throttled <= 2, "{:?}", stage.client.counts());
}

#[tokio::test]
async fn a_whole_reading_within_a_small_bucket_meets_hardly_any_429() {
    let mut options = Options::small();
    options.faults.rate_limit = Some(RateLimit { capacity: 40, fill_rate: 60, interval_ms: 1000 });
    let stage = staged(options, |_| {}).await;
    read(&stage.client).await.unwrap();
    assert!(stage.client.counts().throttled <= 2, "{:?}", stage.client.counts());
}

#[tokio::test]
async fn a_block_is_told_at_once_and_nothing_more_is_sent() {
    let stage = staged(Options::small(), |_| {}).await;
    let account = stage.changeable(1).remove(0);
    let me = stage.site.username().to_owned();
    stage.site.set_faults(Faults { blocked_accounts: [me].into(), ..Faults::default() });
    let began = Instant::now();
    let error = stage.client.act(&account, &Change::Disable).await.result.unwrap_err();
    assert!(matches!(error, SiteError::Blocked { .. }) && error.stops_run(), "{error}");
    stage.site.clear_journal();
    let looked = stage.client.look(&[account], &Facets::default(), Duration::ZERO).await;
    assert!(matches!(looked, Err(SiteError::Blocked { .. })));
    assert!(stage.site.journal().is_empty() && began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_long_wait_is_the_callers_decision() {
    let stage = staged(Options::small(), |_| {}).await;
    let rule = Rule::new(Fault::TooMany { retry_after: Some(3600) });
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    let account = stage.changeable(1).remove(0);
    let error = stage.client.act(&account, &Change::Disable).await.result.unwrap_err();
    assert!(matches!(error, SiteError::Busy { retry_after } if retry_after.as_secs() == 3600), "{error}");
    // The whole site waits, not only that account.
    stage.site.clear_journal();
    let error = stage.client.probe().await.unwrap_err();
    assert!(matches!(error, SiteError::Busy { .. }), "{error}");
    assert!(stage.site.journal().is_empty());
}
