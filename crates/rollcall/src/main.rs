//! Rollcall: the program. Command line, configuration and wiring; every use case is in the room `engine`.

mod app;
mod cli;
mod commands;
mod data;
mod exit;
mod outlets;
mod output;
mod progress;
mod secrets;
mod server_settings;
mod settings;
mod sign_on;

use exit::Exit;
use rollcall_engine::EngineError;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Of each thread: as much as the first one has. What a job does is a deep call, above all where nothing is optimised.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let cli = cli::Cli::read();
    log(cli.verbose);
    // Only fails if a provider was installed before; nothing before this line could have.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                eprintln!("Error: the system gives no threads: {error}");
                return Exit::Failed.into();
            }
        };
    match runtime.block_on(commands::run(cli)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let words = words(&error);
            // The picture of a criterion begins with the word itself.
            eprintln!("Error: {}", words.strip_prefix("error: ").unwrap_or(&words));
            let mut ours = error.chain().filter_map(|e| e.downcast_ref::<EngineError>());
            ours.next().map_or(Exit::Failed, exit_of).into()
        }
    }
}

fn exit_of(error: &EngineError) -> Exit {
    if error.is_held() {
        Exit::Held
    } else if error.is_usage() {
        Exit::Usage
    } else {
        Exit::Failed
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
        // Of other people's crates nothing: what matters of it is in our own messages.
        0 => "rollcall=error",
        1 => "rollcall=info,warn",
        _ => "rollcall=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let is_terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal && std::env::var_os("NO_COLOR").is_none())
        .with_target(false)
        .init();
}
