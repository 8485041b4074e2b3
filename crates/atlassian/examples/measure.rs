//! Measures a whole reading and a run of changes against a simulated site: requests, seconds, memory, 429s.
//!
//! `cargo run --release -p rollcall-atlassian --example measure -- ACCOUNTS LATENCY_MS CONCURRENCY ITEMS [REQUESTS_PER_SECOND]`
//! The site runs in a process of its own, so that its memory is not counted.

use rollcall_atlassian::ConfluenceDc;
use rollcall_model::{AccountRef, Change, Observation, Product, SiteId, Status};
use rollcall_simulator::{Options, RateLimit, Simulator};
use rollcall_site::{Act as _, Connection, Credentials, Facets, Observe as _, ObserveRequest, SiteSettings};
use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Accounts changed and looked at together.
const BATCH: usize = 500;

struct Wish {
    accounts: u32,
    latency: u64,
    concurrency: u16,
    items: usize,
    rate: u32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u32| arguments.get(place).map_or(Ok(default), |text| text.parse());
    let place = usize::from(arguments.first().is_some_and(|word| word == "site"));
    let wish = Wish {
        accounts: number(place, 100_000)?,
        latency: number(place + 1, 20)?.into(),
        concurrency: number(place + 2, 4)?.try_into()?,
        items: number(place + 3, 10_000)? as usize,
        rate: number(place + 4, 0)?,
    };
    if place == 1 { serve(&wish).await } else { measure(&wish, &arguments).await }
}

/// The other process: the simulated site, until its input ends.
async fn serve(wish: &Wish) -> Result<(), Box<dyn Error>> {
    let mut options = Options::new("10.2", wish.accounts, 1, Options::small().now);
    options.faults.latency_ms = wish.latency;
    options.faults.rate_limit =
        (wish.rate > 0).then_some(RateLimit { capacity: wish.rate, fill_rate: wish.rate, interval_ms: 1000 });
    let site = Simulator::start(options).await?;
    println!("{} {}", site.url(), site.token());
    tokio::task::spawn_blocking(|| std::io::stdin().read(&mut [0])).await??;
    Ok(())
}

async fn measure(wish: &Wish, arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let mut site = Command::new(std::env::current_exe()?)
        .arg("site")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(site.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let (url, token) = line.trim().split_once(' ').ok_or("the site did not start")?;
    let mut settings = SiteSettings::default();
    settings.pacing.concurrency = wish.concurrency;
    let client = rollcall_atlassian::connect(&Connection {
        product: Product::ConfluenceDc,
        url: url.parse()?,
        credentials: Credentials::Token(token.to_owned().into()),
        certificate_authorities: None,
        settings,
        addresses: rollcall_model::AddressRule::everything(),
    })?;
    let observation = read(&client, wish).await?;
    change(&client, wish, observation).await?;
    drop(site.stdin.take());
    site.wait()?;
    Ok(())
}

async fn read(client: &ConfluenceDc, wish: &Wish) -> Result<Observation, Box<dyn Error>> {
    let began = Instant::now();
    let observation = client
        .observe(ObserveRequest {
            site: SiteId::from("site"),
            progress: &|_| {},
            contributions: 0,
            contributions_first: &[],
            audit_since: None,
            now: &|| jiff::Timestamp::UNIX_EPOCH,
        })
        .await?;
    let seconds = began.elapsed().as_secs_f64();
    let requests = client.requests_sent();
    let ideal = requests as f64 * wish.latency as f64 / 1000.0 / f64::from(wish.concurrency);
    println!(
        "sync: {} accounts, {} groups, {} memberships, {requests} requests, {seconds:.2} s, ideal {ideal:.2} s, ratio {:.3}, peak {} MB",
        observation.accounts.len(),
        observation.groups.len(),
        observation.groups.iter().map(|g| g.members.len()).sum::<usize>(),
        seconds / ideal,
        peak_megabytes()
    );
    Ok(observation)
}

async fn change(client: &ConfluenceDc, wish: &Wish, observation: Observation) -> Result<(), Box<dyn Error>> {
    let me = &observation.profile.own_account.key;
    let accounts: Vec<AccountRef> = observation
        .accounts
        .iter()
        .filter(|a| a.status == Some(Status::Enabled) && !a.username.contains('/') && a.key != *me)
        .map(|a| AccountRef { key: a.key.clone(), username: a.username.clone() })
        .take(wish.items)
        .collect();
    drop(observation);
    let before = client.counts();
    let began = Instant::now();
    let mut refused = 0;
    for (number, batch) in accounts.chunks(BATCH).enumerate() {
        let upcoming = accounts.len() - number * BATCH - batch.len();
        let facets = Facets { status: true, upcoming, ..Facets::default() };
        client.look(batch, &facets, Duration::from_mins(1)).await?;
        let changes = batch.iter().map(|account| client.act(account, &Change::Disable));
        refused +=
            futures::future::join_all(changes).await.iter().filter(|acted| acted.result.is_err()).count();
    }
    let facets = Facets { status: true, ..Facets::default() };
    client.look(&accounts, &facets, Duration::ZERO).await?;
    let seconds = began.elapsed().as_secs_f64();
    let counts = client.counts();
    let sent = counts.total() - before.total();
    println!(
        "apply: {} items, {refused} refused, {sent} requests ({:.3} each), {seconds:.2} s, {:.1} requests a second, {} answers were a 429",
        accounts.len(),
        sent as f64 / accounts.len() as f64,
        sent as f64 / seconds,
        counts.throttled - before.throttled
    );
    Ok(())
}

/// The largest resident size of this process so far.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or_default() / 1024
}
