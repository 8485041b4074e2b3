//! Measures the API at the sizes of architecture.md §6, over HTTP on this machine: `scripts/bench api start soak` runs all of it.
//!
//! `api [ACCOUNTS [REQUESTS]]`: random pages of account listings, by various criteria and orders. `mixed [ACCOUNTS [SECONDS]]`: 200 reads a second of all
//! kinds while a live run goes on at a simulated site. `soak [SECONDS [ACCOUNTS]]`: the same for as long as one likes, with the curve of the memory.
//! `start PROGRAM [ACCOUNTS]`: how long the program takes until it answers, and how large it is.
//!
//! The server runs in a process of its own, so that its memory is its own; the callers and the simulated site are in this one.

mod caller;
mod listings;
mod mixed;
mod population;
mod server;
mod start;
mod statistics;
mod table;

use std::str::FromStr;

/// Whatever goes wrong here ends the measurement.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (what, rest) = arguments.split_first().ok_or("what is to be measured? api, mixed, soak or start")?;
    match what.as_str() {
        "titles" => table::titles(),
        "api" => listings::measure(rest)?,
        "mixed" => mixed::measure(rest)?,
        "soak" => mixed::soak(rest)?,
        "start" => start::measure(rest)?,
        // The other process.
        "prepare" => server::prepare(rest)?,
        "serve" => server::serve(rest)?,
        other => return Err(format!("\"{other}\" cannot be measured").into()),
    }
    Ok(())
}

/// An argument by its place, or what is usual.
pub(crate) fn argument<T: FromStr>(arguments: &[String], place: usize, usual: T) -> Outcome<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    Ok(arguments.get(place).map_or(Ok(usual), |text| text.parse())?)
}
