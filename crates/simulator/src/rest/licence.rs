//! The licence and its seats (`confluence-data-center.md §4.5`).

use serde_json::json;

use super::Answer;
use crate::call::Call;
use crate::http::Reply;

/// What is asked of the licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    UserCount,
    RemainingSeats,
    MaxUsers,
    Details,
}

impl Figure {
    pub(crate) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "userCount" => Self::UserCount,
            "remainingSeats" => Self::RemainingSeats,
            "maxUsers" => Self::MaxUsers,
            "details" => Self::Details,
            _ => return None,
        })
    }
}

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// `GET /rest/license/1.0/license/…`: o012, o058.
pub(crate) fn figure(call: &mut Call<'_>, figure: Figure) -> Answer {
    call.require_admin()?;
    let used = i64::from(call.state.seats_used());
    let limit = i64::from(call.state.seat_limit);
    let unlimited = call.switches().unlimited_licence;
    let count = match figure {
        Figure::UserCount => used,
        Figure::RemainingSeats | Figure::MaxUsers if unlimited => -1,
        Figure::RemainingSeats => (limit - used).max(0),
        Figure::MaxUsers => limit,
        Figure::Details => {
            let begin = call.core.options.now.as_millisecond();
            let expiry = call.switches().licence_days.map(|days| begin + i64::from(days) * DAY);
            return Ok(Reply::ok(&json!({
                "expiryDate": expiry,
                "maintenanceExpiryDate": expiry,
                "dataCenter": true,
                "unlimitedNumberOfUsers": unlimited,
                "maximumNumberOfUsers": if unlimited { -1 } else { limit },
            })));
        }
    };
    Ok(Reply::ok(&json!({"count": count})))
}
