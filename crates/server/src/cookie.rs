//! The cookies of the server: read and written in one place. Over an encrypted way their names begin with `__Host-`, so that no
//! other host of the domain and nobody on an unencrypted way can plant one.

use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// When a browser sends a cookie along with a request that another site caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SameSite {
    /// Never.
    Strict,
    /// Only when it goes there itself, by a link or a redirect: the way back from a provider is one.
    Lax,
}

/// The cookie of a session.
pub(crate) const fn session_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-rollcall" } else { "rollcall" }
}

/// The cookie of a sign-in that is under way at a provider.
pub(crate) const fn sign_on_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-rollcall-sign-on" } else { "rollcall-sign-on" }
}

/// The value of a cookie. Where there are two of that name, nobody can tell which is ours, and none counts.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(given, _)| *given == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Some(value.to_owned().into()),
        _ => None,
    }
}

/// A header that sets a cookie.
pub(crate) fn set(
    name: &str,
    value: &SecretString,
    is_secure: bool,
    same_site: SameSite,
    lasts: Duration,
) -> Option<HeaderValue> {
    let (secure, same_site) = (if is_secure { "; Secure" } else { "" }, same_site.word());
    let value = value.expose_secret();
    let lasts = lasts.as_secs();
    let text = format!("{name}={value}; Path=/; HttpOnly{secure}; SameSite={same_site}; Max-Age={lasts}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// A header that removes a cookie.
pub(crate) fn forget(name: &str, is_secure: bool) -> Option<HeaderValue> {
    set(name, &String::new().into(), is_secure, SameSite::Strict, Duration::ZERO)
}

impl SameSite {
    const fn word(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_only_if_it_is_the_only_one() {
        let read = |cookies: &[&'static str], name| {
            let mut headers = HeaderMap::new();
            for cookie in cookies {
                headers.append(header::COOKIE, HeaderValue::from_static(cookie));
            }
            super::read(&headers, name).map(|value| value.expose_secret().to_owned())
        };
        assert_eq!(read(&["a=1; rollcall=x; b=2"], "rollcall").as_deref(), Some("x"));
        assert_eq!(read(&["a=1", "rollcall=x"], "rollcall").as_deref(), Some("x"));
        for none in [
            &["xrollcall=x"][..],
            &["rollcall=x; rollcall=y"],
            &["rollcall=x", "rollcall=y"],
            &["rollcall="],
            &["rollcall"],
            &[],
        ] {
            assert_eq!(read(none, "rollcall"), None, "{none:?}");
        }
        assert_eq!(read(&["rollcall=x"], "__Host-rollcall"), None);
    }

    #[test]
    fn a_cookie_is_for_no_script_and_over_tls_for_no_other_host() {
        let hour = Duration::from_hours(1);
        let text = |secure| {
            set(session_name(secure), &"x".into(), secure, SameSite::Strict, hour)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(text(true), "__Host-rollcall=x; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=3600");
        assert_eq!(text(false), "rollcall=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600");
        assert!(set("a", &"x\r\ny".into(), true, SameSite::Lax, hour).is_none());
    }
}
