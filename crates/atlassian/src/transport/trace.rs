//! What one piece of work sends, taken down where it is sent.
//!
//! The work may branch into waiting for a background task or asking why it was refused; whatever it sends on its way is in its trace, and
//! no caller in between has to carry a list along.

use rollcall_site::{Request, Requests};
use std::cell::RefCell;
use std::future::Future;

tokio::task_local! {
    static SENT: RefCell<Requests>;
}

/// Does the work, and tells what it sent.
pub(crate) async fn traced<T>(work: impl Future<Output = T>) -> (T, Requests) {
    SENT.scope(RefCell::default(), async {
        let outcome = work.await;
        (outcome, SENT.with(RefCell::take))
    })
    .await
}

/// Takes down a request, if the work that sends it is traced.
pub(super) fn note(request: impl FnOnce() -> Request) {
    // Most work is not traced: there is no place for it then.
    let _ = SENT.try_with(|sent| sent.borrow_mut().add(request()));
}
