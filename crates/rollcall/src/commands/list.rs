//! `rollcall list …`

use super::read_text;
use crate::app::App;
use crate::cli::List;
use crate::exit::Exit;
use crate::output;
use anyhow::anyhow;
use rollcall_engine::{Replaces, list_entries_of_csv};
use rollcall_report::{Column, ColumnKind, Table};

pub(crate) async fn run(app: &App, command: List) -> anyhow::Result<Exit> {
    match command {
        List::Import { name, file } => {
            let entries = list_entries_of_csv(&read_text(&file)?)
                .map_err(|reason| anyhow!("{}: {reason}", file.display()))?;
            let count = app.engine.set_list(&app.operator, &name, entries, Replaces::Anything).await?;
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
            app.engine.remove_list(&app.operator, &name, None).await?;
            eprintln!("List \"{name}\" was removed.");
        }
    }
    Ok(Exit::Done)
}
