//! `rollcall docs`: the documents that are generated from the code.

use crate::cli::Cli;
use crate::exit::Exit;
use anyhow::Context;
use clap::CommandFactory;
use std::fmt::Write as _;
use std::path::Path;

/// Each generated document: its name and its text.
fn generated() -> anyhow::Result<Vec<(&'static str, String)>> {
    let schema = serde_json::to_string_pretty(&rollcall_planner::policy_schema())?;
    let api = rollcall_server::openapi().to_pretty_json()?;
    Ok(vec![
        ("cli.md", reference()),
        ("openapi.json", format!("{api}\n")),
        ("policy.schema.json", format!("{schema}\n")),
    ])
}

pub(crate) fn run(folder: &Path) -> anyhow::Result<Exit> {
    for (name, text) in generated()? {
        let file = folder.join(name);
        std::fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        eprintln!("{}", file.display());
    }
    Ok(Exit::Done)
}

/// The command line reference: every command with its help, as it prints it.
fn reference() -> String {
    let mut out = String::from(
        "# Command line\n\nGenerated from the program (`make docs`). Exit codes: 0 done · 1 failed · 2 wrong usage or invalid policy · \
         3 done with some items refused or failed · 4 stopped by a limit or awaiting approval.\n",
    );
    let mut command = Cli::command().term_width(100);
    command.build();
    describe(&mut out, &mut command, "rollcall");
    out
}

fn describe(out: &mut String, command: &mut clap::Command, path: &str) {
    let help = command.clone().term_width(100).render_long_help().to_string();
    let help = help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let _ = write!(out, "\n## `{path}`\n\n```text\n{}\n```\n", help.trim_end());
    for sub in command.get_subcommands_mut() {
        if !sub.is_hide_set() && sub.get_name() != "help" {
            let path = format!("{path} {}", sub.get_name());
            describe(out, sub, &path);
        }
    }
}
