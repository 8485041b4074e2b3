//! `POST /settings/mail/test`

use crate::auth::May;
use crate::extract::{Body, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// To whom the test mail goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailTest, example = json!({ "to": "it-ops@example.org" }))]
pub(crate) struct Request {
    /// The address.
    to: Text<3, 320>,
}

/// That it was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MailTested)]
pub(crate) struct Tested {
    /// What the mail server said when it took the mail, or the file that was written. Whether it arrives is for the receiver to see.
    answer: String,
}

/// Sends a test mail at once. A server that does not take it is a problem `mail-failed`, in the server's own words.
#[utoipa::path(post, path = "/settings/mail/test", tag = "settings", request_body = Request, responses(
    (status = 200, description = "The mail was taken.", body = Tested),
    (status = 409, description = "Mail is not set up.", content_type = "application/problem+json", body = ref("#/components/schemas/Problem")),
    (status = 502, description = "It was not taken.", content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn test_mail(
    State(api): State<Api>,
    May(operator): May<{ UseCase::TestMail as usize }>,
    Body(body): Body<Request>,
) -> Result<Json<Tested>, Problem> {
    Ok(Json(Tested { answer: api.engine().test_mail(&operator, &body.to).await? }))
}
