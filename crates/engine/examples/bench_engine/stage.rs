//! An installation on a database of its own, connected to a simulated site: wired as the program wires it.

use crate::Outcome;
use crate::site::Address;
use rollcall_engine::{
    Act, Connection, Credentials, DatabaseLocation, Engine, Freshness, MadePlan, NewSite, OpenSite, Operator,
    RunEnd, SealingKey, Selection, Settings, SiteError, SiteSettings, SystemClock,
};
use rollcall_model::{Action, ItemState, Product, SiteName};
use rollcall_planner::{Limits, Mode, Percent, Period};
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;

struct Products;

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

/// An installation; its folder is gone when dropped.
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) operator: Operator,
    pub(crate) site: SiteName,
    _folder: TempDir,
}

impl Stage {
    /// `database` is an address as in the settings; `None` is a file in the stage's folder.
    pub(crate) async fn set_up(address: &Address, concurrency: u16, database: Option<&str>) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let settings = Settings {
            database: match database {
                Some(address) => address.parse()?,
                None => DatabaseLocation::in_folder(folder.path()),
            },
            key: SealingKey::generate()?,
            mail: None,
            name: "bench".to_owned(),
            public_url: None,
            locks: folder.path().join("locks"),
            clock: Arc::new(SystemClock),
            sites: Arc::new(Products),
        };
        let stage = Self {
            engine: Engine::open(settings).await?,
            operator: Operator::local("bench"),
            site: "wiki".parse()?,
            _folder: folder,
        };
        let mut settings = SiteSettings::default();
        settings.pacing.concurrency = concurrency;
        let connection = Connection {
            product: Product::ConfluenceDc,
            url: address.url.parse()?,
            credentials: Credentials::Token(address.token.clone().into()),
            certificate_authorities: None,
            settings,
            addresses: rollcall_model::AddressRule::everything(),
        };
        stage.engine.add_site(&stage.operator, NewSite { name: stage.site.clone(), connection }).await?;
        Ok(stage)
    }

    /// A live plan for everybody whom the criterion selects on the newest snapshot.
    pub(crate) async fn plan(&self, criterion: &str, action: &Action) -> Outcome<MadePlan> {
        let selection = Selection {
            site: &self.site,
            criterion,
            accounts: None,
            actions: std::slice::from_ref(action),
            mode: Mode::Live,
            limits: Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() },
            freshness: Freshness::Any,
        };
        Ok(self.engine.plan_selection(&self.operator, &selection, &|_| {}).await?)
    }

    /// Works the plan; an error unless every item was done.
    pub(crate) async fn apply(&self, made: &MadePlan) -> Outcome {
        let (report, end) = self.engine.apply(&self.operator, &made.plan.id, Box::new(|_, _, _| {})).await?;
        let counts = report.counts();
        let done = BTreeMap::from([(ItemState::Done, made.plan.items.len() as u64)]);
        if end != RunEnd::Done || counts != done {
            let example = report.items.iter().find(|item| item.state() == ItemState::Failed);
            let example = example.map(|item| (&item.account, &item.result));
            return Err(format!("the run did not go well: {end:?}, {counts:?}, such as {example:?}").into());
        }
        Ok(())
    }
}
