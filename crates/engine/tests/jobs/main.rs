//! Schedules, jobs, freezes and duties, over months of a clock that is set by hand, on both databases.

mod approving;
mod freezing;
mod keys;
mod scheduling;
mod stage;
mod troubled;
mod working;
