//! Closed for good after the first refusal of the credentials (I9) or a block (I10): nothing is sent any more.

use rollcall_site::SiteError;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub(super) struct Latch(Mutex<Option<SiteError>>);

impl Latch {
    /// The error that closed it, if any.
    pub(super) fn check(&self) -> Result<(), SiteError> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Closes it; the first reason stays.
    pub(super) fn close(&self, error: SiteError) -> SiteError {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error).clone()
    }
}
