//! What every endpoint shares.

use crate::auth::Authenticate;
use crate::metrics::HttpMetrics;
use crate::settings::ServerSettings;
use crate::sign_on::SignOn;
use rollcall_engine::Engine;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Something that must be so for the server to be ready; the error says what is wrong, without secrets.
pub type ReadyCheck = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// The state of the API. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

struct Shared {
    engine: Arc<Engine>,
    authenticate: Arc<dyn Authenticate>,
    settings: ServerSettings,
    checks: Vec<ReadyCheck>,
    sign_on: Option<SignOn>,
    closing: CancellationToken,
    metrics: HttpMetrics,
}

impl Api {
    /// Puts it together.
    pub fn new(engine: Arc<Engine>, authenticate: Arc<dyn Authenticate>, settings: ServerSettings) -> Self {
        Self(Arc::new(Shared {
            engine,
            authenticate,
            settings,
            checks: Vec::new(),
            sign_on: None,
            closing: CancellationToken::new(),
            metrics: HttpMetrics::default(),
        }))
    }

    /// With something more that must be so for `/readyz`. Only before the state is shared.
    #[must_use]
    pub fn with_check(mut self, check: ReadyCheck) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.checks.push(check);
        }
        self
    }

    /// With single sign-on. Only before the state is shared.
    #[must_use]
    pub fn with_sign_on(mut self, sign_on: SignOn) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.sign_on = Some(sign_on);
        }
        self
    }

    /// The use cases.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.0.engine
    }

    /// The settings.
    pub fn settings(&self) -> &ServerSettings {
        &self.0.settings
    }

    /// Cancelled when the server ends: answers that would go on for ever (event streams) end then.
    pub fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    pub(crate) fn metrics(&self) -> &HttpMetrics {
        &self.0.metrics
    }

    pub(crate) fn authenticate(&self) -> &dyn Authenticate {
        &*self.0.authenticate
    }

    pub(crate) fn sign_on(&self) -> Option<&SignOn> {
        self.0.sign_on.as_ref()
    }

    pub(crate) fn checks(&self) -> &[ReadyCheck] {
        &self.0.checks
    }
}
