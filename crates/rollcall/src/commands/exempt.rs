//! `rollcall exempt …`

use crate::app::App;
use crate::cli::{Exempt, Who};
use crate::exit::Exit;
use crate::output;
use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rollcall_engine::ExemptName;
use rollcall_report::{Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: Exempt) -> anyhow::Result<Exit> {
    match command {
        Exempt::Add(args) => {
            let until = args.until.map(end_of).transpose()?;
            app.engine.exempt(&app.operator, &args.site, name(&args.who), &args.reason, until).await?;
            eprintln!("Exempt at {}.", args.site);
        }
        Exempt::Remove { site, who } => {
            app.engine.end_exemption(&app.operator, &site, name(&who)).await?;
            eprintln!("No longer exempt at {site}.");
        }
        Exempt::List { site } => {
            let columns = [
                ("kind", ColumnKind::Code),
                ("name", ColumnKind::Text),
                ("reason", ColumnKind::Text),
                ("until", ColumnKind::Instant),
                ("by", ColumnKind::Text),
                ("since", ColumnKind::Instant),
            ];
            let mut listing =
                Table::new("exemptions", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
            for view in app.engine.exemptions(&app.operator, &site).await? {
                let kind = match view.subject {
                    rollcall_snapshot::ExemptSubject::Account(_) => "account",
                    rollcall_snapshot::ExemptSubject::Group(_) => "group",
                };
                listing.rows.push(vec![
                    kind.into(),
                    view.name.into(),
                    view.reason.into(),
                    view.until.into(),
                    view.added_by.into(),
                    view.added_at.into(),
                ]);
            }
            output::table(app.format, &listing)?;
        }
    }
    Ok(Exit::Done)
}

fn name(who: &Who) -> ExemptName<'_> {
    match (&who.account, &who.group) {
        (Some(account), _) => ExemptName::Account(account),
        (None, group) => ExemptName::Group(group.as_deref().unwrap_or_default()),
    }
}

/// The end of a day, UTC.
fn end_of(day: jiff::civil::Date) -> anyhow::Result<Timestamp> {
    let next = day.tomorrow().context("--until is too far away")?;
    Ok(next.to_zoned(TimeZone::UTC)?.timestamp())
}
