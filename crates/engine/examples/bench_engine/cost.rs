//! What an item of a run costs us: a whole run at a site that answers at once, so that little of the time is the site's.

use crate::site::Site;
use crate::stage::Stage;
use crate::{Outcome, argument, process, table};
use rollcall_model::Action;
use rollcall_testkit::TestDatabase;
use std::time::Instant;

const MILLISECONDS_ON_SQLITE: f64 = 1.0;
const MILLISECONDS_ON_POSTGRES: f64 = 2.0;
/// How often it is measured: on a machine that does other work too, the least is nearest to the truth.
const ROUNDS: usize = 3;

/// `DATABASE CONCURRENCY [ITEMS]`
pub(crate) async fn measure(arguments: &[String]) -> Outcome {
    let database: String = argument(arguments, 0, "sqlite".to_owned())?;
    let concurrency: u16 = argument(arguments, 1, 4)?;
    let items: u32 = argument(arguments, 2, 10_000)?;
    let mut best: Option<Cost> = None;
    for _ in 0..ROUNDS {
        let Some(cost) = run(&database, concurrency, items).await? else { return Ok(()) };
        best = Some(best.filter(|best| best.passed <= cost.passed).unwrap_or(cost));
    }
    let Some(best) = best else { return Ok(()) };
    let goal = if database == "postgres" { MILLISECONDS_ON_POSTGRES } else { MILLISECONDS_ON_SQLITE };
    let what = format!("own cost per item on {database}, {concurrency} at once");
    let own = best.passed - best.site;
    table::row(&what, &format!("{own:.2} ms"), &format!("{goal} ms"), own <= goal);
    table::note(
        &format!("{what}: further figures"),
        &format!(
            "{:.2} ms passed, processor time {:.2} ms ours, {:.2} ms the site's",
            best.passed, best.ours, best.site
        ),
    );
    Ok(())
}

/// Milliseconds per item.
struct Cost {
    passed: f64,
    ours: f64,
    site: f64,
}

async fn run(database: &str, concurrency: u16, items: u32) -> Outcome<Option<Cost>> {
    let postgres = match database {
        "sqlite" => None,
        "postgres" => match TestDatabase::postgres() {
            Some(database) => Some(database),
            None => return Ok(None),
        },
        other => return Err(format!("\"{other}\" is neither sqlite nor postgres").into()),
    };
    let mut site = Site::start("10.2", items * 4)?;
    let stage =
        Stage::set_up(&site.address, concurrency, postgres.as_ref().map(TestDatabase::location)).await?;
    stage.engine.sync(&stage.operator, &stage.site, &|_| {}).await?;
    let made = stage.plan("status = enabled AND idle >= 90d", &Action::Disable).await?;
    site.tally()?;
    let before = process::processor_time();
    let began = Instant::now();
    stage.apply(&made).await?;
    let passed = began.elapsed().as_secs_f64();
    let ours = process::processor_time().saturating_sub(before).as_secs_f64();
    let tally = site.tally()?;
    let each = |seconds: f64| seconds * 1000.0 / made.plan.items.len() as f64;
    Ok(Some(Cost { passed: each(passed), ours: each(ours), site: each(tally.processor_seconds) }))
}
