//! Until the site has accepted the credentials once, one request at a time shows them: the others learn from it, so that a wrong password
//! is one failed attempt and not as many as may be under way (I9).

use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Mutex, MutexGuard};

#[derive(Default)]
pub(super) struct Introduction {
    turn: Mutex<()>,
    is_over: AtomicBool,
}

impl Introduction {
    /// Waits for one's turn; `None` once it is over.
    pub(super) async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        if self.is_over.load(Ordering::Acquire) {
            return None;
        }
        let turn = self.turn.lock().await;
        // Whoever was first may have ended it while this one waited.
        (!self.is_over.load(Ordering::Acquire)).then_some(turn)
    }

    /// The site looked at the credentials and did not refuse them.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }
}
