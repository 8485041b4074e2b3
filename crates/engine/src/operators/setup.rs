//! The one-time link by which the first admin is made.

use super::{NewOperator, audited, folded};
use crate::sign_in::secret;
use crate::{Engine, EngineError, NewSession, Operator, Origin, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::Role;
use secrecy::SecretString;

/// How long a link is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A new setup link. Shown once.
#[derive(Debug)]
pub struct SetupLink {
    /// What stands at its end.
    pub token: SecretString,
    /// Until when it is good.
    pub until: Timestamp,
}

/// Whether somebody must be made admin first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// There is an admin who can sign in.
    Done,
    /// There is none, and no link by which one could be made.
    Needed,
    /// There is none, and a link that was shown when it was made.
    LinkMade {
        /// Until when it is good.
        until: Timestamp,
    },
}

impl Engine {
    /// Whether somebody must be made admin first. Anybody may ask: it is the first page's question.
    pub async fn setup(&self) -> Result<Setup, EngineError> {
        if self.store.has_active_admin().await? {
            return Ok(Setup::Done);
        }
        let until = self.store.setup_link_until(self.now()).await?;
        Ok(until.map_or(Setup::Needed, |until| Setup::LinkMade { until }))
    }

    /// Makes a setup link; those made before are good no more.
    pub async fn make_setup_link(&self, operator: &Operator) -> Result<SetupLink, EngineError> {
        operator.check(UseCase::MakeSetupLink)?;
        let token = secret::generate()?;
        let until = self.now() + GOOD_FOR;
        let why = format!("a setup link was made, good until {until}");
        let entry = self.draft(operator, EntryKind::SETUP_LINK_MADE, Subject::default(), why);
        let hash = secret::hash(secret::Kind::Setup, &token);
        if self.store.add_setup_link(&hash, self.now(), until, entry).await? {
            return Ok(SetupLink { token, until });
        }
        Err(EngineError::NotNow(
            "there is an admin already; add more with `rollcall operators add`, set a lost password with `rollcall operators password`"
                .to_owned(),
        ))
    }

    /// Uses a setup link: makes the first admin, and signs them in.
    pub async fn set_up(
        &self,
        token: &SecretString,
        mut new: NewOperator,
        origin: &Origin,
    ) -> Result<NewSession, EngineError> {
        let hash = secret::hash(secret::Kind::Setup, token);
        let no_link = || {
            EngineError::NotNow(
                "this setup link is good no more; `rollcall operators setup-link` on the server makes another"
                    .to_owned(),
            )
        };
        // Asked before anything is said about the rest, and before a password is hashed for a stranger.
        if !self.store.is_setup_link(&hash, self.now()).await? {
            return Err(no_link());
        }
        new.role = Role::Admin;
        if new.password.is_none() {
            return Err(EngineError::unfit("password", "the first admin needs a password"));
        }
        let (row, password) = self.operator_to_be(new).await?;
        let Some(password) = password else { return Err(no_link()) };
        let why = format!("operator \"{}\" was made the first admin by the setup link", row.name);
        let actor = Operator::remote(&row.name, Role::Admin);
        let mut entry = self.draft(&actor, EntryKind::OPERATOR_ADDED, Subject::default(), why);
        entry.after = Some(audited(&row));
        if !self.store.use_setup_link(&hash, &row, &folded(&row.name), &password, entry).await? {
            return Err(no_link());
        }
        self.begin_session(&row, origin, None, "the setup link").await
    }
}
