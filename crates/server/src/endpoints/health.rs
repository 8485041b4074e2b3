//! `GET /healthz`, `GET /readyz`: for whoever watches over the process. No secrets, no sign-in.

use crate::problem::{Code, Problem};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operation", security(()),
    responses((status = 200, description = "It does.", body = Health)))]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether it can work: the database answers, its schema is right, the sealing key is on this machine, the worker is at work.
#[utoipa::path(get, path = "/readyz", tag = "operation", security(()),
    responses((status = 200, description = "It can.", body = Health)))]
pub(crate) async fn readyz(State(api): State<Api>) -> Result<Json<Health>, Problem> {
    let mut wrong: Vec<String> = api.engine().ready().await.err().into_iter().collect();
    wrong.extend(api.checks().iter().filter_map(|check| check().err()));
    if wrong.is_empty() {
        return Ok(Json(Health { status: "ok" }));
    }
    Err(Problem::new(Code::NotReady, wrong.join("; ")).retry_after(5))
}
