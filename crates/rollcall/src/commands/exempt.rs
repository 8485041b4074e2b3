//! `rollcall exempt …`

use crate::app::App;
use crate::cli::{Exempt, Who};
use crate::exit::Exit;
use crate::output;
use anyhow::Context;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{ExemptName, Replaces};
use rollcall_report::{Cell, Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: Exempt) -> anyhow::Result<Exit> {
    match command {
        Exempt::Add(args) => {
            let until = args.until.map(end_of).transpose()?;
            let replaces = if args.replace { Replaces::Anything } else { Replaces::Nothing };
            app.engine
                .exempt(&app.operator, &args.site, name(&args.who), &args.reason, until, replaces)
                .await?;
            let end = args
                .until
                .map_or_else(|| "for good".to_owned(), |day| format!("until {day}, that day included"));
            eprintln!("The {} is exempt at {} {end}.", shown(&args.who), args.site);
        }
        Exempt::Remove { site, who } => {
            app.engine.end_exemption(&app.operator, &site, name(&who), None).await?;
            eprintln!("The {} is no longer exempt at {site}.", shown(&who));
        }
        Exempt::List { site } => {
            let columns = [
                ("kind", ColumnKind::Code),
                ("name", ColumnKind::Text),
                ("reason", ColumnKind::Prose),
                ("until", ColumnKind::Code),
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
                    until(view.until),
                    view.added_by.into(),
                    view.added_at.into(),
                ]);
            }
            output::table(app.format, &listing)?;
        }
    }
    Ok(Exit::Done)
}

/// Who it is, in words.
fn shown(who: &Who) -> String {
    match (&who.account, &who.group) {
        (Some(account), _) => format!("account \"{}\"", rollcall_model::plain(account)),
        (None, group) => format!("group \"{}\"", rollcall_model::plain(group.as_deref().unwrap_or_default())),
    }
}

/// The last day of an exemption, as it was given; in JSON the instant at which it ends.
fn until(end: Option<Timestamp>) -> Cell {
    let Some(end) = end else {
        return Cell::Data { json: serde_json::Value::Null, text: "for good".to_owned() };
    };
    let last = end.saturating_sub(SignedDuration::from_nanos(1)).map_or(end, |last| last);
    Cell::Data { json: end.to_string().into(), text: last.to_zoned(TimeZone::UTC).date().to_string() }
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
