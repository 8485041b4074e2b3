//! Measures the whole pipeline against a simulated site in a process of its own: what a reading and a run cost the site and cost us.
//!
//! `cargo run --release -p rollcall-engine --example bench_engine -- COMMAND`, where COMMAND is one of
//!
//! - `sync CONCURRENCY [ACCOUNTS [LATENCY_MS]]`: a snapshot of a site that answers late; seconds and memory
//! - `apply ACTION RATE [ITEMS [VERSION [BURST]]]`: a run at a site that allows RATE requests a second; rate used, answers that were a
//!   429, requests per item. ACTION as on the command line of `rollcall plan`
//! - `cost DATABASE CONCURRENCY [ITEMS]`: a run at a site that answers at once; what an item costs us on `sqlite` or `postgres`
//!   (the latter with `scripts/with-postgres --durable`)
//!
//! Each prints rows of a table; `titles` prints the table's head. `scripts/bench` runs all of them.

mod apply;
mod cost;
mod process;
mod site;
mod stage;
mod sync;
mod table;

use std::error::Error;
use std::str::FromStr;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    match arguments.first().map(String::as_str) {
        Some("titles") => table::titles(),
        Some("site") => site::serve(rest).await?,
        Some("sync") => sync::measure(rest).await?,
        Some("apply") => apply::measure(rest).await?,
        Some("cost") => cost::measure(rest).await?,
        _ => {
            return Err(
                "usage: bench_engine titles | sync … | apply … | cost …; see the top of its source".into()
            );
        }
    }
    Ok(())
}

/// An argument by its place, or what stands in for it.
pub(crate) fn argument<T: FromStr>(arguments: &[String], place: usize, default: T) -> Outcome<T>
where
    T::Err: Error + 'static,
{
    Ok(match arguments.get(place) {
        Some(text) => text.parse().map_err(|error| format!("argument \"{text}\": {error}"))?,
        None => default,
    })
}
