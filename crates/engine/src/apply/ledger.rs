//! The ledger of a run: claims and outcomes of all workers, written together.
//!
//! Every claim and every outcome must be durable before the next step (I7), and a durable write costs a disk flush. Workers
//! hand their steps to one task that commits whatever has gathered while the last commit was under way: the more
//! workers, the fewer flushes per item.

use super::halt::{Halt, Reason};
use crate::clock::Clock;
use crate::killpoint;
use rollcall_model::ItemState;
use rollcall_site::Requests;
use rollcall_store::{Lease, Step, StepResult, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Steps that one transaction takes at most.
const TOGETHER: usize = 256;

/// The code of an item that was not tried because an earlier one of its account went wrong.
pub(crate) const NOT_TRIED: &str = "not-tried";

/// An outcome to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) state: ItemState,
    /// Short stable word: `done`, `would`, `confirmed`, `drifted`, `rejected`, …
    pub(crate) code: &'static str,
    /// For the administrator; empty where the state says it all.
    pub(crate) reason: String,
    /// What was sent for it in this pass; empty where nothing was.
    pub(crate) requests: Requests,
}

impl Outcome {
    /// An outcome for which nothing was sent.
    pub(crate) fn new(state: ItemState, code: &'static str, reason: impl Into<String>) -> Self {
        Self { state, code, reason: reason.into(), requests: Requests::default() }
    }

    /// The same, after this was sent.
    pub(crate) fn after(self, requests: Requests) -> Self {
        Self { requests, ..self }
    }
}

/// What is kept with an item's outcome, in its row and in its audit entry. Rows of earlier versions have none.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Detail {
    /// What was sent for it.
    #[serde(default)]
    pub(crate) requests: Requests,
}

/// Whether an item may be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It is ours; this is the attempt's number, from 1.
    Ours {
        /// Counted over all owners of the run.
        attempt: u32,
    },
    /// The run ends here.
    No,
}

struct Entry {
    step: Step,
    reply: oneshot::Sender<Option<StepResult>>,
}

/// Handed to every worker.
#[derive(Clone)]
pub(crate) struct Ledger {
    entries: mpsc::Sender<Entry>,
    halt: Arc<Halt>,
}

impl Ledger {
    /// Starts the writing task; it ends when the last ledger is dropped.
    pub(crate) fn open(
        store: Store,
        lease: Lease,
        clock: Arc<dyn Clock>,
        halt: Arc<Halt>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (entries, inbox) = mpsc::channel(TOGETHER);
        let task = tokio::spawn(write(store, lease, clock, inbox, Arc::clone(&halt)));
        (Self { entries, halt }, task)
    }

    /// Claims an item: the intent is durable when this returns.
    pub(crate) async fn claim(&self, seq: u32) -> Claim {
        killpoint::reach("claim-asked");
        match self.submit(Step::Claim { seq }).await {
            Some(StepResult::Claimed { attempt }) => {
                killpoint::reach("claimed");
                Claim::Ours { attempt }
            }
            _ => Claim::No,
        }
    }

    /// Records an outcome; `false` where it could not be, and the run has been halted with the reason.
    pub(crate) async fn record(&self, seq: u32, outcome: Outcome) -> bool {
        let Outcome { state, code, reason, requests } = outcome;
        let reason = Some(reason).filter(|r| !r.is_empty());
        let detail = (!requests.is_empty()).then(|| serde_json::json!(Detail { requests }));
        let step = Step::Record { seq, to: state, code: Some(code.to_owned()), reason, detail };
        let is_recorded = self.submit(step).await == Some(StepResult::Recorded);
        killpoint::reach("recorded");
        is_recorded
    }

    async fn submit(&self, step: Step) -> Option<StepResult> {
        let (reply, answer) = oneshot::channel();
        if self.entries.send(Entry { step, reply }).await.is_err() {
            return None;
        }
        let result = answer.await.ok().flatten();
        if result == Some(StepResult::Stopped) {
            self.halt.set(Reason::Asked("stopped on request".to_owned()));
        }
        if let Some(StepResult::Refused(error)) = &result {
            tracing::error!(%error, "a step of the run was refused");
        }
        result
    }
}

async fn write(
    store: Store,
    lease: Lease,
    clock: Arc<dyn Clock>,
    mut inbox: mpsc::Receiver<Entry>,
    halt: Arc<Halt>,
) {
    let mut gathered = Vec::with_capacity(TOGETHER);
    while inbox.recv_many(&mut gathered, TOGETHER).await > 0 {
        let (steps, replies): (Vec<_>, Vec<_>) = gathered.drain(..).map(|e| (e.step, e.reply)).unzip();
        match store.commit_steps(&lease, &steps, clock.now()).await {
            Ok(results) => {
                for (reply, result) in replies.into_iter().zip(results) {
                    let _ = reply.send(Some(result));
                }
            }
            Err(error) => {
                halt.set(match error {
                    StoreError::LeaseLost { .. } => Reason::LeaseLost,
                    error => Reason::Store(error),
                });
                for reply in replies {
                    let _ = reply.send(None);
                }
            }
        }
    }
}
