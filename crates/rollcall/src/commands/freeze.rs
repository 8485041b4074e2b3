//! `rollcall freeze …`

use crate::app::App;
use crate::cli::{Freeze, FreezeAdd};
use crate::exit::Exit;
use crate::output;
use rollcall_engine::EngineError;
use rollcall_report::{Cell, Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: Freeze) -> anyhow::Result<Exit> {
    match command {
        Freeze::Add(args) => add(app, args).await?,
        Freeze::List => list(app).await?,
        Freeze::Remove { name } => {
            app.engine.remove_freeze(&app.operator, &name, None).await?;
            eprintln!(
                "Freeze \"{name}\" was removed. What waited for its end goes on at once, where `rollcall serve` runs."
            );
        }
    }
    Ok(Exit::Done)
}

async fn add(app: &App, args: FreezeAdd) -> anyhow::Result<()> {
    let days = (args.from, args.until);
    let freeze =
        rollcall_planner::Freeze::new(&args.name, days, &args.timezone, args.yearly, args.site, &args.reason)
            .map_err(EngineError::from)?;
    let view = app.engine.add_freeze(&app.operator, &freeze).await?;
    if let Some((start, end)) = view.next {
        let verb = if view.is_in_force { "is in force since" } else { "will be in force from" };
        eprintln!(
            "Freeze \"{}\" {verb} {start} until {end}: no live run begins or goes on in that time.",
            args.name
        );
    }
    Ok(())
}

async fn list(app: &App) -> anyhow::Result<()> {
    let columns = [
        ("name", ColumnKind::Code),
        ("from", ColumnKind::Code),
        ("until", ColumnKind::Code),
        ("timezone", ColumnKind::Code),
        ("yearly", ColumnKind::Bool),
        ("sites", ColumnKind::Text),
        ("inForce", ColumnKind::Bool),
        ("begins", ColumnKind::Instant),
        ("ends", ColumnKind::Instant),
        ("reason", ColumnKind::Prose),
        ("by", ColumnKind::Text),
    ];
    let mut listing = Table::new("freezes", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for view in app.engine.freezes(&app.operator).await? {
        let (from, until) = view.freeze.days();
        let (begins, ends) = view.next.unzip();
        let sites = view.freeze.sites().iter().map(ToString::to_string).collect::<Vec<_>>();
        listing.rows.push(vec![
            view.freeze.name().into(),
            from.to_string().into(),
            until.to_string().into(),
            view.freeze.timezone().into(),
            view.freeze.is_yearly().into(),
            if sites.is_empty() {
                Cell::Data { json: serde_json::json!([]), text: "all".to_owned() }
            } else {
                Cell::List(sites)
            },
            view.is_in_force.into(),
            begins.map_or(Cell::Empty, Cell::Instant),
            ends.map_or(Cell::Empty, Cell::Instant),
            view.freeze.reason().into(),
            view.changed_by.into(),
        ]);
    }
    output::table(app.format, &listing)
}
