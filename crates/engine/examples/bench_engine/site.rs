//! The simulated site in a process of its own, so that neither its memory nor its processor time is taken for ours. It is told what to
//! do, a line at a time, on its standard input, and ends with it.

use crate::process::processor_time;
use crate::{Outcome, argument};
use rollcall_engine::{Clock as _, SystemClock};
use rollcall_simulator::{
    AccountPatch, DIRECTORIES, Faults, JournalEntry, Mix, Options, RateLimit, Simulator, State,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the site received since it was last asked.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    /// Answers that were a 429.
    pub(crate) throttled: u64,
    /// From the first request to the last.
    pub(crate) seconds: f64,
    /// Processor time of the site.
    pub(crate) processor_seconds: f64,
    /// Requests by kind.
    pub(crate) kinds: BTreeMap<String, u64>,
}

#[derive(Serialize, Deserialize)]
enum Order {
    Faults(Box<Faults>),
    Tally,
}

/// Where the site is.
#[derive(Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) url: String,
    pub(crate) token: String,
}

/// A site in a child process.
pub(crate) struct Site {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub(crate) address: Address,
}

impl Site {
    pub(crate) fn start(version: &str, accounts: u32) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["site", version, &accounts.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take().ok_or("no input")?;
        let mut answers = BufReader::new(child.stdout.take().ok_or("no output")?);
        let address = read(&mut answers)?;
        Ok(Self { child, orders, answers, address })
    }

    /// From now on every answer is late.
    pub(crate) fn answers_late(&mut self, milliseconds: u64) -> Outcome {
        self.order(&Order::Faults(Box::new(Faults { latency_ms: milliseconds, ..Faults::default() })))
    }

    /// From now on so many requests a second are allowed.
    pub(crate) fn allows(&mut self, per_second: u32, capacity: u32) -> Outcome {
        let limit = RateLimit { capacity, fill_rate: per_second, interval_ms: 1000 };
        self.order(&Order::Faults(Box::new(Faults { rate_limit: Some(limit), ..Faults::default() })))
    }

    /// What it received since the last time.
    pub(crate) fn tally(&mut self) -> Outcome<Tally> {
        self.say(&Order::Tally)?;
        read(&mut self.answers)
    }

    fn order(&mut self, order: &Order) -> Outcome {
        self.say(order)?;
        read(&mut self.answers)
    }

    fn say(&mut self, order: &Order) -> Outcome {
        let mut line = serde_json::to_string(order)?;
        line.push('\n');
        self.orders.write_all(line.as_bytes())?;
        Ok(self.orders.flush()?)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Whether it had ended already does not matter.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read<T: for<'a> Deserialize<'a>>(answers: &mut BufReader<ChildStdout>) -> Outcome<T> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    if line.is_empty() {
        return Err("the simulated site has ended".into());
    }
    Ok(serde_json::from_str(&line)?)
}

/// The other process: VERSION ACCOUNTS.
pub(crate) async fn serve(arguments: &[String]) -> Outcome {
    let version: String = argument(arguments, 0, "10.2".to_owned())?;
    let mut options = Options::new(&version, argument(arguments, 1, 100_000)?, 1, SystemClock.now());
    options.mix = Mix::all_writable();
    let site = Simulator::start(options).await?;
    site.with_state(make_writable);
    say(&Address { url: site.url(), token: site.token().to_owned() })?;
    tokio::task::block_in_place(|| obey(&site))?;
    site.stop().await;
    Ok(())
}

/// Moves whoever is left in a read-only directory into the writable one, so that whatever is planned can be done.
fn make_writable(state: &mut State) {
    let writable = DIRECTORIES[0];
    let elsewhere: Vec<String> =
        state.account_views().filter(|view| view.directory != writable).map(|view| view.username).collect();
    let patch = AccountPatch { directory: Some(writable.to_owned()), ..AccountPatch::default() };
    for username in elsewhere {
        // Who is in no directory at all cannot be moved, and is not selected either.
        let _ = state.patch_account(&username, &patch);
    }
}

fn obey(site: &Simulator) -> Outcome {
    let mut before = processor_time();
    for line in std::io::stdin().lines() {
        match serde_json::from_str(&line?)? {
            Order::Faults(faults) => say(&site.try_set_faults(*faults)?)?,
            Order::Tally => {
                let mut tally = count(&site.journal());
                let now = processor_time();
                tally.processor_seconds = now.saturating_sub(before).as_secs_f64();
                before = now;
                site.clear_journal();
                say(&tally)?;
            }
        }
    }
    Ok(())
}

fn say<T: Serialize>(what: &T) -> Outcome {
    println!("{}", serde_json::to_string(what)?);
    Ok(())
}

fn count(journal: &[JournalEntry]) -> Tally {
    let mut tally = Tally { requests: journal.len() as u64, ..Tally::default() };
    if let (Some(first), Some(last)) = (journal.first(), journal.last()) {
        tally.seconds = last.at.duration_since(first.at).as_secs_f64();
    }
    for entry in journal {
        tally.throttled += u64::from(entry.status == 429);
        *tally.kinds.entry(kind(entry)).or_default() += 1;
    }
    tally
}

/// What was asked, without whom it was asked about: `PUT admin/user/…/disable`.
fn kind(entry: &JournalEntry) -> String {
    const CALLS: [&str; 5] = ["list", "current", "memberof", "member", "groupmember"];
    let mut parts: Vec<&str> = Vec::new();
    for part in entry.path.trim_start_matches("/rest/").trim_start_matches("api/").split('/') {
        let is_name = matches!(parts.last(), Some(&("user" | "group"))) && !CALLS.contains(&part);
        parts.push(if is_name { "…" } else { part });
    }
    format!("{} {}", entry.method, parts.join("/"))
}
