//! Somebody who asks a simulated site questions over HTTP.

use std::path::PathBuf;

use reqwest::{Client, Method, StatusCode};
use rollcall_simulator::{Options, Simulator};
use serde_json::Value;

pub(crate) struct Visitor {
    pub(crate) site: Simulator,
    pub(crate) client: Client,
}

/// An answer as far as tests look at it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// One field of each result of a page.
    pub(crate) fn column(&self, field: &str) -> Vec<String> {
        let page = self.json();
        let results = page["results"].as_array().unwrap_or_else(|| panic!("no page: {page}"));
        results.iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A client that neither follows redirects nor pools what faults have cut.
pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client")
}

/// A file of the reference material, or `None` (said aloud) where it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: {} is absent", file.display());
    None
}

pub(crate) fn shared_json(path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(shared(path)?).expect("readable");
    Some(serde_json::from_str(&text).expect("JSON"))
}

impl Visitor {
    pub(crate) async fn of(options: Options) -> Self {
        Self { site: Simulator::start(options).await.expect("the site starts"), client: client() }
    }

    pub(crate) async fn small() -> Self {
        Self::of(Options::small()).await
    }

    pub(crate) async fn version(version: &str) -> Self {
        Self::of(Options::small().version(version)).await
    }

    /// As the administrator, by token.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send_with(method, path, body, &[("authorization", &format!("Bearer {}", self.site.token()))])
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub(crate) async fn put(&self, path: &str) -> u16 {
        self.send("PUT", path, None).await.status
    }

    pub(crate) async fn delete(&self, path: &str) -> u16 {
        self.send("DELETE", path, None).await.status
    }

    pub(crate) async fn anonymously(&self, method: &str, path: &str) -> Answer {
        self.send_with(method, path, None, &[]).await
    }

    /// By Basic authentication.
    pub(crate) async fn get_as(&self, name: &str, password: &str, path: &str) -> Answer {
        self.send_as(name, password, "GET", path, None).await
    }

    pub(crate) async fn send_as(
        &self,
        name: &str,
        password: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        use base64::Engine;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        self.send_with(method, path, body, &[("authorization", &format!("Basic {pair}"))]).await
    }

    pub(crate) async fn send_with(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.try_send(method, path, body, headers)
            .await
            .unwrap_or_else(|error| panic!("{method} {path}: {error:?}"))
    }

    /// May end without an answer.
    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}{path}", self.site.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer { status: StatusCode::as_u16(&status), headers, text: response.text().await? })
    }

    /// As the administrator; `None`: the connection ended without an answer.
    pub(crate) async fn try_put(&self, path: &str) -> Option<u16> {
        let token = format!("Bearer {}", self.site.token());
        let answer = self.try_send("PUT", path, None, &[("authorization", &token)]).await;
        answer.ok().map(|answer| answer.status)
    }

    pub(crate) fn status_of(&self, name: &str) -> String {
        self.site.with_state(|state| state.account_view(name).expect("an account").status)
    }

    pub(crate) fn groups_of(&self, name: &str) -> Vec<String> {
        self.site.with_state(|state| state.account_view(name).expect("an account").groups)
    }

    /// Every row of a paged resource, by `start`.
    pub(crate) async fn all(&self, path: &str, field: &str) -> Vec<String> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut found = Vec::new();
        loop {
            let page = self.get(&format!("{path}{joint}limit=200&start={}", found.len())).await;
            assert_eq!(page.status, 200, "{}", page.text);
            let rows = page.column(field);
            if rows.is_empty() {
                return found;
            }
            found.extend(rows);
        }
    }
}
