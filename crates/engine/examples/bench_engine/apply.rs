//! A run at a site that limits requests by a token bucket: how much of the rate is used, how often it is overdrawn, and how many requests
//! an item costs.

use crate::site::Site;
use crate::stage::Stage;
use crate::{Outcome, argument, table};
use rollcall_model::Action;
use std::time::Instant;

const RATE: f64 = 0.98;
const THROTTLED: f64 = 0.001;
/// From this version on there is a list of everybody, with their status.
const FIRST_WITH_BULK_READS: (u32, u32) = (8, 4);
const PER_ITEM_IN_BULK: f64 = 1.2;
const PER_ITEM_ALONE: f64 = 3.0;

/// A quarter of the site's people.
const IDLE: &str =
    "status = enabled AND idle >= 90d AND NOT group IN (\"confluence-administrators\", \"svc-accounts\")";

/// Most of the site's people: versions without a list of everybody do not tell who is idle.
const ENABLED: &str = "status = enabled AND NOT group IN (\"confluence-administrators\", \"svc-accounts\")";

/// `ACTION RATE [ITEMS [VERSION [BURST]]]`
pub(crate) async fn measure(arguments: &[String]) -> Outcome {
    let action: Action = argument(arguments, 0, Action::Disable)?;
    let rate: u32 = argument(arguments, 1, 100)?;
    let items: u32 = argument(arguments, 2, 10_000)?;
    let version: String = argument(arguments, 3, "10.2".to_owned())?;
    let burst: u32 = argument(arguments, 4, 1)?;
    let (major, minor) = version.split_once('.').ok_or("a version is written as 10.2")?;
    let is_bulk = (major.parse()?, minor.parse()?) >= FIRST_WITH_BULK_READS;
    let (criterion, accounts) = if is_bulk { (IDLE, items * 43 / 10) } else { (ENABLED, items * 12 / 10) };
    let mut site = Site::start(&version, accounts)?;
    let stage = Stage::set_up(&site.address, 4, None).await?;
    stage.engine.sync(&stage.operator, &stage.site, &|_| {}).await?;
    let made = stage.plan(criterion, &action).await?;
    site.allows(rate, rate * burst)?;
    site.tally()?;
    let began = Instant::now();
    stage.apply(&made).await?;
    let seconds = began.elapsed().as_secs_f64();
    let tally = site.tally()?;
    let planned = made.plan.items.len();
    let what = format!("`{action}`, {planned} items, {version}, {rate}/s");
    // What the bucket holds at the beginning beyond one interval's tokens may be used too.
    let allowed = f64::from(rate) * (tally.seconds + f64::from(burst.saturating_sub(1)));
    let used = (tally.requests - tally.throttled) as f64 / allowed;
    table::row(
        &format!("{what}: of the allowed rate"),
        &format!("{:.1} %", used * 100.0),
        "98 %",
        used >= RATE,
    );
    let throttled = tally.throttled as f64 / tally.requests as f64;
    table::row(
        &format!("{what}: answers that were a 429"),
        &format!("{} of {}", tally.throttled, tally.requests),
        "1 in 1,000",
        throttled < THROTTLED,
    );
    let each = tally.requests as f64 / planned as f64;
    let most = if is_bulk { PER_ITEM_IN_BULK } else { PER_ITEM_ALONE };
    table::row(&format!("{what}: requests per item"), &format!("{each:.3}"), &most.to_string(), each <= most);
    eprintln!("{what}: {seconds:.1} s, {:.1} s of them with requests", tally.seconds);
    for (kind, count) in &tally.kinds {
        eprintln!("  {count:7} {kind}");
    }
    Ok(())
}
