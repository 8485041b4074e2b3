//! Setting a password: one's own, which takes the old one, or somebody else's.

use super::{check_password, check_person};
use crate::sign_in::{Verdict, throttle};
use crate::{Engine, EngineError, Operator, UseCase};
use rollcall_audit::{EntryKind, Subject};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

impl Engine {
    /// Sets a password. One's own takes the old one as well, and lives on in the session `but`; every other session of the operator
    /// ends. Tells how many did.
    pub async fn set_password(
        &self,
        operator: &Operator,
        name: &str,
        old: Option<&SecretString>,
        new: &SecretString,
        but: Option<&str>,
    ) -> Result<u64, EngineError> {
        self.check_own(operator, name, UseCase::ChangeOwnPassword, UseCase::ResetPassword)?;
        check_person(operator, "sets no passwords")?;
        let row = self.operator_row(name).await?;
        if row.outer.is_some() {
            return Err(EngineError::NotNow(format!(
                "operator \"{}\" signs in at the provider of single sign-on and has no password here",
                row.name
            )));
        }
        let is_own = operator.is(name) && !operator.is_local();
        if is_own {
            let Some(old) = old else {
                return Err(EngineError::unfit(
                    "oldPassword",
                    "changing one's own password takes the old one",
                ));
            };
            self.check_old(&row.id, old).await?;
        }
        check_password("newPassword", new.expose_secret(), &row.name, row.email.as_deref())?;
        let hash = self.hasher.hash(new).await?;
        let why = if is_own {
            format!("operator \"{}\" changed their password", row.name)
        } else {
            format!("the password of operator \"{}\" was set", row.name)
        };
        let mut entry = self.draft(operator, EntryKind::OPERATOR_PASSWORD, Subject::default(), why);
        entry.details = json!({ "operator": row.name });
        Ok(self.store.set_password(&row.id, &hash, but, self.now(), entry).await?)
    }

    /// Whoever sits down at somebody's open session must not be able to try passwords there at will.
    async fn check_old(&self, id: &str, old: &SecretString) -> Result<(), EngineError> {
        let keys = [throttle::own_password(id)];
        self.reserve(&keys).await?;
        let stored = self.store.password_of(id).await?;
        if self.hasher.verify(old, stored.as_ref()).await? == Verdict::Wrong {
            return Err(EngineError::unfit("oldPassword", "it is not the password"));
        }
        Ok(self.store.forgive_attempt(&keys).await?)
    }
}
