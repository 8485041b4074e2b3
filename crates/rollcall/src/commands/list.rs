//! `rollcall list …`

use super::read_text;
use crate::app::App;
use crate::cli::List;
use crate::exit::Exit;
use crate::output;
use anyhow::Context;
use rollcall_report::{Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: List) -> anyhow::Result<Exit> {
    match command {
        List::Import { name, file } => {
            let entries = entries(&read_text(&file)?).with_context(|| format!("{}", file.display()))?;
            let count = app.engine.set_list(&app.operator, &name, entries).await?;
            eprintln!("List \"{name}\" has {count} entries. Use it as: list = \"{name}\"");
        }
        List::All => {
            let columns = [
                ("name", ColumnKind::Code),
                ("entries", ColumnKind::Number),
                ("by", ColumnKind::Text),
                ("changed", ColumnKind::Instant),
            ];
            let mut listing = Table::new("lists", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
            for view in app.engine.lists(&app.operator).await? {
                listing.rows.push(vec![
                    view.name.into(),
                    (view.entries as u64).into(),
                    view.changed_by.into(),
                    view.changed_at.into(),
                ]);
            }
            output::table(app.format, &listing)?;
        }
        List::Remove { name } => {
            app.engine.remove_list(&app.operator, &name).await?;
            eprintln!("List \"{name}\" was removed.");
        }
    }
    Ok(Exit::Done)
}

/// Names or addresses of a CSV file: the column headed `username`, `email`, … if there is one, else the first column.
fn entries(text: &str) -> anyhow::Result<Vec<String>> {
    const HEADINGS: [&str; 6] = ["username", "user name", "user", "email", "e-mail", "mail"];
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let delimiter =
        if text.lines().next().is_some_and(|l| l.contains(';') && !l.contains(',')) { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let rows = reader.records().collect::<Result<Vec<_>, _>>().context("is not CSV")?;
    let heading = |row: &csv::StringRecord| {
        HEADINGS.iter().find_map(|h| row.iter().position(|cell| cell.eq_ignore_ascii_case(h)))
    };
    let (column, skip) = rows.first().and_then(heading).map_or((0, 0), |column| (column, 1));
    Ok(rows
        .iter()
        .skip(skip)
        .filter_map(|row| row.get(column))
        .filter(|c| !c.is_empty())
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn the_column_is_found_by_its_heading_or_is_the_first() {
        assert_eq!(
            entries("name,Email\nMira,mira@x.org\nTheo,theo@x.org\n").unwrap(),
            ["mira@x.org", "theo@x.org"]
        );
        assert_eq!(entries("\u{FEFF}mira\ntheo\n\n").unwrap(), ["mira", "theo"]);
        assert_eq!(entries("user;left\r\n\"ko, val\";yes\r\n").unwrap(), ["ko, val"]);
    }
}
