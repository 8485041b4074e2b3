//! A snapshot of a large site that answers late: how near to the least time possible, and in how much memory.

use crate::site::Site;
use crate::stage::Stage;
use crate::{Outcome, argument, process, table};
use std::time::Instant;

const RATIO: f64 = 1.25;
const MEGABYTES: u64 = 200;

/// `CONCURRENCY [ACCOUNTS [LATENCY_MS]]`
pub(crate) async fn measure(arguments: &[String]) -> Outcome {
    let concurrency: u16 = argument(arguments, 0, 4)?;
    let accounts: u32 = argument(arguments, 1, 100_000)?;
    let latency: u64 = argument(arguments, 2, 20)?;
    let mut site = Site::start("10.2", accounts)?;
    let stage = Stage::set_up(&site.address, concurrency, None).await?;
    site.answers_late(latency)?;
    site.tally()?;
    let before = process::processor_time();
    let began = Instant::now();
    let synced = stage.engine.sync(&stage.operator, &stage.site, &|_| {}).await?;
    let seconds = began.elapsed().as_secs_f64();
    let ours = process::processor_time().saturating_sub(before).as_secs_f64();
    let tally = site.tally()?;
    let snapshot = &synced.picture.snapshot;
    let ideal = tally.requests as f64 * latency as f64 / 1000.0 / f64::from(concurrency);
    let what = format!(
        "sync, {concurrency} at once, {} accounts, {} groups",
        snapshot.len(),
        snapshot.group_count()
    );
    table::row(
        &format!("{what}: seconds ÷ (requests × {latency} ms ÷ {concurrency})"),
        &format!("{:.3}", seconds / ideal),
        &format!("{RATIO}"),
        seconds / ideal <= RATIO,
    );
    let peak = process::peak_megabytes();
    table::row(
        &format!("{what}: memory"),
        &format!("{peak} MB"),
        &format!("{MEGABYTES} MB"),
        peak <= MEGABYTES,
    );
    table::note(
        &format!("{what}: further figures"),
        &format!(
            "{seconds:.1} s, {} requests, processor time {ours:.1} s ours, {:.1} s the site's",
            tally.requests, tally.processor_seconds
        ),
    );
    for (kind, count) in &tally.kinds {
        eprintln!("  {count:7} {kind}");
    }
    Ok(())
}
