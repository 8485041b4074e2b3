//! The engine on the installation of a stage, beside the program: for what takes an hour of its own, or a request over the network.

use rollcall_engine::{
    Clock, Connection, DatabaseLocation, Engine, OpenSite, SealingKey, Settings, SiteError,
};
use std::path::Path;
use std::sync::Arc;

/// A clock that stands at one instant.
struct StandsAt(jiff::Timestamp);

impl Clock for StandsAt {
    fn now(&self) -> jiff::Timestamp {
        self.0
    }
}

struct Connects;

impl OpenSite for Connects {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn rollcall_engine::Act>, SiteError> {
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

/// Opens the installation in a data folder, at an instant.
pub(crate) async fn engine(data: &Path, at: jiff::Timestamp) -> Engine {
    // In whole microseconds, as the program's own clock.
    let at = jiff::Timestamp::from_microsecond(at.as_microsecond()).expect("an instant");
    let settings = Settings {
        database: DatabaseLocation::in_folder(data),
        key: SealingKey::from_file(&data.join("sealing.key")).expect("the key"),
        mail: None,
        name: "Rollcall".to_owned(),
        public_url: None,
        locks: data.join("locks"),
        clock: Arc::new(StandsAt(at)),
        sites: Arc::new(Connects),
    };
    Engine::open(settings).await.expect("the installation opens")
}

/// Does something that waits, here and now.
pub(crate) fn now_do<T>(what: impl Future<Output = T>) -> T {
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Runtime::new().expect("a runtime").block_on(what)
}
