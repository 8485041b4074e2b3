//! An answer of a site, and what it means whatever the product: refused, elsewhere, a web page, cut.

use super::trouble::Trouble;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, LOCATION, RETRY_AFTER};
use rollcall_model::plain;
use rollcall_site::SiteError;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Larger answers are not a site's: a page of 500 people is below 1 MiB.
const LARGEST_BODY: usize = 64 << 20;
/// A message of a site is cut to this many characters before it is shown.
const LONGEST_MESSAGE: usize = 300;

/// Status, headers and body, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
    /// What was asked, without its query.
    url: String,
}

/// JSON that is not what it should be.
pub(crate) struct Flaw {
    /// It ends early or is no JSON: asking again may help.
    pub(crate) may_be_cut: bool,
    /// What to report.
    pub(crate) error: SiteError,
}

/// What the headers say of the rate at which the site may be asked (`confluence-data-center.md §9`).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Limits {
    /// Size of the bucket.
    pub(crate) limit: Option<f64>,
    /// Tokens left; not always exact.
    pub(crate) remaining: Option<f64>,
    /// Tokens added in one interval.
    pub(crate) fill: Option<f64>,
    /// Length of the interval in seconds.
    pub(crate) interval: Option<f64>,
    /// Seconds to wait.
    pub(crate) retry_after: Option<u64>,
    /// The answer was a 429.
    pub(crate) throttled: bool,
}

impl Answer {
    /// Sends the request and reads the whole answer, up to a bound.
    pub(super) async fn receive(request: reqwest::RequestBuilder, url: &str) -> Result<Self, Trouble> {
        let mut response = request.send().await.map_err(|e| Trouble::of(e, url))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| Trouble::of(e, url))? {
            if body.len() + chunk.len() > LARGEST_BODY {
                return Err(Trouble::TooLarge { limit: LARGEST_BODY });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, headers, body, url: url.split('?').next().unwrap_or_default().to_owned() })
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whom the site took us for: `Some(true)` = somebody, `Some(false)` = nobody (§3.2), `None` = it does not say.
    pub(crate) fn names_us(&self) -> Option<bool> {
        self.header("X-AUSERNAME").map(|name| !name.is_empty() && !name.eq_ignore_ascii_case("anonymous"))
    }

    /// Why the credentials were refused, if they were. Both spellings of a CAPTCHA lock (§3.5, o060), a token that is served as
    /// anonymous (§3.2), and an empty 200 with a failed login (o042) count; a 401 to somebody who *is* signed in does not.
    pub(super) fn refuses_credentials(&self, with_token: bool) -> Option<String> {
        let login = self.header("X-Seraph-LoginReason").unwrap_or_default();
        let denied = self.header("X-Authentication-Denied-Reason").unwrap_or_default();
        if login.contains("AUTHENTICATION_DENIED") || denied.starts_with("CAPTCHA_CHALLENGE") {
            return Some(
                "too many failed sign-ins: it now asks for a CAPTCHA. Sign in once in the browser with the account that Rollcall uses and solve it, then check the password. Rollcall stopped after one refusal"
                    .to_owned(),
            );
        }
        let is_signed_in = login.trim() == "OK" || self.names_us() == Some(true);
        let is_refused =
            login.contains("AUTHENTICATED_FAILED") || self.names_us() == Some(false) || self.status == 401;
        if !is_refused || is_signed_in {
            return None;
        }
        Some(if with_token {
            "the access token is wrong, expired or revoked. Create a new one in the profile of the account that Rollcall uses, and give it to this site: by `Replace credentials` on the site's page, or by `rollcall site set NAME --token-file FILE`".to_owned()
        } else {
            "user name or password is wrong, or the site does not accept passwords over its API. Rollcall does not try a password twice, because three failures lock the account".to_owned()
        })
    }

    /// The answer, unless it sends us somewhere else or is a web page where data should be.
    pub(crate) fn not_from_elsewhere(self, is_write: bool) -> Result<Self, SiteError> {
        if (300..400).contains(&self.status) && self.status != 304 {
            return Err(self.redirect());
        }
        if (200..300).contains(&self.status) && self.is_web_page() {
            if is_write {
                return Err(SiteError::Unanswered {
                    may_have_taken_effect: true,
                    reason: format!("{} answered a change with a web page", plain(&self.url)),
                });
            }
            let text = self.text().to_ascii_lowercase();
            let reason = if ["os_username", "loginform", "login.action", "type=\"password\""]
                .iter()
                .any(|sign| text.contains(sign))
            {
                "a login page came back. A sign-on service may stand before the site: let the API through it, and use a personal access token"
            } else {
                "a web page came back instead of data. Check the address, above all the context path (such as /confluence or /wiki), and that no proxy or portal answers in place of the site"
            };
            return Err(self.not_a_site(reason));
        }
        Ok(self)
    }

    fn redirect(&self) -> SiteError {
        let location = self.headers.get(LOCATION).and_then(|l| l.to_str().ok()).unwrap_or_default();
        let target = url::Url::parse(&self.url).ok().and_then(|here| here.join(location).ok());
        let lower = location.to_ascii_lowercase();
        let shown = target.as_ref().map_or_else(
            || plain(location).into_owned(),
            |t| plain(t.as_str()).split('?').next().unwrap_or_default().to_owned(),
        );
        let shown = shown.chars().take(200).collect::<String>();
        if ["login", "signin", "sign-in", "sso", "saml", "oauth", "auth"]
            .iter()
            .any(|word| lower.contains(word))
        {
            return self.not_a_site(&format!(
                "it redirects to a login page, {shown}. Let the API through the sign-on service, or use a personal access token"
            ));
        }
        self.not_a_site(&format!(
            "it redirects to {shown}. If that is the site, give that address instead; Rollcall does not take credentials elsewhere by itself"
        ))
    }

    /// "This is not the site it should be", with the address.
    pub(crate) fn not_a_site(&self, reason: &str) -> SiteError {
        SiteError::NotASite {
            url: plain(&self.url).into_owned(),
            expected: "the API of a site".to_owned(),
            reason: reason.to_owned(),
        }
    }

    /// Whether the body is a web page rather than data.
    pub(crate) fn is_web_page(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let starts_as_markup = self.body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<');
        kind.contains("html") && !self.body.is_empty() || starts_as_markup && !kind.contains("xml")
    }

    /// What an answer that is no yes means for a reader.
    pub(crate) fn refusal(&self) -> SiteError {
        match self.status {
            401 | 403 => SiteError::Forbidden { reason: self.message() },
            404 => SiteError::NotFound { what: format!("{} ({})", plain(&self.url), self.message()) },
            500.. => SiteError::Unanswered { may_have_taken_effect: false, reason: self.message() },
            status => SiteError::Rejected { status: Some(status), reason: self.message() },
        }
    }

    /// The body as JSON of that shape.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, Flaw> {
        serde_json::from_slice(&self.body).map_err(|error| Flaw {
            may_be_cut: error.is_eof() || error.is_syntax(),
            error: SiteError::Incomplete {
                reason: format!(
                    "{} answered with JSON that cannot be read: {}",
                    plain(&self.url),
                    plain(&error.to_string())
                ),
            },
        })
    }

    /// What the site says, in both of its forms (§2.3, o018), made safe and short; else the status alone.
    pub(crate) fn message(&self) -> String {
        let said = serde_json::from_slice::<Value>(&self.body).ok().and_then(|body| said(&body));
        let said = match said {
            Some(text) => text,
            None if self.is_web_page() => return format!("status {} with a web page", self.status),
            None => self.text().into_owned(),
        };
        let said: String = plain(said.trim()).chars().take(LONGEST_MESSAGE).collect();
        if said.is_empty() {
            format!("status {}", self.status)
        } else {
            format!("status {}: {said}", self.status)
        }
    }

    /// `data.allowedInReadOnlyMode`, where the error says it (§2.3).
    pub(crate) fn allowed_in_read_only_mode(&self) -> Option<bool> {
        serde_json::from_slice::<Value>(&self.body).ok()?.get("data")?.get("allowedInReadOnlyMode")?.as_bool()
    }
}

/// The message of an error body: `message`, else the entries of `errors` or `errorMessages`, else `reason`.
fn said(body: &Value) -> Option<String> {
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).filter(|t| !t.trim().is_empty()).map(str::to_owned)
    };
    text(body.get("message"))
        // Java's class name before the text says nothing to an administrator.
        .map(|message| match message.split_once("Exception: ") {
            Some((class, rest)) if !class.contains(' ') => rest.to_owned(),
            _ => message,
        })
        .or_else(|| {
            let errors =
                body.get("errorMessages").or_else(|| body.get("data").and_then(|d| d.get("errors")))?;
            let listed: Vec<_> = errors.as_array()?.iter().filter_map(|e| text(Some(e))).collect();
            (!listed.is_empty()).then(|| listed.join("; "))
        })
        .or_else(|| text(body.get("reason")))
}

impl Limits {
    /// Reads the headers; whatever is missing or no number stays unknown.
    pub(crate) fn read(answer: &Answer) -> Self {
        let number = |name: &str| {
            answer
                .header(name)
                .and_then(|t| t.trim().parse::<f64>().ok())
                .filter(|n| n.is_finite() && *n >= 0.0)
        };
        Self {
            limit: number("X-RateLimit-Limit"),
            remaining: number("X-RateLimit-Remaining"),
            fill: number("X-RateLimit-FillRate"),
            interval: number("X-RateLimit-Interval-Seconds").filter(|seconds| *seconds > 0.0),
            retry_after: retry_after(answer),
            throttled: answer.status == 429,
        }
    }

    /// A 429 that never ends: an allowance of nothing, or a wait beyond a day (§9, o043).
    pub(crate) fn is_block(&self) -> bool {
        const DAY: u64 = 24 * 60 * 60;
        self.throttled && (self.limit == Some(0.0) || self.retry_after.is_some_and(|seconds| seconds > DAY))
    }
}

/// `Retry-After` in seconds. A number too large for 64 bits is the largest there is; a date counts from the answer's own `Date`.
fn retry_after(answer: &Answer) -> Option<u64> {
    let text = answer.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.parse().unwrap_or(u64::MAX));
    }
    let instant = |text: &str| -> Option<Timestamp> {
        jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
    };
    let then = instant(text)?;
    let now = instant(answer.headers.get(DATE)?.to_str().ok()?)?;
    Some(u64::try_from(then.duration_since(now).as_secs()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Answer {
            status,
            headers: map,
            body: body.as_bytes().to_vec(),
            url: "https://wiki.example.org/rest/x".into(),
        }
    }

    #[test]
    fn a_block_is_told_from_a_wait() {
        let block = |headers: &[(&'static str, &str)]| Limits::read(&answer(429, headers, "")).is_block();
        assert!(block(&[("x-ratelimit-limit", "0"), ("retry-after", "9223372036854775807")]));
        assert!(block(&[("retry-after", "99999999999999999999999999")]));
        assert!(!block(&[("x-ratelimit-limit", "50"), ("retry-after", "30")]));
        assert!(!block(&[]));
    }

    #[test]
    fn a_wait_given_as_a_date_counts_from_the_date_of_the_answer() {
        let a = answer(
            429,
            &[("date", "Sun, 22 Nov 2026 10:00:00 GMT"), ("retry-after", "Sun, 22 Nov 2026 10:00:42 GMT")],
            "",
        );
        assert_eq!(retry_after(&a), Some(42));
    }

    #[test]
    fn a_message_is_found_in_each_form_of_error_body_and_made_safe() {
        let captured = r#"{"statusCode": 403, "data": {"authorized": false, "errors": []},
            "message": "com.atlassian.confluence.api.service.exceptions.PermissionException: Not permitted"}"#;
        assert_eq!(answer(403, &[], captured).message(), "status 403: Not permitted");
        assert_eq!(answer(400, &[], r#"{"errorMessages":["a","b"]}"#).message(), "status 400: a; b");
        assert_eq!(answer(404, &[], r#"{"reason":"Not Found"}"#).message(), "status 404: Not Found");
        assert_eq!(answer(400, &[], "\u{1b}[2Jboom").message(), "status 400: \u{FFFD}[2Jboom");
        assert_eq!(answer(502, &[], "<html>x</html>").message(), "status 502 with a web page");
        assert!(answer(400, &[], &"x".repeat(9000)).message().len() < 400);
    }

    #[test]
    fn credentials_are_seen_to_be_refused_in_every_way_a_server_says_so() {
        let refused = |status, headers: &[(&'static str, &str)]| {
            answer(status, headers, "").refuses_credentials(true).is_some()
        };
        assert!(refused(401, &[]));
        assert!(refused(401, &[("x-seraph-loginreason", "AUTHENTICATION_DENIED")]));
        assert!(refused(403, &[("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=x")]));
        assert!(refused(200, &[("x-ausername", "anonymous")]));
        assert!(refused(200, &[("x-seraph-loginreason", "AUTHENTICATED_FAILED")]));
        assert!(!refused(401, &[("x-seraph-loginreason", "OK")]), "signed in, but not permitted");
        assert!(!refused(401, &[("x-ausername", "rollcall")]), "signed in, but not permitted");
        assert!(!refused(403, &[]));
        assert!(!refused(200, &[("x-ausername", "rollcall")]));
    }

    #[test]
    fn a_redirect_names_where_it_leads_without_its_query() {
        let login = answer(302, &[("location", "/login.action?os_destination=secret")], "");
        let text = login.not_from_elsewhere(false).unwrap_err().to_string();
        assert!(
            text.contains("login page") && text.contains("/login.action") && !text.contains("secret"),
            "{text}"
        );
        let moved = answer(301, &[("location", "https://new.example.org/wiki/rest/x")], "");
        let text = moved.not_from_elsewhere(false).unwrap_err().to_string();
        assert!(text.contains("new.example.org") && text.contains("give that address"), "{text}");
    }
}
