//! The worker: takes jobs that are due and does them, a few at once; sees to schedules and duties. Every node may have one; what each
//! does is agreed upon in the database, so that none is in charge and none is missed.

use crate::locks::Lock;
use crate::perform::Came;
use crate::{Duty, Ending, Engine, EngineError, Operator};
use futures::FutureExt;
use jiff::SignedDuration;
use rollcall_model::RunId;
use rollcall_store::{JobLease, JobOutcome, JobRow, JobState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

/// How long a node may be silent before another one takes its jobs.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// How often a lease is renewed, and whether the job is still wanted is looked up.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How often is looked for what is due.
const LOOK: Duration = Duration::from_millis(500);

/// What is said of work that panicked.
pub(crate) const FAULT: &str = "Rollcall met a fault of its own; please report it with the log";

/// Works on jobs until it is told to stop.
pub struct Worker {
    engine: Arc<Engine>,
    at_once: usize,
    look: Duration,
    duties: Vec<Duty>,
}

/// A worker that has begun: nobody else has its name.
struct Named {
    owner: String,
    _lock: Lock,
}

impl Worker {
    /// Four jobs at once, and the engine's own duties.
    pub fn new(engine: Arc<Engine>) -> Self {
        let duties = Duty::of_the_engine(&engine);
        Self { engine, at_once: 4, look: LOOK, duties }
    }

    /// So many jobs at once; at least one.
    #[must_use]
    pub fn at_once(self, jobs: usize) -> Self {
        Self { at_once: jobs.max(1), ..self }
    }

    /// Looks for what is due so often.
    #[must_use]
    pub fn looking_every(self, look: Duration) -> Self {
        Self { look, ..self }
    }

    /// Does this too, every so often.
    #[must_use]
    pub fn with_duty(mut self, duty: Duty) -> Self {
        self.duties.push(duty);
        self
    }

    /// Works until `shutdown` comes. Runs then finish their current item and are let go of for whoever comes next; so are all other jobs.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), EngineError> {
        let named = self.named()?;
        let hands = Arc::new(Semaphore::new(self.at_once));
        let mut tasks = JoinSet::new();
        for duty in self.duties.clone() {
            let (engine, owner, look) = (Arc::clone(&self.engine), named.owner.clone(), self.look);
            tasks.spawn(see_to(engine, duty, owner, look));
        }
        tokio::pin!(shutdown);
        let mut trouble = None;
        loop {
            trouble = self.see_to_schedules(trouble).await;
            if let Err(error) = self.take_up(&named.owner, &hands, &mut tasks).await {
                tracing::warn!(%error, "jobs could not be taken; they are tried again");
            }
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                () = self.engine.queued.notified() => {}
                () = tokio::time::sleep(self.look) => {}
            }
            while let Some(ended) = tasks.try_join_next() {
                tell_fault(ended);
            }
        }
        self.engine.close();
        while let Some(ended) = tasks.join_next().await {
            tell_fault(ended);
        }
        Ok(())
    }

    /// Does everything that is due, one after the other, and comes back; tells how many jobs that were.
    pub async fn work_off(&self) -> Result<u32, EngineError> {
        let named = self.named()?;
        let mut done = 0;
        for duty in &self.duties {
            duty.perform(&self.engine, &named.owner).await?;
        }
        // What goes wrong with one schedule keeps nothing else from being done.
        let ticked = self.engine.tick().await;
        self.bury(&named.owner).await?;
        while let Some((job, lease)) = self.engine.next_job(&named.owner, LEASE).await? {
            do_job(&self.engine, job, lease).await;
            done += 1;
        }
        ticked?;
        Ok(done)
    }

    /// Queues what is due by a schedule. `before` is the trouble of the last time and the result that of this: what lasts is logged once.
    async fn see_to_schedules(&self, before: Option<String>) -> Option<String> {
        let trouble = self.engine.tick().await.err().map(|error| error.to_string());
        if let Some(trouble) = trouble.as_ref().filter(|_| trouble != before) {
            tracing::error!("{trouble}");
        }
        trouble
    }

    /// Begins, under a name that no other worker has and with a lock that shows that it lives.
    fn named(&self) -> Result<Named, EngineError> {
        let id = self.engine.new_id();
        let lock = self.engine.locks.take_worker(&id)?;
        let lock = lock.ok_or_else(|| EngineError::NotNow(format!("there is a worker {id} already")))?;
        Ok(Named { owner: format!("{}#{id}", self.engine.locks.signature()?), _lock: lock })
    }

    /// Takes as many jobs as there are hands free.
    async fn take_up(
        &self,
        owner: &str,
        hands: &Arc<Semaphore>,
        tasks: &mut JoinSet<()>,
    ) -> Result<(), EngineError> {
        self.bury(owner).await?;
        while let Ok(hand) = Arc::clone(hands).try_acquire_owned() {
            let Some((job, lease)) = self.engine.next_job(owner, LEASE).await? else { break };
            let engine = Arc::clone(&self.engine);
            tasks.spawn(async move {
                do_job(&engine, job, lease).await;
                drop(hand);
                // There may be one that waited for a free hand, or for this one's site.
                engine.queued.notify_one();
            });
        }
        Ok(())
    }

    /// Frees what belongs to workers on this data folder that are dead: the system has let go of their lock.
    async fn bury(&self, own: &str) -> Result<(), EngineError> {
        let here = format!("{}#", self.engine.locks.signature()?);
        for owner in self.engine.store.owners().await? {
            if let Some(id) = owner.strip_prefix(&here).filter(|_| owner != own)
                && let Some(_lock) = self.engine.locks.take_worker(id)?
            {
                self.engine.store.expire_owner(&owner, self.engine.now()).await?;
            }
        }
        Ok(())
    }
}

/// A task that panicked is gone for the life of the process: at least the log says so.
fn tell_fault(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "{FAULT}");
    }
}

/// Sees to a duty until the program ends.
async fn see_to(engine: Arc<Engine>, duty: Duty, owner: String, look: Duration) {
    loop {
        if let Err(error) = duty.perform(&engine, &owner).await {
            tracing::warn!(%error, duty = duty.name(), "a periodic duty could not be begun");
        }
        tokio::select! {
            () = engine.closed() => return,
            () = tokio::time::sleep(look) => {}
        }
    }
}

/// Does a job, keeps its lease meanwhile, and writes down what it came to.
async fn do_job(engine: &Arc<Engine>, job: JobRow, lease: JobLease) {
    crate::killpoint::reach("job-taken");
    tracing::info!(job = %job.id, kind = %job.kind, epoch = lease.epoch, "a job is begun");
    let work = std::panic::AssertUnwindSafe(while_wanted(engine, &job, &lease)).catch_unwind();
    // A fault of the program must not keep a job in the hands of a worker that has dropped it.
    let came = work
        .await
        .unwrap_or_else(|_| Some(Came::Failed { code: "internal".to_owned(), message: FAULT.to_owned() }));
    let Some(came) = came else {
        tracing::warn!(job = %job.id, "another node has taken over this job");
        return;
    };
    let late = engine.lateness_of(&job).await;
    let (mut outcome, entry) = engine.outcome(&job, came, late);
    if let JobOutcome::Over { state: JobState::Failed, note, .. } = &mut outcome {
        *note = engine.rest_after(&job).await;
    }
    crate::killpoint::reach("job-ended");
    engine.write_down(&lease, &outcome, entry).await;
}

/// What ends a job from outside.
enum Ended {
    /// Another node has it now.
    Lost,
    /// Nobody wants it any more, and it has changed nothing.
    Cancelled,
}

/// What the job came to; `None` where another node has it now.
async fn while_wanted(engine: &Arc<Engine>, job: &JobRow, lease: &JobLease) -> Option<Came> {
    let (is_lost, is_stopped) = (AtomicBool::new(false), AtomicBool::new(false));
    // Both are always driven: the work may hold the one connection that writes, for which the heartbeat then waits.
    tokio::select! {
        came = engine.perform(job) => (!is_lost.load(Ordering::SeqCst)).then_some(match came {
            Came::To(result) if is_stopped.load(Ordering::SeqCst) && result.ended == Ending::Stopped => {
                Came::Cancelled(Some(result))
            }
            came => came,
        }),
        ended = beat(engine, job, lease, &is_lost, &is_stopped) => match ended {
            Ended::Lost => None,
            Ended::Cancelled => Some(Came::Cancelled(None)),
        },
    }
}

/// Keeps the lease of a job and hears whether it is still wanted.
async fn beat(
    engine: &Arc<Engine>,
    job: &JobRow,
    lease: &JobLease,
    is_lost: &AtomicBool,
    is_stopped: &AtomicBool,
) -> Ended {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        match engine.store.renew_job(lease, engine.now(), LEASE).await {
            Ok(Some(is_cancel_wanted)) => {
                if is_cancel_wanted && !is_stopped.load(Ordering::SeqCst) {
                    match engine.run_in_hand(job).await {
                        Ok(Some(run)) => is_stopped.store(stop(engine, job, &run).await, Ordering::SeqCst),
                        // Nothing was changed so far: reading and planning are simply given up.
                        Ok(None) => return Ended::Cancelled,
                        Err(error) => {
                            tracing::warn!(%error, job = %job.id, "a cancelled job could not be stopped yet");
                        }
                    }
                }
            }
            Ok(None) => {
                // A run has a lease of its own and stops when it has lost that; anything else is given up here.
                if !matches!(engine.run_in_hand(job).await, Ok(Some(_))) {
                    return Ended::Lost;
                }
                is_lost.store(true, Ordering::SeqCst);
                return std::future::pending().await;
            }
            Err(error) => {
                tracing::warn!(%error, job = %job.id, "the lease of a job could not be renewed yet");
            }
        }
    }
}

/// Stops the run of a job that was cancelled, before its next item. Tells whether it will.
async fn stop(engine: &Arc<Engine>, job: &JobRow, run: &RunId) -> bool {
    let stopped = engine.stop(&Operator::scheduler(), run, "its job was cancelled").await;
    if let Err(error) = &stopped {
        tracing::info!(%error, job = %job.id, "the run of a cancelled job was not stopped");
    }
    stopped.is_ok()
}

impl Engine {
    /// The program is about to end: from now on nothing new is begun, and runs stop before their next item, to be resumed later.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Comes when the program is about to end.
    pub(crate) async fn closed(&self) {
        // The sender is the engine's own, so that this cannot fail while it is waited for.
        let _ = self.closing.subscribe().wait_for(|is_closing| *is_closing).await;
    }
}
