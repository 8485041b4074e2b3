//! `rollcall webhook …`

use crate::app::App;
use crate::cli::Webhook;
use crate::exit::Exit;
use crate::output;
use crate::secrets::read_secret;
use jiff::SignedDuration;
use rollcall_engine::{NewWebhook, WebhookChange};
use rollcall_report::{Column, ColumnKind, Table};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

pub(crate) async fn run(app: &App, command: Webhook) -> anyhow::Result<Exit> {
    match command {
        Webhook::List => list(app).await?,
        Webhook::Add { name, url, what, secret_file } => {
            let secret = secret_file.as_deref().map(secret).transpose()?;
            let is_given = secret.is_some();
            let new = NewWebhook { name, url, events: what.events, sites: what.sites, secret };
            let (view, secret) = app.engine.add_webhook(&app.operator, new).await?;
            eprintln!("Webhook \"{}\" was added. Try it: rollcall webhook test {}", view.name, view.id);
            print(&secret, is_given)?;
        }
        Webhook::Set { webhook, url, what, on } => {
            let change = WebhookChange {
                url,
                events: (!what.events.is_empty()).then_some(what.events),
                sites: (!what.sites.is_empty()).then_some(what.sites),
                is_on: on,
                name: None,
            };
            let view = app.engine.change_webhook(&app.operator, &webhook, change, None).await?;
            eprintln!("Webhook \"{}\" was changed.", view.name);
        }
        Webhook::Rotate { webhook, secret_file, overlap } => {
            let new = secret_file.as_deref().map(secret).transpose()?;
            let is_given = new.is_some();
            let overlap = SignedDuration::from_hours(overlap.into());
            let secret = app.engine.rotate_webhook_secret(&app.operator, &webhook, new, overlap).await?;
            eprintln!("Webhook \"{webhook}\" has a new secret.");
            print(&secret, is_given)?;
        }
        Webhook::Remove { webhook } => {
            app.engine.remove_webhook(&app.operator, &webhook, None).await?;
            eprintln!("Webhook \"{webhook}\" was removed.");
        }
        Webhook::Test { webhook } => {
            let answer = app.engine.test_webhook(&app.operator, &webhook).await?;
            output::text(&format!("{} {}\n", answer.status, answer.excerpt))?;
            return Ok(if answer.is_taken() { Exit::Done } else { Exit::Failed });
        }
        Webhook::Deliveries { webhook, state, limit } => {
            deliveries(app, &webhook, state.as_deref(), limit).await?;
        }
    }
    Ok(Exit::Done)
}

fn secret(file: &Path) -> anyhow::Result<SecretString> {
    Ok(read_secret(file)?.trim().to_owned().into())
}

/// Shows a secret that Rollcall made, on standard output alone, so that it can be led into a file.
fn print(secret: &SecretString, is_given: bool) -> anyhow::Result<()> {
    if is_given {
        return Ok(());
    }
    eprintln!("Its secret follows. It is not shown again:");
    output::text(&format!("{}\n", secret.expose_secret()))
}

async fn list(app: &App) -> anyhow::Result<()> {
    let columns = [
        ("id", ColumnKind::Code),
        ("name", ColumnKind::Text),
        ("url", ColumnKind::Text),
        ("events", ColumnKind::Text),
        ("sites", ColumnKind::Text),
        ("on", ColumnKind::Bool),
        ("waiting", ColumnKind::Number),
        ("trouble", ColumnKind::Text),
    ];
    let mut listing = Table::new("webhooks", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for view in app.engine.webhooks(&app.operator).await? {
        let events: Vec<_> = view.events.iter().map(|event| event.as_str()).collect();
        let sites: Vec<_> = view.sites.iter().map(rollcall_model::SiteName::as_str).collect();
        listing.rows.push(vec![
            view.id.into(),
            view.name.into(),
            view.url.into(),
            events.join(", ").into(),
            sites.join(", ").into(),
            view.is_on.into(),
            view.waiting.into(),
            view.trouble.into(),
        ]);
    }
    output::table(app.format, &listing)
}

async fn deliveries(app: &App, webhook: &str, state: Option<&str>, limit: u32) -> anyhow::Result<()> {
    let columns = [
        ("id", ColumnKind::Code),
        ("event", ColumnKind::Text),
        ("state", ColumnKind::Text),
        ("attempts", ColumnKind::Number),
        ("status", ColumnKind::Number),
        ("answer", ColumnKind::Text),
        ("queued", ColumnKind::Instant),
        ("tried", ColumnKind::Instant),
        ("nextTry", ColumnKind::Instant),
    ];
    let mut listing = Table::new("deliveries", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for view in app.engine.webhook_deliveries(&app.operator, webhook, state, None, limit).await? {
        listing.rows.push(vec![
            view.id.into(),
            view.event.into(),
            view.state.into(),
            u64::from(view.attempts).into(),
            view.status.map(u64::from).into(),
            view.answer.into(),
            view.queued_at.into(),
            view.tried_at.into(),
            view.next_try_at.into(),
        ]);
    }
    output::table(app.format, &listing)
}
