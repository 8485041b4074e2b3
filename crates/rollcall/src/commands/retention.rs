//! `rollcall retention …`

use crate::app::App;
use crate::cli::{Retention, RetentionSet, Years};
use crate::exit::Exit;
use crate::output;
use rollcall_report::{Cell, Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: Retention) -> anyhow::Result<Exit> {
    match command {
        Retention::Show => show(app).await,
        Retention::Set(args) => set(app, &args).await,
        Retention::Run { dry_run } => drop_old(app, dry_run).await,
    }
}

async fn show(app: &App) -> anyhow::Result<Exit> {
    let retention = app.engine.retention(&app.operator).await?;
    let years = retention.audit_years.map_or_else(|| "forever".to_owned(), |years| years.to_string());
    output::properties(
        app.format,
        "retention",
        vec![
            ("daily", Cell::from(u64::from(retention.snapshots.daily))),
            ("weekly", u64::from(retention.snapshots.weekly).into()),
            ("monthly", u64::from(retention.snapshots.monthly).into()),
            ("runDays", u64::from(retention.run_days).into()),
            ("mailDays", u64::from(retention.mail_days).into()),
            ("auditYears", years.into()),
        ],
    )?;
    Ok(Exit::Done)
}

async fn set(app: &App, args: &RetentionSet) -> anyhow::Result<Exit> {
    let mut retention = app.engine.retention(&app.operator).await?;
    let snapshots = &mut retention.snapshots;
    snapshots.daily = args.daily.unwrap_or(snapshots.daily);
    snapshots.weekly = args.weekly.unwrap_or(snapshots.weekly);
    snapshots.monthly = args.monthly.unwrap_or(snapshots.monthly);
    retention.run_days = args.runs.unwrap_or(retention.run_days);
    retention.mail_days = args.mails.unwrap_or(retention.mail_days);
    if let Some(Years(years)) = args.audit {
        retention.audit_years = years;
    }
    app.engine.set_retention(&app.operator, &retention, None).await?;
    show(app).await
}

async fn drop_old(app: &App, dry_run: bool) -> anyhow::Result<Exit> {
    let dropped = app.engine.retain(&app.operator, dry_run).await?;
    let columns = [
        ("what", ColumnKind::Code),
        ("count", ColumnKind::Number),
        ("which", ColumnKind::Prose),
        ("held", ColumnKind::Prose),
    ];
    let title = if dry_run { "would be dropped" } else { "dropped" };
    let mut listing = Table::new(title, columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    listing.rows = dropped
        .iter()
        .map(|dropping| {
            let held = dropping.held.as_deref().unwrap_or_default();
            vec![dropping.what.into(), dropping.count.into(), dropping.which.as_str().into(), held.into()]
        })
        .collect();
    output::table(app.format, &listing)?;
    Ok(Exit::Done)
}
