//! Every endpoint, and the one registry of them.

mod accounts;
mod audit;
mod criteria;
mod document;
mod exemptions;
mod freezes;
mod health;
mod jobs;
mod keep;
mod lists;
mod mail_settings;
mod mails;
mod metrics;
mod operators;
mod overview;
mod plans;
mod policies;
mod retention;
mod runs;
mod schedules;
mod session;
mod session_lengths;
mod setup;
mod sign_on;
mod sites;
mod snapshots;
mod templates;
mod tokens;
mod webhooks;

use crate::state::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All of them. From here come the routes and the document.
pub(crate) fn all() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics::metrics))
        .merge(keep::routes())
        .merge(sign_on::routes())
        .nest("/api/v1", api())
}

fn api() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(document::document))
        .merge(setup::routes())
        .merge(session::routes())
        .merge(operators::routes())
        .merge(tokens::routes())
        .merge(session_lengths::routes())
        .merge(sites::routes())
        .merge(snapshots::routes())
        .merge(criteria::routes())
        .merge(exemptions::routes())
        .merge(freezes::routes())
        .merge(schedules::routes())
        .merge(lists::routes())
        .merge(retention::routes())
        .merge(mails::routes())
        .merge(mail_settings::routes())
        .merge(templates::routes())
        .merge(webhooks::routes())
        .merge(accounts::routes())
        .merge(policies::routes())
        .merge(plans::routes())
        .merge(runs::routes())
        .merge(jobs::routes())
        .merge(audit::routes())
        .merge(overview::routes())
}
