//! New ids.

use jiff::Timestamp;
use uuid::{NoContext, Timestamp as UuidTime, Uuid};

/// A new id: `UUIDv7` as text, so that ids sort by the time they were made. The random part comes from the system.
pub fn new_id(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(UuidTime::from_unix(NoContext, seconds, nanos)).to_string()
}

#[cfg(test)]
mod tests {
    use super::new_id;
    use jiff::{SignedDuration, Timestamp};

    #[test]
    fn later_ids_sort_behind_and_none_comes_twice() {
        let now: Timestamp = "2026-11-22T06:00:00Z".parse().unwrap();
        let (first, second) = (new_id(now), new_id(now));
        assert_ne!(first, second);
        assert!(first < new_id(now + SignedDuration::from_millis(1)));
        assert_eq!(first.len(), 36);
    }
}
