//! `POST /criteria/complete`

use crate::auth::SignedIn;
use crate::extract::{Body, Text};
use crate::problem::{Position, Problem};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_criteria::ProposalKind;
use rollcall_engine::{EngineError, Freshness};
use rollcall_model::SiteName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// No criterion is longer, in UTF-16 units.
const LONGEST: u32 = 140_000;

/// A criterion that is being written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CriterionBegun, example = json!({ "criterion": "status = ena", "at": 12 }))]
pub(crate) struct Request {
    /// What stands there so far, with what follows.
    criterion: Text<0, 70_000>,
    /// Where the cursor stands, in UTF-16 units, as browsers count.
    #[schema(maximum = 140_000)]
    at: u32,
    /// The site whose names are proposed.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64)]
    site: Option<SiteName>,
}

/// What may be written there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CriterionCompletion)]
pub(crate) struct Answer {
    /// The part of the text that a proposal takes the place of.
    replaces: Position,
    /// The likeliest first.
    proposals: Vec<Proposal>,
}

/// One thing that may be written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposal {
    /// As it is written, with quotes where it takes them.
    text: String,
    /// What it is.
    kind: Kind,
    /// What it means, where that is worth a line.
    meaning: Option<String>,
}

/// What a proposal is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ProposalKind)]
pub(crate) enum Kind {
    /// A field.
    Field,
    /// How a value is compared.
    Operator,
    /// A value.
    Value,
    /// A word of the language.
    Keyword,
}

/// Proposes what may be written at a place of a criterion: fields, operators, values, and the names of a site.
#[utoipa::path(post, path = "/criteria/complete", tag = "criteria", extensions(("x-changes-nothing" = json!(true))), request_body = Request,
    responses((status = 200, description = "What may be written there.", body = Answer)))]
pub(crate) async fn complete_criterion(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Body(body): Body<Request>,
) -> Result<Json<Answer>, Problem> {
    if body.at > LONGEST {
        return Err(Problem::body("/at", format!("is at most {LONGEST}: no criterion is longer")));
    }
    let picture = match &body.site {
        None => None,
        Some(site) => match api.engine().picture(&operator, site, Freshness::Any, &|_| ()).await {
            Ok(picture) => Some(picture),
            // A site that was not read yet has no names to propose.
            Err(EngineError::NotNow(_)) => None,
            Err(error) => return Err(error.into()),
        },
    };
    let site = picture.as_ref().map(|picture| (&*picture.snapshot, &*picture.facts));
    let at = byte(&body.criterion, body.at as usize);
    let completion = rollcall_criteria::complete(&body.criterion, at, site);
    let proposal = |proposal: rollcall_criteria::Proposal| Proposal {
        text: proposal.text,
        kind: match proposal.kind {
            ProposalKind::Field => Kind::Field,
            ProposalKind::Operator => Kind::Operator,
            ProposalKind::Value => Kind::Value,
            ProposalKind::Keyword => Kind::Keyword,
        },
        meaning: proposal.meaning,
    };
    Ok(Json(Answer {
        replaces: Position::of(&body.criterion, &completion.replaces),
        proposals: completion.proposals.into_iter().map(proposal).collect(),
    }))
}

/// The byte at a place that was counted in UTF-16 units.
fn byte(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += c.len_utf16();
    }
    text.len()
}
