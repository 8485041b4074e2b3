//! `rollcall accounts`

use crate::app::App;
use crate::cli::{Accounts, Format};
use crate::exit::Exit;
use crate::output;
use crate::progress::Progress;
use anyhow::{Context, bail};
use rollcall_criteria::{Criterion, FIELDS, Field, describe, explain, parse, select, value};
use rollcall_engine::{EngineError, Freshness, Picture, USUAL_FIELDS, cell_of, column_of};
use rollcall_model::AccountIndex;
use rollcall_report::{Cell, Column, ColumnKind, CsvReader, Table, write_csv, write_json};

/// Accounts listed on a terminal unless asked otherwise.
const MOST_SHOWN: usize = 50;

pub(crate) async fn run(app: &App, args: &Accounts) -> anyhow::Result<Exit> {
    if args.fields.iter().any(|f| f == "help") {
        return fields(app.format);
    }
    let text = args.criterion.as_deref().unwrap_or("all");
    let wrong = |error| EngineError::Criterion { text: text.to_owned(), error: Box::new(error) };
    // A criterion that cannot be read is refused before the site is asked anything.
    let criterion = parse(text).map_err(wrong)?;
    let columns = columns(&args.fields)?;
    let progress = Progress::new();
    let show =
        |p: rollcall_engine::Progress<'_>| progress.show(&format!("reading {}", p.what), p.done, p.of, "");
    let picture = match app.engine.picture(&app.operator, &args.site, Freshness::Any, &show).await {
        // The first listing of a new site reads it.
        Err(EngineError::NotNow(_)) => app.engine.sync(&app.operator, &args.site, &show).await?.picture,
        picture => picture?,
    };
    progress.finish();
    if let Some(name) = &args.explain {
        return explained(app, &picture, &criterion, text, name);
    }
    let now = app.engine.now();
    let selection = select(&picture.snapshot, &picture.facts, &criterion, now).map_err(wrong)?;
    let found = selection.accounts.len();
    if args.count {
        output::text(&format!("{found}\n"))?;
        return Ok(Exit::Done);
    }
    let to_terminal = app.format == Format::Table;
    let limit = args.limit.unwrap_or(if to_terminal { MOST_SHOWN } else { usize::MAX });
    let page = selection.page(0, limit);
    let rows = page.iter().map(|index| row(&picture, &columns, *index, now));
    let headings: Vec<Column> = columns.iter().map(|field| column_of(*field)).collect();
    match app.format {
        Format::Table => {
            let mut listing = Table::new(format!("accounts of {}", args.site), headings);
            listing.rows = rows.collect();
            output::table(Format::Table, &listing)?;
            let taken = picture.snapshot.taken_at().strftime("%Y-%m-%d %H:%M UTC");
            eprintln!(
                "{found} of {} accounts: {}. Snapshot of {taken}.",
                picture.snapshot.len(),
                describe(&criterion)
            );
            if selection.unknown.is_empty() {
            } else {
                eprintln!(
                    "{} more cannot be decided, because something about them is not known; they are never selected.",
                    selection.unknown.len()
                );
            }
            if page.len() < usize::try_from(found).unwrap_or(usize::MAX) {
                eprintln!("The first {} are shown; --limit N shows more, --format csv all.", page.len());
            }
        }
        Format::Json => output::stream(|out| write_json(&headings, rows, out))?,
        Format::Csv => output::stream(|out| write_csv(&headings, rows, CsvReader::Program, out))?,
    }
    Ok(Exit::Done)
}

fn columns(names: &[String]) -> anyhow::Result<Vec<Field>> {
    let wanted: Vec<&str> =
        if names.is_empty() { USUAL_FIELDS.to_vec() } else { names.iter().map(|n| n.trim()).collect() };
    let mut fields = Vec::new();
    for name in wanted {
        match Field::find(name) {
            Some(field) => fields.push(field),
            None => bail!(EngineError::NotFound {
                what: "field",
                name: name.to_owned(),
                remedy: "; `--fields help` lists them".to_owned()
            }),
        }
    }
    Ok(fields)
}

fn row(picture: &Picture, columns: &[Field], index: AccountIndex, now: jiff::Timestamp) -> Vec<Cell> {
    columns
        .iter()
        .map(|field| cell_of(value(&picture.snapshot, &picture.facts, index, *field, now)))
        .collect()
}

fn explained(
    app: &App,
    picture: &Picture,
    criterion: &Criterion,
    text: &str,
    name: &str,
) -> anyhow::Result<Exit> {
    let snapshot = &picture.snapshot;
    let by_key = || snapshot.find_key(&name.into());
    let Some(index) = snapshot.find_username(name).or_else(by_key) else {
        bail!(EngineError::NotFound {
            what: "account",
            name: name.to_owned(),
            remedy: " in the newest snapshot; `rollcall accounts SITE` lists them".to_owned()
        });
    };
    let wrong = |error| EngineError::Criterion { text: text.to_owned(), error: Box::new(error) };
    let explanation = explain(snapshot, &picture.facts, criterion, index, app.engine.now()).map_err(wrong)?;
    match app.format {
        Format::Json | Format::Csv => output::text(&format!(
            "{}\n",
            serde_json::to_string_pretty(&explanation).context("the explanation cannot be written")?
        ))?,
        Format::Table => output::text(&explanation.to_string())?,
    }
    Ok(Exit::Done)
}

fn fields(format: Format) -> anyhow::Result<Exit> {
    let columns = [
        ("field", ColumnKind::Code),
        ("operators", ColumnKind::Code),
        ("example", ColumnKind::Code),
        ("meaning", ColumnKind::Text),
    ];
    let mut listing = Table::new("fields", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for info in FIELDS {
        listing.rows.push(vec![
            info.name.into(),
            info.operators().join(" ").into(),
            info.example().into(),
            info.meaning.into(),
        ]);
    }
    output::table(format, &listing)?;
    Ok(Exit::Done)
}
