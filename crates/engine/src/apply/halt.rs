//! Why a run ends before its last item, told once and seen by every worker before its next item (I8).

use rollcall_planner::Frozen;
use rollcall_site::SiteError;
use rollcall_store::StoreError;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// The first reason to stop. Later ones are ignored: they follow from the first.
#[derive(Debug)]
pub(crate) enum Reason {
    /// An operator asked for it.
    Asked(String),
    /// Another process owns the run now; this one must write nothing more.
    LeaseLost,
    /// The program is about to end. Somebody else goes on with the run.
    Closing,
    /// Nothing may change at the site now.
    Frozen(Frozen),
    /// The site cannot be asked any further.
    Site(SiteError),
    /// So many items failed that going on would be careless.
    Failures {
        /// How many failed.
        failed: u32,
        /// The policy's limit.
        limit: u32,
    },
    /// The canary batch did not go well.
    Canary {
        /// How many of the batch failed.
        failed: u32,
        /// Its size.
        size: u32,
    },
    /// Outcomes can no longer be recorded.
    Store(StoreError),
}

impl Reason {
    /// In words, for report and audit log.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Asked(why) => why.clone(),
            Self::LeaseLost => "another process has taken over this run".to_owned(),
            Self::Closing => "Rollcall was about to end".to_owned(),
            Self::Frozen(Frozen { name, reason, until }) => {
                let reason = rollcall_model::plain(reason);
                format!(
                    "nothing may change until {until} (freeze \"{name}\": {reason}); the run goes on then"
                )
            }
            Self::Site(error) => error.to_string(),
            Self::Failures { failed, limit } => {
                format!("{failed} items failed, and the policy stops a run at {limit} (limits.failures)")
            }
            Self::Canary { failed, size } => {
                format!(
                    "{failed} of the first {size} items failed (limits.canary), so the rest was not begun"
                )
            }
            Self::Store(error) => format!("outcomes cannot be recorded: {error}"),
        }
    }
}

/// Shared by the workers of one run.
#[derive(Debug, Default)]
pub(crate) struct Halt {
    is_set: AtomicBool,
    reason: Mutex<Option<Reason>>,
}

impl Halt {
    pub(crate) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    pub(crate) fn set(&self, reason: Reason) {
        let mut slot = self.reason.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if slot.is_none() {
            tracing::warn!(reason = %reason.words(), "the run stops before its next item");
            *slot = Some(reason);
        }
        self.is_set.store(true, Ordering::SeqCst);
    }

    /// The reason, once the workers are done.
    pub(crate) fn take(&self) -> Option<Reason> {
        self.reason.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}
