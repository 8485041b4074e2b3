//! `rollcall audit …`

use crate::app::App;
use crate::cli::{Audit, Format};
use crate::exit::Exit;
use crate::output;
use anyhow::Context;
use rollcall_engine::{AuditEntry, AuditHead, AuditQuery, verify_lines};
use rollcall_report::{Cell, Column, ColumnKind, Table};
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

pub(crate) async fn run(app: &App, command: Audit) -> anyhow::Result<Exit> {
    match command {
        Audit::List { limit, about, kind } => list(app, AuditQuery { kind, about, limit }).await,
        Audit::Verify { file, head } => verify(app, file.as_deref(), head.as_deref()).await,
        Audit::Export { output: Some(file) } => {
            let open =
                || File::create(&file).with_context(|| format!("{} cannot be written", file.display()));
            let count = app.engine.export_audit(&app.operator, &mut BufWriter::new(open()?)).await?;
            eprintln!("{count} entries were written to {}.", file.display());
            Ok(Exit::Done)
        }
        Audit::Export { output: None } => {
            app.engine.export_audit(&app.operator, &mut std::io::stdout()).await?;
            Ok(Exit::Done)
        }
    }
}

async fn list(app: &App, query: AuditQuery) -> anyhow::Result<Exit> {
    let entries = app.engine.audit(&app.operator, &query).await?;
    if app.format == Format::Json {
        let mut out = String::from("[");
        for (at, entry) in entries.iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.push_str(&serde_json::to_string(entry)?);
        }
        out.push_str("\n]\n");
        return output::text(&out).map(|()| Exit::Done);
    }
    let mut listing = Table::new(
        "audit log",
        vec![
            Column::new("seq", ColumnKind::Number),
            Column::new("at", ColumnKind::Instant),
            Column::new("who", ColumnKind::Text),
            Column::new("what", ColumnKind::Code),
            Column::new("why", ColumnKind::Text),
            Column::new("about", ColumnKind::Code),
        ],
    );
    listing.rows = entries.iter().map(row).collect();
    output::table(app.format, &listing)?;
    Ok(Exit::Done)
}

fn row(entry: &AuditEntry) -> Vec<Cell> {
    let subject = &entry.subject;
    let about = [
        subject.account.as_ref().map(ToString::to_string),
        subject.run.as_ref().map(ToString::to_string),
        subject.plan.as_ref().map(ToString::to_string),
        subject.policy.clone(),
        subject.snapshot.as_ref().map(ToString::to_string),
        subject.site.as_ref().map(ToString::to_string),
    ];
    vec![
        entry.seq.into(),
        entry.at.into(),
        entry.actor.as_str().into(),
        entry.kind.as_str().into(),
        entry.why.as_str().into(),
        about.into_iter().flatten().next().into(),
    ]
}

async fn verify(app: &App, file: Option<&Path>, head: Option<&str>) -> anyhow::Result<Exit> {
    let known = head.map(str::parse::<AuditHead>).transpose().context("--head")?;
    let verified = match file {
        None => app
            .engine
            .verify_audit(&app.operator, known.into_iter().collect())
            .await?
            .map_err(anyhow::Error::from),
        Some(file) => {
            let lines = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
            verify_lines(BufReader::new(lines), known).map_err(anyhow::Error::from)
        }
    };
    match verified {
        Ok(verified) => {
            output::text(&format!(
                "The audit log is whole: {} entries, head {}\n",
                verified.head.seq, verified.head
            ))?;
            if let Some(dropped) = verified.dropped {
                output::text(&format!(
                    "Entries 1–{} were dropped by retention on {} by {}; the rest is chained to the last of them\n",
                    dropped.last.seq,
                    dropped.at.strftime("%Y-%m-%d"),
                    rollcall_model::plain(&dropped.by)
                ))?;
            }
            Ok(Exit::Done)
        }
        Err(broken) => {
            eprintln!("The audit log is broken. {broken}.");
            Ok(Exit::Failed)
        }
    }
}
