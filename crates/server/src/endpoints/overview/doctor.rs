//! `GET /doctor`

use crate::auth::May;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::{Finding, Health, UseCase};
use serde::Serialize;
use utoipa::ToSchema;

/// What the doctor found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Examination {
    /// Whether nothing is bad.
    is_well: bool,
    /// Everything that was examined.
    findings: Vec<Row>,
}

/// One finding.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
struct Row {
    /// What was examined.
    what: String,
    /// `good`, `warning` or `bad`.
    health: &'static str,
    /// What was found.
    found: String,
    /// What to do; empty where nothing is to be done.
    remedy: String,
}

/// Examines the installation: database, keys, audit log, clock, mail, what is under way, the server, single sign-on and every site. Changes
/// nothing; asks the sites, all at once, and takes as long as the slowest.
#[utoipa::path(get, path = "/doctor", tag = "operation",
    responses((status = 200, description = "The findings.", body = Examination)))]
pub(crate) async fn examine(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Examine as usize }>,
) -> Result<Json<Examination>, Problem> {
    let mut findings = api.engine().examine(&operator).await?;
    let now = api.engine().now();
    findings.extend(crate::examine(api.settings(), now));
    if let Some(sign_on) = api.sign_on() {
        findings.push(sign_on.examine(now).await);
    }
    Ok(Json(Examination {
        is_well: findings.iter().all(|finding| finding.health != Health::Bad),
        findings: findings.into_iter().map(Row::of).collect(),
    }))
}

impl Row {
    fn of(finding: Finding) -> Self {
        Self {
            what: finding.what,
            health: match finding.health {
                Health::Good => "good",
                Health::Warning => "warning",
                Health::Bad => "bad",
            },
            found: finding.found,
            remedy: finding.remedy,
        }
    }
}
