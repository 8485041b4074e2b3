//! `/sign-on`: single sign-on, for browsers. At the root, since a browser goes there itself.

mod callback;
mod start;

use crate::problem::{Code, Problem};
use crate::sign_on::SignOn;
use crate::state::Api;
use rollcall_oidc::OidcError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(start::start)).routes(routes!(callback::callback))
}

fn set_up(api: &Api) -> Result<&SignOn, Problem> {
    api.sign_on().ok_or_else(|| Problem::new(Code::NotFound, "single sign-on is not set up here"))
}

/// What the browser is told; what went wrong at the provider is for the log.
fn problem(error: &OidcError) -> Problem {
    tracing::warn!("single sign-on failed: {error}");
    match error {
        OidcError::Refused { .. } => {
            Problem::new(Code::SignOnRefused, "the provider did not let you in; sign in again")
        }
        OidcError::Unproven { .. } => Problem::new(
            Code::SignOnRefused,
            "what the provider sent cannot be trusted; sign in again, and if it happens again tell an admin",
        ),
        OidcError::Provider { .. } | OidcError::Settings(_) => Problem::new(
            Code::ProviderFailed,
            "the provider of single sign-on cannot be used now; the log of the server says why",
        ),
    }
}
