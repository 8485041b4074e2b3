//! Who may ask for what: every route with the least role it takes. A route that is not listed fails the test in `routes`.

use rollcall_engine::Role;

/// Who may ask for a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Anybody, also who is not signed in.
    Anybody,
    /// Whoever has this role.
    From(Role),
    /// Whoever has this role; for others it is not there, and they are told no more.
    Hidden(Role),
}

use Role::{Admin, Approver, Operator, Viewer};
use Who::{Anybody, From, Hidden};

/// Every route there may be. What is asked for is somebody else's: one's own is often open to every role.
pub(crate) const ROUTES: &[(&str, &str, Who)] = &[
    ("GET", "/healthz", Anybody),
    ("GET", "/readyz", Anybody),
    ("GET", "/sign-on/start", Anybody),
    ("GET", "/sign-on/callback", Anybody),
    ("GET", "/api/v1/openapi.json", Anybody),
    // Signing in
    ("GET", "/api/v1/setup", Anybody),
    ("POST", "/api/v1/setup", Anybody),
    ("POST", "/api/v1/session", Anybody),
    ("GET", "/api/v1/session", From(Viewer)),
    ("DELETE", "/api/v1/session", From(Viewer)),
    ("GET", "/api/v1/operators", From(Admin)),
    ("POST", "/api/v1/operators", From(Admin)),
    ("GET", "/api/v1/operators/{operator}", From(Admin)),
    ("PATCH", "/api/v1/operators/{operator}", From(Admin)),
    ("DELETE", "/api/v1/operators/{operator}", From(Admin)),
    ("PUT", "/api/v1/operators/{operator}/password", From(Admin)),
    ("GET", "/api/v1/operators/{operator}/sessions", From(Admin)),
    ("DELETE", "/api/v1/operators/{operator}/sessions", From(Admin)),
    ("DELETE", "/api/v1/operators/{operator}/sessions/{session}", From(Admin)),
    ("GET", "/api/v1/tokens", From(Viewer)),
    ("POST", "/api/v1/tokens", From(Viewer)),
    ("GET", "/api/v1/tokens/{token}", Hidden(Admin)),
    ("DELETE", "/api/v1/tokens/{token}", Hidden(Admin)),
    ("GET", "/api/v1/settings/sessions", From(Viewer)),
    ("PUT", "/api/v1/settings/sessions", From(Admin)),
    // Sites and lists
    ("GET", "/api/v1/sites", From(Viewer)),
    ("POST", "/api/v1/sites", From(Admin)),
    ("GET", "/api/v1/sites/{site}", From(Viewer)),
    ("PATCH", "/api/v1/sites/{site}", From(Admin)),
    ("DELETE", "/api/v1/sites/{site}", From(Admin)),
    ("POST", "/api/v1/sites/{site}/test", From(Operator)),
    ("GET", "/api/v1/sites/{site}/groups", From(Viewer)),
    ("POST", "/api/v1/sites/{site}/groups", From(Admin)),
    ("GET", "/api/v1/sites/{site}/directories", From(Viewer)),
    ("GET", "/api/v1/lists", From(Viewer)),
    ("GET", "/api/v1/lists/{list}", From(Viewer)),
    ("GET", "/api/v1/lists/{list}/entries", From(Viewer)),
    ("PUT", "/api/v1/lists/{list}", From(Operator)),
    ("DELETE", "/api/v1/lists/{list}", From(Operator)),
    // Accounts
    ("GET", "/api/v1/sites/{site}/accounts", From(Viewer)),
    ("GET", "/api/v1/sites/{site}/accounts/{key}", From(Viewer)),
    ("GET", "/api/v1/sites/{site}/accounts/{key}/explanation", From(Viewer)),
    // Policies
    ("GET", "/api/v1/policies", From(Viewer)),
    ("POST", "/api/v1/policies", From(Operator)),
    ("POST", "/api/v1/policies/check", From(Viewer)),
    ("GET", "/api/v1/policies/{name}", From(Viewer)),
    ("PUT", "/api/v1/policies/{name}", From(Operator)),
    ("DELETE", "/api/v1/policies/{name}", From(Operator)),
    ("PUT", "/api/v1/policies/{name}/state", From(Operator)),
    ("PUT", "/api/v1/policies/{name}/pause", From(Operator)),
    ("DELETE", "/api/v1/policies/{name}/pause", From(Operator)),
    ("GET", "/api/v1/policies/{name}/preview", From(Viewer)),
    ("GET", "/api/v1/policies/{name}/schedule", From(Viewer)),
    ("GET", "/api/v1/policies/{name}/versions", From(Viewer)),
    ("GET", "/api/v1/policies/{name}/versions/difference", From(Viewer)),
    ("POST", "/api/v1/policies/{name}/runs", From(Operator)),
    // Plans, runs, jobs
    ("GET", "/api/v1/plans", From(Viewer)),
    ("POST", "/api/v1/plans", From(Operator)),
    ("GET", "/api/v1/plans/{id}", From(Viewer)),
    ("GET", "/api/v1/plans/{id}/items", From(Viewer)),
    ("POST", "/api/v1/plans/{id}/approvals", From(Approver)),
    ("POST", "/api/v1/plans/{id}/runs", From(Operator)),
    ("GET", "/api/v1/runs", From(Viewer)),
    ("GET", "/api/v1/runs/{id}", From(Viewer)),
    ("GET", "/api/v1/runs/{id}/events", From(Viewer)),
    ("GET", "/api/v1/runs/{id}/items", From(Viewer)),
    ("GET", "/api/v1/runs/{id}/report", From(Viewer)),
    ("POST", "/api/v1/runs/{id}/stop", From(Operator)),
    ("POST", "/api/v1/runs/{id}/resume", From(Operator)),
    ("POST", "/api/v1/runs/{id}/undo", From(Operator)),
    ("GET", "/api/v1/jobs", From(Viewer)),
    ("GET", "/api/v1/jobs/{id}", From(Viewer)),
    ("DELETE", "/api/v1/jobs/{id}", From(Operator)),
    // The audit log
    ("GET", "/api/v1/audit", From(Viewer)),
    ("GET", "/api/v1/audit/head", From(Viewer)),
    ("GET", "/api/v1/audit/export", From(Viewer)),
    ("POST", "/api/v1/audit/verify", From(Viewer)),
    // Notifications
    ("GET", "/api/v1/mails", From(Viewer)),
    ("GET", "/api/v1/mails/{mail}", From(Viewer)),
    ("GET", "/api/v1/mails/{mail}/files/{file}", From(Viewer)),
    ("POST", "/api/v1/mails/{mail}/discard", From(Admin)),
    ("POST", "/api/v1/mails/{mail}/retry", From(Admin)),
    ("GET", "/api/v1/templates", From(Viewer)),
    ("GET", "/api/v1/templates/{template}", From(Viewer)),
    ("PUT", "/api/v1/templates/{template}", From(Admin)),
    ("DELETE", "/api/v1/templates/{template}", From(Admin)),
    ("POST", "/api/v1/templates/{template}/preview", From(Viewer)),
    ("GET", "/api/v1/webhooks", From(Viewer)),
    ("POST", "/api/v1/webhooks", From(Admin)),
    ("GET", "/api/v1/webhooks/{webhook}", From(Viewer)),
    ("PATCH", "/api/v1/webhooks/{webhook}", From(Admin)),
    ("DELETE", "/api/v1/webhooks/{webhook}", From(Admin)),
    ("GET", "/api/v1/webhooks/{webhook}/deliveries", From(Viewer)),
    ("POST", "/api/v1/webhooks/{webhook}/secret", From(Admin)),
    ("POST", "/api/v1/webhooks/{webhook}/test", From(Admin)),
    ("GET", "/keep/{token}", Anybody),
    ("POST", "/keep/{token}", Anybody),
    // The installation
    ("GET", "/api/v1/overview", From(Viewer)),
    ("GET", "/api/v1/doctor", From(Admin)),
    ("GET", "/api/v1/settings/retention", From(Viewer)),
    ("PUT", "/api/v1/settings/retention", From(Admin)),
    ("GET", "/metrics", Anybody),
];
