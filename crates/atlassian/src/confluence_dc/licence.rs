//! The licence: its seats, and when it ends (`confluence-data-center.md §4.5`).

use super::dates::{Moment, if_served};
use super::optional;
use super::wire::Count;
use crate::transport::{Address, Transport};
use jiff::{Timestamp, tz::TimeZone};
use rollcall_model::SeatCounts;
use rollcall_site::SiteError;
use serde::Deserialize;

/// A licence beyond this many seats has no bound.
const UNLIMITED: i64 = 10_000_000;

/// The end of a licence is worth a word from this many days before it.
const NOTICE_DAYS: i64 = 30;

/// Seats used, left and allowed (`§4.5`).
pub(super) async fn read_seats(transport: &Transport) -> Result<SeatCounts, SiteError> {
    let count = async |name: &str| {
        let address = Address::of("/rest/license/1.0/license/").then(name);
        optional(transport.get_json::<Count>(&address).await).map(|c| c.map(|c| c.count))
    };
    let (used, left, most) = tokio::join!(count("userCount"), count("remainingSeats"), count("maxUsers"));
    let (used, left, most) = (used?, left?, most?);
    let is_unlimited = |n: i64| !(0..UNLIMITED).contains(&n);
    let used = used.and_then(|n| u64::try_from(n).ok());
    if most.is_some_and(is_unlimited) || (most.is_none() && left.is_some_and(is_unlimited)) {
        return Ok(SeatCounts { used, max: None, is_unlimited: true });
    }
    let max = most.and_then(|n| u64::try_from(n).ok());
    let by_sum = used.zip(left.and_then(|n| u64::try_from(n).ok())).map(|(used, left)| used + left);
    Ok(SeatCounts { used, max: max.or(by_sum), is_unlimited: false })
}

/// What an administrator should know of the licence's end, in words; `None` while it is far away, or where the site does not say
/// (before 7.1, or a licence without an end).
pub(super) async fn read_end(transport: &Transport) -> Result<Option<String>, SiteError> {
    let details =
        optional(transport.get_json::<Details>(&Address::of("/rest/license/1.0/license/details")).await)?;
    let end = details.and_then(Details::end);
    Ok(end.zip(transport.server_time()).and_then(|(end, now)| words_of_end(end, now)))
}

/// The one field that is known of it (O [S32][S55]).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default, deserialize_with = "if_served")]
    expiry_date: Option<Moment>,
}

impl Details {
    fn end(self) -> Option<Timestamp> {
        self.expiry_date?.at()
    }
}

fn words_of_end(end: Timestamp, now: Timestamp) -> Option<String> {
    const REMEDY: &str =
        "Have it renewed, and enter the new one under General configuration, License details";
    let day = end.to_zoned(TimeZone::UTC).date();
    let left = end.duration_since(now);
    if left.is_negative() {
        return Some(format!("the licence of the site ended on {day}: changes may be refused. {REMEDY}"));
    }
    match left.as_hours() / 24 {
        NOTICE_DAYS.. => None,
        0 => Some(format!("the licence of the site ends within a day ({day}). {REMEDY}")),
        days => {
            let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
            Some(format!("the licence of the site ends in {days}, on {day}. {REMEDY}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_licence_is_told_a_month_before_it_and_ever_after() {
        let end: Timestamp = "2026-12-20T00:00:00Z".parse().unwrap();
        let words = |now: &str| words_of_end(end, now.parse().unwrap()).unwrap_or_default();
        assert_eq!(words("2026-11-19T23:59:59Z"), "");
        assert!(words("2026-11-21T00:00:00Z").contains("ends in 29 days, on 2026-12-20"));
        assert!(words("2026-12-18T12:00:00Z").contains("ends in 1 day, on 2026-12-20"));
        assert!(words("2026-12-19T12:00:00Z").contains("within a day (2026-12-20)"));
        assert!(words("2026-12-20T00:00:01Z").contains("ended on 2026-12-20: changes may be refused"));
    }

    #[test]
    fn a_licence_without_an_end_says_nothing() {
        for body in ["{}", r#"{"expiryDate": null}"#, r#"{"expiryDate": -1}"#, r#"{"expiryDate": "soon"}"#] {
            assert_eq!(serde_json::from_str::<Details>(body).unwrap().end(), None, "{body}");
        }
    }
}
