//! `rollcall tokens …`

use crate::app::App;
use crate::cli::Tokens;
use crate::exit::Exit;
use crate::output;
use jiff::SignedDuration;
use rollcall_engine::NewToken;
use rollcall_report::{Column, ColumnKind, Table};
use secrecy::ExposeSecret;

pub(crate) async fn run(app: &App, command: Tokens) -> anyhow::Result<Exit> {
    let (engine, operator) = (&app.engine, &app.operator);
    match command {
        Tokens::List { owner } => {
            let columns = [
                ("id", ColumnKind::Text),
                ("name", ColumnKind::Text),
                ("owner", ColumnKind::Text),
                ("role", ColumnKind::Text),
                ("createdAt", ColumnKind::Instant),
                ("expiresAt", ColumnKind::Instant),
                ("usedAt", ColumnKind::Instant),
            ];
            let mut table = Table::new("tokens", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
            for view in engine.tokens(operator, owner.as_deref()).await? {
                table.rows.push(vec![
                    view.id.into(),
                    view.name.into(),
                    view.owner.into(),
                    view.role.as_str().into(),
                    view.created_at.into(),
                    view.expires_at.into(),
                    view.used_at.into(),
                ]);
            }
            output::table(app.format, &table)?;
        }
        Tokens::Create(args) => {
            let days = SignedDuration::from_hours(24) * i32::from(args.days);
            let new = NewToken {
                name: args.name,
                owner: Some(args.owner),
                role: args.role,
                expires_at: Some(engine.now() + days),
            };
            let (view, secret) = engine.create_token(operator, new).await?;
            println!("{}", secret.expose_secret());
            eprintln!(
                "Token \"{}\" of operator \"{}\", {}, good until {}. It is not shown again; `rollcall tokens revoke {}` takes it back.",
                view.name, view.owner, view.role, view.expires_at, view.id
            );
        }
        Tokens::Revoke { token } => {
            engine.revoke_token(operator, &token).await?;
            eprintln!("The token was revoked.");
        }
    }
    Ok(Exit::Done)
}
