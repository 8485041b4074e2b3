//! Traces over OpenTelemetry (feature `otel`): the spans of the logs, sent to a collector by OTLP over HTTP.
//!
//! Sent only where `OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) names a collector; the other variables of the OpenTelemetry specification
//! (headers, time-out, sampler, resource attributes) are obeyed as well. What is in a span is what is in the logs: no secrets, no names of people.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::{Layer, Registry};

/// The traces of this process; dropped, it sends what is still to be sent.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Adds the layer that makes spans into traces, if a collector is named.
    pub(crate) fn begin(layers: &mut Vec<Box<dyn Layer<Registry> + Send + Sync>>) -> Option<Self> {
        let named = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
        if !named.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())) {
            return None;
        }
        let exporter = match SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build() {
            Ok(exporter) => exporter,
            Err(error) => {
                eprintln!("No traces are sent: {error}. Check OTEL_EXPORTER_OTLP_ENDPOINT");
                return None;
            }
        };
        let resource = Resource::builder().with_service_name("rollcall").build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("rollcall"));
        layers.push(layer.with_filter(LevelFilter::INFO).boxed());
        Some(Self(provider))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            eprintln!("Some traces were not sent: {error}");
        }
    }
}
