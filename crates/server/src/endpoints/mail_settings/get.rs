//! `GET /settings/mail`

use crate::auth::May;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::{MailSetup, MailSetupWay, UseCase};
use serde::Serialize;
use utoipa::ToSchema;

/// How mail is set up. There is no password in it.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MailSettings {
    /// Whether there is a way for mails; else nothing is mailed.
    is_configured: bool,
    /// The sender.
    from: Option<String>,
    /// Where word of undeliverable mails goes, where that is not the sender.
    bounces_to: Option<String>,
    /// The mail server.
    host: Option<String>,
    /// Its port.
    port: Option<u16>,
    /// How the way to it is protected: `tls`, `start-tls` or `plain`.
    security: Option<&'static str>,
    /// Who signs in there; `null` where nobody does.
    username: Option<String>,
    /// The folder that mails are written to instead, on the machine of the server.
    folder: Option<String>,
}

/// How mail is set up: what the configuration file of the server says.
#[utoipa::path(get, path = "/settings/mail", tag = "settings",
    responses((status = 200, description = "How it is set up.", body = MailSettings)))]
pub(crate) async fn get_mail_settings(
    State(api): State<Api>,
    May(operator): May<{ UseCase::TestMail as usize }>,
) -> Result<Json<MailSettings>, Problem> {
    let setup = api.engine().mail_setup(&operator)?;
    Ok(Json(setup.map(MailSettings::of).unwrap_or_default()))
}

impl MailSettings {
    fn of(setup: MailSetup) -> Self {
        let about = Self {
            is_configured: true,
            from: Some(setup.from),
            bounces_to: setup.bounces_to,
            ..Self::default()
        };
        match setup.way {
            MailSetupWay::Server { host, port, security, username } => Self {
                host: Some(host),
                port: Some(port),
                security: Some(security.as_str()),
                username,
                ..about
            },
            MailSetupWay::Folder(folder) => Self { folder: Some(folder), ..about },
        }
    }
}
