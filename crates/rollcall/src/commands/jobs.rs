//! `rollcall jobs …`

use crate::app::App;
use crate::cli::Jobs;
use crate::exit::Exit;
use crate::output;
use anyhow::Context;
use rollcall_engine::{JobId, JobQuery, JobState, JobView};
use rollcall_report::{Cell, Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: Jobs) -> anyhow::Result<Exit> {
    match command {
        Jobs::List { limit, open, policy, site } => {
            let states = if open { vec![JobState::Queued, JobState::Running] } else { Vec::new() };
            let query = JobQuery { states, policy, site, limit: Some(limit), ..JobQuery::default() };
            list(app, &query).await?;
        }
        Jobs::Show { job } => show(app, &app.engine.job(&app.operator, &JobId::from(job)).await?)?,
        Jobs::Cancel { job, why } => {
            let why = why.as_deref().unwrap_or("no reason given");
            let view = app.engine.cancel_job(&app.operator, &JobId::from(job), why).await?;
            let words = if view.state.is_over() { "is cancelled" } else { "ends before its next item" };
            eprintln!("Job {} {words}.", view.id);
        }
    }
    Ok(Exit::Done)
}

async fn list(app: &App, query: &JobQuery) -> anyhow::Result<()> {
    let columns = [
        ("id", ColumnKind::Code),
        ("kind", ColumnKind::Code),
        ("state", ColumnKind::Code),
        ("ended", ColumnKind::Code),
        ("site", ColumnKind::Text),
        ("policy", ColumnKind::Text),
        ("due", ColumnKind::Instant),
        ("by", ColumnKind::Text),
        ("note", ColumnKind::Prose),
    ];
    let mut listing = Table::new("jobs", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for job in app.engine.jobs(&app.operator, query).await? {
        listing.rows.push(vec![
            job.id.as_str().into(),
            job.task.kind().as_str().into(),
            job.state.as_str().into(),
            ended(&job)?,
            job.site.as_ref().map_or(Cell::Empty, |site| site.as_str().into()),
            job.policy.clone().into(),
            job.due_at.into(),
            job.asked_by.as_str().into(),
            words(&job).into(),
        ]);
    }
    output::table(app.format, &listing)
}

fn show(app: &App, job: &JobView) -> anyhow::Result<()> {
    let instant = |at: Option<jiff::Timestamp>| at.map_or(Cell::Empty, Cell::Instant);
    let result = job.result.as_ref();
    let plans =
        result.map(|r| r.plans.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap_or_default();
    let task = serde_json::to_value(&job.task).context("the job cannot be shown")?;
    output::properties(
        app.format,
        "job",
        vec![
            ("id", job.id.as_str().into()),
            ("task", Cell::Data { text: task.to_string(), json: task }),
            ("state", job.state.as_str().into()),
            ("ended", ended(job)?),
            ("site", job.site.as_ref().map_or(Cell::Empty, |site| site.as_str().into())),
            ("policy", job.policy.clone().into()),
            ("tick", instant(job.tick)),
            ("due", job.due_at.into()),
            ("waitsForFreeze", job.is_frozen.into()),
            ("attempts", job.attempts.into()),
            ("by", job.asked_by.as_str().into()),
            ("created", job.created_at.into()),
            ("started", instant(job.started_at)),
            ("finished", instant(job.finished_at)),
            (
                "snapshot",
                result.and_then(|r| r.snapshot.as_ref()).map_or(Cell::Empty, |id| id.as_str().into()),
            ),
            ("plans", Cell::List(plans)),
            ("run", result.and_then(|r| r.run.as_ref()).map_or(Cell::Empty, |id| id.as_str().into())),
            ("error", job.error.as_ref().map_or(Cell::Empty, |error| error.code.as_str().into())),
            ("message", job.error.as_ref().map_or(Cell::Empty, |error| error.message.as_str().into())),
            ("note", job.note.clone().into()),
        ],
    )
}

fn ended(job: &JobView) -> anyhow::Result<Cell> {
    let Some(result) = &job.result else { return Ok(Cell::Empty) };
    let word = serde_json::to_value(result.ended).context("the job cannot be shown")?;
    Ok(word.as_str().map_or(Cell::Empty, Into::into))
}

/// What there is to say: what went wrong, else the note.
fn words(job: &JobView) -> Option<String> {
    job.error.as_ref().map(|error| error.message.clone()).or_else(|| job.note.clone())
}
