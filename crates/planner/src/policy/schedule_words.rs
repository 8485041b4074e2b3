//! A cron pattern in words. What is not understood here is left to croner, whose words are clumsier.

use std::borrow::Cow;

/// Months as they are named and numbered.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
/// More times of day than this are no longer words.
const TIMES: usize = 4;

/// `0 6 * * SAT` → `every Saturday at 06:00`.
pub(super) fn words(cron: &str) -> Option<String> {
    let fields: Vec<&str> = cron.split(' ').collect();
    let [minute, hour, date, month, weekday] = fields.as_slice() else { return None };
    let (minute, hour) = (few(minute, 60), few(hour, 24));
    let days = days(date, month, weekday)?;
    if let Some(at) = times(&minute, &hour) {
        return Some(format!("{days} at {at}"));
    }
    Some(match often(&minute, &hour)? {
        Often::AnyDay(often) if days == "every day" => often,
        Often::AnyDay(often) => format!("{days}, {often}"),
        Often::EachDay(often) => format!("{days} {often}"),
    })
}

/// `*/45` comes at 0 and 45, `*/90` at 0: numbers say so more plainly. Whatever comes often, or evenly, stays.
fn few(field: &str, of: u32) -> Cow<'_, str> {
    let step = field.strip_prefix("*/").and_then(|step| step.parse::<u32>().ok()).filter(|n| *n > 0);
    match step {
        Some(n) if n >= of || (!of.is_multiple_of(n) && of.div_ceil(n) < TIMES as u32) => {
            let numbers: Vec<String> = (0..of).step_by(n as usize).map(|at| at.to_string()).collect();
            numbers.join(",").into()
        }
        _ => field.into(),
    }
}

/// `06:00 and 18:00`.
fn times(minute: &str, hour: &str) -> Option<String> {
    let (minutes, hours) = (numbers(minute)?, numbers(hour)?);
    if minutes.len() * hours.len() > TIMES {
        return None;
    }
    let times =
        hours.iter().flat_map(|hour| minutes.iter().map(move |minute| format!("{hour:02}:{minute:02}")));
    Some(listed(&times.collect::<Vec<_>>()))
}

/// `every 15 minutes`, `every hour from 08:00 to 18:00`.
fn often(minute: &str, hour: &str) -> Option<Often> {
    let minutes = match step(minute, 60) {
        _ if minute == "*" => Some("every minute".to_owned()),
        Some(1) => Some("every minute".to_owned()),
        Some(n) if 60_u32.is_multiple_of(n) => Some(format!("every {n} minutes")),
        // It begins anew with each hour.
        Some(n) => Some(format!("every {n} minutes from each full hour on")),
        None => None,
    };
    let past: Option<u32> = minute.parse().ok();
    let at = |past: u32| if past == 0 { String::new() } else { format!(" at minute {past}") };
    if hour == "*" {
        return match (numbers(minute).as_deref(), minutes, past) {
            (_, Some(minutes), _) => Some(Often::AnyDay(minutes)),
            (_, None, Some(past)) => Some(Often::AnyDay(format!("every hour{}", at(past)))),
            (Some(several), None, None) if several.len() <= TIMES => {
                let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                Some(Often::AnyDay(format!("every hour at minutes {}", listed(&several))))
            }
            _ => None,
        };
    }
    if let Some((first, last)) = hour.split_once('-') {
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        return match (past, minutes) {
            (Some(past), _) => {
                Some(Often::AnyDay(format!("every hour from {first:02}:{past:02} to {last:02}:{past:02}")))
            }
            (None, Some(minutes)) => {
                Some(Often::AnyDay(format!("{minutes} from {first:02}:00 to {last:02}:59")))
            }
            (None, None) => None,
        };
    }
    let (hours, past) = (step(hour, 24)?, past?);
    Some(match hours {
        1 => Often::AnyDay(format!("every hour{}", at(past))),
        hours if 24_u32.is_multiple_of(hours) => Often::AnyDay(format!("every {hours} hours{}", at(past))),
        // It begins anew with each day.
        hours => Often::EachDay(format!("every {hours} hours from 00:{past:02} on")),
    })
}

/// How often within the days.
enum Often {
    /// Without a word about days where it is every day.
    AnyDay(String),
    /// With the days in any case.
    EachDay(String),
}

/// `*/15` → 15.
fn step(field: &str, of: u32) -> Option<u32> {
    field.strip_prefix("*/")?.parse().ok().filter(|n| *n > 0 && *n < of)
}

fn days(date: &str, month: &str, weekday: &str) -> Option<String> {
    let months = if month == "*" { None } else { Some(listed(&months(month)?)) };
    let of_month = || months.clone().unwrap_or_else(|| "every month".to_owned());
    let in_months = months.as_ref().map_or_else(String::new, |months| format!(" in {months}"));
    let dates = match date {
        "*" => None,
        "L" => Some(format!("on the last day of {}", of_month())),
        _ => Some(match (numbers(date)?.as_slice(), &months) {
            ([day], Some(months)) if !months.contains(' ') => format!("every year on {day} {months}"),
            ([day], _) => format!("on day {day} of {}", of_month()),
            (days, _) => {
                let days: Vec<String> = days.iter().map(ToString::to_string).collect();
                format!("on days {} of {}", listed(&days), of_month())
            }
        }),
    };
    let weekdays = match weekday {
        "*" => None,
        _ => Some(match occurrence(weekday) {
            Some(which) => format!("on the {which} of {}", of_month()),
            None => format!("{}{in_months}", self::weekdays(weekday)?),
        }),
    };
    Some(match (dates, weekdays) {
        (None, None) => format!("every day{in_months}"),
        (Some(days), None) | (None, Some(days)) => days,
        // Either is enough, as in crontab.
        (Some(dates), Some(weekdays)) => format!("{dates} and {weekdays}"),
    })
}

/// `MON#1` → `first Monday`, `FRI#L` and `FRIL` → `last Friday`.
fn occurrence(field: &str) -> Option<String> {
    if let Some((day, which)) = field.split_once('#') {
        let day = weekday(day)?;
        if which.eq_ignore_ascii_case("L") {
            return Some(format!("last {day}"));
        }
        let which = which.parse::<usize>().ok()?.checked_sub(1)?;
        return Some(format!("{} {day}", ORDINALS.get(which)?));
    }
    let day = field.strip_suffix(['L', 'l'])?;
    Some(format!("last {}", weekday(day)?))
}

/// `SAT` → `every Saturday`, `MON-FRI` → `Monday to Friday`, `1,3` → `every Monday and Wednesday`.
fn weekdays(field: &str) -> Option<String> {
    if let Some((first, last)) = field.split_once('-') {
        return Some(format!("{} to {}", weekday(first)?, weekday(last)?));
    }
    let days: Vec<&str> = field.split(',').map(weekday).collect::<Option<_>>()?;
    Some(format!("every {}", listed(&days)))
}

fn weekday(text: &str) -> Option<&'static str> {
    if let Ok(number) = text.parse::<usize>() {
        return DAYS.get(number % 7).filter(|_| number <= 7).copied();
    }
    DAYS.into_iter().find(|day| text.len() == 3 && day[..3].eq_ignore_ascii_case(text))
}

fn months(field: &str) -> Option<Vec<&'static str>> {
    let month = |text: &str| match text.parse::<usize>() {
        Ok(number) => MONTHS.get(number.checked_sub(1)?).copied(),
        Err(_) => MONTHS.into_iter().find(|month| text.len() == 3 && month[..3].eq_ignore_ascii_case(text)),
    };
    if let Some((first, last)) = field.split_once('-') {
        let at = |name: &str| MONTHS.iter().position(|month| *month == name);
        let (first, last) = (at(month(first)?)?, at(month(last)?)?);
        return MONTHS.get(first..=last).map(<[_]>::to_vec);
    }
    field.split(',').map(month).collect()
}

fn numbers(field: &str) -> Option<Vec<u32>> {
    field.split(',').map(|number| number.parse().ok()).collect()
}

/// `a, b and c`.
fn listed(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn patterns_are_told_as_people_say_them() {
        for (cron, said) in [
            ("0 6 * * SAT", "every Saturday at 06:00"),
            ("0 6 * * MON-FRI", "Monday to Friday at 06:00"),
            ("5 18 * * *", "every day at 18:05"),
            ("0 6,18 * * *", "every day at 06:00 and 18:00"),
            ("0,30 9 * * 1,3,5", "every Monday, Wednesday and Friday at 09:00 and 09:30"),
            ("30 1 1 * *", "on day 1 of every month at 01:30"),
            ("30 1 1,15 * *", "on days 1 and 15 of every month at 01:30"),
            ("30 1 L * *", "on the last day of every month at 01:30"),
            ("0 6 1 1 *", "every year on 1 January at 06:00"),
            ("0 6 1 JAN,APR,JUL,OCT *", "on day 1 of January, April, July and October at 06:00"),
            ("0 6 * 6-8 *", "every day in June, July and August at 06:00"),
            ("0 6 * * MON#1", "on the first Monday of every month at 06:00"),
            ("0 6 * * FRI#L", "on the last Friday of every month at 06:00"),
            ("0 6 13 * FRI", "on day 13 of every month and every Friday at 06:00"),
            ("*/15 * * * *", "every 15 minutes"),
            ("* * * * *", "every minute"),
            ("0 * * * *", "every hour"),
            ("20 * * * MON", "every Monday, every hour at minute 20"),
            ("0 */4 * * *", "every 4 hours"),
            ("0 8-18 * * MON-FRI", "Monday to Friday, every hour from 08:00 to 18:00"),
            ("*/10 8-18 * * *", "every 10 minutes from 08:00 to 18:59"),
        ] {
            assert_eq!(words(cron).as_deref(), Some(said), "{cron}");
        }
    }

    #[test]
    fn what_would_be_told_wrongly_is_left_to_others() {
        for cron in ["0 0-23/2 * * *", "0 1,2,3,4,5,6 * * *", "0 6 1-7 * *", "0 6 15W * *"] {
            assert_eq!(words(cron), None, "{cron}");
        }
    }
}
