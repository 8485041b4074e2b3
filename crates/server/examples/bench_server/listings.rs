//! Random pages of account listings, as one clicks through them: by various criteria and orders, from any place.

use crate::caller::{Caller, in_query};
use crate::server::Server;
use crate::statistics::{Dice, Series};
use crate::{Outcome, argument, table};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const GOAL: f64 = 60.0;
const CALLERS: u64 = 4;

pub(crate) const CRITERIA: [&str; 8] = [
    "all",
    "status = enabled AND idle >= 90d AND group = \"confluence-users\" AND NOT group IN (\"confluence-administrators\", \"svc-accounts\") AND emailDomain != \"partner.example.com\"",
    "status = enabled AND seat = true AND lastLogin < -6M AND group = \"group-17\"",
    "lastLogin = never AND created < -90d AND exempt = false",
    "username ~ \"an\" OR email ~ \"garcia\"",
    "groups > 12 AND group IS NOT EMPTY",
    "idle >= 1y OR lastActive IS UNKNOWN",
    "directory = \"Corporate LDAP\" AND seat = true",
];
pub(crate) const SORTS: [&str; 7] =
    ["", "username", "-lastActive", "name,-username", "email", "-idle", "created"];

/// `[ACCOUNTS [REQUESTS]]`
pub(crate) fn measure(arguments: &[String]) -> Outcome {
    let accounts: u32 = argument(arguments, 0, 1_000_000)?;
    let requests: u64 = argument(arguments, 1, 4_000)?;
    let server = Server::start(accounts, None)?;
    let began = Instant::now();
    Caller::new(server.address)?.get(&page("all", "", 0)).and_then(|answer| answer.json())?;
    table::note(
        &format!("first page of {accounts} accounts, the snapshot being loaded"),
        &format!("{:.2} s", began.elapsed().as_secs_f64()),
    );
    let walks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let address = server.address;
            std::thread::spawn(move || walk(Caller::new(address)?, caller, requests / CALLERS))
        })
        .collect();
    let (mut all, mut first) = (Vec::new(), Vec::new());
    for walk in walks {
        let (mut times, mut new) = walk.join().map_err(|_| "a caller panicked")??;
        all.append(&mut times);
        first.append(&mut new);
    }
    let (all, first) = (Series::of(all), Series::of(first));
    let what = format!(
        "page of 50 of {accounts} accounts, any criterion, order and place ({} requests, {CALLERS} callers)",
        all.len()
    );
    table::row(&what, &all.words(), "p99 ≤ 60 ms", all.permille(990) <= GOAL);
    table::note(
        &format!("of these the first for a criterion and an order ({})", first.len()),
        &first.words(),
    );
    let (now, most) = server.memory()?;
    table::note("memory of the server after that, and at most", &format!("{now} MB, {most} MB"));
    Ok(())
}

pub(crate) fn page(criterion: &str, sort: &str, offset: u64) -> String {
    let sort = if sort.is_empty() { String::new() } else { format!("&sort={}", in_query(sort)) };
    format!(
        "/api/v1/sites/synthetic/accounts?criterion={}{sort}&offset={offset}&limit=50",
        in_query(criterion)
    )
}

/// The time of each request, and of those that were the first of their kind for this caller.
fn walk(mut caller: Caller, seed: u64, requests: u64) -> Outcome<(Vec<Duration>, Vec<Duration>)> {
    let mut dice = Dice(seed + 1);
    let (mut times, mut first, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut totals = std::collections::BTreeMap::new();
    for _ in 0..requests {
        let (criterion, sort) = (dice.pick(&CRITERIA), dice.pick(&SORTS));
        let total = totals.get(criterion).copied().unwrap_or(1);
        let path = page(criterion, sort, dice.below(total));
        let began = Instant::now();
        let answer = caller.get(&path)?;
        let time = began.elapsed();
        let body = answer.json()?;
        totals.insert(criterion, body["total"].as_u64().unwrap_or(1));
        times.push(time);
        if known.insert((criterion, sort)) {
            first.push(time);
        }
    }
    Ok((times, first))
}
