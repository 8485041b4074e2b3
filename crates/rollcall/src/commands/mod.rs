//! What each command does: ask the engine, print what it says, choose the exit code.

mod accounts;
mod apply;
mod audit;
mod backup;
mod demo;
mod docs;
mod doctor;
mod exempt;
mod freeze;
mod jobs;
mod key;
mod list;
mod mail;
mod operators;
mod plan;
mod policy;
mod retention;
mod runs;
mod schedule;
mod serve;
mod simulate;
mod site;
mod sync;
mod template;
mod tokens;
mod webhook;

use crate::app::App;
use crate::cli::{Cli, Command};
use crate::exit::Exit;
use std::io::{BufRead, IsTerminal, Write};

/// Does what the command line says.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<Exit> {
    match &cli.command {
        Command::Simulate(args) => return simulate::run(args, cli.format).await,
        Command::Demo { accounts, seed, no_serve } => {
            return demo::run(*accounts, *seed, cli.data.as_deref(), !no_serve).await;
        }
        Command::Docs { folder } => return docs::run(folder),
        Command::Doctor => return doctor::run(&cli).await,
        Command::Restore(args) => return backup::restore(&cli, args).await,
        Command::Policy(crate::cli::Policy::Check { file }) => return policy::check(file, cli.format),
        _ => {}
    }
    let app = App::open(&cli).await?;
    match cli.command {
        Command::Site(command) => site::run(&app, command).await,
        Command::Sync { site } => sync::run(&app, &site).await,
        Command::Accounts(args) => accounts::run(&app, &args).await,
        Command::Policy(command) => policy::run(&app, command).await,
        Command::Plan(args) => plan::run(&app, args).await,
        Command::Approve { plan, comment } => plan::approve(&app, &plan, comment.as_deref()).await,
        Command::Apply { plan, yes, during_freeze } => apply::run(&app, &plan, yes, during_freeze).await,
        Command::Run { policy, site } => apply::run_policy(&app, &policy, site.as_ref()).await,
        Command::Runs(command) => runs::run(&app, command).await,
        Command::Schedule(command) => schedule::run(&app, command).await,
        Command::Freeze(command) => freeze::run(&app, command).await,
        Command::Jobs(command) => jobs::run(&app, command).await,
        Command::Audit(command) => audit::run(&app, command).await,
        Command::Exempt(command) => exempt::run(&app, command).await,
        Command::List(command) => list::run(&app, command).await,
        Command::Backup { file } => backup::back_up(&app, &file).await,
        Command::Key(command) => key::run(&app, command).await,
        Command::Retention(command) => retention::run(&app, command).await,
        Command::Operators(command) => operators::run(&app, command).await,
        Command::Tokens(command) => tokens::run(&app, command).await,
        Command::Mail(command) => mail::run(&app, command).await,
        Command::Template(command) => template::run(&app, command).await,
        Command::Webhook(command) => webhook::run(&app, command).await,
        Command::Serve { listen } => serve::run(app, listen).await,
        Command::Simulate(_)
        | Command::Demo { .. }
        | Command::Docs { .. }
        | Command::Doctor
        | Command::Restore(_) => Ok(Exit::Usage),
    }
}

/// Asks for a plain yes. Without a terminal the answer is no: an unattended command says `--yes`.
fn confirm(question: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        eprintln!("{question} Nothing was done: nobody is here to confirm. Say --yes.");
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
}

/// A text file, or standard input for `-`.
fn read_text(file: &std::path::Path) -> anyhow::Result<String> {
    use anyhow::Context;
    if file.as_os_str() == "-" {
        return std::io::read_to_string(std::io::stdin()).context("standard input cannot be read as text");
    }
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
