//! Whether the installation can work at this moment. For probes: nobody asks with a name, and the answer tells no secrets.

use crate::{Engine, StoreError};
use std::time::Duration;

/// A database that takes longer to say its schema is as good as none.
const PATIENCE: Duration = Duration::from_secs(3);

impl Engine {
    /// What is wrong; nothing where all is well.
    pub async fn ready(&self) -> Result<(), String> {
        let asked = async { Ok((self.store.schema().await?, self.store.check_key().await)) };
        match tokio::time::timeout(PATIENCE, asked).await {
            Err(_) => Err("the database does not answer".to_owned()),
            Ok(Ok(((found, known), _))) if found != known => {
                Err(format!("the schema of the database is {found}, this program works with {known}"))
            }
            Ok(Ok((_, Err(StoreError::OtherKey { given, wanted, .. })))) => Err(format!(
                "the sealing key of this installation is {wanted}, and this machine has {given}: it takes no jobs until the key file is copied here"
            )),
            Ok(Ok((_, Ok(())))) => Ok(()),
            Ok(Err(error) | Ok((_, Err(error)))) => {
                tracing::error!("not ready: {error}");
                Err("the database does not answer as it should".to_owned())
            }
        }
    }
}
