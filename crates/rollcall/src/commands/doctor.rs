//! `rollcall doctor`: what the engine finds of an installation, and what is to be found without its database. Whatever stands in the way of the
//! one, the other is told.

use crate::app::{App, operator};
use crate::cli::Cli;
use crate::data::{self, DataFolder, Located};
use crate::exit::Exit;
use crate::output;
use crate::settings::Settings;
use jiff::Timestamp;
use rollcall_engine::{
    Clock, EngineError, Finding, Health, StoreError, SystemClock, examine_disk, examine_mail,
};
use rollcall_report::{Column, ColumnKind, Table};
use std::path::{Path, PathBuf};

pub(crate) async fn run(cli: &Cli) -> anyhow::Result<Exit> {
    let findings = examine(cli).await;
    let columns = [
        ("what", ColumnKind::Code),
        ("health", ColumnKind::Code),
        ("found", ColumnKind::Prose),
        ("remedy", ColumnKind::Prose),
    ];
    let mut listing = Table::new("findings", columns.map(|(key, kind)| Column::new(key, kind)).to_vec());
    for finding in &findings {
        let health = match finding.health {
            Health::Good => "good",
            Health::Warning => "warning",
            Health::Bad => "bad",
        };
        listing.rows.push(vec![
            finding.what.as_str().into(),
            health.into(),
            finding.found.as_str().into(),
            finding.remedy.as_str().into(),
        ]);
    }
    output::table(cli.format, &listing)?;
    Ok(match findings.iter().map(|f| f.health).max() {
        Some(Health::Bad) => Exit::Failed,
        Some(Health::Warning) => Exit::Partly,
        Some(Health::Good) | None => Exit::Done,
    })
}

async fn examine(cli: &Cli) -> Vec<Finding> {
    let folder = match data::folder(cli.data.as_deref()) {
        Ok(folder) => folder,
        Err(error) => return vec![in_the_way("data folder", &error)],
    };
    let settings = match data::settings(&folder) {
        Ok(settings) => settings,
        Err(error) => {
            let disk = examine_disk(&folder);
            return [in_the_way("settings", &error)].into_iter().chain(disk).collect();
        }
    };
    let served = served(&settings, &folder, SystemClock.now()).await;
    let mail = settings.mail.clone().map(|mail| mail.settings(&folder)).transpose();
    let mut findings = match installation(cli, folder.clone(), settings).await {
        Ok(findings) => findings,
        Err(finding) => {
            let mut findings = vec![finding];
            findings.extend(examine_disk(&folder));
            // Where its settings are wrong, that is in the way already.
            if let Ok(mail) = mail {
                findings.push(examine_mail(mail.as_ref()).await);
            }
            findings
        }
    };
    findings.extend(served);
    findings
}

/// What the engine finds; or what stands in its way.
async fn installation(cli: &Cli, folder: PathBuf, settings: Settings) -> Result<Vec<Finding>, Finding> {
    let located = Located::within(folder, settings).map_err(|error| in_the_way("database", &error))?;
    let data = DataFolder::of(located).map_err(|error| in_the_way("settings", &error))?;
    let operator = operator(cli.operator.as_deref());
    let app = App::over(data, operator, cli.format).await;
    let app = app.map_err(|error| in_the_way("sealing key", &error))?;
    let findings = app.engine.examine(&app.operator).await;
    findings.map_err(|error| in_the_way("database", &error.into()))
}

/// An error that keeps the engine from examining. What it is about, it may know better than whoever met it.
fn in_the_way(what: &str, error: &anyhow::Error) -> Finding {
    let of_the_store = match error.downcast_ref() {
        Some(EngineError::Store(error)) => Some(error),
        _ => error.downcast_ref(),
    };
    let what = match of_the_store {
        Some(StoreError::Key { .. }) => "sealing key",
        Some(_) => "database",
        None => what,
    };
    Finding::new(
        what,
        Health::Bad,
        crate::words(error),
        "mend this first: nothing that needs it could be examined",
    )
}

/// The server and single sign-on, by the same code that `rollcall serve` begins with.
async fn served(settings: &Settings, folder: &Path, now: Timestamp) -> Vec<Finding> {
    let server = match settings.server.settings(folder, None) {
        Ok(server) => server,
        Err(error) => return vec![refused("server", &error)],
    };
    let mut findings = rollcall_server::examine(&server, now);
    if let Some(sign_on) = settings.sign_on.clone() {
        findings.push(match sign_on.open(folder, server.public_url.as_ref()) {
            Ok(sign_on) => sign_on.examine(now).await,
            Err(error) => refused("sign-on", &error),
        });
    }
    findings
}

fn refused(what: &str, error: &anyhow::Error) -> Finding {
    let remedy = format!("`rollcall serve` does not start like this; correct {what} in rollcall.yaml");
    Finding::new(what, Health::Bad, crate::words(error), remedy)
}
