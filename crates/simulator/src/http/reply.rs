//! An answer before it goes out.

use serde::Serialize;
use serde_json::json;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) kind: Kind,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The request changed the state of the site.
    pub(crate) effect: bool,
}

/// Media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Xml,
    Html,
    None,
}

impl Reply {
    fn new(status: u16, kind: Kind, body: Vec<u8>) -> Self {
        Self { status, kind, body, headers: Vec::new(), effect: false }
    }

    pub(crate) fn json(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new(status, Kind::Json, body),
            Err(error) => Self::html(500, &error.to_string()),
        }
    }

    pub(crate) fn ok(value: &impl Serialize) -> Self {
        Self::json(200, value)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, Kind::None, Vec::new())
    }

    /// 204, and whether anything changed.
    pub(crate) fn done(effect: bool) -> Self {
        Self { effect, ..Self::empty(204) }
    }

    pub(crate) fn html(status: u16, text: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
        );
        Self::new(status, Kind::Html, page.into_bytes())
    }

    pub(crate) fn xml(status: u16, text: String) -> Self {
        Self::new(status, Kind::Xml, text.into_bytes())
    }

    /// The error body of newer servers (§2.3, o018): `data.allowedInReadOnlyMode` and `reason`.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        let reason = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            402 => "Payment Required",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            409 => "Conflict",
            415 => "Unsupported Media Type",
            429 => "Too Many Requests",
            _ => "Internal Server Error",
        };
        let data = json!({
            "authorized": !matches!(status, 401 | 403),
            "valid": status != 400,
            "allowedInReadOnlyMode": true,
            "errors": [],
            "successful": false,
        });
        Self::json(status, &json!({"statusCode": status, "data": data, "message": message, "reason": reason}))
    }

    /// 403 as captured (§2.3).
    pub(crate) fn not_permitted() -> Self {
        Self::error(403, "com.atlassian.confluence.api.service.exceptions.PermissionException: Not permitted")
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub(crate) fn changed(mut self) -> Self {
        self.effect = true;
        self
    }
}
