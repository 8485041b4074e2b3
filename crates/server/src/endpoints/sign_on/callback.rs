//! `GET /sign-on/callback`

use super::{problem, set_up};
use crate::cookie;
use crate::doorkeeper::Caller;
use crate::endpoints::session::session_cookie;
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::Api;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rollcall_engine::SignOnPerson;
use rollcall_oidc::{Answer, OidcError, Person};
use secrecy::SecretString;
use utoipa::IntoParams;

/// What the provider sends back. It may send more, which is not read.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its documentation is read: providers add parameters of their own")]
pub(crate) struct SentBack {
    /// To be exchanged, once.
    code: Option<String>,
    /// What it was sent with.
    state: Option<String>,
    /// Who says so.
    iss: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The same in words.
    error_description: Option<String>,
}

/// Where the provider sends the browser back to: signs in, and goes on to where the browser wanted to go.
#[utoipa::path(get, path = "/sign-on/callback", tag = "sign-in", security(()), params(SentBack), responses(
    (status = 303, description = "Signed in, and on.", headers(
        ("location" = String, description = "A path of this server."), ("set-cookie" = String, description = "The session."))),
    (status = 403, description = "Not proven, not permitted, too late, or from another browser.", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Single sign-on is not set up.", body = ProblemBody, content_type = "application/problem+json"),
    (status = 502, description = "The provider cannot be used.", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn callback(
    State(api): State<Api>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let on = set_up(&api)?;
    let query = query.unwrap_or_default();
    let find = |name: &str| {
        let mut found = url::form_urlencoded::parse(query.as_bytes()).filter(|(given, _)| given == name);
        // Twice is not once.
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| value.into_owned())
    };
    let lost = || {
        let words = "this sign-in was not begun in this browser, took longer than ten minutes, or was used already; sign in again";
        Problem::new(Code::SignOnRefused, words)
    };
    let browser = cookie::read(&headers, cookie::sign_on_name(caller.is_secure)).ok_or_else(lost)?;
    let state = find("state").ok_or_else(lost)?;
    let pending = api.engine().take_sign_on(state.into(), &browser).await?.ok_or_else(lost)?;
    let Some(code) = find("code").map(SecretString::from) else {
        let said = find("error_description").or_else(|| find("error")).unwrap_or_default();
        let reason = rollcall_model::plain(&said).chars().take(200).collect();
        return Err(problem(&OidcError::Refused { reason }));
    };
    let issuer = find("iss");
    let answer =
        Answer { code: &code, issuer: issuer.as_deref(), nonce: &pending.nonce, verifier: &pending.verifier };
    let person = on.provider.finish(answer, api.engine().now()).await.map_err(|error| problem(&error))?;
    let new =
        api.engine().sign_on(&whom(person), &on.rules, &caller.origin, caller.previous.as_ref()).await?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(&pending.return_to).map_err(Problem::internal)?);
    let gone = cookie::forget(cookie::sign_on_name(caller.is_secure), caller.is_secure);
    for cookie in [session_cookie(&api, &caller, &new), gone].into_iter().flatten() {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn whom(person: Person) -> SignOnPerson {
    SignOnPerson {
        issuer: person.issuer,
        subject: person.subject,
        name: person.name,
        display_name: person.display_name,
        email: person.email,
        groups: person.groups,
    }
}
