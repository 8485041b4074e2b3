//! Rollcall: the program. Command line, configuration and wiring; every use case is in the room `engine`.

mod app;
mod cli;
mod commands;
mod data;
mod exit;
mod farewell;
mod logging;
mod outlets;
mod output;
mod progress;
mod secrets;
mod server_settings;
mod settings;
mod settings_file;
mod sign_on;
mod supervisor;
#[cfg(feature = "otel")]
mod traces;

use exit::Exit;
use rollcall_engine::EngineError;
use std::process::ExitCode;

/// Of each thread: as much as the first one has. What a job does is a deep call, above all where nothing is optimised.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let cli = cli::Cli::read();
    // Only fails if a provider was installed before; nothing before this line could have.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let logs = logging::begin(cli.logging());
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                eprintln!("Error: the system gives no threads: {error}");
                return Exit::Failed.into();
            }
        };
    let ended = runtime.block_on(commands::run(cli));
    drop(logs);
    match ended {
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
