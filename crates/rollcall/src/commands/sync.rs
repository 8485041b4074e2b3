//! `rollcall sync`

use crate::app::App;
use crate::cli::Format;
use crate::exit::Exit;
use crate::output;
use crate::progress::Progress;
use rollcall_model::SiteName;

pub(crate) async fn run(app: &App, site: &SiteName) -> anyhow::Result<Exit> {
    let progress = Progress::new();
    let synced = app
        .engine
        .sync(&app.operator, site, &|p| progress.show(&format!("reading {}", p.what), p.done, p.of, ""))
        .await?;
    progress.finish();
    let snapshot = &synced.picture.snapshot;
    let seats = snapshot.seat_counts();
    let mut rows = vec![
        ("site", site.as_str().into()),
        ("snapshot", snapshot.id().as_str().into()),
        ("takenAt", snapshot.taken_at().into()),
        ("hash", snapshot.hash().into()),
        ("accounts", snapshot.len().into()),
        ("groups", snapshot.group_count().into()),
        ("seatsUsed", seats.used.into()),
        ("requests", synced.requests.into()),
    ];
    if let Some(difference) = &synced.difference {
        rows.push(("accountsAdded", (difference.added.len() as u64).into()));
        rows.push(("accountsRemoved", (difference.removed.len() as u64).into()));
        rows.push(("accountsChanged", (difference.changed.len() as u64).into()));
    }
    output::properties(app.format, &format!("snapshot of {site}"), rows)?;
    if app.format == Format::Table {
        for note in snapshot.notes() {
            eprintln!("Note: {}", rollcall_model::plain(note));
        }
    }
    Ok(Exit::Done)
}
