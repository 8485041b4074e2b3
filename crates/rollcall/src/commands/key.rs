//! `rollcall key …`

use super::confirm;
use crate::app::App;
use crate::cli::Key;
use crate::exit::Exit;
use crate::output;

pub(crate) async fn run(app: &App, command: Key) -> anyhow::Result<Exit> {
    match command {
        Key::Status => status(app).await,
        Key::Rotate { yes } => rotate(app, yes).await,
    }
}

async fn status(app: &App) -> anyhow::Result<Exit> {
    let status = app.engine.key_status(&app.operator).await?;
    let secrets = status.secrets.iter().map(|(key, count)| format!("{count} with {key}"));
    let retired = status.retired.iter().map(|(key, at)| format!("{key} at {at:.0}"));
    let kept = status.kept.iter().map(|path| path.display().to_string());
    output::properties(
        app.format,
        "sealing key",
        vec![
            ("key", status.current.as_str().into()),
            ("file", status.file.as_ref().map(|path| path.display().to_string()).into()),
            ("secrets", secrets.collect::<Vec<_>>().join(", ").into()),
            ("retired", retired.collect::<Vec<_>>().join(", ").into()),
            ("kept", kept.collect::<Vec<_>>().join(", ").into()),
        ],
    )?;
    Ok(if status.secrets.keys().all(|key| *key == status.current) { Exit::Done } else { Exit::Partly })
}

async fn rotate(app: &App, yes: bool) -> anyhow::Result<Exit> {
    let question = "Make a new sealing key and seal every secret with it?";
    if !yes && !confirm(question)? {
        return Ok(Exit::Held);
    }
    let rotation = app.engine.rotate_key(&app.operator).await?;
    output::properties(
        app.format,
        "sealing key",
        vec![
            ("key", rotation.new.as_str().into()),
            ("replaced", rotation.old.as_str().into()),
            ("secrets", rotation.secrets.into()),
            ("kept", rotation.kept.display().to_string().into()),
        ],
    )?;
    eprintln!(
        "Copy the new key file to a safe place, and to every other machine on this database. The old key is kept as {}: it opens backups made before, and links in notices that were mailed before stay good by it. Delete it when you need neither, or when it has leaked.",
        rotation.kept.display()
    );
    Ok(Exit::Done)
}
