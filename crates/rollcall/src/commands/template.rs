//! `rollcall template …`

use super::read_text;
use crate::app::App;
use crate::cli::{Template, TemplateFiles};
use crate::exit::Exit;
use crate::output;
use rollcall_model::RunId;
use rollcall_report::{Column, ColumnKind, Table, TemplateTexts};

pub(crate) async fn run(app: &App, command: Template) -> anyhow::Result<Exit> {
    match command {
        Template::List => list(app).await?,
        Template::Show { template, embedded, part } => {
            let view = app.engine.template(&app.operator, template).await?;
            let own = if embedded { TemplateTexts::default() } else { view.own };
            let text = if part.subject {
                own.subject.or(view.embedded.subject)
            } else if part.html_part {
                own.html.or(view.embedded.html)
            } else {
                own.text.or(view.embedded.text)
            };
            output::text(&text.unwrap_or_default())?;
        }
        Template::Set { template, files } => {
            let Some(texts) = texts(&files)? else {
                eprintln!("Nothing to keep: give --subject-file, --text-file or --html-file.");
                return Ok(Exit::Usage);
            };
            // A part that is not given stays as it is.
            let view = app.engine.template(&app.operator, template).await?;
            let texts = TemplateTexts {
                subject: texts.subject.or(view.own.subject),
                text: texts.text.or(view.own.text),
                html: texts.html.or(view.own.html),
            };
            app.engine.set_template(&app.operator, template, texts, Some(view.version)).await?;
            eprintln!(
                "Template \"{template}\" is used from the next mail on. Look at it: rollcall template preview {template}"
            );
        }
        Template::Reset { template } => {
            app.engine.reset_template(&app.operator, template, None).await?;
            eprintln!("Template \"{template}\" is the one that comes with Rollcall.");
        }
        Template::Preview { template, files, run, html } => {
            let texts = texts(&files)?;
            let run = run.as_deref().map(RunId::from);
            let mail = app.engine.preview_template(&app.operator, template, texts, run.as_ref()).await?;
            let text = if html { mail.html } else { format!("Subject: {}\n\n{}", mail.subject, mail.text) };
            output::text(&text)?;
        }
    }
    Ok(Exit::Done)
}

async fn list(app: &App) -> anyhow::Result<()> {
    let columns = [
        ("name", ColumnKind::Code),
        ("sent", ColumnKind::Text),
        ("own", ColumnKind::Text),
        ("by", ColumnKind::Text),
        ("changed", ColumnKind::Instant),
    ];
    let mut listing = Table::new("templates", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for view in app.engine.templates(&app.operator).await? {
        let parts = [("subject", &view.own.subject), ("text", &view.own.text), ("html", &view.own.html)];
        let own: Vec<_> =
            parts.into_iter().filter(|(_, text)| text.is_some()).map(|(part, _)| part).collect();
        let (by, at) = view.changed.unzip();
        let name = view.name;
        listing.rows.push(vec![
            name.as_str().into(),
            name.words().into(),
            own.join(", ").into(),
            by.into(),
            at.into(),
        ]);
    }
    output::table(app.format, &listing)
}

/// The texts of the files; `None` where none is given.
fn texts(files: &TemplateFiles) -> anyhow::Result<Option<TemplateTexts>> {
    let read = |file: &Option<std::path::PathBuf>| file.as_deref().map(read_text).transpose();
    let texts =
        TemplateTexts { subject: read(&files.subject)?, text: read(&files.text)?, html: read(&files.html)? };
    Ok((texts != TemplateTexts::default()).then_some(texts))
}
