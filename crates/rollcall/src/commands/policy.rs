//! `rollcall policy …`

use super::read_text;
use crate::app::App;
use crate::cli::{Format, Policy as Command};
use crate::exit::Exit;
use crate::output;
use rollcall_engine::{Loaded, PolicyState, read_policies};
use rollcall_planner::{Policy, write_policies};
use rollcall_report::{Cell, Column, ColumnKind, Table};
use std::path::Path;

pub(crate) async fn run(app: &App, command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Check { file } => check(&file, app.format),
        Command::Load { file } => load(app, &file).await,
        Command::Export { policies } => export(app, &policies).await,
        Command::List => list(app).await,
        Command::Enable { policy, live } => {
            let to = if live { PolicyState::Live } else { PolicyState::Test };
            app.engine.switch_policy(&app.operator, &policy, to, None).await?;
            let words = if live {
                "live: it changes accounts from now on"
            } else {
                "on in test mode: it changes nothing"
            };
            eprintln!("{policy} is {words}.");
            Ok(Exit::Done)
        }
        Command::Disable { policy } => {
            app.engine.switch_policy(&app.operator, &policy, PolicyState::Off, None).await?;
            eprintln!("{policy} is off.");
            Ok(Exit::Done)
        }
    }
}

/// Reads a file; what is wrong with it goes to standard error, each problem with its place.
fn read(file: &Path) -> anyhow::Result<Option<Vec<Policy>>> {
    match read_policies(&read_text(file)?) {
        Ok(policies) => Ok(Some(policies)),
        Err(error) => {
            eprintln!(
                "Error: {} has faults, and nothing of it is kept:\n{}",
                file.display(),
                error.to_string().trim_end()
            );
            Ok(None)
        }
    }
}

pub(crate) fn check(file: &Path, format: Format) -> anyhow::Result<Exit> {
    let Some(policies) = read(file)? else { return Ok(Exit::Usage) };
    let mut listing = Table::new(
        "policies",
        vec![
            Column::new("name", ColumnKind::Code),
            Column::new("sites", ColumnKind::Code),
            Column::new("who", ColumnKind::Prose),
            Column::new("what", ColumnKind::Prose),
            Column::new("when", ColumnKind::Prose),
        ],
    );
    for policy in &policies {
        let words = rollcall_criteria::parse(&policy.select).map(|c| rollcall_criteria::describe(&c));
        listing.rows.push(vec![
            policy.name.as_str().into(),
            sites(policy),
            words.unwrap_or_else(|_| policy.select.clone()).into(),
            Cell::List(policy.actions.iter().map(ToString::to_string).collect()),
            policy.when().into(),
        ]);
    }
    output::table(format, &listing)?;
    Ok(Exit::Done)
}

fn sites(policy: &Policy) -> Cell {
    Cell::List(policy.sites.iter().map(ToString::to_string).collect())
}

/// Says so where a policy wishes for mail that cannot be sent.
pub(crate) fn warn_of_mail(app: &App, policy: &Policy) {
    if !policy.report.to.is_empty() && !app.engine.has_mail() {
        eprintln!(
            "Warning: the report of {} is mailed to nobody, because mail is not set up in rollcall.yaml (docs/operations.md).",
            policy.name
        );
    }
}

async fn load(app: &App, file: &Path) -> anyhow::Result<Exit> {
    let Some(policies) = read(file)? else { return Ok(Exit::Usage) };
    let loaded = app.engine.load_policies(&app.operator, &policies).await?;
    for policy in &policies {
        warn_of_mail(app, policy);
    }
    let mut listing = Table::new(
        "policies",
        vec![
            Column::new("name", ColumnKind::Code),
            Column::new("loaded", ColumnKind::Text),
            Column::new("state", ColumnKind::Code),
        ],
    );
    for policy in &loaded {
        let word = match policy.loaded {
            Loaded::New => "new",
            Loaded::Changed => "changed",
            Loaded::Unchanged => "unchanged",
        };
        listing.rows.push(vec![policy.name.as_str().into(), word.into(), policy.state.as_str().into()]);
    }
    output::table(app.format, &listing)?;
    Ok(Exit::Done)
}

async fn export(app: &App, names: &[String]) -> anyhow::Result<Exit> {
    let mut policies = Vec::new();
    if names.is_empty() {
        policies.extend(app.engine.policies(&app.operator).await?.into_iter().map(|view| view.policy));
    }
    for name in names {
        policies.push(app.engine.policy(&app.operator, name).await?.0);
    }
    match app.format {
        Format::Json => output::text(&format!(
            "{}\n",
            serde_json::to_string_pretty(&serde_json::json!({ "policies": policies }))?
        ))?,
        Format::Table | Format::Csv => output::text(&write_policies(&policies))?,
    }
    Ok(Exit::Done)
}

async fn list(app: &App) -> anyhow::Result<Exit> {
    let mut listing = Table::new(
        "policies",
        vec![
            Column::new("name", ColumnKind::Code),
            Column::new("state", ColumnKind::Code),
            Column::new("sites", ColumnKind::Code),
            Column::new("actions", ColumnKind::Prose),
            Column::new("tested", ColumnKind::Instant),
            Column::new("schedule", ColumnKind::Prose),
            Column::new("description", ColumnKind::Prose),
        ],
    );
    for view in app.engine.policies(&app.operator).await? {
        let policy = &view.policy;
        listing.rows.push(vec![
            policy.name.as_str().into(),
            view.state.as_str().into(),
            sites(policy),
            Cell::List(policy.actions.iter().map(ToString::to_string).collect()),
            view.tested_at.into(),
            policy.when().into(),
            policy.description.as_str().into(),
        ]);
    }
    output::table(app.format, &listing)?;
    Ok(Exit::Done)
}
