//! `POST /audit/verify`

use super::head::Head;
use crate::auth::SignedIn;
use crate::extract::{Body, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::AuditHead;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be verified.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AuditVerification, example = json!({ "heads": [] }))]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// Heads that somebody holds, as they stand in report mails: the log must contain each of them.
    #[serde(default)]
    #[schema(max_items = 100)]
    heads: Vec<Text<1, 200>>,
}

/// The verdict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditVerdict)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    /// Whether the log is whole.
    is_whole: bool,
    /// The head that was recorded, where it is whole.
    head: Option<Head>,
    /// The first entry that is not as it was written, where it is not.
    broken_at: Option<u64>,
    /// What was found, in words.
    words: String,
}

/// Verifies the audit log from its first entry on. It reads the whole log; changes nothing.
#[utoipa::path(post, path = "/audit/verify", tag = "audit", extensions(("x-changes-nothing" = json!(true))), request_body = Request,
    responses((status = 200, description = "The verdict.", body = Verdict)))]
pub(crate) async fn verify_audit(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Body(request): Body<Request>,
) -> Result<Json<Verdict>, Problem> {
    if request.heads.len() > 100 {
        return Err(Problem::body("/heads", "names more than 100 heads"));
    }
    let mut known: Vec<AuditHead> = Vec::new();
    for (position, head) in request.heads.iter().enumerate() {
        let wrong = |_| {
            Problem::body(
                &format!("/heads/{position}"),
                "is no head of an audit log; take it as it stands in the mail",
            )
        };
        known.push(head.parse().map_err(wrong)?);
    }
    Ok(Json(match api.engine().verify_audit(&operator, known).await? {
        Ok(verified) => Verdict {
            is_whole: true,
            words: format!("the audit log is whole: {} entries", verified.head.seq),
            head: Some(Head::of(verified.head)),
            broken_at: None,
        },
        Err(broken) => {
            Verdict { is_whole: false, head: None, broken_at: Some(broken.seq), words: broken.to_string() }
        }
    }))
}
