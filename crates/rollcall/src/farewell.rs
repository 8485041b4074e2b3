//! What asks the process to end, SIGTERM and Ctrl-C, and how work that changes accounts is ended in order.

use crate::exit::Exit;
use rollcall_engine::Engine;
use std::pin::pin;

/// Hears whoever asks the process to end; from its making on, they no longer end it by themselves.
pub(crate) struct Farewell {
    #[cfg(unix)]
    signals: Option<[tokio::signal::unix::Signal; 2]>,
}

impl Farewell {
    pub(crate) fn new() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let both =
                signal(SignalKind::terminate()).and_then(|t| Ok([t, signal(SignalKind::interrupt())?]));
            Self { signals: both.ok() }
        }
        #[cfg(not(unix))]
        Self {}
    }

    /// Comes when somebody asks, the next time when they ask again.
    pub(crate) async fn asked(&mut self) {
        #[cfg(unix)]
        if let Some([terminate, interrupt]) = &mut self.signals {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Work that may change accounts: asked to end, it finishes the item under way, and the rest can be resumed; asked again, it ends at once.
pub(crate) async fn in_order<T>(engine: &Engine, work: impl Future<Output = T>) -> T {
    let mut farewell = Farewell::new();
    let mut work = pin!(work);
    tokio::select! {
        came = &mut work => return came,
        () = farewell.asked() => {}
    }
    eprintln!("Rollcall ends when the item under way is finished; asked again, it ends at once.");
    engine.close();
    tokio::select! {
        came = work => came,
        () = farewell.asked() => {
            eprintln!("It ended in the middle. What became of the item under way is looked at when the run goes on: rollcall runs list");
            std::process::exit(Exit::Failed.code().into())
        }
    }
}
