//! Freezes: times in which nothing is changed ("no changes between 20 December and 5 January").

use crate::ScheduleError;
use crate::policy::time_zone;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_model::SiteName;
use serde::{Deserialize, Serialize};

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// A time in which nothing is changed: whole days in a time zone, once or every year. Always valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Freeze {
    written: Written,
    zone: TimeZone,
}

/// A freeze as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    name: String,
    from: Date,
    until: Date,
    #[serde(default = "utc")]
    timezone: String,
    #[serde(default)]
    yearly: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sites: Vec<SiteName>,
    reason: String,
}

fn utc() -> String {
    crate::Schedule::DEFAULT_TIMEZONE.to_owned()
}

/// A freeze that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreezeError {
    /// The name.
    #[error(
        "\"{0}\" is not a name for a freeze: 1 to {LONGEST_NAME} letters, digits, '-', '_' and '.', beginning with a letter or digit"
    )]
    Name(String),
    /// The reason.
    #[error(
        "a freeze needs a reason of at most {LONGEST_REASON} characters: it is shown to whoever is held up by it"
    )]
    Reason,
    /// The days.
    #[error("a freeze from {from} until {until} ends before it begins")]
    Order {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
    },
    /// The days of one that comes every year.
    #[error("a freeze from {from} until {until} is a year or longer, and so cannot come every year")]
    TooLong {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
    },
    /// The time zone.
    #[error(transparent)]
    TimeZone(#[from] ScheduleError),
}

/// A freeze that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Its name; the one that ends last where several follow upon each other.
    pub name: String,
    /// Why there is one.
    pub reason: String,
    /// When it ends.
    pub until: Timestamp,
}

impl TryFrom<Written> for Freeze {
    type Error = FreezeError;

    fn try_from(written: Written) -> Result<Self, FreezeError> {
        let Written { name, from, until, timezone, yearly, reason, .. } = &written;
        let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !begins_well || name.len() > LONGEST_NAME || !name.chars().all(is_good) {
            return Err(FreezeError::Name(name.chars().take(LONGEST_NAME).collect()));
        }
        if reason.trim().is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(FreezeError::Reason);
        }
        if until < from {
            return Err(FreezeError::Order { from: *from, until: *until });
        }
        if *yearly && moved(*from, 1).is_none_or(|again| *until >= again) {
            return Err(FreezeError::TooLong { from: *from, until: *until });
        }
        let zone = time_zone(timezone)?;
        Ok(Self { written, zone })
    }
}

impl From<Freeze> for Written {
    fn from(freeze: Freeze) -> Self {
        freeze.written
    }
}

impl Freeze {
    /// From the first day until the end of the last one, in that time zone; of these sites, or of all where there are none.
    pub fn new(
        name: &str,
        (from, until): (Date, Date),
        timezone: &str,
        yearly: bool,
        sites: Vec<SiteName>,
        reason: &str,
    ) -> Result<Self, FreezeError> {
        let (name, timezone, reason) = (name.to_owned(), timezone.to_owned(), reason.to_owned());
        Written { name, from, until, timezone, yearly, sites, reason }.try_into()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.written.name
    }

    /// First and last day; of the first year, where it comes every year.
    pub fn days(&self) -> (Date, Date) {
        (self.written.from, self.written.until)
    }

    /// IANA name of the time zone in which the days are meant.
    pub fn timezone(&self) -> &str {
        &self.written.timezone
    }

    /// Whether it comes every year.
    pub fn is_yearly(&self) -> bool {
        self.written.yearly
    }

    /// The sites it is for; empty: all.
    pub fn sites(&self) -> &[SiteName] {
        &self.written.sites
    }

    /// Why there is one.
    pub fn reason(&self) -> &str {
        &self.written.reason
    }

    /// Whether it is for that site.
    pub fn is_for(&self, site: &SiteName) -> bool {
        self.written.sites.is_empty() || self.written.sites.contains(site)
    }

    /// When it is in force: now, or else next; `None` where it is over for good. From the first instant until the one after the last.
    pub fn next(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let years = if self.written.yearly {
            // One that goes over the new year began in the year before; time zones are less than a year apart.
            let passed = now.to_zoned(self.zone.clone()).year() - self.written.from.year();
            (passed - 2).max(0)..=(passed + 2).max(0)
        } else {
            0..=0
        };
        years.filter_map(|years| self.window(years)).find(|(_, end)| *end > now)
    }

    /// Until when it is in force, if it is.
    pub fn ends(&self, now: Timestamp) -> Option<Timestamp> {
        self.next(now).filter(|(start, _)| *start <= now).map(|(_, end)| end)
    }

    fn window(&self, years: i16) -> Option<(Timestamp, Timestamp)> {
        let start = moved(self.written.from, years)?.to_zoned(self.zone.clone()).ok()?;
        let after = moved(self.written.until, years)?.tomorrow().ok()?.to_zoned(self.zone.clone()).ok()?;
        Some((start.timestamp(), after.timestamp()))
    }
}

/// The same day so many years later; 29 February is the last of its month in other years.
fn moved(day: Date, years: i16) -> Option<Date> {
    let first = Date::new(day.year().checked_add(years)?, day.month(), 1).ok()?;
    first.with().day(day.day().min(first.days_in_month())).build().ok()
}

/// Whether a site is frozen. Freezes that overlap or follow upon each other are one.
pub fn frozen(freezes: &[Freeze], site: &SiteName, now: Timestamp) -> Option<Frozen> {
    let mut found: Option<Frozen> = None;
    let mut at = now;
    // Each round leaves at least one window behind; a chain of so many would be a mistake, and is looked at again at its end.
    for _ in 0..=freezes.len() {
        let last = freezes.iter().filter(|f| f.is_for(site)).filter_map(|f| Some((f.ends(at)?, f)));
        let Some((until, freeze)) = last.max_by_key(|(until, _)| *until) else { break };
        let frozen = Frozen { name: freeze.name().to_owned(), reason: freeze.reason().to_owned(), until };
        found = Some(frozen);
        at = until;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn freeze(from: &str, until: &str, yearly: bool) -> Result<Freeze, FreezeError> {
        let days = (from.parse().unwrap(), until.parse().unwrap());
        Freeze::new("year-end", days, "Pacific/Auckland", yearly, Vec::new(), "nobody is here to help")
    }

    #[test]
    fn whole_days_are_meant_in_the_time_zone_of_the_freeze() {
        let freeze = freeze("2026-12-20", "2027-01-05", false).unwrap();
        // Auckland is 13 hours ahead in summer.
        let (start, end) = (at("2026-12-19T11:00:00Z"), at("2027-01-05T11:00:00Z"));
        let moment = jiff::SignedDuration::from_micros(1);
        assert_eq!(freeze.next(at("2026-06-01T00:00:00Z")), Some((start, end)));
        assert_eq!(freeze.ends(start - moment), None);
        assert_eq!(freeze.ends(start), Some(end));
        assert_eq!(freeze.ends(end - moment), Some(end));
        assert_eq!((freeze.ends(end), freeze.next(end)), (None, None));
    }

    #[test]
    fn a_yearly_freeze_comes_over_every_new_year_and_not_before_its_first() {
        let freeze = freeze("2026-12-20", "2027-01-05", true).unwrap();
        assert_eq!(freeze.ends(at("2025-12-25T00:00:00Z")), None);
        for year in 2026..2060 {
            let next = year + 1;
            let end = at(&format!("{next}-01-05T11:00:00Z"));
            assert_eq!(freeze.ends(at(&format!("{year}-12-25T00:00:00Z"))), Some(end), "{year}");
            assert_eq!(freeze.ends(at(&format!("{next}-01-02T00:00:00Z"))), Some(end), "{next}");
            assert_eq!(freeze.ends(at(&format!("{next}-01-06T00:00:00Z"))), None, "{next}");
        }
    }

    #[test]
    fn a_leap_day_is_the_last_of_february_in_other_years() {
        let freeze = freeze("2028-02-29", "2028-02-29", true).unwrap();
        assert!(freeze.ends(at("2029-02-28T00:00:00Z")).is_some());
        assert!(freeze.ends(at("2032-02-28T22:00:00Z")).is_some());
        assert!(freeze.ends(at("2032-02-28T00:00:00Z")).is_none());
    }

    #[test]
    fn freezes_that_follow_upon_each_other_are_one_and_others_sites_are_left_alone() {
        let (wiki, docs): (SiteName, SiteName) = ("wiki".parse().unwrap(), "docs".parse().unwrap());
        let new = |name: &str, from: &str, until: &str, sites: Vec<SiteName>| {
            let days = (from.parse().unwrap(), until.parse().unwrap());
            Freeze::new(name, days, "UTC", false, sites, "audit").unwrap()
        };
        let all = [
            new("first", "2026-12-01", "2026-12-10", vec![wiki.clone()]),
            new("second", "2026-12-11", "2026-12-20", Vec::new()),
        ];
        let found = frozen(&all, &wiki, at("2026-12-05T00:00:00Z")).unwrap();
        assert_eq!((found.name.as_str(), found.until), ("second", at("2026-12-21T00:00:00Z")));
        assert_eq!(frozen(&all, &docs, at("2026-12-05T00:00:00Z")), None);
        assert!(frozen(&all, &docs, at("2026-12-15T00:00:00Z")).is_some());
    }

    #[test]
    fn a_freeze_that_cannot_be_says_why() {
        let words = |result: Result<Freeze, FreezeError>| result.unwrap_err().to_string();
        assert!(words(freeze("2027-01-05", "2026-12-20", false)).contains("ends before it begins"));
        assert!(words(freeze("2026-12-20", "2027-12-20", true)).contains("cannot come every year"));
        assert!(freeze("2026-12-20", "2027-12-19", true).is_ok());
        let days = ("2026-12-20".parse().unwrap(), "2027-01-05".parse().unwrap());
        for name in ["", "-a", "a b", "ä", &"a".repeat(65)] {
            assert!(Freeze::new(name, days, "UTC", false, Vec::new(), "why").is_err(), "{name}");
        }
        assert!(words(Freeze::new("a", days, "UTC", false, Vec::new(), " ")).contains("needs a reason"));
        assert!(
            words(Freeze::new("a", days, "Auckland", false, Vec::new(), "why")).contains("Pacific/Auckland")
        );
        let json =
            serde_json::json!({ "name": "a", "from": "2027-01-05", "until": "2026-12-20", "reason": "why" });
        assert!(
            serde_json::from_value::<Freeze>(json).unwrap_err().to_string().contains("ends before it begins")
        );
    }

    #[test]
    fn a_freeze_comes_back_from_its_json() {
        let freeze = freeze("2026-12-20", "2027-01-05", true).unwrap();
        let json = serde_json::to_value(&freeze).unwrap();
        assert_eq!(json["from"], "2026-12-20");
        assert_eq!(serde_json::from_value::<Freeze>(json).unwrap(), freeze);
    }
}
