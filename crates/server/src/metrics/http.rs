//! How many requests there were, and how long they took, by route.

use crate::state::Api;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Seconds.
const BUCKETS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

pub(super) type Labels = Vec<(&'static str, String)>;

/// The counters of this server.
#[derive(Debug, Clone)]
pub(crate) struct HttpMetrics {
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
}

impl Default for HttpMetrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
        }
    }
}

impl HttpMetrics {
    /// Counts a request that was answered.
    pub(super) fn seen(&self, method: &'static str, route: &str, status: u16, seconds: f64) {
        let labels = vec![("method", method.to_owned()), ("route", route.to_owned())];
        self.seconds.get_or_create(&labels).observe(seconds);
        let status = ("status", status.to_string());
        self.requests.get_or_create(&labels.into_iter().chain([status]).collect()).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("rollcall_http_requests", "Requests that were answered", self.requests.clone());
        registry.register_with_unit(
            "rollcall_http_request_duration",
            "From the head of a request to the head of its answer",
            Unit::Seconds,
            self.seconds.clone(),
        );
    }
}

/// The layer. Routes are those of the router, not what callers wrote.
pub(crate) async fn layer(State(api): State<Api>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "none".to_owned());
    let method = method(request.method());
    let began = tokio::time::Instant::now();
    let response = next.run(request).await;
    api.metrics().seen(method, &route, response.status().as_u16(), began.elapsed().as_secs_f64());
    response
}

/// Callers may make methods up.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
