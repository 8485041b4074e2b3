//! `rollcall mail …`

use crate::app::App;
use crate::cli::{Format, Mail};
use crate::exit::Exit;
use crate::output;
use anyhow::Context;
use rollcall_engine::{MailContent, MailQuery};
use rollcall_report::{Cell, Column, ColumnKind, Table};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) async fn run(app: &App, command: Mail) -> anyhow::Result<Exit> {
    match command {
        Mail::List { state, limit } => list(app, MailQuery { state, limit, ..MailQuery::default() }).await?,
        Mail::Show { mail, html, files } => {
            let content = app.engine.mail(&app.operator, &mail).await?;
            match files {
                Some(folder) => write(&content, &folder)?,
                None => show(app, &content, html)?,
            }
        }
        Mail::Retry { mail } => {
            app.engine.retry_mail(&app.operator, &mail).await?;
            let postman = app.engine.send_mail(&app.operator).await?;
            let troubles = postman.later.iter().chain(&postman.failed);
            troubles.for_each(|trouble| eprintln!("{}", rollcall_model::plain(trouble)));
            eprintln!("{} sent, {} to be tried again.", postman.sent, postman.later.len());
            return Ok(if postman.failed.is_empty() { Exit::Done } else { Exit::Partly });
        }
        Mail::Discard { mail } => {
            let view = app.engine.discard_mail(&app.operator, &mail).await?;
            eprintln!("Mail {} was discarded.", view.id);
        }
    }
    Ok(Exit::Done)
}

async fn list(app: &App, query: MailQuery) -> anyhow::Result<()> {
    let columns = [
        ("id", ColumnKind::Code),
        ("state", ColumnKind::Text),
        ("queued", ColumnKind::Instant),
        ("to", ColumnKind::Text),
        ("subject", ColumnKind::Text),
        ("attempts", ColumnKind::Number),
        ("nextTry", ColumnKind::Instant),
        ("refused", ColumnKind::Text),
        ("lastError", ColumnKind::Text),
    ];
    let mut listing = Table::new("mails", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for mail in app.engine.mails(&app.operator, &query).await? {
        let refused: Vec<_> = mail.bounced.iter().map(|b| format!("{} ({})", b.address, b.answer)).collect();
        listing.rows.push(vec![
            mail.id.into(),
            mail.state.into(),
            mail.queued_at.into(),
            mail.recipients.join(", ").into(),
            mail.subject.into(),
            u64::from(mail.attempts).into(),
            mail.next_try_at.into(),
            refused.join("; ").into(),
            mail.last_error.into(),
        ]);
    }
    output::table(app.format, &listing)
}

fn show(app: &App, content: &MailContent, html: bool) -> anyhow::Result<()> {
    let mail = &content.mail;
    if html {
        return output::text(&content.html);
    }
    if app.format != Format::Table {
        let files: Vec<_> = content.files.iter().map(|file| file.name.as_str()).collect();
        return output::properties(
            app.format,
            "mail",
            vec![
                ("id", Cell::from(mail.id.as_str())),
                ("messageId", Cell::from(mail.message_id.as_str())),
                ("state", Cell::from(mail.state)),
                ("to", Cell::from(mail.recipients.join(", "))),
                ("served", Cell::from(mail.served.join(", "))),
                ("subject", Cell::from(mail.subject.as_str())),
                ("text", Cell::from(content.text.as_str())),
                ("html", Cell::from(content.html.as_str())),
                ("files", Cell::from(files.join(", "))),
            ],
        );
    }
    let plain = rollcall_model::plain;
    let mut out = format!("Message-ID: <{}>\n", plain(&mail.message_id));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "{name}: {}", plain(value));
    };
    line("From", content.from.as_deref().unwrap_or("(mail is not set up)"));
    line("To", &mail.recipients.join(", "));
    line("Subject", &mail.subject);
    line("State", mail.state);
    for address in &mail.served {
        line("Served", address);
    }
    for bounce in &mail.bounced {
        line("Refused", &format!("{} at {:.0}: {}", bounce.address, bounce.at, bounce.answer));
    }
    for file in &content.files {
        line("Attached", &format!("{} ({}, {} bytes)", file.name, file.content_type, file.bytes.len()));
    }
    out.push('\n');
    out.push_str(&content.text);
    output::text(&out)
}

fn write(content: &MailContent, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for file in &content.files {
        // A name is data: it chooses no folder.
        let name = rollcall_model::plain(&file.name).replace(['/', '\\'], "_");
        let path = folder.join(name.trim_start_matches('.'));
        std::fs::write(&path, &file.bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        eprintln!("{}", path.display());
    }
    Ok(())
}
