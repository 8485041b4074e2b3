//! What the tests are played on.

use jiff::Timestamp;
use rollcall_atlassian::ConfluenceDc;
use rollcall_model::{AccountRef, Observation, Product, SiteId};
use rollcall_simulator::{Options, Simulator};
use rollcall_site::{Connection, Credentials, Observe as _, ObserveRequest, SiteError, SiteSettings};
use std::sync::Arc;

/// A connection to an address, with a token.
pub(crate) fn connection(url: &str, token: &str) -> Connection {
    Connection {
        product: Product::ConfluenceDc,
        url: url.parse().unwrap(),
        credentials: Credentials::Token(token.to_owned().into()),
        certificate_authorities: None,
        settings: SiteSettings::default(),
        addresses: rollcall_model::AddressRule::everything(),
    }
}

/// A connection with a password.
pub(crate) fn with_password(url: &str, username: &str, password: &str) -> Connection {
    let credentials =
        Credentials::Basic { username: username.to_owned(), password: password.to_owned().into() };
    Connection { credentials, ..connection(url, "") }
}

/// A simulated site and the client that is connected to it.
pub(crate) struct Stage {
    pub(crate) site: Simulator,
    pub(crate) client: Arc<ConfluenceDc>,
}

/// The small site with other options and settings.
pub(crate) async fn staged(options: Options, settings: impl FnOnce(&mut SiteSettings)) -> Stage {
    let site = Simulator::start(options).await.unwrap();
    let mut connection = connection(&site.url(), site.token());
    settings(&mut connection.settings);
    let client = rollcall_atlassian::connect(&connection).unwrap();
    Stage { site, client }
}

/// The small site at a version.
pub(crate) async fn at_version(version: &str) -> Stage {
    staged(Options::small().version(version), |_| {}).await
}

/// The instant of the simulated world at its beginning.
pub(crate) fn today() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Reads the whole site, audit log of 90 days included.
pub(crate) async fn read(client: &ConfluenceDc) -> Result<Observation, SiteError> {
    read_with(client, 0, &[]).await
}

pub(crate) async fn read_with(
    client: &ConfluenceDc,
    contributions: u32,
    first: &[AccountRef],
) -> Result<Observation, SiteError> {
    client
        .observe(ObserveRequest {
            site: SiteId::from("site"),
            progress: &|_| {},
            contributions,
            contributions_first: first,
            audit_since: Some("2026-08-24T12:00:00Z".parse().unwrap()),
            now: &today,
        })
        .await
}

impl Stage {
    /// An account by its name, as the plan would name it.
    pub(crate) fn account(&self, username: &str) -> AccountRef {
        let view = self.site.with_state(|state| state.account_view(username)).unwrap();
        AccountRef { key: view.user_key.as_str().into(), username: view.username }
    }

    /// Accounts that can be changed: in the first, writable directory, enabled, no administrators.
    pub(crate) fn changeable(&self, count: usize) -> Vec<AccountRef> {
        self.site.with_state(|state| {
            let writable =
                state.directories().iter().find(|d| d.name.contains("Internal")).unwrap().name.clone();
            let found: Vec<_> = state
                .account_views()
                .filter(|v| {
                    v.status == "enabled"
                        && v.directory == writable
                        && !v.system_administrator
                        && v.shadowed_in.is_empty()
                        && !v.username.contains(['/', '\\'])
                        && v.groups.iter().any(|g| g == "confluence-users")
                })
                .map(|v| AccountRef { key: v.user_key.as_str().into(), username: v.username })
                .take(count)
                .collect();
            assert_eq!(found.len(), count, "the simulated site has too few accounts of that kind");
            found
        })
    }
}
