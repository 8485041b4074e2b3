//! `rollcall operators …`

use crate::app::App;
use crate::cli::Operators;
use crate::commands::confirm;
use crate::exit::Exit;
use crate::{output, secrets};
use rollcall_engine::{NewOperator, OperatorEdit};
use rollcall_report::{Column, ColumnKind, Table};
use secrecy::ExposeSecret;

pub(crate) async fn run(app: &App, command: Operators) -> anyhow::Result<Exit> {
    let (engine, operator) = (&app.engine, &app.operator);
    match command {
        Operators::List => list(app).await?,
        Operators::Add(args) => {
            let password = secrets::new_password(args.password.password_file.as_deref(), &args.name)?;
            let new = NewOperator {
                name: args.name,
                display_name: args.display_name,
                email: args.email,
                role: args.role,
                password: Some(password),
            };
            let view = engine.add_operator(operator, new).await?;
            eprintln!("Operator \"{}\" was added as {}.", view.name, view.role);
        }
        Operators::Role { name, role } => {
            let edit = OperatorEdit { role: Some(role), ..OperatorEdit::default() };
            let view = engine.change_operator(operator, &name, &edit, None).await?;
            eprintln!(
                "Operator \"{}\" is {} now; sessions with another role have ended.",
                view.name, view.role
            );
        }
        Operators::Deactivate { name } => {
            let edit = OperatorEdit { is_active: Some(false), ..OperatorEdit::default() };
            let view = engine.change_operator(operator, &name, &edit, None).await?;
            eprintln!("Operator \"{}\" may no longer sign in.", view.name);
        }
        Operators::Activate { name } => {
            let edit = OperatorEdit { is_active: Some(true), ..OperatorEdit::default() };
            let view = engine.change_operator(operator, &name, &edit, None).await?;
            eprintln!("Operator \"{}\" may sign in.", view.name);
        }
        Operators::Remove { name, yes } => {
            let view = engine.operator(operator, &name).await?;
            let question = format!("Remove operator \"{}\" with their sessions and tokens?", view.name);
            if !yes && !confirm(&question)? {
                return Ok(Exit::Usage);
            }
            engine.remove_operator(operator, &name, None).await?;
            eprintln!("Operator \"{}\" was removed.", view.name);
        }
        Operators::Password { name, password } => {
            let password = secrets::new_password(password.password_file.as_deref(), &name)?;
            let ended = engine.set_password(operator, &name, None, &password, None).await?;
            eprintln!("The password of operator \"{name}\" was set; {ended} sessions ended.");
        }
        Operators::SetupLink => {
            let link = engine.make_setup_link(operator).await?;
            println!("{}", App::setup_link(&app.server.address(), link.token.expose_secret()));
            eprintln!("Good until {}, once. Links made before are good no more.", link.until);
        }
        Operators::Sessions { name, end } if end => {
            let ended = engine.end_sessions(operator, &name, None).await?;
            eprintln!("{ended} sessions of operator \"{name}\" were ended.");
        }
        Operators::Sessions { name, .. } => sessions(app, &name).await?,
    }
    Ok(Exit::Done)
}

async fn list(app: &App) -> anyhow::Result<()> {
    let columns = [
        ("name", ColumnKind::Text),
        ("displayName", ColumnKind::Text),
        ("email", ColumnKind::Text),
        ("role", ColumnKind::Text),
        ("active", ColumnKind::Bool),
        ("signsIn", ColumnKind::Text),
        ("signedInAt", ColumnKind::Instant),
    ];
    let mut table = Table::new("operators", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for view in app.engine.operators(&app.operator).await? {
        table.rows.push(vec![
            view.name.into(),
            view.display_name.into(),
            view.email.into(),
            view.role.as_str().into(),
            view.is_active.into(),
            if view.is_outer { "at the provider" } else { "with a password" }.into(),
            view.signed_in_at.into(),
        ]);
    }
    output::table(app.format, &table)
}

async fn sessions(app: &App, name: &str) -> anyhow::Result<()> {
    let columns = [
        ("id", ColumnKind::Text),
        ("createdAt", ColumnKind::Instant),
        ("seenAt", ColumnKind::Instant),
        ("endsAt", ColumnKind::Instant),
        ("address", ColumnKind::Text),
        ("agent", ColumnKind::Text),
    ];
    let mut table = Table::new("sessions", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for view in app.engine.sessions(&app.operator, name).await? {
        table.rows.push(vec![
            view.id.into(),
            view.created_at.into(),
            view.seen_at.into(),
            view.idle_ends_at.into(),
            view.address.into(),
            view.agent.into(),
        ]);
    }
    output::table(app.format, &table)
}
