//! Rollcall: the program. Command line, configuration and wiring; every use case is in the room `engine`.

mod app;
mod cli;
mod commands;
mod data;
mod exit;
mod output;
mod progress;
mod secrets;
mod settings;

use clap::Parser;
use exit::Exit;
use rollcall_engine::EngineError;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    log(cli.verbose);
    // Only fails if a provider was installed before; nothing before this line could have.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("Error: the system gives no threads: {error}");
            return Exit::Failed.into();
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("Error: {}", words(&error));
            let is_usage =
                error.chain().any(|e| e.downcast_ref::<EngineError>().is_some_and(EngineError::is_usage));
            let is_held =
                error.chain().any(|e| matches!(e.downcast_ref(), Some(EngineError::Refused { .. })));
            (if is_held {
                Exit::Held
            } else if is_usage {
                Exit::Usage
            } else {
                Exit::Failed
            })
            .into()
        }
    }
}

/// The message with its causes, each once, harmless to the terminal. Line breaks of a caret picture stay.
fn words(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    text.lines().map(rollcall_model::plain).collect::<Vec<_>>().join("\n")
}

/// Logs go to standard error. `RUST_LOG` decides, else the number of `-v`.
fn log(verbose: u8) {
    let level = match verbose {
        0 => "error",
        1 => "rollcall=info,warn",
        _ => "rollcall=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}
