//! `rollcall runs …`

use super::apply::{finish, show_items};
use crate::app::App;
use crate::cli::Runs;
use crate::exit::Exit;
use crate::farewell::in_order;
use crate::output;
use crate::progress::Progress;
use anyhow::Context;
use rollcall_engine::RunView;
use rollcall_model::{ItemState, RunId};
use rollcall_report::{Cell, Column, ColumnKind, Table, report_xlsx};

pub(crate) async fn run(app: &App, command: Runs) -> anyhow::Result<Exit> {
    match command {
        Runs::List { limit } => list(app, limit).await,
        Runs::Show { run, xlsx } => {
            let report = app.engine.run_report(&app.operator, &RunId::from(run.as_str())).await?;
            if let Some(file) = xlsx {
                std::fs::write(&file, report_xlsx(&report)?)
                    .with_context(|| format!("{} cannot be written", file.display()))?;
                eprintln!("The report of run {run} was written to {}.", file.display());
                return Ok(Exit::Done);
            }
            output::report(app.format, &report)?;
            Ok(Exit::Done)
        }
        Runs::Stop { run, why } => {
            let why = why.as_deref().unwrap_or("no reason given");
            let words = if app.engine.stop(&app.operator, &RunId::from(run.as_str()), why).await? {
                "is stopped"
            } else {
                "stops before its next item"
            };
            eprintln!("Run {run} {words}. To go on with it: rollcall runs resume {run}");
            Ok(Exit::Done)
        }
        Runs::Resume { run } => {
            let (progress, show) = show_items();
            let id = RunId::from(run.as_str());
            let result = in_order(&app.engine, app.engine.resume(&app.operator, &id, show)).await;
            progress.finish();
            let (report, end) = result?;
            finish(app, &report, end).await
        }
        Runs::Undo { run, yes, during_freeze } => undo(app, &run, yes, during_freeze).await,
    }
}

async fn undo(app: &App, run: &str, yes: bool, during_freeze: bool) -> anyhow::Result<Exit> {
    let progress = Progress::new();
    let made = app
        .engine
        .plan_undo(&app.operator, &RunId::from(run), &|p| {
            progress.show(&format!("reading {}", p.what), p.done, p.of, "");
        })
        .await?;
    progress.finish();
    if !yes || made.is_awaiting || made.plan.is_blocked() {
        output::report(app.format, &app.engine.plan_report(&app.operator, &made).await?)?;
        return Ok(if made.is_awaiting || made.plan.is_blocked() { Exit::Held } else { Exit::Done });
    }
    super::apply::run(app, made.plan.id.as_str(), true, during_freeze).await
}

async fn list(app: &App, limit: u32) -> anyhow::Result<Exit> {
    let mut listing = Table::new(
        "runs",
        vec![
            Column::new("id", ColumnKind::Code),
            Column::new("state", ColumnKind::Code),
            Column::new("mode", ColumnKind::Code),
            Column::new("site", ColumnKind::Code),
            Column::new("policy", ColumnKind::Text),
            Column::new("counts", ColumnKind::Text),
            Column::new("items", ColumnKind::Number),
            Column::new("created", ColumnKind::Instant),
            Column::new("by", ColumnKind::Text),
        ],
    );
    listing.rows = app.engine.runs(&app.operator, limit).await?.iter().map(row).collect();
    output::table(app.format, &listing)?;
    Ok(Exit::Done)
}

fn row(run: &RunView) -> Vec<Cell> {
    let counts: Vec<_> = ItemState::ALL
        .into_iter()
        .map(|state| (state, run.counts.of(state)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let json = counts.iter().map(|(state, count)| (state.as_str().to_owned(), (*count).into())).collect();
    let text = counts.iter().map(|(state, count)| format!("{count} {state}")).collect::<Vec<_>>().join(", ");
    vec![
        run.id.as_str().into(),
        run.state.into(),
        run.mode.as_str().into(),
        run.site.as_str().into(),
        run.policy.clone().into(),
        Cell::Data { json: serde_json::Value::Object(json), text },
        run.counts.total().into(),
        run.created_at.into(),
        run.started_by.as_str().into(),
    ]
}
