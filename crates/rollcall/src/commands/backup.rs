//! `rollcall backup`, `rollcall restore`

use crate::app::{App, operator};
use crate::cli::{Cli, Format, Restore};
use crate::data::Located;
use crate::exit::Exit;
use crate::output;
use rollcall_engine::{BackupSummary, SealingKey, SystemClock, inspect_backup_file};
use rollcall_report::Cell;
use std::path::Path;

pub(crate) async fn back_up(app: &App, file: &Path) -> anyhow::Result<Exit> {
    let summary = app.engine.back_up(&app.operator, file).await?;
    show(app.format, &summary)?;
    eprintln!(
        "The backup is {}. The sealing key is not in it: keep a copy of the key file apart from the backup. Without it the credentials of the sites have to be given again.",
        file.display()
    );
    Ok(Exit::Done)
}

pub(crate) async fn restore(cli: &Cli, args: &Restore) -> anyhow::Result<Exit> {
    if args.dry_run {
        show(cli.format, &inspect_backup_file(&args.file)?)?;
        eprintln!("The backup is whole, and so is the audit log in it. Nothing was restored.");
        return Ok(Exit::Done);
    }
    let located = Located::find(cli.data.as_deref())?;
    let operator = operator(cli.operator.as_deref());
    let restored = rollcall_engine::restore(&operator, &located.database, &SystemClock, &args.file).await?;
    show(cli.format, &restored.summary)?;
    eprintln!("Restored; the audit log is whole.");
    let from = restored.summary.head.schema;
    if restored.schema != from {
        eprintln!("The schema was brought from {from} to {}.", restored.schema);
    }
    let keys = &restored.summary.head.keys;
    if let Some(missing) = missing_key(&located.key_file, keys) {
        eprintln!(
            "The secrets in it are sealed with key {}, and {missing}. Put that key there, or give the credentials again: rollcall site set NAME --token-file FILE",
            keys.join(", ")
        );
        return Ok(Exit::Partly);
    }
    Ok(Exit::Done)
}

/// What is wrong with the key at hand; `None` = it opens what was restored, or there is nothing to open.
fn missing_key(file: &Path, keys: &[String]) -> Option<String> {
    match SealingKey::from_file(file) {
        _ if keys.is_empty() => None,
        Ok(key) if keys.iter().all(|id| *id == key.id()) => None,
        Ok(key) => Some(format!("{} holds key {}", file.display(), key.id())),
        Err(_) => Some(format!("there is no key at {}", file.display())),
    }
}

fn show(format: Format, summary: &BackupSummary) -> anyhow::Result<()> {
    let head = &summary.head;
    output::properties(
        format,
        "backup",
        vec![
            ("madeAt", head.made_at.into()),
            ("program", head.program.as_str().into()),
            ("schema", Cell::from(head.schema.unsigned_abs())),
            ("rows", summary.rows.into()),
            ("auditHead", head.audit.to_string().into()),
            ("keys", head.keys.join(", ").into()),
            ("sha256", summary.sha256.as_str().into()),
        ],
    )
}
