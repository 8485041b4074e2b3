//! `rollcall site …`

use super::confirm;
use crate::app::App;
use crate::cli::{Site, SiteAdd, SiteSet, ToldArgs};
use crate::exit::Exit;
use crate::{output, secrets};
use anyhow::{Context, bail};
use rollcall_engine::{Connection, NewSite, SiteChange, SiteSettings};
use rollcall_model::{AccessMode, AddressRule, GroupName, SiteName, SiteProfile, Support};
use rollcall_report::{Cell, Column, ColumnKind, Table};
use std::path::Path;
use url::Url;

pub(crate) async fn run(app: &App, command: Site) -> anyhow::Result<Exit> {
    match command {
        Site::Add(args) => add(app, args).await,
        Site::List => list(app).await,
        Site::Remove { site, yes } => remove(app, &site, yes).await,
        Site::Test { site } => {
            let profile = app.engine.test_site(&app.operator, &site).await?;
            show_profile(app, &site, &profile)
        }
        Site::Set(args) => set(app, args).await,
        Site::CreateGroup { site, group } => {
            app.engine.create_group(&app.operator, &site, &GroupName::from(group.as_str())).await?;
            eprintln!(
                "Group \"{}\" was made at {site}. Run `rollcall sync {site}` before you plan with it.",
                rollcall_model::plain(&group)
            );
            Ok(Exit::Done)
        }
    }
}

async fn add(app: &App, args: SiteAdd) -> anyhow::Result<Exit> {
    check_address(&args.url)?;
    let credentials = secrets::credentials(&args.credentials, true)?.context("no credentials")?;
    let certificate_authorities = authorities(args.ca_file.as_deref())?;
    let mut settings = SiteSettings::default();
    tell(&mut settings, &args.told);
    let connection = Connection {
        product: args.kind,
        url: args.url,
        credentials,
        certificate_authorities,
        settings,
        addresses: AddressRule::everything(),
    };
    let profile = app.engine.add_site(&app.operator, NewSite { name: args.site.clone(), connection }).await?;
    let version =
        profile.version.as_ref().map_or_else(|| "of unknown version".to_owned(), ToString::to_string);
    eprintln!(
        "{} is connected: {} {version}, as {}.",
        args.site,
        profile.product,
        rollcall_model::plain(&profile.own_account.username)
    );
    for warning in &profile.warnings {
        eprintln!("Warning: {}", rollcall_model::plain(warning));
    }
    eprintln!(
        "Next: `rollcall site test {0}` shows what it can do, `rollcall sync {0}` reads it.",
        args.site
    );
    Ok(Exit::Done)
}

/// An address must not carry what would then stand in the process list.
fn check_address(url: &Url) -> anyhow::Result<()> {
    if !url.username().is_empty() || url.password().is_some() {
        bail!("the address holds a name or password; give them with --username and --password-file instead");
    }
    Ok(())
}

fn authorities(file: Option<&Path>) -> anyhow::Result<Option<String>> {
    let read = |file: &Path| {
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
    };
    file.map(read).transpose()
}

async fn list(app: &App) -> anyhow::Result<Exit> {
    let mut listing = Table::new(
        "sites",
        vec![
            Column::new("name", ColumnKind::Code),
            Column::new("kind", ColumnKind::Code),
            Column::new("url", ColumnKind::Code),
            Column::new("accounts", ColumnKind::Number),
            Column::new("snapshot", ColumnKind::Instant),
        ],
    );
    for site in app.engine.sites(&app.operator).await? {
        listing.rows.push(vec![
            site.name.as_str().into(),
            site.product.as_str().into(),
            site.url.into(),
            site.newest.map(|(_, accounts)| accounts).into(),
            site.newest.map(|(at, _)| at).into(),
        ]);
    }
    let is_first = listing.rows.is_empty() && app.format == crate::cli::Format::Table;
    output::table(app.format, &listing)?;
    if is_first {
        eprintln!("Connect one: rollcall site add NAME --url https://wiki.example.org --token-file FILE");
    }
    Ok(Exit::Done)
}

async fn remove(app: &App, site: &SiteName, yes: bool) -> anyhow::Result<Exit> {
    let view = app.engine.site(&app.operator, site).await?;
    let question = format!("Forget {site} ({}), its credentials, snapshots and exemptions?", view.url);
    if !yes && !confirm(&question)? {
        return Ok(Exit::Held);
    }
    app.engine.remove_site(&app.operator, site, None).await?;
    eprintln!("{site} was removed. The audit log keeps what happened there.");
    Ok(Exit::Done)
}

async fn set(app: &App, args: SiteSet) -> anyhow::Result<Exit> {
    let before = app.engine.site(&app.operator, &args.site).await?.settings;
    let mut settings = before.clone();
    tell(&mut settings, &args.told);
    let asks = args.credentials.token_file.is_some() || args.credentials.username.is_some();
    let credentials = if asks { secrets::credentials(&args.credentials, true)? } else { None };
    let certificate_authorities = authorities(args.ca_file.as_deref())?;
    if let Some(url) = &args.url {
        check_address(url)?;
    }
    if settings != before || credentials.is_some() || args.url.is_some() || certificate_authorities.is_some()
    {
        let change = SiteChange {
            settings: settings.clone(),
            url: args.url,
            certificate_authorities,
            credentials,
            meant: None,
        };
        app.engine.set_site(&app.operator, &args.site, change).await?;
    }
    show_settings(app, &settings)
}

fn tell(settings: &mut SiteSettings, told: &ToldArgs) {
    let groups = |names: &[String]| names.iter().map(|n| GroupName::from(n.as_str())).collect::<Vec<_>>();
    if let Some(records) = told.records_every_login {
        settings.records_every_login = records;
    }
    for (list, given) in [
        (&mut settings.licence_groups, &told.licence_group),
        (&mut settings.admin_groups, &told.admin_group),
        (&mut settings.protected_groups, &told.protected_group),
    ] {
        if !given.is_empty() {
            *list = groups(given);
        }
    }
    if let Some(contributions) = told.contributions {
        settings.contributions = contributions;
    }
    if let Some(days) = told.audit_days {
        settings.audit_days = days;
    }
    if let Some(concurrency) = told.concurrency {
        settings.pacing.concurrency = concurrency;
    }
    if let Some(per_second) = told.per_second {
        settings.pacing.per_second = Some(per_second).filter(|n| *n > 0);
    }
    if let Some(seconds) = told.timeout {
        settings.pacing.timeout_seconds = seconds;
    }
}

fn show_settings(app: &App, settings: &SiteSettings) -> anyhow::Result<Exit> {
    let names = |groups: &[GroupName]| Cell::List(groups.iter().map(ToString::to_string).collect());
    let per_second = settings.pacing.per_second.map_or_else(
        || Cell::Data { json: serde_json::Value::Null, text: "as fast as the site answers".to_owned() },
        Cell::from,
    );
    let rows = vec![
        ("recordsEveryLogin", settings.records_every_login.into()),
        ("licenceGroups", names(&settings.licence_groups)),
        ("adminGroups", names(&settings.admin_groups)),
        ("protectedGroups", names(&settings.protected_groups)),
        ("contributions", settings.contributions.into()),
        ("auditDays", u32::from(settings.audit_days).into()),
        ("concurrency", u32::from(settings.pacing.concurrency).into()),
        ("perSecond", per_second),
        ("timeoutSeconds", u32::from(settings.pacing.timeout_seconds).into()),
    ];
    output::properties(app.format, "settings", rows)?;
    Ok(Exit::Done)
}

fn show_profile(app: &App, site: &SiteName, profile: &SiteProfile) -> anyhow::Result<Exit> {
    let seats = profile.seats;
    let rights = match profile.is_admin {
        Some(true) => "administrator",
        Some(false) => "not an administrator",
        None => "cannot be told without writing",
    };
    let rows = vec![
        ("site", site.as_str().into()),
        ("product", profile.product.as_str().into()),
        ("version", profile.version.as_ref().map(ToString::to_string).into()),
        ("baseUrl", profile.base_url.as_str().into()),
        ("account", profile.own_account.username.as_str().into()),
        ("rights", rights.into()),
        ("writes", access_words(profile.access_mode).into()),
        ("seatsUsed", seats.used.into()),
        ("seatsMax", if seats.is_unlimited { "unlimited".into() } else { seats.max.into() }),
        ("directories", Cell::List(profile.directories.iter().map(|d| d.name.to_string()).collect())),
        ("evidence", Cell::List(profile.evidence.clone())),
        ("warnings", Cell::List(profile.warnings.clone())),
    ];
    if app.format == crate::cli::Format::Json {
        return output::text(&format!(
            "{}\n",
            serde_json::to_string_pretty(&camel(serde_json::to_value(profile)?))?
        ))
        .map(|()| Exit::Done);
    }
    output::properties(app.format, site.as_str(), rows)?;
    let mut listing = Table::new(
        "capabilities",
        vec![
            Column::new("action", ColumnKind::Code),
            Column::new("support", ColumnKind::Text),
            Column::new("remark", ColumnKind::Prose),
        ],
    );
    for capability in &profile.capabilities {
        let (word, remark) = match &capability.support {
            Support::Yes => ("yes", ""),
            Support::Expected { doubt } => ("expected", doubt.as_str()),
            Support::No { reason } => ("no", reason.as_str()),
            Support::NotPermitted { reason } => ("not permitted", reason.as_str()),
        };
        listing.rows.push(vec![capability.action.as_str().into(), word.into(), remark.into()]);
    }
    output::text("\n")?;
    output::table(app.format, &listing)?;
    Ok(Exit::Done)
}

/// The keys as everywhere else in our JSON.
fn camel(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (camel_word(&key), camel(value))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(camel).collect()),
        plain => plain,
    }
}

fn camel_word(word: &str) -> String {
    let mut parts = word.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut word, part| {
        let mut letters = part.chars();
        word.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        word.push_str(letters.as_str());
        word
    })
}

fn access_words(mode: AccessMode) -> &'static str {
    match mode {
        AccessMode::ReadWrite => "accepted",
        AccessMode::ReadOnly => "refused: the site is in read-only mode",
        AccessMode::Unknown => "the site does not say",
    }
}
