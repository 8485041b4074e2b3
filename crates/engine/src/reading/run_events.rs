//! Following a run: what the audit log says of it, entry by entry, as it comes.
//!
//! The number of an entry is the place in the stream: whoever was cut off goes on behind the last number they saw, on any process, and
//! misses nothing. The log is the same wherever the run is worked on; it is asked by one task for each run and process, however many
//! follow, and what it finds is handed to all of them.

use crate::{AuditEntry, Engine, EngineError, Operator, RunCounts, UseCase};
use rollcall_model::RunId;
use rollcall_store::{AuditFilter, RunState, Store, StoreError};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long the log is left alone between two questions.
const PAUSE: Duration = Duration::from_millis(250);
/// Entries that are read at once.
const AT_ONCE: u32 = 500;
/// Entries that are kept for those who are a little behind; whoever is further behind reads for themselves.
const KEPT: usize = 2_000;

/// What has happened to a run since the moment before.
#[derive(Debug, Clone)]
pub struct RunMoment {
    /// Entries of the audit log about it, in order; none where only the beginning or the end is told.
    pub entries: Vec<Arc<AuditEntry>>,
    /// How many items stand where.
    pub counts: RunCounts,
    /// Where the run stands.
    pub state: &'static str,
    /// It has ended, and everything about it was told: there is nothing behind this.
    pub is_over: bool,
}

/// How a run stands, and how far the log has been read.
#[derive(Debug, Clone)]
struct Mark {
    through: u64,
    counts: RunCounts,
    state: RunState,
    is_over: bool,
    failed: Option<Arc<StoreError>>,
}

struct Channel {
    run: RunId,
    marks: watch::Sender<Mark>,
    recent: Mutex<Recent>,
}

/// Every entry about the run behind `after`, as far as the log has been read.
struct Recent {
    after: u64,
    entries: VecDeque<Arc<AuditEntry>>,
}

/// The runs that are followed in this process.
#[derive(Default, Clone)]
pub(crate) struct Followed(Arc<Mutex<HashMap<RunId, Arc<Channel>>>>);

impl Followed {
    fn channels(&self) -> MutexGuard<'_, HashMap<RunId, Arc<Channel>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins those who follow a run; the first of them has the log asked.
    fn join(&self, store: &Store, run: &RunId, start: Mark) -> (Arc<Channel>, watch::Receiver<Mark>) {
        let mut channels = self.channels();
        if let Some(channel) = channels.get(run) {
            return (Arc::clone(channel), channel.marks.subscribe());
        }
        let recent = Recent { after: start.through, entries: VecDeque::new() };
        let (marks, receiver) = watch::channel(start);
        let channel = Arc::new(Channel { run: run.clone(), marks, recent: Mutex::new(recent) });
        channels.insert(run.clone(), Arc::clone(&channel));
        tokio::spawn(ask(self.clone(), store.clone(), Arc::clone(&channel)));
        (channel, receiver)
    }

    /// Whether nobody follows any more; then the run is no longer asked about.
    fn is_left(&self, channel: &Channel) -> bool {
        let mut channels = self.channels();
        if channel.marks.receiver_count() > 0 {
            return false;
        }
        channels.remove(&channel.run);
        true
    }
}

/// Asks the log until the run is over or nobody follows it.
async fn ask(followed: Followed, store: Store, channel: Arc<Channel>) {
    loop {
        let mark = match look(&store, &channel).await {
            Ok(mark) => mark,
            Err(error) => {
                let last = channel.marks.borrow().clone();
                Mark { is_over: true, failed: Some(Arc::new(error)), ..last }
            }
        };
        let is_over = mark.is_over;
        if is_over {
            // Whoever comes now begins anew, and sees that it is over.
            followed.channels().remove(&channel.run);
        }
        channel.marks.send_replace(mark);
        if is_over || followed.is_left(&channel) {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Reads how the run stands, and then the log: what ended a run is written in one transaction with its entry, so that of a run
/// that is over everything is read.
async fn look(store: &Store, channel: &Channel) -> Result<Mark, StoreError> {
    let run = store.run(&channel.run).await?;
    let mut through = channel.marks.borrow().through;
    loop {
        let entries = read(store, &channel.run, through, None).await?;
        let is_all = entries.len() < AT_ONCE as usize;
        let mut recent = channel.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            through = entry.seq;
            recent.entries.push_back(Arc::new(entry));
            if recent.entries.len() > KEPT
                && let Some(oldest) = recent.entries.pop_front()
            {
                recent.after = oldest.seq;
            }
        }
        if is_all {
            break;
        }
    }
    Ok(Mark { through, counts: run.counts, is_over: run.state.is_over(), state: run.state, failed: None })
}

async fn read(
    store: &Store,
    run: &RunId,
    after: u64,
    before: Option<u64>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let filter = AuditFilter {
        run: Some(run.clone()),
        after: Some(after),
        before,
        limit: Some(AT_ONCE),
        ..AuditFilter::default()
    };
    store.audit(&filter).await
}

impl Engine {
    /// Follows a run from behind the entry `after` (0 = from its beginning) to its end.
    pub async fn follow_run(
        &self,
        operator: &Operator,
        run: &RunId,
        after: u64,
    ) -> Result<RunFollower, EngineError> {
        operator.check(UseCase::SeeRuns)?;
        // The end of the log first: what is written while the run is looked at lies behind it and is read later.
        let through = self.store.audit_head().await?.seq;
        let row = self.store.run(run).await?;
        let start = Mark { through, counts: row.counts, state: row.state, is_over: false, failed: None };
        let (channel, marks) = self.reading.followed.join(&self.store, run, start);
        Ok(RunFollower { store: self.store.clone(), channel, marks, after, told: Told::Nothing })
    }
}

#[derive(PartialEq, Eq)]
enum Told {
    Nothing,
    Beginning,
    End,
}

/// Somebody who follows a run.
pub struct RunFollower {
    store: Store,
    channel: Arc<Channel>,
    marks: watch::Receiver<Mark>,
    after: u64,
    told: Told,
}

impl RunFollower {
    /// What comes next; at first how the run stands, at last that it is over, and then `None`. May be dropped while it waits: nothing is lost.
    pub async fn next(&mut self) -> Option<Result<RunMoment, EngineError>> {
        if self.told == Told::End {
            return None;
        }
        if self.told == Told::Nothing {
            self.told = Told::Beginning;
            let mark = self.marks.borrow_and_update().clone();
            return Some(Ok(moment(&mark, Vec::new(), false)));
        }
        loop {
            let mark = self.marks.borrow_and_update().clone();
            if let Some(error) = &mark.failed {
                self.told = Told::End;
                return Some(Err(EngineError::Interrupted {
                    run: self.channel.run.to_string(),
                    reason: format!("its events cannot be read now: {error}"),
                }));
            }
            if self.after < mark.through {
                match self.behind(&mark).await {
                    Err(error) => {
                        self.told = Told::End;
                        return Some(Err(error.into()));
                    }
                    Ok(entries) => match entries.last() {
                        Some(last) => {
                            self.after = last.seq;
                            return Some(Ok(moment(&mark, entries, false)));
                        }
                        None => self.after = mark.through,
                    },
                }
                continue;
            }
            if mark.is_over {
                self.told = Told::End;
                return Some(Ok(moment(&mark, Vec::new(), true)));
            }
            if self.marks.changed().await.is_err() {
                // Whoever asks the log is gone, which happens only where the process ends.
                self.told = Told::End;
                return None;
            }
        }
    }

    /// Entries behind the last that was told, as far as the log has been read.
    async fn behind(&self, mark: &Mark) -> Result<Vec<Arc<AuditEntry>>, StoreError> {
        {
            let recent = self.channel.recent.lock().unwrap_or_else(PoisonError::into_inner);
            if self.after >= recent.after {
                let behind = recent.entries.iter().skip_while(|entry| entry.seq <= self.after);
                return Ok(behind.take(AT_ONCE as usize).map(Arc::clone).collect());
            }
        }
        let entries = read(&self.store, &self.channel.run, self.after, Some(mark.through + 1)).await?;
        Ok(entries.into_iter().map(Arc::new).collect())
    }
}

fn moment(mark: &Mark, entries: Vec<Arc<AuditEntry>>, is_over: bool) -> RunMoment {
    RunMoment { entries, counts: mark.counts, state: mark.state.as_str(), is_over }
}
