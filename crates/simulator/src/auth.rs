//! Who asks: Basic, bearer token, session, or nobody (`confluence-data-center.md §3`).

use base64::Engine;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::call::Conditions;
use crate::http::{Reply, Request};
use crate::site::Core;
use crate::state::{AccountId, Life, State, TokenLook};
use crate::switches::CaptchaAnswer;

/// Bytes that a header value cannot carry plainly.
const HEADER: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'+').add(b'"');

/// What the credentials came to.
pub(crate) enum Identity {
    Known(AccountId),
    Anonymous,
    Refused(Reply),
}

impl Core {
    /// Looks at the credentials; counts a failed Basic log-in.
    pub(crate) fn authenticate(
        &self,
        request: &Request,
        conditions: &Conditions,
        state: &mut State,
        now: i64,
    ) -> Identity {
        let header = request.header("authorization").unwrap_or_default();
        let (scheme, value) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return self.basic(value.trim(), conditions, state);
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            return self.bearer(value.trim(), conditions, state, now);
        }
        if let Some(account) = session_of(request, state) {
            return Identity::Known(account);
        }
        if request.param("os_authType") == Some("basic") {
            return Identity::Refused(self.unauthorised(None));
        }
        Identity::Anonymous
    }

    fn basic(&self, value: &str, conditions: &Conditions, state: &mut State) -> Identity {
        let Some((name, password)) = decode_basic(value) else {
            return Identity::Refused(self.unauthorised(Some("AUTHENTICATED_FAILED")));
        };
        if !conditions.switches.basic_allowed {
            return Identity::Refused(Reply::html(
                403,
                "Basic Authentication has been disabled on this instance.",
            ));
        }
        let Some(account) = state.account_id(&name) else {
            return Identity::Refused(self.unauthorised(Some("AUTHENTICATED_FAILED")));
        };
        // Even the right password does not help any more (§3.5).
        if state.credentials.locked.contains(&account) {
            return Identity::Refused(self.captcha(conditions));
        }
        let record = state.account(account);
        let may_log_in = record.active && record.life == Life::Present;
        if may_log_in && state.credentials.password_matches(account, &record.name, &password) {
            state.credentials.succeed(account);
            return Identity::Known(account);
        }
        state.credentials.fail(account);
        Identity::Refused(self.unauthorised(Some("AUTHENTICATED_FAILED")))
    }

    /// A token that is wrong, expired or revoked is served as anonymous where anonymous access is on (§3.2).
    fn bearer(&self, secret: &str, conditions: &Conditions, state: &State, now: i64) -> Identity {
        let look = if conditions.faults.tokens_expired {
            TokenLook::Bad
        } else {
            state.credentials.token(secret, now)
        };
        match look {
            TokenLook::Good(account) if state.account(account).active => Identity::Known(account),
            _ if conditions.switches.anonymous_access => Identity::Anonymous,
            _ if conditions.switches.anonymous_refusal == 401 => Identity::Refused(self.unauthorised(None)),
            _ => Identity::Refused(Reply::html(conditions.switches.anonymous_refusal, "Forbidden")),
        }
    }

    /// 401 with HTML (§2.3), and the reason in a header (§3.5).
    pub(crate) fn unauthorised(&self, reason: Option<&str>) -> Reply {
        let reply = Reply::html(401, "Unauthorized").with(
            "WWW-Authenticate",
            format!("OAuth realm=\"{}\"", percent_encoding::percent_encode(self.base_url.as_bytes(), HEADER)),
        );
        match reason {
            Some(reason) => reply.with("X-Seraph-LoginReason", reason),
            None => reply,
        }
    }

    /// Locked behind a CAPTCHA: both forms of observation o060 occur.
    pub(crate) fn captcha(&self, conditions: &Conditions) -> Reply {
        match conditions.switches.captcha_answer {
            CaptchaAnswer::Status401 => self.unauthorised(Some("AUTHENTICATION_DENIED")),
            CaptchaAnswer::Status403 => Reply::html(403, "Forbidden").with(
                "X-Authentication-Denied-Reason",
                format!("CAPTCHA_CHALLENGE; login-url={}/login.action", self.base_url),
            ),
        }
    }

    /// The name behind the credentials without any consequence, for the journal of requests that are cut.
    pub(crate) fn peek(request: &Request, state: &State) -> Option<String> {
        let header = request.header("authorization").unwrap_or_default();
        let (scheme, value) = header.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("basic") {
            return decode_basic(value.trim()).map(|(name, _)| name);
        }
        match state.credentials.token(value.trim(), i64::MIN) {
            TokenLook::Good(account) => Some(state.account(account).name.to_string()),
            TokenLook::Bad => None,
        }
    }
}

/// Headers of an answer to a known caller (§3.5, O).
pub(crate) fn signed_in(reply: Reply, name: &str) -> Reply {
    reply
        .with("X-AUSERNAME", utf8_percent_encode(name, HEADER).to_string())
        .with("X-Seraph-LoginReason", "OK")
}

fn decode_basic(value: &str) -> Option<(String, String)> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(value).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn session_of(request: &Request, state: &State) -> Option<AccountId> {
    let cookies = request.header("cookie")?;
    cookies.split(';').filter_map(|cookie| cookie.trim().split_once('=')).find_map(|(name, value)| {
        matches!(name, "JSESSIONID" | "seraph.confluence").then(|| state.credentials.session(value)).flatten()
    })
}
