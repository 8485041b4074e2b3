//! `GET /setup`

use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::Setup;
use serde::Serialize;
use utoipa::ToSchema;

/// What can be done before anybody is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Setup)]
pub(crate) struct Answer {
    /// There is no admin yet: somebody must use the setup link.
    is_needed: bool,
    /// Single sign-on, where it is set up.
    sign_on: Option<Button>,
}

/// A way to sign in elsewhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignOnButton)]
pub(crate) struct Button {
    /// What stands on the button.
    #[schema(example = "Sign in with Example ID")]
    text: String,
    /// Where it leads.
    #[schema(example = "/sign-on/start")]
    url: &'static str,
}

/// How people can get in: whether somebody must be made admin first, and whether there is single sign-on.
#[utoipa::path(get, path = "/setup", tag = "sign-in", security(()),
    responses((status = 200, description = "What there is.", body = Answer)))]
pub(crate) async fn setup(State(api): State<Api>) -> Result<Json<Answer>, Problem> {
    let is_needed = api.engine().setup().await? != Setup::Done;
    let sign_on = api.sign_on().map(|on| Button { text: on.button.clone(), url: "/sign-on/start" });
    Ok(Json(Answer { is_needed, sign_on }))
}
