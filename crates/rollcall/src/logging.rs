//! Logs: on standard error, as lines for people or as one JSON object each for programs. Spans carry which request, job, run and site an event
//! belongs to.
//!
//! What a site or a caller wrote may stand in an event. In JSON it is escaped; in text a control character is replaced, so that nobody
//! forges a line or speaks to the terminal. No secret is ever an event: secret types print as nothing.

use clap::ValueEnum;
use std::io::{IsTerminal, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For reading.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Logging {
    /// The number of `-v`.
    pub verbose: u8,
    /// As given; else text, and JSON for a service whose standard error is no terminal.
    pub format: Option<LogFormat>,
    /// Runs until it is told to stop.
    pub is_service: bool,
}

type Dynamic = Box<dyn Layer<Registry> + Send + Sync>;

/// Keeps what has to live as long as the process logs; dropped, it sends what is still to be sent.
#[must_use]
pub(crate) struct Logs {
    #[cfg(feature = "otel")]
    _traces: Option<crate::traces::Traces>,
}

/// Begins to log. `RUST_LOG` decides how much, else the number of `-v`.
pub(crate) fn begin(logging: Logging) -> Logs {
    let level = match (logging.verbose, logging.is_service) {
        // Of other people's crates nothing: what matters of it is in our own messages.
        (0, false) => "rollcall=error",
        (0, true) => "rollcall=info,error",
        (1, _) => "rollcall=info,warn",
        _ => "rollcall=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let is_terminal = std::io::stderr().is_terminal();
    let default = if logging.is_service && !is_terminal { LogFormat::Json } else { LogFormat::Text };
    let written: Dynamic = match logging.format.unwrap_or(default) {
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .with_writer(std::io::stderr)
            .boxed(),
        LogFormat::Text => {
            tracing_subscriber::fmt::layer().with_ansi(false).with_target(false).with_writer(Harmless).boxed()
        }
    };
    let mut layers: Vec<Dynamic> = vec![written.with_filter(filter).boxed()];
    #[cfg(feature = "otel")]
    let traces = crate::traces::Traces::begin(&mut layers);
    #[cfg(not(feature = "otel"))]
    layers.shrink_to_fit();
    tracing_subscriber::registry().with(layers).init();
    Logs {
        #[cfg(feature = "otel")]
        _traces: traces,
    }
}

/// Standard error, with nothing in a line that is more than text. An event is one write.
#[derive(Debug, Clone, Copy)]
struct Harmless;

impl<'a> MakeWriter<'a> for Harmless {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for Harmless {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().lock().write_all(harmless(event).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

fn harmless(event: &[u8]) -> String {
    let text = String::from_utf8_lossy(event);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    format!("{}\n", rollcall_model::plain(line))
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nobody_forges_a_line_or_speaks_to_the_terminal() {
        let event = harmless(b"read account mira\n2026-11-22 INFO all is well\x1b[2J\x07\n");
        assert_eq!(event.matches('\n').count(), 1);
        assert!(event.ends_with('\n') && !event.contains(['\x1b', '\x07']), "{event:?}");
        assert_eq!(harmless("über 5 Konten\n".as_bytes()), "über 5 Konten\n");
    }
}
