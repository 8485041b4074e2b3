//! What the page looks like: words and one button, without a script, readable on any screen, by light and by dark.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue, StatusCode, header};
use rollcall_engine::KeepView;
use rollcall_model::plain;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Longest text of others that is shown, in characters.
const LONGEST: usize = 400;

const STYLE: &str = "\
:root { color-scheme: light dark; --page: #f7f8f9; --card: #ffffff; --ink: #172b4d; --faint: #505f79; --rule: #dcdfe4; --deed: #0c66e4; --label: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --page: #161a1d; --card: #1d2125; --ink: #dee4ea; --faint: #9fadbc; --rule: #2c333a; --deed: #579dff; --label: #1d2125; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 34rem; margin: 8vh auto 0; padding: 2rem; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.3; font-weight: 600; }
p { margin: 0 0 1rem; }
p:last-child { margin: 0; }
.faint { color: var(--faint); font-size: .875rem; }
button { display: block; margin: 1.5rem 0; padding: .75rem 1.5rem; border: 0; border-radius: 4px; background: var(--deed); color: var(--label); font: inherit; font-weight: 600; cursor: pointer; }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
@media (max-width: 30rem) { main { margin-top: 0; padding: 1.25rem; } button { width: 100%; } }
";

/// Whom to ask for what a link cannot do.
const ASK: &str = "ask whoever administers the site, or answer to the mail";

/// The page with the button.
pub(super) fn question(view: &KeepView) -> String {
    let told = format!(
        "You were told on <strong>{}</strong> about your account {}.",
        day(view.written_at),
        account(view)
    );
    let until = day(view.keep_until);
    let (title, words) = if view.is_disabled {
        let words = format!(
            "<p>{told} It is disabled now, and this page cannot enable it: {ASK}.</p>\
             <p>If you still need it, press the button as well. Nothing more is then done to it until <strong>{until}</strong>.</p>"
        );
        ("Your account is disabled", words)
    } else {
        let words = format!(
            "<p>{told}</p>\
             <p>If you still need it, press the button. It is then left as it is until <strong>{until}</strong>.</p>"
        );
        ("Do you still need this account?", words)
    };
    let button = "<form method=\"post\"><button type=\"submit\">I still need this</button></form>\
         <p class=\"faint\">If you do not need the account any more, you need not do anything.</p>";
    page(title, &format!("{words}{button}"))
}

/// What it says once the button was pressed.
pub(super) fn kept(view: &KeepView) -> String {
    let (account, until) = (account(view), day(view.keep_until));
    let (title, words) = if view.is_disabled {
        let words = format!(
            "<p>Your account {account} is disabled, and stays so until somebody enables it: {ASK}. Nothing more is done to it until <strong>{until}</strong>.</p>"
        );
        ("Noted: but your account is disabled", words)
    } else {
        let words = format!("<p>Your account {account} is left as it is until <strong>{until}</strong>.</p>");
        ("Thank you: your account is kept", words)
    };
    page(title, &format!("{words}<p class=\"faint\">You can close this page.</p>"))
}

/// The account, with its site.
fn account(view: &KeepView) -> String {
    format!(
        "<strong><bdi>{}</bdi></strong> in <bdi>{}</bdi> (<bdi>{}</bdi>)",
        escaped(&view.username),
        escaped(view.site.as_str()),
        escaped(&view.site_url),
    )
}

/// Some words and nothing to press.
pub(super) fn message(title: &str, words: &str) -> String {
    page(title, &format!("<p>{}</p>", escaped(words)))
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>\n"
    )
}

/// The answer with a policy that allows this page's own style, its one form, and nothing else.
pub(super) fn answer(status: StatusCode, page: &str) -> Response {
    static POLICY: OnceLock<HeaderValue> = OnceLock::new();
    let policy = POLICY.get_or_init(|| {
        let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        let words = format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        HeaderValue::try_from(words).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
    });
    let mut response = (status, Body::from(page.to_owned())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    // Without any, browsers would send the form as of no origin.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    response
}

/// `9 December 2026`, in UTC.
fn day(at: jiff::Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

/// Text of a site as it may stand in the page.
fn escaped(text: &str) -> String {
    let text = plain(text);
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars().take(LONGEST) {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(username: &str) -> KeepView {
        KeepView {
            site: "wiki".parse().unwrap(),
            site_url: "https://wiki.example.org".to_owned(),
            username: username.to_owned(),
            written_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            keep_until: "2027-05-21T12:00:00Z".parse().unwrap(),
            is_kept: false,
            is_disabled: false,
        }
    }

    #[test]
    fn a_page_says_what_it_is_about_and_no_name_becomes_a_part_of_it() {
        let page = question(&view("<script>alert(1)</script>\"'&\u{202e}"));
        assert!(page.contains("21 May 2027") && page.contains("22 November 2026"), "{page}");
        assert!(
            !page.contains("<script") && page.contains("&lt;script&gt;") && !page.contains('\u{202e}'),
            "{page}"
        );
        assert_eq!(page.matches("<form method=\"post\">").count(), 1);
        assert!(!kept(&view("mira")).contains("<form"), "what is done needs no button");
    }

    #[test]
    fn the_policy_of_the_page_allows_its_own_style_and_no_script() {
        let answer = answer(StatusCode::OK, &question(&view("mira")));
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert!(question(&view("mira")).contains(&format!("<style>{STYLE}</style>")));
    }
}
