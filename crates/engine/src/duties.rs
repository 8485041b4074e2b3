//! Duties: what is done every so often without anybody asking, by one node at a time.
//!
//! To add one: a line in [`Duty::of_the_engine`]; or, where it belongs to a room above this one, [`crate::Worker::with_duty`]. A duty that
//! fails is logged and tried again at its next time; one that takes longer than its interval is not begun a second time.

use crate::worker::FAULT;
use crate::{Engine, EngineError, Operator, UseCase};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How long a node may be silent before another one does its duty.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
const HEARTBEAT: Duration = Duration::from_secs(15);

type Does = dyn Fn(Arc<Engine>) -> BoxFuture<'static, Result<(), EngineError>> + Send + Sync;

/// Something that is done every so often.
#[derive(Clone)]
pub struct Duty {
    name: Cow<'static, str>,
    every: SignedDuration,
    /// Whether it is of no use on a node that has not the sealing key.
    opens_secrets: bool,
    does: Arc<Does>,
}

/// A duty as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyView {
    /// Its name.
    pub name: String,
    /// When it is due next.
    pub next_at: Timestamp,
    /// When it was done last.
    pub last_at: Option<Timestamp>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

impl Duty {
    /// `does`, every so often. The name is unique in the installation and stays the same.
    pub fn new<F>(
        name: impl Into<Cow<'static, str>>,
        every: SignedDuration,
        does: impl Fn(Arc<Engine>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), EngineError>> + Send + 'static,
    {
        let does: Arc<Does> = Arc::new(move |engine| Box::pin(does(engine)));
        Self { name: name.into(), every, opens_secrets: false, does }
    }

    /// It signs in somewhere, or signs: a node without the sealing key leaves it to the others.
    #[must_use]
    fn that_opens_secrets(self) -> Self {
        Self { opens_secrets: true, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The duties of this room.
    pub(crate) fn of_the_engine(engine: &Engine) -> Vec<Self> {
        vec![
            Self::new("events", SignedDuration::from_secs(30), |engine| async move {
                engine.queue_triggered().await
            })
            .that_opens_secrets(),
            Self::new("mail", SignedDuration::from_secs(30), |engine| async move {
                engine.send_mail(&Operator::scheduler()).await.map(drop)
            }),
            Self::new("schedules", SignedDuration::from_mins(10), |engine| async move {
                engine.realign_schedules().await
            }),
            Self::new("retention", SignedDuration::from_hours(24), |engine| async move {
                for dropped in engine.retain(&Operator::scheduler(), false).await? {
                    tracing::info!(what = dropped.what, count = dropped.count, "dropped by retention");
                    if let Some(held) = dropped.held {
                        tracing::warn!(
                            what = dropped.what,
                            held,
                            "not all that is past its time was dropped"
                        );
                    }
                }
                Ok(())
            }),
            Self::new("webhooks", SignedDuration::from_secs(5), |engine| async move {
                engine.tell_webhooks(&Operator::scheduler()).await.map(drop)
            })
            .that_opens_secrets(),
            // Of each node its own: a file is told by the machine it is on.
            Self::new(engine.outlet_duty(), SignedDuration::from_secs(5), |engine| async move {
                engine.tell_outlets(&Operator::scheduler()).await.map(drop)
            }),
        ]
    }

    /// Does it if it is due and nobody else does. Tells whether it did.
    pub(crate) async fn perform(&self, engine: &Arc<Engine>, owner: &str) -> Result<bool, EngineError> {
        let store = &engine.store;
        if self.opens_secrets && !engine.has_key().await? {
            return Ok(false);
        }
        if !store.take_duty(&self.name, owner, self.every, engine.now(), LEASE).await? {
            return Ok(false);
        }
        let keep = async {
            loop {
                tokio::time::sleep(HEARTBEAT).await;
                let until = engine.now().saturating_add(LEASE).unwrap_or(engine.now());
                match store.renew_duty(&self.name, owner, until).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => tracing::warn!(%error, duty = %self.name, "the duty could not be kept yet"),
                }
            }
        };
        let error = tokio::select! {
            error = self.trouble(engine) => error,
            () = keep => return Ok(true),
            () = engine.closed() => None,
        };
        if let Some(error) = &error {
            tracing::warn!(%error, duty = %self.name, "a periodic duty failed; it is tried again at its next time");
        }
        store.settle_duty(&self.name, owner, error.as_deref(), engine.now()).await?;
        Ok(true)
    }

    /// Does it, and gives what went wrong. A fault of the program is an error like any other: the duty is done again at its next time.
    async fn trouble(&self, engine: &Arc<Engine>) -> Option<String> {
        let work = async { (self.does)(Arc::clone(engine)).await };
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(done) => done.err().map(|error| rollcall_model::plain(&error.to_string()).into_owned()),
            Err(_) => Some(FAULT.to_owned()),
        }
    }
}

impl Engine {
    /// The duties that were ever done, by name.
    pub async fn duties(&self, operator: &Operator) -> Result<Vec<DutyView>, EngineError> {
        operator.check(UseCase::SeeJobs)?;
        let duties = self.store.duties().await?.into_iter().map(|duty| DutyView {
            name: duty.name,
            next_at: duty.next_at,
            last_at: duty.last_at,
            last_error: duty.last_error,
        });
        Ok(duties.collect())
    }
}
