//! `GET /audit/head`

use crate::auth::SignedIn;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::AuditHead;
use serde::Serialize;
use utoipa::ToSchema;

/// The end of the chain. Whoever keeps it elsewhere can show that the log was rewritten.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditHead)]
pub(crate) struct Head {
    /// The number of the newest entry; 0 = there is none.
    seq: u64,
    /// Its hash.
    hash: String,
    /// Both in one word, as it stands in report mails.
    #[serde(rename = "head")]
    word: String,
}

impl Head {
    pub(crate) fn of(head: AuditHead) -> Self {
        Self { seq: head.seq, hash: head.hash.to_string(), word: head.to_string() }
    }
}

/// The end of the audit log's chain.
#[utoipa::path(get, path = "/audit/head", tag = "audit", responses((status = 200, description = "The head.", body = Head)))]
pub(crate) async fn audit_head(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
) -> Result<Json<Head>, Problem> {
    Ok(Json(Head::of(api.engine().audit_head(&operator).await?)))
}
