//! Which snapshots are kept as time goes by: a few of each of the last days, weeks and months.
//!
//! For each kind of period the newest snapshot of each of the newest periods that have one is kept. So nothing depends on the clock, a site that
//! is read seldom keeps what it has, thinning twice is thinning once, and the newest is always kept.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// For how many periods of each kind a snapshot is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Thinning {
    /// Days (UTC).
    pub daily: u16,
    /// Weeks, from Monday.
    pub weekly: u16,
    /// Months.
    pub monthly: u16,
}

impl Default for Thinning {
    fn default() -> Self {
        Self { daily: 7, weekly: 5, monthly: 12 }
    }
}

/// For each of these instants whether the snapshot that was taken then is kept. In whatever order they come.
pub fn kept(taken: &[Timestamp], keep: Thinning) -> Vec<bool> {
    let mut newest_first: Vec<usize> = (0..taken.len()).collect();
    newest_first.sort_by_key(|at| std::cmp::Reverse((taken[*at], *at)));
    let day = |at: usize| taken[at].to_zoned(TimeZone::UTC).date();
    let week = |date: Date| (date.iso_week_date().year(), i32::from(date.iso_week_date().week()));
    let mut is_kept = vec![false; taken.len()];
    let mut keep_one_each = |periods: u16, period: &dyn Fn(Date) -> (i16, i32)| {
        let (mut left, mut last) = (periods, None);
        for at in &newest_first {
            let this = Some(period(day(*at)));
            if this != last {
                if left == 0 {
                    return;
                }
                left -= 1;
                last = this;
                is_kept[*at] = true;
            }
        }
    };
    keep_one_each(keep.daily, &|date| (date.year(), i32::from(date.day_of_year())));
    keep_one_each(keep.weekly, &week);
    keep_one_each(keep.monthly, &|date| (date.year(), i32::from(date.month())));
    if let Some(newest) = newest_first.first() {
        is_kept[*newest] = true;
    }
    is_kept
}
