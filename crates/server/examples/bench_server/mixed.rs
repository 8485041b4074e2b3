//! Two hundred reads a second of all kinds, while a live run goes on at a simulated site.

use crate::caller::Caller;
use crate::listings::{CRITERIA, SORTS, page};
use crate::server::{Server, Site};
use crate::statistics::{Dice, Series};
use crate::{Outcome, argument, table};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const RATE: u64 = 200;
const CALLERS: u64 = 16;
/// Requests a second that the simulated site allows: a run of so many items takes as many seconds.
const SITE_RATE: u32 = 50;
/// The same in a soak, whose run has to last for an hour.
const SOAK_SITE_RATE: u32 = 10;
const GOAL: f64 = 60.0;
/// Requests of which a change may be the cause in a soak: looked at, sent, seen, and its share of what is read now and then.
const REQUESTS_EACH: u64 = 5;
/// Growth of the memory from the first quarter of a soak to the last that still counts as flat.
const FLAT: f64 = 1.05;

/// `[ACCOUNTS [SECONDS]]`
pub(crate) fn measure(arguments: &[String]) -> Outcome {
    let accounts: u32 = argument(arguments, 0, 1_000_000)?;
    let seconds: u64 = argument(arguments, 1, 30)?;
    let stage = Stage::set_up(accounts, seconds, SITE_RATE)?;
    let series = stage.read(Duration::from_secs(seconds))?;
    stage.report(&series, accounts)?;
    let (now, most) = stage.server.memory()?;
    table::note("memory of the server after that, and at most", &format!("{now} MB, {most} MB"));
    Ok(())
}

/// `[SECONDS [ACCOUNTS]]`
pub(crate) fn soak(arguments: &[String]) -> Outcome {
    let seconds: u64 = argument(arguments, 0, 60)?;
    let accounts: u32 = argument(arguments, 1, 100_000)?;
    let pieces = (seconds / 10).clamp(4, 60);
    let stage = Stage::set_up(accounts, seconds, SOAK_SITE_RATE)?;
    // What is filled once (caches, pools) is not growth.
    stage.read(Duration::from_secs((seconds / 10).max(2)))?;
    let (mut curve, mut times) = (Vec::new(), Vec::new());
    for _ in 0..pieces {
        times.extend(stage.read(Duration::from_secs_f64(seconds as f64 / pieces as f64))?);
        curve.push(stage.server.memory()?.0);
    }
    stage.report(&times, accounts)?;
    let (made, wanted) = (stage.changes()?, seconds * u64::from(SOAK_SITE_RATE) / REQUESTS_EACH);
    let what = format!("changes of the run at a site of {SOAK_SITE_RATE} requests a second");
    table::row(&what, &made.to_string(), &format!("≥ {wanted}"), made >= wanted);
    let quarter = (curve.len() / 4).max(1);
    let most = |part: &[u64]| part.iter().copied().max().unwrap_or_default() as f64;
    let (first, last) = (most(&curve[..quarter]), most(&curve[curve.len() - quarter..]));
    let shown: Vec<String> =
        curve.iter().step_by((curve.len() / 12).max(1)).map(ToString::to_string).collect();
    let what = format!("memory over {seconds} s, in MB: {}", shown.join(" "));
    let growth = format!("{:+.1} %", (last / first - 1.0) * 100.0);
    table::row(&what, &growth, "flat (≤ +5 %)", last <= first * FLAT);
    Ok(())
}

struct Stage {
    server: Server,
    run: String,
    snapshot: String,
    _site: Site,
}

impl Stage {
    fn set_up(accounts: u32, seconds: u64, site_rate: u32) -> Outcome<Self> {
        // About a quarter of the people are idle; each is an item.
        let people = (seconds as u32 * site_rate * 2 + 200) * 9 / 2;
        let site = Site::start(people)?;
        let server = Server::start(accounts, Some(&site.address))?;
        let mut caller = Caller::new(server.address)?;
        let plan = json!({
            "kind": "selection", "site": "live", "mode": "live", "actions": ["disable"],
            "criterion": "status = enabled AND idle >= 90d AND NOT group IN (\"confluence-administrators\", \"svc-accounts\")",
            "limits": { "percent": 100, "minimum-idle": "0h" },
        });
        let made = caller.post("/api/v1/plans", &plan)?.json()?;
        let plan =
            made["job"]["result"]["plans"][0].as_str().ok_or_else(|| format!("no plan: {made}"))?.to_owned();
        site.allows(site_rate)?;
        caller.ask("POST", &format!("/api/v1/plans/{plan}/runs"), &[], Some(&json!({})))?.json()?;
        let run = wait_for(&mut caller, "/api/v1/runs?site=live", |body| {
            body["items"][0]["id"].as_str().map(str::to_owned)
        })?;
        let snapshot =
            caller.get(&page("all", "", 0))?.json()?["snapshot"].as_str().unwrap_or_default().to_owned();
        Ok(Self { server, run, snapshot, _site: site })
    }

    /// Reads at the rate for so long; the time of each from when it was due.
    fn read(&self, time: Duration) -> Outcome<Vec<Duration>> {
        let began = Instant::now();
        let callers: Vec<_> = (0..CALLERS)
            .map(|number| {
                let (address, run) = (self.server.address, self.run.clone());
                std::thread::spawn(move || call(address, &run, number, began, time))
            })
            .collect();
        let mut times = Vec::new();
        for caller in callers {
            times.extend(caller.join().map_err(|_| "a caller panicked")??);
        }
        Ok(times)
    }

    /// Changes that the run has made.
    fn changes(&self) -> Outcome<u64> {
        let mut caller = Caller::new(self.server.address)?;
        let run = caller.get(&format!("/api/v1/runs/{}", self.run))?.json()?;
        Ok(run["counts"]["done"].as_u64().unwrap_or_default())
    }

    fn report(&self, times: &[Duration], accounts: u32) -> Outcome {
        let mut caller = Caller::new(self.server.address)?;
        let run = caller.get(&format!("/api/v1/runs/{}", self.run))?.json()?;
        let series = Series::of(times.to_vec());
        let what = format!(
            "{RATE} reads a second of all kinds, {accounts} accounts, a live run under way ({} requests)",
            series.len()
        );
        table::row(&what, &series.words(), "p99 ≤ 60 ms", series.permille(990) <= GOAL);
        table::note("the run after that", &format!("{}, {}", run["state"], run["counts"]));
        eprintln!("snapshot {}", self.snapshot);
        Ok(())
    }
}

fn call(
    address: SocketAddr,
    run: &str,
    number: u64,
    began: Instant,
    time: Duration,
) -> Outcome<Vec<Duration>> {
    let mut caller = Caller::new(address)?;
    let mut dice = Dice(number + 1);
    let between = Duration::from_secs_f64(CALLERS as f64 / RATE as f64);
    let mut due = between.mul_f64(number as f64 / CALLERS as f64);
    let mut times = Vec::new();
    while due < time {
        if let Some(early) = due.checked_sub(began.elapsed()) {
            std::thread::sleep(early);
        }
        let path = what(&mut dice, run);
        let answer = caller.get(&path)?;
        if answer.status >= 300 {
            return Err(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
        }
        times.push(began.elapsed().saturating_sub(due));
        due += between;
    }
    Ok(times)
}

/// What people look at: mostly accounts and the run, now and then the rest.
fn what(dice: &mut Dice, run: &str) -> String {
    match dice.below(20) {
        0..=8 => page(dice.pick(&CRITERIA), dice.pick(&SORTS), dice.below(500)),
        9..=11 => format!("/api/v1/runs/{run}/items?limit=50"),
        12..=13 => format!("/api/v1/runs/{run}"),
        14 => "/api/v1/overview".to_owned(),
        15 => "/api/v1/runs".to_owned(),
        16 => "/api/v1/plans".to_owned(),
        17 => "/api/v1/audit?limit=50".to_owned(),
        18 => "/api/v1/jobs".to_owned(),
        _ => "/api/v1/policies".to_owned(),
    }
}

/// Asks until there is what is waited for.
fn wait_for<T>(caller: &mut Caller, path: &str, find: impl Fn(&Value) -> Option<T>) -> Outcome<T> {
    for _ in 0..600 {
        if let Some(found) = find(&caller.get(path)?.json()?) {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!("nothing came of {path}").into())
}
