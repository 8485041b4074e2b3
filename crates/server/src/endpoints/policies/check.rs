//! `POST /policies/check`

use super::document::{Document, pointer};
use crate::auth::SignedIn;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::SiteProblem;
use rollcall_planner::{Policy, PolicyProblem};
use serde::Serialize;
use utoipa::ToSchema;

/// What checking came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyCheck)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Checked {
    /// Whether the policies can be kept as they are.
    is_sound: bool,
    /// The policies that were read; none where one of them has a fault.
    policies: Vec<Read>,
    /// Every fault that could be found, in the order of the file.
    faults: Vec<Fault>,
    /// What does not fit the sites as they are now. Such policies can be kept, but not planned.
    site_problems: Vec<Misfit>,
}

/// A policy that was read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedPolicy)]
struct Read {
    /// Its name.
    name: String,
    /// The hash of its content.
    version: String,
}

/// A fault.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyFault)]
struct Fault {
    /// A JSON pointer into the file.
    #[schema(example = "/policies/0/limits/percent")]
    at: String,
    /// Line in the text, from 1.
    line: Option<u32>,
    /// Column in the line, from 1.
    column: Option<u32>,
    /// What is wrong, and what to write instead.
    message: String,
}

/// Something that does not fit a site.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyMisfit)]
struct Misfit {
    /// The policy.
    policy: String,
    /// The site.
    site: String,
    /// What is wrong.
    message: String,
}

/// Checks a policy file, YAML or JSON, without keeping anything.
#[utoipa::path(post, path = "/policies/check", tag = "policies", extensions(("x-changes-nothing" = json!(true))),
    request_body(description = "The file.", content((Object = "application/json"), (String = "application/yaml"))),
    responses((status = 200, description = "What is wrong with it, if anything.", body = Checked)))]
pub(crate) async fn check_policies(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    document: Document,
) -> Result<Json<Checked>, Problem> {
    let (policies, faults) = match document.policies().await {
        Ok(policies) => (policies, Vec::new()),
        Err(error) => (Vec::new(), error.problems),
    };
    let misfits = api.engine().check_policies(&operator, &policies).await?;
    Ok(Json(Checked::of(&policies, faults, misfits)))
}

impl Checked {
    fn of(policies: &[Policy], faults: Vec<PolicyProblem>, misfits: Vec<SiteProblem>) -> Self {
        Self {
            is_sound: faults.is_empty() && misfits.is_empty(),
            policies: policies.iter().map(|p| Read { name: p.name.clone(), version: p.version() }).collect(),
            faults: faults
                .into_iter()
                .map(|fault| Fault {
                    at: pointer(&fault.path, false),
                    line: fault.line,
                    column: fault.column,
                    message: fault.message,
                })
                .collect(),
            site_problems: misfits
                .into_iter()
                .map(|misfit| Misfit {
                    policy: misfit.policy,
                    site: misfit.site,
                    message: misfit.error.to_string(),
                })
                .collect(),
        }
    }
}
