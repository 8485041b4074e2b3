//! `rollcall doctor`

use crate::app::App;
use crate::exit::Exit;
use crate::output;
use rollcall_engine::{Finding, Health};
use rollcall_report::{Column, ColumnKind, Table};

pub(crate) async fn run(app: &App) -> anyhow::Result<Exit> {
    let mut findings = app.engine.examine(&app.operator).await?;
    match app.server.settings(&app.data, None) {
        Ok(settings) => findings.extend(rollcall_server::examine(&settings, app.engine.now())),
        Err(error) => findings.push(Finding::new(
            "server",
            Health::Bad,
            format!("{error:#}"),
            "see server in rollcall.yaml",
        )),
    }
    let columns = [
        ("what", ColumnKind::Code),
        ("health", ColumnKind::Code),
        ("found", ColumnKind::Prose),
        ("remedy", ColumnKind::Prose),
    ];
    let mut listing = Table::new("findings", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for finding in &findings {
        let health = match finding.health {
            Health::Good => "good",
            Health::Warning => "warning",
            Health::Bad => "bad",
        };
        listing.rows.push(vec![
            finding.what.as_str().into(),
            health.into(),
            finding.found.as_str().into(),
            finding.remedy.as_str().into(),
        ]);
    }
    output::table(app.format, &listing)?;
    Ok(match findings.iter().map(|f| f.health).max() {
        Some(Health::Bad) => Exit::Failed,
        Some(Health::Warning) => Exit::Partly,
        Some(Health::Good) | None => Exit::Done,
    })
}
