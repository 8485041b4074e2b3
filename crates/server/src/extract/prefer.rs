//! `Prefer: wait=N` (RFC 7240): how long the caller would like to wait for a job.

use axum::extract::FromRequestParts;
use http::request::Parts;
use std::convert::Infallible;
use std::time::Duration;

const LONGEST: Duration = Duration::from_mins(1);

/// How long to wait for a job before it is answered with as it is; zero unless asked for. A preference is never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let given = parts.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        let mut wishes = given.flat_map(|value| value.split([',', ';'])).map(str::trim);
        let seconds = wishes.find_map(|wish| {
            let (name, value) = wish.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("wait")
                .then(|| value.trim().trim_matches('"').parse::<u64>().ok())?
        });
        Ok(Self(Duration::from_secs(seconds.unwrap_or(0)).min(LONGEST)))
    }
}
