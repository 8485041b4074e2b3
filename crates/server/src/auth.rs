//! Who asks. A layer asks [`Authenticate`] once for each request under `/api`; an endpoint that takes [`SignedIn`] is closed to
//! everybody else. What the operator may do is the engine's question; an endpoint that takes [`May`] asks it before it reads on.

use crate::problem::Problem;
use crate::state::Api;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::request::Parts;
use rollcall_engine::{EngineError, Operator, UseCase};

/// Tells who asks, by whatever the request carries: a session, a token.
pub trait Authenticate: Send + Sync {
    /// The operator; `None` where nobody is signed in. An error ends the request. More about the session may be left in the
    /// extensions of the request.
    fn operator<'a>(&'a self, parts: &'a mut Parts) -> BoxFuture<'a, Result<Option<Operator>, Problem>>;
}

/// Lets nobody in.
#[derive(Debug, Clone, Copy)]
pub struct Closed;

impl Authenticate for Closed {
    fn operator<'a>(&'a self, _: &'a mut Parts) -> BoxFuture<'a, Result<Option<Operator>, Problem>> {
        Box::pin(async { Ok(None) })
    }
}

/// The operator who asks; without one the answer is 401.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Operator);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::not_signed_in)
    }
}

/// The operator who asks, if their role is enough for a use case, as in `May<{ UseCase::Approve as usize }>`; otherwise the answer is 403.
/// For endpoints that not everybody may ask for: whoever may not is not told what is wrong with the rest of the request.
#[derive(Debug, Clone)]
pub(crate) struct May<const USE_CASE: usize>(pub Operator);

impl<S: Send + Sync, const USE_CASE: usize> FromRequestParts<S> for May<USE_CASE> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let use_case = const { UseCase::ALL[USE_CASE] };
        let SignedIn(operator) = SignedIn::from_request_parts(parts, state).await?;
        if operator.may(use_case) {
            return Ok(Self(operator));
        }
        let (role, operator) = (operator.role(), operator.name().to_owned());
        Err(EngineError::Forbidden { operator, role, use_case }.into())
    }
}

/// The layer.
pub(crate) async fn layer(State(api): State<Api>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    // Nobody brings an operator along.
    parts.extensions.remove::<SignedIn>();
    match api.authenticate().operator(&mut parts).await {
        Ok(Some(operator)) => {
            tracing::Span::current().record("operator", operator.name());
            parts.extensions.insert(SignedIn(operator));
        }
        Ok(None) => {}
        Err(problem) => return problem.into_response(),
    }
    next.run(Request::from_parts(parts, body)).await
}
