//! A request taken apart.

use hyper::HeaderMap;
use hyper::body::Bytes;
use percent_encoding::percent_decode_str;

use super::Reply;

/// A request as received.
pub(crate) struct Request {
    pub(crate) method: String,
    /// As sent, still percent-encoded.
    pub(crate) raw_path: String,
    pub(crate) raw_query: String,
    /// Path segments below the context path, decoded; a trailing slash leaves none.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn new(parts: &hyper::http::request::Parts, body: Bytes, context_path: &str) -> Self {
        let raw_path = parts.uri.path().to_owned();
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let below = raw_path.strip_prefix(context_path).unwrap_or("");
        let segments = below
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let query = pairs(&raw_query);
        Self {
            method: parts.method.to_string(),
            raw_path,
            raw_query,
            segments,
            query,
            headers: parts.headers.clone(),
            body,
        }
    }

    pub(crate) fn path_and_query(&self) -> String {
        if self.raw_query.is_empty() {
            self.raw_path.clone()
        } else {
            format!("{}?{}", self.raw_path, self.raw_query)
        }
    }

    /// The first query parameter of this name.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Names listed in `expand`.
    pub(crate) fn expands(&self, name: &str) -> bool {
        self.query
            .iter()
            .filter(|(key, _)| key == "expand")
            .any(|(_, value)| value.split(',').any(|part| part.trim() == name))
    }

    pub(crate) fn accepts_json(&self) -> bool {
        self.header("accept").is_some_and(|accept| accept.contains("application/json"))
    }

    /// The body as JSON: 415 without a JSON content type (o015), 400 if it is none.
    pub(crate) fn json(&self) -> Result<serde_json::Value, Reply> {
        let is_json =
            self.header("content-type").is_some_and(|kind| kind.trim_start().starts_with("application/json"));
        if !is_json {
            return Err(Reply::error(415, "HTTP 415 Unsupported Media Type"));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Reply::error(400, &format!("Unable to parse the body: {error}")))
    }

    /// Name and value pairs of a form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }
}

/// `a=1&b=2` taken apart; `+` is a space here, unlike in paths.
fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}
