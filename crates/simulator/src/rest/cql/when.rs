//! Dates of CQL: read in the time zone of the server (`confluence-data-center.md §4.7`).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

/// First and last (exclusive) millisecond that a date, or a minute of it, means.
pub(super) fn date(text: &str, zone: &TimeZone) -> Result<(i64, i64), String> {
    let bad = || format!("{text:?} is not a date; write yyyy-MM-dd or yyyy-MM-dd HH:mm");
    let plain = text.replace('/', "-");
    let (day, clock) =
        plain.split_once(' ').map_or((plain.as_str(), None), |(day, clock)| (day, Some(clock)));
    let day: Date = day.parse().map_err(|_| bad())?;
    let (from, length) = match clock {
        None => (day.to_datetime(Time::midnight()), 1.day()),
        Some(clock) => {
            let (hour, minute) = clock.split_once(':').ok_or_else(bad)?;
            let (hour, minute) = (hour.parse().map_err(|_| bad())?, minute.parse().map_err(|_| bad())?);
            (day.to_datetime(Time::new(hour, minute, 0, 0).map_err(|_| bad())?), 1.minute())
        }
    };
    let to = from.checked_add(length).map_err(|_| bad())?;
    let instant = |at: DateTime| zone.to_timestamp(at).map(Timestamp::as_millisecond).map_err(|_| bad());
    Ok((instant(from)?, instant(to)?))
}

/// `-4w`, `7d`, `-2h`, `-1M`, `-1y` from an instant.
pub(super) fn shifted(now: i64, step: &str, zone: &TimeZone) -> Result<i64, String> {
    let bad = || format!("{step:?} is not a step of time; write e.g. -4w");
    let unit = step.chars().next_back().ok_or_else(bad)?;
    let count: i64 =
        step[..step.len() - unit.len_utf8()].trim_start_matches('+').parse().map_err(|_| bad())?;
    if count.abs() > 10_000 {
        return Err(bad());
    }
    let span = match unit {
        'm' => Span::new().minutes(count),
        'h' => Span::new().hours(count),
        'd' => Span::new().days(count),
        'w' => Span::new().weeks(count),
        'M' => Span::new().months(count),
        'y' => Span::new().try_years(count).map_err(|_| bad())?,
        _ => return Err(bad()),
    };
    let now = Timestamp::from_millisecond(now).map_err(|_| bad())?.to_zoned(zone.clone());
    now.checked_add(span).map(|at| at.timestamp().as_millisecond()).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_of_the_server() {
        let zone = TimeZone::get("Pacific/Auckland").expect("a zone");
        let (from, to) = date("2026-05-01", &zone).expect("a date");
        assert_eq!(Timestamp::from_millisecond(from).expect("in range").to_string(), "2026-04-30T12:00:00Z");
        assert_eq!(to - from, 86_400_000);
        assert_eq!(date("2026/05/01 00:00", &zone).expect("a minute"), (from, from + 60_000));
    }

    #[test]
    fn steps_go_back_and_forth() {
        assert_eq!(shifted(0, "-4w", &TimeZone::UTC), Ok(-28 * 86_400_000));
        assert_eq!(shifted(0, "1y", &TimeZone::UTC), Ok(365 * 86_400_000));
        for bad in ["", "w", "4", "99999999d", "4ж"] {
            assert!(shifted(0, bad, &TimeZone::UTC).is_err(), "{bad}");
        }
    }
}
