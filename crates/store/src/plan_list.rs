//! Plans as they are listed: by where they stand, newest first, page by page.

use crate::database::on_either;
use crate::plans::{PlanRow, Row};
use crate::row::{micros, number};
use crate::{Store, StoreError};
use jiff::Timestamp;
use rollcall_model::{PlanId, RunId, SiteId};

/// Where a plan stands. Each plan stands in exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanStanding {
    /// There is a run of it.
    Applied,
    /// Somebody said no.
    Rejected,
    /// It was not applied in time.
    Expired,
    /// A limit forbids applying it.
    Blocked,
    /// It waits for somebody who agrees.
    Awaiting,
    /// Somebody agreed, or nobody has to; it can be applied.
    Ready,
}

impl PlanStanding {
    /// Each of them.
    pub const ALL: [Self; 6] =
        [Self::Applied, Self::Rejected, Self::Expired, Self::Blocked, Self::Awaiting, Self::Ready];

    /// The word of API and pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Blocked => "blocked",
            Self::Awaiting => "awaiting",
            Self::Ready => "ready",
        }
    }

    /// The one of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == name)
    }

    /// What must be so of the columns; the first of them that holds is where a plan stands.
    const fn condition(self) -> &'static str {
        match self {
            Self::Applied => "runs.id IS NOT NULL",
            Self::Rejected => "plans.approval = 'rejected'",
            Self::Expired => "plans.expires_at <= ",
            Self::Blocked => "plans.is_blocked",
            Self::Awaiting => "plans.approval = 'awaited'",
            Self::Ready => "plans.approval IN ('approved', 'not-needed')",
        }
    }
}

/// Which plans to list. The default is all.
#[derive(Debug, Clone, Default)]
pub struct PlanFilter {
    /// Of this site.
    pub site: Option<SiteId>,
    /// Of this policy.
    pub policy: Option<String>,
    /// That stand there.
    pub standing: Option<PlanStanding>,
    /// Older than this plan: when it was made, and its id.
    pub before: Option<(Timestamp, PlanId)>,
    /// How many at most; `None` = all.
    pub limit: Option<u32>,
}

/// A plan as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedPlan {
    /// Its header.
    pub plan: PlanRow,
    /// The run of it, if there is one.
    pub run: Option<RunId>,
}

impl ListedPlan {
    /// Where it stands.
    pub fn standing(&self, now: Timestamp) -> PlanStanding {
        use crate::ApprovalState::{Awaited, Rejected};
        match &self.plan {
            _ if self.run.is_some() => PlanStanding::Applied,
            plan if plan.approval == Rejected => PlanStanding::Rejected,
            plan if plan.expires_at <= now => PlanStanding::Expired,
            plan if plan.is_blocked => PlanStanding::Blocked,
            plan if plan.approval == Awaited => PlanStanding::Awaiting,
            _ => PlanStanding::Ready,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    plan: Row,
    run: Option<String>,
}

/// The conditions of a filter, for either database.
macro_rules! narrow {
    ($statement:ident, $filter:ident, $now:ident) => {
        if let Some(site) = &$filter.site {
            $statement.push(" AND plans.site = ").push_bind(site.as_str());
        }
        if let Some(policy) = &$filter.policy {
            $statement.push(" AND plans.policy = ").push_bind(policy);
        }
        if let Some(wanted) = $filter.standing {
            let nearer = PlanStanding::ALL.into_iter().take_while(|other| *other != wanted);
            for (standing, is_so) in nearer.map(|other| (other, false)).chain([(wanted, true)]) {
                $statement.push(if is_so { " AND (" } else { " AND NOT (" }).push(standing.condition());
                if standing == PlanStanding::Expired {
                    $statement.push_bind(micros($now));
                }
                $statement.push(")");
            }
        }
    };
}

impl Store {
    /// Plans, newest first.
    pub async fn plans(&self, filter: &PlanFilter, now: Timestamp) -> Result<Vec<ListedPlan>, StoreError> {
        let mut reading = self.database.read().await?;
        let rows: Vec<Listed> = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new(
                "SELECT plans.id, plans.site, plans.snapshot, plans.policy, plans.version, plans.fingerprint, plans.mode,
                        plans.made_by, plans.made_at, plans.expires_at, plans.items, plans.approval, plans.is_blocked,
                        plans.is_restricted, plans.summary, plans.job, runs.id AS run
                 FROM plans LEFT JOIN runs ON runs.plan = plans.id WHERE TRUE",
            );
            narrow!(statement, filter, now);
            if let Some((at, id)) = &filter.before {
                statement.push(" AND plans.made_at <= ").push_bind(micros(*at));
                statement.push(" AND (plans.made_at < ").push_bind(micros(*at));
                statement.push(" OR plans.id < ").push_bind(id.as_str()).push(")");
            }
            statement.push(" ORDER BY plans.made_at DESC, plans.id DESC LIMIT ");
            statement.push_bind(filter.limit.map_or(i64::MAX, i64::from));
            statement.build_query_as().fetch_all(connection).await
        })?;
        let listed = |row: Listed| Ok(ListedPlan { plan: row.plan.plan()?, run: row.run.map(Into::into) });
        rows.into_iter().map(listed).collect()
    }

    /// How many plans match, whatever `before` and `limit` say.
    pub async fn count_plans(&self, filter: &PlanFilter, now: Timestamp) -> Result<u64, StoreError> {
        let mut reading = self.database.read().await?;
        let (count,): (i64,) = on_either!(&mut reading, connection => {
            let mut statement = sqlx::QueryBuilder::new(
                "SELECT COUNT(*) FROM plans LEFT JOIN runs ON runs.plan = plans.id WHERE TRUE",
            );
            narrow!(statement, filter, now);
            statement.build_query_as().fetch_one(connection).await
        })?;
        number(count, "the number of plans")
    }
}
