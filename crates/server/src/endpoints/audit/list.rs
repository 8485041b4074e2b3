//! `GET /audit`

use super::shape::Entry;
use crate::auth::SignedIn;
use crate::extract::{Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::AuditPageQuery;
use rollcall_model::SiteName;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Of this kind, or of kinds that begin with it: `run.item` finds `run.item.intent`.
    #[param(value_type = Option<String>, max_length = 60, example = "policy")]
    #[serde(default)]
    kind: Option<Text<0, 60>>,
    /// About this site.
    #[param(value_type = Option<String>, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    #[serde(default)]
    site: Option<SiteName>,
    /// About this account, by key.
    #[param(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    account: Option<Text<0, 255>>,
    /// About this policy.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    policy: Option<Text<0, 64>>,
    /// About this plan.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    plan: Option<Text<0, 64>>,
    /// About this run.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    run: Option<Text<0, 64>>,
    /// By this operator, program or scheduler.
    #[param(value_type = Option<String>, max_length = 200)]
    #[serde(default)]
    actor: Option<Text<0, 200>>,
    /// At or after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    since: Option<Timestamp>,
    /// Before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    until: Option<Timestamp>,
}

/// The audit log, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Params, PagingParams),
    responses((status = 200, description = "A page of it.", body = Page<Entry>)))]
pub(crate) async fn list_audit(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Paged(params, paging): Paged<Params>,
) -> Result<Page<Entry>, Problem> {
    let query = AuditPageQuery {
        kind: params.kind.map(Text::into_inner),
        site: params.site,
        account: params.account.map(|text| text.into_inner().into()),
        policy: params.policy.map(Text::into_inner),
        plan: params.plan.map(|text| text.into_inner().into()),
        run: params.run.map(|text| text.into_inner().into()),
        actor: params.actor.map(Text::into_inner),
        since: params.since,
        until: params.until,
        before: paging.after()?,
    };
    let entries = api.engine().audit_page(&operator, &query, paging.reach()).await?;
    let names = api.engine().site_names(&operator).await?;
    Ok(paging.beginning(entries, |entry| entry.seq, None).map(|entry| Entry::of(entry, &names)))
}
