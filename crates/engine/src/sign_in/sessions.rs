//! Sessions: begun at sign-in with a secret of their own, so that none is ever taken over; ended by signing out, by time, by an admin,
//! by a change of password, role or standing.

use super::secret::{self, Kind};
use crate::{Engine, EngineError, Operator, SignedIn, SignedInBy, UseCase};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_store::{OperatorRow, SessionRow, StoreError};
use secrecy::SecretString;
use serde_json::json;
use std::net::IpAddr;

const LONGEST_AGENT: usize = 120;

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    address: IpAddr,
    agent: String,
}

impl Origin {
    /// An address and what the program there calls itself, which is cut and made harmless.
    pub fn new(address: IpAddr, agent: &str) -> Self {
        let agent = rollcall_model::plain(agent.trim()).chars().take(LONGEST_AGENT).collect();
        Self { address: address.to_canonical(), agent }
    }

    /// The address as text.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// What the program there calls itself.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// What is taken for one client: an address, or the network of an IPv6 one, of which a client has as many as it likes.
    pub(super) fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// A session that was just begun.
#[derive(Debug)]
pub struct NewSession {
    /// What the browser is to hold. Given once.
    pub secret: SecretString,
    /// Who is signed in.
    pub operator: Operator,
    /// Its id.
    pub id: String,
    /// When it ends unless it is used.
    pub idle_ends_at: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
}

/// A session as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub seen_at: Timestamp,
    /// When it ends unless it is used.
    pub idle_ends_at: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
    /// Where it was begun from.
    pub address: String,
    /// With what.
    pub agent: String,
}

impl From<SessionRow> for SessionView {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at,
            seen_at: row.seen_at,
            idle_ends_at: row.idle_ends_at,
            ends_at: row.ends_at,
            address: row.address,
            agent: row.agent,
        }
    }
}

impl Engine {
    /// Begins a session for somebody who has shown who they are.
    pub(crate) async fn begin_session(
        &self,
        row: &OperatorRow,
        origin: &Origin,
        previous: Option<&SecretString>,
        by: &str,
    ) -> Result<NewSession, EngineError> {
        let lengths = self.lengths().await?;
        let now = self.now();
        let operator = Operator::remote(&row.name, row.role);
        let secret = secret::generate()?;
        let ends_at = now + lengths.absolute;
        let session = SessionRow {
            id: self.new_id(),
            operator: row.id.clone(),
            created_at: now,
            seen_at: now,
            idle_ends_at: (now + lengths.idle).min(ends_at),
            ends_at,
            address: origin.address(),
            agent: origin.agent().to_owned(),
            revoked_at: None,
        };
        let why = format!("operator \"{}\" signed in with {by}", row.name);
        let mut entry = self.draft(&operator, EntryKind::SESSION_STARTED, Subject::default(), why);
        entry.details = json!({ "session": session.id, "address": session.address, "agent": session.agent });
        let previous = previous.map(|previous| secret::hash(Kind::Session, previous));
        let hash = secret::hash(Kind::Session, &secret);
        self.store.begin_session(&session, &hash, row.role, previous.as_deref(), entry).await?;
        Ok(NewSession { secret, operator, id: session.id, idle_ends_at: session.idle_ends_at, ends_at })
    }

    /// The sessions of an operator that have not ended, newest first.
    pub async fn sessions(&self, operator: &Operator, name: &str) -> Result<Vec<SessionView>, EngineError> {
        self.check_own(operator, name, UseCase::OwnSessions, UseCase::OthersSessions)?;
        let row = self.operator_row(name).await?;
        let rows = self.store.sessions_of(&row.id, self.now()).await?;
        Ok(rows.into_iter().map(SessionView::from).collect())
    }

    /// Ends one session of an operator.
    pub async fn end_session(&self, operator: &Operator, name: &str, id: &str) -> Result<(), EngineError> {
        self.check_own(operator, name, UseCase::OwnSessions, UseCase::OthersSessions)?;
        let row = self.operator_row(name).await?;
        let why = format!("a session of operator \"{}\" was ended", row.name);
        let mut entry = self.draft(operator, EntryKind::SESSION_ENDED, Subject::default(), why);
        entry.details = json!({ "operator": row.name, "session": id });
        Ok(self.store.end_session(&row.id, id, self.now(), entry).await?)
    }

    /// Ends every session of an operator, all but the one named; tells how many.
    pub async fn end_sessions(
        &self,
        operator: &Operator,
        name: &str,
        but: Option<&str>,
    ) -> Result<u64, EngineError> {
        self.check_own(operator, name, UseCase::OwnSessions, UseCase::OthersSessions)?;
        let row = self.operator_row(name).await?;
        let why = format!("the sessions of operator \"{}\" were ended", row.name);
        let mut entry = self.draft(operator, EntryKind::SESSION_ENDED, Subject::default(), why);
        entry.details = json!({ "operator": row.name, "but": but });
        Ok(self.store.end_sessions(&row.id, but, self.now(), entry).await?)
    }

    /// Signs out: ends the session that was used for it.
    pub async fn sign_out(&self, who: &SignedIn) -> Result<(), EngineError> {
        let SignedInBy::Session { id, .. } = who.by() else {
            return Err(EngineError::NotNow("a token is not signed in; revoke it to end its use".to_owned()));
        };
        let operator = who.operator();
        match self.end_session(operator, operator.name(), id).await {
            // Ended by another request meanwhile: as asked for.
            Err(EngineError::Store(StoreError::NotFound { .. })) => Ok(()),
            ended => ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn an_ipv6_client_is_its_network_and_a_mapped_ipv4_address_is_that_address() {
        let origin = |address: &str| Origin::new(address.parse().unwrap(), "x");
        assert_eq!(origin("2001:db8:1:2:3:4:5:6").network(), origin("2001:db8:1:2:ffff::1").network());
        assert_ne!(origin("2001:db8:1:2::1").network(), origin("2001:db8:1:3::1").network());
        assert_eq!(origin("::ffff:192.0.2.1").network(), "192.0.2.1");
        assert_eq!(Origin::new("::1".parse().unwrap(), &"a\r\n".repeat(99)).agent().chars().count(), 120);
    }
}
