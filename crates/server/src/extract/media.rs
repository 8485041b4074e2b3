//! What a body says it is.

use crate::problem::{Code, Part, Problem};
use http::{HeaderMap, header};

/// Which of the known media types the body has, in UTF-8.
pub(crate) fn media_type<'k>(headers: &HeaderMap, known: &[&'k str]) -> Result<&'k str, Problem> {
    let wrong = |found: &str| {
        let known: Vec<_> = known.iter().map(|kind| format!("`{kind}`")).collect();
        let detail = format!("send the body as `Content-Type` {} in UTF-8{found}", known.join(" or "));
        Err(Problem::at(Code::UnsupportedMediaType, Part::Header, "content-type", detail))
    };
    let Some(given) = headers.get(header::CONTENT_TYPE) else { return wrong("") };
    let given = given.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = given.split(';').map(str::trim);
    let named = parts.next();
    let Some(kind) = known.iter().find(|kind| Some(**kind) == named) else { return wrong("") };
    let charset =
        parts.find_map(|part| part.strip_prefix("charset=")).map(|charset| charset.trim_matches('"'));
    match charset {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(*kind),
        Some(_) => wrong("; another charset is not read"),
    }
}

/// A body is read as it is.
pub(super) fn is_plain(headers: &HeaderMap) -> Result<(), Problem> {
    let mut given = headers.get_all(header::CONTENT_ENCODING).iter();
    if given.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    let detail = "send the body as it is: no `Content-Encoding` is read here";
    Err(Problem::at(Code::UnsupportedMediaType, Part::Header, "content-encoding", detail))
}
