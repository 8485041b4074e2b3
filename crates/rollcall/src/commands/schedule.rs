//! `rollcall schedule …`

use crate::app::App;
use crate::cli::Schedule;
use crate::exit::Exit;
use crate::output;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rollcall_report::{Cell, Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: Schedule) -> anyhow::Result<Exit> {
    let (engine, operator) = (&app.engine, &app.operator);
    match command {
        Schedule::List => list(app).await?,
        Schedule::Next { policy, count } => next(app, &policy, count.into()).await?,
        Schedule::Pause { policy, why } => {
            engine.pause_schedule(operator, &policy, why.as_deref().unwrap_or("no reason given")).await?;
            eprintln!("Policy \"{policy}\" is paused. To go on: rollcall schedule resume {policy}");
        }
        Schedule::Resume { policy, why } => {
            engine.resume_schedule(operator, &policy, why.as_deref().unwrap_or("no reason given")).await?;
            let view = engine.schedule(operator, &policy).await?;
            let next = match (&view.schedule, view.next_at) {
                (_, Some(at)) => format!("next at {at}"),
                (Some(_), None) => "when it is switched on".to_owned(),
                (None, None) => "with the events that waited".to_owned(),
            };
            eprintln!("Policy \"{policy}\" goes on, {next}.");
        }
    }
    Ok(Exit::Done)
}

async fn list(app: &App) -> anyhow::Result<()> {
    let columns = [
        ("policy", ColumnKind::Code),
        ("state", ColumnKind::Code),
        ("schedule", ColumnKind::Prose),
        ("paused", ColumnKind::Bool),
        ("next", ColumnKind::Instant),
        ("last", ColumnKind::Instant),
    ];
    let mut listing = Table::new("schedules", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for view in app.engine.schedules(&app.operator).await? {
        let Some(schedule) = &view.schedule else { continue };
        listing.rows.push(vec![
            view.policy.into(),
            view.state.as_str().into(),
            schedule.describe().into(),
            view.is_paused.into(),
            instant(view.next_at),
            instant(view.last_at),
        ]);
    }
    output::table(app.format, &listing)
}

async fn next(app: &App, policy: &str, count: usize) -> anyhow::Result<()> {
    let view = app.engine.schedule(&app.operator, policy).await?;
    let Some(schedule) = &view.schedule else {
        anyhow::bail!(
            "policy \"{policy}\" has no schedule; it runs when asked, or when something happens that it waits for"
        );
    };
    let columns = [("at", ColumnKind::Instant), ("local", ColumnKind::Code)];
    let title = format!("{}: {}", view.policy, schedule.describe());
    let mut listing = Table::new(title, columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    let zone = TimeZone::get(schedule.timezone())?;
    for at in view.upcoming(app.engine.now(), count) {
        let local = at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string();
        listing.rows.push(vec![at.into(), local.into()]);
    }
    output::table(app.format, &listing)?;
    if view.is_paused {
        eprintln!("It is paused: these are passed over. To go on: rollcall schedule resume {}", view.policy);
    } else if view.next_at.is_none() {
        eprintln!(
            "The policy is off: these are when it would run. To switch it on: rollcall policy enable {}",
            view.policy
        );
    }
    Ok(())
}

fn instant(at: Option<Timestamp>) -> Cell {
    at.map_or(Cell::Empty, Cell::Instant)
}
