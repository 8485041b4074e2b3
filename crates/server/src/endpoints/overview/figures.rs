//! `GET /overview`

use crate::auth::SignedIn;
use crate::endpoints::plans::Listed;
use crate::endpoints::runs::Run;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::{NextRun, Overview, SeatFigures, SiteOverview, Warning};
use serde::Serialize;
use utoipa::ToSchema;

/// Everything on the first page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Overview)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    /// The instant of these figures.
    at: Timestamp,
    /// All sites together.
    sum: Seats,
    /// Each site.
    sites: Vec<AtSite>,
    /// Policies that are on and due by schedule, the next first.
    next_runs: Vec<Next>,
    /// The last runs.
    last_runs: Vec<Run>,
    /// Plans that await approval, the newest first; ten at most.
    awaiting: Vec<Listed>,
    /// How many plans await approval.
    awaiting_count: u64,
    /// What somebody should look at.
    warnings: Vec<Worry>,
}

/// Accounts and seats.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatFigures)]
#[serde(rename_all = "camelCase")]
struct Seats {
    /// All accounts.
    accounts: u64,
    /// Enabled accounts.
    enabled: u64,
    /// Seats in use; `null` where a site does not say.
    used: Option<u64>,
    /// Seats of the licences; `null` where a site does not say, or has no bound.
    max: Option<u64>,
    /// Seats that are not in use.
    free: Option<u64>,
    /// A licence has no bound.
    is_unlimited: bool,
    /// Enabled accounts with a seat, by how long they have been idle.
    idle: Idle,
}

/// Enabled accounts with a seat, by how long they have been idle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdleHistogram)]
struct Idle {
    /// From the shortest on.
    bands: Vec<Band>,
    /// Never active, says a source that would know.
    never: u64,
    /// It cannot be told.
    unknown: u64,
    /// All of them.
    total: u64,
}

/// A band of idleness.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdleBand)]
struct Band {
    /// Idle for at least so many days.
    from: i64,
    /// Idle for less than so many days; `null` = without end.
    to: Option<i64>,
    /// How many accounts.
    accounts: u64,
}

/// Figures of one site.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SiteFigures)]
#[serde(rename_all = "camelCase")]
struct AtSite {
    /// Its name.
    site: String,
    /// The newest snapshot; `null`: it was never read.
    snapshot: Option<String>,
    /// When that was taken.
    snapshot_taken_at: Option<Timestamp>,
    /// Its figures.
    #[serde(flatten)]
    seats: Seats,
    /// Its last runs.
    last_runs: Vec<Run>,
}

/// A policy that will run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NextRun)]
#[serde(rename_all = "camelCase")]
struct Next {
    /// The policy.
    policy: String,
    /// Its sites.
    sites: Vec<String>,
    /// When.
    at: Timestamp,
    /// Its schedule in words.
    schedule: String,
    /// Whether it is live.
    is_live: bool,
}

/// Something that somebody should look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Warning)]
struct Worry {
    /// What kind of thing, for programs.
    #[schema(example = "old-snapshot")]
    kind: &'static str,
    /// The site it is about.
    site: Option<String>,
    /// The run it is about.
    run: Option<String>,
    /// What is amiss, in words.
    message: String,
}

/// Seats used and free, how long people have been idle, what comes next, what was last, what awaits approval, and what is amiss: of each site
/// and of all together.
#[utoipa::path(get, path = "/overview", tag = "overview",
    responses((status = 200, description = "The figures.", body = Figures)))]
pub(crate) async fn overview(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
) -> Result<Json<Figures>, Problem> {
    Ok(Json(Figures::of(api.engine().overview(&operator).await?)))
}

impl Figures {
    fn of(overview: Overview) -> Self {
        Self {
            at: overview.at,
            sum: Seats::of(&overview.sum),
            sites: overview.sites.into_iter().map(AtSite::of).collect(),
            next_runs: overview.next_runs.into_iter().map(Next::of).collect(),
            last_runs: overview.last_runs.into_iter().map(Run::of).collect(),
            awaiting: overview.awaiting.into_iter().map(Listed::of).collect(),
            awaiting_count: overview.awaiting_count,
            warnings: overview.warnings.into_iter().map(Worry::of).collect(),
        }
    }
}

impl Seats {
    fn of(figures: &SeatFigures) -> Self {
        let band =
            |band: rollcall_engine::IdleBand| Band { from: band.from, to: band.to, accounts: band.accounts };
        Self {
            accounts: figures.accounts,
            enabled: figures.enabled,
            used: figures.used,
            max: figures.max,
            free: figures.free(),
            is_unlimited: figures.is_unlimited,
            idle: Idle {
                bands: figures.idle.bands().map(band).into(),
                never: figures.idle.never,
                unknown: figures.idle.unknown,
                total: figures.idle.total(),
            },
        }
    }
}

impl AtSite {
    fn of(site: SiteOverview) -> Self {
        Self {
            site: site.site.to_string(),
            snapshot: site.snapshot.as_ref().map(|(id, _)| id.to_string()),
            snapshot_taken_at: site.snapshot.map(|(_, taken_at)| taken_at),
            seats: Seats::of(&site.figures),
            last_runs: site.last_runs.into_iter().map(Run::of).collect(),
        }
    }
}

impl Next {
    fn of(next: NextRun) -> Self {
        Self {
            policy: next.policy,
            sites: next.sites.iter().map(ToString::to_string).collect(),
            at: next.at,
            schedule: next.schedule,
            is_live: next.is_live,
        }
    }
}

impl Worry {
    fn of(warning: Warning) -> Self {
        Self {
            kind: warning.kind.as_str(),
            site: warning.site.map(|site| site.to_string()),
            run: warning.run,
            message: warning.message,
        }
    }
}
