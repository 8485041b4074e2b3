//! What snapshots promise.

mod activity;
mod groups;
mod over_time;
mod population;
mod storing;
