//! Whether the installation can work at this moment. For probes: nobody asks with a name, and the answer tells no secrets.

use crate::Engine;
use std::time::Duration;

/// A database that takes longer to say its schema is as good as none.
const PATIENCE: Duration = Duration::from_secs(3);

impl Engine {
    /// What is wrong; nothing where all is well.
    pub async fn ready(&self) -> Result<(), String> {
        match tokio::time::timeout(PATIENCE, self.store.schema()).await {
            Err(_) => Err("the database does not answer".to_owned()),
            Ok(Err(error)) => {
                tracing::error!("not ready: {error}");
                Err("the database does not answer as it should".to_owned())
            }
            Ok(Ok((found, known))) if found != known => {
                Err(format!("the schema of the database is {found}, this program works with {known}"))
            }
            Ok(Ok(_)) => Ok(()),
        }
    }
}
