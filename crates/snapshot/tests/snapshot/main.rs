//! What snapshots promise.

mod activity;
mod groups;
mod losing;
mod over_time;
mod population;
mod storing;
mod thinning;
