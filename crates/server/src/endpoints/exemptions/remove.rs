//! `DELETE /sites/{site}/exemptions/{kind}/{name}`

use super::shape::{Kind, kind, tag};
use crate::auth::May;
use crate::extract::{IfMatch, IfMatchHeader, InPath, Text};
use crate::problem::{Code, Problem};
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use rollcall_engine::{ExemptName, UseCase};
use rollcall_model::SiteName;
use serde::Deserialize;
use utoipa::IntoParams;

/// The exemption in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ExemptionPath {
    /// What the site is called here.
    #[param(value_type = String, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", example = "wiki")]
    site: SiteName,
    /// An account or a group.
    kind: Kind,
    /// The account's sign-in name, or the group's name.
    #[param(value_type = String, min_length = 1, max_length = 255)]
    name: Text<1, 255>,
}

/// Ends an exemption.
#[utoipa::path(delete, path = "/sites/{site}/exemptions/{kind}/{name}", tag = "exemptions", params(ExemptionPath, IfMatchHeader),
    responses((status = 204, description = "It is ended.")))]
pub(crate) async fn remove_exemption(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Exempt as usize }>,
    InPath(path): InPath<ExemptionPath>,
    meant: IfMatch,
) -> Result<StatusCode, Problem> {
    let there = api.engine().exemptions(&operator, &path.site).await?.into_iter().find(|view| {
        kind(&view.subject) == path.kind
            && rollcall_snapshot::fold(&view.name) == rollcall_snapshot::fold(&path.name)
    });
    let Some(there) = there else {
        let name = rollcall_model::plain(&path.name);
        return Err(Problem::new(
            Code::NotFound,
            format!("there is no exemption of \"{name}\" at {}", path.site),
        ));
    };
    meant.check(&tag(&there))?;
    let who = match path.kind {
        Kind::Account => ExemptName::Account(&there.name),
        Kind::Group => ExemptName::Group(&there.name),
    };
    api.engine().end_exemption(&operator, &path.site, who, Some(there.added_at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
