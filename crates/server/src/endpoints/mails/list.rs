//! `GET /mails`

use super::shape::Mail;
use crate::auth::SignedIn;
use crate::extract::{Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::MailQuery;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which mails.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only in this state.
    #[param(inline)]
    #[serde(default)]
    state: Option<MailStateWord>,
    /// Only the reports of this run.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    run: Option<Text<0, 64>>,
}

/// Where a mail stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailStateWord {
    /// To be sent, or sent again.
    Queued,
    /// The mail server took it, for everybody.
    Sent,
    /// Over, and refused for good for at least one recipient.
    Bounced,
    /// Given up.
    Failed,
    /// Given up by an operator.
    Discarded,
}

impl MailStateWord {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Bounced => "bounced",
            Self::Failed => "failed",
            Self::Discarded => "discarded",
        }
    }
}

/// Mails, newest first.
#[utoipa::path(get, path = "/mails", tag = "mails", params(Which, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Mail>)))]
pub(crate) async fn list_mails(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Paged(which, paging): Paged<Which>,
) -> Result<Page<Mail>, Problem> {
    let query = MailQuery {
        state: which.state.map(|state| state.as_str().to_owned()),
        run: which.run.map(|run| run.into_inner().into()),
        before: paging.after()?,
        limit: paging.reach(),
    };
    let mails = api.engine().mails(&operator, &query).await?;
    Ok(paging.beginning(mails, |mail| mail.id.clone(), None).map(Mail::of))
}
