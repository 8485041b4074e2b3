//! Who may sign in.

use super::{Finding, Health, finding};
use crate::{Engine, EngineError, Setup};

impl Engine {
    pub(super) async fn examine_operators(&self) -> Result<Finding, EngineError> {
        let remedy = "rollcall operators setup-link, where `rollcall serve` is used";
        Ok(match self.setup().await? {
            Setup::Done => finding("operators", Health::Good, "there is an admin who may sign in", ""),
            Setup::Needed => finding("operators", Health::Good, "nobody is admin yet", remedy),
            Setup::LinkMade { until } => {
                let found = format!("nobody is admin yet; a setup link is good until {until:.0}");
                finding("operators", Health::Good, found, remedy)
            }
        })
    }
}
